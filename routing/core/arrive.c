/* SPDX-License-Identifier: Apache-2.0 */
/* Into a queue: new contacts, and those that cannot wait where they are. */
#include "routing/core/parts.h"

static bool is_full(const struct queue *queue)
{
	return queue->set.length_max > 0 &&
	       queue->contact_states[CONTACT_WAITING] + queue->contact_states[CONTACT_OFFERED] >=
		       queue->set.length_max;
}

/* Where the queue's contacts may overflow to now; 0: nowhere. */
static uint32_t overflow_target(const struct routing *r, uint32_t q, uint8_t hops)
{
	uint32_t to = core_find_queue(r, r->queues[q].set.overflow_to);
	if (to == 0 || to == q || hops >= CORE_HOPS_MAX || r->queues[to].is_removed ||
	    r->queues[to].is_closed || is_full(&r->queues[to]))
		return 0;
	return to;
}

static bool wants_overflow(const struct routing *r, uint32_t q)
{
	const struct queue *queue = &r->queues[q];
	return (queue->set.overflow_length > 0 &&
		queue->contact_states[CONTACT_WAITING] >= queue->set.overflow_length) ||
	       (queue->set.is_overflow_absent && core_queue_is_absent(r, q));
}

int core_admit(const struct routing *r, bool is_length_checked, uint32_t *q, uint8_t *hops,
	       bool *ret_is_parked)
{
	for (;;) {
		const struct queue *queue = &r->queues[*q];
		enum routing_treatment treatment = TREAT_WAIT;
		int refusal = 0;
		if (queue->is_closed) {
			treatment = queue->set.closed;
			refusal = treatment == TREAT_END ? E_CLOSED : 0;
		} else if (is_length_checked && is_full(queue)) {
			treatment = queue->set.full;
			refusal = E_LIMIT;
		} else if (wants_overflow(r, *q)) {
			treatment = TREAT_OVERFLOW;
		}
		uint32_t to = treatment == TREAT_OVERFLOW ? overflow_target(r, *q, *hops) : 0;
		if (to == 0) {
			*ret_is_parked = queue->is_closed;
			return refusal;
		}
		*q = to;
		++*hops;
	}
}

bool core_overflow(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	uint8_t hops = contact->hops;
	uint32_t to = overflow_target(r, contact->queue, hops);
	bool is_parked;
	hops++;
	if (to == 0 || core_admit(r, true, &to, &hops, &is_parked) < 0 || to == contact->queue) {
		contact->retry_us = core_later(r, CORE_RETRY_US);
		return false;
	}
	contact->hops = hops;
	core_contact_open(r, c);
	core_contact_move(r, c, to);
	core_contact_wait(r, c, CAUSE_OVERFLOW);
	return true;
}

/* ---- new ones ------------------------------------------------------------------------------- */

struct arrival {
	struct routing_requirement base[ROUTING_REQUIREMENTS_MAX];
	uint32_t skills[ROUTING_REQUIREMENTS_MAX];
	uint32_t queue;
	uint8_t hops;
	bool is_parked; /* the queue is closed */
};

static bool is_span(usher_us span)
{
	return span >= 0 && span <= CORE_HOLD_MAX_US;
}

static int check_new(const struct routing *r, const struct routing_contact_new *ev,
		     struct arrival *ret)
{
	if (ev->contact == 0 || (unsigned)ev->channel >= CHANNEL_KINDS ||
	    ev->channel == CHANNEL_NONE || ev->first_us < 0 || !is_span(ev->preferred_us) ||
	    !is_span(ev->fallback_us) || ev->due_us < 0 ||
	    ev->due_us > core_later(r, CORE_PARK_MAX_US) ||
	    core_requirements_read(ev->requirements, ev->requirement_count, ret->base) < 0)
		return E_INVALID;
	if (core_find_contact(r, ev->contact) != 0)
		return E_EXISTS;
	ret->queue = core_find_queue(r, ev->queue);
	if (ret->queue == 0)
		return E_NOT_FOUND;
	if (r->queues[ret->queue].is_removed)
		return E_CLOSED;
	for (unsigned i = 0; i < ev->requirement_count; i++)
		ret->skills[i] = ret->base[i].skill;
	int code = core_skill_check(r, ret->skills, ev->requirement_count);
	if (code < 0)
		return code;
	return r->contact_count < r->limits.contacts_max ? 0 : E_LIMIT;
}

static uint32_t create(struct routing *r, const struct routing_contact_new *ev,
		       const struct arrival *at)
{
	uint32_t c = core_new_contact(r, ev->contact);
	struct contact *contact = &r->contacts[c];
	contact->channel = (uint8_t)ev->channel;
	contact->priority = ev->priority < CONTACT_PRIORITIES ? ev->priority
							      : r->queues[at->queue].set.priority;
	contact->first_us = ev->first_us < r->now_us ? ev->first_us : r->now_us;
	contact->is_callback = ev->is_callback;
	contact->is_patient = ev->is_patient;
	contact->barred = ev->excluded;
	contact->hops = at->hops;
	for (unsigned i = 0; i < ev->requirement_count; i++)
		core_skill_slot(r, at->skills[i]);
	core_contact_enqueue(r, c, at->queue);
	contact->epoch = contact->entry;
	core_line_require(r, c, at->base, ev->requirement_count);
	contact->fallback = ev->preferred;
	contact->fallback_us = ev->preferred_us;
	if (ev->due_us > r->now_us || at->is_parked)
		return c; /* whom it prefers matters when it comes to wait */
	bool is_waiting = core_contact_prefer(r, c);
	contact->fallback = ev->fallback;
	contact->fallback_us = ev->fallback_us;
	if (!is_waiting)
		core_contact_prefer(r, c);
	return c;
}

static void undo(struct routing *r, uint32_t c, uint64_t epoch, uint32_t skill_count)
{
	core_line_leave(r, c);
	core_contact_dequeue(r, c);
	core_drop_contact(r, c);
	r->epoch = epoch;
	while (r->skill_count > skill_count)
		table_remove(&r->slot_by_skill, r->skill_numbers[--r->skill_count]);
}

/* A full line turns away only who would have to stand in it. */
static int place(struct routing *r, const struct routing_contact_new *ev, struct arrival *at,
		 uint32_t *ret)
{
	uint64_t epoch = r->epoch;
	uint32_t skill_count = r->skill_count, entrance = at->queue;
	int code = core_admit(r, false, &at->queue, &at->hops, &at->is_parked);
	if (code < 0)
		return code;
	*ret = create(r, ev, at);
	if (at->is_parked || ev->due_us > r->now_us || !is_full(&r->queues[at->queue]) ||
	    core_match_agent(r, *ret) != 0)
		return 0;
	undo(r, *ret, epoch, skill_count);
	at->queue = entrance;
	at->hops = 0;
	code = core_admit(r, true, &at->queue, &at->hops, &at->is_parked);
	if (code == 0)
		*ret = create(r, ev, at);
	return code;
}

int core_on_contact_new(struct routing *r, const struct routing_contact_new *ev)
{
	struct arrival at = {.hops = 0};
	uint32_t c;
	int code = check_new(r, ev, &at);
	if (code == 0)
		code = place(r, ev, &at, &c);
	if (code < 0)
		return code;
	if (ev->due_us > r->now_us || at.is_parked) {
		core_contact_become(r, c, CONTACT_WAITING);
		if (ev->due_us > r->now_us)
			core_contact_park(r, c, PARK_DUE, ev->due_us, CAUSE_CALLBACK);
		else
			core_contact_park(r, c, PARK_CLOSED, r->queues[at.queue].until_us,
					  CAUSE_CLOSED_HOURS);
		return 0;
	}
	core_contact_wait(r, c, at.hops > 0 ? CAUSE_OVERFLOW : CAUSE_NONE);
	return 0;
}
