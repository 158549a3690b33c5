/* SPDX-License-Identifier: Apache-2.0 */
/* How waiting ends: too long, called back, queue or agent removed (section 8). */
#include "tests/routing/world.h"

static int setup(void **state)
{
	struct world *w = world_begin(state, (struct routing_limits){64, 16, 8, 64});
	world_queue(w, 1);
	world_queue(w, 2);
	return 0;
}

static int teardown(void **state)
{
	return world_end(state);
}

static struct routing_queue_set to(usher_id queue, usher_id other)
{
	struct routing_queue_set q = world_queue_default(queue);
	q.overflow_to = other;
	return q;
}

static void remove_queue(struct world *w, usher_id queue)
{
	struct routing_event ev = {.kind = EV_QUEUE_REMOVE, .queue.queue = queue};
	assert_int_equal(world_code(w, &ev), 0);
	world_settle(w);
}

/* ---- longest wait -------------------------------------------------------------------------- */

static void waited_out(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.wait_max_us = USHER_MINUTE;
	q.expired = TREAT_END;
	world_queue_set(w, q);
	world_arrive(w, 100, 1);
	world_tick(w, USHER_MINUTE - 1);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_tick(w, 1);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->contact, 100);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->agent, 0);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->cause, CAUSE_WAITED_OUT);
	assert_int_equal(world_state(w, 100), CONTACT_CLOSED);
}

static void waited_out_and_overflowing(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = to(1, 2);
	q.wait_max_us = USHER_MINUTE;
	q.expired = TREAT_OVERFLOW;
	world_queue_set(w, q);
	assert_int_equal(world_hours(w, 2, false, USHER_NEVER), 0);
	world_arrive(w, 100, 1);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_view(w, 100).queue, 1); /* as TREAT_WAIT while it cannot */
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_hours(w, 2, true, USHER_NEVER), 0);
	(void)world_run(w, USHER_MINUTE, FX_QUEUED);
	assert_int_equal(world_view(w, 100).queue, 2);
}

static void waited_out_while_offered_ends_on_return(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.wait_max_us = 10 * USHER_SECOND;
	q.expired = TREAT_END;
	world_queue_set(w, q);
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	world_arrive(w, 101, 1);
	world_tick(w, 15 * USHER_SECOND);
	assert_int_equal(world_state(w, 101), CONTACT_CLOSED);
	assert_int_equal(world_offered(w, 100), 10); /* somebody may still answer */
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	world_settle(w);
	assert_int_equal(world_state(w, 100), CONTACT_CLOSED);
}

/* ---- callbacks ----------------------------------------------------------------------------- */

static void callback_keeps_its_place(void **state)
{
	struct world *w = *state;
	world_arrive(w, 100, 1);
	w->now++;
	world_arrive(w, 101, 1);
	struct routing_command c = {.contact = 100};
	assert_int_equal(world_command(w, EV_CALLBACK, c), 0);
	assert_int_equal(world_fx(w, FX_CALLBACK, 0)->contact, 100);
	assert_true(world_view(w, 100).is_callback);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_view(w, 100).position, 1);
	world_agent(w, 10, 1);
	assert_int_equal(world_offered(w, 100), 10);
}

static void callback_with_a_time(void **state)
{
	struct world *w = *state;
	world_arrive(w, 100, 1);
	w->now++;
	world_arrive(w, 101, 1);
	struct routing_command c = {.contact = 100, .until_us = w->now + USHER_HOUR};
	assert_int_equal(world_command(w, EV_CALLBACK, c), 0);
	assert_int_equal(world_state(w, 100), CONTACT_PARKED);
	assert_int_equal(world_fx(w, FX_PARKED, 0)->cause, CAUSE_CALLBACK);
	assert_int_equal(world_fx(w, FX_PARKED, 0)->at_us, c.until_us);
	assert_int_equal(world_view(w, 100).deadline_us, c.until_us);
	assert_false(world_view(w, 100).is_closed_hours);
	world_tick(w, USHER_HOUR - 1);
	assert_int_equal(world_view(w, 101).position, 1);
	world_tick(w, 1);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_view(w, 100).position, 1);
	assert_int_equal(world_view(w, 100).first_us, WORLD_START);
}

static void callback_good_and_bad(void **state)
{
	struct world *w = *state;
	struct routing_event ev = {.kind = EV_CALLBACK, .command = {.contact = 999}};
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_refused(w, &ev, E_NOT_FOUND);
	ev.command.contact = 100;
	world_refused(w, &ev, E_STATE); /* he is being served */
	world_arrive(w, 101, 1);
	ev.command.contact = 101;
	ev.command.until_us = w->now + 401 * USHER_DAY;
	world_refused(w, &ev, E_INVALID);
	ev.command.until_us = w->now + 400 * USHER_DAY;
	assert_int_equal(world_code(w, &ev), 0);
	assert_int_equal(world_left(w, 101), 0); /* cancelled */
	assert_int_equal(world_state(w, 101), CONTACT_CLOSED);
	struct routing_contact_new c = world_contact_default(102, 1);
	c.is_callback = true;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_true(world_view(w, 102).is_callback);
	assert_int_equal(world_left(w, 102), 0);
	assert_int_equal(world_state(w, 102), CONTACT_CLOSED);
}

static void not_before_its_time(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	world_agent(w, 10, 1);
	c.channel = CHANNEL_LETTER;
	c.due_us = w->now + 401 * USHER_DAY;
	assert_int_equal(world_contact_new(w, c), E_INVALID);
	c.due_us = w->now + USHER_DAY;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_state(w, 100), CONTACT_PARKED);
	assert_int_equal(world_view(w, 100).deadline_us, c.due_us);
	assert_int_equal(world_left(w, 100), E_STATE); /* neither live nor a callback */
	world_tick(w, USHER_DAY - 1);
	assert_int_equal(world_state(w, 100), CONTACT_PARKED);
	world_tick(w, 1);
	assert_int_equal(world_offered(w, 100), 10);
	c.contact = 101;
	c.due_us = w->now; /* now is not later */
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
}

static void callback_time_while_closed(void **state)
{
	struct world *w = *state;
	struct routing_command c = {.contact = 100, .until_us = w->now + USHER_HOUR};
	world_arrive(w, 100, 1);
	assert_int_equal(world_command(w, EV_CALLBACK, c), 0);
	assert_int_equal(world_hours(w, 1, false, USHER_NEVER), 0);
	assert_int_equal(world_hours(w, 1, true, USHER_NEVER), 0);
	world_settle(w);
	assert_int_equal(world_state(w, 100), CONTACT_PARKED); /* opening is not its time */
	world_agent(w, 10, 1);
	world_tick(w, USHER_HOUR);
	assert_int_equal(world_offered(w, 100), 10);
}

static void callback_of_who_waits_for_an_agent(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	struct routing_command later = {.contact = 100, .until_us = w->now + USHER_HOUR};
	world_agent(w, 10, 1);
	world_hold(w, 99, 1);
	world_agent(w, 11, 1);
	c.preferred = 10;
	c.preferred_us = USHER_MINUTE;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING); /* for 10 alone */
	assert_int_equal(world_command(w, EV_CALLBACK, later), 0);
	assert_int_equal(world_state(w, 100), CONTACT_PARKED);
	world_tick(w, USHER_HOUR - 1);
	assert_int_equal(world_state(w, 100), CONTACT_PARKED);
	world_tick(w, 1);
	if (world_state(w, 100) == CONTACT_WAITING) /* still for 10, but not for ever */
		world_tick(w, USHER_MINUTE);
	assert_int_equal(world_offered(w, 100), 11);
}

static void callback_of_who_is_offered(void **state)
{
	struct world *w = *state;
	struct routing_command later = {.contact = 100, .until_us = w->now + USHER_HOUR};
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_command(w, EV_CALLBACK, later), 0);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_WITHDRAWN);
	assert_int_equal(world_state(w, 100), CONTACT_PARKED);
	assert_int_equal(world_agent_view(w, 10).load, 0);
	world_tick(w, USHER_HOUR);
	assert_int_equal(world_offered(w, 100), 10);
}

/* ---- removed ------------------------------------------------------------------------------- */

static void removed_queue_closes_who_is_not_served(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_arrive(w, 101, 1);
	assert_int_equal(world_until(w, EV_PARK, 100, w->now + USHER_HOUR), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 101), 0);
	world_agent(w, 11, 1);
	world_arrive(w, 102, 1);
	world_arrive(w, 103, 1);
	assert_int_equal(world_offered(w, 102), 11);
	struct routing_event ev = {.kind = EV_QUEUE_REMOVE, .queue.queue = 1};
	assert_int_equal(world_code(w, &ev), 0);
	unsigned closed = world_count(w, FX_CLOSED);
	assert_int_equal(closed, 3);
	for (unsigned i = 0; i < closed; i++)
		assert_int_equal(world_fx(w, FX_CLOSED, i)->cause, CAUSE_REMOVED);
	assert_int_equal(world_state(w, 101), CONTACT_ACTIVE); /* to the end */
	world_refused(w, &ev, E_CLOSED);
	struct routing_event again = {.kind = EV_QUEUE_SET, .queue = world_queue_default(1)};
	world_refused(w, &again, E_CLOSED);
	struct routing_event arrival = {.kind = EV_CONTACT_NEW,
					.contact = world_contact_default(104, 1)};
	arrival.contact.first_us = w->now;
	world_refused(w, &arrival, E_CLOSED);
	world_serve(w, 101);
	world_settle(w);
	assert_int_equal(world_code(w, &again), 0); /* its id is free */
	assert_int_equal(world_code(w, &arrival), 0);
}

static void removed_queue_closes_who_would_go_back(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	remove_queue(w, 1);
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	world_settle(w);
	assert_int_equal(world_state(w, 100), CONTACT_CLOSED);
	struct routing_event ev = {.kind = EV_QUEUE_REMOVE, .queue.queue = 99};
	world_refused(w, &ev, E_NOT_FOUND);
	ev.queue.queue = 1;
	world_refused(w, &ev, E_NOT_FOUND); /* it is gone */
}

static void removed_queue_with_a_conference(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	for (usher_id a = 11; a < 13; a++) {
		world_agent(w, a, 2);
		assert_int_equal(world_consult(w, 100, 2, 0, 190 + a), 0);
		assert_int_equal(world_do(w, EV_ACCEPT, 190 + a), 0);
	}
	assert_int_equal(world_with(w, EV_CONFERENCE, 100, 10, 201), 0);
	remove_queue(w, 1);
	assert_int_equal(world_holder(w, 100), 10);
	assert_int_equal(world_state(w, 202), CONTACT_ACTIVE);
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_holder(w, 100), 11); /* served to the end */
	assert_int_equal(world_state(w, 202), CONTACT_CLOSED);
	assert_int_equal(world_wants(w, 11, AGENT_SIGNED_OUT), 0);
	world_settle(w);
	assert_int_equal(world_state(w, 100), CONTACT_CLOSED);
	world_queue(w, 1);
}

static void removed_queue_of_a_consultation(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	assert_int_equal(world_consult(w, 100, 2, 0, 200), 0);
	assert_int_equal(world_hours(w, 2, false, USHER_NEVER), 0);
	world_arrive(w, 101, 2); /* parked until it opens, which it never will */
	remove_queue(w, 2);
	assert_int_equal(world_state(w, 200), CONTACT_CLOSED);
	assert_int_equal(world_state(w, 101), CONTACT_CLOSED);
	assert_int_equal(world_state(w, 100), CONTACT_ACTIVE);
	world_queue(w, 2);
}

static void removed_target_of_overflow(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = to(1, 2);
	q.overflow_us = 10 * USHER_SECOND;
	world_queue_set(w, q);
	world_arrive(w, 100, 1);
	remove_queue(w, 2);
	world_tick(w, USHER_HOUR);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_view(w, 100).queue, 1);
	struct routing_transfer t = {.contact = 100, .to_queue = 2};
	assert_int_equal(world_transfer(w, t), E_NOT_FOUND);
}

static void removed_agent_gives_all_back(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(102, 1);
	world_channel(w, CHANNEL_CHAT, 50, 0);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_arrive(w, 101, 1);
	c.preferred = 10;
	c.preferred_us = USHER_HOUR;
	assert_int_equal(world_contact_new(w, c), 0);
	struct routing_event ev = {.kind = EV_AGENT_REMOVE, .presence.agent = 10};
	assert_int_equal(world_code(w, &ev), 0);
	world_settle(w);
	for (usher_id i = 100; i < 103; i++)
		assert_int_equal(world_state(w, i), CONTACT_WAITING);
	world_refused(w, &ev, E_NOT_FOUND);
	struct routing_agent_set large = world_agent_default(11, 1);
	large.capacity = 200;
	world_ready(w, large);
	assert_int_equal(world_offered(w, 102), 11); /* nobody is waited for any more */
	world_agent(w, 10, 1);			     /* the id is free */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(waited_out),
		TEST_TWICE(waited_out_and_overflowing),
		TEST_TWICE(waited_out_while_offered_ends_on_return),
		TEST_TWICE(callback_keeps_its_place),
		TEST_TWICE(callback_with_a_time),
		TEST_TWICE(callback_good_and_bad),
		TEST_TWICE(not_before_its_time),
		TEST_TWICE(callback_time_while_closed),
		TEST_TWICE(callback_of_who_waits_for_an_agent),
		TEST_TWICE(callback_of_who_is_offered),
		TEST_TWICE(removed_queue_closes_who_is_not_served),
		TEST_TWICE(removed_queue_closes_who_would_go_back),
		TEST_TWICE(removed_queue_with_a_conference),
		TEST_TWICE(removed_queue_of_a_consultation),
		TEST_TWICE(removed_target_of_overflow),
		TEST_TWICE(removed_agent_gives_all_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
