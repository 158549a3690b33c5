/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_text.h"

#include "channels/email/mail.h"

/* Reads one character; returns its bytes, or 0 when the bytes at p are not UTF-8. */
static size_t read_character(const unsigned char *p, size_t n, uint32_t *ret)
{
	size_t want = p[0] < 0x80 ? 1 : p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
	if (want > n)
		return 0;
	if (p[0] != 0 && !text_is_utf8(text_slice(p, want)))
		return 0;
	uint32_t c = want == 1 ? p[0] : p[0] & (0x7Fu >> want);
	for (size_t i = 1; i < want; i++)
		c = c << 6 | (p[i] & 0x3F);
	*ret = c;
	return want;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

static bool is_direction(uint32_t c)
{
	return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

struct usher_text email_text_clean(struct arena *arena, struct usher_text bytes, size_t max,
				   bool *ret_cut)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t worst = bytes.n > max / 3 ? max : bytes.n * 3; /* a bad byte grows to three */
	char *out = arena_new(arena, worst + 4);
	size_t used = 0;
	for (size_t i = 0; i < bytes.n;) {
		uint32_t c = 0;
		size_t n = read_character(p + i, bytes.n - i, &c);
		if (used + 4 > max + 1) {
			if (ret_cut != NULL)
				*ret_cut = true;
			break;
		}
		if (n == 0) {
			memcpy(out + used, "\xEF\xBF\xBD", 3);
			used += 3;
			i++;
			continue;
		}
		bool is_crlf = c == '\r' && i + 1 < bytes.n && p[i + 1] == '\n';
		if (c == '\r' && !is_crlf) {
			out[used++] = '\n';
		} else if (!is_control(c) || c == '\n' || c == '\t') {
			memcpy(out + used, p + i, n);
			used += n;
		}
		i += n;
	}
	out[used] = '\0';
	return text_slice(out, used);
}

struct usher_text email_text_line(struct arena *arena, struct usher_text bytes, size_t max)
{
	struct usher_text clean = email_text_clean(arena, bytes, max * 2 + 64, NULL);
	char *out = arena_new(arena, clean.n + 1);
	size_t used = 0;
	for (size_t i = 0; i < clean.n;) {
		uint32_t c = 0;
		size_t n = read_character((const unsigned char *)clean.p + i, clean.n - i, &c);
		if (c == ' ' || c == '\t' || c == '\n') {
			if (used > 0 && out[used - 1] != ' ')
				out[used++] = ' ';
		} else if (!is_direction(c)) {
			memcpy(out + used, clean.p + i, n);
			used += n;
		}
		i += n;
	}
	struct usher_text line = {out, used};
	line.n = text_fit(line, max);
	line = text_trim(line);
	out[line.n + (size_t)(line.p - out)] = '\0';
	return line;
}

struct usher_text email_text_file_name(struct arena *arena, struct usher_text bytes)
{
	struct usher_text line = email_text_line(arena, bytes, 4 * MAIL_NAME_BYTES_MAX);
	for (size_t i = line.n; i > 0; i--)
		if (line.p[i - 1] == '/' || line.p[i - 1] == '\\') {
			line = text_slice(line.p + i, line.n - i);
			break;
		}
	while (line.n > 0 && (line.p[0] == '.' || line.p[0] == ' '))
		line = text_slice(line.p + 1, line.n - 1);
	line.n = text_fit(line, MAIL_NAME_BYTES_MAX);
	char *out = arena_new(arena, line.n + 1);
	for (size_t i = 0; i < line.n; i++)
		out[i] = strchr("\"<>:|?*", line.p[i]) != NULL ? '_' : line.p[i];
	return text_trim(text_slice(out, line.n));
}

bool email_text_is_clean(struct usher_text t, bool is_line)
{
	for (size_t i = 0; i < t.n;) {
		uint32_t c = 0;
		size_t n = read_character((const unsigned char *)t.p + i, t.n - i, &c);
		if (n == 0 || (is_line && is_direction(c)))
			return false;
		if (is_control(c) && (is_line || (c != '\n' && c != '\t')))
			return false;
		i += n;
	}
	return true;
}

/* Quote marks at the start of a line: their number; *ret is the line behind them, un-stuffed. */
static size_t quote_depth(struct usher_text line, struct usher_text *ret)
{
	size_t depth = 0;
	while (depth < line.n && line.p[depth] == '>')
		depth++;
	*ret = text_slice(line.p + depth, line.n - depth);
	if (ret->n > 0 && ret->p[0] == ' ')
		*ret = text_slice(ret->p + 1, ret->n - 1);
	return depth;
}

struct usher_text email_text_unflow(struct arena *arena, struct usher_text t, bool is_delsp)
{
	char *out = arena_new(arena, t.n + t.n / 2 + 16);
	size_t used = 0, open_depth = 0;
	bool is_open = false; /* the line before asked to be continued */
	for (struct usher_text rest = t; rest.n > 0;) {
		struct usher_text line = text_cut(&rest, '\n'), content;
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		size_t depth = quote_depth(line, &content);
		if (is_open && depth != open_depth) {
			out[used++] = '\n';
			is_open = false;
		}
		if (!is_open && depth > 0) {
			memset(out + used, '>', depth);
			used += depth;
			out[used++] = ' ';
		}
		bool is_signature = text_equal(content, TEXT("-- "));
		bool is_flowed = !is_signature && content.n > 0 && content.p[content.n - 1] == ' ';
		if (is_flowed && is_delsp)
			content.n--;
		if (content.n > 0)
			memcpy(out + used, content.p, content.n);
		used += content.n;
		is_open = is_flowed;
		open_depth = depth;
		if (!is_open)
			out[used++] = '\n';
	}
	return text_slice(out, used);
}

struct usher_text email_text_next_id(struct usher_text *rest)
{
	while (rest->n > 0) {
		const char *open = memchr(rest->p, '<', rest->n);
		if (open == NULL)
			break;
		size_t skipped = (size_t)(open - rest->p) + 1;
		struct usher_text from = text_slice(open + 1, rest->n - skipped);
		size_t n = 0;
		while (n < from.n && from.p[n] > ' ' && from.p[n] < 0x7F && from.p[n] != '<' &&
		       from.p[n] != '>')
			n++;
		bool is_id = n > 0 && n < from.n && from.p[n] == '>' && n <= MAIL_ID_BYTES_MAX;
		*rest = text_slice(from.p + n, from.n - n);
		if (is_id)
			return text_slice(from.p, n);
	}
	*rest = TEXT_NONE;
	return TEXT_NONE;
}
