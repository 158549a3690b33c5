/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A router that looks at everything, to compare decisions with: who may take what comes from
 * routing_why, which does not use the core's structures; the orders are written again here.
 * tests/sim/differential goes further, with rules of its own for everything, in smaller worlds.
 */
#include "tests/sim/sim.h"

static bool may(const struct sim *s, usher_id contact, usher_id agent)
{
	enum routing_reason reason = routing_why(s->r, contact, agent, s->core_us).reason;
	return reason == REASON_CHOSEN || reason == REASON_OTHER_FIRST;
}

/* ---- contacts ------------------------------------------------------------------------------- */

bool sim_comes_before(struct sim *s, const struct sim_contact *a, const struct sim_contact *b)
{
	struct routing_rank ra = sim_rank(s, a, a->step), rb = sim_rank(s, b, b->step);
	usher_us at_a = a->first_us - ra.ahead_us, at_b = b->first_us - rb.ahead_us;
	if (ra.tier != rb.tier)
		return ra.tier < rb.tier;
	if (ra.growth != rb.growth) {
		__int128 age_a = s->core_us > at_a ? s->core_us - at_a : 0;
		__int128 age_b = s->core_us > at_b ? s->core_us - at_b : 0;
		if (age_a * ra.growth != age_b * rb.growth)
			return age_a * ra.growth > age_b * rb.growth;
	}
	return at_a != at_b ? at_a < at_b : a->id < b->id;
}

/* The shadow is one effect behind: what this step has offered already waits no more. */
static bool is_waiting(const struct sim *s, const struct sim_contact *c)
{
	struct routing_contact_view view;
	return routing_contact(s->r, c->id, &view) && view.state == CONTACT_WAITING;
}

/* Only where one contact after the other is freed, their order is the one of the rules; what
 * returns together is looked at as it comes. */
static void judge_contact(struct sim *s, const struct sim_contact *c, usher_id agent)
{
	for (unsigned i = 0; i < s->open; i++) {
		const struct sim_contact *o = &s->contacts[i];
		if (o == c || o->state != CONTACT_WAITING)
			continue;
		const struct sim_queue *q = sim_find_queue(s, o->queue);
		bool is_reserved = q != NULL && q->set.reserve > 0 && sim_is_deferred(o);
		if (!is_reserved && sim_comes_before(s, o, c) && is_waiting(s, o))
			sim_expect(s, !may(s, o->id, agent),
				   "another contact should have come first");
	}
	s->compared++;
}

/* ---- agents --------------------------------------------------------------------------------- */

struct figures {
	uint32_t ring, penalty, preference, levels, skills, group;
	uint64_t load, capacity;
	usher_us idle_us;
	uint16_t position;
	usher_id id;
};

static uint8_t level_of(const struct sim_agent *a, uint32_t skill)
{
	for (unsigned i = 0; i < a->set.skill_count; i++)
		if (a->set.skills[i].skill == skill)
			return a->set.skills[i].level;
	return 0;
}

static struct figures figures_of(struct sim *s, const struct sim_contact *c,
				 const struct sim_agent *a)
{
	struct routing_requirement needs[2 * ROUTING_REQUIREMENTS_MAX];
	struct figures f = {.id = a->id, .capacity = a->set.capacity, .load = a->load};
	f.idle_us = routing_why(s->r, c->id, a->id, s->core_us).idle_since_us;
	f.group = a->offers > 0 ? 2 : a->contacts > 0;
	for (unsigned i = 0; i < a->set.queue_count; i++) {
		if (a->set.queues[i].queue != c->queue)
			continue;
		f.ring = a->set.queues[i].ring;
		f.penalty = a->set.queues[i].penalty;
		f.position = a->set.queues[i].position;
	}
	for (unsigned i = 0; i < a->set.skill_count; i++)
		f.skills += a->set.skills[i].level > 0;
	unsigned count = sim_needs(s, c, needs);
	for (unsigned i = 0; i < count; i++) {
		uint8_t has = level_of(a, needs[i].skill);
		f.levels += has;
		if (needs[i].is_preferred)
			f.preference += has < needs[i].level ? has : needs[i].level;
	}
	return f;
}

/* Negative: a first; positive: b; 0: the order says nothing. */
static int by_order(enum routing_order order, const struct figures *a, const struct figures *b)
{
	uint64_t left = a->load * b->capacity, right = b->load * a->capacity;
	int64_t spare_a = (int64_t)a->capacity - (int64_t)a->load;
	int64_t spare_b = (int64_t)b->capacity - (int64_t)b->load;
	switch (order) {
	case ORDER_LONGEST_IDLE:
		return (int)a->group - (int)b->group;
	case ORDER_LEAST_LOADED:
		if ((a->capacity == 0) != (b->capacity == 0))
			return a->capacity == 0 ? 1 : -1;
		return left < right ? -1 : left > right;
	case ORDER_MOST_SPARE:
		return spare_a > spare_b ? -1 : spare_a < spare_b;
	case ORDER_BEST_LEVEL:
		return (int)b->levels - (int)a->levels;
	case ORDER_FEWEST_SKILLS:
		return (int)a->skills - (int)b->skills;
	case ORDER_TOP_DOWN:
		return a->position - b->position;
	default:
		return 0;
	}
}

static bool agent_before(enum routing_order order, const struct figures *a, const struct figures *b)
{
	if (a->ring != b->ring)
		return a->ring < b->ring;
	if (a->penalty != b->penalty)
		return a->penalty < b->penalty;
	if (a->preference != b->preference)
		return a->preference > b->preference;
	int by = by_order(order, a, b);
	if (by != 0)
		return by < 0;
	/* Turns and draws are not told: tests/sim/differential knows them. */
	if (order == ORDER_ROUND_ROBIN || order == ORDER_WEIGHTED_RANDOM)
		return false;
	if (order != ORDER_TOP_DOWN && a->idle_us != b->idle_us)
		return a->idle_us < b->idle_us;
	return a->id < b->id;
}

static void judge_agent(struct sim *s, const struct sim_contact *c, const struct sim_agent *mine)
{
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	struct figures chosen = figures_of(s, c, mine);
	for (unsigned i = 0; i < s->agent_count; i++) {
		const struct sim_agent *a = &s->agents[i];
		if (a->id == 0 || a == mine || !may(s, c->id, a->id))
			continue;
		struct figures other = figures_of(s, c, a);
		sim_expect(s, !agent_before(q->set.order, &other, &chosen),
			   "another agent should have come first");
	}
	s->compared++;
}

/* ---- decisions ------------------------------------------------------------------------------ */

/* A new contact is not in the shadow yet: its event and the core's first answers say what it is. */
static bool newcomer(struct sim *s, usher_id contact, struct sim_contact *ret)
{
	struct routing_contact_view view;
	const struct routing_contact_new *ev = &s->event->contact;
	if (ev->contact != contact || ev->preferred != 0 ||
	    !routing_contact(s->r, contact, &view) || view.state != CONTACT_WAITING)
		return false;
	*ret = (struct sim_contact){.id = contact,
				    .queue = view.queue,
				    .channel = view.channel,
				    .priority = view.priority,
				    .first_us = view.first_us,
				    .step = view.step,
				    .excluded = ev->excluded,
				    .requirement_count = ev->requirement_count};
	for (unsigned i = 0; i < ev->requirement_count; i++)
		ret->requirements[i] = ev->requirements[i];
	return true;
}

void sim_reference(const struct routing *r, usher_id contact, usher_id agent, usher_us now,
		   void *arg)
{
	struct sim *s = arg;
	struct sim_contact new;
	enum routing_event_kind kind = s->event->kind;
	const struct sim_agent *a = sim_find_agent(s, agent);
	s->decisions++;
	if (s->decisions % 4 != 0)
		return;
	sim_expect(s, routing_why(r, contact, agent, now).reason == REASON_CHOSEN,
		   "the chosen agent is not called chosen");
	if (!s->is_settled || s->is_blurred || a == NULL ||
	    (s->contacts_max > SIM_CONTACTS && s->decisions % 64 != 0))
		return;
	if (kind == EV_CONTACT_NEW && newcomer(s, contact, &new)) {
		judge_agent(s, &new, a);
		return;
	}
	const struct sim_contact *c = sim_find(s, contact);
	if (c != NULL && c->state == CONTACT_WAITING &&
	    (kind == EV_CLOSE || kind == EV_WRAPUP_DONE || kind == EV_AGENT_WANTS))
		judge_contact(s, c, agent);
}
