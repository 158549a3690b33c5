/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/effects.h"

#include "gateway/book.h"
#include "gateway/directory.h"
#include "gateway/log.h"
#include "gateway/outbox.h"
#include "gateway/publish.h"

#include <assert.h>
#include <stdio.h>

static void set_state(struct contact *c, enum contact_state state)
{
	assert((enum contact_state)c->row.state == state ||
	       contact_may_become((enum contact_state)c->row.state, state));
	c->row.state = state;
}

static struct usher_text agent_name(const struct turn *t, usher_id agent)
{
	return directory_user_name(t->g->directory, agent);
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

static void on_queued(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	bool is_entry = c->row.queue != fx->queue || c->row.queued_us == 0;
	set_state(c, CONTACT_WAITING);
	if (is_entry) {
		c->row.queued_us = t->now;
		c->row.answered_us = 0;
	}
	c->row.queue = fx->queue;
	c->row.agent = 0;
	fact(t, fx, c, is_entry);
}

static const char *order_sentence(const struct queue_row *queue)
{
	return queue != NULL && queue->agent_order == ORDER_LEAST_LOADED
		       ? "you had the least work of those who may take it"
		       : "you had been free the longest of those who may take it";
}

/* Shown to the agent beside the offer; the full account is `usher explain`. */
static void say_reason(struct turn *t, struct contact *c, const struct routing_event *ev)
{
	const struct queue_row *queue = directory_queue(t->g->directory, c->row.queue);
	int64_t waited = (t->now - c->row.queued_us) / USHER_SECOND;
	if (ev->kind == EV_TRANSFER && ev->transfer.to_agent == c->row.agent) {
		snprintf(c->reason, sizeof c->reason, "Transferred to you by name.");
		return;
	}
	snprintf(c->reason, sizeof c->reason, "Waited %lld:%02lld; %s.", (long long)(waited / 60),
		 (long long)(waited % 60), order_sentence(queue));
}

static void on_offered(struct turn *t, struct contact *c, const struct routing_event *ev,
		       const struct routing_effect *fx)
{
	set_state(c, CONTACT_OFFERED);
	c->row.agent = fx->agent;
	c->row.epoch = (int64_t)fx->epoch;
	c->offered_us = t->now;
	say_reason(t, c, ev);
	fact(t, fx, c, (int64_t)fx->epoch);
}

static void on_assigned(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	bool is_first = c->row.answered_us == 0;
	c->offer_cause = CAUSE_ACCEPTED;
	set_state(c, CONTACT_ACTIVE);
	c->row.agent = fx->agent;
	c->row.epoch = (int64_t)fx->epoch;
	if (is_first)
		c->row.answered_us = t->now;
	struct routing_effect counted = *fx;
	counted.cause = is_first ? CAUSE_ACCEPTED : CAUSE_TRANSFERRED;
	fact(t, &counted, c, t->now - c->row.queued_us);
	struct usher_text name = agent_name(t, fx->agent);
	book_event(t, c, "assigned", "%.*s took the contact.", TEXT_ARG(name));
	outbox_command(t, c, "assigned");
}

static void on_released(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	fact(t, fx, c, 0);
	struct usher_text name = agent_name(t, fx->agent);
	book_event(t, c, "released", "%.*s no longer holds the contact (%s).", TEXT_ARG(name),
		   contact_cause_name(fx->cause));
	outbox_command(t, c, "released");
}

static void on_wrapup(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	set_state(c, CONTACT_WRAPUP);
	c->row.agent = fx->agent;
	c->row.epoch = (int64_t)fx->epoch;
	fact(t, fx, c, 0);
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
	if (was_wrapup)
		return;
	outbox_command(t, c, "closed");
	book_session_end_all(t, c);
	book_event(t, c, "closed", "The contact was closed (%s).", contact_cause_name(fx->cause));
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
		on_queued(t, c, fx);
		break;
	case FX_OFFERED:
		on_offered(t, c, ev, fx);
		break;
	case FX_OFFER_ENDED:
		c->offer_cause = fx->cause;
		fact(t, fx, c, (int64_t)fx->epoch);
		break;
	case FX_ASSIGNED:
		on_assigned(t, c, fx);
		break;
	case FX_RELEASED:
		on_released(t, c, fx);
		break;
	case FX_PARKED:
		set_state(c, CONTACT_PARKED);
		fact(t, fx, c, fx->at_us);
		break;
	case FX_WRAPUP:
		on_wrapup(t, c, fx);
		break;
	case FX_CLOSED:
		on_closed(t, c, fx);
		break;
	case FX_PRIORITY:
	case FX_REJECTED:
	case FX_AGENT_STATE:
		break;
	}
}

void effects_apply(struct turn *t, const struct routing_event *ev,
		   const struct routing_effects *effects)
{
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
		on_contact_effect(t, c, ev, fx);
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
