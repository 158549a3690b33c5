/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head of an HTTP/1.1 request (RFC 9112), parsed strictly and without allocation.
 *
 * Whatever two programs could read in two ways is refused: bare CR or LF, folded lines, space
 * before a colon, a repeated Content-Length, Host, Transfer-Encoding or other single header,
 * Content-Length beside Transfer-Encoding, dot segments, an encoded slash, NUL or control
 * characters in the path.
 */
#ifndef GATEWAY_HTTP_HEAD_H
#define GATEWAY_HTTP_HEAD_H

#include "routing/base/text.h"

#define HEAD_BYTES_MAX 16384
#define HEAD_TARGET_MAX 8192
#define HEAD_FIELDS_MAX 64

struct head_field {
	struct usher_text name,
		value; /* borrowed from the bytes; value without outer white space */
};

struct request_head {
	struct usher_text method;
	struct usher_text path;	 /* decoded inside the bytes given, which therefore change */
	struct usher_text query; /* raw, without the '?' */
	int minor;		 /* of the version: HTTP/1.0 or HTTP/1.1 */
	size_t field_count;
	struct head_field fields[HEAD_FIELDS_MAX];
	bool has_length, is_chunked;
	bool keeps_alive; /* HTTP/1.1 without Connection: close */
	bool expects_continue;
	bool wants_upgrade; /* an Upgrade header is there and Connection names it */
	uint64_t length;    /* Content-Length, 0 when missing */
};

/* Bytes up to and with the empty line that ends the head; 0 when it has not come yet. *scanned
 * remembers how far an earlier call has looked. A negative HTTP status (-400, -431) when the bytes
 * can never become a head. Empty lines before the head must have been skipped. */
int head_find_end(struct usher_text bytes, size_t *scanned);

/* `bytes` is what head_find_end measured. 0, or a negative HTTP status: -400, -414, -431, -501
 * (Transfer-Encoding other than chunked), -505; *retwhy is one sentence then. */
int head_parse(char *bytes, size_t n, struct request_head *ret, const char **retwhy);

/* The first field of that lower-case name; the empty text when there is none. */
struct usher_text head_field(const struct request_head *head, const char *name);

/* Does a comma-separated header hold this token, in any case? */
bool head_has_token(struct usher_text list, struct usher_text token);

#endif
