/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_imap_parse.h"
#include "tests/fuzz/fuzz_mail.h"

const char fuzz_name[] = "mail-imap";
const int fuzz_rounds = 3000;

/* A stream of responses; each must be found at the same place in one piece and byte by byte. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct usher_text rest = text_slice(bytes, n);
	struct arena arena = {0};
	while (rest.n > 0) {
		struct imap_scan whole = {0}, pieces = {0};
		struct imap_response r;
		int64_t size = imap_response_size(&whole, rest, 10000), found = 0;
		for (size_t k = 1; k <= rest.n && found == 0; k++)
			found = imap_response_size(&pieces, text_slice(rest.p, k), 10000);
		FUZZ_EXPECT(found == size);
		if (size <= 0)
			break;
		if (imap_parse(text_slice(rest.p, (size_t)size), &arena, &r) == 0) {
			uint32_t number;
			const struct imap_value *v = imap_pair(r.first, "UID");
			(void)imap_number(v, &number);
			(void)imap_date_us(r.words);
		}
		rest = text_slice(rest.p + size, rest.n - (size_t)size);
	}
	arena_done(&arena);
	return 0;
}
