/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of explanations share: made-up names, and scenes written out in full. */
#ifndef TESTS_GATEWAY_EXPLAINED_H
#define TESTS_GATEWAY_EXPLAINED_H

#include "gateway/explain/say.h"

/* Agents 10, 11, … are Anna, Kalle, Liisa, …; skills 1, 2, … Finnish, Estonian, …; contact 100 is
 * C-100. */
extern const struct explain_names explained_names;

/* Every field of it, one a line. */
void explained_dump(struct usher_buf *out, const struct explain_scene *s);

#endif
