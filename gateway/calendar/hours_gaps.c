/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/calendar/hours_gaps.h"

#include "gateway/calendar/plan.h"
#include "routing/base/memory.h"

#include <stdlib.h>

#define WEEK_MIN (7 * DAY_MIN)
#define DATED_MIN (GAPS_DAYS * DAY_MIN)

/* ---- sets of minutes ---------------------------------------------------------------------------
 */

static bool has(const uint64_t *set, size_t at)
{
	return (set[at / 64] >> (at % 64) & 1) != 0;
}

static void add(uint64_t *set, size_t from, size_t to)
{
	for (; from < to; from++)
		set[from / 64] |= (uint64_t)1 << (from % 64);
}

static uint64_t *set_new(size_t minutes)
{
	return memory_new_array(minutes / 64 + 1, sizeof(uint64_t));
}

static void subtract(uint64_t *set, const uint64_t *other, size_t minutes)
{
	for (size_t i = 0; i < minutes / 64 + 1; i++)
		set[i] &= ~other[i];
}

/* ---- the week ----------------------------------------------------------------------------------
 */

static void add_week(uint64_t *set, const struct hours *h, int shift_min)
{
	for (int weekday = 0; weekday < 7; weekday++) {
		struct hours_day day = hours_weekday(h, weekday);
		for (size_t i = 0; i < day.count; i++) {
			int from = weekday * DAY_MIN + day.intervals[i].from_min + shift_min;
			int length = day.intervals[i].to_min - day.intervals[i].from_min;
			for (int m = from; m < from + length; m++) {
				size_t at = (size_t)((m + WEEK_MIN) % WEEK_MIN);
				add(set, at, at + 1);
			}
		}
	}
}

static int offset_min(const struct hours *h, usher_us now)
{
	return (int)(zone_span_at(h->zone, now).offset_us / USHER_MINUTE);
}

static void compare_weeks(const struct hours *open, const struct hours *const *by, size_t by_count,
			  usher_us now, struct hours_gaps *ret)
{
	uint64_t *gap = set_new(WEEK_MIN), *covered = set_new(WEEK_MIN);
	add_week(gap, open, 0);
	for (size_t i = 0; i < by_count; i++) {
		bool is_anywhere = open == NULL || by[i] == NULL;
		add_week(covered, by[i],
			 is_anywhere ? 0 : offset_min(open, now) - offset_min(by[i], now));
	}
	subtract(gap, covered, WEEK_MIN);
	for (size_t m = 0; m < WEEK_MIN; m++)
		if (has(gap, m))
			ret->week[m / 30 / 64] |= (uint64_t)1 << (m / 30 % 64);
	free(gap);
	free(covered);
}

/* ---- the next days -----------------------------------------------------------------------------
 */

/* Changes lie on whole minutes of UTC: no zone has had seconds in its offset since 1972. */
static void add_dated(uint64_t *set, const struct hours *h, usher_us begin)
{
	usher_us at = begin, end = begin + GAPS_DAYS * USHER_DAY;
	while (at < end) {
		struct piece p = {true, end};
		if (!hours_is_always(h))
			p = plan_piece(h, at);
		usher_us to = p.to_us < end ? p.to_us : end;
		if (p.is_open)
			add(set, (size_t)((at - begin) / USHER_MINUTE),
			    (size_t)((to - begin) / USHER_MINUTE));
		at = to;
	}
}

static int64_t local_day(const struct hours *open, usher_us at, int *ret_min)
{
	int64_t day = open != NULL ? zone_day_at(open->zone, at) : at / USHER_DAY;
	usher_us local = at + (open != NULL ? zone_span_at(open->zone, at).offset_us : 0);
	*ret_min = (int)((local - day * USHER_DAY) / USHER_MINUTE);
	return day;
}

static int half_hour_at(const struct hours *open, usher_us at)
{
	int minutes;
	int64_t day = local_day(open, at, &minutes);
	return zone_weekday(day) * 48 + minutes / 30;
}

static void add_gap(struct hours_gaps *ret, usher_us from, usher_us to)
{
	if (ret->count == GAPS_DATED_MAX)
		ret->is_cut = true;
	else
		ret->dated[ret->count++] = (struct hours_gap){from, to};
}

static void compare_dates(const struct hours *open, const struct hours *const *by, size_t by_count,
			  usher_us now, struct hours_gaps *ret)
{
	uint64_t *gap = set_new(DATED_MIN), *covered = set_new(DATED_MIN);
	usher_us begin = now / USHER_MINUTE * USHER_MINUTE;
	add_dated(gap, open, begin);
	for (size_t i = 0; i < by_count; i++)
		add_dated(covered, by[i], begin);
	subtract(gap, covered, DATED_MIN);
	size_t from = DATED_MIN; /* of the gap at hand; DATED_MIN: none */
	for (size_t m = 0; m <= DATED_MIN; m++) {
		usher_us at = begin + (usher_us)m * USHER_MINUTE;
		bool is_gap =
			m < DATED_MIN && has(gap, m) && !hours_gap_at(ret, half_hour_at(open, at));
		if (is_gap && from == DATED_MIN) {
			from = m;
		} else if (!is_gap && from < DATED_MIN) {
			add_gap(ret, begin + (usher_us)from * USHER_MINUTE, at);
			from = DATED_MIN;
		}
	}
	free(gap);
	free(covered);
}

void hours_gaps(const struct hours *open, const struct hours *const *by, size_t by_count,
		usher_us now, struct hours_gaps *ret)
{
	*ret = (struct hours_gaps){0};
	now = plan_clamp(now);
	compare_weeks(open, by, by_count, now, ret);
	compare_dates(open, by, by_count, now, ret);
}

/* ---- for people --------------------------------------------------------------------------------
 */

static void add_clock(struct usher_buf *ret, int minutes)
{
	buf_addf(ret, "%02d:%02d", minutes / 60, minutes % 60);
}

static void print_week(const struct hours_gaps *g, struct usher_buf *ret)
{
	static const char *const names[7] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	bool is_first = true;
	for (int i = 0; i < GAPS_HALF_HOURS; i++) {
		int from = i;
		if (!hours_gap_at(g, i))
			continue;
		while ((i + 1) % 48 != 0 && hours_gap_at(g, i + 1))
			i++;
		buf_addf(ret, "%s%s ", is_first ? "" : ", ", names[i / 48]);
		add_clock(ret, from % 48 * 30);
		buf_adds(ret, "–");
		add_clock(ret, i % 48 * 30 + 30);
		is_first = false;
	}
}

static void add_instant(struct usher_buf *ret, const struct hours *open, usher_us at,
			int64_t *last_day)
{
	char date[DATE_TEXT_BYTES];
	int minutes;
	int64_t day = local_day(open, at, &minutes);
	date_format(day, date);
	if (day != *last_day)
		buf_addf(ret, "%s ", date);
	*last_day = day;
	add_clock(ret, minutes);
}

void hours_gaps_print(const struct hours_gaps *g, const struct hours *open, struct usher_buf *ret)
{
	size_t before = ret->n;
	print_week(g, ret);
	for (size_t i = 0; i < g->count; i++) {
		int64_t day = -1;
		if (ret->n > before)
			buf_adds(ret, i == 0 ? "; " : ", ");
		add_instant(ret, open, g->dated[i].from_us, &day);
		buf_adds(ret, "–");
		add_instant(ret, open, g->dated[i].to_us, &day);
	}
	if (g->is_cut)
		buf_adds(ret, ", …");
}
