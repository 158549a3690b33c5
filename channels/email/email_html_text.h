/* SPDX-License-Identifier: Apache-2.0 */
/* A gumbo tree as text to read. */
#ifndef CHANNELS_EMAIL_HTML_TEXT_H
#define CHANNELS_EMAIL_HTML_TEXT_H

#include "routing/base/text.h"

#include <gumbo.h>

/* Blocks become lines, list items "- ", quotes "> ", links "words <address>", cells are parted by
 * tabs; white space collapses except in pre. */
void email_html_to_text(const GumboOutput *tree, struct usher_buf *ret);

#endif
