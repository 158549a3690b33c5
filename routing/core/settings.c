/* SPDX-License-Identifier: Apache-2.0 */
/* Queues, channels and agents as bytes: for the journal's events and for snapshots alike. */
#include "routing/core/parts.h"

#include <assert.h>

void put_requirements(struct usher_buf *b, const struct routing_requirement *items, unsigned count)
{
	assert(count <= ROUTING_RESOLVED_MAX);
	put_number(b, count, 1);
	for (unsigned i = 0; i < count; i++) {
		put_number(b, items[i].skill, 4);
		put_number(b, items[i].level, 1);
		put_number(b, items[i].until_step, 1);
		put_number(b, items[i].is_preferred, 1);
	}
}

uint8_t get_requirements(struct reader *in, struct routing_requirement *ret, unsigned max)
{
	unsigned count = (unsigned)get_bounded(in, 1, max);
	for (unsigned i = 0; i < count; i++) {
		ret[i].skill = (uint32_t)get_number(in, 4);
		ret[i].level = (uint8_t)get_number(in, 1);
		ret[i].until_step = (uint8_t)get_number(in, 1);
		ret[i].is_preferred = get_bounded(in, 1, 1) != 0;
	}
	return (uint8_t)count;
}

/* ---- queue ---------------------------------------------------------------------------------- */

static void put_ranks(struct usher_buf *b, const struct routing_queue_set *set)
{
	put_number(b, set->has_ranks, 1);
	for (unsigned p = 0; set->has_ranks && p < CONTACT_PRIORITIES; p++) {
		put_number(b, set->ranks[p].tier, 1);
		put_number(b, set->ranks[p].growth, 2);
		put_number(b, (uint64_t)set->ranks[p].ahead_us, 8);
	}
}

static void get_ranks(struct reader *in, struct routing_queue_set *ret)
{
	ret->has_ranks = get_bounded(in, 1, 1) != 0;
	for (unsigned p = 0; ret->has_ranks && p < CONTACT_PRIORITIES; p++) {
		ret->ranks[p].tier = (uint8_t)get_number(in, 1);
		ret->ranks[p].growth = (uint16_t)get_number(in, 2);
		ret->ranks[p].ahead_us = get_time(in);
	}
}

static void put_steps(struct usher_buf *b, const struct routing_queue_set *set)
{
	assert(set->step_count <= ROUTING_STEPS_MAX);
	put_number(b, set->step_count, 1);
	for (unsigned i = 0; i < set->step_count; i++) {
		const struct routing_step *step = &set->steps[i];
		assert(step->drop_count <= ROUTING_DROPS_MAX);
		put_number(b, (uint64_t)step->lasts_us, 8);
		put_number(b, step->ring_max, 1);
		put_number(b, step->penalty_max, 1);
		put_number(b, step->level_drop, 1);
		put_number(b, step->priority_raise, 1);
		put_number(b, step->drop_count, 1);
		for (unsigned k = 0; k < step->drop_count; k++)
			put_number(b, step->drops[k], 4);
	}
}

static void get_steps(struct reader *in, struct routing_queue_set *ret)
{
	ret->step_count = (uint8_t)get_bounded(in, 1, ROUTING_STEPS_MAX);
	for (unsigned i = 0; i < ret->step_count; i++) {
		struct routing_step *step = &ret->steps[i];
		step->lasts_us = get_time(in);
		step->ring_max = (uint8_t)get_number(in, 1);
		step->penalty_max = (uint8_t)get_number(in, 1);
		step->level_drop = (uint8_t)get_number(in, 1);
		step->priority_raise = (uint8_t)get_number(in, 1);
		step->drop_count = (uint8_t)get_bounded(in, 1, ROUTING_DROPS_MAX);
		for (unsigned k = 0; k < step->drop_count; k++)
			step->drops[k] = (uint32_t)get_number(in, 4);
	}
}

static void put_limits(struct usher_buf *b, const struct routing_queue_set *set)
{
	put_number(b, (uint64_t)set->first_reply_us, 8);
	put_number(b, (uint64_t)set->reply_us, 8);
	put_number(b, (uint64_t)set->silence_us, 8);
	put_number(b, set->overflow_to, 8);
	put_number(b, (uint64_t)set->overflow_us, 8);
	put_number(b, set->overflow_length, 4);
	put_number(b, set->is_overflow_absent, 1);
	put_number(b, (uint64_t)set->absent_us, 8);
	put_number(b, set->present_states, 1);
	put_number(b, set->length_max, 4);
	put_number(b, set->full, 1);
	put_number(b, (uint64_t)set->wait_max_us, 8);
	put_number(b, set->expired, 1);
	put_number(b, set->closed, 1);
}

static void get_limits(struct reader *in, struct routing_queue_set *ret)
{
	ret->first_reply_us = get_time(in);
	ret->reply_us = get_time(in);
	ret->silence_us = get_time(in);
	ret->overflow_to = get_number(in, 8);
	ret->overflow_us = get_time(in);
	ret->overflow_length = (uint32_t)get_number(in, 4);
	ret->is_overflow_absent = get_bounded(in, 1, 1) != 0;
	ret->absent_us = get_time(in);
	ret->present_states = (uint8_t)get_number(in, 1);
	ret->length_max = (uint32_t)get_number(in, 4);
	ret->full = (enum routing_treatment)get_bounded(in, 1, TREAT_END);
	ret->wait_max_us = get_time(in);
	ret->expired = (enum routing_treatment)get_bounded(in, 1, TREAT_END);
	ret->closed = (enum routing_treatment)get_bounded(in, 1, TREAT_END);
}

void put_queue_set(struct usher_buf *b, const struct routing_queue_set *set)
{
	put_number(b, set->queue, 8);
	put_number(b, set->order, 1);
	put_number(b, set->priority, 1);
	put_number(b, (uint64_t)set->offer_us, 8);
	put_number(b, (uint64_t)set->wrapup_us, 8);
	put_number(b, set->is_wrapup_exclusive, 1);
	put_number(b, set->missed_max, 2);
	put_ranks(b, set);
	put_requirements(b, set->requirements, set->requirement_count);
	put_steps(b, set);
	put_number(b, set->parallel, 1);
	put_number(b, set->is_automatic, 1);
	put_number(b, set->reserve, 1);
	put_limits(b, set);
}

void get_queue_set(struct reader *in, struct routing_queue_set *ret)
{
	ret->queue = get_number(in, 8);
	ret->order = (enum routing_order)get_bounded(in, 1, ROUTING_ORDERS - 1);
	ret->priority = (uint8_t)get_number(in, 1);
	ret->offer_us = get_time(in);
	ret->wrapup_us = get_time(in);
	ret->is_wrapup_exclusive = get_bounded(in, 1, 1) != 0;
	ret->missed_max = (uint16_t)get_number(in, 2);
	get_ranks(in, ret);
	ret->requirement_count = get_requirements(in, ret->requirements, ROUTING_REQUIREMENTS_MAX);
	get_steps(in, ret);
	ret->parallel = (uint8_t)get_number(in, 1);
	ret->is_automatic = get_bounded(in, 1, 1) != 0;
	ret->reserve = (uint8_t)get_number(in, 1);
	get_limits(in, ret);
}

/* ---- channel, agent ------------------------------------------------------------------------- */

void put_channel_set(struct usher_buf *b, const struct routing_channel_set *set)
{
	put_number(b, set->channel, 1);
	put_number(b, set->weight, 2);
	put_number(b, set->count_max, 2);
	put_number(b, set->is_exclusive, 1);
	put_number(b, set->interrupts, 1);
}

void get_channel_set(struct reader *in, struct routing_channel_set *ret)
{
	ret->channel = (enum channel_kind)get_bounded(in, 1, CHANNEL_KINDS - 1);
	ret->weight = (uint16_t)get_number(in, 2);
	ret->count_max = (uint16_t)get_number(in, 2);
	ret->is_exclusive = get_bounded(in, 1, 1) != 0;
	ret->interrupts = (uint8_t)get_number(in, 1);
}

static void put_member(struct usher_buf *b, const struct routing_member *member)
{
	put_number(b, member->queue, 8);
	put_number(b, member->ring, 1);
	put_number(b, member->penalty, 1);
	put_number(b, member->weight, 1);
	put_number(b, member->position, 2);
}

void put_agent_set(struct usher_buf *b, const struct routing_agent_set *set)
{
	assert(set->skill_count <= ROUTING_SKILLS_MAX &&
	       set->queue_count <= ROUTING_MEMBERSHIPS_MAX);
	put_number(b, set->agent, 8);
	put_number(b, set->capacity, 2);
	put_number(b, set->skill_count, 1);
	put_number(b, set->queue_count, 1);
	for (unsigned i = 0; i < set->skill_count; i++) {
		put_number(b, set->skills[i].skill, 4);
		put_number(b, set->skills[i].level, 1);
	}
	for (unsigned i = 0; i < set->queue_count; i++)
		put_member(b, &set->queues[i]);
}

void get_agent_set(struct reader *in, struct routing_agent_set *ret)
{
	ret->agent = get_number(in, 8);
	ret->capacity = (uint16_t)get_number(in, 2);
	ret->skill_count = (uint8_t)get_bounded(in, 1, ROUTING_SKILLS_MAX);
	ret->queue_count = (uint8_t)get_bounded(in, 1, ROUTING_MEMBERSHIPS_MAX);
	for (unsigned i = 0; i < ret->skill_count; i++) {
		ret->skills[i].skill = (uint32_t)get_number(in, 4);
		ret->skills[i].level = (uint8_t)get_number(in, 1);
	}
	for (unsigned i = 0; i < ret->queue_count; i++) {
		ret->queues[i].queue = get_number(in, 8);
		ret->queues[i].ring = (uint8_t)get_number(in, 1);
		ret->queues[i].penalty = (uint8_t)get_number(in, 1);
		ret->queues[i].weight = (uint8_t)get_number(in, 1);
		ret->queues[i].position = (uint16_t)get_number(in, 2);
	}
}
