/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_imap_parse.h"

#include "routing/base/id.h"

#include <stdio.h>

/* ---- where a response ends ---- */

/* Words for people may end in "{5}" without a literal behind them. */
static bool is_status_line(struct usher_text line)
{
	static const char *const words[] = {"OK", "NO", "BAD", "BYE", "PREAUTH", NULL};
	struct usher_text tag = text_cut(&line, ' ');
	if (text_starts(tag, TEXT("+")))
		return true;
	struct usher_text word = text_cut(&line, ' ');
	for (int i = 0; words[i] != NULL; i++)
		if (text_equal_nocase(word, text_of(words[i])))
			return true;
	return false;
}

/* "{123}" at the end of the bytes before a CR LF. */
static bool ends_in_literal(struct usher_text line, uint64_t *ret)
{
	if (line.n < 3 || line.p[line.n - 1] != '}')
		return false;
	const char *open = memrchr(line.p, '{', line.n);
	if (open == NULL)
		return false;
	size_t n = line.n - (size_t)(open - line.p) - 2;
	struct usher_text digits = text_slice(open + 1, n);
	if (digits.n > 0 && digits.p[digits.n - 1] == '+')
		digits.n--;
	return text_to_u64(digits, ret) == 0;
}

int64_t imap_response_size(struct imap_scan *scan, struct usher_text input, size_t literal_max)
{
	for (;;) {
		size_t from = scan->at < input.n ? scan->at : input.n;
		const char *lf =
			from < input.n ? memchr(input.p + from, '\n', input.n - from) : NULL;
		size_t end = lf == NULL ? input.n : (size_t)(lf - input.p) + 1;
		if (end > scan->literals && end - scan->literals > IMAP_LINE_MAX)
			return E_LIMIT;
		if (lf == NULL)
			return 0; /* from the same place again: a literal's mark may be cut in two
				   */
		struct usher_text line = text_slice(input.p + from, end - 1 - from);
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		uint64_t literal = 0;
		bool is_first = scan->literals == 0 && from == 0;
		if ((is_first && is_status_line(line)) || !ends_in_literal(line, &literal))
			return (int64_t)end;
		if (literal > literal_max || scan->literals > literal_max)
			return E_LIMIT;
		if (input.n - end < literal)
			return 0;
		scan->literals += literal;
		scan->at = end + literal;
	}
}

/* ---- what it says ---- */

struct parser {
	struct usher_text rest;
	struct arena *arena;
	int values;
	bool is_bad;
};

static bool take(struct parser *p, char c)
{
	if (p->rest.n == 0 || p->rest.p[0] != c)
		return false;
	p->rest = text_slice(p->rest.p + 1, p->rest.n - 1);
	return true;
}

static struct usher_text take_n(struct parser *p, size_t n)
{
	struct usher_text taken = text_slice(p->rest.p, n);
	p->rest = text_slice(p->rest.p + n, p->rest.n - n);
	return taken;
}

/* Up to white space or a parenthesis; brackets may hold both: BODY[HEADER.FIELDS (SUBJECT)]. */
static struct usher_text take_atom(struct parser *p)
{
	size_t n = 0;
	bool is_inside = false;
	for (; n < p->rest.n; n++) {
		char c = p->rest.p[n];
		if (c == '\r' || c == '\n')
			break;
		if (!is_inside && strchr(" ()\"{", c) != NULL && c != '\0')
			break;
		is_inside = c == '[' || (is_inside && c != ']');
	}
	return take_n(p, n);
}

static struct usher_text take_quoted(struct parser *p)
{
	char *out = arena_new(p->arena, p->rest.n < 8192 ? p->rest.n + 1 : 8193);
	size_t used = 0;
	while (p->rest.n > 0 && used < 8192) {
		char c = take_n(p, 1).p[0];
		if (c == '"')
			return text_slice(out, used);
		if (c == '\\' && p->rest.n > 0)
			c = take_n(p, 1).p[0];
		if (c == '\r' || c == '\n')
			break;
		out[used++] = c;
	}
	p->is_bad = true;
	return TEXT_NONE;
}

/* Behind the '{'. */
static struct usher_text take_literal(struct parser *p)
{
	size_t n = 0;
	uint64_t bytes = 0;
	while (n < p->rest.n && p->rest.p[n] >= '0' && p->rest.p[n] <= '9')
		n++;
	struct usher_text digits = take_n(p, n);
	take(p, '+');
	if (text_to_u64(digits, &bytes) == 0 && take(p, '}')) {
		take(p, '\r');
		if (take(p, '\n') && bytes <= p->rest.n)
			return take_n(p, bytes);
	}
	p->is_bad = true;
	return TEXT_NONE;
}

static struct imap_value *take_list(struct parser *p, int depth, char end);

static struct imap_value *take_value(struct parser *p, int depth)
{
	struct imap_value *v = ARENA_NEW(p->arena, struct imap_value);
	if (++p->values > IMAP_VALUES_MAX || depth > IMAP_DEPTH_MAX) {
		p->is_bad = true;
	} else if (take(p, '(')) {
		v->kind = IMAP_LIST;
		v->first = take_list(p, depth + 1, ')');
	} else if (take(p, '"')) {
		v->kind = IMAP_STRING;
		v->text = take_quoted(p);
	} else if (take(p, '{') || (text_starts(p->rest, TEXT("~{")) && take_n(p, 2).n > 0)) {
		v->kind = IMAP_STRING;
		v->text = take_literal(p);
	} else {
		v->kind = IMAP_ATOM;
		v->text = take_atom(p);
		if (text_equal_nocase(v->text, TEXT("NIL")))
			v->kind = IMAP_NIL;
		p->is_bad |= v->text.n == 0;
	}
	return v;
}

/* Values up to `end`, which is taken; '\n' is the end of the response. */
static struct imap_value *take_list(struct parser *p, int depth, char end)
{
	struct imap_value *first = NULL, **last = &first;
	while (!p->is_bad) {
		while (take(p, ' '))
			;
		if (end == '\n')
			take(p, '\r');
		if (take(p, end))
			return first;
		if (p->rest.n == 0)
			break;
		*last = take_value(p, depth);
		last = &(*last)->next;
	}
	p->is_bad = true;
	return first;
}

static void parse_status(struct usher_text rest, struct imap_response *ret)
{
	rest = text_trim(rest);
	if (rest.n > 0 && rest.p[0] == '[') {
		struct usher_text code = text_slice(rest.p + 1, rest.n - 1);
		const char *end = memchr(code.p, ']', code.n);
		if (end != NULL) {
			ret->code = text_slice(code.p, (size_t)(end - code.p));
			rest = text_slice(end + 1, code.n - ret->code.n - 1);
		}
	}
	ret->words = text_trim(rest);
}

static bool is_status(struct usher_text name)
{
	static const char *const words[] = {"OK", "NO", "BAD", "BYE", "PREAUTH", NULL};
	for (int i = 0; words[i] != NULL; i++)
		if (text_equal_nocase(name, text_of(words[i])))
			return true;
	return false;
}

int imap_parse(struct usher_text response, struct arena *arena, struct imap_response *ret)
{
	struct parser p = {.rest = response, .arena = arena};
	*ret = (struct imap_response){.kind = IMAP_TAGGED};
	ret->tag = take_atom(&p);
	if (text_equal(ret->tag, TEXT("*")))
		ret->kind = IMAP_UNTAGGED;
	else if (text_equal(ret->tag, TEXT("+")))
		ret->kind = IMAP_CONTINUE;
	if (ret->kind == IMAP_CONTINUE) {
		ret->words = text_trim(p.rest);
		return 0;
	}
	if (ret->tag.n == 0 || !take(&p, ' '))
		return E_INVALID;
	ret->name = take_atom(&p);
	uint64_t number;
	if (ret->kind == IMAP_UNTAGGED && text_to_u64(ret->name, &number) == 0) {
		if (number > UINT32_MAX || !take(&p, ' '))
			return E_INVALID;
		ret->has_number = true;
		ret->number = (uint32_t)number;
		ret->name = take_atom(&p);
	}
	if (ret->name.n == 0)
		return E_INVALID;
	if (is_status(ret->name))
		parse_status(p.rest, ret);
	else
		ret->first = take_list(&p, 0, '\n');
	return p.is_bad ? E_INVALID : 0;
}

const struct imap_value *imap_pair(const struct imap_value *list, const char *name)
{
	const struct imap_value *v = list != NULL && list->kind == IMAP_LIST ? list->first : NULL;
	for (; v != NULL && v->next != NULL; v = v->next->next)
		if (v->kind == IMAP_ATOM && text_equal_nocase(v->text, text_of(name)))
			return v->next;
	return NULL;
}

bool imap_number(const struct imap_value *v, uint32_t *ret)
{
	uint64_t number;
	if (v == NULL || v->kind != IMAP_ATOM || text_to_u64(v->text, &number) < 0 ||
	    number > UINT32_MAX)
		return false;
	*ret = (uint32_t)number;
	return true;
}

int64_t imap_date_us(struct usher_text t)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[40], month[4], iso[96];
	int day, year, hour, minute, second, zone;
	usher_us at;
	t = text_trim(t);
	if (t.n >= sizeof text)
		return 0;
	snprintf(text, sizeof text, "%.*s", TEXT_ARG(t));
	if (sscanf(text, "%2d-%3[A-Za-z]-%4d %2d:%2d:%2d %5d", &day, month, &year, &hour, &minute,
		   &second, &zone) != 7)
		return 0;
	const char *at_month = strstr(months, month);
	if (at_month == NULL || strlen(month) != 3 || (at_month - months) % 3 != 0 || day < 1 ||
	    hour < 0 || minute < 0 || second < 0 || year < 1970)
		return 0;
	int zone_size = zone < 0 ? -zone : zone;
	snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", year,
		 (int)(at_month - months) / 3 + 1, day, hour, minute, second, zone < 0 ? '-' : '+',
		 zone_size / 100 % 100, zone_size % 100);
	return time_parse(text_of(iso), &at) == 0 ? at : 0;
}

bool imap_quote(struct usher_buf *b, struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] < ' ' || t.p[i] == 0x7F)
			return false;
	buf_addc(b, '"');
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '"' || t.p[i] == '\\')
			buf_addc(b, '\\');
		buf_addc(b, t.p[i]);
	}
	buf_addc(b, '"');
	return true;
}
