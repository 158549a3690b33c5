/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening hours: an immutable value, read from JSON, that answers questions about instants.
 *
 *   {"zone":"Europe/Helsinki",
 *    "week":{"mon":[["08:00","12:00"],["13:00","17:00"]],"fri":[["22:00","06:00"]],"sat":"always"},
 *    "exceptions":[{"date":"2026-12-24","name":"Christmas Eve","open":[["08:00","12:00"]]},
 *                  {"from":"2026-07-01","to":"2026-07-31","name":"July","week":{…}}]}
 *
 * Times are those that a clock on the wall of that zone shows: open is exactly when it shows a time
 * from the beginning of an interval (included) to its end (excluded). So what begins in an hour
 * that the change to summer time skips begins right after it, and an hour that comes twice counts
 * both times. An end that is not after the beginning lies in the next day; the whole interval
 * belongs to the day on which it begins, also where the next day is an exception. "24:00" may be an
 * end. A day that is not named is closed. "always" may stand for a day, a week, the list of an
 * exception or the whole value.
 *
 * An exception replaces a day ("date"), or each day of a range ("from", "to", both included), by
 * "open", the same intervals each day, or for a range by a "week" of its own. A date goes before a
 * range; two of the same kind for one day are refused.
 */
#ifndef GATEWAY_CALENDAR_HOURS_H
#define GATEWAY_CALENDAR_HOURS_H

#include "gateway/calendar/zone.h"
#include "gateway/json.h"

#define HOURS_BYTES_MAX ((size_t)64 << 10)
#define HOURS_INTERVALS_MAX 16 /* of a day */
#define HOURS_EXCEPTIONS_MAX 400
#define HOURS_NAME_BYTES_MAX 100      /* of an exception */
#define HOURS_AHEAD (731 * USHER_DAY) /* how far changes are looked for */

struct hours;

/*
 * Nothing, null and "always" are open at any time. site_zone is the zone of a value that names
 * none; NULL: it must name one, and one that is always open is in UTC. E_INVALID and E_LIMIT come
 * with a sentence that begins with the JSON pointer of the member:
 * "/week/mon/1: starts at 11:00, before the previous one ends at 12:00".
 */
int hours_parse(struct hours **ret, struct usher_text text, const char *site_zone,
		struct usher_error *reterr) USHER_CHECKED;
/* The same of a value within a document; NULL is nothing. Pointers begin at the value. */
int hours_read(struct hours **ret, const struct json *value, const char *site_zone,
	       struct usher_error *reterr) USHER_CHECKED;
struct hours *hours_free(struct hours *h); /* accepts NULL; always NULL */

/* The value in its one canonical form; reading that gives an equal value. */
void hours_write(const struct hours *h, struct json_writer *w);

/*
 * Questions. Where the hours are NULL, the answer is that of "always". Instants are taken from 1970
 * to 2099, those outside as the nearest of them.
 */
bool hours_is_always(const struct hours *h); /* open for ever, without any exception */
bool hours_is_open(const struct hours *h, usher_us at);
const struct zone *hours_zone(const struct hours *h); /* borrowed; NULL of NULL */

struct hours_change {
	usher_us at_us; /* USHER_NEVER: none within HOURS_AHEAD */
	bool is_open;	/* what it is from then on */
};
struct hours_change hours_next(const struct hours *h, usher_us after); /* later than `after` */

/* How long it is open between two instants; 0 where to <= from. Walks: about
 * 0.1 ms for a year, so 10 ms at most. */
usher_us hours_open_between(const struct hours *h, usher_us from, usher_us to);
/* When so much open time has passed since `from`: deadlines in opening hours. USHER_NEVER when it
 * has not HOURS_AHEAD later. */
usher_us hours_after(const struct hours *h, usher_us from, usher_us open_us);

/* What the calendar says of one local date. */
struct hours_interval {
	uint16_t from_min, to_min; /* of the day; to_min is past 1440 for the day after */
};
struct hours_day {
	uint8_t count;
	struct hours_interval intervals[HOURS_INTERVALS_MAX]; /* in order, apart or touching */
};
struct hours_day hours_day(const struct hours *h, int64_t day); /* of days since 1970-01-01 */
/* The exception that a date falls under: its name, "" where it has none, NULL: no exception. */
const char *hours_exception(const struct hours *h, int64_t day);
/* Without exceptions; Monday is 0. */
struct hours_day hours_weekday(const struct hours *h, int weekday);

#endif
