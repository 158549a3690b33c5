/* SPDX-License-Identifier: Apache-2.0 */
/* Offers: made, accepted, declined, not answered; and the take that passes them by. */
#include "routing/core/parts.h"

#include <assert.h>

static void observe(struct routing *r, uint32_t c, uint32_t a)
{
	if (r->on_decision == NULL)
		return;
	r->deciding_contact = r->contacts[c].id;
	r->deciding_agent = r->agents[a].id;
	r->on_decision(r, r->deciding_contact, r->deciding_agent, r->now_us, r->on_decision_arg);
	r->deciding_contact = r->deciding_agent = 0;
}

static uint32_t take_seat(struct routing *r, uint32_t c, uint32_t a, enum routing_role role)
{
	uint32_t s = core_seat_add(r, c, a, role);
	uint32_t m = core_agent_member(r, a, r->contacts[c].queue);
	if (m != 0)
		r->members[m].turn = r->seats[s].epoch;
	return s;
}

static void assign(struct routing *r, uint32_t c)
{
	uint32_t a = core_holder(r, c);
	struct agent *agent = &r->agents[a];
	core_contact_forgive(r, c);
	r->contacts[c].hops = 0;
	agent->idle_since_us = r->now_us;
	core_effect(r, FX_ASSIGNED, c, a)->epoch = r->seats[r->contacts[c].seats].epoch;
	core_held_begin(r, c);
	core_agent_touch(r, a);
	core_agent_refresh(r, a);
}

static void offer_one(struct routing *r, uint32_t c, uint32_t a)
{
	uint32_t s = take_seat(r, c, a, ROLE_OFFERED);
	struct routing_effect *fx = core_effect(r, FX_OFFERED, c, a);
	fx->epoch = r->seats[s].epoch;
	fx->at_us = r->contacts[c].due_us;
	core_agent_refresh(r, a);
}

void core_offer(struct routing *r, uint32_t c, uint32_t a)
{
	struct contact *contact = &r->contacts[c];
	const struct routing_queue_set *set = &r->queues[contact->queue].set;
	assert(core_agent_has_room(r, a, (enum channel_kind)contact->channel));
	bool was_for_one = contact->only != 0;
	observe(r, c, a);
	core_contact_unwait(r, c);
	core_contact_open(r, c); /* whoever it waited for has it now; next time it is for all */
	if (set->is_automatic) {
		core_contact_become(r, c, CONTACT_ACTIVE);
		take_seat(r, c, a, ROLE_HOLDER);
		assign(r, c);
		return;
	}
	core_contact_become(r, c, CONTACT_OFFERED);
	core_timer_contact(r, c, core_later(r, set->offer_us));
	offer_one(r, c, a);
	if (set->parallel > 1 && !was_for_one && contact->about == 0)
		core_offer_widen(r, c);
}

void core_offer_widen(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	assert(contact->state == CONTACT_OFFERED && contact->place == PLACE_NONE);
	usher_us order = (usher_us)r->seats[contact->seats].epoch; /* whose first offer is older */
	r->contact_nodes[c].key = (struct order_key){0, 0, order, contact->id};
	tree_add(&r->wide, r->contact_nodes, c);
	contact->place = PLACE_WIDE;
}

void core_offer_more(struct routing *r)
{
	uint32_t c = r->wide.first;
	struct contact *contact = &r->contacts[c];
	/* The step may have been interrupted for so long that the first offers are over. */
	uint32_t a = contact->due_us > r->now_us ? core_match_agent(r, c) : 0;
	core_contact_unwait(r, c);
	if (a == 0)
		return;
	observe(r, c, a);
	offer_one(r, c, a);
	if (contact->seat_count < r->queues[contact->queue].set.parallel)
		core_offer_widen(r, c);
}

void core_offer_end(struct routing *r, uint32_t s, enum contact_cause cause)
{
	const struct seat *seat = &r->seats[s];
	struct routing_effect *fx = core_effect(r, FX_OFFER_ENDED, seat->contact, seat->agent);
	assert(seat->role == ROLE_OFFERED);
	if (r->contacts[seat->contact].place == PLACE_WIDE)
		core_contact_unwait(r, seat->contact);
	fx->epoch = seat->epoch;
	fx->cause = cause;
	core_seat_remove(r, s);
}

/* Leaves the contact with nobody; the caller says what becomes of it. */
void core_offers_end(struct routing *r, uint32_t c, enum contact_cause cause)
{
	core_timer_contact(r, c, USHER_NEVER);
	while (r->contacts[c].seats != 0)
		core_offer_end(r, r->contacts[c].seats, cause);
}

void core_offer_missed(struct routing *r, uint32_t a, uint16_t missed_max)
{
	struct agent *agent = &r->agents[a];
	if (agent->missed < UINT16_MAX)
		agent->missed++;
	if (agent->missed < (missed_max > 0 ? missed_max : 1) || agent->is_unresponsive)
		return;
	agent->is_unresponsive = true;
	core_presence_withdraw(r, a, CAUSE_NOT_READY); /* nobody is there for the others either */
}

void core_offer_due(struct routing *r, uint32_t c)
{
	uint32_t agents[ROUTING_PARALLEL_MAX];
	unsigned count = 0;
	uint16_t missed_max = r->queues[r->contacts[c].queue].set.missed_max;
	for (uint32_t s = r->contacts[c].seats; s != 0; s = r->seats[s].next)
		agents[count++] = r->seats[s].agent;
	core_offers_end(r, c, CAUSE_TIMEOUT);
	for (unsigned i = 0; i < count; i++)
		core_contact_exclude(r, c, agents[i]);
	core_contact_wait(r, c, CAUSE_NONE);
	for (unsigned i = 0; i < count; i++)
		core_offer_missed(r, agents[i], missed_max);
}

/* ---- commands ------------------------------------------------------------------------------- */

/* A command never sees an offer, a wrap-up or a pause that is over but was not yet ticked away. */
uint32_t core_contact_now(struct routing *r, usher_id id)
{
	uint32_t c = core_find_contact(r, id);
	if (c == 0 || r->contacts[c].due_us > r->now_us)
		return c;
	core_contact_due(r, c);
	return core_find_contact(r, id);
}

int core_command_find(struct routing *r, const struct routing_command *ev, uint32_t *ret_contact,
		      uint32_t *ret_seat)
{
	uint32_t c = core_contact_now(r, ev->contact), a = core_find_agent(r, ev->agent);
	if (c == 0 || a == 0)
		return E_NOT_FOUND;
	uint32_t s = core_seat_of(r, c, a);
	if (s == 0 || r->seats[s].epoch != ev->epoch)
		return E_STALE;
	*ret_contact = c;
	*ret_seat = s;
	return 0;
}

int core_on_accept(struct routing *r, const struct routing_command *ev)
{
	uint32_t c, s;
	int code = core_command_find(r, ev, &c, &s);
	if (code < 0)
		return code;
	struct seat *seat = &r->seats[s];
	if (seat->role != ROLE_OFFERED)
		return E_STATE;
	core_timer_contact(r, c, USHER_NEVER);
	core_contact_unwait(r, c);
	for (uint32_t other = r->contacts[c].seats, next; other != 0; other = next) {
		next = r->seats[other].next;
		if (other != s)
			core_offer_end(r, other, CAUSE_WITHDRAWN);
	}
	struct routing_effect *fx = core_effect(r, FX_OFFER_ENDED, c, seat->agent);
	fx->epoch = seat->epoch;
	fx->cause = CAUSE_ACCEPTED;
	core_contact_become(r, c, CONTACT_ACTIVE);
	seat->role = ROLE_HOLDER;
	r->agents[seat->agent].offers--;
	r->agents[seat->agent].missed = 0;
	assign(r, c);
	return 0;
}

int core_on_decline(struct routing *r, const struct routing_command *ev)
{
	uint32_t c, s;
	int code = core_command_find(r, ev, &c, &s);
	if (code < 0)
		return code;
	uint32_t a = r->seats[s].agent;
	if (r->seats[s].role != ROLE_OFFERED)
		return E_STATE;
	r->agents[a].missed = 0; /* whoever says no is there */
	core_offer_end(r, s, CAUSE_DECLINED);
	core_contact_exclude(r, c, a);
	if (r->contacts[c].seats != 0)
		return 0; /* others are still being asked */
	core_timer_contact(r, c, USHER_NEVER);
	core_contact_wait(r, c, CAUSE_NONE);
	return 0;
}

/* ---- taking --------------------------------------------------------------------------------- */

static int check_take(const struct routing *r, uint32_t c, uint32_t a, bool from_holder)
{
	if (c == 0 || a == 0)
		return E_NOT_FOUND;
	const struct contact *contact = &r->contacts[c];
	const struct agent *agent = &r->agents[a];
	uint32_t s = core_seat_of(r, c, a);
	if (r->queues[contact->queue].is_removed)
		return E_CLOSED;
	bool is_open = contact->state == CONTACT_WAITING || contact->state == CONTACT_OFFERED ||
		       contact->state == CONTACT_PARKED;
	if ((!is_open && (contact->state != CONTACT_ACTIVE || !from_holder)) ||
	    (s != 0 && r->seats[s].role == ROLE_HOLDER) || agent->wanted == AGENT_SIGNED_OUT ||
	    agent->is_lost)
		return E_STATE;
	return agent->contact_count == CORE_AGENT_CONTACTS_MAX && s == 0 ? E_LIMIT : 0;
}

/* From whoever has it; those who confer with him are let go too. */
static void let_go(struct routing *r, uint32_t c, uint32_t a)
{
	core_confer_end(r, c);
	while (r->contacts[c].seats != 0) {
		uint32_t s = r->contacts[c].seats;
		const struct seat *seat = &r->seats[s];
		if (seat->role == ROLE_OFFERED) {
			core_offer_end(r, s, seat->agent == a ? CAUSE_ACCEPTED : CAUSE_WITHDRAWN);
			continue;
		}
		struct routing_effect *fx = core_effect(r, FX_RELEASED, c, seat->agent);
		fx->epoch = seat->epoch;
		fx->cause = CAUSE_TRANSFERRED;
		core_seat_remove(r, s);
	}
}

int core_on_take(struct routing *r, const struct routing_command *ev)
{
	uint32_t c = core_contact_now(r, ev->contact), a = core_find_agent(r, ev->agent);
	int code = check_take(r, c, a, ev->flag);
	if (code < 0)
		return code;
	struct contact *contact = &r->contacts[c];
	observe(r, c, a);
	core_contact_unwait(r, c);
	core_contact_open(r, c);
	core_timer_contact(r, c, USHER_NEVER);
	let_go(r, c, a);
	contact->parker = 0;
	core_contact_become(r, c, CONTACT_ACTIVE);
	take_seat(r, c, a, ROLE_HOLDER);
	assign(r, c);
	return 0;
}
