/* SPDX-License-Identifier: Apache-2.0 */
/* Orders, arithmetic and channels that go wrong in other routers, and cannot here. */
#include "tests/routing/world.h"

#define BITS(kind) (1u << (kind))

static int setup(void **state)
{
	struct world *w = world_begin(state, (struct routing_limits){128, 64, 16, 64});
	world_queue(w, 1);
	return 0;
}

static int teardown(void **state)
{
	return world_end(state);
}

/* ---- order and starvation ------------------------------------------------------------------ */

static void asterisk_1561_weight_of_a_queue_he_may_not_serve_blocks_nobody(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_agent_set a = world_agent_default(10, 1);
	q.priority = 0;
	q.step_count = 2;
	q.steps[0] = (struct routing_step){.lasts_us = USHER_HOUR, .ring_max = ROUTING_ANY};
	q.steps[1] = (struct routing_step){.ring_max = ROUTING_ANY, .penalty_max = ROUTING_ANY};
	world_queue_set(w, q);
	world_queue(w, 2);
	a.queues[0].penalty = 5;
	a.queues[a.queue_count++].queue = 2;
	world_arrive(w, 100, 1);
	world_arrive(w, 101, 2);
	world_ready(w, a);
	assert_int_equal(world_offered(w, 101), 10);
	assert_int_equal(world_why(w, 100, 10), REASON_PENALTY);
}

static void asterisk_head_of_line_outside_the_penalty_window(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_agent_set a = world_agent_default(10, 1);
	struct routing_contact_new head = world_contact_default(101, 1);
	q.step_count = 2;
	q.steps[0] = (struct routing_step){.lasts_us = USHER_MINUTE, .ring_max = ROUTING_ANY};
	q.steps[1] = (struct routing_step){.ring_max = ROUTING_ANY, .penalty_max = ROUTING_ANY};
	world_queue_set(w, q);
	a.queues[0].penalty = 1;
	world_arrive(w, 100, 1);
	world_tick(w, USHER_MINUTE); /* 100 may have anybody by now */
	head.priority = 0;
	assert_int_equal(world_contact_new(w, head), 0);
	assert_int_equal(world_view(w, 101).position, 1);
	world_ready(w, a);
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
}

static void asterisk_1691_freeswitch_2511_longest_waiting_first_over_all_queues(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(10, 1);
	for (usher_id q = 2; q < 5; q++) {
		world_queue(w, q);
		a.queues[a.queue_count++].queue = q;
	}
	for (usher_id i = 0; i < 12; i++) {
		world_arrive(w, 200 - i, 1 + i % 4);
		w->now += USHER_SECOND;
	}
	world_ready(w, a);
	for (usher_id i = 0; i < 12; i++) {
		assert_int_equal(world_offered(w, 200 - i), 10);
		world_serve(w, 200 - i);
	}
}

/* A stream of urgent ones, one every 30 s, each taking 30 s of the only agent. Returns when the
 * ordinary one is served. */
static usher_us served_after(struct world *w, usher_us limit)
{
	struct routing_contact_new c = world_contact_default(100, 1);
	usher_us start = w->now;
	world_agent(w, 10, 1);
	c.priority = 0;
	assert_int_equal(world_contact_new(w, c), 0);
	world_arrive(w, 99, 1);
	while (w->now - start < limit) {
		usher_id served = c.contact++;
		assert_int_equal(world_contact_new(w, c), 0);
		assert_int_equal(world_do(w, EV_ACCEPT, served), 0);
		w->now += 30 * USHER_SECOND;
		world_serve(w, served);
		if (world_state(w, 99) == CONTACT_OFFERED)
			return w->now - start;
	}
	return USHER_NEVER;
}

static void twilio_starvation_by_strict_priority_is_a_choice(void **state)
{
	struct world *w = *state; /* tiers are strict: this is what the others do */
	assert_int_equal(served_after(w, 30 * USHER_MINUTE), USHER_NEVER);
}

static void twilio_starvation_is_bounded_by_ahead(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.has_ranks = true;
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++)
		q.ranks[p] = (struct routing_rank){.growth = 1};
	q.ranks[0].ahead_us = 10 * USHER_MINUTE;
	world_queue_set(w, q);
	usher_us after = served_after(w, USHER_HOUR);
	assert_in_range(after, 10 * USHER_MINUTE, 11 * USHER_MINUTE);
}

static void twilio_starvation_is_bounded_by_growth(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.has_ranks = true;
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++)
		q.ranks[p] = (struct routing_rank){.growth = 1};
	q.ranks[0].growth = 20; /* one that has waited 30 s counts 10 minutes */
	world_queue_set(w, q);
	usher_us after = served_after(w, USHER_HOUR);
	assert_in_range(after, 10 * USHER_MINUTE, 11 * USHER_MINUTE);
}

static void genesys_place_and_priority_stay_on_transfer(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	world_queue(w, 2);
	world_agent(w, 10, 1);
	c.priority = 3;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	w->now += USHER_MINUTE;
	c = world_contact_default(101, 2);
	c.priority = 3;
	assert_int_equal(world_contact_new(w, c), 0);
	w->now += USHER_MINUTE;
	assert_int_equal(world_move(w, 100, 2, 0), 0);
	assert_int_equal(world_view(w, 100).priority, 3);
	assert_int_equal(world_view(w, 100).first_us, WORLD_START);
	assert_int_equal(world_view(w, 100).position, 1);
	world_agent(w, 11, 2);
	assert_int_equal(world_offered(w, 100), 11);
}

static void connect_priority_change_counts_at_once(void **state)
{
	struct world *w = *state;
	world_arrive(w, 100, 1);
	w->now++;
	world_arrive(w, 101, 1);
	assert_int_equal(world_command(w, EV_PRIORITY,
				       (struct routing_command){.contact = 101, .priority = 1}),
			 0);
	world_agent(w, 10, 1);
	assert_int_equal(world_offered(w, 101), 10);
}

/* ---- arithmetic ---------------------------------------------------------------------------- */

static void asterisk_leastrecent_penalty_holds_after_a_month_idle(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(11, 1);
	a.queues[0].penalty = 1;
	world_ready(w, a); /* never called */
	a.agent = 12;
	a.queues[0].penalty = 255;
	world_ready(w, a);
	w->now += 30 * USHER_DAY;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	assert_int_equal(world_holder(w, 100), 10);
	world_serve(w, 100); /* hung up this second */
	world_arrive(w, 101, 1);
	assert_int_equal(world_offered(w, 101), 10);
	world_arrive(w, 102, 1);
	assert_int_equal(world_offered(w, 102), 11);
	world_arrive(w, 103, 1);
	assert_int_equal(world_offered(w, 103), 12);
}

static void asterisk_1702_1901_raised_penalty_limit_keeps_the_lower_ones(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_agent_set a = world_agent_default(10, 1);
	q.step_count = 2;
	q.steps[0] = (struct routing_step){.lasts_us = USHER_MINUTE, .ring_max = ROUTING_ANY};
	q.steps[1] = (struct routing_step){.ring_max = ROUTING_ANY, .penalty_max = 10};
	world_queue_set(w, q);
	for (unsigned i = 0; i < 3; i++) {
		a.agent = 10 + i;
		a.queues[0].penalty = (uint8_t)(15 - 5 * i); /* 15, 10, 5 */
		world_ready(w, a);
	}
	world_arrive(w, 100, 1);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_offered(w, 100), 12);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING); /* 15 is above the limit */
}

static void asterisk_1736_rocketchat_13134_work_is_counted_once_and_while_it_lasts(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	world_channel(w, CHANNEL_CHAT, 20, 0);
	for (unsigned order = ORDER_LEAST_LOADED; order <= ORDER_MOST_SPARE; order++) {
		usher_id base = 100 * (order + 1);
		q.order = (enum routing_order)order;
		world_queue_set(w, q);
		world_agent(w, 10, 1);
		for (usher_id c = base; c < base + 10; c++) { /* ten served before */
			world_hold(w, c, 1);
			world_serve(w, c);
		}
		w->now++;
		world_agent(w, 11, 1);
		world_hold(w, base + 10, 1);
		assert_int_equal(world_holder(w, base + 10), 10); /* as loaded, idle longer */
		world_hold(w, base + 11, 1);
		assert_int_equal(world_holder(w, base + 11), 11);
		assert_int_equal(world_agent_view(w, 10).load, 20);
		assert_int_equal(world_agent_view(w, 11).load, 20);
		world_serve(w, base + 10);
		world_arrive(w, base + 12, 1);
		assert_int_equal(world_offered(w, base + 12), 10);
		world_serve(w, base + 11);
		world_serve(w, base + 12);
		assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
		assert_int_equal(world_wants(w, 11, AGENT_SIGNED_OUT), 0);
	}
}

static void freeswitch_1216_top_down_goes_on_past_an_absent_last(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_agent_set a = world_agent_default(10, 1);
	q.order = ORDER_TOP_DOWN;
	world_queue_set(w, q);
	for (uint16_t i = 0; i < 4; i++) {
		a.agent = 13u - i;
		a.queues[0].position = i;
		world_agent_set(w, a);
		if (i < 3)
			assert_int_equal(world_wants(w, a.agent, AGENT_READY), 0);
	}
	for (usher_id c = 100; c < 103; c++) {
		world_hold(w, c, 1);
		assert_int_equal(world_holder(w, c), 113 - c);
	}
	world_arrive(w, 103, 1); /* only the absent last one is left */
	assert_int_equal(world_state(w, 103), CONTACT_WAITING);
	world_serve(w, 101);
	assert_int_equal(world_offered(w, 103), 12);
}

static void opensips_2974_round_robin_is_not_always_the_first(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.order = ORDER_ROUND_ROBIN;
	world_queue_set(w, q);
	for (usher_id a = 10; a < 13; a++)
		world_agent(w, a, 1);
	for (usher_id c = 100; c < 109; c++) {
		w->now++;
		world_arrive(w, c, 1);
		assert_int_equal(world_offered(w, c), 10 + (c - 100) % 3);
		world_serve(w, c);
	}
}

static void genesys_best_of_all_and_not_of_the_hundred_longest_idle(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_contact_new c = world_contact_default(100, 1);
	q.order = ORDER_BEST_LEVEL;
	world_queue_set(w, q);
	for (usher_id id = 1; id <= 60; id++) {
		struct routing_agent_set a = world_agent_default(id, 1);
		world_skill(&a, 7, id == 60 ? 5 : 2);
		world_ready(w, a);
		w->now++;
	}
	world_need(&c, 7, 1);
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_offered(w, 100), 60); /* the last to come */
}

/* ---- wrap-up, wasted rings ----------------------------------------------------------------- */

static void asterisk_1006_607_wrapup_keeps_work_of_other_queues_away_too(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_agent_set a = world_agent_default(10, 1);
	q.wrapup_us = USHER_MINUTE;
	q.is_wrapup_exclusive = true;
	world_queue_set(w, q);
	world_queue(w, 2);
	a.capacity = 1000;
	a.queues[a.queue_count++].queue = 2;
	world_ready(w, a);
	world_hold(w, 100, 1);
	assert_int_equal(world_do(w, EV_CLOSE, 100), 0);
	world_arrive(w, 101, 2);
	world_tick(w, USHER_MINUTE - 1);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	assert_int_equal(world_why(w, 101, 10), REASON_WRAPUP);
	world_tick(w, 1);
	assert_int_equal(world_offered(w, 101), 10);
}

static void asterisk_1557_answered_then_dropped_rings_nobody(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.parallel = 4;
	world_queue_set(w, q);
	for (usher_id a = 10; a < 14; a++)
		world_agent(w, a, 1);
	world_arrive(w, 100, 1);
	assert_int_equal(world_count(w, FX_OFFERED), 4);
	assert_int_equal(world_by(w, EV_ACCEPT, 100, 12), 0);
	assert_int_equal(world_count(w, FX_OFFER_ENDED), 4);
	assert_int_equal(world_left(w, 100), 0);
	assert_int_equal(world_count(w, FX_OFFERED), 0);
	assert_int_equal(world_run(w, USHER_HOUR, FX_OFFERED), 0);
}

static void freeswitch_2529_no_ring_after_the_caller_hung_up(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	uint64_t epoch = world_view(w, 100).epoch;
	assert_int_equal(world_left(w, 100), 0);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->agent, 10);
	assert_int_equal(world_fx(w, FX_AGENT_STATE, 0)->state, AGENT_READY); /* the same event */
	struct routing_command late = {.contact = 100, .agent = 10, .epoch = epoch};
	assert_int_equal(world_command(w, EV_ACCEPT, late), E_NOT_FOUND);
	world_arrive(w, 101, 1);
	assert_int_equal(world_offered(w, 101), 10);
}

static void freeswitch_1641_whoever_waits_has_a_deadline(void **state)
{
	struct world *w = *state;
	world_arrive(w, 100, 1);
	for (unsigned i = 0; i < 50; i++) {
		assert_in_range(routing_deadline(w->r), w->now + 1, w->now + 5 * USHER_MINUTE);
		world_tick(w, routing_deadline(w->r) - w->now);
	}
	world_agent(w, 10, 1);
	assert_int_equal(world_offered(w, 100), 10);
}

static void asterisk_1973_presence_of_one_in_many_queues_is_one_change(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(10, 1);
	for (usher_id q = 2; q <= 16; q++) {
		world_queue(w, q);
		a.queues[a.queue_count++].queue = q;
	}
	world_ready(w, a);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	assert_int_equal(w->fx.count, 1);
	assert_int_equal(world_presence(w, EV_PRESENCE_FOUND, 10), 0);
	assert_int_equal(w->fx.count, 1);
}

/* ---- channels ------------------------------------------------------------------------------ */

/* In the manner of Connect's worked example: calls alone, chats two at a time, tasks (letters)
 * three; a call may come to who is on chats or tasks, nothing to who is on a call. */
static void connect_seven_steps_of_cross_channel_concurrency(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	world_channel_set(w, (struct routing_channel_set){.channel = CHANNEL_TELEPHONY,
							  .weight = 1,
							  .count_max = 1,
							  .is_exclusive = true,
							  .interrupts = BITS(CHANNEL_CHAT) |
									BITS(CHANNEL_LETTER)});
	world_channel(w, CHANNEL_CHAT, 1, 2);
	world_channel(w, CHANNEL_LETTER, 1, 3);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1); /* 1: idle, gets a chat */
	world_hold(w, 101, 1); /* 2: on a chat, gets the second */
	world_arrive(w, 102, 1);
	assert_int_equal(world_why(w, 102, 10), REASON_CHANNEL_MAX); /* 3: not a third */
	c.contact = 103;
	c.channel = CHANNEL_LETTER;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 103), 0); /* 4: but a task */
	c.contact = 104;
	c.channel = CHANNEL_TELEPHONY;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 104), 0); /* 5: and a call */
	c.contact = 105;
	c.channel = CHANNEL_LETTER;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_why(w, 105, 10), REASON_EXCLUSIVE); /* 6: on a call, nothing */
	world_serve(w, 101);
	assert_int_equal(world_state(w, 102), CONTACT_WAITING);
	world_serve(w, 104); /* 7: the call is over: both, the longest waiting first */
	assert_int_equal(world_fx(w, FX_OFFERED, 0)->contact, 102);
	assert_int_equal(world_fx(w, FX_OFFERED, 1)->contact, 105);
}

/* ---- large --------------------------------------------------------------------------------- */

static int setup_large(void **state)
{
	struct world *w = world_begin(state, (struct routing_limits){64, 1200, 4, 64});
	struct routing_queue_set q = world_queue_default(1);
	q.order = ORDER_ROUND_ROBIN;
	world_queue_set(w, q);
	return 0;
}

static void step(struct world *w, struct routing_event ev)
{
	w->now++;
	routing_step(w->r, &ev, w->now, &w->fx);
	assert_null(world_fx(w, FX_REJECTED, 0));
}

static void asterisk_rrmemory_in_order_above_a_thousand_members(void **state)
{
	struct world *w = *state;
	for (usher_id a = 1; a <= 1100; a++) {
		step(w, (struct routing_event){.kind = EV_AGENT_SET,
					       .agent = world_agent_default(a, 1)});
		step(w, (struct routing_event){.kind = EV_AGENT_WANTS,
					       .presence = {a, AGENT_READY, 0}});
	}
	for (usher_id i = 0; i < 2500; i++) {
		struct routing_contact_new c = world_contact_default(5000 + i, 1);
		c.first_us = w->now;
		step(w, (struct routing_event){.kind = EV_CONTACT_NEW, .contact = c});
		const struct routing_effect *fx = world_fx(w, FX_OFFERED, 0);
		assert_non_null(fx);
		assert_int_equal(fx->agent, 1 + i % 1100);
		step(w, (struct routing_event){.kind = EV_CUSTOMER_LEFT,
					       .command.contact = c.contact});
	}
	routing_check(w->r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(asterisk_1561_weight_of_a_queue_he_may_not_serve_blocks_nobody),
		TEST_TWICE(asterisk_head_of_line_outside_the_penalty_window),
		TEST_TWICE(asterisk_1691_freeswitch_2511_longest_waiting_first_over_all_queues),
		TEST_TWICE(twilio_starvation_by_strict_priority_is_a_choice),
		TEST_TWICE(twilio_starvation_is_bounded_by_ahead),
		TEST_TWICE(twilio_starvation_is_bounded_by_growth),
		TEST_TWICE(genesys_place_and_priority_stay_on_transfer),
		TEST_TWICE(connect_priority_change_counts_at_once),
		TEST_TWICE(asterisk_leastrecent_penalty_holds_after_a_month_idle),
		TEST_TWICE(asterisk_1702_1901_raised_penalty_limit_keeps_the_lower_ones),
		TEST_TWICE(asterisk_1736_rocketchat_13134_work_is_counted_once_and_while_it_lasts),
		TEST_TWICE(freeswitch_1216_top_down_goes_on_past_an_absent_last),
		TEST_TWICE(opensips_2974_round_robin_is_not_always_the_first),
		TEST_TWICE(genesys_best_of_all_and_not_of_the_hundred_longest_idle),
		TEST_TWICE(asterisk_1006_607_wrapup_keeps_work_of_other_queues_away_too),
		TEST_TWICE(asterisk_1557_answered_then_dropped_rings_nobody),
		TEST_TWICE(freeswitch_2529_no_ring_after_the_caller_hung_up),
		TEST_TWICE(freeswitch_1641_whoever_waits_has_a_deadline),
		TEST_TWICE(asterisk_1973_presence_of_one_in_many_queues_is_one_change),
		TEST_TWICE(connect_seven_steps_of_cross_channel_concurrency),
		cmocka_unit_test_setup_teardown(asterisk_rrmemory_in_order_above_a_thousand_members,
						setup_large, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
