/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/channels/live/chat_visit.h"

static void gives_a_new_visitor_a_token(void **state)
{
	(void)state;
	struct live *l = open_chat();
	char token[64];
	struct ws_peer *p = visit(l, NULL, token);
	assert_int_equal(strlen(token), CHAT_TOKEN_BYTES);
	const char *hello = p->frames[0];
	assert_string_equal(live_member(hello, "state"), "none");
	assert_string_equal(live_member(hello, "head"), "0");
	assert_string_equal(live_member(hello, "ping_s"), "25");
	assert_string_equal(live_member(hello, "limits.text"), "8000");
	assert_non_null(strstr(hello, "\"conv\":null,\"number\":null"));
	live_say(p, "{\"t\":\"ping\",\"n\":5}");
	assert_string_equal(live_next(p), "{\"t\":\"pong\",\"n\":5}");
	struct ws_peer *other = visit(l, NULL, NULL);
	assert_string_not_equal(live_member(other->frames[0], "visitor"), token);
	live_free(l);
}

static void acknowledges_only_what_is_kept(void **state)
{
	(void)state;
	struct live *l = open_chat();
	char token[64], key[SIGN_HEX_BYTES];
	struct ws_peer *p = visit(l, NULL, token);
	live_say(p, "{\"t\":\"send\",\"cid\":\"1\",\"text\":\" hello \"}");
	assert_null(live_next(p)); /* nothing before the commit */
	live_pump(l);
	const char *ack = live_expect(p, "ack");
	sign_sha256_hex(text_of(token), key);
	struct live_contact *c = live_contact_by_key(l, key);
	assert_non_null(c);
	assert_string_equal(live_member(ack, "cid"), "1");
	assert_string_equal(live_member(ack, "seq"), "1");
	assert_string_equal(live_member(ack, "number"), "C-1000");
	char conv[ID_TEXT_BYTES];
	id_format(c->id, &l->id_key, conv);
	assert_string_equal(live_member(ack, "conv"), conv);
	assert_true(text_equal(c->messages[0].m.body, TEXT("hello")));
	assert_non_null(strstr(c->session_fields, "https://shop.example/x"));
	assert_string_equal(c->name, "N");
	/* Neither the record nor the session holds the token itself. */
	assert_null(strstr(c->messages[0].m.remote_id.p, token));
	assert_null(strstr(c->key, token));
	live_free(l);
}

static void repeats_the_same_ack(void **state)
{
	(void)state;
	struct live *l = open_chat();
	struct ws_peer *p = visit(l, NULL, NULL);
	const char *first = say_text(l, p, "1", "one");
	live_advance(l, 3 * SECOND);
	assert_string_equal(say_text(l, p, "1", "one"), first);
	live_free(l);
}

static void tells_busy_when_nothing_was_kept(void **state)
{
	(void)state;
	struct live *l = open_chat();
	struct ws_peer *p = visit(l, NULL, NULL);
	const int codes[] = {E_AGAIN, E_IO, E_INVALID, E_LIMIT, E_NOT_FOUND, E_CLOSED};
	const char *const names[] = {"busy", "busy", "bad", "bad", "closed", "closed"};
	for (size_t i = 0; i < 6; i++) {
		live_advance(l, 2 * SECOND);
		live_answer_next(l, codes[i]);
		live_say(p, "{\"t\":\"send\",\"cid\":\"x0\",\"text\":\"t\"}");
		live_pump(l);
		const char *nack = live_expect(p, "nack");
		assert_string_equal(live_member(nack, "code"), names[i]);
		assert_int_equal(atoi(live_member(nack, "retry_ms")) > 0, i < 2);
		assert_false(live_has(p, "\"ack\""));
	}
	assert_string_equal(live_member(say_text(l, p, "x0", "t"), "seq"), "1");
	live_free(l);
}

static void refuses_bad_texts(void **state)
{
	(void)state;
	struct live *l = live_new(&chat_driver, "web", "{\"text_max\":100}", NULL);
	struct ws_peer *p = connect_from(l, "192.0.2.1");
	live_say(p, "{\"t\":\"hello\",\"v\":1,\"lang\":\"fi\"}");
	live_say(p, "{\"t\":\"send\",\"cid\":\"1\",\"text\":\" \\n\\u0000 \"}");
	assert_string_equal(live_member(live_expect(p, "nack"), "code"), "bad");
	live_say(p, "{\"t\":\"send\",\"cid\":\"2\"}");
	const char *nack = live_expect(p, "nack");
	assert_string_equal(live_member(nack, "code"), "bad");
	assert_non_null(strstr(nack, "tyhjä")); /* in the visitor's language */
	char text[512] = "";
	for (int i = 0; i < 100; i++)
		strcat(text, "\xc3\xa4"); /* characters count, not bytes */
	assert_string_equal(live_member(say_text(l, p, "3", text), "seq"), "1");
	strcat(text, "a");
	live_say(p, "{\"t\":\"send\",\"cid\":\"4\",\"text\":\"%s\"}", text);
	assert_string_equal(live_member(live_expect(p, "nack"), "code"), "too-long");
	live_free(l);
}

static void closes_who_does_not_greet(void **state)
{
	(void)state;
	struct live *l = open_chat();
	struct ws_peer *silent = connect_from(l, "192.0.2.1");
	struct ws_peer *rude = connect_from(l, "192.0.2.1");
	struct ws_peer *noisy = connect_from(l, "192.0.2.1");
	struct ws_peer *forger = connect_from(l, "192.0.2.1");
	live_advance(l, 4 * SECOND);
	assert_false(silent->is_closing);
	live_say(rude, "{\"t\":\"ping\",\"n\":1}");
	assert_int_equal(rude->close_code, 4001);
	live_say(noisy, "GET / HTTP/1.1");
	assert_int_equal(noisy->close_code, 4001);
	live_say(forger, "{\"t\":\"hello\",\"v\":1,\"visitor\":\"guess\"}");
	assert_int_equal(forger->close_code, 4003);
	live_advance(l, 2 * SECOND);
	assert_int_equal(silent->close_code, 4001);
	struct ws_peer *p = visit(l, NULL, NULL);
	live_advance(l, 60 * SECOND);
	assert_false(p->is_closing);
	live_say(p, "{\"t\":\"hello\",\"v\":1}");
	assert_int_equal(p->close_code, 1008);
	p = visit(l, NULL, NULL);
	live_say(p, "{\"t\":\"ping\",\"n\":1,\"n\":2}");
	assert_int_equal(p->close_code, 1008);
	live_free(l);
}

static void limits_rates(void **state)
{
	(void)state;
	struct live *l = open_chat();
	char token[64];
	struct ws_peer *p = visit(l, NULL, token);
	for (int i = 0; i < 5; i++) {
		char cid[8];
		snprintf(cid, sizeof cid, "b%d", i);
		say_text(l, p, cid, "x");
	}
	live_say(p, "{\"t\":\"send\",\"cid\":\"over\",\"text\":\"x\"}");
	const char *nack = live_expect(p, "nack");
	assert_string_equal(live_member(nack, "code"), "rate");
	int retry = atoi(live_member(nack, "retry_ms"));
	assert_in_range(retry, 1, 1001);
	/* Another window shares the bucket; after the stated time it works. */
	struct ws_peer *second = visit(l, token, NULL);
	live_say(second, "{\"t\":\"send\",\"cid\":\"over2\",\"text\":\"x\"}");
	assert_string_equal(live_member(live_expect(second, "nack"), "code"), "rate");
	live_advance(l, retry * 1000);
	say_text(l, p, "over", "x");
	for (int i = 0; i < 100; i++)
		live_say(p, "{\"t\":\"send\",\"cid\":\"f%d\",\"text\":\"x\"}", i);
	assert_int_equal(p->close_code, 1008);
	struct ws_peer *flood = visit(l, NULL, NULL);
	for (int i = 0; i < 250; i++)
		live_say(flood, "{\"t\":\"typing\",\"on\":true}");
	assert_int_equal(flood->close_code, 1008);
	live_free(l);
}

static void takes_the_rate_of_the_channel(void **state)
{
	(void)state;
	struct live *l = live_new(&chat_driver, "web", "{\"rate_per_s\":100}", NULL);
	struct ws_peer *p = visit(l, NULL, NULL);
	for (int i = 0; i < 300; i++) { /* above 20 frames a second, too */
		char cid[8];
		snprintf(cid, sizeof cid, "b%d", i);
		say_text(l, p, cid, "x");
		if (i >= 4)
			live_advance(l, SECOND / 100);
	}
	for (int i = 0; i < 10; i++)
		live_say(p, "{\"t\":\"send\",\"cid\":\"over%d\",\"text\":\"x\"}", i);
	live_pump(l);
	assert_string_equal(live_member(live_expect(p, "nack"), "code"), "rate");
	live_free(l);
}

static void limits_one_address(void **state)
{
	(void)state;
	struct live *l = open_chat();
	int refused = 0;
	for (int v = 0; v < 15; v++) {
		struct ws_peer *p = visit(l, NULL, NULL);
		for (int i = 0; i < 5; i++) {
			live_say(p, "{\"t\":\"send\",\"cid\":\"%d\",\"text\":\"x\"}", i);
			live_pump(l);
		}
		refused += live_has(p, "\"rate\"");
		live_cut(p); /* a new visitor each time does not help */
	}
	assert_in_range(refused, 4, 6);
	live_free(l);
}

static void limits_sockets(void **state)
{
	(void)state;
	struct live *l = open_chat();
	char token[64];
	visit(l, NULL, token);
	for (int i = 0; i < 4; i++)
		visit(l, token, NULL);
	struct ws_peer *sixth = connect_from(l, "192.0.2.1");
	live_say(sixth, "{\"t\":\"hello\",\"v\":1,\"visitor\":\"%s\"}", token);
	assert_int_equal(sixth->close_code, 4008);
	live_cut(sixth);
	for (int i = 5; i < 20; i++)
		visit(l, NULL, NULL);
	struct ws_peer *over = connect_from(l, "192.0.2.1");
	live_say(over, "{\"t\":\"hello\",\"v\":1}");
	assert_int_equal(over->close_code, 4008);
	struct ws_peer *elsewhere = connect_from(l, "192.0.2.2");
	live_say(elsewhere, "{\"t\":\"hello\",\"v\":1}");
	assert_false(elsewhere->is_closing);
	int open = 0;
	while (live_connect(l, "/chat/web", "192.0.2.1", "") != NULL)
		assert_true(open++ < 100); /* refused without an upgrade in the end */
	live_free(l);
}

static void checks_the_origin(void **state)
{
	(void)state;
	struct live *l = live_new(
		&chat_driver, "web",
		"{\"allowed_origins\":\"https://a.example https://b.example:8443\"}", NULL);
	assert_non_null(live_connect(l, "/chat/web", "1", "https://gw.example.org"));
	assert_non_null(live_connect(l, "/chat/web", "1", "http://gw.example.org"));
	assert_non_null(live_connect(l, "/chat/web", "1", "https://b.example:8443"));
	assert_non_null(live_connect(l, "/chat/web", "1", "https://A.example"));
	assert_non_null(live_connect(l, "/chat/web", "1", ""));
	assert_null(live_connect(l, "/chat/web", "1", "https://b.example"));
	assert_null(live_connect(l, "/chat/web", "1", "https://a.example.evil.example"));
	assert_null(live_connect(l, "/chat/web", "1", "null"));
	assert_null(live_connect(l, "/chat/web", "1", "https://gw.example.org.evil.example"));
	live_free(l);
}

static void refuses_a_second_default(void **state)
{
	(void)state;
	struct usher_error err = {0};
	struct live *l = open_chat();
	assert_int_equal(l->ws_route_count, 2);
	live_free(l);
	l = live_new(&chat_driver, "web", "{}", NULL);
	assert_int_equal(l->ws_route_count, 1);
	l->is_path_taken = true;
	live_free(l);
	assert_null(live_new(&chat_driver, "web", "{\"leave_after_s\":1}", &err));
	assert_non_null(strstr(err.text, "leave_after_s"));
}

static void shows_both_sides_in_all_windows(void **state)
{
	(void)state;
	struct live *l = open_chat();
	char token[64];
	struct ws_peer *a = visit(l, NULL, token);
	say_text(l, a, "1", "hi");
	struct ws_peer *b = visit(l, token, NULL);
	const char *ev = live_expect(b, "ev");
	assert_string_equal(live_member(ev, "text"), "hi");
	assert_string_equal(live_member(ev, "from"), "customer");
	assert_string_equal(live_member(ev, "cid"), "1");
	struct live_contact *c = l->contacts[0];
	live_accept(l, c, 77, "Anna");
	assert_string_equal(live_member(live_expect(a, "state"), "agent"), "Anna");
	live_agent_says(l, c, MESSAGE_NOTE, "secret note", NULL);
	int64_t seq = live_agent_says(l, c, MESSAGE_TEXT, "good day", NULL);
	live_agent_says(l, c, MESSAGE_LINK, "video", "{\"url\":\"https://gw.example.org/v/x\"}");
	struct ws_peer *peers[] = {a, b};
	for (int i = 0; i < 2; i++) {
		ev = live_expect(peers[i], "ev");
		while (strcmp(live_member(ev, "from"), "agent") != 0)
			ev = live_expect(peers[i], "ev");
		assert_string_equal(live_member(ev, "text"), "good day");
		assert_string_equal(live_member(ev, "name"), "Anna");
		assert_string_equal(live_member(ev, "seq"), "3"); /* 2 was the note */
		ev = live_expect(peers[i], "ev");
		assert_string_equal(live_member(ev, "url"), "https://gw.example.org/v/x");
		assert_false(live_has(peers[i], "secret note"));
	}
	assert_int_equal(live_count_deliveries(l, seq, DELIVERY_SENT), 1);
	live_free(l);
}

static void reports_seen_and_read(void **state)
{
	(void)state;
	struct live *l = open_chat();
	struct ws_peer *p = visit(l, NULL, NULL);
	say_text(l, p, "1", "hi");
	struct live_contact *c = l->contacts[0];
	live_accept(l, c, 77, "Anna");
	live_agent_says(l, c, MESSAGE_TEXT, "a", NULL); /* 2 */
	live_agent_says(l, c, MESSAGE_TEXT, "b", NULL); /* 3 */
	live_say(p, "{\"t\":\"seen\",\"seq\":2}");
	assert_int_equal(live_count_deliveries(l, 2, DELIVERY_DELIVERED), 1);
	assert_int_equal(live_count_deliveries(l, 3, DELIVERY_DELIVERED), 0);
	live_say(p, "{\"t\":\"seen\",\"seq\":3}");
	live_say(p, "{\"t\":\"seen\",\"seq\":3}");
	assert_int_equal(live_count_deliveries(l, 2, DELIVERY_DELIVERED), 1);
	assert_int_equal(live_count_deliveries(l, 3, DELIVERY_DELIVERED), 1);
	live_say(p, "{\"t\":\"read\",\"seq\":999}"); /* past what was sent: as far as was */
	assert_int_equal(live_count_deliveries(l, 2, DELIVERY_READ), 1);
	assert_int_equal(live_count_deliveries(l, 3, DELIVERY_READ), 1);
	assert_int_equal(live_count_deliveries(l, 1, DELIVERY_READ), 0); /* the visitor's own */
	live_agent_says(l, c, MESSAGE_TEXT, "c", NULL);
	assert_int_equal(live_count_deliveries(l, 4, DELIVERY_READ), 0);
	live_free(l);
}

static void passes_typing_both_ways(void **state)
{
	(void)state;
	struct live *l = open_chat();
	struct ws_peer *p = visit(l, NULL, NULL);
	live_say(p, "{\"t\":\"typing\",\"on\":true}");
	assert_int_equal(l->signal_count, 0); /* nobody to tell yet */
	say_text(l, p, "1", "hi");
	struct live_contact *c = l->contacts[0];
	live_accept(l, c, 77, "Anna");
	live_say(p, "{\"t\":\"typing\",\"on\":true}");
	live_say(p, "{\"t\":\"typing\",\"on\":true}");
	assert_int_equal(l->signal_count, 1);
	assert_int_equal(l->signals[0].signal, SIGNAL_TYPING);
	live_advance(l, 7 * SECOND);
	assert_int_equal(l->signal_count, 2);
	assert_int_equal(l->signals[1].signal, SIGNAL_NOT_TYPING);
	chat_driver.signal(l->channel, c->id, text_of(c->key), SIGNAL_TYPING, 0);
	const char *typing = live_expect(p, "typing");
	assert_string_equal(live_member(typing, "on"), "true");
	assert_string_equal(live_member(typing, "name"), "Anna");
	live_advance(l, 7 * SECOND);
	assert_string_equal(live_member(live_expect(p, "typing"), "on"), "false");
	chat_driver.signal(l->channel, c->id, text_of(c->key), SIGNAL_NOT_TYPING, 0);
	assert_null(live_next(p));
	live_free(l);
}

static void tells_place_and_state_only_when_changed(void **state)
{
	(void)state;
	struct live *l = open_chat();
	struct ws_peer *p = visit(l, NULL, NULL);
	say_text(l, p, "1", "hi");
	struct live_contact *c = l->contacts[0];
	while (live_next(p) != NULL)
		;
	live_place(l, c, 3, 60 * SECOND, 180 * SECOND);
	const char *place = live_expect(p, "place");
	assert_string_equal(place, "{\"t\":\"place\",\"position\":3,\"low_s\":60,\"high_s\":180}");
	size_t before = p->count;
	live_changed(l, c);
	live_changed(l, c);
	assert_int_equal(p->count, before);
	c->state = CONTACT_OFFERED; /* to the visitor nothing has changed but the place */
	live_changed(l, c);
	assert_false(live_has(p, "active"));
	live_accept(l, c, 7, "Anna");
	assert_string_equal(live_member(live_expect(p, "state"), "state"), "active");
	live_close(l, c);
	const char *closed = live_expect(p, "state");
	assert_string_equal(live_member(closed, "state"), "closed");
	assert_non_null(strstr(closed, "\"agent\":null"));
	live_free(l);
}

static void ends_when_the_visitor_says_so(void **state)
{
	(void)state;
	struct live *l = open_chat();
	struct ws_peer *p = visit(l, NULL, NULL);
	live_say(p, "{\"t\":\"end\"}");
	assert_int_equal(l->inbound_total, 0); /* nothing to end */
	say_text(l, p, "1", "hi");
	struct live_contact *c = l->contacts[0];
	live_say(p, "{\"t\":\"end\"}");
	live_say(p, "{\"t\":\"end\"}");
	live_pump(l);
	assert_int_equal(c->state, CONTACT_CLOSED);
	assert_int_equal(c->count, 2); /* the second end was the same one */
	assert_true(live_has(p, "\"state\":\"closed\""));
	live_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_a_new_visitor_a_token),
		cmocka_unit_test(acknowledges_only_what_is_kept),
		cmocka_unit_test(repeats_the_same_ack),
		cmocka_unit_test(tells_busy_when_nothing_was_kept),
		cmocka_unit_test(refuses_bad_texts),
		cmocka_unit_test(closes_who_does_not_greet),
		cmocka_unit_test(limits_rates),
		cmocka_unit_test(takes_the_rate_of_the_channel),
		cmocka_unit_test(limits_one_address),
		cmocka_unit_test(limits_sockets),
		cmocka_unit_test(checks_the_origin),
		cmocka_unit_test(refuses_a_second_default),
		cmocka_unit_test(shows_both_sides_in_all_windows),
		cmocka_unit_test(reports_seen_and_read),
		cmocka_unit_test(passes_typing_both_ways),
		cmocka_unit_test(tells_place_and_state_only_when_changed),
		cmocka_unit_test(ends_when_the_visitor_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
