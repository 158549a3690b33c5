/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An outgoing message as a complete mail (RFC 5322), CR LF line ends, seven bits. Pure: the same
 * input gives the same bytes, so that a second try after a lost answer is the same mail.
 */
#ifndef CHANNELS_EMAIL_FORMAT_H
#define CHANNELS_EMAIL_FORMAT_H

#include "channels/channel.h"
#include "channels/email/email_token.h"

#define EMAIL_REFS_OUT_MAX 20 /* the first and the last 19 */

struct email_thread {
	struct usher_text in_reply_to; /* without <>; empty: this mail begins the thread */
	struct usher_text refs[EMAIL_REFS_OUT_MAX];
	int ref_count;
};

struct email_identity {
	struct email_key key;
	struct usher_text address, name; /* of the channel */
	struct usher_text domain;	 /* of Message-IDs */
};

/* Adds an id behind the others; at the limit the second one makes room. Repeats are left out. */
void email_thread_add(struct email_thread *t, struct usher_text id);

/* Appends the mail. E_INVALID: an address that must not be written into a mail. */
int email_format(const struct outgoing *out, const struct email_identity *identity,
		 const struct email_thread *thread, struct usher_buf *ret,
		 struct usher_error *reterr) USHER_CHECKED;

/* The subject of an answer: "Re: " once, and the contact's number, "[C-1042]", once. */
struct usher_text email_format_subject(struct usher_text subject, int64_t contact_number,
				       bool is_answer, struct arena *arena);

#endif
