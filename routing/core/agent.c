/* SPDX-License-Identifier: Apache-2.0 */
/* What an agent can take now, and the trees of its queues that say so. */
#include "routing/core/parts.h"

#include <assert.h>

/* ---- room ----------------------------------------------------------------------------------- */

static bool excludes(const struct routing *r, const struct agent *agent, unsigned k)
{
	const struct routing_channel_set *channel = &r->channels[k];
	for (unsigned j = CHANNEL_NONE + 1; j < CHANNEL_KINDS; j++)
		if (j != k && agent->count[j] > 0 && (channel->interrupts >> j & 1) == 0 &&
		    (channel->is_exclusive || r->channels[j].is_exclusive))
			return true;
	return false;
}

bool core_agent_has_room(const struct routing *r, uint32_t a, enum channel_kind channel)
{
	const struct agent *agent = &r->agents[a];
	const struct routing_channel_set *set = &r->channels[channel];
	uint32_t load = agent->load;
	if (agent->contact_count == 0)
		return set->weight <= agent->capacity;
	for (unsigned j = CHANNEL_NONE + 1; set->interrupts != 0 && j < CHANNEL_KINDS; j++)
		if ((set->interrupts >> j & 1) != 0)
			load -= agent->load_of[j];
	return agent->contact_count < CORE_AGENT_CONTACTS_MAX &&
	       load + set->weight <= agent->capacity &&
	       (set->count_max == 0 || agent->count[channel] < set->count_max) &&
	       !excludes(r, agent, channel);
}

static uint8_t rooms(const struct routing *r, uint32_t a)
{
	unsigned bits = 0;
	for (unsigned k = CHANNEL_NONE + 1; k < CHANNEL_KINDS; k++)
		bits |= (unsigned)core_agent_has_room(r, a, (enum channel_kind)k) << k;
	return (uint8_t)bits;
}

bool core_agent_is_able(const struct agent *agent)
{
	return !agent->is_removed && agent->wanted == AGENT_READY && !agent->is_lost &&
	       !agent->is_unresponsive && agent->wraps == 0;
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
	return rooms(r, a) != 0 ? AGENT_READY : AGENT_BUSY;
}

bool core_agent_is_available(const struct routing *r, uint32_t a)
{
	return core_agent_rooms(r, a) != 0;
}

uint8_t core_agent_rooms(const struct routing *r, uint32_t a)
{
	return core_agent_is_able(&r->agents[a]) ? rooms(r, a) : 0;
}

/* ---- what it may serve ---------------------------------------------------------------------- */

static bool has_skills(const struct routing *r, uint32_t a, const struct line *l)
{
	for (unsigned i = 0; i < l->required_count; i++)
		if (core_roster_level(r, a, l->needs[i].skill) < l->needs[i].level)
			return false;
	return true;
}

bool core_agent_can_serve(const struct routing *r, uint32_t a, uint32_t l)
{
	return (r->line_masks[l] & ~r->agents[a].skills_mask) == 0 &&
	       has_skills(r, a, &r->lines[l]);
}

uint32_t core_agent_member(const struct routing *r, uint32_t a, uint32_t q)
{
	const struct agent *agent = &r->agents[a];
	uint32_t m = a * ROUTING_MEMBERSHIPS_MAX;
	for (uint32_t i = 0; i < agent->member_count; i++, m++)
		if (r->members[m].queue == q)
			return m;
	return 0;
}

bool core_agent_admits(const struct routing *r, uint32_t a, uint32_t l)
{
	const struct line *line = &r->lines[l];
	if ((r->line_masks[l] & ~r->agents[a].skills_mask) != 0 ||
	    !core_roster_is_member(r, a, line->queue))
		return false;
	if (line->ring_max != ROUTING_ANY || line->penalty_max != ROUTING_ANY) {
		const struct member *member = &r->members[core_agent_member(r, a, line->queue)];
		if ((line->ring_max != ROUTING_ANY && member->ring > line->ring_max) ||
		    (line->penalty_max != ROUTING_ANY && member->penalty > line->penalty_max))
			return false;
	}
	return has_skills(r, a, line);
}

/* ---- trees ---------------------------------------------------------------------------------- */

static void account(struct routing *r, uint32_t a)
{
	struct agent *agent = &r->agents[a];
	bool is_free = agent->contact_count == 0 && core_agent_is_able(agent);
	if (is_free == agent->is_free)
		return;
	agent->is_free = is_free;
	core_roster_set_free(r, a, is_free);
	for (uint32_t i = 0; i < agent->member_count && is_free && r->reserve_count > 0; i++)
		core_queue_freed(r, r->members[a * ROUTING_MEMBERSHIPS_MAX + i].queue);
}

static void unlist(struct routing *r, uint32_t a)
{
	struct agent *agent = &r->agents[a];
	if (!agent->is_listed)
		return;
	for (uint32_t i = 0; i < agent->member_count; i++) {
		uint32_t m = a * ROUTING_MEMBERSHIPS_MAX + i;
		tree_remove(&r->queues[r->members[m].queue].available, r->member_nodes, m);
	}
	agent->is_listed = false;
	core_roster_rooms(r, a, 0);
}

void core_agent_dirty(struct routing *r, uint32_t a)
{
	struct agent *agent = &r->agents[a];
	struct order_key key = {0, 0, agent->idle_since_us, agent->id};
	account(r, a);
	if (agent->is_removed || (agent->is_dirty && order_equal(&key, &r->agent_nodes[a].key)))
		return;
	if (agent->is_dirty)
		tree_remove(&r->dirty, r->agent_nodes, a);
	unlist(r, a);
	agent->is_dirty = true;
	r->agent_nodes[a].key = key;
	tree_add(&r->dirty, r->agent_nodes, a);
}

struct order_key core_agent_key(const struct routing *r, uint32_t m)
{
	const struct member *member = &r->members[m];
	const struct agent *agent = &r->agents[m / ROUTING_MEMBERSHIPS_MAX];
	struct policy_agent figures = {.agent = agent->id,
				       .load = agent->load,
				       .capacity = agent->capacity,
				       .contacts = agent->contact_count,
				       .offers = agent->offers,
				       .skills = agent->held_skills,
				       .turn = member->turn,
				       .idle_since_us = agent->idle_since_us,
				       .position = member->position};
	struct order_key key = {0};
	switch (r->queues[member->queue].set.order) {
	case ORDER_LONGEST_IDLE:
		key = policy_longest_idle(&figures);
		break;
	case ORDER_LEAST_LOADED:
		key = policy_least_loaded(&figures);
		break;
	case ORDER_MOST_SPARE:
		key = policy_most_spare(&figures);
		break;
	case ORDER_FEWEST_SKILLS:
		key = policy_fewest_skills(&figures);
		break;
	case ORDER_ROUND_ROBIN:
		key = policy_round_robin(&figures);
		break;
	case ORDER_TOP_DOWN:
		key = policy_top_down(&figures);
		break;
	case ORDER_BEST_LEVEL: /* these look at the contact: see match.c */
	case ORDER_WEIGHTED_RANDOM:
		key = policy_by_rank(&figures, 0);
		break;
	}
	key.band = (uint32_t)member->ring << 8 | member->penalty; /* two bytes: the ring first */
	return key;
}

static void place(struct routing *r, uint32_t m)
{
	struct tree_node *node = &r->member_nodes[m];
	struct queue *queue = &r->queues[r->members[m].queue];
	struct order_key key = core_agent_key(r, m);
	if (node->size > 0 && order_equal(&key, &node->key))
		return;
	if (node->size > 0)
		tree_remove(&queue->available, r->member_nodes, m);
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
	account(r, a);
	uint8_t bits = core_agent_rooms(r, a);
	if (bits == 0) {
		unlist(r, a);
		return;
	}
	for (uint32_t i = 0; i < agent->member_count; i++)
		place(r, a * ROUTING_MEMBERSHIPS_MAX + i);
	agent->is_listed = true;
	core_roster_rooms(r, a, bits);
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
	enum agent_state before = (enum agent_state)agent->shown;
	if (state == before && reason == agent->shown_reason)
		return;
	agent->shown = (uint8_t)state;
	agent->shown_reason = reason;
	agent->since_us = r->now_us;
	for (uint32_t i = 0; i < agent->member_count; i++) {
		uint32_t q = r->members[a * ROUTING_MEMBERSHIPS_MAX + i].queue;
		r->queues[q].agent_states[before]--;
		r->queues[q].agent_states[state]++;
		core_queue_presence(r, q);
	}
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

void core_agent_join(struct routing *r, uint32_t a, const struct routing_member *member)
{
	struct agent *agent = &r->agents[a];
	uint32_t q = core_find_queue(r, member->queue);
	struct queue *queue = &r->queues[q];
	uint32_t m = a * ROUTING_MEMBERSHIPS_MAX + agent->member_count++;
	r->members[m] = (struct member){.queue = q,
					.next = queue->members,
					.position = member->position,
					.ring = member->ring,
					.penalty = member->penalty,
					.weight = member->weight};
	if (queue->members != 0)
		r->members[queue->members].prev = m;
	queue->members = m;
	queue->member_count++;
	queue->agent_states[agent->shown]++;
	core_roster_queue(r, a, q, true);
	if (agent->is_free)
		core_queue_freed(r, q);
	core_queue_presence(r, q);
}

/* Leaves a hole among the agent's slots; the caller closes it. */
static void unlink_member(struct routing *r, uint32_t m)
{
	struct member *member = &r->members[m];
	struct queue *queue = &r->queues[member->queue];
	const struct agent *agent = &r->agents[m / ROUTING_MEMBERSHIPS_MAX];
	*(member->prev != 0 ? &r->members[member->prev].next : &queue->members) = member->next;
	if (member->next != 0)
		r->members[member->next].prev = member->prev;
	queue->member_count--;
	queue->agent_states[agent->shown]--;
	core_roster_queue(r, m / ROUTING_MEMBERSHIPS_MAX, member->queue, false);
	core_queue_presence(r, member->queue);
}

void core_agent_quit(struct routing *r, uint32_t a)
{
	struct agent *agent = &r->agents[a];
	unlist(r, a);
	while (agent->member_count > 0)
		unlink_member(r, a * ROUTING_MEMBERSHIPS_MAX + --agent->member_count);
}

void core_agent_quit_one(struct routing *r, uint32_t a, uint32_t q)
{
	struct member kept[ROUTING_MEMBERSHIPS_MAX];
	uint32_t count = r->agents[a].member_count, base = a * ROUTING_MEMBERSHIPS_MAX;
	for (uint32_t i = 0; i < count; i++)
		kept[i] = r->members[base + i];
	core_agent_quit(r, a);
	for (uint32_t i = 0; i < count; i++) {
		if (kept[i].queue == q)
			continue;
		struct routing_member again = {r->queues[kept[i].queue].set.queue, kept[i].ring,
					       kept[i].penalty, kept[i].weight, kept[i].position};
		uint32_t m = base + r->agents[a].member_count;
		core_agent_join(r, a, &again);
		r->members[m].turn = kept[i].turn;
	}
	core_agent_refresh(r, a);
}
