/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML of strangers into HTML that may be shown, and into text. Pure.
 *
 * The tree is built by gumbo (the HTML5 algorithm, so what is checked is what browsers see) and
 * written anew from an allow-list: unknown elements vanish and leave their text, active ones vanish
 * with their text, every text and attribute is escaped again, comments and foreign elements never
 * come out. Remote images become a placeholder that says so (they would tell the sender when the
 * mail was read); "cid:" ones keep their address for the reader to map.
 */
#ifndef CHANNELS_EMAIL_HTML_H
#define CHANNELS_EMAIL_HTML_H

#include "channels/email/email_quote.h"

#define EMAIL_HTML_DEPTH_MAX 512 /* open elements; building costs the square of it */
#define EMAIL_HTML_OUT_MAX ((size_t)2 * 1024 * 1024)

/* Appends the safe HTML and the text of it; either may be NULL. `html` is UTF-8. E_LIMIT, with
 * nothing appended: too large or too deep to be looked at; email_html_strip still gives text. */
int email_html_clean(struct usher_text html, struct usher_buf *ret_html, struct usher_buf *ret_text,
		     struct usher_error *reterr) USHER_CHECKED;

/* The same, and what of the written HTML is quotation and signature: offsets into *ret_html, which
 * must not be NULL. */
int email_html_clean_marked(struct usher_text html, struct usher_buf *ret_html,
			    struct usher_buf *ret_text, struct quote_marks *ret_marks,
			    struct usher_error *reterr) USHER_CHECKED;

/* Text without building a tree: drops what stands between < and >. Linear, for any input. */
void email_html_strip(struct usher_text html, struct usher_buf *ret_text);

/* Whether `html` is exactly what email_html_clean can have written: only allowed elements and
 * attributes with harmless values, nothing else between < and >. Asked of what a parser child
 * says, since a child that parsed hostile mail may be hostile. */
bool email_html_is_safe(struct usher_text html);

/* About how deep the tree would be, in one pass without building it: start tags that no end tag
 * closed, p, li and the like (which close themselves) left out. */
int email_html_depth(struct usher_text html);

/* Appends text as HTML that shows it unchanged. */
void email_html_escape(struct usher_text text, struct usher_buf *ret);

#endif
