/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text and bytes: a borrowed slice, and a growing buffer.
 *
 * struct usher_text never owns and need not be terminated. struct usher_buf owns its bytes and
 * always keeps a NUL behind them, so buf.p is a C string as long as no NUL was appended.
 * Small allocations abort on failure; a length that comes from outside must be checked against
 * its limit before it reaches these functions.
 */
#ifndef ROUTING_BASE_TEXT_H
#define ROUTING_BASE_TEXT_H

#include "routing/base/error.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct usher_text {
	const char *p; /* borrowed: as long as whatever it points into; NULL only when n is 0 */
	size_t n;      /* bytes */
};

#define TEXT(literal) ((struct usher_text){(literal), sizeof(literal) - 1})
#define TEXT_NONE ((struct usher_text){NULL, 0})
#define TEXT_ARG(t) (int)(t).n, (t).n > 0 ? (t).p : "" /* for "%.*s" */

static inline struct usher_text text_of(const char *s) /* NULL gives the empty text */
{
	return (struct usher_text){s, s != NULL ? strlen(s) : 0};
}

static inline struct usher_text text_slice(const void *p, size_t n)
{
	return (struct usher_text){(const char *)p, n};
}

bool text_equal(struct usher_text a, struct usher_text b);
bool text_equal_nocase(struct usher_text a, struct usher_text b); /* ASCII letters only */
bool text_starts(struct usher_text t, struct usher_text prefix);
struct usher_text text_trim(struct usher_text t);                 /* ASCII white space, both ends */

/* Cuts the part before the first `separator` off *rest and returns it; all of it where there is
 * none. *rest becomes what follows (empty, p NULL, at the end). */
struct usher_text text_cut(struct usher_text *rest, char separator);

/* Decimal digits only, no sign, no space. E_INVALID otherwise or past UINT64_MAX. */
int text_to_u64(struct usher_text t, uint64_t *ret) USHER_CHECKED;

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms), NUL refused. */
bool text_is_utf8(struct usher_text t);

/* Bytes of the longest prefix of at most `max` bytes that ends at a character boundary. */
size_t text_fit(struct usher_text t, size_t max);

struct usher_buf {
	char *p;       /* owned; NULL until the first append */
	size_t n;      /* bytes in use */
	size_t space;  /* bytes owned */
};

void buf_add(struct usher_buf *b, const void *bytes, size_t n);
void buf_add_text(struct usher_buf *b, struct usher_text t);
void buf_adds(struct usher_buf *b, const char *s);
void buf_addc(struct usher_buf *b, char c);
void buf_addf(struct usher_buf *b, const char *format, ...) USHER_PRINTF(2, 3);
void buf_reserve(struct usher_buf *b, size_t more); /* room for `more` bytes and the NUL */
void buf_drop_front(struct usher_buf *b, size_t n); /* n <= b->n */
void buf_clear(struct usher_buf *b);                /* empties, keeps the space */
void buf_done(struct usher_buf *b);                 /* frees and zeroes; may be used again */
char *buf_take(struct usher_buf *b);                /* the C string, owned by the caller; never NULL */

static inline struct usher_text buf_text(const struct usher_buf *b)
{
	return (struct usher_text){b->p, b->n};
}

#endif
