/* SPDX-License-Identifier: Apache-2.0 */
/* What the core's decisions set off: recorded reactions where there are any, else assumed ones. */
#include "gateway/replay/replay_run.h"

#define SAMPLES_LEAST 5 /* an agent's own median, else the queue's */

/* ---- assumptions ---------------------------------------------------------------------------- */

static usher_us accept_delay(const struct run *x, usher_id agent, usher_id queue)
{
	usher_us span = REPLAY_ACCEPT_US;
	const struct medians *m = &x->l->accepts;
	if (!medians_get(m, agent, 0, SAMPLES_LEAST, &span) && !medians_get(m, 0, queue, 1, &span))
		(void)medians_get(m, 0, 0, 1, &span);
	return span;
}

static usher_us handle_delay(const struct run *x, const struct anchored_contact *c)
{
	usher_us span = REPLAY_HANDLE_US;
	const struct medians *m = &x->l->handling;
	if (!medians_get(m, c->queue, c->channel, 1, &span) &&
	    !medians_get(m, 0, c->channel, 1, &span))
		(void)medians_get(m, 0, 0, 1, &span);
	return span;
}

static void assume(struct run *x, enum plan_kind kind, uint32_t contact, usher_us delay,
		   const struct routing_effect *fx)
{
	struct plan plan = {.at_us = x->now + delay,
			    .order = REPLAY_EVENTS_MAX + ++x->assumed_order,
			    .kind = kind,
			    .contact = contact,
			    .agent = fx->agent,
			    .epoch = fx->epoch};
	plan_heap_add(&x->plans, &plan);
}

/* ---- anchors -------------------------------------------------------------------------------- */

static void plan_deeds(struct run *x, const struct anchor *a)
{
	const struct replay_item *items = x->l->record->items;
	for (uint32_t i = a->first_deed; i != 0; i = items[i - 1].next) {
		struct plan plan = {.at_us = x->now + (items[i - 1].at_us - a->at_us),
				    .order = i - 1,
				    .kind = PLAN_RECORDED};
		plan_heap_add(&x->plans, &plan);
	}
}

/* The anchor of the record that happens now, its deeds planned; NULL: the record has no such. */
static const struct anchor *happen(struct run *x, uint32_t contact, enum anchor_kind kind,
				   const struct routing_effect *fx)
{
	uint32_t number = anchors_run(&x->l->anchors, contact, kind, fx->agent, fx->epoch, x->now);
	if (number == 0)
		return NULL;
	const struct anchor *a = &x->l->anchors.items[number];
	plan_deeds(x, a);
	return a;
}

/* How long after its beginning an anchor of the record was over, at least. What had no end by the
 * end of the record had none by the end of the period either. */
static usher_us lasted(const struct run *x, const struct anchor *a)
{
	const struct replay_record *record = x->l->record;
	usher_us end = record->count > 0 ? record->items[record->count - 1].at_us : a->at_us;
	end = end > x->in->to_us ? end : x->in->to_us;
	return (a->ended_us != 0 ? a->ended_us : end) - a->at_us;
}

static usher_us at_least(usher_us span, usher_us least)
{
	return span > least ? span : least;
}

static void on_offered(struct run *x, uint32_t contact, const struct routing_effect *fx)
{
	const struct anchor *a = happen(x, contact, ANCHOR_OFFER, fx);
	usher_us delay = accept_delay(x, fx->agent, fx->queue);
	table_set(&x->offers, fx->epoch, 1);
	if (a == NULL)
		assume(x, PLAN_ACCEPT, contact, delay, fx);
	else if (!a->is_answered)
		assume(x, PLAN_ACCEPT, contact, at_least(delay, lasted(x, a) + 1), fx);
}

/* A plan to finish it stands behind each assignment, for the case that what ended it in the record
 * is not possible now; where the record ends it, it comes later than that. */
static void on_assigned(struct run *x, uint32_t contact, const struct routing_effect *fx)
{
	struct anchored_contact *c = run_contact(x, contact);
	usher_us median = handle_delay(x, c);
	const struct anchor *a = happen(x, contact, ANCHOR_HELD, fx);
	c->holds = fx->epoch;
	if (a == NULL)
		assume(x, PLAN_CLOSE, contact, median, fx);
	else if (!a->is_answered)
		assume(x, PLAN_CLOSE, contact, at_least(median, lasted(x, a) + 1), fx);
	else
		assume(x, PLAN_CLOSE, contact, lasted(x, a) + at_least(median, 1), fx);
}

static void on_wrapup(struct run *x, uint32_t contact, const struct routing_effect *fx)
{
	struct anchored_contact *c = run_contact(x, contact);
	usher_us median;
	c->holds = 0;
	c->wraps = fx->epoch;
	if (happen(x, contact, ANCHOR_WRAPUP, fx) == NULL &&
	    medians_get(&x->l->wrapups, c->queue, 0, 1, &median))
		assume(x, PLAN_WRAPUP_DONE, contact, median, fx);
}

static uint32_t arrived(struct run *x, const struct routing_effect *fx)
{
	uint32_t contact = anchors_contact(&x->l->anchors, fx->contact);
	struct anchored_contact *c = run_contact(x, contact);
	struct routing_contact_view view;
	if (fx->queue != 0)
		c->queue = fx->queue;
	if (c->is_open)
		return contact;
	c->is_open = true;
	if (routing_contact(x->r, fx->contact, &view))
		c->channel = view.channel;
	happen(x, contact, ANCHOR_ARRIVAL, &(struct routing_effect){0});
	return contact;
}

static void let_go(struct run *x, uint32_t contact)
{
	run_contact(x, contact)->holds = run_contact(x, contact)->wraps = 0;
}

static void on_effect(struct run *x, const struct routing_effect *fx)
{
	if (fx->contact == 0 || fx->kind == FX_REJECTED || fx->kind == FX_AGENT_STATE)
		return;
	uint32_t contact = arrived(x, fx);
	switch (fx->kind) {
	case FX_QUEUED:
		let_go(x, contact);
		break;
	case FX_OFFERED:
		on_offered(x, contact, fx);
		break;
	case FX_OFFER_ENDED:
		table_remove(&x->offers, fx->epoch);
		break;
	case FX_ASSIGNED:
		on_assigned(x, contact, fx);
		break;
	case FX_JOINED:
		happen(x, contact, ANCHOR_JOINED, fx);
		break;
	case FX_WRAPUP:
		on_wrapup(x, contact, fx);
		break;
	case FX_PARKED:
		let_go(x, contact);
		happen(x, contact, ANCHOR_PARKED, fx);
		break;
	case FX_CLOSED:
		let_go(x, contact);
		run_contact(x, contact)->is_open = false;
		break;
	default:
		break;
	}
}

/* ---- steps ---------------------------------------------------------------------------------- */

void run_step(struct run *x, const struct routing_event *ev, usher_us now)
{
	struct routing_effects effects;
	x->now = now > x->now ? now : x->now;
	x->result->steps++;
	routing_step(x->r, ev, x->now, &effects);
	replay_figures_count(x->figures, ev, &effects, x->now);
	for (size_t i = 0; i < effects.count; i++)
		on_effect(x, &effects.items[i]);
}

static void run_old(const struct routing_contact_view *view, enum anchor_kind kind, usher_id agent,
		    uint64_t epoch, void *arg)
{
	struct run *x = arg;
	struct routing_effect fx = {
		.contact = view->contact, .queue = view->queue, .agent = agent, .epoch = epoch};
	uint32_t contact = anchors_contact(&x->l->anchors, view->contact);
	struct anchored_contact *c = run_contact(x, contact);
	c->queue = view->queue;
	c->channel = view->channel;
	c->is_open = true;
	switch (kind) {
	case ANCHOR_OFFER:
		on_offered(x, contact, &fx);
		return;
	case ANCHOR_HELD:
		on_assigned(x, contact, &fx);
		return;
	case ANCHOR_WRAPUP:
		on_wrapup(x, contact, &fx);
		return;
	default:
		happen(x, contact, kind, &fx);
		return;
	}
}

void run_begin(struct run *x)
{
	struct anchors *a = &x->l->anchors;
	for (size_t i = 1; i < a->contact_count; i++) {
		a->contacts[i].is_open = false;
		a->contacts[i].latest = 0;
		a->contacts[i].holds = a->contacts[i].wraps = 0;
	}
	learn_each_old(x->r, run_old, x);
}
