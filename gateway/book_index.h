/* SPDX-License-Identifier: Apache-2.0 */
/* Seats by agent and waiting counts by queue and channel, kept up as contacts change. */
#ifndef GATEWAY_BOOK_INDEX_H
#define GATEWAY_BOOK_INDEX_H

#include "gateway/book.h"

struct book_index;
struct book_index *book_index_new(void);
struct book_index *book_index_free(struct book_index *x); /* accepts NULL; always NULL */
void book_index_clear(struct book_index *x); /* no contact may be filed any more */

struct table *book_index_agents(struct book_index *x); /* for contact_seats_follow */
/* Counts the contact by what its row says now. */
void book_index_file(struct book_index *x, struct contact *c);
void book_index_each(struct book_index *x, usher_id agent,
		     void (*on_seat)(struct contact_seat *s, void *arg), void *arg);
void book_index_waiting(const struct book_index *x, usher_id queue,
			int64_t ret[static CHANNEL_KINDS]);

#endif
