/* SPDX-License-Identifier: Apache-2.0 */
/* What happens next: mostly sense, some nonsense. */
#include "tests/sim/sim.h"

#include <string.h>

static usher_id any_agent(struct sim *s)
{
	return s->agent_ids[sim_below(s, s->agent_count)];
}

static usher_id any_queue(struct sim *s)
{
	return s->queues[sim_below(s, s->queue_count)].set.queue;
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

/* ---- contacts ------------------------------------------------------------------------------- */

static void random_contact(struct sim *s, struct routing_event *ret)
{
	struct routing_contact_new *c = &ret->contact;
	*ret = (struct routing_event){.kind = EV_CONTACT_NEW};
	c->contact = sim_new_id(s);
	c->queue = any_queue(s);
	c->channel = (enum channel_kind)(1 + sim_below(s, CHANNEL_KINDS - 1));
	c->priority = (uint8_t)(sim_chance(s, 50) ? 255 : sim_below(s, 10));
	c->first_us = s->now - (sim_chance(s, 30) ? sim_seconds(s, 0, 100) : 0);
	if (sim_has(s, SIM_PREFERENCES, 30)) {
		c->preferred = any_agent(s);
		c->preferred_us = sim_seconds(s, 0, 60);
		c->fallback = sim_chance(s, 50) ? any_agent(s) : 0;
		c->fallback_us = sim_seconds(s, 0, 60);
		c->is_patient = sim_chance(s, 30);
	}
	if (sim_has(s, SIM_PREFERENCES, 20))
		c->excluded = any_agent(s);
	if (sim_has(s, SIM_CALLBACKS, 15)) {
		c->is_callback = true;
		c->due_us = s->now + sim_seconds(s, 0, 300);
	}
	c->requirement_count = (uint8_t)sim_requirements(s, c->requirements, 3);
}

static void random_transfer(struct sim *s, const struct sim_contact *c, struct routing_event *ret)
{
	*ret = (struct routing_event){.kind = EV_TRANSFER};
	ret->transfer.contact = c->id;
	ret->transfer.agent = sim_chance(s, 70) ? c->seats[0].agent : 0;
	ret->transfer.epoch = c->seats[0].epoch;
	if (sim_chance(s, 60))
		ret->transfer.to_queue = any_queue(s);
	if (sim_chance(s, 40)) {
		ret->transfer.to_agent = any_agent(s);
		ret->transfer.to_agent_us = sim_seconds(s, 0, 60);
	}
}

static void random_consult(struct sim *s, const struct sim_contact *c, struct routing_event *ret)
{
	random_transfer(s, c, ret);
	ret->kind = EV_CONSULT;
	ret->transfer.agent = c->seats[0].agent;
	ret->transfer.other = sim_new_id(s);
}

/* Of a consultation that was answered, or of an agent in a conference. */
static void random_conference(struct sim *s, const struct sim_contact *c, struct routing_event *ret)
{
	const struct sim_contact *held = c->about != 0 ? sim_find(s, c->about) : c;
	if (held == NULL || held->seat_count == 0)
		return;
	unsigned k = (unsigned)sim_below(s, held->seat_count);
	ret->kind = sim_chance(s, 60) ? EV_CONFERENCE : EV_HAND_OVER;
	ret->command.other = c->about != 0 ? c->id : held->seats[k].agent;
	ret->command.contact = held->id;
	if (c->about == 0 && sim_chance(s, 50))
		ret->kind = EV_LEAVE;
	else
		k = 0;
	ret->command.agent = held->seats[k].agent;
	ret->command.epoch = held->seats[k].epoch;
}

static void random_offered(struct sim *s, const struct sim_contact *c, struct routing_event *ret)
{
	const struct sim_seat *seat =
		&c->seats[sim_below(s, c->seat_count > 0 ? c->seat_count : 1)];
	ret->kind = sim_chance(s, 75) ? EV_ACCEPT : EV_DECLINE;
	ret->command.agent = seat->agent;
	ret->command.epoch = seat->epoch;
}

static void random_active(struct sim *s, const struct sim_contact *c, struct routing_event *ret)
{
	unsigned dice = (unsigned)sim_below(s, 100);
	ret->kind = EV_CLOSE;
	if (dice < 8)
		ret->kind = EV_PARK;
	else if (dice < 14)
		random_transfer(s, c, ret);
	else if (dice < 26)
		ret->kind = EV_ACTIVITY;
	else if (dice < 40 && (s->features & SIM_CONSULTS) != 0 && c->about == 0)
		random_consult(s, c, ret);
	else if (dice < 50 || (c->about != 0 && dice < 85))
		random_conference(s, c, ret);
	else if (dice < 52 && (s->features & SIM_MOVES) != 0) {
		random_transfer(s, c, ret);
		ret->kind = EV_MOVE_ALL;
		ret->transfer.agent = c->seats[0].agent;
	}
}

/* Something that may well be done with the contact in any state. */
static bool random_common(struct sim *s, const struct sim_contact *c, struct routing_event *ret)
{
	unsigned dice = (unsigned)sim_below(s, 100);
	if (dice < 4) {
		ret->kind = EV_CUSTOMER_LEFT;
	} else if (dice < 6) {
		ret->kind = EV_PRIORITY;
	} else if (dice < 9) {
		random_transfer(s, c, ret);
	} else if (dice < 11 && (s->features & SIM_CALLBACKS) != 0) {
		ret->kind = EV_CALLBACK;
		ret->command.until_us = sim_chance(s, 50) ? 0 : ret->command.until_us;
	} else if (dice < 13 && (s->features & SIM_REQUIREMENTS) != 0) {
		*ret = (struct routing_event){.kind = EV_REQUIRE};
		ret->contact.contact = c->id;
		ret->contact.requirement_count =
			(uint8_t)sim_requirements(s, ret->contact.requirements, 4);
	} else {
		return false;
	}
	return true;
}

static void random_deed(struct sim *s, const struct sim_contact *c, struct routing_event *ret)
{
	*ret = (struct routing_event){.kind = EV_TICK};
	ret->command = (struct routing_command){
		.contact = c->id, .agent = c->seats[0].agent, .epoch = c->seats[0].epoch};
	ret->command.until_us = s->now + sim_seconds(s, 1, 300);
	ret->command.priority = (uint8_t)sim_below(s, 10);
	ret->command.flag = sim_chance(s, 30);
	if (random_common(s, c, ret))
		return;
	switch (c->state) {
	case CONTACT_OFFERED:
		random_offered(s, c, ret);
		return;
	case CONTACT_ACTIVE:
		random_active(s, c, ret);
		return;
	case CONTACT_WRAPUP:
		ret->kind = sim_chance(s, 75) ? EV_WRAPUP_DONE : EV_WRAPUP_EXTEND;
		return;
	case CONTACT_PARKED:
		ret->kind = sim_chance(s, 40) ? EV_RESUME : EV_TICK;
		return;
	default:
		ret->kind = sim_chance(s, 15) ? EV_TAKE : EV_TICK;
		ret->command.agent = any_agent(s);
	}
}

/* ---- nonsense ------------------------------------------------------------------------------- */

static enum routing_event_kind random_command(struct sim *s)
{
	static const enum routing_event_kind kinds[] = {
		EV_CUSTOMER_LEFT, EV_ACCEPT,	    EV_DECLINE,	 EV_CLOSE,
		EV_WRAPUP_DONE,	  EV_WRAPUP_EXTEND, EV_PARK,	 EV_RESUME,
		EV_PRIORITY,	  EV_TAKE,	    EV_CALLBACK, EV_ACTIVITY,
		EV_CONFERENCE,	  EV_HAND_OVER,	    EV_LEAVE,	 EV_ACCEPT};
	return kinds[sim_below(s, sizeof kinds / sizeof kinds[0])];
}

static void random_bytes(struct sim *s, struct routing_event *ret)
{
	unsigned char *bytes = (unsigned char *)&ret->command;
	ret->kind = random_command(s);
	for (size_t i = 0; i < sizeof ret->command; i++)
		bytes[i] = (unsigned char)sim_below(s, 256);
	ret->command.flag = false;
}

/* Commands with the id of something, the epoch of something and the agent of something. */
static void forged(struct sim *s, const struct sim_contact *c, struct routing_event *ret)
{
	ret->kind = random_command(s);
	ret->command.contact = c->id;
	ret->command.epoch = c->seats[0].epoch + sim_below(s, 2);
	ret->command.agent = any_agent(s);
	ret->command.until_us = (usher_us)random_next(&s->random);
	ret->command.priority = (uint8_t)sim_below(s, 256);
	ret->command.other = sim_chance(s, 50) ? any_agent(s) : c->id;
}

/* Repeated, late, forged or impossible. */
static void nonsense(struct sim *s, struct routing_event *ret)
{
	unsigned dice = (unsigned)sim_below(s, 100);
	const struct sim_contact *c = &s->contacts[sim_below(s, s->open > 0 ? s->open : 1)];
	*ret = (struct routing_event){.kind = EV_ACCEPT};
	ret->command = s->old[sim_below(s, 16)];
	if (dice < 40) {
		ret->kind = sim_chance(s, 50) ? EV_ACCEPT : random_command(s);
	} else if (dice < 60) {
		forged(s, c, ret);
	} else if (dice < 75) {
		random_contact(s, ret);
		ret->contact.contact = c->id;
	} else if (dice < 85) {
		random_transfer(s, c, ret);
		ret->transfer.to_agent_us = (usher_us)random_next(&s->random);
		ret->transfer.other = c->id;
		ret->kind = sim_chance(s, 50) ? EV_TRANSFER : EV_CONSULT;
	} else if (dice < 90) {
		sim_setting(s, ret);
		if (ret->kind == EV_QUEUE_SET)
			ret->queue.offer_us = (usher_us)random_next(&s->random);
		else if (ret->kind == EV_AGENT_SET)
			ret->agent.queues[ret->agent.queue_count++].queue = sim_below(s, 2000);
	} else {
		random_bytes(s, ret);
	}
}

/* ---- the next event ------------------------------------------------------------------------- */

static void advance_clock(struct sim *s)
{
	unsigned dice = (unsigned)sim_below(s, 10000);
	if (dice < 6000)
		return;
	if (dice < 9500)
		s->now += (usher_us)sim_below(s, USHER_SECOND / 4);
	else if (dice < 9970)
		s->now += (usher_us)sim_below(s, 5 * USHER_SECOND);
	else if (dice < 9999)
		s->now += (usher_us)sim_below(s, 5 * USHER_MINUTE);
	else /* the machine slept */
		s->now += (usher_us)sim_below(s, 3 * USHER_DAY);
}

/* Any open contact, mostly one that an agent has before him. NULL: none was found. */
static const struct sim_contact *someone(struct sim *s)
{
	if (s->open == 0)
		return NULL;
	unsigned start = (unsigned)sim_below(s, s->open);
	bool is_held = sim_chance(s, 80);
	for (unsigned i = 0; i < s->open && i < 64; i++) {
		const struct sim_contact *c = &s->contacts[(start + i) % s->open];
		if (!is_held || c->seat_count > 0)
			return c;
	}
	return &s->contacts[start];
}

/* The same again, as a console does that heard no answer. */
static bool repeated(struct sim *s, struct routing_event *ret)
{
	if (s->old_count == 0 || sim_below(s, 200) != 0)
		return false;
	*ret = (struct routing_event){.kind = EV_ACCEPT};
	ret->command = s->old[(s->old_count - 1) % 16];
	return true;
}

void sim_event(struct sim *s, struct routing_event *ret)
{
	unsigned dice = (unsigned)sim_below(s, 1000);
	bool is_crowd = s->contacts_max == SIM_CROWD;
	advance_clock(s);
	*ret = (struct routing_event){.kind = EV_TICK};
	if (repeated(s, ret))
		return;
	if (sim_below(s, 100) < s->faults) {
		nonsense(s, ret);
		return;
	}
	if (sim_is_due(s) && sim_chance(s, 60))
		return; /* the tick that was asked for */
	if (dice < (is_crowd ? 3 : 8)) {
		sim_setting(s, ret);
	} else if (dice < 60) {
		random_presence(s, ret);
	} else if (dice < (s->open < s->level ? (is_crowd ? 900 : 400) : 150)) {
		random_contact(s, ret);
	} else {
		const struct sim_contact *c = someone(s);
		if (c != NULL)
			random_deed(s, c, ret);
	}
}
