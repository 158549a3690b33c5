/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed marks that bring an answer back to its contact: a reply address
 * "support+c<contact>.<mac>@example.test" and a Message-ID "u1.<message>.<contact>.<mac>@domain".
 * Ids are 13 characters of base32, a mac the first 80 bits of HMAC-SHA256 in 16. Case does not
 * matter, as mail servers change it. Pure.
 */
#ifndef CHANNELS_EMAIL_TOKEN_H
#define CHANNELS_EMAIL_TOKEN_H

#include "routing/base/id.h"
#include "routing/base/memory.h"

#define EMAIL_TAG_BYTES 32 /* "+c", 13, ".", 16: what a reply address adds to the local part */

struct email_key {
	struct usher_text secret;  /* of the channel */
	struct usher_text channel; /* its id: a token of another channel is none here */
};

/* The reply address of a contact; `own` is the channel's address, with a local part of at most
 * 64 - EMAIL_TAG_BYTES. */
struct usher_text email_token_address(const struct email_key *key, struct usher_text own,
				      usher_id contact, struct arena *arena);

/* The contact that a tag ("c….…", without the '+') proves, or 0. Compares in constant time. */
usher_id email_token_contact(const struct email_key *key, struct usher_text tag);

/* The Message-ID (without <>) of an outgoing message, and the contact that one proves, or 0. */
struct usher_text email_token_message_id(const struct email_key *key, usher_id message,
					 usher_id contact, struct usher_text domain,
					 struct arena *arena);
usher_id email_token_from_message_id(const struct email_key *key, struct usher_text message_id);
/* The same; *ret_message is the message itself, written only when it is proven. */
usher_id email_token_message(const struct email_key *key, struct usher_text message_id,
			     usher_id *ret_message);

#endif
