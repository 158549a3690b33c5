/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_html.h"
#include "channels/email/email_text.h"
#include "tests/fuzz/fuzz_mail.h"

const char fuzz_name[] = "mail-html";
const int fuzz_rounds = 1500;

/* What is cleaned is safe by the checker's own reading; neither ever fails. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena arena = {0};
	struct usher_buf html = {0}, text = {0};
	struct usher_text clean = email_text_clean(&arena, text_slice(bytes, n), 1 << 20, NULL);
	(void)email_html_is_safe(clean);
	if (email_html_clean(clean, &html, &text, NULL) == 0) {
		struct usher_text out = email_text_clean(&arena, buf_text(&html), 4 << 20, NULL);
		FUZZ_EXPECT(email_html_is_safe(out));
	}
	email_html_strip(clean, &text);
	buf_done(&html);
	buf_done(&text);
	arena_done(&arena);
	return 0;
}
