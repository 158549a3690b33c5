/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: sim [STEPS [SEED [WORLDS]]]
 * Runs worlds of STEPS steps in all, each twice (the second time with restores from snapshots in
 * between) and expects the same history. Prints TAP.
 */
#include "tests/sim/sim.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECKED_STEPS 3000 /* at the start of each world */
#define CHECK_EVERY 499
#define START ((usher_us)1700000000 * USHER_SECOND)

static const struct sim *running; /* for the message when an assertion of the core fires */

static void on_abort(int signal_number)
{
	char text[160];
	int n = snprintf(text, sizeof text, "Bail out! signal %d at seed %llu, step %llu (%s)\n",
			 signal_number, (unsigned long long)(running != NULL ? running->seed : 0),
			 (unsigned long long)(running != NULL ? running->step : 0),
			 running != NULL && running->event != NULL
				 ? routing_event_name(running->event->kind)
				 : "none");
	if (n > 0 && write(STDOUT_FILENO, text, (size_t)n) < 0)
		_exit(2);
	_exit(1);
}

void sim_expect(const struct sim *s, bool condition, const char *what)
{
	if (condition)
		return;
	printf("Bail out! %s: seed %llu, step %llu (%s)\n", what, (unsigned long long)s->seed,
	       (unsigned long long)s->step,
	       s->event != NULL ? routing_event_name(s->event->kind) : "none");
	exit(1);
}

/* The linker leads all allocations of the core through these: a step makes none. */
void *__real_memory_new(size_t n);
void *__real_memory_new_array(size_t count, size_t size);
void *__real_memory_resize(void *p, size_t n);
void *__wrap_memory_new(size_t n);
void *__wrap_memory_new_array(size_t count, size_t size);
void *__wrap_memory_resize(void *p, size_t n);

static bool is_in_step;
static uint64_t allocations;

static void count_allocation(void)
{
	allocations++;
	if (is_in_step)
		abort();
}

void *__wrap_memory_new(size_t n)
{
	count_allocation();
	return __real_memory_new(n);
}

void *__wrap_memory_new_array(size_t count, size_t size)
{
	count_allocation();
	return __real_memory_new_array(count, size);
}

void *__wrap_memory_resize(void *p, size_t n)
{
	count_allocation();
	return __real_memory_resize(p, n);
}

/* ---- one world ------------------------------------------------------------------------------ */

void sim_init(struct sim *s, uint64_t seed, bool has_restores)
{
	struct routing_limits limits = {SIM_CONTACTS, SIM_AGENTS, SIM_QUEUES + 2};
	struct usher_error err;
	*s = (struct sim){.seed = seed,
			  .random = hash_mix(seed + 1),
			  .now = START,
			  .last_id = 1000,
			  .has_restores = has_restores};
	sim_expect(s, routing_new(&s->r, &limits, seed, &err) == 0, "no core");
	sim_expect(s, allocations > 0, "allocations are not counted");
	routing_observe(s->r, sim_reference, s);
	for (unsigned k = 0; k < CHANNEL_KINDS; k++)
		s->channels[k].weight = AGENT_CAPACITY_DEFAULT;
	s->faults = (unsigned)sim_below(s, 15);
}

void sim_done(struct sim *s)
{
	s->r = routing_free(s->r);
}

/* The world counts on what it has set; where the core refused, it must not. */
static void forget(struct sim *s, const struct routing_event *ev, bool is_rejected)
{
	struct sim_agent *a =
		sim_find_agent(s, ev->kind == EV_AGENT_SET ? ev->agent.agent : ev->presence.agent);
	struct routing_agent_view agent;
	struct routing_queue_view queue;
	if ((ev->kind == EV_AGENT_REMOVE && !is_rejected && a != NULL) ||
	    (ev->kind == EV_AGENT_SET && is_rejected && a != NULL &&
	     !routing_agent(s->r, a->id, &agent)))
		*a = (struct sim_agent){0};
	for (unsigned q = 0; ev->kind == EV_QUEUE_SET && q < s->queue_count; q++)
		if (s->queues[q].queue == ev->queue.queue &&
		    !routing_queue(s->r, ev->queue.queue, &queue))
			s->queues[q].queue = 0;
}

static void apply(struct sim *s, const struct routing_event *ev)
{
	struct routing_effects fx;
	bool is_rejected = false;
	s->step++;
	s->event = ev;
	is_in_step = true;
	routing_step(s->r, ev, s->now - s->back_us, &fx);
	is_in_step = false;
	for (size_t i = 0; i < fx.count; i++)
		is_rejected = is_rejected || fx.items[i].kind == FX_REJECTED;
	if (!is_rejected)
		sim_shadow_event(s, ev);
	for (size_t i = 0; i < fx.count; i++) {
		const struct routing_effect *it = &fx.items[i];
		sim_shadow_effect(s, it);
		s->chain = hash_fold(s->chain, (uint64_t)it->kind << 32 | (uint32_t)it->code);
		s->chain = hash_fold(s->chain, it->contact ^ it->agent << 20 ^ it->queue << 40);
		s->chain = hash_fold(s->chain, it->epoch ^ (uint64_t)it->at_us << 8);
		s->chain = hash_fold(s->chain, (uint64_t)it->cause << 8 | it->state);
	}
	forget(s, ev, is_rejected);
	s->event = NULL;
}

/* The shadow hears of an event before its effects. Where the event changes what earlier effects
 * are judged by, what is due must be told first; commands meet it unticked. */
void sim_step(struct sim *s, const struct routing_event *ev)
{
	struct routing_event tick = {.kind = EV_TICK};
	bool is_command =
		ev->kind >= EV_CUSTOMER_LEFT && ev->kind != EV_TRANSFER && ev->kind != EV_PRIORITY;
	for (unsigned i = 0; !is_command && routing_deadline(s->r) <= s->now; i++) {
		sim_expect(s, i < 10000, "ticks without end");
		apply(s, &tick);
	}
	apply(s, ev);
}

static void restore(struct sim *s)
{
	struct routing_limits limits = {SIM_CONTACTS, SIM_AGENTS, SIM_QUEUES + 2};
	struct usher_buf bytes = {0};
	struct usher_error err;
	struct routing *again;
	routing_snapshot(s->r, &bytes);
	sim_expect(s, routing_restore(&again, &limits, buf_text(&bytes), &err) == 0,
		   "a snapshot cannot be read");
	sim_expect(s, routing_digest(again) == routing_digest(s->r), "another state was restored");
	sim_expect(s, routing_deadline(again) == routing_deadline(s->r), "another deadline");
	routing_check(again);
	routing_free(s->r);
	s->r = again;
	routing_observe(s->r, sim_reference, s);
	buf_done(&bytes);
}

static struct sim_contact *next_to_do(struct sim *s)
{
	struct sim_contact *best = &s->contacts[0];
	for (unsigned i = 0; i < SIM_CONTACTS; i++) {
		struct sim_contact *c = &s->contacts[i];
		if (c->state == CONTACT_OFFERED)
			return c;
		if (c->state == CONTACT_ACTIVE || c->state == CONTACT_WRAPUP ||
		    (c->state == CONTACT_PARKED && best->state == CONTACT_NONE))
			best = c;
	}
	return best;
}

/* The faults are over: everybody can do everything and does it, so all must come to an end. */
static void drain(struct sim *s)
{
	struct routing_event ev;
	for (unsigned i = 0; i < s->agent_count; i++) {
		if (s->agents[i].id == 0)
			continue;
		sim_full_agent(s, i, &ev);
		sim_step(s, &ev);
		sim_agent_ready(s, i, &ev);
		sim_step(s, &ev);
		ev.kind = EV_PRESENCE_FOUND;
		sim_step(s, &ev);
	}
	for (unsigned k = 1; k < CHANNEL_KINDS; k++) {
		ev = (struct routing_event){.kind = EV_CHANNEL_SET};
		ev.channel = (struct routing_channel_set){(enum channel_kind)k, 50, 0};
		sim_step(s, &ev);
	}
	for (unsigned turn = 0; turn < 20000 && s->open > 0; turn++) {
		struct sim_contact *c = next_to_do(s);
		ev = (struct routing_event){.kind = EV_TICK};
		ev.command = (struct routing_command){
			.contact = c->id, .agent = c->agent, .epoch = c->epoch, .flag = true};
		if (c->state == CONTACT_OFFERED)
			ev.kind = EV_ACCEPT;
		else if (c->state == CONTACT_ACTIVE || c->state == CONTACT_WRAPUP)
			ev.kind = EV_CLOSE;
		else if (c->state == CONTACT_PARKED)
			ev.kind = EV_RESUME;
		s->now += USHER_SECOND / 4;
		sim_step(s, &ev);
	}
}

static bool has_agents(const struct sim *s)
{
	for (unsigned i = 0; i < s->agent_count; i++)
		if (s->agents[i].id != 0)
			return true;
	return false;
}

static uint64_t run(struct sim *s, uint64_t seed, uint64_t steps, bool has_restores)
{
	struct routing_event ev;
	sim_init(s, seed, has_restores);
	running = s;
	sim_populate(s);
	uint64_t restores = hash_mix(seed);
	for (uint64_t i = 0; i < steps; i++) {
		usher_us before = s->now;
		bool is_back = sim_below(s, 500) == 0;
		sim_event(s, &ev);
		if (is_back) { /* the machine's clock was set back: the core keeps the latest */
			s->now = before;
			s->back_us = USHER_HOUR;
		}
		sim_step(s, &ev);
		s->back_us = 0;
		if (i < CHECKED_STEPS || i % CHECK_EVERY == 0) {
			routing_check(s->r);
			sim_shadow_compare(s);
			s->chain = hash_fold(s->chain, routing_digest(s->r));
		}
		if (has_restores && random_below(&restores, 2000) == 0)
			restore(s);
	}
	drain(s);
	routing_check(s->r);
	sim_expect(s, s->open == 0 || !has_agents(s), "not everything came to an end");
	s->chain = hash_fold(s->chain, routing_digest(s->r));
	running = NULL;
	return s->chain;
}

/* ---- all worlds ----------------------------------------------------------------------------- */

static uint64_t argument(int argc, char **argv, int i, uint64_t otherwise)
{
	uint64_t value = otherwise;
	if (i < argc && text_to_u64(text_of(argv[i]), &value) < 0) {
		fprintf(stderr, "sim: %s is not a number\n", argv[i]);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	uint64_t steps = argument(argc, argv, 1, 1000000), seed = argument(argc, argv, 2, 1);
	uint64_t worlds = argument(argc, argv, 3, 20);
	static struct sim s;
	signal(SIGABRT, on_abort);
	signal(SIGSEGV, on_abort);
	printf("1..%llu\n", (unsigned long long)worlds);
	for (uint64_t w = 0; w < worlds; w++) {
		uint64_t first = run(&s, seed + w, steps / worlds, false);
		uint64_t decisions = s.decisions, compared = s.compared;
		sim_done(&s);
		uint64_t second = run(&s, seed + w, steps / worlds, true);
		printf("%s %llu - seed %llu: the same history twice\n",
		       first == second ? "ok" : "not ok", (unsigned long long)w + 1,
		       (unsigned long long)(seed + w));
		printf("# %llu steps, %llu offers, %llu assigned, %llu closed, %llu rejected; "
		       "%llu decisions, %llu compared with the reference; %016llx\n",
		       (unsigned long long)s.step, (unsigned long long)s.offers,
		       (unsigned long long)s.assigned, (unsigned long long)s.closed,
		       (unsigned long long)s.rejected, (unsigned long long)decisions,
		       (unsigned long long)compared, (unsigned long long)second);
		sim_done(&s);
		if (first != second)
			return 1;
	}
	return 0;
}
