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
		const struct timer *t = &r->timers[i];
		uint32_t slot = t->item & ~TIMER_KINDS;
		assert(i == 1 || r->timers[(i + 2) / 4].at <= t->at);
		switch (t->item & TIMER_KINDS) {
		case TIMER_AGENT:
			assert(r->agents[slot].timer == i && r->agents[slot].due_us == t->at);
			break;
		case TIMER_QUEUE:
			assert(r->queues[slot].timer == i && r->queues[slot].due_us == t->at);
			break;
		case TIMER_LINE: /* too early at most, and right where it is the first */
			assert(r->line_timers[slot] == i);
			assert(r->lines[slot].due_first == 0 ||
			       r->contacts[r->lines[slot].due_first].due_us >= t->at);
			assert(i > 1 || r->contacts[r->lines[slot].due_first].due_us == t->at);
			break;
		default:
			assert(r->contacts[slot].timer == i && r->contacts[slot].due_us == t->at &&
			       !r->contacts[slot].is_listed);
		}
	}
	TABLE_EACH(slot, &r->contact_by_id)
	expected += r->contacts[slot->value].due_us != USHER_NEVER &&
		    !r->contacts[slot->value].is_listed;
	TABLE_EACH(slot, &r->agent_by_id)
	expected += r->agents[slot->value].due_us != USHER_NEVER;
	TABLE_EACH(slot, &r->queue_by_id)
	expected += r->queues[slot->value].due_us != USHER_NEVER;
	TABLE_EACH(slot, &r->line_by_hash)
	for (uint32_t l = (uint32_t)slot->value; l != 0; l = r->lines[l].hash_next) {
		expected += r->line_timers[l] != 0;
		assert(r->line_timers[l] != 0 || r->lines[l].due_first == 0);
	}
	assert(expected == r->timer_count);
}

/* ---- contacts ------------------------------------------------------------------------------- */

static void check_seats(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	unsigned count = 0;
	for (uint32_t s = contact->seats; s != 0; s = r->seats[s].next, count++) {
		const struct seat *seat = &r->seats[s];
		bool is_first = s == contact->seats;
		assert(seat->contact == c && core_seat_of(r, c, seat->agent) == s);
		assert(seat->epoch <= contact->epoch && contact->epoch <= r->epoch);
		if (contact->state == CONTACT_OFFERED)
			assert(seat->role == ROLE_OFFERED);
		else
			assert(seat->role == (is_first ? ROLE_HOLDER : ROLE_CONFERRING));
		assert(contact->state != CONTACT_WRAPUP || is_first);
	}
	bool is_held = contact->state == CONTACT_OFFERED || contact->state == CONTACT_ACTIVE ||
		       contact->state == CONTACT_WRAPUP;
	assert(count == contact->seat_count && is_held == (count > 0));
}

static void check_consults(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	unsigned count = 0;
	for (uint32_t o = contact->consults; o != 0; o = r->contacts[o].consult_next, count++)
		assert(r->contacts[o].about == c);
	assert(count == contact->consult_count && count <= CORE_CONSULTS_MAX);
	assert(count == 0 || contact->state == CONTACT_ACTIVE);
}

static void check_place(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	const struct line *line = &r->lines[contact->line];
	bool is_waiting = contact->state == CONTACT_WAITING;
	bool is_wide = contact->place == PLACE_WIDE && contact->state == CONTACT_OFFERED;
	assert(is_waiting == (contact->place != PLACE_NONE && !is_wide));
	assert(line->refs > 0 && line->key.queue == contact->queue &&
	       line->key.channel == contact->channel);
	assert(is_waiting || contact->only == 0);
	assert((contact->only != 0) == (contact->hold_us != 0));
	assert(contact->place != PLACE_LINE || contact->only == 0);
	assert(contact->place != PLACE_OWN || contact->only != 0);
	assert(contact->only == 0 || r->agents[contact->only].id != 0);
	if (!is_waiting)
		return;
	struct order_key key = core_contact_key(r, c);
	bool is_current = line->key.revision == r->queues[contact->queue].revision;
	assert(!is_current || order_equal(&key, &r->contact_nodes[c].key));
	assert(line->key.tier == r->contact_nodes[c].key.band);
	assert(contact->place == PLACE_FRESH || r->review_us != USHER_NEVER);
	assert(line->key.is_callback == contact->is_callback);
	assert(r->queues[contact->queue].chores != 0 ||
	       line->key.revision == r->queues[contact->queue].revision);
}

static void check_contact(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	assert(contact->state > CONTACT_NONE && contact->state < CONTACT_CLOSED);
	assert(contact->parker == 0 || contact->state == CONTACT_PARKED);
	assert((contact->excluded_count > 0) == (contact->excluded_us > 0));
	assert(contact->lease == LEASE_NONE || contact->state == CONTACT_ACTIVE);
	/* Each has a deadline: what waits is reviewed, what is active is guarded by its agent. */
	bool has_none = contact->due_us == USHER_NEVER;
	if (contact->state == CONTACT_ACTIVE)
		assert(has_none == (contact->lease == LEASE_NONE));
	else
		assert(!has_none || contact->state == CONTACT_WAITING);
	assert(contact->first_us <= r->now_us && contact->queued_us <= r->now_us);
	assert(contact->entry <= r->epoch);
	check_place(r, c);
	check_seats(r, c);
	check_consults(r, c);
}

/* Between steps no agent that is ready has room for a contact that waits, unless the step had no
 * room itself and asked for a tick at once. */
static void check_work_conserving(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	const struct queue *queue = &r->queues[contact->queue];
	if ((contact->place != PLACE_LINE && contact->place != PLACE_OWN) || queue->is_removed ||
	    queue->chores != 0)
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

/* ---- agents --------------------------------------------------------------------------------- */

static void check_load(const struct routing *r, uint32_t a)
{
	const struct agent *agent = &r->agents[a];
	uint32_t load = 0, offers = 0, contacts = 0, wraps = 0, previous = 0;
	uint32_t load_of[CHANNEL_KINDS] = {0};
	uint16_t count[CHANNEL_KINDS] = {0};
	for (uint32_t s = agent->seats_first; s != 0; s = r->seats[s].agent_next) {
		const struct seat *seat = &r->seats[s];
		const struct contact *contact = &r->contacts[seat->contact];
		assert(seat->agent == a && seat->agent_prev == previous);
		assert(previous == 0 || r->seats[previous].epoch < seat->epoch);
		previous = s;
		load += seat->weight;
		contacts++;
		offers += seat->role == ROLE_OFFERED;
		wraps += contact->state == CONTACT_WRAPUP && contact->is_exclusive;
		count[contact->channel]++;
		load_of[contact->channel] += seat->weight;
	}
	assert(agent->seats_last == previous && agent->load == load);
	assert(agent->offers == offers && agent->contact_count == contacts);
	assert(agent->wraps == wraps && contacts <= CORE_AGENT_CONTACTS_MAX);
	for (unsigned k = 0; k < CHANNEL_KINDS; k++)
		assert(agent->count[k] == count[k] && agent->load_of[k] == load_of[k]);
	assert(agent->is_free == (contacts == 0 && core_agent_is_able(agent)));
	bool is_present =
		agent->wanted == AGENT_READY && !agent->is_lost && !agent->is_unresponsive;
	assert(offers == 0 || is_present);
}

static void check_agent(const struct routing *r, uint32_t a)
{
	const struct agent *agent = &r->agents[a];
	check_load(r, a);
	assert(!agent->is_touched);
	assert(agent->is_dirty == (r->agent_nodes[a].size > 0));
	assert(!agent->is_removed || r->leaving_nodes[a].size > 0);
	assert(agent->own_cursor == 0 || r->leaving_nodes[a].size > 0);
	assert(agent->is_dirty || agent->shown == core_agent_state(r, a));
	bool is_listed = !agent->is_dirty && core_agent_is_available(r, a);
	assert(agent->is_listed == is_listed);
	for (unsigned k = 1; k < CHANNEL_KINDS; k++) {
		bool has_bit = (r->room_rows[k * r->words + (a >> 6)] >> (a & 63) & 1) != 0;
		assert((agent->rooms >> k & 1) == has_bit);
		assert(has_bit == (is_listed && core_agent_has_room(r, a, (enum channel_kind)k)));
	}
	for (uint32_t i = 0; i < agent->member_count; i++) {
		uint32_t m = a * ROUTING_MEMBERSHIPS_MAX + i;
		struct order_key key = core_agent_key(r, m);
		assert((r->member_nodes[m].size > 0) == is_listed);
		assert(!is_listed || order_equal(&key, &r->member_nodes[m].key));
		assert(core_roster_is_member(r, a, r->members[m].queue));
		for (uint32_t k = 0; k < i; k++)
			assert(r->members[m - i + k].queue != r->members[m].queue);
	}
	assert(check_tree(&agent->own, r->contact_nodes) == 0 || agent->own.first != 0);
	for (uint32_t c = agent->own.first; c != 0; c = tree_next(r->contact_nodes, c))
		assert(r->contacts[c].place == PLACE_OWN && r->contacts[c].only == a);
}

static void check_roster(const struct routing *r)
{
	for (uint32_t slot = 0; slot < r->skill_count; slot++)
		for (unsigned level = 1; level <= SKILL_LEVEL_MAX; level++) {
			struct need need = {r->skill_numbers[slot], (uint16_t)slot, (uint8_t)level,
					    false};
			uint32_t supply = 0;
			TABLE_EACH(item, &r->agent_by_id)
			supply += core_roster_level(r, (uint32_t)item->value, need.skill) >= level;
			assert(supply == core_roster_supply(r, &need));
		}
}

/* ---- queues, lines -------------------------------------------------------------------------- */

static void check_due(const struct routing *r, uint32_t l)
{
	uint32_t previous = 0;
	for (uint32_t c = r->lines[l].due_first; c != 0; c = r->contacts[c].due_next) {
		const struct contact *contact = &r->contacts[c], *before = &r->contacts[previous];
		assert(contact->is_listed && contact->line == l && contact->due_prev == previous);
		assert(previous == 0 || before->due_us < contact->due_us ||
		       (before->due_us == contact->due_us && before->id < contact->id));
		previous = c;
	}
	assert(r->lines[l].due_last == previous);
}

static uint32_t check_lines(const struct routing *r, const struct queue *queue)
{
	uint32_t waiting = 0, previous = 0;
	for (uint32_t l = queue->lines; l != 0; l = r->lines[l].queue_next) {
		const struct line *line = &r->lines[l];
		assert(line->queue_prev == previous && line->anchor != 0);
		previous = l;
		uint32_t count = check_tree(&line->waiting, r->contact_nodes);
		assert(count > 0 && count <= line->refs);
		assert(order_equal(&r->line_nodes[l].key,
				   &r->contact_nodes[line->waiting.first].key));
		assert(r->growths[line->growth_slot].value == line->growth);
		for (uint32_t c = line->waiting.first; c != 0; c = tree_next(r->contact_nodes, c))
			assert(r->contacts[c].line == l && r->contacts[c].place == PLACE_LINE);
		waiting += count;
	}
	return waiting;
}

static void check_members(const struct routing *r, const struct queue *queue, uint32_t q)
{
	uint32_t agents[AGENT_STATES] = {0}, in_tree = 0, free = 0, count = 0;
	for (uint32_t m = queue->members; m != 0; m = r->members[m].next) {
		const struct agent *agent = &r->agents[m / ROUTING_MEMBERSHIPS_MAX];
		assert(r->members[m].queue == q);
		agents[agent->shown]++;
		in_tree += r->member_nodes[m].size > 0;
		free += agent->is_free;
		count++;
	}
	for (unsigned s = 0; s < AGENT_STATES; s++)
		assert(agents[s] == queue->agent_states[s]);
	assert(check_tree(&queue->available, r->member_nodes) == in_tree);
	assert(free == core_roster_free(r, q) && count == queue->member_count);
}

static void check_queue(const struct routing *r, uint32_t q)
{
	const struct queue *queue = &r->queues[q];
	uint32_t states[CONTACT_STATES] = {0};
	uint32_t contacts = 0, previous = 0, elsewhere = 0;
	for (uint32_t c = queue->contacts_first; c != 0; c = r->contacts[c].queue_next) {
		assert(r->contacts[c].queue == q && r->contacts[c].queue_prev == previous);
		assert(previous == 0 || r->contacts[previous].entry < r->contacts[c].entry);
		previous = c;
		states[r->contacts[c].state]++;
		elsewhere +=
			r->contacts[c].place == PLACE_FRESH || r->contacts[c].place == PLACE_OWN;
		contacts++;
	}
	assert(contacts == queue->contact_count && queue->contacts_last == previous);
	for (unsigned s = 0; s < CONTACT_STATES; s++)
		assert(states[s] == queue->contact_states[s]);
	check_members(r, queue, q);
	assert(check_lines(r, queue) + elsewhere == states[CONTACT_WAITING]);
	assert((queue->chores != 0) == (r->queue_nodes[q].size > 0));
	assert(queue->cursor == 0 || (queue->chores & CHORE_WALKS) != 0);
	assert(!queue->is_removed || queue->members == 0);
	assert(!queue->is_removed || contacts > 0 || queue->chores != 0);
}

static void check_anchors(const struct routing *r)
{
	uint32_t shown = 0, filed = 0;
	size_t anchors =
		(size_t)r->limits.queues_max + 1 + (size_t)r->limits.skills_max * SKILL_LEVEL_MAX;
	for (size_t i = 0; i < anchors * ROUTING_GROWTHS_MAX; i++)
		if (r->anchors[i].root != 0)
			filed += check_tree(&r->anchors[i], r->line_nodes);
	TABLE_EACH(slot, &r->line_by_hash)
	for (uint32_t l = (uint32_t)slot->value; l != 0; l = r->lines[l].hash_next) {
		shown += r->lines[l].anchor != 0;
		check_due(r, l);
	}
	assert(shown == filed);
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
	check_tree(&r->wide, r->contact_nodes);
	check_tree(&r->chores, r->queue_nodes);
	check_anchors(r);
	check_roster(r);
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
