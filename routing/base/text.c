/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/base/text.h"

#include "routing/base/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool text_equal(struct usher_text a, struct usher_text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool text_equal_nocase(struct usher_text a, struct usher_text b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool text_starts(struct usher_text t, struct usher_text prefix)
{
	return t.n >= prefix.n && (prefix.n == 0 || memcmp(t.p, prefix.p, prefix.n) == 0);
}

struct usher_text text_trim(struct usher_text t)
{
	while (t.n > 0 && is_space(t.p[0])) {
		t.p++;
		t.n--;
	}
	while (t.n > 0 && is_space(t.p[t.n - 1]))
		t.n--;
	return t;
}

struct usher_text text_cut(struct usher_text *rest, char separator)
{
	struct usher_text part = *rest;
	const char *at = rest->n > 0 ? memchr(rest->p, separator, rest->n) : NULL;
	if (at == NULL) {
		*rest = TEXT_NONE;
		return part;
	}
	part.n = (size_t)(at - rest->p);
	*rest = text_slice(at + 1, rest->n - part.n - 1);
	return part;
}

int text_to_u64(struct usher_text t, uint64_t *ret)
{
	if (t.n == 0 || t.n > 20)
		return E_INVALID;
	uint64_t value = 0;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return E_INVALID;
		if (__builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(t.p[i] - '0'), &value))
			return E_INVALID;
	}
	*ret = value;
	return 0;
}

/* Length of the well-formed character at p, or 0. */
static size_t character_length(const unsigned char *p, size_t n)
{
	if (p[0] < 0x80)
		return p[0] == 0 ? 0 : 1;
	size_t want = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 0;
	if (want == 0 || want > n || p[0] > 0xF4)
		return 0;
	for (size_t i = 1; i < want; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	bool is_overlong = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90);
	bool is_outside = (p[0] == 0xED && p[1] >= 0xA0) || (p[0] == 0xF4 && p[1] >= 0x90);
	return is_overlong || is_outside ? 0 : want;
}

bool text_is_utf8(struct usher_text t)
{
	for (size_t i = 0; i < t.n;) {
		size_t n = character_length((const unsigned char *)t.p + i, t.n - i);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

size_t text_fit(struct usher_text t, size_t max)
{
	if (t.n <= max)
		return t.n;
	while (max > 0 && ((unsigned char)t.p[max] & 0xC0) == 0x80)
		max--;
	return max;
}

void buf_reserve(struct usher_buf *b, size_t more)
{
	size_t need = b->n + more + 1;
	assert(need > b->n);
	if (need <= b->space)
		return;
	size_t space = b->space < 64 ? 64 : b->space * 2;
	if (space < need)
		space = need;
	b->p = memory_resize(b->p, space);
	b->space = space;
	b->p[b->n] = '\0';
}

void buf_add(struct usher_buf *b, const void *bytes, size_t n)
{
	buf_reserve(b, n);
	if (n > 0)
		memcpy(b->p + b->n, bytes, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_add_text(struct usher_buf *b, struct usher_text t)
{
	buf_add(b, t.p, t.n);
}

void buf_adds(struct usher_buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct usher_buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addf(struct usher_buf *b, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	buf_reserve(b, 128);
	int n = vsnprintf(b->p + b->n, b->space - b->n, format, args);
	assert(n >= 0);
	if ((size_t)n >= b->space - b->n) {
		buf_reserve(b, (size_t)n);
		vsnprintf(b->p + b->n, b->space - b->n, format, again);
	}
	b->n += (size_t)n;
	va_end(again);
	va_end(args);
}

void buf_drop_front(struct usher_buf *b, size_t n)
{
	assert(n <= b->n);
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n + 1);
	b->n -= n;
}

void buf_clear(struct usher_buf *b)
{
	b->n = 0;
	if (b->p != NULL)
		b->p[0] = '\0';
}

void buf_done(struct usher_buf *b)
{
	free(b->p);
	*b = (struct usher_buf){0};
}

char *buf_take(struct usher_buf *b)
{
	buf_reserve(b, 0);
	char *p = b->p;
	*b = (struct usher_buf){0};
	return p;
}
