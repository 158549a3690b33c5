/* SPDX-License-Identifier: Apache-2.0 */
/* A contact's way through the states, and where it stands while it waits. */
#include "routing/core/parts.h"

#include <assert.h>

void core_contact_become(struct routing *r, uint32_t c, enum contact_state state)
{
	struct contact *contact = &r->contacts[c];
	struct queue *queue = &r->queues[contact->queue];
	assert(contact_may_become((enum contact_state)contact->state, state));
	queue->contact_states[contact->state]--;
	queue->contact_states[state]++;
	contact->state = (uint8_t)state;
}

void core_contact_enqueue(struct routing *r, uint32_t c, uint32_t q)
{
	struct contact *contact = &r->contacts[c];
	struct queue *queue = &r->queues[q];
	contact->queue = q;
	contact->entry = ++r->epoch;
	contact->queue_prev = queue->contacts_last;
	contact->queue_next = 0;
	*(queue->contacts_last != 0 ? &r->contacts[queue->contacts_last].queue_next
				    : &queue->contacts_first) = c;
	queue->contacts_last = c;
	queue->contact_count++;
	queue->contact_states[contact->state]++;
}

void core_contact_dequeue(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	struct queue *queue = &r->queues[contact->queue];
	if (queue->drain == c)
		queue->drain = contact->queue_next;
	*(contact->queue_prev != 0 ? &r->contacts[contact->queue_prev].queue_next
				   : &queue->contacts_first) = contact->queue_next;
	*(contact->queue_next != 0 ? &r->contacts[contact->queue_next].queue_prev
				   : &queue->contacts_last) = contact->queue_prev;
	queue->contact_count--;
	queue->contact_states[contact->state]--;
	if (queue->is_removed && queue->contact_count == 0 &&
	    r->queue_nodes[contact->queue].size == 0)
		core_drop_queue(r, contact->queue);
}

void core_contact_forgive(struct routing *r, uint32_t c)
{
	r->contacts[c].excluded_count = 0;
	r->contacts[c].excluded_us = 0;
}

void core_contact_fresh(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	assert(contact->state == CONTACT_WAITING && contact->place == PLACE_NONE);
	r->contact_nodes[c].key = policy_contact(contact->priority, contact->first_us, contact->id);
	tree_add(&r->fresh, r->contact_nodes, c);
	contact->place = PLACE_FRESH;
}

void core_contact_wait(struct routing *r, uint32_t c)
{
	if (r->queues[r->contacts[c].queue].is_removed) {
		core_contact_close(r, c, CAUSE_REMOVED);
		return;
	}
	core_contact_become(r, c, CONTACT_WAITING);
	core_effect(r, FX_QUEUED, c, 0);
	core_contact_fresh(r, c);
}

void core_contact_unwait(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	if (contact->place == PLACE_LINE)
		core_line_exit(r, c);
	else if (contact->place == PLACE_FRESH)
		tree_remove(&r->fresh, r->contact_nodes, c);
	contact->place = PLACE_NONE;
}

/* Reviews fall together on few instants, so that a long line does not mean many wake-ups. */
void core_contact_rearm(struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	usher_us at = (r->now_us / CORE_REVIEW_US + 2) * CORE_REVIEW_US;
	if (r->lines[contact->line].only != 0 && contact->hold_us < at)
		at = contact->hold_us;
	if (contact->excluded_count > 0) {
		usher_us review = core_later(r, CORE_ROUND_REVIEW_US);
		review = contact->excluded_us < review ? contact->excluded_us : review;
		at = review < at ? review : at;
	}
	core_timer_contact(r, c, at);
}

void core_contact_exclude(struct routing *r, uint32_t c, uint32_t a)
{
	struct contact *contact = &r->contacts[c];
	usher_us span = r->queues[contact->queue].set.offer_us;
	contact->excluded_us = core_later(r, span < CORE_ROUND_MAX_US ? span : CORE_ROUND_MAX_US);
	if (core_contact_excludes(r, c, a))
		return;
	if (contact->excluded_count == CORE_EXCLUDED_MAX) {
		for (unsigned i = 1; i < CORE_EXCLUDED_MAX; i++)
			contact->excluded[i - 1] = contact->excluded[i];
		contact->excluded_count--;
	}
	contact->excluded[contact->excluded_count++] = r->agents[a].id;
}

bool core_contact_excludes(const struct routing *r, uint32_t c, uint32_t a)
{
	const struct contact *contact = &r->contacts[c];
	for (unsigned i = 0; i < contact->excluded_count; i++)
		if (contact->excluded[i] == r->agents[a].id)
			return true;
	return false;
}

void core_contact_reserve(struct routing *r, uint32_t c, uint32_t a, usher_us span, bool directed)
{
	struct contact *contact = &r->contacts[c];
	struct line like = r->lines[contact->line];
	assert(contact->place == PLACE_NONE && span > 0);
	like.only = a;
	like.is_directed = directed;
	core_line_leave(r, c);
	core_line_join(r, c, &like);
	contact->hold_us = core_later(r, span);
}

void core_contact_close(struct routing *r, uint32_t c, enum contact_cause cause)
{
	struct contact *contact = &r->contacts[c];
	struct routing_effect *fx = core_effect(r, FX_CLOSED, c, contact->agent);
	fx->cause = cause;
	if (contact->state == CONTACT_PARKED)
		fx->agent = contact->parker;
	core_contact_unwait(r, c);
	if (contact->agent != 0)
		core_agent_detach(r, c);
	core_timer_contact(r, c, USHER_NEVER);
	core_contact_become(r, c, CONTACT_CLOSED);
	core_line_leave(r, c);
	core_contact_dequeue(r, c);
	core_drop_contact(r, c);
}

static void review(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	core_line_exit(r, c);
	if (r->lines[contact->line].only != 0 && contact->hold_us <= r->now_us)
		core_line_open(r, c);
	if (contact->excluded_count > 0 && !core_match_others(r, c))
		core_contact_forgive(r, c);
	core_contact_fresh(r, c);
}

void core_contact_due(struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	switch ((enum contact_state)contact->state) {
	case CONTACT_WAITING:
		review(r, c);
		return;
	case CONTACT_OFFERED:
		core_offer_due(r, c);
		return;
	case CONTACT_WRAPUP:
		core_contact_close(r, c, (enum contact_cause)contact->cause);
		return;
	case CONTACT_PARKED:
		core_resume(r, c);
		return;
	case CONTACT_NONE:
	case CONTACT_ACTIVE:
	case CONTACT_CLOSED:
		break;
	}
	assert(!"a deadline in a state that has none");
}

/* ---- arriving ------------------------------------------------------------------------------- */

/* Sorted by skill, so that equal sets make equal lines. */
static int read_requirements(const struct routing_contact_new *ev, struct line *like)
{
	if (ev->requirement_count > ROUTING_REQUIREMENTS_MAX)
		return E_INVALID;
	for (unsigned i = 0; i < ev->requirement_count; i++) {
		struct routing_skill need = {ev->requirements[i].skill, ev->requirements[i].level};
		if (need.skill == 0 || need.level > SKILL_LEVEL_MAX)
			return E_INVALID;
		unsigned at = i;
		for (; at > 0 && like->requirements[at - 1].skill >= need.skill; at--) {
			if (like->requirements[at - 1].skill == need.skill)
				return E_INVALID;
			like->requirements[at] = like->requirements[at - 1];
		}
		like->requirements[at] = need;
	}
	like->requirement_count = ev->requirement_count;
	return 0;
}

static int check_new(const struct routing *r, const struct routing_contact_new *ev,
		     struct line *like)
{
	if (ev->contact == 0 || (unsigned)ev->channel >= CHANNEL_KINDS ||
	    ev->channel == CHANNEL_NONE || ev->first_us < 0 || ev->preferred_us < 0 ||
	    ev->preferred_us > CORE_HOLD_MAX_US || read_requirements(ev, like) < 0)
		return E_INVALID;
	if (core_find_contact(r, ev->contact) != 0)
		return E_EXISTS;
	like->queue = core_find_queue(r, ev->queue);
	if (like->queue == 0)
		return E_NOT_FOUND;
	if (r->queues[like->queue].is_removed)
		return E_CLOSED;
	like->channel = (uint8_t)ev->channel;
	return r->contact_count < r->limits.contacts_max ? 0 : E_LIMIT;
}

int core_on_contact_new(struct routing *r, const struct routing_contact_new *ev)
{
	struct line like = {0};
	int code = check_new(r, ev, &like);
	if (code < 0)
		return code;
	uint32_t c = core_new_contact(r, ev->contact);
	struct contact *contact = &r->contacts[c];
	contact->channel = like.channel;
	contact->priority = ev->priority < CONTACT_PRIORITIES ? ev->priority
							      : r->queues[like.queue].set.priority;
	contact->first_us = ev->first_us < r->now_us ? ev->first_us : r->now_us;
	contact->queued_us = r->now_us;
	core_contact_enqueue(r, c, like.queue);
	contact->epoch = contact->entry;
	core_line_join(r, c, &like);
	uint32_t a = core_find_agent(r, ev->preferred);
	if (a != 0 && ev->preferred_us > 0 && core_agent_is_member(r, a, like.queue) &&
	    core_agent_can_serve(r, a, &r->lines[contact->line]))
		core_contact_reserve(r, c, a, ev->preferred_us, false);
	core_contact_wait(r, c);
	return 0;
}

/* ---- other events of the customer and the supervisor ---------------------------------------- */

int core_on_customer_left(struct routing *r, const struct routing_command *ev)
{
	uint32_t c = core_contact_now(r, ev->contact);
	if (c == 0)
		return E_NOT_FOUND;
	const struct contact *contact = &r->contacts[c];
	switch ((enum contact_state)contact->state) {
	case CONTACT_OFFERED:
		core_offer_end(r, c, CAUSE_WITHDRAWN);
		core_contact_close(r, c, CAUSE_CUSTOMER_LEFT);
		return 0;
	case CONTACT_ACTIVE:
		core_held_finish(r, c, CAUSE_CUSTOMER_ENDED);
		return 0;
	case CONTACT_PARKED:
		if (!channel_is_live((enum channel_kind)contact->channel))
			return E_STATE;
		core_contact_close(r, c, CAUSE_CUSTOMER_ENDED);
		return 0;
	case CONTACT_WRAPUP:
		return 0;
	case CONTACT_WAITING:
	case CONTACT_NONE:
	case CONTACT_CLOSED:
		break;
	}
	core_contact_close(r, c, CAUSE_CUSTOMER_LEFT);
	return 0;
}

int core_on_priority(struct routing *r, const struct routing_command *ev)
{
	uint32_t c = core_contact_now(r, ev->contact);
	if (c == 0)
		return E_NOT_FOUND;
	if (ev->priority >= CONTACT_PRIORITIES)
		return E_INVALID;
	struct contact *contact = &r->contacts[c];
	if (contact->priority == ev->priority)
		return 0;
	bool is_waiting = contact->state == CONTACT_WAITING;
	if (is_waiting)
		core_contact_unwait(r, c);
	contact->priority = ev->priority;
	core_effect(r, FX_PRIORITY, c, 0);
	if (is_waiting)
		core_contact_fresh(r, c);
	return 0;
}
