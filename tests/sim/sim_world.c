/* SPDX-License-Identifier: Apache-2.0 */
/* One world: steps with what belongs before and after them, restores, and the end. */
#include "routing/base/memory.h"
#include "tests/sim/sim.h"

#include <stdlib.h>
#include <string.h>

#define CHECK_EVERY 499
#define START ((usher_us)1700000000 * USHER_SECOND)

const struct sim *sim_running;
bool sim_is_in_step;

static struct routing_limits limits_of(const struct sim *s)
{
	return (struct routing_limits){s->contacts_max, SIM_AGENTS, SIM_QUEUES + 2, SIM_SKILLS};
}

static void init(struct sim *s, uint64_t seed, uint64_t length, bool has_restores)
{
	struct usher_error err;
	*s = (struct sim){.seed = seed,
			  .length = length,
			  .random = hash_mix(seed + 1),
			  .now = START,
			  .core_us = START,
			  .last_id = 1000,
			  .contacts_max = seed % 16 == 0 ? SIM_CROWD : SIM_CONTACTS,
			  .has_restores = has_restores};
	struct routing_limits limits = limits_of(s);
	sim_expect(s, routing_new(&s->r, &limits, seed, &err) == 0, "no core");
	sim_expect(s, sim_allocations > 0, "allocations are not counted");
	s->contacts = memory_new_array(2 * s->contacts_max + 1, sizeof *s->contacts);
	routing_observe(s->r, sim_reference, s);
	for (unsigned k = 0; k < CHANNEL_KINDS; k++)
		s->channels[k].weight = AGENT_CAPACITY_DEFAULT;
	s->faults = (unsigned)sim_below(s, 15);
}

void sim_done(struct sim *s)
{
	s->r = routing_free(s->r);
	free(s->contacts);
	s->contacts = NULL;
	table_done(&s->by_id);
}

bool sim_is_due(const struct sim *s)
{
	return routing_deadline(s->r) <= s->now;
}

/* ---- settings: known before the step, forgotten where it refused ----------------------------- */

struct before {
	struct sim_agent *agent;
	struct sim_queue *queue;
	struct sim_agent agent_was;
	struct sim_queue queue_was;
	struct routing_channel_set channel_was;
};

static struct sim_agent *slot_of_agent(struct sim *s, usher_id id)
{
	for (unsigned i = 0; i < s->agent_count; i++)
		if (s->agent_ids[i] == id)
			return &s->agents[i];
	return NULL;
}

static struct sim_queue *slot_of_queue(struct sim *s, usher_id id)
{
	struct sim_queue *unused = NULL;
	for (unsigned i = 0; i < s->queue_count; i++) {
		if (s->queues[i].set.queue == id)
			return &s->queues[i];
		if (s->queues[i].set.queue == 0 && unused == NULL)
			unused = &s->queues[i];
	}
	return unused;
}

static void settings_begin(struct sim *s, const struct routing_event *ev, struct before *ret)
{
	*ret = (struct before){.agent = NULL};
	if (ev->kind == EV_CHANNEL_SET && (unsigned)ev->channel.channel < CHANNEL_KINDS) {
		ret->channel_was = s->channels[ev->channel.channel];
		s->channels[ev->channel.channel] = ev->channel;
	}
	if (ev->kind == EV_AGENT_SET)
		ret->agent = slot_of_agent(s, ev->agent.agent);
	if (ev->kind == EV_QUEUE_SET && ev->queue.queue != 0)
		ret->queue = slot_of_queue(s, ev->queue.queue);
	if (ret->agent != NULL) {
		ret->agent_was = *ret->agent;
		ret->agent->id = ev->agent.agent;
		ret->agent->set = ev->agent;
	}
	if (ret->queue != NULL) {
		ret->queue_was = *ret->queue;
		if (ret->queue->set.queue == 0)
			*ret->queue = (struct sim_queue){.is_closed = false};
		ret->queue->set = ev->queue;
		ret->queue->changed_us = s->core_us;
	}
}

static void forget_queue(struct sim *s, usher_id id)
{
	struct sim_queue *q = slot_of_queue(s, id);
	s->removed[s->removed_count++ % SIM_REMOVED] = *q;
	*q = (struct sim_queue){.is_closed = false};
	for (unsigned i = 0; i < s->agent_count; i++) {
		struct routing_agent_set *a = &s->agents[i].set;
		for (unsigned k = 0; k < a->queue_count; k++)
			if (a->queues[k].queue == id)
				a->queues[k--] = a->queues[--a->queue_count];
	}
}

static void settings_end(struct sim *s, const struct routing_event *ev, bool is_rejected,
			 const struct before *before)
{
	if (is_rejected && ev->kind == EV_CHANNEL_SET &&
	    (unsigned)ev->channel.channel < CHANNEL_KINDS)
		s->channels[ev->channel.channel] = before->channel_was;
	if (is_rejected && before->agent != NULL) {
		before->agent->id = before->agent_was.id;
		before->agent->set = before->agent_was.set;
	}
	if (is_rejected && before->queue != NULL)
		*before->queue = before->queue_was;
	if (is_rejected)
		return;
	if (ev->kind <= EV_AGENT_REMOVE && ev->kind != EV_TICK)
		s->changed_us = s->core_us;
	if (ev->kind == EV_AGENT_REMOVE)
		*sim_find_agent(s, ev->presence.agent) = (struct sim_agent){.id = 0};
	if (ev->kind == EV_QUEUE_REMOVE)
		forget_queue(s, ev->queue.queue);
	if (ev->kind == EV_QUEUE_OPEN)
		sim_find_queue(s, ev->hours.queue)->is_closed = !ev->hours.is_open;
}

/* ---- steps ---------------------------------------------------------------------------------- */

static void note(struct sim *s, const struct routing_effect *it)
{
	s->chain = hash_fold(s->chain, (uint64_t)it->kind << 32 | (uint32_t)it->code);
	s->chain = hash_fold(s->chain, it->contact ^ it->agent << 20 ^ it->queue << 40);
	s->chain = hash_fold(s->chain, it->epoch ^ (uint64_t)it->at_us << 8);
	s->chain = hash_fold(s->chain, (uint64_t)it->cause << 8 | it->state);
	s->chain = hash_fold(s->chain, (uint64_t)it->number << 32 | it->reason);
}

/* A full queue turns away who would have to wait in it. */
static void judge_arrival(struct sim *s, usher_id contact)
{
	const struct sim_contact *c = sim_find(s, contact);
	const struct sim_queue *q = c != NULL ? sim_find_queue(s, c->queue) : NULL;
	unsigned before = 0;
	if (q == NULL || q->set.length_max == 0 || c->state != CONTACT_WAITING || !s->is_settled ||
	    c->hold_us >= s->core_us)
		return;
	for (unsigned i = 0; i < s->open; i++) {
		const struct sim_contact *o = &s->contacts[i];
		before += o != c && o->queue == c->queue &&
			  (o->state == CONTACT_WAITING || o->state == CONTACT_OFFERED);
	}
	sim_expect(s, before < q->set.length_max, "waits in a queue that was full");
}

static void apply(struct sim *s, const struct routing_event *ev)
{
	struct routing_effects fx;
	struct before before;
	bool is_rejected = false;
	usher_us now = s->now - s->back_us;
	s->before_us = s->core_us;
	s->core_us = now > s->core_us ? now : s->core_us;
	/* Those of a changed queue are looked at one after the other, in the order they entered. */
	s->is_settled = routing_deadline(s->r) > s->core_us && ev->kind != EV_QUEUE_SET;
	s->step++;
	s->event = ev;
	settings_begin(s, ev, &before);
	sim_is_in_step = true;
	routing_step(s->r, ev, now, &fx);
	sim_is_in_step = false;
	for (size_t i = 0; i < fx.count; i++)
		is_rejected = is_rejected || fx.items[i].kind == FX_REJECTED;
	if (!is_rejected)
		sim_shadow_event(s, ev);
	for (size_t i = 0; i < fx.count; i++) {
		sim_shadow_effect(s, &fx.items[i]);
		note(s, &fx.items[i]);
	}
	if (ev->kind == EV_CONTACT_NEW && !is_rejected)
		judge_arrival(s, ev->contact.contact);
	sim_expect(s, s->open <= s->contacts_max, "more contacts are open than the limit allows");
	settings_end(s, ev, is_rejected, &before);
	s->event = NULL;
}

/* What the journal keeps of an event does the same. */
static void apply_journalled(struct sim *s, const struct routing_event *ev)
{
	struct usher_buf bytes = {0};
	struct routing_event again;
	routing_event_encode(ev, &bytes);
	sim_expect(s, routing_event_decode(buf_text(&bytes), &again) == 0, "a lost event");
	buf_done(&bytes);
	apply(s, &again);
}

static bool is_setting(const struct sim *s, const struct routing_event *ev)
{
	bool is_again = ev->kind == EV_CONTACT_NEW && sim_find(s, ev->contact.contact) != NULL;
	bool is_supervisors =
		ev->kind == EV_MOVE_ALL || (ev->kind == EV_TRANSFER && ev->transfer.agent == 0);
	return is_again || is_supervisors || ev->kind <= EV_PRESENCE_FOUND ||
	       ev->kind == EV_PRIORITY || ev->kind == EV_REQUIRE || ev->kind == EV_ACTIVITY ||
	       ev->kind == EV_QUEUE_OPEN;
}

/* The shadow hears of an event before its effects. Where the event changes what earlier effects
 * are judged by, what is due must be told first; commands meet it unticked. Some settings do too:
 * then nobody can say which of them a decision was made by, until all is done. */
void sim_step(struct sim *s, const struct routing_event *ev)
{
	struct routing_event tick = {.kind = EV_TICK};
	bool may_blur = ev->kind == EV_QUEUE_SET || ev->kind == EV_AGENT_SET ||
			ev->kind == EV_QUEUE_OPEN || ev->kind == EV_PRIORITY;
	if (!sim_is_due(s))
		s->is_blurred = false;
	else if (may_blur && sim_chance(s, 20))
		s->is_blurred = true;
	else if (is_setting(s, ev) && ev->kind != EV_TICK)
		for (unsigned i = 0; sim_is_due(s); i++) {
			sim_expect(s, i < 100000, "ticks without end");
			apply(s, &tick);
		}
	if (s->has_restores && s->step % 16 == 0 && ev->kind != EV_TICK)
		apply_journalled(s, ev);
	else
		apply(s, ev);
}

static void restore(struct sim *s)
{
	struct routing_limits limits = limits_of(s);
	struct usher_buf bytes = {0};
	struct usher_error err;
	struct routing *again;
	routing_snapshot(s->r, &bytes);
	sim_expect(s, routing_restore(&again, &limits, buf_text(&bytes), &err) == 0,
		   "a snapshot cannot be read");
	sim_expect(s, routing_digest(again) == routing_digest(s->r), "another state was restored");
	sim_expect(s, routing_deadline(again) == routing_deadline(s->r), "another deadline");
	if (s->restores++ % 8 == 0)
		routing_check(again);
	routing_free(s->r);
	s->r = again;
	routing_observe(s->r, sim_reference, s);
	buf_done(&bytes);
}

/* ---- the end -------------------------------------------------------------------------------- */

static struct sim_contact *next_to_do(struct sim *s)
{
	struct sim_contact *best = &s->contacts[0];
	unsigned start = (unsigned)sim_below(s, s->open);
	for (unsigned i = 0; i < s->open; i++) {
		struct sim_contact *c = &s->contacts[(start + i) % s->open];
		if (c->state == CONTACT_OFFERED || c->state == CONTACT_ACTIVE ||
		    c->state == CONTACT_WRAPUP)
			return c;
		if (c->state == CONTACT_PARKED)
			best = c;
	}
	return best;
}

static void make_simple(struct sim *s)
{
	struct routing_event ev;
	for (unsigned q = 0; q < s->queue_count; q++) {
		if (s->queues[q].set.queue == 0)
			continue;
		ev = (struct routing_event){.kind = EV_QUEUE_SET};
		ev.queue = (struct routing_queue_set){.queue = s->queues[q].set.queue,
						      .offer_us = 2 * USHER_MINUTE,
						      .missed_max = UINT16_MAX};
		sim_step(s, &ev);
		ev = (struct routing_event){.kind = EV_QUEUE_OPEN};
		ev.hours = (struct routing_hours){s->queues[q].set.queue, true, USHER_NEVER};
		sim_step(s, &ev);
	}
	for (unsigned k = 1; k < CHANNEL_KINDS; k++) {
		ev = (struct routing_event){.kind = EV_CHANNEL_SET};
		ev.channel = (struct routing_channel_set){(enum channel_kind)k, 50, 0, false, 0};
		sim_step(s, &ev);
	}
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
}

static unsigned count_agents(const struct sim *s)
{
	unsigned count = 0;
	for (unsigned i = 0; i < s->agent_count; i++)
		count += s->agents[i].id != 0;
	return count;
}

static enum routing_event_kind end_of(const struct sim *s, const struct sim_contact *c)
{
	switch (c->state) {
	case CONTACT_OFFERED:
		return EV_ACCEPT;
	case CONTACT_ACTIVE:
	case CONTACT_WRAPUP:
		return EV_CLOSE;
	case CONTACT_PARKED:
		return EV_RESUME;
	default: /* it may exclude the only one there is */
		return c->excluded != 0 && count_agents(s) == 1 ? EV_TAKE : EV_TICK;
	}
}

/* The faults are over: everybody can do everything and does it, so all must come to an end. */
static void drain(struct sim *s)
{
	struct routing_event ev;
	make_simple(s);
	uint64_t turns = 4000 + (uint64_t)s->open * 8;
	for (uint64_t turn = 0; turn < turns && s->open > 0; turn++) {
		struct sim_contact *c = next_to_do(s);
		usher_id agent = c->seats[0].agent;
		for (unsigned i = 0; i < s->agent_count && agent == 0; i++)
			agent = s->agents[i].id;
		ev = (struct routing_event){.kind = end_of(s, c)};
		ev.command = (struct routing_command){
			.contact = c->id, .agent = agent, .epoch = c->seats[0].epoch, .flag = true};
		s->now += USHER_SECOND / 4;
		sim_step(s, &ev);
	}
	sim_expect(s, s->open == 0 || count_agents(s) == 0, "not everything came to an end");
}

static void one_event(struct sim *s, uint64_t i, uint64_t *restores)
{
	struct routing_event ev;
	usher_us before = s->now;
	bool is_back = sim_below(s, 500) == 0;
	sim_event(s, &ev);
	if (is_back) { /* the machine's clock was set back: the core keeps the latest */
		s->now = before;
		s->back_us = USHER_HOUR;
	}
	sim_step(s, &ev);
	s->back_us = 0;
	/* At the start of each world, and now and then. */
	uint64_t every = s->contacts_max > SIM_CONTACTS ? 4000 : CHECK_EVERY;
	if ((i < 300 && i % 4 == 0) || i % every == 0) {
		routing_check(s->r);
		s->chain = hash_fold(s->chain, routing_digest(s->r));
	}
	if (i % (every / 16) == 0)
		sim_compare(s);
	/* Also in the middle of work that takes several steps. */
	bool is_working = routing_deadline(s->r) <= s->core_us;
	uint64_t dice = random_below(restores, is_working ? 8 : 2000);
	if (s->has_restores && dice == 0)
		restore(s);
}

uint64_t sim_world(struct sim *s, uint64_t seed, uint64_t length, bool has_restores)
{
	uint64_t restores = hash_mix(seed);
	init(s, seed, length, has_restores);
	sim_running = s;
	sim_populate(s);
	for (uint64_t i = 0; i < length; i++)
		one_event(s, i, &restores);
	drain(s);
	routing_check(s->r);
	sim_compare(s);
	s->chain = hash_fold(s->chain, routing_digest(s->r));
	sim_running = NULL;
	return s->chain;
}
