/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_html_text.h"

#include "channels/email/email_html.h"
#include "channels/email/email_html_rules.h"

struct lines {
	struct usher_buf *out; /* borrowed */
	int quotes;	       /* depth of blockquote */
	bool is_pre;
	bool wants_space; /* white space was seen inside a line */
	int wants_lines;  /* line ends owed before the next text: 0, 1 or 2 */
	bool has_text;	  /* something stands before */
};

static void owe_lines(struct lines *l, int count)
{
	if (l->has_text && l->wants_lines < count)
		l->wants_lines = count;
}

static void begin_text(struct lines *l)
{
	bool is_line_start = !l->has_text || l->wants_lines > 0;
	for (; l->wants_lines > 0; l->wants_lines--)
		buf_addc(l->out, '\n');
	if (is_line_start)
		for (int i = 0; i < l->quotes && i < 20; i++)
			buf_adds(l->out, "> ");
	else if (l->wants_space)
		buf_addc(l->out, ' ');
	l->wants_space = false;
	l->has_text = true;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void add_words(struct lines *l, struct usher_text t)
{
	for (size_t i = 0; i < t.n;) {
		if (l->is_pre && t.p[i] == '\n') {
			l->wants_lines += l->has_text && l->wants_lines < 20;
			i++;
			continue;
		}
		if (is_space(t.p[i]) && !l->is_pre) {
			l->wants_space = l->has_text;
			i++;
			continue;
		}
		size_t n = 1;
		while (i + n < t.n && t.p[i + n] != '\n' && (l->is_pre || !is_space(t.p[i + n])))
			n++;
		begin_text(l);
		buf_add(l->out, t.p + i, n);
		i += n;
	}
}

static bool is_tag(GumboTag tag, const GumboTag *list)
{
	for (; *list != GUMBO_TAG_LAST; list++)
		if (*list == tag)
			return true;
	return false;
}

static const GumboTag paragraphs[] = {
	GUMBO_TAG_P,  GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_H1,   GUMBO_TAG_H2,  GUMBO_TAG_H3,
	GUMBO_TAG_H4, GUMBO_TAG_H5,	    GUMBO_TAG_H6,   GUMBO_TAG_PRE, GUMBO_TAG_UL,
	GUMBO_TAG_OL, GUMBO_TAG_TABLE,	    GUMBO_TAG_LAST,
};
static const GumboTag blocks[] = {
	GUMBO_TAG_DIV,	   GUMBO_TAG_LI,     GUMBO_TAG_TR,	GUMBO_TAG_DT,
	GUMBO_TAG_DD,	   GUMBO_TAG_CENTER, GUMBO_TAG_CAPTION, GUMBO_TAG_SECTION,
	GUMBO_TAG_ARTICLE, GUMBO_TAG_HEADER, GUMBO_TAG_FOOTER,	GUMBO_TAG_ADDRESS,
	GUMBO_TAG_MAIN,	   GUMBO_TAG_NAV,    GUMBO_TAG_FIGURE,	GUMBO_TAG_LAST,
};

static int lines_around(GumboTag tag)
{
	return is_tag(tag, paragraphs) ? 2 : is_tag(tag, blocks) ? 1 : 0;
}

static void add_link(struct lines *l, const GumboElement *e, size_t from)
{
	const GumboAttribute *href = gumbo_get_attribute(&e->attributes, "href");
	if (href == NULL || !html_link_is_allowed(text_of(href->value)))
		return;
	struct usher_text url = text_of(href->value);
	struct usher_text said = text_trim(text_slice(l->out->p + from, l->out->n - from));
	struct usher_text bare = url;
	if (text_starts(url, TEXT("mailto:")) || text_starts(url, TEXT("tel:")))
		text_cut(&bare, ':');
	if (text_equal(said, url) || text_equal(said, bare) || url.n > 500)
		return;
	l->wants_space = l->has_text;
	begin_text(l);
	buf_addf(l->out, "<%.*s>", TEXT_ARG(url));
}

static void add_nodes(struct lines *l, const GumboVector *nodes, int depth);

static void add_special(struct lines *l, const GumboElement *e)
{
	if (e->tag == GUMBO_TAG_BR) {
		l->wants_lines += l->has_text && l->wants_lines < 3;
	} else if (e->tag == GUMBO_TAG_HR) {
		owe_lines(l, 1);
		add_words(l, TEXT("----"));
		owe_lines(l, 1);
	} else if (e->tag == GUMBO_TAG_IMG) {
		const GumboAttribute *alt = gumbo_get_attribute(&e->attributes, "alt");
		if (alt != NULL)
			add_words(l, text_of(alt->value));
	}
}

static void add_element(struct lines *l, const GumboElement *e, int depth)
{
	struct usher_text name = text_of(gumbo_normalized_tagname(e->tag));
	enum html_fate fate = html_element_fate(name);
	if (e->tag_namespace != GUMBO_NAMESPACE_HTML || fate == HTML_DROP)
		return;
	if (fate == HTML_KEEP_VOID) {
		add_special(l, e);
		return;
	}
	bool was_pre = l->is_pre;
	size_t from = l->out->n;
	owe_lines(l, lines_around(e->tag));
	l->is_pre |= e->tag == GUMBO_TAG_PRE;
	l->quotes += e->tag == GUMBO_TAG_BLOCKQUOTE;
	if (e->tag == GUMBO_TAG_LI)
		add_words(l, TEXT("- "));
	if ((e->tag == GUMBO_TAG_TD || e->tag == GUMBO_TAG_TH) && l->has_text &&
	    l->wants_lines == 0)
		buf_addc(l->out, '\t');
	add_nodes(l, &e->children, depth + 1);
	if (e->tag == GUMBO_TAG_A)
		add_link(l, e, from);
	l->quotes -= e->tag == GUMBO_TAG_BLOCKQUOTE;
	l->is_pre = was_pre;
	owe_lines(l, lines_around(e->tag));
}

static void add_nodes(struct lines *l, const GumboVector *nodes, int depth)
{
	if (depth > EMAIL_HTML_DEPTH_MAX * 2 || l->out->n > EMAIL_HTML_OUT_MAX)
		return;
	for (unsigned i = 0; i < nodes->length; i++) {
		const GumboNode *node = nodes->data[i];
		if (node->type == GUMBO_NODE_ELEMENT)
			add_element(l, &node->v.element, depth);
		else if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE)
			add_words(l, text_of(node->v.text.text));
	}
}

void email_html_to_text(const GumboOutput *tree, struct usher_buf *ret)
{
	struct lines l = {.out = ret};
	add_nodes(&l, &tree->document->v.document.children, 0);
}

void email_html_strip(struct usher_text html, struct usher_buf *ret_text)
{
	bool is_inside = false;
	for (size_t i = 0; i < html.n; i++) {
		char next = i + 1 < html.n ? html.p[i + 1] : ' ';
		bool is_tag_byte = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') ||
				   next == '/' || next == '!' || next == '?';
		if (html.p[i] == '<' && is_tag_byte) {
			is_inside = true;
		} else if (html.p[i] == '>' && is_inside) {
			is_inside = false;
			buf_addc(ret_text, ' ');
		} else if (!is_inside) {
			buf_addc(ret_text, html.p[i]);
		}
	}
}
