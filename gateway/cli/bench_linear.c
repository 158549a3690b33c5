/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain router: one list of contacts by place, one of idle agents by idle time, looked through
 * from the front each time, as call queues commonly do. The same site, order and relaxation.
 */
#include "gateway/cli/bench_routing.h"

#include "routing/base/hash.h"
#include "routing/base/memory.h"

#include <stdlib.h>

#define TICK_US 50

struct entry {
	usher_us at;
	unsigned kind;
	uint32_t next; /* in the list of its priority, 0 = the last */
};

struct run {
	struct bench_site *site;
	usher_us now;
	struct entry *entries; /* owned; from 1 */
	uint32_t free;	       /* list of unused ones */
	uint32_t first[BENCH_PRIORITIES], last[BENCH_PRIORITIES];
	uint32_t *idle; /* owned: agents by idle time, next in line; from 1 */
	uint32_t idle_first, idle_last;
	uint32_t *busy; /* owned */
	unsigned busy_count;
	uint64_t decisions;
};

static unsigned level_of(const struct bench_agent *agent, uint32_t skill)
{
	for (unsigned i = 0; i < agent->count; i++)
		if (agent->skills[i].skill == skill)
			return agent->skills[i].level;
	return 0;
}

static bool can(const struct run *b, uint32_t a, unsigned kind, usher_us age)
{
	const struct bench_kind *k = &b->site->kinds[kind];
	unsigned drop = age >= BENCH_STEP_US * 2 ? 2 : age >= BENCH_STEP_US ? 1 : 0;
	for (unsigned i = 0; i < k->count; i++)
		if (k->needs[i].level > drop &&
		    level_of(&b->site->agents[a - 1], k->needs[i].skill) + drop < k->needs[i].level)
			return false;
	return true;
}

static void work(struct run *b, uint32_t a)
{
	b->busy[b->busy_count++] = a;
}

static void arrive(struct run *b, bool is_old)
{
	struct bench_arrival it = bench_site_arrival(b->site, is_old);
	b->now += TICK_US;
	b->decisions++;
	for (uint32_t a = b->idle_first, previous = 0; a != 0; previous = a, a = b->idle[a]) {
		if (!can(b, a, it.kind, 0))
			continue;
		*(previous != 0 ? &b->idle[previous] : &b->idle_first) = b->idle[a];
		if (b->idle_last == a)
			b->idle_last = previous;
		work(b, a);
		return;
	}
	uint32_t e = b->free;
	if (e == 0)
		return;
	b->free = b->entries[e].next;
	b->entries[e] = (struct entry){b->now, it.kind, 0};
	*(b->last[it.priority] != 0 ? &b->entries[b->last[it.priority]].next
				    : &b->first[it.priority]) = e;
	b->last[it.priority] = e;
}

/* The lists of the priorities are walked side by side, always the one whose turn it is by place. */
static bool serve(struct run *b, uint32_t a)
{
	uint32_t at[BENCH_PRIORITIES], previous[BENCH_PRIORITIES] = {0};
	for (unsigned p = 0; p < BENCH_PRIORITIES; p++)
		at[p] = b->first[p];
	for (;;) {
		unsigned best = BENCH_PRIORITIES;
		usher_us place = 0;
		for (unsigned p = 0; p < BENCH_PRIORITIES; p++) {
			usher_us here = at[p] != 0 ? b->entries[at[p]].at + p * BENCH_AHEAD_US : 0;
			if (at[p] != 0 && (best == BENCH_PRIORITIES || here < place)) {
				best = p;
				place = here;
			}
		}
		if (best == BENCH_PRIORITIES)
			return false;
		struct entry *e = &b->entries[at[best]];
		if (!can(b, a, e->kind, b->now - e->at)) {
			previous[best] = at[best];
			at[best] = e->next;
			continue;
		}
		*(previous[best] != 0 ? &b->entries[previous[best]].next : &b->first[best]) =
			e->next;
		if (b->last[best] == at[best])
			b->last[best] = previous[best];
		e->next = b->free;
		b->free = at[best];
		work(b, a);
		return true;
	}
}

static void release(struct run *b)
{
	if (b->busy_count == 0)
		return;
	unsigned i = (unsigned)random_below(&b->site->random, b->busy_count);
	uint32_t a = b->busy[i];
	b->busy[i] = b->busy[--b->busy_count];
	b->now += TICK_US;
	b->decisions++;
	if (serve(b, a))
		return;
	b->idle[a] = 0;
	*(b->idle_last != 0 ? &b->idle[b->idle_last] : &b->idle_first) = a;
	b->idle_last = a;
}

static void fill(struct run *b)
{
	const struct bench_case *is = &b->site->is;
	unsigned wanted = is->load == LOAD_LIGHT ? is->agents * 2 / 3 : is->agents;
	for (unsigned i = 0; i < is->waiting; i++)
		arrive(b, i < is->waiting / 2);
	/* Who begins with what does not matter here: all begin at work, or idle. */
	for (uint32_t a = 1; a <= is->agents; a++) {
		if (a <= wanted) {
			work(b, a);
			continue;
		}
		*(b->idle_last != 0 ? &b->idle[b->idle_last] : &b->idle_first) = a;
		b->idle_last = a;
	}
}

void bench_linear(struct bench_site *s, double seconds, struct bench_result *ret)
{
	struct run b = {.site = s, .now = USHER_DAY};
	uint32_t entries = s->is.waiting + s->is.agents * 4 + 1000;
	b.entries = memory_new_array((size_t)entries + 1, sizeof *b.entries);
	b.idle = memory_new_array((size_t)s->is.agents + 1, sizeof *b.idle);
	b.busy = memory_new_array(s->is.agents, sizeof *b.busy);
	for (uint32_t e = entries; e > 0; e--) {
		b.entries[e].next = b.free;
		b.free = e;
	}
	fill(&b);
	b.decisions = 0;
	double begin = bench_seconds_used(), end = begin;
	while (end - begin < seconds) {
		release(&b);
		arrive(&b, false);
		end = bench_seconds_used();
	}
	*ret = (struct bench_result){.decisions = (double)b.decisions / (end - begin),
				     .count = b.decisions};
	free(b.entries);
	free(b.idle);
	free(b.busy);
}
