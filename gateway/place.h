/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells customers who wait on a live channel their place in line and the likely wait, at most
 * every two seconds, and only where the place or the rounded range is another than was told.
 */
#ifndef GATEWAY_PLACE_H
#define GATEWAY_PLACE_H

#include "channels/channel.h"
#include "gateway/book.h"

struct place;
struct place *place_new(struct gateway *g);
struct place *place_free(struct place *p); /* accepts NULL; always NULL */
void place_touch(struct place *p, usher_id queue); /* something moved in it */

/* Fills in position and range (estimates.h). */
void place_news(struct gateway *g, const struct contact *c, struct contact_news *ret);
/* That is what the customer knows now. */
void place_told(struct contact *c, const struct contact_news *news);

/* In lines.c: news to the adapters of the contact's open sessions. */
void lines_contact_place(struct gateway *g, struct contact *c);

#endif
