/* SPDX-License-Identifier: Apache-2.0 */
/* Random configurations, and what happens in them. */
#include "tests/sim/differential.h"

#include <string.h>

uint64_t diff_below(struct diff *d, uint64_t n)
{
	return random_below(&d->random, n);
}

static bool chance(struct diff *d, unsigned percent)
{
	return diff_below(d, 100) < percent;
}

static bool has(struct diff *d, unsigned feature, unsigned percent)
{
	return chance(d, percent) && (d->features & feature) != 0;
}

static bool is_extreme(struct diff *d)
{
	return has(d, DIFF_EXTREME, 8);
}

/* Agents, queues and contacts share the numbers; a later contact mostly has a higher one. */
static usher_id new_id(struct diff *d)
{
	return d->last_id += 1 + diff_below(d, 5);
}

static usher_us seconds(struct diff *d, unsigned from, unsigned to)
{
	return (usher_us)(from + diff_below(d, to - from + 1)) * USHER_SECOND;
}

static uint8_t small(struct diff *d, unsigned below)
{
	return (uint8_t)diff_below(d, below);
}

/* ---- settings ------------------------------------------------------------------------------- */

static void random_ranks(struct diff *d, struct routing_queue_set *q)
{
	q->has_ranks = has(d, DIFF_RANKS, 60);
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++) {
		struct routing_rank *rank = &q->ranks[p];
		rank->tier = small(d, chance(d, 50) ? 2 : 10);
		rank->growth = d->growths[diff_below(d, d->growth_count)];
		if (chance(d, 40))
			rank->ahead_us = seconds(d, 0, 240) - 120 * USHER_SECOND;
		if (is_extreme(d))
			rank->ahead_us = (chance(d, 50) ? 400 : -400) * USHER_DAY;
		if (!q->has_ranks)
			*rank = (struct routing_rank){(uint8_t)p, 1, 0};
	}
}

static void random_requirement(struct diff *d, struct routing_requirement *ret)
{
	*ret = (struct routing_requirement){
		.skill = 1 + (uint32_t)diff_below(d, d->skill_count),
		.level = (uint8_t)(chance(d, 5) ? 0 : 1 + diff_below(d, 3)),
		.is_preferred = chance(d, 35),
	};
	if (has(d, DIFF_UNTIL, 30))
		ret->until_step =
			(uint8_t)(is_extreme(d) ? ROUTING_STEPS_MAX - 1 : 1 + diff_below(d, 3));
	if (is_extreme(d))
		ret->level = SKILL_LEVEL_MAX;
}

static uint8_t random_requirements(struct diff *d, unsigned max,
				   struct routing_requirement ret[ROUTING_REQUIREMENTS_MAX])
{
	uint32_t seen = 0;
	uint8_t count = 0, wanted = (d->features & DIFF_SKILLS) != 0 ? small(d, max + 1) : 0;
	for (unsigned i = 0; i < wanted; i++) {
		random_requirement(d, &ret[count]);
		if ((seen >> ret[count].skill & 1) == 0) /* no skill twice in one list */
			seen |= 1u << ret[count++].skill;
	}
	return count;
}

static void random_steps(struct diff *d, struct routing_queue_set *q)
{
	q->step_count = has(d, DIFF_STEPS, 70) ? (uint8_t)(1 + diff_below(d, 5)) : 0;
	for (unsigned s = 0; s < q->step_count; s++) {
		struct routing_step *step = &q->steps[s];
		step->lasts_us = seconds(d, 1, 20);
		if (is_extreme(d))
			step->lasts_us = USHER_SECOND;
		step->ring_max = chance(d, 40) ? ROUTING_ANY : (uint8_t)(s + diff_below(d, 2));
		step->penalty_max = chance(d, 50) ? ROUTING_ANY : (uint8_t)(s * 2);
		step->level_drop = chance(d, 60) ? 0 : (uint8_t)diff_below(d, s + 1);
		step->priority_raise = chance(d, 60) ? 0 : small(d, is_extreme(d) ? 10 : 3);
		step->drop_count = chance(d, 60) ? 0 : small(d, ROUTING_DROPS_MAX + 1);
		for (unsigned i = 0; i < step->drop_count; i++)
			step->drops[i] = 1 + (uint32_t)diff_below(d, d->skill_count);
	}
}

static void random_queue(struct diff *d, usher_id queue, struct routing_queue_set *q)
{
	*q = (struct routing_queue_set){
		.queue = queue,
		.order = (enum routing_order)diff_below(d, ROUTING_ORDERS),
		.priority = small(d, CONTACT_PRIORITIES),
		.offer_us = is_extreme(d) ? USHER_SECOND : seconds(d, 3, 30),
		.wrapup_us = chance(d, 50) ? 0 : seconds(d, 1, 20),
		.is_wrapup_exclusive = chance(d, 60),
		.missed_max = (uint16_t)small(d, 4),
		.parallel = has(d, DIFF_PARALLEL, 25) ? (uint8_t)(1 + diff_below(d, 4)) : 0,
		.is_automatic = has(d, DIFF_AUTOMATIC, 15),
		.reserve = has(d, DIFF_RESERVE, 40) ? (uint8_t)(1 + diff_below(d, 3)) : 0,
	};
	if ((d->features & DIFF_ORDERS) == 0)
		q->order = (enum routing_order)(q->order % 2);
	if (q->order == ORDER_WEIGHTED_RANDOM && (d->features & DIFF_DRAWS) == 0)
		q->order = ORDER_LONGEST_IDLE;
	if (q->parallel > 0 && is_extreme(d))
		q->parallel = ROUTING_PARALLEL_MAX;
	if (is_extreme(d))
		q->offer_us = USHER_HOUR;
	random_ranks(d, q);
	q->requirement_count = random_requirements(d, 2, q->requirements);
	random_steps(d, q);
}

static void random_channel(struct diff *d, unsigned kind, struct routing_channel_set *k)
{
	*k = (struct routing_channel_set){
		.channel = (enum channel_kind)kind,
		.weight = (uint16_t)(is_extreme(d) ? 1 : 10 * (1 + diff_below(d, 10))),
		.count_max = (uint16_t)(chance(d, 60) ? 0 : 1 + diff_below(d, 3)),
		.is_exclusive = has(d, DIFF_BLENDING, 20),
	};
	if (has(d, DIFF_BLENDING, 30))
		k->interrupts = (uint8_t)(diff_below(d, 256) & 0xfe);
}

static void random_agent(struct diff *d, unsigned i, struct routing_agent_set *a)
{
	*a = (struct routing_agent_set){.agent = d->agent_ids[i]};
	a->capacity = (uint16_t)(chance(d, 20) ? diff_below(d, 300) : 100 * (1 + diff_below(d, 2)));
	if (is_extreme(d))
		a->capacity = chance(d, 50) ? 0 : UINT16_MAX;
	for (uint32_t skill = 1; skill <= d->skill_count; skill++)
		if (chance(d, 65))
			a->skills[a->skill_count++] =
				(struct routing_skill){skill, small(d, SKILL_LEVEL_MAX + 1)};
	for (unsigned q = 0; q < d->queue_count; q++) {
		struct routing_member *m = &a->queues[a->queue_count];
		if (!chance(d, 75))
			continue;
		a->queue_count++;
		*m = (struct routing_member){
			.queue = d->queue_ids[q],
			.ring = has(d, DIFF_RINGS, 50) ? small(d, 4) : 0,
			.penalty = has(d, DIFF_RINGS, 40) ? small(d, 8) : 0,
			.weight = small(d, 6),
			.position = (uint16_t)diff_below(d, 10),
		};
		if (is_extreme(d)) {
			m->ring = m->penalty = m->weight = chance(d, 50) ? 255 : 254;
			m->position = UINT16_MAX;
		}
	}
}

unsigned diff_settings(struct diff *d, struct diff_event *ret, unsigned max)
{
	unsigned count = 0;
	d->agent_count = 1 + (unsigned)diff_below(d, 30);
	d->queue_count = 1 + (unsigned)diff_below(d, 6);
	d->skill_count = 1 + (unsigned)diff_below(d, 8);
	d->level = chance(d, 10) ? 300 : 5 + (unsigned)diff_below(d, 3ull * d->agent_count);
	d->pace = 1 + (unsigned)diff_below(d, 4);
	d->growths[0] = 1;
	d->growth_count = 1 + (unsigned)diff_below(d, ROUTING_GROWTHS_MAX);
	for (unsigned i = 1; i < d->growth_count; i++)
		d->growths[i] = (uint16_t)(is_extreme(d) ? 10000 : 1 + diff_below(d, 20));
	for (unsigned i = 0; i < d->agent_count; i++)
		d->agent_ids[i] = new_id(d);
	for (unsigned i = 0; i < d->queue_count; i++)
		d->queue_ids[i] = new_id(d);
	for (unsigned i = 0; i < max && i < CHANNEL_KINDS - 1; i++) {
		ret[count] = (struct diff_event){d->now, false, {.kind = EV_CHANNEL_SET}};
		random_channel(d, i + 1, &ret[count].ev.channel);
		count += chance(d, 90);
	}
	for (unsigned i = 0; i < d->queue_count; i++) {
		ret[count] = (struct diff_event){d->now, false, {.kind = EV_QUEUE_SET}};
		random_queue(d, d->queue_ids[i], &ret[count++].ev.queue);
	}
	for (unsigned i = 0; i < d->agent_count; i++) {
		ret[count] = (struct diff_event){d->now, false, {.kind = EV_AGENT_SET}};
		random_agent(d, i, &ret[count++].ev.agent);
		ret[count] = (struct diff_event){d->now, false, {.kind = EV_AGENT_WANTS}};
		ret[count].ev.presence.agent = d->agent_ids[i];
		ret[count++].ev.presence.wants = AGENT_READY;
	}
	return count;
}

/* ---- contacts ------------------------------------------------------------------------------- */

static void new_contact(struct diff *d, struct routing_event *ret)
{
	struct routing_contact_new *c = &ret->contact;
	ret->kind = EV_CONTACT_NEW;
	*c = (struct routing_contact_new){
		.contact = new_id(d),
		.queue = d->queue_ids[diff_below(d, d->queue_count)],
		.channel = (enum channel_kind)(1 + diff_below(d, CHANNEL_KINDS - 1)),
		.priority = chance(d, 40) ? 255 : small(d, CONTACT_PRIORITIES),
		.first_us = d->now,
		.is_callback = has(d, DIFF_RESERVE, 10),
	};
	if (chance(d, 40))
		c->first_us -= seconds(d, 0, 100);
	if (is_extreme(d))
		c->first_us -= 400 * USHER_DAY;
	if (has(d, DIFF_PREFERRED, 20)) {
		c->preferred = d->agent_ids[diff_below(d, d->agent_count)];
		c->preferred_us = is_extreme(d) ? 30 * USHER_DAY : seconds(d, 0, 20);
		c->is_patient = chance(d, 40);
	}
	if (has(d, DIFF_PREFERRED, 10)) {
		c->fallback =
			chance(d, 90) ? d->agent_ids[diff_below(d, d->agent_count)] : DIFF_UNKNOWN;
		c->fallback_us = seconds(d, 0, 20);
	}
	if (has(d, DIFF_EXCLUDED, 15))
		c->excluded = d->agent_ids[diff_below(d, d->agent_count)];
	c->requirement_count = random_requirements(d, 3, c->requirements);
}

static void on_seat(struct diff *d, struct diff_event *ret)
{
	if (d->naive.seat_count == 0)
		return;
	const struct naive_seat *s = &d->naive.seats[diff_below(d, d->naive.seat_count)];
	unsigned dice = (unsigned)diff_below(d, 100);
	ret->ev.command.contact = s->contact->id;
	ret->ev.command.agent = s->agent->set.agent;
	ret->is_stale = chance(d, 1);
	if (s->agent->is_lost && !chance(d, 10))
		return; /* nobody is there to do it */
	if (s->is_offer)
		ret->ev.kind = dice < 65					 ? EV_ACCEPT
			       : dice < 80 && (d->features & DIFF_REFUSALS) != 0 ? EV_DECLINE
										 : EV_TICK;
	else if (s->contact->state == CONTACT_ACTIVE)
		ret->ev.kind = dice < 90 ? EV_CLOSE : EV_TICK;
	else
		ret->ev.kind = dice < 40 ? EV_WRAPUP_DONE : EV_TICK;
	ret->ev.command.flag = chance(d, 20);
}

/* With the customer or the contact itself. */
static void on_contact(struct diff *d, struct routing_event *ret)
{
	unsigned from = (unsigned)diff_below(d, NAIVE_CONTACTS), dice = small(d, 100);
	const struct naive_contact *c = NULL;
	for (unsigned i = 0; i < NAIVE_CONTACTS && (c == NULL || c->id == 0); i++)
		c = &d->naive.contacts[(from + i) % NAIVE_CONTACTS];
	if (c->id == 0 || c->state == CONTACT_WRAPUP)
		return;
	if (dice < 30) {
		ret->kind = EV_CUSTOMER_LEFT;
		ret->command.contact = c->id;
	} else if (dice < 70) {
		ret->kind = EV_PRIORITY;
		ret->command.contact = c->id;
		ret->command.priority = small(d, CONTACT_PRIORITIES);
	} else if ((d->features & DIFF_REQUIRE) != 0) {
		ret->kind = EV_REQUIRE;
		ret->contact.contact = c->id;
		ret->contact.requirement_count =
			random_requirements(d, 3, ret->contact.requirements);
	}
}

/* ---- agents and settings -------------------------------------------------------------------- */

static void on_presence(struct diff *d, struct routing_event *ret)
{
	unsigned dice = small(d, 100);
	ret->kind = EV_AGENT_WANTS;
	ret->presence.agent = d->agent_ids[diff_below(d, d->agent_count)];
	ret->presence.wants = AGENT_READY;
	for (unsigned i = 0; i < NAIVE_AGENTS && dice >= 40; i++) { /* mostly who is needed back */
		const struct naive_agent *a = &d->naive.agents[i];
		if (a->set.agent != 0 && chance(d, 40) &&
		    (a->is_silent || a->wanted != AGENT_READY || (a->is_lost && chance(d, 30)))) {
			ret->presence.agent = a->set.agent;
			ret->kind = a->is_lost ? EV_PRESENCE_FOUND : EV_AGENT_WANTS;
			return;
		}
	}
	if (dice < 8)
		ret->presence.wants = AGENT_NOT_READY;
	else if (dice < 14)
		ret->presence.wants = AGENT_SIGNED_OUT;
	else if (dice < 24)
		ret->kind = EV_PRESENCE_LOST;
	else if (dice < 55)
		ret->kind = EV_PRESENCE_FOUND;
	if ((d->features & DIFF_PRESENCE) == 0 && ret->kind != EV_AGENT_WANTS)
		ret->kind = EV_TICK;
}

/* Order and limits change, the steps stay: what a changed list of steps means for who is in the
 * midst of it, RULES.md does not say. */
static void change_queue(struct diff *d, struct routing_event *ret)
{
	struct naive_queue *q = naive_queue(&d->naive, d->queue_ids[diff_below(d, d->queue_count)]);
	if (q == NULL)
		return;
	ret->kind = EV_QUEUE_SET;
	random_queue(d, q->set.queue, &ret->queue);
	ret->queue.step_count = q->set.step_count;
	memcpy(ret->queue.steps, q->set.steps, sizeof q->set.steps);
}

static void on_setting(struct diff *d, struct routing_event *ret)
{
	unsigned dice = small(d, 100);
	if (dice < 60 && (d->features & DIFF_AGENT_CHANGES) != 0) {
		ret->kind = EV_AGENT_SET;
		random_agent(d, (unsigned)diff_below(d, d->agent_count), &ret->agent);
	} else if (dice >= 60 && dice < 80 && (d->features & DIFF_CHANNEL_CHANGES) != 0) {
		ret->kind = EV_CHANNEL_SET;
		random_channel(d, 1 + (unsigned)diff_below(d, CHANNEL_KINDS - 1), &ret->channel);
	} else if (dice >= 80 && (d->features & DIFF_QUEUE_CHANGES) != 0) {
		change_queue(d, ret);
	}
}

static usher_us random_pause(struct diff *d)
{
	unsigned dice = (unsigned)diff_below(d, 1000);
	if (dice < 450)
		return 0;
	if (dice < 850)
		return (usher_us)diff_below(d, d->pace * USHER_SECOND / 4);
	if (dice < 995)
		return (usher_us)diff_below(d, d->pace * 2 * USHER_SECOND);
	return (usher_us)diff_below(d, 3 * USHER_MINUTE);
}

void diff_next(struct diff *d, struct diff_event *ret)
{
	unsigned dice = (unsigned)diff_below(d, 1000), open = 0;
	*ret = (struct diff_event){d->now + random_pause(d), false, {.kind = EV_TICK}};
	for (unsigned i = 0; i < NAIVE_CONTACTS; i++)
		open += d->naive.contacts[i].id != 0;
	if (dice < 8)
		on_setting(d, &ret->ev);
	else if (dice < 70)
		on_presence(d, &ret->ev);
	else if (dice < 95)
		on_contact(d, &ret->ev);
	else if (dice < (open < d->level ? 500 : 150) && open < NAIVE_CONTACTS - 10)
		new_contact(d, &ret->ev);
	else
		on_seat(d, ret);
}
