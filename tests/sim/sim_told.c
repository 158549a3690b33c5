/* SPDX-License-Identifier: Apache-2.0 */
/* What the world believes after an event that the core took, before it hears the effects. */
#include "tests/sim/sim.h"

#include <string.h>

static void shadow_new(struct sim *s, const struct routing_contact_new *ev)
{
	struct sim_contact *c = sim_add(s, ev->contact);
	c->channel = ev->channel;
	c->first_us = ev->first_us < s->core_us ? ev->first_us : s->core_us;
	c->is_plain = ev->preferred == 0 && ev->fallback == 0;
	c->priority = ev->priority;
	c->excluded = ev->excluded;
	c->is_callback = ev->is_callback;
	c->is_kept = !c->is_plain;
	/* The wait for the second agent begins when the end of the first was noticed. */
	bool is_twice = ev->preferred != 0 && ev->fallback != 0;
	c->preferred_us = is_twice ? 1000 * USHER_DAY : ev->preferred_us + ev->fallback_us;
	c->requirement_count = ev->requirement_count;
	memcpy(c->requirements, ev->requirements, sizeof c->requirements);
	sim_classify(c);
}

/* Somebody decided anew who may have it. */
static void redirect(struct sim *s, struct sim_contact *c, const struct routing_transfer *ev)
{
	c->is_plain = false;
	c->refusal_count = 0;
	c->hops = 0;
	c->directed = ev->to_agent;
	c->is_kept = ev->to_agent != 0;
	c->preferred_us = ev->to_agent_us;
	c->hold_us = s->core_us + (ev->to_agent_us > 0 ? ev->to_agent_us : USHER_HOUR);
}

static void shadow_consult(struct sim *s, const struct routing_transfer *ev)
{
	const struct sim_contact *about = sim_find(s, ev->contact);
	sim_expect(s, about != NULL, "a question about a contact nobody knows");
	struct sim_contact like = *about;
	struct sim_contact *c = sim_add(s, ev->other);
	c->about = ev->contact;
	c->channel = like.channel;
	c->first_us = like.first_us;
	c->priority = like.priority;
	c->excluded = ev->agent;
	c->requirement_count = like.requirement_count;
	memcpy(c->requirements, like.requirements, sizeof c->requirements);
	sim_classify(c);
	redirect(s, c, ev);
}

static void shadow_move_all(struct sim *s, const struct routing_transfer *ev)
{
	for (unsigned i = 0; i < s->open; i++) {
		struct sim_contact *c = &s->contacts[i];
		if (c->state == CONTACT_ACTIVE && c->seats[0].agent == ev->agent)
			redirect(s, c, ev);
	}
}

void sim_lease(struct sim *s, struct sim_contact *c, enum sim_lease kind)
{
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	bool is_text = c->channel == CHANNEL_EMAIL || c->channel == CHANNEL_CHAT ||
		       c->channel == CHANNEL_MESSAGING || c->channel == CHANNEL_LETTER;
	if (q == NULL || s->is_blurred) {
		c->lease = SIM_UNKNOWN;
		return;
	}
	usher_us span = kind == SIM_FIRST   ? q->set.first_reply_us
			: kind == SIM_REPLY ? q->set.reply_us
					    : q->set.silence_us;
	c->lease = is_text && span > 0 ? kind : SIM_NOBODYS;
	c->lease_us = s->core_us + span;
}

static void shadow_activity(struct sim *s, const struct routing_command *ev)
{
	struct sim_contact *c = sim_find(s, ev->contact);
	sim_expect(s, c != NULL && c->state == CONTACT_ACTIVE, "a message in what nobody holds");
	if (c->lease == SIM_UNKNOWN)
		return;
	if (ev->flag)
		sim_lease(s, c, SIM_SILENCE);
	else if (c->lease != SIM_FIRST && c->lease != SIM_REPLY)
		sim_lease(s, c, SIM_REPLY);
}

/* Only who holds the contact, by the epoch it was given with, can have been obeyed. */
static void judge_command(struct sim *s, const struct routing_event *ev)
{
	bool is_holders =
		(ev->kind >= EV_ACCEPT && ev->kind <= EV_WRAPUP_EXTEND) || ev->kind == EV_PARK ||
		ev->kind == EV_CONFERENCE || ev->kind == EV_HAND_OVER || ev->kind == EV_LEAVE ||
		ev->kind == EV_CONSULT || (ev->kind == EV_TRANSFER && ev->transfer.agent != 0);
	if (!is_holders)
		return;
	bool is_transfer = ev->kind == EV_TRANSFER || ev->kind == EV_CONSULT;
	usher_id id = is_transfer ? ev->transfer.contact : ev->command.contact;
	usher_id agent = is_transfer ? ev->transfer.agent : ev->command.agent;
	uint64_t epoch = is_transfer ? ev->transfer.epoch : ev->command.epoch;
	struct sim_contact *c = sim_find(s, id);
	const struct sim_seat *seat = c != NULL ? sim_find_seat(c, agent) : NULL;
	sim_expect(s, seat != NULL && seat->epoch == epoch, "a stale command was obeyed");
	bool is_offer = ev->kind == EV_ACCEPT || ev->kind == EV_DECLINE;
	enum routing_role role = is_offer		? ROLE_OFFERED
				 : ev->kind == EV_LEAVE ? ROLE_CONFERRING
							: ROLE_HOLDER;
	sim_expect(s, seat->role == role, "obeyed an agent in another part");
	sim_expect(s, !is_offer || c->offer_end_us > s->core_us, "an answer after the end counted");
}

static void shadow_presence(struct sim *s, const struct routing_event *ev)
{
	struct sim_agent *a = sim_find_agent(s, ev->presence.agent);
	sim_expect(s, a != NULL, "an agent nobody knows");
	s->changed_us = s->core_us;
	if (ev->kind == EV_AGENT_WANTS) {
		a->wanted = ev->presence.wants;
		a->is_lost = a->is_lost && a->wanted != AGENT_SIGNED_OUT;
		a->is_unresponsive = false;
		a->missed = 0;
	} else {
		a->is_lost = ev->kind == EV_PRESENCE_LOST && a->wanted != AGENT_SIGNED_OUT;
	}
}

/* Called for an event that was not rejected, before its effects are read. */
void sim_shadow_event(struct sim *s, const struct routing_event *ev)
{
	struct sim_contact *c = NULL;
	judge_command(s, ev);
	switch (ev->kind) {
	case EV_CONTACT_NEW:
		shadow_new(s, &ev->contact);
		return;
	case EV_AGENT_WANTS:
	case EV_PRESENCE_LOST:
	case EV_PRESENCE_FOUND:
		shadow_presence(s, ev);
		return;
	case EV_PRIORITY:
		c = sim_find(s, ev->command.contact);
		c->priority = ev->command.priority;
		return;
	case EV_TRANSFER:
		redirect(s, sim_find(s, ev->transfer.contact), &ev->transfer);
		return;
	case EV_CONSULT:
		shadow_consult(s, &ev->transfer);
		return;
	case EV_ACTIVITY:
		shadow_activity(s, &ev->command);
		return;
	case EV_MOVE_ALL:
		shadow_move_all(s, &ev->transfer);
		return;
	case EV_REQUIRE:
		c = sim_find(s, ev->contact.contact);
		c->changed_us = s->core_us;
		c->requirement_count = ev->contact.requirement_count;
		memcpy(c->requirements, ev->contact.requirements, sizeof c->requirements);
		sim_classify(c);
		return;
	default:
		return;
	}
}
