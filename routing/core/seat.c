/* SPDX-License-Identifier: Apache-2.0 */
/* An agent's part in a contact: offered to him, held by him, conferring. It takes its weight of him
 * and an epoch, by which his commands are known. */
#include "routing/core/parts.h"

#include <assert.h>

static void agent_link(struct routing *r, uint32_t s)
{
	struct seat *seat = &r->seats[s];
	struct agent *agent = &r->agents[seat->agent];
	seat->agent_prev = agent->seats_last;
	seat->agent_next = 0;
	*(agent->seats_last != 0 ? &r->seats[agent->seats_last].agent_next : &agent->seats_first) =
		s;
	agent->seats_last = s;
}

static void agent_unlink(struct routing *r, uint32_t s)
{
	struct seat *seat = &r->seats[s];
	struct agent *agent = &r->agents[seat->agent];
	*(seat->agent_prev != 0 ? &r->seats[seat->agent_prev].agent_next : &agent->seats_first) =
		seat->agent_next;
	*(seat->agent_next != 0 ? &r->seats[seat->agent_next].agent_prev : &agent->seats_last) =
		seat->agent_prev;
}

/* By epoch: the order in which they came to the agent. */
static void agent_link_sorted(struct routing *r, uint32_t s)
{
	struct seat *seat = &r->seats[s];
	struct agent *agent = &r->agents[seat->agent];
	uint32_t before = agent->seats_last;
	while (before != 0 && r->seats[before].epoch > seat->epoch)
		before = r->seats[before].agent_prev;
	seat->agent_prev = before;
	seat->agent_next = before != 0 ? r->seats[before].agent_next : agent->seats_first;
	*(before != 0 ? &r->seats[before].agent_next : &agent->seats_first) = s;
	*(seat->agent_next != 0 ? &r->seats[seat->agent_next].agent_prev : &agent->seats_last) = s;
}

static void contact_link(struct routing *r, uint32_t s)
{
	struct contact *contact = &r->contacts[r->seats[s].contact];
	uint32_t *at = &contact->seats;
	while (*at != 0)
		at = &r->seats[*at].next;
	*at = s;
	r->seats[s].next = 0;
	contact->seat_count++;
}

static void contact_unlink(struct routing *r, uint32_t s)
{
	struct contact *contact = &r->contacts[r->seats[s].contact];
	uint32_t *at = &contact->seats;
	while (*at != s)
		at = &r->seats[*at].next;
	*at = r->seats[s].next;
	contact->seat_count--;
}

static void count(struct routing *r, const struct seat *seat)
{
	struct agent *agent = &r->agents[seat->agent];
	unsigned channel = r->contacts[seat->contact].channel;
	agent->contact_count++;
	agent->load += seat->weight;
	agent->load_of[channel] += seat->weight;
	agent->count[channel]++;
	agent->offers += seat->role == ROLE_OFFERED;
}

uint32_t core_seat_add(struct routing *r, uint32_t c, uint32_t a, enum routing_role role)
{
	struct contact *contact = &r->contacts[c];
	uint32_t s = core_new_seat(r);
	assert(r->agents[a].contact_count < CORE_AGENT_CONTACTS_MAX &&
	       contact->seat_count < ROUTING_PARALLEL_MAX);
	contact->epoch = ++r->epoch;
	r->seats[s] = (struct seat){.epoch = contact->epoch,
				    .contact = c,
				    .agent = a,
				    .weight = r->channels[contact->channel].weight,
				    .role = (uint8_t)role};
	agent_link(r, s);
	contact_link(r, s);
	count(r, &r->seats[s]);
	core_agent_touch(r, a);
	return s;
}

void core_seat_restore(struct routing *r, uint32_t c, uint32_t a, enum routing_role role,
		       uint16_t weight, uint64_t epoch)
{
	const struct contact *contact = &r->contacts[c];
	uint32_t s = core_new_seat(r);
	r->seats[s] = (struct seat){
		.epoch = epoch, .contact = c, .agent = a, .weight = weight, .role = (uint8_t)role};
	agent_link_sorted(r, s);
	contact_link(r, s);
	count(r, &r->seats[s]);
	r->agents[a].wraps +=
		contact->state == CONTACT_WRAPUP && contact->is_exclusive && role == ROLE_HOLDER;
}

void core_seat_remove(struct routing *r, uint32_t s)
{
	struct seat *seat = &r->seats[s];
	struct contact *contact = &r->contacts[seat->contact];
	uint32_t a = seat->agent;
	struct agent *agent = &r->agents[a];
	agent_unlink(r, s);
	contact_unlink(r, s);
	contact->epoch = ++r->epoch; /* whatever is on its way for the old one is stale now */
	agent->contact_count--;
	agent->load -= seat->weight;
	agent->load_of[contact->channel] -= seat->weight;
	agent->count[contact->channel]--;
	if (seat->role == ROLE_OFFERED)
		agent->offers--;
	else
		agent->idle_since_us = r->now_us;
	if (seat->role == ROLE_HOLDER && contact->state == CONTACT_WRAPUP && contact->is_exclusive)
		agent->wraps--;
	core_drop_seat(r, s);
	core_agent_touch(r, a);
	core_agent_dirty(r, a);
}

void core_seat_promote(struct routing *r, uint32_t s)
{
	struct seat *seat = &r->seats[s];
	struct contact *contact = &r->contacts[seat->contact];
	contact_unlink(r, s);
	seat->next = contact->seats;
	contact->seats = s;
	contact->seat_count++;
	agent_unlink(r, s); /* his list is by epoch, and this is a new one */
	contact->epoch = seat->epoch = ++r->epoch;
	seat->role = ROLE_HOLDER;
	agent_link(r, s);
}

uint32_t core_seat_of(const struct routing *r, uint32_t c, uint32_t a)
{
	uint32_t s = r->contacts[c].seats;
	while (s != 0 && r->seats[s].agent != a)
		s = r->seats[s].next;
	return s;
}

uint32_t core_holder(const struct routing *r, uint32_t c)
{
	uint32_t s = r->contacts[c].seats;
	return s != 0 ? r->seats[s].agent : 0;
}
