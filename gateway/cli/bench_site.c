/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/bench_routing.h"

#include "routing/base/hash.h"
#include "routing/base/memory.h"

#include <stdlib.h>

/* Two draws, the smaller one: some skills are asked for much more often than others. */
static uint32_t common_skill(struct bench_site *s, unsigned skills)
{
	uint64_t a = random_below(&s->random, skills), b = random_below(&s->random, skills);
	return 1 + (uint32_t)(a < b ? a : b);
}

static unsigned add(struct routing_skill *list, unsigned count, unsigned max, uint32_t skill,
		    uint8_t level)
{
	for (unsigned i = 0; i < count; i++)
		if (list[i].skill == skill) {
			list[i].level = level > list[i].level ? level : list[i].level;
			return count;
		}
	if (count < max)
		list[count++] = (struct routing_skill){skill, level};
	return count;
}

/* In a clogged line the last tenth of the skills is what nobody on duty has. */
static unsigned skills_on_duty(const struct bench_site *s)
{
	return s->is.load == LOAD_CLOGGED ? s->is.skills - s->is.skills / 10 : s->is.skills;
}

static void make_kind(struct bench_site *s, unsigned i)
{
	struct bench_kind *kind = &s->kinds[i];
	unsigned skills = skills_on_duty(s), count = 1 + i % BENCH_NEEDS_MAX;
	for (unsigned k = 0; k < count; k++)
		kind->count =
			add(kind->needs, kind->count, BENCH_NEEDS_MAX, common_skill(s, skills),
			    (uint8_t)(1 + random_below(&s->random, 4)));
	if (s->is.load == LOAD_CLOGGED && i % 2 == 0)
		kind->needs[0] = (struct routing_skill){
			/* high: no step gives it up */
			skills + 1 + (uint32_t)random_below(&s->random, s->is.skills - skills),
			SKILL_LEVEL_MAX};
}

/* An agent can do all of one to three kinds. */
static void make_agent(struct bench_site *s, unsigned i)
{
	struct bench_agent *agent = &s->agents[i];
	for (unsigned n = 1 + (unsigned)random_below(&s->random, 3); n > 0; n--) {
		unsigned kind = (unsigned)random_below(&s->random, s->kind_count);
		if (s->is.load == LOAD_CLOGGED)
			kind |= 1; /* these ask for nothing that is not on duty */
		kind = kind < s->kind_count ? kind : 1;
		for (unsigned k = 0; k < s->kinds[kind].count; k++)
			agent->count =
				add(agent->skills, agent->count, BENCH_AGENT_SKILLS_MAX,
				    s->kinds[kind].needs[k].skill, s->kinds[kind].needs[k].level);
	}
}

void bench_site_init(struct bench_site *s, const struct bench_case *is, uint64_t seed)
{
	*s = (struct bench_site){.is = *is, .random = seed};
	s->kind_count = is->skills * 20;
	s->kinds = memory_new_array(s->kind_count, sizeof *s->kinds);
	s->agents = memory_new_array(is->agents, sizeof *s->agents);
	for (unsigned i = 0; i < s->kind_count; i++)
		make_kind(s, i);
	for (unsigned i = 0; i < is->agents; i++)
		make_agent(s, i);
}

void bench_site_done(struct bench_site *s)
{
	free(s->kinds);
	free(s->agents);
}

struct bench_arrival bench_site_arrival(struct bench_site *s, bool is_old)
{
	struct bench_arrival a = {(unsigned)random_below(&s->random, s->kind_count),
				  (uint8_t)random_below(&s->random, BENCH_PRIORITIES)};
	if (s->is.load == LOAD_CLOGGED)
		a.kind = is_old ? a.kind & ~1u : a.kind | 1;
	if (s->is.load == LOAD_STARVED) /* only a part of what can be done is asked for */
		a.kind %= s->kind_count - s->kind_count / 3;
	a.kind = a.kind < s->kind_count ? a.kind : 1;
	return a;
}
