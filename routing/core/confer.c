/* SPDX-License-Identifier: Apache-2.0 */
/* Several agents for one contact: questions to others, conferences, and handing it over. */
#include "routing/core/parts.h"

/* ---- consultations -------------------------------------------------------------------------- */

void core_confer_forget(struct routing *r, uint32_t c)
{
	uint32_t about = r->contacts[c].about;
	if (about == 0)
		return;
	uint32_t *at = &r->contacts[about].consults;
	while (*at != c)
		at = &r->contacts[*at].consult_next;
	*at = r->contacts[c].consult_next;
	r->contacts[about].consult_count--;
	r->contacts[c].about = 0;
}

/* The lowest id first: their order must not depend on how the list came about. */
void core_confer_end(struct routing *r, uint32_t c)
{
	while (r->contacts[c].consults != 0) {
		uint32_t o = r->contacts[c].consults;
		for (uint32_t i = o; i != 0; i = r->contacts[i].consult_next)
			o = r->contacts[i].id < r->contacts[o].id ? i : o;
		if (r->contacts[o].state == CONTACT_OFFERED)
			core_offers_end(r, o, CAUSE_WITHDRAWN);
		core_contact_close(r, o, CAUSE_WITHDRAWN);
	}
}

static int check_consult(struct routing *r, const struct routing_transfer *ev, uint32_t *ret,
			 uint32_t *ret_queue)
{
	struct routing_command by = {
		.contact = ev->contact, .agent = ev->agent, .epoch = ev->epoch};
	uint32_t c, s;
	int code = core_command_find(r, &by, &c, &s);
	if (code < 0)
		return code;
	const struct contact *contact = &r->contacts[c];
	if (contact->state != CONTACT_ACTIVE || r->seats[s].role != ROLE_HOLDER ||
	    contact->about != 0)
		return E_STATE;
	if (ev->other == 0 || ev->to_agent == ev->agent || ev->to_agent_us < 0 ||
	    ev->to_agent_us > CORE_HOLD_MAX_US)
		return E_INVALID;
	if (core_find_contact(r, ev->other) != 0)
		return E_EXISTS;
	uint32_t q = ev->to_queue != 0 ? core_find_queue(r, ev->to_queue) : contact->queue;
	uint32_t to = core_find_agent(r, ev->to_agent);
	if (q == 0 || (ev->to_agent != 0 && to == 0))
		return E_NOT_FOUND;
	if (r->queues[q].is_removed || (r->queues[q].is_closed && to == 0))
		return E_CLOSED;
	if (to != 0 && core_seat_of(r, c, to) != 0)
		return E_STATE;
	if (contact->consult_count == CORE_CONSULTS_MAX ||
	    r->contact_count == r->limits.contacts_max)
		return E_LIMIT;
	*ret = c;
	*ret_queue = q;
	return 0;
}

int core_on_consult(struct routing *r, const struct routing_transfer *ev)
{
	uint32_t c, q;
	int code = check_consult(r, ev, &c, &q);
	if (code < 0)
		return code;
	const struct line_key like = r->lines[r->contacts[c].line].key;
	uint32_t o = core_new_contact(r, ev->other), to = core_find_agent(r, ev->to_agent);
	struct contact *contact = &r->contacts[c], *question = &r->contacts[o];
	question->channel = contact->channel;
	question->priority = contact->priority;
	question->first_us = contact->first_us;
	question->barred = ev->agent;
	question->about = c;
	question->consult_next = contact->consults;
	contact->consults = o;
	contact->consult_count++;
	core_contact_enqueue(r, o, q);
	question->epoch = question->entry;
	core_line_require(r, o, like.base, like.count);
	if (to != 0)
		core_contact_reserve(
			r, o, to, ev->to_agent_us > 0 ? ev->to_agent_us : r->queues[q].set.offer_us,
			true);
	core_contact_wait(r, o, CAUSE_NONE);
	return 0;
}

/* ---- conference ----------------------------------------------------------------------------- */

static int find_held(struct routing *r, const struct routing_command *ev, uint32_t *ret)
{
	uint32_t s;
	int code = core_command_find(r, ev, ret, &s);
	if (code < 0)
		return code;
	bool is_held = r->contacts[*ret].state == CONTACT_ACTIVE && r->seats[s].role == ROLE_HOLDER;
	return is_held ? 0 : E_STATE;
}

/* The consultation must have been answered by somebody who is not in the contact already. */
static int find_question(struct routing *r, uint32_t c, usher_id other, uint32_t *ret)
{
	uint32_t o = core_contact_now(r, other);
	if (o == 0 || r->contacts[o].about != c)
		return E_NOT_FOUND;
	if (r->contacts[o].state != CONTACT_ACTIVE || core_seat_of(r, c, core_holder(r, o)) != 0)
		return E_STATE;
	if (r->contacts[c].seat_count == ROUTING_PARALLEL_MAX)
		return E_LIMIT;
	*ret = o;
	return 0;
}

static uint32_t join(struct routing *r, uint32_t c, uint32_t o)
{
	uint32_t b = core_holder(r, o);
	core_contact_close(r, o, CAUSE_CONFERENCE);
	uint32_t s = core_seat_add(r, c, b, ROLE_CONFERRING);
	core_effect(r, FX_JOINED, c, b)->epoch = r->seats[s].epoch;
	core_agent_refresh(r, b);
	return s;
}

int core_on_conference(struct routing *r, const struct routing_command *ev)
{
	uint32_t c, o;
	int code = find_held(r, ev, &c);
	if (code < 0)
		return code;
	code = find_question(r, c, ev->other, &o);
	if (code < 0)
		return code;
	join(r, c, o);
	return 0;
}

int core_on_hand_over(struct routing *r, const struct routing_command *ev)
{
	uint32_t c, o = 0, heir = 0;
	int code = find_held(r, ev, &c);
	if (code < 0)
		return code;
	uint32_t b = core_find_agent(r, ev->other);
	if (b != 0)
		heir = core_seat_of(r, c, b);
	if (heir == r->contacts[c].seats)
		heir = 0;
	if (heir == 0) {
		code = find_question(r, c, ev->other, &o);
		if (code < 0)
			return code;
		heir = join(r, c, o);
	}
	/* He stands first among those who confer: the next in line is whom the holder chose. */
	uint32_t before = r->contacts[c].seats;
	while (r->seats[before].next != heir)
		before = r->seats[before].next;
	r->seats[before].next = r->seats[heir].next;
	r->seats[heir].next = r->seats[r->contacts[c].seats].next;
	r->seats[r->contacts[c].seats].next = heir;
	core_held_release(r, c, CAUSE_TRANSFERRED);
	return 0;
}

int core_on_leave(struct routing *r, const struct routing_command *ev)
{
	uint32_t c, s;
	int code = core_command_find(r, ev, &c, &s);
	if (code < 0)
		return code;
	if (r->seats[s].role != ROLE_CONFERRING)
		return E_STATE;
	struct routing_effect *fx = core_effect(r, FX_RELEASED, c, r->seats[s].agent);
	fx->epoch = r->seats[s].epoch;
	fx->cause = CAUSE_AGENT_CLOSED;
	core_seat_remove(r, s);
	return 0;
}
