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
	assert_int_equal(world_wants(w, 11, AGENT_READY), 0); /* one more is free: looked at again */
	assert_int_equal(world_why(w, 100, 10), REASON_EXCLUDED);
	world_tick(w, 2 * USHER_SECOND);
	assert_int_equal(world_offered(w, 100), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(the_end_of_a_round_is_not_put_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
