/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Anchors: what people react to. The n-th offer of a contact in the record is the n-th offer of it
 * in the what-if, whoever gets it, and so for its other anchors; so reactions find their cause
 * again where the core decides otherwise.
 */
#ifndef GATEWAY_REPLAY_ANCHOR_H
#define GATEWAY_REPLAY_ANCHOR_H

#include "gateway/replay/replay_record.h"
#include "routing/base/table.h"

enum anchor_kind {
	ANCHOR_ARRIVAL = 0, /* came in, or was opened again */
	ANCHOR_OFFER = 1,
	ANCHOR_HELD = 2,   /* assigned */
	ANCHOR_JOINED = 3, /* in a conference */
	ANCHOR_WRAPUP = 4,
	ANCHOR_PARKED = 5,
};
#define ANCHOR_KINDS 6

struct anchor {
	enum anchor_kind kind;
	uint32_t contact;		/* number in anchors.contacts */
	uint32_t next;			/* of the same contact and kind; 0 = the last */
	uint32_t first_deed, last_deed; /* index + 1 of items; 0 = none */
	usher_id agent;			/* 0 of arrivals */
	uint64_t epoch;
	usher_us at_us, ended_us; /* ended_us 0 = not within the record */
	bool is_old;		  /* there when the record began: at_us is that instant */
	bool is_answered; /* it ended by what somebody did with it, or an offer by silence */
	/* of the what-if */
	bool has_run;
	usher_id run_agent;
	uint64_t run_epoch;
	usher_us run_at_us;
};

struct anchored_contact {
	usher_id id, queue;
	enum channel_kind channel;
	bool is_open;
	uint32_t first[ANCHOR_KINDS], last[ANCHOR_KINDS]; /* of the record */
	uint32_t latest; /* anchor of any kind, in the run that goes on */
	uint32_t held;	 /* anchor of its holder now, 0 = none: while learning */
	/* of the what-if */
	uint32_t run[ANCHOR_KINDS]; /* the last one that has happened */
	uint64_t holds, wraps;	    /* epoch of what is held, of what is wrapped up; 0 = nothing */
};

struct anchors {
	struct anchor *items;		   /* owned; number 0 is not used */
	struct anchored_contact *contacts; /* owned; number 0 is not used */
	size_t count, space, contact_count, contact_space;
	struct table by_contact; /* id -> number */
	struct table by_epoch;	 /* epoch in the record -> number of the anchor */
};

void anchors_init(struct anchors *a);
void anchors_done(struct anchors *a);

/* The number of the contact, made where it is not there; or 0 where it is not there. */
uint32_t anchors_contact(struct anchors *a, usher_id contact);
uint32_t anchors_find_contact(const struct anchors *a, usher_id contact);

/* Adds one to the record's; its number. */
uint32_t anchors_add(struct anchors *a, uint32_t contact, struct anchor anchor);

/* The record's counterpart of the next such anchor in the what-if; 0 = the record has no more. */
uint32_t anchors_run(struct anchors *a, uint32_t contact, enum anchor_kind kind, usher_id agent,
		     uint64_t epoch, usher_us now);

#endif
