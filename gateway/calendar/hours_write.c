/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/calendar/plan.h"

static void write_clock(struct json_writer *w, unsigned minutes)
{
	buf_addf(json_write_value(w), "\"%02u:%02u\"", minutes / 60, minutes % 60);
}

static bool is_whole_day(const struct hours_day *day)
{
	return day->count == 1 && day->intervals[0].from_min == 0 &&
	       day->intervals[0].to_min == DAY_MIN;
}

/* "always" where it may stand, so that what is written is never longer than what was read. */
static void write_day(struct json_writer *w, const struct hours_day *day)
{
	if (is_whole_day(day)) {
		json_write_text(w, TEXT("always"));
		return;
	}
	json_write_list(w);
	for (size_t i = 0; i < day->count; i++) {
		unsigned to = day->intervals[i].to_min;
		json_write_list(w);
		write_clock(w, day->intervals[i].from_min);
		write_clock(w, to > DAY_MIN ? to - DAY_MIN : to);
		json_write_list_end(w);
	}
	json_write_list_end(w);
}

static void write_week(struct json_writer *w, const struct week *week)
{
	int whole = 0;
	for (int i = 0; i < 7; i++)
		whole += is_whole_day(&week->days[i]);
	if (whole == 7) {
		json_write_text(w, TEXT("always"));
		return;
	}
	json_write_object(w);
	for (int i = 0; i < 7; i++) {
		if (week->days[i].count == 0)
			continue;
		json_write_key(w, plan_weekdays[i]);
		write_day(w, &week->days[i]);
	}
	json_write_object_end(w);
}

static void put_date(struct json_writer *w, const char *name, int32_t day)
{
	char text[DATE_TEXT_BYTES];
	date_format(day, text);
	json_put_string(w, name, text);
}

static void write_exception(struct json_writer *w, const struct exception *e)
{
	json_write_object(w);
	put_date(w, e->is_date ? "date" : "from", e->from_day);
	if (!e->is_date)
		put_date(w, "to", e->to_day);
	if (e->name[0] != '\0')
		json_put_string(w, "name", e->name);
	json_write_key(w, e->has_week ? "week" : "open");
	if (e->has_week)
		write_week(w, &e->week);
	else
		write_day(w, &e->week.days[0]);
	json_write_object_end(w);
}

void hours_write(const struct hours *h, struct json_writer *w)
{
	if (h == NULL) {
		json_write_null(w);
		return;
	}
	json_write_object(w);
	json_put_string(w, "zone", zone_name(h->zone));
	json_write_key(w, "week");
	write_week(w, &h->week);
	json_put_list(w, "exceptions");
	for (size_t i = 0; i < h->date_count; i++)
		write_exception(w, &h->dates[i]);
	for (size_t i = 0; i < h->range_count; i++)
		write_exception(w, &h->ranges[i]);
	json_write_list_end(w);
	json_write_object_end(w);
}
