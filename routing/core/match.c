/* SPDX-License-Identifier: Apache-2.0 */
/* Who takes whom. The two searches are mirror images and must agree on who may take what. */
#include "routing/core/parts.h"

static bool is_candidate(const struct routing *r, uint32_t a, uint32_t c, const struct line *l)
{
	const struct agent *agent = &r->agents[a];
	return !agent->is_dirty && core_agent_has_room(r, a, l->channel) &&
	       (l->is_directed || core_agent_can_serve(r, a, l)) && !core_contact_excludes(r, c, a);
}

uint32_t core_match_agent(const struct routing *r, uint32_t c)
{
	const struct line *l = &r->lines[r->contacts[c].line];
	const struct queue *queue = &r->queues[l->queue];
	if (l->only != 0) {
		bool may = core_agent_is_available(r, l->only) &&
			   (l->is_directed || core_agent_is_member(r, l->only, l->queue));
		return may && is_candidate(r, l->only, c, l) ? l->only : 0;
	}
	for (uint32_t m = queue->available.first; m != 0; m = tree_next(r->member_nodes, m))
		if (is_candidate(r, m / ROUTING_MEMBERSHIPS_MAX, c, l))
			return m / ROUTING_MEMBERSHIPS_MAX;
	return 0;
}

/* The first of the line that the agent may take, if it stands before `best`. */
static uint32_t first_of_line(const struct routing *r, uint32_t a, const struct line *l,
			      uint32_t best)
{
	const struct tree_node *nodes = r->contact_nodes;
	uint32_t c = l->waiting.first;
	if (best != 0 && !order_before(&nodes[c].key, &nodes[best].key))
		return best;
	if (!core_agent_has_room(r, a, l->channel) ||
	    (!l->is_directed && !core_agent_can_serve(r, a, l)))
		return best;
	while (c != 0 && (best == 0 || order_before(&nodes[c].key, &nodes[best].key))) {
		if (!core_contact_excludes(r, c, a))
			return c;
		c = tree_next(nodes, c);
	}
	return best;
}

uint32_t core_match_contact(const struct routing *r, uint32_t a)
{
	const struct agent *agent = &r->agents[a];
	uint32_t best = 0;
	if (!core_agent_is_available(r, a))
		return 0;
	for (uint32_t l = agent->own; l != 0; l = r->lines[l].own_next) {
		const struct line *line = &r->lines[l];
		if (!r->queues[line->queue].is_removed &&
		    (line->is_directed || core_agent_is_member(r, a, line->queue)))
			best = first_of_line(r, a, line, best);
	}
	for (uint32_t i = 0; i < agent->member_count; i++) {
		uint32_t q = r->members[a * ROUTING_MEMBERSHIPS_MAX + i].queue;
		for (uint32_t l = r->queues[q].open; l != 0; l = r->lines[l].queue_next)
			best = first_of_line(r, a, &r->lines[l], best);
	}
	return best;
}

bool core_match_others(const struct routing *r, uint32_t c)
{
	const struct line *l = &r->lines[r->contacts[c].line];
	for (uint32_t m = r->queues[l->queue].members; m != 0; m = r->members[m].next) {
		uint32_t a = m / ROUTING_MEMBERSHIPS_MAX;
		const struct agent *agent = &r->agents[a];
		if (agent->wanted != AGENT_SIGNED_OUT && !agent->is_lost &&
		    core_agent_can_serve(r, a, l) && !core_contact_excludes(r, c, a))
			return true;
	}
	return false;
}
