/* SPDX-License-Identifier: Apache-2.0 */
/* Reasons in their order, decisions, and the orderings. */
#include "tests/routing/world.h"

#include "routing/policy/policy.h"

static enum routing_reason why(struct world *w, usher_id contact, usher_id agent)
{
	return routing_why(w->r, contact, agent, w->now).reason;
}

/* One obstacle is taken away after the other; the reasons come in the documented order. */
static void reasons_in_their_order(void **state)
{
	(void)state;
	struct world w;
	struct routing_agent_set a = {.agent = 10, .capacity = 10};
	struct routing_contact_new c = world_contact_default(100, 1);
	world_init(&w, LIMITS_SMALL);
	world_queue(&w, 1);
	world_channel(&w, CHANNEL_EMAIL, 5, 0);
	c.requirement_count = 1;
	c.requirements[0] = (struct routing_requirement){4, 3};
	assert_int_equal(world_contact_new(&w, c), 0);
	assert_int_equal(why(&w, 999, 10), REASON_UNKNOWN);
	assert_int_equal(why(&w, 100, 10), REASON_UNKNOWN);
	world_agent_set(&w, a);
	assert_int_equal(why(&w, 100, 10), REASON_SIGNED_OUT);
	world_wants(&w, 10, AGENT_NOT_READY);
	world_presence(&w, EV_PRESENCE_LOST, 10);
	assert_int_equal(why(&w, 100, 10), REASON_NOT_READY);
	world_wants(&w, 10, AGENT_READY);
	assert_int_equal(why(&w, 100, 10), REASON_LOST);
	world_presence(&w, EV_PRESENCE_FOUND, 10);
	assert_int_equal(why(&w, 100, 10), REASON_NOT_MEMBER);
	a.queues[a.queue_count++].queue = 1;
	a.skill_count = 1;
	a.skills[0] = (struct routing_skill){4, 2};
	world_agent_set(&w, a);
	struct routing_why detail = routing_why(w.r, 100, 10, w.now);
	assert_int_equal(detail.reason, REASON_SKILL);
	assert_int_equal(detail.skill, 4);
	assert_int_equal(detail.needed, 3);
	assert_int_equal(detail.has, 2);
	a.skills[0].level = 3;
	world_agent_set(&w, a);
	assert_int_equal(why(&w, 100, 10), REASON_CAPACITY);
	a.capacity = 100;
	world_agent_set(&w, a);
	assert_int_equal(world_holder(&w, 100), 10);
	assert_int_equal(why(&w, 100, 10), REASON_CHOSEN);
	world_done(&w);
}

static void chosen_and_other_first(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, LIMITS_SMALL);
	world_queue(&w, 1);
	world_agent(&w, 10, 1);
	w.now += USHER_SECOND;
	world_agent(&w, 11, 1);
	world_arrive(&w, 100, 1);
	assert_int_equal(why(&w, 100, 10), REASON_CHOSEN);
	assert_int_equal(why(&w, 100, 11), REASON_OTHER_FIRST);
	assert_int_equal(routing_why(w.r, 100, 11, w.now).idle_since_us, w.now);
	world_arrive(&w, 101, 1);
	world_arrive(&w, 102, 1);
	assert_int_equal(why(&w, 102, 11), REASON_CAPACITY);
	for (int i = 0; i < ROUTING_REASONS; i++)
		assert_non_null(routing_reason_name((enum routing_reason)i));
	assert_string_equal(routing_reason_name(REASON_CAPACITY), "capacity");
	assert_string_equal(routing_reason_name((enum routing_reason)99), "unknown");
	world_done(&w);
}

struct seen {
	struct world *w;
	unsigned count;
	enum routing_reason chosen, other, full;
	enum contact_state state;
};

static void on_decision(const struct routing *r, usher_id contact, usher_id agent, usher_us now,
			void *arg)
{
	struct seen *seen = arg;
	struct routing_contact_view view;
	seen->count++;
	assert_true(routing_contact(r, contact, &view));
	seen->state = view.state;
	seen->chosen = routing_why(r, contact, agent, now).reason;
	seen->other = routing_why(r, contact, 11, now).reason;
	seen->full = routing_why(r, contact, 12, now).reason;
}

static void decisions_are_shown_before_they_are_made(void **state)
{
	(void)state;
	struct world w;
	struct seen seen = {.w = &w};
	world_init(&w, LIMITS_SMALL);
	world_queue(&w, 1);
	world_agent(&w, 12, 1);
	world_hold(&w, 99, 1);
	world_agent(&w, 10, 1);
	w.now += USHER_SECOND;
	world_agent(&w, 11, 1);
	routing_observe(w.r, on_decision, &seen);
	world_arrive(&w, 100, 1);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.state, CONTACT_WAITING);
	assert_int_equal(seen.chosen, REASON_CHOSEN);
	assert_int_equal(seen.other, REASON_OTHER_FIRST);
	assert_int_equal(seen.full, REASON_CAPACITY);
	assert_int_equal(world_do(&w, EV_ACCEPT, 100), 0);
	assert_int_equal(seen.count, 1); /* nothing is decided by an accept */
	assert_int_equal(world_do(&w, EV_CLOSE, 100), 0);
	world_arrive(&w, 101, 1);
	assert_int_equal(world_take(&w, 101, 12), 0);
	assert_int_equal(seen.count, 3);
	routing_observe(w.r, NULL, NULL);
	world_arrive(&w, 102, 1);
	assert_int_equal(seen.count, 3);
	world_done(&w);
}

/* ---- orderings ------------------------------------------------------------------------------ */

static bool first(struct order_key (*key)(const struct policy_agent *), struct policy_agent a,
		  struct policy_agent b)
{
	struct order_key ka = key(&a), kb = key(&b);
	assert_true(order_before(&ka, &kb) != order_before(&kb, &ka)); /* never a tie */
	return order_before(&ka, &kb);
}

static void longest_idle_order(void **state)
{
	(void)state;
	struct policy_agent a = {.agent = 1, .capacity = 100, .idle_since_us = 50}, b = a;
	b.agent = 2;
	assert_true(first(policy_longest_idle, a, b)); /* the id */
	b.idle_since_us = 49;
	assert_true(first(policy_longest_idle, b, a));
	b.contacts = 1; /* works: behind whoever has nothing */
	assert_true(first(policy_longest_idle, a, b));
	a.contacts = 9;
	assert_true(first(policy_longest_idle, b, a)); /* how much does not matter */
	b.offers = 1;				       /* is being rung: behind whoever works */
	assert_true(first(policy_longest_idle, a, b));
	/* A penalty packed into seconds would turn round after days of idling. */
	b.offers = b.contacts = 0;
	b.idle_since_us = INT64_MAX;
	a.idle_since_us = 0;
	assert_true(first(policy_longest_idle, b, a));
}

static void least_loaded_order(void **state)
{
	(void)state;
	struct policy_agent a = {.agent = 1, .load = 30, .capacity = 100, .idle_since_us = 50};
	struct policy_agent b = {.agent = 2, .load = 30, .capacity = 90};
	assert_true(first(policy_least_loaded, a, b));
	b.capacity = 100;
	assert_true(first(policy_least_loaded, b, a)); /* alike: the longest idle */
	b.idle_since_us = 50;
	assert_true(first(policy_least_loaded, a, b)); /* alike: the id */
	b.capacity = 0;
	assert_true(first(policy_least_loaded, a, b));
	/* As close as two proportions of 16-bit numbers can be. */
	a = (struct policy_agent){.agent = 1, .load = 65533, .capacity = 65534};
	b = (struct policy_agent){.agent = 2, .load = 65534, .capacity = 65535};
	assert_true(first(policy_least_loaded, a, b));
	a = (struct policy_agent){.agent = 1, .load = 1, .capacity = 3};
	b = (struct policy_agent){.agent = 2, .load = 21845, .capacity = 65535};
	assert_true(first(policy_least_loaded, a, b)); /* the same proportion: the id */
}

static void contact_order(void **state)
{
	(void)state;
	struct order_key a = policy_contact(5, 100, 9), b = policy_contact(4, 200, 10);
	assert_true(order_before(&b, &a));
	b = policy_contact(5, 99, 10);
	assert_true(order_before(&b, &a));
	b = policy_contact(5, 100, 10);
	assert_true(order_before(&a, &b));
	assert_false(order_before(&a, &a));
	assert_true(order_equal(&a, &a) && !order_equal(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons_in_their_order),
		cmocka_unit_test(chosen_and_other_first),
		cmocka_unit_test(decisions_are_shown_before_they_are_made),
		cmocka_unit_test(longest_idle_order),
		cmocka_unit_test(least_loaded_order),
		cmocka_unit_test(contact_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
