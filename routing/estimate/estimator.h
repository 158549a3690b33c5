/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much longer a contact will wait, as a range that says how it was found, or "unknown".
 *
 * One struct estimator for each line: a queue, or a finer class whose contacts leave in the order
 * of their arrival. It is a plain value without pointers: copy it, keep it in an array, compare
 * it byte by byte. It learns from what happens to the line; the caller gives the instants. An
 * instant before the last one counts as the same instant. Nothing here fails but estimator_init:
 * times below 0 count as 0, and what is past a limit is cut to it (formula.h and below).
 */
#ifndef ROUTING_ESTIMATE_ESTIMATOR_H
#define ROUTING_ESTIMATE_ESTIMATOR_H

#include "routing/base/id.h"

#define ESTIMATOR_HALF_LIFE_MIN USHER_SECOND
#define ESTIMATOR_HALF_LIFE_MAX (400 * USHER_DAY)
#define ESTIMATOR_SERVICES_MAX 100000u
#define ESTIMATOR_SPREAD_MAX 10000u
#define ESTIMATOR_AGENTS_MAX 100000u

struct estimator_rules {	    /* 0 = the default */
	usher_us rate_half_life_us; /* 1 s to 400 days; 10 minutes: arrivals, starts, abandonment */
	uint32_t handle_half_life;  /* services, 1 to 100,000; 50: the mean handle time */
	uint32_t line_half_life;    /* starts, 1 to 100,000; 100: how fast the line moves */
	uint32_t spread_permille;   /* k in mean +- k sd, to 10,000; 1,200, which holds 78-86 % */
};

enum estimate_method {
	ESTIMATE_UNKNOWN = 0,	     /* nobody serves, or nothing is known: say nothing */
	ESTIMATE_BY_LENGTH = 1,	     /* QL: the place in the line and how fast the line moves */
	ESTIMATE_BY_LENGTH_LEFT = 2, /* the same, and some of those ahead will leave */
	ESTIMATE_BY_HEAD = 3,	     /* HOL: how long the head of the line has waited */
	ESTIMATE_BY_LAST = 4,	     /* LES: how long the last one to start had waited */
};

#define ESTIMATE_METHODS 5

struct estimate_range { /* how much longer from now, not since the arrival */
	usher_us low_us;
	usher_us likely_us;
	usher_us high_us; /* all 0 while unknown */
	enum estimate_method method;
};

/* A mean of what was seen, in which older values weigh less. */
struct estimator_mean {
	uint64_t weight;  /* of all values, in 2^-24 of a new one */
	uint64_t weight2; /* sum of squares of the weights, likewise */
	uint64_t mean;
	uint64_t at_us; /* when it was last weighed; time since estimator_init */
};

struct estimator_coverage {
	uint64_t announced;    /* ranges given to estimator_outcome */
	uint64_t held;	       /* the wait lay in the range */
	uint64_t shorter;      /* it was shorter */
	uint64_t longer;       /* it was longer, or they left after more than the range said */
	uint64_t served;       /* of the announced: those whose wait is known */
	uint64_t unjudged;     /* they left before the end of the range */
	uint64_t wait_us[2];   /* sum of the waits of those served: low, high 64 bits */
	uint64_t square_us[2]; /* sum of (wait - likely)^2 */
};

struct estimator {
	struct estimator_rules rules;	 /* defaults filled in */
	uint64_t handle_keep, line_keep; /* what one more event leaves of the weights, 2^-63 */
	usher_us last_now;
	uint64_t clock_us;			/* time since estimator_init; never steps back */
	struct estimator_mean arrivals, starts; /* the weights count events; no mean */
	struct estimator_mean handle;		/* us */
	struct estimator_mean line;		/* agent-us per start while somebody waited */
	struct estimator_mean uneven;	 /* square of these by their mean, 2^-16; 2 = exponential */
	struct estimator_mean waits;	 /* us, of all who left the line */
	struct estimator_mean leaving;	 /* share of these who abandoned, 2^-32 */
	uint64_t start_at, gone_at;	 /* clock: last start; last start or abandonment */
	uint64_t agents_at, agents_area; /* agent-us from start_at to agents_at */
	uint64_t open_area, carried_area;	/* agent-us of waits since start_at, and before */
	uint64_t last_waited_us, last_start_at; /* of the last start; LES */
	uint32_t agents;
	uint32_t flags;
	struct estimator_coverage coverage;
};

/* rules may be NULL. E_INVALID: outside the limits above. */
int estimator_init(struct estimator *e, const struct estimator_rules *rules, usher_us now,
		   struct usher_error *reterr) USHER_CHECKED;

/* A contact came to the line, whether or not it had to wait. */
void estimator_arrival(struct estimator *e, usher_us now);

/* It goes to an agent. is_delayed: no agent was free for it when it came. */
void estimator_start(struct estimator *e, usher_us now, usher_us waited_us, bool is_delayed);

/* It left the line in any other way. */
void estimator_abandon(struct estimator *e, usher_us now, usher_us waited_us);

/* How many can serve this line, busy or free: agents on duty, times the contacts each may hold.
 * Before the first call the number is unknown, which is not 0: then only what the line did
 * counts.*/
void estimator_agents(struct estimator *e, usher_us now, uint32_t agents);

/* A service ended, wrap-up included: how long it kept its agent. */
void estimator_end(struct estimator *e, usher_us now, usher_us handle_us);

struct estimate_question {
	uint32_t position;  /* 1 = next; 0 = not known */
	usher_us waited_us; /* so far */
	usher_us
		head_waited_us; /* how long the first of the line has waited; below 0 = not known */
};

/* By length where the place is known and enough was seen (5 services), else by the head, else by
 * the last start (at most 4 half-lives old), else by length with the little there is. The spread
 * includes that the rates themselves are estimates. */
void estimator_answer(const struct estimator *e, usher_us now, const struct estimate_question *q,
		      struct estimate_range *ret);

/* What is said to people: low down, high up, to whole 10 s below a minute, minutes below ten, else
 * 5 minutes; at least one step wide; likely to the nearest. An unknown one stays as it is. */
void estimator_round(struct estimate_range *r);

/* The caller kept the range it announced; waited_us is the wait from that moment on. */
void estimator_outcome(struct estimator *e, const struct estimate_range *announced,
		       usher_us waited_us, bool is_served);

struct estimator_figures { /* 0 where nothing is known */
	uint64_t arrivals_per_1000h, starts_per_1000h;
	uint64_t abandons_per_1000h; /* of each contact, while it waits */
	uint64_t capacity_per_1000h; /* starts while somebody waits */
	usher_us handle_us;
	usher_us last_waited_us;
	uint32_t arrivals_seen, handles_seen, line_seen, abandons_seen; /* weighed: the evidence */
	uint32_t held_permille; /* of the announced ranges that could be judged */
	uint64_t error_ppm;	/* mean squared error by the square of the mean wait */
};

void estimator_figures(const struct estimator *e, usher_us now, struct estimator_figures *ret);

const char *estimate_method_name(enum estimate_method m); /* "length"; "unknown" for others */

#endif
