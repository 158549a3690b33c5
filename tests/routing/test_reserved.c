/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts that wait for a certain agent, or may not have one (section 6). */
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

static struct routing_contact_new preferring(usher_id contact, usher_id agent)
{
	struct routing_contact_new c = world_contact_default(contact, 1);
	c.preferred = agent;
	c.preferred_us = 30 * USHER_SECOND;
	return c;
}

/* 10 and 11 have work, 12 has none. */
static void two_busy_one_free(struct world *w)
{
	for (usher_id a = 10; a < 13; a++) {
		world_agent(w, a, 1);
		w->now++;
	}
	world_hold(w, 90, 1);
	world_hold(w, 91, 1);
	assert_int_equal(world_holder(w, 90), 10);
	assert_int_equal(world_holder(w, 91), 11);
}

static void preferred_then_fallback_then_all(void **state)
{
	struct world *w = *state;
	two_busy_one_free(w);
	struct routing_contact_new c = preferring(100, 10);
	c.fallback = 11;
	c.fallback_us = 20 * USHER_SECOND;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_why(w, 100, 12), REASON_PREFERRED_OTHER);
	assert_int_equal(world_why(w, 100, 11), REASON_PREFERRED_OTHER);
	world_tick(w, 30 * USHER_SECOND);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_serve(w, 90); /* too late for 10: it waits for 11 now */
	assert_int_equal(world_why(w, 100, 10), REASON_PREFERRED_OTHER);
	world_tick(w, 20 * USHER_SECOND - 1);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_tick(w, 1);
	assert_int_equal(world_offered(w, 100), 12);
}

static void fallback_in_time(void **state)
{
	struct world *w = *state;
	two_busy_one_free(w);
	struct routing_contact_new c = preferring(100, 10);
	c.fallback = 11;
	c.fallback_us = 20 * USHER_SECOND;
	assert_int_equal(world_contact_new(w, c), 0);
	world_tick(w, 30 * USHER_SECOND);
	world_serve(w, 91);
	assert_int_equal(world_offered(w, 100), 11);
}

static void one_answer_ends_it(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	w->now++;
	world_agent(w, 11, 1);
	assert_int_equal(world_contact_new(w, preferring(100, 11)), 0);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_left(w, 100), 0);
	assert_int_equal(world_contact_new(w, preferring(100, 11)), 0);
	world_tick(w, 20 * USHER_SECOND); /* nor does he answer */
	assert_int_equal(world_offered(w, 100), 10);
}

static void passed_over_where_he_cannot(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(12, 1);
	world_skill(&a, 7, 2);
	world_ready(w, a);
	w->now++;
	world_agent(w, 10, 2);		       /* no member */
	world_agent(w, 11, 1);		       /* without the skill */
	world_agent_set(w, (a.agent = 13, a)); /* signed out */
	world_ready(w, (a.agent = 14, a));
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 14), 0);
	usher_id preferred[] = {99, 10, 11, 13, 14};
	for (unsigned i = 0; i < 5; i++) {
		struct routing_contact_new c = preferring(100, preferred[i]);
		world_need(&c, 7, 1);
		assert_int_equal(world_contact_new(w, c), 0);
		assert_int_equal(world_offered(w, 100), 12);
		assert_int_equal(world_left(w, 100), 0);
		c.fallback = 12; /* the next one is waited for, not all */
		c.fallback_us = USHER_MINUTE;
		world_hold(w, 90, 1);
		assert_int_equal(world_contact_new(w, c), 0);
		assert_int_equal(world_state(w, 100), CONTACT_WAITING);
		world_serve(w, 90);
		if (world_state(w, 100) == CONTACT_WAITING) /* 11 had 90 */
			assert_int_equal(world_why(w, 100, 12), REASON_CHOSEN);
		assert_int_equal(world_offered(w, 100), 12);
		assert_int_equal(world_left(w, 100), 0);
		assert_int_equal(world_wants(w, 11, AGENT_NOT_READY), 0);
	}
}

static void not_ready_is_waited_for(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_agent(w, 11, 1);
	assert_int_equal(world_wants(w, 10, AGENT_NOT_READY), 0);
	assert_int_equal(world_contact_new(w, preferring(100, 10)), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_tick(w, 30 * USHER_SECOND - 1);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	assert_int_equal(world_offered(w, 100), 10);
}

static void patient_waits_for_the_absent(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = preferring(100, 10);
	world_agent_set(w, world_agent_default(10, 1));
	world_agent(w, 11, 1);
	c.is_patient = true;
	c.preferred_us = 3 * USHER_DAY;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_run(w, 2 * USHER_DAY, FX_OFFERED), 0);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	c.contact = 101;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	(void)world_run(w, 3 * USHER_DAY - 1, FX_OFFERED);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	assert_int_equal(world_wants(w, 11, AGENT_READY), 0);
	world_tick(w, 1);
	assert_int_not_equal(world_why(w, 101, 11), REASON_PREFERRED_OTHER);
}

static void who_goes_is_waited_for_no_longer(void **state)
{
	struct world *w = *state;
	for (unsigned i = 0; i < 3; i++) {
		world_agent(w, 10, 1);
		world_hold(w, 90, 1);
		world_agent(w, 11, 1);
		assert_int_equal(world_contact_new(w, preferring(100, 10)), 0);
		assert_int_equal(world_state(w, 100), CONTACT_WAITING);
		struct routing_event gone = {.kind = EV_AGENT_REMOVE, .presence.agent = 10};
		if (i == 0)
			assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
		else if (i == 1)
			assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
		else
			assert_int_equal(world_code(w, &gone), 0);
		world_settle(w);
		if (i == 0)
			assert_int_equal(world_offered(w, 100), 11);
		else /* 90 came before it */
			assert_int_not_equal(world_why(w, 100, 11), REASON_PREFERRED_OTHER);
		assert_int_equal(world_left(w, 100), 0);
		assert_int_equal(world_left(w, 90), 0);
		if (i == 0)
			assert_int_equal(world_presence(w, EV_PRESENCE_FOUND, 10), 0);
		assert_int_equal(world_wants(w, 11, AGENT_SIGNED_OUT), 0);
	}
}

static void who_waits_for_one_stands_before_nobody(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 90, 1);
	assert_int_equal(world_contact_new(w, preferring(100, 10)), 0);
	w->now++;
	world_arrive(w, 101, 1);
	assert_int_equal(world_view(w, 101).position, 1);
	assert_int_equal(world_queue_view(w, 1).waiting, 2);
	world_agent(w, 11, 1);
	assert_int_equal(world_offered(w, 101), 11);
	world_tick(w, 30 * USHER_SECOND);
	assert_int_equal(world_view(w, 100).position, 1); /* for all, in its old place */
}

static void excluded_never_gets_it_from_the_order(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	world_agent(w, 10, 1);
	c.excluded = 10;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_why(w, 100, 10), REASON_EXCLUDED);
	assert_int_equal(world_run(w, USHER_HOUR, FX_OFFERED), 0);
	world_agent(w, 11, 1);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	world_tick(w, 5 * USHER_SECOND); /* 10 is nobody else who could */
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_take(w, 100, 10), 0); /* by hand he may */
	assert_int_equal(world_holder(w, 100), 10);
}

static void the_last_four_are_excluded(void **state)
{
	struct world *w = *state;
	for (usher_id a = 10; a < 15; a++) {
		world_agent(w, a, 1);
		w->now++;
	}
	world_arrive(w, 100, 1);
	for (usher_id i = 0; i < 12; i++) {
		assert_int_equal(world_offered(w, 100), 10 + i % 5);
		assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	}
}

static void transfer_to_an_agent_is_past_the_rules(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	struct routing_agent_set a = world_agent_default(10, 1);
	world_ready(w, *world_skill(&a, 7, 1));
	world_need(&c, 7, 1);
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	world_agent(w, 11, 2); /* no member, no skill */
	assert_int_equal(world_move(w, 100, 0, 11), 0);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	assert_int_equal(world_holder(w, 100), 11);
	assert_int_equal(world_view(w, 100).queue, 1);
}

static void transfer_to_an_agent_waits_one_offer_time(void **state)
{
	struct world *w = *state;
	two_busy_one_free(w);
	assert_int_equal(world_move(w, 90, 0, 11), 0); /* who is busy */
	assert_int_equal(world_state(w, 90), CONTACT_WAITING);
	assert_int_equal(world_why(w, 90, 12), REASON_PREFERRED_OTHER);
	world_tick(w, 20 * USHER_SECOND - 1);
	assert_int_equal(world_state(w, 90), CONTACT_WAITING);
	world_tick(w, 1);
	assert_int_equal(world_offered(w, 90), 12);
}

static void resumed_goes_to_who_parked_it(void **state)
{
	struct world *w = *state;
	struct routing_command resume = {.contact = 90};
	two_busy_one_free(w);
	assert_int_equal(world_until(w, EV_PARK, 90, w->now + USHER_HOUR), 0);
	assert_int_equal(world_command(w, EV_RESUME, resume), 0);
	assert_int_equal(world_offered(w, 90), 10);
	assert_int_equal(world_do(w, EV_ACCEPT, 90), 0);
	assert_int_equal(world_until(w, EV_PARK, 90, w->now + USHER_HOUR), 0);
	world_hold(w, 92, 1);
	assert_int_equal(world_holder(w, 92), 12); /* idle longer than 10 */
	assert_int_equal(world_left(w, 92), 0);
	assert_int_equal(world_wants(w, 10, AGENT_NOT_READY), 0);
	assert_int_equal(world_command(w, EV_RESUME, resume), 0);
	assert_int_equal(world_state(w, 90), CONTACT_WAITING);
	world_tick(w, 20 * USHER_SECOND); /* one offer time, then all */
	assert_int_equal(world_offered(w, 90), 12);
	assert_int_equal(world_command(w, EV_RESUME, resume), E_STATE);
}

static void resumed_of_who_is_gone_is_for_all(void **state)
{
	struct world *w = *state;
	struct routing_command resume = {.contact = 90};
	two_busy_one_free(w);
	assert_int_equal(world_until(w, EV_PARK, 90, w->now + USHER_HOUR), 0);
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_state(w, 90), CONTACT_PARKED);
	assert_int_equal(world_command(w, EV_RESUME, resume), 0);
	assert_int_equal(world_offered(w, 90), 12);
}

static void signing_out_gives_back_live_to_all_and_mail_a_while_later(void **state)
{
	struct world *w = *state;
	struct routing_contact_new mail = world_contact_default(101, 1);
	world_channel(w, CHANNEL_CHAT, 50, 0);
	world_channel(w, CHANNEL_EMAIL, 50, 0);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	mail.channel = CHANNEL_EMAIL;
	assert_int_equal(world_contact_new(w, mail), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 101), 0);
	world_agent(w, 11, 1);
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	assert_int_equal(world_why(w, 101, 11), REASON_PREFERRED_OTHER);
	world_tick(w, 10 * USHER_SECOND);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0); /* only a restart */
	assert_int_equal(world_offered(w, 101), 10);
	assert_int_equal(world_do(w, EV_ACCEPT, 101), 0);
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	world_tick(w, 20 * USHER_SECOND);
	assert_int_equal(world_offered(w, 101), 11);
}

static void all_of_an_agent_is_moved(void **state)
{
	struct world *w = *state;
	struct routing_event ev = {.kind = EV_MOVE_ALL, .transfer = {.agent = 10, .to_queue = 2}};
	world_channel(w, CHANNEL_CHAT, 30, 0);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_hold(w, 101, 1);
	world_arrive(w, 102, 1);
	assert_int_equal(world_code(w, &ev), 0);
	world_settle(w);
	for (usher_id c = 100; c < 102; c++) {
		assert_int_equal(world_state(w, c), CONTACT_WAITING);
		assert_int_equal(world_view(w, c).queue, 2);
	}
	assert_int_equal(world_view(w, 102).queue, 1); /* what he was offered goes back */
	world_agent(w, 11, 2);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	ev.transfer = (struct routing_transfer){.agent = 11, .to_agent = 10};
	assert_int_equal(world_code(w, &ev), 0);
	world_settle(w);
	assert_int_equal(world_offered(w, 100), 10);
}

static void parked_customer_who_leaves_was_served(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	assert_int_equal(world_until(w, EV_PARK, 100, w->now + USHER_HOUR), 0);
	assert_int_equal(world_left(w, 100), 0);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->cause, CAUSE_CUSTOMER_ENDED);
}

static void found_within_a_minute_keeps_all(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	uint64_t epoch = world_view(w, 100).epoch;
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	world_tick(w, USHER_MINUTE - 1);
	assert_int_equal(world_presence(w, EV_PRESENCE_FOUND, 10), 0);
	world_tick(w, USHER_HOUR);
	assert_int_equal(world_holder(w, 100), 10);
	assert_int_equal(world_view(w, 100).epoch, epoch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(preferred_then_fallback_then_all),
		TEST_TWICE(fallback_in_time),
		TEST_TWICE(one_answer_ends_it),
		TEST_TWICE(passed_over_where_he_cannot),
		TEST_TWICE(not_ready_is_waited_for),
		TEST_TWICE(patient_waits_for_the_absent),
		TEST_TWICE(who_goes_is_waited_for_no_longer),
		TEST_TWICE(who_waits_for_one_stands_before_nobody),
		TEST_TWICE(excluded_never_gets_it_from_the_order),
		TEST_TWICE(the_last_four_are_excluded),
		TEST_TWICE(transfer_to_an_agent_is_past_the_rules),
		TEST_TWICE(transfer_to_an_agent_waits_one_offer_time),
		TEST_TWICE(resumed_goes_to_who_parked_it),
		TEST_TWICE(resumed_of_who_is_gone_is_for_all),
		TEST_TWICE(signing_out_gives_back_live_to_all_and_mail_a_while_later),
		TEST_TWICE(all_of_an_agent_is_moved),
		TEST_TWICE(parked_customer_who_leaves_was_served),
		TEST_TWICE(found_within_a_minute_keeps_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
