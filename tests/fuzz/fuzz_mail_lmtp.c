/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_address.h"
#include "channels/email/email_lmtp_parse.h"
#include "tests/fuzz/fuzz_mail.h"

const char fuzz_name[] = "mail-lmtp";
const int fuzz_rounds = 3000;

static void check_command(struct usher_text line)
{
	struct lmtp_command c;
	lmtp_parse(line, &c);
	if (c.fault == NULL && c.verb == LMTP_RCPT)
		FUZZ_EXPECT(email_address_check_utf8(c.address));
	if (c.fault == NULL && c.verb == LMTP_MAIL)
		FUZZ_EXPECT(c.address.n == 0 || email_address_check_utf8(c.address));
}

/* Data in one piece and byte by byte ends at the same place with the same bytes. */
static void check_data(struct usher_text input)
{
	struct lmtp_data whole, pieces;
	struct usher_buf one = {0}, two = {0};
	size_t used = 0, at = 0, step;
	bool is_done = false;
	lmtp_data_init(&whole, 500);
	lmtp_data_init(&pieces, 500);
	bool is_whole_done = lmtp_data_feed(&whole, input, &used, &one);
	while (!is_done && at < input.n) {
		is_done = lmtp_data_feed(&pieces, text_slice(input.p + at, 1), &step, &two);
		at += step;
	}
	FUZZ_EXPECT(is_done == is_whole_done && at == used && whole.bytes == pieces.bytes);
	if (!whole.is_over)
		FUZZ_EXPECT(text_equal(buf_text(&one), buf_text(&two)));
	if (is_done)
		FUZZ_EXPECT(used >= 3 && memcmp(input.p + used - 3, ".\r\n", 3) == 0);
	buf_done(&one);
	buf_done(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct usher_text rest = text_slice(bytes, n), line;
	check_data(rest);
	while (rest.n > 0) {
		size_t used = 0;
		enum lmtp_line found = lmtp_take_line(rest, &line, &used);
		FUZZ_EXPECT(used <= rest.n);
		if (found == LMTP_LINE_MORE || used == 0)
			break;
		if (found == LMTP_LINE_READY)
			check_command(line);
		rest = text_slice(rest.p + used, rest.n - used);
	}
	return 0;
}
