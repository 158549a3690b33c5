/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queues whose figures are known exactly, played through the routing core in virtual time.
 *
 * A model says who comes how often, who serves and how fast; a world plays it and adds up what
 * happened; a figure is read out of the sums under the name the case gives it. The error of a
 * figure is the jackknife over batches, which also holds for ratios and indices.
 */
#ifndef TESTS_SIM_ORACLE_H
#define TESTS_SIM_ORACLE_H

#include "routing/core/core.h"

#include <jansson.h>

#define ORACLE_CLASSES 16 /* of contacts */
#define ORACLE_GROUPS 256 /* of agents; one each where a figure is told per agent */
#define ORACLE_QUEUES 8
#define ORACLE_LEVELS 16 /* contacts of one agent at a time */
#define ORACLE_BATCHES 30
#define ORACLE_SLOTS 65536 /* contacts open at once */
#define ORACLE_NAME 48

/* ---- the model ------------------------------------------------------------------------------ */

struct oracle_class {
	double rate;     /* arrivals per unit of time; of a backlog the share that is drawn */
	double patience; /* of one who waits: departures per unit; 0 = stays for ever */
	usher_id queue;
	enum channel_kind channel;
	uint8_t priority;
	uint32_t skill;  /* asked for at level 1; 0 = none */
	bool is_backlog; /* never arrives by chance: so many wait always, see below */
	double scv;      /* of the service time: 1 = exponential, 0 = always the same, else gamma */
};

struct oracle_agent {
	unsigned group;
	struct routing_agent_set set;
};

struct oracle_model {
	double unit_us;   /* the case's unit of time */
	double threshold; /* of the service level, in units */
	unsigned class_count, queue_count, group_count, agent_count;
	struct oracle_class classes[ORACLE_CLASSES];
	struct routing_queue_set queues[ORACLE_QUEUES]; /* ids from 1 */
	uint16_t weight;                                /* of each channel */
	struct oracle_agent *agents;                    /* owned; ids from 1 */
	double rates[ORACLE_CLASSES][ORACLE_GROUPS];    /* of service */
	unsigned level_count;         /* not 0: an agent with n contacts finishes one of them at */
	double levels[ORACLE_LEVELS]; /* levels[n], whichever it is */
	unsigned backlog;             /* so many of the backlog classes wait at any time */
	double server_rate;           /* not 0: agents are always busy and become free when drawn */
	double server_shares[ORACLE_GROUPS];
	bool is_loss;                 /* who would have to wait leaves at once, blocked */
	bool has_asking;              /* queues offer instead of assigning */
	double costs[ORACLE_CLASSES]; /* of a unit of waiting */
};

void oracle_model_done(struct oracle_model *m);
struct routing_queue_set *oracle_add_queue(struct oracle_model *m);
/* Members of all queues that are there by now. False: too many. */
bool oracle_add_agents(struct oracle_model *m, unsigned group, unsigned count);

/* ---- what happened -------------------------------------------------------------------------- */

struct oracle_sums { /* doubles alone: added and subtracted as an array */
	double time; /* in units */
	double arrived[ORACLE_CLASSES], blocked[ORACLE_CLASSES], waited[ORACLE_CLASSES];
	double served[ORACLE_CLASSES], served_wait[ORACLE_CLASSES], served_square[ORACLE_CLASSES];
	double served_soon[ORACLE_CLASSES]; /* within the threshold */
	double left[ORACLE_CLASSES], left_wait[ORACLE_CLASSES], left_soon[ORACLE_CLASSES];
	double done[ORACLE_CLASSES], sojourn[ORACLE_CLASSES];
	double queue[ORACLE_CLASSES]; /* number waiting × time */
	double matched[ORACLE_CLASSES][ORACLE_GROUPS];
	double busy[ORACLE_GROUPS];    /* contacts in hand × time */
	double present[ORACLE_GROUPS]; /* agents at work × time */
	double idle;                   /* agents with nothing in hand × time */
	double empty;                  /* time in which nobody was there */
};

struct oracle_result {
	struct oracle_sums total;
	struct oracle_sums without[ORACLE_BATCHES]; /* total less one batch */
};

void oracle_result_add(struct oracle_result *result, unsigned batch, const struct oracle_sums *s);
void oracle_result_finish(struct oracle_result *result); /* after the last batch */

/* ---- the world ------------------------------------------------------------------------------ */

struct oracle_world;

/* NULL with a sentence in fault. The model is borrowed: until oracle_close; who owns it may change
 * rates and shares between calls. */
struct oracle_world *oracle_open(struct oracle_model *m, uint64_t seed, struct usher_error *fault);
struct oracle_world *oracle_close(struct oracle_world *w); /* always NULL */

/* Plays until so many more have arrived (were matched, in a model with drawn agents). */
bool oracle_play(struct oracle_world *w, uint64_t arrivals);

/* Plays until an instant, in units from the start; arrivals stop there when the rates are 0. */
bool oracle_play_until(struct oracle_world *w, double at);
bool oracle_run_out(struct oracle_world *w); /* until nobody is there and nothing is planned */
double oracle_now(const struct oracle_world *w);

void oracle_rates_changed(struct oracle_world *w); /* draws the next arrival anew */
void oracle_staff(struct oracle_world *w, unsigned group, unsigned count); /* who is busy ends */

/* What happened since the last call. */
void oracle_take(struct oracle_world *w, struct oracle_sums *ret);

/* The whole: a warm-up of a tenth, then the batches. False with a sentence in fault. */
bool oracle_run(struct oracle_model *m, uint64_t arrivals, uint64_t seed, struct oracle_result *ret,
		struct usher_error *fault);

/* ---- figures -------------------------------------------------------------------------------- */

struct oracle_index {
	int first, second; /* -1 = none: of all */
};

/* False when no figure has that name. */
bool oracle_figure(const struct oracle_model *m, const struct oracle_result *result,
		   const char *name, struct oracle_index at, double *ret, double *ret_error);

/* ---- cases ---------------------------------------------------------------------------------- */

struct oracle_options {
	uint64_t arrivals, seed;
	const char *filter; /* borrowed; part of "family/id", or "" */
	const char *dir;    /* borrowed: the folder of the files */
};

struct oracle_case {
	const struct oracle_options *options; /* borrowed */
	char name[2 * ORACLE_NAME];           /* family/id */
	const char *id, *model;               /* borrowed, as all below */
	json_t *params, *expected, *tol, *sim, *published;
	json_t *used;                          /* owned: names of the parameters that were read */
	struct usher_error fault;              /* why it cannot be read or played */
	void (*spoil)(struct oracle_model *m); /* makes the model wrong; or NULL */
	bool is_quiet;                         /* prints no table */
	bool is_formula;                       /* there is nothing to play */
	unsigned figures, missed;
};

#define ORACLE_CASE_FAULT(c, ...) usher_error_set(&(c)->fault, E_INVALID, __VA_ARGS__)

/* Parameters. A missing or unfit one is written into the fault and gives 0. */
bool oracle_has(const struct oracle_case *c, const char *name);
double oracle_number(struct oracle_case *c, const char *name); /* positive */
double oracle_number_or(struct oracle_case *c, const char *name, double otherwise);
unsigned oracle_count(struct oracle_case *c, const char *name, unsigned max);
unsigned oracle_numbers(struct oracle_case *c, const char *name, double *ret, unsigned max);

/* Prints a line of the table and counts a miss. A tolerance of max(slack, 4 errors). */
void oracle_compare(struct oracle_case *c, const char *figure, double expected, double got,
		    double slack, double error);

/* The same for a figure that must be at least, or at most, what is expected. */
enum oracle_side { ORACLE_AT_LEAST = 1, ORACLE_AT_MOST = -1 };
void oracle_compare_side(struct oracle_case *c, const char *figure, enum oracle_side side,
			 double expected, double got, double error);

/* Builds, plays and compares each expected figure by its name. */
void oracle_judge(struct oracle_case *c, struct oracle_model *m);
void oracle_judge_figures(struct oracle_case *c, const struct oracle_model *m,
			  const struct oracle_result *result, json_t *expected);
struct oracle_result *oracle_result_new(void); /* free() */

/* One family: a file of cases of that name. */
struct oracle_family {
	const char *name;
	bool (*build)(struct oracle_case *c, struct oracle_model *ret); /* false: see fault */
	bool (*judge)(struct oracle_case *c);  /* true: judged otherwise; or NULL */
	void (*spoil)(struct oracle_model *m); /* makes it wrong: must be noticed; or NULL */
	const char *spoiled;                   /* how */
};

extern const struct oracle_family oracle_single[], oracle_many[]; /* to the one without a name */

/* oracle_special.c, oracle_days.c */
bool oracle_judge_staffing(struct oracle_case *c);
bool oracle_judge_costs(struct oracle_case *c);
bool oracle_judge_pooling(struct oracle_case *c);
bool oracle_judge_formula(struct oracle_case *c);
bool oracle_judge_days(struct oracle_case *c);
/* reference: what the first call found by age with the same luck; 0 before it. */
void oracle_judge_conservation(struct oracle_case *c, enum routing_order order, double *reference);
bool oracle_build_single(struct oracle_case *c, struct oracle_model *ret);
bool oracle_build_loss(struct oracle_case *c, struct oracle_model *ret);
bool oracle_build_priority(struct oracle_case *c, struct oracle_model *ret);
bool oracle_build_pooling(struct oracle_case *c, struct oracle_model *ret);
void oracle_spoil(struct oracle_case *c, struct oracle_model *m); /* after building */
void oracle_mark(struct oracle_case *c, const char *name);        /* a parameter as read */
void oracle_refuse_unread(struct oracle_case *c);

/* ---- chance and time ------------------------------------------------------------------------ */

double random_unit(uint64_t *state); /* above 0, below 1 */
double random_exponential(uint64_t *state, double rate);
double random_gamma(uint64_t *state, double shape); /* mean = shape */
unsigned random_share(uint64_t *state, const double *shares, unsigned count);

struct oracle_event {
	usher_us at;
	uint64_t number; /* the order of planning: events of one instant come in it */
	unsigned kind, subject;
	uint64_t check; /* an event that was overtaken has an old one */
};

struct oracle_plan {                /* a binary heap, the earliest first */
	struct oracle_event *items; /* owned */
	size_t count, space;
	uint64_t number;
};

void plan_add(struct oracle_plan *p, struct oracle_event e);
bool plan_next(struct oracle_plan *p, usher_us until, struct oracle_event *ret);
void plan_done(struct oracle_plan *p);

#endif
