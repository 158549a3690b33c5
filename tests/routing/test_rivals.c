/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong in other routers, by their own issue lists and sources, and cannot here. */
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

/* ---- one contact, one agent ---------------------------------------------------------------- */

static void asterisk_176_two_answer_one_wins(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	q.parallel = 3;
	world_queue_set(w, q);
	for (usher_id a = 10; a < 13; a++)
		world_agent(w, a, 1);
	world_arrive(w, 100, 1);
	assert_int_equal(routing_seats(w->r, 100, seats), 3);
	struct routing_command c = {.contact = 100, .agent = 11};
	c.epoch = world_seat(w, 100, 11).epoch;
	assert_int_equal(world_command(w, EV_ACCEPT, c), 0);
	for (unsigned i = 0; i < 3; i++) {
		if (seats[i].agent == 11)
			continue;
		c.agent = seats[i].agent;
		c.epoch = seats[i].epoch;
		assert_int_equal(world_command(w, EV_ACCEPT, c), E_STALE);
	}
	assert_int_equal(world_holder(w, 100), 11);
	assert_int_equal(routing_seats(w->r, 100, seats), 1);
}

static void openacd_5_tiledesk_contacts_at_once_ring_different_agents(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	bool is_rung[13] = {false};
	q.order = ORDER_ROUND_ROBIN;
	world_queue_set(w, q);
	for (usher_id c = 100; c < 103; c++)
		world_arrive(w, c, 1);
	for (usher_id a = 10; a < 13; a++)
		world_agent(w, a, 1);
	for (usher_id c = 100; c < 103; c++) {
		usher_id agent = world_offered(w, c);
		assert_false(is_rung[agent]);
		is_rung[agent] = true;
	}
}

/* ---- capacity ------------------------------------------------------------------------------ */

static void rocketchat_37776_limit_of_three_with_many_at_once(void **state)
{
	struct world *w = *state;
	unsigned waiting = 0;
	world_channel(w, CHANNEL_CHAT, 10, 3);
	world_agent(w, 10, 1);
	world_agent(w, 11, 1);
	for (usher_id c = 100; c < 112; c++)
		world_arrive(w, c, 1);
	for (usher_id c = 100; c < 112; c++)
		waiting += world_state(w, c) == CONTACT_WAITING;
	assert_int_equal(waiting, 6);
	for (usher_id a = 10; a < 12; a++) {
		assert_int_equal(world_agent_view(w, a).count[CHANNEL_CHAT], 3);
		assert_int_equal(world_agent_view(w, a).load, 30);
	}
	assert_int_equal(world_why(w, 111, 10), REASON_CHANNEL_MAX);
}

static void salesforce_395583_queue_size_holds_when_chats_come_together(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.length_max = 3;
	q.full = TREAT_END;
	world_queue_set(w, q);
	for (usher_id c = 100; c < 110; c++)
		assert_int_equal(world_contact_new(w, world_contact_default(c, 1)),
				 c < 103 ? 0 : E_LIMIT);
	assert_int_equal(world_queue_view(w, 1).waiting, 3);
	assert_int_equal(world_left(w, 101), 0); /* and is not under-used afterwards */
	assert_int_equal(world_contact_new(w, world_contact_default(110, 1)), 0);
	assert_int_equal(world_contact_new(w, world_contact_default(111, 1)), E_LIMIT);
}

static void salesforce_384795_capacity_never_leaks(void **state)
{
	struct world *w = *state;
	world_channel(w, CHANNEL_CHAT, 50, 0);
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_agent_view(w, 10).load, 0);
	assert_int_equal(world_left(w, 100), 0);
	world_arrive(w, 101, 1);
	assert_int_equal(world_left(w, 101), 0);
	assert_int_equal(world_agent_view(w, 10).load, 0);
	world_hold(w, 102, 1);
	world_hold(w, 103, 1);
	assert_int_equal(world_agent_view(w, 10).load, 100);
	assert_int_equal(world_until(w, EV_PARK, 102, w->now + USHER_HOUR), 0);
	assert_int_equal(world_agent_view(w, 10).load, 50);
	assert_int_equal(world_left(w, 103), 0);
	assert_int_equal(world_agent_view(w, 10).load, 0);
	world_arrive(w, 104, 1);
	world_tick(w, 20 * USHER_SECOND); /* not answered */
	assert_int_equal(world_agent_view(w, 10).load, 0);
}

/* ---- stuck agents -------------------------------------------------------------------------- */

static void freeswitch_2540_nobody_stays_reserved(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.missed_max = 100;
	world_queue_set(w, q);
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	assert_int_equal(world_left(w, 100), 0); /* hung up while he was being rung */
	assert_int_equal(world_agent_view(w, 10).state, AGENT_READY);
	world_arrive(w, 101, 1);
	world_tick(w, 20 * USHER_SECOND); /* no answer */
	assert_int_equal(world_agent_view(w, 10).state, AGENT_READY);
	world_tick(w, 5 * USHER_SECOND);
	assert_int_equal(world_offered(w, 101), 10);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	assert_int_equal(world_agent_view(w, 10).load, 0);
	assert_int_equal(world_presence(w, EV_PRESENCE_FOUND, 10), 0);
	assert_int_equal(world_offered(w, 101), 10);
	struct routing_event gone = {.kind = EV_QUEUE_REMOVE, .queue.queue = 1};
	assert_int_equal(world_code(w, &gone), 0);
	world_settle(w);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_READY);
}

static void openacd_6_answer_at_the_instant_of_the_ring_out(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	w->now++;
	world_agent(w, 11, 1);
	world_arrive(w, 100, 1);
	assert_int_equal(world_offered(w, 100), 10);
	w->now += 20 * USHER_SECOND;
	assert_int_equal(world_do(w, EV_ACCEPT, 100), E_STALE);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_agent_view(w, 10).load, 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	assert_int_equal(world_holder(w, 100), 11);
}

/* ---- freed capacity ------------------------------------------------------------------------ */

static void chatwoot_10583_fourth_is_served_before_the_fifth(void **state)
{
	struct world *w = *state;
	world_channel(w, CHANNEL_CHAT, 10, 3);
	world_agent(w, 10, 1);
	for (usher_id c = 100; c < 103; c++)
		world_hold(w, c, 1);
	w->now += USHER_SECOND;
	world_arrive(w, 103, 1);
	w->now += USHER_SECOND;
	world_arrive(w, 104, 1);
	world_serve(w, 101);
	assert_int_equal(world_offered(w, 103), 10);
	assert_int_equal(world_state(w, 104), CONTACT_WAITING);
}

static void rocketchat_18041_each_way_to_more_room_looks_at_who_waits(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(10, 1);
	world_ready(w, a);
	world_hold(w, 100, 1);
	for (usher_id c = 101; c < 105; c++)
		world_arrive(w, c, 1);
	a.capacity = 200;
	world_agent_set(w, a);
	assert_int_equal(world_offered(w, 101), 10);
	world_channel(w, CHANNEL_CHAT, 1, 0);
	world_settle(w);
	assert_int_equal(world_queue_view(w, 1).waiting, 3); /* what is in hand keeps its weight */
	assert_int_equal(world_until(w, EV_PARK, 100, w->now + USHER_HOUR), 0);
	for (usher_id c = 102; c < 105; c++)
		assert_int_equal(world_offered(w, c), 10);
}

static void opensips_2679_wrapups_that_end_together_all_count(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.wrapup_us = USHER_MINUTE;
	q.is_wrapup_exclusive = true;
	world_queue_set(w, q);
	for (usher_id a = 10; a < 13; a++)
		world_agent(w, a, 1);
	for (usher_id c = 100; c < 103; c++)
		world_hold(w, c, 1);
	for (usher_id c = 103; c < 106; c++)
		world_arrive(w, c, 1);
	for (usher_id c = 100; c < 103; c++)
		assert_int_equal(world_do(w, EV_CLOSE, c), 0);
	assert_int_equal(world_queue_view(w, 1).waiting, 3);
	world_tick(w, USHER_MINUTE);
	for (usher_id c = 103; c < 106; c++)
		assert_int_not_equal(world_offered(w, c), 0);
}

/* ---- absent agents ------------------------------------------------------------------------- */

static void teams_chatwoot_7204_absent_agents_are_not_rung(void **state)
{
	struct world *w = *state;
	for (usher_id a = 10; a < 14; a++)
		world_agent(w, a, 1);
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_wants(w, 11, AGENT_NOT_READY), 0);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 12), 0);
	world_arrive(w, 100, 1);
	assert_int_equal(world_offered(w, 100), 13);
	world_arrive(w, 101, 1);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	assert_int_equal(world_why(w, 101, 10), REASON_SIGNED_OUT);
	assert_int_equal(world_why(w, 101, 11), REASON_NOT_READY);
	assert_int_equal(world_why(w, 101, 12), REASON_LOST);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 13), 0); /* while he is rung */
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_LOST_PRESENCE);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
}

static void twilio_flex_290_coming_back_does_not_make_ready(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_agent(w, 11, 1);
	world_arrive(w, 100, 1);
	world_arrive(w, 101, 1);
	world_arrive(w, 102, 1);
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_wants(w, 11, AGENT_NOT_READY), 0);
	for (usher_id a = 10; a < 12; a++) {
		(void)world_presence(w, EV_PRESENCE_LOST, a);
		(void)world_presence(w, EV_PRESENCE_FOUND, a);
	}
	assert_int_equal(world_agent_view(w, 10).state, AGENT_SIGNED_OUT);
	assert_int_equal(world_agent_view(w, 11).state, AGENT_NOT_READY);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_queue_view(w, 1).waiting, 3);
}

static void salesforce_4576806_who_turns_busy_keeps_no_offer_for_ever(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	w->now++;
	world_agent(w, 11, 1);
	world_arrive(w, 100, 1);
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_wants(w, 10, AGENT_NOT_READY), 0);
	if (world_offered(w, 100) == 10)
		world_tick(w, 20 * USHER_SECOND);
	assert_int_equal(world_offered(w, 100), 11);
}

static void freeswitch_tiers_people_on_break_count_as_absent(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	world_queue(w, 2);
	q.overflow_to = 2;
	q.is_overflow_absent = true;
	world_queue_set(w, q);
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_wants(w, 10, AGENT_NOT_READY), 0);
	world_arrive(w, 101, 1);
	world_settle(w);
	assert_int_equal(world_view(w, 101).queue, 2);
}

/* ---- after a refusal ----------------------------------------------------------------------- */

static void rocketchat_12579_opensips_2886_refused_is_offered_on_from_its_place(void **state)
{
	struct world *w = *state;
	for (usher_id a = 10; a < 13; a++) {
		world_agent(w, a, 1);
		w->now++;
	}
	world_arrive(w, 100, 1);
	usher_us first = world_view(w, 100).first_us;
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_offered(w, 100), 11);
	world_tick(w, 20 * USHER_SECOND);
	assert_int_equal(world_offered(w, 100), 12);
	assert_int_equal(world_view(w, 100).first_us, first);
}

static void salesforce_382420_declined_by_the_last_one_left_comes_again(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
		assert_int_equal(world_state(w, 100), CONTACT_WAITING);
		world_tick(w, 5 * USHER_SECOND);
		assert_int_equal(world_offered(w, 100), 10);
	}
}

/* Somebody else could, but has a break: not to the same one for an offer time, 60 s at most. */
static void salesforce_382420_exclusion_ends_by_itself(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	usher_us lasts[] = {40 * USHER_SECOND, 10 * USHER_MINUTE};
	world_agent(w, 10, 1);
	world_agent_set(w, world_agent_default(11, 1));
	assert_int_equal(world_wants(w, 11, AGENT_NOT_READY), 0);
	for (unsigned i = 0; i < 2; i++) {
		usher_us excluded = i == 0 ? lasts[0] : USHER_MINUTE;
		q.offer_us = lasts[i];
		world_queue_set(w, q);
		world_arrive(w, 100, 1);
		assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
		assert_int_equal(world_run(w, excluded - 1, FX_OFFERED), 0);
		assert_int_equal(world_why(w, 100, 10), REASON_EXCLUDED);
		world_tick(w, 1);
		assert_int_equal(world_offered(w, 100), 10);
		assert_int_equal(world_left(w, 100), 0);
	}
}

static void rocketchat_31474_lost_console_gives_live_work_back_and_keeps_mail(void **state)
{
	struct world *w = *state;
	struct routing_contact_new mail = world_contact_default(101, 1);
	world_channel(w, CHANNEL_CHAT, 30, 0);
	world_channel(w, CHANNEL_EMAIL, 30, 0);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	mail.channel = CHANNEL_EMAIL;
	assert_int_equal(world_contact_new(w, mail), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 101), 0);
	world_arrive(w, 102, 1);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	assert_int_equal(world_state(w, 102), CONTACT_WAITING); /* the offer at once */
	world_tick(w, USHER_MINUTE - 1);
	assert_int_equal(world_state(w, 100), CONTACT_ACTIVE);
	world_agent(w, 11, 1);
	world_tick(w, 1);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_view(w, 100).first_us, WORLD_START);
	world_tick(w, USHER_DAY);
	assert_int_equal(world_holder(w, 101), 10);
	assert_int_equal(world_state(w, 101), CONTACT_ACTIVE);
}

static void genesys_nobody_is_dropped_after_59_days(void **state)
{
	struct world *w = *state;
	struct routing_contact_new mail = world_contact_default(100, 1);
	mail.channel = CHANNEL_EMAIL;
	assert_int_equal(world_contact_new(w, mail), 0);
	world_tick(w, 60 * USHER_DAY);
	world_settle(w);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_agent(w, 10, 1);
	assert_int_equal(world_offered(w, 100), 10);
}

static void kazoo_6609_not_responding_is_left_by_one_action(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.missed_max = 3;
	world_queue_set(w, q);
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	(void)world_run(w, 3 * 25 * USHER_SECOND, FX_OFFERED);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_NOT_RESPONDING);
	assert_int_equal(world_agent_view(w, 10).missed, 3);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	assert_int_equal(world_offered(w, 100), 10);
}

static void freepbx_40_the_silent_agent_does_not_ring_again_at_once(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.missed_max = 100;
	world_queue_set(w, q);
	world_agent(w, 10, 1);
	w->now += USHER_SECOND;
	world_agent(w, 11, 1);
	world_arrive(w, 100, 1);
	usher_id before = world_offered(w, 100);
	assert_int_equal(before, 10); /* longest idle */
	world_tick(w, 20 * USHER_SECOND);
	assert_int_equal(world_offered(w, 100), 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(asterisk_176_two_answer_one_wins),
		TEST_TWICE(openacd_5_tiledesk_contacts_at_once_ring_different_agents),
		TEST_TWICE(rocketchat_37776_limit_of_three_with_many_at_once),
		TEST_TWICE(salesforce_395583_queue_size_holds_when_chats_come_together),
		TEST_TWICE(salesforce_384795_capacity_never_leaks),
		TEST_TWICE(freeswitch_2540_nobody_stays_reserved),
		TEST_TWICE(openacd_6_answer_at_the_instant_of_the_ring_out),
		TEST_TWICE(chatwoot_10583_fourth_is_served_before_the_fifth),
		TEST_TWICE(rocketchat_18041_each_way_to_more_room_looks_at_who_waits),
		TEST_TWICE(opensips_2679_wrapups_that_end_together_all_count),
		TEST_TWICE(teams_chatwoot_7204_absent_agents_are_not_rung),
		TEST_TWICE(twilio_flex_290_coming_back_does_not_make_ready),
		TEST_TWICE(salesforce_4576806_who_turns_busy_keeps_no_offer_for_ever),
		TEST_TWICE(freeswitch_tiers_people_on_break_count_as_absent),
		TEST_TWICE(rocketchat_12579_opensips_2886_refused_is_offered_on_from_its_place),
		TEST_TWICE(salesforce_382420_declined_by_the_last_one_left_comes_again),
		TEST_TWICE(salesforce_382420_exclusion_ends_by_itself),
		TEST_TWICE(rocketchat_31474_lost_console_gives_live_work_back_and_keeps_mail),
		TEST_TWICE(genesys_nobody_is_dropped_after_59_days),
		TEST_TWICE(kazoo_6609_not_responding_is_left_by_one_action),
		TEST_TWICE(freepbx_40_the_silent_agent_does_not_ring_again_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
