/* SPDX-License-Identifier: Apache-2.0 */
/* Arriving, offers, order: each event good and bad. */
#include "tests/routing/world.h"

static int setup(void **state)
{
	static struct world w;
	world_init(&w, LIMITS_SMALL);
	world_queue(&w, 1);
	*state = &w;
	return 0;
}

static int teardown(void **state)
{
	world_done(*state);
	return 0;
}

static void arrival_is_offered_at_once(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	assert_int_equal(w->fx.count, 3);
	assert_int_equal(w->fx.items[0].kind, FX_QUEUED);
	assert_int_equal(w->fx.items[1].kind, FX_OFFERED);
	assert_int_equal(w->fx.items[1].agent, 10);
	assert_int_equal(w->fx.items[1].queue, 1);
	assert_int_equal(w->fx.items[1].at_us, w->now + 20 * USHER_SECOND);
	assert_int_equal(w->fx.items[1].epoch, world_view(w, 100).epoch);
	assert_int_equal(w->fx.items[2].kind, FX_AGENT_STATE);
	assert_int_equal(w->fx.items[2].state, AGENT_BUSY);
	assert_int_equal(routing_deadline(w->r), w->now + 20 * USHER_SECOND);
	assert_int_equal(world_agent_view(w, 10).load, 100);
}

static void bad_arrivals_change_nothing(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	world_arrive(w, 50, 1);
	uint64_t digest = routing_digest(w->r);
	c.contact = 0;
	assert_int_equal(world_contact_new(w, c), E_INVALID);
	c = world_contact_default(50, 1);
	assert_int_equal(world_contact_new(w, c), E_EXISTS);
	c = world_contact_default(100, 2);
	assert_int_equal(world_contact_new(w, c), E_NOT_FOUND);
	c = world_contact_default(100, 1);
	c.channel = CHANNEL_NONE;
	assert_int_equal(world_contact_new(w, c), E_INVALID);
	c.channel = (enum channel_kind)CHANNEL_KINDS;
	assert_int_equal(world_contact_new(w, c), E_INVALID);
	c = world_contact_default(100, 1);
	c.first_us = -1;
	assert_int_equal(world_contact_new(w, c), E_INVALID);
	c = world_contact_default(100, 1);
	c.preferred_us = -1;
	assert_int_equal(world_contact_new(w, c), E_INVALID);
	c.preferred_us = INT64_MAX;
	assert_int_equal(world_contact_new(w, c), E_INVALID);
	c = world_contact_default(100, 1);
	c.requirement_count = ROUTING_REQUIREMENTS_MAX + 1;
	assert_int_equal(world_contact_new(w, c), E_INVALID);
	c.requirement_count = 1;
	assert_int_equal(world_contact_new(w, c), E_INVALID); /* skill 0 */
	c.requirements[0] = (struct routing_requirement){1, SKILL_LEVEL_MAX + 1};
	assert_int_equal(world_contact_new(w, c), E_INVALID);
	c.requirement_count = 2;
	c.requirements[0] = c.requirements[1] = (struct routing_requirement){1, 1};
	assert_int_equal(world_contact_new(w, c), E_INVALID); /* twice the same skill */
	assert_int_equal(routing_digest(w->r), digest);
	const struct routing_effect *fx = world_fx(w, FX_REJECTED, 0);
	assert_int_equal(fx->contact, 100);
	assert_int_equal(w->fx.count, 1);
}

static void place_counts_from_the_first_message(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(102, 1);
	world_arrive(w, 100, 1);
	w->now += USHER_SECOND;
	world_arrive(w, 101, 1);
	c.first_us = w->now - USHER_MINUTE;
	assert_int_equal(world_contact_new(w, c), 0);
	c = world_contact_default(103, 1);
	c.priority = 4;
	assert_int_equal(world_contact_new(w, c), 0);
	c = world_contact_default(104, 1);
	c.first_us = w->now + USHER_HOUR; /* the future counts as now */
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_view(w, 104).first_us, w->now);
	usher_id order[] = {103, 102, 100, 101, 104};
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(world_view(w, order[i]).position, i + 1);
	assert_int_equal(world_queue_view(w, 1).waiting, 5);
	assert_int_equal(world_queue_view(w, 1).oldest_us, w->now - USHER_MINUTE);
	world_agent(w, 10, 1);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(world_fx(w, FX_OFFERED, 0)->contact, order[i]);
		assert_int_equal(world_do(w, EV_ACCEPT, order[i]), 0);
		assert_int_equal(world_do(w, EV_CLOSE, order[i]), 0);
	}
}

static void best_of_all_queues(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(10, 1);
	struct routing_contact_new c = world_contact_default(102, 3);
	world_queue(w, 2);
	world_queue(w, 3);
	world_arrive(w, 100, 2);
	w->now += USHER_SECOND;
	world_arrive(w, 101, 1);
	c.priority = 0;
	assert_int_equal(world_contact_new(w, c), 0); /* most urgent, but no member */
	a.queues[a.queue_count++].queue = 2;
	world_agent_set(w, a);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	assert_int_equal(world_holder(w, 100), 10);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	assert_int_equal(world_state(w, 102), CONTACT_WAITING);
}

static void accept_good_and_bad(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_agent(w, 11, 1);
	world_arrive(w, 100, 1);
	struct routing_contact_view v = world_view(w, 100);
	uint64_t digest = routing_digest(w->r);
	struct routing_command c = {.contact = 100, .agent = 10, .epoch = v.epoch + 1};
	assert_int_equal(world_command(w, EV_ACCEPT, c), E_STALE);
	c.epoch = v.epoch;
	c.agent = 11;
	assert_int_equal(world_command(w, EV_ACCEPT, c), E_STALE);
	c.agent = 99;
	assert_int_equal(world_command(w, EV_ACCEPT, c), E_NOT_FOUND);
	c.contact = 999;
	assert_int_equal(world_command(w, EV_ACCEPT, c), E_NOT_FOUND);
	assert_int_equal(routing_digest(w->r), digest);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_ACCEPTED);
	assert_int_equal(world_fx(w, FX_ASSIGNED, 0)->epoch, v.epoch);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), E_STATE); /* twice */
	assert_int_equal(world_view(w, 100).deadline_us, USHER_NEVER);
}

static void decline_goes_to_another_and_keeps_the_place(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	w->now += USHER_SECOND;
	world_agent(w, 11, 1);
	world_arrive(w, 100, 1);
	usher_us first = world_view(w, 100).first_us;
	uint64_t epoch = world_view(w, 100).epoch;
	assert_int_equal(world_holder(w, 100), 10);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_DECLINED);
	assert_int_equal(world_holder(w, 100), 11);
	assert_true(world_view(w, 100).epoch > epoch);
	assert_int_equal(world_view(w, 100).first_us, first);
	assert_int_equal(world_agent_view(w, 10).missed, 0);
	assert_int_equal(
		world_command(w, EV_ACCEPT, (struct routing_command){100, 10, epoch, 0, 0, false}),
		E_STALE);
	/* Both have refused now: it waits for the end of the round. */
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(routing_why(w->r, 100, 10, w->now).reason, REASON_EXCLUDED);
	assert_int_equal(routing_deadline(w->r), w->now + 5 * USHER_SECOND);
	world_tick(w, 5 * USHER_SECOND); /* nobody else is signed in */
	assert_int_equal(world_holder(w, 100), 10);
}

static void refused_waits_while_another_could(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_agent(w, 11, 1);
	assert_int_equal(world_wants(w, 11, AGENT_NOT_READY), 0); /* signed in, having a break */
	world_arrive(w, 100, 1);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	world_tick(w, 5 * USHER_SECOND);
	world_tick(w, 5 * USHER_SECOND);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	/* The last other one leaves: the next review ends the round. */
	assert_int_equal(world_wants(w, 11, AGENT_SIGNED_OUT), 0);
	world_tick(w, 5 * USHER_SECOND);
	assert_int_equal(world_holder(w, 100), 10);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_wants(w, 11, AGENT_NOT_READY), 0);
	for (unsigned i = 0; i < 3; i++)
		world_tick(w, 5 * USHER_SECOND);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_tick(w, 5 * USHER_SECOND); /* one offer time is over */
	assert_int_equal(world_holder(w, 100), 10);
}

static void timeout_counts_as_missed(void **state)
{
	struct world *w = *state;
	struct routing_queue_set set = world_queue_default(1);
	set.missed_max = 2;
	world_queue_set(w, set);
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	uint64_t epoch = world_view(w, 100).epoch;
	world_tick(w, 20 * USHER_SECOND);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_TIMEOUT);
	assert_int_equal(world_agent_view(w, 10).missed, 1);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_READY);
	world_tick(w, 5 * USHER_SECOND);
	assert_int_equal(world_holder(w, 100), 10);
	world_tick(w, 20 * USHER_SECOND);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_NOT_RESPONDING);
	assert_int_equal(world_fx(w, FX_AGENT_STATE, 0)->state, AGENT_NOT_RESPONDING);
	world_tick(w, USHER_HOUR);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	assert_int_equal(world_holder(w, 100), 10);
	assert_int_equal(world_agent_view(w, 10).missed, 0);
	assert_true(world_view(w, 100).epoch > epoch);
}

static void late_accept_is_stale_without_a_tick(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	w->now += 20 * USHER_SECOND;
	assert_int_equal(world_do(w, EV_ACCEPT, 100), E_STALE);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_TIMEOUT);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
}

static void unresponsive_loses_its_other_offers(void **state)
{
	struct world *w = *state;
	world_channel(w, CHANNEL_CHAT, 30, 0);
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1);
	w->now += USHER_SECOND;
	world_arrive(w, 101, 1);
	world_tick(w, 19 * USHER_SECOND);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 1)->cause, CAUSE_NOT_READY);
	assert_int_equal(world_agent_view(w, 10).load, 0);
}

static void customer_leaves(void **state)
{
	struct world *w = *state;
	struct routing_command c = {.contact = 100};
	assert_int_equal(world_command(w, EV_CUSTOMER_LEFT, c), E_NOT_FOUND);
	world_arrive(w, 100, 1);
	assert_int_equal(world_command(w, EV_CUSTOMER_LEFT, c), 0);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->cause, CAUSE_CUSTOMER_LEFT);
	world_agent(w, 10, 1);
	world_arrive(w, 100, 1); /* the closed one opens again */
	world_arrive(w, 101, 1);
	uint64_t epoch = world_view(w, 100).epoch;
	assert_int_equal(world_command(w, EV_CUSTOMER_LEFT, c), 0);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_WITHDRAWN);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->agent, 0);
	assert_int_equal(world_holder(w, 101), 10); /* in the same step */
	world_arrive(w, 100, 1);
	assert_true(world_view(w, 100).epoch > epoch);
	assert_int_equal(world_do(w, EV_ACCEPT, 101), 0);
	c.contact = 101;
	assert_int_equal(world_command(w, EV_CUSTOMER_LEFT, c), 0);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->cause, CAUSE_CUSTOMER_ENDED);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->agent, 10);
}

static void take_passes_the_order(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_agent_set(w, world_agent_default(11, 1));
	world_arrive(w, 100, 1);
	world_arrive(w, 101, 1);
	world_arrive(w, 102, 1);
	assert_int_equal(world_take(w, 999, 11), E_NOT_FOUND);
	assert_int_equal(world_take(w, 101, 99), E_NOT_FOUND);
	assert_int_equal(world_take(w, 101, 11), E_STATE); /* signed out */
	assert_int_equal(world_wants(w, 11, AGENT_NOT_READY), 0);
	assert_int_equal(world_take(w, 102, 11), 0);
	assert_int_equal(world_holder(w, 102), 11);
	assert_int_equal(world_take(w, 100, 11), 0); /* from the offer, past the capacity */
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_WITHDRAWN);
	assert_int_equal(world_agent_view(w, 11).load, 200);
	assert_int_equal(world_holder(w, 101), 10); /* who lost it got the next */
	assert_int_equal(world_take(w, 100, 10), E_STATE);
	assert_int_equal(world_take(w, 101, 10), 0); /* the own offer */
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_ACCEPTED);
}

static void priority_moves_in_line(void **state)
{
	struct world *w = *state;
	struct routing_command c = {.contact = 101, .priority = 2};
	world_arrive(w, 100, 1);
	world_arrive(w, 101, 1);
	assert_int_equal(world_command(w, EV_PRIORITY, c), 0);
	assert_int_equal(world_count(w, FX_PRIORITY), 1);
	assert_int_equal(world_view(w, 101).position, 1);
	assert_int_equal(world_command(w, EV_PRIORITY, c), 0);
	assert_int_equal(w->fx.count, 0);
	c.priority = 10;
	assert_int_equal(world_command(w, EV_PRIORITY, c), E_INVALID);
	c.contact = 999;
	assert_int_equal(world_command(w, EV_PRIORITY, c), E_NOT_FOUND);
}

static void skills_decide(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(10, 1);
	struct routing_contact_new c = world_contact_default(100, 1);
	c.requirement_count = 2;
	c.requirements[0] = (struct routing_requirement){70, 2}; /* 70 and 6 share a bit of the mask */
	c.requirements[1] = (struct routing_requirement){3, 1};
	assert_int_equal(world_contact_new(w, c), 0);
	world_arrive(w, 101, 1);
	a.skill_count = 2;
	a.skills[0] = (struct routing_skill){6, 5};
	a.skills[1] = (struct routing_skill){3, 1};
	world_agent_set(w, a);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	assert_int_equal(world_holder(w, 101), 10); /* the one in front is passed by */
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_do(w, EV_ACCEPT, 101), 0);
	assert_int_equal(world_do(w, EV_CLOSE, 101), 0);
	a.skills[0] = (struct routing_skill){70, 2};
	world_agent_set(w, a);
	assert_int_equal(world_holder(w, 100), 10);
	a.skill_count = 0; /* taken away while offered: the offer stands */
	world_agent_set(w, a);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
}

static void preferred_agent_is_waited_for(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	world_agent(w, 10, 1);
	world_agent(w, 11, 1);
	world_hold(w, 50, 1);
	assert_int_equal(world_holder(w, 50), 10);
	c.preferred = 10;
	c.preferred_us = 30 * USHER_SECOND;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(routing_why(w->r, 100, 11, w->now).reason, REASON_PREFERRED_OTHER);
	assert_int_equal(world_view(w, 100).position, 1);
	assert_int_equal(world_queue_view(w, 1).waiting, 1);
	assert_int_equal(world_queue_view(w, 1).oldest_us, w->now);
	world_tick(w, 10 * USHER_SECOND);
	assert_int_equal(world_do(w, EV_CLOSE, 50), 0);
	assert_int_equal(world_holder(w, 100), 10);
	c.contact = 101; /* 10 is taken again: this one is given up after its time */
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	world_tick(w, 29 * USHER_SECOND);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	world_tick(w, USHER_SECOND);
	assert_int_equal(world_holder(w, 101), 11);
	c.contact = 102; /* whoever does not exist is not waited for */
	c.preferred = 99;
	world_agent(w, 12, 1);
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_holder(w, 102), 12);
}

static void clock_never_goes_back(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	w->now -= USHER_DAY;
	world_arrive(w, 100, 1);
	assert_int_equal(world_fx(w, FX_OFFERED, 0)->at_us, WORLD_START + 20 * USHER_SECOND);
	w->now = INT64_MAX;
	world_tick(w, 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	w->now = INT64_MIN;
	world_tick(w, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(arrival_is_offered_at_once),
		TEST(bad_arrivals_change_nothing),
		TEST(place_counts_from_the_first_message),
		TEST(best_of_all_queues),
		TEST(accept_good_and_bad),
		TEST(decline_goes_to_another_and_keeps_the_place),
		TEST(refused_waits_while_another_could),
		TEST(timeout_counts_as_missed),
		TEST(late_accept_is_stale_without_a_tick),
		TEST(unresponsive_loses_its_other_offers),
		TEST(customer_leaves),
		TEST(take_passes_the_order),
		TEST(priority_moves_in_line),
		TEST(skills_decide),
		TEST(preferred_agent_is_waited_for),
		TEST(clock_never_goes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
