/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/json.h"

#include <inttypes.h>
#include <jansson.h>

int json_in(struct json_t **ret, struct usher_text bytes, struct usher_error *reterr)
{
	json_error_t fault;
	json_t *tree = json_loadb(bytes.n > 0 ? bytes.p : "", bytes.n,
				  JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &fault);
	if (tree == NULL)
		return usher_error_set(reterr, E_INVALID, "not JSON: %.120s at byte %d", fault.text,
				       fault.position);
	if (!json_is_object(tree)) {
		json_decref(tree);
		return usher_error_set(reterr, E_INVALID, "expected a JSON object");
	}
	*ret = tree;
	return 0;
}

struct json_t *json_in_free(struct json_t *tree)
{
	json_decref(tree);
	return NULL;
}

/* NULL for absent and for null. */
static const json_t *member(const struct json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	return json_is_null(value) ? NULL : value;
}

bool json_in_has(const struct json_t *object, const char *name)
{
	return json_object_get(object, name) != NULL;
}

bool json_in_is_null(const struct json_t *object, const char *name)
{
	return json_is_null(json_object_get(object, name));
}

int json_in_raw(const struct json_t *object, const char *name, size_t max, struct usher_text *ret)
{
	const json_t *value = member(object, name);
	if (value == NULL) {
		*ret = TEXT_NONE;
		return 0;
	}
	if (!json_is_string(value) || json_string_length(value) > max)
		return E_INVALID;
	*ret = text_slice(json_string_value(value), json_string_length(value));
	return 0;
}

int json_in_text(const struct json_t *object, const char *name, size_t max, struct usher_text *ret)
{
	struct usher_text value;
	if (json_in_raw(object, name, max, &value) < 0 ||
	    (value.n > 0 && memchr(value.p, '\0', value.n) != NULL))
		return E_INVALID;
	*ret = value;
	return 0;
}

int json_in_integer(const struct json_t *object, const char *name, int64_t min, int64_t max,
		    int64_t *ret)
{
	const json_t *value = member(object, name);
	if (value == NULL)
		return E_NOT_FOUND;
	if (!json_is_integer(value) || json_integer_value(value) < min ||
	    json_integer_value(value) > max)
		return E_INVALID;
	*ret = json_integer_value(value);
	return 0;
}

int json_in_boolean(const struct json_t *object, const char *name, bool *ret)
{
	const json_t *value = member(object, name);
	if (value == NULL)
		return E_NOT_FOUND;
	if (!json_is_boolean(value))
		return E_INVALID;
	*ret = json_is_true(value);
	return 0;
}

const struct json_t *json_in_object(const struct json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	return json_is_object(value) ? value : NULL;
}

const struct json_t *json_in_array(const struct json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	return json_is_array(value) ? value : NULL;
}

size_t json_in_count(const struct json_t *array)
{
	return json_array_size(array);
}

const struct json_t *json_in_item(const struct json_t *array, size_t i)
{
	const json_t *value = json_array_get(array, i);
	return json_is_object(value) ? value : NULL;
}

/* ---- writing -------------------------------------------------------------------------------- */

static void add_quoted(struct usher_buf *b, struct usher_text t)
{
	buf_reserve(b, t.n + 2);
	buf_addc(b, '"');
	size_t from = 0;
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(b, t.p + from, i - from);
		from = i + 1;
		if (c == '"' || c == '\\')
			buf_addf(b, "\\%c", c);
		else if (c == '\n')
			buf_adds(b, "\\n");
		else
			buf_addf(b, "\\u%04x", c);
	}
	if (t.n > from)
		buf_add(b, t.p + from, t.n - from);
	buf_addc(b, '"');
}

/* The comma belongs before everything that does not stand first in its bracket. */
static void add_name(struct usher_buf *b, const char *name)
{
	char before = b->n > 0 ? b->p[b->n - 1] : '{';
	if (before != '{' && before != '[')
		buf_addc(b, ',');
	if (name == NULL)
		return;
	add_quoted(b, text_of(name));
	buf_addc(b, ':');
}

void json_out_open(struct usher_buf *b, const char *name, char bracket)
{
	if (b->n > 0)
		add_name(b, name);
	buf_addc(b, bracket);
}

void json_out_close(struct usher_buf *b, char bracket)
{
	buf_addc(b, bracket);
}

void json_out_text(struct usher_buf *b, const char *name, struct usher_text value)
{
	add_name(b, name);
	add_quoted(b, value);
}

void json_out_string(struct usher_buf *b, const char *name, const char *value)
{
	if (value == NULL)
		json_out_null(b, name);
	else
		json_out_text(b, name, text_of(value));
}

void json_out_text_or_null(struct usher_buf *b, const char *name, struct usher_text value)
{
	if (value.n == 0)
		json_out_null(b, name);
	else
		json_out_text(b, name, value);
}

void json_out_integer(struct usher_buf *b, const char *name, int64_t value)
{
	add_name(b, name);
	buf_addf(b, "%" PRId64, value);
}

void json_out_boolean(struct usher_buf *b, const char *name, bool value)
{
	add_name(b, name);
	buf_adds(b, value ? "true" : "false");
}

void json_out_null(struct usher_buf *b, const char *name)
{
	add_name(b, name);
	buf_adds(b, "null");
}
