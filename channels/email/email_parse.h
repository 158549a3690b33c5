/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a mail into struct mail (RFC 5322, 2045–2047, 2231, 3676). Pure: no file, no clock.
 * Meant to run in the sandboxed child only, since it calls GMime and gumbo with hostile input.
 */
#ifndef CHANNELS_EMAIL_PARSE_H
#define CHANNELS_EMAIL_PARSE_H

#include "channels/email/mail.h"

#define EMAIL_PARSE_NO_HTML \
	1u /* HTML parts become text without a parser: after one that killed it */

/* Fills *ret with texts in the arena. E_INVALID: no header that can be read; E_LIMIT: larger than
 * the limits in mail.h. In both cases email_unreadable() is the answer. */
int email_parse(struct usher_text raw, unsigned flags, struct arena *arena, struct mail *ret,
		struct usher_error *reterr) USHER_CHECKED;

/* A mail that could not be parsed, as something to show: subject "(unreadable message)", a body
 * that explains and holds the start of the raw text, and what a plain look at its headers gives. */
void email_unreadable(struct usher_text raw, const char *why, struct arena *arena,
		      struct mail *ret);

#endif
