/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When whose hours change: a heap of owners (queues, say) by the instant of their next change,
 * equal ones by owner. Setting, removing and each change cost O(log n), and the look at the
 * calendar for the one owner that changed.
 *
 * It knows no clock: instants (of 1970 to 2099) are given, and the same calls give the same
 * answers.
 */
#ifndef GATEWAY_CALENDAR_SCHEDULE_H
#define GATEWAY_CALENDAR_SCHEDULE_H

#include "gateway/calendar/hours.h"

#define SCHEDULE_OWNERS_MAX 100000

struct schedule;

struct schedule *schedule_new(void);
struct schedule *schedule_free(struct schedule *s); /* accepts NULL; always NULL */

/*
 * Adds an owner or gives it other hours; *ret_is_open is its state at `now`, which no schedule_due
 * reports. h is borrowed until the owner is removed or set again; NULL is always open. owner is
 * not 0. E_LIMIT: SCHEDULE_OWNERS_MAX owners are there already.
 */
int schedule_set(struct schedule *s, usher_id owner, const struct hours *h, usher_us now,
		 bool *ret_is_open, struct usher_error *reterr) USHER_CHECKED;
void schedule_remove(struct schedule *s, usher_id owner); /* nothing where it is not there */

size_t schedule_count(const struct schedule *s);
/* The state as last reported or set; open where the owner is not there. */
bool schedule_is_open(const struct schedule *s, usher_id owner);

/* When schedule_due should be called next; USHER_NEVER when nothing will change. May be the
 * instant of a mere look further ahead, at which nothing is due. */
usher_us schedule_next(const struct schedule *s);

struct schedule_change {
	usher_id owner;
	bool is_open;	/* at `now` */
	usher_us at_us; /* since when: the last change up to now */
};

/* Takes one owner whose state at `now` is another than it was last reported or set. Where several
 * changes passed unseen, only the state that they led to counts; what closed and opened again is
 * not reported. Call it until it says false. */
bool schedule_due(struct schedule *s, usher_us now, struct schedule_change *ret);

#endif
