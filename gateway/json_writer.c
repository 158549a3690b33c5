/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json.h"

#include <assert.h>
#include <inttypes.h>

void json_writer_init(struct json_writer *w, struct usher_buf *out)
{
	*w = (struct json_writer){.out = out};
}

struct usher_buf *json_write_value(struct json_writer *w)
{
	if (w->needs_comma)
		buf_addc(w->out, ',');
	w->needs_comma = true;
	return w->out;
}

static void open_with(struct json_writer *w, char bracket)
{
	assert(w->depth < JSON_DEPTH_MAX);
	buf_addc(json_write_value(w), bracket);
	w->depth++;
	w->needs_comma = false;
}

static void close_with(struct json_writer *w, char bracket)
{
	assert(w->depth > 0);
	buf_addc(w->out, bracket);
	w->depth--;
	w->needs_comma = true;
}

void json_write_object(struct json_writer *w)
{
	open_with(w, '{');
}

void json_write_object_end(struct json_writer *w)
{
	close_with(w, '}');
}

void json_write_list(struct json_writer *w)
{
	open_with(w, '[');
}

void json_write_list_end(struct json_writer *w)
{
	close_with(w, ']');
}

void json_write_key(struct json_writer *w, const char *name)
{
	struct usher_buf *out = json_write_value(w);
	buf_addc(out, '"');
	buf_adds(out, name);
	buf_add(out, "\":", 2);
	w->needs_comma = false;
}

static void put_escape(struct usher_buf *out, unsigned char c)
{
	static const char short_forms[] = "btn?fr"; /* from 8; 11 has none */
	if (c == '"' || c == '\\')
		buf_add(out, (char[]){'\\', (char)c}, 2);
	else if (c >= 8 && c <= 13 && c != 11)
		buf_add(out, (char[]){'\\', short_forms[c - 8]}, 2);
	else
		buf_addf(out, "\\u%04x", c);
}

/* Bytes from `at` that can be copied as they are. */
static size_t plain_run(struct usher_text t, size_t at)
{
	size_t i = at;
	while (i < t.n && (unsigned char)t.p[i] >= 0x20 && t.p[i] != '"' && t.p[i] != '\\' &&
	       t.p[i] != 0x7f)
		i++;
	return i - at;
}

/* Repairs text that is no UTF-8, a character at a time. */
static void put_repaired(struct usher_buf *out, struct usher_text t)
{
	for (size_t i = 0; i < t.n;) {
		size_t n = 1;
		while (n < 4 && i + n <= t.n && !text_is_utf8(text_slice(t.p + i, n)))
			n++;
		bool is_good = i + n <= t.n && text_is_utf8(text_slice(t.p + i, n));
		unsigned char c = (unsigned char)t.p[i];
		if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f) {
			put_escape(out, c);
			i++;
		} else if (is_good) {
			buf_add(out, t.p + i, n);
			i += n;
		} else {
			buf_adds(out, "\xef\xbf\xbd");
			i++;
		}
	}
}

void json_write_text(struct json_writer *w, struct usher_text t)
{
	struct usher_buf *out = json_write_value(w);
	buf_addc(out, '"');
	if (!text_is_utf8(t)) {
		put_repaired(out, t);
	} else {
		for (size_t i = 0; i < t.n;) {
			size_t n = plain_run(t, i);
			buf_add(out, t.p + i, n);
			i += n;
			if (i < t.n)
				put_escape(out, (unsigned char)t.p[i++]);
		}
	}
	buf_addc(out, '"');
}

void json_write_integer(struct json_writer *w, int64_t value)
{
	buf_addf(json_write_value(w), "%" PRId64, value);
}

void json_write_boolean(struct json_writer *w, bool value)
{
	buf_adds(json_write_value(w), value ? "true" : "false");
}

void json_write_null(struct json_writer *w)
{
	buf_add(json_write_value(w), "null", 4);
}

static void put_quoted(struct json_writer *w, const char *s, size_t n)
{
	struct usher_buf *out = json_write_value(w);
	buf_addc(out, '"');
	buf_add(out, s, n);
	buf_addc(out, '"');
}

void json_write_id(struct json_writer *w, usher_id id, const struct hash_key *key)
{
	char text[ID_TEXT_BYTES];
	if (id == 0) {
		json_write_null(w);
		return;
	}
	id_format(id, key, text);
	put_quoted(w, text, ID_TEXT_BYTES - 1);
}

void json_write_time(struct json_writer *w, usher_us at)
{
	char text[TIME_TEXT_BYTES];
	if (at == 0 || at == USHER_NEVER) {
		json_write_null(w);
		return;
	}
	time_format(at, text);
	put_quoted(w, text, TIME_TEXT_BYTES - 1);
}

void json_put_object(struct json_writer *w, const char *name)
{
	json_write_key(w, name);
	json_write_object(w);
}

void json_put_list(struct json_writer *w, const char *name)
{
	json_write_key(w, name);
	json_write_list(w);
}

void json_put_text(struct json_writer *w, const char *name, struct usher_text t)
{
	json_write_key(w, name);
	json_write_text(w, t);
}

void json_put_text_or_null(struct json_writer *w, const char *name, struct usher_text t)
{
	json_write_key(w, name);
	if (t.n == 0)
		json_write_null(w);
	else
		json_write_text(w, t);
}

void json_put_string(struct json_writer *w, const char *name, const char *s)
{
	json_write_key(w, name);
	if (s == NULL)
		json_write_null(w);
	else
		json_write_text(w, text_of(s));
}

void json_put_int(struct json_writer *w, const char *name, int64_t value)
{
	json_write_key(w, name);
	json_write_integer(w, value);
}

void json_put_tenths(struct json_writer *w, const char *name, int64_t tenths)
{
	uint64_t size = tenths < 0 ? 0 - (uint64_t)tenths : (uint64_t)tenths;
	json_write_key(w, name);
	buf_addf(json_write_value(w), "%s%" PRIu64 ".%" PRIu64, tenths < 0 ? "-" : "", size / 10,
		 size % 10);
}

void json_put_bool(struct json_writer *w, const char *name, bool value)
{
	json_write_key(w, name);
	json_write_boolean(w, value);
}

void json_put_null(struct json_writer *w, const char *name)
{
	json_write_key(w, name);
	json_write_null(w);
}

void json_put_id(struct json_writer *w, const char *name, usher_id id, const struct hash_key *key)
{
	json_write_key(w, name);
	json_write_id(w, id, key);
}

void json_put_time(struct json_writer *w, const char *name, usher_us at)
{
	json_write_key(w, name);
	json_write_time(w, at);
}

void json_put_raw(struct json_writer *w, const char *name, struct usher_text json)
{
	json_write_key(w, name);
	buf_add_text(json_write_value(w), json.n > 0 ? json : TEXT("{}"));
}
