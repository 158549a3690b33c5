/* SPDX-License-Identifier: Apache-2.0 */
/* Several agents in one contact: consulting, conferring, handing over (section 7). */
#include "tests/routing/world.h"

static int setup(void **state)
{
	struct world *w = world_begin(state, (struct routing_limits){64, 32, 8, 64});
	world_queue(w, 1);
	world_queue(w, 2);
	return 0;
}

static int teardown(void **state)
{
	return world_end(state);
}

/* 10 of queue 1 holds contact 100, 11 of queue 2 has answered its consultation 200. */
static void consulted(struct world *w)
{
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_agent(w, 11, 2);
	assert_int_equal(world_consult(w, 100, 0, 11, 200), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 200), 0);
}

/* …and is in the conference. */
static void conferring(struct world *w)
{
	consulted(w);
	assert_int_equal(world_with(w, EV_CONFERENCE, 100, 10, 200), 0);
}

/* Another agent joins, by a consultation of his own. */
static void joins(struct world *w, usher_id agent)
{
	usher_id holder = world_holder(w, 100);
	world_agent(w, agent, 2);
	assert_int_equal(world_consult(w, 100, 0, agent, 200 + agent), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 200 + agent), 0);
	assert_int_equal(world_with(w, EV_CONFERENCE, 100, holder, 200 + agent), 0);
}

static void consultation_has_the_place_of_its_contact(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	world_agent(w, 10, 1);
	c.priority = 3;
	c.channel = CHANNEL_TELEPHONY;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	w->now += USHER_MINUTE;
	c.contact = 101;
	c.queue = 2;
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(world_consult(w, 100, 2, 0, 200), 0);
	struct routing_contact_view v = world_view(w, 200);
	assert_int_equal(v.consults_for, 100);
	assert_int_equal(v.state, CONTACT_WAITING);
	assert_int_equal(v.queue, 2);
	assert_int_equal(v.priority, 3);
	assert_int_equal(v.channel, CHANNEL_TELEPHONY);
	assert_int_equal(v.first_us, WORLD_START);
	assert_int_equal(v.position, 1);
	assert_int_equal(world_state(w, 100), CONTACT_ACTIVE); /* the holder waits */
	assert_int_equal(world_holder(w, 100), 10);
	assert_int_equal(world_view(w, 100).consults_for, 0);
	world_agent(w, 11, 2);
	assert_int_equal(world_offered(w, 200), 11);
	assert_int_equal(world_do(w, EV_ACCEPT, 200), 0);
	assert_int_equal(world_agent_view(w, 11).load, 100);
	assert_int_equal(world_do(w, EV_CLOSE, 200), 0); /* asked and answered */
	assert_int_equal(world_state(w, 100), CONTACT_ACTIVE);
	assert_int_equal(world_state(w, 101), CONTACT_OFFERED);
}

static void consultation_of_a_certain_agent(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(11, 2);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	a.queues[0].ring = 200;
	world_ready(w, a);
	assert_int_equal(world_consult(w, 100, 0, 11, 200), 0);
	assert_int_equal(world_offered(w, 200), 11); /* no member of queue 1: a person chose */
	assert_int_equal(world_do(w, EV_DECLINE, 200), 0);
	assert_int_equal(world_state(w, 100), CONTACT_ACTIVE);
	assert_int_equal(world_state(w, 200), CONTACT_WAITING);
}

static void bad_consultations(void **state)
{
	struct world *w = *state;
	struct routing_event ev = {.kind = EV_CONSULT};
	world_arrive(w, 101, 2);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	struct routing_transfer good = {.contact = 100, .agent = 10, .to_queue = 2, .other = 200};
	good.epoch = world_view(w, 100).epoch;
	ev.transfer = good;
	ev.transfer.other = 0;
	world_refused(w, &ev, E_INVALID);
	ev.transfer.other = 101;
	world_refused(w, &ev, E_EXISTS);
	ev.transfer.other = 100;
	world_refused(w, &ev, E_EXISTS);
	ev.transfer = good;
	ev.transfer.epoch++;
	world_refused(w, &ev, E_STALE);
	ev.transfer = good;
	ev.transfer.to_queue = 99;
	world_refused(w, &ev, E_NOT_FOUND);
	ev.transfer = good;
	ev.transfer.to_agent = 99;
	world_refused(w, &ev, E_NOT_FOUND);
	ev.transfer = good;
	ev.transfer.contact = 999;
	world_refused(w, &ev, E_NOT_FOUND);
	ev.transfer = good;
	ev.transfer.to_agent = 10; /* himself */
	world_refused(w, &ev, E_INVALID);
	ev.transfer = good;
	ev.transfer.to_agent_us = -1;
	world_refused(w, &ev, E_INVALID);
	ev.transfer = good;
	assert_int_equal(world_code(w, &ev), 0);
}

static void conference_good(void **state)
{
	struct world *w = *state;
	consulted(w);
	assert_int_equal(world_with(w, EV_CONFERENCE, 100, 10, 200), 0);
	const struct routing_effect *joined = world_fx(w, FX_JOINED, 0);
	assert_non_null(joined);
	assert_int_equal(joined->contact, 100);
	assert_int_equal(joined->agent, 11);
	assert_int_equal(joined->epoch, world_seat(w, 100, 11).epoch);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->contact, 200);
	assert_int_equal(world_fx(w, FX_CLOSED, 0)->cause, CAUSE_CONFERENCE);
	assert_int_equal(world_state(w, 200), CONTACT_CLOSED);
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	assert_int_equal(routing_seats(w->r, 100, seats), 2);
	assert_int_equal(seats[0].agent, 10);
	assert_int_equal(seats[0].role, ROLE_HOLDER);
	assert_int_equal(seats[1].agent, 11);
	assert_int_equal(seats[1].role, ROLE_CONFERRING);
	assert_int_equal(world_agent_view(w, 11).load, 100); /* the same weight as holding */
	assert_int_equal(world_agent_view(w, 11).state, AGENT_BUSY);
	assert_int_equal(world_holder(w, 100), 10);
}

static void conference_bad(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_agent(w, 11, 2);
	assert_int_equal(world_consult(w, 100, 0, 11, 200), 0);
	struct routing_event ev = {.kind = EV_CONFERENCE};
	struct routing_command good = {.contact = 100, .agent = 10, .other = 200};
	good.epoch = world_view(w, 100).epoch;
	ev.command = good;
	world_refused(w, &ev, E_STATE); /* nobody has answered it */
	assert_int_equal(world_do(w, EV_ACCEPT, 200), 0);
	ev.command.other = 999;
	world_refused(w, &ev, E_NOT_FOUND);
	ev.command = good;
	ev.command.epoch++;
	world_refused(w, &ev, E_STALE);
	ev.command = good;
	ev.command.contact = 999;
	world_refused(w, &ev, E_NOT_FOUND);
	world_agent(w, 12, 1);
	world_hold(w, 101, 1);
	ev.command.contact = 101; /* the consultation of another contact */
	ev.command.agent = 12;
	ev.command.epoch = world_view(w, 101).epoch;
	assert_int_not_equal(world_code(w, &ev), 0);
	ev.command = good;
	ev.command.other = 101; /* no consultation at all */
	assert_int_not_equal(world_code(w, &ev), 0);
	assert_int_equal(world_state(w, 200), CONTACT_ACTIVE);
	ev.command = good;
	assert_int_equal(world_code(w, &ev), 0);
}

static void warm_transfer(void **state)
{
	struct world *w = *state;
	consulted(w);
	usher_us first = world_view(w, 100).first_us;
	uint64_t epoch = world_view(w, 100).epoch;
	assert_int_equal(world_with(w, EV_HAND_OVER, 100, 10, 200), 0);
	assert_int_equal(world_fx(w, FX_RELEASED, 0)->agent, 10);
	assert_int_equal(world_fx(w, FX_RELEASED, 0)->cause, CAUSE_TRANSFERRED);
	const struct routing_effect *fx = world_fx(w, FX_ASSIGNED, 0);
	assert_int_equal(fx->contact, 100);
	assert_int_equal(fx->agent, 11);
	assert_int_equal(fx->cause, CAUSE_TRANSFERRED);
	assert_true(fx->epoch > epoch);
	assert_int_equal(fx->epoch, world_view(w, 100).epoch);
	assert_int_equal(world_state(w, 200), CONTACT_CLOSED);
	assert_int_equal(world_holder(w, 100), 11);
	assert_int_equal(world_view(w, 100).first_us, first);
	assert_int_equal(world_agent_view(w, 10).load, 0);
	assert_int_equal(world_agent_view(w, 11).load, 100);
	struct routing_command late = {.contact = 100, .agent = 10, .epoch = epoch};
	assert_int_equal(world_command(w, EV_CLOSE, late), E_STALE);
}

static void hand_over_inside_the_conference(void **state)
{
	struct world *w = *state;
	conferring(w);
	joins(w, 12);
	struct routing_event ev = {.kind = EV_HAND_OVER};
	ev.command = (struct routing_command){.contact = 100, .agent = 10, .other = 99};
	ev.command.epoch = world_view(w, 100).epoch;
	world_refused(w, &ev, E_NOT_FOUND);
	assert_int_equal(world_with(w, EV_HAND_OVER, 100, 10, 12), 0);
	assert_int_equal(world_holder(w, 100), 12);
	assert_int_equal(world_seat(w, 100, 12).role, ROLE_HOLDER);
	assert_int_equal(world_seat(w, 100, 11).role, ROLE_CONFERRING);
	assert_int_equal(world_seat(w, 100, 10).epoch, 0); /* he is out */
	assert_int_equal(world_agent_view(w, 10).load, 0);
	assert_int_equal(world_agent_view(w, 12).load, 100);
}

static void leaving_the_conference(void **state)
{
	struct world *w = *state;
	conferring(w);
	struct routing_event ev = {.kind = EV_LEAVE};
	ev.command = (struct routing_command){.contact = 100, .agent = 11};
	ev.command.epoch = world_seat(w, 100, 11).epoch + 1;
	world_refused(w, &ev, E_STALE);
	assert_int_equal(world_by(w, EV_LEAVE, 100, 11), 0);
	assert_int_equal(world_fx(w, FX_RELEASED, 0)->agent, 11);
	assert_int_equal(world_agent_view(w, 11).load, 0);
	assert_int_equal(world_view(w, 100).seats, 1);
	ev.command.epoch--;
	world_refused(w, &ev, E_STALE); /* twice */
	assert_int_equal(world_holder(w, 100), 10);
}

static void conferring_agents_may_not_act_as_the_holder(void **state)
{
	struct world *w = *state;
	conferring(w);
	enum routing_event_kind kinds[] = {EV_CLOSE, EV_PARK, EV_WRAPUP_DONE, EV_ACCEPT,
					   EV_DECLINE};
	for (unsigned i = 0; i < 5; i++)
		assert_int_not_equal(world_by(w, kinds[i], 100, 11), 0);
	struct routing_event ev = {.kind = EV_TRANSFER};
	ev.transfer = (struct routing_transfer){.contact = 100, .agent = 11, .to_queue = 2};
	ev.transfer.epoch = world_seat(w, 100, 11).epoch;
	assert_int_not_equal(world_code(w, &ev), 0);
	assert_int_equal(world_view(w, 100).seats, 2);
	assert_int_equal(world_holder(w, 100), 10);
}

static void holder_signed_out_first_conferring_holds(void **state)
{
	struct world *w = *state;
	conferring(w);
	joins(w, 12);
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_fx(w, FX_ASSIGNED, 0)->agent, 11);
	assert_int_equal(world_holder(w, 100), 11);
	assert_int_equal(world_state(w, 100), CONTACT_ACTIVE);
	assert_int_equal(world_seat(w, 100, 12).role, ROLE_CONFERRING);
	assert_int_equal(world_do(w, EV_CLOSE, 100), 0);
	assert_int_equal(world_state(w, 100), CONTACT_CLOSED);
}

static void holder_lost_first_conferring_holds(void **state)
{
	struct world *w = *state;
	conferring(w);
	joins(w, 12);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	assert_int_equal(world_holder(w, 100), 10);
	world_tick(w, USHER_MINUTE - 1);
	assert_int_equal(world_holder(w, 100), 10);
	world_tick(w, 1);
	assert_int_equal(world_holder(w, 100), 11);
	assert_int_equal(world_state(w, 100), CONTACT_ACTIVE);
}

static void removed_holder_first_conferring_holds(void **state)
{
	struct world *w = *state;
	conferring(w);
	struct routing_event ev = {.kind = EV_AGENT_REMOVE, .presence.agent = 10};
	assert_int_equal(world_code(w, &ev), 0);
	world_settle(w);
	assert_int_equal(world_holder(w, 100), 11);
}

static void conferring_agents_go_one_by_one(void **state)
{
	struct world *w = *state;
	conferring(w);
	joins(w, 12);
	joins(w, 13);
	assert_int_equal(world_wants(w, 11, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_fx(w, FX_RELEASED, 0)->agent, 11);
	assert_int_equal(world_view(w, 100).seats, 3);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 12), 0);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_view(w, 100).seats, 2);
	struct routing_event ev = {.kind = EV_AGENT_REMOVE, .presence.agent = 13};
	assert_int_equal(world_code(w, &ev), 0);
	world_settle(w);
	assert_int_equal(world_view(w, 100).seats, 1);
	assert_int_equal(world_holder(w, 100), 10);
}

static void closing_releases_all(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.wrapup_us = USHER_MINUTE;
	world_queue_set(w, q);
	conferring(w);
	joins(w, 12);
	assert_int_equal(world_do(w, EV_CLOSE, 100), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WRAPUP);
	assert_int_equal(world_count(w, FX_RELEASED), 2);
	assert_int_equal(world_agent_view(w, 11).load, 0);
	assert_int_equal(world_agent_view(w, 12).load, 0);
	assert_int_equal(world_agent_view(w, 10).load, 100); /* his wrap-up */
	assert_int_equal(world_view(w, 100).seats, 1);
}

static void customer_leaving_releases_all(void **state)
{
	struct world *w = *state;
	conferring(w);
	assert_int_equal(world_left(w, 100), 0);
	assert_int_equal(world_state(w, 100), CONTACT_CLOSED);
	assert_int_equal(world_agent_view(w, 10).load, 0);
	assert_int_equal(world_agent_view(w, 11).load, 0);
}

/* What ends the time of the holder ends his open consultations: waiting, offered or answered. */
static void open_consultations_are_closed(struct world *w, enum routing_event_kind how)
{
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	for (usher_id i = 0; i < 3; i++) {
		if (i < 2)
			world_agent(w, 11 + i, 2);
		assert_int_equal(world_consult(w, 100, 2, 0, 200 + i), 0);
	}
	assert_int_equal(world_do(w, EV_ACCEPT, 200), 0);
	assert_int_equal(world_state(w, 201), CONTACT_OFFERED);
	assert_int_equal(world_state(w, 202), CONTACT_WAITING);
	switch (how) {
	case EV_TRANSFER:
		assert_int_equal(world_move(w, 100, 2, 0), 0);
		break;
	case EV_PARK:
		assert_int_equal(world_until(w, EV_PARK, 100, w->now + USHER_HOUR), 0);
		break;
	case EV_AGENT_WANTS:
		assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
		break;
	case EV_CUSTOMER_LEFT:
		assert_int_equal(world_left(w, 100), 0);
		break;
	default:
		assert_int_equal(world_do(w, how, 100), 0);
	}
	world_settle(w);
	for (usher_id i = 0; i < 3; i++)
		assert_int_equal(world_state(w, 200 + i), CONTACT_CLOSED);
}

static void consultation_closed_with_its_contact(void **state)
{
	open_consultations_are_closed(*state, EV_CLOSE);
}

static void consultation_closed_when_the_customer_leaves(void **state)
{
	open_consultations_are_closed(*state, EV_CUSTOMER_LEFT);
}

static void consultation_closed_on_transfer(void **state)
{
	open_consultations_are_closed(*state, EV_TRANSFER);
}

static void consultation_closed_on_park(void **state)
{
	open_consultations_are_closed(*state, EV_PARK);
}

static void consultation_closed_on_sign_out(void **state)
{
	open_consultations_are_closed(*state, EV_AGENT_WANTS);
}

static void no_consultation_about_a_consultation(void **state)
{
	struct world *w = *state;
	consulted(w);
	assert_int_equal(world_consult(w, 200, 2, 0, 300), E_STATE);
	assert_int_equal(world_state(w, 300), CONTACT_CLOSED);
	assert_int_equal(world_holder(w, 200), 11);
}

static void a_consultation_rings_one_at_a_time(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(2);
	q.parallel = 3;
	world_queue_set(w, q);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	for (usher_id a = 11; a < 14; a++)
		world_agent(w, a, 2);
	assert_int_equal(world_consult(w, 100, 2, 0, 200), 0);
	assert_int_equal(world_view(w, 200).seats, 1);
}

static void four_consultations_at_most(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	for (usher_id i = 0; i < 4; i++)
		assert_int_equal(world_consult(w, 100, 2, 0, 200 + i), 0);
	assert_int_equal(world_consult(w, 100, 2, 0, 204), E_LIMIT);
	assert_int_equal(world_state(w, 204), CONTACT_CLOSED);
	assert_int_equal(world_left(w, 200), 0); /* one is given up */
	assert_int_equal(world_consult(w, 100, 2, 0, 204), 0);
}

static void sixteen_in_one_contact_at_most(void **state)
{
	struct world *w = *state;
	conferring(w);
	for (usher_id a = 12; a < 26; a++)
		joins(w, a);
	assert_int_equal(world_view(w, 100).seats, ROUTING_PARALLEL_MAX);
	world_agent(w, 26, 2);
	assert_int_equal(world_consult(w, 100, 0, 26, 300), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 300), 0);
	assert_int_equal(world_with(w, EV_CONFERENCE, 100, 10, 300), E_LIMIT);
	assert_int_equal(world_holder(w, 300), 26);
	assert_int_equal(world_by(w, EV_LEAVE, 100, 20), 0);
	assert_int_equal(world_with(w, EV_CONFERENCE, 100, 10, 300), 0);
	assert_int_equal(world_view(w, 100).seats, ROUTING_PARALLEL_MAX);
	for (usher_id a = 11; a < 27; a++) /* each holds in the order of joining */
		if (a != 20) {
			assert_int_equal(world_wants(w, world_holder(w, 100), AGENT_SIGNED_OUT), 0);
			assert_int_equal(world_holder(w, 100), a);
		}
	assert_int_equal(world_wants(w, 26, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
}

static void the_same_agent_is_not_in_it_twice(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(11, 2);
	a.capacity = 1000;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_ready(w, a);
	assert_int_equal(world_consult(w, 100, 0, 11, 200), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, 200), 0);
	assert_int_equal(world_with(w, EV_CONFERENCE, 100, 10, 200), 0);
	if (world_consult(w, 100, 0, 11, 201) == 0) {
		assert_int_equal(world_do(w, EV_ACCEPT, 201), 0);
		(void)world_with(w, EV_CONFERENCE, 100, 10, 201);
	}
	assert_int_equal(world_view(w, 100).seats, 2);
}

static void conferring_counts_for_the_channel_and_the_reserve(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(2);
	struct routing_contact_new mail = world_contact_default(300, 2);
	world_channel(w, CHANNEL_CHAT, 20, 1);
	world_channel(w, CHANNEL_EMAIL, 20, 0);
	q.reserve = 1;
	world_queue_set(w, q);
	conferring(w);
	world_arrive(w, 101, 2);
	assert_int_equal(world_why(w, 101, 11), REASON_CHANNEL_MAX);
	mail.channel = CHANNEL_EMAIL;
	assert_int_equal(world_contact_new(w, mail), 0);
	assert_int_equal(world_why(w, 300, 11), REASON_RESERVE);
	assert_int_equal(world_by(w, EV_LEAVE, 100, 11), 0);
	assert_int_equal(world_offered(w, 101), 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(consultation_has_the_place_of_its_contact),
		TEST_TWICE(consultation_of_a_certain_agent),
		TEST_TWICE(bad_consultations),
		TEST_TWICE(conference_good),
		TEST_TWICE(conference_bad),
		TEST_TWICE(warm_transfer),
		TEST_TWICE(hand_over_inside_the_conference),
		TEST_TWICE(leaving_the_conference),
		TEST_TWICE(conferring_agents_may_not_act_as_the_holder),
		TEST_TWICE(holder_signed_out_first_conferring_holds),
		TEST_TWICE(holder_lost_first_conferring_holds),
		TEST_TWICE(removed_holder_first_conferring_holds),
		TEST_TWICE(conferring_agents_go_one_by_one),
		TEST_TWICE(closing_releases_all),
		TEST_TWICE(customer_leaving_releases_all),
		TEST_TWICE(consultation_closed_with_its_contact),
		TEST_TWICE(consultation_closed_when_the_customer_leaves),
		TEST_TWICE(consultation_closed_on_transfer),
		TEST_TWICE(consultation_closed_on_park),
		TEST_TWICE(consultation_closed_on_sign_out),
		TEST_TWICE(no_consultation_about_a_consultation),
		TEST_TWICE(a_consultation_rings_one_at_a_time),
		TEST_TWICE(four_consultations_at_most),
		TEST_TWICE(sixteen_in_one_contact_at_most),
		TEST_TWICE(the_same_agent_is_not_in_it_twice),
		TEST_TWICE(conferring_counts_for_the_channel_and_the_reserve),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
