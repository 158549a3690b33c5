/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json_faults.h"

#include <inttypes.h>
#include <stdio.h>

#define MEMBER_BYTES_MAX 40 /* of a name that is the sender's */

void json_place_init(struct json_place *at, struct json_faults *faults)
{
	*at = (struct json_place){.faults = faults};
}

size_t json_enter(struct json_place *at, const char *member)
{
	size_t before = at->n, room = sizeof at->path - at->n;
	int n = snprintf(at->path + at->n, room, "/%s", member);
	at->n += (size_t)n < room ? (size_t)n : room - 1;
	return before;
}

size_t json_enter_item(struct json_place *at, size_t index)
{
	char number[24];
	snprintf(number, sizeof number, "%zu", index);
	return json_enter(at, number);
}

void json_leave(struct json_place *at, size_t before)
{
	at->n = before;
	at->path[before] = '\0';
}

static void note(struct json_place *at, const char *rule, const char *format, va_list args)
{
	struct json_faults *all = at->faults;
	if (all->count++ >= JSON_FAULTS_MAX)
		return;
	struct json_fault *fault = &all->items[all->count - 1];
	snprintf(fault->pointer, sizeof fault->pointer, "%s", at->path);
	vsnprintf(fault->detail, sizeof fault->detail, format, args);
	fault->rule = rule;
}

void json_fault_here(struct json_place *at, const char *rule, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	note(at, rule, format, args);
	va_end(args);
}

void json_fault_of(struct json_place *at, const char *member, const char *rule, const char *format,
		   ...)
{
	va_list args;
	size_t before = json_enter(at, member);
	va_start(args, format);
	note(at, rule, format, args);
	va_end(args);
	json_leave(at, before);
}

/* ---- members -------------------------------------------------------------------------------- */

const struct json *json_given(const struct json *object, const char *member)
{
	const struct json *value = json_member(object, member);
	return value == NULL || json_kind(value) == JSON_KIND_NULL ? NULL : value;
}

const struct json *json_given_as(struct json_place *at, const struct json *object,
				 const char *member, enum json_kind kind)
{
	static const char *const names[] = {"null",   "true or false", "a whole number", "a number",
					    "a text", "a list",        "an object",      "a value"};
	const struct json *value = json_given(object, member);
	if (value == NULL || json_kind(value) == kind)
		return value;
	json_fault_of(at, member, "type", "must be %s, not %s", names[kind],
		      names[json_kind(value)]);
	return NULL;
}

void json_read_number(struct json_place *at, const struct json *object, const char *member,
		      int64_t min, int64_t max, int64_t *ret)
{
	const struct json *value = json_given_as(at, object, member, JSON_KIND_INTEGER);
	if (value == NULL)
		return;
	int64_t number = json_as_integer(value);
	if (number < min || number > max)
		json_fault_of(at, member, "range",
			      "must be from %" PRId64 " to %" PRId64 ", not %" PRId64, min, max,
			      number);
	else
		*ret = number;
}

void json_read_boolean(struct json_place *at, const struct json *object, const char *member,
		       bool *ret)
{
	const struct json *value = json_given_as(at, object, member, JSON_KIND_BOOLEAN);
	if (value != NULL)
		*ret = json_as_boolean(value);
}

static void name_words(const char *const *words, int count, struct usher_buf *ret)
{
	for (int i = 0; i < count; i++)
		if (words[i] != NULL)
			buf_addf(ret, "%s%s", ret->n > 0 ? ", " : "", words[i]);
}

void json_read_word(struct json_place *at, const struct json *object, const char *member,
		    const char *const *words, int count, int *ret)
{
	struct usher_buf known = {0};
	const struct json *value = json_given_as(at, object, member, JSON_KIND_TEXT);
	if (value == NULL)
		return;
	for (int i = 0; i < count; i++) {
		if (words[i] == NULL || !text_equal(json_as_text(value), text_of(words[i])))
			continue;
		*ret = i;
		return;
	}
	name_words(words, count, &known);
	json_fault_of(at, member, "word", "must be one of %s", known.p);
	buf_done(&known);
}

/* A name of the sender's: cut, escaped as a pointer wants it, without control characters. */
static void escape(struct usher_text name, char ret[static 2 * MEMBER_BYTES_MAX + 1])
{
	size_t n = 0, cut = text_fit(name, MEMBER_BYTES_MAX);
	for (size_t i = 0; i < cut; i++) {
		char ch = name.p[i];
		if (ch == '~' || ch == '/')
			ret[n++] = '~';
		bool is_control = (unsigned char)ch < 0x20 || ch == 0x7f;
		ret[n++] = ch == '~' ? '0' : ch == '/' ? '1' : is_control ? '?' : ch;
	}
	ret[n] = '\0';
}

void json_read_only(struct json_place *at, const struct json *object, const char *const *members)
{
	struct json_cursor cursor = {NULL};
	struct usher_text name;
	const struct json *value;
	while (json_next(object, &cursor, &name, &value)) {
		char text[2 * MEMBER_BYTES_MAX + 1];
		int i = 0;
		while (members[i] != NULL && !text_equal(text_of(members[i]), name))
			i++;
		if (members[i] != NULL)
			continue;
		escape(name, text);
		json_fault_of(at, text, "unknown", "there is no such member here");
	}
}

void json_put_faults(struct json_writer *w, const struct json_faults *faults)
{
	json_put_list(w, "errors");
	for (unsigned i = 0; i < faults->count && i < JSON_FAULTS_MAX; i++) {
		json_write_object(w);
		json_put_string(w, "pointer", faults->items[i].pointer);
		json_put_string(w, "detail", faults->items[i].detail);
		json_put_string(w, "rule", faults->items[i].rule);
		json_write_object_end(w);
	}
	json_write_list_end(w);
}
