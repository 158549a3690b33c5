/* SPDX-License-Identifier: Apache-2.0 */
/* A binary heap by (instant, id): at most one entry per contact and per agent. */
#include "routing/core/parts.h"

#include <assert.h>

static bool is_before(const struct timer *a, const struct timer *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	if (a->id != b->id)
		return a->id < b->id;
	return a->item < b->item; /* an agent and a contact with the same id */
}

static void put(struct routing *r, uint32_t slot, struct timer t)
{
	r->timers[slot] = t;
	if ((t.item & CORE_TIMER_AGENT) != 0)
		r->agents[t.item & ~CORE_TIMER_AGENT].timer = slot;
	else
		r->contacts[t.item].timer = slot;
}

static void settle(struct routing *r, uint32_t slot, struct timer t)
{
	while (slot > 1 && is_before(&t, &r->timers[slot / 2])) {
		put(r, slot, r->timers[slot / 2]);
		slot /= 2;
	}
	for (;;) {
		uint32_t child = slot * 2;
		if (child > r->timer_count)
			break;
		if (child < r->timer_count && is_before(&r->timers[child + 1], &r->timers[child]))
			child++;
		if (!is_before(&r->timers[child], &t))
			break;
		put(r, slot, r->timers[child]);
		slot = child;
	}
	put(r, slot, t);
}

/* Returns the new slot by way of put(); `slot` 0 = not in the heap. */
static void set(struct routing *r, uint32_t slot, struct timer t)
{
	if (t.at != USHER_NEVER) {
		settle(r, slot != 0 ? slot : ++r->timer_count, t);
		return;
	}
	if (slot == 0)
		return;
	assert(r->timers[slot].item == t.item);
	struct timer last = r->timers[r->timer_count--];
	if (last.item != t.item)
		settle(r, slot, last);
}

void core_timer_contact(struct routing *r, uint32_t c, usher_us at)
{
	struct contact *contact = &r->contacts[c];
	if (contact->deadline_us == at)
		return;
	contact->deadline_us = at;
	set(r, contact->timer, (struct timer){at, contact->id, c});
	if (at == USHER_NEVER)
		contact->timer = 0;
}

void core_timer_agent(struct routing *r, uint32_t a, usher_us at)
{
	struct agent *agent = &r->agents[a];
	if (agent->deadline_us == at)
		return;
	agent->deadline_us = at;
	set(r, agent->timer, (struct timer){at, agent->id, a | CORE_TIMER_AGENT});
	if (at == USHER_NEVER)
		agent->timer = 0;
}
