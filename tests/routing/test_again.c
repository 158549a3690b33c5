/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts that are looked at again, several at one time: the most urgent comes first, in the step
 * of now, and nothing is put off by it (sections 5 and 6). */
#include "tests/routing/world.h"

#define SKILL 7

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

static void reserved(struct world *w, usher_id queue)
{
	struct routing_queue_set set = world_queue_default(queue);
	set.reserve = 1;
	world_queue_set(w, set);
}

static struct routing_contact_new mail(usher_id contact, usher_id queue, uint8_t priority)
{
	struct routing_contact_new c = world_contact_default(contact, queue);
	c.channel = CHANNEL_EMAIL;
	c.priority = priority;
	return c;
}

static void skilled(struct world *w, usher_id agent, uint16_t capacity)
{
	struct routing_agent_set a = world_agent_default(agent, 1);
	a.queues[a.queue_count++].queue = 2;
	a.capacity = capacity;
	world_ready(w, *world_skill(&a, SKILL, 3));
	w->now++;
}

static void the_end_of_a_round_is_not_put_off(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = mail(100, 1, 5);
	reserved(w, 1);
	skilled(w, 10, 100);
	world_agent(w, 11, 1); /* lacks what it takes: nobody else could */
	assert_int_equal(world_contact_new(w, *world_need(&c, SKILL, 1)), 0);
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	world_tick(w, 3 * USHER_SECOND);
	assert_int_equal(world_wants(w, 11, AGENT_NOT_READY), 0);
	assert_int_equal(world_wants(w, 11, AGENT_READY),
			 0); /* one more is free: looked at again */
	assert_int_equal(world_why(w, 100, 10), REASON_EXCLUDED);
	world_tick(w, 2 * USHER_SECOND);
	assert_int_equal(world_offered(w, 100), 10);
}

static void who_waited_for_the_lost_competes_with_what_comes_back(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	world_agent(w, 10, 1);
	w->now++;
	world_agent(w, 11, 1);
	world_arrive(w, 101, 1);
	assert_int_equal(world_offered(w, 101), 10);
	c.priority = 0;
	c.preferred = 10;
	c.preferred_us = USHER_MINUTE;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_why(w, 100, 11), REASON_PREFERRED_OTHER);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
}

static void the_reserve_of_two_queues_lets_the_most_urgent_out(void **state)
{
	struct world *w = *state;
	struct routing_contact_new first = mail(100, 1, 5), urgent = mail(101, 2, 1);
	struct routing_agent_set other = world_agent_default(11, 1);
	reserved(w, 1);
	reserved(w, 2);
	skilled(w, 10, 100);
	assert_int_equal(world_contact_new(w, *world_need(&first, SKILL, 1)), 0);
	assert_int_equal(world_contact_new(w, *world_need(&urgent, SKILL, 1)), 0);
	assert_int_equal(world_why(w, 100, 10), REASON_RESERVE);
	assert_int_equal(world_why(w, 101, 10), REASON_RESERVE);
	other.queues[other.queue_count++].queue = 2;
	world_ready(w, other);
	assert_int_equal(world_offered(w, 101), 10);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
}

/* 11 declines the mail, which goes to 10, who has room for one more. */
static void another_kind_may_be_more_urgent_than_the_next_of_this(void **state)
{
	struct world *w = *state;
	struct routing_contact_new letter = mail(102, 1, 1);
	letter.channel = CHANNEL_LETTER;
	reserved(w, 1);
	skilled(w, 10, 300);
	world_hold(w, 90, 1);
	skilled(w, 11, 100);
	world_agent(w, 12, 1);
	assert_int_equal(world_contact_new(w, mail(100, 1, 5)), 0);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_wants(w, 12, AGENT_NOT_READY), 0); /* nobody is free now */
	assert_int_equal(world_contact_new(w, mail(101, 1, 5)), 0);
	assert_int_equal(world_contact_new(w, letter), 0);
	assert_int_equal(world_why(w, 102, 10), REASON_RESERVE);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_offered(w, 102), 10);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
}

static void two_steps(struct world *w)
{
	struct routing_queue_set set = world_queue_default(1);
	set.step_count = 2;
	for (unsigned s = 0; s < 2; s++) {
		set.steps[s].lasts_us = 30 * USHER_SECOND;
		set.steps[s].ring_max = set.steps[s].penalty_max = ROUTING_ANY;
	}
	set.steps[1].drop_count = 1;
	set.steps[1].drops[0] = SKILL;
	world_queue_set(w, set);
}

static void the_fallback_agent_suits_the_step_of_now(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	two_steps(w);
	skilled(w, 10, 100);
	world_hold(w, 90, 1);
	world_agent(w, 11, 1);
	world_hold(w, 91, 1);
	assert_int_equal(world_holder(w, 91), 11);
	skilled(w, 12, 100);
	c.preferred = 10;
	c.fallback = 11; /* lacks the skill, which step 1 drops */
	c.preferred_us = c.fallback_us = 30 * USHER_SECOND;
	assert_int_equal(world_contact_new(w, *world_need(&c, SKILL, 1)), 0);
	world_tick(w, 30 * USHER_SECOND);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_why(w, 100, 12), REASON_PREFERRED_OTHER);
	world_tick(w, 30 * USHER_SECOND);
	assert_int_equal(world_offered(w, 100), 12);
}

static void who_signs_out_is_waited_for_by_the_step_of_now(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = mail(100, 1, 5);
	two_steps(w);
	skilled(w, 10, 100);
	assert_int_equal(world_contact_new(w, *world_need(&c, SKILL, 1)), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	world_agent_set(w, world_agent_default(10, 1)); /* has forgotten it */
	world_tick(w, 30 * USHER_SECOND);
	world_agent(w, 11, 1);
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_why(w, 100, 11), REASON_PREFERRED_OTHER);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	assert_int_equal(world_offered(w, 100), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(the_end_of_a_round_is_not_put_off),
		TEST_TWICE(who_waited_for_the_lost_competes_with_what_comes_back),
		TEST_TWICE(the_reserve_of_two_queues_lets_the_most_urgent_out),
		TEST_TWICE(another_kind_may_be_more_urgent_than_the_next_of_this),
		TEST_TWICE(the_fallback_agent_suits_the_step_of_now),
		TEST_TWICE(who_signs_out_is_waited_for_by_the_step_of_now),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
