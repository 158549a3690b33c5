/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of some hours others do not cover: the hours of a queue against those of its agents, say.
 *
 * The week is compared without exceptions, in the local time of the first and with the distance
 * between the zones as it is now. What that week does not show (exceptions, days on which the
 * zones' distance differs) is looked for in the next 60 days.
 */
#ifndef GATEWAY_CALENDAR_HOURS_GAPS_H
#define GATEWAY_CALENDAR_HOURS_GAPS_H

#include "gateway/calendar/hours.h"

#define GAPS_HALF_HOURS 336 /* of a week; 0 begins on Monday at 00:00 */
#define GAPS_DAYS 60
#define GAPS_DATED_MAX 64

struct hours_gaps {
	uint64_t week[(GAPS_HALF_HOURS + 63) / 64]; /* a bit for each half-hour with a gap in it */
	size_t count;
	struct hours_gap {
		usher_us from_us, to_us; /* to the minute */
	} dated[GAPS_DATED_MAX];	 /* none of them in a half-hour of the week above */
	bool is_cut;			 /* there are more than GAPS_DATED_MAX */
};

/* NULL among them is always open. Takes about 50 µs for each of `by`. */
void hours_gaps(const struct hours *open, const struct hours *const *by, size_t by_count,
		usher_us now, struct hours_gaps *ret);

static inline bool hours_gap_at(const struct hours_gaps *g, int half_hour)
{
	return (g->week[half_hour / 64] >> (half_hour % 64) & 1) != 0;
}

/* The gaps for people: "Mon 08:00–09:30, Fri 22:00–24:00; 2026-12-24 08:00–12:00". Dates are local
 * ones of `open`; appends nothing where there is no gap. */
void hours_gaps_print(const struct hours_gaps *g, const struct hours *open, struct usher_buf *ret);

#endif
