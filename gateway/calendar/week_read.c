/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/calendar/reader.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "HH:MM" to minutes; a beginning is before 24:00. */
static int read_clock(struct reader *r, const struct json *value, bool is_end, uint16_t *ret)
{
	struct usher_text t = json_kind(value) == JSON_KIND_TEXT ? json_as_text(value) : TEXT_NONE;
	bool has_form = t.n == 5 && is_digit(t.p[0]) && is_digit(t.p[1]) && t.p[2] == ':' &&
			is_digit(t.p[3]) && is_digit(t.p[4]);
	int hour = has_form ? (t.p[0] - '0') * 10 + (t.p[1] - '0') : 0;
	int minute = has_form ? (t.p[3] - '0') * 10 + (t.p[4] - '0') : 0;
	int value_min = hour * 60 + minute;
	if (!has_form || minute > 59 || value_min > DAY_MIN || (value_min == DAY_MIN && !is_end))
		return reader_refuse(r, E_INVALID,
				     "must be a time as \"08:30\", from \"00:00\" to \"%s\"",
				     is_end ? "24:00" : "23:59");
	*ret = (uint16_t)value_min;
	return 0;
}

static int read_ends(struct reader *r, const struct json *value, struct hours_interval *ret)
{
	uint16_t *const ends[] = {&ret->from_min, &ret->to_min};
	for (size_t i = 0; i < 2; i++) {
		size_t before = reader_enter_item(r, i);
		int code = read_clock(r, json_item(value, i), i == 1, ends[i]);
		if (code < 0)
			return code;
		reader_leave(r, before);
	}
	return 0;
}

static int read_interval(struct reader *r, const struct json *value, struct hours_day *day)
{
	struct hours_interval in;
	if (json_kind(value) != JSON_KIND_LIST || json_count(value) != 2)
		return reader_refuse(r, E_INVALID,
				     "must be a list of two times, as [\"08:00\",\"12:00\"]");
	int code = read_ends(r, value, &in);
	if (code < 0)
		return code;
	if (in.from_min == in.to_min)
		return reader_refuse(r, E_INVALID,
				     "starts and ends at %02d:%02d; a whole day is 00:00 to 24:00",
				     in.from_min / 60, in.from_min % 60);
	if (in.to_min < in.from_min)
		in.to_min = (uint16_t)(in.to_min + DAY_MIN);
	const struct hours_interval *last = day->count > 0 ? &day->intervals[day->count - 1] : NULL;
	if (last != NULL && in.from_min < last->to_min)
		return reader_refuse(
			r, E_INVALID,
			"starts at %02d:%02d, before the previous one ends at %02d:%02d%s",
			in.from_min / 60, in.from_min % 60,
			(last->to_min > DAY_MIN ? last->to_min - DAY_MIN : last->to_min) / 60,
			last->to_min % 60, last->to_min > DAY_MIN ? " of the next day" : "");
	day->intervals[day->count++] = in;
	return 0;
}

int reader_day(struct reader *r, const struct json *value, struct hours_day *ret)
{
	*ret = (struct hours_day){0};
	if (reader_is_text(value, "always")) {
		*ret = plan_always_day;
		return 0;
	}
	if (json_kind(value) != JSON_KIND_LIST)
		return reader_refuse(
			r, E_INVALID,
			"must be a list of intervals, as [[\"08:00\",\"12:00\"]], or \"always\"");
	if (json_count(value) > HOURS_INTERVALS_MAX)
		return reader_refuse(r, E_LIMIT, "has %zu intervals, allowed are %d",
				     json_count(value), HOURS_INTERVALS_MAX);
	for (size_t i = 0; i < json_count(value); i++) {
		size_t before = reader_enter_item(r, i);
		int code = read_interval(r, json_item(value, i), ret);
		if (code < 0)
			return code;
		reader_leave(r, before);
	}
	return 0;
}

int reader_week(struct reader *r, const struct json *value, struct week *ret)
{
	*ret = (struct week){0};
	if (reader_is_text(value, "always")) {
		for (int i = 0; i < 7; i++)
			ret->days[i] = plan_always_day;
		return 0;
	}
	int code = reader_check_members(r, value, plan_weekdays, 7);
	for (int i = 0; code == 0 && i < 7; i++) {
		const struct json *day = json_member(value, plan_weekdays[i]);
		if (day == NULL)
			continue;
		size_t before = reader_enter(r, plan_weekdays[i]);
		code = reader_day(r, day, &ret->days[i]);
		if (code == 0)
			reader_leave(r, before);
	}
	return code;
}
