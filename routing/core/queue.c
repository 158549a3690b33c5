/* SPDX-License-Identifier: Apache-2.0 */
/* Queues and channels: added, changed and removed. */
#include "routing/core/parts.h"

#include <assert.h>

int core_on_queue_set(struct routing *r, const struct routing_queue_set *ev)
{
	if (ev->queue == 0 || (unsigned)ev->order > ORDER_LEAST_LOADED ||
	    ev->priority >= CONTACT_PRIORITIES || ev->offer_us < USHER_SECOND ||
	    ev->offer_us > USHER_HOUR || ev->wrapup_us < 0 || ev->wrapup_us > CORE_WRAPUP_MAX_US)
		return E_INVALID;
	uint32_t q = core_find_queue(r, ev->queue);
	if (q != 0 && r->queues[q].is_removed)
		return E_CLOSED;
	if (q == 0 && r->queue_count == r->limits.queues_max)
		return E_LIMIT;
	if (q == 0)
		q = core_new_queue(r, ev->queue);
	struct queue *queue = &r->queues[q];
	bool is_reordered = queue->set.order != ev->order;
	queue->set = *ev;
	for (uint32_t m = queue->members; is_reordered && m != 0; m = r->members[m].next)
		core_agent_refresh(r, m / ROUTING_MEMBERSHIPS_MAX);
	return 0;
}

static void quit_one(struct routing *r, uint32_t a, uint32_t q)
{
	uint32_t queues[ROUTING_MEMBERSHIPS_MAX], count = 0;
	for (uint32_t i = 0; i < r->agents[a].member_count; i++) {
		uint32_t other = r->members[a * ROUTING_MEMBERSHIPS_MAX + i].queue;
		if (other != q)
			queues[count++] = other;
	}
	core_agent_quit(r, a);
	for (uint32_t i = 0; i < count; i++)
		core_agent_join(r, a, queues[i]);
	core_agent_refresh(r, a);
}

int core_on_queue_remove(struct routing *r, const struct routing_queue_set *ev)
{
	uint32_t q = core_find_queue(r, ev->queue);
	if (q == 0)
		return E_NOT_FOUND;
	struct queue *queue = &r->queues[q];
	if (queue->is_removed)
		return E_CLOSED;
	while (queue->members != 0)
		quit_one(r, queue->members / ROUTING_MEMBERSHIPS_MAX, q);
	queue->is_removed = true;
	queue->drain = queue->contacts_first;
	r->queue_nodes[q].key = (struct order_key){0, 0, queue->set.queue};
	tree_add(&r->leaving_queues, r->queue_nodes, q);
	return 0;
}

int core_on_channel_set(struct routing *r, const struct routing_channel_set *ev)
{
	if (ev->channel == CHANNEL_NONE || (unsigned)ev->channel >= CHANNEL_KINDS)
		return E_INVALID;
	r->channels[ev->channel] = (struct core_channel){ev->weight, ev->count_max};
	TABLE_EACH(slot, &r->agent_by_id)
	core_agent_dirty(r, (uint32_t)slot->value);
	return 0;
}

static void drain_queue(struct routing *r, uint32_t q)
{
	struct queue *queue = &r->queues[q];
	uint32_t c = queue->drain;
	if (c == 0) {
		tree_remove(&r->leaving_queues, r->queue_nodes, q);
		if (queue->contact_count == 0)
			core_drop_queue(r, q);
		return;
	}
	switch ((enum contact_state)r->contacts[c].state) {
	case CONTACT_OFFERED:
		core_offer_end(r, c, CAUSE_REMOVED);
		core_contact_close(r, c, CAUSE_REMOVED);
		return;
	case CONTACT_WAITING:
	case CONTACT_PARKED:
		core_contact_close(r, c, CAUSE_REMOVED);
		return;
	case CONTACT_ACTIVE: /* nobody is cut off in the middle of a sentence */
	case CONTACT_WRAPUP:
		queue->drain = r->contacts[c].queue_next;
		return;
	case CONTACT_NONE:
	case CONTACT_CLOSED:
		break;
	}
	assert(!"a queue has a contact that is not open");
}

/* One contact that was reserved for the agent is given to all; the agent goes after the last. */
static void drain_agent(struct routing *r, uint32_t a)
{
	uint32_t best = 0;
	for (uint32_t l = r->agents[a].own; l != 0; l = r->lines[l].own_next) {
		uint32_t c = r->lines[l].waiting.first;
		if (best == 0 ||
		    order_before(&r->contact_nodes[c].key, &r->contact_nodes[best].key))
			best = c;
	}
	if (best == 0) {
		tree_remove(&r->leaving_agents, r->agent_nodes, a);
		core_drop_agent(r, a);
		return;
	}
	core_line_exit(r, best);
	core_line_open(r, best);
	core_contact_fresh(r, best);
}

void core_drain(struct routing *r)
{
	if (r->leaving_queues.first != 0)
		drain_queue(r, r->leaving_queues.first);
	else if (r->leaving_agents.first != 0)
		drain_agent(r, r->leaving_agents.first);
}
