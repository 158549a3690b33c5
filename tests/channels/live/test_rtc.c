/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/sign.h"
#include "channels/video/presence.h"
#include "channels/video/rtc_format.h"
#include "channels/video/rtc_parse.h"
#include "channels/video/ticket.h"
#include "channels/video/turn.h"
#include "tests/channels/live/vectors.h"

#include "routing/base/memory.h"

#define SECRET TEXT("0123456789abcdef0123456789abcdef")
#define NOW ((usher_us)1767225600 * USHER_SECOND)

static void makes_the_turn_vectors(void **state)
{
	(void)state;
	json_t *file = vectors_load("turn_rest.json");
	size_t i;
	json_t *c;
	if (file == NULL)
		skip();
	struct usher_text secret = text_of(vector_text(file, "static_auth_secret"));
	json_array_foreach(json_object_get(file, "cases"), i, c)
	{
		struct usher_buf username = {0}, credential = {0};
		turn_credential(secret, text_of(vector_text(c, "user")),
				json_integer_value(json_object_get(c, "expires")), &username,
				&credential);
		assert_string_equal(username.p, vector_text(c, "username"));
		assert_string_equal(credential.p, vector_text(c, "credential"));
		buf_done(&username);
		buf_done(&credential);
	}
	assert_int_equal(i, 4);
	json_decref(file);
}

static struct ticket sample(void)
{
	return (struct ticket){.contact = ((usher_id)1 << 62) + 12345,
			       .nonce = "AAAAAAAAAAAAAAAAAAAAAA",
			       .is_agent = true,
			       .agent = 77,
			       .expires_us = NOW + 60 * USHER_SECOND,
			       .name = "A \"quoted\" n\xc3\xa4me"};
}

static void reads_its_own_tickets(void **state)
{
	(void)state;
	struct ticket t = sample(), back;
	struct usher_buf text = {0};
	ticket_make(SECRET, &t, &text);
	assert_int_equal(ticket_read(SECRET, buf_text(&text), NOW, &back), 0);
	assert_true(back.contact == t.contact && back.agent == 77 && back.is_agent);
	assert_int_equal(back.expires_us, t.expires_us);
	assert_string_equal(back.name, t.name);
	assert_string_equal(back.nonce, t.nonce);
	for (size_t i = 0; i < text.n; i++) /* only what is safe in an address */
		assert_non_null(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789-_.",
				       text.p[i]));
	assert_int_equal(ticket_read(SECRET, buf_text(&text), t.expires_us - 1, &back), 0);
	assert_int_equal(ticket_read(SECRET, buf_text(&text), t.expires_us, &back), E_STALE);
	buf_done(&text);
}

static void refuses_every_other_ticket(void **state)
{
	(void)state;
	struct ticket t = sample(), back;
	struct usher_buf text = {0};
	ticket_make(SECRET, &t, &text);
	assert_int_equal(ticket_read(TEXT("another secret"), buf_text(&text), NOW, &back),
			 E_INVALID);
	for (size_t i = 0; i < text.n; i++) { /* any changed character, any cut */
		char kept = text.p[i];
		text.p[i] = kept == 'A' ? 'B' : 'A';
		assert_int_equal(ticket_read(SECRET, buf_text(&text), NOW, &back), E_INVALID);
		text.p[i] = kept;
		assert_int_equal(ticket_read(SECRET, text_slice(text.p, i), NOW, &back), E_INVALID);
	}
	buf_addc(&text, 'A');
	assert_int_equal(ticket_read(SECRET, buf_text(&text), NOW, &back), E_INVALID);
	assert_int_equal(ticket_read(SECRET, TEXT_NONE, NOW, &back), E_INVALID);
	assert_int_equal(ticket_read(SECRET, TEXT("."), NOW, &back), E_INVALID);
	/* The same bytes signed for another purpose are no ticket. */
	unsigned char mac[SIGN_SHA256_BYTES];
	struct usher_buf forged = {0};
	sign_base64url(&forged, "{}", 2);
	sign_hmac_sha256(SECRET, buf_text(&forged), mac);
	buf_addc(&forged, '.');
	sign_base64url(&forged, mac, sizeof mac);
	assert_int_equal(ticket_read(SECRET, buf_text(&forged), NOW, &back), E_INVALID);
	buf_done(&forged);
	buf_done(&text);
}

static void parses_frames(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int kind; /* 0: refused */
	} cases[] = {
		{"{\"t\":\"join\",\"ticket\":\"x\",\"name\":\"N\"}", RTC_JOIN},
		{"{\"t\":\"join\"}", 0},
		{"{\"t\":\"join\",\"ticket\":1}", 0},
		{"{\"t\":\"description\",\"description\":{\"type\":\"offer\",\"sdp\":\"v=0\"}}",
		 RTC_DESCRIPTION},
		{"{\"t\":\"description\",\"description\":{\"type\":\"rollback\"}}",
		 RTC_DESCRIPTION},
		{"{\"t\":\"description\",\"description\":{\"type\":\"x\",\"sdp\":\"\"}}", 0},
		{"{\"t\":\"description\",\"description\":{\"type\":\"offer\",\"sdp\":1}}", 0},
		{"{\"t\":\"description\",\"description\":\"v=0\"}", 0},
		{"{\"t\":\"candidate\",\"candidate\":null}", RTC_CANDIDATE},
		{"{\"t\":\"candidate\",\"candidate\":{\"candidate\":\"c\",\"sdpMid\":\"0\"}}",
		 RTC_CANDIDATE},
		{"{\"t\":\"candidate\"}", 0},
		{"{\"t\":\"candidate\",\"candidate\":[]}", 0},
		{"{\"t\":\"candidate\",\"candidate\":{\"candidate\":5}}", 0},
		{"{\"t\":\"leave\"}", RTC_LEAVE},
		{"{\"t\":\"stats\"}", RTC_OTHER},
		{"{\"t\":\"leave\",\"t\":\"leave\"}", 0},
		{"[]", 0},
		{"", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rtc_frame f;
		struct usher_error err = {0};
		int code = rtc_parse(text_of(cases[i].text), &f, &err);
		if ((code == 0) != (cases[i].kind != 0))
			fail_msg("%s: %d %s", cases[i].text, code, err.text);
		if (code < 0)
			continue;
		assert_int_equal(f.kind, cases[i].kind);
		rtc_frame_done(&f);
	}
}

static void writes_welcome(void **state)
{
	(void)state;
	struct usher_buf b = {0};
	struct rtc_welcome w = {.role = RTC_CUSTOMER,
				.room = "R",
				.ice = {"stun:a stun:b", "turns:c:5349", "u", "c", 600},
				.position = 2};
	rtc_format_welcome(&b, &w);
	assert_string_equal(
		b.p, "{\"t\":\"welcome\",\"polite\":false,\"role\":\"customer\",\"room\":\"R\","
		     "\"peers\":[],\"ice\":[{\"urls\":[\"stun:a\",\"stun:b\"]},{\"urls\":"
		     "[\"turns:c:5349\"],\"username\":\"u\",\"credential\":\"c\"}],\"ttl_s\":600,"
		     "\"state\":\"waiting\",\"position\":2,\"agent\":null}");
	buf_clear(&b);
	w = (struct rtc_welcome){.is_polite = true,
				 .role = RTC_AGENT,
				 .room = "R",
				 .has_peer = true,
				 .peer_role = RTC_CUSTOMER,
				 .peer_name = "N",
				 .ice = {"", "turn:c", NULL, NULL, 60},
				 .state = RTC_ACTIVE,
				 .agent = "Anna"};
	rtc_format_welcome(&b, &w);
	assert_string_equal(
		b.p, "{\"t\":\"welcome\",\"polite\":true,\"role\":\"agent\",\"room\":\"R\","
		     "\"peers\":[{\"role\":\"customer\",\"name\":\"N\"}],\"ice\":[],"
		     "\"ttl_s\":60,\"state\":\"active\",\"position\":null,\"agent\":\"Anna\"}");
	buf_done(&b);
}

static void keeps_presence_as_json(void **state)
{
	(void)state;
	struct presence p = {0}, back;
	struct usher_buf first = {0}, second = {0};
	presence_enter(&p, RTC_CUSTOMER, 0, "N\"", NOW);
	presence_enter(&p, RTC_AGENT, (usher_id)1 << 60, "Anna", NOW + 1000);
	presence_last(&p, RTC_CUSTOMER)->left_us = NOW + 2000;
	presence_encode(&p, &first);
	presence_decode(buf_text(&first), &back);
	presence_encode(&back, &second);
	assert_string_equal(second.p, first.p);
	presence_decode(TEXT("{\"participants\":[1,{\"role\":5},{\"role\":\"agent\"}]}"), &back);
	assert_int_equal(back.count, 0);
	presence_decode(TEXT("nonsense"), &back);
	assert_int_equal(back.count, 0);
	for (int i = 0; i < 3 * PRESENCE_MAX; i++) {
		presence_enter(&p, RTC_CUSTOMER, 0, "N", NOW);
		presence_last(&p, RTC_CUSTOMER)->left_us = NOW;
	}
	assert_int_equal(p.count, PRESENCE_MAX);
	assert_non_null(presence_last(&p, RTC_AGENT)); /* who is there is not forgotten */
	buf_done(&first);
	buf_done(&second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_the_turn_vectors),
		cmocka_unit_test(reads_its_own_tickets),
		cmocka_unit_test(refuses_every_other_ticket),
		cmocka_unit_test(parses_frames),
		cmocka_unit_test(writes_welcome),
		cmocka_unit_test(keeps_presence_as_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
