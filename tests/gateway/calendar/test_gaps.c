/* SPDX-License-Identifier: Apache-2.0 */
/* What of some hours others do not cover. */
#include "tests/tap.h"

#include "gateway/calendar/hours_gaps.h"

#include <stdio.h>

static usher_us instant(const char *text)
{
	usher_us at;
	assert_int_equal(time_parse(text_of(text), &at), 0);
	return at;
}

static struct hours *parse(const char *json)
{
	struct usher_error err = {0};
	struct hours *h = NULL;
	if (json != NULL && hours_parse(&h, text_of(json), "Europe/Helsinki", &err) < 0)
		fail_msg("%s: %s", json, err.text);
	return h;
}

/* The gaps in words, with up to two that cover. */
static void expect(const char *open, const char *first, const char *second, const char *now,
		   const char *words)
{
	struct hours *a = parse(open), *by[] = {parse(first), parse(second)};
	size_t count = (first != NULL) + (second != NULL);
	struct hours_gaps gaps;
	struct usher_buf text = {0};
	buf_reserve(&text, 0);
	text.p[0] = '\0';
	hours_gaps(a, (const struct hours *const *)by, count, instant(now), &gaps);
	hours_gaps_print(&gaps, a, &text);
	assert_string_equal(text.p, words);
	buf_done(&text);
	hours_free(a);
	hours_free(by[0]);
	hours_free(by[1]);
}

#define NOW "2026-11-22T10:00:00Z" /* a Sunday */
#define OFFICE "{\"week\":{\"mon\":[[\"08:00\",\"17:00\"]],\"fri\":[[\"20:00\",\"02:00\"]]}}"

static void test_week(void **state)
{
	(void)state;
	expect(OFFICE, OFFICE, NULL, NOW, "");
	expect(OFFICE, "\"always\"", NULL, NOW, "");
	expect(OFFICE, NULL, NULL, NOW, "Mon 08:00–17:00, Fri 20:00–24:00, Sat 00:00–02:00");
	expect(OFFICE,
	       "{\"week\":{\"mon\":[[\"08:00\",\"12:10\"]],\"fri\":[[\"20:00\",\"24:00\"]]}}",
	       "{\"week\":{\"mon\":[[\"13:00\",\"24:00\"]],\"sat\":[[\"00:00\",\"02:00\"]]}}", NOW,
	       "Mon 12:00–13:00");
	/* A minute is enough. */
	expect(OFFICE,
	       "{\"week\":{\"mon\":[[\"08:00\",\"16:59\"]],\"fri\":[[\"20:00\",\"02:00\"]]}}", NULL,
	       NOW, "Mon 16:30–17:00");
	/* Over the end of the week. */
	expect("{\"week\":{\"sun\":[[\"22:00\",\"06:00\"]]}}",
	       "{\"week\":{\"sun\":[[\"22:00\",\"24:00\"]],\"mon\":[[\"00:30\",\"06:00\"]]}}", NULL,
	       NOW, "Mon 00:00–00:30");
}

static void test_other_zones(void **state)
{
	(void)state;
	/* 09:00 to 17:00 in Tallinn is the same, in Stockholm it begins an hour later. */
	expect("{\"week\":{\"mon\":[[\"09:00\",\"17:00\"]]}}",
	       "{\"zone\":\"Europe/Tallinn\",\"week\":{\"mon\":[[\"09:00\",\"17:00\"]]}}", NULL,
	       NOW, "");
	expect("{\"week\":{\"mon\":[[\"09:00\",\"17:00\"]]}}",
	       "{\"zone\":\"Europe/Stockholm\",\"week\":{\"mon\":[[\"09:00\",\"17:00\"]]}}", NULL,
	       NOW, "Mon 09:00–10:00");
	/* Sunday noon in New York is Monday morning in Tokyo. */
	expect("{\"zone\":\"America/New_York\",\"week\":{\"sun\":[[\"12:00\",\"13:00\"]]}}",
	       "{\"zone\":\"Asia/Tokyo\",\"week\":{\"mon\":[[\"02:00\",\"03:00\"]]}}", NULL, NOW,
	       "");
	/* New York goes to summer time three weeks before Helsinki: for three Mondays the distance
	 * is an hour less, and its night ends an hour earlier. */
	expect("{\"week\":{\"mon\":[[\"06:00\",\"12:00\"]]}}",
	       "{\"zone\":\"America/New_York\",\"week\":{\"sun\":[[\"23:00\",\"05:00\"]]}}", NULL,
	       "2026-03-01T00:00:00Z",
	       "2026-03-09 11:00–12:00, 2026-03-16 11:00–12:00, 2026-03-23 11:00–12:00");
}

static void test_dates(void **state)
{
	(void)state;
	/* Who covers is away at Christmas; the gap of the week is not told twice. */
	expect("{\"week\":{\"thu\":[[\"08:00\",\"12:00\"]],\"fri\":[[\"08:00\",\"12:00\"]]}}",
	       "{\"week\":{\"thu\":[[\"08:00\",\"12:00\"]],\"fri\":[[\"08:00\",\"11:30\"]]},"
	       "\"exceptions\":[{\"from\":\"2026-12-24\",\"to\":\"2026-12-25\",\"open\":[]}]}",
	       NULL, NOW, "Fri 11:30–12:00; 2026-12-24 08:00–12:00, 2026-12-25 08:00–11:30");
	/* Who is covered has longer hours on one day, over midnight; 60 days are looked at. */
	expect("{\"week\":{},\"exceptions\":[{\"date\":\"2026-12-13\",\"open\":[[\"22:00\",\"01:"
	       "00\"]]},"
	       "{\"date\":\"2027-01-22\",\"open\":\"always\"}]}",
	       "{\"week\":{}}", NULL, NOW, "2026-12-13 22:00–2026-12-14 01:00");
	/* A gap that goes on after them ends with them. */
	expect("{\"week\":{},\"exceptions\":[{\"from\":\"2026-12-01\",\"to\":\"2027-06-01\","
	       "\"open\":\"always\"}]}",
	       "{\"week\":{}}", NULL, NOW, "2026-12-01 00:00–2027-01-21 12:00");
}

static void test_many(void **state)
{
	(void)state;
	struct usher_buf json = {0};
	struct hours_gaps gaps;
	buf_adds(&json,
		 "{\"week\":{},\"exceptions\":[{\"from\":\"2026-11-01\",\"to\":\"2027-03-01\","
		 "\"open\":[[\"08:00\",\"09:00\"],[\"10:00\",\"11:00\"]]}]}");
	struct hours *a = parse(json.p), *never = parse("{\"week\":{}}");
	hours_gaps(a, (const struct hours *const[]){never}, 1, instant(NOW), &gaps);
	assert_int_equal(gaps.count, GAPS_DATED_MAX);
	assert_true(gaps.is_cut);
	for (int i = 0; i < GAPS_HALF_HOURS; i++)
		assert_false(hours_gap_at(&gaps, i));
	buf_done(&json);
	hours_free(a);
	hours_free(never);
}

static void test_always(void **state)
{
	(void)state;
	struct hours *h = parse(OFFICE);
	struct hours_gaps gaps;
	hours_gaps(NULL, (const struct hours *const[]){h}, 1, instant(NOW), &gaps);
	int count = 0;
	for (int i = 0; i < GAPS_HALF_HOURS; i++)
		count += hours_gap_at(&gaps, i);
	assert_int_equal(count, GAPS_HALF_HOURS - 18 - 12);
	hours_gaps(NULL, (const struct hours *const[]){NULL}, 1, -USHER_DAY, &gaps);
	assert_int_equal(gaps.count + gaps.week[0], 0);
	hours_gaps(h, NULL, 0, INT64_MIN, &gaps); /* before the table of the zone begins */
	assert_true(hours_gap_at(&gaps, 16));
	hours_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_week),   cmocka_unit_test(test_other_zones),
		cmocka_unit_test(test_dates),  cmocka_unit_test(test_many),
		cmocka_unit_test(test_always),
	};
	return cmocka_run_group_tests_name("gaps", tests, NULL, NULL);
}
