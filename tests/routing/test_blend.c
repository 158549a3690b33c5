/* SPDX-License-Identifier: Apache-2.0 */
/* Channels beside each other: weights, most, exclusive, interrupting, deferred work (section 3). */
#include "tests/routing/world.h"

#define BIT(kind) ((uint8_t)(1u << (kind)))

static int setup(void **state)
{
	struct world *w = world_begin(state, (struct routing_limits){400, 16, 8, 64});
	world_queue(w, 1);
	return 0;
}

static int teardown(void **state)
{
	return world_end(state);
}

static void arrive_by(struct world *w, usher_id contact, enum channel_kind channel)
{
	struct routing_contact_new c = world_contact_default(contact, 1);
	c.channel = channel;
	assert_int_equal(world_contact_new(w, c), 0);
}

static void hold_by(struct world *w, usher_id contact, enum channel_kind channel)
{
	arrive_by(w, contact, channel);
	assert_int_equal(world_do(w, EV_ACCEPT, contact), 0);
}

/* ---- room ---------------------------------------------------------------------------------- */

static void never_set_weighs_a_hundred(void **state)
{
	struct world *w = *state;
	struct routing_channel_set set = {0};
	assert_true(routing_channel(w->r, CHANNEL_VIDEO, &set));
	assert_int_equal(set.weight, 100);
	assert_int_equal(set.count_max, 0);
	assert_false(set.is_exclusive || set.interrupts != 0);
	assert_false(routing_channel(w->r, CHANNEL_NONE, &set));
	assert_false(routing_channel(w->r, (enum channel_kind)CHANNEL_KINDS, &set));
}

static void load_up_to_capacity_and_not_past(void **state)
{
	struct world *w = *state;
	world_channel(w, CHANNEL_CHAT, 33, 0);
	world_channel(w, CHANNEL_EMAIL, 1, 0);
	world_agent(w, 10, 1);
	for (usher_id c = 100; c < 103; c++)
		hold_by(w, c, CHANNEL_CHAT);
	arrive_by(w, 103, CHANNEL_CHAT);
	assert_int_equal(world_why(w, 103, 10), REASON_CAPACITY);
	hold_by(w, 104,
		CHANNEL_EMAIL); /* 99 + 1; whoever is in front and does not fit blocks not */
	assert_int_equal(world_agent_view(w, 10).load, 100);
	arrive_by(w, 105, CHANNEL_EMAIL);
	assert_int_equal(world_why(w, 105, 10), REASON_CAPACITY);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_BUSY);
	world_serve(w, 104);
	assert_int_equal(world_offered(w, 105), 10);
}

static void weight_is_that_of_the_moment_it_was_offered(void **state)
{
	struct world *w = *state;
	world_channel(w, CHANNEL_CHAT, 30, 0);
	world_agent(w, 10, 1);
	hold_by(w, 100, CHANNEL_CHAT);
	arrive_by(w, 101, CHANNEL_CHAT);
	world_channel(w, CHANNEL_CHAT, 41, 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 101), 0);
	assert_int_equal(world_agent_view(w, 10).load, 60);
	arrive_by(w, 102, CHANNEL_CHAT);
	assert_int_equal(world_state(w, 102), CONTACT_WAITING);
	world_channel(w, CHANNEL_CHAT, 40, 0);
	world_settle(w);
	assert_int_equal(world_offered(w, 102), 10);
	assert_int_equal(world_agent_view(w, 10).load, 100);
	world_serve(w, 100);
	assert_int_equal(world_agent_view(w, 10).load, 70);
}

static void count_max_counts_all_he_has(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.wrapup_us = USHER_MINUTE;
	world_queue_set(w, q);
	world_channel(w, CHANNEL_CHAT, 1, 3);
	world_channel(w, CHANNEL_EMAIL, 1, 0);
	world_agent(w, 10, 1);
	hold_by(w, 100, CHANNEL_CHAT);
	assert_int_equal(world_do(w, EV_CLOSE, 100), 0); /* in wrap-up */
	hold_by(w, 101, CHANNEL_CHAT);
	arrive_by(w, 102, CHANNEL_CHAT); /* offered */
	arrive_by(w, 103, CHANNEL_CHAT);
	assert_int_equal(world_why(w, 103, 10), REASON_CHANNEL_MAX);
	arrive_by(w, 104, CHANNEL_EMAIL);
	assert_int_equal(world_offered(w, 104), 10);
	assert_int_equal(world_do(w, EV_WRAPUP_DONE, 100), 0);
	assert_int_equal(world_offered(w, 103), 10);
	world_channel(w, CHANNEL_CHAT, 1, 4);
	arrive_by(w, 105, CHANNEL_CHAT);
	assert_int_equal(world_offered(w, 105), 10);
}

static void nobody_has_more_than_256(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(10, 1);
	a.capacity = UINT16_MAX;
	world_channel(w, CHANNEL_CHAT, 1, 0);
	world_ready(w, a);
	for (usher_id c = 100; c < 356; c++)
		arrive_by(w, c, CHANNEL_CHAT);
	assert_int_equal(world_agent_view(w, 10).load, 256);
	arrive_by(w, 356, CHANNEL_CHAT);
	assert_int_equal(world_state(w, 356), CONTACT_WAITING);
	assert_int_equal(world_why(w, 356, 10), REASON_CAPACITY);
	assert_int_equal(world_take(w, 356, 10), E_LIMIT); /* nor by hand */
	assert_int_equal(world_left(w, 355), 0);
	assert_int_equal(world_offered(w, 356), 10);
}

static void capacity_lowered_keeps_what_is_there(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(10, 1);
	world_channel(w, CHANNEL_CHAT, 50, 0);
	world_ready(w, a);
	hold_by(w, 100, CHANNEL_CHAT);
	arrive_by(w, 101, CHANNEL_CHAT);
	a.capacity = 60;
	world_agent_set(w, a);
	assert_int_equal(world_do(w, EV_ACCEPT, 101), 0);
	assert_int_equal(world_agent_view(w, 10).load, 100);
	arrive_by(w, 102, CHANNEL_CHAT);
	world_serve(w, 100);
	assert_int_equal(world_state(w, 102), CONTACT_WAITING); /* 50 + 50 > 60 */
	world_serve(w, 101);
	assert_int_equal(world_offered(w, 102), 10);
}

/* ---- exclusive and interrupting ------------------------------------------------------------ */

static struct routing_channel_set channel(enum channel_kind kind, uint16_t weight)
{
	return (struct routing_channel_set){.channel = kind, .weight = weight};
}

static void exclusive_works_both_ways(void **state)
{
	struct world *w = *state;
	struct routing_channel_set call = channel(CHANNEL_TELEPHONY, 10);
	call.is_exclusive = true;
	world_channel_set(w, call);
	world_channel(w, CHANNEL_CHAT, 10, 0);
	world_channel(w, CHANNEL_EMAIL, 10, 0);
	world_agent(w, 10, 1);
	hold_by(w, 100, CHANNEL_CHAT);
	hold_by(w, 101, CHANNEL_EMAIL); /* neither is exclusive */
	world_serve(w, 101);
	arrive_by(w, 102, CHANNEL_TELEPHONY);
	struct routing_why why = routing_why(w->r, 102, 10, w->now);
	assert_int_equal(why.reason, REASON_EXCLUSIVE);
	assert_int_equal(why.skill, CHANNEL_CHAT);
	world_serve(w, 100);
	assert_int_equal(world_do(w, EV_ACCEPT, 102), 0);
	arrive_by(w, 103, CHANNEL_EMAIL);
	why = routing_why(w->r, 103, 10, w->now);
	assert_int_equal(why.reason, REASON_EXCLUSIVE);
	assert_int_equal(why.skill, CHANNEL_TELEPHONY);
	arrive_by(w, 104, CHANNEL_TELEPHONY); /* beside its own kind it may be */
	assert_int_equal(world_offered(w, 104), 10);
	assert_int_equal(world_left(w, 104), 0);
	assert_int_equal(world_left(w, 102), 0);
	assert_int_equal(world_offered(w, 103), 10);
}

static void exclusive_also_in_wrapup_and_while_offered(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_channel_set call = channel(CHANNEL_TELEPHONY, 10);
	q.wrapup_us = USHER_MINUTE;
	world_queue_set(w, q);
	call.is_exclusive = true;
	world_channel_set(w, call);
	world_channel(w, CHANNEL_CHAT, 10, 0);
	world_agent(w, 10, 1);
	arrive_by(w, 100, CHANNEL_TELEPHONY);
	arrive_by(w, 101, CHANNEL_CHAT);
	assert_int_equal(world_why(w, 101, 10), REASON_EXCLUSIVE);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	assert_int_equal(world_do(w, EV_CLOSE, 100), 0);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_offered(w, 101), 10);
}

static void interrupting_needs_no_room_beside(void **state)
{
	struct world *w = *state;
	struct routing_channel_set call = channel(CHANNEL_TELEPHONY, 100);
	struct routing_channel_set mail = channel(CHANNEL_EMAIL, 50);
	call.interrupts = BIT(CHANNEL_EMAIL) | BIT(CHANNEL_LETTER);
	mail.is_exclusive = true;
	world_channel_set(w, call);
	world_channel_set(w, mail);
	world_agent(w, 10, 1);
	hold_by(w, 100, CHANNEL_EMAIL);
	hold_by(w, 101, CHANNEL_EMAIL);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_READY); /* for a call */
	hold_by(w, 102, CHANNEL_TELEPHONY);
	assert_int_equal(world_agent_view(w, 10).load, 200);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_BUSY);
	arrive_by(w, 103, CHANNEL_TELEPHONY); /* the call itself takes its room */
	assert_int_equal(world_why(w, 103, 10), REASON_CAPACITY);
	assert_int_equal(world_left(w, 103), 0);
	world_serve(w, 101);
	arrive_by(w, 104, CHANNEL_EMAIL); /* it does not work the other way round */
	assert_int_equal(world_why(w, 104, 10), REASON_CAPACITY);
	world_serve(w, 102);
	assert_int_equal(world_offered(w, 104), 10);
}

static void busy_only_without_room_for_any_channel(void **state)
{
	struct world *w = *state;
	for (unsigned k = 1; k < CHANNEL_KINDS; k++)
		world_channel(w, (enum channel_kind)k, 60, 0);
	world_channel(w, CHANNEL_LETTER, 40, 1);
	world_agent(w, 10, 1);
	hold_by(w, 100, CHANNEL_CHAT);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_READY); /* for a letter */
	assert_int_equal(world_queue_view(w, 1).agents_ready, 1);
	assert_int_equal(world_queue_view(w, 1).agents_free, 0);
	hold_by(w, 101, CHANNEL_LETTER);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_BUSY);
	assert_int_equal(world_queue_view(w, 1).agents_ready, 0);
	assert_int_equal(world_queue_view(w, 1).agents_busy, 1);
	world_serve(w, 100);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_READY);
}

/* ---- deferred work ------------------------------------------------------------------------- */

static void reserve(struct world *w, uint8_t n)
{
	struct routing_queue_set q = world_queue_default(1);
	q.reserve = n;
	world_queue_set(w, q);
}

static void deferred_work_leaves_members_free(void **state)
{
	struct world *w = *state;
	reserve(w, 2);
	world_agent(w, 10, 1);
	world_agent(w, 11, 1);
	arrive_by(w, 100, CHANNEL_EMAIL);
	struct routing_why why = routing_why(w->r, 100, 10, w->now);
	assert_int_equal(why.reason, REASON_RESERVE);
	assert_int_equal(why.needed, 2);
	assert_int_equal(why.has, 2);
	w->now++;
	world_agent(w, 12, 1); /* now two would stay */
	assert_int_equal(world_state(w, 100), CONTACT_OFFERED);
	arrive_by(w, 101, CHANNEL_EMAIL);
	assert_int_equal(world_why(w, 101, 11), REASON_RESERVE);
	arrive_by(w, 102, CHANNEL_CHAT); /* a customer who waits there is not kept waiting */
	assert_int_equal(world_state(w, 102), CONTACT_OFFERED);
}

static void each_channel_that_is_not_live_is_deferred(void **state)
{
	struct world *w = *state;
	reserve(w, 1);
	world_agent(w, 10, 1);
	for (unsigned k = 1; k < CHANNEL_KINDS; k++) {
		arrive_by(w, 100 + k, (enum channel_kind)k);
		bool is_live = channel_is_live((enum channel_kind)k);
		assert_int_equal(world_state(w, 100 + k),
				 is_live ? CONTACT_OFFERED : CONTACT_WAITING);
		assert_int_equal(world_left(w, 100 + k), 0);
	}
	struct routing_contact_new c = world_contact_default(110, 1);
	c.channel = CHANNEL_TELEPHONY;
	c.is_callback = true;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_why(w, 110, 10), REASON_RESERVE);
	assert_true(world_view(w, 110).is_callback);
	reserve(w, 0);
	world_settle(w);
	assert_int_equal(world_offered(w, 110), 10);
}

static void who_has_work_takes_more_and_leaves_as_many_free(void **state)
{
	struct world *w = *state;
	reserve(w, 1);
	world_channel(w, CHANNEL_EMAIL, 50, 0);
	world_agent(w, 10, 1);
	w->now++;
	world_agent(w, 11, 1);
	hold_by(w, 100, CHANNEL_EMAIL);
	assert_int_equal(world_holder(w, 100), 10);
	arrive_by(w, 101, CHANNEL_EMAIL);
	assert_int_equal(world_why(w, 101, 11), REASON_RESERVE);
	assert_int_equal(world_offered(w, 101), 10); /* 11 is idle, but must stay so */
}

/* 10 has room beside his chat, but nobody is free; 11 becoming free lets 10 take the mail. */
static void crossing_the_reserve_looks_at_deferred_work_again(void **state)
{
	struct world *w = *state;
	reserve(w, 1);
	world_channel(w, CHANNEL_CHAT, 50, 0);
	world_channel(w, CHANNEL_EMAIL, 50, 0);
	world_agent(w, 10, 1);
	hold_by(w, 100, CHANNEL_CHAT);
	arrive_by(w, 101, CHANNEL_EMAIL);
	assert_int_equal(world_why(w, 101, 10), REASON_RESERVE);
	w->now++;
	world_agent(w, 11, 1);
	assert_int_equal(world_offered(w, 101), 10);
	assert_int_equal(world_queue_view(w, 1).agents_free, 1);
}

static void crossing_by_a_closed_contact(void **state)
{
	struct world *w = *state;
	reserve(w, 1);
	world_channel(w, CHANNEL_CHAT, 50, 0);
	world_channel(w, CHANNEL_EMAIL, 50, 0);
	world_agent(w, 10, 1);
	w->now++;
	world_agent(w, 11, 1);
	hold_by(w, 100, CHANNEL_CHAT);
	hold_by(w, 101, CHANNEL_CHAT);
	arrive_by(w, 102, CHANNEL_EMAIL);
	arrive_by(w, 103, CHANNEL_LETTER);
	assert_int_equal(world_queue_view(w, 1).agents_free, 0);
	assert_int_equal(world_state(w, 102), CONTACT_WAITING);
	world_serve(w, 101);
	assert_int_equal(world_offered(w, 102), 10);
	assert_int_equal(world_state(w, 103), CONTACT_WAITING); /* 100: only 11 has room */
	assert_int_equal(world_why(w, 103, 11), REASON_RESERVE);
}

static void reserve_beyond_all_members_keeps_mail_for_ever(void **state)
{
	struct world *w = *state;
	reserve(w, 255);
	world_agent(w, 10, 1);
	arrive_by(w, 100, CHANNEL_EMAIL);
	assert_int_equal(world_why(w, 100, 10), REASON_RESERVE);
	assert_int_equal(world_run(w, USHER_HOUR, FX_OFFERED), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_take(w, 100, 10), 0); /* by hand it goes */
	assert_int_equal(world_holder(w, 100), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(never_set_weighs_a_hundred),
		TEST_TWICE(load_up_to_capacity_and_not_past),
		TEST_TWICE(weight_is_that_of_the_moment_it_was_offered),
		TEST_TWICE(count_max_counts_all_he_has),
		TEST(nobody_has_more_than_256),
		TEST_TWICE(capacity_lowered_keeps_what_is_there),
		TEST_TWICE(exclusive_works_both_ways),
		TEST_TWICE(exclusive_also_in_wrapup_and_while_offered),
		TEST_TWICE(interrupting_needs_no_room_beside),
		TEST_TWICE(busy_only_without_room_for_any_channel),
		TEST_TWICE(deferred_work_leaves_members_free),
		TEST_TWICE(each_channel_that_is_not_live_is_deferred),
		TEST_TWICE(who_has_work_takes_more_and_leaves_as_many_free),
		TEST_TWICE(crossing_the_reserve_looks_at_deferred_work_again),
		TEST_TWICE(crossing_by_a_closed_contact),
		TEST_TWICE(reserve_beyond_all_members_keeps_mail_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
