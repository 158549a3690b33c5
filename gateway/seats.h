/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has to do with a contact: an agent who is offered it, holds it, confers in it, or has parked
 * it. The core decides (routing_seats); this is its copy at each contact, filed by agent, and what
 * the live topics have shown of it. Inside a turn it follows each effect; after a start it is read
 * from the core, so that it is the same as before.
 */
#ifndef GATEWAY_SEATS_H
#define GATEWAY_SEATS_H

#include "gateway/engine.h"
#include "routing/base/list.h"
#include "routing/base/table.h"

enum contact_part {
	PART_NONE = 0, /* over; only its end must still be shown */
	PART_OFFERED = 1,
	PART_HOLDER = 2, /* active or in wrap-up */
	PART_CONFERRING = 3,
	PART_PARKED = 4, /* set it aside */
};
const char *contact_part_name(enum contact_part part); /* "offered", "holder", … */

struct contact;

struct contact_seat { /* one of an agent in a contact */
	struct list of_contact;  /* in list: contact.seats; the holder or the earliest offer first */
	struct list of_agent;    /* in list: seats of that agent, or itself */
	struct contact *contact; /* borrowed: it owns this */
	usher_id agent;
	uint64_t epoch;
	enum contact_part part;
	/* of an offer */
	usher_us offered_us;
	bool is_by_name;         /* somebody chose this agent */
	enum contact_cause cause; /* how the one that is shown ended */
	/* what the topic of the agent shows: owned by live_publish.c */
	enum contact_part shown;
	uint64_t shown_epoch;
};

/* The holder, or the earliest offer; NULL: nobody has a part in it now. */
struct contact_seat *contact_seat_first(const struct contact *c);
/* NULL where the agent has no part in it now. */
struct contact_seat *contact_seat_of(const struct contact *c, usher_id agent);
enum contact_part contact_part_of(const struct contact *c, usher_id agent);
/* Holds it, confers in it, wraps it up or has parked it: not a mere offer. */
bool contact_seat_has(const struct contact_seat *s);

/* As the core has it now; agents: id -> struct list * of seats. `on_change`, which may be NULL, is
 * told each agent whose part changed. */
void contact_seats_follow(struct contact *c, const struct routing *r, struct table *agents,
			  void (*on_change)(usher_id agent, void *arg), void *arg);
/* Frees those that are over and no longer shown. */
void contact_seats_sweep(struct contact *c);
void contact_seats_free(struct contact *c);

#endif
