/* SPDX-License-Identifier: Apache-2.0 */
/* What passes between the gateway and an adapter that closes, fails or speaks at a bad moment. */
#include "tests/gateway/world.h"

#include "gateway/lines.h"
#include "gateway/outbox.h"

#include <stdlib.h>

/* ---- an adapter that only notes what it is asked ---------------------------------------------------------- */

struct channel {
	struct channel_host *host;
};

static struct {
	struct channel_host *host; /* of the one that is open, or NULL */
	int opened, sent, unsure, heard;
	usher_id out_id, contact;
	int64_t seq;
} fake;

static int fake_open(struct channel **ret, struct channel_host *host, struct usher_error *reterr)
{
	(void)reterr;
	*ret = NEW(struct channel);
	(*ret)->host = fake.host = host;
	fake.opened++;
	return 0;
}

static struct channel *fake_close(struct channel *ch)
{
	free(ch);
	fake.host = NULL;
	return NULL;
}

static void fake_status(const struct channel *ch, struct channel_status *ret)
{
	(void)ch;
	*ret = (struct channel_status){.health = CHANNEL_OK};
}

static void fake_send(struct channel *ch, const struct outgoing *out)
{
	(void)ch;
	fake.sent++;
	fake.unsure += out->is_unsure;
	fake.out_id = out->id;
	fake.contact = out->contact;
	fake.seq = out->message_seq;
}

static const struct channel_setting no_settings[] = {{0}};
static const struct channel_driver fake_driver = {
	.name = "chat",
	.kind = CHANNEL_EMAIL,
	.abilities = CHANNEL_OUTBOX,
	.settings = no_settings,
	.open = fake_open,
	.close = fake_close,
	.status = fake_status,
	.send = fake_send,
};

/* In the place of channels/registry.c. */
const struct channel_driver *const channel_drivers[] = {&fake_driver, NULL};

const struct channel_driver *channel_driver_by_name(struct usher_text name)
{
	return text_equal(name, TEXT("chat")) ? &fake_driver : NULL;
}

static void on_fake_inbound(int code, const struct inbound_result *result, void *arg)
{
	(void)code;
	(void)result;
	(void)arg;
	fake.heard++;
}

static void fake_hear(const char *remote_id)
{
	struct inbound in = {.kind = INBOUND_MESSAGE, .remote_id = text_of(remote_id),
			     .may_open = true, .address = TEXT("visitor"), .body = TEXT("Hello"),
			     .priority = -1};
	fake.host->inbound(fake.host, &in, on_fake_inbound, NULL);
}

/* ---- what the tests do to it -------------------------------------------------------------------------------- */

static int change_queue(struct turn *t, struct job *job)
{
	struct channel_row row = *directory_channel(t->g->directory, TEXT("web"));
	row.queue = *(const usher_id *)job->arg;
	directory_put_channel(t, &row);
	return 0;
}

static void reopen(struct world *w)
{
	usher_id other = w->queue + 1;
	int opened = fake.opened;
	struct job job = {.arg = &other};
	assert_int_equal(do_turn(w, change_queue, &job), 0);
	lines_refresh(w->g.lines, TEXT("web"));
	assert_int_equal(fake.opened, opened + 1);
}

static int write_message(struct turn *t, struct job *job)
{
	struct contact *c = book_contact(t->g->book, *(const usher_id *)job->arg);
	const struct message_row *m = book_message(
		t, c, &(struct message_row){.kind = MESSAGE_TEXT, .author = AUTHOR_AGENT,
					    .agent = job->w->agent, .channel = CHANNEL_EMAIL,
					    .delivery = DELIVERY_QUEUED, .body = TEXT("Hello")});
	outbox_message(t, c, m, TEXT("web"));
	return (int)m->seq;
}

static int64_t send_one(struct world *w, usher_id contact)
{
	struct job job = {.arg = &contact};
	int sent = fake.sent;
	int64_t seq = do_turn(w, write_message, &job);
	assert_true(seq > 0);
	uint64_t limit = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
	while (fake.sent == sent && uv_hrtime() < limit)
		uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_int_equal(fake.sent, sent + 1);
	return seq;
}

static int64_t stored_delivery(struct world *w, usher_id contact, int64_t seq)
{
	struct arena arena = {0};
	struct message_row key = {.contact = contact, .seq = seq}, row;
	assert_int_equal(store_get(w->g.store, &MESSAGE, &key, &arena, &row), 0);
	arena_done(&arena);
	return row.delivery;
}

static bool becomes(struct world *w, usher_id contact, int64_t seq, enum delivery_state state)
{
	uint64_t limit = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
	while (stored_delivery(w, contact, seq) != (int64_t)state && uv_hrtime() < limit)
		uv_run(&w->loop, UV_RUN_NOWAIT);
	return stored_delivery(w, contact, seq) == (int64_t)state;
}

/* ---- tests ---------------------------------------------------------------------------------------------------- */

/* What has left is reported when the store is back; it does not leave a second time. */
static void test_report_waits_for_the_store(void **state)
{
	struct world *w = *state;
	usher_id contact = hear(w, "", "m1", "Hello", INBOUND_MESSAGE).result.contact;
	int64_t seq = send_one(w, contact);
	assert_int_equal(store_inject(w->g.store, FAULT_FULL, 0), 0);
	fake.host->delivered(fake.host, fake.out_id, fake.contact, fake.seq, DELIVERY_SENT, 0, "250 ok");
	run_for(w, 50);
	assert_true(engine_is_store_down(w->g.engine, NULL));
	store_mend(w);
	assert_true(becomes(w, contact, seq, DELIVERY_SENT));
	run_for(w, 50); /* the item goes behind that commit */
	assert_int_equal(outbox_count(w->g.outbox), 0);
	assert_int_equal(fake.sent, 1);
}

static void test_late_report_waits_for_the_store(void **state)
{
	struct world *w = *state;
	usher_id contact = hear(w, "", "m1", "Hello", INBOUND_MESSAGE).result.contact;
	int64_t seq = send_one(w, contact);
	fake.host->delivered(fake.host, fake.out_id, fake.contact, fake.seq, DELIVERY_SENT, 0, "250 ok");
	assert_true(becomes(w, contact, seq, DELIVERY_SENT));
	assert_int_equal(store_inject(w->g.store, FAULT_FULL, 0), 0);
	fake.host->delivered(fake.host, 0, contact, seq, DELIVERY_FAILED, 0, "550 no such user");
	run_for(w, 50);
	store_mend(w);
	assert_true(becomes(w, contact, seq, DELIVERY_FAILED));
}

/* An adapter that closes says nothing about what it was sending: the next one gets it again. */
static void test_closing_gives_back_what_was_sent(void **state)
{
	struct world *w = *state;
	usher_id contact = hear(w, "", "m1", "Hello", INBOUND_MESSAGE).result.contact;
	for (int i = 0; i < 4; i++) /* as many as may be in flight */
		send_one(w, contact);
	assert_int_equal(fake.unsure, 0);
	reopen(w);
	run_for(w, 50);
	assert_int_equal(fake.sent, 8);
	assert_int_equal(fake.unsure, 4);
}

/* The report of before the close stands: that one is not sent again. */
static void test_reported_before_the_close_is_not_sent_again(void **state)
{
	struct world *w = *state;
	usher_id contact = hear(w, "", "m1", "Hello", INBOUND_MESSAGE).result.contact;
	int64_t seq = send_one(w, contact), sent = fake.sent;
	usher_id other = w->queue + 1;
	struct job job = {.arg = &other};
	assert_int_equal(do_turn(w, change_queue, &job), 0);
	fake.host->delivered(fake.host, fake.out_id, fake.contact, fake.seq, DELIVERY_SENT, 0, "250 ok");
	lines_refresh(w->g.lines, TEXT("web"));
	assert_true(becomes(w, contact, seq, DELIVERY_SENT));
	run_for(w, 50);
	assert_int_equal(fake.sent, sent);
	assert_int_equal(outbox_count(w->g.outbox), 0);
}

static void test_closed_adapter_is_not_called(void **state)
{
	struct world *w = *state;
	usher_id other = w->queue + 1;
	struct job job = {.arg = &other};
	fake_hear("h1");
	run_for(w, 50);
	assert_int_equal(fake.heard, 1);
	assert_int_equal(do_turn(w, change_queue, &job), 0);
	fake_hear("h2");
	lines_refresh(w->g.lines, TEXT("web"));
	run_for(w, 50);
	assert_int_equal(fake.heard, 1);
}

static int close_contact(struct turn *t, struct job *job)
{
	struct contact *c = book_contact(t->g->book, *(const usher_id *)job->arg);
	struct routing_event ev = {.kind = EV_CUSTOMER_LEFT};
	ev.command.contact = c->row.id;
	return turn_route(t, &ev);
}

/* Reply, close, bounce: whoever wrote it must hear of it. */
static void test_failed_reply_opens_the_contact_again(void **state)
{
	struct world *w = *state;
	usher_id contact = hear(w, "", "m1", "Hello", INBOUND_MESSAGE).result.contact;
	int64_t seq = send_one(w, contact);
	struct job job = {.arg = &contact};
	assert_int_equal(do_turn(w, close_contact, &job), 0);
	struct contact *c = book_contact(w->g.book, contact);
	assert_int_equal(c->row.state, CONTACT_CLOSED);
	fake.host->delivered(fake.host, fake.out_id, fake.contact, fake.seq, DELIVERY_FAILED, 0,
			     "550 no such user");
	assert_true(becomes(w, contact, seq, DELIVERY_FAILED));
	assert_int_equal(book_contact(w->g.book, contact)->row.state, CONTACT_WAITING);
	assert_int_equal(book_contact(w->g.book, contact)->row.closed_us, 0);
}

static int remove_channel(struct turn *t, struct job *job)
{
	(void)job;
	directory_remove_channel(t, TEXT("web"));
	return 0;
}

/* What a removed channel should have sent comes back, instead of waiting for ever. */
static void test_removed_channel_fails_what_waits(void **state)
{
	struct world *w = *state;
	usher_id contact = hear(w, "", "m1", "Hello", INBOUND_MESSAGE).result.contact;
	int64_t seq = send_one(w, contact);
	struct job job = {0};
	assert_int_equal(do_turn(w, remove_channel, &job), 0);
	lines_refresh(w->g.lines, TEXT("web"));
	assert_true(becomes(w, contact, seq, DELIVERY_FAILED));
}

static int pass_over(const struct contact_message *m, void *arg)
{
	(void)m;
	(void)arg;
	return 0;
}

/* Asked in the middle of a commit: neither a session nor a message that may still not come to be. */
static void test_adapter_sees_what_is_committed(void **state)
{
	struct world *w = *state;
	struct heard h = {0}, again = {0};
	usher_id contact;
	struct inbound in = {.kind = INBOUND_MESSAGE, .key = TEXT("k"), .may_open = true,
			     .address = TEXT("visitor"), .body = TEXT("Hello"), .priority = -1};
	fake.host->inbound(fake.host, &in, on_heard, &h);
	while (book_session(w->g.book, TEXT("web"), TEXT("k")) == NULL)
		uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_false(h.is_done); /* applied, being committed */
	assert_false(fake.host->session(fake.host, TEXT("k"), &contact, NULL, NULL));
	run_until(w, &h.is_done);
	assert_true(fake.host->session(fake.host, TEXT("k"), &contact, NULL, NULL));
	int64_t head = book_contact(w->g.book, contact)->row.seq;
	fake.host->inbound(fake.host, &in, on_heard, &again);
	while (book_contact(w->g.book, contact)->row.seq == head)
		uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_false(again.is_done);
	assert_int_equal(fake.host->history(fake.host, contact, head, 10, pass_over, NULL), head);
	run_until(w, &again.is_done);
	assert_true(book_contact(w->g.book, contact)->public_seq > head);
}

static int set_up(void **state)
{
	memset(&fake, 0, sizeof fake);
	world_set_up(state);
	struct world *w = *state;
	lines_refresh(w->g.lines, TEXT("web"));
	assert_non_null(fake.host);
	return 0;
}

#define WITH_LINE(f) cmocka_unit_test_setup_teardown(f, set_up, world_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LINE(test_report_waits_for_the_store),
		WITH_LINE(test_late_report_waits_for_the_store),
		WITH_LINE(test_closing_gives_back_what_was_sent),
		WITH_LINE(test_reported_before_the_close_is_not_sent_again),
		WITH_LINE(test_closed_adapter_is_not_called),
		WITH_LINE(test_failed_reply_opens_the_contact_again),
		WITH_LINE(test_removed_channel_fails_what_waits),
		WITH_LINE(test_adapter_sees_what_is_committed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
