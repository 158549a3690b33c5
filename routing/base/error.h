/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Result codes and the reason that travels beside them.
 *
 * A function that can fail returns 0 or a negative enum usher_code. Where a person will read the
 * failure, the caller lends a struct usher_error and the function writes one sentence into it:
 * what was tried, with what, why it failed. It is written on failure only and may be NULL.
 */
#ifndef ROUTING_BASE_ERROR_H
#define ROUTING_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

#define USHER_CHECKED __attribute__((warn_unused_result))
#define USHER_PRINTF(string, first) __attribute__((format(printf, string, first)))

enum usher_code {
	USHER_OK = 0,
	E_INVALID = -1,     /* the input breaks a rule of the interface; 400 */
	E_NOT_FOUND = -2,   /* no such thing; 404 */
	E_EXISTS = -3,      /* had it already; harmless, 200 or 409 by context */
	E_STALE = -4,       /* the epoch or version is not the current one; 409 */
	E_STATE = -5,       /* not possible in the state it is in; 409 */
	E_LIMIT = -6,       /* a stated limit is reached; 413 or 429 */
	E_AGAIN = -7,       /* not now; nothing was kept; 503 with a retry time */
	E_DENIED = -8,      /* who asks may not; 403 */
	E_UNAUTHENTICATED = -9, /* who asks is not known; 401 */
	E_IO = -10,         /* the store, disk or network failed; surely not done */
	E_UNKNOWN_OUTCOME = -11, /* it may or may not have been done: the process must end */
	E_CLOSED = -12,     /* the queue, channel or peer is closed; 409 */
	E_UNSUPPORTED = -13, /* understood, but this build or peer cannot; 501 */
	E_MEMORY = -14,     /* a size that came from outside could not be met */
};

struct usher_error {
	int code;       /* an enum usher_code, 0 while nothing failed */
	char text[248]; /* one sentence, no newline, always terminated */
};

/* Writes code and sentence (cut at the size of text, at a character boundary) and returns code.
 * err may be NULL. */
int usher_error_set(struct usher_error *err, int code, const char *format, ...) USHER_PRINTF(3, 4);
int usher_error_vset(struct usher_error *err, int code, const char *format, va_list args);

/* The stable lower-case name of a code ("stale"), for APIs and logs; "unknown" for others. */
const char *usher_code_name(int code);

#endif
