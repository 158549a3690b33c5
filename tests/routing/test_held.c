/* SPDX-License-Identifier: Apache-2.0 */
/* Wrap-up, close, transfer, park. */
#include "tests/routing/world.h"

static int setup(void **state)
{
	static struct world w;
	struct routing_queue_set wrapping = world_queue_default(2);
	world_init(&w, LIMITS_SMALL);
	wrapping.wrapup_us = 30 * USHER_SECOND;
	world_queue(&w, 1);
	world_queue_set(&w, wrapping);
	wrapping.queue = 3;
	wrapping.is_wrapup_exclusive = true;
	world_queue_set(&w, wrapping);
	world_channel(&w, CHANNEL_CHAT, 40, 0);
	*state = &w;
	return 0;
}

static int teardown(void **state)
{
	world_done(*state);
	return 0;
}

static void close_with_and_without_wrapup(void **state)
{
	struct world *w = *state;
	struct routing_command c = {.contact = 101, .agent = 10, .flag = true};
	struct routing_agent_set a = world_agent_default(10, 1);
	a.queues[a.queue_count++].queue = 2;
	world_agent_set(w, a);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	world_arrive(w, 100, 1);
	assert_int_equal(world_do(w, EV_CLOSE, 100), E_STATE); /* offered */
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	assert_int_equal(world_do(w, EV_CLOSE, 100), 0);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->cause, CAUSE_AGENT_CLOSED);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->agent, 10);
	assert_int_equal(world_command(w, EV_CLOSE, c), E_NOT_FOUND);
	world_hold(w, 101, 2);
	c.epoch = world_view(w, 101).epoch;
	assert_int_equal(world_command(w, EV_CLOSE, c), 0); /* at once, by the flag */
	assert_int_equal(world_count(w, FX_WRAPUP), 0);
	world_hold(w, 102, 2);
	assert_int_equal(world_do(w, EV_CLOSE, 102), 0);
	assert_int_equal(world_state(w, 102), CONTACT_WRAPUP);
	assert_int_equal(world_fx(w, FX_WRAPUP, 0)->at_us, w->now + 30 * USHER_SECOND);
	assert_int_equal(world_agent_view(w, 10).load, 40);
	assert_int_equal(world_do(w, EV_CLOSE, 102), E_STATE);
	assert_int_equal(world_do(w, EV_PARK, 102), E_STATE);
	assert_int_equal(world_do(w, EV_WRAPUP_DONE, 102), 0);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->cause, CAUSE_AGENT_CLOSED);
	assert_int_equal(world_agent_view(w, 10).load, 0);
}

static void wrapup_ends_by_itself_and_is_extended(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 2);
	world_hold(w, 100, 2);
	assert_int_equal(world_do(w, EV_WRAPUP_DONE, 100), E_STATE);
	assert_int_equal(world_until(w, EV_WRAPUP_EXTEND, 100, w->now + USHER_SECOND), E_STATE);
	assert_int_equal(
		world_command(w, EV_CUSTOMER_LEFT, (struct routing_command){.contact = 100}), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WRAPUP);
	assert_int_equal(world_until(w, EV_WRAPUP_EXTEND, 100, w->now), E_INVALID);
	assert_int_equal(world_until(w, EV_WRAPUP_EXTEND, 100, INT64_MAX), E_INVALID);
	assert_int_equal(world_until(w, EV_WRAPUP_EXTEND, 100, w->now + USHER_MINUTE), 0);
	assert_int_equal(world_fx(w, FX_WRAPUP, 0)->at_us, w->now + USHER_MINUTE);
	world_tick(w, USHER_MINUTE - 1);
	assert_int_equal(world_state(w, 100), CONTACT_WRAPUP);
	world_tick(w, 1);
	assert_int_equal(world_state(w, 100), CONTACT_CLOSED);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->cause, CAUSE_CUSTOMER_ENDED);
}

static void exclusive_wrapup_keeps_new_work_away(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 3);
	world_hold(w, 100, 3);
	assert_int_equal(world_do(w, EV_CLOSE, 100), 0);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_WRAPUP);
	world_arrive(w, 101, 3);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	assert_int_equal(routing_why(w->r, 101, 10, w->now).reason, REASON_WRAPUP);
	assert_int_equal(world_queue_view(w, 3).agents_busy, 1);
	world_tick(w, 30 * USHER_SECOND);
	assert_int_equal(world_holder(w, 101), 10);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_READY); /* room for one more chat */
	assert_int_equal(world_do(w, EV_ACCEPT, 101), 0);
	/* The setting of the queue changes while a wrap-up runs: that one keeps its own. */
	assert_int_equal(world_do(w, EV_CLOSE, 101), 0);
	world_queue(w, 3);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_WRAPUP);
	world_tick(w, 30 * USHER_SECOND);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_READY);
}

static void transfer_to_a_queue(void **state)
{
	struct world *w = *state;
	struct routing_transfer t = {.contact = 100, .agent = 10, .to_queue = 2};
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	usher_us first = world_view(w, 100).first_us;
	w->now += USHER_MINUTE;
	assert_int_equal(world_transfer(w, t), E_STALE);
	t.epoch = world_view(w, 100).epoch;
	t.to_queue = 99;
	assert_int_equal(world_transfer(w, t), E_NOT_FOUND);
	t.to_queue = 2;
	t.to_agent = 99;
	assert_int_equal(world_transfer(w, t), E_NOT_FOUND);
	t.to_agent = 10;
	assert_int_equal(world_transfer(w, t), E_INVALID);
	t.to_agent = 0;
	t.to_agent_us = -1;
	assert_int_equal(world_transfer(w, t), E_INVALID);
	t.to_agent_us = 0;
	assert_int_equal(world_transfer(w, t), 0);
	assert_int_equal(world_fx(w, FX_RELEASED, 0)->cause, CAUSE_TRANSFERRED);
	assert_int_equal(world_fx(w, FX_QUEUED, 0)->queue, 2);
	assert_int_equal(world_view(w, 100).first_us, first);
	assert_int_equal(world_view(w, 100).queued_us, w->now);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_READY);
	assert_int_equal(world_transfer(w, t), E_STALE); /* does not hold it any more */
	world_agent(w, 11, 2);
	assert_int_equal(world_holder(w, 100), 11);
}

static void transfer_in_the_queue_does_not_come_back(void **state)
{
	struct world *w = *state;
	struct routing_transfer t = {.contact = 100, .agent = 10};
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	t.epoch = world_view(w, 100).epoch;
	assert_int_equal(world_transfer(w, t), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(routing_why(w->r, 100, 10, w->now).reason, REASON_EXCLUDED);
	world_agent(w, 11, 1);
	assert_int_equal(world_holder(w, 100), 11);
}

static void transfer_to_an_agent(void **state)
{
	struct world *w = *state;
	struct routing_transfer t = {.contact = 100, .agent = 10, .to_agent = 12};
	world_agent(w, 10, 1);
	world_agent(w, 11, 1);
	world_agent(w, 12, 2); /* no member of queue 1: a person chose, so that does not matter */
	world_hold(w, 100, 1);
	t.epoch = world_view(w, 100).epoch;
	assert_int_equal(world_transfer(w, t), 0);
	assert_int_equal(world_holder(w, 100), 12);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_holder(w, 100), 11); /* after the answer it is for all */
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	assert_int_equal(world_wants(w, 12, AGENT_NOT_READY), 0);
	t = (struct routing_transfer){100, 11, world_view(w, 100).epoch, 0, 12, USHER_MINUTE};
	assert_int_equal(world_transfer(w, t), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_tick(w, USHER_MINUTE - 1);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_tick(w, 1);
	assert_int_equal(world_holder(w, 100), 10); /* 11 gave it away, 12 did not come */
}

static void supervisor_moves_anything(void **state)
{
	struct world *w = *state;
	struct routing_transfer t = {.contact = 100, .to_queue = 2};
	world_arrive(w, 100, 1);
	assert_int_equal(world_transfer(w, t), 0); /* waiting */
	assert_int_equal(world_view(w, 100).queue, 2);
	world_agent(w, 10, 2);
	assert_int_equal(world_holder(w, 100), 10);
	t.to_queue = 1;
	assert_int_equal(world_transfer(w, t), 0); /* offered */
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_TRANSFERRED);
	t.to_queue = 2;
	assert_int_equal(world_transfer(w, t), 0);
	assert_int_equal(world_holder(w, 100), 10);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	assert_int_equal(world_until(w, EV_PARK, 100, w->now + USHER_HOUR), 0);
	t.to_queue = 1;
	assert_int_equal(world_transfer(w, t), 0); /* parked */
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	t.to_queue = 2;
	assert_int_equal(world_transfer(w, t), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	assert_int_equal(world_do(w, EV_CLOSE, 100), 0);
	assert_int_equal(world_transfer(w, t), E_STATE); /* in wrap-up */
	t.contact = 999;
	assert_int_equal(world_transfer(w, t), E_NOT_FOUND);
}

static void park_and_resume(void **state)
{
	struct world *w = *state;
	struct routing_command c = {.contact = 100};
	world_agent(w, 10, 1);
	world_agent(w, 11, 1);
	assert_int_equal(world_command(w, EV_RESUME, c), E_NOT_FOUND);
	world_hold(w, 100, 1);
	assert_int_equal(world_command(w, EV_RESUME, c), E_STATE);
	assert_int_equal(world_until(w, EV_PARK, 100, w->now), E_INVALID);
	assert_int_equal(world_until(w, EV_PARK, 100, USHER_NEVER), E_INVALID);
	uint64_t epoch = world_view(w, 100).epoch;
	assert_int_equal(world_until(w, EV_PARK, 100, w->now + USHER_HOUR), 0);
	assert_int_equal(world_fx(w, FX_PARKED, 0)->agent, 10);
	assert_int_equal(world_view(w, 100).agent, 10); /* whose it is */
	assert_int_equal(world_agent_view(w, 10).load, 0);
	assert_int_equal(
		world_command(w, EV_CLOSE, (struct routing_command){100, 10, epoch, 0, 0, 0}),
		E_STALE);
	assert_int_equal(world_command(w, EV_RESUME, c), 0);
	assert_int_equal(world_holder(w, 100), 10); /* whoever parked it */
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	assert_int_equal(world_until(w, EV_PARK, 100, w->now + USHER_HOUR), 0);
	assert_int_equal(world_wants(w, 10, AGENT_NOT_READY), 0);
	world_tick(w, USHER_HOUR);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING); /* for 10, one offer time */
	world_tick(w, 20 * USHER_SECOND);
	assert_int_equal(world_holder(w, 100), 11);
}

static void customer_leaves_while_parked(void **state)
{
	struct world *w = *state;
	struct routing_contact_new mail = world_contact_default(101, 1);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	assert_int_equal(world_until(w, EV_PARK, 100, w->now + USHER_HOUR), 0);
	assert_int_equal(
		world_command(w, EV_CUSTOMER_LEFT, (struct routing_command){.contact = 100}), 0);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->agent, 10);
	mail.channel = CHANNEL_EMAIL;
	assert_int_equal(world_contact_new(w, mail), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 101), 0);
	assert_int_equal(world_until(w, EV_PARK, 101, w->now + USHER_HOUR), 0);
	assert_int_equal(
		world_command(w, EV_CUSTOMER_LEFT, (struct routing_command){.contact = 101}),
		E_STATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(close_with_and_without_wrapup),
		TEST(wrapup_ends_by_itself_and_is_extended),
		TEST(exclusive_wrapup_keeps_new_work_away),
		TEST(transfer_to_a_queue),
		TEST(transfer_in_the_queue_does_not_come_back),
		TEST(transfer_to_an_agent),
		TEST(supervisor_moves_anything),
		TEST(park_and_resume),
		TEST(customer_leaves_while_parked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
