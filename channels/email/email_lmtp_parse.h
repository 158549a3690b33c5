/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of LMTP (RFC 2033, 5321, 1870, 6152, 6531): lines, commands, and the transparent data.
 * Pure. Only CR LF ends a line, and only CR LF . CR LF ends a message: what treats a bare LF as a
 * line end lets one mail smuggle another.
 */
#ifndef CHANNELS_EMAIL_LMTP_PARSE_H
#define CHANNELS_EMAIL_LMTP_PARSE_H

#include "routing/base/text.h"

#define LMTP_LINE_MAX 2048

enum lmtp_verb {
	LMTP_BAD = 0, /* not a command of this protocol: 500 */
	LMTP_LHLO,
	LMTP_MAIL,
	LMTP_RCPT,
	LMTP_DATA,
	LMTP_RSET,
	LMTP_NOOP,
	LMTP_QUIT,
	LMTP_VRFY,
	LMTP_HELO, /* HELO or EHLO: this is no SMTP server, 500 */
};

struct lmtp_command {
	enum lmtp_verb verb;
	struct usher_text argument; /* of LHLO, NOOP, VRFY: the rest of the line */
	struct usher_text address;  /* of MAIL and RCPT, without <>; empty: the null sender */
	uint64_t size;		    /* SIZE=, or 0 */
	bool is_utf8;		    /* SMTPUTF8 */
	const char *fault; /* "501 5.5.4 …" when the verb is known but its argument bad */
};

enum lmtp_line { LMTP_LINE_MORE, LMTP_LINE_READY, LMTP_LINE_BARE, LMTP_LINE_LONG };

/* Looks for a whole line at the start of the input. *ret_line is it without CR LF; *ret_used what
 * to drop, also of lines with a bare CR or LF (LMTP_LINE_BARE) and over-long ones. */
enum lmtp_line lmtp_take_line(struct usher_text input, struct usher_text *ret_line,
			      size_t *ret_used);

/* Texts are borrowed from the line. */
void lmtp_parse(struct usher_text line, struct lmtp_command *ret);

/* A message after DATA, fed in any pieces. */
struct lmtp_data {
	int state;    /* 0 at the start of a line */
	size_t bytes; /* of the message so far, also of what was not kept */
	size_t max;   /* bytes kept at most; is_over when there were more */
	bool is_over;
};

void lmtp_data_init(struct lmtp_data *d, size_t max);

/* Appends the message's bytes to *ret, dots un-stuffed, and returns true when the end was found;
 * *ret_used is what was read of the input. */
bool lmtp_data_feed(struct lmtp_data *d, struct usher_text input, size_t *ret_used,
		    struct usher_buf *ret);

#endif
