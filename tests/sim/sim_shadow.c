/* SPDX-License-Identifier: Apache-2.0 */
/* What the world believes after hearing only the effects. */
#include "tests/sim/sim.h"

#include <string.h>

struct sim_contact *sim_find(struct sim *s, usher_id contact)
{
	for (unsigned i = 0; i < SIM_CONTACTS; i++)
		if (s->contacts[i].id == contact && contact != 0)
			return &s->contacts[i];
	return NULL;
}

struct sim_agent *sim_find_agent(struct sim *s, usher_id agent)
{
	for (unsigned i = 0; i < s->agent_count; i++)
		if (s->agents[i].id == agent && agent != 0)
			return &s->agents[i];
	return NULL;
}

struct routing_queue_set *sim_find_queue(struct sim *s, usher_id queue)
{
	for (unsigned i = 0; i < s->queue_count; i++)
		if (s->queues[i].queue == queue && queue != 0)
			return &s->queues[i];
	return NULL;
}

static void remember(struct sim *s, const struct sim_contact *c)
{
	s->old[s->old_count++ % 16] = (struct routing_command){c->id, c->agent, c->epoch, 0, 0, 0};
}

/* ---- what the world told the core ----------------------------------------------------------- */

static void shadow_new(struct sim *s, const struct routing_contact_new *ev)
{
	for (unsigned i = 0; i < SIM_CONTACTS; i++) {
		struct sim_contact *c = &s->contacts[i];
		if (c->id != 0)
			continue;
		*c = (struct sim_contact){.id = ev->contact,
					  .queue = ev->queue,
					  .channel = ev->channel,
					  .first_us = ev->first_us < s->now ? ev->first_us : s->now,
					  .is_plain = ev->preferred == 0,
					  .class = ev->requirement_count};
		c->priority =
			ev->priority <= 9 ? ev->priority : sim_find_queue(s, ev->queue)->priority;
		for (unsigned k = 0; k < ev->requirement_count; k++)
			c->class = c->class * 1000 + ev->requirements[k].skill * 10 +
				   ev->requirements[k].level;
		s->open++;
		return;
	}
	sim_expect(s, false, "more contacts are open than the limit allows");
}

/* Only who holds the contact, by the epoch it was given with, can have been obeyed. */
static void judge_command(struct sim *s, const struct routing_event *ev)
{
	const struct sim_contact *c = sim_find(s, ev->command.contact);
	bool is_holders = (ev->kind >= EV_ACCEPT && ev->kind <= EV_WRAPUP_EXTEND) ||
			  ev->kind == EV_PARK ||
			  (ev->kind == EV_TRANSFER && ev->transfer.agent != 0);
	if (is_holders)
		sim_expect(s,
			   c != NULL && c->agent == ev->command.agent &&
				   c->epoch == ev->command.epoch,
			   "a stale command was obeyed");
}

/* Called for an event that was not rejected, before its effects are read. */
void sim_shadow_event(struct sim *s, const struct routing_event *ev)
{
	judge_command(s, ev);
	struct sim_agent *a = sim_find_agent(s, ev->presence.agent);
	struct sim_contact *c = NULL;
	switch (ev->kind) {
	case EV_CONTACT_NEW:
		shadow_new(s, &ev->contact);
		return;
	case EV_AGENT_SET:
		a = sim_find_agent(s, ev->agent.agent);
		if (a != NULL)
			a->capacity = ev->agent.capacity;
		return;
	case EV_CHANNEL_SET:
		s->channels[ev->channel.channel] = ev->channel;
		return;
	case EV_AGENT_WANTS:
		a->wanted = ev->presence.wants;
		a->is_lost = a->is_lost && a->wanted != AGENT_SIGNED_OUT;
		return;
	case EV_PRESENCE_LOST:
		a->is_lost = a->wanted != AGENT_SIGNED_OUT;
		return;
	case EV_PRESENCE_FOUND:
		a->is_lost = false;
		return;
	case EV_PRIORITY:
		c = sim_find(s, ev->command.contact);
		c->priority = ev->command.priority;
		return;
	case EV_TRANSFER:
		c = sim_find(s, ev->transfer.contact);
		c->is_plain = false;
		c->refused_by = 0; /* somebody decided anew who may have it */
		return;
	default:
		return;
	}
}

/* ---- what the core answered ----------------------------------------------------------------- */

static void hold(struct sim *s, struct sim_contact *c, usher_id agent)
{
	struct sim_agent *a = sim_find_agent(s, agent);
	sim_expect(s, a != NULL, "work for an agent nobody knows");
	sim_expect(s, c->agent == 0, "two agents hold one contact");
	c->agent = agent;
	c->weight = s->channels[c->channel].weight;
	a->load += c->weight;
	a->count[c->channel]++;
}

static void release(struct sim *s, struct sim_contact *c)
{
	struct sim_agent *a = sim_find_agent(s, c->agent);
	sim_expect(s, a != NULL, "nobody is released from a contact");
	a->load -= c->weight;
	a->count[c->channel]--;
	a->offers -= c->state == CONTACT_OFFERED;
	remember(s, c);
	c->agent = 0;
}

static void on_offered(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	struct sim_agent *a = sim_find_agent(s, fx->agent);
	sim_expect(s, c->state == CONTACT_WAITING, "offered without waiting");
	sim_expect(s, fx->epoch > c->epoch, "an epoch was used again");
	sim_expect(s, a != NULL && a->wanted == AGENT_READY && !a->is_lost,
		   "offered to an agent who is not there");
	sim_expect(s, a->load + s->channels[c->channel].weight <= a->capacity,
		   "offered past the capacity");
	uint16_t max = s->channels[c->channel].count_max;
	sim_expect(s, max == 0 || a->count[c->channel] < max, "offered past the channel's maximum");
	sim_expect(s, fx->at_us > s->now, "an offer that is over when it is made");
	sim_expect(s, fx->agent != c->refused_by || s->now - c->refused_us >= 5 * USHER_SECOND,
		   "offered again at once to the one who refused");
	for (unsigned i = 0; c->is_plain && i < SIM_CONTACTS; i++) {
		const struct sim_contact *o = &s->contacts[i];
		if (o->id == 0 || o == c || o->state != CONTACT_WAITING || !o->is_plain ||
		    o->queue != c->queue || o->channel != c->channel || o->class != c->class ||
		    o->priority != c->priority)
			continue;
		sim_expect(s,
			   o->first_us > c->first_us ||
				   (o->first_us == c->first_us && o->id > c->id),
			   "overtaken by one that came later");
	}
	hold(s, c, fx->agent);
	a->offers++;
	c->epoch = fx->epoch;
	c->state = CONTACT_OFFERED;
	s->offers++;
}

static void on_offer_ended(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	sim_expect(s, c->state == CONTACT_OFFERED && c->agent == fx->agent && c->epoch == fx->epoch,
		   "an offer ended that was not made");
	if (fx->cause == CAUSE_ACCEPTED && s->event->kind == EV_ACCEPT) {
		sim_find_agent(s, c->agent)->offers--;
		c->state = CONTACT_ACTIVE;
		return;
	}
	if (fx->cause == CAUSE_DECLINED || fx->cause == CAUSE_TIMEOUT) {
		c->is_plain = false;
		c->refused_by = c->agent;
		c->refused_us = s->now;
	}
	release(s, c);
	c->state = CONTACT_NONE; /* what follows must say where it is now */
}

static void on_assigned(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	if (s->event->kind == EV_TAKE) {
		sim_expect(s, fx->epoch > c->epoch, "an epoch was used again");
		c->state = CONTACT_ACTIVE;
		hold(s, c, fx->agent);
		c->epoch = fx->epoch;
	} else {
		sim_expect(s,
			   c->state == CONTACT_ACTIVE && c->agent == fx->agent &&
				   c->epoch == fx->epoch,
			   "assigned without an offer");
	}
	c->refused_by = 0;
	s->assigned++;
}

static void on_closed(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	sim_expect(s, fx->cause != CAUSE_NONE, "closed without a cause");
	sim_expect(s, c->state == CONTACT_PARKED || fx->agent == c->agent,
		   "closed by somebody who does not hold it");
	if (c->agent != 0)
		release(s, c);
	*c = (struct sim_contact){0};
	s->open--;
	s->closed++;
}

static void on_contact(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	switch (fx->kind) {
	case FX_QUEUED:
		sim_expect(s, c->agent == 0, "waits while somebody holds it");
		c->state = CONTACT_WAITING;
		c->queue = fx->queue;
		return;
	case FX_OFFERED:
		on_offered(s, c, fx);
		return;
	case FX_OFFER_ENDED:
		on_offer_ended(s, c, fx);
		return;
	case FX_ASSIGNED:
		on_assigned(s, c, fx);
		return;
	case FX_RELEASED:
		sim_expect(s, c->state == CONTACT_ACTIVE && c->agent == fx->agent,
			   "released by somebody who does not hold it");
		release(s, c);
		c->is_plain = false;
		c->state = CONTACT_NONE;
		return;
	case FX_PARKED:
		sim_expect(s, c->agent == fx->agent && fx->at_us > s->now, "parked by another");
		release(s, c);
		c->is_plain = false;
		c->state = CONTACT_PARKED;
		return;
	case FX_WRAPUP:
		sim_expect(s, c->agent == fx->agent && c->epoch == fx->epoch, "another wraps up");
		c->state = CONTACT_WRAPUP;
		return;
	case FX_CLOSED:
		on_closed(s, c, fx);
		return;
	default:
		return;
	}
}

void sim_shadow_effect(struct sim *s, const struct routing_effect *fx)
{
	if (fx->kind == FX_REJECTED) {
		sim_expect(s, fx->code < 0, "rejected without a code");
		s->rejected++;
		return;
	}
	if (fx->kind == FX_AGENT_STATE) {
		struct sim_agent *a = sim_find_agent(s, fx->agent);
		if (a != NULL)
			a->state = fx->state;
		return;
	}
	struct sim_contact *c = sim_find(s, fx->contact);
	sim_expect(s, c != NULL, "an effect on a contact nobody knows");
	on_contact(s, c, fx);
}

void sim_shadow_compare(struct sim *s)
{
	for (unsigned i = 0; i < SIM_CONTACTS; i++) {
		const struct sim_contact *c = &s->contacts[i];
		struct routing_contact_view view;
		if (c->id == 0)
			continue;
		sim_expect(s, routing_contact(s->r, c->id, &view), "the core lost a contact");
		sim_expect(s, view.state == c->state && view.queue == c->queue,
			   "the effects told another state");
		sim_expect(s, view.state == CONTACT_PARKED || view.agent == c->agent,
			   "the effects told another holder");
		sim_expect(s, view.first_us == c->first_us && view.priority == c->priority,
			   "a contact lost its place");
		sim_expect(s, c->agent == 0 || view.epoch == c->epoch, "another epoch was told");
	}
	for (unsigned i = 0; i < s->agent_count; i++) {
		const struct sim_agent *a = &s->agents[i];
		struct routing_agent_view view;
		if (a->id == 0 || !routing_agent(s->r, a->id, &view))
			continue;
		sim_expect(s, view.load == a->load && view.capacity == a->capacity,
			   "the effects told another load");
		sim_expect(s, routing_deadline(s->r) <= s->now || view.state == a->state,
			   "the effects told another state of an agent");
	}
}
