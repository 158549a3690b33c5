/* SPDX-License-Identifier: Apache-2.0 */
/* Random agents, queues and channels, and how they change. */
#include "tests/sim/sim.h"

uint64_t sim_below(struct sim *s, uint64_t n)
{
	return random_below(&s->random, n);
}

bool sim_chance(struct sim *s, unsigned percent)
{
	return sim_below(s, 100) < percent;
}

bool sim_has(struct sim *s, enum sim_feature feature, unsigned percent)
{
	return sim_chance(s, percent) && (s->features & feature) != 0;
}

usher_us sim_seconds(struct sim *s, unsigned from, unsigned to)
{
	return (usher_us)(from + sim_below(s, to - from + 1)) * USHER_SECOND;
}

usher_id sim_new_id(struct sim *s)
{
	return s->last_id += 1 + sim_below(s, 3);
}

static uint8_t below8(struct sim *s, unsigned n)
{
	return (uint8_t)sim_below(s, n);
}

/* ---- agents --------------------------------------------------------------------------------- */

static void random_agent(struct sim *s, unsigned i, struct routing_event *ret)
{
	struct routing_agent_set *a = &ret->agent;
	*ret = (struct routing_event){.kind = EV_AGENT_SET};
	a->agent = s->agent_ids[i];
	a->capacity =
		(uint16_t)(sim_chance(s, 10) ? sim_below(s, 100) : 100 + sim_below(s, 3) * 50);
	for (uint32_t skill = 1; skill <= SIM_SKILLS; skill++)
		if (sim_chance(s, 60))
			a->skills[a->skill_count++] = (struct routing_skill){skill, below8(s, 6)};
	for (unsigned q = 0; q < s->queue_count; q++) {
		if (s->queues[q].set.queue == 0 || !sim_chance(s, 60))
			continue;
		struct routing_member *m = &a->queues[a->queue_count++];
		m->queue = s->queues[q].set.queue;
		m->weight = below8(s, 4);
		m->position = (uint16_t)sim_below(s, 20);
		if (sim_has(s, SIM_RINGS, 70)) {
			m->ring = below8(s, 4);
			m->penalty = below8(s, 4);
		}
	}
}

void sim_full_agent(struct sim *s, unsigned i, struct routing_event *ret)
{
	random_agent(s, i, ret);
	ret->agent.capacity = 200;
	ret->agent.skill_count = ret->agent.queue_count = 0;
	for (uint32_t skill = 1; skill <= SIM_SKILLS; skill++)
		ret->agent.skills[ret->agent.skill_count++] = (struct routing_skill){skill, 5};
	for (unsigned q = 0; q < s->queue_count; q++)
		if (s->queues[q].set.queue != 0)
			ret->agent.queues[ret->agent.queue_count++] =
				(struct routing_member){.queue = s->queues[q].set.queue};
}

/* The smaller changes that people make while work is in hand. */
static void changed_agent(struct sim *s, unsigned i, struct routing_event *ret)
{
	unsigned dice = (unsigned)sim_below(s, 3);
	*ret = (struct routing_event){.kind = EV_AGENT_SET, .agent = s->agents[i].set};
	if (dice == 0)
		ret->agent.capacity = (uint16_t)(ret->agent.capacity / 2);
	else if (dice == 1 && ret->agent.skill_count > 0)
		ret->agent.skill_count--;
	else if (ret->agent.queue_count > 0)
		ret->agent.queue_count--;
}

void sim_agent_ready(struct sim *s, unsigned i, struct routing_event *ret)
{
	*ret = (struct routing_event){.kind = EV_AGENT_WANTS};
	ret->presence.agent = s->agent_ids[i];
	ret->presence.wants = AGENT_READY;
}

/* ---- queues --------------------------------------------------------------------------------- */

unsigned sim_requirements(struct sim *s, struct routing_requirement *ret, unsigned max)
{
	unsigned count = 0;
	for (uint32_t skill = 1; skill <= SIM_SKILLS && count < max; skill++) {
		if (!sim_chance(s, 15))
			continue;
		ret[count] = (struct routing_requirement){.skill = skill,
							  .level = (uint8_t)(1 + sim_below(s, 4))};
		if (sim_has(s, SIM_REQUIREMENTS, 30))
			ret[count].is_preferred = true;
		if (sim_has(s, SIM_REQUIREMENTS, 30))
			ret[count].until_step = below8(s, 4);
		if (sim_has(s, SIM_REQUIREMENTS, 10))
			ret[count].level = 0;
		count++;
	}
	return count;
}

static void random_ranks(struct sim *s, struct routing_queue_set *q)
{
	q->has_ranks = true;
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++) {
		q->ranks[p].tier = below8(s, sim_chance(s, 50) ? 2 : 10);
		q->ranks[p].growth = s->growths[sim_below(s, s->growth_count)];
		q->ranks[p].ahead_us =
			sim_chance(s, 50) ? 0 : sim_seconds(s, 0, 240) - 2 * USHER_MINUTE;
	}
}

static void random_steps(struct sim *s, struct routing_queue_set *q)
{
	q->step_count = (uint8_t)(1 + sim_below(s, 4));
	for (unsigned i = 0; i < q->step_count; i++) {
		struct routing_step *step = &q->steps[i];
		bool is_wide = sim_chance(s, 40);
		step->lasts_us = sim_seconds(s, sim_chance(s, 10) ? 0 : 2, 40);
		step->ring_max = (uint8_t)(is_wide ? ROUTING_ANY : sim_below(s, 4));
		step->penalty_max = (uint8_t)(sim_chance(s, 60) ? ROUTING_ANY : sim_below(s, 4));
		step->level_drop = below8(s, 3);
		step->priority_raise = below8(s, 4);
		step->drop_count = below8(s, 3);
		for (unsigned k = 0; k < step->drop_count; k++)
			step->drops[k] = 1 + (uint32_t)sim_below(s, SIM_SKILLS);
	}
}

static enum routing_treatment treatment(struct sim *s, unsigned from)
{
	return (enum routing_treatment)(from + sim_below(s, 3 - from));
}

static void random_limits(struct sim *s, struct routing_queue_set *q)
{
	const struct sim_queue *to = &s->queues[sim_below(s, s->queue_count)];
	q->overflow_to = to->set.queue != q->queue ? to->set.queue : 0;
	q->overflow_us = sim_chance(s, 50) ? sim_seconds(s, 1, 90) : 0;
	q->overflow_length = (uint32_t)(sim_chance(s, 30) ? 1 + sim_below(s, 30) : 0);
	q->is_overflow_absent = sim_chance(s, 30);
	q->absent_us = sim_seconds(s, 0, 30);
	q->present_states = (uint8_t)(sim_chance(s, 50) ? 0 : sim_below(s, 1u << AGENT_STATES));
	q->length_max = (uint32_t)(sim_chance(s, 40) ? 1 + sim_below(s, 40) : 0);
	q->full = treatment(s, 1);
	q->wait_max_us = sim_chance(s, 30) ? sim_seconds(s, 5, 300) : 0;
	q->expired = treatment(s, 0);
}

/* From each queue to the next, and on, before anybody is there to take it. */
static void ring_of_queues(struct sim *s, unsigned i, struct routing_queue_set *q)
{
	const struct sim_queue *to = &s->queues[(i + 1) % s->queue_count];
	q->overflow_to = to->set.queue != q->queue ? to->set.queue : 0;
	q->overflow_us = sim_seconds(s, 1, 6);
	q->overflow_length = q->length_max = 0;
	q->wait_max_us = 0;
}

static void random_queue(struct sim *s, unsigned i, struct routing_event *ret)
{
	struct routing_queue_set *q = &ret->queue;
	usher_id known = s->queues[i].set.queue;
	*ret = (struct routing_event){.kind = EV_QUEUE_SET};
	*q = (struct routing_queue_set){
		.queue = known != 0 ? known : sim_new_id(s),
		.order = (enum routing_order)sim_below(s, sim_has(s, SIM_ORDERS, 90) ? 8 : 2),
		.priority = below8(s, 10),
		.offer_us = sim_seconds(s, sim_chance(s, 10) ? 1 : 5, 45),
		.wrapup_us = sim_chance(s, 50) ? 0 : sim_seconds(s, 1, 60),
		.is_wrapup_exclusive = sim_chance(s, 50),
		.missed_max = (uint16_t)sim_below(s, 4),
		.parallel = (uint8_t)(sim_has(s, SIM_PARALLEL, 50) ? sim_below(s, 17) : 0),
		.is_automatic = sim_has(s, SIM_AUTOMATIC, 25),
		.reserve = (uint8_t)(sim_has(s, SIM_RESERVE, 50) ? sim_below(s, 4) : 0),
		.closed = treatment(s, 0),
	};
	if (sim_has(s, SIM_RANKS, 60))
		random_ranks(s, q);
	if (sim_has(s, SIM_STEPS, 60))
		random_steps(s, q);
	if (sim_has(s, SIM_REQUIREMENTS, 40))
		q->requirement_count = (uint8_t)sim_requirements(s, q->requirements, 3);
	if (sim_has(s, SIM_LEASES, 50)) {
		q->first_reply_us = sim_chance(s, 70) ? sim_seconds(s, 5, 120) : 0;
		q->reply_us = sim_chance(s, 70) ? sim_seconds(s, 5, 120) : 0;
		q->silence_us = sim_chance(s, 70) ? sim_seconds(s, 30, 600) : 0;
	}
	if (sim_has(s, SIM_OVERFLOW, 60))
		random_limits(s, q);
	if (s->seed % 4 == 0 && sim_has(s, SIM_OVERFLOW, 80))
		ring_of_queues(s, i, q);
}

static void random_hours(struct sim *s, unsigned i, struct routing_event *ret)
{
	*ret = (struct routing_event){.kind = EV_QUEUE_OPEN};
	ret->hours.queue = s->queues[i].set.queue;
	ret->hours.is_open = !sim_has(s, SIM_HOURS, 40);
	ret->hours.until_us = sim_chance(s, 20) ? USHER_NEVER : s->now + sim_seconds(s, 0, 300);
}

static void random_channel(struct sim *s, struct routing_event *ret)
{
	struct routing_channel_set *c = &ret->channel;
	*ret = (struct routing_event){.kind = EV_CHANNEL_SET};
	c->channel = (enum channel_kind)(1 + sim_below(s, CHANNEL_KINDS - 1));
	c->weight = (uint16_t)(sim_below(s, sim_chance(s, 5) ? 2 : 11) * 10);
	c->count_max = (uint16_t)sim_below(s, 4);
	c->is_exclusive = sim_has(s, SIM_BLENDING, 30);
	c->interrupts = (uint8_t)(sim_has(s, SIM_BLENDING, 40) ? sim_below(s, 256) : 0);
}

/* ---- changes -------------------------------------------------------------------------------- */

static void random_agents(struct sim *s, struct routing_event *ret)
{
	unsigned i = (unsigned)sim_below(s, s->agent_count);
	if (s->agents[i].id != 0 && sim_chance(s, 15)) {
		*ret = (struct routing_event){.kind = EV_AGENT_REMOVE};
		ret->presence.agent = s->agents[i].id;
	} else if (s->agents[i].id != 0 && sim_chance(s, 40)) {
		changed_agent(s, i, ret);
	} else {
		if (s->agents[i].id == 0 && sim_chance(s, 80))
			s->agent_ids[i] = sim_new_id(s);
		random_agent(s, i, ret);
	}
}

void sim_setting(struct sim *s, struct routing_event *ret)
{
	unsigned dice = (unsigned)sim_below(s, 100), q = (unsigned)sim_below(s, s->queue_count);
	if (dice < 55 || (s->queues[q].set.queue == 0 && dice >= 75)) {
		random_agents(s, ret);
	} else if (dice < 75) {
		random_queue(s, q, ret);
	} else if (dice < 78) {
		*ret = (struct routing_event){.kind = EV_QUEUE_REMOVE};
		ret->queue.queue = s->queues[q].set.queue;
	} else if (dice < 90) {
		random_hours(s, q, ret);
	} else {
		random_channel(s, ret);
	}
}

void sim_populate(struct sim *s)
{
	struct routing_event ev;
	s->agent_count = 1 + (unsigned)sim_below(s, sim_chance(s, 60) ? 12 : SIM_AGENTS);
	s->queue_count = 1 + (unsigned)sim_below(s, SIM_QUEUES);
	s->features = (unsigned)sim_below(s, SIM_FEATURES);
	s->growth_count = 1 + (unsigned)sim_below(s, 3);
	for (unsigned g = 0; g < 3; g++)
		s->growths[g] = (uint16_t)(1 + sim_below(s, sim_chance(s, 50) ? 5 : 10000));
	s->level = sim_chance(s, 20) ? s->contacts_max + 10
				     : (unsigned)sim_below(s, s->contacts_max / 2);
	for (unsigned k = 1; k < CHANNEL_KINDS; k++) {
		random_channel(s, &ev);
		ev.channel.channel = (enum channel_kind)k;
		sim_step(s, &ev);
	}
	for (unsigned q = 0; q < s->queue_count; q++) {
		random_queue(s, q, &ev);
		sim_step(s, &ev);
	}
	for (unsigned i = 0; i < s->agent_count; i++) {
		s->agent_ids[i] = sim_new_id(s);
		random_agent(s, i, &ev);
		sim_step(s, &ev);
		sim_agent_ready(s, i, &ev);
		sim_step(s, &ev);
	}
}
