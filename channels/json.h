/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON at the edge of an adapter: one object in, text out.
 *
 * Reading is strict: duplicate names, invalid UTF-8 and anything behind the object are refused.
 * What is read is borrowed from the tree, which the caller frees. Writing appends to a buffer and
 * puts the commas itself, so that a frame is a plain list of calls. The library behind it appears
 * in json.c only.
 */
#ifndef CHANNELS_JSON_H
#define CHANNELS_JSON_H

#include "routing/base/text.h"

struct json_t; /* one value of a tree */

/* E_INVALID: not one JSON object. The caller checks the size of `bytes` first. */
int json_in(struct json_t **ret, struct usher_text bytes, struct usher_error *reterr) USHER_CHECKED;
struct json_t *json_in_free(struct json_t *tree); /* accepts NULL; always NULL */

bool json_in_has(const struct json_t *object, const char *name);
bool json_in_is_null(const struct json_t *object, const char *name);

/* A member that may be absent or null: then the empty text. E_INVALID: another type, more than
 * `max` bytes, or a NUL inside. */
int json_in_text(const struct json_t *object, const char *name, size_t max,
		 struct usher_text *ret) USHER_CHECKED;

/* The same, but a NUL may stand inside (what people type is cleaned later). */
int json_in_raw(const struct json_t *object, const char *name, size_t max,
		struct usher_text *ret) USHER_CHECKED;

/* E_NOT_FOUND: absent or null, *ret untouched; E_INVALID: another type or out of bounds. */
int json_in_integer(const struct json_t *object, const char *name, int64_t min, int64_t max,
		    int64_t *ret) USHER_CHECKED;
int json_in_boolean(const struct json_t *object, const char *name, bool *ret) USHER_CHECKED;

/* The member when it is an object (or an array); NULL otherwise. */
const struct json_t *json_in_object(const struct json_t *object, const char *name);
const struct json_t *json_in_array(const struct json_t *object, const char *name);
size_t json_in_count(const struct json_t *array);			 /* NULL: 0 */
const struct json_t *json_in_item(const struct json_t *array, size_t i); /* an object, or NULL */

void json_out_open(struct usher_buf *b, const char *name,
		   char bracket);			/* '{' or '['; name may be NULL */
void json_out_close(struct usher_buf *b, char bracket); /* '}' or ']' */
void json_out_text(struct usher_buf *b, const char *name, struct usher_text value);
void json_out_string(struct usher_buf *b, const char *name, const char *value); /* NULL: null */
void json_out_text_or_null(struct usher_buf *b, const char *name, struct usher_text value);
void json_out_integer(struct usher_buf *b, const char *name, int64_t value);
void json_out_boolean(struct usher_buf *b, const char *name, bool value);
void json_out_null(struct usher_buf *b, const char *name);

#endif
