/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets: as they come, and, to get past the signature, the input signed as a payload. */
#include "channels/sign.h"
#include "channels/video/ticket.h"
#include "tests/channels/live/replay.h"

#define SECRET TEXT("0123456789abcdef0123456789abcdef")

static void check_payload(const uint8_t *bytes, size_t n)
{
	unsigned char mac[SIGN_SHA256_BYTES];
	struct usher_buf payload = {0}, signed_text = {0}, text = {0}, again = {0};
	struct ticket t, back;
	sign_base64url(&payload, bytes, n);
	buf_adds(&signed_text, "usher-rtc ticket 1\n");
	buf_add_text(&signed_text, buf_text(&payload));
	sign_hmac_sha256(SECRET, buf_text(&signed_text), mac);
	buf_add_text(&text, buf_text(&payload));
	buf_addc(&text, '.');
	sign_base64url(&text, mac, sizeof mac);
	if (ticket_read(SECRET, buf_text(&text), 0, &t) == 0) {
		MUST(strlen(t.name) <= TICKET_NAME_BYTES_MAX);
		MUST(strlen(t.nonce) <= TICKET_NONCE_BYTES);
		ticket_make(SECRET, &t, &again);
		if (strlen(t.nonce) == TICKET_NONCE_BYTES && again.n <= TICKET_BYTES_MAX) {
			MUST(ticket_read(SECRET, buf_text(&again), 0, &back) == 0);
			MUST(back.contact == t.contact && back.agent == t.agent);
			MUST(back.expires_us == t.expires_us && strcmp(back.name, t.name) == 0);
		}
	}
	struct usher_buf *all[] = {&payload, &signed_text, &text, &again};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_done(all[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct ticket t;
	MUST(ticket_read(SECRET, text_slice(bytes, n), 0, &t) == E_INVALID);
	check_payload(bytes, n);
	return 0;
}

int main(void)
{
	return replay_main("ticket");
}
