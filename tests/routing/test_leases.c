/* SPDX-License-Identifier: Apache-2.0 */
/* Text that must be answered in time, by the agent and by the customer (section 6). */
#include "tests/routing/world.h"

static int setup(void **state)
{
	struct world *w = world_begin(state, (struct routing_limits){64, 16, 8, 64});
	struct routing_queue_set q = world_queue_default(1);
	q.first_reply_us = 2 * USHER_MINUTE;
	q.reply_us = 3 * USHER_MINUTE;
	q.silence_us = 10 * USHER_MINUTE;
	q.missed_max = 2;
	world_queue_set(w, q);
	return 0;
}

static int teardown(void **state)
{
	return world_end(state);
}

static void held(struct world *w)
{
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
}

/* Nothing until the instant, and the deadline says so. */
static void until(struct world *w, usher_us at)
{
	assert_int_equal(world_view(w, 100).deadline_us, at);
	assert_true(routing_deadline(w->r) <= at);
	world_tick(w, at - 1 - w->now);
	assert_int_equal(world_state(w, 100), CONTACT_ACTIVE);
	world_tick(w, 1);
}

static void lost_without_a_first_reply(void **state)
{
	struct world *w = *state;
	held(w);
	w->now++;
	world_agent(w, 11, 1);
	until(w, WORLD_START + 2 * USHER_MINUTE);
	assert_int_equal(world_fx(w, FX_RELEASED, 0)->agent, 10);
	assert_int_equal(world_fx(w, FX_RELEASED, 0)->cause, CAUSE_NO_REPLY);
	assert_int_equal(world_agent_view(w, 10).missed, 1); /* as not answered */
	assert_int_equal(world_view(w, 100).first_us, WORLD_START);
	assert_int_equal(world_offered(w, 100), 11); /* not to the same one */
}

static void too_often_is_not_responding(void **state)
{
	struct world *w = *state;
	held(w);
	world_tick(w, 2 * USHER_MINUTE);
	world_tick(w, 5 * USHER_SECOND); /* nobody else: a new round */
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_agent_view(w, 10).missed, 1);
	world_tick(w, 20 * USHER_SECOND); /* two in a row */
	assert_int_equal(world_agent_view(w, 10).state, AGENT_NOT_RESPONDING);
}

static void first_reply_in_time(void **state)
{
	struct world *w = *state;
	held(w);
	world_tick(w, 2 * USHER_MINUTE - 1);
	assert_int_equal(world_wrote(w, 100, true), 0);
	until(w, w->now + 10 * USHER_MINUTE); /* now the customer is waited for */
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->cause, CAUSE_SILENCE);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->agent, 10);
	assert_int_equal(world_agent_view(w, 10).load, 0);
}

static void too_late_at_the_instant(void **state)
{
	struct world *w = *state;
	held(w);
	w->now += 2 * USHER_MINUTE;
	(void)world_wrote(w, 100, true);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
}

static void later_reply_after_the_first_unanswered(void **state)
{
	struct world *w = *state;
	held(w);
	assert_int_equal(world_wrote(w, 100, true), 0);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_wrote(w, 100, false), 0);
	usher_us asked = w->now;
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_wrote(w, 100, false), 0); /* asking again does not give him longer */
	until(w, asked + 3 * USHER_MINUTE);
	assert_int_equal(world_fx(w, FX_RELEASED, 0)->cause, CAUSE_NO_REPLY);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
}

static void customer_writing_does_not_spare_the_first_reply(void **state)
{
	struct world *w = *state;
	held(w);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_wrote(w, 100, false), 0);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
}

static void talking_goes_on_for_ever(void **state)
{
	struct world *w = *state;
	held(w);
	for (unsigned i = 0; i < 20; i++) {
		world_tick(w, 2 * USHER_MINUTE - 1);
		assert_int_equal(world_wrote(w, 100, true), 0);
		world_tick(w, 10 * USHER_MINUTE - 1);
		assert_int_equal(world_wrote(w, 100, false), 0);
	}
	assert_int_equal(world_holder(w, 100), 10);
	assert_int_equal(world_agent_view(w, 10).missed, 0);
}

static void another_holder_has_a_time_of_his_own(void **state)
{
	struct world *w = *state;
	held(w);
	world_tick(w, USHER_MINUTE);
	world_agent(w, 11, 1);
	assert_int_equal(world_move(w, 100, 0, 11), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	assert_int_equal(world_holder(w, 100), 11);
	until(w, w->now + 2 * USHER_MINUTE);
	assert_int_equal(world_fx(w, FX_RELEASED, 0)->agent, 11);
}

static void no_lease_in_wrapup_or_parked(void **state)
{
	struct world *w = *state;
	held(w);
	assert_int_equal(world_until(w, EV_PARK, 100, w->now + USHER_DAY), 0);
	world_tick(w, USHER_HOUR);
	assert_int_equal(world_state(w, 100), CONTACT_PARKED);
	assert_int_equal(world_command(w, EV_RESUME, (struct routing_command){.contact = 100}), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	assert_int_equal(world_holder(w, 100), 10);
	until(w, w->now + 2 * USHER_MINUTE);
}

static void automatic_assignment_has_it_too(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.is_automatic = true;
	q.first_reply_us = USHER_MINUTE;
	world_queue_set(w, q);
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	assert_int_equal(world_state(w, 100), CONTACT_ACTIVE);
	until(w, w->now + USHER_MINUTE);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_NOT_RESPONDING);
}

static void without_limits_nothing_ends(void **state)
{
	struct world *w = *state;
	world_queue(w, 1);
	held(w);
	assert_int_equal(world_view(w, 100).deadline_us, USHER_NEVER);
	assert_int_equal(world_wrote(w, 100, true), 0);
	assert_int_equal(world_wrote(w, 100, false), 0);
	world_tick(w, USHER_DAY);
	assert_int_equal(world_holder(w, 100), 10);
}

static void conference_goes_on_with_the_next(void **state)
{
	struct world *w = *state;
	held(w);
	world_agent(w, 11, 1);
	assert_int_equal(world_consult(w, 100, 0, 11, 200), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 200), 0);
	assert_int_equal(world_with(w, EV_CONFERENCE, 100, 10, 200), 0);
	world_tick(w, 2 * USHER_MINUTE);
	routing_check(w->r);
	assert_int_not_equal(world_state(w, 100), CONTACT_CLOSED); /* the customer is still there */
}

static void activity_good_and_bad(void **state)
{
	struct world *w = *state;
	struct routing_event ev = {.kind = EV_ACTIVITY, .command = {.contact = 999}};
	world_refused(w, &ev, E_NOT_FOUND);
	struct routing_event set = {.kind = EV_QUEUE_SET, .queue = world_queue_default(1)};
	usher_us *spans[] = {&set.queue.first_reply_us, &set.queue.reply_us, &set.queue.silence_us};
	for (unsigned i = 0; i < 3; i++) {
		*spans[i] = 400 * USHER_DAY + 1;
		world_refused(w, &set, E_INVALID);
		*spans[i] = -1;
		world_refused(w, &set, E_INVALID);
		*spans[i] = 400 * USHER_DAY;
		assert_int_equal(world_code(w, &set), 0);
		*spans[i] = 0;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(lost_without_a_first_reply),
		TEST_TWICE(too_often_is_not_responding),
		TEST_TWICE(first_reply_in_time),
		TEST_TWICE(too_late_at_the_instant),
		TEST_TWICE(later_reply_after_the_first_unanswered),
		TEST_TWICE(customer_writing_does_not_spare_the_first_reply),
		TEST_TWICE(talking_goes_on_for_ever),
		TEST_TWICE(another_holder_has_a_time_of_his_own),
		TEST_TWICE(no_lease_in_wrapup_or_parked),
		TEST_TWICE(automatic_assignment_has_it_too),
		TEST_TWICE(without_limits_nothing_ends),
		TEST_TWICE(conference_goes_on_with_the_next),
		TEST_TWICE(activity_good_and_bad),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
