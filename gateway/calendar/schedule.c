/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/calendar/schedule.h"

#include "gateway/calendar/plan.h"
#include "routing/base/memory.h"
#include "routing/base/table.h"

#include <assert.h>
#include <stdlib.h>

struct entry {
	usher_id owner;
	const struct hours *hours; /* borrowed: until removed or set again */
	usher_us next_us;	   /* key of the heap */
	size_t place;		   /* in the heap */
	bool is_open;
};

struct schedule {
	struct entry **heap; /* owned, with the entries */
	size_t count, space;
	struct table by_owner; /* of entries, borrowed from the heap */
};

struct schedule *schedule_new(void)
{
	return NEW(struct schedule);
}

struct schedule *schedule_free(struct schedule *s)
{
	if (s == NULL)
		return NULL;
	for (size_t i = 0; i < s->count; i++)
		free(s->heap[i]);
	free(s->heap);
	table_done(&s->by_owner);
	free(s);
	return NULL;
}

/* ---- the heap ----------------------------------------------------------------------------------
 */

static bool is_before(const struct entry *a, const struct entry *b)
{
	if (a->next_us != b->next_us)
		return a->next_us < b->next_us;
	return a->owner < b->owner;
}

static void put(struct schedule *s, size_t place, struct entry *e)
{
	s->heap[place] = e;
	e->place = place;
}

static void settle(struct schedule *s, struct entry *e)
{
	size_t at = e->place, child;
	while (at > 0 && is_before(e, s->heap[(at - 1) / 2])) {
		put(s, at, s->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	while ((child = at * 2 + 1) < s->count) {
		if (child + 1 < s->count && is_before(s->heap[child + 1], s->heap[child]))
			child++;
		if (!is_before(s->heap[child], e))
			break;
		put(s, at, s->heap[child]);
		at = child;
	}
	put(s, at, e);
}

/* ---- owners ------------------------------------------------------------------------------------
 */

/* Hours without a change in sight are looked at again before one could have come. */
static usher_us key_after(const struct hours *h, usher_us now)
{
	usher_us next = hours_next(h, now).at_us;
	bool is_far = next == USHER_NEVER && !hours_is_always(h);
	return is_far ? now + HOURS_AHEAD / 2 : next;
}

static struct entry *add_entry(struct schedule *s, usher_id owner)
{
	struct entry *e = NEW(struct entry);
	if (s->count == s->space) {
		s->space = s->space == 0 ? 64 : s->space * 2;
		s->heap = memory_resize(s->heap, s->space * sizeof *s->heap);
	}
	e->owner = owner;
	e->next_us = USHER_NEVER;
	put(s, s->count++, e);
	table_set_pointer(&s->by_owner, owner, e);
	return e;
}

int schedule_set(struct schedule *s, usher_id owner, const struct hours *h, usher_us now,
		 bool *ret_is_open, struct usher_error *reterr)
{
	assert(owner != 0);
	now = plan_clamp(now);
	struct entry *e = table_get_pointer(&s->by_owner, owner);
	if (e == NULL && s->count >= SCHEDULE_OWNERS_MAX)
		return usher_error_set(reterr, E_LIMIT,
				       "Opening hours are kept of %d owners, not of more.",
				       SCHEDULE_OWNERS_MAX);
	if (e == NULL)
		e = add_entry(s, owner);
	e->hours = h;
	e->is_open = hours_is_open(h, now);
	e->next_us = key_after(h, now);
	settle(s, e);
	*ret_is_open = e->is_open;
	return 0;
}

void schedule_remove(struct schedule *s, usher_id owner)
{
	struct entry *e = table_get_pointer(&s->by_owner, owner);
	if (e == NULL)
		return;
	table_remove(&s->by_owner, owner);
	struct entry *last = s->heap[--s->count];
	if (last != e) {
		put(s, e->place, last);
		settle(s, last);
	}
	free(e);
}

size_t schedule_count(const struct schedule *s)
{
	return s->count;
}

bool schedule_is_open(const struct schedule *s, usher_id owner)
{
	const struct entry *e = table_get_pointer(&s->by_owner, owner);
	return e == NULL || e->is_open;
}

usher_us schedule_next(const struct schedule *s)
{
	return s->count > 0 ? s->heap[0]->next_us : USHER_NEVER;
}

/* The last change up to now; the one at `first` was seen to be due. */
static usher_us last_change(const struct hours *h, usher_us first, usher_us now)
{
	usher_us next;
	while ((next = hours_next(h, first).at_us) != USHER_NEVER && next <= now)
		first = next;
	return first;
}

bool schedule_due(struct schedule *s, usher_us now, struct schedule_change *ret)
{
	now = plan_clamp(now);
	while (s->count > 0 && s->heap[0]->next_us <= now) {
		struct entry *e = s->heap[0];
		bool was_open = e->is_open;
		usher_us first = e->next_us;
		e->is_open = hours_is_open(e->hours, now);
		e->next_us = key_after(e->hours, now);
		settle(s, e);
		if (e->is_open != was_open) {
			*ret = (struct schedule_change){e->owner, e->is_open,
							last_change(e->hours, first, now)};
			return true;
		}
	}
	return false;
}
