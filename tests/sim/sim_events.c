/* SPDX-License-Identifier: Apache-2.0 */
/* What happens next: mostly sense, some nonsense. */
#include "tests/sim/sim.h"

#include <string.h>

uint64_t sim_below(struct sim *s, uint64_t n)
{
	return random_below(&s->random, n);
}

static bool chance(struct sim *s, unsigned percent)
{
	return sim_below(s, 100) < percent;
}

static usher_id new_id(struct sim *s)
{
	return s->last_id += 1 + sim_below(s, 3);
}

/* ---- agents, queues, channels --------------------------------------------------------------- */

static void random_agent(struct sim *s, unsigned i, struct routing_event *ret)
{
	struct routing_agent_set *a = &ret->agent;
	*ret = (struct routing_event){.kind = EV_AGENT_SET};
	a->agent = s->agent_ids[i];
	a->capacity = (uint16_t)(chance(s, 10) ? sim_below(s, 100) : 100 + sim_below(s, 3) * 50);
	for (uint32_t skill = 1; skill <= SIM_SKILLS; skill++)
		if (chance(s, 60))
			a->skills[a->skill_count++] =
				(struct routing_skill){skill, (uint8_t)(1 + sim_below(s, 5))};
	for (unsigned q = 0; q < s->queue_count; q++)
		if (s->queues[q].queue != 0 && chance(s, 60))
			a->queues[a->queue_count++].queue = s->queues[q].queue;
}

void sim_full_agent(struct sim *s, unsigned i, struct routing_event *ret)
{
	random_agent(s, i, ret);
	ret->agent.capacity = 200;
	ret->agent.skill_count = ret->agent.queue_count = 0;
	for (uint32_t skill = 1; skill <= SIM_SKILLS; skill++)
		ret->agent.skills[ret->agent.skill_count++] = (struct routing_skill){skill, 5};
	for (unsigned q = 0; q < s->queue_count; q++)
		if (s->queues[q].queue != 0)
			ret->agent.queues[ret->agent.queue_count++].queue = s->queues[q].queue;
}

void sim_agent_ready(struct sim *s, unsigned i, struct routing_event *ret)
{
	*ret = (struct routing_event){.kind = EV_AGENT_WANTS};
	ret->presence.agent = s->agent_ids[i];
	ret->presence.wants = AGENT_READY;
}

static void random_presence(struct sim *s, struct routing_event *ret)
{
	unsigned i = (unsigned)sim_below(s, s->agent_count), dice = (unsigned)sim_below(s, 100);
	sim_agent_ready(s, i, ret);
	if (dice < 8) {
		ret->presence.wants = AGENT_NOT_READY;
		ret->presence.reason = (uint32_t)sim_below(s, 4);
	} else if (dice < 13) {
		ret->presence.wants = AGENT_SIGNED_OUT;
	} else if (dice < 22) {
		ret->kind = EV_PRESENCE_LOST;
	} else if (dice < 60) {
		ret->kind = EV_PRESENCE_FOUND;
	}
}

static void random_queue(struct sim *s, unsigned i, struct routing_event *ret)
{
	*ret = (struct routing_event){.kind = EV_QUEUE_SET};
	ret->queue = (struct routing_queue_set){
		.queue = s->queues[i].queue != 0 ? s->queues[i].queue : new_id(s),
		.order = (enum routing_order)sim_below(s, 2),
		.priority = (uint8_t)sim_below(s, 10),
		.offer_us = (usher_us)(5 + sim_below(s, 40)) * USHER_SECOND,
		.wrapup_us = chance(s, 50) ? 0 : (usher_us)(1 + sim_below(s, 60)) * USHER_SECOND,
		.is_wrapup_exclusive = chance(s, 50),
		.missed_max = (uint16_t)sim_below(s, 4),
	};
	s->queues[i] = ret->queue;
}

static void random_channel(struct sim *s, struct routing_event *ret)
{
	*ret = (struct routing_event){.kind = EV_CHANNEL_SET};
	ret->channel.channel = (enum channel_kind)(1 + sim_below(s, CHANNEL_KINDS - 1));
	ret->channel.weight = (uint16_t)(10 + sim_below(s, 10) * 10);
	ret->channel.count_max = (uint16_t)sim_below(s, 4);
}

static void random_setting(struct sim *s, struct routing_event *ret)
{
	unsigned dice = (unsigned)sim_below(s, 100), q = (unsigned)sim_below(s, s->queue_count);
	unsigned i = (unsigned)sim_below(s, s->agent_count);
	if (dice < 50) {
		if (s->agents[i].id == 0)
			s->agent_ids[i] = new_id(s);
		s->agents[i].id = s->agent_ids[i];
		random_agent(s, i, ret);
	} else if (dice < 60 && s->agents[i].id != 0) {
		*ret = (struct routing_event){.kind = EV_AGENT_REMOVE};
		ret->presence.agent = s->agents[i].id;
	} else if (dice < 85) {
		random_queue(s, q, ret);
	} else if (dice < 88 && s->queues[q].queue != 0) {
		*ret = (struct routing_event){.kind = EV_QUEUE_REMOVE};
		ret->queue.queue = s->queues[q].queue;
		s->queues[q].queue = 0;
	} else {
		random_channel(s, ret);
	}
}

/* ---- contacts ------------------------------------------------------------------------------- */

static void random_contact(struct sim *s, struct routing_event *ret)
{
	struct routing_contact_new *c = &ret->contact;
	*ret = (struct routing_event){.kind = EV_CONTACT_NEW};
	c->contact = new_id(s);
	c->queue = s->queues[sim_below(s, s->queue_count)].queue;
	c->channel = (enum channel_kind)(1 + sim_below(s, CHANNEL_KINDS - 1));
	c->priority = (uint8_t)(chance(s, 50) ? 255 : sim_below(s, 10));
	c->first_us = s->now - (chance(s, 30) ? (usher_us)sim_below(s, 100) * USHER_SECOND : 0);
	if (chance(s, 10)) {
		c->preferred = s->agent_ids[sim_below(s, s->agent_count)];
		c->preferred_us = (usher_us)sim_below(s, 60) * USHER_SECOND;
	}
	for (uint32_t skill = 1; skill <= SIM_SKILLS && c->requirement_count < 2; skill++)
		if (chance(s, 15))
			c->requirements[c->requirement_count++] = (struct routing_requirement){
				.skill = skill, .level = (uint8_t)(1 + sim_below(s, 4))};
}

static void random_transfer(struct sim *s, const struct sim_contact *c, struct routing_event *ret)
{
	*ret = (struct routing_event){.kind = EV_TRANSFER};
	ret->transfer.contact = c->id;
	ret->transfer.agent = chance(s, 70) ? c->agent : 0;
	ret->transfer.epoch = c->epoch;
	if (chance(s, 60))
		ret->transfer.to_queue = s->queues[sim_below(s, s->queue_count)].queue;
	if (chance(s, 40)) {
		ret->transfer.to_agent = s->agent_ids[sim_below(s, s->agent_count)];
		ret->transfer.to_agent_us = (usher_us)sim_below(s, 60) * USHER_SECOND;
	}
}

/* Something that may well be done with the contact. */
static void random_deed(struct sim *s, const struct sim_contact *c, struct routing_event *ret)
{
	unsigned dice = (unsigned)sim_below(s, 100);
	*ret = (struct routing_event){.kind = EV_TICK};
	ret->command =
		(struct routing_command){.contact = c->id, .agent = c->agent, .epoch = c->epoch};
	ret->command.until_us = s->now + (usher_us)(1 + sim_below(s, 300)) * USHER_SECOND;
	ret->command.priority = (uint8_t)sim_below(s, 10);
	ret->command.flag = chance(s, 20);
	if (dice < 4) {
		ret->kind = EV_CUSTOMER_LEFT;
	} else if (dice < 7) {
		ret->kind = EV_PRIORITY;
	} else if (dice < 10) {
		random_transfer(s, c, ret);
	} else if (c->state == CONTACT_OFFERED) {
		ret->kind = dice < 75 ? EV_ACCEPT : EV_DECLINE;
	} else if (c->state == CONTACT_ACTIVE) {
		ret->kind = dice < 75 ? EV_CLOSE : EV_PARK;
		if (dice >= 85)
			random_transfer(s, c, ret);
	} else if (c->state == CONTACT_WRAPUP) {
		ret->kind = dice < 75 ? EV_WRAPUP_DONE : EV_WRAPUP_EXTEND;
	} else if (c->state == CONTACT_PARKED) {
		ret->kind = dice < 40 ? EV_RESUME : EV_TICK;
	} else if (dice < 20) {
		ret->kind = EV_TAKE;
		ret->command.agent = s->agent_ids[sim_below(s, s->agent_count)];
	}
}

/* Repeated, late, forged or impossible. */
static void nonsense(struct sim *s, struct routing_event *ret)
{
	unsigned dice = (unsigned)sim_below(s, 100);
	struct routing_command *old = &s->old[sim_below(s, 16)];
	*ret = (struct routing_event){.kind = EV_ACCEPT};
	ret->command = *old;
	if (dice < 40) {
		ret->kind = (enum routing_event_kind)(EV_CUSTOMER_LEFT + sim_below(s, 6));
		if (ret->kind == EV_CUSTOMER_LEFT)
			ret->kind = EV_TAKE;
	} else if (dice < 60) {
		const struct sim_contact *c = &s->contacts[sim_below(s, SIM_CONTACTS)];
		ret->kind = (enum routing_event_kind)(EV_ACCEPT + sim_below(s, 10));
		if (ret->kind == EV_TRANSFER)
			ret->kind = EV_CLOSE;
		ret->command.contact = c->id;
		ret->command.epoch = c->epoch + sim_below(s, 2);
		ret->command.agent = s->agent_ids[sim_below(s, s->agent_count)];
		ret->command.until_us = (usher_us)random_next(&s->random);
		ret->command.priority = (uint8_t)sim_below(s, 256);
	} else if (dice < 75) {
		random_contact(s, ret);
		ret->contact.contact = s->contacts[sim_below(s, SIM_CONTACTS)].id;
	} else {
		/* Any bytes at all, as long as they decode. */
		ret->kind = (enum routing_event_kind)(1 + sim_below(s, EV_TAKE));
		unsigned char *bytes = (unsigned char *)&ret->command;
		for (size_t i = 0; i < sizeof ret->command; i++)
			bytes[i] = (unsigned char)sim_below(s, 256);
		ret->command.flag = false;
		if (ret->kind == EV_QUEUE_SET || ret->kind == EV_AGENT_SET ||
		    ret->kind == EV_CHANNEL_SET || ret->kind == EV_CONTACT_NEW)
			ret->kind = EV_TICK;
	}
}

static void advance_clock(struct sim *s)
{
	unsigned dice = (unsigned)sim_below(s, 1000);
	if (dice < 600)
		return;
	if (dice < 950)
		s->now += (usher_us)sim_below(s, USHER_SECOND / 4);
	else if (dice < 997)
		s->now += (usher_us)sim_below(s, 5 * USHER_SECOND);
	else
		s->now += (usher_us)sim_below(s, 5 * USHER_MINUTE);
}

/* Any open contact, mostly one that an agent has before him. NULL: none was found. */
static const struct sim_contact *someone(struct sim *s)
{
	unsigned start = (unsigned)sim_below(s, SIM_CONTACTS);
	bool is_held = chance(s, 80);
	for (unsigned i = 0; i < SIM_CONTACTS; i++) {
		const struct sim_contact *c = &s->contacts[(start + i) % SIM_CONTACTS];
		if (c->id != 0 && (!is_held || c->agent != 0))
			return c;
	}
	return NULL;
}

void sim_event(struct sim *s, struct routing_event *ret)
{
	unsigned dice = (unsigned)sim_below(s, 1000);
	advance_clock(s);
	*ret = (struct routing_event){.kind = EV_TICK};
	if (sim_below(s, 100) < s->faults) {
		nonsense(s, ret);
		return;
	}
	usher_us deadline = routing_deadline(s->r);
	if (deadline != USHER_NEVER && deadline <= s->now && chance(s, 60))
		return; /* the tick that was asked for */
	if (dice < 8) {
		random_setting(s, ret);
	} else if (dice < 60) {
		random_presence(s, ret);
	} else if (dice < (s->open < s->level ? 400 : 150)) {
		random_contact(s, ret);
	} else {
		const struct sim_contact *c = someone(s);
		if (c != NULL)
			random_deed(s, c, ret);
	}
}

void sim_populate(struct sim *s)
{
	struct routing_event ev;
	s->agent_count = 1 + (unsigned)sim_below(s, SIM_AGENTS);
	s->queue_count = 1 + (unsigned)sim_below(s, SIM_QUEUES);
	s->level = chance(s, 20) ? SIM_CONTACTS + 10 : (unsigned)sim_below(s, SIM_CONTACTS / 2);
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
		s->agents[i].id = s->agent_ids[i] = new_id(s);
		random_agent(s, i, &ev);
		sim_step(s, &ev);
		sim_agent_ready(s, i, &ev);
		sim_step(s, &ev);
	}
}
