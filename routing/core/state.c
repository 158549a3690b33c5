/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/core/parts.h"

#include <assert.h>

static uint32_t find(const struct table *t, usher_id id)
{
	uint64_t slot;
	return table_get(t, id, &slot) ? (uint32_t)slot : 0;
}

uint32_t core_find_contact(const struct routing *r, usher_id id)
{
	return find(&r->contact_by_id, id);
}

uint32_t core_find_agent(const struct routing *r, usher_id id)
{
	uint32_t a = find(&r->agent_by_id, id);
	return r->agents[a].is_removed ? 0 : a;
}

uint32_t core_find_queue(const struct routing *r, usher_id id)
{
	return find(&r->queue_by_id, id);
}

/* Slots that were never used need no entry in the stack, and no memory before their time. */
static uint32_t pop(const uint32_t *stack, uint32_t *count)
{
	uint32_t slot = stack[*count];
	++*count;
	return slot != 0 ? slot : *count;
}

uint32_t core_new_contact(struct routing *r, usher_id id)
{
	assert(r->contact_count < r->limits.contacts_max);
	uint32_t c = pop(r->contacts_free, &r->contact_count);
	r->contacts[c] =
		(struct contact){.id = id, .due_us = USHER_NEVER, .step_end_us = USHER_NEVER};
	table_set(&r->contact_by_id, id, c);
	return c;
}

uint32_t core_new_agent(struct routing *r, usher_id id)
{
	assert(r->agent_count < r->limits.agents_max);
	uint32_t a = pop(r->agents_free, &r->agent_count);
	r->agents[a] = (struct agent){.id = id, .due_us = USHER_NEVER};
	table_set(&r->agent_by_id, id, a);
	return a;
}

uint32_t core_new_queue(struct routing *r, usher_id id)
{
	assert(r->queue_count < r->limits.queues_max);
	uint32_t q = pop(r->queues_free, &r->queue_count);
	r->queues[q] = (struct queue){.set.queue = id,
				      .until_us = USHER_NEVER,
				      .absent_us = r->now_us,
				      .due_us = USHER_NEVER};
	table_set(&r->queue_by_id, id, q);
	return q;
}

uint32_t core_new_line(struct routing *r)
{
	assert(r->line_count <= r->limits.contacts_max);
	return pop(r->lines_free, &r->line_count);
}

uint32_t core_new_seat(struct routing *r)
{
	return pop(r->seats_free, &r->seat_count);
}

void core_drop_contact(struct routing *r, uint32_t c)
{
	table_remove(&r->contact_by_id, r->contacts[c].id);
	r->contacts[c].id = 0;
	r->contacts_free[--r->contact_count] = c;
}

void core_drop_agent(struct routing *r, uint32_t a)
{
	struct agent *agent = &r->agents[a];
	assert(agent->contact_count == 0 && agent->own.root == 0 && agent->member_count == 0);
	for (uint32_t *at = &r->touched; agent->is_touched; at = &r->agents[*at].touched_next) {
		if (*at != a)
			continue;
		*at = agent->touched_next;
		agent->is_touched = false;
		r->touched_count--;
	}
	core_timer_agent(r, a, USHER_NEVER);
	core_roster_skills(r, a, false);
	table_remove(&r->agent_by_id, agent->id);
	agent->id = 0;
	r->agents_free[--r->agent_count] = a;
}

void core_drop_queue(struct routing *r, uint32_t q)
{
	struct queue *queue = &r->queues[q];
	assert(queue->contact_count == 0 && queue->members == 0 && queue->lines == 0);
	core_timer_queue(r, q, USHER_NEVER);
	r->reserve_count -= queue->set.reserve > 0;
	table_remove(&r->queue_by_id, queue->set.queue);
	queue->set.queue = 0;
	r->queues_free[--r->queue_count] = q;
}

void core_drop_line(struct routing *r, uint32_t l)
{
	r->lines_free[--r->line_count] = l;
}

void core_drop_seat(struct routing *r, uint32_t s)
{
	r->seats_free[--r->seat_count] = s;
}

struct routing_effect *core_effect(struct routing *r, enum routing_effect_kind kind, uint32_t c,
				   uint32_t a)
{
	assert(r->effect_count < CORE_EFFECTS_MAX);
	struct routing_effect *fx = &r->effects[r->effect_count++];
	*fx = (struct routing_effect){.kind = kind};
	if (c != 0) {
		fx->contact = r->contacts[c].id;
		fx->queue = r->queues[r->contacts[c].queue].set.queue;
		fx->epoch = r->contacts[c].epoch;
	}
	if (a != 0)
		fx->agent = r->agents[a].id;
	return fx;
}

usher_us core_later(const struct routing *r, usher_us span)
{
	return r->now_us + span;
}
