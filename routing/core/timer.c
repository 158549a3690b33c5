/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A four-ary heap by (instant, id). It holds what is offered, held and parked, agents and queues,
 * and one entry per line, not one per waiting contact: so it stays small, and moves few entries.
 */
#include "routing/core/parts.h"

#include <assert.h>

/* A line stands for its first due contact: the order is that of the contacts either way. */
static unsigned rank(uint32_t item)
{
	uint32_t kind = item & TIMER_KINDS;
	return kind == TIMER_AGENT ? 1 : kind == TIMER_QUEUE ? 2 : 0;
}

static bool is_before(const struct timer *a, const struct timer *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	if (a->id != b->id)
		return a->id < b->id;
	return rank(a->item) < rank(b->item);
}

static uint32_t *slot_of(struct routing *r, uint32_t item)
{
	uint32_t i = item & ~TIMER_KINDS;
	switch (item & TIMER_KINDS) {
	case TIMER_AGENT:
		return &r->agents[i].timer;
	case TIMER_QUEUE:
		return &r->queues[i].timer;
	case TIMER_LINE:
		return &r->line_timers[i];
	default:
		return &r->contacts[i].timer;
	}
}

static void put(struct routing *r, uint32_t slot, struct timer t)
{
	r->timers[slot] = t;
	*slot_of(r, t.item) = slot;
}

static uint32_t parent_of(uint32_t slot)
{
	return (slot + 2) / 4;
}

static uint32_t best_child(const struct routing *r, uint32_t slot)
{
	uint32_t first = slot * 4 - 2, best = first;
	if (first > r->timer_count)
		return 0;
	for (uint32_t i = first + 1; i < first + 4 && i <= r->timer_count; i++)
		if (is_before(&r->timers[i], &r->timers[best]))
			best = i;
	return best;
}

static void settle(struct routing *r, uint32_t slot, struct timer t)
{
	while (slot > 1 && is_before(&t, &r->timers[parent_of(slot)])) {
		put(r, slot, r->timers[parent_of(slot)]);
		slot = parent_of(slot);
	}
	for (uint32_t child = best_child(r, slot); child != 0 && is_before(&r->timers[child], &t);
	     child = best_child(r, slot)) {
		put(r, slot, r->timers[child]);
		slot = child;
	}
	put(r, slot, t);
}

static void set(struct routing *r, usher_us at, usher_id id, uint32_t item)
{
	uint32_t slot = *slot_of(r, item);
	if (at != USHER_NEVER) {
		settle(r, slot != 0 ? slot : ++r->timer_count, (struct timer){at, id, item});
		return;
	}
	if (slot == 0)
		return;
	assert(r->timers[slot].item == item);
	struct timer last = r->timers[r->timer_count--];
	*slot_of(r, item) = 0;
	if (last.item != item)
		settle(r, slot, last);
}

void core_timer_contact(struct routing *r, uint32_t c, usher_us at)
{
	struct contact *contact = &r->contacts[c];
	assert(!contact->is_listed);
	if (contact->due_us == at)
		return;
	contact->due_us = at;
	set(r, at, contact->id, c | TIMER_CONTACT);
}

void core_timer_line(struct routing *r, uint32_t l)
{
	uint32_t c = r->lines[l].due_first;
	if (c != 0)
		set(r, r->contacts[c].due_us, r->contacts[c].id, l | TIMER_LINE);
	else
		set(r, USHER_NEVER, 0, l | TIMER_LINE);
}

/* Nearly everybody leaves a line before anything is due to him: then its timer stays where it is,
 * too early, and is put right when it comes to the top. */
void core_timers_settle(struct routing *r)
{
	while (r->timer_count > 0 && (r->timers[1].item & TIMER_KINDS) == TIMER_LINE) {
		uint32_t l = r->timers[1].item & ~TIMER_KINDS, c = r->lines[l].due_first;
		if (c != 0 && r->contacts[c].due_us == r->timers[1].at &&
		    r->contacts[c].id == r->timers[1].id)
			return;
		core_timer_line(r, l);
	}
}

void core_timer_agent(struct routing *r, uint32_t a, usher_us at)
{
	struct agent *agent = &r->agents[a];
	if (agent->due_us == at)
		return;
	agent->due_us = at;
	set(r, at, agent->id, a | TIMER_AGENT);
}

void core_timer_queue(struct routing *r, uint32_t q, usher_us at)
{
	struct queue *queue = &r->queues[q];
	if (queue->due_us == at)
		return;
	queue->due_us = at;
	set(r, at, queue->set.queue, q | TIMER_QUEUE);
}
