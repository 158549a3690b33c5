/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines in virtual time: up to LINE_CLASSES classes of contacts and LINE_GROUPS groups of agents,
 * all times exponential, first come first served (or the lower class first). Each contact that has
 * to wait is shown to on_wait, which may keep guesses with it, and to on_start when it goes.
 */
#ifndef TESTS_ROUTING_ESTIMATE_LINE_H
#define TESTS_ROUTING_ESTIMATE_LINE_H

#include "routing/estimate/estimator.h"

#define LINE_CLASSES 2
#define LINE_GROUPS 2
#define LINE_AGENTS 256
#define LINE_GUESSES 4
#define LINE_WAITING 65536

struct line_contact {
	double came;   /* seconds */
	double ahead;  /* places, itself not counted */
	double head;   /* seconds the head had waited when it came; below 0: it is the head */
	double last;   /* seconds the last to start had waited */
	bool is_kept;  /* after the warm-up */
	bool is_after; /* after the jump */
	struct estimate_range guess[LINE_GUESSES];
};

struct line_setting {
	int classes, groups;
	double arrival[LINE_CLASSES]; /* per second */
	double service;		      /* of one agent, per second */
	double abandon;		      /* of one contact, per second */
	int agents[LINE_GROUPS];
	unsigned serves[LINE_GROUPS]; /* bit c: class c */
	bool is_priority;	      /* class 0 first */
	double jump_at, jump_by;      /* fraction of the arrivals after which they come faster */
	unsigned arrivals, warm_up;
	uint64_t seed;
	struct estimator_rules rules;
	void *arg;
	void (*on_wait)(void *arg, const struct estimator *e, int class, usher_us now,
			struct line_contact *c);
	void (*on_start)(void *arg, struct estimator *e, int class, usher_us now,
			 const struct line_contact *c, double waited);
};

/* Runs it; ret gets the estimators as they are at the end (LINE_CLASSES of them). */
void line_run(const struct line_setting *s, struct estimator *ret);

#endif
