/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contacts that the core would refuse, because their queue is closed or full and set to end what
 * comes then, but that must not be refused: a mail, a letter or a message has arrived. They are
 * shown as parked, without the core, in the order they came, and are handed to it again when their
 * queue opens and each minute; they keep their place. As many as there is room for open contacts.
 */
#ifndef GATEWAY_KEPT_H
#define GATEWAY_KEPT_H

#include "gateway/book.h"

struct kept;
struct kept *kept_new(struct gateway *g);
struct kept *kept_free(struct kept *k); /* accepts NULL; always NULL */
/* After the book was loaded: those that are open and not in the core. */
void kept_load(struct kept *k);

/* Inside a turn: the core has just refused it. */
void kept_add(struct turn *t, struct contact *c, enum contact_cause cause);
/* Tries them again in a turn of its own. */
void kept_retry(struct kept *k);
size_t kept_count(const struct kept *k);

#endif
