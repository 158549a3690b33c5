/* SPDX-License-Identifier: Apache-2.0 */
/* The live feed as a console sees it: after a restart, with long lines and with large messages. */
#include "tests/gateway/console.h"

#include "gateway/live_topic.h"
#include "gateway/shapes.h"

#include <stdio.h>

static int count_of(const char *text, const char *part)
{
	int n = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		n++;
	return n;
}

/* ---- tests ---------------------------------------------------------------------------------------------------- */

/* What a snapshot showed after a restart goes again when it ends. */
static void test_held_contact_goes_after_a_restart(void **state)
{
	struct world *w = *state;
	struct console console;
	char part[100], id[ID_TEXT_BYTES];
	assert_int_equal(wants(w, AGENT_READY), 0);
	usher_id contact = hear(w, "v1", "v1:1", "Hello", INBOUND_MESSAGE).result.contact;
	struct contact *c = book_contact(w->g.book, contact);
	assert_int_equal(command(w, EV_ACCEPT, contact, (uint64_t)c->row.epoch), 0);
	struct store *store = w->g.store;
	world_close(w);
	world_open(w, store);
	console_open(&console, w, w->agent);
	console_say(&console, "{\"t\":\"subscribe\",\"topics\":[\"me\"]}");
	id_format(contact, &w->g.id_key, id);
	assert_non_null(strstr(await(&console, "\"snapshot\""), id));
	c = book_contact(w->g.book, contact);
	assert_int_equal(command(w, EV_CLOSE, contact, (uint64_t)c->row.epoch), 0);
	snprintf(part, sizeof part, "\"contact-gone\",\"contact\":\"%s\"", id);
	await(&console, part);
	console_close(&console);
}

/* The same after a fault of the store, when memory is loaded again. */
static void test_offer_ends_after_a_reload(void **state)
{
	struct world *w = *state;
	struct console console;
	console_open(&console, w, w->agent);
	console_say(&console, "{\"t\":\"subscribe\",\"topics\":[\"me\"]}");
	await(&console, "\"snapshot\"");
	assert_int_equal(wants(w, AGENT_READY), 0);
	usher_id contact = hear(w, "v1", "v1:1", "Hello", INBOUND_MESSAGE).result.contact;
	await(&console, "\"op\":\"offer\"");
	assert_int_equal(store_inject(w->g.store, FAULT_FULL, 0), 0);
	assert_int_equal(hear(w, "v2", "v2:1", "Hello", INBOUND_MESSAGE).code, E_AGAIN);
	store_mend(w);
	assert_non_null(strstr(await(&console, "\"snapshot\""), "\"offers\":[{"));
	assert_int_equal(hear(w, "v1", "", "", INBOUND_END).code, 0);
	await(&console, "\"offer-ended\"");
	assert_int_equal(book_contact(w->g.book, contact)->row.state, CONTACT_CLOSED);
	console_close(&console);
}

/* A long line does not throw the console out: the front of it is shown, then what comes up. */
static void test_long_line_shows_its_front(void **state)
{
	enum { WAITING = LIVE_WAITING_MAX + 60 };
	struct world *w = *state;
	struct console console;
	struct heard first = {0};
	for (int i = 0; i < WAITING; i++) {
		char key[16], id[24];
		snprintf(key, sizeof key, "v%d", i);
		snprintf(id, sizeof id, "v%d:1", i);
		struct heard h = hear(w, key, id, "Hello", INBOUND_MESSAGE);
		first = i == 0 ? h : first;
	}
	console_open(&console, w, w->agent);
	run_for(w, 300); /* what was gathered for the flush */
	console_say(&console, "{\"t\":\"subscribe\",\"topics\":[\"waiting\"]}");
	const char *snapshot = await(&console, "\"snapshot\"");
	char number[32];
	snprintf(number, sizeof number, "\"C-%lld\"", (long long)first.result.contact_number);
	assert_int_equal(count_of(snapshot, "\"number\":\"C-"), LIVE_WAITING_MAX);
	assert_non_null(strstr(snapshot, number));
	for (int i = 0; i < WAITING - 100; i++) {
		char key[16];
		snprintf(key, sizeof key, "v%d", i);
		hear(w, key, "", "", INBOUND_END);
	}
	/* A flush in the middle sends the snapshot earlier; the rest then goes one by one. */
	int shown = (int)count_of(await(&console, "\"snapshot\""), "\"number\":\"C-");
	assert_in_range(shown, 100, LIVE_WAITING_MAX);
	for (; shown > 100; shown--)
		await(&console, "\"contact-gone\"");
	console_close(&console);
}

static int add_large(struct turn *t, struct job *job)
{
	struct contact *c = book_contact(t->g->book, *(const usher_id *)job->arg);
	struct usher_buf html = {0};
	buf_adds(&html, "<p>");
	for (int i = 0; i < 150000; i++)
		buf_adds(&html, "\"");
	const struct message_row m = {.kind = MESSAGE_TEXT, .author = AUTHOR_CUSTOMER,
				      .channel = CHANNEL_EMAIL, .html = buf_text(&html),
				      .body = TEXT("a large one")};
	for (int i = 0; i < 20; i++)
		book_message(t, c, &m);
	for (int i = 0; i < 2000000; i++)
		buf_addc(&html, '"');
	book_message(t, c, &(struct message_row){.kind = MESSAGE_TEXT, .author = AUTHOR_CUSTOMER,
						 .channel = CHANNEL_EMAIL,
						 .html = buf_text(&html),
						 .body = TEXT("a very large one")});
	buf_done(&html);
	return 0;
}

/* Whoever sends large mails must not be able to throw out the agent who looks at them. */
static void test_large_messages_fit(void **state)
{
	struct world *w = *state;
	struct console console;
	char frame[120], id[ID_TEXT_BYTES];
	usher_id contact = hear(w, "v1", "v1:1", "Hello", INBOUND_MESSAGE).result.contact;
	struct job job = {.arg = &contact};
	id_format(contact, &w->g.id_key, id);
	snprintf(frame, sizeof frame, "{\"t\":\"subscribe\",\"topics\":[\"contact:%s\"]}", id);
	console_open(&console, w, w->agent);
	console_say(&console, frame);
	await(&console, "\"snapshot\"");
	assert_int_equal(do_turn(w, add_large, &job), 0);
	const char *large = await(&console, "a very large one");
	assert_non_null(strstr(large, "\"is_cut\":true"));
	assert_true(strlen(large) < SHAPE_LIVE_BYTES_MAX);
	console_say(&console, frame);
	const char *snapshot = await(&console, "\"snapshot\"");
	assert_non_null(strstr(snapshot, "a very large one"));
	assert_in_range(count_of(snapshot, "a large one"), 3, 7);
	console_close(&console);
	snprintf(frame, sizeof frame, "contacts/%s/messages?after=0&limit=500", id);
	struct usher_buf body = {0};
	assert_int_equal(rest(w, NULL, "GET", frame, NULL, &body), 200);
	assert_int_equal(count_of(body.p, "a large one"), 20); /* the whole of each */
	assert_null(strstr(body.p, "is_cut"));
	buf_done(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_held_contact_goes_after_a_restart),
		WITH_WORLD(test_offer_ends_after_a_reload),
		WITH_WORLD(test_long_line_shows_its_front),
		WITH_WORLD(test_large_messages_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
