/* SPDX-License-Identifier: Apache-2.0 */
/* Reports about messages that left: what they change, and what a forged one does not. */
#include "gateway/autoanswer.h"
#include "gateway/clock.h"
#include "gateway/outbox.h"
#include "tests/gateway/world.h"

#include <string.h>

struct sent {
	usher_id contact, message;
	int64_t seq;
};

static int write_sent(struct turn *t, struct job *job)
{
	struct sent *s = job->arg;
	const struct message_row *m =
		book_message(t, book_contact(t->g->book, s->contact),
			     &(struct message_row){.kind = MESSAGE_TEXT,
						   .author = AUTHOR_AGENT,
						   .agent = job->w->agent,
						   .channel = CHANNEL_EMAIL,
						   .delivery = DELIVERY_SENT,
						   .body = TEXT("an answer")});
	s->message = m->id;
	s->seq = m->seq;
	return 0;
}

static struct inbound mail_from(const char *address, const char *remote_id)
{
	return (struct inbound){.kind = INBOUND_MESSAGE,
				.remote_id = text_of(remote_id),
				.may_open = true,
				.address = text_of(address),
				.body = text_of("words"),
				.priority = -1};
}

static struct heard submit(struct world *w, const struct inbound *in)
{
	struct heard h = {0};
	intake_submit(&w->g, TEXT("web"), in, on_heard, &h);
	run_until(w, &h.is_done);
	assert_int_equal(h.code, 0);
	return h;
}

/* A customer's mail, answered, and the contact parked (or closed) again. */
static struct sent answered(struct world *w, bool is_closed)
{
	struct sent s = {0};
	struct job job = {.arg = &s};
	assert_int_equal(wants(w, AGENT_READY), 0);
	struct inbound in = mail_from("anna@b.test", is_closed ? "c1" : "p1");
	s.contact = submit(w, &in).result.contact;
	struct contact *c = book_contact(w->g.book, s.contact);
	assert_int_equal(c->row.state, CONTACT_OFFERED);
	assert_int_equal(command(w, EV_ACCEPT, s.contact, (uint64_t)c->row.epoch), 0);
	assert_int_equal(do_turn(w, write_sent, &job), 0);
	if (is_closed) {
		assert_int_equal(command(w, EV_CLOSE, s.contact, (uint64_t)c->row.epoch), 0);
		if (c->row.state == CONTACT_WRAPUP)
			assert_int_equal(
				command(w, EV_WRAPUP_DONE, s.contact, (uint64_t)c->row.epoch), 0);
		assert_int_equal(c->row.state, CONTACT_CLOSED);
	} else {
		struct job park = {.ev = {.kind = EV_PARK}};
		park.ev.command.contact = s.contact;
		park.ev.command.agent = w->agent;
		park.ev.command.epoch = (uint64_t)c->row.epoch;
		park.ev.command.until_us = gateway_now() + USHER_DAY;
		assert_int_equal(do_turn(w, run_route, &park), 0);
		assert_int_equal(c->row.state, CONTACT_PARKED);
	}
	return s;
}

static struct inbound_report report_of(const struct sent *s, const char *address,
				       enum delivery_state state)
{
	return (struct inbound_report){
		.contact = s->contact,
		.message = s->message,
		.item = {{text_of(address), state, TEXT("mailbox full (552 5.2.2)")}},
		.count = 1};
}

static struct heard bounce(struct world *w, const struct inbound_report *report, const char *id)
{
	struct inbound in = mail_from("mailer-daemon@mx.test", id);
	in.is_automatic = true;
	in.report = report;
	return submit(w, &in);
}

static struct message_row stored(struct world *w, usher_id contact, int64_t seq,
				 struct arena *arena)
{
	struct message_row key = {.contact = contact, .seq = seq}, row;
	assert_int_equal(store_get(w->g.store, &MESSAGE, &key, arena, &row), 0);
	return row;
}

static void test_bounce_fails_the_message_and_reopens(void **state)
{
	struct world *w = *state;
	struct arena arena = {0};
	struct sent s = answered(w, true);
	struct inbound_report r = report_of(&s, "Anna@B.test", DELIVERY_FAILED);
	struct heard h = bounce(w, &r, "b1");
	assert_int_equal(h.result.contact, s.contact);
	assert_int_equal(h.result.message, s.message);
	struct message_row m = stored(w, s.contact, s.seq, &arena);
	assert_int_equal(m.delivery, DELIVERY_FAILED);
	assert_true(text_equal(m.detail, TEXT("mailbox full (552 5.2.2)")));
	struct contact *c = book_contact(w->g.book, s.contact);
	assert_int_equal(c->row.state, CONTACT_OFFERED); /* to its author, who is free */
	assert_int_equal(c->row.agent, w->agent);
	/* The same once more, and another about the same message: nothing new. */
	int64_t seq = c->row.seq;
	struct inbound again = mail_from("mailer-daemon@mx.test", "b1");
	struct heard h2 = {0};
	intake_submit(&w->g, TEXT("web"), &again, on_heard, &h2);
	run_until(w, &h2.is_done);
	assert_int_equal(h2.code, E_EXISTS);
	bounce(w, &r, "b2");
	assert_int_equal(c->row.seq, seq);
	arena_done(&arena);
}

static void test_bounce_wakes_a_parked_contact(void **state)
{
	struct world *w = *state;
	struct arena arena = {0};
	struct sent s = answered(w, false);
	struct inbound_report r = report_of(&s, "anna@b.test", DELIVERY_FAILED);
	bounce(w, &r, "k1");
	struct contact *c = book_contact(w->g.book, s.contact);
	assert_int_equal(stored(w, s.contact, s.seq, &arena).delivery, DELIVERY_FAILED);
	assert_int_not_equal(c->row.state, CONTACT_PARKED);
	assert_int_equal(c->row.agent, w->agent);
	arena_done(&arena);
}

static void test_delay_and_receipt(void **state)
{
	struct world *w = *state;
	struct arena arena = {0};
	struct sent s = answered(w, true);
	struct inbound_report r = report_of(&s, "anna@b.test", DELIVERY_RETRY);
	bounce(w, &r, "d1");
	struct contact *c = book_contact(w->g.book, s.contact);
	assert_int_equal(c->row.state, CONTACT_CLOSED); /* a note only */
	assert_int_equal(stored(w, s.contact, s.seq, &arena).delivery, DELIVERY_SENT);
	struct message_row note = stored(w, s.contact, c->row.seq, &arena);
	assert_int_equal(note.kind, MESSAGE_EVENT);
	assert_non_null(strstr(note.body.p, "delayed: mailbox full"));
	r = report_of(&s, "anna@b.test", DELIVERY_READ);
	r.message = 0; /* proven by the reply address alone: the newest that left */
	bounce(w, &r, "d2");
	assert_int_equal(stored(w, s.contact, s.seq, &arena).delivery, DELIVERY_READ);
	assert_int_equal(c->row.state, CONTACT_CLOSED);
	r = report_of(&s, "anna@b.test", DELIVERY_FAILED);
	bounce(w, &r, "d3"); /* it was read: it did not fail */
	assert_int_equal(stored(w, s.contact, s.seq, &arena).delivery, DELIVERY_READ);
	arena_done(&arena);
}

static void test_forged_bounces_change_nothing(void **state)
{
	struct world *w = *state;
	struct arena arena = {0};
	struct sent s = answered(w, true);
	struct inbound_report forged[4];
	forged[0] = report_of(&s, "bo@b.test", DELIVERY_FAILED); /* was not sent there */
	forged[1] = report_of(&s, "", DELIVERY_FAILED);
	forged[2] = report_of(&s, "anna@b.test", DELIVERY_FAILED);
	forged[2].message += 1; /* no message of this contact */
	forged[3] = report_of(&s, "anna@b.test", DELIVERY_FAILED);
	forged[3].contact += 1;
	for (int i = 0; i < 4; i++) {
		char id[8];
		snprintf(id, sizeof id, "f%d", i);
		bounce(w, &forged[i], id);
		assert_int_equal(stored(w, s.contact, s.seq, &arena).delivery, DELIVERY_SENT);
		assert_int_equal(book_contact(w->g.book, s.contact)->row.state, CONTACT_CLOSED);
	}
	arena_done(&arena);
}

static void test_complaint_marks_the_customer(void **state)
{
	struct world *w = *state;
	struct arena arena = {0};
	struct sent s = answered(w, true);
	struct inbound_report r = report_of(&s, "", DELIVERY_NONE);
	r.is_complaint = true;
	bounce(w, &r, "a1");
	struct contact *c = book_contact(w->g.book, s.contact);
	struct customer_row key = {.id = c->row.customer}, row;
	assert_int_equal(store_get(w->g.store, &CUSTOMER, &key, &arena, &row), 0);
	assert_non_null(strstr(row.fields.p, "\"complaint\":{\"address\":\"anna@b.test\""));
	assert_int_equal(c->row.state, CONTACT_CLOSED);
	assert_int_equal(stored(w, s.contact, s.seq, &arena).delivery, DELIVERY_SENT);
	arena_done(&arena);
}

static void test_absence_joins_the_newest_contact(void **state)
{
	struct world *w = *state;
	struct sent s = answered(w, true);
	struct inbound in = mail_from("anna@b.test", "o1");
	in.is_automatic = in.is_away = true;
	struct heard h = submit(w, &in);
	assert_int_equal(h.result.contact, s.contact);
	assert_false(h.result.is_new);
	assert_int_equal(book_contact(w->g.book, s.contact)->row.state, CONTACT_CLOSED);
	/* Of somebody nobody knows: kept, as any mail. */
	in = mail_from("nobody@b.test", "o2");
	in.is_automatic = in.is_away = true;
	assert_true(submit(w, &in).result.is_new);
}

struct ask {
	usher_id contact;
	usher_us at_us; /* of the answer written first; 0 = none */
	bool is_robot, asks_after; /* in the turn that wrote it */
};

static int ask(struct turn *t, struct job *job)
{
	struct ask *a = job->arg;
	struct contact *c = book_contact(t->g->book, a->contact);
	struct inbound in = {.kind = INBOUND_MESSAGE, .is_automatic = a->is_robot};
	bool may = a->asks_after || autoanswer_may(t, c, &in);
	if (a->at_us != 0)
		book_message(t, c, &(struct message_row){.kind = MESSAGE_TEXT,
							 .author = AUTHOR_SYSTEM,
							 .channel = CHANNEL_EMAIL,
							 .at_us = a->at_us,
							 .delivery = DELIVERY_QUEUED,
							 .body = TEXT("We got your mail.")});
	return a->asks_after ? autoanswer_may(t, c, &in) : may;
}

static bool may_answer(struct world *w, struct ask a)
{
	struct job job = {.arg = &a};
	return do_turn(w, ask, &job) == 1;
}

static void test_one_automatic_answer_a_day(void **state)
{
	struct world *w = *state;
	struct inbound in = mail_from("anna@b.test", "q1");
	usher_id one = submit(w, &in).result.contact;
	in = mail_from("anna@b.test", "q2");
	usher_id two = submit(w, &in).result.contact;
	in = mail_from("bo@b.test", "q3");
	usher_id other = submit(w, &in).result.contact;
	usher_us now = gateway_now();
	assert_int_not_equal(one, two);
	assert_false(may_answer(w, (struct ask){.contact = one, .is_robot = true}));
	assert_true(may_answer(w, (struct ask){.contact = one, .at_us = now - 2 * USHER_DAY}));
	assert_true(may_answer(w, (struct ask){.contact = one})); /* that was long ago */
	assert_false(may_answer(w, (struct ask){.contact = one, .at_us = now, .asks_after = true}));
	assert_false(may_answer(w, (struct ask){.contact = one}));
	assert_false(may_answer(w, (struct ask){.contact = two}));
	assert_true(may_answer(w, (struct ask){.contact = other}));
	struct store *store = w->g.store;
	world_close(w);
	world_open(w, store);
	assert_false(may_answer(w, (struct ask){.contact = two}));
	assert_true(may_answer(w, (struct ask){.contact = other}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_bounce_fails_the_message_and_reopens),
		WITH_WORLD(test_bounce_wakes_a_parked_contact),
		WITH_WORLD(test_delay_and_receipt),
		WITH_WORLD(test_forged_bounces_change_nothing),
		WITH_WORLD(test_complaint_marks_the_customer),
		WITH_WORLD(test_absence_joins_the_newest_contact),
		WITH_WORLD(test_one_automatic_answer_a_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
