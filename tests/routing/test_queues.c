/* SPDX-License-Identifier: Apache-2.0 */
/* Queues that are closed, full or overflowing (section 8). */
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

static int arrive(struct world *w, usher_id contact)
{
	return world_contact_new(w, world_contact_default(contact, 1));
}

/* ---- opening hours ------------------------------------------------------------------------- */

static void closed_waits_parked_until_it_opens(void **state)
{
	struct world *w = *state;
	usher_us opens = w->now + 8 * USHER_HOUR;
	world_arrive(w, 100, 1);
	w->now++;
	assert_int_equal(world_hours(w, 1, false, opens), 0);
	assert_false(world_queue_view(w, 1).is_open);
	assert_int_equal(world_queue_view(w, 1).until_us, opens);
	world_arrive(w, 101, 1);
	assert_int_equal(world_state(w, 101), CONTACT_PARKED);
	assert_int_equal(world_fx(w, FX_PARKED, 0)->cause, CAUSE_CLOSED_HOURS);
	assert_int_equal(world_fx(w, FX_PARKED, 0)->agent, 0);
	assert_true(world_view(w, 101).is_closed_hours);
	assert_int_equal(world_queue_view(w, 1).waiting, 1);
	world_agent(w, 10, 1); /* who came before is still offered */
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING); /* and not parked then */
	world_tick(w, 5 * USHER_SECOND);
	world_serve(w, 100);
	assert_int_equal(world_state(w, 101), CONTACT_PARKED);
	usher_us first = world_view(w, 101).first_us;
	assert_int_equal(world_hours(w, 1, true, USHER_NEVER), 0);
	world_settle(w);
	assert_true(world_queue_view(w, 1).is_open);
	assert_int_equal(world_offered(w, 101), 10);
	assert_false(world_view(w, 101).is_closed_hours);
	assert_int_equal(world_view(w, 101).first_us, first);
}

static void many_wait_for_the_opening_in_order(void **state)
{
	struct world *w = *state;
	assert_int_equal(world_hours(w, 1, false, USHER_NEVER), 0);
	for (usher_id i = 0; i < 20; i++) {
		world_arrive(w, 200 - i, 1);
		w->now++;
	}
	assert_int_equal(world_left(w, 195), 0); /* live: abandoned */
	world_agent(w, 10, 1);
	assert_int_equal(world_hours(w, 1, true, w->now + USHER_HOUR), 0);
	world_settle(w);
	for (usher_id i = 0; i < 20; i++)
		if (i != 5) {
			assert_int_equal(world_offered(w, 200 - i), 10);
			world_serve(w, 200 - i);
		}
}

static void closed_and_overflowing(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.closed = TREAT_OVERFLOW;
	q.overflow_to = 2;
	world_queue_set(w, q);
	assert_int_equal(world_hours(w, 1, false, USHER_NEVER), 0);
	assert_int_equal(arrive(w, 100), 0);
	assert_int_equal(world_view(w, 100).queue, 2);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	const struct routing_effect *last = world_fx(w, FX_QUEUED, world_count(w, FX_QUEUED) - 1);
	assert_int_equal(last->queue, 2);
	assert_int_equal(last->cause, CAUSE_OVERFLOW);
	assert_int_equal(world_hours(w, 2, false, USHER_NEVER), 0); /* then it cannot: it waits */
	assert_int_equal(arrive(w, 101), 0);
	assert_int_equal(world_view(w, 101).queue, 1);
	assert_int_equal(world_state(w, 101), CONTACT_PARKED);
	assert_int_equal(world_hours(w, 1, true, USHER_NEVER), 0);
	world_settle(w);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
}

static void closed_and_rejecting(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_event ev = {.kind = EV_CONTACT_NEW,
				   .contact = world_contact_default(100, 1)};
	q.closed = TREAT_END;
	world_queue_set(w, q);
	assert_int_equal(world_hours(w, 1, false, USHER_NEVER), 0);
	ev.contact.first_us = w->now;
	world_refused(w, &ev, E_CLOSED);
	assert_int_equal(world_hours(w, 1, true, USHER_NEVER), 0);
	assert_int_equal(world_code(w, &ev), 0);
}

static void served_while_closed_goes_back_to_its_place(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	assert_int_equal(world_hours(w, 1, false, USHER_NEVER), 0);
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING); /* he came before */
	world_agent(w, 11, 1);
	assert_int_equal(world_offered(w, 100), 11);
}

static void hours_of_unknown_queues(void **state)
{
	struct world *w = *state;
	struct routing_event ev = {.kind = EV_QUEUE_OPEN, .hours = {99, true, USHER_NEVER}};
	world_refused(w, &ev, E_NOT_FOUND);
	assert_true(world_queue_view(w, 1).is_open);
	assert_int_equal(world_queue_view(w, 1).until_us, USHER_NEVER);
}

/* ---- full ---------------------------------------------------------------------------------- */

static void full_counts_waiting_and_offered(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_event ev = {.kind = EV_CONTACT_NEW,
				   .contact = world_contact_default(103, 1)};
	q.length_max = 2;
	q.full = TREAT_END;
	world_queue_set(w, q);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1); /* active counts not */
	assert_int_equal(arrive(w, 101), 0);
	world_serve(w, 100);
	assert_int_equal(world_offered(w, 101), 10);
	assert_int_equal(arrive(w, 102), 0);
	ev.contact.first_us = w->now;
	world_refused(w, &ev, E_LIMIT);
	assert_int_equal(world_do(w, EV_DECLINE, 101), 0); /* who returns is not turned away */
	assert_int_equal(world_queue_view(w, 1).waiting + world_queue_view(w, 1).offered, 2);
	world_refused(w, &ev, E_LIMIT);
	assert_int_equal(world_left(w, 102), 0);
	assert_int_equal(world_code(w, &ev), 0);
}

static void full_and_overflowing(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.length_max = 1;
	q.full = TREAT_OVERFLOW;
	q.overflow_to = 2;
	world_queue_set(w, q);
	assert_int_equal(arrive(w, 100), 0);
	assert_int_equal(arrive(w, 101), 0);
	assert_int_equal(world_view(w, 100).queue, 1);
	assert_int_equal(world_view(w, 101).queue, 2);
	q = world_queue_default(2);
	q.length_max = 1;
	q.full = TREAT_END;
	world_queue_set(w, q);
	assert_int_equal(arrive(w, 102), E_LIMIT); /* 2 is full too */
	assert_int_equal(world_queue_view(w, 1).waiting, 1);
}

/* ---- overflow ------------------------------------------------------------------------------ */

static struct routing_queue_set to(usher_id queue, usher_id other)
{
	struct routing_queue_set q = world_queue_default(queue);
	q.overflow_to = other;
	return q;
}

static void overflow_by_length_counts_who_waits(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = to(1, 2);
	q.overflow_length = 2;
	world_queue_set(w, q);
	world_agent(w, 10, 1);
	for (usher_id c = 100; c < 105; c++)
		assert_int_equal(arrive(w, c), 0);
	world_settle(w);
	for (usher_id c = 100; c < 105; c++) /* one offered, two waiting, then the rest */
		assert_int_equal(world_view(w, c).queue, c < 103 ? 1 : 2);
}

static void overflow_by_wait_at_the_instant(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = to(1, 2);
	struct routing_contact_new c = world_contact_default(100, 1);
	q.overflow_us = USHER_MINUTE;
	world_queue_set(w, q);
	c.priority = 2;
	c.first_us = w->now - USHER_HOUR; /* the time in this queue counts */
	assert_int_equal(world_contact_new(w, c), 0);
	world_tick(w, USHER_MINUTE - 1);
	assert_int_equal(world_view(w, 100).queue, 1);
	world_tick(w, 1);
	assert_int_equal(world_fx(w, FX_QUEUED, 0)->queue, 2);
	assert_int_equal(world_fx(w, FX_QUEUED, 0)->cause, CAUSE_OVERFLOW);
	assert_int_equal(world_view(w, 100).queue, 2);
	assert_int_equal(world_view(w, 100).queued_us, w->now);
	assert_int_equal(world_view(w, 100).first_us, WORLD_START - USHER_HOUR);
	assert_int_equal(world_view(w, 100).priority, 2);
	world_agent(w, 10, 2);
	assert_int_equal(world_offered(w, 100), 10);
}

static void overflow_not_of_who_is_offered(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = to(1, 2);
	q.overflow_us = USHER_MINUTE;
	q.offer_us = 2 * USHER_MINUTE;
	world_queue_set(w, q);
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	world_tick(w, USHER_MINUTE + USHER_SECOND);
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	world_settle(w);
	assert_int_equal(world_view(w, 100).queue, 2); /* but when it comes back */
}

static void overflow_by_absence(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = to(1, 2);
	q.is_overflow_absent = true;
	q.absent_us = USHER_MINUTE;
	world_queue_set(w, q);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_arrive(w, 101, 1);
	world_tick(w, 10 * USHER_MINUTE);
	assert_int_equal(world_view(w, 101).queue, 1); /* busy is present */
	assert_int_equal(world_wants(w, 10, AGENT_NOT_READY), 0);
	world_tick(w, USHER_MINUTE - 1);
	assert_int_equal(world_view(w, 101).queue, 1);
	world_tick(w, 1);
	assert_int_equal(world_view(w, 101).queue, 2);
	world_arrive(w, 102, 1); /* and who comes then */
	world_settle(w);
	assert_int_equal(world_view(w, 102).queue, 2);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	world_arrive(w, 103, 1);
	assert_int_equal(world_view(w, 103).queue, 1);
}

static void overflow_by_absence_of_chosen_states(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = to(1, 2);
	q.is_overflow_absent = true;
	q.present_states = 1u << AGENT_NOT_READY | 1u << AGENT_READY;
	world_queue_set(w, q);
	world_agent_set(w, world_agent_default(10, 1));
	assert_int_equal(world_wants(w, 10, AGENT_NOT_READY), 0);
	world_arrive(w, 100, 1);
	world_settle(w);
	assert_int_equal(world_view(w, 100).queue, 1);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	world_settle(w);
	assert_int_equal(world_view(w, 100).queue, 2);
}

static void ring_of_queues_ends(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = to(1, 2);
	q.overflow_us = 10 * USHER_SECOND;
	world_queue_set(w, q);
	q.queue = 2;
	q.overflow_to = 1;
	world_queue_set(w, q);
	world_arrive(w, 100, 1);
	unsigned hops = world_run(w, USHER_HOUR, FX_QUEUED);
	assert_int_equal(hops, 8);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_view(w, 100).queue, 1);
	world_agent(w, 10, 1);
	assert_int_equal(world_offered(w, 100), 10);
}

static void ring_of_queues_at_one_instant_ends(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = to(1, 2);
	q.is_overflow_absent = true; /* nobody anywhere */
	for (usher_id i = 1; i < 4; i++) {
		q.queue = i;
		q.overflow_to = 1 + i % 3;
		world_queue_set(w, q);
	}
	world_arrive(w, 100, 1);
	world_settle(w);
	assert_true(routing_deadline(w->r) > w->now);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	struct routing_event alone = {.kind = EV_QUEUE_SET, .queue = q};
	alone.queue.overflow_to = q.queue; /* a ring of one */
	world_refused(w, &alone, E_INVALID);
}

static void impossible_target_is_tried_again(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = to(1, 7); /* which is not there */
	q.overflow_us = 10 * USHER_SECOND;
	world_queue_set(w, q);
	world_arrive(w, 100, 1);
	world_tick(w, 5 * USHER_MINUTE);
	assert_int_equal(world_view(w, 100).queue, 1);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_queue(w, 7);
	assert_int_equal(world_hours(w, 7, false, USHER_NEVER), 0);
	(void)world_run(w, 2 * USHER_MINUTE, FX_QUEUED);
	assert_int_equal(world_view(w, 100).queue, 1); /* closed */
	q = world_queue_default(7);
	q.length_max = 1;
	q.full = TREAT_END;
	world_queue_set(w, q);
	assert_int_equal(world_hours(w, 7, true, USHER_NEVER), 0);
	world_arrive(w, 101, 7);
	(void)world_run(w, 2 * USHER_MINUTE, FX_QUEUED);
	assert_int_equal(world_view(w, 100).queue, 1); /* full */
	assert_int_equal(world_left(w, 101), 0);
	assert_int_equal(world_run(w, USHER_MINUTE, FX_QUEUED), 1);
	assert_int_equal(world_view(w, 100).queue, 7);
}

static void full_is_full_for_who_waits_for_one_agent(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_contact_new c = world_contact_default(101, 1);
	q.length_max = 1;
	q.full = TREAT_END;
	world_queue_set(w, q);
	world_agent(w, 10, 1);
	world_hold(w, 50, 1);
	world_arrive(w, 100, 1); /* the line is full now */
	world_agent(w, 11, 1);
	assert_int_equal(world_holder(w, 100), 11);
	c.preferred = 10; /* has no room: it would have to wait */
	c.preferred_us = USHER_MINUTE;
	assert_int_equal(world_contact_new(w, c), E_LIMIT);
	assert_int_equal(world_do(w, EV_CLOSE, 50), 0);
	assert_int_equal(world_contact_new(w, c), 0); /* takes it at once */
	assert_int_equal(world_holder(w, 101), 10);
}

static void the_longest_wait_does_not_wait_for_an_overflow(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.overflow_to = 99; /* not there */
	q.overflow_us = 50 * USHER_SECOND;
	q.wait_max_us = USHER_MINUTE;
	q.expired = TREAT_END;
	world_queue_set(w, q);
	world_arrive(w, 100, 1);
	world_tick(w, 50 * USHER_SECOND);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_tick(w, 10 * USHER_SECOND);
	assert_int_equal(world_state(w, 100), CONTACT_CLOSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(full_is_full_for_who_waits_for_one_agent),
		TEST_TWICE(the_longest_wait_does_not_wait_for_an_overflow),
		TEST_TWICE(closed_waits_parked_until_it_opens),
		TEST_TWICE(many_wait_for_the_opening_in_order),
		TEST_TWICE(closed_and_overflowing),
		TEST_TWICE(closed_and_rejecting),
		TEST_TWICE(served_while_closed_goes_back_to_its_place),
		TEST_TWICE(hours_of_unknown_queues),
		TEST_TWICE(full_counts_waiting_and_offered),
		TEST_TWICE(full_and_overflowing),
		TEST_TWICE(overflow_by_length_counts_who_waits),
		TEST_TWICE(overflow_by_wait_at_the_instant),
		TEST_TWICE(overflow_not_of_who_is_offered),
		TEST_TWICE(overflow_by_absence),
		TEST_TWICE(overflow_by_absence_of_chosen_states),
		TEST_TWICE(ring_of_queues_ends),
		TEST_TWICE(ring_of_queues_at_one_instant_ends),
		TEST_TWICE(impossible_target_is_tried_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
