/* SPDX-License-Identifier: Apache-2.0 */
/* Keyed hashes, base64 and random bytes for tokens and signatures, over OpenSSL. */
#ifndef CHANNELS_SIGN_H
#define CHANNELS_SIGN_H

#include "routing/base/text.h"

#define SIGN_SHA1_BYTES 20
#define SIGN_SHA256_BYTES 32
#define SIGN_HEX_BYTES 65 /* 64 digits of a SHA-256 and the NUL */

/* RFC 2104. The key may have any length. */
void sign_hmac_sha1(struct usher_text key, struct usher_text bytes,
		    unsigned char ret[static SIGN_SHA1_BYTES]);
void sign_hmac_sha256(struct usher_text key, struct usher_text bytes,
		      unsigned char ret[static SIGN_SHA256_BYTES]);
void sign_sha256_hex(struct usher_text bytes, char ret[static SIGN_HEX_BYTES]); /* lower case */

/* Takes the same time wherever the first difference is; the lengths may leak. */
bool sign_equal(struct usher_text a, struct usher_text b);

/* From the system's generator; ends the process when there is none. */
void sign_random(void *ret, size_t n);

/* RFC 4648: with padding (section 4), and the URL-safe alphabet without it (section 5). */
void sign_base64(struct usher_buf *b, const void *bytes, size_t n);
void sign_base64url(struct usher_buf *b, const void *bytes, size_t n);

/* Appends the bytes. E_INVALID: a foreign character, padding, or bits that do not fit. */
int sign_base64url_decode(struct usher_text t, struct usher_buf *ret) USHER_CHECKED;

#endif
