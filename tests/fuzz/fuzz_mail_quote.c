/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_html.h"
#include "channels/email/email_quote.h"
#include "channels/email/email_text.h"
#include "tests/fuzz/fuzz_mail.h"

const char fuzz_name[] = "mail-quote";
const int fuzz_rounds = 1500;

static bool is_blank(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] > ' ')
			return false;
	return true;
}

/* In order, inside the text, between characters; something always stays to be read. */
static void check(struct usher_text t, const struct mail_folds *folds)
{
	size_t at = 0;
	bool has_rest = false;
	FUZZ_EXPECT(folds->count >= 0 && folds->count <= MAIL_FOLDS_MAX);
	for (int i = 0; i < folds->count; i++) {
		const struct mail_fold *f = &folds->item[i];
		FUZZ_EXPECT(f->from >= at && f->to > f->from && f->to <= t.n);
		FUZZ_EXPECT(text_is_utf8(text_slice(t.p + f->from, f->to - f->from)));
		has_rest |= !is_blank(text_slice(t.p + at, f->from - at));
		at = f->to;
	}
	has_rest |= !is_blank(text_slice(t.p + at, t.n - at));
	FUZZ_EXPECT(folds->count == 0 || has_rest);
}

/* Each element that begins in a stretch ends in it: an element can be put around it. */
static bool is_balanced(struct usher_text html)
{
	static const char *const voids[] = {"<br", "<hr", "<img", "<col", "<wbr"};
	int depth = 0;
	for (size_t i = 0; i < html.n; i++) {
		struct usher_text tag = text_slice(html.p + i, html.n - i);
		bool is_void = false;
		if (html.p[i] != '<')
			continue;
		for (int k = 0; k < 5; k++) {
			size_t n = strlen(voids[k]);
			is_void |= text_starts(tag, text_of(voids[k])) && tag.n > n &&
				   (tag.p[n] == ' ' || tag.p[n] == '>');
		}
		if (i + 1 < html.n && html.p[i + 1] == '/')
			depth--;
		else if (!is_void)
			depth++;
		if (depth < 0)
			return false;
	}
	return depth == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena arena = {0};
	struct mail_folds folds;
	struct quote_marks marks = {.count = 0};
	struct usher_buf html = {0};
	struct usher_text t = email_text_clean(&arena, text_slice(bytes, n), 1 << 20, NULL);
	email_quote_text(t, &folds);
	check(t, &folds);
	if (email_html_clean_marked(t, &html, NULL, &marks, NULL) == 0) {
		email_quote_settle(buf_text(&html), &marks, &folds);
		check(buf_text(&html), &folds);
		for (int i = 0; i < folds.count; i++)
			FUZZ_EXPECT(is_balanced(
				text_slice(html.p + folds.item[i].from,
					   folds.item[i].to - folds.item[i].from)));
	}
	buf_done(&html);
	arena_done(&arena);
	return 0;
}
