/* SPDX-License-Identifier: Apache-2.0 */
/* What an agent can take now, and the trees of its queues that say so. */
#include "routing/core/parts.h"

#include <assert.h>

bool core_agent_has_room(const struct routing *r, uint32_t a, enum channel_kind channel)
{
	const struct agent *agent = &r->agents[a];
	const struct core_channel *ch = &r->channels[channel];
	return agent->contact_count < CORE_AGENT_CONTACTS_MAX &&
	       agent->load + ch->weight <= agent->capacity &&
	       (ch->count_max == 0 || agent->count[channel] < ch->count_max);
}

static bool has_any_room(const struct routing *r, uint32_t a)
{
	for (unsigned k = CHANNEL_NONE + 1; k < CHANNEL_KINDS; k++)
		if (core_agent_has_room(r, a, (enum channel_kind)k))
			return true;
	return false;
}

enum agent_state core_agent_state(const struct routing *r, uint32_t a)
{
	const struct agent *agent = &r->agents[a];
	if (agent->is_removed || agent->wanted == AGENT_SIGNED_OUT)
		return AGENT_SIGNED_OUT;
	if (agent->is_lost)
		return AGENT_LOST;
	if (agent->wanted == AGENT_NOT_READY)
		return AGENT_NOT_READY;
	if (agent->is_unresponsive)
		return AGENT_NOT_RESPONDING;
	if (agent->wraps > 0)
		return AGENT_WRAPUP;
	return has_any_room(r, a) ? AGENT_READY : AGENT_BUSY;
}

bool core_agent_is_available(const struct routing *r, uint32_t a)
{
	return core_agent_state(r, a) == AGENT_READY;
}

static uint8_t level_of(const struct agent *agent, uint32_t skill)
{
	unsigned low = 0, high = agent->skill_count;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (agent->skills[middle].skill < skill)
			low = middle + 1;
		else
			high = middle;
	}
	bool has = low < agent->skill_count && agent->skills[low].skill == skill;
	return has ? agent->skills[low].level : 0;
}

bool core_agent_can_serve(const struct routing *r, uint32_t a, const struct line *l)
{
	const struct agent *agent = &r->agents[a];
	for (unsigned i = 0; i < l->requirement_count; i++)
		if (l->requirements[i].level > 0 &&
		    ((agent->skills_mask >> (l->requirements[i].skill & 63) & 1) == 0 ||
		     level_of(agent, l->requirements[i].skill) < l->requirements[i].level))
			return false;
	return true;
}

bool core_agent_is_member(const struct routing *r, uint32_t a, uint32_t q)
{
	for (uint32_t i = 0; i < r->agents[a].member_count; i++)
		if (r->members[a * ROUTING_MEMBERSHIPS_MAX + i].queue == q)
			return true;
	return false;
}

/* ---- trees ---------------------------------------------------------------------------------- */

void core_agent_dirty(struct routing *r, uint32_t a)
{
	struct agent *agent = &r->agents[a];
	struct order_key key = {0, agent->idle_since_us, agent->id};
	if (agent->is_removed || (agent->is_dirty && order_equal(&key, &r->agent_nodes[a].key)))
		return;
	if (agent->is_dirty)
		tree_remove(&r->dirty, r->agent_nodes, a);
	agent->is_dirty = true;
	r->agent_nodes[a].key = key;
	tree_add(&r->dirty, r->agent_nodes, a);
}

static void place(struct routing *r, uint32_t m, bool is_available,
		  const struct policy_agent *figures)
{
	struct tree_node *node = &r->member_nodes[m];
	struct queue *queue = &r->queues[r->members[m].queue];
	struct order_key key = queue->set.order == ORDER_LEAST_LOADED
				       ? policy_least_loaded(figures)
				       : policy_longest_idle(figures);
	if (node->size > 0 && is_available && order_equal(&key, &node->key))
		return;
	if (node->size > 0)
		tree_remove(&queue->available, r->member_nodes, m);
	if (!is_available)
		return;
	node->key = key;
	tree_add(&queue->available, r->member_nodes, m);
}

void core_agent_refresh(struct routing *r, uint32_t a)
{
	struct agent *agent = &r->agents[a];
	if (agent->is_dirty) {
		core_agent_dirty(r, a); /* it has its turn later; only its place there may change */
		return;
	}
	bool is_available = core_agent_is_available(r, a);
	if (!is_available && !agent->is_listed)
		return;
	struct policy_agent figures = {agent->id, agent->load, agent->capacity, agent->offers,
				       agent->idle_since_us};
	for (uint32_t i = 0; i < agent->member_count; i++)
		place(r, a * ROUTING_MEMBERSHIPS_MAX + i, is_available, &figures);
	agent->is_listed = is_available;
}

/* ---- contacts in hand ----------------------------------------------------------------------- */

void core_agent_attach(struct routing *r, uint32_t c, uint32_t a)
{
	struct contact *contact = &r->contacts[c];
	struct agent *agent = &r->agents[a];
	assert(contact->agent == 0 && agent->contact_count < CORE_AGENT_CONTACTS_MAX);
	contact->agent = a;
	contact->epoch = ++r->epoch;
	contact->weight = r->channels[contact->channel].weight;
	contact->agent_prev = agent->contacts_last;
	contact->agent_next = 0;
	*(agent->contacts_last != 0 ? &r->contacts[agent->contacts_last].agent_next
				    : &agent->contacts_first) = c;
	agent->contacts_last = c;
	agent->contact_count++;
	agent->load += contact->weight;
	agent->count[contact->channel]++;
	agent->offers += contact->state == CONTACT_OFFERED;
	core_agent_touch(r, a);
}

void core_agent_detach(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	uint32_t a = contact->agent;
	struct agent *agent = &r->agents[a];
	*(contact->agent_prev != 0 ? &r->contacts[contact->agent_prev].agent_next
				   : &agent->contacts_first) = contact->agent_next;
	*(contact->agent_next != 0 ? &r->contacts[contact->agent_next].agent_prev
				   : &agent->contacts_last) = contact->agent_prev;
	contact->agent = 0;
	contact->epoch = ++r->epoch; /* whatever is on its way for the old one is stale now */
	agent->contact_count--;
	agent->load -= contact->weight;
	agent->count[contact->channel]--;
	if (contact->state == CONTACT_OFFERED)
		agent->offers--;
	else
		agent->idle_since_us = r->now_us;
	if (contact->state == CONTACT_WRAPUP && contact->is_exclusive)
		agent->wraps--;
	core_agent_touch(r, a);
	core_agent_dirty(r, a);
}

/* ---- the state that is shown ---------------------------------------------------------------- */

void core_agent_touch(struct routing *r, uint32_t a)
{
	struct agent *agent = &r->agents[a];
	if (agent->is_touched)
		return;
	agent->is_touched = true;
	agent->touched_next = r->touched;
	r->touched = a;
	r->touched_count++;
}

static void show(struct routing *r, uint32_t a)
{
	struct agent *agent = &r->agents[a];
	enum agent_state state = core_agent_state(r, a);
	uint32_t reason = state == AGENT_NOT_READY ? agent->reason : 0;
	if (state == agent->shown && reason == agent->shown_reason)
		return;
	for (uint32_t i = 0; i < agent->member_count; i++) {
		uint32_t q = r->members[a * ROUTING_MEMBERSHIPS_MAX + i].queue;
		r->queues[q].agent_states[agent->shown]--;
		r->queues[q].agent_states[state]++;
	}
	agent->shown = (uint8_t)state;
	agent->shown_reason = reason;
	agent->since_us = r->now_us;
	struct routing_effect *fx = core_effect(r, FX_AGENT_STATE, 0, a);
	fx->state = state;
	fx->reason = reason;
}

void core_agent_show(struct routing *r)
{
	for (uint32_t a = r->touched; a != 0; a = r->agents[a].touched_next) {
		r->agents[a].is_touched = false;
		show(r, a);
	}
	r->touched = r->touched_count = 0;
}

/* ---- membership ----------------------------------------------------------------------------- */

void core_agent_join(struct routing *r, uint32_t a, uint32_t q)
{
	struct agent *agent = &r->agents[a];
	uint32_t m = a * ROUTING_MEMBERSHIPS_MAX + agent->member_count++;
	r->members[m] = (struct member){q, 0, r->queues[q].members};
	if (r->queues[q].members != 0)
		r->members[r->queues[q].members].prev = m;
	r->queues[q].members = m;
	r->queues[q].agent_states[agent->shown]++;
}

/* Leaves a hole among the agent's slots; the caller closes it. */
void core_member_unlink(struct routing *r, uint32_t m)
{
	struct member *member = &r->members[m];
	struct queue *queue = &r->queues[member->queue];
	if (r->member_nodes[m].size > 0)
		tree_remove(&queue->available, r->member_nodes, m);
	*(member->prev != 0 ? &r->members[member->prev].next : &queue->members) = member->next;
	if (member->next != 0)
		r->members[member->next].prev = member->prev;
	queue->agent_states[r->agents[m / ROUTING_MEMBERSHIPS_MAX].shown]--;
}

void core_agent_quit(struct routing *r, uint32_t a)
{
	struct agent *agent = &r->agents[a];
	while (agent->member_count > 0)
		core_member_unlink(r, a * ROUTING_MEMBERSHIPS_MAX + --agent->member_count);
	agent->is_listed = false;
}
