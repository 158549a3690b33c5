/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_quote_html.h"

#include <ctype.h>

#define WORDS_MAX 500 /* bytes of an element that are read */
#define NODES_MAX 60  /* nodes they are read from */
#define BLOCK_LINES 8 /* lines in which three header lines must stand */

/* ---- the marks of mail programs ---- */

struct mark_rule {
	const char *attribute, *part;
	enum quote_mark mark;
};

static const struct mark_rule mark_rules[] = {
	{"class", "gmail_signature", QUOTE_SIGNATURE},
	{"class", "moz-signature", QUOTE_SIGNATURE},
	{"class", "protonmail_signature_block", QUOTE_SIGNATURE},
	{"id", "applemailsignature", QUOTE_SIGNATURE},
	{"id", "ms-outlook-mobile-signature", QUOTE_SIGNATURE},
	{"id", "composer_signature", QUOTE_SIGNATURE},
	{"class", "moz-cite-prefix", QUOTE_INTRO},
	{"class", "gmail_attr", QUOTE_INTRO},
	{"class", "gmail_quote", QUOTE_SELF},
	{"class", "yahoo_quoted", QUOTE_SELF},
	{"class", "protonmail_quote", QUOTE_SELF},
	{"class", "zmail_extra", QUOTE_SELF},
	{"class", "tutanota_quote", QUOTE_SELF},
	{"class", "freshdesk_quote", QUOTE_SELF},
	{"class", "front-blockquote", QUOTE_SELF},
	{"name", "messagereplysection", QUOTE_SELF},
	{"name", "quote", QUOTE_SELF},
	{"id", "mail-editor-reference-message-container", QUOTE_REST},
	{"id", "divrplyfwdmsg", QUOTE_REST},
	{"id", "appendonsend", QUOTE_REST},
	{"id", "replysplit", QUOTE_REST},
};

static bool contains(const char *value, const char *part)
{
	size_t n = strlen(part);
	for (size_t i = 0; i < 500 && value[i] != '\0'; i++) {
		size_t k = 0;
		while (k < n && tolower((unsigned char)value[i + k]) == part[k])
			k++;
		if (k == n)
			return true;
	}
	return false;
}

static enum quote_mark mark_of_attributes(const GumboElement *e)
{
	for (size_t i = 0; i < sizeof mark_rules / sizeof mark_rules[0]; i++) {
		const GumboAttribute *a =
			gumbo_get_attribute(&e->attributes, mark_rules[i].attribute);
		if (a != NULL && contains(a->value, mark_rules[i].part))
			return mark_rules[i].mark;
	}
	const GumboAttribute *type = gumbo_get_attribute(&e->attributes, "type");
	bool is_cite = type != NULL && contains(type->value, "cite");
	const GumboAttribute *id = gumbo_get_attribute(&e->attributes, "id");
	bool is_marked = id != NULL && strcmp(id->value, "qt") == 0;
	return e->tag == GUMBO_TAG_BLOCKQUOTE && (is_cite || is_marked) ? QUOTE_SELF
									: QUOTE_NOTHING;
}

/* ---- the first words of an element ---- */

struct words {
	char p[WORDS_MAX];
	size_t n;
	int nodes;
	bool is_full;
};

static void add_byte(struct words *w, char c)
{
	bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
	bool is_after_blank = w->n == 0 || w->p[w->n - 1] == ' ' || w->p[w->n - 1] == '\n';
	if (is_blank && is_after_blank)
		return;
	if (w->n == WORDS_MAX)
		w->is_full = true;
	else
		w->p[w->n++] = is_blank ? ' ' : c;
}

static void add_line_end(struct words *w)
{
	if (w->n > 0 && w->p[w->n - 1] == ' ')
		w->n--;
	if (w->n > 0 && w->n < WORDS_MAX && w->p[w->n - 1] != '\n')
		w->p[w->n++] = '\n';
}

static bool is_block(GumboTag tag)
{
	return tag == GUMBO_TAG_DIV || tag == GUMBO_TAG_P || tag == GUMBO_TAG_TR ||
	       tag == GUMBO_TAG_TABLE || tag == GUMBO_TAG_BLOCKQUOTE || tag == GUMBO_TAG_LI ||
	       tag == GUMBO_TAG_PRE;
}

static void read_nodes(struct words *w, const GumboVector *nodes, int depth)
{
	for (unsigned i = 0; i < nodes->length && !w->is_full; i++) {
		const GumboNode *node = nodes->data[i];
		if (++w->nodes > NODES_MAX || depth > 20) {
			w->is_full = true;
			return;
		}
		if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE) {
			for (const char *c = node->v.text.text; *c != '\0' && !w->is_full; c++)
				add_byte(w, *c);
		} else if (node->type == GUMBO_NODE_ELEMENT) {
			GumboTag tag = node->v.element.tag;
			if (tag == GUMBO_TAG_BR || is_block(tag))
				add_line_end(w);
			if (tag != GUMBO_TAG_STYLE && tag != GUMBO_TAG_SCRIPT)
				read_nodes(w, &node->v.element.children, depth + 1);
			if (is_block(tag))
				add_line_end(w);
		}
	}
}

static bool is_header_block(struct usher_text text)
{
	int labels = 0, kinds = 0;
	for (int i = 0; i < BLOCK_LINES && text.n > 0; i++) {
		int label = email_quote_label(text_cut(&text, '\n'));
		if (i == 0 && label == 0)
			return false;
		kinds += label != 0 && (labels & label) == 0;
		labels |= label;
	}
	return (labels & LABEL_FROM) != 0 && kinds >= 3;
}

enum quote_mark email_quote_words(struct usher_text text, bool is_whole)
{
	struct usher_text rest = text;
	struct usher_text first = text_cut(&rest, '\n');
	enum quote_line kind = email_quote_line(first);
	if (kind == LINE_SEPARATOR || is_header_block(text) ||
	    (kind == LINE_RULE && is_header_block(rest)))
		return QUOTE_REST;
	if (kind == LINE_MOBILE && is_whole && text_trim(rest).n == 0)
		return QUOTE_SIGNATURE;
	if (!is_whole)
		return QUOTE_NOTHING;
	char joined[WORDS_MAX];
	for (size_t i = 0; i < text.n; i++)
		joined[i] = text.p[i] == '\n' ? ' ' : text.p[i];
	return email_quote_intro(text_trim(text_slice(joined, text.n)), true) ? QUOTE_INTRO
									      : QUOTE_NOTHING;
}

static bool has_words(GumboTag tag)
{
	return is_block(tag) || tag == GUMBO_TAG_SPAN || tag == GUMBO_TAG_TD ||
	       tag == GUMBO_TAG_FONT || tag == GUMBO_TAG_HR;
}

enum quote_mark email_quote_element(const GumboElement *e, struct quote_marks *marks)
{
	enum quote_mark mark = mark_of_attributes(e);
	if (mark != QUOTE_NOTHING || !has_words(e->tag) || marks->looked_at >= QUOTE_ELEMENTS_MAX)
		return mark;
	struct words w = {.n = 0};
	marks->looked_at++;
	read_nodes(&w, &e->children, 0);
	while (w.n > 0 && (w.p[w.n - 1] == '\n' || w.p[w.n - 1] == ' '))
		w.n--;
	w.n = text_fit(text_slice(w.p, w.n), w.n);
	return w.n > 3 ? email_quote_words(text_slice(w.p, w.n), !w.is_full) : QUOTE_NOTHING;
}

int email_quote_begin(struct quote_marks *marks, enum quote_mark kind, size_t from)
{
	if (marks->count == QUOTE_MARKS_MAX)
		return -1;
	marks->item[marks->count].kind = kind;
	marks->item[marks->count].from = marks->item[marks->count].to = from;
	return marks->count++;
}

void email_quote_end(struct quote_marks *marks, int place, size_t to)
{
	if (place >= 0)
		marks->item[place].to = to;
}
