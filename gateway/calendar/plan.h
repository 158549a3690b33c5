/* SPDX-License-Identifier: Apache-2.0 */
/* What a value of hours consists of; for the files of this folder that read, write and ask it. */
#ifndef GATEWAY_CALENDAR_PLAN_H
#define GATEWAY_CALENDAR_PLAN_H

#include "gateway/calendar/hours.h"

#define DAY_MIN 1440

struct week {
	struct hours_day days[7]; /* Monday first */
};

struct exception {
	int32_t from_day, to_day; /* both included; the same: a single date */
	bool is_date;
	bool has_week;	  /* a week of its own; else the same intervals each day */
	struct week week; /* filled in either case */
	char name[HOURS_NAME_BYTES_MAX + 1];
};

struct hours {
	struct zone *zone; /* owned */
	bool is_always;	   /* week always, no exceptions */
	struct week week;
	/* Owned, in the order of from_day; those of one kind do not overlap. */
	struct exception *dates, *ranges;
	size_t date_count, range_count;
};

extern const char *const plan_weekdays[7];	  /* "mon" … */
extern const struct hours_day plan_always_day;	  /* one interval of 24 hours */
bool plan_is_always(const struct hours_day *day); /* open from 00:00 to 24:00, without a gap */

/* The intervals that begin on a date. Borrowed from h. */
const struct hours_day *plan_day(const struct hours *h, int64_t day);
const struct exception *plan_exception(const struct hours *h, int64_t day); /* NULL: none */

/* A time from `at` during which the state surely stays: changes are looked for from piece to
 * piece. h is not NULL. */
struct piece {
	bool is_open;
	usher_us to_us; /* later than `at`; at most a local day later */
};
struct piece plan_piece(const struct hours *h, usher_us at);
usher_us plan_clamp(usher_us at); /* into the years 1970 to 2099 */

#endif
