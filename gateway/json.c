/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

static json_t *inner(const struct json *value)
{
	return (json_t *)value;
}

/* The parser recurses; depth is judged before it sees a byte. Strings hold no structure. */
static bool is_too_deep(struct usher_text t)
{
	int depth = 0;
	bool in_string = false;
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return true;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return false;
}

int json_parse(struct json **ret, struct usher_text text, size_t bytes_max,
	       struct usher_error *reterr)
{
	json_error_t error;
	if (text.n > bytes_max)
		return usher_error_set(reterr, E_LIMIT,
				       "The JSON text has %zu bytes, allowed are %zu.", text.n,
				       bytes_max);
	if (is_too_deep(text))
		return usher_error_set(reterr, E_INVALID, "The JSON text has more than %d levels.",
				       JSON_DEPTH_MAX);
	json_t *value = json_loadb(text.n > 0 ? text.p : "", text.n,
				   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (value == NULL) {
		/* What was found is the sender's text: only the parser's own words go on. */
		return usher_error_set(reterr, E_INVALID,
				       "The text is not well-formed JSON: line %d, column %d.",
				       error.line, error.column);
	}
	*ret = (struct json *)value;
	return 0;
}

struct json *json_free(struct json *document)
{
	json_decref(inner(document));
	return NULL;
}

enum json_kind json_kind(const struct json *value)
{
	switch (json_typeof(inner(value))) {
	case JSON_OBJECT:
		return JSON_KIND_OBJECT;
	case JSON_ARRAY:
		return JSON_KIND_LIST;
	case JSON_STRING:
		return JSON_KIND_TEXT;
	case JSON_INTEGER:
		return JSON_KIND_INTEGER;
	case JSON_REAL:
		return JSON_KIND_REAL;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSON_KIND_BOOLEAN;
	case JSON_NULL:
		break;
	}
	return JSON_KIND_NULL;
}

struct usher_text json_as_text(const struct json *value)
{
	return text_slice(json_string_value(inner(value)), json_string_length(inner(value)));
}

int64_t json_as_integer(const struct json *value)
{
	return json_integer_value(inner(value));
}

bool json_as_boolean(const struct json *value)
{
	return json_is_true(inner(value));
}

double json_as_real(const struct json *value)
{
	return json_real_value(inner(value));
}

void json_print(const struct json *value, struct usher_buf *ret)
{
	char *text = json_dumps(inner(value), JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	buf_adds(ret, text != NULL ? text : "null");
	free(text);
}

size_t json_count(const struct json *list)
{
	return json_is_array(inner(list)) ? json_array_size(inner(list))
					  : json_object_size(inner(list));
}

const struct json *json_item(const struct json *list, size_t at)
{
	return (const struct json *)json_array_get(inner(list), at);
}

const struct json *json_member(const struct json *object, const char *name)
{
	return (const struct json *)json_object_get(inner(object), name);
}

bool json_next(const struct json *object, struct json_cursor *cursor, struct usher_text *retname,
	       const struct json **retvalue)
{
	cursor->at = cursor->at == NULL ? json_object_iter(inner(object))
					: json_object_iter_next(inner(object), cursor->at);
	if (cursor->at == NULL)
		return false;
	*retname = text_of(json_object_iter_key(cursor->at));
	*retvalue = (const struct json *)json_object_iter_value(cursor->at);
	return true;
}

static const char *kind_name(enum json_kind kind)
{
	static const char *const names[] = {"null",   "true or false", "a whole number", "a number",
					    "a text", "a list",	       "an object"};
	return names[kind];
}

static int check_bounds(const struct json_field *f, int64_t value, const char *unit,
			struct usher_error *reterr)
{
	if ((f->min == 0 && f->max == 0) || (value >= f->min && value <= f->max))
		return 0;
	return usher_error_set(reterr, E_INVALID,
			       "\"%s\" must be from %" PRId64 " to %" PRId64 "%s, not %" PRId64 ".",
			       f->name, f->min, f->max, unit, value);
}

static int take_field(const struct json_field *f, const struct json *value,
		      struct usher_error *reterr)
{
	int r = 0;
	if (f->kind == JSON_KIND_ANY) {
		if (f->ret != NULL)
			*(const struct json **)f->ret = value;
		return 0;
	}
	if (json_kind(value) != f->kind)
		return usher_error_set(reterr, E_INVALID, "\"%s\" must be %s, not %s.", f->name,
				       kind_name(f->kind), kind_name(json_kind(value)));
	switch (f->kind) {
	case JSON_KIND_TEXT:
		r = check_bounds(f, (int64_t)json_as_text(value).n, " bytes long", reterr);
		if (r == 0)
			*(struct usher_text *)f->ret = json_as_text(value);
		break;
	case JSON_KIND_INTEGER:
		r = check_bounds(f, json_as_integer(value), "", reterr);
		if (r == 0)
			*(int64_t *)f->ret = json_as_integer(value);
		break;
	case JSON_KIND_BOOLEAN:
		*(bool *)f->ret = json_as_boolean(value);
		break;
	default:
		r = check_bounds(f, (int64_t)json_count(value), " items long", reterr);
		if (r == 0)
			*(const struct json **)f->ret = value;
	}
	if (r == 0 && f->ret_given != NULL)
		*f->ret_given = true;
	return r;
}

static int refuse_unknown(const struct json *object, const struct json_field *fields,
			  struct usher_error *reterr)
{
	struct json_cursor cursor = {NULL};
	struct usher_text name;
	const struct json *value;
	while (json_next(object, &cursor, &name, &value)) {
		const struct json_field *f = fields;
		while (f->name != NULL && !text_equal(text_of(f->name), name))
			f++;
		if (f->name == NULL)
			return usher_error_set(reterr, E_INVALID,
					       "There is no member \"%.*s\" here.",
					       (int)text_fit(name, 60), name.p);
	}
	return 0;
}

int json_fields(const struct json *object, const struct json_field *fields,
		struct usher_error *reterr)
{
	if (object == NULL || json_kind(object) != JSON_KIND_OBJECT)
		return usher_error_set(reterr, E_INVALID, "A JSON object is expected here.");
	for (const struct json_field *f = fields; f->name != NULL; f++) {
		const struct json *value = json_member(object, f->name);
		if (f->ret_given != NULL)
			*f->ret_given = false;
		bool is_missing =
			value == NULL || (f->may_be_null && json_kind(value) == JSON_KIND_NULL);
		if (is_missing && f->is_required)
			return usher_error_set(reterr, E_INVALID, "\"%s\" is missing.", f->name);
		int r = is_missing ? 0 : take_field(f, value, reterr);
		if (r != 0)
			return r;
	}
	return refuse_unknown(object, fields, reterr);
}
