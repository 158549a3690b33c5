/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the gateway itself must know of each queue's settings, at hand: its opening hours, when a
 * customer has his old place again, whether it minds who writes when.
 *
 * The core knows no calendar. Here one schedule of all queues and one timer tell it with
 * EV_QUEUE_OPEN at the instants at which hours change, at the start, and when settings change.
 */
#ifndef GATEWAY_OPENING_H
#define GATEWAY_OPENING_H

#include "gateway/engine.h"

struct opening;
struct hours;

struct queue_rules {
	usher_id queue;
	struct hours *hours; /* owned; NULL: always open */
	usher_us rejoin_us;
	bool has_leases; /* EV_ACTIVITY changes something */
};

struct opening *opening_new(struct gateway *g);
struct opening *opening_free(struct opening *o); /* accepts NULL; always NULL */
/* From the directory; what the core has to be told follows in a turn. */
void opening_load(struct opening *o);
/* The queue was added, changed or removed. Inside a turn. */
void opening_set(struct turn *t, const struct queue_row *row);

/* NULL: no such queue. Valid until the next change. */
const struct queue_rules *opening_rules(const struct opening *o, usher_id queue);
/* When a queue opens that is closed now; USHER_NEVER: it is open, or nobody knows. */
usher_us opening_next(const struct opening *o, usher_id queue, usher_us now);
/* "2026-11-23 08:00" on the wall of the queue. */
#define OPENING_TEXT_BYTES 40
void opening_text(const struct opening *o, usher_id queue, usher_us at,
		  char ret[static OPENING_TEXT_BYTES]);

/* A customer or an agent has written: for queues that mind. Inside a turn. */
struct contact;
void opening_activity(struct turn *t, const struct contact *c, bool by_agent);

#endif
