/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worlds that hold the bounds on waiting: n agents, each contact takes s, and in any time t at most
 * burst + load × n/s × t contacts arrive, load below 1. Agents are never idle while somebody
 * waits, so at most burst + n wait whenever one arrives (all agents have been busy since the queue
 * was last empty, and n/s × t - n were taken meanwhile). Who comes later is served before it only
 *  - with offsets: if it comes within d, the greatest difference of the offsets; so that nobody
 *    waits longer than load × d + s × (2 + (2 burst + 1) / n);
 *  - with growths: if it comes within (1 - g / g_max) of the wait; so that nobody waits longer
 *    than s × (2 + (2 burst + 1) / n) / (1 - load × (1 - g / g_max)).
 */
#include "routing/base/memory.h"
#include "tests/sim/sim.h"

#include <stdlib.h>

#define AGENTS_MAX 8
#define QUEUE 900
#define START ((usher_us)1700000000 * USHER_SECOND)

struct served {
	usher_us arrived_us;
	uint8_t priority;
	bool is_taken;
};

struct hand { /* of one agent */
	usher_id contact;
	uint64_t epoch;
	usher_us end_us;
};

struct wait {
	struct sim *sim;       /* borrowed */
	struct served *served; /* owned, by contact */
	struct hand hands[AGENTS_MAX];
	struct routing_queue_set set;
	unsigned agents, burst, load; /* load in per cent */
	usher_us service_us, arrival_us, tokens_us;
	uint16_t growth_max;
	usher_us ahead_max;
	uint64_t taken;
};

static usher_us bound(const struct wait *w, uint8_t priority)
{
	const struct routing_rank *rank = &w->set.ranks[priority];
	double load = w->load / 100.0;
	double base = (double)w->service_us * (2 + (2.0 * w->burst + 1) / w->agents);
	double slow = 1 - (double)rank->growth / w->growth_max;
	double offset = load * (double)(w->ahead_max - rank->ahead_us);
	return (usher_us)(offset + base / (1 - load * slow)) + 1;
}

static void on_taken(struct wait *w, const struct routing_effect *fx)
{
	struct sim *s = w->sim;
	struct served *it = &w->served[fx->contact];
	struct hand *hand = &w->hands[fx->agent - 1];
	sim_expect(s, !it->is_taken && hand->contact == 0, "taken twice, or by an agent at work");
	sim_expect(s, s->now - it->arrived_us <= bound(w, it->priority),
		   "waited beyond the bound of its rank");
	it->is_taken = true;
	*hand = (struct hand){fx->contact, fx->epoch, s->now + w->service_us};
	w->taken++;
	s->assigned++;
}

static void step(struct wait *w, const struct routing_event *ev)
{
	struct sim *s = w->sim;
	struct routing_effects fx;
	s->step++;
	s->event = ev;
	sim_is_in_step = true;
	routing_step(s->r, ev, s->now, &fx);
	sim_is_in_step = false;
	for (size_t i = 0; i < fx.count; i++) {
		sim_expect(s, fx.items[i].kind != FX_REJECTED, "something sensible was refused");
		if (fx.items[i].kind == FX_ASSIGNED)
			on_taken(w, &fx.items[i]);
		s->chain = hash_fold(s->chain, fx.items[i].epoch ^ fx.items[i].agent << 40);
	}
	s->event = NULL;
}

static void populate(struct wait *w)
{
	struct sim *s = w->sim;
	struct routing_event ev = {.kind = EV_QUEUE_SET};
	bool has_growths = sim_chance(s, 50);
	w->set = (struct routing_queue_set){
		.queue = QUEUE,
		.order = (enum routing_order)sim_below(s, ROUTING_ORDERS),
		.offer_us = USHER_MINUTE,
		.is_automatic = true,
		.has_ranks = true};
	w->growth_max = 1;
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++) {
		struct routing_rank *rank = &w->set.ranks[p];
		rank->growth = (uint16_t)(has_growths ? 1 + p % 5 * 3 : 1);
		rank->ahead_us = has_growths ? 0 : sim_seconds(s, 0, 600) - 300 * USHER_SECOND;
		w->growth_max = rank->growth > w->growth_max ? rank->growth : w->growth_max;
		if (p == 0 || rank->ahead_us > w->ahead_max)
			w->ahead_max = rank->ahead_us;
	}
	ev.queue = w->set;
	step(w, &ev);
	for (unsigned i = 0; i < w->agents; i++) {
		ev = (struct routing_event){.kind = EV_AGENT_SET};
		ev.agent = (struct routing_agent_set){
			.agent = i + 1, .capacity = 100, .queue_count = 1};
		ev.agent.queues[0].queue = QUEUE;
		step(w, &ev);
		ev = (struct routing_event){.kind = EV_AGENT_WANTS};
		ev.presence = (struct routing_presence){i + 1, AGENT_READY, 0};
		step(w, &ev);
	}
}

/* The bucket is never empty for long: arrivals come as early as the bound allows, in bursts. */
static void plan_arrival(struct wait *w)
{
	struct sim *s = w->sim;
	usher_us each = w->service_us * 100 / (w->load * w->agents) + 1;
	usher_us full = s->now - (usher_us)(w->burst - 1) * each;
	if (w->tokens_us < full)
		w->tokens_us = full;
	w->tokens_us += each; /* the instant at which this one's token is there */
	usher_us at = w->tokens_us > s->now ? w->tokens_us : s->now;
	if (sim_below(s, 200) == 0) /* saves for a burst */
		at += (usher_us)(w->burst + 1) * each;
	w->arrival_us = at;
}

static void arrive(struct wait *w)
{
	struct sim *s = w->sim;
	struct routing_event ev = {.kind = EV_CONTACT_NEW};
	ev.contact.contact = ++s->last_id;
	ev.contact.queue = QUEUE;
	ev.contact.channel = CHANNEL_TELEPHONY;
	ev.contact.priority = (uint8_t)sim_below(s, CONTACT_PRIORITIES);
	ev.contact.first_us = s->now;
	w->served[s->last_id] = (struct served){s->now, ev.contact.priority, false};
	step(w, &ev);
	plan_arrival(w);
}

static void finish(struct wait *w, struct hand *hand)
{
	struct routing_event ev = {.kind = EV_CLOSE};
	ev.command = (struct routing_command){.contact = hand->contact,
					      .agent = (usher_id)(hand - w->hands) + 1,
					      .epoch = hand->epoch,
					      .flag = true};
	*hand = (struct hand){.contact = 0};
	w->sim->closed++;
	step(w, &ev);
}

static struct hand *next_end(struct wait *w)
{
	struct hand *best = NULL;
	for (unsigned i = 0; i < w->agents; i++)
		if (w->hands[i].contact != 0 && (best == NULL || w->hands[i].end_us < best->end_us))
			best = &w->hands[i];
	return best;
}

static void run(struct wait *w, uint64_t length)
{
	struct sim *s = w->sim;
	uint64_t arrivals = length / 2;
	plan_arrival(w);
	while (s->last_id < arrivals || w->taken < arrivals || next_end(w) != NULL) {
		struct hand *hand = next_end(w);
		bool is_arrival =
			s->last_id < arrivals && (hand == NULL || w->arrival_us <= hand->end_us);
		sim_expect(s, is_arrival || hand != NULL, "somebody waits and nobody works");
		s->now = is_arrival ? w->arrival_us : hand->end_us;
		if (is_arrival)
			arrive(w);
		else
			finish(w, hand);
		if (s->step % 997 == 0)
			routing_check(s->r);
	}
}

uint64_t sim_wait_world(struct sim *s, uint64_t seed, uint64_t length, bool has_restores)
{
	struct routing_limits limits = {SIM_CROWD, AGENTS_MAX, 1, 1};
	struct usher_error err;
	struct wait w = {.sim = s};
	*s = (struct sim){.seed = seed,
			  .length = length,
			  .random = hash_mix(seed + 1),
			  .now = START,
			  .has_restores = has_restores};
	sim_running = s;
	sim_expect(s, routing_new(&s->r, &limits, seed, &err) == 0, "no core");
	w.agents = 1 + (unsigned)sim_below(s, AGENTS_MAX);
	w.burst = 1 + (unsigned)sim_below(s, 100);
	w.load = 50 + (unsigned)sim_below(s, 50);
	w.service_us = sim_seconds(s, 1, 120);
	w.tokens_us = START;
	w.served = memory_new_array(length / 2 + 2, sizeof *w.served);
	populate(&w);
	run(&w, length);
	free(w.served);
	sim_running = NULL;
	return hash_fold(s->chain, routing_digest(s->r));
}
