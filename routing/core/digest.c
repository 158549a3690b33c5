/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One number for the whole state. Things are hashed one by one with their ids and then added up,
 * so that the slots they happen to live in do not matter. What follows from the rest (trees, heap,
 * counters) is left out: routing_check compares it with its recomputation.
 */
#include "routing/core/parts.h"

static usher_id agent_id(const struct routing *r, uint32_t a)
{
	return a != 0 ? r->agents[a].id : 0;
}

static uint64_t digest_line(const struct routing *r, const struct line *l)
{
	uint64_t h = hash_fold(agent_id(r, l->only), l->is_directed);
	h = hash_fold(h, l->requirement_count);
	for (unsigned i = 0; i < l->requirement_count; i++)
		h = hash_fold(h,
			      (uint64_t)l->requirements[i].skill << 8 | l->requirements[i].level);
	return h;
}

static uint64_t digest_contact(const struct routing *r, const struct contact *c)
{
	const uint64_t fields[] = {(uint64_t)c->first_us,
				   (uint64_t)c->queued_us,
				   c->epoch,
				   c->entry,
				   (uint64_t)c->deadline_us,
				   (uint64_t)c->hold_us,
				   (uint64_t)c->excluded_us,
				   c->parker,
				   r->queues[c->queue].set.queue,
				   agent_id(r, c->agent),
				   c->weight,
				   c->state,
				   c->channel,
				   c->priority,
				   c->place == PLACE_FRESH,
				   c->cause,
				   c->is_exclusive,
				   c->excluded_count};
	uint64_t h = hash_fold(1, c->id);
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		h = hash_fold(h, fields[i]);
	for (unsigned i = 0; i < c->excluded_count; i++)
		h = hash_fold(h, c->excluded[i]);
	return hash_fold(h, digest_line(r, &r->lines[c->line]));
}

static uint64_t digest_agent(const struct routing *r, uint32_t a)
{
	const struct agent *agent = &r->agents[a];
	const uint64_t fields[] = {(uint64_t)agent->idle_since_us,
				   (uint64_t)agent->since_us,
				   (uint64_t)agent->deadline_us,
				   agent->load,
				   agent->offers,
				   agent->contact_count,
				   agent->wraps,
				   agent->reason,
				   agent->shown_reason,
				   agent->capacity,
				   agent->missed,
				   agent->wanted,
				   agent->shown,
				   agent->is_lost,
				   agent->is_unresponsive,
				   agent->is_removed,
				   agent->is_dirty,
				   agent->skill_count,
				   agent->member_count};
	uint64_t h = hash_fold(2, agent->id), queues = 0;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		h = hash_fold(h, fields[i]);
	for (unsigned i = 0; i < agent->skill_count; i++)
		h = hash_fold(h, (uint64_t)agent->skills[i].skill << 8 | agent->skills[i].level);
	for (uint32_t i = 0; i < agent->member_count; i++) /* a set: the order says nothing */
		queues += hash_mix(
			r->queues[r->members[a * ROUTING_MEMBERSHIPS_MAX + i].queue].set.queue);
	return hash_fold(h, queues);
}

static uint64_t digest_queue(const struct routing *r, uint32_t q)
{
	const struct queue *queue = &r->queues[q];
	const struct routing_queue_set *set = &queue->set;
	const uint64_t fields[] = {set->order,
				   set->priority,
				   (uint64_t)set->offer_us,
				   (uint64_t)set->wrapup_us,
				   set->is_wrapup_exclusive,
				   set->missed_max,
				   queue->is_removed,
				   r->queue_nodes[q].size > 0,
				   queue->contact_count};
	uint64_t h = hash_fold(3, set->queue);
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		h = hash_fold(h, fields[i]);
	return h;
}

uint64_t routing_digest(const struct routing *r)
{
	uint64_t sum = 0;
	TABLE_EACH(slot, &r->contact_by_id)
	sum += digest_contact(r, &r->contacts[slot->value]);
	TABLE_EACH(slot, &r->agent_by_id)
	sum += digest_agent(r, (uint32_t)slot->value);
	TABLE_EACH(slot, &r->queue_by_id)
	sum += digest_queue(r, (uint32_t)slot->value);
	uint64_t h = hash_fold(r->seed, sum);
	h = hash_fold(h, (uint64_t)r->now_us);
	h = hash_fold(h, r->epoch);
	for (unsigned k = 0; k < CHANNEL_KINDS; k++)
		h = hash_fold(h, (uint64_t)r->channels[k].weight << 16 | r->channels[k].count_max);
	return h;
}
