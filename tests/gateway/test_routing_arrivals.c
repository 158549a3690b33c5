/* SPDX-License-Identifier: Apache-2.0 */
/* Who comes, and is not simply put in line: hours, full lines, those who come again; and how long
 * it takes. */
#include "tests/gateway/console.h"

#include "gateway/estimates.h"
#include "gateway/kept.h"
#include "gateway/lines.h"
#include "gateway/opening.h"

#include <stdio.h>

/* ---- helpers --------------------------------------------------------------------------------------------- */

static void set_queue(struct world *w, const char *json)
{
	struct usher_buf body = {0};
	int status = rest(w, NULL, "PUT", "queues/support", json, &body);
	if (status != 200)
		fail_msg("%d %s", status, body.p);
	buf_done(&body);
}

/* Closed now; open the whole of tomorrow. */
static void close_until_tomorrow(struct world *w, const char *closed)
{
	static const char *const days[] = {"thu", "fri", "sat", "sun", "mon", "tue", "wed"};
	char json[200];
	const char *tomorrow = days[(gateway_now() / USHER_DAY + 1) % 7];
	snprintf(json, sizeof json,
		 "{\"closed\":\"%s\",\"hours\":{\"zone\":\"UTC\",\"week\":{\"%s\":[[\"00:00\",\"24:00\"]]}}}",
		 closed, tomorrow);
	set_queue(w, json);
}

static struct contact *letter(struct world *w, int expected)
{
	struct usher_buf body = {0};
	int status = rest(w, NULL, "POST", "contacts",
			  "{\"channel\":\"letter\",\"queue\":\"support\",\"body\":\"Dear all\"}", &body);
	if (status != expected)
		fail_msg("%d %s", status, body.p);
	const char *number = strstr(body.p, "\"C-");
	assert_non_null(number);
	struct contact *c = book_contact_by_number(w->g.book, atoll(number + 3));
	buf_done(&body);
	return c;
}

static bool is_in_core(struct world *w, const struct contact *c)
{
	struct routing_contact_view view;
	return routing_contact(engine_routing(w->g.engine), c->row.id, &view);
}

static bool is_queue_open(struct world *w)
{
	struct routing_queue_view view;
	assert_true(routing_queue(engine_routing(w->g.engine), w->queue, &view));
	return view.is_open;
}

static void restart(struct world *w)
{
	struct store *store = w->g.store;
	world_close(w);
	world_open(w, store);
	run_for(w, 30);
}

/* ---- hours ----------------------------------------------------------------------------------------------- */

static void test_closed_queue_turns_away(void **state)
{
	struct world *w = *state;
	close_until_tomorrow(w, "end");
	assert_false(is_queue_open(w));
	struct heard h = hear(w, "v1", "v1:1", "Hello", INBOUND_MESSAGE);
	assert_int_equal(h.code, 0);
	assert_int_equal(h.result.refused, CAUSE_CLOSED_HOURS);
	assert_non_null(strstr(h.result.opens, " 00:00"));
	struct contact *c = book_contact(w->g.book, h.result.contact);
	assert_int_equal(c->row.state, CONTACT_CLOSED);
	assert_int_equal(c->row.cause, CAUSE_CLOSED_HOURS);
	assert_string_equal(c->last_body, "Hello"); /* what was said is on record */
	assert_null(contact_session(c, TEXT_NONE));
	assert_false(is_in_core(w, c));
	struct contact_news news;
	lines_news(&w->g, c, TEXT("web"), &news);
	assert_string_equal(news.opens, h.result.opens);
	h = hear(w, "v1", "v1:1", "Hello", INBOUND_MESSAGE);
	assert_int_equal(h.code, E_EXISTS);
	assert_int_equal(h.result.refused, CAUSE_CLOSED_HOURS);
	set_queue(w, "{\"hours\":null}");
	assert_true(is_queue_open(w));
	assert_int_equal(hear(w, "v2", "", "Hello", INBOUND_MESSAGE).result.refused, CAUSE_NONE);
}

/* What the visitor reads: closed, until when; and, when it waits, that the message is kept. */
static void test_visitor_is_told(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *settings, *state, *reason, *words;
	} rows[] = {
		{"end", "\"state\":\"closed\"", "\"reason\":\"closed-hours\"", "open again at 2"},
		{"wait", "\"state\":\"waiting\"", "\"reason\":\"closed-hours\"", "Your message is kept"},
	};
	for (size_t i = 0; i < 2; i++) {
		struct console visitor;
		close_until_tomorrow(w, rows[i].settings);
		lines_refresh(w->g.lines, TEXT("web"));
		console_open_chat(&visitor, w);
		console_say(&visitor, "{\"t\":\"send\",\"cid\":\"c1\",\"text\":\"Is anybody there?\"}");
		if (i == 0)
			await(&visitor, "\"ack\"");
		const char *frame = await(&visitor, "\"t\":\"state\"");
		if (strstr(frame, rows[i].state) == NULL || strstr(frame, rows[i].reason) == NULL ||
		    strstr(frame, rows[i].words) == NULL)
			fail_msg("%s", frame);
		console_close(&visitor);
	}
	set_queue(w, "{\"hours\":null,\"length_max\":1,\"full\":\"end\"}");
	struct console visitors[2];
	for (int i = 0; i < 2; i++) {
		console_open_chat(&visitors[i], w);
		console_say(&visitors[i], "{\"t\":\"send\",\"cid\":\"c1\",\"text\":\"Hello\"}");
		await(&visitors[i], "\"ack\"");
	}
	const char *frame = await(&visitors[1], "\"t\":\"state\"");
	assert_non_null(strstr(frame, "\"reason\":\"full\""));
	/* The next message begins a new conversation. */
	set_queue(w, "{\"length_max\":0}");
	console_say(&visitors[1], "{\"t\":\"send\",\"cid\":\"c2\",\"text\":\"And now?\"}");
	await(&visitors[1], "\"t\":\"state\",\"state\":\"waiting\"");
	for (int i = 0; i < 2; i++)
		console_close(&visitors[i]);
}

static void test_closed_queue_lets_wait(void **state)
{
	struct world *w = *state;
	char path[60];
	struct usher_buf body = {0};
	close_until_tomorrow(w, "wait");
	assert_int_equal(wants(w, AGENT_READY), 0);
	struct heard h = hear(w, "v1", "", "Hello", INBOUND_MESSAGE);
	assert_int_equal(h.result.refused, CAUSE_NONE);
	struct contact *c = book_contact(w->g.book, h.result.contact);
	assert_int_equal(c->row.state, CONTACT_PARKED);
	assert_int_equal(c->row.agent, 0);
	struct heard more = hear(w, "v1", "", "One thing more", INBOUND_MESSAGE);
	assert_int_equal(more.code, 0); /* it is added, and goes on waiting */
	assert_int_equal(more.result.contact, h.result.contact);
	assert_int_equal(c->row.state, CONTACT_PARKED);
	struct contact_news news;
	lines_news(&w->g, c, TEXT("web"), &news);
	assert_int_equal(news.state, CONTACT_WAITING); /* nobody has joined the conversation */
	assert_non_null(strstr(news.opens, " 00:00"));
	snprintf(path, sizeof path, "contacts/C-%lld", (long long)c->row.number);
	assert_int_equal(rest(w, NULL, "GET", path, NULL, &body), 200);
	assert_non_null(strstr(body.p, "\"closed_hours\":true"));
	usher_id id = c->row.id;
	/* It opens while nobody is looking: the start tells the core. */
	gateway_not_before((gateway_now() / USHER_DAY + 1) * USHER_DAY + USHER_MINUTE);
	restart(w);
	assert_true(is_queue_open(w));
	c = book_open_contact(w->g.book, id);
	assert_true(c->row.state == CONTACT_WAITING || c->row.state == CONTACT_OFFERED);
	assert_int_not_equal(c->row.queued_us, 0);
	buf_done(&body);
}

static void test_timer_opens_and_closes(void **state)
{
	struct world *w = *state;
	char json[200];
	usher_us minute = (gateway_now() / USHER_MINUTE + 1) * USHER_MINUTE;
	if ((minute + USHER_MINUTE) % USHER_DAY < 2 * USHER_MINUTE)
		minute += 3 * USHER_MINUTE; /* not over midnight */
	gateway_not_before(minute - 400000);
	int at = (int)(minute % USHER_DAY / USHER_MINUTE);
	snprintf(json, sizeof json,
		 "{\"hours\":{\"zone\":\"UTC\",\"week\":{},\"exceptions\":[{\"from\":\"2020-01-01\",\"to\":\"2098-12-31\","
		 "\"open\":[[\"%02d:%02d\",\"%02d:%02d\"]]}]}}",
		 at / 60, at % 60, (at + 1) / 60, (at + 1) % 60);
	set_queue(w, json);
	assert_false(is_queue_open(w));
	uint64_t limit = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
	while (!is_queue_open(w) && uv_hrtime() < limit)
		uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_true(is_queue_open(w));
	assert_in_range(gateway_now(), minute, minute + 2 * USHER_SECOND);
}

/* The turn in which it would have been told was lost. */
static void test_opening_survives_a_full_disk(void **state)
{
	struct world *w = *state;
	close_until_tomorrow(w, "end");
	assert_int_equal(store_inject(w->g.store, FAULT_FULL, 0), 0);
	assert_int_not_equal(rest(w, NULL, "PUT", "queues/support", "{\"hours\":null}", NULL), 200);
	store_mend(w);
	run_for(w, 1200);
	assert_false(is_queue_open(w));
	assert_int_equal(hear(w, "v1", "", "Hello", INBOUND_MESSAGE).result.refused, CAUSE_CLOSED_HOURS);
	set_queue(w, "{\"hours\":null}");
	assert_true(is_queue_open(w));
}

/* ---- kept ------------------------------------------------------------------------------------------------- */

static void test_letters_are_never_refused(void **state)
{
	struct world *w = *state;
	close_until_tomorrow(w, "end");
	struct contact *first = letter(w, 201), *second = letter(w, 201);
	assert_int_equal(first->row.state, CONTACT_PARKED);
	assert_int_equal(first->row.cause, CAUSE_CLOSED_HOURS);
	assert_int_equal(kept_count(w->g.kept), 2);
	assert_false(is_in_core(w, first));
	usher_id ids[2] = {first->row.id, second->row.id};
	usher_us created = first->row.created_us;
	restart(w);
	assert_int_equal(kept_count(w->g.kept), 2);
	assert_int_equal(book_open_contact(w->g.book, ids[0])->row.state, CONTACT_PARKED);
	set_queue(w, "{\"hours\":null}");
	run_for(w, 50);
	assert_int_equal(kept_count(w->g.kept), 0);
	for (unsigned i = 0; i < 2; i++) {
		struct routing_contact_view view;
		struct contact *c = book_open_contact(w->g.book, ids[i]);
		assert_int_equal(c->row.state, CONTACT_WAITING);
		assert_int_equal(c->row.cause, CAUSE_NONE);
		assert_true(routing_contact(engine_routing(w->g.engine), ids[i], &view));
		assert_int_equal(view.position, i + 1);
		if (i == 0)
			assert_int_equal(view.first_us, created);
	}
}

static void test_full_queue(void **state)
{
	struct world *w = *state;
	set_queue(w, "{\"length_max\":1,\"full\":\"end\"}");
	struct heard first = hear(w, "v1", "", "Hello", INBOUND_MESSAGE);
	struct heard second = hear(w, "v2", "", "Hello", INBOUND_MESSAGE);
	assert_int_equal(first.result.refused, CAUSE_NONE);
	assert_int_equal(second.code, 0);
	assert_int_equal(second.result.refused, CAUSE_FULL);
	assert_string_equal(second.result.opens, "");
	struct contact *c = book_contact(w->g.book, second.result.contact);
	assert_int_equal(c->row.state, CONTACT_CLOSED);
	assert_int_equal(c->row.cause, CAUSE_FULL);
	struct contact *kept = letter(w, 201);
	assert_int_equal(kept->row.cause, CAUSE_FULL);
	struct usher_buf body = {0};
	assert_int_equal(rest(w, NULL, "POST", "contacts",
			      "{\"channel\":\"visit\",\"queue\":\"support\",\"body\":\"Here\"}", &body), 429);
	assert_non_null(strstr(body.p, "the queue is full"));
	hear(w, "v1", "", "", INBOUND_END);
	kept_retry(w->g.kept);
	run_for(w, 30);
	assert_int_equal(kept->row.state, CONTACT_WAITING);
	assert_int_equal(kept_count(w->g.kept), 0);
	/* Of a new contact that could not come in the store says what memory says. */
	assert_int_equal(rest(w, NULL, "GET", "contacts?state=closed", NULL, &body), 200);
	assert_non_null(strstr(body.p, "\"cause\":\"full\""));
	buf_done(&body);
}

/* ---- again ------------------------------------------------------------------------------------------------- */

static struct heard again(struct world *w, usher_id contact)
{
	struct heard h = {0};
	struct inbound in = {.kind = INBOUND_MESSAGE, .contact = contact, .may_open = true,
			     .address = TEXT("v1"), .body = TEXT("Again"), .priority = -1};
	intake_submit(&w->g, TEXT("web"), &in, on_heard, &h);
	run_until(w, &h.is_done);
	return h;
}

static void test_reopened_keeps_its_place(void **state)
{
	struct world *w = *state;
	struct routing_contact_view old, new;
	usher_id first = hear(w, "v1", "", "Hello", INBOUND_MESSAGE).result.contact;
	assert_true(routing_contact(engine_routing(w->g.engine), first, &old));
	hear(w, "v1", "", "", INBOUND_END);
	hear(w, "v2", "", "Hello", INBOUND_MESSAGE);
	assert_int_equal(again(w, first).result.contact, first);
	assert_true(routing_contact(engine_routing(w->g.engine), first, &new));
	assert_int_equal(new.first_us, old.first_us);
	assert_int_equal(new.position, 1);
}

static void test_rejoining_is_said(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	char path[60], part[40];
	set_queue(w, "{\"rejoin_seconds\":60}");
	struct heard old = hear(w, "v1", "", "Hello", INBOUND_MESSAGE);
	hear(w, "v2", "", "Hello", INBOUND_MESSAGE);
	hear(w, "v1", "", "", INBOUND_END);
	struct heard new = hear(w, "v1", "", "Again", INBOUND_MESSAGE);
	assert_int_not_equal(new.result.contact, old.result.contact);
	snprintf(path, sizeof path, "contacts/C-%lld/messages", (long long)new.result.contact_number);
	assert_int_equal(rest(w, NULL, "GET", path, NULL, &body), 200);
	snprintf(part, sizeof part, "(C-%lld)", (long long)old.result.contact_number);
	assert_non_null(strstr(body.p, part));
	usher_us first = book_contact(w->g.book, old.result.contact)->row.created_us;
	assert_int_equal(book_contact(w->g.book, new.result.contact)->first_us, first);
	restart(w);
	assert_int_equal(book_contact(w->g.book, new.result.contact)->first_us, first);
	buf_done(&body);
}

/* ---- how long it takes --------------------------------------------------------------------------------------- */

static void serve_one(struct world *w, usher_id id)
{
	struct contact *c = book_contact(w->g.book, id);
	assert_int_equal(c->row.state, CONTACT_OFFERED);
	assert_int_equal(command(w, EV_ACCEPT, id, (uint64_t)c->row.epoch), 0);
	assert_int_equal(command(w, EV_CLOSE, id, (uint64_t)c->row.epoch), 0);
}

static void test_estimates(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	struct estimator_coverage before, after;
	usher_id waiting[8];
	char path[60];
	int n = 0;
	assert_int_equal(wants(w, AGENT_READY), 0);
	assert_int_equal(rest(w, NULL, "PUT", "users/anna", "{\"capacity\":30}", NULL), 200);
	for (; n < 8; n++) {
		char key[8];
		snprintf(key, sizeof key, "e%d", n);
		waiting[n] = hear(w, key, "", "Hello", INBOUND_MESSAGE).result.contact;
	}
	for (int i = 0; i < 7; i++) {
		run_for(w, 20);
		serve_one(w, waiting[i]);
	}
	struct heard h = hear(w, "e9", "", "Hello", INBOUND_MESSAGE);
	struct contact *c = book_contact(w->g.book, h.result.contact);
	struct estimate_range range, announced;
	uint32_t position;
	estimates_of(w->g.estimates, c, &position, &range);
	assert_int_equal(position, 1);
	assert_int_not_equal(range.method, ESTIMATE_UNKNOWN);
	assert_true(estimates_announced(w->g.estimates, c->row.id, &announced));
	assert_true(announced.high_us >= 10 * USHER_SECOND); /* whole steps, at least one wide */
	snprintf(path, sizeof path, "contacts/C-%lld", (long long)c->row.number);
	assert_int_equal(rest(w, NULL, "GET", path, NULL, &body), 200);
	assert_non_null(strstr(body.p, "\"wait\":{\"low_s\":0,\"high_s\":10}"));
	assert_non_null(strstr(body.p, "\"announced\":{\"low_s\":0,\"high_s\":10}"));
	restart(w); /* what was announced is known, and how the line moves */
	c = book_contact(w->g.book, h.result.contact);
	assert_true(estimates_announced(w->g.estimates, c->row.id, &range));
	assert_int_equal(range.high_us, announced.high_us);
	estimates_coverage(w->g.estimates, w->queue, &before);
	assert_int_equal(wants(w, AGENT_NOT_READY), 0);
	hear(w, "e7", "", "", INBOUND_END);
	struct job job = {.ev = {.kind = EV_PRESENCE_FOUND}};
	job.ev.presence.agent = w->agent;
	assert_int_equal(do_turn(w, run_route, &job), 0);
	job.ev = (struct routing_event){.kind = EV_TAKE};
	job.ev.command.contact = c->row.id;
	job.ev.command.agent = w->agent;
	assert_int_equal(do_turn(w, run_route, &job), 0);
	estimates_coverage(w->g.estimates, w->queue, &after);
	assert_int_equal(after.announced, before.announced + 1);
	assert_int_equal(after.held, before.held + 1);
	assert_false(estimates_announced(w->g.estimates, c->row.id, &range));
	restart(w);
	estimates_coverage(w->g.estimates, w->queue, &before);
	assert_memory_equal(&before, &after, sizeof after);
	assert_int_equal(rest(w, NULL, "GET", "figures", NULL, &body), 200);
	assert_non_null(strstr(body.p, "\"estimates\":{\"announced\":"));
	buf_done(&body);
}

static void test_nothing_known_is_not_announced(void **state)
{
	struct world *w = *state;
	struct estimate_range range;
	uint32_t position;
	struct heard h = hear(w, "v1", "", "Hello", INBOUND_MESSAGE);
	struct contact *c = book_contact(w->g.book, h.result.contact);
	estimates_of(w->g.estimates, c, &position, &range);
	assert_int_equal(position, 1);
	assert_int_equal(range.method, ESTIMATE_UNKNOWN);
	assert_false(estimates_announced(w->g.estimates, c->row.id, &range));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_closed_queue_turns_away),
		WITH_WORLD(test_visitor_is_told),
		WITH_WORLD(test_opening_survives_a_full_disk),
		WITH_WORLD(test_letters_are_never_refused),
		WITH_WORLD(test_full_queue),
		WITH_WORLD(test_reopened_keeps_its_place),
		WITH_WORLD(test_rejoining_is_said),
		WITH_WORLD(test_estimates),
		WITH_WORLD(test_nothing_known_is_not_announced),
		WITH_WORLD(test_timer_opens_and_closes), /* these two set the clock forward */
		WITH_WORLD(test_closed_queue_lets_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
