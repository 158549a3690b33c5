/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_html.h"

#include "channels/email/email_html_rules.h"
#include "channels/email/email_html_text.h"
#include "channels/email/email_quote_html.h"
#include "channels/email/mail.h"

#include <gumbo.h>

void email_html_escape(struct usher_text text, struct usher_buf *ret)
{
	size_t from = 0;
	for (size_t i = 0; i < text.n; i++) {
		const char *entity = text.p[i] == '<'	 ? "&lt;"
				     : text.p[i] == '>'	 ? "&gt;"
				     : text.p[i] == '&'	 ? "&amp;"
				     : text.p[i] == '"'	 ? "&quot;"
				     : text.p[i] == '\'' ? "&#39;"
							 : NULL;
		if (entity == NULL)
			continue;
		buf_add(ret, text.p + from, i - from);
		buf_adds(ret, entity);
		from = i + 1;
	}
	if (from < text.n)
		buf_add(ret, text.p + from, text.n - from);
}

struct writer {
	struct usher_buf *html;	   /* borrowed; NULL = not wanted */
	struct quote_marks *marks; /* borrowed; NULL = not wanted */
	bool is_inside;		   /* a mark: those within it say nothing new */
	bool is_full;
};

static void write_attribute(struct writer *w, const char *name, struct usher_text value)
{
	buf_addf(w->html, " %s=\"", name);
	email_html_escape(value, w->html);
	buf_addc(w->html, '"');
}

/* A link's address as a browser would read it: white space and control characters are nothing. */
static void write_link(struct writer *w, const char *url)
{
	struct usher_buf clean = {0};
	for (const char *p = url; *p != '\0'; p++)
		if ((unsigned char)*p > ' ' && *p != 0x7F)
			buf_addc(&clean, *p);
	if (html_link_is_allowed(buf_text(&clean))) {
		write_attribute(w, "href", buf_text(&clean));
		write_attribute(w, "rel", TEXT("noopener noreferrer nofollow"));
		write_attribute(w, "target", TEXT("_blank"));
	}
	buf_done(&clean);
}

static void write_attributes(struct writer *w, const GumboElement *e, struct usher_text name)
{
	bool is_link_written = false;
	for (unsigned i = 0; i < e->attributes.length && i < 100; i++) {
		const GumboAttribute *a = e->attributes.data[i];
		struct usher_text value = text_of(a->value);
		if (a->attr_namespace != GUMBO_ATTR_NAMESPACE_NONE || !text_is_utf8(value))
			continue;
		if (strcmp(a->name, "style") == 0) {
			struct usher_buf style = {0};
			html_style_filter(value, &style);
			if (style.n > 0)
				write_attribute(w, "style", buf_text(&style));
			buf_done(&style);
		} else if (strcmp(a->name, "href") == 0 && text_equal(name, TEXT("a"))) {
			if (!is_link_written)
				write_link(w, a->value);
			is_link_written = true;
		} else if (strcmp(a->name, "rel") != 0 && strcmp(a->name, "target") != 0 &&
			   html_attribute_is_allowed(name, text_of(a->name), value)) {
			write_attribute(w, a->name, value);
		}
	}
}

static bool image_is_shown(const GumboElement *e)
{
	const GumboAttribute *src = gumbo_get_attribute(&e->attributes, "src");
	return src != NULL &&
	       html_attribute_is_allowed(TEXT("img"), TEXT("src"), text_of(src->value));
}

/* A remote image would tell its sender when the mail was read. */
static void write_image_place(struct writer *w, const GumboElement *e)
{
	const GumboAttribute *alt = gumbo_get_attribute(&e->attributes, "alt");
	struct usher_text words = text_of(alt != NULL ? alt->value : "");
	bool is_tiny = false;
	const GumboAttribute *width = gumbo_get_attribute(&e->attributes, "width");
	if (width != NULL)
		is_tiny = strcmp(width->value, "1") == 0 || strcmp(width->value, "0") == 0;
	if (is_tiny || (words.n == 0 && gumbo_get_attribute(&e->attributes, "src") == NULL))
		return;
	buf_adds(w->html, "<span>[");
	words.n = text_fit(words, 200);
	email_html_escape(words.n > 0 && text_is_utf8(words) ? words : TEXT("image"), w->html);
	buf_adds(w->html, "]</span>");
}

static void write_nodes(struct writer *w, const GumboVector *nodes, int depth);

static void write_element(struct writer *w, const GumboElement *e, int depth)
{
	if (e->tag_namespace != GUMBO_NAMESPACE_HTML)
		return;
	struct usher_text name = text_of(gumbo_normalized_tagname(e->tag));
	enum html_fate fate = html_element_fate(name);
	if (fate == HTML_DROP)
		return;
	if (fate == HTML_KEEP_VOID && text_equal(name, TEXT("img")) && !image_is_shown(e)) {
		write_image_place(w, e);
		return;
	}
	bool is_kept = fate == HTML_KEEP || fate == HTML_KEEP_VOID;
	if (is_kept) {
		buf_addc(w->html, '<');
		buf_add_text(w->html, name);
		write_attributes(w, e, name);
		buf_addc(w->html, '>');
	}
	if (fate == HTML_KEEP_VOID)
		return;
	write_nodes(w, &e->children, depth + 1);
	if (is_kept)
		buf_addf(w->html, "</%.*s>", TEXT_ARG(name));
}

/* An element that is a mark of its own, or begins one that reaches to its last sibling. */
static void write_child(struct writer *w, const GumboElement *e, int depth, int *rest)
{
	enum quote_mark mark = w->marks != NULL && !w->is_inside
				       ? email_quote_element(e, w->marks)
				       : QUOTE_NOTHING;
	int place = mark != QUOTE_NOTHING ? email_quote_begin(w->marks, mark, w->html->n) : -1;
	bool was_inside = w->is_inside;
	w->is_inside |= mark != QUOTE_NOTHING;
	write_element(w, e, depth);
	if (mark == QUOTE_REST && place >= 0) {
		*rest = place;
		return;
	}
	w->is_inside = was_inside;
	email_quote_end(w->marks, place, w->html->n);
}

static void write_nodes(struct writer *w, const GumboVector *nodes, int depth)
{
	int rest = -1;
	bool was_inside = w->is_inside;
	if (depth > EMAIL_HTML_DEPTH_MAX * 2)
		return;
	for (unsigned i = 0; i < nodes->length; i++) {
		const GumboNode *node = nodes->data[i];
		if (w->html->n > EMAIL_HTML_OUT_MAX) {
			w->is_full = true;
			return;
		}
		if (node->type == GUMBO_NODE_ELEMENT)
			write_child(w, &node->v.element, depth, &rest);
		else if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE)
			email_html_escape(text_of(node->v.text.text), w->html);
	}
	w->is_inside = was_inside;
	email_quote_end(w->marks, rest, w->html->n);
}

int email_html_clean(struct usher_text html, struct usher_buf *ret_html, struct usher_buf *ret_text,
		     struct usher_error *reterr)
{
	return email_html_clean_marked(html, ret_html, ret_text, NULL, reterr);
}

int email_html_clean_marked(struct usher_text html, struct usher_buf *ret_html,
			    struct usher_buf *ret_text, struct quote_marks *ret_marks,
			    struct usher_error *reterr)
{
	if (html.n > MAIL_HTML_BYTES_MAX)
		return usher_error_set(reterr, E_LIMIT, "html: %zu bytes, at most %zu are read",
				       html.n, MAIL_HTML_BYTES_MAX);
	if (email_html_depth(html) > EMAIL_HTML_DEPTH_MAX)
		return usher_error_set(reterr, E_LIMIT, "html: nested deeper than %d elements",
				       EMAIL_HTML_DEPTH_MAX);
	GumboOptions options = kGumboDefaultOptions;
	options.max_errors = 0;
	GumboOutput *tree = gumbo_parse_with_options(&options, html.n > 0 ? html.p : "", html.n);
	if (tree == NULL)
		return usher_error_set(reterr, E_LIMIT, "html: could not be parsed");
	size_t before = ret_html != NULL ? ret_html->n : 0;
	int marks_before = ret_marks != NULL ? ret_marks->count : 0;
	struct writer w = {ret_html, ret_marks, false, false};
	if (ret_html != NULL)
		write_nodes(&w, &tree->document->v.document.children, 0);
	if (ret_text != NULL && !w.is_full)
		email_html_to_text(tree, ret_text);
	gumbo_destroy_output(&options, tree);
	if (w.is_full) {
		ret_html->n = before;
		if (ret_marks != NULL)
			ret_marks->count = marks_before;
		return usher_error_set(reterr, E_LIMIT, "html: grows beyond %zu bytes",
				       EMAIL_HTML_OUT_MAX);
	}
	return 0;
}
