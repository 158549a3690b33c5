/* SPDX-License-Identifier: Apache-2.0 */
/* What a contact in memory shows beside its row: the customer's name, the last message. */
#ifndef GATEWAY_BOOK_LOAD_H
#define GATEWAY_BOOK_LOAD_H

#include "gateway/book.h"

void book_load_details(struct contact *c, struct gateway *g);
void book_load_last(struct contact *c, const struct message_row *m);

/* When the offers of a contact were made, from its facts. */
void book_load_offers(struct contact *c, struct gateway *g);

#endif
