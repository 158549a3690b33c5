/* SPDX-License-Identifier: Apache-2.0 */
/* Client frames of usher-rtc.v1, and the record of who was in a room. */
#include "channels/video/presence.h"
#include "channels/video/rtc_parse.h"
#include "channels/video/ticket.h"
#include "tests/channels/live/replay.h"

static void check_presence(struct usher_text bytes)
{
	struct presence p, again;
	struct usher_buf first = {0}, second = {0};
	presence_decode(bytes, &p);
	MUST(p.count >= 0 && p.count <= PRESENCE_MAX);
	presence_encode(&p, &first);
	presence_decode(buf_text(&first), &again);
	presence_encode(&again, &second);
	MUST(text_equal(buf_text(&first), buf_text(&second)));
	buf_done(&first);
	buf_done(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct rtc_frame f;
	struct usher_error err = {0};
	check_presence(text_slice(bytes, n));
	if (rtc_parse(text_slice(bytes, n), &f, &err) < 0) {
		MUST(err.code == E_INVALID && err.text[0] != '\0');
		return 0;
	}
	MUST(f.kind >= RTC_JOIN && f.kind <= RTC_OTHER);
	MUST(f.ticket.n <= TICKET_BYTES_MAX && f.name.n <= TICKET_NAME_BYTES_MAX);
	rtc_frame_done(&f);
	return 0;
}

int main(void)
{
	return replay_main("rtc");
}
