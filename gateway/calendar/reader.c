/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/calendar/reader.h"

#include <stdio.h>

#define MEMBER_BYTES_MAX 40

int reader_refuse(struct reader *r, int code, const char *format, ...)
{
	char reason[200];
	va_list args;
	va_start(args, format);
	vsnprintf(reason, sizeof reason, format, args);
	va_end(args);
	return usher_error_set(r->err, code, "%s%s%s", r->path, r->n > 0 ? ": " : "", reason);
}

size_t reader_enter(struct reader *r, const char *member)
{
	size_t before = r->n;
	int n = snprintf(r->path + r->n, READER_PATH_BYTES - r->n, "/%s", member);
	r->n = r->n + (size_t)n < READER_PATH_BYTES ? r->n + (size_t)n : READER_PATH_BYTES - 1;
	return before;
}

size_t reader_enter_item(struct reader *r, size_t at)
{
	char number[24];
	snprintf(number, sizeof number, "%zu", at);
	return reader_enter(r, number);
}

void reader_leave(struct reader *r, size_t before)
{
	r->n = before;
	r->path[before] = '\0';
}

/* The name is the sender's: cut, escaped as a pointer wants it, without control characters. */
static int refuse_member(struct reader *r, struct usher_text name, const char *known)
{
	char text[2 * MEMBER_BYTES_MAX + 1];
	size_t n = 0, cut = text_fit(name, MEMBER_BYTES_MAX);
	for (size_t i = 0; i < cut; i++) {
		char c = name.p[i];
		bool is_control = (unsigned char)c < 0x20 || c == 0x7f;
		if (c == '~' || c == '/') {
			text[n++] = '~';
			c = c == '~' ? '0' : '1';
		}
		text[n++] = is_control ? '?' : c;
	}
	text[n] = '\0';
	reader_enter(r, text);
	return reader_refuse(r, E_INVALID, "there is no such member; there are %s", known);
}

bool reader_is_text(const struct json *value, const char *text)
{
	return json_kind(value) == JSON_KIND_TEXT && text_equal(json_as_text(value), text_of(text));
}

static bool is_in(struct usher_text name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(name, text_of(names[i])))
			return true;
	return false;
}

int reader_check_members(struct reader *r, const struct json *value, const char *const *names,
			 size_t count)
{
	struct json_cursor cursor = {NULL};
	struct usher_text name;
	const struct json *member;
	if (json_kind(value) != JSON_KIND_OBJECT)
		return reader_refuse(r, E_INVALID, "must be an object");
	while (json_next(value, &cursor, &name, &member)) {
		char known[80] = "";
		if (is_in(name, names, count))
			continue;
		for (size_t i = 0, n = 0; i < count; i++)
			n += (size_t)snprintf(known + n, sizeof known - n, "%s%s",
					      i == 0 ? "" : ", ", names[i]);
		return refuse_member(r, name, known);
	}
	return 0;
}
