/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells customers who wait on a live channel their place in line and the likely wait, at most
 * every two seconds and only when their queue moved.
 */
#ifndef GATEWAY_PLACE_H
#define GATEWAY_PLACE_H

#include "channels/channel.h"
#include "gateway/book.h"

struct place;
struct place *place_new(struct gateway *g);
struct place *place_free(struct place *p); /* accepts NULL; always NULL */
void place_touch(struct place *p, usher_id queue); /* something moved in it */

/* Fills in position and range: with a mean span s between answers, n places wait about n·s, give
 * or take √n·s (routing.md §1.1, delay estimators: the queue-length estimator). */
void place_estimate(struct gateway *g, const struct contact *c, uint32_t position,
		    struct contact_news *ret);

/* In lines.c: news to the adapters of the contact's open sessions. */
void lines_contact_place(struct gateway *g, struct contact *c);

#endif
