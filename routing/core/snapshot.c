/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/core/snapshot.h"

#include "routing/core/codec.h"
#include "routing/core/parts.h"

static void put_skills(struct usher_buf *b, const struct routing_skill *skills, unsigned count)
{
	put_number(b, count, 1);
	for (unsigned i = 0; i < count; i++) {
		put_number(b, skills[i].skill, 4);
		put_number(b, skills[i].level, 1);
	}
}

static void put_queue(const struct routing *r, uint32_t q, struct usher_buf *b)
{
	const struct queue *queue = &r->queues[q];
	put_number(b, queue->set.queue, 8);
	put_number(b, queue->set.order, 1);
	put_number(b, queue->set.priority, 1);
	put_number(b, (uint64_t)queue->set.offer_us, 8);
	put_number(b, (uint64_t)queue->set.wrapup_us, 8);
	put_number(b, queue->set.is_wrapup_exclusive, 1);
	put_number(b, queue->set.missed_max, 2);
	put_number(b, queue->is_removed, 1);
	put_number(b, r->queue_nodes[q].size > 0, 1);
}

static void put_agent(const struct routing *r, uint32_t a, struct usher_buf *b)
{
	const struct agent *agent = &r->agents[a];
	put_number(b, agent->id, 8);
	put_number(b, (uint64_t)agent->idle_since_us, 8);
	put_number(b, (uint64_t)agent->since_us, 8);
	put_number(b, (uint64_t)agent->deadline_us, 8);
	put_number(b, agent->reason, 4);
	put_number(b, agent->shown_reason, 4);
	put_number(b, agent->capacity, 2);
	put_number(b, agent->missed, 2);
	put_number(b, agent->wanted, 1);
	put_number(b, agent->shown, 1);
	put_number(b,
		   (agent->is_lost ? FLAG_LOST : 0) |
			   (agent->is_unresponsive ? FLAG_UNRESPONSIVE : 0) |
			   (agent->is_removed ? FLAG_REMOVED : 0) |
			   (agent->is_dirty ? FLAG_DIRTY : 0),
		   1);
	put_skills(b, agent->skills, agent->skill_count);
	put_number(b, agent->member_count, 1);
	for (uint32_t i = 0; i < agent->member_count; i++) {
		uint32_t q = r->members[a * ROUTING_MEMBERSHIPS_MAX + i].queue;
		put_number(b, r->queues[q].set.queue, 8);
	}
}

static void put_contact(const struct routing *r, uint32_t c, struct usher_buf *b)
{
	const struct contact *contact = &r->contacts[c];
	const struct line *line = &r->lines[contact->line];
	put_number(b, contact->id, 8);
	put_number(b, (uint64_t)contact->first_us, 8);
	put_number(b, (uint64_t)contact->queued_us, 8);
	put_number(b, contact->epoch, 8);
	put_number(b, contact->entry, 8);
	put_number(b, (uint64_t)contact->deadline_us, 8);
	put_number(b, (uint64_t)contact->hold_us, 8);
	put_number(b, (uint64_t)contact->excluded_us, 8);
	put_number(b, contact->parker, 8);
	put_number(b, contact->agent != 0 ? r->agents[contact->agent].id : 0, 8);
	put_number(b, line->only != 0 ? r->agents[line->only].id : 0, 8);
	put_number(b, contact->weight, 2);
	put_number(b, contact->state, 1);
	put_number(b, contact->channel, 1);
	put_number(b, contact->priority, 1);
	put_number(b, contact->cause, 1);
	put_number(b,
		   (contact->place == PLACE_FRESH ? FLAG_FRESH : 0) |
			   (contact->is_exclusive ? FLAG_EXCLUSIVE : 0) |
			   (line->is_directed ? FLAG_DIRECTED : 0),
		   1);
	put_number(b, contact->excluded_count, 1);
	for (unsigned i = 0; i < contact->excluded_count; i++)
		put_number(b, contact->excluded[i], 8);
	put_skills(b, line->requirements, line->requirement_count);
}

static void put_head(const struct routing *r, struct usher_buf *b)
{
	put_number(b, SNAPSHOT_MAGIC, 4);
	put_number(b, SNAPSHOT_VERSION, 1);
	put_number(b, r->seed, 8);
	put_number(b, (uint64_t)r->now_us, 8);
	put_number(b, r->epoch, 8);
	for (unsigned k = 0; k < CHANNEL_KINDS; k++) {
		put_number(b, r->channels[k].weight, 2);
		put_number(b, r->channels[k].count_max, 2);
	}
	put_number(b, r->queue_count, 4);
	put_number(b, r->agent_count, 4);
	put_number(b, r->contact_count, 4);
}

void routing_snapshot(const struct routing *r, struct usher_buf *ret)
{
	size_t start = ret->n;
	put_head(r, ret);
	TABLE_EACH(slot, &r->queue_by_id)
	put_queue(r, (uint32_t)slot->value, ret);
	TABLE_EACH(slot, &r->agent_by_id)
	put_agent(r, (uint32_t)slot->value, ret);
	TABLE_EACH(slot, &r->queue_by_id)
	{
		uint32_t c = r->queues[slot->value].contacts_first;
		put_number(ret, slot->key, 8);
		put_number(ret, r->queues[slot->value].contact_count, 4);
		for (; c != 0; c = r->contacts[c].queue_next)
			put_contact(r, c, ret);
	}
	put_number(ret, hash_keyed(&SNAPSHOT_KEY, ret->p + start, ret->n - start),
		   SNAPSHOT_HASH_BYTES);
}
