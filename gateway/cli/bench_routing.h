/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A made-up site for measuring decisions, and the plain router it is compared with: both get the
 * same agents, kinds of contact, arrivals and releases from one seed.
 */
#ifndef GATEWAY_CLI_BENCH_ROUTING_H
#define GATEWAY_CLI_BENCH_ROUTING_H

#include "routing/core/core.h"

#define BENCH_NEEDS_MAX 3
#define BENCH_AGENT_SKILLS_MAX 12
#define BENCH_STEPS 3
#define BENCH_STEP_US (30 * USHER_SECOND)
#define BENCH_PRIORITIES 4
#define BENCH_AHEAD_US (60 * USHER_SECOND) /* one priority is worth so much waiting */

enum bench_load {
	LOAD_LIGHT,   /* two agents in three are busy, nobody waits */
	LOAD_BACKLOG, /* all are busy, what waits can be served by those on duty */
	LOAD_STARVED, /* a tenth of the agents is idle, because nobody waits for what they can do */
	LOAD_CLOGGED, /* the older half of the line needs what nobody on duty can do */
};
#define BENCH_LOADS 4

struct bench_case {
	unsigned agents, skills, waiting;
	enum bench_load load;
};

struct bench_kind { /* of contact */
	unsigned count;
	struct routing_skill needs[BENCH_NEEDS_MAX];
};

struct bench_agent {
	unsigned count;
	struct routing_skill skills[BENCH_AGENT_SKILLS_MAX];
};

struct bench_site {
	struct bench_case is;
	uint64_t random;
	unsigned kind_count;
	struct bench_kind *kinds;   /* owned */
	struct bench_agent *agents; /* owned */
};

struct bench_arrival {
	unsigned kind;
	uint8_t priority;
};

void bench_site_init(struct bench_site *s, const struct bench_case *is, uint64_t seed);
void bench_site_done(struct bench_site *s);
/* `is_old`: among the first half of the line. */
struct bench_arrival bench_site_arrival(struct bench_site *s, bool is_old);

struct bench_result {
	double decisions;      /* a second: arrivals and releases, each with its match */
	double p50, p99, p999; /* of a release, µs */
	double bytes;	       /* resident, for each waiting contact; 0 = not measured */
	uint64_t count;
};

double bench_seconds_used(void); /* CPU time of this process */
double bench_seconds_now(void);

/* Each runs for about `seconds` of CPU time. E_LIMIT, E_INVALID with the reason. */
int bench_core(struct bench_site *s, double seconds, struct bench_result *ret,
	       struct usher_error *reterr) USHER_CHECKED;
void bench_linear(struct bench_site *s, double seconds, struct bench_result *ret);

#endif
