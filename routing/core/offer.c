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

void core_offer(struct routing *r, uint32_t c, uint32_t a)
{
	struct contact *contact = &r->contacts[c];
	assert(core_agent_has_room(r, a, (enum channel_kind)contact->channel));
	observe(r, c, a);
	core_contact_unwait(r, c);
	core_line_open(r, c); /* whoever it waited for has it now; next time it is for all */
	core_contact_become(r, c, CONTACT_OFFERED);
	core_agent_attach(r, c, a);
	core_timer_contact(r, c, core_later(r, r->queues[contact->queue].set.offer_us));
	struct routing_effect *fx = core_effect(r, FX_OFFERED, c, a);
	fx->at_us = contact->deadline_us;
	core_agent_refresh(r, a);
}

/* Leaves the contact with nobody; the caller says what becomes of it. */
void core_offer_end(struct routing *r, uint32_t c, enum contact_cause cause)
{
	assert(r->contacts[c].state == CONTACT_OFFERED);
	core_effect(r, FX_OFFER_ENDED, c, r->contacts[c].agent)->cause = cause;
	core_timer_contact(r, c, USHER_NEVER);
	core_agent_detach(r, c);
}

static void count_missed(struct routing *r, uint32_t a, uint16_t missed_max)
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
	uint32_t a = r->contacts[c].agent;
	uint16_t missed_max = r->queues[r->contacts[c].queue].set.missed_max;
	core_offer_end(r, c, CAUSE_TIMEOUT);
	core_contact_exclude(r, c, a);
	core_contact_wait(r, c);
	count_missed(r, a, missed_max);
}

/* A command never sees an offer, a wrap-up or a pause that is over but was not yet ticked away. */
uint32_t core_contact_now(struct routing *r, usher_id id)
{
	uint32_t c = core_find_contact(r, id);
	if (c == 0 || r->contacts[c].deadline_us > r->now_us)
		return c;
	core_contact_due(r, c);
	return core_find_contact(r, id);
}

int core_command_find(struct routing *r, const struct routing_command *ev, uint32_t *ret)
{
	uint32_t c = core_contact_now(r, ev->contact);
	if (c == 0 || core_find_agent(r, ev->agent) == 0)
		return E_NOT_FOUND;
	const struct contact *contact = &r->contacts[c];
	if (contact->agent == 0 || contact->epoch != ev->epoch ||
	    r->agents[contact->agent].id != ev->agent)
		return E_STALE;
	*ret = c;
	return 0;
}

static void assign(struct routing *r, uint32_t c, uint32_t a)
{
	struct agent *agent = &r->agents[a];
	core_contact_forgive(r, c);
	agent->missed = 0;
	agent->idle_since_us = r->now_us;
	core_effect(r, FX_ASSIGNED, c, a);
	core_agent_touch(r, a);
	core_agent_refresh(r, a);
}

int core_on_accept(struct routing *r, const struct routing_command *ev)
{
	uint32_t c;
	int code = core_command_find(r, ev, &c);
	if (code < 0)
		return code;
	struct contact *contact = &r->contacts[c];
	if (contact->state != CONTACT_OFFERED)
		return E_STATE;
	core_effect(r, FX_OFFER_ENDED, c, contact->agent)->cause = CAUSE_ACCEPTED;
	core_timer_contact(r, c, USHER_NEVER);
	core_contact_become(r, c, CONTACT_ACTIVE);
	r->agents[contact->agent].offers--;
	assign(r, c, contact->agent);
	return 0;
}

int core_on_decline(struct routing *r, const struct routing_command *ev)
{
	uint32_t c;
	int code = core_command_find(r, ev, &c);
	if (code < 0)
		return code;
	uint32_t a = r->contacts[c].agent;
	if (r->contacts[c].state != CONTACT_OFFERED)
		return E_STATE;
	r->agents[a].missed = 0; /* whoever says no is there */
	core_offer_end(r, c, CAUSE_DECLINED);
	core_contact_exclude(r, c, a);
	core_contact_wait(r, c);
	return 0;
}

static int check_take(const struct routing *r, uint32_t c, uint32_t a)
{
	if (c == 0 || a == 0)
		return E_NOT_FOUND;
	const struct contact *contact = &r->contacts[c];
	const struct agent *agent = &r->agents[a];
	if (r->queues[contact->queue].is_removed)
		return E_CLOSED;
	if ((contact->state != CONTACT_WAITING && contact->state != CONTACT_OFFERED) ||
	    agent->wanted == AGENT_SIGNED_OUT || agent->is_lost)
		return E_STATE;
	if (agent->contact_count == CORE_AGENT_CONTACTS_MAX && contact->agent != a)
		return E_LIMIT;
	return 0;
}

int core_on_take(struct routing *r, const struct routing_command *ev)
{
	uint32_t c = core_contact_now(r, ev->contact), a = core_find_agent(r, ev->agent);
	int code = check_take(r, c, a);
	if (code < 0)
		return code;
	struct contact *contact = &r->contacts[c];
	observe(r, c, a);
	if (contact->state == CONTACT_OFFERED)
		core_offer_end(r, c, contact->agent == a ? CAUSE_ACCEPTED : CAUSE_WITHDRAWN);
	core_contact_unwait(r, c);
	core_line_open(r, c);
	core_contact_become(r, c, CONTACT_ACTIVE);
	core_agent_attach(r, c, a);
	assign(r, c, a);
	return 0;
}
