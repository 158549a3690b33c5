/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_address.h"
#include "channels/email/email_bounce.h"
#include "channels/email/email_text.h"
#include "tests/fuzz/fuzz_mail.h"

const char fuzz_name[] = "mail-bounce";
const int fuzz_rounds = 1500;

static void check(const struct mail_report *r)
{
	FUZZ_EXPECT(r->count >= 0 && r->count <= MAIL_REPORTED_MAX);
	for (int i = 0; i < r->count; i++) {
		const struct mail_reported *item = &r->item[i];
		FUZZ_EXPECT(item->address.n == 0 || email_address_check_utf8(item->address));
		FUZZ_EXPECT(item->fate > MAIL_FATE_NONE && item->fate <= MAIL_COMPLAINT);
		FUZZ_EXPECT(item->fault < MAIL_FAULTS && item->status.n <= 9);
		FUZZ_EXPECT(email_text_is_clean(item->said, true) &&
			    item->said.n <= MAIL_SAID_BYTES_MAX);
	}
}

/* The same bytes as each kind of part. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const types[] = {"text/plain", "message/delivery-status",
					    "message/disposition-notification",
					    "message/feedback-report", "message/rfc822"};
	const struct mail_header headers[] = {{TEXT("X-Failed-Recipients"), TEXT("a@b.test")},
					      {TEXT("Content-Type"), TEXT("multipart/report")}};
	for (int i = 0; i < 5; i++) {
		struct arena arena = {0};
		struct mail_report *r = ARENA_NEW(&arena, struct mail_report);
		struct bounce_input in = {.headers = headers, .header_count = i % 2 == 0 ? 2 : 1};
		struct usher_text clean = email_text_clean(&arena, text_slice(bytes, n),
							   BOUNCE_PART_BYTES_MAX, NULL);
		in.parts[0] = (struct bounce_part){text_of(types[i]), clean};
		in.parts[1] = (struct bounce_part){TEXT("message/rfc822"), clean};
		in.part_count = 2;
		email_bounce(&in, &arena, r);
		check(r);
		arena_done(&arena);
	}
	return 0;
}
