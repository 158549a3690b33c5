/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A time zone as a table: from which instant which offset holds. Made once from the system's zone
 * data (tzdata, read by GLib), then pure: no file, no lock, no global.
 *
 * It reaches from 1970 to 2099; instants outside take the first or last offset. Up to 2037, where
 * the tables of tzdata end, it is right for each zone; after that for each but Europe/Dublin, whose
 * rule (winter time is the exception) GLib 2.74 misreads.
 */
#ifndef GATEWAY_CALENDAR_ZONE_H
#define GATEWAY_CALENDAR_ZONE_H

#include "routing/base/id.h"

#define ZONE_NAME_BYTES_MAX 63
#define ZONE_END (47482 * USHER_DAY) /* 2100-01-01 */

struct zone;

/* An IANA name as "Europe/Helsinki". E_INVALID: the system has no zone data of that name; POSIX
 * rules ("EST5"), offsets ("+02:00") and the system's own zone ("localtime") are none. */
int zone_new(struct zone **ret, struct usher_text name, struct usher_error *reterr) USHER_CHECKED;
struct zone *zone_free(struct zone *z); /* accepts NULL; always NULL */

const char *zone_name(const struct zone *z);

/* The time during which one offset holds. */
struct zone_span {
	usher_us from_us, to_us; /* INT64_MIN and USHER_NEVER at the ends of the table */
	usher_us offset_us;	 /* local time = UTC + offset */
};
struct zone_span zone_span_at(const struct zone *z, usher_us at);

/* Days since 1970-01-01 of the local date at an instant of 1970 to 9999; Monday is 0. */
int64_t zone_day_at(const struct zone *z, usher_us at);
int zone_weekday(int64_t day);

/* The first instant at which the local date is the one that it is at `at`. */
usher_us zone_day_start(const struct zone *z, usher_us at);
/* The first instant of a local date; where the zone skipped it, of the next one. */
usher_us zone_day_begin(const struct zone *z, int64_t day);
/* The beginning of the 15 minutes of local time that `at` lies in. A change of the offset begins
 * new ones, so that a repeated hour has eight. */
usher_us zone_quarter_start(const struct zone *z, usher_us at);

/* ---- dates of the Gregorian calendar ---------------------------------------------------------
 */

#define DATE_TEXT_BYTES 11   /* 2026-12-24 and the NUL */
#define DATE_DAY_MAX 2932896 /* 9999-12-31 */

/* "2026-12-24", 1970 to 9999, as days since 1970-01-01. */
int date_parse(struct usher_text t, int32_t *ret) USHER_CHECKED;
void date_format(int64_t day, char ret[static DATE_TEXT_BYTES]); /* 0 <= day <= DATE_DAY_MAX */

#endif
