/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/replay/replay_learn.h"

#define PROGRESS_EVERY 65536

struct learning {
	struct learnt *l;
	struct routing *r;
	usher_us now;
	uint32_t deed; /* the anchor that the event being applied answers; 0 = none */
};

static struct anchored_contact *contact_at(struct learning *x, uint32_t number)
{
	return &x->l->anchors.contacts[number];
}

static struct anchor *anchor_at(struct learning *x, uint32_t number)
{
	return &x->l->anchors.items[number];
}

/* ---- what is there already ------------------------------------------------------------------ */

struct old {
	const struct routing *r;
	learn_on_old on_old;
	void *arg;
};

static enum anchor_kind kind_of(const struct routing_contact_view *view, enum routing_role role)
{
	if (role == ROLE_OFFERED)
		return ANCHOR_OFFER;
	if (role == ROLE_CONFERRING)
		return ANCHOR_JOINED;
	return view->state == CONTACT_WRAPUP ? ANCHOR_WRAPUP : ANCHOR_HELD;
}

static void on_old_contact(const struct routing_contact_view *view, void *arg)
{
	struct old *old = arg;
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	unsigned count = routing_seats(old->r, view->contact, seats);
	old->on_old(view, ANCHOR_ARRIVAL, 0, 0, old->arg);
	for (unsigned i = 0; i < count; i++)
		old->on_old(view, kind_of(view, seats[i].role), seats[i].agent, seats[i].epoch,
			    old->arg);
	if (view->state == CONTACT_PARKED)
		old->on_old(view, ANCHOR_PARKED, view->agent, view->epoch, old->arg);
}

void learn_each_old(const struct routing *r, learn_on_old on_old, void *arg)
{
	struct old old = {r, on_old, arg};
	routing_each_contact(r, on_old_contact, &old);
}

static void add_old(const struct routing_contact_view *view, enum anchor_kind kind, usher_id agent,
		    uint64_t epoch, void *arg)
{
	struct learning *x = arg;
	uint32_t number = anchors_contact(&x->l->anchors, view->contact);
	struct anchored_contact *c = contact_at(x, number);
	c->queue = view->queue;
	c->channel = view->channel;
	c->is_open = true;
	uint32_t anchor = anchors_add(&x->l->anchors, number,
				      (struct anchor){.kind = kind,
						      .agent = agent,
						      .epoch = epoch,
						      .at_us = x->now,
						      .is_old = true});
	if (kind == ANCHOR_HELD)
		contact_at(x, number)->held = anchor;
}

/* ---- what an event answers ------------------------------------------------------------------ */

static bool names_patience(const struct routing_contact_view *view)
{
	return view->state == CONTACT_WAITING || view->state == CONTACT_OFFERED ||
	       (view->state == CONTACT_PARKED && view->agent == 0);
}

static void bind(struct learning *x, size_t i, uint32_t anchor)
{
	struct replay_item *items = x->l->record->items;
	struct anchor *a = anchor_at(x, anchor);
	items[i].anchor = anchor;
	if (a->last_deed != 0)
		items[a->last_deed - 1].next = (uint32_t)i + 1;
	else
		a->first_deed = (uint32_t)i + 1;
	a->last_deed = (uint32_t)i + 1;
}

static void bind_by_epoch(struct learning *x, size_t i, uint32_t contact, struct routing_event *ev)
{
	struct replay_item *item = &x->l->record->items[i];
	uint64_t *epoch = replay_event_epoch(ev);
	usher_id *agent = replay_event_agent(ev);
	uint64_t named = 0;
	if (epoch != NULL && *epoch != 0)
		(void)table_get(&x->l->anchors.by_epoch, *epoch, &named);
	if (named != 0 && anchor_at(x, (uint32_t)named)->contact == contact) {
		item->has_epoch = true;
		item->has_agent = agent != NULL && *agent != 0 &&
				  *agent == anchor_at(x, (uint32_t)named)->agent;
		bind(x, i, (uint32_t)named);
		return;
	}
	item->is_loose = epoch == NULL;
	bind(x, i, contact_at(x, contact)->latest);
}

static void classify(struct learning *x, size_t i, struct routing_event *ev)
{
	struct routing_contact_view view = {0};
	usher_id id = ev->kind != EV_CONTACT_NEW ? replay_event_contact(ev) : 0;
	uint32_t contact = anchors_find_contact(&x->l->anchors, id);
	if (contact == 0)
		return;
	bool is_known = routing_contact(x->r, id, &view);
	bool may_be_patience =
		ev->kind == EV_CUSTOMER_LEFT || ev->kind == EV_TAKE || ev->kind == EV_CALLBACK;
	if (may_be_patience && !is_known)
		return;
	if (may_be_patience && names_patience(&view))
		x->l->record->items[i].is_patience = true;
	else
		bind_by_epoch(x, i, contact, ev);
}

/* ---- what came of it ------------------------------------------------------------------------ */

static void end_anchor(struct learning *x, uint32_t anchor, bool is_answered)
{
	struct anchor *a = anchor_at(x, anchor);
	if (a->ended_us != 0)
		return;
	a->ended_us = x->now;
	a->is_answered = is_answered || x->deed == anchor;
}

static void on_offer_ended(struct learning *x, const struct routing_effect *fx)
{
	uint64_t number = 0;
	if (!table_get(&x->l->anchors.by_epoch, fx->epoch, &number))
		return;
	struct anchor *a = anchor_at(x, (uint32_t)number);
	end_anchor(x, (uint32_t)number, fx->cause == CAUSE_TIMEOUT);
	if (fx->cause != CAUSE_ACCEPTED || !a->is_answered || a->is_old)
		return;
	usher_us span = a->ended_us - a->at_us;
	medians_add(&x->l->accepts, a->agent, 0, span);
	medians_add(&x->l->accepts, 0, contact_at(x, a->contact)->queue, span);
	medians_add(&x->l->accepts, 0, 0, span);
}

static void end_held(struct learning *x, uint32_t contact, bool is_end)
{
	struct anchored_contact *c = contact_at(x, contact);
	if (c->held == 0)
		return;
	struct anchor *a = anchor_at(x, c->held);
	end_anchor(x, c->held, false);
	c->held = 0;
	if (!is_end || a->is_old)
		return;
	usher_us span = a->ended_us - a->at_us;
	medians_add(&x->l->handling, c->queue, c->channel, span);
	medians_add(&x->l->handling, 0, c->channel, span);
	medians_add(&x->l->handling, 0, 0, span);
}

static void on_closed(struct learning *x, uint32_t contact)
{
	struct anchored_contact *c = contact_at(x, contact);
	uint32_t last = c->last[ANCHOR_WRAPUP];
	end_held(x, contact, true);
	c->is_open = false;
	if (last == 0 || anchor_at(x, last)->ended_us != 0)
		return;
	struct anchor *a = anchor_at(x, last);
	end_anchor(x, last, true);
	if (!a->is_old)
		medians_add(&x->l->wrapups, c->queue, 0, a->ended_us - a->at_us);
}

static uint32_t add(struct learning *x, uint32_t contact, enum anchor_kind kind,
		    const struct routing_effect *fx)
{
	return anchors_add(
		&x->l->anchors, contact,
		(struct anchor){
			.kind = kind, .agent = fx->agent, .epoch = fx->epoch, .at_us = x->now});
}

/* A contact that nobody knew, or that was closed, has come in. */
static uint32_t arrived(struct learning *x, const struct routing_effect *fx)
{
	uint32_t contact = anchors_contact(&x->l->anchors, fx->contact);
	struct anchored_contact *c = contact_at(x, contact);
	struct routing_contact_view view;
	if (fx->queue != 0)
		c->queue = fx->queue;
	if (c->is_open)
		return contact;
	c->is_open = true;
	if (routing_contact(x->r, fx->contact, &view))
		c->channel = view.channel;
	anchors_add(&x->l->anchors, contact,
		    (struct anchor){.kind = ANCHOR_ARRIVAL, .at_us = x->now});
	return contact;
}

static void on_effect(struct learning *x, const struct routing_effect *fx)
{
	if (fx->contact == 0 || fx->kind == FX_REJECTED || fx->kind == FX_AGENT_STATE)
		return;
	uint32_t contact = arrived(x, fx);
	switch (fx->kind) {
	case FX_QUEUED:
		end_held(x, contact, false);
		break;
	case FX_OFFERED:
		add(x, contact, ANCHOR_OFFER, fx);
		break;
	case FX_OFFER_ENDED:
		on_offer_ended(x, fx);
		break;
	case FX_ASSIGNED:
		end_held(x, contact, false);
		contact_at(x, contact)->held = add(x, contact, ANCHOR_HELD, fx);
		break;
	case FX_JOINED:
		add(x, contact, ANCHOR_JOINED, fx);
		break;
	case FX_WRAPUP:
		end_held(x, contact, true);
		add(x, contact, ANCHOR_WRAPUP, fx);
		break;
	case FX_PARKED:
		end_held(x, contact, false);
		add(x, contact, ANCHOR_PARKED, fx);
		break;
	case FX_CLOSED:
		on_closed(x, contact);
		break;
	default:
		break;
	}
}

/* A record may be learnt from again. */
static void forget(struct replay_record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		struct replay_item *item = &record->items[i];
		item->anchor = item->next = 0;
		item->has_epoch = item->has_agent = item->is_patience = item->is_loose = false;
	}
}

static void end_period(struct learning *x, usher_us to_us)
{
	replay_figures_end(x->l->figures, to_us);
	x->l->digest = routing_digest(x->r);
}

void learn(struct learnt *l, struct routing *r, const struct replay_input *in)
{
	struct learning x = {.l = l, .r = r, .now = in->from_us};
	bool is_within = true;
	*l = (struct learnt){.record = in->record};
	anchors_init(&l->anchors);
	forget(l->record);
	l->figures = replay_figures_new(r, in->from_us, in->targets, in->target_count);
	learn_each_old(r, add_old, &x);
	for (size_t i = 0; i < l->record->count; i++) {
		struct routing_event ev;
		struct routing_effects effects;
		if (is_within && l->record->items[i].at_us > in->to_us) {
			is_within = false;
			end_period(&x, in->to_us);
		}
		x.now = l->record->items[i].at_us;
		replay_record_event(l->record, i, &ev);
		classify(&x, i, &ev);
		x.deed = l->record->items[i].anchor;
		routing_step(r, &ev, x.now, &effects);
		if (is_within)
			replay_figures_count(l->figures, &ev, &effects, x.now);
		for (size_t k = 0; k < effects.count; k++)
			on_effect(&x, &effects.items[k]);
		if (in->on_progress != NULL && i % PROGRESS_EVERY == 0)
			in->on_progress("the record", i, l->record->count, in->arg);
	}
	if (is_within)
		end_period(&x, in->to_us);
	medians_close(&l->accepts);
	medians_close(&l->handling);
	medians_close(&l->wrapups);
}

void learn_done(struct learnt *l)
{
	anchors_done(&l->anchors);
	medians_done(&l->accepts);
	medians_done(&l->handling);
	medians_done(&l->wrapups);
	replay_figures_free(l->figures);
	*l = (struct learnt){0};
}
