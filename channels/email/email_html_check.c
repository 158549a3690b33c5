/* SPDX-License-Identifier: Apache-2.0 */
/* The other half of email_html.c: reads what that writes, and nothing else. */
#include "channels/email/email_html.h"

#include "channels/email/email_html_rules.h"
#include "channels/email/mail.h"

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static struct usher_text take_name(struct usher_text *rest)
{
	size_t n = 0;
	while (n < rest->n && is_name_byte(rest->p[n]))
		n++;
	struct usher_text name = text_slice(rest->p, n);
	*rest = text_slice(rest->p + n, rest->n - n);
	return name;
}

static bool take(struct usher_text *rest, char c)
{
	if (rest->n == 0 || rest->p[0] != c)
		return false;
	*rest = text_slice(rest->p + 1, rest->n - 1);
	return true;
}

/* Only the five entities the writer makes; anything else behind '&' is not its work. */
static bool unescape(struct usher_text t, struct usher_buf *ret)
{
	static const struct {
		const char *entity;
		char meant;
	} entities[] = {
		{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&#39;", '\''}};
	for (size_t i = 0; i < t.n;) {
		if (t.p[i] != '&') {
			buf_addc(ret, t.p[i++]);
			continue;
		}
		size_t k = 0;
		struct usher_text rest = text_slice(t.p + i, t.n - i);
		while (k < 5 && !text_starts(rest, text_of(entities[k].entity)))
			k++;
		if (k == 5)
			return false;
		buf_addc(ret, entities[k].meant);
		i += strlen(entities[k].entity);
	}
	return true;
}

static bool check_attribute(struct usher_text element, struct usher_text *rest,
			    struct usher_buf *value)
{
	struct usher_text name = take_name(rest);
	if (name.n == 0 || !take(rest, '=') || !take(rest, '"'))
		return false;
	const char *end = rest->n > 0 ? memchr(rest->p, '"', rest->n) : NULL;
	if (end == NULL)
		return false;
	struct usher_text raw = text_cut(rest, '"');
	buf_clear(value);
	if (memchr(raw.p, '<', raw.n) != NULL || memchr(raw.p, '>', raw.n) != NULL ||
	    memchr(raw.p, '\'', raw.n) != NULL || !unescape(raw, value))
		return false;
	return html_attribute_is_allowed(element, name, buf_text(value));
}

/* Behind a '<'. */
static bool check_tag(struct usher_text *rest, struct usher_buf *value)
{
	bool is_end = take(rest, '/');
	struct usher_text name = take_name(rest);
	enum html_fate fate = html_element_fate(name);
	if (fate != HTML_KEEP && (fate != HTML_KEEP_VOID || is_end))
		return false;
	while (!is_end && take(rest, ' '))
		if (!check_attribute(name, rest, value))
			return false;
	return take(rest, '>');
}

bool email_html_is_safe(struct usher_text html)
{
	struct usher_buf value = {0};
	bool is_safe = html.n <= 2 * EMAIL_HTML_OUT_MAX;
	buf_reserve(&value, 64);
	for (struct usher_text rest = html; is_safe && rest.n > 0;) {
		size_t n = 0;
		while (n < rest.n && strchr("<>&\"'", rest.p[n]) == NULL)
			n++;
		rest = text_slice(rest.p + n, rest.n - n);
		if (rest.n == 0)
			break;
		if (rest.p[0] == '&') {
			buf_clear(&value);
			const char *end = memchr(rest.p, ';', rest.n < 8 ? rest.n : 8);
			size_t len = end == NULL ? 1 : (size_t)(end - rest.p) + 1;
			is_safe = unescape(text_slice(rest.p, len), &value);
			rest = text_slice(rest.p + len, rest.n - len);
		} else {
			is_safe = take(&rest, '<') && check_tag(&rest, &value);
		}
	}
	buf_done(&value);
	return is_safe;
}
