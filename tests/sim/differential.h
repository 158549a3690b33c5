/* SPDX-License-Identifier: Apache-2.0 */
/* The core and the naive router side by side: the same events, and whatever differs is a fault. */
#ifndef TESTS_SIM_DIFFERENTIAL_H
#define TESTS_SIM_DIFFERENTIAL_H

#include "tests/sim/naive.h"

#define DIFF_EVENTS 8192 /* of one configuration */
#define DIFF_RECORDS NAIVE_SEATS
#define DIFF_UNKNOWN 999999999 /* an agent nobody knows */

/* What a configuration has; bits of the last argument of the program switch them off. */
enum diff_feature {
	DIFF_RANKS = 1,
	DIFF_STEPS = 2,
	DIFF_SKILLS = 4,
	DIFF_RINGS = 8,
	DIFF_PARALLEL = 0x10,
	DIFF_AUTOMATIC = 0x20,
	DIFF_RESERVE = 0x40,
	DIFF_BLENDING = 0x80, /* exclusive channels, interrupts */
	DIFF_PREFERRED = 0x100,
	DIFF_EXCLUDED = 0x200,
	DIFF_EXTREME = 0x400,
	DIFF_JUMPS = 0x800, /* nobody ticks at the deadlines */
	DIFF_QUEUE_CHANGES = 0x1000,
	DIFF_CHANNEL_CHANGES = 0x2000,
	DIFF_AGENT_CHANGES = 0x4000,
	DIFF_PRESENCE = 0x8000,
	DIFF_REFUSALS = 0x10000,
	DIFF_DRAWS = 0x20000, /* the order weighted random */
	DIFF_REQUIRE = 0x40000,
	DIFF_ORDERS = 0x100000, /* other orders than the first two */
	DIFF_UNTIL = 0x80000,	/* until_step */
};

struct diff_event {
	usher_us at;
	bool is_stale; /* sent with a wrong epoch: must be refused */
	struct routing_event ev;
};

struct diff_record { /* one decision as the core announced it */
	usher_id contact, agent, probe;
	uint64_t epoch;		    /* of the contact before it */
	enum routing_reason reason; /* what keeps the probe from it */
};

struct diff_counts {
	uint64_t events, decisions, positions, whys, rejected;
	uint64_t by_reason[ROUTING_REASONS], by_order[ROUTING_ORDERS];
	uint64_t by_contact_key[4], by_agent_key[NAIVE_KEYS];
};

struct diff {
	struct routing *r; /* owned */
	struct naive naive;
	uint64_t seed, random, probes;
	unsigned features;
	usher_us now;
	bool is_loud; /* says what both do at the event `loud_at` */
	uint64_t step, loud_at;
	enum routing_event_kind kind_now;
	struct diff_record records[DIFF_RECORDS];
	unsigned record_count, probe_errors;
	char difference[400];	    /* empty: none so far */
	const char *kind;	    /* of the difference; borrowed: a literal */
	struct diff_counts *counts; /* borrowed; NULL while shrinking */
	/* of the events */
	unsigned agent_count, queue_count, skill_count, level, pace;
	usher_id last_id, agent_ids[NAIVE_AGENTS], queue_ids[NAIVE_QUEUES];
	unsigned growth_count;
	uint16_t growths[ROUTING_GROWTHS_MAX];
};

/* differential_run.c */
void diff_init(struct diff *d, uint64_t seed, unsigned features);
void diff_done(struct diff *d);
bool diff_apply(struct diff *d, const struct diff_event *e); /* false: they differ */

/* differential_events.c */
unsigned diff_settings(struct diff *d, struct diff_event *ret, unsigned max); /* how many */
void diff_next(struct diff *d, struct diff_event *ret);
uint64_t diff_below(struct diff *d, uint64_t n);

/* differential_show.c */
void diff_shrink(uint64_t seed, unsigned features, struct diff_event *events, unsigned count,
		 const char *kind);
void diff_show_event(const struct diff_event *e);
void diff_show_decision(struct naive *n, const struct naive_contact *c);

#endif
