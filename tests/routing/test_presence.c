/* SPDX-License-Identifier: Apache-2.0 */
/* Agents, queues and channels come, change and go. */
#include "tests/routing/world.h"

static int setup(void **state)
{
	static struct world w;
	world_init(&w, LIMITS_SMALL);
	world_queue(&w, 1);
	world_channel(&w, CHANNEL_CHAT, 40, 0);
	world_channel(&w, CHANNEL_EMAIL, 10, 2);
	*state = &w;
	return 0;
}

static int teardown(void **state)
{
	world_done(*state);
	return 0;
}

static void hold_mail(struct world *w, usher_id contact)
{
	struct routing_contact_new mail = world_contact_default(contact, 1);
	mail.channel = CHANNEL_EMAIL;
	assert_int_equal(world_contact_new(w, mail), 0);
	assert_int_equal(world_do(w, EV_ACCEPT, contact), 0);
}

static void lost_within_the_grace(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_arrive(w, 101, 1);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 99), E_NOT_FOUND);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_LOST_PRESENCE);
	assert_int_equal(world_fx(w, FX_AGENT_STATE, 0)->state, AGENT_LOST);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	assert_int_equal(world_state(w, 100), CONTACT_ACTIVE);
	assert_int_equal(world_take(w, 101, 10), E_STATE);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	assert_int_equal(w->fx.count, 0); /* known */
	assert_int_equal(routing_deadline(w->r), WORLD_START + USHER_MINUTE);
	world_tick(w, 59 * USHER_SECOND);
	assert_int_equal(world_presence(w, EV_PRESENCE_FOUND, 10), 0);
	assert_int_equal(world_holder(w, 101), 10);
	world_tick(w, 10 * USHER_SECOND);
	assert_int_equal(world_holder(w, 100), 10);
	assert_int_equal(world_presence(w, EV_PRESENCE_FOUND, 99), E_NOT_FOUND);
}

static void lost_past_the_grace(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	hold_mail(w, 101);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	world_agent(w, 11, 1);
	world_tick(w, 60 * USHER_SECOND);
	assert_int_equal(world_fx(w, FX_RELEASED, 0)->cause, CAUSE_LOST_PRESENCE);
	assert_int_equal(world_holder(w, 100), 11); /* somebody waits at the other end */
	assert_int_equal(world_holder(w, 101), 10); /* mail stays */
	assert_int_equal(world_agent_view(w, 10).state, AGENT_LOST);
	assert_int_equal(world_presence(w, EV_PRESENCE_FOUND, 10), 0);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_READY);
}

static void not_ready_gives_offers_back(void **state)
{
	struct world *w = *state;
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_arrive(w, 101, 1);
	assert_int_equal(world_wants(w, 99, AGENT_READY), E_NOT_FOUND);
	assert_int_equal(world_wants(w, 10, AGENT_BUSY), E_INVALID);
	assert_int_equal(world_wants(w, 10, AGENT_NOT_READY), 0);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_NOT_READY);
	assert_int_equal(world_fx(w, FX_AGENT_STATE, 0)->reason, 3);
	assert_int_equal(world_agent_view(w, 10).reason, 3);
	assert_int_equal(world_state(w, 100), CONTACT_ACTIVE);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	assert_int_equal(world_holder(w, 101), 10);
	assert_int_equal(world_count(w, FX_AGENT_STATE), 1);
	assert_int_equal(world_fx(w, FX_AGENT_STATE, 0)->reason, 0);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	assert_int_equal(w->fx.count, 0); /* nothing changed, nothing is told */
}

static void signing_out_gives_all_back(void **state)
{
	struct world *w = *state;
	struct routing_queue_set wrapping = world_queue_default(2);
	struct routing_agent_set a = world_agent_default(10, 1);
	wrapping.wrapup_us = USHER_MINUTE;
	world_queue_set(w, wrapping);
	a.queues[a.queue_count++].queue = 2;
	a.capacity = 200;
	world_agent_set(w, a);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	world_hold(w, 100, 1);
	hold_mail(w, 101);
	world_hold(w, 102, 2);
	assert_int_equal(world_do(w, EV_CLOSE, 102), 0);
	world_arrive(w, 103, 1);
	world_agent(w, 11, 1);
	usher_us first = world_view(w, 100).first_us;
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_holder(w, 100), 11); /* a customer waits there: at once */
	assert_int_equal(world_view(w, 100).first_us, first);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING); /* one offer time for a return */
	assert_int_equal(world_state(w, 102), CONTACT_CLOSED);
	assert_int_equal(world_holder(w, 103), 11);
	assert_int_equal(world_agent_view(w, 10).load, 0);
	world_tick(w, 19 * USHER_SECOND);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	assert_int_equal(world_holder(w, 101), 10);
}

static void removed_agent_leaves_nothing_behind(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(102, 1);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_arrive(w, 101, 1);
	c.preferred = 10;
	c.preferred_us = USHER_HOUR;
	assert_int_equal(world_contact_new(w, c), 0);
	world_agent(w, 11, 1);
	assert_int_equal(world_presence(w, EV_AGENT_REMOVE, 99), E_NOT_FOUND);
	assert_int_equal(world_presence(w, EV_AGENT_REMOVE, 10), 0);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_REMOVED);
	assert_int_equal(world_fx(w, FX_RELEASED, 0)->cause, CAUSE_REMOVED);
	assert_int_equal(world_holder(w, 100), 11);
	assert_int_equal(world_holder(w, 101), 11);
	assert_int_equal(routing_why(w->r, 102, 10, w->now).reason, REASON_UNKNOWN);
	assert_int_equal(routing_why(w->r, 102, 11, w->now).reason, REASON_CAPACITY);
	assert_int_equal(world_presence(w, EV_AGENT_REMOVE, 10), E_NOT_FOUND);
	assert_int_equal(world_queue_view(w, 1).agents_signed_in, 1);
	world_agent(w, 10, 1); /* comes again */
	assert_int_equal(world_holder(w, 102), 10);
}

static void capacity_lowered_below_the_load(void **state)
{
	struct world *w = *state;
	struct routing_agent_set a = world_agent_default(10, 1);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_hold(w, 101, 1);
	a.capacity = 50;
	world_agent_set(w, a);
	assert_int_equal(world_agent_view(w, 10).load, 80);
	assert_int_equal(world_agent_view(w, 10).state, AGENT_BUSY);
	world_arrive(w, 102, 1);
	assert_int_equal(world_do(w, EV_CLOSE, 100), 0);
	assert_int_equal(world_state(w, 102), CONTACT_WAITING); /* 40 of 50: no room yet */
	assert_int_equal(world_do(w, EV_CLOSE, 101), 0);
	assert_int_equal(world_holder(w, 102), 10);
}

static void channel_maximum_and_weight(void **state)
{
	struct world *w = *state;
	struct routing_contact_new mail = world_contact_default(103, 1);
	world_agent(w, 10, 1);
	hold_mail(w, 100);
	hold_mail(w, 101);
	mail.channel = CHANNEL_EMAIL;
	assert_int_equal(world_contact_new(w, mail), 0);
	assert_int_equal(world_state(w, 103), CONTACT_WAITING);
	assert_int_equal(routing_why(w->r, 103, 10, w->now).reason, REASON_CHANNEL_MAX);
	world_hold(w, 104, 1); /* passes by */
	world_channel(w, CHANNEL_EMAIL, 10, 3);
	assert_int_equal(world_holder(w, 103), 10);
	assert_int_equal(world_agent_view(w, 10).count[CHANNEL_EMAIL], 3);
	world_channel(w, CHANNEL_CHAT, 5, 0); /* those in hand keep what they took */
	assert_int_equal(world_agent_view(w, 10).load, 70);
	assert_int_equal(world_do(w, EV_CLOSE, 104), 0);
	assert_int_equal(world_agent_view(w, 10).load, 30);
	struct routing_event ev = {.kind = EV_CHANNEL_SET};
	assert_int_equal(world_code(w, &ev), E_INVALID);
	ev.channel.channel = (enum channel_kind)CHANNEL_KINDS;
	assert_int_equal(world_code(w, &ev), E_INVALID);
}

static void bad_settings_change_nothing(void **state)
{
	struct world *w = *state;
	struct routing_event ev = {.kind = EV_QUEUE_SET};
	world_agent(w, 10, 1);
	uint64_t digest = routing_digest(w->r);
	for (unsigned i = 0; i < 8; i++) {
		ev.queue = world_queue_default(i == 0 ? 0 : 5);
		ev.queue.order = i == 1 ? (enum routing_order)ROUTING_ORDERS : ORDER_LONGEST_IDLE;
		ev.queue.priority = i == 2 ? 10 : 0;
		ev.queue.offer_us = i == 3   ? USHER_SECOND - 1
				    : i == 4 ? USHER_HOUR + 1
					     : USHER_SECOND;
		ev.queue.wrapup_us = i == 5 ? -1 : i == 6 ? USHER_DAY + 1 : 0;
		assert_int_equal(world_code(w, &ev), i < 7 ? E_INVALID : 0);
		assert_int_equal(routing_digest(w->r) == digest, i < 7);
	}
	digest = routing_digest(w->r);
	ev = (struct routing_event){.kind = EV_AGENT_SET, .agent = world_agent_default(10, 99)};
	assert_int_equal(world_code(w, &ev), E_NOT_FOUND);
	ev.agent = world_agent_default(0, 1);
	assert_int_equal(world_code(w, &ev), E_INVALID);
	ev.agent = world_agent_default(10, 1);
	ev.agent.queues[1].queue = 1;
	ev.agent.queue_count = 2;
	assert_int_equal(world_code(w, &ev), E_INVALID); /* twice */
	ev.agent.queue_count = ROUTING_MEMBERSHIPS_MAX + 1;
	assert_int_equal(world_code(w, &ev), E_INVALID);
	ev.agent = world_agent_default(10, 1);
	ev.agent.skill_count = ROUTING_SKILLS_MAX + 1;
	assert_int_equal(world_code(w, &ev), E_INVALID);
	ev.agent.skill_count = 2;
	ev.agent.skills[0] = ev.agent.skills[1] = (struct routing_skill){4, 1};
	assert_int_equal(world_code(w, &ev), E_INVALID);
	ev.agent.skills[1] = (struct routing_skill){5, SKILL_LEVEL_MAX + 1};
	assert_int_equal(world_code(w, &ev), E_INVALID);
	ev = (struct routing_event){.kind = (enum routing_event_kind)99};
	assert_int_equal(world_code(w, &ev), E_INVALID);
	assert_int_equal(routing_digest(w->r), digest);
}

static void removed_queue(void **state)
{
	struct world *w = *state;
	struct routing_event ev = {.kind = EV_QUEUE_REMOVE, .queue = {.queue = 2}};
	world_queue(w, 2);
	world_agent(w, 10, 2);
	world_hold(w, 100, 2);
	world_hold(w, 101, 2);
	assert_int_equal(world_until(w, EV_PARK, 101, w->now + USHER_HOUR), 0);
	world_arrive(w, 102, 2);
	world_arrive(w, 103, 2);
	assert_int_equal(world_code(w, &ev), 0);
	assert_int_equal(world_count(w, FX_CLOSED), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(world_fx(w, FX_CLOSED, i)->cause, CAUSE_REMOVED);
	assert_int_equal(world_holder(w, 100), 10); /* nobody is cut off */
	struct routing_queue_view view;
	assert_false(routing_queue(w->r, 2, &view));
	assert_int_equal(world_contact_new(w, world_contact_default(104, 2)), E_CLOSED);
	assert_int_equal(world_code(w, &ev), E_CLOSED);
	assert_int_equal(world_transfer(w, (struct routing_transfer){.contact = 100}), E_CLOSED);
	assert_int_equal(world_until(w, EV_PARK, 100, w->now + USHER_HOUR), E_CLOSED);
	ev.kind = EV_QUEUE_SET;
	ev.queue = world_queue_default(2);
	assert_int_equal(world_code(w, &ev), E_CLOSED);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 10), 0);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_state(w, 100), CONTACT_CLOSED); /* there is no queue to go back to */
	assert_int_equal(world_code(w, &ev), 0); /* gone for good: the id is free again */
	ev.kind = EV_QUEUE_REMOVE;
	ev.queue.queue = 99;
	assert_int_equal(world_code(w, &ev), E_NOT_FOUND);
}

static void order_of_agents_changes(void **state)
{
	struct world *w = *state;
	struct routing_queue_set set = world_queue_default(1);
	world_agent(w, 10, 1);
	w->now += USHER_SECOND;
	world_agent(w, 11, 1);
	world_hold(w, 100, 1); /* 10, idle for longer */
	assert_int_equal(world_holder(w, 100), 10);
	w->now += USHER_SECOND;
	hold_mail(w, 101);
	assert_int_equal(world_holder(w, 101), 11); /* nothing in hand goes first */
	set.order = ORDER_LEAST_LOADED;
	world_queue_set(w, set);
	world_arrive(w, 102, 1);
	assert_int_equal(world_holder(w, 102), 11); /* 10 of 100 against 40 of 100 */
	set.order = ORDER_LONGEST_IDLE;
	world_queue_set(w, set);
	world_arrive(w, 103, 1);
	assert_int_equal(world_holder(w, 103), 10); /* 11 is being rung */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lost_within_the_grace),
		TEST(lost_past_the_grace),
		TEST(not_ready_gives_offers_back),
		TEST(signing_out_gives_all_back),
		TEST(removed_agent_leaves_nothing_behind),
		TEST(capacity_lowered_below_the_load),
		TEST(channel_maximum_and_weight),
		TEST(bad_settings_change_nothing),
		TEST(removed_queue),
		TEST(order_of_agents_changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
