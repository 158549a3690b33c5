/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of the telephony provider, the query of our own addresses, the record of a call. */
#include "channels/telephony/telephony.h"
#include "channels/telephony/twilio_sign.h"
#include "tests/channels/live/replay.h"

static void check_record(struct usher_text bytes)
{
	struct call call, again;
	struct usher_buf first = {0}, second = {0};
	if (call_decode(bytes, &call) < 0)
		return;
	call_encode(&call, &first);
	MUST(call_decode(buf_text(&first), &again) == 0);
	call_encode(&again, &second);
	MUST(text_equal(buf_text(&first), buf_text(&second)));
	buf_done(&first);
	buf_done(&second);
}

static void check_query(struct usher_text bytes)
{
	struct phone_query query;
	phone_query_parse(bytes, &query);
	MUST(strlen(query.call) <= SID_BYTES_MAX && strlen(query.agent) < ID_TEXT_BYTES);
	MUST(query.call[0] == '\0' || sid_is_valid(text_of(query.call)));
}

static void check_twiml(struct usher_text bytes)
{
	struct usher_buf b = {0};
	twiml_escape(&b, bytes, true);
	for (size_t i = 0; i < b.n; i++)
		MUST(b.p[i] != '<' && b.p[i] != '"' && (unsigned char)b.p[i] >= 0x20);
	buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena arena = {0};
	struct form form;
	struct twilio_callback cb;
	struct usher_text body = text_slice(bytes, n);
	const char *tokens[] = {"token", NULL};
	check_record(body);
	check_query(body);
	check_twiml(body);
	if (form_parse(body, &arena, &form, NULL) == 0) {
		size_t total = 0;
		for (size_t i = 0; i < form.count; i++)
			total += form.params[i].name.n + form.params[i].value.n;
		MUST(total <= n && form.count <= FORM_PARAMS_MAX);
		twilio_read(&form, &cb);
		MUST(cb.call_sid.n == 0 || sid_is_valid(cb.call_sid));
		MUST(cb.from.n > 0 && text_is_utf8(cb.from) && text_is_utf8(cb.caller_name));
		MUST(cb.sequence >= -1 && cb.seconds >= -1);
		struct usher_buf made = {0};
		twilio_sign(TEXT("token"), TEXT("https://x/h"), &form, &made);
		MUST(twilio_is_signed(tokens, TEXT("https://x/h"), &form, buf_text(&made)));
		buf_done(&made);
	}
	arena_done(&arena);
	return 0;
}

int main(void)
{
	return replay_main("twilio");
}
