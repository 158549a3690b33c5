/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about the state. */
#include "routing/core/parts.h"

#define OLDEST_MAX 1000 /* contacts of one line that are looked at for the oldest */

/* ---- contact -------------------------------------------------------------------------------- */

/* How many of the line stand before a contact with this key and growth. Where the growths differ:
 * those with a higher score, which are the ones that arrived before a certain instant. */
static uint32_t before_in_line(const struct routing *r, const struct line *l,
			       const struct order_key *key, uint16_t growth)
{
	if (l->growth == growth || l->key.tier != key->band)
		return tree_rank(&l->waiting, r->contact_nodes, key);
	uint32_t low = 0, high = tree_count(&l->waiting, r->contact_nodes);
	while (low < high) { /* inside the line the order is fixed: find where it changes sides */
		uint32_t middle = (low + high) / 2;
		uint32_t c = tree_nth(&l->waiting, r->contact_nodes, middle);
		if (policy_contact_before(&r->contact_nodes[c].key, l->growth, key, growth,
					  r->now_us))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t position(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	const struct line *line = &r->lines[contact->line];
	struct order_key key = r->contact_nodes[c].key;
	uint32_t before = 0;
	for (uint32_t l = r->queues[contact->queue].lines; l != 0; l = r->lines[l].queue_next)
		before += before_in_line(r, &r->lines[l], &key, line->growth);
	return before + 1;
}

static usher_us deadline_of(const struct routing *r, const struct contact *contact)
{
	if (contact->place == PLACE_FRESH)
		return r->now_us;
	if (contact->state == CONTACT_WAITING && r->review_us < contact->due_us)
		return r->review_us;
	return contact->due_us;
}

static void view_contact(const struct routing *r, uint32_t c, struct routing_contact_view *ret)
{
	const struct contact *contact = &r->contacts[c];
	const struct seat *seat = &r->seats[contact->seats];
	*ret = (struct routing_contact_view){
		.contact = contact->id,
		.queue = r->queues[contact->queue].set.queue,
		.agent = contact->seats != 0 ? r->agents[seat->agent].id : contact->parker,
		.epoch = contact->seats != 0 ? seat->epoch : contact->epoch,
		.channel = (enum channel_kind)contact->channel,
		.state = (enum contact_state)contact->state,
		.priority = contact->priority,
		.first_us = contact->first_us,
		.queued_us = contact->queued_us,
		.deadline_us = deadline_of(r, contact),
		.step = contact->step,
		.seats = contact->seat_count,
		.is_callback = contact->is_callback,
		.is_closed_hours = contact->state == CONTACT_PARKED && contact->park == PARK_CLOSED,
		.consults_for = contact->about != 0 ? r->contacts[contact->about].id : 0,
	};
	if (contact->state == CONTACT_WAITING)
		ret->position = position(r, c);
}

bool routing_contact(const struct routing *r, usher_id contact, struct routing_contact_view *ret)
{
	uint32_t c = core_find_contact(r, contact);
	if (c != 0)
		view_contact(r, c, ret);
	return c != 0;
}

unsigned routing_seats(const struct routing *r, usher_id contact,
		       struct routing_seat_view ret[ROUTING_PARALLEL_MAX])
{
	uint32_t c = core_find_contact(r, contact);
	unsigned count = 0;
	for (uint32_t s = c != 0 ? r->contacts[c].seats : 0; s != 0; s = r->seats[s].next)
		ret[count++] = (struct routing_seat_view){r->agents[r->seats[s].agent].id,
							  r->seats[s].epoch,
							  (enum routing_role)r->seats[s].role};
	return count;
}

unsigned routing_requirements(const struct routing *r, usher_id contact,
			      struct routing_requirement ret[ROUTING_RESOLVED_MAX])
{
	uint32_t c = core_find_contact(r, contact);
	if (c == 0)
		return 0;
	const struct line *line = &r->lines[r->contacts[c].line];
	unsigned required = 0, preferred = line->required_count, count = 0;
	while (count < line->need_count) {
		bool is_next = preferred == line->need_count ||
			       (required < line->required_count &&
				line->needs[required].skill < line->needs[preferred].skill);
		const struct need *need = &line->needs[is_next ? required++ : preferred++];
		ret[count++] = (struct routing_requirement){.skill = need->skill,
							    .level = need->level,
							    .is_preferred = need->is_preferred};
	}
	return count;
}

/* ---- agent, channel, queue ------------------------------------------------------------------ */

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
	*ret = r->channels[channel];
	ret->channel = channel; /* of one that was never set too */
	return true;
}

/* In a line the order is that of the place, not of the first message: those whose priority puts them
 * ahead may hide one who came before them, but not by more than the priorities differ. */
static usher_us oldest_of_line(const struct routing *r, const struct line *l, usher_us spread)
{
	uint32_t c = l->waiting.first;
	const struct tree_node *nodes = r->contact_nodes;
	usher_us best = r->contacts[c].first_us, last = nodes[c].key.at + spread;
	for (unsigned i = 0; i < OLDEST_MAX && spread > 0 && c != 0 && nodes[c].key.at <= last; i++) {
		best = r->contacts[c].first_us < best ? r->contacts[c].first_us : best;
		c = tree_next(nodes, c);
	}
	return best;
}

static usher_us oldest(const struct routing *r, const struct queue *queue)
{
	usher_us best = USHER_NEVER, low = 0, high = 0;
	for (unsigned p = 0; queue->set.has_ranks && p < CONTACT_PRIORITIES; p++) {
		usher_us ahead = queue->set.ranks[p].ahead_us;
		low = p == 0 || ahead < low ? ahead : low;
		high = p == 0 || ahead > high ? ahead : high;
	}
	for (uint32_t l = queue->lines; l != 0; l = r->lines[l].queue_next) {
		usher_us at = oldest_of_line(r, &r->lines[l], high - low);
		best = at < best ? at : best;
	}
	for (uint32_t c = queue->own; c != 0; c = r->contacts[c].own_next)
		best = r->contacts[c].first_us < best ? r->contacts[c].first_us : best;
	return best;
}

bool routing_queue(const struct routing *r, usher_id queue, struct routing_queue_view *ret)
{
	uint32_t q = core_find_queue(r, queue);
	if (q == 0 || r->queues[q].is_removed)
		return false;
	const struct queue *it = &r->queues[q];
	*ret = (struct routing_queue_view){
		.queue = it->set.queue,
		.waiting = it->contact_states[CONTACT_WAITING],
		.offered = it->contact_states[CONTACT_OFFERED],
		.active = it->contact_states[CONTACT_ACTIVE],
		.oldest_us = oldest(r, it),
		.agents_ready = it->agent_states[AGENT_READY],
		.agents_busy = it->agent_states[AGENT_BUSY] + it->agent_states[AGENT_WRAPUP],
		.agents_free = core_roster_free(r, q),
		.is_open = !it->is_closed,
		.until_us = it->until_us,
	};
	for (unsigned s = 0; s < AGENT_STATES; s++)
		ret->agents_signed_in += s != AGENT_SIGNED_OUT ? it->agent_states[s] : 0;
	return true;
}

/* ---- all ------------------------------------------------------------------------------------ */

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
