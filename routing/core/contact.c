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

/* ---- its queue ------------------------------------------------------------------------------ */

static usher_us step_end(const struct routing *r, const struct contact *contact, usher_us from)
{
	const struct routing_queue_set *set = &r->queues[contact->queue].set;
	return contact->step + 1 < set->step_count ? from + set->steps[contact->step].lasts_us
						   : USHER_NEVER;
}

void core_contact_enqueue(struct routing *r, uint32_t c, uint32_t q)
{
	struct contact *contact = &r->contacts[c];
	struct queue *queue = &r->queues[q];
	contact->queue = q;
	contact->entry = ++r->epoch;
	contact->queued_us = r->now_us;
	contact->retry_us = 0;
	contact->step = 0;
	contact->step_end_us = step_end(r, contact, r->now_us);
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
	if (queue->cursor == c)
		queue->cursor = contact->queue_next;
	*(contact->queue_prev != 0 ? &r->contacts[contact->queue_prev].queue_next
				   : &queue->contacts_first) = contact->queue_next;
	*(contact->queue_next != 0 ? &r->contacts[contact->queue_next].queue_prev
				   : &queue->contacts_last) = contact->queue_prev;
	queue->contact_count--;
	queue->contact_states[contact->state]--;
	if (queue->is_removed && queue->contact_count == 0 && queue->chores == 0)
		core_drop_queue(r, contact->queue);
}

void core_contact_move(struct routing *r, uint32_t c, uint32_t q)
{
	const struct line_key before = r->lines[r->contacts[c].line].key;
	core_line_leave(r, c);
	core_contact_dequeue(r, c);
	core_contact_enqueue(r, c, q);
	core_line_require(r, c, before.base, before.count);
}

bool core_contact_advance(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	const struct routing_queue_set *set = &r->queues[contact->queue].set;
	uint8_t last = (uint8_t)(set->step_count > 0 ? set->step_count - 1 : 0);
	uint8_t before = contact->step;
	if (contact->step > last)
		contact->step = last;
	if (contact->step == last)
		contact->step_end_us = USHER_NEVER;
	else if (contact->step_end_us == USHER_NEVER) /* there are more steps than before */
		contact->step_end_us = step_end(r, contact, r->now_us);
	while (contact->step_end_us <= r->now_us) {
		usher_us end = contact->step_end_us;
		contact->step++;
		contact->step_end_us = step_end(r, contact, end);
	}
	if (contact->step == before)
		return false;
	core_effect(r, FX_STEP, c, 0)->number = contact->step;
	return true;
}

/* ---- waiting -------------------------------------------------------------------------------- */

struct routing_rank core_contact_rank(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	const struct routing_queue_set *set = &r->queues[contact->queue].set;
	uint8_t raise = set->step_count > 0 ? set->steps[contact->step].priority_raise : 0;
	uint8_t p = (uint8_t)(contact->priority > raise ? contact->priority - raise : 0);
	return set->has_ranks ? set->ranks[p] : (struct routing_rank){p, 1, 0};
}

struct order_key core_contact_key(const struct routing *r, uint32_t c)
{
	struct routing_rank rank = core_contact_rank(r, c);
	return policy_contact(rank.tier, r->contacts[c].first_us - rank.ahead_us,
			      r->contacts[c].id);
}

void core_contact_fresh(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	assert(contact->state == CONTACT_WAITING && contact->place == PLACE_NONE);
	r->contact_nodes[c].key = core_contact_key(r, c);
	tree_add(&r->fresh, r->contact_nodes, c);
	contact->place = PLACE_FRESH;
}

void core_contact_renew(struct routing *r, uint32_t c)
{
	core_contact_advance(r, c);
	core_line_update(r, c);
}

/* Only what happens to the contact itself puts this off, not that it is looked at again. */
static void question_later(struct routing *r, uint32_t c)
{
	if (r->contacts[c].excluded_count > 0)
		r->contacts[c].check_us = core_later(r, CORE_ROUND_REVIEW_US);
}

void core_contact_wait(struct routing *r, uint32_t c, enum contact_cause cause)
{
	if (r->queues[r->contacts[c].queue].is_removed) {
		core_contact_close(r, c, CAUSE_REMOVED);
		return;
	}
	core_contact_become(r, c, CONTACT_WAITING);
	core_effect(r, FX_QUEUED, c, 0)->cause = cause;
	core_contact_renew(r, c);
	question_later(r, c);
	core_contact_fresh(r, c);
}

void core_contact_unwait(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	if (contact->place == PLACE_LINE || contact->place == PLACE_OWN)
		core_line_exit(r, c);
	else if (contact->place == PLACE_FRESH)
		tree_remove(&r->fresh, r->contact_nodes, c);
	else if (contact->place == PLACE_WIDE)
		tree_remove(&r->wide, r->contact_nodes, c);
	contact->place = PLACE_NONE;
}

void core_contact_settle(struct routing *r, uint32_t c)
{
	core_contact_unwait(r, c);
	core_line_enter(r, c);
	core_due_join(r, c, core_due_boundary(r, c));
	if (r->queues[r->contacts[c].queue].set.is_overflow_absent)
		core_queue_presence(r, r->contacts[c].queue);
}

void core_contact_park(struct routing *r, uint32_t c, enum core_park park, usher_us until,
		       enum contact_cause cause)
{
	struct contact *contact = &r->contacts[c];
	usher_us latest = core_later(r, CORE_PARK_MAX_US);
	assert(contact->place == PLACE_NONE && contact->seats == 0);
	core_contact_become(r, c, CONTACT_PARKED);
	contact->park = (uint8_t)park;
	core_timer_contact(r, c, until < latest ? until : latest);
	struct routing_effect *fx = core_effect(r, FX_PARKED, c, 0);
	fx->agent = contact->parker;
	fx->at_us = contact->due_us;
	fx->cause = cause;
}

/* ---- for whom ------------------------------------------------------------------------------- */

void core_contact_forgive(struct routing *r, uint32_t c)
{
	r->contacts[c].excluded_count = 0;
	r->contacts[c].excluded_us = r->contacts[c].check_us = 0;
}

void core_contact_exclude(struct routing *r, uint32_t c, uint32_t a)
{
	struct contact *contact = &r->contacts[c];
	usher_us span = r->queues[contact->queue].set.offer_us;
	contact->excluded_us = core_later(r, span < CORE_ROUND_MAX_US ? span : CORE_ROUND_MAX_US);
	for (unsigned i = 0; i < contact->excluded_count; i++)
		if (contact->excluded[i] == r->agents[a].id)
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
	usher_id id = r->agents[a].id;
	for (unsigned i = 0; i < contact->excluded_count; i++)
		if (contact->excluded[i] == id)
			return true;
	return contact->barred == id && !contact->is_directed;
}

void core_contact_reserve(struct routing *r, uint32_t c, uint32_t a, usher_us span, bool directed)
{
	struct contact *contact = &r->contacts[c];
	assert(contact->place == PLACE_NONE && span > 0);
	contact->only = a;
	contact->is_directed = directed;
	contact->hold_us = core_later(r, span);
}

void core_contact_open(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	contact->only = 0;
	contact->is_directed = contact->is_kept = false;
	contact->hold_us = contact->fallback_us = 0;
	contact->fallback = 0;
}

bool core_contact_suits(const struct routing *r, uint32_t c, uint32_t a)
{
	const struct contact *contact = &r->contacts[c];
	return a != 0 && contact->barred != r->agents[a].id &&
	       core_roster_is_member(r, a, contact->queue) &&
	       core_agent_can_serve(r, a, contact->line);
}

bool core_contact_prefer(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	uint32_t a = core_find_agent(r, contact->fallback);
	usher_us span = contact->fallback_us;
	core_contact_open(r, c);
	bool is_here = a != 0 && r->agents[a].wanted != AGENT_SIGNED_OUT && !r->agents[a].is_lost;
	if (span <= 0 || !core_contact_suits(r, c, a) || (!is_here && !contact->is_patient))
		return false;
	core_contact_reserve(r, c, a, span, false);
	return true;
}

/* ---- the end -------------------------------------------------------------------------------- */

void core_contact_close(struct routing *r, uint32_t c, enum contact_cause cause)
{
	struct contact *contact = &r->contacts[c];
	uint32_t holder = core_holder(r, c);
	struct routing_effect *fx = core_effect(r, FX_CLOSED, c, holder);
	fx->cause = cause;
	if (holder != 0)
		fx->epoch = r->seats[contact->seats].epoch;
	if (contact->state == CONTACT_PARKED)
		fx->agent = contact->parker;
	core_confer_end(r, c);
	core_confer_forget(r, c);
	core_contact_unwait(r, c);
	while (contact->seats != 0)
		core_seat_remove(r, contact->seats);
	core_timer_contact(r, c, USHER_NEVER);
	core_contact_become(r, c, CONTACT_CLOSED);
	core_line_leave(r, c);
	core_contact_dequeue(r, c);
	core_drop_contact(r, c);
}

/* What the time has brought to one that waits: the next step, another agent to wait for, the end
 * of a round or of its wait here. */
static void review(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	const struct routing_queue_set *set = &r->queues[contact->queue].set;
	core_contact_unwait(r, c);
	core_contact_renew(r, c);
	if (contact->only != 0 && contact->hold_us <= r->now_us)
		core_contact_prefer(r, c); /* who suits it in the step of now */
	if (contact->excluded_count > 0 &&
	    (contact->excluded_us <= r->now_us || !core_match_others(r, c)))
		core_contact_forgive(r, c);
	question_later(r, c);
	bool is_over = set->wait_max_us > 0 && set->expired != TREAT_WAIT &&
		       contact->queued_us + set->wait_max_us <= r->now_us;
	bool may_move = set->overflow_us > 0 && contact->queued_us + set->overflow_us <= r->now_us;
	if (is_over && set->expired == TREAT_END) {
		core_contact_close(r, c, CAUSE_WAITED_OUT);
		return;
	}
	if ((is_over || may_move) && contact->retry_us <= r->now_us && core_overflow(r, c))
		return;
	core_contact_fresh(r, c);
}

void core_contact_due(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	switch ((enum contact_state)contact->state) {
	case CONTACT_WAITING:
		review(r, c);
		return;
	case CONTACT_OFFERED:
		core_offer_due(r, c);
		return;
	case CONTACT_ACTIVE:
		core_held_due(r, c);
		return;
	case CONTACT_WRAPUP:
		core_contact_close(r, c, (enum contact_cause)contact->cause);
		return;
	case CONTACT_PARKED:
		core_resume(r, c);
		return;
	case CONTACT_NONE:
	case CONTACT_CLOSED:
		break;
	}
	assert(!"a deadline in a state that has none");
}

/* ---- events of the customer and the supervisor ---------------------------------------------- */

int core_on_customer_left(struct routing *r, const struct routing_command *ev)
{
	uint32_t c = core_contact_now(r, ev->contact);
	if (c == 0)
		return E_NOT_FOUND;
	const struct contact *contact = &r->contacts[c];
	switch ((enum contact_state)contact->state) {
	case CONTACT_OFFERED:
		core_offers_end(r, c, CAUSE_WITHDRAWN);
		core_contact_close(r, c, CAUSE_CUSTOMER_LEFT);
		return 0;
	case CONTACT_ACTIVE:
		core_held_finish(r, c, CAUSE_CUSTOMER_ENDED);
		return 0;
	case CONTACT_PARKED:
		if (!channel_is_live((enum channel_kind)contact->channel) && !contact->is_callback)
			return E_STATE;
		core_contact_close(r, c,
				   contact->park == PARK_AGENT ? CAUSE_CUSTOMER_ENDED
							       : CAUSE_CUSTOMER_LEFT);
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
	if (!is_waiting)
		return 0;
	core_line_update(r, c);
	core_contact_fresh(r, c);
	return 0;
}

int core_on_callback(struct routing *r, const struct routing_command *ev)
{
	uint32_t c = core_contact_now(r, ev->contact);
	if (c == 0)
		return E_NOT_FOUND;
	struct contact *contact = &r->contacts[c];
	if (contact->state != CONTACT_WAITING && contact->state != CONTACT_OFFERED &&
	    (contact->state != CONTACT_PARKED || contact->park == PARK_AGENT))
		return E_STATE;
	if (r->queues[contact->queue].is_removed)
		return E_CLOSED;
	if (ev->until_us < 0 || ev->until_us > core_later(r, CORE_PARK_MAX_US))
		return E_INVALID;
	bool was_waiting = contact->state == CONTACT_WAITING;
	if (contact->state == CONTACT_OFFERED)
		core_offers_end(r, c, CAUSE_WITHDRAWN);
	core_contact_unwait(r, c);
	core_timer_contact(r, c, USHER_NEVER);
	core_contact_become(r, c, CONTACT_WAITING);
	contact->is_callback = true;
	core_effect(r, FX_CALLBACK, c, 0);
	core_line_update(r, c);
	if (ev->until_us > r->now_us) {
		core_contact_open(r, c);
		core_contact_park(r, c, PARK_DUE, ev->until_us, CAUSE_CALLBACK);
		return 0;
	}
	if (!was_waiting)
		core_effect(r, FX_QUEUED, c, 0);
	core_contact_fresh(r, c);
	return 0;
}

int core_on_require(struct routing *r, const struct routing_contact_new *ev)
{
	struct routing_requirement base[ROUTING_REQUIREMENTS_MAX];
	uint32_t skills[ROUTING_REQUIREMENTS_MAX];
	uint32_t c = core_contact_now(r, ev->contact);
	if (c == 0)
		return E_NOT_FOUND;
	if (core_requirements_read(ev->requirements, ev->requirement_count, base) < 0)
		return E_INVALID;
	for (unsigned i = 0; i < ev->requirement_count; i++)
		skills[i] = base[i].skill;
	int code = core_skill_check(r, skills, ev->requirement_count);
	if (code < 0)
		return code;
	for (unsigned i = 0; i < ev->requirement_count; i++)
		core_skill_slot(r, skills[i]);
	bool is_waiting = r->contacts[c].state == CONTACT_WAITING;
	if (is_waiting)
		core_contact_unwait(r, c);
	core_line_require(r, c, base, ev->requirement_count);
	if (is_waiting)
		core_contact_fresh(r, c);
	return 0;
}
