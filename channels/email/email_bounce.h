/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a mail says became of another one: delivery status (RFC 3464 in RFC 6522), complaints (ARF,
 * RFC 5965), receipts (MDN, RFC 8098), and the bounces in plain words of servers that know none of
 * these. Pure. A report is only a claim: whether it speaks of a message that was sent to that
 * recipient is for the gateway to find out before anything changes.
 */
#ifndef CHANNELS_EMAIL_BOUNCE_H
#define CHANNELS_EMAIL_BOUNCE_H

#include "channels/email/email_automatic.h"
#include "channels/email/mail.h"

#define BOUNCE_PARTS_MAX 20			  /* further parts are not looked at */
#define BOUNCE_PART_BYTES_MAX ((size_t)64 * 1024) /* nor is what stands behind so much of one */

struct bounce_part {
	struct usher_text type;	 /* "message/delivery-status", lower case */
	struct usher_text bytes; /* decoded; of message/rfc822 the inner mail */
};

struct bounce_input {
	const struct mail_header *headers; /* of the mail itself */
	int header_count;
	struct usher_text subject; /* decoded */
	struct usher_text from;	   /* address of its author */
	struct usher_text to;	   /* address it was sent to: never the one that failed */
	struct bounce_part parts[BOUNCE_PARTS_MAX];
	int part_count;
};

/* Fills *ret with texts in the arena; count stays 0 where the mail is no report. Linear in the
 * bytes of the parts. */
void email_bounce(const struct bounce_input *in, struct arena *arena, struct mail_report *ret);

/* For people: "the mailbox is full". Never empty. */
const char *email_bounce_reason(enum mail_fault fault);

/* ---- its parts ---- */

/* Why, from the status code and the words of a server; either may be empty. */
enum mail_fault email_bounce_fault(struct usher_text status, struct usher_text said);

/* The first enhanced status code ("5.1.1") in a text, or empty. */
struct usher_text email_bounce_status(struct usher_text said);

/* The bounces in words: recipients and the id of the mail, out of its text. */
void email_bounce_words(const struct bounce_input *in, struct usher_text words, struct arena *arena,
			struct mail_report *ret);

/* Adds a recipient, cleaned; one that is there already keeps its first fate. NULL: no room. */
struct mail_reported *email_bounce_add(struct mail_report *report, struct usher_text address,
				       enum mail_fate fate, struct usher_text said,
				       struct arena *arena);

bool email_bounce_has(struct usher_text t, const char *phrase); /* without regard to case */
bool email_bounce_has_any(struct usher_text t, const char *const *phrases);

/* The next address-like run of characters behind *at, or empty at the end of the line. */
struct usher_text email_bounce_next_address(struct usher_text line, size_t *at);

#endif
