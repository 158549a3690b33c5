/* SPDX-License-Identifier: Apache-2.0 */
/* Routing steps: what a contact asks for, and when it asks for less (sections 2 and 6). */
#include "tests/routing/world.h"

#define ANY ROUTING_ANY

static int setup(void **state)
{
	struct world *w = world_begin(state, (struct routing_limits){64, 16, 8, 64});
	world_queue(w, 1);
	return 0;
}

static int teardown(void **state)
{
	return world_end(state);
}

/* `count` steps of a minute, without limits. */
static struct routing_queue_set stepped(usher_id queue, uint8_t count)
{
	struct routing_queue_set q = world_queue_default(queue);
	q.step_count = count;
	for (unsigned s = 0; s < count; s++)
		q.steps[s] = (struct routing_step){
			.lasts_us = USHER_MINUTE, .ring_max = ANY, .penalty_max = ANY};
	return q;
}

static void need(struct routing_queue_set *q, uint32_t skill, uint8_t level, uint8_t until_step)
{
	q->requirements[q->requirement_count++] = (struct routing_requirement){
		.skill = skill, .level = level, .until_step = until_step};
}

static void ready_in(struct world *w, usher_id agent, uint8_t ring, uint8_t penalty)
{
	struct routing_agent_set a = world_agent_default(agent, 1);
	a.queues[0].ring = ring;
	a.queues[0].penalty = penalty;
	world_ready(w, a);
	w->now++;
}

static void ready_with(struct world *w, usher_id agent, uint32_t skill, uint8_t level)
{
	struct routing_agent_set a = world_agent_default(agent, 1);
	if (skill != 0)
		world_skill(&a, skill, level);
	world_ready(w, a);
	w->now++;
}

/* Nobody until the end of the first step, then this agent. */
static void comes_with_the_next_step(struct world *w, usher_id agent, enum routing_reason reason)
{
	world_arrive(w, 100, 1);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_why(w, 100, agent), reason);
	assert_true(world_view(w, 100).deadline_us <= w->now + USHER_MINUTE);
	assert_true(routing_deadline(w->r) <= w->now + USHER_MINUTE);
	world_tick(w, USHER_MINUTE - 1);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_view(w, 100).step, 0);
	world_tick(w, 1);
	assert_int_equal(world_fx(w, FX_STEP, 0)->contact, 100);
	assert_int_equal(world_fx(w, FX_STEP, 0)->queue, 1);
	assert_int_equal(world_fx(w, FX_STEP, 0)->number, 1);
	assert_int_equal(world_view(w, 100).step, 1);
	assert_int_equal(world_offered(w, 100), agent);
}

static void ring_grows(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = stepped(1, 2);
	q.steps[0].ring_max = 2;
	q.steps[1].ring_max = 3;
	world_queue_set(w, q);
	ready_in(w, 10, 4, 0);
	ready_in(w, 11, 3, 9);
	comes_with_the_next_step(w, 11, REASON_RING);
	world_arrive(w, 101, 1);
	struct routing_why why = routing_why(w->r, 101, 10, w->now);
	assert_int_equal(why.reason, REASON_RING);
	assert_int_equal(why.needed, 2);
	assert_int_equal(why.has, 4);
	world_tick(w, USHER_HOUR);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING); /* the last step is for ever */
	ready_in(w, 12, 0, 0);
	assert_int_equal(world_offered(w, 100), 12); /* which 11 did not answer */
}

static void inner_ring_stays_first(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = stepped(1, 2);
	q.steps[0].ring_max = 0;
	world_queue_set(w, q);
	ready_in(w, 10, 1, 0);
	world_arrive(w, 100, 1);
	world_arrive(w, 101, 1);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_offered(w, 100), 10);
	world_serve(w, 100);
	assert_int_equal(world_offered(w, 101), 10);
	world_serve(w, 101);
	ready_in(w, 11, 0, 255);
	world_arrive(w, 102, 1); /* 10 is out of reach again */
	assert_int_equal(world_offered(w, 102), 11);
}

static void penalty_grows(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = stepped(1, 2);
	q.steps[0].penalty_max = 0;
	q.steps[1].penalty_max = 7;
	world_queue_set(w, q);
	ready_in(w, 10, 0, 8);
	ready_in(w, 11, 9, 7);
	comes_with_the_next_step(w, 11, REASON_PENALTY);
	world_arrive(w, 101, 1);
	struct routing_why why = routing_why(w->r, 101, 10, w->now);
	assert_int_equal(why.reason, REASON_PENALTY);
	assert_int_equal(why.needed, 0);
	assert_int_equal(why.has, 8);
}

static void levels_drop(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = stepped(1, 3);
	q.steps[1].level_drop = 2;
	q.steps[2].level_drop = 4;
	need(&q, 7, 4, 0);
	world_queue_set(w, q);
	ready_with(w, 10, 7, 1);
	ready_with(w, 11, 7, 2);
	comes_with_the_next_step(w, 11, REASON_SKILL);
	world_serve(w, 100);
	assert_int_equal(world_wants(w, 11, AGENT_NOT_READY), 0);
	world_arrive(w, 101, 1);
	struct routing_why why = routing_why(w->r, 101, 10, w->now);
	assert_int_equal(why.skill, 7);
	assert_int_equal(why.needed, 4);
	assert_int_equal(why.has, 1);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_state(w, 101), CONTACT_WAITING);
	world_tick(w, USHER_MINUTE); /* 4 - 4: preferred only, but with 4 */
	struct routing_requirement asked[ROUTING_RESOLVED_MAX];
	assert_int_equal(routing_requirements(w->r, 101, asked), 1);
	assert_int_equal(asked[0].skill, 7);
	assert_int_equal(asked[0].level, 4);
	assert_true(asked[0].is_preferred);
	assert_int_equal(world_offered(w, 101), 10);
}

static void dropped_level_is_preferred_in_full(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = stepped(1, 2);
	q.steps[1].level_drop = 5;
	need(&q, 7, 3, 0);
	world_queue_set(w, q);
	ready_with(w, 10, 0, 0);
	ready_with(w, 11, 7, 1);
	ready_with(w, 12, 7, 2);
	comes_with_the_next_step(w, 12, REASON_SKILL);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_offered(w, 100), 10);
}

static void skills_are_dropped(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = stepped(1, 2);
	struct routing_contact_new c = world_contact_default(101, 1);
	q.steps[1].drop_count = 2;
	q.steps[1].drops[0] = 9;
	q.steps[1].drops[1] = 7;
	need(&q, 7, 5, 0);
	world_queue_set(w, q);
	ready_with(w, 10, 0, 0);
	ready_with(w, 11, 7, 4);
	comes_with_the_next_step(w, 11, REASON_SKILL); /* preferred: before the idler */
	world_serve(w, 100);
	world_need(world_need(&c, 8, 1), 9, 1); /* the contact's own are dropped too, not 8 */
	assert_int_equal(world_contact_new(w, c), 0);
	world_tick(w, USHER_MINUTE);
	struct routing_why why = routing_why(w->r, 101, 10, w->now);
	assert_int_equal(why.reason, REASON_SKILL);
	assert_int_equal(why.skill, 8);
	ready_with(w, 12, 8, 1);
	assert_int_equal(world_offered(w, 101), 12);
}

static void until_step_makes_preferred(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = stepped(1, 3);
	need(&q, 7, 2, 1);
	need(&q, 8, 2, 2);
	world_queue_set(w, q);
	ready_with(w, 10, 8, 2);
	ready_with(w, 11, 0, 0);
	comes_with_the_next_step(w, 10, REASON_SKILL);
	world_serve(w, 100);
	assert_int_equal(world_wants(w, 10, AGENT_NOT_READY), 0);
	world_arrive(w, 101, 1);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_why(w, 101, 11), REASON_SKILL);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_view(w, 101).step, 2);
	assert_int_equal(world_offered(w, 101), 11);
}

static void requirements_are_joined(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = stepped(1, 2);
	struct routing_contact_new c = world_contact_default(100, 1);
	struct routing_requirement asked[ROUTING_RESOLVED_MAX];
	need(&q, 30, 2, 0);
	need(&q, 20, 3, 0);
	need(&q, 10, 5, 0);
	q.requirements[2].is_preferred = true;
	need(&q, 40, 4, 0);
	q.requirements[3].is_preferred = true;
	q.steps[1].level_drop = 1;
	world_queue_set(w, q);
	world_need(&c, 20, 1); /* the higher level counts */
	world_need(&c, 10, 1); /* required beats preferred */
	world_need(&c, 40, 5)->requirements[2].is_preferred = true;
	world_need(&c, 50, 0); /* asks for nothing */
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(routing_requirements(w->r, 100, asked), 4);
	struct routing_requirement expected[] = {
		{10, 1, 0, false}, {20, 3, 0, false}, {30, 2, 0, false}, {40, 5, 0, true}};
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(asked[i].skill, expected[i].skill);
		assert_int_equal(asked[i].level, expected[i].level);
		assert_int_equal(asked[i].is_preferred, expected[i].is_preferred);
	}
	world_tick(w, USHER_MINUTE); /* one off the required ones, 10 falls to preferred */
	assert_int_equal(routing_requirements(w->r, 100, asked), 4);
	assert_true(asked[0].is_preferred);
	assert_int_equal(asked[1].level, 2);
	assert_int_equal(asked[2].level, 1);
	assert_int_equal(asked[3].level, 5);
}

static void eight_and_eight_requirements(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_contact_new c = world_contact_default(100, 1);
	struct routing_requirement asked[ROUTING_RESOLVED_MAX];
	struct routing_agent_set a = world_agent_default(10, 1);
	for (uint32_t i = 0; i < 8; i++) {
		need(&q, 2 + 2 * i, 1, 0);
		world_need(&c, 17 - 2 * i, 1);
	}
	for (uint32_t i = 2; i < 18; i++)
		world_skill(&a, i, i == 17 ? 0 : 1);
	world_queue_set(w, q);
	world_ready(w, a);
	assert_int_equal(world_contact_new(w, c), 0);
	assert_int_equal(routing_requirements(w->r, 100, asked), 16);
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(asked[i].skill, i + 2);
	assert_int_equal(routing_why(w->r, 100, 10, w->now).skill, 17);
	a.skills[15].level = 1;
	world_agent_set(w, a);
	assert_int_equal(world_offered(w, 100), 10);
}

static void asking_for_something_else(void **state)
{
	struct world *w = *state;
	struct routing_contact_new c = world_contact_default(100, 1);
	struct routing_event ev = {.kind = EV_REQUIRE};
	ready_with(w, 10, 7, 3);
	ready_with(w, 11, 8, 3);
	world_need(&c, 9, 1);
	assert_int_equal(world_contact_new(w, c), 0);
	ev.contact.contact = 100;
	world_need(&ev.contact, 8, 2);
	assert_int_equal(world_code(w, &ev), 0);
	assert_int_equal(world_offered(w, 100), 11);
	ev.contact.requirement_count = 0; /* while it is offered: counts when it comes back */
	assert_int_equal(world_code(w, &ev), 0);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_offered(w, 100), 10);
	ev.contact.contact = 999;
	world_refused(w, &ev, E_NOT_FOUND);
	ev.contact.contact = 100;
	ev.contact.requirement_count = ROUTING_REQUIREMENTS_MAX + 1;
	world_refused(w, &ev, E_INVALID);
}

/* ---- the step stays with the contact ------------------------------------------------------- */

static struct routing_queue_set three_rings(usher_id queue)
{
	struct routing_queue_set q = stepped(queue, 3);
	for (uint8_t s = 0; s < 3; s++)
		q.steps[s].ring_max = s;
	return q;
}

static void goes_on_while_offered(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = three_rings(1);
	q.offer_us = USHER_HOUR;
	world_queue_set(w, q);
	ready_in(w, 10, 0, 0);
	ready_in(w, 11, 1, 0);
	usher_us start = w->now;
	world_arrive(w, 100, 1);
	assert_int_equal(world_offered(w, 100), 10);
	world_tick(w, 30 * USHER_SECOND);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_wants(w, 10, AGENT_NOT_READY), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_tick(w, start + USHER_MINUTE - 1 - w->now);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_tick(w, 1);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_wants(w, 10, AGENT_READY), 0);
	world_arrive(w, 101, 1);
	assert_int_equal(world_offered(w, 101), 10);
	world_tick(w, 90 * USHER_SECOND); /* the end of step 0 passes while it is offered */
	assert_int_equal(world_do(w, EV_DECLINE, 101), 0);
	assert_int_equal(world_view(w, 101).step, 1);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_view(w, 100).step, 2);
}

static void goes_on_while_held(void **state)
{
	struct world *w = *state;
	world_queue_set(w, three_rings(1));
	ready_in(w, 10, 0, 0);
	usher_us start = w->now;
	world_hold(w, 100, 1);
	ready_in(w, 11, 1, 0);
	ready_in(w, 12, 2, 0);
	assert_int_equal(world_wants(w, 12, AGENT_NOT_READY), 0);
	world_tick(w, start + 90 * USHER_SECOND - w->now);
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_view(w, 100).step, 1);
	assert_int_equal(world_offered(w, 100), 11);
	assert_int_equal(world_do(w, EV_ACCEPT, 100), 0);
	world_tick(w, USHER_DAY);
	assert_int_equal(world_wants(w, 12, AGENT_READY), 0);
	assert_int_equal(world_wants(w, 11, AGENT_SIGNED_OUT), 0);
	assert_int_equal(world_view(w, 100).step, 2);
	assert_int_equal(world_offered(w, 100), 12);
}

static void goes_on_while_parked(void **state)
{
	struct world *w = *state;
	world_queue_set(w, three_rings(1));
	ready_in(w, 10, 0, 0);
	usher_us start = w->now;
	world_hold(w, 100, 1);
	assert_int_equal(world_until(w, EV_PARK, 100, w->now + USHER_DAY), 0);
	assert_int_equal(world_wants(w, 10, AGENT_SIGNED_OUT), 0);
	ready_in(w, 11, 1, 0);
	world_tick(w, start + 2 * USHER_MINUTE - 1 - w->now);
	assert_int_equal(world_command(w, EV_RESUME, (struct routing_command){.contact = 100}), 0);
	assert_int_equal(world_view(w, 100).step, 1);
	assert_int_equal(world_offered(w, 100), 11);
	world_tick(w, 1);
	assert_int_equal(world_do(w, EV_DECLINE, 100), 0);
	assert_int_equal(world_view(w, 100).step, 2);
}

static void another_queue_starts_anew(void **state)
{
	struct world *w = *state;
	world_queue_set(w, three_rings(1));
	world_queue_set(w, three_rings(2));
	world_arrive(w, 100, 1);
	world_tick(w, 150 * USHER_SECOND);
	assert_int_equal(world_view(w, 100).step, 2);
	struct routing_transfer t = {.contact = 100, .to_queue = 2};
	assert_int_equal(world_transfer(w, t), 0);
	assert_int_equal(world_view(w, 100).step, 0);
	assert_true(world_view(w, 100).deadline_us <= w->now + USHER_MINUTE);
	assert_true(world_view(w, 100).deadline_us > w->now);
	world_tick(w, USHER_MINUTE);
	assert_int_equal(world_view(w, 100).step, 1);
	t.to_queue = 1;
	assert_int_equal(world_transfer(w, t), 0);
	assert_int_equal(world_view(w, 100).step, 0);
}

/* ---- settings that change ------------------------------------------------------------------ */

static void changed_limits_hold_for_those_who_wait(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = three_rings(1);
	world_queue_set(w, q);
	ready_in(w, 10, 9, 0);
	ready_in(w, 11, 9, 0);
	world_arrive(w, 100, 1);
	w->now++;
	world_arrive(w, 101, 1);
	q.steps[0].ring_max = 9;
	world_queue_set(w, q);
	world_settle(w);
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_offered(w, 101), 11);
	world_serve(w, 100);
	world_serve(w, 101);
	need(&q, 7, 1, 0);
	world_queue_set(w, q);
	world_arrive(w, 102, 1);
	assert_int_equal(world_why(w, 102, 10), REASON_SKILL);
	q.requirement_count = 0;
	world_queue_set(w, q);
	world_settle(w);
	assert_int_not_equal(world_offered(w, 102), 0);
}

static void steps_taken_away_and_given(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = three_rings(1);
	world_queue_set(w, q);
	world_arrive(w, 100, 1);
	world_tick(w, 2 * USHER_MINUTE);
	assert_int_equal(world_view(w, 100).step, 2);
	ready_in(w, 10, 9, 0);
	q.step_count = 2;
	world_queue_set(w, q);
	world_settle(w);
	assert_true(world_view(w, 100).step < 2);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	q.step_count = 0;
	world_queue_set(w, q);
	world_settle(w);
	assert_int_equal(world_view(w, 100).step, 0);
	assert_int_equal(world_offered(w, 100), 10);
}

/* ---- limits of steps ----------------------------------------------------------------------- */

static void eight_steps_are_all_reached(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = stepped(1, ROUTING_STEPS_MAX);
	for (uint8_t s = 0; s < ROUTING_STEPS_MAX; s++) {
		q.steps[s].lasts_us = (s + 1) * USHER_SECOND;
		q.steps[s].ring_max = s;
	}
	world_queue_set(w, q);
	ready_in(w, 10, 7, 0);
	world_arrive(w, 100, 1);
	for (unsigned s = 1; s < ROUTING_STEPS_MAX; s++) {
		world_tick(w, s * USHER_SECOND - 1);
		assert_int_equal(world_view(w, 100).step, s - 1);
		world_tick(w, 1);
		assert_int_equal(world_fx(w, FX_STEP, 0)->number, s);
		assert_int_equal(world_count(w, FX_STEP), 1);
	}
	assert_int_equal(world_offered(w, 100), 10);
	assert_int_equal(world_left(w, 100), 0);
	world_arrive(w, 100, 1);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	world_tick(w, USHER_HOUR); /* slept: all of them at once, in order */
	assert_int_equal(world_view(w, 100).step, 7);
}

static void steps_without_length_are_passed_at_once(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = stepped(1, ROUTING_STEPS_MAX);
	for (uint8_t s = 0; s < ROUTING_STEPS_MAX; s++) {
		q.steps[s].lasts_us = 0;
		q.steps[s].ring_max = s;
	}
	world_queue_set(w, q);
	ready_in(w, 10, 7, 0);
	ready_in(w, 11, 4, 0);
	world_arrive(w, 100, 1);
	world_settle(w);
	assert_int_equal(world_offered(w, 100), 11);
	world_arrive(w, 101, 1);
	world_settle(w);
	assert_int_equal(world_view(w, 101).step, 7);
	assert_int_equal(world_offered(w, 101), 10);
	assert_true(routing_deadline(w->r) > w->now);
}

static void one_step_is_for_ever(void **state)
{
	struct world *w = *state;
	struct routing_queue_set q = stepped(1, 1);
	q.steps[0].lasts_us = USHER_SECOND;
	q.steps[0].ring_max = 0;
	world_queue_set(w, q);
	ready_in(w, 10, 1, 0);
	world_arrive(w, 100, 1);
	assert_int_equal(world_run(w, USHER_HOUR, FX_STEP), 0);
	assert_int_equal(world_state(w, 100), CONTACT_WAITING);
	assert_int_equal(world_why(w, 100, 10), REASON_RING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWICE(ring_grows),
		TEST_TWICE(inner_ring_stays_first),
		TEST_TWICE(penalty_grows),
		TEST_TWICE(levels_drop),
		TEST_TWICE(dropped_level_is_preferred_in_full),
		TEST_TWICE(skills_are_dropped),
		TEST_TWICE(until_step_makes_preferred),
		TEST_TWICE(requirements_are_joined),
		TEST_TWICE(eight_and_eight_requirements),
		TEST_TWICE(asking_for_something_else),
		TEST_TWICE(goes_on_while_offered),
		TEST_TWICE(goes_on_while_held),
		TEST_TWICE(goes_on_while_parked),
		TEST_TWICE(another_queue_starts_anew),
		TEST_TWICE(changed_limits_hold_for_those_who_wait),
		TEST_TWICE(steps_taken_away_and_given),
		TEST_TWICE(eight_steps_are_all_reached),
		TEST_TWICE(steps_without_length_are_passed_at_once),
		TEST_TWICE(one_step_is_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
