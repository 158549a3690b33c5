/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/calendar/plan.h"

#include "routing/base/memory.h"

#include <stdio.h>
#include <stdlib.h>

#define PATH_BYTES 128 /* the longest end in a member of the sender's */
#define MEMBER_BYTES_MAX 40

/* Where in the value the reader is, as a JSON pointer (RFC 6901). */
struct reader {
	char path[PATH_BYTES];
	size_t n;
	struct usher_error *err; /* borrowed: during the reading; may be NULL */
};

USHER_PRINTF(3, 4)
static int refuse(struct reader *r, int code, const char *format, ...)
{
	char reason[200];
	va_list args;
	va_start(args, format);
	vsnprintf(reason, sizeof reason, format, args);
	va_end(args);
	return usher_error_set(r->err, code, "%s%s%s", r->path, r->n > 0 ? ": " : "", reason);
}

static size_t enter(struct reader *r, const char *member)
{
	size_t before = r->n;
	int n = snprintf(r->path + r->n, PATH_BYTES - r->n, "/%s", member);
	r->n = r->n + (size_t)n < PATH_BYTES ? r->n + (size_t)n : PATH_BYTES - 1;
	return before;
}

static size_t enter_item(struct reader *r, size_t at)
{
	char number[24];
	snprintf(number, sizeof number, "%zu", at);
	return enter(r, number);
}

static void leave(struct reader *r, size_t before)
{
	r->n = before;
	r->path[before] = '\0';
}

/* The name is the sender's: cut, escaped as a pointer wants it, without control characters. */
static int refuse_member(struct reader *r, struct usher_text name, const char *known)
{
	char text[2 * MEMBER_BYTES_MAX + 1];
	size_t n = 0, cut = text_fit(name, MEMBER_BYTES_MAX);
	for (size_t i = 0; i < cut; i++) {
		char c = name.p[i];
		if (c == '~' || c == '/')
			text[n++] = '~';
		text[n++] = c == '~'				   ? '0'
			    : c == '/'				   ? '1'
			    : (unsigned char)c < 0x20 || c == 0x7f ? '?'
								   : c;
	}
	text[n] = '\0';
	enter(r, text);
	return refuse(r, E_INVALID, "there is no such member; there are %s", known);
}

static bool is_text(const struct json *value, const char *text)
{
	return json_kind(value) == JSON_KIND_TEXT && text_equal(json_as_text(value), text_of(text));
}

static bool is_in(struct usher_text name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(name, text_of(names[i])))
			return true;
	return false;
}

/* An object, and none but these members. */
static int check_members(struct reader *r, const struct json *value, const char *const *names,
			 size_t count)
{
	struct json_cursor cursor = {NULL};
	struct usher_text name;
	const struct json *member;
	if (json_kind(value) != JSON_KIND_OBJECT)
		return refuse(r, E_INVALID, "must be an object");
	while (json_next(value, &cursor, &name, &member)) {
		char known[80] = "";
		if (is_in(name, names, count))
			continue;
		for (size_t i = 0, n = 0; i < count; i++)
			n += (size_t)snprintf(known + n, sizeof known - n, "%s%s",
					      i == 0 ? "" : ", ", names[i]);
		return refuse_member(r, name, known);
	}
	return 0;
}

/* ---- a day -------------------------------------------------------------------------------------
 */

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
		return refuse(r, E_INVALID, "must be a time as \"08:30\", from \"00:00\" to \"%s\"",
			      is_end ? "24:00" : "23:59");
	*ret = (uint16_t)value_min;
	return 0;
}

static int read_ends(struct reader *r, const struct json *value, struct hours_interval *ret)
{
	uint16_t *const ends[] = {&ret->from_min, &ret->to_min};
	for (size_t i = 0; i < 2; i++) {
		size_t before = enter_item(r, i);
		int code = read_clock(r, json_item(value, i), i == 1, ends[i]);
		if (code < 0)
			return code;
		leave(r, before);
	}
	return 0;
}

static int read_interval(struct reader *r, const struct json *value, struct hours_day *day)
{
	struct hours_interval in;
	if (json_kind(value) != JSON_KIND_LIST || json_count(value) != 2)
		return refuse(r, E_INVALID,
			      "must be a list of two times, as [\"08:00\",\"12:00\"]");
	int code = read_ends(r, value, &in);
	if (code < 0)
		return code;
	if (in.from_min == in.to_min)
		return refuse(r, E_INVALID,
			      "starts and ends at %02d:%02d; a whole day is 00:00 to 24:00",
			      in.from_min / 60, in.from_min % 60);
	if (in.to_min < in.from_min)
		in.to_min = (uint16_t)(in.to_min + DAY_MIN);
	const struct hours_interval *last = day->count > 0 ? &day->intervals[day->count - 1] : NULL;
	if (last != NULL && in.from_min < last->to_min)
		return refuse(r, E_INVALID,
			      "starts at %02d:%02d, before the previous one ends at %02d:%02d%s",
			      in.from_min / 60, in.from_min % 60,
			      (last->to_min > DAY_MIN ? last->to_min - DAY_MIN : last->to_min) / 60,
			      last->to_min % 60, last->to_min > DAY_MIN ? " of the next day" : "");
	day->intervals[day->count++] = in;
	return 0;
}

static int read_day(struct reader *r, const struct json *value, struct hours_day *ret)
{
	*ret = (struct hours_day){0};
	if (is_text(value, "always")) {
		*ret = plan_always_day;
		return 0;
	}
	if (json_kind(value) != JSON_KIND_LIST)
		return refuse(
			r, E_INVALID,
			"must be a list of intervals, as [[\"08:00\",\"12:00\"]], or \"always\"");
	if (json_count(value) > HOURS_INTERVALS_MAX)
		return refuse(r, E_LIMIT, "has %zu intervals, allowed are %d", json_count(value),
			      HOURS_INTERVALS_MAX);
	for (size_t i = 0; i < json_count(value); i++) {
		size_t before = enter_item(r, i);
		int code = read_interval(r, json_item(value, i), ret);
		if (code < 0)
			return code;
		leave(r, before);
	}
	return 0;
}

static int read_week(struct reader *r, const struct json *value, struct week *ret)
{
	*ret = (struct week){0};
	if (is_text(value, "always")) {
		for (int i = 0; i < 7; i++)
			ret->days[i] = plan_always_day;
		return 0;
	}
	int code = check_members(r, value, plan_weekdays, 7);
	for (int i = 0; code == 0 && i < 7; i++) {
		const struct json *day = json_member(value, plan_weekdays[i]);
		if (day == NULL)
			continue;
		size_t before = enter(r, plan_weekdays[i]);
		code = read_day(r, day, &ret->days[i]);
		if (code == 0)
			leave(r, before);
	}
	return code;
}

/* ---- exceptions --------------------------------------------------------------------------------
 */

static int read_date(struct reader *r, const struct json *object, const char *name, int32_t *ret)
{
	const struct json *value = json_member(object, name);
	size_t before = enter(r, name);
	if (value == NULL || json_kind(value) != JSON_KIND_TEXT ||
	    date_parse(json_as_text(value), ret) < 0)
		return refuse(r, E_INVALID, "must be a date of the calendar, as \"2026-12-24\"");
	leave(r, before);
	return 0;
}

static int read_dates(struct reader *r, const struct json *value, struct exception *ret)
{
	bool has_range = json_member(value, "from") != NULL || json_member(value, "to") != NULL;
	ret->is_date = json_member(value, "date") != NULL;
	if (ret->is_date == has_range)
		return refuse(r, E_INVALID, "must have either a \"date\", or \"from\" and \"to\"");
	int code = read_date(r, value, ret->is_date ? "date" : "from", &ret->from_day);
	ret->to_day = ret->from_day;
	if (code == 0 && has_range)
		code = read_date(r, value, "to", &ret->to_day);
	if (code == 0 && ret->to_day < ret->from_day) {
		enter(r, "to");
		code = refuse(r, E_INVALID, "lies before \"from\"");
	}
	return code;
}

static int read_name(struct reader *r, const struct json *value, char *ret)
{
	size_t before = enter(r, "name");
	if (value != NULL && json_kind(value) != JSON_KIND_TEXT)
		return refuse(r, E_INVALID, "must be a text");
	struct usher_text t = value != NULL ? json_as_text(value) : TEXT_NONE;
	if (t.n > HOURS_NAME_BYTES_MAX)
		return refuse(r, E_LIMIT, "has %zu bytes, allowed are %d", t.n,
			      HOURS_NAME_BYTES_MAX);
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] < 0x20 || t.p[i] == 0x7f)
			return refuse(r, E_INVALID, "must be one line without control characters");
	memcpy(ret, t.n > 0 ? t.p : "", t.n);
	ret[t.n] = '\0';
	leave(r, before);
	return 0;
}

static int read_open(struct reader *r, const struct json *value, struct exception *ret)
{
	const struct json *open = json_member(value, "open"), *week = json_member(value, "week");
	ret->has_week = week != NULL;
	if ((open != NULL) == (week != NULL))
		return refuse(
			r, E_INVALID,
			"must have either \"open\" (empty: closed) or, for a range, a \"week\"");
	size_t before = enter(r, open != NULL ? "open" : "week");
	int code = 0;
	if (week != NULL && ret->is_date)
		code = refuse(r, E_INVALID, "is for a range of dates; a single date has \"open\"");
	else if (week != NULL)
		code = read_week(r, week, &ret->week);
	else
		code = read_day(r, open, &ret->week.days[0]);
	for (int i = 1; code == 0 && open != NULL && i < 7; i++)
		ret->week.days[i] = ret->week.days[0];
	if (code == 0)
		leave(r, before);
	return code;
}

/* Kept in order as they come; the list is short. */
static int insert(struct reader *r, struct exception *list, size_t *count,
		  const struct exception *e)
{
	size_t at = *count;
	while (at > 0 && list[at - 1].from_day > e->from_day)
		at--;
	bool meets_before = at > 0 && list[at - 1].to_day >= e->from_day;
	bool meets_after = at < *count && list[at].from_day <= e->to_day;
	if (meets_before || meets_after) {
		const struct exception *other = &list[meets_before ? at - 1 : at];
		char date[DATE_TEXT_BYTES];
		int32_t both = e->from_day > other->from_day ? e->from_day : other->from_day;
		date_format(both, date);
		return refuse(r, E_INVALID, "%s has an exception of this kind already", date);
	}
	memmove(&list[at + 1], &list[at], (*count - at) * sizeof *list);
	list[at] = *e;
	(*count)++;
	return 0;
}

static int read_exception(struct reader *r, const struct json *value, struct hours *h)
{
	static const char *const names[] = {"date", "from", "to", "name", "open", "week"};
	struct exception e = {0};
	int code = check_members(r, value, names, sizeof names / sizeof *names);
	if (code == 0)
		code = read_dates(r, value, &e);
	if (code == 0)
		code = read_name(r, json_member(value, "name"), e.name);
	if (code == 0)
		code = read_open(r, value, &e);
	if (code == 0)
		code = e.is_date ? insert(r, h->dates, &h->date_count, &e)
				 : insert(r, h->ranges, &h->range_count, &e);
	return code;
}

static size_t count_dates(const struct json *list)
{
	size_t n = 0;
	for (size_t i = 0; i < json_count(list); i++)
		n += json_member(json_item(list, i), "date") != NULL;
	return n;
}

static int read_exceptions(struct reader *r, const struct json *value, struct hours *h)
{
	size_t before = enter(r, "exceptions");
	if (json_kind(value) != JSON_KIND_LIST)
		return refuse(r, E_INVALID, "must be a list");
	size_t count = json_count(value), dates = count_dates(value);
	if (count > HOURS_EXCEPTIONS_MAX)
		return refuse(r, E_LIMIT, "has %zu items, allowed are %d", count,
			      HOURS_EXCEPTIONS_MAX);
	h->dates = memory_new_array(dates, sizeof *h->dates);
	h->ranges = memory_new_array(count - dates, sizeof *h->ranges);
	for (size_t i = 0; i < count; i++) {
		size_t before_item = enter_item(r, i);
		int code = read_exception(r, json_item(value, i), h);
		if (code < 0)
			return code;
		leave(r, before_item);
	}
	leave(r, before);
	return 0;
}

/* ---- the value ---------------------------------------------------------------------------------
 */

static int read_zone(struct reader *r, const struct json *value, const char *site_zone,
		     struct hours *h)
{
	struct usher_error err = {0};
	size_t before = enter(r, "zone");
	if (value != NULL && json_kind(value) != JSON_KIND_TEXT)
		return refuse(r, E_INVALID, "must be a text, as \"Europe/Helsinki\"");
	if (value == NULL && site_zone == NULL)
		return refuse(r, E_INVALID, "is missing; write it as \"Europe/Helsinki\"");
	int code =
		zone_new(&h->zone, value != NULL ? json_as_text(value) : text_of(site_zone), &err);
	if (code < 0)
		return refuse(r, code, "%s", err.text);
	leave(r, before);
	return 0;
}

static int read_object(struct reader *r, const struct json *value, const char *site_zone,
		       struct hours *h)
{
	static const char *const names[] = {"zone", "week", "exceptions"};
	int code = check_members(r, value, names, sizeof names / sizeof *names);
	if (code == 0)
		code = read_zone(r, json_member(value, "zone"), site_zone, h);
	if (code < 0)
		return code;
	const struct json *week = json_member(value, "week");
	const struct json *exceptions = json_member(value, "exceptions");
	size_t before = enter(r, "week");
	if (week == NULL)
		return refuse(r, E_INVALID, "is missing");
	code = read_week(r, week, &h->week);
	if (code < 0)
		return code;
	leave(r, before);
	if (exceptions != NULL)
		code = read_exceptions(r, exceptions, h);
	h->is_always = h->date_count + h->range_count == 0;
	for (int i = 0; i < 7; i++)
		h->is_always = h->is_always && plan_is_always(&h->week.days[i]);
	return code;
}

int hours_read(struct hours **ret, const struct json *value, const char *site_zone,
	       struct usher_error *reterr)
{
	struct reader r = {.err = reterr};
	struct hours *h = NEW(struct hours);
	bool is_nothing = value == NULL || json_kind(value) == JSON_KIND_NULL;
	int code;
	if (is_nothing || is_text(value, "always")) {
		h->is_always = true;
		for (int i = 0; i < 7; i++)
			h->week.days[i] = plan_always_day;
		code = read_zone(&r, NULL, site_zone != NULL ? site_zone : "UTC", h);
	} else if (json_kind(value) != JSON_KIND_OBJECT) {
		code = refuse(&r, E_INVALID, "Opening hours are an object, or \"always\".");
	} else {
		code = read_object(&r, value, site_zone, h);
	}
	if (code < 0)
		hours_free(h);
	else
		*ret = h;
	return code;
}

int hours_parse(struct hours **ret, struct usher_text text, const char *site_zone,
		struct usher_error *reterr)
{
	struct json *document = NULL;
	int code =
		text_trim(text).n == 0 ? 0 : json_parse(&document, text, HOURS_BYTES_MAX, reterr);
	if (code == 0)
		code = hours_read(ret, document, site_zone, reterr);
	json_free(document);
	return code;
}

struct hours *hours_free(struct hours *h)
{
	if (h != NULL) {
		zone_free(h->zone);
		free(h->dates);
		free(h->ranges);
	}
	free(h);
	return NULL;
}
