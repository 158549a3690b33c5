/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/channels/live/chat_visit.h"

static void begins_again_after_the_end(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct live *l = open_chat();
		l->is_done_first = order == 1;
		char token[64], first_conv[64];
		struct ws_peer *p = visit(l, NULL, token);
		struct ws_peer *other = visit(l, token, NULL);
		snprintf(first_conv, sizeof first_conv, "%s",
			 live_member(say_text(l, p, "1", "one"), "conv"));
		say_text(l, p, "2", "two");
		live_close(l, l->contacts[0]);
		const char *ack = say_text(l, p, "3", "three");
		assert_string_equal(live_member(ack, "seq"), "1");
		assert_string_not_equal(live_member(ack, "conv"), first_conv);
		assert_int_equal(l->contact_count, 2);
		/* The other window hears of the new conversation before its first event. */
		while (strcmp(live_member(live_expect(other, "hello"), "number"), "C-1001") != 0)
			;
		const char *ev = live_expect(other, "ev");
		assert_string_equal(live_member(ev, "seq"), "1");
		assert_string_equal(live_member(ev, "text"), "three");
		/* A repeat from the first conversation changes nothing. */
		live_advance(l, 10 * SECOND);
		ack = say_text(l, p, "2", "two");
		assert_string_equal(live_member(ack, "conv"), first_conv);
		assert_string_equal(live_member(ack, "seq"), "2");
		live_agent_says(l, l->contacts[1], MESSAGE_TEXT, "new answer", NULL);
		ev = live_expect(p, "ev");
		assert_string_equal(live_member(ev, "text"), "new answer");
		/* What a window has of the first conversation says nothing about the second. */
		struct ws_peer *late = connect_from(l, "192.0.2.1");
		live_say(late,
			 "{\"t\":\"hello\",\"v\":1,\"visitor\":\"%s\",\"resume\":{\"conv\":\"%s\","
			 "\"seq\":2}}",
			 token, first_conv);
		assert_string_equal(live_member(live_expect(late, "hello"), "number"), "C-1001");
		assert_string_equal(live_member(live_expect(late, "ev"), "text"), "three");
		live_free(l);
	}
}

static void resumes_without_a_hole(void **state)
{
	(void)state;
	struct live *l = open_chat();
	char token[64], conv[64];
	struct ws_peer *p = visit(l, NULL, token);
	snprintf(conv, sizeof conv, "%s", live_member(say_text(l, p, "1", "hi"), "conv"));
	struct live_contact *c = l->contacts[0];
	live_accept(l, c, 7, "Anna");
	live_cut(p);
	int64_t seq = 0;
	for (int i = 0; i < 250; i++)
		seq = live_agent_says(l, c, MESSAGE_TEXT, "while away", NULL);
	p = connect_from(l, "192.0.2.1");
	live_say(p,
		 "{\"t\":\"hello\",\"v\":1,\"visitor\":\"%s\",\"resume\":{\"conv\":\"%s\",\"seq\":"
		 "1}}",
		 token, conv);
	const char *hello = live_expect(p, "hello");
	assert_string_equal(live_member(hello, "head"), "251");
	assert_string_equal(live_member(hello, "state"), "active");
	/* While the replay pauses, a new message and a send come. */
	live_agent_says(l, c, MESSAGE_TEXT, "last", NULL);
	live_say(p, "{\"t\":\"send\",\"cid\":\"r\",\"text\":\"x\"}");
	assert_true(live_has(p, "\"busy\""));
	live_advance(l, 5 * SECOND);
	int64_t want = 2;
	for (const char *f = live_next(p); f != NULL; f = live_next(p))
		if (strcmp(live_member(f, "t"), "ev") == 0)
			assert_int_equal(atoi(live_member(f, "seq")), want++);
	assert_int_equal(want, seq + 2);
	assert_string_equal(live_member(say_text(l, p, "r", "x"), "seq"), "253");
	assert_int_equal(live_count_deliveries(l, 100, DELIVERY_SENT), 1);
	live_free(l);
}

static void resumes_after_a_restart(void **state)
{
	(void)state;
	struct live *l = open_chat();
	char token[64];
	struct ws_peer *p = visit(l, NULL, token);
	say_text(l, p, "1", "hi");
	live_reopen(l);
	p = visit(l, token, NULL);
	assert_string_equal(live_member(p->frames[0], "number"), "C-1000");
	assert_string_equal(live_member(live_expect(p, "ev"), "text"), "hi");
	live_advance(l, 600 * SECOND);
	assert_int_equal(l->contacts[0]->state, CONTACT_WAITING);
	live_free(l);
}

static void says_restarting(void **state)
{
	(void)state;
	struct live *l = open_chat();
	struct ws_peer *p = visit(l, NULL, NULL);
	live_say(p, "{\"t\":\"send\",\"cid\":\"1\",\"text\":\"in flight\"}");
	l->channel = chat_driver.close(l->channel);
	assert_int_equal(p->close_code, 1012);
	const char *bye = live_expect(p, "bye");
	assert_string_equal(live_member(bye, "code"), "1012");
	assert_in_range(atoi(live_member(bye, "retry_ms")), 500, 10000);
	live_free(l);
}

static void shows_a_closed_conversation_to_its_visitor_only(void **state)
{
	(void)state;
	struct live *l = open_chat();
	char token[64], conv[64];
	struct ws_peer *p = visit(l, NULL, token);
	snprintf(conv, sizeof conv, "%s", live_member(say_text(l, p, "1", "private"), "conv"));
	struct live_contact *c = l->contacts[0];
	live_accept(l, c, 7, "Anna");
	live_cut(p);
	live_agent_says(l, c, MESSAGE_TEXT, "goodbye", NULL);
	live_close(l, c);
	live_reopen(l);
	p = connect_from(l, "192.0.2.1");
	live_say(p,
		 "{\"t\":\"hello\",\"v\":1,\"visitor\":\"%s\",\"resume\":{\"conv\":\"%s\",\"seq\":"
		 "1}}",
		 token, conv);
	const char *hello = live_expect(p, "hello");
	assert_string_equal(live_member(hello, "conv"), conv);
	assert_string_equal(live_member(hello, "state"), "closed");
	assert_string_equal(live_member(live_expect(p, "ev"), "text"), "goodbye");
	struct ws_peer *thief = connect_from(l, "192.0.2.9");
	live_say(
		thief,
		"{\"t\":\"hello\",\"v\":1,\"visitor\":null,\"resume\":{\"conv\":\"%s\",\"seq\":0}}",
		conv);
	hello = live_expect(thief, "hello");
	assert_string_equal(live_member(hello, "state"), "none");
	assert_false(live_has(thief, "private"));
	live_free(l);
}

static void abandons_after_the_grace(void **state)
{
	(void)state;
	struct live *l = open_chat();
	char token[64];
	struct ws_peer *p = visit(l, NULL, token);
	say_text(l, p, "1", "hi");
	struct live_contact *c = l->contacts[0];
	live_cut(p);
	live_advance(l, 59 * SECOND);
	p = visit(l, token, NULL); /* back in time */
	live_advance(l, 300 * SECOND);
	assert_int_equal(c->state, CONTACT_WAITING);
	live_cut(p);
	live_answer_next(l, E_AGAIN); /* the store is away: not lost, tried again */
	live_advance(l, 61 * SECOND);
	assert_int_equal(c->state, CONTACT_WAITING);
	live_advance(l, 6 * SECOND);
	assert_int_equal(c->state, CONTACT_CLOSED);
	assert_int_equal(c->cause, CAUSE_CUSTOMER_LEFT);
	live_free(l);
}

static void abandons_also_after_a_restart(void **state)
{
	(void)state;
	struct live *l = open_chat();
	struct ws_peer *p = visit(l, NULL, NULL);
	say_text(l, p, "1", "hi");
	live_reopen(l);
	live_place(l, l->contacts[0], 1, 0, 0); /* only the news tells of the visitor */
	live_advance(l, 61 * SECOND);
	assert_int_equal(l->contacts[0]->state, CONTACT_CLOSED);
	live_free(l);
}

static void tells_the_agent_that_the_visitor_left(void **state)
{
	(void)state;
	struct live *l = open_chat();
	char token[64];
	struct ws_peer *p = visit(l, NULL, token);
	say_text(l, p, "1", "hi");
	struct live_contact *c = l->contacts[0];
	live_accept(l, c, 7, "Anna");
	live_cut(p);
	live_advance(l, 600 * SECOND);
	assert_int_equal(c->state, CONTACT_ACTIVE);
	assert_int_equal(c->count, 2);
	assert_int_equal(live_last(c)->m.kind, MESSAGE_EVENT);
	assert_true(text_equal(live_last(c)->m.body, TEXT("The visitor has left the page")));
	p = visit(l, token, NULL);
	live_pump(l);
	assert_true(text_equal(live_last(c)->m.body, TEXT("The visitor is back on the page")));
	assert_false(live_has(p, "left the page")); /* the house's own matter */
	live_free(l);
}

static void survives_a_slow_peer_and_a_broken_record(void **state)
{
	(void)state;
	struct live *l = open_chat();
	char token[64];
	struct ws_peer *p = visit(l, NULL, token);
	say_text(l, p, "1", "hi");
	struct live_contact *c = l->contacts[0];
	live_accept(l, c, 7, "Anna");
	struct ws_peer *slow = visit(l, token, NULL);
	slow->send_limit = slow->count + 1;
	live_agent_says(l, c, MESSAGE_TEXT, "a", NULL);
	live_agent_says(l, c, MESSAGE_TEXT, "b", NULL);
	assert_int_equal(slow->close_code, 4013);
	assert_string_equal(live_member(live_expect(p, "ev"), "text"), "a");
	assert_string_equal(live_member(live_expect(p, "ev"), "text"), "b");
	l->is_history_broken = true;
	struct ws_peer *q = connect_from(l, "192.0.2.1");
	live_say(q, "{\"t\":\"hello\",\"v\":1,\"visitor\":\"%s\"}", token);
	assert_int_equal(q->close_code, 1013);
	assert_true(live_has(q, "\"bye\""));
	live_free(l);
}

static void keeps_idle_connections_small(void **state)
{
	(void)state;
	struct live *l = live_new(&chat_driver, "web", "{\"sockets_per_address\":100000}", NULL);
	enum { COUNT = 400 };
	static struct ws_peer *peers[COUNT];
	for (int i = 0; i < COUNT; i++)
		peers[i] = connect_from(l, "192.0.2.1");
	struct mallinfo2 before = mallinfo2();
	size_t frames = 0;
	for (int i = 0; i < COUNT; i++) {
		if (i % 40 == 39)
			l->clock += 60 * SECOND; /* the hello bucket of one address */
		live_say(peers[i],
			 "{\"t\":\"hello\",\"v\":1,\"page\":{\"url\":\"https://shop.example/a/"
			 "long/path/to/some/product\",\"title\":\"A product\"}}");
		assert_int_equal(peers[i]->count, 1);
		frames += malloc_usable_size(peers[i]->frames) + 16 +
			  malloc_usable_size(peers[i]->frames[0]) + 16;
	}
	struct mallinfo2 after = mallinfo2();
	size_t each =
		(after.uordblks - before.uordblks - frames) / COUNT + sizeof(struct chat_session);
	if (after.uordblks > before.uordblks) { /* a sanitizer's allocator does not count */
		print_message("# %zu bytes per idle connection\n", each);
		assert_in_range(each, 1, 1536);
	}
	assert_in_range(sizeof(struct chat_session) + sizeof(struct chat_visitor), 1, 700);
	live_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_again_after_the_end),
		cmocka_unit_test(resumes_without_a_hole),
		cmocka_unit_test(resumes_after_a_restart),
		cmocka_unit_test(says_restarting),
		cmocka_unit_test(shows_a_closed_conversation_to_its_visitor_only),
		cmocka_unit_test(abandons_after_the_grace),
		cmocka_unit_test(abandons_also_after_a_restart),
		cmocka_unit_test(tells_the_agent_that_the_visitor_left),
		cmocka_unit_test(survives_a_slow_peer_and_a_broken_record),
		cmocka_unit_test(keeps_idle_connections_small),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
