/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a robot sent a mail. RFC 3834 (Auto-Submitted), RFC 3464 (reports), RFC 2919 and 2369
 * (lists), and the headers that Exchange and others use in their place. Pure.
 */
#ifndef CHANNELS_EMAIL_AUTOMATIC_H
#define CHANNELS_EMAIL_AUTOMATIC_H

#include "routing/base/text.h"

struct mail_header {
	struct usher_text name, value; /* as received, value unfolded or not */
};

/* A short reason such as "Auto-Submitted: auto-replied", in a static or borrowed text; empty when
 * nothing says so. `from` is the address of the author. */
struct usher_text email_automatic(const struct mail_header *headers, int count,
				  struct usher_text from);

/* The same, and whether it is a note of absence: a robot's mail with another sign of that, such as
 * the headers of Exchange's out-of-office. A subject like "Automatic reply" (en, fi, et, sv, de,
 * ru) says so only together with a sign in the headers: people write such subjects too. */
struct usher_text email_automatic_subject(const struct mail_header *headers, int count,
					  struct usher_text from, struct usher_text subject,
					  bool *ret_away);

/* The value of the first header of that name, trimmed; empty when there is none. */
struct usher_text email_header(const struct mail_header *headers, int count, const char *name);

/* Cuts the next header off the raw head of a mail, for mails that cannot be parsed: false at its
 * end. Folded lines stay in the value. */
bool email_header_next(struct usher_text *rest, struct mail_header *ret);

#endif
