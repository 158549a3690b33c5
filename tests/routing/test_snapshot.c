/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots, and the journal's form of events. */
#include "tests/routing/world.h"

static struct usher_text snapshot_of(struct world *w, struct usher_buf *space)
{
	struct routing_contact_new mail = world_contact_default(104, 1);
	struct routing_queue_set set = world_queue_default(2);
	world_init(w, LIMITS_SMALL);
	world_queue(w, 1);
	set.wrapup_us = USHER_MINUTE;
	set.is_wrapup_exclusive = true;
	world_queue_set(w, set);
	world_agent(w, 10, 1);
	world_agent(w, 11, 2);
	world_hold(w, 100, 1);
	assert_int_equal(world_until(w, EV_PARK, 100, w->now + USHER_HOUR), 0);
	world_hold(w, 101, 2);
	assert_int_equal(world_do(w, EV_CLOSE, 101), 0);
	world_arrive(w, 102, 1);
	assert_int_equal(world_do(w, EV_DECLINE, 102), 0);
	world_arrive(w, 103, 1);
	mail.preferred = 10;
	mail.preferred_us = USHER_HOUR;
	mail.requirement_count = 0;
	assert_int_equal(world_contact_new(w, mail), 0);
	assert_int_equal(world_presence(w, EV_PRESENCE_LOST, 11), 0);
	routing_snapshot(w->r, space);
	return buf_text(space);
}

static void restored_goes_on_alike(void **state)
{
	(void)state;
	struct world w, v;
	struct usher_buf bytes = {0};
	struct usher_text t = snapshot_of(&w, &bytes);
	v = w;
	assert_int_equal(routing_restore(&v.r, &LIMITS_SMALL, t, NULL), 0);
	routing_check(v.r);
	assert_true(routing_digest(v.r) == routing_digest(w.r));
	for (unsigned i = 0; i < 100; i++) {
		world_tick(&w, 3 * USHER_SECOND);
		world_tick(&v, 3 * USHER_SECOND);
		assert_int_equal(w.fx.count, v.fx.count);
		assert_memory_equal(w.fx.items, v.fx.items, w.fx.count * sizeof *w.fx.items);
		assert_true(routing_digest(v.r) == routing_digest(w.r));
		assert_int_equal(routing_deadline(v.r), routing_deadline(w.r));
	}
	world_done(&w);
	world_done(&v);
	buf_done(&bytes);
}

static void damaged_is_refused(void **state)
{
	(void)state;
	struct world w;
	struct usher_buf bytes = {0};
	struct usher_error err;
	struct routing *r = NULL;
	struct usher_text t = snapshot_of(&w, &bytes);
	for (size_t i = 0; i < t.n; i++) {
		assert_int_equal(routing_restore(&r, &LIMITS_SMALL, text_slice(t.p, i), &err),
				 E_INVALID);
		bytes.p[i] ^= 0x10;
		assert_int_equal(routing_restore(&r, &LIMITS_SMALL, t, &err), E_INVALID);
		bytes.p[i] ^= 0x10;
	}
	bytes.p[4]++;
	assert_int_equal(routing_restore(&r, &LIMITS_SMALL, t, &err), E_INVALID);
	assert_non_null(strstr(err.text, "version 4"));
	bytes.p[4]--;
	struct routing_limits small = {4, 16, 8};
	assert_int_equal(routing_restore(&r, &small, t, &err), E_LIMIT);
	assert_null(r);
	world_done(&w);
	buf_done(&bytes);
}

/* With the hash put right, so that each field is reached: refused or taken, but never believed
 * blindly. (A state that makes no sense may still be taken: the hash is against damage.) */
static void forged_never_harms(void **state)
{
	(void)state;
	struct world w;
	struct usher_buf bytes = {0};
	struct usher_text t = snapshot_of(&w, &bytes);
	const struct hash_key key = {0x7573686572, 0x736e617073686f74};
	unsigned taken = 0, refused = 0;
	uint64_t random = 5;
	for (unsigned i = 0; i < 20000; i++) {
		struct usher_buf copy = {0};
		struct routing *r;
		buf_add_text(&copy, t);
		copy.p[5 + random_below(&random, t.n - 13)] = (char)random_next(&random);
		uint64_t hash = hash_keyed(&key, copy.p, copy.n - 8);
		for (unsigned k = 0; k < 8; k++)
			copy.p[copy.n - 8 + k] = (char)(hash >> (8 * k));
		if (routing_restore(&r, &LIMITS_SMALL, buf_text(&copy), NULL) == 0) {
			routing_free(r);
			taken++;
		} else {
			refused++;
		}
		buf_done(&copy);
	}
	assert_true(taken > 1000 && refused > 1000);
	world_done(&w);
	buf_done(&bytes);
}

/* ---- events --------------------------------------------------------------------------------- */

static void events_survive_the_journal(void **state)
{
	(void)state;
	struct routing_event ev, back;
	for (int kind = EV_TICK; kind <= EV_TAKE; kind++) {
		struct usher_buf bytes = {0};
		memset(&ev, 0, sizeof ev);
		ev.kind = (enum routing_event_kind)kind;
		if (kind == EV_AGENT_SET) {
			ev.agent = world_agent_default(7, 9);
			ev.agent.skill_count = ROUTING_SKILLS_MAX;
			ev.agent.queue_count = ROUTING_MEMBERSHIPS_MAX;
			ev.agent.skills[63] = (struct routing_skill){UINT32_MAX, 5};
			ev.agent.queues[63].queue = UINT64_MAX;
		} else if (kind == EV_TRANSFER) {
			ev.transfer = (struct routing_transfer){1, 2, 3, 4, 5, -6};
		} else if (kind >= EV_CUSTOMER_LEFT) {
			ev.command =
				(struct routing_command){UINT64_MAX, 2, 3, INT64_MIN, 255, true};
		} else if (kind == EV_CONTACT_NEW) {
			ev.contact = world_contact_default(UINT64_MAX, 1);
			ev.contact.requirement_count = ROUTING_REQUIREMENTS_MAX;
			ev.contact.requirements[7] = (struct routing_requirement){9, 3};
			ev.contact.first_us = -5;
		} else if (kind == EV_QUEUE_SET) {
			ev.queue =
				(struct routing_queue_set){1, ORDER_LEAST_LOADED, 9, 5, 6, true, 7};
		} else if (kind == EV_CHANNEL_SET) {
			ev.channel = (struct routing_channel_set){CHANNEL_LETTER, 65535, 3};
		} else if (kind != EV_TICK && kind != EV_QUEUE_REMOVE) {
			ev.presence = (struct routing_presence){9, AGENT_NOT_READY, UINT32_MAX};
		}
		routing_event_encode(&ev, &bytes);
		assert_true(bytes.n <= ROUTING_EVENT_BYTES_MAX);
		memset(&back, 0xee, sizeof back);
		assert_int_equal(routing_event_decode(buf_text(&bytes), &back), 0);
		assert_memory_equal(&ev, &back, sizeof ev);
		for (size_t cut = 0; cut < bytes.n; cut++)
			assert_int_equal(routing_event_decode(text_slice(bytes.p, cut), &back),
					 E_INVALID);
		buf_addc(&bytes, 0);
		assert_int_equal(routing_event_decode(buf_text(&bytes), &back), E_INVALID);
		assert_string_not_equal(routing_event_name(ev.kind), "unknown");
		buf_done(&bytes);
	}
	assert_string_equal(routing_event_name((enum routing_event_kind)0), "unknown");
	assert_string_equal(routing_event_name((enum routing_event_kind)99), "unknown");
	assert_string_equal(routing_event_name(EV_CONTACT_NEW), "contact-new");
}

static void bad_events_are_refused(void **state)
{
	(void)state;
	struct routing_event ev = {.kind = EV_TICK};
	struct usher_buf bytes = {0};
	char big[ROUTING_EVENT_BYTES_MAX + 1] = {2, 1};
	assert_int_equal(routing_event_decode(TEXT_NONE, &ev), E_INVALID);
	assert_int_equal(routing_event_decode(text_slice(big, sizeof big), &ev), E_INVALID);
	routing_event_encode(&ev, &bytes);
	bytes.p[0] = 1; /* of another version */
	assert_int_equal(routing_event_decode(buf_text(&bytes), &ev), E_INVALID);
	bytes.p[0] = 2;
	bytes.p[1] = EV_REQUIRE + 1;
	assert_int_equal(routing_event_decode(buf_text(&bytes), &ev), E_INVALID);
	bytes.p[1] = 0;
	assert_int_equal(routing_event_decode(buf_text(&bytes), &ev), E_INVALID);
	buf_clear(&bytes);
	ev = (struct routing_event){.kind = EV_QUEUE_SET, .queue = world_queue_default(1)};
	routing_event_encode(&ev, &bytes);
	bytes.p[10] = ROUTING_ORDERS;
	assert_int_equal(routing_event_decode(buf_text(&bytes), &ev), E_INVALID);
	buf_clear(&bytes);
	ev = (struct routing_event){.kind = EV_CLOSE};
	routing_event_encode(&ev, &bytes);
	bytes.p[bytes.n - 9] = 2; /* neither true nor false */
	assert_int_equal(routing_event_decode(buf_text(&bytes), &ev), E_INVALID);
	buf_clear(&bytes);
	ev = (struct routing_event){.kind = EV_AGENT_SET, .agent = world_agent_default(1, 2)};
	routing_event_encode(&ev, &bytes);
	bytes.p[12] = ROUTING_SKILLS_MAX + 1;
	assert_int_equal(routing_event_decode(buf_text(&bytes), &ev), E_INVALID);
	buf_done(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(restored_goes_on_alike),
		cmocka_unit_test(damaged_is_refused),
		cmocka_unit_test(forged_never_harms),
		cmocka_unit_test(events_survive_the_journal),
		cmocka_unit_test(bad_events_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
