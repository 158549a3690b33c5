/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_codec.h"
#include "tests/fuzz/fuzz_mail.h"

const char fuzz_name[] = "mail-codec";
const int fuzz_rounds = 5000;

/* What decodes encodes to the same bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena arena = {0};
	struct mail *m = ARENA_NEW(&arena, struct mail);
	if (email_decode(text_slice(bytes, n), &arena, m, NULL) == 0) {
		struct usher_buf again = {0};
		email_encode(m, &again);
		FUZZ_EXPECT(text_equal(buf_text(&again), text_slice(bytes, n)));
		buf_done(&again);
	}
	arena_done(&arena);
	return 0;
}
