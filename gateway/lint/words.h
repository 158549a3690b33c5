/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences of a language; {0} … {4} are the places of a finding, {1:day} a weekday's name. */
#ifndef GATEWAY_LINT_WORDS_H
#define GATEWAY_LINT_WORDS_H

#include "gateway/lint/codes.h"

struct lint_words {
	const char *part[3]; /* by enum lint_part */
};

extern const struct lint_words lint_words_en[LINT_CODE_COUNT];
extern const struct lint_words lint_words_fi[LINT_CODE_COUNT];
extern const struct lint_words lint_words_et[LINT_CODE_COUNT];

#endif
