/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/chat/chat_format.h"
#include "channels/chat/chat_parse.h"
#include "channels/chat/chat_words.h"
#include "channels/sign.h"
#include "tests/channels/live/host.h"
#include "tests/tap.h"

#include <stdio.h>

#define TOKEN "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static struct chat_frame parsed(const char *text)
{
	struct chat_frame f;
	struct usher_error err = {0};
	if (chat_parse(text_of(text), &f, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return f;
}

static void refuses_what_is_no_frame(void **state)
{
	static const char *const bad[] = {
		"",
		"x",
		"[]",
		"1",
		"null",
		"\"t\"",
		"{",
		"{}",
		"{\"t\":1}",
		"{\"t\":null}",
		"{\"t\":\"ping\"}",
		"{\"t\":\"ping\",\"n\":\"5\"}",
		"{\"t\":\"ping\",\"n\":-1}",
		"{\"t\":\"ping\",\"n\":1.5}",
		"{\"t\":\"ping\",\"t\":\"ping\",\"n\":1}",
		"{\"t\":\"seen\",\"seq\":99999999999999999999}",
		"{\"t\":\"read\"}",
		"{\"t\":\"typing\"}",
		"{\"t\":\"typing\",\"on\":1}",
		"{\"t\":\"send\",\"text\":\"x\"}",
		"{\"t\":\"send\",\"cid\":\"\",\"text\":\"x\"}",
		"{\"t\":\"send\",\"cid\":\"a b\",\"text\":\"x\"}",
		"{\"t\":\"send\",\"cid\":\"\\u00e4\",\"text\":\"x\"}",
		"{\"t\":\"send\",\"cid\":\"a\\u0000b\",\"text\":\"x\"}",
		"{\"t\":\"send\",\"cid\":1,\"text\":\"x\"}",
		"{\"t\":\"hello\"}",
		"{\"t\":\"hello\",\"v\":2}",
		"{\"t\":\"hello\",\"v\":1,\"resume\":5}",
		"{\"t\":\"hello\",\"v\":1,\"resume\":{\"conv\":\"x\",\"seq\":-1}}",
		"{\"t\":\"hello\",\"v\":1,\"resume\":{\"conv\":7,\"seq\":1}}",
		"{\"t\":\"end\"} x",
		"{\"t\":\"end\",}",
		"{\"t\":\"\xff\"}",
		"{\"t\":\"send\",\"cid\":\"1\",\"text\":\"\\ud800\"}",
	};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct chat_frame f;
		struct usher_error err = {0};
		if (chat_parse(text_of(bad[i]), &f, &err) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(err.code, E_INVALID);
		assert_true(strlen(err.text) > 0);
	}
}

static void reads_every_kind(void **state)
{
	(void)state;
	struct chat_frame f = parsed("{\"t\":\"send\",\"cid\":\"c-1\",\"text\":\"h\\u00e4i\"}");
	assert_int_equal(f.kind, CHAT_SEND);
	assert_true(text_equal(f.cid, TEXT("c-1")));
	assert_true(text_equal(f.text, TEXT("h\xc3\xa4i")));
	chat_frame_done(&f);
	f = parsed("{\"t\":\"typing\",\"on\":true}");
	assert_true(f.kind == CHAT_TYPING && f.is_on);
	chat_frame_done(&f);
	f = parsed("{\"t\":\"read\",\"seq\":43}");
	assert_true(f.kind == CHAT_READ && f.seq == 43);
	chat_frame_done(&f);
	f = parsed("{\"t\":\"seen\",\"seq\":44}");
	assert_true(f.kind == CHAT_SEEN && f.seq == 44);
	chat_frame_done(&f);
	f = parsed("{\"t\":\"end\"}");
	assert_int_equal(f.kind, CHAT_END);
	chat_frame_done(&f);
	f = parsed("{\"t\":\"something-of-tomorrow\",\"x\":[]}");
	assert_int_equal(f.kind, CHAT_OTHER);
	chat_frame_done(&f);
}

static void reads_hello(void **state)
{
	(void)state;
	struct chat_frame f = parsed(
		"{\"t\":\"hello\",\"v\":1,\"visitor\":\"" TOKEN "\",\"resume\":{\"conv\":\"c\","
		"\"seq\":41},\"name\":\" A \",\"lang\":\"fi\",\"page\":{\"url\":\"https://x/\","
		"\"title\":\"T\\u0007\"}}");
	assert_int_equal(f.kind, CHAT_HELLO);
	assert_true(text_equal(f.visitor, TEXT(TOKEN)) && !f.is_token_bad);
	assert_true(text_equal(f.resume_conv, TEXT("c")) && f.resume_seq == 41);
	assert_true(text_equal(f.name, TEXT("A")) && text_equal(f.language, TEXT("fi")));
	assert_true(text_equal(f.page_url, TEXT("https://x/")));
	assert_int_equal(f.page_title.n, 0); /* a control character: dropped, not refused */
	chat_frame_done(&f);
	f = parsed("{\"t\":\"hello\",\"v\":1,\"visitor\":null,\"resume\":null}");
	assert_true(f.visitor.n == 0 && !f.is_token_bad && f.resume_conv.n == 0);
	chat_frame_done(&f);
	static const char *const bad_tokens[] = {"\"short\"", "7", "\"" TOKEN "A\"",
						 "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\""};
	for (size_t i = 0; i < 4; i++) {
		char text[200];
		snprintf(text, sizeof text, "{\"t\":\"hello\",\"v\":1,\"visitor\":%s}",
			 bad_tokens[i]);
		f = parsed(text);
		assert_true(f.is_token_bad);
		chat_frame_done(&f);
	}
}

static void cleans_text(void **state)
{
	(void)state;
	struct usher_buf b = {0};
	buf_adds(&b, "kept:");
	size_t n = chat_clean(TEXT(" \r\n h\xc3\xa4\r\ni\ra\0\x1b\x7f\tb \n"), &b);
	assert_string_equal(b.p, "kept:h\xc3\xa4\ni\na\tb");
	assert_int_equal(n, 8);
	buf_clear(&b);
	assert_int_equal(chat_clean(TEXT(" \t\r\n\0 "), &b), 0);
	assert_int_equal(b.n, 0);
	buf_done(&b);
}

static void writes_frames(void **state)
{
	(void)state;
	struct usher_buf b = {0};
	struct contact_message m = {.seq = 42,
				    .kind = MESSAGE_TEXT,
				    .author = AUTHOR_AGENT,
				    .at_us = (usher_us)1767225600 * USHER_SECOND,
				    .author_name = TEXT("Anna"),
				    .body = TEXT("a\"b\\c\nd\x01"
						 "\xc3\xa4</script>")};
	chat_format_event(&b, &m, "ID", TEXT("c1"));
	assert_string_equal(b.p,
			    "{\"t\":\"ev\",\"seq\":42,\"id\":\"ID\",\"kind\":\"msg\",\"from\":"
			    "\"agent\",\"name\":\"Anna\",\"at\":\"2026-01-01T00:00:00.000Z\","
			    "\"text\":\"a\\\"b\\\\c\\nd\\u0001\xc3\xa4</script>\",\"cid\":\"c1\"}");
	buf_clear(&b);
	m.kind = MESSAGE_LINK;
	m.author_name = TEXT_NONE;
	m.fields = TEXT("{\"url\":\"https://x/v/1\"}");
	chat_format_event(&b, &m, "ID", TEXT_NONE);
	assert_string_equal(live_member(b.p, "kind"), "link");
	assert_string_equal(live_member(b.p, "url"), "https://x/v/1");
	assert_non_null(strstr(b.p, "\"name\":null"));
	buf_clear(&b);
	chat_format_place(&b, 3, 59999999, 60000001);
	assert_string_equal(b.p, "{\"t\":\"place\",\"position\":3,\"low_s\":59,\"high_s\":61}");
	buf_clear(&b);
	chat_format_nack(&b, TEXT("c"), "rate", 250, "x");
	assert_string_equal(b.p, "{\"t\":\"nack\",\"cid\":\"c\",\"code\":\"rate\",\"retry_ms\":250,"
				 "\"text\":\"x\"}");
	buf_clear(&b);
	chat_format_state(&b, CHAT_STATE_ACTIVE, NULL, NULL, "y");
	assert_string_equal(b.p,
			    "{\"t\":\"state\",\"state\":\"active\",\"agent\":null,\"text\":\"y\"}");
	buf_done(&b);
}

static void hides_what_is_for_the_house(void **state)
{
	(void)state;
	struct contact_message m = {.kind = MESSAGE_NOTE};
	assert_false(chat_is_shown(&m));
	m.kind = MESSAGE_EVENT;
	assert_true(chat_is_shown(&m));
	m.fields = TEXT("{\"event\":\"left\",\"audience\":\"agent\"}");
	assert_false(chat_is_shown(&m));
	m.fields = TEXT("not json");
	assert_true(chat_is_shown(&m));
	m.kind = MESSAGE_TEXT;
	assert_true(chat_is_shown(&m));
}

static void speaks_three_languages(void **state)
{
	(void)state;
	assert_int_equal(chat_words_for(TEXT("fi-FI")), CHAT_FINNISH);
	assert_int_equal(chat_words_for(TEXT("ET")), CHAT_ESTONIAN);
	assert_int_equal(chat_words_for(TEXT("fil")), CHAT_ENGLISH);
	assert_int_equal(chat_words_for(TEXT_NONE), CHAT_ENGLISH);
	for (int w = 0; w < 3; w++)
		for (int i = 0; i < CHAT_SENTENCES; i++)
			assert_true(strlen(chat_sentence((enum chat_words)w,
							 (enum chat_sentence)i)) > 10);
}

static void codes_base64url(void **state)
{
	(void)state;
	struct usher_buf text = {0}, back = {0};
	uint64_t seed = 1;
	for (size_t n = 0; n < 70; n++) {
		unsigned char bytes[70];
		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)random_next(&seed);
		buf_clear(&text);
		buf_clear(&back);
		sign_base64url(&text, bytes, n);
		assert_int_equal(sign_base64url_decode(buf_text(&text), &back), 0);
		assert_int_equal(back.n, n);
		assert_memory_equal(back.p, bytes, n);
	}
	assert_int_equal(sign_base64url_decode(TEXT("A"), &back), E_INVALID);
	assert_int_equal(sign_base64url_decode(TEXT("AB"), &back), E_INVALID); /* loose bits */
	assert_int_equal(sign_base64url_decode(TEXT("AA=="), &back), E_INVALID);
	assert_int_equal(sign_base64url_decode(TEXT("A+A/"), &back), E_INVALID);
	buf_clear(&text);
	sign_base64(&text, "\xfb\xff", 2);
	assert_string_equal(text.p, "+/8=");
	buf_done(&text);
	buf_done(&back);
	char hex[SIGN_HEX_BYTES];
	sign_sha256_hex(TEXT("abc"), hex); /* FIPS 180-2, appendix B.1 */
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_no_frame),
		cmocka_unit_test(reads_every_kind),
		cmocka_unit_test(reads_hello),
		cmocka_unit_test(cleans_text),
		cmocka_unit_test(writes_frames),
		cmocka_unit_test(hides_what_is_for_the_house),
		cmocka_unit_test(speaks_three_languages),
		cmocka_unit_test(codes_base64url),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
