/* SPDX-License-Identifier: Apache-2.0 */
/* Mail addresses: the one strict check that stands before SMTP, LMTP and headers. Pure. */
#ifndef CHANNELS_EMAIL_ADDRESS_H
#define CHANNELS_EMAIL_ADDRESS_H

#include "routing/base/memory.h"

/* An address that may be written into commands and headers as it stands: ASCII, one @, no white
 * space or control, none of <>"\(),:;[], local part 1–64, whole at most 254 bytes, a domain of
 * dot-separated labels. Quoted local parts and address literals are refused on purpose. */
bool email_address_check(struct usher_text address);

/* The same for bytes above 0x7F, which SMTPUTF8 allows; they must be UTF-8. */
bool email_address_check_utf8(struct usher_text address);

/* Copy with the domain in lower case; empty when the check (utf8 form) refuses it. */
struct usher_text email_address_normal(struct arena *arena, struct usher_text address);

/* Whether `address` is `own` or own with a "+tag" in its local part, without regard to case.
 * *ret_tag is the tag, or empty. */
bool email_address_is_own(struct usher_text address, struct usher_text own,
			  struct usher_text *ret_tag);

/* What stands behind the @; empty when there is none. */
struct usher_text email_address_domain(struct usher_text address);

/* The first address found in a raw header value, for mails that cannot be parsed. */
struct usher_text email_address_find(struct usher_text raw);

#endif
