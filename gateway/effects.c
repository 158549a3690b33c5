/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/effects.h"

#include "gateway/book.h"
#include "gateway/consult.h"
#include "gateway/effects_say.h"
#include "gateway/log.h"
#include "gateway/outbox.h"
#include "gateway/publish.h"

#include <assert.h>

static void set_state(struct contact *c, enum contact_state state)
{
	assert((enum contact_state)c->row.state == state ||
	       contact_may_become((enum contact_state)c->row.state, state));
	c->row.state = state;
}

static void fact(struct turn *t, const struct routing_effect *fx, const struct contact *c,
		 int64_t number)
{
	turn_fact(t, &(struct fact_row){.kind = fx->kind,
					.contact = fx->contact,
					.queue = fx->queue != 0 ? fx->queue : c->row.queue,
					.agent = fx->agent,
					.cause = fx->cause,
					.number = number});
}

/* Whoever arrives asks for a queue; the core may have chosen another. */
static usher_id asked_queue(const struct contact *c, const struct routing_event *ev)
{
	bool is_arrival = ev->kind == EV_CONTACT_NEW && ev->contact.contact == c->row.id;
	return c->row.queue != 0 ? c->row.queue : is_arrival ? ev->contact.queue : 0;
}

static void on_queued(struct turn *t, struct contact *c, const struct routing_event *ev,
		      const struct routing_effect *fx)
{
	usher_id before = asked_queue(c, ev);
	bool is_entry = c->row.queue != fx->queue || c->row.queued_us == 0;
	set_state(c, CONTACT_WAITING);
	if (is_entry) {
		c->row.queued_us = t->now;
		c->row.answered_us = 0;
	}
	c->row.queue = fx->queue;
	c->row.agent = 0;
	c->row.cause = CAUSE_NONE;
	fact(t, fx, c, is_entry && c->about == 0); /* a question is nobody's call */
	say_queued(t, c, fx, before);
}

/* Of several offers the row names the first that stands. */
static void name_first(struct contact *c)
{
	const struct contact_seat *first = contact_seat_first(c);
	if (c->row.state != CONTACT_OFFERED || first == NULL)
		return;
	c->row.agent = first->agent;
	c->row.epoch = (int64_t)first->epoch;
}

static void on_offered(struct turn *t, struct contact *c, const struct routing_event *ev,
		       const struct routing_effect *fx)
{
	struct contact_seat *seat = contact_seat_of(c, fx->agent);
	bool is_by_name = ev->kind == EV_TRANSFER && ev->transfer.contact == c->row.id &&
			  ev->transfer.to_agent == fx->agent;
	struct routing_effect counted = *fx;
	set_state(c, CONTACT_OFFERED);
	c->row.agent = fx->agent;
	c->row.epoch = (int64_t)fx->epoch;
	if (seat != NULL && seat->epoch == fx->epoch) { /* else it ended within the same step */
		seat->offered_us = t->now;
		seat->is_by_name = is_by_name;
	}
	counted.cause = is_by_name ? CAUSE_TRANSFERRED : CAUSE_NONE;
	fact(t, &counted, c, (int64_t)fx->epoch);
}

static void on_offer_ended(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	LIST_EACH(link, &c->seats) {
		struct contact_seat *seat = LIST_ITEM(link, struct contact_seat, of_contact);
		if (seat->agent == fx->agent && seat->shown_epoch == fx->epoch)
			seat->cause = fx->cause;
	}
	fact(t, fx, c, (int64_t)fx->epoch);
}

static void on_assigned(struct turn *t, struct contact *c, const struct routing_event *ev,
			const struct routing_effect *fx)
{
	bool is_first = c->row.answered_us == 0;
	bool was_given = c->row.state == CONTACT_WAITING && ev->kind != EV_TAKE;
	set_state(c, CONTACT_ACTIVE);
	c->row.agent = fx->agent;
	c->row.epoch = (int64_t)fx->epoch;
	if (is_first)
		c->row.answered_us = t->now;
	struct routing_effect counted = *fx;
	counted.cause = is_first && c->about == 0 ? CAUSE_ACCEPTED : CAUSE_TRANSFERRED;
	fact(t, &counted, c, t->now - c->row.queued_us);
	say_assigned(t, c, fx, was_given);
	if (c->about != 0)
		consult_answered(t, c, fx->agent);
	outbox_command(t, c, "assigned");
}

/* The line of one who only conferred is his own affair: the customer is with the holder. */
static void on_released(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	bool was_holder = c->row.agent == fx->agent && c->row.epoch == (int64_t)fx->epoch;
	fact(t, fx, c, 0);
	say_released(t, c, fx);
	if (was_holder)
		outbox_command(t, c, "released");
}

static void on_parked(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	if (!contact_may_become((enum contact_state)c->row.state, CONTACT_PARKED))
		set_state(c, CONTACT_WAITING); /* it has just come, and not to wait in line */
	set_state(c, CONTACT_PARKED);
	c->row.queue = fx->queue;
	c->row.agent = fx->agent;
	c->row.cause = CAUSE_NONE;
	fact(t, fx, c, fx->at_us);
	say_parked(t, c, fx);
}

/* The core says why with the end of the wrap-up; who talked with us is told now. */
static enum contact_cause wrapup_cause(const struct contact *c, const struct routing_event *ev)
{
	bool is_of_it = ev->command.contact == c->row.id;
	if (ev->kind == EV_CLOSE && is_of_it)
		return CAUSE_AGENT_CLOSED;
	return ev->kind == EV_CUSTOMER_LEFT && is_of_it ? CAUSE_CUSTOMER_ENDED : CAUSE_SILENCE;
}

static void on_wrapup(struct turn *t, struct contact *c, const struct routing_event *ev,
		      const struct routing_effect *fx)
{
	if (c->row.state == CONTACT_WRAPUP) /* only its end has moved */
		return;
	set_state(c, CONTACT_WRAPUP);
	c->row.agent = fx->agent;
	c->row.epoch = (int64_t)fx->epoch;
	c->row.cause = wrapup_cause(c, ev);
	fact(t, fx, c, 0);
	if (c->row.cause == CAUSE_SILENCE)
		say_closed(t, c, CAUSE_SILENCE);
	outbox_command(t, c, "closed");
	book_session_end_all(t, c);
}

static void on_closed(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	bool was_wrapup = c->row.state == CONTACT_WRAPUP;
	set_state(c, CONTACT_CLOSED);
	c->row.cause = fx->cause;
	c->row.closed_us = t->now;
	if (fx->agent != 0)
		c->row.agent = fx->agent;
	fact(t, fx, c, t->now - c->row.queued_us);
	if (c->about != 0)
		consult_closed(t, c, fx->cause);
	if (was_wrapup)
		return;
	outbox_command(t, c, "closed");
	book_session_end_all(t, c);
	say_closed(t, c, fx->cause);
}

static void on_callback(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	fact(t, fx, c, 0);
	outbox_command(t, c, "closed"); /* the customer hangs up; the contact goes on */
	say_callback(t, c);
}

static void on_agent_state(struct turn *t, const struct routing_effect *fx)
{
	turn_fact(t, &(struct fact_row){.kind = fx->kind, .agent = fx->agent, .cause = fx->state,
					.number = fx->reason});
	publish_agent(t, fx->agent);
}

static void on_contact_effect(struct turn *t, struct contact *c, const struct routing_event *ev,
			      const struct routing_effect *fx)
{
	switch (fx->kind) {
	case FX_QUEUED:
		on_queued(t, c, ev, fx);
		break;
	case FX_OFFERED:
		on_offered(t, c, ev, fx);
		break;
	case FX_OFFER_ENDED:
		on_offer_ended(t, c, fx);
		break;
	case FX_ASSIGNED:
		on_assigned(t, c, ev, fx);
		break;
	case FX_RELEASED:
		on_released(t, c, fx);
		break;
	case FX_PARKED:
		on_parked(t, c, fx);
		break;
	case FX_WRAPUP:
		on_wrapup(t, c, ev, fx);
		break;
	case FX_CLOSED:
		on_closed(t, c, fx);
		break;
	case FX_STEP:
		fact(t, fx, c, fx->number);
		say_step(t, c, fx);
		break;
	case FX_JOINED:
		fact(t, fx, c, (int64_t)fx->epoch);
		say_joined(t, c, fx);
		break;
	case FX_CALLBACK:
		on_callback(t, c, fx);
		break;
	case FX_PRIORITY:
	case FX_REJECTED:
	case FX_AGENT_STATE:
		break;
	}
}

static bool is_rejected(const struct routing_effects *effects)
{
	for (size_t i = 0; i < effects->count; i++)
		if (effects->items[i].kind == FX_REJECTED)
			return true;
	return false;
}

void effects_apply(struct turn *t, const struct routing_event *ev,
		   const struct routing_effects *effects)
{
	if (ev->kind == EV_CONSULT && !is_rejected(effects))
		consult_open(t, &ev->transfer);
	for (size_t i = 0; i < effects->count; i++) {
		const struct routing_effect *fx = &effects->items[i];
		if (fx->kind == FX_REJECTED)
			continue;
		if (fx->kind == FX_AGENT_STATE) {
			on_agent_state(t, fx);
			continue;
		}
		struct contact *c = book_contact(t->g->book, fx->contact);
		if (c == NULL) /* the core and the book are written together */
			continue;
		book_seats(t, c);
		on_contact_effect(t, c, ev, fx);
		book_seats(t, c); /* whoever has parked it is known from its row */
		name_first(c);
		contact_changed(t, c);
		publish_contact(t, c);
		if (fx->agent != 0)
			publish_agent(t, fx->agent);
		log_event(LOG_LEVEL_INFO, "contact.routed", "contact=C-%lld effect=%d state=%s agent=%llu cause=%s",
			  (long long)c->row.number, (int)fx->kind,
			  contact_state_name((enum contact_state)c->row.state),
			  (unsigned long long)fx->agent, contact_cause_name(fx->cause));
	}
}
