/* SPDX-License-Identifier: Apache-2.0 */
/* Quotations in a gumbo tree, by the marks of mail programs. Inside email_html_clean only. */
#ifndef CHANNELS_EMAIL_QUOTE_HTML_H
#define CHANNELS_EMAIL_QUOTE_HTML_H

#include "channels/email/email_quote.h"

#include <gumbo.h>

#define QUOTE_ELEMENTS_MAX 3000 /* elements whose words are read; the marks of later ones suffice \
				 */

enum quote_mark email_quote_element(const GumboElement *e, struct quote_marks *marks);

/* Begins a mark at `from`; its place, or -1 where there is no room. */
int email_quote_begin(struct quote_marks *marks, enum quote_mark kind, size_t from);
void email_quote_end(struct quote_marks *marks, int place, size_t to); /* place -1: nothing */

#endif
