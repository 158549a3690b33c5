/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a value of hours: where in it the reader is, so that a refusal can say so; days and
 * weeks. For the files of this folder that read. */
#ifndef GATEWAY_CALENDAR_READER_H
#define GATEWAY_CALENDAR_READER_H

#include "gateway/calendar/plan.h"

#define READER_PATH_BYTES 128 /* the longest end in a member of the sender's */

/* Where in the value the reader is, as a JSON pointer (RFC 6901). */
struct reader {
	char path[READER_PATH_BYTES];
	size_t n;
	struct usher_error *err; /* borrowed: during the reading; may be NULL */
};

/* Writes "POINTER: reason" and returns code. The place is kept as it is: a refusal ends it all. */
int reader_refuse(struct reader *r, int code, const char *format, ...) USHER_PRINTF(3, 4);

/* Goes to a member or an item; returns what reader_leave takes to come back. */
size_t reader_enter(struct reader *r, const char *member);
size_t reader_enter_item(struct reader *r, size_t at);
void reader_leave(struct reader *r, size_t before);

bool reader_is_text(const struct json *value, const char *text);
/* An object, and no members but these; which of them are there is not asked. */
int reader_check_members(struct reader *r, const struct json *value, const char *const *names,
			 size_t count) USHER_CHECKED;

int reader_day(struct reader *r, const struct json *value, struct hours_day *ret) USHER_CHECKED;
int reader_week(struct reader *r, const struct json *value, struct week *ret) USHER_CHECKED;

#endif
