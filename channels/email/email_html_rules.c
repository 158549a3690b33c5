/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_html_rules.h"

#define DATA_IMAGE_MAX ((size_t)256 * 1024 * 4 / 3)

static const char *const kept[] = {
	"a",	      "abbr",	"b",	 "blockquote", "caption", "center", "cite",   "code",
	"colgroup",   "dd",	"del",	 "dfn",	       "div",	  "dl",	    "dt",     "em",
	"figcaption", "figure", "h1",	 "h2",	       "h3",	  "h4",	    "h5",     "h6",
	"i",	      "ins",	"kbd",	 "li",	       "mark",	  "ol",	    "p",      "pre",
	"q",	      "s",	"samp",	 "small",      "span",	  "strike", "strong", "sub",
	"sup",	      "table",	"tbody", "td",	       "tfoot",	  "th",	    "thead",  "tr",
	"tt",	      "u",	"ul",	 "var",	       NULL,
};
static const char *const kept_void[] = {"br", "col", "hr", "img", NULL};
static const char *const dropped[] = {
	"script",  "style",    "head",	   "title",   "template", "noscript", "iframe",
	"object",  "embed",    "applet",   "input",   "button",	  "select",   "textarea",
	"svg",	   "math",     "link",	   "meta",    "base",	  "frame",    "frameset",
	"audio",   "video",    "canvas",   "noembed", "noframes", "xmp",      "plaintext",
	"option",  "optgroup", "datalist", "dialog",  "portal",	  "source",   "track",
	"param",   "map",      "area",	   "marquee", "bgsound",  "keygen",   "isindex",
	"listing", NULL,
};

static bool is_in(struct usher_text name, const char *const *list)
{
	for (int i = 0; list[i] != NULL; i++)
		if (text_equal(name, text_of(list[i])))
			return true;
	return false;
}

enum html_fate html_element_fate(struct usher_text name)
{
	if (is_in(name, kept))
		return HTML_KEEP;
	if (is_in(name, kept_void))
		return HTML_KEEP_VOID;
	return is_in(name, dropped) ? HTML_DROP : HTML_UNWRAP;
}

bool html_link_is_allowed(struct usher_text url)
{
	static const char *const schemes[] = {"http:", "https:", "mailto:", "tel:", NULL};
	if (url.n > 4096 || !text_is_utf8(url))
		return false;
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7F)
			return false;
	for (int i = 0; schemes[i] != NULL; i++) {
		struct usher_text scheme = text_of(schemes[i]);
		if (url.n > scheme.n && text_equal_nocase(text_slice(url.p, scheme.n), scheme))
			return true;
	}
	return false;
}

static bool is_base64(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '+' || c == '/' || c == '='))
			return false;
	}
	return t.n > 0;
}

static bool image_is_allowed(struct usher_text url)
{
	static const char *const heads[] = {
		"data:image/png;base64,",
		"data:image/jpeg;base64,",
		"data:image/gif;base64,",
		"data:image/webp;base64,",
		NULL,
	};
	if (text_starts(url, TEXT("cid:"))) {
		for (size_t i = 0; i < url.n; i++)
			if ((unsigned char)url.p[i] <= ' ' || strchr("\"'<>\\", url.p[i]) != NULL)
				return false;
		return url.n > 4 && url.n <= 300;
	}
	for (int i = 0; heads[i] != NULL && url.n <= DATA_IMAGE_MAX; i++)
		if (text_starts(url, text_of(heads[i])))
			return is_base64(
				text_slice(url.p + strlen(heads[i]), url.n - strlen(heads[i])));
	return false;
}

/* Words, numbers and lengths: nothing that could be an address or a function. */
static bool is_plain(struct usher_text value, size_t max, const char *more)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			       (c >= '0' && c <= '9') || (c != '\0' && strchr(more, c) != NULL);
		if (!is_word)
			return false;
	}
	return value.n > 0 && value.n <= max;
}

static bool style_name_is_allowed(struct usher_text name)
{
	static const char *const names[] = {"color",	  "background-color", "font-weight",
					    "font-style", "text-decoration",  "text-align",
					    NULL};
	return is_in(name, names);
}

static bool style_value_is_allowed(struct usher_text value)
{
	static const char *const functions[] = {"rgb(", "rgba(", "hsl(", "hsla(", NULL};
	if (!is_plain(value, 64, "#%., ()-"))
		return false;
	if (memchr(value.p, '(', value.n) == NULL)
		return memchr(value.p, ')', value.n) == NULL;
	for (int i = 0; functions[i] != NULL; i++)
		if (text_starts(value, text_of(functions[i])))
			return value.p[value.n - 1] == ')' &&
			       memchr(value.p + strlen(functions[i]), '(',
				      value.n - strlen(functions[i])) == NULL;
	return false;
}

void html_style_filter(struct usher_text style, struct usher_buf *ret)
{
	for (struct usher_text rest = style; rest.n > 0;) {
		struct usher_text value = text_cut(&rest, ';');
		struct usher_text name = text_trim(text_cut(&value, ':'));
		value = text_trim(value);
		if (!style_name_is_allowed(name) || !style_value_is_allowed(value))
			continue;
		buf_add_text(ret, name);
		buf_addc(ret, ':');
		buf_add_text(ret, value);
		buf_addc(ret, ';');
	}
}

/* Exactly what html_style_filter writes. */
static bool style_is_allowed(struct usher_text style)
{
	bool is_any = false;
	while (style.n > 0) {
		if (style.p[style.n - 1] != ';')
			return false;
		struct usher_text value = text_cut(&style, ';');
		struct usher_text name = text_cut(&value, ':');
		if (!style_name_is_allowed(name) || !style_value_is_allowed(value))
			return false;
		is_any = true;
	}
	return is_any;
}

static bool is_language(struct usher_text value)
{
	return is_plain(value, 35, "-");
}

static bool table_attribute(struct usher_text element, struct usher_text name,
			    struct usher_text value)
{
	static const char *const cell[] = {"colspan", "rowspan", "align", "valign", "width", NULL};
	static const char *const table[] = {"border", "cellpadding", "cellspacing", "width", NULL};
	if (text_equal(element, TEXT("td")) || text_equal(element, TEXT("th")))
		return is_in(name, cell) && is_plain(value, 16, "%.");
	if (text_equal(element, TEXT("table")))
		return is_in(name, table) && is_plain(value, 16, "%.");
	return false;
}

bool html_attribute_is_allowed(struct usher_text element, struct usher_text name,
			       struct usher_text value)
{
	if (text_equal(name, TEXT("style")))
		return style_is_allowed(value);
	if (text_equal(name, TEXT("dir")))
		return text_equal(value, TEXT("rtl")) || text_equal(value, TEXT("ltr"));
	if (text_equal(name, TEXT("lang")))
		return is_language(value);
	if (text_equal(element, TEXT("a"))) {
		if (text_equal(name, TEXT("href")))
			return html_link_is_allowed(value);
		if (text_equal(name, TEXT("rel")))
			return text_equal(value, TEXT("noopener noreferrer nofollow"));
		if (text_equal(name, TEXT("target")))
			return text_equal(value, TEXT("_blank"));
		return text_equal(name, TEXT("title")) && value.n <= 500;
	}
	if (text_equal(element, TEXT("img"))) {
		if (text_equal(name, TEXT("src")))
			return image_is_allowed(value);
		if (text_equal(name, TEXT("width")) || text_equal(name, TEXT("height")))
			return is_plain(value, 8, "%");
		return text_equal(name, TEXT("alt")) && value.n <= 500;
	}
	if (text_equal(element, TEXT("ol")))
		return (text_equal(name, TEXT("start")) || text_equal(name, TEXT("type"))) &&
		       is_plain(value, 8, "-");
	if (text_equal(element, TEXT("blockquote")))
		return text_equal(name, TEXT("type")) && text_equal(value, TEXT("cite"));
	return table_attribute(element, name, value);
}
