/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/head.h"

/* Fields of which a second one could be read in two ways. */
static const char *const single_fields[] = {
	"host",
	"content-length",
	"transfer-encoding",
	"content-type",
	"cookie",
	"authorization",
	"origin",
	"expect",
	"upgrade",
	"range",
	"if-none-match",
	"sec-websocket-key",
	"sec-websocket-version",
	"x-usher-csrf",
	"idempotency-key",
	"x-forwarded-proto",
};
#define SINGLE_COUNT (sizeof(single_fields) / sizeof(single_fields[0]))

static const bool token_table[256] = {
	['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1,	    ['&'] = 1,	       ['\''] = 1,
	['*'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1,	    ['^'] = 1,	       ['_'] = 1,
	['`'] = 1, ['|'] = 1, ['~'] = 1, ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1,
};

static int refuse(const char **retwhy, int status, const char *why)
{
	*retwhy = why;
	return -status;
}

int head_find_end(struct usher_text bytes, size_t *scanned)
{
	size_t from = *scanned > 3 ? *scanned - 3 : 0;
	while (from < bytes.n) {
		const char *lf = memchr(bytes.p + from, '\n', bytes.n - from);
		if (lf == NULL)
			break;
		size_t at = (size_t)(lf - bytes.p);
		if (at == 0 || bytes.p[at - 1] != '\r')
			return -400;
		if (at >= 3 && bytes.p[at - 2] == '\n')
			return at + 1 > HEAD_BYTES_MAX ? -431 : (int)(at + 1);
		from = at + 1;
	}
	*scanned = bytes.n;
	return bytes.n >= HEAD_BYTES_MAX ? -431 : 0;
}

static bool is_token(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (!token_table[(unsigned char)t.p[i]])
			return false;
	return t.n > 0;
}

/* Visible characters, space, tab and bytes above 127; no other control (RFC 9110 §5.5). */
static bool is_field_value(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes in place. False: a bad escape, or one that hides a slash, NUL or control character. */
static bool decode_path(char *p, size_t *n)
{
	size_t out = 0;
	for (size_t i = 0; i < *n; i++) {
		unsigned char c = (unsigned char)p[i];
		if (c == '%') {
			int high = i + 2 < *n ? hex_value(p[i + 1]) : -1;
			int low = i + 2 < *n ? hex_value(p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = (unsigned char)(high << 4 | low);
			i += 2;
			if (c == '/')
				return false;
		}
		if (c < 0x20 || c == 0x7f || c == '\\')
			return false;
		p[out++] = (char)c;
	}
	*n = out;
	return text_is_utf8(text_slice(p, out));
}

static bool has_dot_segment(struct usher_text path)
{
	while (path.n > 0) {
		struct usher_text segment = text_cut(&path, '/');
		if (text_equal(segment, TEXT(".")) || text_equal(segment, TEXT("..")))
			return true;
	}
	return false;
}

static int parse_target(char *p, size_t n, struct request_head *ret, const char **retwhy)
{
	if (n > HEAD_TARGET_MAX)
		return refuse(retwhy, 414, "The address of the request is longer than 8 KiB.");
	if (n == 0 || p[0] != '/')
		return refuse(retwhy, 400, "The address of the request must begin with a slash.");
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] <= 0x20 || (unsigned char)p[i] >= 0x7f || p[i] == '#')
			return refuse(retwhy, 400,
				      "The address holds a character it may not hold.");
	char *mark = memchr(p, '?', n);
	size_t path_n = mark != NULL ? (size_t)(mark - p) : n;
	ret->query = mark != NULL ? text_slice(mark + 1, n - path_n - 1) : TEXT_NONE;
	/* decode_path looks two bytes ahead only inside n, so the query is never read as hex. */
	if (!decode_path(p, &path_n))
		return refuse(retwhy, 400, "The path of the request is not well formed.");
	ret->path = text_slice(p, path_n);
	if (has_dot_segment(ret->path))
		return refuse(retwhy, 400, "The path of the request has dot segments.");
	return 0;
}

static int parse_request_line(char *p, size_t n, struct request_head *ret, const char **retwhy)
{
	struct usher_text rest = text_slice(p, n);
	ret->method = text_cut(&rest, ' ');
	if (!is_token(ret->method) || ret->method.n > 20)
		return refuse(retwhy, 400, "The request line has no method.");
	struct usher_text target = text_cut(&rest, ' ');
	if (rest.n != 8 || memcmp(rest.p, "HTTP/", 5) != 0 || rest.p[6] != '.')
		return refuse(retwhy, 400, "The request line is not well formed.");
	if (rest.p[5] != '1' || (rest.p[7] != '0' && rest.p[7] != '1'))
		return refuse(retwhy, 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
	ret->minor = rest.p[7] - '0';
	return parse_target(p + (target.p - p), target.n, ret, retwhy);
}

static int note_single(struct usher_text name, uint32_t *seen)
{
	for (size_t i = 0; i < SINGLE_COUNT; i++) {
		if (!text_equal_nocase(name, text_of(single_fields[i])))
			continue;
		if (*seen & 1u << i)
			return -400;
		*seen |= 1u << i;
		return 0;
	}
	return 0;
}

static int parse_field(struct usher_text line, struct request_head *ret, uint32_t *seen,
		       const char **retwhy)
{
	const char *colon = memchr(line.p, ':', line.n);
	if (colon == NULL)
		return refuse(retwhy, 400, "A header line has no colon.");
	struct head_field f = {
		.name = text_slice(line.p, (size_t)(colon - line.p)),
		.value = text_slice(colon + 1, line.n - (size_t)(colon - line.p) - 1),
	};
	if (!is_token(f.name))
		return refuse(retwhy, 400, "A header line has no well-formed name.");
	f.value = text_trim(f.value);
	if (!is_field_value(f.value))
		return refuse(retwhy, 400, "A header holds a control character.");
	if (ret->field_count == HEAD_FIELDS_MAX)
		return refuse(retwhy, 431, "The request has more than 64 header lines.");
	if (note_single(f.name, seen) != 0)
		return refuse(retwhy, 400, "A header that may come once came twice.");
	ret->fields[ret->field_count++] = f;
	return 0;
}

static int read_framing(struct request_head *ret, const char **retwhy)
{
	struct usher_text coding = head_field(ret, "transfer-encoding");
	struct usher_text length = head_field(ret, "content-length");
	if (coding.p != NULL) {
		if (length.p != NULL || ret->minor == 0)
			return refuse(retwhy, 400,
				      "Content-Length and Transfer-Encoding exclude each other.");
		if (!text_equal_nocase(coding, TEXT("chunked")))
			return refuse(retwhy, 501, "That Transfer-Encoding is not known.");
		ret->is_chunked = true;
	}
	if (length.p != NULL) {
		if (length.n > 15 || text_to_u64(length, &ret->length) != 0)
			return refuse(retwhy, 400, "Content-Length is not a number.");
		ret->has_length = true;
	}
	return 0;
}

static int read_connection(struct request_head *ret, const char **retwhy)
{
	bool says_close = false, says_upgrade = false;
	for (size_t i = 0; i < ret->field_count; i++) {
		if (!text_equal_nocase(ret->fields[i].name, TEXT("connection")))
			continue;
		struct usher_text value = ret->fields[i].value;
		says_close |= head_has_token(value, TEXT("close"));
		says_upgrade |= head_has_token(value, TEXT("upgrade"));
	}
	ret->keeps_alive = !says_close && ret->minor == 1;
	ret->wants_upgrade = says_upgrade && head_field(ret, "upgrade").n > 0;
	struct usher_text expect = head_field(ret, "expect");
	if (expect.n > 0) {
		if (!text_equal_nocase(expect, TEXT("100-continue")))
			return refuse(retwhy, 417, "Only 100-continue can be expected.");
		ret->expects_continue = ret->minor == 1;
	}
	return 0;
}

int head_parse(char *bytes, size_t n, struct request_head *ret, const char **retwhy)
{
	ret->field_count = 0;
	ret->has_length = ret->is_chunked = ret->expects_continue = false;
	ret->length = 0;
	uint32_t seen = 0;
	size_t at = 0;
	for (bool is_first = true; at + 2 < n; is_first = false) {
		char *lf = memchr(bytes + at, '\n', n - at);
		size_t line_n = (size_t)(lf - (bytes + at)) - 1; /* without CR */
		if (memchr(bytes + at, '\r', line_n) != NULL)
			return refuse(retwhy, 400, "A header line holds a bare CR.");
		int r = is_first ? parse_request_line(bytes + at, line_n, ret, retwhy)
				 : parse_field(text_slice(bytes + at, line_n), ret, &seen, retwhy);
		if (r != 0)
			return r;
		at += line_n + 2;
	}
	int r = read_framing(ret, retwhy);
	return r != 0 ? r : read_connection(ret, retwhy);
}

struct usher_text head_field(const struct request_head *head, const char *name)
{
	struct usher_text wanted = text_of(name);
	for (size_t i = 0; i < head->field_count; i++)
		if (head->fields[i].name.n == wanted.n &&
		    text_equal_nocase(head->fields[i].name, wanted))
			return head->fields[i].value;
	return TEXT_NONE;
}

bool head_has_token(struct usher_text list, struct usher_text token)
{
	while (list.n > 0)
		if (text_equal_nocase(text_trim(text_cut(&list, ',')), token))
			return true;
	return false;
}
