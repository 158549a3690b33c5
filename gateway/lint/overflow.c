/* SPDX-License-Identifier: Apache-2.0 */
/* Overflow: where it leads, whether it can happen, and whether anybody is there then. */
#include "gateway/calendar/hours_gaps.h"
#include "gateway/lint/index.h"

#include <stdio.h>

#define HOLE_MIN_MAX 120 /* a longer time between two queues is a night, or meant */
#define SMALL_RATIO 4

enum { BY_WAIT = 1, BY_LENGTH = 2, BY_ABSENCE = 4, BY_CLOSING = 8 };

static unsigned triggers_of(const struct routing_queue_set *set)
{
	unsigned bits = 0;
	if (set->overflow_us > 0 || (set->wait_max_us > 0 && set->expired == TREAT_OVERFLOW))
		bits |= BY_WAIT;
	if (set->overflow_length > 0 || (set->length_max > 0 && set->full == TREAT_OVERFLOW))
		bits |= BY_LENGTH;
	if (set->is_overflow_absent)
		bits |= BY_ABSENCE;
	if (set->closed == TREAT_OVERFLOW)
		bits |= BY_CLOSING;
	return bits;
}

static const char *trigger_member(unsigned triggers)
{
	return triggers & BY_WAIT      ? "after_seconds"
	       : triggers & BY_LENGTH  ? "length"
	       : triggers & BY_ABSENCE ? "absent"
				       : "closed";
}

/* ---- rings ----------------------------------------------------------------------------------- */

/* "support (after_seconds) → backup (length) → support" */
static void print_ring(const struct lint *l, uint32_t from, struct usher_buf *ret)
{
	uint32_t q = from;
	do {
		const struct lint_queue *queue = &l->site->queues[q];
		if (ret->n < 200)
			buf_addf(ret, "%.*s (%s) → ", TEXT_ARG(queue->slug),
				 trigger_member(triggers_of(&queue->set)));
		else if (ret->p[ret->n - 1] != ' ' || memcmp(ret->p + ret->n - 5, "… ", 4) != 0)
			buf_adds(ret, "… ");
		q = l->next[q];
	} while (q != from);
	buf_add_text(ret, l->site->queues[from].slug);
}

static void note_ring(struct lint *l, uint32_t from)
{
	struct usher_buf way = {0};
	unsigned any = 0, all = ~0u;
	bool is_whole = true;
	uint32_t q = from;
	do {
		unsigned triggers = triggers_of(&l->site->queues[q].set);
		is_whole = is_whole && triggers != 0;
		any |= triggers;
		all &= triggers;
		q = l->next[q];
	} while (q != from);
	/* Closed queues only hand on to an open one: nobody goes round. */
	if (!is_whole || any == BY_CLOSING)
		return;
	print_ring(l, from, &way);
	struct lint_finding *f = lint_note_queue(
		l, (all & BY_WAIT) != 0 ? LINT_OVERFLOW_RING_WAIT : LINT_OVERFLOW_RING, from,
		"/overflow/to");
	lint_arg(l, f, "%s", way.p);
	buf_done(&way);
}

/* Each queue hands on to one at most, so a walk from each unseen one finds every ring once. */
static void check_rings(struct lint *l)
{
	size_t n = l->site->queue_count;
	uint32_t *seen = arena_new(&l->arena, (n + 1) * sizeof *seen);
	for (uint32_t start = 0; start < n; start++) {
		uint32_t q = start;
		while (q != LINT_NONE && seen[q] == 0) {
			seen[q] = start + 1;
			q = l->next[q] == q ? LINT_NONE : l->next[q];
		}
		if (q != LINT_NONE && seen[q] == start + 1)
			note_ring(l, q);
	}
}

/* ---- hours ----------------------------------------------------------------------------------- */

static void check_closed_too(struct lint *l, uint32_t q)
{
	const struct lint_queue *from = &l->site->queues[q], *to = &l->site->queues[l->next[q]];
	struct hours_gaps gaps;
	if (from->set.closed != TREAT_OVERFLOW || from->hours == NULL || to->hours == NULL)
		return;
	for (int m = 0; m < LINT_WEEK_MIN; m++)
		if (lint_week_at(l->weeks[l->next[q]], m) && !lint_week_at(l->weeks[q], m))
			return;
	hours_gaps(to->hours, &from->hours, 1, l->site->now, &gaps);
	if (gaps.count == 0)
		lint_arg(l, lint_note_queue(l, LINT_OVERFLOW_CLOSED_TOO, q, "/overflow/to"), "%.*s",
			 TEXT_ARG(to->slug));
}

static void note_hole(struct lint *l, uint32_t q, int begin, int end)
{
	const struct lint_queue *from = &l->site->queues[q];
	struct lint_finding *f = lint_note_queue(l, LINT_OVERFLOW_HOLE, q, "/hours");
	int local = lint_week_local(from, l->site->now, begin);
	int local_end = lint_week_local(from, l->site->now, end);
	lint_arg(l, f, "%.*s", TEXT_ARG(l->site->queues[l->next[q]].slug));
	lint_arg(l, f, "%d", local / 1440);
	lint_arg(l, f, "%02d:%02d", local % 1440 / 60, local % 60);
	lint_arg(l, f, "%02d:%02d", local_end % 1440 / 60, local_end % 60);
}

/* A short time in which one has closed already and the other not yet opened. */
static void check_hole(struct lint *l, uint32_t q)
{
	const struct lint_week *from = l->weeks[q], *to = l->weeks[l->next[q]];
	int begin = -1;
	if (l->site->queues[q].set.closed != TREAT_OVERFLOW || from == NULL || to == NULL)
		return;
	for (int m = 0; m < LINT_WEEK_MIN + HOLE_MIN_MAX; m++) {
		bool is_open = lint_week_at(from, m) || lint_week_at(to, m);
		bool was_open = lint_week_at(from, m - 1) || lint_week_at(to, m - 1);
		if (!is_open && was_open)
			begin = m;
		if (!is_open || was_open || begin < 0 || m - begin > HOLE_MIN_MAX)
			continue;
		bool is_handed = (lint_week_at(from, begin - 1) && lint_week_at(to, m)) ||
				 (lint_week_at(to, begin - 1) && lint_week_at(from, m));
		bool is_own = (lint_week_at(from, begin - 1) && lint_week_at(from, m)) ||
			      (lint_week_at(to, begin - 1) && lint_week_at(to, m));
		if (is_handed && !is_own) {
			note_hole(l, q, begin, m);
			return;
		}
	}
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void check_lengths(struct lint *l, uint32_t q)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	const struct lint_queue *to = &l->site->queues[l->next[q]];
	uint32_t at = set->overflow_length > 0	      ? set->overflow_length
		      : set->full == TREAT_OVERFLOW ? set->length_max
						      : 0;
	if (set->overflow_length > 0 && set->length_max > 0 && set->overflow_length > set->length_max) {
		struct lint_finding *f =
			lint_note_queue(l, LINT_OVERFLOW_LENGTH_LATE, q, "/overflow/length");
		lint_arg(l, f, "%u", set->overflow_length);
		lint_arg(l, f, "%u", set->length_max);
	}
	if (at > 0 && to->set.length_max > 0 && to->set.length_max <= at / SMALL_RATIO) {
		struct lint_finding *f = lint_note_queue(l, LINT_OVERFLOW_SMALL, q, "/overflow/to");
		lint_arg(l, f, "%.*s", TEXT_ARG(to->slug));
		lint_arg(l, f, "%u", at);
		lint_arg(l, f, "%u", to->set.length_max);
	}
	if (set->overflow_us > 0 && set->wait_max_us > 0 && set->expired != TREAT_WAIT &&
	    set->overflow_us >= set->wait_max_us) {
		struct lint_finding *f =
			lint_note_queue(l, LINT_OVERFLOW_LATE, q, "/overflow/after_seconds");
		lint_arg(l, f, "%lld", (long long)(set->overflow_us / USHER_SECOND));
		lint_arg(l, f, "%lld", (long long)(set->wait_max_us / USHER_SECOND));
	}
}

static void check_target(struct lint *l, uint32_t q)
{
	uint32_t to = l->next[q];
	const struct lint_queue *queue = &l->site->queues[to];
	bool has_way_on = to != q && l->next[to] != LINT_NONE && lint_hands_on(&queue->set);
	if (triggers_of(&l->site->queues[q].set) == 0)
		lint_arg(l, lint_note_queue(l, LINT_OVERFLOW_IDLE, q, "/overflow"), "%.*s",
			 TEXT_ARG(queue->slug));
	else if (!has_way_on && lint_is_empty(lint_set(l, l->served, to), l->words))
		lint_arg(l, lint_note_queue(l, LINT_OVERFLOW_UNSERVED, q, "/overflow/to"), "%.*s",
			 TEXT_ARG(queue->slug));
	check_lengths(l, q);
	check_closed_too(l, q);
	check_hole(l, q);
}

static void check_idle(struct lint *l, uint32_t q)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	if (set->full == TREAT_OVERFLOW && set->length_max == 0)
		lint_note_queue(l, LINT_FULL_IDLE, q, "/full");
	if (set->expired != TREAT_WAIT && set->wait_max_us == 0)
		lint_note_queue(l, LINT_EXPIRED_IDLE, q, "/expired");
}

void lint_check_overflow(struct lint *l)
{
	for (uint32_t q = 0; q < l->site->queue_count; q++) {
		const struct lint_queue *queue = &l->site->queues[q];
		if (queue->set.overflow_to != 0 && queue->set.overflow_to == queue->id)
			lint_note_queue(l, LINT_OVERFLOW_SELF, q, "/overflow/to");
		else if (queue->set.overflow_to != 0 && l->next[q] == LINT_NONE)
			lint_note_queue(l, LINT_OVERFLOW_REMOVED, q, "/overflow/to");
		else if (queue->set.overflow_to != 0)
			check_target(l, q);
		check_idle(l, q);
	}
	check_rings(l);
}
