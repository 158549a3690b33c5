/* SPDX-License-Identifier: Apache-2.0 */
/* Each limit and each value out of range: the stated code, and nothing changed. */
#include "tests/routing/world.h"

static int setup(void **state)
{
	struct world *w = world_begin(state, (struct routing_limits){8, 4, 4, 8});
	world_queue(w, 1);
	world_agent(w, 10, 1);
	world_hold(w, 100, 1);
	world_arrive(w, 101, 1);
	return 0;
}

static int teardown(void **state)
{
	return world_end(state);
}

static struct routing_event queue_event(void)
{
	return (struct routing_event){.kind = EV_QUEUE_SET, .queue = world_queue_default(1)};
}

static struct routing_event agent_event(void)
{
	return (struct routing_event){.kind = EV_AGENT_SET, .agent = world_agent_default(11, 1)};
}

static struct routing_event contact_event(struct world *w)
{
	struct routing_event ev = {.kind = EV_CONTACT_NEW,
				   .contact = world_contact_default(102, 1)};
	ev.contact.first_us = w->now;
	return ev;
}

/* Refused with the code as it is; accepted when `*byte` is `good`. */
static void byte_limit(struct world *w, struct routing_event *ev, uint8_t *byte, uint8_t bad,
		       uint8_t good)
{
	uint8_t before = *byte;
	*byte = bad;
	world_refused(w, ev, E_INVALID);
	*byte = good;
	assert_int_equal(world_code(w, ev), 0);
	*byte = before;
	assert_int_equal(world_code(w, ev), 0);
}

static void span_limit(struct world *w, struct routing_event *ev, usher_us *span, usher_us bad,
		       usher_us good)
{
	usher_us before = *span;
	*span = bad;
	world_refused(w, ev, E_INVALID);
	*span = good;
	assert_int_equal(world_code(w, ev), 0);
	*span = before;
	assert_int_equal(world_code(w, ev), 0);
}

/* ---- settings ------------------------------------------------------------------------------ */

static void queue_values(void **state)
{
	struct world *w = *state;
	struct routing_event ev = queue_event();
	ev.queue.queue = 0;
	world_refused(w, &ev, E_INVALID);
	ev = queue_event();
	ev.queue.order = (enum routing_order)ROUTING_ORDERS;
	world_refused(w, &ev, E_INVALID);
	ev = queue_event();
	byte_limit(w, &ev, &ev.queue.priority, CONTACT_PRIORITIES, CONTACT_PRIORITIES - 1);
	byte_limit(w, &ev, &ev.queue.parallel, ROUTING_PARALLEL_MAX + 1, ROUTING_PARALLEL_MAX);
	span_limit(w, &ev, &ev.queue.offer_us, USHER_SECOND - 1, USHER_SECOND);
	span_limit(w, &ev, &ev.queue.offer_us, USHER_HOUR + 1, USHER_HOUR);
	span_limit(w, &ev, &ev.queue.offer_us, INT64_MIN, 20 * USHER_SECOND);
	span_limit(w, &ev, &ev.queue.wrapup_us, -1, 0);
	span_limit(w, &ev, &ev.queue.wrapup_us, INT64_MAX, USHER_HOUR);
	span_limit(w, &ev, &ev.queue.overflow_us, -1, USHER_HOUR);
	span_limit(w, &ev, &ev.queue.wait_max_us, -1, USHER_DAY);
	span_limit(w, &ev, &ev.queue.absent_us, -1, USHER_DAY);
	span_limit(w, &ev, &ev.queue.overflow_us, INT64_MIN, 0);
	enum routing_treatment *treatments[] = {&ev.queue.full, &ev.queue.expired,
						&ev.queue.closed};
	for (unsigned i = 0; i < 3; i++) {
		*treatments[i] = (enum routing_treatment)3;
		world_refused(w, &ev, E_INVALID);
		*treatments[i] = TREAT_END;
		assert_int_equal(world_code(w, &ev), 0);
	}
}

static void queue_requirements(void **state)
{
	struct world *w = *state;
	struct routing_event ev = queue_event();
	ev.queue.requirement_count = ROUTING_REQUIREMENTS_MAX + 1;
	world_refused(w, &ev, E_INVALID);
	ev.queue.requirement_count = 1;
	world_refused(w, &ev, E_INVALID); /* skill 0 */
	ev.queue.requirements[0] = (struct routing_requirement){.skill = 1, .level = 1};
	byte_limit(w, &ev, &ev.queue.requirements[0].level, SKILL_LEVEL_MAX + 1, SKILL_LEVEL_MAX);
	ev.queue.requirement_count = 2;
	ev.queue.requirements[1] = ev.queue.requirements[0];
	world_refused(w, &ev, E_INVALID); /* twice the same */
}

static void queue_steps(void **state)
{
	struct world *w = *state;
	struct routing_event ev = queue_event();
	ev.queue.step_count = ROUTING_STEPS_MAX + 1;
	world_refused(w, &ev, E_INVALID);
	ev.queue.step_count = 255;
	world_refused(w, &ev, E_INVALID);
	ev.queue.step_count = 1;
	span_limit(w, &ev, &ev.queue.steps[0].lasts_us, -1, 0);
	span_limit(w, &ev, &ev.queue.steps[0].lasts_us, INT64_MIN, USHER_DAY);
	ev.queue.steps[0].drop_count = ROUTING_DROPS_MAX + 1;
	world_refused(w, &ev, E_INVALID);
	ev.queue.steps[0].drop_count = 255;
	world_refused(w, &ev, E_INVALID);
	ev.queue.steps[0].drop_count = ROUTING_DROPS_MAX;
	for (uint32_t i = 0; i < ROUTING_DROPS_MAX; i++)
		ev.queue.steps[0].drops[i] = i + 1;
	assert_int_equal(world_code(w, &ev), 0);
}

static void queue_ranks(void **state)
{
	struct world *w = *state;
	struct routing_event ev = queue_event();
	ev.queue.has_ranks = true;
	world_refused(w, &ev, E_INVALID); /* growth 0 */
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++)
		ev.queue.ranks[p].growth = 1;
	ev.queue.ranks[9].growth = 10001;
	world_refused(w, &ev, E_INVALID);
	ev.queue.ranks[9].growth = 10000;
	assert_int_equal(world_code(w, &ev), 0);
	span_limit(w, &ev, &ev.queue.ranks[9].ahead_us, 400 * USHER_DAY + 1, 400 * USHER_DAY);
	span_limit(w, &ev, &ev.queue.ranks[9].ahead_us, -400 * USHER_DAY - 1, -400 * USHER_DAY);
	span_limit(w, &ev, &ev.queue.ranks[0].ahead_us, INT64_MIN, 0);
}

static void eight_growths_and_not_more(void **state)
{
	struct world *w = *state;
	struct routing_event ev = queue_event();
	ev.queue.has_ranks = true;
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++)
		ev.queue.ranks[p].growth = (uint16_t)(p < 4 ? 2 + p : 1);
	assert_int_equal(world_code(w, &ev), 0); /* 1 to 5 */
	ev.queue.queue = 2;
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++)
		ev.queue.ranks[p].growth = (uint16_t)(p < 4 ? 6 + p : 1);
	world_refused(w, &ev, E_LIMIT); /* 6 to 9 */
	ev.queue.ranks[3].growth = 1;
	assert_int_equal(world_code(w, &ev), 0); /* 8 different ones */
	struct routing_event third = ev;
	third.queue.queue = 3;
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++)
		third.queue.ranks[p].growth = (uint16_t)(p % 8 + 1);
	assert_int_equal(world_code(w, &third), 0); /* no new one among them */
	third.queue.ranks[0].growth = 9;
	world_refused(w, &third, E_LIMIT);
}

static void queue_count(void **state)
{
	struct world *w = *state;
	struct routing_event ev = queue_event();
	for (usher_id q = 2; q <= 4; q++)
		world_queue(w, q);
	ev.queue.queue = 5;
	world_refused(w, &ev, E_LIMIT);
	ev.queue.queue = 4;
	assert_int_equal(world_code(w, &ev), 0); /* a change is no new one */
}

static void channel_values(void **state)
{
	struct world *w = *state;
	struct routing_event ev = {.kind = EV_CHANNEL_SET,
				   .channel = {.channel = CHANNEL_NONE, .weight = 10}};
	world_refused(w, &ev, E_INVALID);
	ev.channel.channel = (enum channel_kind)CHANNEL_KINDS;
	world_refused(w, &ev, E_INVALID);
	ev.channel.channel = (enum channel_kind) - 1;
	world_refused(w, &ev, E_INVALID);
	ev.channel.channel = CHANNEL_CHAT;
	assert_int_equal(world_code(w, &ev), 0);
}

static void agent_values(void **state)
{
	struct world *w = *state;
	struct routing_event ev = agent_event();
	ev.agent.agent = 0;
	world_refused(w, &ev, E_INVALID);
	ev = agent_event();
	ev.agent.skill_count = ROUTING_SKILLS_MAX + 1;
	world_refused(w, &ev, E_INVALID);
	ev.agent.skill_count = 1;
	world_refused(w, &ev, E_INVALID); /* skill 0 */
	ev.agent.skills[0].skill = 1;
	byte_limit(w, &ev, &ev.agent.skills[0].level, SKILL_LEVEL_MAX + 1, SKILL_LEVEL_MAX);
	ev.agent.skill_count = 2;
	ev.agent.skills[1].skill = 1;
	world_refused(w, &ev, E_INVALID); /* twice */
	ev = agent_event();
	ev.agent.queue_count = ROUTING_MEMBERSHIPS_MAX + 1;
	world_refused(w, &ev, E_INVALID);
	ev.agent.queue_count = 2;
	ev.agent.queues[1].queue = 1;
	world_refused(w, &ev, E_INVALID); /* twice */
	ev.agent.queues[1].queue = 99;
	world_refused(w, &ev, E_NOT_FOUND);
}

static void agent_count(void **state)
{
	struct world *w = *state;
	struct routing_event ev = agent_event();
	for (usher_id a = 11; a < 14; a++)
		world_agent_set(w, world_agent_default(a, 1));
	ev.agent.agent = 14;
	world_refused(w, &ev, E_LIMIT);
	ev.agent.agent = 13;
	assert_int_equal(world_code(w, &ev), 0);
}

static void skills_ever_named(void **state)
{
	struct world *w = *state;
	struct routing_event agent = agent_event(), queue = queue_event();
	struct routing_event contact = contact_event(w);
	for (uint32_t i = 0; i < 8; i++)
		world_skill(&agent.agent, 1000 + i, 1);
	assert_int_equal(world_code(w, &agent), 0);
	world_skill(&agent.agent, 1, 1);
	world_refused(w, &agent, E_LIMIT);
	world_need(&contact.contact, 1, 1);
	world_refused(w, &contact, E_LIMIT);
	queue.queue.requirement_count = 1;
	queue.queue.requirements[0] = (struct routing_requirement){.skill = 1, .level = 1};
	world_refused(w, &queue, E_LIMIT);
	struct routing_event require = {.kind = EV_REQUIRE, .contact = contact.contact};
	require.contact.contact = 101;
	world_refused(w, &require, E_LIMIT);
	contact.contact.requirements[0].skill = 1007; /* a known one */
	assert_int_equal(world_code(w, &contact), 0);
}

/* ---- contacts ------------------------------------------------------------------------------ */

static void contact_values(void **state)
{
	struct world *w = *state;
	struct routing_event good = contact_event(w), ev = good;
	ev.contact.contact = 0;
	world_refused(w, &ev, E_INVALID);
	ev = good;
	ev.contact.queue = 0;
	assert_int_not_equal(world_code(w, &ev), 0);
	ev.contact.queue = 99;
	world_refused(w, &ev, E_NOT_FOUND);
	ev = good;
	ev.contact.contact = 100;
	world_refused(w, &ev, E_EXISTS);
	ev = good;
	ev.contact.channel = CHANNEL_NONE;
	world_refused(w, &ev, E_INVALID);
	ev.contact.channel = (enum channel_kind)CHANNEL_KINDS;
	world_refused(w, &ev, E_INVALID);
	ev = good;
	ev.contact.first_us = -1;
	world_refused(w, &ev, E_INVALID);
	ev = good;
	ev.contact.due_us = w->now + 400 * USHER_DAY + 1;
	world_refused(w, &ev, E_INVALID);
	ev.contact.due_us = INT64_MAX;
	world_refused(w, &ev, E_INVALID);
	ev = good;
	ev.contact.requirement_count = ROUTING_REQUIREMENTS_MAX + 1;
	world_refused(w, &ev, E_INVALID);
	ev.contact.requirement_count = 2;
	ev.contact.requirements[0] = ev.contact.requirements[1] =
		(struct routing_requirement){.skill = 1, .level = 1};
	world_refused(w, &ev, E_INVALID);
	ev.contact.requirements[1] = (struct routing_requirement){2, SKILL_LEVEL_MAX + 1, 0, false};
	world_refused(w, &ev, E_INVALID);
	assert_int_equal(world_code(w, &good), 0);
}

static void reservations_of_30_days_at_most(void **state)
{
	struct world *w = *state;
	struct routing_event good = contact_event(w), ev = good;
	usher_us bad[] = {-1, INT64_MIN, INT64_MAX, 30 * USHER_DAY + 1};
	for (unsigned i = 0; i < 4; i++) {
		ev = good;
		ev.contact.preferred = 10;
		ev.contact.preferred_us = bad[i];
		world_refused(w, &ev, E_INVALID);
		ev.contact.preferred_us = USHER_SECOND;
		ev.contact.fallback = 10;
		ev.contact.fallback_us = bad[i];
		world_refused(w, &ev, E_INVALID);
		struct routing_event t = {.kind = EV_TRANSFER};
		t.transfer = (struct routing_transfer){.contact = 101, .to_agent = 10};
		t.transfer.to_agent_us = bad[i];
		world_refused(w, &t, E_INVALID);
	}
	ev.contact.preferred_us = ev.contact.fallback_us = 30 * USHER_DAY;
	assert_int_equal(world_code(w, &ev), 0);
}

static void contact_count(void **state)
{
	struct world *w = *state;
	struct routing_event ev = contact_event(w);
	for (usher_id c = 102; c < 108; c++)
		world_arrive(w, c, 1);
	ev.contact.contact = 108;
	world_refused(w, &ev, E_LIMIT);
	assert_int_equal(world_consult(w, 100, 1, 0, 108), E_LIMIT); /* a contact of its own */
	assert_int_equal(world_left(w, 107), 0);
	assert_int_equal(world_code(w, &ev), 0);
}

/* ---- commands ------------------------------------------------------------------------------ */

static const enum routing_event_kind by_agent[] = {EV_ACCEPT,	   EV_DECLINE,	     EV_CLOSE,
						   EV_WRAPUP_DONE, EV_WRAPUP_EXTEND, EV_PARK,
						   EV_CONFERENCE,  EV_HAND_OVER,     EV_LEAVE};

static void commands_with_stale_epochs(void **state)
{
	struct world *w = *state;
	uint64_t epoch = world_view(w, 100).epoch;
	uint64_t wrong[] = {0, epoch - 1, epoch + 1, UINT64_MAX};
	for (unsigned k = 0; k < 9; k++)
		for (unsigned i = 0; i < 4; i++) {
			struct routing_event ev = {.kind = by_agent[k]};
			ev.command = (struct routing_command){.contact = 100, .agent = 10};
			ev.command.epoch = wrong[i];
			ev.command.until_us = w->now + USHER_MINUTE;
			ev.command.other = 101;
			world_refused(w, &ev, E_STALE);
			ev.command.epoch = epoch;
			ev.command.contact = 999;
			world_refused(w, &ev, E_NOT_FOUND);
			ev.command.contact = 0;
			world_refused(w, &ev, E_NOT_FOUND);
		}
}

static void commands_of_others(void **state)
{
	struct world *w = *state;
	world_agent_set(w, world_agent_default(11, 1));
	for (unsigned k = 0; k < 9; k++) {
		struct routing_event ev = {.kind = by_agent[k]};
		ev.command = (struct routing_command){.contact = 100, .agent = 11};
		ev.command.epoch = world_view(w, 100).epoch;
		ev.command.until_us = w->now + USHER_MINUTE;
		ev.command.other = 101;
		world_refused(w, &ev, E_STALE);
		ev.command.agent = 99;
		world_refused(w, &ev, E_NOT_FOUND);
	}
}

static void commands_on_unknown_contacts(void **state)
{
	struct world *w = *state;
	enum routing_event_kind kinds[] = {EV_CUSTOMER_LEFT, EV_RESUME,	  EV_PRIORITY,
					   EV_TAKE,	     EV_CALLBACK, EV_ACTIVITY};
	for (unsigned k = 0; k < 6; k++) {
		struct routing_event ev = {.kind = kinds[k]};
		ev.command = (struct routing_command){.contact = 999, .agent = 10};
		world_refused(w, &ev, E_NOT_FOUND);
	}
	struct routing_event ev = {.kind = EV_TRANSFER};
	ev.transfer = (struct routing_transfer){.contact = 999, .to_queue = 1};
	world_refused(w, &ev, E_NOT_FOUND);
	ev.kind = EV_CONSULT;
	ev.transfer.other = 1000;
	world_refused(w, &ev, E_NOT_FOUND);
	ev.kind = EV_MOVE_ALL;
	ev.transfer.agent = 99;
	world_refused(w, &ev, E_NOT_FOUND);
	ev.transfer.agent = 10;
	ev.transfer.to_queue = 99;
	world_refused(w, &ev, E_NOT_FOUND);
}

static void unknown_agents(void **state)
{
	struct world *w = *state;
	enum routing_event_kind kinds[] = {EV_AGENT_REMOVE, EV_AGENT_WANTS, EV_PRESENCE_LOST,
					   EV_PRESENCE_FOUND};
	for (unsigned k = 0; k < 4; k++) {
		struct routing_event ev = {.kind = kinds[k], .presence = {99, AGENT_READY, 0}};
		world_refused(w, &ev, E_NOT_FOUND);
		ev.presence.agent = 0;
		world_refused(w, &ev, E_NOT_FOUND);
	}
	enum agent_state states[] = {AGENT_BUSY,
				     AGENT_WRAPUP,
				     AGENT_NOT_RESPONDING,
				     AGENT_LOST,
				     (enum agent_state)AGENT_STATES,
				     (enum agent_state) - 1};
	for (unsigned i = 0; i < 6; i++) {
		struct routing_event ev = {.kind = EV_AGENT_WANTS, .presence = {10, states[i], 0}};
		world_refused(w, &ev, E_INVALID);
	}
}

static void priorities_and_instants(void **state)
{
	struct world *w = *state;
	struct routing_event ev = {.kind = EV_PRIORITY,
				   .command = {.contact = 101, .priority = CONTACT_PRIORITIES}};
	world_refused(w, &ev, E_INVALID);
	ev.command.priority = 255;
	world_refused(w, &ev, E_INVALID);
	ev = (struct routing_event){.kind = EV_PARK, .command = {.contact = 100, .agent = 10}};
	ev.command.epoch = world_view(w, 100).epoch;
	usher_us bad[] = {w->now, w->now - 1, INT64_MIN, w->now + 400 * USHER_DAY + 1, INT64_MAX};
	for (unsigned i = 0; i < 5; i++) {
		ev.command.until_us = bad[i];
		world_refused(w, &ev, E_INVALID);
	}
	ev.command.until_us = w->now + 400 * USHER_DAY;
	assert_int_equal(world_code(w, &ev), 0);
}

static void wrapups_of_a_day_at_most(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	q.wrapup_us = USHER_MINUTE;
	world_queue_set(w, q);
	assert_int_equal(world_do(w, EV_CLOSE, 100), 0);
	struct routing_event ev = {.kind = EV_WRAPUP_EXTEND,
				   .command = {.contact = 100, .agent = 10}};
	ev.command.epoch = world_view(w, 100).epoch;
	usher_us bad[] = {w->now, INT64_MIN, w->now + USHER_DAY + 1, INT64_MAX};
	for (unsigned i = 0; i < 4; i++) {
		ev.command.until_us = bad[i];
		world_refused(w, &ev, E_INVALID);
	}
	ev.command.until_us = w->now + USHER_DAY;
	assert_int_equal(world_code(w, &ev), 0);
}

/* ---- states -------------------------------------------------------------------------------- */

static void commands_in_the_wrong_state(void **state)
{
	struct world *w = *state;
	enum routing_event_kind active[] = {EV_ACCEPT, EV_DECLINE, EV_WRAPUP_DONE,
					    EV_WRAPUP_EXTEND};
	for (unsigned i = 0; i < 4; i++) {
		struct routing_event ev = {.kind = active[i]};
		ev.command = (struct routing_command){.contact = 100, .agent = 10};
		ev.command.epoch = world_view(w, 100).epoch;
		ev.command.until_us = w->now + USHER_MINUTE;
		world_refused(w, &ev, E_STATE);
	}
	struct routing_event ev = {.kind = EV_RESUME, .command = {.contact = 100}};
	world_refused(w, &ev, E_STATE);
	ev.command.contact = 101; /* waiting */
	world_refused(w, &ev, E_STATE);
	ev = (struct routing_event){.kind = EV_TAKE, .command = {.contact = 100, .agent = 10}};
	world_refused(w, &ev, E_STATE); /* he has it */
	world_agent_set(w, world_agent_default(11, 1));
	ev.command.agent = 11;
	world_refused(w, &ev, E_STATE); /* is signed out */
	assert_int_equal(world_wants(w, 11, AGENT_NOT_READY), 0);
	world_refused(w, &ev, E_STATE); /* held by another, no flag */
	ev.command.flag = true;
	assert_int_equal(world_code(w, &ev), 0);
	assert_int_equal(world_holder(w, 100), 11);
}

static void cut_events_are_refused(void **state)
{
	struct routing_event ev = {.kind = EV_REQUIRE, .contact = world_contact_default(101, 1)};
	struct routing_event back;
	struct usher_buf bytes = {0};
	(void)state;
	routing_event_encode(&ev, &bytes);
	assert_int_equal(routing_event_decode(buf_text(&bytes), &back), 0);
	assert_int_equal(back.kind, EV_REQUIRE);
	assert_int_equal(back.contact.contact, 101);
	assert_true(bytes.n <= ROUTING_EVENT_BYTES_MAX);
	for (size_t i = 0; i < bytes.n; i++)
		assert_int_equal(routing_event_decode(text_slice(bytes.p, i), &back), E_INVALID);
	buf_done(&bytes);
}

static void rejected_events_still_let_time_pass(void **state)
{
	struct world *w = *state;
	world_agent(w, 11, 1);
	assert_int_equal(world_offered(w, 101), 11);
	w->now += 20 * USHER_SECOND;
	struct routing_event ev = {.kind = EV_CUSTOMER_LEFT, .command.contact = 999};
	assert_int_equal(world_code(w, &ev), E_NOT_FOUND);
	assert_int_equal(world_fx(w, FX_OFFER_ENDED, 0)->cause, CAUSE_TIMEOUT);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(queue_values),
		TEST(queue_requirements),
		TEST(queue_steps),
		TEST(queue_ranks),
		TEST_TWICE(eight_growths_and_not_more),
		TEST_TWICE(queue_count),
		TEST(channel_values),
		TEST(agent_values),
		TEST_TWICE(agent_count),
		TEST_TWICE(skills_ever_named),
		TEST(contact_values),
		TEST_TWICE(reservations_of_30_days_at_most),
		TEST_TWICE(contact_count),
		TEST(commands_with_stale_epochs),
		TEST(commands_of_others),
		TEST(commands_on_unknown_contacts),
		TEST(unknown_agents),
		TEST(priorities_and_instants),
		TEST(wrapups_of_a_day_at_most),
		TEST_TWICE(commands_in_the_wrong_state),
		TEST(cut_events_are_refused),
		TEST_TWICE(rejected_events_still_let_time_pass),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
