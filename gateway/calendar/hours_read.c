/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/calendar/reader.h"

#include "routing/base/memory.h"

#include <stdlib.h>

/* ---- exceptions --------------------------------------------------------------------------------
 */

static int read_date(struct reader *r, const struct json *object, const char *name, int32_t *ret)
{
	const struct json *value = json_member(object, name);
	size_t before = reader_enter(r, name);
	if (value == NULL || json_kind(value) != JSON_KIND_TEXT ||
	    date_parse(json_as_text(value), ret) < 0)
		return reader_refuse(r, E_INVALID,
				     "must be a date of the calendar, as \"2026-12-24\"");
	reader_leave(r, before);
	return 0;
}

static int read_dates(struct reader *r, const struct json *value, struct exception *ret)
{
	bool has_range = json_member(value, "from") != NULL || json_member(value, "to") != NULL;
	ret->is_date = json_member(value, "date") != NULL;
	if (ret->is_date == has_range)
		return reader_refuse(r, E_INVALID,
				     "must have either a \"date\", or \"from\" and \"to\"");
	int code = read_date(r, value, ret->is_date ? "date" : "from", &ret->from_day);
	ret->to_day = ret->from_day;
	if (code == 0 && has_range)
		code = read_date(r, value, "to", &ret->to_day);
	if (code == 0 && ret->to_day < ret->from_day) {
		reader_enter(r, "to");
		code = reader_refuse(r, E_INVALID, "lies before \"from\"");
	}
	return code;
}

static int read_name(struct reader *r, const struct json *value, char *ret)
{
	size_t before = reader_enter(r, "name");
	if (value != NULL && json_kind(value) != JSON_KIND_TEXT)
		return reader_refuse(r, E_INVALID, "must be a text");
	struct usher_text t = value != NULL ? json_as_text(value) : TEXT_NONE;
	if (t.n > HOURS_NAME_BYTES_MAX)
		return reader_refuse(r, E_LIMIT, "has %zu bytes, allowed are %d", t.n,
				     HOURS_NAME_BYTES_MAX);
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] < 0x20 || t.p[i] == 0x7f)
			return reader_refuse(r, E_INVALID,
					     "must be one line without control characters");
	memcpy(ret, t.n > 0 ? t.p : "", t.n);
	ret[t.n] = '\0';
	reader_leave(r, before);
	return 0;
}

static int read_open(struct reader *r, const struct json *value, struct exception *ret)
{
	const struct json *open = json_member(value, "open"), *week = json_member(value, "week");
	ret->has_week = week != NULL;
	if ((open != NULL) == (week != NULL))
		return reader_refuse(
			r, E_INVALID,
			"must have either \"open\" (empty: closed) or, for a range, a \"week\"");
	size_t before = reader_enter(r, open != NULL ? "open" : "week");
	int code = 0;
	if (week != NULL && ret->is_date)
		code = reader_refuse(r, E_INVALID,
				     "is for a range of dates; a single date has \"open\"");
	else if (week != NULL)
		code = reader_week(r, week, &ret->week);
	else
		code = reader_day(r, open, &ret->week.days[0]);
	for (int i = 1; code == 0 && open != NULL && i < 7; i++)
		ret->week.days[i] = ret->week.days[0];
	if (code == 0)
		reader_leave(r, before);
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
		return reader_refuse(r, E_INVALID, "%s has an exception of this kind already",
				     date);
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
	int code = reader_check_members(r, value, names, sizeof names / sizeof *names);
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
	size_t before = reader_enter(r, "exceptions");
	if (json_kind(value) != JSON_KIND_LIST)
		return reader_refuse(r, E_INVALID, "must be a list");
	size_t count = json_count(value), dates = count_dates(value);
	if (count > HOURS_EXCEPTIONS_MAX)
		return reader_refuse(r, E_LIMIT, "has %zu items, allowed are %d", count,
				     HOURS_EXCEPTIONS_MAX);
	h->dates = memory_new_array(dates, sizeof *h->dates);
	h->ranges = memory_new_array(count - dates, sizeof *h->ranges);
	for (size_t i = 0; i < count; i++) {
		size_t before_item = reader_enter_item(r, i);
		int code = read_exception(r, json_item(value, i), h);
		if (code < 0)
			return code;
		reader_leave(r, before_item);
	}
	reader_leave(r, before);
	return 0;
}

/* ---- the value ---------------------------------------------------------------------------------
 */

static int read_zone(struct reader *r, const struct json *value, const char *site_zone,
		     struct hours *h)
{
	struct usher_error err = {0};
	size_t before = reader_enter(r, "zone");
	if (value != NULL && json_kind(value) != JSON_KIND_TEXT)
		return reader_refuse(r, E_INVALID, "must be a text, as \"Europe/Helsinki\"");
	if (value == NULL && site_zone == NULL)
		return reader_refuse(r, E_INVALID, "is missing; write it as \"Europe/Helsinki\"");
	int code =
		zone_new(&h->zone, value != NULL ? json_as_text(value) : text_of(site_zone), &err);
	if (code < 0)
		return reader_refuse(r, code, "%s", err.text);
	reader_leave(r, before);
	return 0;
}

static int read_object(struct reader *r, const struct json *value, const char *site_zone,
		       struct hours *h)
{
	static const char *const names[] = {"zone", "week", "exceptions"};
	int code = reader_check_members(r, value, names, sizeof names / sizeof *names);
	if (code == 0)
		code = read_zone(r, json_member(value, "zone"), site_zone, h);
	if (code < 0)
		return code;
	const struct json *week = json_member(value, "week");
	const struct json *exceptions = json_member(value, "exceptions");
	size_t before = reader_enter(r, "week");
	if (week == NULL)
		return reader_refuse(r, E_INVALID, "is missing");
	code = reader_week(r, week, &h->week);
	if (code < 0)
		return code;
	reader_leave(r, before);
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
	if (is_nothing || reader_is_text(value, "always")) {
		h->is_always = true;
		for (int i = 0; i < 7; i++)
			h->week.days[i] = plan_always_day;
		code = read_zone(&r, NULL, site_zone != NULL ? site_zone : "UTC", h);
	} else if (json_kind(value) != JSON_KIND_OBJECT) {
		code = reader_refuse(&r, E_INVALID, "Opening hours are an object, or \"always\".");
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
	bool is_nothing = text.n <= HOURS_BYTES_MAX && text_trim(text).n == 0;
	int code = is_nothing ? 0 : json_parse(&document, text, HOURS_BYTES_MAX, reterr);
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
