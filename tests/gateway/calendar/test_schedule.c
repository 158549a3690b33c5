/* SPDX-License-Identifier: Apache-2.0 */
/* Many owners' hours: order, what is missed, and the same answers as a scan over all. */
#include "tests/tap.h"

#include "gateway/calendar/schedule.h"
#include "routing/base/memory.h"

#include <stdio.h>

#define NOON ((usher_us)1795521600 * USHER_SECOND) /* Tuesday 2026-11-24, 12:00 UTC */

static struct hours *parse(const char *json)
{
	struct usher_error err = {0};
	struct hours *h = NULL;
	if (hours_parse(&h, text_of(json), "UTC", &err) < 0)
		fail_msg("%s: %s", json, err.text);
	return h;
}

/* Open each day from one time to another. */
static struct hours *daily(const char *from, const char *to)
{
	static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	struct usher_buf json = {0};
	for (int i = 0; i < 7; i++)
		buf_addf(&json, "%s\"%s\":[[\"%s\",\"%s\"]]", i == 0 ? "{\"week\":{" : ",",
			 names[i], from, to);
	buf_adds(&json, "}}");
	struct hours *h = parse(json.p);
	buf_done(&json);
	return h;
}

static bool set(struct schedule *s, usher_id owner, const struct hours *h, usher_us now)
{
	bool is_open;
	assert_int_equal(schedule_set(s, owner, h, now, &is_open, NULL), 0);
	assert_int_equal(is_open, hours_is_open(h, now));
	return is_open;
}

static void expect_due(struct schedule *s, usher_us now, usher_id owner, bool is_open, usher_us at)
{
	struct schedule_change change;
	assert_true(schedule_due(s, now, &change));
	assert_int_equal(change.owner, owner);
	assert_int_equal(change.is_open, is_open);
	assert_int_equal(change.at_us, at);
	assert_int_equal(schedule_is_open(s, owner), is_open);
}

static void expect_none_due(struct schedule *s, usher_us now)
{
	struct schedule_change change;
	assert_false(schedule_due(s, now, &change));
	assert_true(schedule_next(s) > now);
}

static void test_order(void **state)
{
	(void)state;
	struct schedule *s = schedule_new();
	struct hours *a = daily("08:00", "16:00"), *b = daily("14:00", "16:00");
	assert_int_equal(schedule_next(s), USHER_NEVER);
	expect_none_due(s, NOON);
	set(s, 9, a, NOON);
	set(s, 3, b, NOON);
	set(s, 5, a, NOON);
	set(s, 4, NULL, NOON);
	assert_int_equal(schedule_count(s), 4);
	assert_int_equal(schedule_next(s), NOON + 2 * USHER_HOUR);
	expect_none_due(s, NOON + 2 * USHER_HOUR - 1);
	expect_due(s, NOON + 2 * USHER_HOUR, 3, true, NOON + 2 * USHER_HOUR);
	expect_none_due(s, NOON + 2 * USHER_HOUR);
	/* Three at one instant: by owner. */
	usher_us end = NOON + 4 * USHER_HOUR;
	assert_int_equal(schedule_next(s), end);
	expect_due(s, end, 3, false, end);
	expect_due(s, end, 5, false, end);
	expect_due(s, end, 9, false, end);
	expect_none_due(s, end);
	assert_true(schedule_is_open(s, 4));
	schedule_free(s);
	hours_free(a);
	hours_free(b);
}

static void test_late(void **state)
{
	(void)state;
	struct schedule *s = schedule_new();
	struct hours *a = daily("08:00", "16:00"), *b = daily("14:00", "14:30");
	set(s, 1, a, NOON);
	set(s, 2, b, NOON);
	/* Three days and a half later: only a's state is another, since this evening. */
	usher_us late = NOON + 3 * USHER_DAY + 12 * USHER_HOUR;
	expect_due(s, late, 1, false, NOON + 3 * USHER_DAY + 4 * USHER_HOUR);
	expect_none_due(s, late);
	assert_int_equal(schedule_next(s), NOON + 3 * USHER_DAY + 20 * USHER_HOUR);
	/* The clock is set back: nothing is due, nothing is lost. */
	expect_none_due(s, NOON);
	expect_due(s, late + 8 * USHER_HOUR, 1, true, late + 8 * USHER_HOUR);
	schedule_free(s);
	hours_free(a);
	hours_free(b);
}

static void test_set_and_remove(void **state)
{
	(void)state;
	struct schedule *s = schedule_new();
	struct hours *a = daily("08:00", "16:00"), *b = daily("13:00", "14:00");
	assert_true(set(s, 1, a, NOON));
	assert_false(set(s, 1, b, NOON)); /* other hours */
	assert_int_equal(schedule_count(s), 1);
	assert_false(schedule_is_open(s, 1));
	assert_int_equal(schedule_next(s), NOON + USHER_HOUR);
	schedule_remove(s, 1);
	schedule_remove(s, 1);
	assert_int_equal(schedule_count(s), 0);
	assert_true(schedule_is_open(s, 1));
	expect_none_due(s, NOON + USHER_HOUR);
	schedule_free(s);
	assert_null(schedule_free(NULL));
	hours_free(a);
	hours_free(b);
}

/* An exception more than two years away is reached by looking again. */
static void test_far(void **state)
{
	(void)state;
	struct schedule *s = schedule_new();
	struct hours *h = parse("{\"week\":{},\"exceptions\":[{\"date\":\"2030-01-01\","
				"\"open\":\"always\"}]}");
	usher_us at = (usher_us)1893456000 * USHER_SECOND;
	struct schedule_change change;
	int looks = 0;
	set(s, 1, h, NOON);
	while (!schedule_due(s, schedule_next(s), &change))
		assert_true(++looks < 10);
	assert_int_equal(change.at_us, at);
	assert_true(change.is_open && looks > 0);
	schedule_free(s);
	hours_free(h);
}

static void test_limit(void **state)
{
	(void)state;
	struct schedule *s = schedule_new();
	struct usher_error err = {0};
	bool is_open;
	for (usher_id owner = 1; owner <= SCHEDULE_OWNERS_MAX; owner++)
		assert_int_equal(schedule_set(s, owner, NULL, NOON, &is_open, &err), 0);
	assert_int_equal(schedule_set(s, SCHEDULE_OWNERS_MAX + 1, NULL, NOON, &is_open, &err),
			 E_LIMIT);
	assert_true(strlen(err.text) > 0);
	assert_int_equal(schedule_set(s, 7, NULL, NOON, &is_open, &err), 0);
	schedule_free(s);
}

/* ---- against a scan over all owners -------------------------------------------------------------
 */

#define OWNERS 300
#define KINDS 24
#define STEPS 4000

struct model {
	struct hours *kinds[KINDS];	    /* owned */
	const struct hours *of[OWNERS + 1]; /* by owner; borrowed */
	bool is_there[OWNERS + 1], is_open[OWNERS + 1];
	uint64_t random;
};

static void change_one(struct model *m, struct schedule *s, usher_us now)
{
	usher_id owner = 1 + random_below(&m->random, OWNERS);
	m->is_there[owner] = random_below(&m->random, 4) > 0;
	if (!m->is_there[owner]) {
		schedule_remove(s, owner);
		return;
	}
	m->of[owner] = m->kinds[random_below(&m->random, KINDS)];
	m->is_open[owner] = set(s, owner, m->of[owner], now);
}

static int take_due(struct model *m, struct schedule *s, usher_us now)
{
	struct schedule_change change;
	int count = 0;
	while (schedule_due(s, now, &change)) {
		const struct hours *h = m->of[change.owner];
		assert_true(m->is_there[change.owner]);
		assert_int_not_equal(m->is_open[change.owner], change.is_open);
		assert_int_not_equal(hours_is_open(h, change.at_us - 1), change.is_open);
		assert_int_equal(hours_next(h, change.at_us).at_us > now, true);
		m->is_open[change.owner] = change.is_open;
		assert_true(++count <= OWNERS);
	}
	return count;
}

static void test_against_scan(void **state)
{
	(void)state;
	struct model m = {.random = 11};
	struct schedule *s = schedule_new();
	usher_us now = NOON;
	int changes = 0;
	for (unsigned i = 0; i < KINDS; i++) {
		char from[8], to[8];
		snprintf(from, sizeof from, "%02u:%02u", i, i * 2);
		snprintf(to, sizeof to, "%02u:%02u", (i * 7 + 5) % 24, i);
		m.kinds[i] = i == 0 ? NULL : daily(from, to);
	}
	for (int step = 0; step < STEPS; step++) {
		change_one(&m, s, now);
		bool is_long = random_below(&m.random, 50) == 0;
		now += (usher_us)random_below(&m.random, (is_long ? 100 : 1) * USHER_HOUR);
		changes += take_due(&m, s, now);
		usher_us next = USHER_NEVER;
		for (usher_id owner = 1; owner <= OWNERS; owner++) {
			if (!m.is_there[owner])
				continue;
			usher_us at = hours_next(m.of[owner], now).at_us;
			assert_int_equal(m.is_open[owner], hours_is_open(m.of[owner], now));
			next = at < next ? at : next;
		}
		assert_int_equal(schedule_next(s), next);
	}
	assert_true(changes > STEPS);
	schedule_free(s);
	for (int i = 0; i < KINDS; i++)
		hours_free(m.kinds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),	       cmocka_unit_test(test_late),
		cmocka_unit_test(test_set_and_remove), cmocka_unit_test(test_far),
		cmocka_unit_test(test_limit),	       cmocka_unit_test(test_against_scan),
	};
	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
