/* SPDX-License-Identifier: Apache-2.0 */
/* From one queue or agent to another. */
#include "routing/core/parts.h"

static int check_target(const struct routing *r, const struct routing_transfer *ev, uint32_t c,
			uint32_t *ret_queue)
{
	uint32_t q = ev->to_queue != 0 ? core_find_queue(r, ev->to_queue) : r->contacts[c].queue;
	if (q == 0 || (ev->to_agent != 0 && core_find_agent(r, ev->to_agent) == 0))
		return E_NOT_FOUND;
	if (r->queues[q].is_removed)
		return E_CLOSED;
	*ret_queue = q;
	return 0;
}

static int check_transfer(struct routing *r, const struct routing_transfer *ev, uint32_t *ret,
			  uint32_t *ret_queue)
{
	struct routing_command from = {
		.contact = ev->contact, .agent = ev->agent, .epoch = ev->epoch};
	if (ev->to_agent_us < 0 || ev->to_agent_us > CORE_HOLD_MAX_US ||
	    (ev->to_agent != 0 && ev->to_agent == ev->agent))
		return E_INVALID;
	uint32_t c = 0, s = 0;
	int code = 0;
	if (ev->agent != 0)
		code = core_command_find(r, &from, &c, &s);
	else
		c = core_contact_now(r, ev->contact);
	if (code < 0 || c == 0)
		return code < 0 ? code : E_NOT_FOUND;
	const struct contact *contact = &r->contacts[c];
	if (contact->state == CONTACT_WRAPUP ||
	    (ev->agent != 0 &&
	     (contact->state != CONTACT_ACTIVE || r->seats[s].role != ROLE_HOLDER)))
		return E_STATE;
	code = check_target(r, ev, c, ret_queue);
	if (code < 0)
		return code;
	uint32_t to = core_find_agent(r, ev->to_agent);
	if (to != 0 && core_seat_of(r, c, to) != 0)
		return E_INVALID;
	*ret = c;
	return 0;
}

/* A person asked for it: nobody who confers takes it over. */
static void let_go(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	if (contact->state == CONTACT_OFFERED)
		core_offers_end(r, c, CAUSE_TRANSFERRED);
	while (contact->state == CONTACT_ACTIVE && !core_held_release(r, c, CAUSE_TRANSFERRED))
		;
	core_contact_unwait(r, c);
	core_timer_contact(r, c, USHER_NEVER);
	core_contact_open(r, c);
	contact->parker = 0;
	contact->hops = 0;
	core_contact_forgive(r, c);
}

static void transfer(struct routing *r, uint32_t c, uint32_t q, uint32_t to, usher_us span)
{
	uint32_t from = core_holder(r, c);
	bool is_elsewhere = q != r->contacts[c].queue, is_parked = false;
	uint8_t hops = 0;
	let_go(r, c);
	if (to == 0 && is_elsewhere && core_admit(r, true, &q, &hops, &is_parked) < 0)
		is_parked = r->queues[q].is_closed; /* a person sends it: full or not, it waits */
	if (q != r->contacts[c].queue)
		core_contact_move(r, c, q);
	r->contacts[c].hops = hops;
	if (from != 0)
		core_contact_exclude(r, c, from);
	if (is_parked) {
		core_contact_become(r, c, CONTACT_WAITING);
		core_contact_park(r, c, PARK_CLOSED, r->queues[q].until_us, CAUSE_CLOSED_HOURS);
		return;
	}
	if (to != 0)
		core_contact_reserve(r, c, to, span > 0 ? span : r->queues[q].set.offer_us, true);
	core_contact_wait(r, c, hops > 0 ? CAUSE_OVERFLOW : CAUSE_NONE);
}

int core_on_transfer(struct routing *r, const struct routing_transfer *ev)
{
	uint32_t c, q;
	int code = check_transfer(r, ev, &c, &q);
	if (code < 0)
		return code;
	transfer(r, c, q, core_find_agent(r, ev->to_agent), ev->to_agent_us);
	return 0;
}

static int check_move(const struct routing *r, const struct routing_transfer *ev)
{
	uint32_t q = core_find_queue(r, ev->to_queue);
	if (core_find_agent(r, ev->agent) == 0 || (ev->to_queue != 0 && q == 0) ||
	    (ev->to_agent != 0 && core_find_agent(r, ev->to_agent) == 0))
		return E_NOT_FOUND;
	if (ev->to_agent_us < 0 || ev->to_agent_us > CORE_HOLD_MAX_US || ev->to_agent == ev->agent)
		return E_INVALID;
	return q != 0 && r->queues[q].is_removed ? E_CLOSED : 0;
}

static void move_one(struct routing *r, uint32_t s, uint32_t to_queue,
		     const struct routing_transfer *ev)
{
	uint32_t c = r->seats[s].contact, a = r->seats[s].agent;
	const struct contact *contact = &r->contacts[c];
	uint32_t q = to_queue != 0 ? to_queue : contact->queue;
	if (contact->state == CONTACT_WRAPUP)
		return;
	if (r->seats[s].role == ROLE_CONFERRING) {
		struct routing_effect *fx = core_effect(r, FX_RELEASED, c, a);
		fx->epoch = r->seats[s].epoch;
		fx->cause = CAUSE_TRANSFERRED;
		core_seat_remove(r, s);
	} else if (r->seats[s].role == ROLE_OFFERED) {
		core_offer_end(r, s, CAUSE_TRANSFERRED);
		core_contact_exclude(r, c, a);
		if (contact->seats != 0)
			return;
		core_timer_contact(r, c, USHER_NEVER);
		core_contact_wait(r, c, CAUSE_NONE);
	} else if (r->queues[q].is_removed) {
		core_held_release(r, c, CAUSE_TRANSFERRED);
		core_contact_wait(r, c, CAUSE_NONE);
	} else {
		transfer(r, c, q, core_find_agent(r, ev->to_agent), ev->to_agent_us);
	}
}

int core_on_move_all(struct routing *r, const struct routing_transfer *ev)
{
	int code = check_move(r, ev);
	if (code < 0)
		return code;
	uint32_t a = core_find_agent(r, ev->agent), q = core_find_queue(r, ev->to_queue);
	/* A contact that goes may take its consultations with it: find the next by epoch. */
	uint64_t done = 0;
	for (uint32_t s = r->agents[a].seats_first; s != 0;) {
		uint64_t epoch = r->seats[s].epoch;
		if (epoch > done) {
			done = epoch;
			move_one(r, s, q, ev);
			s = r->agents[a].seats_first;
		} else {
			s = r->seats[s].agent_next;
		}
	}
	return 0;
}
