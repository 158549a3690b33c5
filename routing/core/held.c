/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a contact that an agent holds: wrap-up, close, transfer, park. */
#include "routing/core/parts.h"

#include <assert.h>

/* Leaves the contact with nobody; the caller says what becomes of it. */
void core_held_release(struct routing *r, uint32_t c, enum contact_cause cause)
{
	assert(r->contacts[c].state == CONTACT_ACTIVE);
	core_effect(r, FX_RELEASED, c, r->contacts[c].agent)->cause = cause;
	core_agent_detach(r, c);
}

static void show_wrapup(struct routing *r, uint32_t c, usher_us until)
{
	core_timer_contact(r, c, until);
	core_effect(r, FX_WRAPUP, c, r->contacts[c].agent)->at_us = until;
}

void core_held_finish(struct routing *r, uint32_t c, enum contact_cause cause)
{
	struct contact *contact = &r->contacts[c];
	const struct routing_queue_set *set = &r->queues[contact->queue].set;
	if (set->wrapup_us == 0) {
		core_contact_close(r, c, cause);
		return;
	}
	core_contact_become(r, c, CONTACT_WRAPUP);
	contact->cause = (uint8_t)cause;
	contact->is_exclusive = set->is_wrapup_exclusive;
	if (contact->is_exclusive)
		r->agents[contact->agent].wraps++;
	show_wrapup(r, c, core_later(r, set->wrapup_us));
	core_agent_touch(r, contact->agent);
	core_agent_refresh(r, contact->agent);
}

int core_on_close(struct routing *r, const struct routing_command *ev)
{
	uint32_t c;
	int code = core_command_find(r, ev, &c);
	if (code < 0)
		return code;
	const struct contact *contact = &r->contacts[c];
	if (contact->state == CONTACT_WRAPUP && ev->flag)
		core_contact_close(r, c, (enum contact_cause)contact->cause);
	else if (contact->state != CONTACT_ACTIVE)
		return E_STATE;
	else if (ev->flag)
		core_contact_close(r, c, CAUSE_AGENT_CLOSED);
	else
		core_held_finish(r, c, CAUSE_AGENT_CLOSED);
	return 0;
}

int core_on_wrapup_done(struct routing *r, const struct routing_command *ev)
{
	uint32_t c;
	int code = core_command_find(r, ev, &c);
	if (code < 0)
		return code;
	if (r->contacts[c].state != CONTACT_WRAPUP)
		return E_STATE;
	core_contact_close(r, c, (enum contact_cause)r->contacts[c].cause);
	return 0;
}

int core_on_wrapup_extend(struct routing *r, const struct routing_command *ev)
{
	uint32_t c;
	int code = core_command_find(r, ev, &c);
	if (code < 0)
		return code;
	if (r->contacts[c].state != CONTACT_WRAPUP)
		return E_STATE;
	if (ev->until_us <= r->now_us || ev->until_us > core_later(r, CORE_WRAPUP_MAX_US))
		return E_INVALID;
	show_wrapup(r, c, ev->until_us);
	return 0;
}

/* ---- transfer ------------------------------------------------------------------------------- */

static void move(struct routing *r, uint32_t c, uint32_t q)
{
	struct line like = r->lines[r->contacts[c].line];
	like.queue = q;
	core_line_leave(r, c);
	core_contact_dequeue(r, c);
	core_contact_enqueue(r, c, q);
	core_line_join(r, c, &like);
	r->contacts[c].queued_us = r->now_us;
}

static int check_transfer(struct routing *r, const struct routing_transfer *ev, uint32_t *ret)
{
	struct routing_command from = {ev->contact, ev->agent, ev->epoch, 0, 0, false};
	if (ev->to_agent_us < 0 || ev->to_agent_us > CORE_HOLD_MAX_US ||
	    (ev->to_agent != 0 && ev->to_agent == ev->agent))
		return E_INVALID;
	uint32_t c = 0;
	if (ev->agent != 0) {
		int code = core_command_find(r, &from, &c);
		if (code < 0)
			return code;
	} else {
		c = core_contact_now(r, ev->contact);
	}
	if (c == 0)
		return E_NOT_FOUND;
	const struct contact *contact = &r->contacts[c];
	if (contact->state == CONTACT_WRAPUP ||
	    (ev->agent != 0 && contact->state != CONTACT_ACTIVE))
		return E_STATE;
	uint32_t q = ev->to_queue != 0 ? core_find_queue(r, ev->to_queue) : contact->queue;
	uint32_t a = core_find_agent(r, ev->to_agent);
	if (q == 0 || (ev->to_agent != 0 && a == 0))
		return E_NOT_FOUND;
	if (r->queues[q].is_removed)
		return E_CLOSED;
	if (a != 0 && a == contact->agent)
		return E_INVALID;
	*ret = c;
	return 0;
}

static void let_go(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	if (contact->state == CONTACT_ACTIVE)
		core_held_release(r, c, CAUSE_TRANSFERRED);
	else if (contact->state == CONTACT_OFFERED)
		core_offer_end(r, c, CAUSE_TRANSFERRED);
	core_contact_unwait(r, c);
	core_timer_contact(r, c, USHER_NEVER);
	core_line_open(r, c);
	contact->parker = 0;
	core_contact_forgive(r, c);
}

int core_on_transfer(struct routing *r, const struct routing_transfer *ev)
{
	uint32_t c;
	int code = check_transfer(r, ev, &c);
	if (code < 0)
		return code;
	uint32_t q = ev->to_queue != 0 ? core_find_queue(r, ev->to_queue) : r->contacts[c].queue;
	uint32_t to = core_find_agent(r, ev->to_agent), from = r->contacts[c].agent;
	let_go(r, c);
	if (q != r->contacts[c].queue)
		move(r, c, q);
	if (from != 0)
		core_contact_exclude(r, c, from);
	if (to != 0)
		core_contact_reserve(
			r, c, to, ev->to_agent_us > 0 ? ev->to_agent_us : r->queues[q].set.offer_us,
			true);
	core_contact_wait(r, c);
	return 0;
}

/* ---- park ----------------------------------------------------------------------------------- */

int core_on_park(struct routing *r, const struct routing_command *ev)
{
	uint32_t c;
	int code = core_command_find(r, ev, &c);
	if (code < 0)
		return code;
	struct contact *contact = &r->contacts[c];
	if (contact->state != CONTACT_ACTIVE)
		return E_STATE;
	if (ev->until_us <= r->now_us || ev->until_us > core_later(r, CORE_PARK_MAX_US))
		return E_INVALID;
	if (r->queues[contact->queue].is_removed)
		return E_CLOSED;
	uint32_t a = contact->agent;
	contact->parker = r->agents[a].id;
	core_agent_detach(r, c);
	core_contact_become(r, c, CONTACT_PARKED);
	core_timer_contact(r, c, ev->until_us);
	core_effect(r, FX_PARKED, c, a)->at_us = ev->until_us;
	return 0;
}

void core_resume(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	uint32_t a = core_find_agent(r, contact->parker);
	contact->parker = 0;
	core_timer_contact(r, c, USHER_NEVER);
	if (a != 0 && r->agents[a].wanted != AGENT_SIGNED_OUT && !r->agents[a].is_lost &&
	    core_agent_is_member(r, a, contact->queue) &&
	    core_agent_can_serve(r, a, &r->lines[contact->line]))
		core_contact_reserve(r, c, a, r->queues[contact->queue].set.offer_us, false);
	core_contact_wait(r, c);
}

int core_on_resume(struct routing *r, const struct routing_command *ev)
{
	uint32_t c = core_contact_now(r, ev->contact);
	if (c == 0)
		return E_NOT_FOUND;
	if (r->contacts[c].state != CONTACT_PARKED)
		return E_STATE;
	core_resume(r, c);
	return 0;
}
