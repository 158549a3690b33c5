/* SPDX-License-Identifier: Apache-2.0 */
/* Section 1 of the rules: which contact comes first. */
#include "tests/routing/world.h"

static int setup(void **state)
{
	struct world *w = world_begin(state, (struct routing_limits){64, 32, 8, 64});
	world_queue(w, 1);
	return 0;
}

static int teardown(void **state)
{
	return world_end(state);
}

/* ---- contacts ------------------------------------------------------------------------------ */

/* All priorities in one tier, growing alike. */
static struct routing_queue_set ranked(usher_id queue)
{
	struct routing_queue_set q = world_queue_default(queue);
	q.has_ranks = true;
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++)
		q.ranks[p] = (struct routing_rank){.tier = 1, .growth = 1};
	return q;
}

static void arrive_with(struct world *w, usher_id contact, usher_id queue, uint8_t priority)
{
	struct routing_contact_new c = world_contact_default(contact, queue);
	c.priority = priority;
	assert_int_equal(world_contact_new(w, c), 0);
}

/* The order in which one agent of queues 1 and 2 gets them; it must be as given. */
static void served_in(struct world *w, const usher_id *order, unsigned count)
{
	struct routing_agent_set a = world_agent_default(10, 1);
	struct routing_queue_view ignored;
	if (routing_queue(w->r, 2, &ignored))
		a.queues[a.queue_count++].queue = 2;
	world_ready(w, a);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(world_offered(w, order[i]), 10);
		world_serve(w, order[i]);
	}
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
}

static void without_ranks_priority_then_age_then_id(void **state)
{
	struct world *w = *state;
	arrive_with(w, 105, 1, 255); /* the queue's: 5 */
	arrive_with(w, 104, 1, 5);
	w->now += USHER_HOUR;
	arrive_with(w, 103, 1, 5);
	arrive_with(w, 102, 1, 4);
	arrive_with(w, 101, 1, 6);
	served_in(w, (usher_id[]){102, 104, 105, 103, 101}, 5);
}

static void a_lower_tier_is_first_whatever_the_wait(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = ranked(1);
	q.ranks[7].tier = 0; /* tiers need not follow the priorities */
	q.ranks[0].tier = 200;
	q.ranks[0].growth = 10000;
	q.ranks[0].ahead_us = 400 * USHER_DAY;
	world_queue_set(w, q);
	arrive_with(w, 100, 1, 0);
	w->now += USHER_DAY;
	arrive_with(w, 101, 1, 5);
	w->now += USHER_DAY;
	arrive_with(w, 102, 1, 7);
	served_in(w, (usher_id[]){102, 101, 100}, 3);
}

static void growth_overtakes_at_the_exact_instant(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = ranked(1);
	q.ranks[1].growth = 3;
	world_queue_set(w, q);
	arrive_with(w, 101, 1, 5);
	w->now += USHER_MINUTE;
	arrive_with(w, 100, 1, 1); /* 3 × (t - 60 s) > t from 90 s on */
	assert_int_equal(world_view(w, 101).position, 1);
	w->now += 30 * USHER_SECOND - 1;
	served_in(w, (usher_id[]){101}, 1);
	arrive_with(w, 102, 1, 5);
	world_agent(w, 11, 1);
	assert_int_equal(world_offered(w, 100), 11);
}

static void equal_scores_fall_to_the_earlier(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = ranked(1);
	q.ranks[1].growth = 3;
	world_queue_set(w, q);
	arrive_with(w, 101, 1, 5);
	w->now += USHER_MINUTE;
	arrive_with(w, 100, 1, 1);
	w->now += 30 * USHER_SECOND; /* 90 s each */
	served_in(w, (usher_id[]){101, 100}, 2);
	arrive_with(w, 103, 1, 5);
	w->now += USHER_MINUTE;
	arrive_with(w, 102, 1, 1);
	w->now += 30 * USHER_SECOND + 1;
	served_in(w, (usher_id[]){102, 103}, 2);
}

static void ahead_counts_as_waited(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = ranked(1);
	q.ranks[1].ahead_us = 2 * USHER_MINUTE;
	world_queue_set(w, q);
	arrive_with(w, 100, 1, 5);
	w->now += 2 * USHER_MINUTE - 1;
	arrive_with(w, 101, 1, 1);
	w->now += 1;
	arrive_with(w, 102, 1, 1); /* the same place as 100: the lower id */
	w->now += 1;
	arrive_with(w, 99, 1, 1); /* one microsecond behind it */
	served_in(w, (usher_id[]){101, 100, 102, 99}, 4);
}

static void deadlines_earliest_first(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = ranked(1);
	q.ranks[5].ahead_us = -USHER_DAY; /* an answer within a day */
	q.ranks[3].ahead_us = -USHER_HOUR;
	world_queue_set(w, q);
	arrive_with(w, 100, 1, 5);
	w->now += 22 * USHER_HOUR;
	arrive_with(w, 101, 1, 3);
	w->now += USHER_HOUR + 1;
	arrive_with(w, 102, 1, 3);
	served_in(w, (usher_id[]){101, 100, 102}, 3);
}

static void scores_before_the_deadline_are_nothing(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = ranked(1);
	q.ranks[3].ahead_us = -USHER_HOUR;
	q.ranks[3].growth = 10000;
	q.ranks[4].ahead_us = -USHER_DAY;
	world_queue_set(w, q);
	arrive_with(w, 100, 1, 3);
	arrive_with(w, 101, 1, 4);
	arrive_with(w, 102, 1, 5);
	w->now += USHER_MINUTE; /* 102 has a minute, the others nothing: earlier deadline */
	served_in(w, (usher_id[]){102, 100, 101}, 3);
	arrive_with(w, 103, 1, 3);
	arrive_with(w, 104, 1, 5);
	w->now += USHER_HOUR + USHER_SECOND; /* 10,000 s against 3,601 s */
	served_in(w, (usher_id[]){103, 104}, 2);
}

static void raise_of_a_step_goes_to_another_rank(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.step_count = 2;
	q.steps[0] = (struct routing_step){USHER_MINUTE, ROUTING_ANY, ROUTING_ANY};
	q.steps[1] = q.steps[0];
	q.steps[1].priority_raise = 3;
	world_queue_set(w, q);
	arrive_with(w, 100, 1, 5);
	arrive_with(w, 101, 1, 1);
	w->now += 30 * USHER_SECOND;
	arrive_with(w, 102, 1, 3);
	arrive_with(w, 103, 1, 0);
	world_tick(w, 30 * USHER_SECOND - 1);
	assert_int_equal(world_view(w, 100).position, 4);
	world_tick(w, 1); /* 100 counts as 2, 101 as 0 and not as less */
	usher_id order[] = {101, 103, 100, 102};
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(world_view(w, order[i]).position, i + 1);
	served_in(w, order, 4);
}

static void queues_compare_by_their_own_ranks(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = ranked(1);
	q.ranks[5].growth = 2;
	world_queue_set(w, q);
	q = ranked(2);
	q.ranks[5].ahead_us = USHER_MINUTE;
	world_queue_set(w, q);
	arrive_with(w, 100, 1, 5); /* 2 t against t + 60 s: even after a minute */
	arrive_with(w, 101, 2, 5);
	w->now += USHER_MINUTE - 1;
	served_in(w, (usher_id[]){101, 100}, 2);
	arrive_with(w, 102, 1, 5);
	arrive_with(w, 103, 2, 5);
	w->now += USHER_MINUTE + 1;
	served_in(w, (usher_id[]){102, 103}, 2);
}

static void eight_growths_are_kept_in_order(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = ranked(1);
	usher_id order[8];
	for (unsigned p = 0; p < 8; p++)
		q.ranks[p].growth = (uint16_t)(p + 1);
	q.ranks[8].growth = q.ranks[9].growth = 8;
	world_queue_set(w, q);
	for (unsigned p = 0; p < 8; p++) {
		arrive_with(w, 100 + p, 1, (uint8_t)p);
		order[p] = 107 - p;
	}
	w->now += USHER_SECOND;
	served_in(w, order, 8);
}

static void first_message_keeps_the_place_through_everything(void **state)
{
	struct world *w = *state;
	world_queue(w, 2);
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	w->now += USHER_MINUTE;
	world_arrive(w, 101, 2);
	w->now += USHER_MINUTE;
	assert_int_equal(world_move(w, 100, 2, 0), 0);
	assert_int_equal(world_view(w, 100).position, 1);
	struct routing_command later = {.contact = 100, .until_us = w->now + USHER_MINUTE};
	assert_int_equal(world_command(w, EV_CALLBACK, later), 0);
	assert_int_equal(world_view(w, 101).position, 1);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_view(w, 100).position, 1);
	assert_int_equal(world_view(w, 100).first_us, WORLD_START);
	world_agent(w, 11, 2);
	assert_int_equal(world_offered(w, 100), 11);
	world_tick(w, 20 * USHER_SECOND);
	assert_int_equal(world_view(w, 100).position, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(without_ranks_priority_then_age_then_id),
		TEST_TWICE(a_lower_tier_is_first_whatever_the_wait),
		TEST_TWICE(growth_overtakes_at_the_exact_instant),
		TEST_TWICE(equal_scores_fall_to_the_earlier),
		TEST_TWICE(ahead_counts_as_waited),
		TEST_TWICE(deadlines_earliest_first),
		TEST_TWICE(scores_before_the_deadline_are_nothing),
		TEST_TWICE(raise_of_a_step_goes_to_another_rank),
		TEST_TWICE(queues_compare_by_their_own_ranks),
		TEST_TWICE(eight_growths_are_kept_in_order),
		TEST_TWICE(first_message_keeps_the_place_through_everything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
