/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the new words of a mail end and quoted text and signature begin. Pure, linear.
 *
 * Nothing is cut: the result are stretches a reader may fold away. What is answered in between
 * (interleaved) is never folded, nor what was forwarded, nor all there is. Header lines and
 * introductions are known in English, Finnish, Estonian, Swedish, German and Russian, as the usual
 * mail programs write them, and the commonest in a few other languages.
 */
#ifndef CHANNELS_EMAIL_QUOTE_H
#define CHANNELS_EMAIL_QUOTE_H

#include "channels/email/mail.h"

#define QUOTE_LINES_MAX 20000 /* what stands behind so many lines stays unfolded */

/* Plain text, UTF-8, lines ended by LF. Offsets in bytes of `body`. */
void email_quote_text(struct usher_text body, struct mail_folds *ret);

/* ---- HTML: the writer marks, then all marks are weighed together ---- */

enum quote_mark {
	QUOTE_NOTHING = 0,
	QUOTE_SELF = 1,	 /* the element is a quotation */
	QUOTE_REST = 2,	 /* it and all its later siblings are */
	QUOTE_INTRO = 3, /* "On Monday Anna wrote:"; counts with a quotation behind it */
	QUOTE_SIGNATURE = 4,
};

#define QUOTE_MARKS_MAX 64 /* further ones are not taken */

struct quote_marks {
	struct {
		enum quote_mark kind;
		size_t from, to; /* bytes of the HTML that was written */
	} item[QUOTE_MARKS_MAX];
	int count;
	int looked_at; /* elements whose words were read */
};

/* What the first words of an element (lines ended by LF) make of it; is_whole: there are no more.
 * How the mail programs mark their elements is in email_quote_element (email_quote_html.h). */
enum quote_mark email_quote_words(struct usher_text text, bool is_whole);

/* The marks of one piece of HTML into stretches of it. */
void email_quote_settle(struct usher_text html, const struct quote_marks *marks,
			struct mail_folds *ret);

/* ---- lines ---- */

enum quote_line {
	LINE_EMPTY = 0,
	LINE_TEXT = 1,
	LINE_QUOTED = 2,     /* begins with ">" */
	LINE_SEPARATOR = 3,  /* "-----Original Message-----" */
	LINE_FORWARD = 4,    /* "---------- Forwarded message ---------" */
	LINE_RULE = 5,	     /* ________________, or a separator's words without dashes: counts
			      * with header lines behind it */
	LINE_SIGNATURE = 6,  /* "-- " */
	LINE_MOBILE = 7,     /* "Sent from my iPhone" */
	LINE_DISCLAIMER = 8, /* "This e-mail is confidential" */
};

enum {
	LABEL_FROM = 1,
	LABEL_DATE = 2,
	LABEL_TO = 4,
	LABEL_CC = 8,
	LABEL_SUBJECT = 16,
};

enum quote_line email_quote_line(struct usher_text line);
int email_quote_label(struct usher_text line); /* LABEL_…, or 0 */
/* Lines that introduce a quotation, joined by spaces. has_quote: quoted lines follow, which lets
 * "Anna kirjoitti:" count without a date or an address. */
bool email_quote_intro(struct usher_text joined, bool has_quote);
/* Begins like such an introduction that goes on in the next line: a weekday, a date, "On", "Am". */
bool email_quote_intro_begins(struct usher_text line);
/* A line of the footer that mailing lists add below a rule. */
bool email_quote_is_list(struct usher_text line);
/* Speaks of forwarding in its first words. */
bool email_quote_is_forward(struct usher_text words);

#endif
