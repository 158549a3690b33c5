/* SPDX-License-Identifier: Apache-2.0 */
/* Section 4 of the rules: which agent comes first. */
#include "tests/routing/world.h"

static int setup(void **state)
{
	struct world *w = world_begin(state, (struct routing_limits){64, 32, 8, 64});
	world_queue(w, 1);
	return 0;
}

static int teardown(void **state)
{
	return world_end(state);
}

/* ---- agents -------------------------------------------------------------------------------- */

static void order_is(struct world *w, enum routing_order order)
{
	struct routing_queue_set q = world_queue_default(1);
	q.order = order;
	world_queue_set(w, q);
}

static void longest_idle_free_then_at_work_then_rung(void **state)
{
	struct world *w = *state;
	world_channel(w, CHANNEL_CHAT, 25, 0);
	for (usher_id a = 12; a >= 10; a--) {
		world_agent(w, a, 1);
		w->now++;
	}
	world_arrive(w, 100, 1);
	assert_int_equal(world_offered(w, 100), 12);
	w->now++;
	world_arrive(w, 101, 1);
	assert_int_equal(world_offered(w, 101), 11);
	world_arrive(w, 102, 1);
	assert_int_equal(world_offered(w, 102), 10);
	assert_int_equal(world_do(w, EV_ACCEPT, 101), 0); /* last active, but not being rung */
	world_arrive(w, 103, 1);
	assert_int_equal(world_offered(w, 103), 11);
	world_arrive(w, 104, 1); /* all are being rung: 12 has been idle longest */
	assert_int_equal(world_offered(w, 104), 12);
	assert_int_equal(world_do(w, EV_DECLINE, 102), 0); /* which does not make 10 any younger */
	world_arrive(w, 105, 1);
	assert_int_equal(world_offered(w, 105), 10);
}

static void idle_since_is_ready_accepted_or_left(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	w->now++;
	world_agent(w, 11, 1);
	w->now++;
	world_arrive(w, 100, 1);
	assert_int_equal(world_offered(w, 100), 10);
	world_tick(w, USHER_SECOND);
	assert_int_equal(world_left(w, 100), 0); /* an offer that ends changes it not */
	w->now++;
	world_arrive(w, 101, 1);
	assert_int_equal(world_offered(w, 101), 10);
	assert_int_equal(world_do(w, EV_ACCEPT, 101), 0);
	world_serve(w, 101);
	w->now++;
	world_arrive(w, 102, 1);
	assert_int_equal(world_offered(w, 102), 11);
	assert_int_equal(world_left(w, 102), 0);
	assert_int_equal(world_wants(w, 11, AGENT_NOT_READY), 0);
	w->now++;
	assert_int_equal(world_wants(w, 11, AGENT_READY), 0);
	world_arrive(w, 103, 1);
	assert_int_equal(world_offered(w, 103), 10);
}

static void least_loaded_in_proportion(void **state)
{
	struct world *w = *state;
	struct routing_agent_set large = world_agent_default(11, 1);
	order_is(w, ORDER_LEAST_LOADED);
	world_channel(w, CHANNEL_CHAT, 25, 0);
	large.capacity = 200;
	world_agent(w, 10, 1);
	w->now++;
	world_ready(w, large);
	world_hold(w, 100, 1);
	assert_int_equal(world_holder(w, 100), 10); /* 0 and 0: idle longer */
	world_hold(w, 101, 1);
	assert_int_equal(world_holder(w, 101), 11); /* 1/4 and 0 */
	world_hold(w, 102, 1);
	assert_int_equal(world_holder(w, 102), 11); /* 1/4 and 1/8 */
	world_hold(w, 103, 1);
	assert_int_equal(world_holder(w, 103), 10); /* 1/4 and 1/4: whose last was earlier */
}

static void least_loaded_counts_interruptible_work(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	order_is(w, ORDER_LEAST_LOADED);
	world_channel(w, CHANNEL_EMAIL, 50, 0);
	world_channel_set(w, (struct routing_channel_set){.channel = CHANNEL_CHAT,
							  .weight = 40,
							  .interrupts = 1u << CHANNEL_EMAIL});
	world_agent(w, 10, 1);
	c.channel = CHANNEL_EMAIL;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	w->now++;
	world_agent(w, 11, 1);
	w->now++;
	world_hold(w, 101, 1); /* 50/100 and 0 */
	assert_int_equal(world_holder(w, 101), 11);
	world_hold(w, 102, 1); /* 50/100 and 40/100 */
	assert_int_equal(world_holder(w, 102), 11);
	world_hold(w, 103, 1); /* 80 of 100: no room for another */
	assert_int_equal(world_holder(w, 103), 10);
}

static void most_spare_units(void **state)
{
	struct world *w = *state;
	struct routing_agent_set large = world_agent_default(11, 1);
	order_is(w, ORDER_MOST_SPARE);
	world_channel(w, CHANNEL_CHAT, 60, 0);
	large.capacity = 220;
	world_agent(w, 10, 1);
	w->now++;
	world_ready(w, large);
	usher_id holder[] = {11, 11, 10, 11}; /* 100 and 220, 160, 100 (idle longer), 40 and 100 */
	for (unsigned i = 0; i < 4; i++) {
		world_hold(w, 100 + i, 1);
		assert_int_equal(world_holder(w, 100 + i), holder[i]);
		w->now++;
	}
}

static void most_spare_below_nothing(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	order_is(w, ORDER_MOST_SPARE);
	world_channel(w, CHANNEL_EMAIL, 100, 0);
	world_channel_set(w, (struct routing_channel_set){.channel = CHANNEL_TELEPHONY,
							  .weight = 60,
							  .interrupts = 1u << CHANNEL_EMAIL});
	for (usher_id a = 10; a < 12; a++) {
		world_agent(w, a, 1);
		c.contact = 90 + a;
		c.channel = CHANNEL_EMAIL;
		assert_int_equal(world_contact_new(w, c), 0);
		assert_int_equal(world_do(w, EV_ACCEPT, c.contact), 0);
		w->now++;
	}
	c.contact = 110;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_take(w, 110, 10), 0); /* 10: 100 less 200, 11: 100 less 100 */
	c.contact = 111;
	c.channel = CHANNEL_TELEPHONY;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_offered(w, 111), 11);
}

static struct routing_agent_set skilled(usher_id agent, uint8_t a, uint8_t b)
{
	struct routing_agent_set set = world_agent_default(agent, 1);
	world_skill(&set, 7, a);
	world_skill(&set, 8, b);
	return set;
}

static void best_level_sums_what_is_asked_for(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	order_is(w, ORDER_BEST_LEVEL);
	world_ready(w, skilled(10, 5, 1));
	w->now++;
	world_ready(w, skilled(11, 2, 5));
	w->now++;
	world_ready(w, skilled(12, 4, 3));
	world_need(&c, 7, 1);
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_offered(w, 100), 10); /* 5, 2, 4 */
	assert_int_equal(world_left(w, 100), 0);
	world_need(&c, 8, 1)->requirements[1].is_preferred = true; /* 1 of 1 for each */
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_offered(w, 100), 11); /* 6, 7, 7: idle longer */
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_offered(w, 100), 12);
}

static void fewest_skills_spares_the_generalists(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = skilled(10, 1, 1);
	order_is(w, ORDER_FEWEST_SKILLS);
	world_ready(w, *world_skill(&a, 9, 1));
	w->now++;
	a = skilled(11, 5, 0);
	world_ready(w, *world_skill(&a, 9, 0)); /* level 0 is none */
	w->now++;
	world_ready(w, skilled(12, 5, 5));
	w->now++;
	world_ready(w, skilled(13, 0, 1));
	usher_id order[] = {11, 13, 12, 10};
	for (unsigned i = 0; i < 4; i++) {
		world_arrive(w, 100 + i, 1);
		assert_int_equal(world_offered(w, 100 + i), order[i]);
	}
}

static void round_robin_by_offers_of_this_queue(void **state)
{
	struct world *w = *state;
	order_is(w, ORDER_ROUND_ROBIN);
	world_queue(w, 2);
	for (usher_id a = 10; a < 13; a++) {
		struct routing_agent_set set = world_agent_default(a, 1);
		set.queues[set.queue_count++].queue = 2;
		world_ready(w, set);
	}
	for (usher_id i = 0; i < 7; i++) {
		w->now++;
		world_arrive(w, 100 + i, 1);
		assert_int_equal(world_offered(w, 100 + i), 10 + i % 3);
		if (i % 2 == 0) /* also an offer that came to nothing */
			assert_int_equal(world_left(w, 100 + i), 0);
		else
			world_serve(w, 100 + i);
	}
	w->now++;
	world_arrive(w, 200, 2); /* another queue does not count */
	assert_int_equal(world_offered(w, 200), 11);
	assert_int_equal(world_left(w, 200), 0);
	w->now++;
	world_arrive(w, 201, 1);
	assert_int_equal(world_offered(w, 201), 11);
	world_agent(w, 13, 1); /* never = first */
	w->now++;
	world_arrive(w, 202, 1);
	assert_int_equal(world_offered(w, 202), 13);
}

static void round_robin_counts_what_was_taken(void **state)
{
	struct world *w = *state;
	order_is(w, ORDER_ROUND_ROBIN);
	world_arrive(w, 100, 1);
	for (usher_id a = 10; a < 12; a++) {
		world_agent_set(w, world_agent_default(a, 1));
		assert_int_equal(world_wants(w, a, AGENT_NOT_READY), 0);
	}
	assert_int_equal(world_take(w, 100, 10), 0);
	w->now++;
	world_serve(w, 100);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	w->now++;
	assert_int_equal(world_wants(w, 11, AGENT_READY), 0);
	world_arrive(w, 101, 1);
	assert_int_equal(world_offered(w, 101), 11);
}

static void top_down_by_position_then_id(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(10, 1);
	uint16_t position[] = {3, 1, 65535, 1, 0};
	usher_id order[] = {14, 11, 13, 10, 12};
	order_is(w, ORDER_TOP_DOWN);
	for (unsigned i = 0; i < 5; i++) {
		a.agent = 10 + i;
		a.queues[0].position = position[i];
		world_ready(w, a);
		w->now++;
	}
	for (unsigned i = 0; i < 5; i++) {
		world_arrive(w, 100 + i, 1);
		assert_int_equal(world_offered(w, 100 + i), order[i]);
	}
}

/* The favourite of each order is behind in the band; the ring beats the penalty, that beats what
 * is preferred. */
static void band_before_each_order(void **state)
{
	struct world *w = *state;
	for (unsigned order = 0; order < ROUTING_ORDERS; order++) {
		struct routing_agent_set a = skilled(10, 5, 0);
		struct routing_contact_new c = world_contact_default(100, 1);
		order_is(w, (enum routing_order)order);
		a.queues[0] = (struct routing_member){1, 1, 0, 255, 0};
		a.capacity = 1000;
		world_ready(w, a);
		w->now++;
		a = skilled(11, 4, 1);
		a.queues[0] = (struct routing_member){1, 0, 1, 255, 1};
		world_ready(w, a);
		w->now++;
		a = skilled(12, 2, 1);
		a.queues[0] = (struct routing_member){1, 0, 0, 254, 2};
		world_ready(w, a);
		w->now++;
		a = skilled(13, 3, 1);
		a.queues[0] = (struct routing_member){1, 0, 0, 1, 3};
		a.capacity = 100;
		world_ready(w, *world_skill(&a, 9, 1));
		world_need(&c, 7, 3)->requirements[0].is_preferred = true;
		assert_int_equal(world_contact_new(w, c), 0);
		usher_id expected[] = {13, 12, 11, 10};
		for (unsigned i = 0; i < 4; i++) {
			assert_int_equal(world_offered(w, 100), expected[i]);
			assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
		}
		assert_int_equal(world_left(w, 100), 0);
	}
}

static void preferred_counts_only_up_to_what_is_asked(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	world_ready(w, skilled(10, 2, 0));
	w->now++;
	world_ready(w, skilled(11, 3, 0));
	w->now++;
	world_ready(w, skilled(12, 5, 0));
	w->now++;
	world_ready(w, skilled(13, 1, 2));
	world_need(&c, 7, 3)->requirements[0].is_preferred = true;
	world_need(&c, 8, 1)->requirements[1].is_preferred = true;
	assert_int_equal(world_contact_new(w, c), 0);
	usher_id expected[] = {11, 12, 10, 13}; /* 3, 3, 2, 1 + 1: the earlier idle of each sum */
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(world_offered(w, 100), expected[i]);
		assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	}
}

static void ties_fall_to_the_lower_id(void **state)
{
	struct world *w = *state;
	for (unsigned order = 0; order < ROUTING_ORDERS; order++) {
		if (order == ORDER_WEIGHTED_RANDOM)
			continue;
		order_is(w, (enum routing_order)order);
		for (usher_id a = 23; a >= 20; a--) {
			world_agent(w, a + 4 * order, 1);
			assert_int_equal(world_agent_view(w, a + 4 * order).state, AGENT_READY);
		}
		world_arrive(w, 100, 1);
		assert_int_equal(world_offered(w, 100), 20 + 4 * order);
		assert_int_equal(world_left(w, 100), 0);
		for (usher_id a = 23; a >= 20; a--)
			assert_int_equal(world_wants(w, a + 4 * order, AGENT_SIGNED_OUT), 0);
	}
}

/* ---- draws --------------------------------------------------------------------------------- */

static usher_id draw(struct world *w, usher_id contact)
{
	struct routing_event ev = {.kind = EV_CONTACT_NEW};
	ev.contact = world_contact_default(contact, 1);
	ev.contact.first_us = ++w->now;
	routing_step(w->r, &ev, w->now, &w->fx);
	const struct routing_effect *fx = world_fx(w, FX_OFFERED, 0);
	assert_non_null(fx);
	usher_id agent = fx->agent;
	ev = (struct routing_event){.kind = EV_CUSTOMER_LEFT, .command.contact = contact};
	routing_step(w->r, &ev, w->now, &w->fx);
	return agent;
}

/* |n - e| <= 4 sqrt(N p (1 - p)), with p = weight / total, in integers. */
static void is_near(unsigned n, unsigned draws, unsigned weight, unsigned total)
{
	int64_t off = (int64_t)n * total - (int64_t)draws * weight;
	assert_true(off * off <= (int64_t)16 * draws * weight * (total - weight));
}

static void weighted_random_in_proportion(void **state)
{
	struct world *w = *state;
	unsigned weight[] = {1, 1, 3, 10}, count[4] = {0};
	struct routing_agent_set a = world_agent_default(10, 1);
	order_is(w, ORDER_WEIGHTED_RANDOM);
	for (unsigned i = 0; i < 4; i++) {
		a.agent = 10 + i;
		a.queues[0].weight = (uint8_t)(i == 0 ? 0 : weight[i]); /* 0 = 1 */
		world_ready(w, a);
	}
	for (unsigned i = 0; i < 20000; i++)
		count[draw(w, 1000 + i) - 10]++;
	for (unsigned i = 0; i < 4; i++)
		is_near(count[i], 20000, weight[i], 15);
	routing_check(w->r);
}

static void weighted_random_of_those_who_may(void **state)
{
	struct world *w = *state;
	unsigned count[3] = {0};
	struct routing_agent_set a = world_agent_default(10, 1);
	order_is(w, ORDER_WEIGHTED_RANDOM);
	for (unsigned i = 0; i < 3; i++) {
		a.agent = 10 + i;
		a.queues[0].weight = (uint8_t)(i == 2 ? 250 : 1 + i);
		world_ready(w, a);
	}
	assert_int_equal(world_wants(w, 12, AGENT_NOT_READY), 0);
	for (unsigned i = 0; i < 20000; i++)
		count[draw(w, 1000 + i) - 10]++;
	assert_int_equal(count[2], 0);
	is_near(count[0], 20000, 1, 3);
	is_near(count[1], 20000, 2, 3);
}

static void another_seed_draws_otherwise(void **state)
{
	struct world *w = *state;
	struct world other = {.now = w->now};
	unsigned differs = 0;
	assert_int_equal(routing_new(&other.r, &w->limits, 2, NULL), 0);
	for (unsigned k = 0; k < 2; k++) {
		struct world *v = k == 0 ? w : &other;
		order_is(v, ORDER_WEIGHTED_RANDOM);
		world_agent(v, 10, 1);
		world_agent(v, 11, 1);
	}
	for (unsigned i = 0; i < 200; i++)
		differs += draw(w, 100 + i) != draw(&other, 100 + i);
	world_done(&other);
	is_near(differs, 200, 1, 2);
}

/* ---- many agents: the way through the treap must choose as the way through the rows ------- */

static int setup_many(void **state)
{
	struct world *w = world_begin(state, (struct routing_limits){64, 400, 4, 64});
	world_queue(w, 1);
	return 0;
}

static void many_agents_each_order(void **state)
{
	struct world *w = *state;
	for (usher_id id = 1; id <= 300; id++) { /* 150 is the favourite of each order */
		struct routing_agent_set a = world_agent_default(id, 1);
		struct routing_event ev = {.kind = EV_AGENT_SET};
		a.capacity = id == 150 ? 1000 : 900;
		a.queues[0].position = (uint16_t)(id == 150 ? 1 : 1 + id);
		world_skill(&a, 7, id == 150 ? 5 : 4);
		if (id != 150)
			world_skill(&a, 8, 1);
		ev.agent = a;
		routing_step(w->r, &ev, w->now, &w->fx);
	}
	assert_int_equal(world_wants(w, 150, AGENT_READY), 0);
	w->now++;
	for (usher_id id = 1; id <= 300; id++) {
		struct routing_event ev = {.kind = EV_AGENT_WANTS,
					   .presence = {id, AGENT_READY, 0}};
		if (id != 150)
			routing_step(w->r, &ev, w->now, &w->fx);
	}
	for (unsigned order = 0; order < ROUTING_ORDERS; order++) {
		struct routing_contact_new c = world_contact_default(100, 1);
		if (order == ORDER_WEIGHTED_RANDOM || order == ORDER_ROUND_ROBIN)
			continue;
		order_is(w, (enum routing_order)order);
		if (order == ORDER_BEST_LEVEL)
			world_need(&c, 7, 1);
		assert_int_equal(world_contact_new(w, c), 0);
		assert_int_equal(world_offered(w, 100), 150);
		assert_int_equal(world_left(w, 100), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(longest_idle_free_then_at_work_then_rung),
		TEST_TWICE(idle_since_is_ready_accepted_or_left),
		TEST_TWICE(least_loaded_in_proportion),
		TEST_TWICE(least_loaded_counts_interruptible_work),
		TEST_TWICE(most_spare_units),
		TEST_TWICE(most_spare_below_nothing),
		TEST_TWICE(best_level_sums_what_is_asked_for),
		TEST_TWICE(fewest_skills_spares_the_generalists),
		TEST_TWICE(round_robin_by_offers_of_this_queue),
		TEST_TWICE(round_robin_counts_what_was_taken),
		TEST_TWICE(top_down_by_position_then_id),
		TEST_TWICE(band_before_each_order),
		TEST_TWICE(preferred_counts_only_up_to_what_is_asked),
		TEST_TWICE(ties_fall_to_the_lower_id),
		TEST(weighted_random_in_proportion),
		TEST(weighted_random_of_those_who_may),
		TEST(another_seed_draws_otherwise),
		cmocka_unit_test_setup_teardown(many_agents_each_order, setup_many, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
