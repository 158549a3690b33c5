/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many agents are needed, and what a number of agents gives: the staffing calculator of
 * `usher staffing` and GET /api/v1/staffing.
 *
 * Without a patience callers wait for ever (Erlang C); with one they give up (Erlang A). The
 * service level is that of Usher's figures: answered within T, of all who called, those who gave up
 * included. The answer is for steady demand over the period; times are seconds, shares 0 … 1.
 */
#ifndef GATEWAY_INSIGHT_STAFFING_H
#define GATEWAY_INSIGHT_STAFFING_H

#include "routing/base/error.h"

#define STAFFING_AGENTS_MAX 20000
#define STAFFING_CALLS_MAX 1e8
#define STAFFING_SECONDS_MAX 604800.0 /* of every time */
#define STAFFING_AROUND 2	      /* rows on either side */
#define STAFFING_ROWS_MAX (2 * STAFFING_AROUND + 1)

/* A member that is out of range is told of by the name in quotation marks. */
struct staffing_input {
	double calls;	      /* "calls" in a period: 0 … STAFFING_CALLS_MAX */
	double period_s;      /* "per": 1 s or more */
	double handle_s;      /* "aht", wrap-up included: 0.1 s or more */
	double target;	      /* "target": service level wanted, 0 … 0.99999 */
	double within_s;      /* "within": T of the service level */
	double occupancy_max; /* "occupancy-max": above 0, at most 1 */
	double patience_s;    /* "patience", the mean: 0.1 s or more; 0: they wait for ever */
};

/* 80 % within 20 s, at most 85 % busy, half-hours. */
struct staffing_input staffing_defaults(void);

struct staffing_row {
	int agents;
	bool is_stable; /* false: the queue grows without end; asa_s is then INFINITY */
	bool is_enough; /* service level and occupancy are as wanted */
	double service_level, occupancy;
	double p_wait;
	double asa_s; /* mean wait of those who are answered */
	double abandonment;
};

/* What so many agents give: 1 … STAFFING_AGENTS_MAX, or 0 where there are no calls. */
int staffing_row(const struct staffing_input *in, int agents, struct staffing_row *ret,
		 struct usher_error *reterr) USHER_CHECKED;

/* The smallest number of agents that gives what is wanted; 0 where there are no calls. E_INVALID
 * also where more than STAFFING_AGENTS_MAX would be needed. */
int staffing_needed(const struct staffing_input *in, int *ret,
		    struct usher_error *reterr) USHER_CHECKED;

struct staffing_answer {
	struct staffing_input input;
	int needed;
	int count;
	struct staffing_row rows[STAFFING_ROWS_MAX]; /* by agents, ascending */
};

/* The number needed, and the rows of `agents` and its neighbours; agents 0: of the number needed.
 */
int staffing_answer(const struct staffing_input *in, int agents, struct staffing_answer *ret,
		    struct usher_error *reterr) USHER_CHECKED;

/* Agents to put on the roster when a share of their paid time (0 … 0.95) goes to breaks, training
 * and absence: `agents` / (1 - shrinkage), rounded up. */
int staffing_rostered(int agents, double shrinkage, int *ret,
		      struct usher_error *reterr) USHER_CHECKED;

#endif
