/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X-Twilio-Signature: base64(HMAC-SHA1(token, URL + every parameter sorted by name: name + value)).
 * Source: the provider's page "Security", reproduced by the vectors made with its own library.
 */
#ifndef CHANNELS_TELEPHONY_TWILIO_SIGN_H
#define CHANNELS_TELEPHONY_TWILIO_SIGN_H

#include "channels/telephony/twilio_parse.h"

/* Appends the signature. Repeated names: their values once each, sorted. form may be NULL. */
void twilio_sign(struct usher_text token, struct usher_text url, const struct form *form,
		 struct usher_buf *ret);

/* Whether one of the tokens (NULL ends; empty ones never match) made the signature, over the URL
 * with its port left out or with it written out, as the provider does by the kind of callback. */
bool twilio_is_signed(const char *const *tokens, struct usher_text url, const struct form *form,
		      struct usher_text signature);

/* For JSON bodies: the URL's bodySHA256 (hex) is that of the body. */
bool twilio_is_body_signed(struct usher_text url, struct usher_text body);

#endif
