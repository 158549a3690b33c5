/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a contact that an agent holds: whose turn it is to write, wrap-up, close, park.
 */
#include "routing/core/parts.h"

#include <assert.h>

/* ---- whose turn it is to write -------------------------------------------------------------- */

static bool is_text(enum channel_kind channel)
{
	return channel == CHANNEL_EMAIL || channel == CHANNEL_CHAT ||
	       channel == CHANNEL_MESSAGING || channel == CHANNEL_LETTER;
}

static void lease(struct routing *r, uint32_t c, enum core_lease kind, usher_us span)
{
	struct contact *contact = &r->contacts[c];
	bool is_set = span > 0 && is_text((enum channel_kind)contact->channel);
	contact->lease = (uint8_t)(is_set ? kind : LEASE_NONE);
	core_timer_contact(r, c, is_set ? core_later(r, span) : USHER_NEVER);
}

void core_held_begin(struct routing *r, uint32_t c)
{
	lease(r, c, LEASE_FIRST, r->queues[r->contacts[c].queue].set.first_reply_us);
}

int core_on_activity(struct routing *r, const struct routing_command *ev)
{
	uint32_t c = core_contact_now(r, ev->contact);
	if (c == 0)
		return E_NOT_FOUND;
	const struct contact *contact = &r->contacts[c];
	const struct routing_queue_set *set = &r->queues[contact->queue].set;
	if (contact->state != CONTACT_ACTIVE)
		return E_STATE;
	if (ev->flag)
		lease(r, c, LEASE_SILENCE, set->silence_us);
	else if (contact->lease != LEASE_FIRST && contact->lease != LEASE_REPLY)
		lease(r, c, LEASE_REPLY, set->reply_us);
	return 0;
}

void core_held_due(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	uint16_t missed_max = r->queues[contact->queue].set.missed_max;
	uint32_t a = core_holder(r, c);
	if (contact->lease == LEASE_SILENCE) {
		core_held_finish(r, c, CAUSE_SILENCE);
		return;
	}
	if (core_held_release(r, c, CAUSE_NO_REPLY)) {
		core_contact_exclude(r, c, a);
		core_contact_wait(r, c, CAUSE_NONE);
	}
	core_offer_missed(r, a, missed_max);
}

/* ---- let go --------------------------------------------------------------------------------- */

static void release_seat(struct routing *r, uint32_t c, uint32_t s, enum contact_cause cause)
{
	struct routing_effect *fx = core_effect(r, FX_RELEASED, c, r->seats[s].agent);
	fx->epoch = r->seats[s].epoch;
	fx->cause = cause;
	core_seat_remove(r, s);
}

/* Those who confer are asked first: the customer is not left alone while one of them is there. */
bool core_held_release(struct routing *r, uint32_t c, enum contact_cause cause)
{
	assert(r->contacts[c].state == CONTACT_ACTIVE);
	core_confer_end(r, c);
	release_seat(r, c, r->contacts[c].seats, cause);
	core_timer_contact(r, c, USHER_NEVER);
	r->contacts[c].lease = LEASE_NONE;
	uint32_t s = r->contacts[c].seats;
	if (s == 0)
		return true;
	core_seat_promote(r, s);
	struct routing_effect *fx = core_effect(r, FX_ASSIGNED, c, r->seats[s].agent);
	fx->epoch = r->seats[s].epoch;
	fx->cause = CAUSE_TRANSFERRED;
	core_agent_touch(r, r->seats[s].agent);
	core_agent_refresh(r, r->seats[s].agent);
	return false;
}

static void show_wrapup(struct routing *r, uint32_t c, usher_us until)
{
	uint32_t s = r->contacts[c].seats;
	core_timer_contact(r, c, until);
	struct routing_effect *fx = core_effect(r, FX_WRAPUP, c, r->seats[s].agent);
	fx->epoch = r->seats[s].epoch;
	fx->at_us = until;
}

void core_held_finish(struct routing *r, uint32_t c, enum contact_cause cause)
{
	struct contact *contact = &r->contacts[c];
	const struct routing_queue_set *set = &r->queues[contact->queue].set;
	core_confer_end(r, c);
	while (r->seats[contact->seats].next != 0)
		release_seat(r, c, r->seats[contact->seats].next, cause);
	if (set->wrapup_us == 0) {
		core_contact_close(r, c, cause);
		return;
	}
	uint32_t a = core_holder(r, c);
	core_contact_become(r, c, CONTACT_WRAPUP);
	contact->lease = LEASE_NONE;
	contact->cause = (uint8_t)cause;
	contact->is_exclusive = set->is_wrapup_exclusive;
	if (contact->is_exclusive)
		r->agents[a].wraps++;
	show_wrapup(r, c, core_later(r, set->wrapup_us));
	core_agent_touch(r, a);
	core_agent_refresh(r, a);
}

/* ---- commands of the holder ----------------------------------------------------------------- */

static int find_held(struct routing *r, const struct routing_command *ev, uint32_t *ret)
{
	uint32_t s;
	int code = core_command_find(r, ev, ret, &s);
	return code == 0 && r->seats[s].role != ROLE_HOLDER ? E_STATE : code;
}

int core_on_close(struct routing *r, const struct routing_command *ev)
{
	uint32_t c;
	int code = find_held(r, ev, &c);
	if (code < 0)
		return code;
	const struct contact *contact = &r->contacts[c];
	if (contact->state == CONTACT_WRAPUP && ev->flag) {
		core_contact_close(r, c, (enum contact_cause)contact->cause);
		return 0;
	}
	if (contact->state != CONTACT_ACTIVE)
		return E_STATE;
	if (!ev->flag) {
		core_held_finish(r, c, CAUSE_AGENT_CLOSED);
		return 0;
	}
	while (r->seats[contact->seats].next != 0)
		release_seat(r, c, r->seats[contact->seats].next, CAUSE_AGENT_CLOSED);
	core_contact_close(r, c, CAUSE_AGENT_CLOSED);
	return 0;
}

int core_on_wrapup_done(struct routing *r, const struct routing_command *ev)
{
	uint32_t c;
	int code = find_held(r, ev, &c);
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
	int code = find_held(r, ev, &c);
	if (code < 0)
		return code;
	if (r->contacts[c].state != CONTACT_WRAPUP)
		return E_STATE;
	if (ev->until_us <= r->now_us || ev->until_us > core_later(r, CORE_WRAPUP_MAX_US))
		return E_INVALID;
	show_wrapup(r, c, ev->until_us);
	return 0;
}

/* ---- park ----------------------------------------------------------------------------------- */

int core_on_park(struct routing *r, const struct routing_command *ev)
{
	uint32_t c;
	int code = find_held(r, ev, &c);
	if (code < 0)
		return code;
	struct contact *contact = &r->contacts[c];
	if (contact->state != CONTACT_ACTIVE)
		return E_STATE;
	if (ev->until_us <= r->now_us || ev->until_us > core_later(r, CORE_PARK_MAX_US))
		return E_INVALID;
	if (r->queues[contact->queue].is_removed)
		return E_CLOSED;
	core_confer_end(r, c);
	core_timer_contact(r, c, USHER_NEVER);
	contact->lease = LEASE_NONE;
	contact->parker = ev->agent;
	while (r->seats[contact->seats].next != 0)
		release_seat(r, c, r->seats[contact->seats].next, CAUSE_TRANSFERRED);
	core_seat_remove(r, contact->seats);
	core_contact_park(r, c, PARK_AGENT, ev->until_us, CAUSE_NONE);
	return 0;
}

void core_resume(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	const struct queue *queue = &r->queues[contact->queue];
	uint32_t a = core_find_agent(r, contact->parker);
	if (contact->park == PARK_CLOSED && queue->is_closed && !queue->is_removed) {
		/* Its time is over, but the queue is still closed: it stays, without a word. */
		usher_us latest = core_later(r, CORE_PARK_MAX_US);
		bool is_known = queue->until_us > r->now_us && queue->until_us < latest;
		core_timer_contact(r, c, is_known ? queue->until_us : latest);
		return;
	}
	core_timer_contact(r, c, USHER_NEVER);
	contact->parker = 0;
	core_contact_renew(r, c);
	if (contact->park != PARK_AGENT)
		core_contact_prefer(r, c);
	else if (core_contact_suits(r, c, a) && r->agents[a].wanted != AGENT_SIGNED_OUT &&
		 !r->agents[a].is_lost)
		core_contact_reserve(r, c, a, queue->set.offer_us, false);
	core_contact_wait(r, c, CAUSE_NONE);
}

int core_on_resume(struct routing *r, const struct routing_command *ev)
{
	uint32_t c = core_contact_now(r, ev->contact);
	if (c == 0)
		return E_NOT_FOUND;
	if (r->contacts[c].state != CONTACT_PARKED)
		return E_STATE;
	if (r->contacts[c].park == PARK_CLOSED && r->queues[r->contacts[c].queue].is_closed)
		return E_CLOSED;
	core_resume(r, c);
	return 0;
}
