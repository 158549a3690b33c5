/* SPDX-License-Identifier: Apache-2.0 */
/* Whether somebody can take what waits: members, skills, rings and penalties, step by step. */
#include "gateway/lint/index.h"

static bool is_unserved(const struct lint *l, uint32_t q)
{
	return lint_is_empty(lint_set(l, l->served, q), l->words);
}

/* Somebody else takes its contacts in the end; whether at all hours is the question then. */
static bool is_served_by_next(const struct lint *l, uint32_t q)
{
	uint32_t to = l->next[q];
	return to != LINT_NONE && to != q && lint_hands_on(&l->site->queues[q].set) &&
	       !is_unserved(l, to);
}

static void check_covered(struct lint *l, uint32_t q)
{
	uint32_t to = l->next[q];
	int minutes = 0, first = -1;
	for (int m = 0; m < LINT_WEEK_MIN; m++) {
		bool is_gap = lint_week_at(l->weeks[q], m) && !lint_week_at(l->weeks[to], m);
		minutes += is_gap;
		if (is_gap && first < 0)
			first = lint_week_local(&l->site->queues[q], l->site->now, m);
	}
	if (minutes == 0)
		return;
	struct lint_finding *f = lint_note_queue(l, LINT_QUEUE_UNCOVERED, q, "/overflow/to");
	lint_arg(l, f, "%.*s", TEXT_ARG(l->site->queues[to].slug));
	lint_arg(l, f, "%d", first / 1440);
	lint_arg(l, f, "%02d:%02d", first % 1440 / 60, first % 60);
	lint_arg(l, f, "%d", (minutes + 59) / 60);
}

static bool is_let_in(const struct lint *l, uint32_t q, unsigned step, uint64_t *able)
{
	lint_able(l, q, step, false, able);
	return !lint_is_empty(able, l->words);
}

/* The last step is where a contact waits for ever. */
static void check_end(struct lint *l, uint32_t q, uint64_t *able)
{
	unsigned last = lint_step_count(&l->site->queues[q].set) - 1;
	struct lint_finding *f;
	if (lint_seat_count(l, q) == 0) {
		f = lint_note_queue(l, l->former[q] > 0 ? LINT_QUEUE_FORMER_MEMBERS
							: LINT_QUEUE_NO_MEMBERS,
				    q, "%s", "");
		lint_arg(l, f, "%u", l->former[q]);
	} else if (!is_let_in(l, q, last, able)) {
		f = lint_note_queue(l, LINT_QUEUE_LAST_STEP, q, "/steps/%u", last);
		lint_arg(l, f, "%u", lint_seat_count(l, q));
	} else {
		f = lint_note_queue(l, LINT_QUEUE_NO_SKILLED, q, "/requirements");
		lint_arg(l, f, "%u", lint_seat_count(l, q));
	}
}

/* A step before the last one in which nobody may: its time is waited for nothing. */
static void check_each_step(struct lint *l, uint32_t q)
{
	unsigned steps = lint_step_count(&l->site->queues[q].set);
	for (unsigned i = 0; i + 1 < steps; i++)
		if ((l->empty_steps[q] >> i & 1) != 0)
			lint_arg(l, lint_note_queue(l, LINT_STEP_NOBODY, q, "/steps/%u", i), "%u", i);
}

struct widest {
	uint8_t ring, penalty;
};

static struct widest widest_of(const struct lint *l, uint32_t q)
{
	struct widest widest = {0, 0};
	for (uint32_t i = l->seat_first[q]; i < l->seat_first[q + 1]; i++) {
		const struct routing_member *m = l->seats[i].member;
		widest.ring = m->ring > widest.ring ? m->ring : widest.ring;
		widest.penalty = m->penalty > widest.penalty ? m->penalty : widest.penalty;
	}
	return widest;
}

/* A limit above every member, or one that is raised past rings in which there is nobody. */
static void check_limits_of(struct lint *l, uint32_t q)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	struct widest widest = widest_of(l, q);
	for (unsigned i = 0; i < set->step_count && lint_seat_count(l, q) > 0; i++) {
		const struct routing_step *s = &set->steps[i];
		if (s->ring_max != ROUTING_ANY && s->ring_max > widest.ring)
			lint_arg(l, lint_note_queue(l, LINT_RING_IDLE, q, "/steps/%u/ring_max", i), "%u",
				 s->ring_max);
		if (s->penalty_max != ROUTING_ANY && s->penalty_max > widest.penalty)
			lint_arg(l, lint_note_queue(l, LINT_PENALTY_IDLE, q, "/steps/%u/penalty_max", i),
				 "%u", s->penalty_max);
	}
	if (set->step_count == 1 && lint_seat_count(l, q) > 0) {
		if (set->steps[0].ring_max == widest.ring)
			lint_arg(l, lint_note_queue(l, LINT_RING_IDLE, q, "/steps/0/ring_max"), "%u",
				 widest.ring);
		if (set->steps[0].penalty_max == widest.penalty)
			lint_arg(l, lint_note_queue(l, LINT_PENALTY_IDLE, q, "/steps/0/penalty_max"),
				 "%u", widest.penalty);
	}
}

static void check_preferred(struct lint *l, uint32_t q)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	const uint64_t *members = lint_set(l, l->members, q);
	for (unsigned i = 0; i < set->requirement_count && lint_seat_count(l, q) > 0; i++) {
		uint32_t skill = lint_skill_at(l, set->requirements[i].skill);
		bool is_held = skill != LINT_NONE &&
			       lint_meets(members, l->holders[skill * SKILL_LEVEL_MAX], l->words);
		if (!set->requirements[i].is_preferred || is_held || skill == LINT_NONE)
			continue;
		lint_arg(l, lint_note_queue(l, LINT_PREFERRED_NOBODY, q, "/requirements/%u", i),
			 "%.*s", TEXT_ARG(l->site->skills[skill].name));
	}
}

void lint_check_service(struct lint *l)
{
	uint64_t *able = arena_new(&l->arena, (l->words + 1) * sizeof *able);
	for (uint32_t q = 0; q < l->site->queue_count; q++) {
		if (!is_unserved(l, q))
			check_each_step(l, q);
		else if (is_served_by_next(l, q))
			check_covered(l, q);
		else
			check_end(l, q, able);
		check_limits_of(l, q);
		check_preferred(l, q);
	}
}
