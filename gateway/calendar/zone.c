/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/calendar/zone.h"

#include "routing/base/memory.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#define TABLE_END_S (ZONE_END / USHER_SECOND)
#define STEP_S (128 * 86400LL)
#define SPANS_MAX 1024

struct change {
	usher_us from_us, offset_us;
};

struct zone {
	char name[ZONE_NAME_BYTES_MAX + 1];
	size_t count;
	struct change *changes; /* owned; at least one, the first holds from ever */
};

/* ---- the system's zone data --------------------------------------------------------------------
 */

/* Nothing that leads out of the folder, and none of the files that are no zone of a place. */
static bool is_name(struct usher_text name)
{
	if (name.n == 0 || name.n > ZONE_NAME_BYTES_MAX || !g_ascii_isupper(name.p[0]))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!g_ascii_isalnum(name.p[i]) && strchr("/_+-", name.p[i]) == NULL)
			return false;
	return !text_equal(name, TEXT("Factory"));
}

/* GLib takes rules and offsets for names too, and complains aloud of files that are no zone. */
static bool has_data(const char *name)
{
	const char *folder = getenv("TZDIR");
	struct usher_buf path = {0};
	char magic[4] = "";
	buf_addf(&path, "%s/%s", folder != NULL ? folder : "/usr/share/zoneinfo", name);
	FILE *file = fopen(path.p, "re");
	bool is_zone = file != NULL && fread(magic, 1, sizeof magic, file) == sizeof magic &&
		       memcmp(magic, "TZif", sizeof magic) == 0;
	if (file != NULL)
		fclose(file);
	buf_done(&path);
	return is_zone;
}

static int interval_at(GTimeZone *tz, int64_t s)
{
	return g_time_zone_find_interval(tz, G_TIME_TYPE_UNIVERSAL, s);
}

static void add_change(struct zone *z, int64_t from_s, int32_t offset_s)
{
	usher_us offset_us = offset_s * USHER_SECOND;
	if (z->count > 0 && z->changes[z->count - 1].offset_us == offset_us)
		return;
	z->changes[z->count++] = (struct change){from_s * USHER_SECOND, offset_us};
}

/* GLib numbers the intervals in the order of time and does not say where they begin: each is
 * looked for by halving. */
static void read_changes(struct zone *z, GTimeZone *tz)
{
	int64_t at = 0;
	int now = interval_at(tz, at);
	z->changes = memory_new_array(SPANS_MAX, sizeof *z->changes);
	add_change(z, at, g_time_zone_get_offset(tz, now));
	while (at < TABLE_END_S && z->count < SPANS_MAX) {
		int64_t low = at, high = at + STEP_S;
		if (interval_at(tz, high) == now) {
			at = high;
			continue;
		}
		while (high - low > 1) {
			int64_t middle = low + (high - low) / 2;
			if (interval_at(tz, middle) == now)
				low = middle;
			else
				high = middle;
		}
		at = high;
		now = interval_at(tz, at);
		add_change(z, at, g_time_zone_get_offset(tz, now));
	}
	z->changes = memory_resize(z->changes, z->count * sizeof *z->changes);
}

int zone_new(struct zone **ret, struct usher_text name, struct usher_error *reterr)
{
	char text[ZONE_NAME_BYTES_MAX + 1] = "";
	GTimeZone *tz = NULL;
	if (is_name(name)) {
		memcpy(text, name.p, name.n);
		tz = has_data(text) ? g_time_zone_new_identifier(text) : NULL;
	}
	if (tz == NULL)
		return usher_error_set(
			reterr, E_INVALID,
			"there is no such time zone; write it as \"Europe/Helsinki\"");
	struct zone *z = NEW(struct zone);
	memcpy(z->name, text, sizeof text);
	read_changes(z, tz);
	g_time_zone_unref(tz);
	*ret = z;
	return 0;
}

struct zone *zone_free(struct zone *z)
{
	if (z != NULL)
		free(z->changes);
	free(z);
	return NULL;
}

const char *zone_name(const struct zone *z)
{
	return z->name;
}

/* ---- instants and local time -------------------------------------------------------------------
 */

struct zone_span zone_span_at(const struct zone *z, usher_us at)
{
	size_t low = 0, high = z->count; /* changes[low].from_us <= at, the first counts as ever */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (z->changes[middle].from_us <= at)
			low = middle;
		else
			high = middle;
	}
	return (struct zone_span){low == 0 ? INT64_MIN : z->changes[low].from_us,
				  high == z->count ? USHER_NEVER : z->changes[high].from_us,
				  z->changes[low].offset_us};
}

static int64_t floor_to(int64_t value, int64_t unit)
{
	int64_t rest = value % unit;
	return value - rest - (rest < 0 ? unit : 0);
}

int64_t zone_day_at(const struct zone *z, usher_us at)
{
	return floor_to(at + zone_span_at(z, at).offset_us, USHER_DAY) / USHER_DAY;
}

int zone_weekday(int64_t day)
{
	return (int)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

usher_us zone_day_begin(const struct zone *z, int64_t day)
{
	usher_us local = day * USHER_DAY;
	struct zone_span span = zone_span_at(z, local - USHER_DAY);
	/* No offset is a day: the first instant at or past that local time is in this span or one
	 * of the next. */
	while (span.to_us != USHER_NEVER && local - span.offset_us >= span.to_us)
		span = zone_span_at(z, span.to_us);
	usher_us at = local - span.offset_us;
	return at > span.from_us ? at : span.from_us;
}

usher_us zone_day_start(const struct zone *z, usher_us at)
{
	return zone_day_begin(z, zone_day_at(z, at));
}

usher_us zone_quarter_start(const struct zone *z, usher_us at)
{
	struct zone_span span = zone_span_at(z, at);
	usher_us start = floor_to(at + span.offset_us, 15 * USHER_MINUTE) - span.offset_us;
	return start > span.from_us ? start : span.from_us;
}

/* ---- dates -------------------------------------------------------------------------------------
 */

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of(int year, int month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[month - 1] + (month == 2 && is_leap(year));
}

static int64_t days_before(int year) /* from 1970-01-01 to January 1 */
{
	int past = year - 1;
	return 365LL * (year - 1970) + (past / 4 - past / 100 + past / 400) - 477;
}

int date_parse(struct usher_text t, int32_t *ret)
{
	int value[3] = {0};
	if (t.n != 10 || t.p[4] != '-' || t.p[7] != '-')
		return E_INVALID;
	for (size_t i = 0, part = 0; i < 10; i++) {
		if (i == 4 || i == 7)
			part++;
		else if (t.p[i] >= '0' && t.p[i] <= '9')
			value[part] = value[part] * 10 + (t.p[i] - '0');
		else
			return E_INVALID;
	}
	if (value[0] < 1970 || value[1] < 1 || value[1] > 12 || value[2] < 1 ||
	    value[2] > days_of(value[0], value[1]))
		return E_INVALID;
	int64_t day = days_before(value[0]) + value[2] - 1;
	for (int month = 1; month < value[1]; month++)
		day += days_of(value[0], month);
	*ret = (int32_t)day;
	return 0;
}

void date_format(int64_t day, char ret[static DATE_TEXT_BYTES])
{
	day = day < 0 ? 0 : day > DATE_DAY_MAX ? DATE_DAY_MAX : day;
	int year = 1970 + (int)(day / 366), month = 1;
	while (days_before(year + 1) <= day)
		year++;
	int rest = (int)(day - days_before(year));
	for (; rest >= days_of(year, month); month++)
		rest -= days_of(year, month);
	const int parts[] = {year, month, rest + 1};
	static const uint8_t ends[] = {4, 7, 10};
	memcpy(ret, "0000-00-00", DATE_TEXT_BYTES);
	for (int i = 0; i < 3; i++)
		for (int left = parts[i], at = ends[i]; left > 0; left /= 10)
			ret[--at] = (char)('0' + left % 10);
}
