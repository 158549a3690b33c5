/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/calendar/plan.h"

const char *const plan_weekdays[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
const struct hours_day plan_always_day = {1, {{0, DAY_MIN}}};

bool plan_is_always(const struct hours_day *day)
{
	unsigned until = 0;
	for (size_t i = 0; i < day->count && day->intervals[i].from_min <= until; i++)
		until = day->intervals[i].to_min;
	return until >= DAY_MIN;
}

usher_us plan_clamp(usher_us at)
{
	return at < 0 ? 0 : at > ZONE_END ? ZONE_END : at;
}

/* ---- dates -------------------------------------------------------------------------------------
 */

static const struct exception *find(const struct exception *list, size_t count, int64_t day)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list[middle].to_day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && list[low].from_day <= day ? &list[low] : NULL;
}

const struct exception *plan_exception(const struct hours *h, int64_t day)
{
	const struct exception *e = find(h->dates, h->date_count, day);
	return e != NULL ? e : find(h->ranges, h->range_count, day);
}

const struct hours_day *plan_day(const struct hours *h, int64_t day)
{
	const struct exception *e = plan_exception(h, day);
	return &(e != NULL ? &e->week : &h->week)->days[zone_weekday(day)];
}

struct hours_day hours_day(const struct hours *h, int64_t day)
{
	return h != NULL ? *plan_day(h, day) : plan_always_day;
}

struct hours_day hours_weekday(const struct hours *h, int weekday)
{
	return h != NULL ? h->week.days[weekday] : plan_always_day;
}

const char *hours_exception(const struct hours *h, int64_t day)
{
	const struct exception *e = h != NULL ? plan_exception(h, day) : NULL;
	return e != NULL ? e->name : NULL;
}

const struct zone *hours_zone(const struct hours *h)
{
	return h != NULL ? h->zone : NULL;
}

bool hours_is_always(const struct hours *h)
{
	return h == NULL || h->is_always;
}

/* ---- pieces ------------------------------------------------------------------------------------
 */

/* Looks at the intervals that begin on one date. `clock` and *to count from that date's 00:00. */
static bool look_at(const struct hours_day *day, usher_us clock, usher_us *to)
{
	bool is_open = false;
	for (size_t i = 0; i < day->count; i++) {
		usher_us from = day->intervals[i].from_min * USHER_MINUTE;
		usher_us until = day->intervals[i].to_min * USHER_MINUTE;
		is_open = is_open || (from <= clock && clock < until);
		if (from > clock && from < *to)
			*to = from;
		if (until > clock && until < *to)
			*to = until;
	}
	return is_open;
}

struct piece plan_piece(const struct hours *h, usher_us at)
{
	struct zone_span span = zone_span_at(h->zone, at);
	usher_us local = at + span.offset_us;
	int64_t day = zone_day_at(h->zone, at);
	usher_us clock = local - day * USHER_DAY;
	usher_us to = USHER_DAY, to_before = 2 * USHER_DAY;
	bool is_open = look_at(plan_day(h, day), clock, &to);
	is_open |= look_at(plan_day(h, day - 1), clock + USHER_DAY, &to_before);
	if (to_before - USHER_DAY < to)
		to = to_before - USHER_DAY;
	usher_us end = at + (to - clock);
	return (struct piece){is_open, end < span.to_us ? end : span.to_us};
}

/* ---- questions ---------------------------------------------------------------------------------
 */

bool hours_is_open(const struct hours *h, usher_us at)
{
	return hours_is_always(h) || plan_piece(h, plan_clamp(at)).is_open;
}

struct hours_change hours_next(const struct hours *h, usher_us after)
{
	struct hours_change never = {USHER_NEVER, hours_is_open(h, after)};
	if (hours_is_always(h))
		return never;
	usher_us at = plan_clamp(after), end = at + HOURS_AHEAD;
	while (at <= end) {
		struct piece p = plan_piece(h, at);
		if (p.is_open != never.is_open)
			return (struct hours_change){at, p.is_open};
		at = p.to_us;
	}
	return never;
}

usher_us hours_open_between(const struct hours *h, usher_us from, usher_us to)
{
	usher_us sum = 0;
	from = plan_clamp(from);
	to = plan_clamp(to);
	if (hours_is_always(h))
		return to > from ? to - from : 0;
	while (from < to) {
		struct piece p = plan_piece(h, from);
		usher_us until = p.to_us < to ? p.to_us : to;
		sum += p.is_open ? until - from : 0;
		from = until;
	}
	return sum;
}

usher_us hours_after(const struct hours *h, usher_us from, usher_us open_us)
{
	usher_us at = plan_clamp(from), end = at + HOURS_AHEAD;
	if (open_us <= 0)
		return at;
	if (hours_is_always(h))
		return open_us <= HOURS_AHEAD ? at + open_us : USHER_NEVER;
	while (open_us > 0 && at <= end) {
		struct piece p = plan_piece(h, at);
		usher_us length = p.to_us - at;
		if (p.is_open && length >= open_us)
			length = open_us;
		open_us -= p.is_open ? length : 0;
		at += length;
	}
	return open_us == 0 && at <= end ? at : USHER_NEVER;
}
