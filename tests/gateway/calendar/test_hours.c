/* SPDX-License-Identifier: Apache-2.0 */
/* Opening hours: what is read, what is refused and with which words, and known instants. */
#include "tests/gateway/calendar/ask.h"
#include "tests/tap.h"

#include "gateway/calendar/hours.h"
#include "routing/base/memory.h"

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
	if (hours_parse(&h, text_of(json), NULL, &err) < 0)
		fail_msg("%s: %s", json, err.text);
	return h;
}

#define HELSINKI "{\"zone\":\"Europe/Helsinki\",\"week\":"

/* ---- reading ------------------------------------------------------------------------------------
 */

struct refusal {
	const char *json;
	int code;
	const char *words; /* the whole sentence */
};

static void test_refusals(void **state)
{
	(void)state;
	static const struct refusal cases[] = {
		{HELSINKI "{\"mon\":[[\"08:00\",\"12:00\"],[\"11:00\",\"17:00\"]]}}", E_INVALID,
		 "/week/mon/1: starts at 11:00, before the previous one ends at 12:00"},
		{HELSINKI "{\"tue\":[[\"22:00\",\"06:00\"],[\"23:00\",\"23:30\"]]}}", E_INVALID,
		 "/week/tue/1: starts at 23:00, before the previous one ends at 06:00 of the next "
		 "day"},
		{HELSINKI "{\"mon\":[[\"08:00\",\"08:00\"]]}}", E_INVALID,
		 "/week/mon/0: starts and ends at 08:00; a whole day is 00:00 to 24:00"},
		{HELSINKI "{\"mon\":[[\"24:00\",\"08:00\"]]}}", E_INVALID,
		 "/week/mon/0/0: must be a time as \"08:30\", from \"00:00\" to \"23:59\""},
		{HELSINKI "{\"mon\":[[\"08:00\",\"24:01\"]]}}", E_INVALID,
		 "/week/mon/0/1: must be a time as \"08:30\", from \"00:00\" to \"24:00\""},
		{HELSINKI "{\"mon\":[[\"08:60\",\"09:00\"]]}}", E_INVALID,
		 "/week/mon/0/0: must be a time as \"08:30\", from \"00:00\" to \"23:59\""},
		{HELSINKI "{\"mon\":[[\"8:00\",\"09:00\"]]}}", E_INVALID,
		 "/week/mon/0/0: must be a time as \"08:30\", from \"00:00\" to \"23:59\""},
		{HELSINKI "{\"mon\":[[\"08:00\"]]}}", E_INVALID,
		 "/week/mon/0: must be a list of two times, as [\"08:00\",\"12:00\"]"},
		{HELSINKI "{\"mon\":[\"08:00\",\"12:00\"]}}", E_INVALID,
		 "/week/mon/0: must be a list of two times, as [\"08:00\",\"12:00\"]"},
		{HELSINKI "{\"mon\":8}}", E_INVALID,
		 "/week/mon: must be a list of intervals, as [[\"08:00\",\"12:00\"]], or "
		 "\"always\""},
		{HELSINKI "{\"monday\":[]}}", E_INVALID,
		 "/week/monday: there is no such member; there are mon, tue, wed, thu, fri, sat, "
		 "sun"},
		{HELSINKI "{\"a/b~c\\n\":[]}}", E_INVALID,
		 "/week/a~1b~0c?: there is no such member; there are mon, tue, wed, thu, fri, sat, "
		 "sun"},
		{HELSINKI "[]}", E_INVALID, "/week: must be an object"},
		{HELSINKI "\"never\"}", E_INVALID, "/week: must be an object"},
		{"{\"zone\":\"Europe/Helsinki\"}", E_INVALID, "/week: is missing"},
		{"{\"week\":{}}", E_INVALID, "/zone: is missing; write it as \"Europe/Helsinki\""},
		{"{\"zone\":\"Mars/Base\",\"week\":{}}", E_INVALID,
		 "/zone: there is no such time zone; write it as \"Europe/Helsinki\""},
		{"{\"zone\":3,\"week\":{}}", E_INVALID,
		 "/zone: must be a text, as \"Europe/Helsinki\""},
		{"{\"zone\":\"UTC\",\"weak\":{}}", E_INVALID,
		 "/weak: there is no such member; there are zone, week, exceptions"},
		{"[]", E_INVALID, "Opening hours are an object, or \"always\"."},
		{"\"sometimes\"", E_INVALID, "Opening hours are an object, or \"always\"."},
		{"{\"zone\":", E_INVALID, "The text is not well-formed JSON: line 1, column 8."},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct usher_error err = {0};
		struct hours *h = NULL;
		assert_int_equal(hours_parse(&h, text_of(cases[i].json), NULL, &err),
				 cases[i].code);
		assert_string_equal(err.text, cases[i].words);
		assert_null(h);
	}
}

static void test_refused_exceptions(void **state)
{
	(void)state;
	static const struct refusal cases[] = {
		{"{}", E_INVALID, "/exceptions: must be a list"},
		{"[3]", E_INVALID, "/exceptions/0: must be an object"},
		{"[{}]", E_INVALID,
		 "/exceptions/0: must have either a \"date\", or \"from\" and \"to\""},
		{"[{\"date\":\"2026-12-24\",\"to\":\"2026-12-25\",\"open\":[]}]", E_INVALID,
		 "/exceptions/0: must have either a \"date\", or \"from\" and \"to\""},
		{"[{\"from\":\"2026-12-24\",\"open\":[]}]", E_INVALID,
		 "/exceptions/0/to: must be a date of the calendar, as \"2026-12-24\""},
		{"[{\"date\":\"2026-02-29\",\"open\":[]}]", E_INVALID,
		 "/exceptions/0/date: must be a date of the calendar, as \"2026-12-24\""},
		{"[{\"date\":\"2100-02-29\",\"open\":[]}]", E_INVALID,
		 "/exceptions/0/date: must be a date of the calendar, as \"2026-12-24\""},
		{"[{\"date\":\"24.12.2026\",\"open\":[]}]", E_INVALID,
		 "/exceptions/0/date: must be a date of the calendar, as \"2026-12-24\""},
		{"[{\"from\":\"2026-12-24\",\"to\":\"2026-12-23\",\"open\":[]}]", E_INVALID,
		 "/exceptions/0/to: lies before \"from\""},
		{"[{\"date\":\"2026-12-24\"}]", E_INVALID,
		 "/exceptions/0: must have either \"open\" (empty: closed) or, for a range, a "
		 "\"week\""},
		{"[{\"date\":\"2026-12-24\",\"week\":{}}]", E_INVALID,
		 "/exceptions/0/week: is for a range of dates; a single date has \"open\""},
		{"[{\"date\":\"2026-12-24\",\"open\":[]},{\"date\":\"2026-12-24\",\"open\":[]}]",
		 E_INVALID, "/exceptions/1: 2026-12-24 has an exception of this kind already"},
		{"[{\"from\":\"2026-07-10\",\"to\":\"2026-07-20\",\"open\":[]},"
		 "{\"from\":\"2026-07-01\",\"to\":\"2026-07-10\",\"open\":[]}]",
		 E_INVALID, "/exceptions/1: 2026-07-10 has an exception of this kind already"},
		{"[{\"from\":\"2026-07-10\",\"to\":\"2026-07-20\",\"open\":[]},"
		 "{\"from\":\"2026-07-12\",\"to\":\"2026-07-12\",\"open\":[]}]",
		 E_INVALID, "/exceptions/1: 2026-07-12 has an exception of this kind already"},
		{"[{\"from\":\"2026-07-01\",\"to\":\"2026-07-02\",\"week\":{\"sun\":[[\"1\"]]}}]",
		 E_INVALID,
		 "/exceptions/0/week/sun/0: must be a list of two times, as [\"08:00\",\"12:00\"]"},
		{"[{\"date\":\"2026-12-24\",\"name\":\"a\\nb\",\"open\":[]}]", E_INVALID,
		 "/exceptions/0/name: must be one line without control characters"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct usher_error err = {0};
		struct usher_buf json = {0};
		struct hours *h = NULL;
		buf_addf(&json, HELSINKI "{},\"exceptions\":%s}", cases[i].json);
		assert_int_equal(hours_parse(&h, buf_text(&json), NULL, &err), cases[i].code);
		assert_string_equal(err.text, cases[i].words);
		buf_done(&json);
	}
}

/* `count` items, each by a format with a number in it, with a prefix and a suffix. */
static int parse_many(const char *prefix, const char *item, int count, const char *suffix,
		      struct usher_error *err)
{
	struct usher_buf json = {0};
	struct hours *h = NULL;
	buf_adds(&json, prefix);
	for (int i = 0; i < count; i++) {
		buf_adds(&json, i > 0 ? "," : "");
		buf_addf(&json, item, i, i);
	}
	buf_adds(&json, suffix);
	int code = hours_parse(&h, buf_text(&json), NULL, err);
	hours_free(h);
	buf_done(&json);
	return code;
}

static void test_limits(void **state)
{
	(void)state;
	struct usher_error err = {0};
	const char *day = HELSINKI "{\"mon\":[";
	const char *interval = "[\"%02d:00\",\"%02d:30\"]";
	assert_int_equal(parse_many(day, interval, 16, "]}}", &err), 0);
	assert_int_equal(parse_many(day, interval, 17, "]}}", &err), E_LIMIT);
	assert_string_equal(err.text, "/week/mon: has 17 intervals, allowed are 16");

	const char *list = HELSINKI "{},\"exceptions\":[";
	const char *date = "{\"date\":\"2%03d-01-01\",\"open\":[],\"name\":\"%d\"}";
	assert_int_equal(parse_many(list, date, 400, "]}", &err), 0);
	assert_int_equal(parse_many(list, date, 401, "]}", &err), E_LIMIT);
	assert_string_equal(err.text, "/exceptions: has 401 items, allowed are 400");

	const char *named = HELSINKI "{},\"exceptions\":[{\"date\":\"2026-01-01\",\"open\":[],"
				     "\"name\":\"";
	assert_int_equal(parse_many(named, "%.0d", 1, "\"}]}", &err), 0);
	char name[2 * (HOURS_NAME_BYTES_MAX + 1)];
	memset(name, 'n', sizeof name);
	name[HOURS_NAME_BYTES_MAX] = '\0';
	assert_int_equal(parse_many(named, name, 1, "\"}]}", &err), 0);
	name[HOURS_NAME_BYTES_MAX] = 'n';
	name[HOURS_NAME_BYTES_MAX + 1] = '\0';
	assert_int_equal(parse_many(named, name, 1, "\"}]}", &err), E_LIMIT);
	assert_string_equal(err.text, "/exceptions/0/name: has 101 bytes, allowed are 100");

	assert_int_equal(parse_many(HELSINKI "{}", " ", (int)HOURS_BYTES_MAX, "}", &err), E_LIMIT);
	/* Blanks alone are nothing, but not more of them than a value may have. */
	struct hours *h = NULL;
	struct usher_buf blanks = {0};
	buf_reserve(&blanks, HOURS_BYTES_MAX + 1);
	memset(blanks.p, ' ', HOURS_BYTES_MAX + 1);
	blanks.n = HOURS_BYTES_MAX + 1;
	assert_int_equal(hours_parse(&h, buf_text(&blanks), NULL, &err), E_LIMIT);
	blanks.n--;
	assert_int_equal(hours_parse(&h, buf_text(&blanks), NULL, &err), 0);
	hours_free(h);
	buf_done(&blanks);
}

static void test_round_trip(void **state)
{
	(void)state;
	static const char canonical[] =
		"{\"zone\":\"Asia/Kathmandu\",\"week\":{\"mon\":[[\"08:00\",\"12:00\"],[\"13:00\","
		"\"24:00\"]],\"fri\":[[\"22:00\",\"06:00\"]],\"sat\":\"always\"},\"exceptions\":[{"
		"\"date\":\"2026-12-25\",\"name\":\"Päivä "
		"\\\"1\\\"\",\"open\":[]},{\"from\":\"2026-"
		"07-01\",\"to\":\"2026-07-31\",\"week\":\"always\"},{\"from\":\"2026-08-01\","
		"\"to\":"
		"\"2026-08-02\",\"open\":[[\"00:00\",\"00:01\"]]}]}";
	struct usher_buf out = {0};
	struct json_writer w;
	struct hours *h = parse(canonical);
	json_writer_init(&w, &out);
	hours_write(h, &w);
	assert_string_equal(out.p, canonical);
	buf_done(&out);
	hours_free(h);
}

/* ---- always -------------------------------------------------------------------------------------
 */

static void expect_always(const struct hours *h)
{
	usher_us now = instant("2026-11-22T00:00:00Z");
	assert_true(hours_is_always(h));
	assert_true(hours_is_open(h, now));
	assert_int_equal(hours_next(h, now).at_us, USHER_NEVER);
	assert_true(hours_next(h, now).is_open);
	assert_int_equal(hours_open_between(h, now, now + USHER_DAY), USHER_DAY);
	assert_int_equal(hours_open_between(h, now, now - 1), 0);
	assert_int_equal(hours_after(h, now, USHER_HOUR), now + USHER_HOUR);
}

static void test_always(void **state)
{
	(void)state;
	static const char *const values[] = {
		"",
		" \n",
		"null",
		"\"always\"",
		HELSINKI "\"always\"}",
		HELSINKI "\"always\",\"exceptions\":[]}",
		HELSINKI "{\"mon\":\"always\",\"tue\":\"always\",\"wed\":[[\"00:00\",\"24:00\"]],"
			 "\"thu\":[[\"00:00\",\"12:00\"],[\"12:00\",\"00:00\"]],\"fri\":\"always\","
			 "\"sat\":\"always\",\"sun\":\"always\"}}"};
	expect_always(NULL);
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		struct hours *h = parse(values[i]);
		expect_always(h);
		hours_free(h);
	}
}

static void test_site_zone(void **state)
{
	(void)state;
	struct hours *h = NULL;
	struct usher_error err = {0};
	assert_int_equal(hours_parse(&h, TEXT("{\"week\":{}}"), "Asia/Tokyo", &err), 0);
	assert_string_equal(zone_name(hours_zone(h)), "Asia/Tokyo");
	h = hours_free(h);
	assert_int_equal(hours_parse(&h, TEXT("\"always\""), "Asia/Tokyo", &err), 0);
	assert_string_equal(zone_name(hours_zone(h)), "Asia/Tokyo");
	h = hours_free(h);
	assert_int_equal(hours_parse(&h, TEXT("{\"week\":{}}"), "Nowhere", &err), E_INVALID);
	assert_int_equal(hours_parse(&h, TEXT("{\"zone\":\"UTC\",\"week\":{}}"), "Nowhere", &err),
			 0);
	hours_free(h);
}

/* ---- known instants -----------------------------------------------------------------------------
 */

/* The changes after an instant, one after the other: "2026-03-29T01:00:00.000Z open" … */
static void expect_changes(const char *json, const char *from, const char *const *changes)
{
	struct hours *h = parse(json);
	usher_us at = instant(from);
	for (; *changes != NULL; changes++) {
		struct hours_change next = hours_next(h, at);
		char text[64], when[TIME_TEXT_BYTES];
		assert_int_not_equal(next.at_us, USHER_NEVER);
		time_format(next.at_us, when);
		snprintf(text, sizeof text, "%s %s", when, next.is_open ? "open" : "closed");
		assert_string_equal(text, *changes);
		assert_int_equal(hours_is_open(h, next.at_us), next.is_open);
		assert_int_equal(hours_is_open(h, next.at_us - 1), !next.is_open);
		at = next.at_us;
	}
	hours_free(h);
}

#define CHANGES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_week(void **state)
{
	(void)state;
	/* Over the night, touching intervals, one that ends at midnight and goes on after it. */
	expect_changes(HELSINKI "{\"mon\":[[\"08:00\",\"12:00\"],[\"12:00\",\"13:00\"]],"
				"\"wed\":[[\"20:00\",\"24:00\"]],\"thu\":[[\"00:00\",\"01:00\"]],"
				"\"sun\":[[\"22:00\",\"06:00\"]]}}",
		       "2026-11-22T12:00:00Z",
		       CHANGES("2026-11-22T20:00:00.000Z open", "2026-11-23T04:00:00.000Z closed",
			       "2026-11-23T06:00:00.000Z open", "2026-11-23T11:00:00.000Z closed",
			       "2026-11-25T18:00:00.000Z open", "2026-11-25T23:00:00.000Z closed",
			       "2026-11-29T20:00:00.000Z open"));
}

/* Helsinki: 03:00 to 04:00 is skipped on 2026-03-29 and comes twice on 2026-10-25. */
static void test_nights_of_change(void **state)
{
	(void)state;
	/* It begins in the hour that is skipped. */
	expect_changes(HELSINKI "{\"sun\":[[\"03:30\",\"05:00\"]]}}", "2026-03-28T00:00:00Z",
		       CHANGES("2026-03-29T01:00:00.000Z open", "2026-03-29T02:00:00.000Z closed"));
	/* It ends there. */
	expect_changes(HELSINKI "{\"sun\":[[\"02:00\",\"03:30\"]]}}", "2026-03-28T00:00:00Z",
		       CHANGES("2026-03-29T00:00:00.000Z open", "2026-03-29T01:00:00.000Z closed"));
	/* It lies in there: that Sunday has none of it. */
	expect_changes(HELSINKI "{\"sun\":[[\"03:10\",\"03:50\"]]}}", "2026-03-28T00:00:00Z",
		       CHANGES("2026-04-05T00:10:00.000Z open"));
	/* Over the repeated hour: one hour more. */
	expect_changes(HELSINKI "{\"sat\":[[\"22:00\",\"06:00\"]]}}", "2026-10-24T12:00:00Z",
		       CHANGES("2026-10-24T19:00:00.000Z open", "2026-10-25T04:00:00.000Z closed"));
	/* In the repeated hour: twice. */
	expect_changes(HELSINKI "{\"sun\":[[\"03:15\",\"03:30\"]]}}", "2026-10-24T12:00:00Z",
		       CHANGES("2026-10-25T00:15:00.000Z open", "2026-10-25T00:30:00.000Z closed",
			       "2026-10-25T01:15:00.000Z open", "2026-10-25T01:30:00.000Z closed"));
	/* The whole day, and nothing before and after it. */
	expect_changes("{\"zone\":\"America/New_York\",\"week\":{\"sun\":\"always\"}}",
		       "2026-10-31T12:00:00Z",
		       CHANGES("2026-11-01T04:00:00.000Z open", "2026-11-02T05:00:00.000Z closed"));
	/* Half an hour of summer time, south: 02:00 becomes 02:30 on 2026-10-04. */
	expect_changes("{\"zone\":\"Australia/Lord_Howe\",\"week\":{\"sun\":[[\"01:00\",\"02:15\"],"
		       "[\"02:20\",\"03:00\"]]}}",
		       "2026-10-03T12:00:00Z",
		       CHANGES("2026-10-03T14:30:00.000Z open", "2026-10-03T16:00:00.000Z closed"));
}

static void test_zones(void **state)
{
	(void)state;
	const char *monday = "{\"zone\":\"%s\",\"week\":{\"mon\":[[\"00:00\",\"00:15\"]]}}";
	static const struct {
		const char *zone, *opens;
	} cases[] = {{"Asia/Kathmandu", "2026-11-22T18:15:00.000Z open"},
		     {"Pacific/Kiritimati", "2026-11-22T10:00:00.000Z open"},
		     {"Etc/GMT+12", "2026-11-23T12:00:00.000Z open"},
		     {"America/St_Johns", "2026-11-23T03:30:00.000Z open"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char json[200];
		snprintf(json, sizeof json, monday, cases[i].zone);
		expect_changes(json, "2026-11-21T00:00:00Z", CHANGES(cases[i].opens));
	}
}

#define CHRISTMAS                                                                               \
	HELSINKI "{\"thu\":[[\"08:00\",\"17:00\"]],\"fri\":[[\"08:00\",\"17:00\"]]},"           \
		 "\"exceptions\":[{\"from\":\"2026-12-21\",\"to\":\"2027-01-06\",\"name\":"     \
		 "\"Winter\","                                                                  \
		 "\"week\":{\"thu\":[[\"10:00\",\"12:00\"]]}},"                                 \
		 "{\"date\":\"2026-12-24\",\"name\":\"Eve\",\"open\":[[\"20:00\",\"02:00\"]]}," \
		 "{\"date\":\"2026-12-25\",\"open\":[]}]}"

static void test_exceptions(void **state)
{
	(void)state;
	/* The date goes before the range, the range before the week; the night of the 24th belongs
	 * to the 24th, though the 25th is closed. */
	expect_changes(CHRISTMAS, "2026-12-18T18:00:00Z",
		       CHANGES("2026-12-24T18:00:00.000Z open", "2026-12-25T00:00:00.000Z closed",
			       "2026-12-31T08:00:00.000Z open", "2026-12-31T10:00:00.000Z closed",
			       "2027-01-07T06:00:00.000Z open"));
	struct hours *h = parse(CHRISTMAS);
	int32_t day;
	assert_int_equal(date_parse(TEXT("2026-12-24"), &day), 0);
	assert_string_equal(hours_exception(h, day), "Eve");
	assert_string_equal(hours_exception(h, day + 1), "");
	assert_string_equal(hours_exception(h, day + 2), "Winter");
	assert_string_equal(hours_exception(h, day + 13), "Winter");
	assert_null(hours_exception(h, day + 14));
	assert_null(hours_exception(h, day - 4));
	assert_int_equal(hours_day(h, day).intervals[0].to_min, 1440 + 120);
	hours_free(h);
}

static void test_never(void **state)
{
	(void)state;
	usher_us now = instant("2026-11-22T00:00:00Z");
	struct hours *h = parse(HELSINKI "{}}");
	assert_false(hours_is_always(h));
	assert_int_equal(hours_next(h, now).at_us, USHER_NEVER);
	assert_int_equal(hours_after(h, now, 1), USHER_NEVER);
	assert_int_equal(hours_after(h, now, 0), now);
	h = hours_free(h);
	/* Two years are looked over, and not much more. */
	h = parse(HELSINKI "{},\"exceptions\":[{\"date\":\"2028-11-20\",\"open\":\"always\"}]}");
	assert_int_equal(hours_next(h, now).at_us, instant("2028-11-19T22:00:00Z"));
	assert_int_equal(hours_next(h, now - 30 * USHER_DAY).at_us, USHER_NEVER);
	hours_free(h);
}

static void test_open_time(void **state)
{
	(void)state;
	struct hours *h = parse(HELSINKI "{\"mon\":[[\"08:00\",\"12:00\"],[\"13:00\",\"17:00\"]],"
					 "\"tue\":[[\"08:00\",\"17:00\"]]}}");
	usher_us monday = instant("2026-11-23T00:00:00+02:00");
	assert_int_equal(hours_open_between(h, monday, monday + 7 * USHER_DAY), 17 * USHER_HOUR);
	assert_int_equal(
		hours_open_between(h, monday + 12 * USHER_HOUR - 1, monday + 13 * USHER_HOUR + 1),
		2);
	/* Four hours of work for what came in at 16:00. */
	assert_int_equal(hours_after(h, monday + 16 * USHER_HOUR, 4 * USHER_HOUR),
			 monday + (24 + 11) * USHER_HOUR);
	assert_int_equal(hours_after(h, monday, USHER_HOUR), monday + 9 * USHER_HOUR);
	hours_free(h);
}

/* Instants and spans that no clock shows must not break anything. */
static void test_far_instants(void **state)
{
	(void)state;
	static const usher_us instants[] = {INT64_MIN, -1, 0, 1, USHER_NEVER - 1, USHER_NEVER};
	struct hours *h = parse(CHRISTMAS);
	for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++) {
		usher_us at = instants[i];
		struct hours_change next = hours_next(h, at);
		assert_true(next.at_us >= 0);
		assert_int_equal(next.is_open, next.at_us == USHER_NEVER ? hours_is_open(h, at)
									 : !hours_is_open(h, at));
		assert_true(hours_after(h, at, USHER_NEVER) == USHER_NEVER);
		assert_true(hours_after(NULL, at, USHER_NEVER) == USHER_NEVER);
		assert_true(hours_open_between(h, at, at) == 0);
	}
	usher_us sum = hours_open_between(h, INT64_MIN, USHER_NEVER);
	assert_true(sum > 130 * 52 * 18 * USHER_HOUR && sum < 130 * 53 * 18 * USHER_HOUR);
	hours_free(h);
}

static void test_dates(void **state)
{
	(void)state;
	char text[DATE_TEXT_BYTES];
	int32_t back = -1;
	for (int32_t day = 0; day <= DATE_DAY_MAX; day++) {
		date_format(day, text);
		assert_int_equal(date_parse(text_of(text), &back), 0);
		assert_int_equal(back, day);
	}
	assert_string_equal(text, "9999-12-31");
	assert_int_equal(date_parse(TEXT("2026-11-22"), &back), 0);
	assert_int_equal(zone_weekday(back), 6);
	assert_int_equal(date_parse(TEXT("1969-12-31"), &back), E_INVALID);
	assert_int_equal(date_parse(TEXT("2026-1-222"), &back), E_INVALID);
	assert_int_equal(date_parse(TEXT("2026-00-10"), &back), E_INVALID);
	assert_int_equal(date_parse(TEXT("2026-04-31"), &back), E_INVALID);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),     cmocka_unit_test(test_refused_exceptions),
		cmocka_unit_test(test_limits),	     cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_always),	     cmocka_unit_test(test_site_zone),
		cmocka_unit_test(test_week),	     cmocka_unit_test(test_nights_of_change),
		cmocka_unit_test(test_zones),	     cmocka_unit_test(test_exceptions),
		cmocka_unit_test(test_never),	     cmocka_unit_test(test_open_time),
		cmocka_unit_test(test_far_instants), cmocka_unit_test(test_dates),
	};
	if (argc == 2 && strcmp(argv[1], "ask") == 0)
		return ask_run();
	return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
