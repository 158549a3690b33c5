/* SPDX-License-Identifier: Apache-2.0 */
/* What happens next, as an event for the core. */
#include "gateway/replay/replay_run.h"

/* ---- the change ----------------------------------------------------------------------------- */

static bool is_same_object(const struct routing_event *a, const struct routing_event *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == EV_QUEUE_SET)
		return a->queue.queue == b->queue.queue;
	if (a->kind == EV_CHANNEL_SET)
		return a->channel.channel == b->channel.channel;
	return a->kind == EV_AGENT_SET && a->agent.agent == b->agent.agent;
}

static bool is_replaced(const struct replay_change *change, const struct routing_event *ev)
{
	for (size_t i = 0; i < change->set_count; i++)
		if (is_same_object(&change->sets[i], ev))
			return true;
	return false;
}

static bool is_presence(const struct routing_event *ev)
{
	return ev->kind == EV_AGENT_WANTS || ev->kind == EV_PRESENCE_LOST ||
	       ev->kind == EV_PRESENCE_FOUND;
}

static bool is_absent(const struct replay_change *change, usher_id agent)
{
	for (size_t i = 0; i < change->absent_count; i++)
		if (change->absent[i] == agent)
			return true;
	return false;
}

static void begin_copy(struct run *x, const struct replay_copy *copy)
{
	struct routing_agent_view view;
	if (!routing_agent(x->r, copy->of, &view) || view.wanted == AGENT_SIGNED_OUT)
		return;
	struct routing_event ev = {.kind = EV_AGENT_WANTS};
	ev.presence = (struct routing_presence){copy->as, view.wanted, view.reason};
	run_step(x, &ev, x->now);
	ev.kind = view.state == AGENT_LOST ? EV_PRESENCE_LOST : EV_PRESENCE_FOUND;
	run_step(x, &ev, x->now);
}

void run_apply_change(struct run *x)
{
	const struct replay_change *change = x->in->change;
	if (change == NULL)
		return;
	if (change->set_count + change->absent_count + change->copy_count > 0)
		x->is_same = false;
	for (size_t i = 0; i < change->set_count; i++)
		run_step(x, &change->sets[i], x->in->from_us);
	for (size_t i = 0; i < change->absent_count; i++) {
		struct routing_event ev = {.kind = EV_AGENT_WANTS};
		ev.presence = (struct routing_presence){change->absent[i], AGENT_SIGNED_OUT, 0};
		run_step(x, &ev, x->in->from_us);
	}
	for (size_t i = 0; i < change->copy_count; i++)
		begin_copy(x, &change->copies[i]);
}

/* Who is present whenever somebody else is. */
void run_copies(struct run *x, const struct routing_event *ev)
{
	const struct replay_change *change = x->in->change;
	if (change == NULL || (!is_presence(ev) && ev->kind != EV_AGENT_REMOVE))
		return;
	for (size_t i = 0; i < change->copy_count; i++) {
		if (change->copies[i].of != ev->presence.agent)
			continue;
		struct routing_event copy = *ev;
		copy.presence.agent = change->copies[i].as;
		run_step(x, &copy, x->now);
	}
}

/* ---- outside events ------------------------------------------------------------------------- */

/* Served by now, or done with: who leaves while he waits has not come to that. */
static bool waits_no_more(const struct run *x, usher_id contact)
{
	struct routing_contact_view view;
	return !routing_contact(x->r, contact, &view) || view.state == CONTACT_ACTIVE ||
	       view.state == CONTACT_WRAPUP;
}

bool run_outside(struct run *x, size_t i, struct routing_event *ret)
{
	const struct replay_item *item = &x->l->record->items[i];
	const struct replay_change *change = x->in->change;
	replay_record_event(x->l->record, i, ret);
	if (item->is_patience && waits_no_more(x, replay_event_contact(ret))) {
		x->result->moot++;
		return false;
	}
	if (change == NULL)
		return true;
	return !is_replaced(change, ret) &&
	       !(is_presence(ret) && is_absent(change, ret->presence.agent));
}

/* ---- deeds ---------------------------------------------------------------------------------- */

/* A person of the record who has to do with the contact: who it is now. */
static usher_id who_now(const struct run *x, uint32_t contact, usher_id agent)
{
	const struct anchored_contact *c = run_contact(x, contact);
	for (uint32_t n = c->first[ANCHOR_JOINED]; n != 0; n = x->l->anchors.items[n].next)
		if (x->l->anchors.items[n].agent == agent && x->l->anchors.items[n].has_run)
			return x->l->anchors.items[n].run_agent;
	return agent;
}

static void shift_end(struct routing_event *ev, usher_us by)
{
	bool has_end = (ev->kind == EV_PARK || ev->kind == EV_WRAPUP_EXTEND) &&
		       ev->command.until_us > 0 && ev->command.until_us < USHER_NEVER / 2;
	if (has_end)
		ev->command.until_us += by;
}

bool run_deed(struct run *x, size_t i, struct routing_event *ret)
{
	const struct replay_item *item = &x->l->record->items[i];
	const struct anchor *a = &x->l->anchors.items[item->anchor];
	replay_record_event(x->l->record, i, ret);
	bool has_moved_on = item->is_loose && run_contact(x, a->contact)->latest != item->anchor;
	if (has_moved_on) {
		x->result->dropped++;
		return false;
	}
	if (item->has_epoch)
		*replay_event_epoch(ret) = a->run_epoch;
	if (item->has_agent)
		*replay_event_agent(ret) = a->run_agent;
	if (ret->kind == EV_HAND_OVER)
		ret->command.other = who_now(x, a->contact, ret->command.other);
	shift_end(ret, a->run_at_us - a->at_us);
	return true;
}

/* ---- what is assumed ------------------------------------------------------------------------ */

bool run_assumed(struct run *x, const struct plan *plan, struct routing_event *ret)
{
	const struct anchored_contact *c = run_contact(x, plan->contact);
	uint64_t is_open = 0;
	*ret = (struct routing_event){.kind = EV_TICK};
	ret->command = (struct routing_command){
		.contact = c->id, .agent = plan->agent, .epoch = plan->epoch};
	switch (plan->kind) {
	case PLAN_ACCEPT:
		ret->kind = EV_ACCEPT;
		if (!table_get(&x->offers, plan->epoch, &is_open))
			return false;
		x->result->assumed_accepts++;
		return true;
	case PLAN_CLOSE:
		ret->kind = EV_CLOSE;
		if (c->holds != plan->epoch)
			return false;
		x->result->assumed_handling++;
		return true;
	case PLAN_WRAPUP_DONE:
		ret->kind = EV_WRAPUP_DONE;
		if (c->wraps != plan->epoch)
			return false;
		x->result->assumed_wrapups++;
		return true;
	case PLAN_RECORDED:
		break;
	}
	return false;
}
