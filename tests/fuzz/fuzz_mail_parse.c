/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_codec.h"
#include "channels/email/email_parse.h"
#include "tests/fuzz/fuzz_mail.h"

const char fuzz_name[] = "mail-parse";
const int fuzz_rounds = 150;

/* Whatever comes in, what comes out passes the strict codec. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena arena = {0};
	struct usher_buf coded = {0};
	struct mail *m = ARENA_NEW(&arena, struct mail), *again = ARENA_NEW(&arena, struct mail);
	if (email_parse(text_slice(bytes, n), 0, &arena, m, NULL) < 0)
		email_unreadable(text_slice(bytes, n), "fuzz", &arena, m);
	email_encode(m, &coded);
	FUZZ_EXPECT(email_decode(buf_text(&coded), &arena, again, NULL) == 0);
	buf_done(&coded);
	arena_done(&arena);
	return 0;
}
