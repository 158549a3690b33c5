/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_html.h"

#include "routing/base/hash.h"

#define OPEN_MAX 1024

struct scan {
	struct usher_text html;
	size_t at;
	uint32_t open[OPEN_MAX]; /* hashes of the names that are open */
	int depth, deepest;
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct usher_text read_name(struct scan *s)
{
	size_t from = s->at;
	while (s->at < s->html.n && strchr(" \t\r\n\f/>", s->html.p[s->at]) == NULL)
		s->at++;
	return text_slice(s->html.p + from, s->at - from);
}

static bool is_name(struct usher_text name, const char *const *list)
{
	for (int i = 0; list[i] != NULL; i++)
		if (text_equal_nocase(name, text_of(list[i])))
			return true;
	return false;
}

static uint32_t name_hash(struct usher_text name)
{
	uint64_t h = 0;
	for (size_t i = 0; i < name.n && i < 64; i++)
		h = hash_fold(h, (uint64_t)((unsigned char)name.p[i] | 0x20));
	return (uint32_t)h;
}

/* To behind the '>' that ends the tag; quotes may hide one. */
static void skip_attributes(struct scan *s)
{
	char quote = '\0', before = '\0';
	for (; s->at < s->html.n; s->at++) {
		char c = s->html.p[s->at];
		if (quote != '\0') {
			if (c == quote)
				quote = '\0';
		} else if (c == '>') {
			s->at++;
			return;
		} else if ((c == '"' || c == '\'') && before == '=') {
			quote = c;
		}
		if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			before = c;
	}
}

/* The content of script and the like is no markup: to the end tag of that name. */
static void skip_raw(struct scan *s, struct usher_text name)
{
	for (; s->at + 2 + name.n <= s->html.n; s->at++)
		if (s->html.p[s->at] == '<' && s->html.p[s->at + 1] == '/' &&
		    text_equal_nocase(text_slice(s->html.p + s->at + 2, name.n), name))
			return;
	s->at = s->html.n;
}

static void start_tag(struct scan *s)
{
	static const char *const leaves[] = {"br",    "img",	"hr",	"meta",	 "link",  "col",
					     "input", "area",	"base", "wbr",	 "p",	  "li",
					     "td",    "th",	"tr",	"tbody", "thead", "dt",
					     "dd",    "option", "html", "head",	 "body",  NULL};
	static const char *const raws[] = {"script", "style",	"textarea", "title", "xmp",
					   "iframe", "noembed", "noframes", NULL};
	struct usher_text name = read_name(s);
	skip_attributes(s);
	if (is_name(name, raws)) {
		skip_raw(s, name);
		return;
	}
	if (is_name(name, leaves))
		return;
	if (s->depth < OPEN_MAX)
		s->open[s->depth] = name_hash(name);
	s->depth++;
	if (s->depth > s->deepest)
		s->deepest = s->depth;
}

/* Only the element opened last is closed; a stray end tag closes nothing here, so that the bound
 * stays above the truth. */
static void end_tag(struct scan *s)
{
	s->at++;
	struct usher_text name = read_name(s);
	skip_attributes(s);
	if (s->depth > 0 && s->depth <= OPEN_MAX && s->open[s->depth - 1] == name_hash(name))
		s->depth--;
}

static void skip_comment(struct scan *s)
{
	for (s->at += 3; s->at < s->html.n; s->at++)
		if (s->html.p[s->at] == '>' && s->html.p[s->at - 1] == '-' &&
		    s->html.p[s->at - 2] == '-')
			return;
}

int email_html_depth(struct usher_text html)
{
	struct scan s = {.html = html};
	while (s.at + 1 < html.n && s.deepest <= OPEN_MAX) {
		const char *open = memchr(html.p + s.at, '<', html.n - s.at - 1);
		if (open == NULL)
			break;
		s.at = (size_t)(open - html.p) + 1;
		struct usher_text rest = text_slice(html.p + s.at, html.n - s.at);
		if (is_letter(rest.p[0]))
			start_tag(&s);
		else if (rest.p[0] == '/')
			end_tag(&s);
		else if (text_starts(rest, TEXT("!--")))
			skip_comment(&s);
	}
	return s.deepest;
}
