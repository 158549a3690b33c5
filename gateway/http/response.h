/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as bytes: status line, headers with the safe defaults, problem documents. */
#ifndef GATEWAY_HTTP_RESPONSE_H
#define GATEWAY_HTTP_RESPONSE_H

#include "routing/base/text.h"

struct response {
	int status;
	const char *content_type; /* NULL: no body */
	struct usher_text body;
	const char *const *headers; /* "Name: value", ends with NULL; may be NULL */
	const char *date;	    /* of the Date header */
	bool is_secure;		    /* adds HSTS */
	bool keeps_alive;
	bool is_head; /* Content-Length of the body, but not the body */
};

/* Appends the whole answer. Each default header yields to one of that name in `headers`:
 *   X-Content-Type-Options, Referrer-Policy, Content-Security-Policy, Cache-Control,
 *   Cross-Origin-Resource-Policy, Strict-Transport-Security over TLS.
 * E_INVALID, and nothing appended: a header holds CR, LF or another control character, has no
 * colon, or is one that only the server sets (Content-Length, Connection, Transfer-Encoding). */
int response_format(struct usher_buf *ret, const struct response *r) USHER_CHECKED;

struct problem_kind {
	int status;
	const char *code;
	const char *title;
};

const struct problem_kind *problem_of_code(int usher_code);
/* For what the server finds itself: 400, 403, 404, 405, 408, 411, 413, 414, 417, 421, 426, 431,
 * 500, 501, 503, 505. */
const struct problem_kind *problem_of_status(int status);

/* Appends {"type":…,"title":…,"status":…,"code":…,"detail":…}; detail may be NULL. */
void problem_format(struct usher_buf *ret, const struct problem_kind *kind, const char *detail);

#define PROBLEM_TYPE "application/problem+json"

#endif
