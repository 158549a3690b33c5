/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/explain/texts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const *const catalogues[EXPLAIN_LANGS] = {explain_texts_en, explain_texts_fi,
							     explain_texts_et};
static const char *const names[EXPLAIN_LANGS] = {"en", "fi", "et"};

const char *explain_lang_name(enum explain_lang lang)
{
	return names[(unsigned)lang < EXPLAIN_LANGS ? lang : EXPLAIN_EN];
}

/* Browsers name the languages in the order they are wished for; the q values say the same. */
enum explain_lang explain_lang_pick(struct usher_text wishes)
{
	while (wishes.n > 0) {
		struct usher_text wish = text_trim(text_cut(&wishes, ','));
		for (unsigned i = 0; i < EXPLAIN_LANGS; i++) {
			bool is_it = wish.n >= 2 && (wish.p[0] | 32) == names[i][0] &&
				     (wish.p[1] | 32) == names[i][1] &&
				     (wish.n == 2 || wish.p[2] == '-' || wish.p[2] == ';');
			if (is_it)
				return (enum explain_lang)i;
		}
	}
	return EXPLAIN_EN;
}

unsigned explain_outcome_text(enum contact_cause cause)
{
	static const enum contact_cause known[] = {
		CAUSE_NONE,	     CAUSE_ACCEPTED,	  CAUSE_DECLINED,  CAUSE_TIMEOUT, CAUSE_WITHDRAWN,
		CAUSE_LOST_PRESENCE, CAUSE_CUSTOMER_LEFT, CAUSE_NOT_READY};
	const unsigned count = sizeof known / sizeof known[0];
	unsigned i = 0;
	while (i < count && known[i] != cause)
		i++;
	return SAY_OUTCOME + i;
}

static void fill(struct usher_buf *out, const char *name, size_t n, int64_t number,
		 const struct explain_fill *fills)
{
	char digits[24];
	for (; fills != NULL && fills->name != NULL; fills++)
		if (strlen(fills->name) == n && memcmp(fills->name, name, n) == 0) {
			buf_add_text(out, fills->text);
			return;
		}
	assert(n == 1 && name[0] == 'n'); /* else a text names what its caller does not give */
	snprintf(digits, sizeof digits, "%lld", (long long)number);
	buf_add_text(out, text_of(digits));
}

void explain_fill_in(struct usher_buf *out, enum explain_lang lang, unsigned text, int64_t n,
		     const struct explain_fill *fills)
{
	const char *at = catalogues[lang][text], *bar = strchr(at, '|');
	const char *end = at + strlen(at);
	if (bar != NULL && n != 1)
		at = bar + 1;
	else if (bar != NULL)
		end = bar;
	while (at < end) {
		const char *open = memchr(at, '{', (size_t)(end - at));
		const char *close = open != NULL ? memchr(open, '}', (size_t)(end - open)) : NULL;
		if (close == NULL) {
			buf_add_text(out, text_slice(at, (size_t)(end - at)));
			return;
		}
		buf_add_text(out, text_slice(at, (size_t)(open - at)));
		fill(out, open + 1, (size_t)(close - open - 1), n, fills);
		at = close + 1;
	}
}
