/* SPDX-License-Identifier: Apache-2.0 */
/* What happens at each limit, and work that is too much for one step. */
#include "tests/routing/world.h"

#define MANY 30000

static void limits_are_checked(void **state)
{
	(void)state;
	struct routing *r = NULL;
	struct usher_error err = {0};
	struct routing_limits bad[] = {{0, 1, 1},	   {1, 0, 1},	       {1, 1, 0},
				       {UINT32_MAX, 1, 1}, {1, UINT32_MAX, 1}, {1, 1, UINT32_MAX}};
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(routing_new(&r, &bad[i], 1, &err), E_INVALID);
	assert_null(r);
	assert_non_null(strstr(err.text, "limits"));
	assert_null(routing_free(NULL));
}

static void full_means_limit(void **state)
{
	(void)state;
	struct world w;
	struct routing_event ev = {.kind = EV_QUEUE_SET, .queue = world_queue_default(2)};
	world_init(&w, (struct routing_limits){2, 1, 1});
	world_queue(&w, 1);
	assert_int_equal(world_code(&w, &ev), E_LIMIT);
	world_agent(&w, 10, 1);
	ev = (struct routing_event){.kind = EV_AGENT_SET, .agent = world_agent_default(11, 1)};
	assert_int_equal(world_code(&w, &ev), E_LIMIT);
	world_arrive(&w, 100, 1);
	world_arrive(&w, 101, 1);
	assert_int_equal(world_contact_new(&w, world_contact_default(102, 1)), E_LIMIT);
	assert_int_equal(world_contact_new(&w, world_contact_default(101, 1)), E_EXISTS);
	assert_int_equal(
		world_command(&w, EV_CUSTOMER_LEFT, (struct routing_command){.contact = 101}), 0);
	world_arrive(&w, 102, 1);
	world_done(&w);
}

static void an_agent_has_a_limit(void **state)
{
	(void)state;
	struct world w;
	struct routing_agent_set a = world_agent_default(10, 1);
	world_init(&w, (struct routing_limits){400, 2, 1});
	world_queue(&w, 1);
	world_channel(&w, CHANNEL_CHAT, 0, 0); /* weighs nothing: only the limit holds */
	a.capacity = 0;
	world_agent_set(&w, a);
	assert_int_equal(world_wants(&w, 10, AGENT_READY), 0);
	for (usher_id i = 1; i <= 300; i++)
		world_arrive(&w, i, 1);
	assert_int_equal(world_queue_view(&w, 1).offered, 256);
	assert_int_equal(world_agent_view(&w, 10).state, AGENT_BUSY);
	assert_int_equal(routing_why(w.r, 300, 10, w.now).reason, REASON_CAPACITY);
	assert_int_equal(world_take(&w, 300, 10), E_LIMIT);
	assert_int_equal(world_wants(&w, 10, AGENT_SIGNED_OUT), 0); /* all of them in one step */
	assert_int_equal(world_queue_view(&w, 1).waiting, 300);
	assert_int_equal(world_count(&w, FX_OFFER_ENDED), 256);
	world_done(&w);
}

/* Ticks until the core asks for none at once; returns how many were needed. */
static unsigned settle(struct world *w)
{
	struct routing_event tick = {.kind = EV_TICK};
	unsigned ticks = 0;
	while (routing_deadline(w->r) <= w->now) {
		assert_true(ticks++ < 1000);
		routing_step(w->r, &tick, w->now, &w->fx);
		assert_true(w->fx.count <= 4096);
	}
	return ticks;
}

static void fill(struct world *w, usher_id queue)
{
	struct routing_event ev = {.kind = EV_CONTACT_NEW,
				   .contact = world_contact_default(0, queue)};
	for (usher_id i = 1; i <= MANY; i++) {
		ev.contact.contact = 1000 + i;
		ev.contact.first_us = w->now;
		routing_step(w->r, &ev, w->now, &w->fx);
		assert_int_equal(w->fx.items[0].kind, FX_QUEUED);
	}
}

static void a_full_queue_is_removed_in_parts(void **state)
{
	(void)state;
	struct world w;
	struct routing_event ev = {.kind = EV_QUEUE_REMOVE, .queue = {.queue = 1}};
	world_init(&w, (struct routing_limits){MANY + 10, 4, 2});
	world_queue(&w, 1);
	world_queue(&w, 2);
	fill(&w, 1);
	assert_int_equal(world_code(&w, &ev), 0);
	assert_true(routing_deadline(w.r) <= w.now); /* at once: more is to be done */
	/* Others are served between the parts, and no order reaches what is leaving. */
	world_agent(&w, 10, 2);
	world_arrive(&w, 100, 2);
	assert_int_equal(world_holder(&w, 100), 10);
	assert_int_equal(world_contact_new(&w, world_contact_default(101, 1)), E_CLOSED);
	struct usher_buf bytes = {0};
	struct routing *again;
	struct routing_limits limits = {MANY + 10, 4, 2};
	routing_snapshot(w.r, &bytes);
	assert_int_equal(routing_restore(&again, &limits, buf_text(&bytes), NULL), 0);
	assert_true(routing_digest(again) == routing_digest(w.r));
	unsigned ticks = settle(&w);
	assert_true(ticks > 5 && ticks < 100);
	struct world other = {.r = again, .now = w.now};
	assert_int_equal(settle(&other), ticks);
	assert_true(routing_digest(again) == routing_digest(w.r));
	routing_free(again);
	buf_done(&bytes);
	assert_int_equal(world_state(&w, 1001), CONTACT_CLOSED);
	assert_int_equal(world_state(&w, 1000 + MANY), CONTACT_CLOSED);
	ev = (struct routing_event){.kind = EV_QUEUE_SET, .queue = world_queue_default(1)};
	assert_int_equal(world_code(&w, &ev), 0);
	world_done(&w);
}

static void an_agent_many_wait_for_is_removed_in_parts(void **state)
{
	(void)state;
	struct world w;
	struct routing_event ev = {.kind = EV_CONTACT_NEW};
	world_init(&w, (struct routing_limits){MANY + 10, 4, 2});
	world_queue(&w, 1);
	world_agent_set(&w, world_agent_default(10, 1));
	for (usher_id i = 1; i <= MANY; i++) {
		ev.contact = world_contact_default(1000 + i, 1);
		ev.contact.preferred = 10;
		ev.contact.preferred_us = USHER_HOUR;
		ev.contact.is_patient = true;
		routing_step(w.r, &ev, w.now, &w.fx);
	}
	world_agent(&w, 11, 1);
	assert_int_equal(world_state(&w, 1001), CONTACT_WAITING);
	ev = (struct routing_event){.kind = EV_AGENT_REMOVE, .presence = {.agent = 10}};
	routing_step(w.r, &ev, w.now, &w.fx);
	assert_int_equal(world_holder(&w, 1001), 11); /* the first of them, at once */
	ev = (struct routing_event){.kind = EV_AGENT_SET, .agent = world_agent_default(10, 1)};
	routing_step(w.r, &ev, w.now, &w.fx);
	assert_int_equal(w.fx.items[0].code, E_STATE); /* its name is not free yet */
	assert_true(settle(&w) > 5);
	routing_step(w.r, &ev, w.now, &w.fx);
	assert_int_equal(w.fx.items[0].kind, FX_AGENT_STATE);
	world_done(&w);
}

/* Those who wait for the first are on their way to the second when he is removed too. */
static void both_whom_many_wait_for_are_removed_at_once(void **state)
{
	(void)state;
	struct world w;
	struct routing_event ev = {.kind = EV_CONTACT_NEW};
	struct routing_limits limits = {MANY + 10, 4, 2};
	struct usher_buf bytes = {0};
	struct routing *again;
	world_init(&w, limits);
	world_queue(&w, 1);
	for (usher_id a = 10; a < 12; a++)
		world_agent_set(&w, world_agent_default(a, 1));
	for (usher_id i = 1; i <= MANY; i++) {
		ev.contact = world_contact_default(1000 + i, 1);
		ev.contact.preferred = 10;
		ev.contact.fallback = 11;
		ev.contact.preferred_us = ev.contact.fallback_us = USHER_HOUR;
		ev.contact.is_patient = true;
		routing_step(w.r, &ev, w.now, &w.fx);
	}
	for (usher_id a = 10; a < 12; a++) {
		ev = (struct routing_event){.kind = EV_AGENT_REMOVE, .presence = {.agent = a}};
		routing_step(w.r, &ev, w.now, &w.fx);
	}
	assert_true(routing_deadline(w.r) <= w.now); /* in the middle of it */
	routing_snapshot(w.r, &bytes);
	assert_int_equal(routing_restore(&again, &limits, buf_text(&bytes), NULL), 0);
	assert_true(routing_digest(again) == routing_digest(w.r));
	settle(&w);
	routing_check(w.r);
	struct world other = {.r = again, .now = w.now};
	settle(&other);
	assert_true(routing_digest(again) == routing_digest(w.r));
	world_agent(&w, 12, 1); /* takes the place of one who was removed, and the first in line */
	assert_int_equal(world_holder(&w, 1001), 12);
	routing_free(again);
	buf_done(&bytes);
	world_done(&w);
}

static void late_deadlines_come_in_parts(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, (struct routing_limits){MANY + 10, 4, 2});
	struct routing_queue_set set = world_queue_default(1);
	set.wait_max_us = USHER_HOUR;
	set.expired = TREAT_END;
	world_queue_set(&w, set);
	fill(&w, 1);
	world_agent(&w, 10, 1);
	w.now += USHER_DAY; /* the process slept */
	assert_int_equal(world_do(&w, EV_ACCEPT, 1001), E_NOT_FOUND); /* has waited too long */
	assert_true(settle(&w) > 5);
	assert_int_equal(world_agent_view(&w, 10).state, AGENT_NOT_RESPONDING);
	routing_check(w.r);
	world_done(&w);
}

static void positions_over_many_lines(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, LIMITS_SMALL);
	world_queue(&w, 1);
	for (unsigned i = 0; i < 60; i++) {
		struct routing_contact_new c = world_contact_default(100 + i, 1);
		c.first_us = WORLD_START - (usher_us)((i * 37) % 60);
		c.channel = (enum channel_kind)(1 + i % 7);
		c.requirement_count = 1;
		c.requirements[0] = (struct routing_requirement){1 + i % 5, (uint8_t)(i % 4)};
		assert_int_equal(world_contact_new(&w, c), 0);
	}
	for (unsigned i = 0; i < 60; i++)
		assert_int_equal(world_view(&w, 100 + i).position, 60 - (i * 37) % 60);
	assert_int_equal(world_queue_view(&w, 1).oldest_us, WORLD_START - 59);
	world_done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_are_checked),
		cmocka_unit_test(full_means_limit),
		cmocka_unit_test(an_agent_has_a_limit),
		cmocka_unit_test(a_full_queue_is_removed_in_parts),
		cmocka_unit_test(an_agent_many_wait_for_is_removed_in_parts),
		cmocka_unit_test(both_whom_many_wait_for_are_removed_at_once),
		cmocka_unit_test(late_deadlines_come_in_parts),
		cmocka_unit_test(positions_over_many_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
