/* SPDX-License-Identifier: Apache-2.0 */
/* Every invariant, recomputed the slow way. */
#include "routing/core/parts.h"

#include <assert.h>

/* The assertions of this file are its purpose: they must not vanish with NDEBUG. */
#ifdef NDEBUG
#error "routing is built with its assertions"
#endif

static uint32_t check_subtree(const struct tree_node *nodes, uint32_t i, uint32_t parent)
{
	if (i == 0)
		return 0;
	assert(nodes[i].parent == parent);
	uint32_t left = check_subtree(nodes, nodes[i].left, i);
	uint32_t right = check_subtree(nodes, nodes[i].right, i);
	assert(nodes[i].size == 1 + left + right);
	return nodes[i].size;
}

static uint32_t check_tree(const struct tree *t, const struct tree_node *nodes)
{
	uint32_t count = check_subtree(nodes, t->root, 0), seen = 0;
	for (uint32_t i = t->first, next; i != 0; i = next) {
		next = tree_next(nodes, i);
		assert(next == 0 || order_before(&nodes[i].key, &nodes[next].key));
		seen++;
	}
	assert(seen == count);
	return count;
}

static void check_timers(const struct routing *r)
{
	uint32_t expected = 0;
	for (uint32_t i = 1; i <= r->timer_count; i++) {
		uint32_t item = r->timers[i].item;
		bool is_agent = (item & CORE_TIMER_AGENT) != 0;
		const struct agent *agent = &r->agents[item & ~CORE_TIMER_AGENT];
		assert(i == 1 || r->timers[i / 2].at <= r->timers[i].at);
		if (is_agent)
			assert(agent->timer == i && agent->deadline_us == r->timers[i].at);
		else
			assert(r->contacts[item].timer == i &&
			       r->contacts[item].deadline_us == r->timers[i].at);
	}
	TABLE_EACH(slot, &r->contact_by_id)
	expected += r->contacts[slot->value].deadline_us != USHER_NEVER;
	TABLE_EACH(slot, &r->agent_by_id)
	expected += r->agents[slot->value].deadline_us != USHER_NEVER;
	assert(expected == r->timer_count);
}

static void check_contact(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	const struct line *line = &r->lines[contact->line];
	bool is_waiting = contact->state == CONTACT_WAITING;
	bool is_held = contact->state == CONTACT_OFFERED || contact->state == CONTACT_ACTIVE ||
		       contact->state == CONTACT_WRAPUP;
	assert(contact->state > CONTACT_NONE && contact->state < CONTACT_CLOSED);
	assert(is_held == (contact->agent != 0));
	assert(is_waiting == (contact->place != PLACE_NONE));
	assert(line->refs > 0 && line->queue == contact->queue &&
	       line->channel == contact->channel);
	assert(is_waiting || line->only == 0);
	assert((line->only != 0) == (contact->hold_us != 0));
	assert((contact->parker != 0) == (contact->state == CONTACT_PARKED));
	assert((contact->excluded_count > 0) == (contact->excluded_us > 0));
	/* Each has a deadline; a held one is guarded by the presence of its agent instead. */
	assert((contact->deadline_us == USHER_NEVER) ==
	       (contact->place == PLACE_FRESH || contact->state == CONTACT_ACTIVE));
	struct order_key key = policy_contact(contact->priority, contact->first_us, contact->id);
	assert(!is_waiting || order_equal(&key, &r->contact_nodes[c].key));
	assert(contact->first_us <= r->now_us && contact->queued_us <= r->now_us);
	assert(contact->epoch <= r->epoch && contact->entry <= r->epoch);
}

/* Between steps no agent that is ready has room for a contact that waits, unless the step had no
 * room itself and asked for a tick at once. */
static void check_work_conserving(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	if (contact->place != PLACE_LINE || r->queues[contact->queue].is_removed)
		return;
	TABLE_EACH(slot, &r->agent_by_id)
	{
		uint32_t a = (uint32_t)slot->value;
		if (r->agents[a].is_removed || r->agents[a].is_dirty)
			continue;
		/* What is over by the clock but not ticked yet still counts: hence no `now`. */
		assert(core_why(r, c, a, 0).reason != REASON_CHOSEN);
	}
}

static void check_agent(const struct routing *r, uint32_t a)
{
	const struct agent *agent = &r->agents[a];
	uint32_t load = 0, offers = 0, contacts = 0, wraps = 0, previous = 0;
	uint16_t count[CHANNEL_KINDS] = {0};
	for (uint32_t c = agent->contacts_first; c != 0; c = r->contacts[c].agent_next) {
		const struct contact *contact = &r->contacts[c];
		assert(contact->agent == a && contact->agent_prev == previous);
		assert(previous == 0 || r->contacts[previous].epoch < contact->epoch);
		previous = c;
		load += contact->weight;
		contacts++;
		offers += contact->state == CONTACT_OFFERED;
		wraps += contact->state == CONTACT_WRAPUP && contact->is_exclusive;
		count[contact->channel]++;
	}
	assert(agent->contacts_last == previous && agent->load == load);
	assert(agent->offers == offers && agent->contact_count == contacts);
	assert(agent->wraps == wraps && contacts <= CORE_AGENT_CONTACTS_MAX);
	for (unsigned k = 0; k < CHANNEL_KINDS; k++)
		assert(agent->count[k] == count[k]);
	assert(!agent->is_touched);
	assert(agent->is_removed || agent->is_dirty == (r->agent_nodes[a].size > 0));
	assert(agent->is_dirty || agent->shown == core_agent_state(r, a));
	bool is_present =
		agent->wanted == AGENT_READY && !agent->is_lost && !agent->is_unresponsive;
	assert(offers == 0 || is_present);
	for (uint32_t i = 0; i < agent->member_count; i++) {
		uint32_t m = a * ROUTING_MEMBERSHIPS_MAX + i;
		bool is_in = r->member_nodes[m].size > 0;
		assert(agent->is_dirty || is_in == core_agent_is_available(r, a));
		for (uint32_t k = 0; k < i; k++)
			assert(r->members[m - i + k].queue != r->members[m].queue);
	}
}

static uint32_t check_lines(const struct routing *r, uint32_t first, bool is_reserved)
{
	uint32_t waiting = 0, previous = 0;
	for (uint32_t l = first; l != 0; l = r->lines[l].queue_next) {
		const struct line *line = &r->lines[l];
		assert(line->queue_prev == previous && (line->only != 0) == is_reserved);
		previous = l;
		uint32_t count = check_tree(&line->waiting, r->contact_nodes);
		assert(count > 0 && count <= line->refs);
		for (uint32_t c = line->waiting.first; c != 0; c = tree_next(r->contact_nodes, c))
			assert(r->contacts[c].line == l && r->contacts[c].place == PLACE_LINE);
		waiting += count;
	}
	return waiting;
}

static void check_queue(const struct routing *r, uint32_t q)
{
	const struct queue *queue = &r->queues[q];
	uint32_t states[CONTACT_STATES] = {0}, agents[AGENT_STATES] = {0};
	uint32_t contacts = 0, previous = 0, fresh = 0, in_tree = 0;
	for (uint32_t c = queue->contacts_first; c != 0; c = r->contacts[c].queue_next) {
		assert(r->contacts[c].queue == q && r->contacts[c].queue_prev == previous);
		assert(previous == 0 || r->contacts[previous].entry < r->contacts[c].entry);
		previous = c;
		states[r->contacts[c].state]++;
		fresh += r->contacts[c].place == PLACE_FRESH;
		contacts++;
	}
	assert(contacts == queue->contact_count && queue->contacts_last == previous);
	for (unsigned s = 0; s < CONTACT_STATES; s++)
		assert(states[s] == queue->contact_states[s]);
	for (uint32_t m = queue->members; m != 0; m = r->members[m].next) {
		assert(r->members[m].queue == q);
		agents[r->agents[m / ROUTING_MEMBERSHIPS_MAX].shown]++;
		in_tree += r->member_nodes[m].size > 0;
	}
	for (unsigned s = 0; s < AGENT_STATES; s++)
		assert(agents[s] == queue->agent_states[s]);
	assert(check_tree(&queue->available, r->member_nodes) == in_tree);
	assert(check_lines(r, queue->open, false) + check_lines(r, queue->reserved, true) + fresh ==
	       states[CONTACT_WAITING]);
	assert(queue->is_removed || queue->drain == 0);
	assert(!queue->is_removed || queue->members == 0);
	assert(!queue->is_removed || contacts > 0 || r->queue_nodes[q].size > 0);
}

void routing_check(const struct routing *r)
{
	assert(r->contact_count == r->contact_by_id.count);
	assert(r->agent_count == r->agent_by_id.count);
	assert(r->queue_count == r->queue_by_id.count);
	assert(r->touched == 0 && r->touched_count == 0);
	check_timers(r);
	check_tree(&r->fresh, r->contact_nodes);
	check_tree(&r->dirty, r->agent_nodes);
	TABLE_EACH(slot, &r->contact_by_id)
	{
		check_contact(r, (uint32_t)slot->value);
		check_work_conserving(r, (uint32_t)slot->value);
	}
	TABLE_EACH(slot, &r->agent_by_id)
	check_agent(r, (uint32_t)slot->value);
	TABLE_EACH(slot, &r->queue_by_id)
	check_queue(r, (uint32_t)slot->value);
}
