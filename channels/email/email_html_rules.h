/* SPDX-License-Identifier: Apache-2.0 */
/* The allow-list that the HTML writer and the HTML checker share. */
#ifndef CHANNELS_EMAIL_HTML_RULES_H
#define CHANNELS_EMAIL_HTML_RULES_H

#include "routing/base/text.h"

enum html_fate {
	HTML_UNWRAP = 0, /* not on the list: its content stays */
	HTML_KEEP = 1,
	HTML_KEEP_VOID = 2, /* has no content and no end tag */
	HTML_DROP = 3,	    /* with its content */
};

enum html_fate html_element_fate(struct usher_text name);

/* Whether the attribute may stand on the element with that value, as it is written out (decoded).
 * The check of the value is complete: what passes is harmless. */
bool html_attribute_is_allowed(struct usher_text element, struct usher_text name,
			       struct usher_text value);

/* Appends the declarations of a style attribute that are on the list ("color:red;…"). */
void html_style_filter(struct usher_text style, struct usher_buf *ret);

/* An address a link may have: http, https, mailto or tel, without control characters. */
bool html_link_is_allowed(struct usher_text url);

#endif
