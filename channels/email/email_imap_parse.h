/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Responses of an IMAP server (RFC 3501, 9051): where one ends, and what it says. Pure.
 *
 * A mail is a literal inside a response, so its content is never taken for protocol.
 */
#ifndef CHANNELS_EMAIL_IMAP_PARSE_H
#define CHANNELS_EMAIL_IMAP_PARSE_H

#include "routing/base/memory.h"

#define IMAP_LINE_MAX ((size_t)1024 * 1024) /* of a response without its literals */
#define IMAP_DEPTH_MAX 20
#define IMAP_VALUES_MAX 200000

/* Scans an input that grows; zero it for each response. */
struct imap_scan {
	size_t at;	 /* looked at so far */
	size_t literals; /* bytes of literals so far */
};

/* The bytes of the first whole response in the input, 0 while it is not whole, or E_LIMIT: a line
 * or literal over its limit. The input must start with the same bytes as before. */
int64_t imap_response_size(struct imap_scan *scan, struct usher_text input, size_t literal_max);

enum imap_kind { IMAP_ATOM = 1, IMAP_STRING, IMAP_LIST, IMAP_NIL };

struct imap_value {
	enum imap_kind kind;
	struct usher_text text;	  /* of atoms and strings */
	struct imap_value *first; /* of a list; in the arena */
	struct imap_value *next;
};

enum imap_response_kind { IMAP_UNTAGGED = 1, IMAP_TAGGED, IMAP_CONTINUE };

struct imap_response {
	enum imap_response_kind kind;
	struct usher_text tag; /* of a tagged one */
	bool has_number;       /* "* 12 FETCH" */
	uint32_t number;
	struct usher_text name;	  /* "OK", "NO", "FETCH", "SEARCH", … as sent */
	struct usher_text code;	  /* of OK, NO, BAD, BYE: what stands in [ ] */
	struct usher_text words;  /* what stands behind, for people */
	struct imap_value *first; /* the values of other responses */
};

/* One whole response with its CR LF. Texts are borrowed from it or live in the arena. E_INVALID. */
int imap_parse(struct usher_text response, struct arena *arena,
	       struct imap_response *ret) USHER_CHECKED;

/* The value behind the atom `name` in a list of pairs (a FETCH), or NULL. */
const struct imap_value *imap_pair(const struct imap_value *list, const char *name);

bool imap_number(const struct imap_value *v, uint32_t *ret);

/* "21-Nov-2026 10:00:00 +0200" (INTERNALDATE), or 0. */
int64_t imap_date_us(struct usher_text t);

/* Appends a string as the client may send it: quoted. False: it holds what cannot be quoted. */
bool imap_quote(struct usher_buf *b, struct usher_text t);

#endif
