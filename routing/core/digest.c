/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One number for the whole state. Things are hashed one by one with their ids and then added up,
 * so that the slots they happen to live in do not matter. What follows from the rest (trees, heap,
 * rows, counters) is left out: routing_check compares it with its recomputation.
 */
#include "routing/base/hash.h"
#include "routing/core/parts.h"

#define COUNT(fields) (sizeof(fields) / sizeof(fields)[0])

static uint64_t fold_all(uint64_t h, const uint64_t *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		h = hash_fold(h, fields[i]);
	return h;
}

static usher_id agent_id(const struct routing *r, uint32_t a)
{
	return a != 0 ? r->agents[a].id : 0;
}

static uint64_t digest_line(const struct routing *r, const struct line *l)
{
	const uint64_t fields[] = {r->queues[l->key.queue].set.queue,
				   l->key.revision == r->queues[l->key.queue].revision,
				   l->key.channel,
				   l->key.step,
				   l->key.is_callback,
				   l->growth,
				   l->key.tier,
				   l->ring_max,
				   l->penalty_max,
				   l->required_count,
				   l->need_count};
	uint64_t h = fold_all(3, fields, COUNT(fields));
	for (unsigned i = 0; i < l->key.count; i++)
		h = hash_fold(h, (uint64_t)l->key.base[i].skill << 24 |
					 (uint64_t)l->key.base[i].level << 16 |
					 (uint64_t)l->key.base[i].until_step << 8 |
					 l->key.base[i].is_preferred);
	for (unsigned i = 0; i < l->need_count; i++)
		h = hash_fold(h, (uint64_t)l->needs[i].skill << 8 | l->needs[i].level);
	return h;
}

static uint64_t digest_contact(const struct routing *r, uint32_t slot)
{
	const struct contact *c = &r->contacts[slot];
	const struct order_key *key = &r->contact_nodes[slot].key;
	const uint64_t fields[] = {(uint64_t)c->first_us,
				   (uint64_t)c->queued_us,
				   (uint64_t)c->due_us,
				   c->epoch,
				   c->entry,
				   (uint64_t)c->step_end_us,
				   r->queues[c->queue].set.queue,
				   agent_id(r, c->only),
				   c->about != 0 ? r->contacts[c->about].id : 0,
				   c->state,
				   c->channel,
				   c->priority,
				   c->place == PLACE_FRESH || c->place == PLACE_WIDE,
				   c->step,
				   c->hops,
				   c->lease,
				   c->park,
				   c->cause,
				   c->consult_count,
				   c->is_exclusive,
				   c->is_directed,
				   c->is_patient,
				   c->is_callback,
				   c->is_kept,
				   (uint64_t)c->hold_us,
				   (uint64_t)c->retry_us,
				   (uint64_t)c->excluded_us,
				   (uint64_t)c->check_us,
				   (uint64_t)c->fallback_us,
				   c->barred,
				   c->fallback,
				   c->parker,
				   c->state == CONTACT_WAITING ? (uint64_t)key->at : 0,
				   c->excluded_count};
	uint64_t h = fold_all(hash_fold(1, c->id), fields, COUNT(fields));
	for (unsigned i = 0; i < c->excluded_count; i++)
		h = hash_fold(h, c->excluded[i]);
	for (uint32_t s = c->seats; s != 0; s = r->seats[s].next) {
		h = hash_fold(h, agent_id(r, r->seats[s].agent));
		h = hash_fold(h, r->seats[s].epoch);
		h = hash_fold(h, (uint64_t)r->seats[s].weight << 8 | r->seats[s].role);
	}
	return hash_fold(h, digest_line(r, &r->lines[c->line]));
}

static uint64_t digest_members(const struct routing *r, uint32_t a)
{
	uint64_t sum = 0; /* a set: the order says nothing */
	for (uint32_t i = 0; i < r->agents[a].member_count; i++) {
		const struct member *m = &r->members[a * ROUTING_MEMBERSHIPS_MAX + i];
		uint64_t h = hash_fold(4, r->queues[m->queue].set.queue);
		h = hash_fold(h, m->turn);
		sum += hash_fold(h, (uint64_t)m->position << 24 | (uint64_t)m->ring << 16 |
					    (uint64_t)m->penalty << 8 | m->weight);
	}
	return sum;
}

static uint64_t digest_agent(const struct routing *r, uint32_t a)
{
	const struct agent *agent = &r->agents[a];
	const struct agent_skill *skills = r->agent_skills + (size_t)a * ROUTING_SKILLS_MAX;
	const uint64_t fields[] = {(uint64_t)agent->idle_since_us,
				   (uint64_t)agent->since_us,
				   (uint64_t)agent->due_us,
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
				   r->leaving_nodes[a].size > 0,
				   agent->own_cursor != 0 ? r->contacts[agent->own_cursor].id : 0,
				   agent->skill_count,
				   agent->member_count};
	uint64_t h = fold_all(hash_fold(2, agent->id), fields, COUNT(fields));
	for (unsigned i = 0; i < agent->skill_count; i++)
		h = hash_fold(h, (uint64_t)skills[i].skill << 8 | skills[i].level);
	return hash_fold(h, digest_members(r, a));
}

static uint64_t digest_settings(const struct routing_queue_set *set)
{
	const uint64_t fields[] = {set->queue,
				   set->order,
				   set->priority,
				   (uint64_t)set->offer_us,
				   (uint64_t)set->wrapup_us,
				   set->is_wrapup_exclusive,
				   set->missed_max,
				   set->has_ranks,
				   set->parallel,
				   set->is_automatic,
				   set->reserve,
				   (uint64_t)set->first_reply_us,
				   (uint64_t)set->reply_us,
				   (uint64_t)set->silence_us,
				   set->overflow_to,
				   (uint64_t)set->overflow_us,
				   set->overflow_length,
				   set->is_overflow_absent,
				   (uint64_t)set->absent_us,
				   set->present_states,
				   set->length_max,
				   set->full,
				   (uint64_t)set->wait_max_us,
				   set->expired,
				   set->closed,
				   set->requirement_count,
				   set->step_count};
	uint64_t h = fold_all(5, fields, COUNT(fields));
	for (unsigned p = 0; set->has_ranks && p < CONTACT_PRIORITIES; p++)
		h = hash_fold(
			hash_fold(h, (uint64_t)set->ranks[p].tier << 16 | set->ranks[p].growth),
			(uint64_t)set->ranks[p].ahead_us);
	for (unsigned i = 0; i < set->requirement_count; i++)
		h = hash_fold(h, (uint64_t)set->requirements[i].skill << 24 |
					 (uint64_t)set->requirements[i].level << 16 |
					 (uint64_t)set->requirements[i].until_step << 8 |
					 set->requirements[i].is_preferred);
	for (unsigned i = 0; i < set->step_count; i++) {
		const struct routing_step *step = &set->steps[i];
		h = hash_fold(h, (uint64_t)step->lasts_us);
		h = hash_fold(h, (uint64_t)step->ring_max << 32 |
					 (uint64_t)step->penalty_max << 24 |
					 (uint64_t)step->level_drop << 16 |
					 (uint64_t)step->priority_raise << 8 | step->drop_count);
		for (unsigned k = 0; k < step->drop_count; k++)
			h = hash_fold(h, step->drops[k]);
	}
	return h;
}

static uint64_t digest_queue(const struct routing *r, uint32_t q)
{
	const struct queue *queue = &r->queues[q];
	const uint64_t fields[] = {queue->is_removed,
				   queue->is_closed,
				   (uint64_t)queue->until_us,
				   (uint64_t)queue->absent_us,
				   (uint64_t)queue->due_us,
				   (uint64_t)queue->retry_us,
				   queue->chores,
				   queue->cursor != 0 ? r->contacts[queue->cursor].id : 0,
				   queue->contact_count};
	return fold_all(digest_settings(&queue->set), fields, COUNT(fields));
}

static uint64_t digest_channel(const struct routing_channel_set *set)
{
	return (uint64_t)set->weight << 32 | (uint64_t)set->count_max << 16 |
	       (uint64_t)set->interrupts << 8 | set->is_exclusive;
}

uint64_t routing_digest(const struct routing *r)
{
	uint64_t sum = 0;
	TABLE_EACH(slot, &r->contact_by_id)
	sum += digest_contact(r, (uint32_t)slot->value);
	TABLE_EACH(slot, &r->agent_by_id)
	sum += digest_agent(r, (uint32_t)slot->value);
	TABLE_EACH(slot, &r->queue_by_id)
	sum += digest_queue(r, (uint32_t)slot->value);
	uint64_t h = hash_fold(r->seed, sum);
	h = hash_fold(h, (uint64_t)r->now_us);
	h = hash_fold(h, r->epoch);
	h = hash_fold(h, (uint64_t)r->review_us);
	for (unsigned k = 0; k < CHANNEL_KINDS; k++)
		h = hash_fold(h, digest_channel(&r->channels[k]));
	for (uint32_t i = 0; i < r->skill_count; i++)
		h = hash_fold(h, r->skill_numbers[i]);
	return h;
}
