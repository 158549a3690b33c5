/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event = one line on stderr, in logfmt:
 *   2026-11-21T09:30:00.123Z warn imap.login_failed host=mail.example retry_s=60
 *
 * The format holds the keys; each value printed by a % directive is quoted and escaped when it
 * needs it, so no value can end the line, begin another field or send a terminal sequence.
 * Never log a message body, an address or a secret.
 */
#ifndef GATEWAY_LOG_H
#define GATEWAY_LOG_H

#include "routing/base/text.h"

/* Numbers as in syslog and channels/channel.h. */
enum log_level {
	LOG_LEVEL_ERROR = 3, /* somebody must act */
	LOG_LEVEL_WARN = 4,  /* we coped */
	LOG_LEVEL_INFO = 6,  /* a step of a contact's life */
	LOG_LEVEL_DEBUG = 7,
};

#define LOG_LINE_MAX 2000 /* bytes; longer lines are cut at a character */

/* event is "noun.past_verb". Directives: d i u x c s p f with l, ll, z, '-', '0', width, precision
 * and '*'. May be called by any thread. */
void log_event(int level, const char *event, const char *format, ...) USHER_PRINTF(3, 4);
void log_vevent(int level, const char *event, const char *format, va_list args);

/* Events above this level are dropped; LOG_LEVEL_INFO at first. */
void log_set_level(int level);

/* Tests: lines go to on_line (without newline) instead of stderr; NULL ends that. */
void log_capture(void (*on_line)(const char *line, void *arg), void *arg);

#endif
