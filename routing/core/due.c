/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What time does to those who wait. All in one line have the same spans before them, so their
 * instants come in the order in which they joined: a list per line is enough, with one timer for
 * its first. The few that do not fit (they return with an old instant) get a timer of their own.
 */
#include "routing/core/parts.h"

#include <assert.h>

#define WALK_MAX 16 /* places from the end of the list */

static bool is_behind(const struct contact *a, const struct contact *b)
{
	return a->due_us != b->due_us ? a->due_us > b->due_us : a->id > b->id;
}

/* The one to stand behind (0: in front of all); false when it is too far from the end. */
static bool find_place(const struct routing *r, const struct line *line, uint32_t c, uint32_t *ret)
{
	uint32_t before = line->due_last;
	for (unsigned i = 0; before != 0 && !is_behind(&r->contacts[c], &r->contacts[before]);
	     i++) {
		if (i == WALK_MAX)
			return false;
		before = r->contacts[before].due_prev;
	}
	*ret = before;
	return true;
}

static bool is_before_timer(const struct routing *r, const struct contact *contact)
{
	const struct timer *t = &r->timers[r->line_timers[contact->line]];
	return contact->due_us != t->at ? contact->due_us < t->at : contact->id < t->id;
}

void core_due_join(struct routing *r, uint32_t c, usher_us at)
{
	struct contact *contact = &r->contacts[c];
	struct line *line = &r->lines[contact->line];
	uint32_t before = 0;
	assert(contact->due_us == USHER_NEVER && !contact->is_listed);
	if (at == USHER_NEVER)
		return;
	contact->due_us = at;
	if (!find_place(r, line, c, &before)) {
		contact->due_us = USHER_NEVER;
		core_timer_contact(r, c, at);
		return;
	}
	contact->is_listed = true;
	contact->due_prev = before;
	contact->due_next = before != 0 ? r->contacts[before].due_next : line->due_first;
	*(before != 0 ? &r->contacts[before].due_next : &line->due_first) = c;
	*(contact->due_next != 0 ? &r->contacts[contact->due_next].due_prev : &line->due_last) = c;
	/* A timer that is set already is too early at worst. */
	if (before == 0 && (r->line_timers[contact->line] == 0 || is_before_timer(r, contact)))
		core_timer_line(r, contact->line);
}

void core_due_leave(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	struct line *line = &r->lines[contact->line];
	if (!contact->is_listed) {
		core_timer_contact(r, c, USHER_NEVER);
		return;
	}
	*(contact->due_prev != 0 ? &r->contacts[contact->due_prev].due_next : &line->due_first) =
		contact->due_next;
	*(contact->due_next != 0 ? &r->contacts[contact->due_next].due_prev : &line->due_last) =
		contact->due_prev;
	contact->is_listed = false;
	contact->due_us = USHER_NEVER;
}

static usher_us earlier(usher_us a, usher_us b)
{
	return a < b ? a : b;
}

static usher_us not_before(usher_us at, usher_us bound)
{
	return at > bound ? at : bound;
}

usher_us core_due_boundary(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	const struct routing_queue_set *set = &r->queues[contact->queue].set;
	usher_us at = contact->step_end_us;
	if (set->overflow_to != 0 && set->overflow_us > 0 && contact->hops < CORE_HOPS_MAX)
		at = earlier(at,
			     not_before(contact->queued_us + set->overflow_us, contact->retry_us));
	if (set->wait_max_us > 0 && set->expired != TREAT_WAIT)
		at = earlier(at, not_before(contact->queued_us + set->wait_max_us,
					    set->expired == TREAT_END ? 0 : contact->retry_us));
	if (contact->only != 0)
		at = earlier(at, contact->hold_us);
	if (contact->excluded_count > 0)
		at = earlier(at, earlier(contact->excluded_us, contact->check_us));
	return at;
}

void core_due_fire(struct routing *r, uint32_t item)
{
	uint32_t i = item & ~TIMER_KINDS;
	switch (item & TIMER_KINDS) {
	case TIMER_AGENT:
		core_presence_due(r, i);
		return;
	case TIMER_QUEUE:
		core_timer_queue(r, i, USHER_NEVER);
		core_chore(r, i, CHORE_ABSENT);
		return;
	case TIMER_LINE:
		core_contact_due(r, r->lines[i].due_first);
		return;
	default:
		core_contact_due(r, i);
	}
}
