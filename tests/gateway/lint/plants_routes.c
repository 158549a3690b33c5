/* SPDX-License-Identifier: Apache-2.0 */
/* Who serves a queue, steps, which contact comes first, overflow. */
#include "tests/gateway/lint/plants.h"

#define S USHER_SECOND

/* ---- who serves a queue ---------------------------------------------------------------------- */

static void no_members(struct bed *b)
{
	bed_leave(b, DORA, NIGHT);
}

static void former_members(struct bed *b)
{
	bed_join(b, ANNA, SUPPORT + 3);
	b->site.queue_count = 4;
	bed_leave(b, ANNA, SUPPORT + 3);
	bed_leave(b, DORA, NIGHT);
	bed_leave(b, DORA, SUPPORT);
	b->site.queue_count = 3;
	bed_join(b, DORA, NIGHT);
	b->agents[DORA].is_agent = false;
}

static void no_skilled(struct bed *b)
{
	set_of(b, BILLING)->requirements[0].level = 5;
}

void plant_two_steps(struct bed *b)
{
	bed_step(b, BILLING, 30 * S)->ring_max = 0;
	bed_step(b, BILLING, 0);
	bed_seat(b, BEN, BILLING)->ring = 1;
}

static void last_step(struct bed *b)
{
	bed_seat(b, ANNA, BILLING)->ring = 2;
	bed_seat(b, BEN, BILLING)->ring = 3;
	set_of(b, BILLING)->steps[1].ring_max = 1;
}

static void front_queue(struct bed *b)
{
	bed_leave(b, DORA, NIGHT);
	bed_overflow(b, NIGHT, SUPPORT, 1 * S);
	bed_office(b, SUPPORT);
	bed_office(b, NIGHT);
}

static void uncovered(struct bed *b)
{
	b->queues[NIGHT].hours = NULL;
}

static void step_nobody(struct bed *b)
{
	bed_seat(b, ANNA, BILLING)->ring = 1;
}

static void ring_idle(struct bed *b)
{
	set_of(b, BILLING)->steps[0].ring_max = 1;
	bed_seat(b, BEN, BILLING)->ring = 0;
}

static void two_penalties(struct bed *b)
{
	bed_step(b, BILLING, 30 * S)->penalty_max = 0;
	bed_step(b, BILLING, 0);
	bed_seat(b, BEN, BILLING)->penalty = 10;
}

static void penalty_idle(struct bed *b)
{
	set_of(b, BILLING)->steps[0].penalty_max = 50;
}

static void prefers_fi(struct bed *b)
{
	bed_require(b, BILLING, FI, 1);
	set_of(b, BILLING)->requirements[1].is_preferred = true;
}

static void prefers_rare(struct bed *b)
{
	b->site.skill_count = 4;
	set_of(b, BILLING)->requirements[1].skill = RARE;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void step_zero(struct bed *b)
{
	set_of(b, BILLING)->steps[0].lasts_us = 0;
}

static void ends_later(struct bed *b)
{
	plant_two_steps(b);
	set_of(b, BILLING)->wait_max_us = 60 * S;
	set_of(b, BILLING)->expired = TREAT_END;
}

static void ends_before(struct bed *b)
{
	set_of(b, BILLING)->wait_max_us = 30 * S;
}

static void overflows_later(struct bed *b)
{
	plant_two_steps(b);
	bed_overflow(b, BILLING, SUPPORT, 60 * S);
}

static void overflows_before(struct bed *b)
{
	set_of(b, BILLING)->overflow_us = 20 * S;
}

static void step_tighter(struct bed *b)
{
	struct routing_queue_set *set = set_of(b, BILLING);
	struct routing_step wide = set->steps[1];
	wide.lasts_us = 30 * S;
	set->steps[1] = set->steps[0];
	set->steps[0] = wide;
	bed_seat(b, BEN, BILLING)->ring = 1;
}

static void step_same(struct bed *b)
{
	struct routing_queue_set *set = set_of(b, BILLING);
	bed_step(b, BILLING, 0);
	set->steps[1].lasts_us = 10 * S;
}

static void until_second(struct bed *b)
{
	plant_two_steps(b);
	set_of(b, BILLING)->requirements[0].until_step = 1;
}

static void until_none(struct bed *b)
{
	set_of(b, BILLING)->requirements[0].until_step = 2;
}

static void drops_money(struct bed *b)
{
	plant_two_steps(b);
	set_of(b, BILLING)->steps[1].drops[set_of(b, BILLING)->steps[1].drop_count++] = MONEY;
}

static void drops_fi(struct bed *b)
{
	set_of(b, BILLING)->steps[1].drops[set_of(b, BILLING)->steps[1].drop_count++] = FI;
}

static void raises(struct bed *b)
{
	plant_two_steps(b);
	set_of(b, BILLING)->steps[1].priority_raise = 2;
}

static void raises_nothing(struct bed *b)
{
	for (int q = 0; q < 3; q++)
		set_of(b, q)->priority = 0;
}

/* ---- which contact comes first --------------------------------------------------------------- */

static void age(struct bed *b, int q, enum routing_ageing mode, uint8_t tier)
{
	struct routing_queue_set *set = set_of(b, q);
	b->queues[q].ageing = mode;
	set->has_ranks = true;
	for (int p = 0; p < CONTACT_PRIORITIES; p++) {
		set->ranks[p] = (struct routing_rank){.tier = tier, .growth = 1};
		if (mode == AGEING_OFFSET)
			set->ranks[p].ahead_us = (9 - p) * 60 * S;
		else if (mode == AGEING_DEADLINE)
			set->ranks[p].ahead_us = -(p + 1) * 60 * S;
	}
}

static void one_ageing(struct bed *b)
{
	for (int q = 0; q < 3; q++)
		age(b, q, AGEING_OFFSET, 0);
	set_of(b, SUPPORT)->priority = 7;
	set_of(b, BILLING)->priority = 3;
}

static void one_priority(struct bed *b)
{
	set_of(b, SUPPORT)->priority = 5;
	set_of(b, BILLING)->priority = 5;
}

static void urgent(struct bed *b)
{
	set_of(b, SUPPORT)->priority = 3; /* cleo and dora do not serve billing */
	set_of(b, NIGHT)->priority = 3;
	bed_leave(b, ANNA, SUPPORT);
}

static void starving(struct bed *b)
{
	bed_join(b, ANNA, SUPPORT);
}

static void mixed(struct bed *b)
{
	age(b, BILLING, AGEING_DEADLINE, 0);
}

/* ---- overflow -------------------------------------------------------------------------------- */

static void overflows(struct bed *b)
{
	bed_overflow(b, BILLING, SUPPORT, 60 * S);
}

static void to_itself(struct bed *b)
{
	bed_overflow(b, BILLING, BILLING, 60 * S);
}

static void to_removed(struct bed *b)
{
	set_of(b, BILLING)->overflow_to = 999;
}

static void overflows_by_length(struct bed *b)
{
	bed_overflow(b, BILLING, SUPPORT, 0);
	set_of(b, BILLING)->overflow_length = 10;
}

static void ring_by_length(struct bed *b)
{
	bed_overflow(b, SUPPORT, BILLING, 30 * S);
}

static void ring_by_wait(struct bed *b)
{
	bed_overflow(b, SUPPORT, BILLING, 30 * S);
	bed_overflow(b, BILLING, NIGHT, 60 * S);
	bed_overflow(b, NIGHT, SUPPORT, 90 * S);
}

static void no_trigger(struct bed *b)
{
	set_of(b, BILLING)->overflow_us = 0;
}

static void overflows_to_night(struct bed *b)
{
	bed_overflow(b, BILLING, NIGHT, 60 * S);
}

static void closes_to_night(struct bed *b)
{
	bed_office(b, BILLING);
	bed_overflow(b, BILLING, NIGHT, 0);
	set_of(b, BILLING)->closed = TREAT_OVERFLOW;
	b->queues[NIGHT].hours = bed_hours(
		b, "{\"week\":{\"mon\":[[\"16:00\",\"22:00\"]],\"tue\":[[\"16:00\",\"22:00\"]]}}");
}

static void night_is_day(struct bed *b)
{
	b->queues[NIGHT].hours = bed_hours(b, "{\"week\":{\"mon\":[[\"09:00\",\"15:00\"]]}}");
}

static void night_begins_late(struct bed *b)
{
	b->queues[NIGHT].hours = bed_hours(
		b, "{\"week\":{\"mon\":[[\"17:00\",\"22:00\"]],\"tue\":[[\"16:00\",\"22:00\"]]}}");
}

static void night_is_small(struct bed *b)
{
	bed_overflow(b, BILLING, NIGHT, 0);
	set_of(b, BILLING)->overflow_length = 20;
	set_of(b, NIGHT)->length_max = 20;
}

static void night_is_tiny(struct bed *b)
{
	set_of(b, NIGHT)->length_max = 3;
}

static void full_at_thirty(struct bed *b)
{
	overflows_by_length(b);
	set_of(b, BILLING)->length_max = 30;
}

static void full_at_five(struct bed *b)
{
	set_of(b, BILLING)->length_max = 5;
}

static void expires_later(struct bed *b)
{
	overflows(b);
	set_of(b, BILLING)->wait_max_us = 600 * S;
	set_of(b, BILLING)->expired = TREAT_END;
}

static void expires_before(struct bed *b)
{
	set_of(b, BILLING)->wait_max_us = 60 * S;
}

static void full_overflows(struct bed *b)
{
	full_at_thirty(b);
	set_of(b, BILLING)->full = TREAT_OVERFLOW;
}

static void never_full(struct bed *b)
{
	set_of(b, BILLING)->length_max = 0;
}

static void never_expires(struct bed *b)
{
	set_of(b, BILLING)->wait_max_us = 0;
}

const struct plant plants_of_routes[] = {
	{LINT_QUEUE_NO_MEMBERS, "night", "", NULL, no_members},
	{LINT_QUEUE_FORMER_MEMBERS, "night", "", NULL, former_members},
	{LINT_QUEUE_NO_SKILLED, "billing", "/requirements", NULL, no_skilled},
	{LINT_QUEUE_LAST_STEP, "billing", "/steps/1", plant_two_steps, last_step},
	{LINT_QUEUE_UNCOVERED, "night", "/overflow/to", front_queue, uncovered},
	{LINT_STEP_NOBODY, "billing", "/steps/0", plant_two_steps, step_nobody},
	{LINT_RING_IDLE, "billing", "/steps/0/ring_max", plant_two_steps, ring_idle},
	{LINT_PENALTY_IDLE, "billing", "/steps/0/penalty_max", two_penalties, penalty_idle},
	{LINT_PREFERRED_NOBODY, "billing", "/requirements/1", prefers_fi, prefers_rare},
	{LINT_STEP_ZERO, "billing", "/steps/0/seconds", plant_two_steps, step_zero},
	{LINT_STEP_NEVER, "billing", "/steps/1", ends_later, ends_before},
	{LINT_STEP_AFTER_OVERFLOW, "billing", "/steps/1", overflows_later, overflows_before},
	{LINT_STEP_TIGHTER, "billing", "/steps/1/ring_max", plant_two_steps, step_tighter},
	{LINT_STEP_SAME, "billing", "/steps/2", plant_two_steps, step_same},
	{LINT_UNTIL_STEP, "billing", "/requirements/0/until_step", until_second, until_none},
	{LINT_DROP_UNASKED, "billing", "/steps/1/drop/1", drops_money, drops_fi},
	{LINT_RAISE_IDLE, "billing", "/steps/1/priority_raise", raises, raises_nothing},
	{LINT_PRIORITY_UNUSED, "support", "/ageing", one_ageing, one_priority},
	{LINT_TIER_STARVES, "billing", "/ageing", urgent, starving},
	{LINT_TIER_MIXED, "billing", "/ageing", one_ageing, mixed},
	{LINT_OVERFLOW_SELF, "billing", "/overflow/to", overflows, to_itself},
	{LINT_OVERFLOW_REMOVED, "billing", "/overflow/to", overflows, to_removed},
	{LINT_OVERFLOW_RING, "support", "/overflow/to", overflows_by_length, ring_by_length},
	{LINT_OVERFLOW_RING_WAIT, "support", "/overflow/to", overflows, ring_by_wait},
	{LINT_OVERFLOW_IDLE, "billing", "/overflow", overflows, no_trigger},
	{LINT_OVERFLOW_UNSERVED, "billing", "/overflow/to", overflows_to_night, no_members},
	{LINT_OVERFLOW_CLOSED_TOO, "billing", "/overflow/to", closes_to_night, night_is_day},
	{LINT_OVERFLOW_HOLE, "billing", "/hours", closes_to_night, night_begins_late},
	{LINT_OVERFLOW_SMALL, "billing", "/overflow/to", night_is_small, night_is_tiny},
	{LINT_OVERFLOW_LENGTH_LATE, "billing", "/overflow/length", full_at_thirty, full_at_five},
	{LINT_OVERFLOW_LATE, "billing", "/overflow/after_seconds", expires_later, expires_before},
	{LINT_FULL_IDLE, "billing", "/full", full_overflows, never_full},
	{LINT_EXPIRED_IDLE, "billing", "/expired", expires_later, never_expires},
	{.plant = NULL},
};
