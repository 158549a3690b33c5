/* SPDX-License-Identifier: Apache-2.0 */
/* One contact offered to several agents: exactly one gets it. */
#include "tests/routing/world.h"

static int setup(void **state)
{
	struct world *w = world_begin(state, (struct routing_limits){64, 32, 8, 64});
	struct routing_queue_set q = world_queue_default(1);
	q.parallel = 3;
	q.missed_max = 2;
	world_queue_set(w, q);
	return 0;
}

static int teardown(void **state)
{
	return world_end(state);
}

/* Agents 10, 11, …, each idle a little shorter than the one before. */
static void agents(struct world *w, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		world_agent(w, 10 + i, 1);
		w->now++;
	}
}

static void seats_are(struct world *w, usher_id contact, const usher_id *who, unsigned count)
{
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	assert_int_equal(routing_seats(w->r, contact, seats), count);
	assert_int_equal(world_view(w, contact).seats, count);
	for (unsigned i = 0; i < count; i++)
		assert_int_not_equal(world_seat(w, contact, who[i]).epoch, 0);
}

static void offered_to_the_first_in_order(void **state)
{
	struct world *w = *state;
	agents(w, 5);
	world_arrive(w, 100, 1);
	assert_int_equal(world_count(w, FX_OFFERED), 3);
	uint64_t last = 0;
	for (unsigned i = 0; i < 3; i++) {
		const struct routing_effect *fx = world_fx(w, FX_OFFERED, i);
		assert_int_equal(fx->agent, 10 + i);
		assert_int_equal(fx->at_us, w->now + 20 * USHER_SECOND);
		assert_true(fx->epoch > last);
		last = fx->epoch;
		assert_int_equal(world_seat(w, 100, 10 + i).epoch, last);
		assert_int_equal(world_seat(w, 100, 10 + i).role, ROLE_OFFERED);
		assert_int_equal(world_agent_view(w, 10 + i).load, 100);
	}
	seats_are(w, 100, (usher_id[]){10, 11, 12}, 3);
	assert_int_equal(world_offered(w, 100), 10); /* the earliest */
	assert_int_equal(world_agent_view(w, 13).state, AGENT_READY);
	assert_int_equal(world_queue_view(w, 1).offered, 1);
}

static void exactly_one_wins(void **state)
{
	struct world *w = *state;
	agents(w, 3);
	world_arrive(w, 100, 1);
	world_arrive(w, 101, 1);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	struct routing_seat_view lost = world_seat(w, 100, 10), won = world_seat(w, 100, 12);
	struct routing_command c = {.contact = 100, .agent = 12, .epoch = lost.epoch};
	assert_int_equal(world_command(w, EV_ACCEPT, c), E_STALE); /* with another one's epoch */
	c.epoch = won.epoch;
	assert_int_equal(world_command(w, EV_ACCEPT, c), 0);
	assert_int_equal(world_count(w, FX_ASSIGNED), 1);
	assert_int_equal(world_fx(w, FX_ASSIGNED, 0)->agent, 12);
	assert_int_equal(world_fx(w, FX_ASSIGNED, 0)->epoch, won.epoch);
	assert_int_equal(world_count(w, FX_OFFER_ENDED), 3);
	for (unsigned i = 0; i < 3; i++) {
		const struct routing_effect *fx = world_fx(w, FX_OFFER_ENDED, i);
		assert_int_equal(fx->cause, fx->agent == 12 ? CAUSE_ACCEPTED : CAUSE_WITHDRAWN);
	}
	seats_are(w, 100, (usher_id[]){12}, 1);
	seats_are(w, 101, (usher_id[]){10, 11}, 2); /* in the same step */
	c.agent = 10;
	c.epoch = lost.epoch;
	assert_int_equal(world_command(w, EV_ACCEPT, c), E_STALE);
	assert_int_equal(world_command(w, EV_DECLINE, c), E_STALE);
	assert_int_equal(world_agent_view(w, 10).missed, 0);
}

static void fewer_agents_than_offers(void **state)
{
	struct world *w = *state;
	agents(w, 2);
	world_arrive(w, 100, 1);
	seats_are(w, 100, (usher_id[]){10, 11}, 2);
	world_agent(w, 12, 1); /* who comes later is not added: it does not wait */
	seats_are(w, 100, (usher_id[]){10, 11}, 2);
	assert_int_equal(world_agent_view(w, 12).load, 0);
}

static void a_freed_agent_brings_the_others(void **state)
{
	struct world *w = *state;
	agents(w, 3);
	struct routing_contact_new c = world_contact_default(100, 1);
	c.preferred = 12;
	c.preferred_us = 5 * USHER_SECOND;
	world_arrive(w, 99, 1);
	assert_int_equal(world_by(w, EV_ACCEPT, 99, 12), 0);
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING); /* for 12 alone */
	world_serve(w, 99);
	seats_are(w, 100, (usher_id[]){12}, 1);
	assert_int_equal(world_left(w, 100), 0);
	world_arrive(w, 98, 1);
	assert_int_equal(world_by(w, EV_ACCEPT, 98, 12), 0);
	assert_int_equal(world_contact_new(w, c), 0);
	world_tick(w, 5 * USHER_SECOND); /* then for all, several at once */
	seats_are(w, 100, (usher_id[]){10, 11}, 2);
}

static void all_refuse_then_it_returns(void **state)
{
	struct world *w = *state;
	agents(w, 4);
	world_arrive(w, 100, 1);
	usher_us first = world_view(w, 100).first_us;
	for (usher_id a = 10; a < 13; a++) {
		assert_int_equal(world_state(w, 100), CONTACT_OFFERED);
		assert_int_equal(world_by(w, EV_DECLINE, 100, a), 0);
		assert_int_equal(world_count(w, FX_OFFER_ENDED), 1);
		assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->agent, a);
		assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_DECLINED);
		assert_int_equal(world_agent_view(w, a).load, 0);
		assert_int_equal(world_count(w, FX_QUEUED), a == 12);
	}
	seats_are(w, 100, (usher_id[]){13}, 1); /* the only one who had not refused */
	assert_int_equal(world_view(w, 100).first_us, first);
	assert_int_equal(world_by(w, EV_DECLINE, 100, 13), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_tick(w, 5 * USHER_SECOND); /* nobody else: a new round */
	seats_are(w, 100, (usher_id[]){10, 11, 12}, 3);
}

static void one_refuses_the_others_are_still_asked(void **state)
{
	struct world *w = *state;
	agents(w, 3);
	world_arrive(w, 100, 1);
	assert_int_equal(world_by(w, EV_DECLINE, 100, 10), 0);
	seats_are(w, 100, (usher_id[]){11, 12}, 2);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_by(w, EV_DECLINE, 100, 10), E_STALE);
	assert_int_equal(world_by(w, EV_ACCEPT, 100, 12), 0);
	assert_int_equal(world_holder(w, 100), 12);
}

static void none_answers(void **state)
{
	struct world *w = *state;
	agents(w, 3);
	world_arrive(w, 100, 1);
	world_tick(w, 20 * USHER_SECOND);
	assert_int_equal(world_count(w, FX_OFFER_ENDED), 3);
	assert_int_equal(world_count(w, FX_QUEUED), 1);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	for (usher_id a = 10; a < 13; a++) {
		assert_int_equal(world_agent_view(w, a).missed, 1);
		assert_int_equal(world_agent_view(w, a).state, AGENT_READY);
	}
	world_tick(w, 5 * USHER_SECOND);
	seats_are(w, 100, (usher_id[]){10, 11, 12}, 3);
	assert_int_equal(world_by(w, EV_DECLINE, 100, 11), 0); /* an answer: not missed */
	world_tick(w, 20 * USHER_SECOND);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_NOT_RESPONDING);
	assert_int_equal(world_agent_view(w, 11).state, AGENT_READY);
	assert_int_equal(world_agent_view(w, 12).state, AGENT_NOT_RESPONDING);
}

static void one_is_lost(void **state)
{
	struct world *w = *state;
	agents(w, 3);
	world_arrive(w, 100, 1);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	assert_int_equal(world_count(w, FX_OFFER_ENDED), 1);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_LOST_PRESENCE);
	seats_are(w, 100, (usher_id[]){11, 12}, 2);
	assert_int_equal(world_wants(w, 11, AGENT_SIGNED_OUT), 0);
	seats_are(w, 100, (usher_id[]){12}, 1);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 12), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_presence(w, EV_PRESENCE_FOUND, 12), 0);
	seats_are(w, 100, (usher_id[]){12}, 1);
}

static void an_agent_is_removed(void **state)
{
	struct world *w = *state;
	agents(w, 2);
	world_arrive(w, 100, 1);
	struct routing_event ev = {.kind = EV_AGENT_REMOVE, .presence.agent = 10};
	assert_int_equal(world_code(w, &ev), 0);
	world_settle(w);
	seats_are(w, 100, (usher_id[]){11}, 1);
	assert_int_equal(world_by(w, EV_ACCEPT, 100, 11), 0);
}

static void the_customer_leaves(void **state)
{
	struct world *w = *state;
	agents(w, 3);
	world_arrive(w, 100, 1);
	uint64_t epoch = world_seat(w, 100, 11).epoch;
	assert_int_equal(world_left(w, 100), 0);
	assert_int_equal(world_count(w, FX_OFFER_ENDED), 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(world_fx(w, FX_OFFER_ENDED, i)->cause, CAUSE_WITHDRAWN);
		assert_int_equal(world_agent_view(w, 10 + i).load, 0);
	}
	assert_int_equal(world_count(w, FX_CLOSED), 1);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->cause, CAUSE_CUSTOMER_LEFT);
	world_arrive(w, 100, 1);
	struct routing_command late = {.contact = 100, .agent = 11, .epoch = epoch};
	assert_int_equal(world_command(w, EV_ACCEPT, late), E_STALE);
}

static void taken_by_hand(void **state)
{
	struct world *w = *state;
	agents(w, 4);
	world_arrive(w, 100, 1);
	assert_int_equal(world_take(w, 100, 13), 0);
	assert_int_equal(world_count(w, FX_OFFER_ENDED), 3);
	seats_are(w, 100, (usher_id[]){13}, 1);
	world_arrive(w, 101, 1);
	assert_int_equal(world_take(w, 101, 11), 0); /* by one who is offered it */
	assert_int_equal(world_holder(w, 101), 11);
	assert_int_equal(world_agent_view(w, 11).load, 100);
	assert_int_equal(world_agent_view(w, 10).load, 0);
}

static void moved_while_offered(void **state)
{
	struct world *w = *state;
	world_queue(w, 2);
	agents(w, 3);
	world_arrive(w, 100, 1);
	struct routing_transfer t = {.contact = 100, .to_queue = 2};
	assert_int_equal(world_transfer(w, t), 0);
	assert_int_equal(world_count(w, FX_OFFER_ENDED), 3);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_view(w, 100).queue, 2);
}

static void capacity_is_held_by_each_offer(void **state)
{
	struct world *w = *state;
	world_channel(w, CHANNEL_CHAT, 50, 0);
	agents(w, 3);
	world_arrive(w, 100, 1);
	world_arrive(w, 101, 1);
	world_arrive(w, 102, 1);
	assert_int_equal(world_state(w, 102), CONTACT_WAITING);
	assert_int_equal(world_by(w, EV_ACCEPT, 100, 10), 0);
	seats_are(w, 102, (usher_id[]){11, 12}, 2);
	assert_int_equal(world_by(w, EV_ACCEPT, 101, 10), 0);
	assert_int_equal(world_by(w, EV_ACCEPT, 102, 11), 0);
	assert_int_equal(world_agent_view(w, 10).load, 100);
	assert_int_equal(world_agent_view(w, 11).load, 50);
	assert_int_equal(world_agent_view(w, 12).load, 0);
}

static void sixteen_and_not_more(void **state)
{
	struct world *w = *state;
	struct routing_event ev = {.kind = EV_QUEUE_SET, .queue = world_queue_default(1)};
	ev.queue.parallel = ROUTING_PARALLEL_MAX + 1;
	world_refused(w, &ev, E_INVALID);
	ev.queue.parallel = ROUTING_PARALLEL_MAX;
	assert_int_equal(world_code(w, &ev), 0);
	agents(w, 20);
	world_arrive(w, 100, 1);
	assert_int_equal(world_count(w, FX_OFFERED), ROUTING_PARALLEL_MAX);
	assert_int_equal(world_by(w, EV_ACCEPT, 100, 25), 0);
	assert_int_equal(world_count(w, FX_OFFER_ENDED), ROUTING_PARALLEL_MAX);
}

static void deferred_work_in_parallel_leaves_the_reserve(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_contact_new c = world_contact_default(100, 1);
	q.parallel = 3;
	q.reserve = 2;
	world_queue_set(w, q);
	agents(w, 4);
	c.channel = CHANNEL_EMAIL;
	assert_int_equal(world_contact_new(w, c), 0);
	seats_are(w, 100, (usher_id[]){10, 11}, 2);
	assert_int_equal(world_queue_view(w, 1).agents_free, 2);
}

static void automatic_queues_assign(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.is_automatic = true;
	world_queue_set(w, q);
	agents(w, 2);
	world_arrive(w, 100, 1);
	assert_int_equal(world_count(w, FX_OFFERED), 0);
	assert_int_equal(world_count(w, FX_ASSIGNED), 1);
	assert_int_equal(world_state(w, 100), CONTACT_ACTIVE);
	assert_int_equal(world_holder(w, 100), 10);
	world_arrive(w, 101, 1);
	assert_int_equal(world_holder(w, 101), 11);
	world_arrive(w, 102, 1);
	assert_int_equal(world_state(w, 102), CONTACT_WAITING);
	world_serve(w, 100);
	assert_int_equal(world_state(w, 102), CONTACT_ACTIVE);
	assert_int_equal(world_holder(w, 102), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(offered_to_the_first_in_order),
		TEST_TWICE(exactly_one_wins),
		TEST_TWICE(fewer_agents_than_offers),
		TEST_TWICE(a_freed_agent_brings_the_others),
		TEST_TWICE(all_refuse_then_it_returns),
		TEST_TWICE(one_refuses_the_others_are_still_asked),
		TEST_TWICE(none_answers),
		TEST_TWICE(one_is_lost),
		TEST_TWICE(an_agent_is_removed),
		TEST_TWICE(the_customer_leaves),
		TEST_TWICE(taken_by_hand),
		TEST_TWICE(moved_while_offered),
		TEST_TWICE(capacity_is_held_by_each_offer),
		TEST_TWICE(sixteen_and_not_more),
		TEST_TWICE(deferred_work_in_parallel_leaves_the_reserve),
		TEST_TWICE(automatic_queues_assign),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
