/* SPDX-License-Identifier: Apache-2.0 */
/* Words into the seven bits of mail: headers (RFC 2047) and bodies (RFC 2045). Pure. */
#ifndef CHANNELS_EMAIL_ENCODE_H
#define CHANNELS_EMAIL_ENCODE_H

#include "routing/base/id.h"

/* Appends "Name: value" CR LF, folded. `value` is UTF-8 of one line; with other than printable
 * ASCII in it, it becomes encoded words. */
void email_put_header(struct usher_buf *b, const char *name, struct usher_text value);

/* Appends a mailbox: "name" <address>, or the address alone. */
void email_put_mailbox_header(struct usher_buf *b, const char *name, struct usher_text display,
			      struct usher_text address);

/* Appends "Name: <id> <id> …" CR LF, one to a line. */
void email_put_ids_header(struct usher_buf *b, const char *name, const struct usher_text *ids,
			  int count);

void email_put_date_header(struct usher_buf *b, usher_us at);

/* Appends the text in quoted-printable: lines of at most 76, CR LF only, no line begins with a
 * dot, a last line end. */
void email_put_quoted(struct usher_buf *b, struct usher_text text);

#endif
