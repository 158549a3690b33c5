/* SPDX-License-Identifier: Apache-2.0 */
/* The routing core on a made-up site: automatic assignment, so that each event is one decision. */
#include "gateway/cli/bench_routing.h"

#include "gateway/huge_pages.h"
#include "routing/base/hash.h"
#include "routing/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define QUEUE 1
#define SAMPLES_MAX 200000
#define TICK_US 50 /* between two events */

struct run {
	struct routing *r; /* owned */
	struct bench_site *site;
	usher_us now;
	usher_id next;
	struct routing_command *busy; /* owned: what the agents hold */
	unsigned busy_count;
	uint64_t decisions;
	float *samples; /* owned: µs of releases */
	size_t sample_count;
};

static double read_clock(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double bench_seconds_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* Of this process: what else runs on the machine does not count. */
double bench_seconds_used(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static double resident_bytes(void)
{
	long pages = 0, ignored = 0;
	FILE *f = fopen("/proc/self/statm", "r");
	if (f == NULL)
		return 0;
	int n = fscanf(f, "%ld %ld", &ignored, &pages);
	fclose(f);
	return n == 2 ? (double)pages * (double)sysconf(_SC_PAGESIZE) : 0;
}

static void step(struct run *b, const struct routing_event *ev)
{
	struct routing_effects fx;
	b->now += TICK_US;
	routing_step(b->r, ev, b->now, &fx);
	for (size_t i = 0; i < fx.count; i++)
		if (fx.items[i].kind == FX_ASSIGNED)
			b->busy[b->busy_count++] =
				(struct routing_command){.contact = fx.items[i].contact,
							 .agent = fx.items[i].agent,
							 .epoch = fx.items[i].epoch,
							 .flag = true};
}

static void add_queue(struct run *b)
{
	struct routing_event ev = {.kind = EV_QUEUE_SET};
	struct routing_queue_set *q = &ev.queue;
	*q = (struct routing_queue_set){.queue = QUEUE,
					.priority = 0,
					.offer_us = USHER_MINUTE,
					.is_automatic = true,
					.has_ranks = true,
					.step_count = BENCH_STEPS};
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++)
		q->ranks[p] = (struct routing_rank){0, 1, -(usher_us)p * BENCH_AHEAD_US};
	for (unsigned i = 0; i < BENCH_STEPS; i++)
		q->steps[i] = (struct routing_step){.lasts_us = BENCH_STEP_US,
						    .ring_max = ROUTING_ANY,
						    .penalty_max = ROUTING_ANY,
						    .level_drop = (uint8_t)i};
	step(b, &ev);
}

static void add_agent(struct run *b, unsigned i)
{
	const struct bench_agent *agent = &b->site->agents[i];
	struct routing_event ev = {.kind = EV_AGENT_SET};
	ev.agent.agent = 1 + i;
	ev.agent.capacity = AGENT_CAPACITY_DEFAULT;
	ev.agent.queue_count = 1;
	ev.agent.queues[0].queue = QUEUE;
	ev.agent.skill_count = (uint8_t)agent->count;
	for (unsigned k = 0; k < agent->count; k++)
		ev.agent.skills[k] = agent->skills[k];
	step(b, &ev);
}

static void make_ready(struct run *b, unsigned i)
{
	struct routing_event ev = {.kind = EV_AGENT_WANTS};
	ev.presence.agent = 1 + i;
	ev.presence.wants = AGENT_READY;
	step(b, &ev);
}

static void arrive(struct run *b, bool is_old)
{
	struct bench_arrival a = bench_site_arrival(b->site, is_old);
	const struct bench_kind *kind = &b->site->kinds[a.kind];
	struct routing_event ev = {.kind = EV_CONTACT_NEW};
	ev.contact.contact = ++b->next;
	ev.contact.queue = QUEUE;
	ev.contact.channel = CHANNEL_TELEPHONY;
	ev.contact.priority = a.priority;
	ev.contact.first_us = b->now;
	ev.contact.requirement_count = (uint8_t)kind->count;
	for (unsigned k = 0; k < kind->count; k++)
		ev.contact.requirements[k] = (struct routing_requirement){
			.skill = kind->needs[k].skill, .level = kind->needs[k].level};
	step(b, &ev);
	b->decisions++;
}

static bool release(struct run *b)
{
	if (b->busy_count == 0)
		return false;
	unsigned i = (unsigned)random_below(&b->site->random, b->busy_count);
	struct routing_event ev = {.kind = EV_CLOSE, .command = b->busy[i]};
	b->busy[i] = b->busy[--b->busy_count];
	bool is_sampled = b->sample_count < SAMPLES_MAX;
	double begin = is_sampled ? bench_seconds_now() : 0;
	step(b, &ev);
	if (is_sampled)
		b->samples[b->sample_count++] = (float)((bench_seconds_now() - begin) * 1e6);
	b->decisions++;
	return true;
}

/* As many as are to wait are there before anybody is ready to serve them. */
static void fill(struct run *b, struct bench_result *ret)
{
	const struct bench_case *is = &b->site->is;
	double before = resident_bytes();
	for (unsigned i = 0; i < is->waiting; i++)
		arrive(b, i < is->waiting / 2);
	if (is->waiting > 0)
		ret->bytes = (resident_bytes() - before) / is->waiting;
	for (unsigned i = 0; i < is->agents; i++)
		make_ready(b, i);
	unsigned wanted = is->load == LOAD_LIGHT ? is->agents * 2 / 3 : is->agents;
	for (unsigned i = 0; i < is->agents * 2 && b->busy_count < wanted; i++)
		arrive(b, false);
}

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

static void sum_up(struct run *b, double seconds, struct bench_result *ret)
{
	size_t n = b->sample_count;
	qsort(b->samples, n, sizeof *b->samples, by_value);
	ret->count = b->decisions;
	ret->decisions = (double)b->decisions / seconds;
	ret->p50 = n > 0 ? b->samples[n / 2] : 0;
	ret->p99 = n > 0 ? b->samples[n * 99 / 100] : 0;
	ret->p999 = n > 0 ? b->samples[n * 999 / 1000] : 0;
}

/* An arrival for each release, so that the line keeps its length. */
static double turn(struct run *b, double seconds)
{
	b->decisions = 0;
	b->sample_count = 0;
	double begin = bench_seconds_used(), end = begin;
	while (end - begin < seconds) {
		for (int k = 0; k < 200; k++) {
			release(b);
			arrive(b, false);
		}
		end = bench_seconds_used();
	}
	return end - begin;
}

int bench_core(struct bench_site *s, double seconds, struct bench_result *ret,
	       struct usher_error *reterr)
{
	struct routing_limits limits = {s->is.waiting + s->is.agents * 4 + 1000, s->is.agents, 1,
					s->is.skills, huge_pages_advise};
	struct run b = {.site = s, .now = USHER_DAY, .next = 1000000};
	int code = routing_new(&b.r, &limits, 1, reterr);
	if (code < 0)
		return code;
	*ret = (struct bench_result){0};
	b.busy = memory_new_array(limits.contacts_max, sizeof *b.busy);
	b.samples = memory_new_array(SAMPLES_MAX, sizeof *b.samples);
	add_queue(&b);
	for (unsigned i = 0; i < s->is.agents; i++)
		add_agent(&b, i);
	fill(&b, ret);
	turn(&b, seconds / 4);
	sum_up(&b, turn(&b, seconds), ret);
	free(b.busy);
	free(b.samples);
	routing_free(b.r);
	return 0;
}
