/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stretch of the journal in memory, and what was learnt of it: which event answers what.
 *
 * An item without an anchor happens at its instant whatever is decided. One with an anchor is a
 * deed: it happens so long after its anchor, whenever that is. Instants never go back: what was
 * stamped earlier than the item before it gets the instant of that one, as the core sees it.
 */
#ifndef GATEWAY_REPLAY_RECORD_H
#define GATEWAY_REPLAY_RECORD_H

#include "routing/core/core.h"

#define REPLAY_EVENTS_MAX 4000000
#define REPLAY_BYTES_MAX ((size_t)1 << 30)

struct replay_item {
	usher_us at_us;
	uint32_t offset; /* of its bytes */
	uint32_t anchor; /* what it answers; 0 = nothing */
	uint32_t next;	 /* the next deed of that anchor, as index + 1; 0 = the last */
	uint16_t bytes;
	uint8_t kind;	  /* enum routing_event_kind */
	bool has_epoch;	  /* it names the anchor's epoch */
	bool has_agent;	  /* and the anchor's agent */
	bool is_patience; /* moot when somebody serves the contact by then */
	bool is_loose;	  /* a deed that names no epoch: moot when the contact has moved on */
};

struct replay_record {
	struct usher_buf bytes;	   /* encoded events, one behind the other */
	struct replay_item *items; /* owned */
	size_t count, space;
};

/* E_LIMIT past REPLAY_EVENTS_MAX or REPLAY_BYTES_MAX, E_INVALID: no event. */
int replay_record_add(struct replay_record *r, usher_us at_us, struct usher_text event,
		      struct usher_error *reterr) USHER_CHECKED;
void replay_record_event(const struct replay_record *r, size_t i, struct routing_event *ret);
void replay_record_done(struct replay_record *r);

/* The contact that the event is about, 0 = none; and the parts of it that name an assignment. */
usher_id replay_event_contact(const struct routing_event *ev);
usher_id *replay_event_agent(struct routing_event *ev); /* NULL: names none */
uint64_t *replay_event_epoch(struct routing_event *ev); /* NULL: names none */

#endif
