/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON as the API reads and writes it.
 *
 * Reading is strict: one value, valid UTF-8, no repeated member, no NUL, at most 32 levels. The
 * parser behind it is hidden, so that it can be replaced. Writing needs no tree: members go
 * straight into a buffer.
 */
#ifndef GATEWAY_JSON_H
#define GATEWAY_JSON_H

#include "routing/base/id.h"

#define JSON_DEPTH_MAX 32

struct json; /* a value; owned by its document */

/* E_LIMIT: more than bytes_max; E_INVALID with a sentence that names line and column. */
int json_parse(struct json **ret, struct usher_text text, size_t bytes_max,
	       struct usher_error *reterr) USHER_CHECKED;
struct json *json_free(struct json *document); /* accepts NULL; always NULL; documents only */

enum json_kind {
	JSON_KIND_NULL,
	JSON_KIND_BOOLEAN,
	JSON_KIND_INTEGER,
	JSON_KIND_REAL,
	JSON_KIND_TEXT,
	JSON_KIND_LIST,
	JSON_KIND_OBJECT,
	JSON_KIND_ANY, /* of a json_field only: the value as it is, null too */
};
enum json_kind json_kind(const struct json *value);
struct usher_text json_as_text(const struct json *value); /* TEXT_NONE for other kinds */
int64_t json_as_integer(const struct json *value);        /* 0 for other kinds */
bool json_as_boolean(const struct json *value);           /* false for other kinds */
double json_as_real(const struct json *value);            /* 0 for other kinds */
void json_print(const struct json *value, struct usher_buf *ret); /* appends it, on one line */

size_t json_count(const struct json *list); /* of a list or an object; 0 for other kinds */
const struct json *json_item(const struct json *list, size_t at);	     /* NULL past the end */
const struct json *json_member(const struct json *object, const char *name); /* NULL: none */

/* The members of an object, one by one, in the order of the text. */
struct json_cursor {
	void *at;
};
bool json_next(const struct json *object, struct json_cursor *cursor, struct usher_text *retname,
	       const struct json **retvalue);

/* One expected member. The list ends with name NULL. */
struct json_field {
	const char *name;
	enum json_kind kind; /* TEXT, INTEGER, BOOLEAN, LIST, OBJECT, ANY */
	bool is_required;
	bool may_be_null; /* null counts as not given */
	int64_t min, max; /* of integers; bytes of texts; items of lists. 0, 0: no bound but
			   * that of the document */
	void *ret;	  /* struct usher_text, int64_t, bool or const struct json *;
			   * written only when given; texts are borrowed from the document;
			   * NULL of ANY: the member is only allowed */
	bool *ret_given;  /* may be NULL */
};

/* Checks an object against its fields: a missing, unknown, ill-typed or out-of-range member ends it
 * with E_INVALID and a sentence that names it. */
int json_fields(const struct json *object, const struct json_field *fields,
		struct usher_error *reterr) USHER_CHECKED;

/* ---- writing ----------------------------------------------------------------------------------
 */

struct json_writer {
	struct usher_buf *out; /* borrowed while writing */
	uint8_t depth;	       /* open objects and lists; at most JSON_DEPTH_MAX */
	bool needs_comma;
};

void json_writer_init(struct json_writer *w, struct usher_buf *out);
void json_write_object(struct json_writer *w);
void json_write_object_end(struct json_writer *w);
void json_write_list(struct json_writer *w);
void json_write_list_end(struct json_writer *w);
void json_write_key(struct json_writer *w, const char *name); /* name needs no escaping */
/* Begins a value that the caller appends itself, as well-formed JSON. */
struct usher_buf *json_write_value(struct json_writer *w);

void json_write_text(struct json_writer *w,
		     struct usher_text t); /* bytes that are no UTF-8: U+FFFD */
void json_write_integer(struct json_writer *w, int64_t value);
void json_write_boolean(struct json_writer *w, bool value);
void json_write_null(struct json_writer *w);
void json_write_id(struct json_writer *w, usher_id id, const struct hash_key *key); /* 0: null */
void json_write_time(struct json_writer *w, usher_us at); /* 0 and USHER_NEVER: null */

void json_put_object(struct json_writer *w, const char *name);
void json_put_list(struct json_writer *w, const char *name);
void json_put_text(struct json_writer *w, const char *name, struct usher_text t);
void json_put_text_or_null(struct json_writer *w, const char *name,
			   struct usher_text t);			      /* empty: null */
void json_put_string(struct json_writer *w, const char *name, const char *s); /* NULL: null */
void json_put_int(struct json_writer *w, const char *name, int64_t value);
void json_put_tenths(struct json_writer *w, const char *name, int64_t tenths); /* 857: 85.7 */
void json_put_bool(struct json_writer *w, const char *name, bool value);
void json_put_null(struct json_writer *w, const char *name);
void json_put_id(struct json_writer *w, const char *name, usher_id id, const struct hash_key *key);
void json_put_time(struct json_writer *w, const char *name, usher_us at);
void json_put_raw(struct json_writer *w, const char *name, struct usher_text json); /* empty: {} */

#endif
