/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about the state. */
#include "routing/core/parts.h"

static uint32_t position(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	const struct queue *queue = &r->queues[contact->queue];
	struct order_key key = policy_contact(contact->priority, contact->first_us, contact->id);
	uint32_t before = 0;
	for (uint32_t l = queue->open; l != 0; l = r->lines[l].queue_next)
		before += tree_rank(&r->lines[l].waiting, r->contact_nodes, &key);
	for (uint32_t l = queue->reserved; l != 0; l = r->lines[l].queue_next)
		before += tree_rank(&r->lines[l].waiting, r->contact_nodes, &key);
	return before + 1;
}

static void view_contact(const struct routing *r, uint32_t c, struct routing_contact_view *ret)
{
	const struct contact *contact = &r->contacts[c];
	*ret = (struct routing_contact_view){
		.contact = contact->id,
		.queue = r->queues[contact->queue].set.queue,
		.agent = contact->agent != 0 ? r->agents[contact->agent].id : contact->parker,
		.epoch = contact->epoch,
		.channel = (enum channel_kind)contact->channel,
		.state = (enum contact_state)contact->state,
		.priority = contact->priority,
		.first_us = contact->first_us,
		.queued_us = contact->queued_us,
		.deadline_us = contact->deadline_us,
	};
	if (contact->place == PLACE_FRESH)
		ret->deadline_us = r->now_us;
	if (contact->state == CONTACT_WAITING)
		ret->position = position(r, c);
}

static void view_agent(const struct routing *r, uint32_t a, struct routing_agent_view *ret)
{
	const struct agent *agent = &r->agents[a];
	*ret = (struct routing_agent_view){
		.agent = agent->id,
		.state = (enum agent_state)agent->shown,
		.wanted = (enum agent_state)agent->wanted,
		.since_us = agent->since_us,
		.reason = agent->reason,
		.capacity = agent->capacity,
		.load = agent->load < UINT16_MAX ? (uint16_t)agent->load : UINT16_MAX,
		.missed = agent->missed,
	};
	for (unsigned k = 0; k < CHANNEL_KINDS; k++)
		ret->count[k] = agent->count[k];
}

static usher_us oldest_of_line(const struct routing *r, const struct line *line)
{
	usher_us oldest = USHER_NEVER;
	for (uint32_t c = line->waiting.first; c != 0;) {
		if (r->contacts[c].first_us < oldest)
			oldest = r->contacts[c].first_us;
		struct order_key next = {(uint64_t)r->contacts[c].priority + 1, INT64_MIN, 0};
		c = tree_at(&line->waiting, r->contact_nodes, &next);
	}
	return oldest;
}

static usher_us oldest(const struct routing *r, uint32_t first)
{
	usher_us best = USHER_NEVER;
	for (uint32_t l = first; l != 0; l = r->lines[l].queue_next) {
		usher_us at = oldest_of_line(r, &r->lines[l]);
		best = at < best ? at : best;
	}
	return best;
}

bool routing_contact(const struct routing *r, usher_id contact, struct routing_contact_view *ret)
{
	uint32_t c = core_find_contact(r, contact);
	if (c != 0)
		view_contact(r, c, ret);
	return c != 0;
}

bool routing_agent(const struct routing *r, usher_id agent, struct routing_agent_view *ret)
{
	uint32_t a = core_find_agent(r, agent);
	if (a != 0)
		view_agent(r, a, ret);
	return a != 0;
}

bool routing_channel(const struct routing *r, enum channel_kind channel,
		     struct routing_channel_set *ret)
{
	if (channel == CHANNEL_NONE || (unsigned)channel >= CHANNEL_KINDS)
		return false;
	*ret = (struct routing_channel_set){.channel = channel,
					    .weight = r->channels[channel].weight,
					    .count_max = r->channels[channel].count_max};
	return true;
}

bool routing_queue(const struct routing *r, usher_id queue, struct routing_queue_view *ret)
{
	uint32_t q = core_find_queue(r, queue);
	if (q == 0 || r->queues[q].is_removed)
		return false;
	const struct queue *it = &r->queues[q];
	usher_us open = oldest(r, it->open), reserved = oldest(r, it->reserved);
	*ret = (struct routing_queue_view){
		.queue = it->set.queue,
		.waiting = it->contact_states[CONTACT_WAITING],
		.offered = it->contact_states[CONTACT_OFFERED],
		.active = it->contact_states[CONTACT_ACTIVE],
		.oldest_us = open < reserved ? open : reserved,
		.agents_ready = it->agent_states[AGENT_READY],
		.agents_busy = it->agent_states[AGENT_BUSY] + it->agent_states[AGENT_WRAPUP],
	};
	for (unsigned s = 0; s < AGENT_STATES; s++)
		ret->agents_signed_in += s != AGENT_SIGNED_OUT ? it->agent_states[s] : 0;
	return true;
}

void routing_each_contact(const struct routing *r, routing_on_contact on_contact, void *arg)
{
	TABLE_EACH(slot, &r->contact_by_id)
	{
		struct routing_contact_view view;
		view_contact(r, (uint32_t)slot->value, &view);
		on_contact(&view, arg);
	}
}

void routing_each_agent(const struct routing *r, routing_on_agent on_agent, void *arg)
{
	TABLE_EACH(slot, &r->agent_by_id)
	{
		if (r->agents[slot->value].is_removed)
			continue;
		struct routing_agent_view view;
		view_agent(r, (uint32_t)slot->value, &view);
		on_agent(&view, arg);
	}
}
