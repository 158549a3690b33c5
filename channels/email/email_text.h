/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of unknown origin into text that can be stored and shown. Pure. */
#ifndef CHANNELS_EMAIL_TEXT_H
#define CHANNELS_EMAIL_TEXT_H

#include "routing/base/memory.h"

/* Valid UTF-8 of at most `max` bytes: what is not UTF-8 becomes U+FFFD, CR LF and CR become LF,
 * control characters other than tab and LF are dropped. *ret_cut (may be NULL) is set to true
 * when something was cut off, and left alone otherwise. */
struct usher_text email_text_clean(struct arena *arena, struct usher_text bytes, size_t max,
				   bool *ret_cut);

/* The same for one line of a header: white space runs become one space, ends are trimmed, and
 * characters that turn the reading direction (U+202A–E, U+2066–9) are dropped. */
struct usher_text email_text_line(struct arena *arena, struct usher_text bytes, size_t max);

/* A file name: one line, without directories, NUL, quotes and leading dots. */
struct usher_text email_text_file_name(struct arena *arena, struct usher_text bytes);

/* Whether it is what email_text_clean (is_line: email_text_line) may return. */
bool email_text_is_clean(struct usher_text t, bool is_line);

/* Joins the lines of a format=flowed text (RFC 3676). */
struct usher_text email_text_unflow(struct arena *arena, struct usher_text t, bool is_delsp);

/* Bytes in a declared charset (may be NULL or nonsense) into UTF-8: the declared one, else UTF-8,
 * else windows-1252. The result still wants email_text_clean. */
struct usher_text email_text_decode(struct arena *arena, struct usher_text bytes,
				    const char *charset);

/* Opens the usual charsets, so that later use needs no file of the system. */
void email_text_warm(void);

/* Trims "< >" and comments off a Message-ID: the id, or empty when there is none. */
struct usher_text email_text_next_id(struct usher_text *rest);

#endif
