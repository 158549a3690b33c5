/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway makes of the core's decisions: rows, lines, live topics, rights, restarts. */
#include "tests/gateway/console.h"

#include "gateway/auth.h"
#include "gateway/consult.h"
#include "gateway/lines.h"

#include <stdio.h>

/* ---- helpers --------------------------------------------------------------------------------------------- */

struct person {
	const char *login;
	usher_id id;
	char token[AUTH_TOKEN_BYTES + 4];
};

static int run_person(struct turn *t, struct job *job)
{
	struct person *p = job->arg;
	struct user_row user = *directory_user(t->g->directory, job->w->agent);
	if (p->login != NULL) {
		user.id = gateway_id(t->g, t->now);
		user.login = user.name = text_of(p->login);
		int code = directory_put_user(t, &user);
		if (code < 0)
			return code;
	}
	p->id = user.id;
	auth_token_new(t, SESSION_TOKEN, p->id, "test", USHER_HOUR, p->token);
	return 0;
}

/* login NULL: the world's own agent. */
static struct person person(struct world *w, const char *login)
{
	struct person p = {.login = login};
	struct job job = {.arg = &p};
	assert_int_equal(do_turn(w, run_person, &job), 0);
	job.ev = (struct routing_event){.kind = EV_AGENT_WANTS};
	job.ev.presence = (struct routing_presence){.agent = p.id, .wants = AGENT_READY};
	assert_int_equal(do_turn(w, run_route, &job), 0);
	return p;
}

static void set_queue(struct world *w, const char *json)
{
	struct usher_buf body = {0};
	int status = rest(w, NULL, "PUT", "queues/support", json, &body);
	if (status != 200)
		fail_msg("%d %s", status, body.p);
	buf_done(&body);
}

static struct contact *arrive(struct world *w, const char *key)
{
	lines_refresh(w->g.lines, TEXT("web")); /* agents' words leave by it */
	struct heard h = hear(w, key, "", "Hello", INBOUND_MESSAGE);
	assert_int_equal(h.code, 0);
	return book_contact(w->g.book, h.result.contact);
}

static int call(struct world *w, const struct person *p, const struct contact *c, const char *verb,
		struct usher_buf *ret, const char *format, ...) USHER_PRINTF(6, 7);
static int call(struct world *w, const struct person *p, const struct contact *c, const char *verb,
		struct usher_buf *ret, const char *format, ...)
{
	char path[80], body[300];
	va_list args;
	va_start(args, format);
	vsnprintf(body, sizeof body, format, args);
	va_end(args);
	snprintf(path, sizeof path, "contacts/C-%lld/%s", (long long)c->row.number, verb);
	return rest(w, p != NULL ? p->token : NULL, "POST", path, body, ret);
}

static long long epoch_of(const struct contact *c, usher_id agent)
{
	const struct contact_seat *seat = contact_seat_of(c, agent);
	assert_non_null(seat);
	return (long long)seat->epoch;
}

static void take_offer(struct world *w, const struct person *p, const struct contact *c)
{
	assert_int_equal(call(w, p, c, "accept", NULL, "{\"epoch\":%lld}", epoch_of(c, p->id)), 200);
	assert_int_equal(contact_part_of(c, p->id), PART_HOLDER);
}

struct counting {
	const char *part;
	int count;
};

static int on_message(const void *row, void *arg)
{
	const struct message_row *m = row;
	struct counting *n = arg;
	n->count += m->fields.n > 0 && memmem(m->fields.p, m->fields.n, n->part, strlen(n->part)) != NULL;
	return 0;
}

/* Lines of that name in the contact. */
static int lines_of(struct world *w, const struct contact *c, const char *event)
{
	char part[60];
	struct counting n = {.part = part};
	struct message_row like = {.contact = c->row.id};
	struct store_range range = {.index = -1, .equal_count = 1, .like = &like};
	snprintf(part, sizeof part, "\"event\":\"%s\"", event);
	assert_int_equal(store_scan(w->g.store, &MESSAGE, &range, on_message, &n), 0);
	return n.count;
}

static void wait_for_state(struct world *w, const struct contact *c, enum contact_state state)
{
	uint64_t limit = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
	while ((enum contact_state)c->row.state != state && uv_hrtime() < limit)
		uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_int_equal(c->row.state, state);
	run_for(w, 10);
}

static uint64_t restart(struct world *w)
{
	struct store *store = w->g.store;
	uint64_t digest = routing_digest(engine_routing(w->g.engine));
	world_close(w);
	world_open(w, store);
	assert_int_equal(routing_digest(engine_routing(w->g.engine)), digest);
	return digest;
}

/* ---- several offers at a time --------------------------------------------------------------------------- */

static void test_parallel_offers(void **state)
{
	struct world *w = *state;
	struct console consoles[2];
	set_queue(w, "{\"parallel\":2}");
	struct person anna = person(w, NULL), bert = person(w, "bert"), carl = person(w, "carl");
	struct person *both[2] = {&anna, &bert};
	for (int i = 0; i < 2; i++) {
		console_open(&consoles[i], w, both[i]->id);
		console_say(&consoles[i], "{\"t\":\"subscribe\",\"topics\":[\"me\"]}");
		await(&consoles[i], "\"snapshot\"");
		struct job job = {.ev = {.kind = EV_AGENT_WANTS}}; /* a first console makes not ready */
		job.ev.presence = (struct routing_presence){.agent = both[i]->id, .wants = AGENT_READY};
		run_for(w, 20);
		assert_int_equal(do_turn(w, run_route, &job), 0);
	}
	struct job away = {.ev = {.kind = EV_AGENT_WANTS}};
	away.ev.presence = (struct routing_presence){.agent = carl.id, .wants = AGENT_NOT_READY};
	assert_int_equal(do_turn(w, run_route, &away), 0);
	struct contact *c = arrive(w, "v1");
	assert_int_equal(c->row.state, CONTACT_OFFERED);
	assert_int_equal(contact_part_of(c, carl.id), PART_NONE);
	assert_int_not_equal(epoch_of(c, anna.id), epoch_of(c, bert.id));
	for (int i = 0; i < 2; i++) {
		char epoch[40];
		snprintf(epoch, sizeof epoch, "},\"epoch\":%lld,\"expires_at\"", epoch_of(c, both[i]->id));
		assert_non_null(strstr(await(&consoles[i], "\"op\":\"offer\""), epoch));
	}
	assert_int_equal(call(w, &anna, c, "accept", NULL, "{\"epoch\":%lld}", epoch_of(c, bert.id)), 409);
	take_offer(w, &bert, c);
	assert_int_equal(contact_part_of(c, anna.id), PART_NONE);
	assert_non_null(strstr(await(&consoles[0], "\"op\":\"offer-ended\""), "\"withdrawn\""));
	assert_non_null(strstr(await(&consoles[1], "\"op\":\"offer-ended\""), "\"accepted\""));
	assert_non_null(strstr(await(&consoles[1], "\"op\":\"contact\""), "\"active\""));
	assert_int_equal(c->row.agent, bert.id);
	assert_int_equal(lines_of(w, c, "assigned"), 1);
	for (int i = 0; i < 2; i++)
		console_close(&consoles[i]);
}

/* One of two refuses: the other still is asked, and the row names him. */
static void test_one_of_two_refuses(void **state)
{
	struct world *w = *state;
	set_queue(w, "{\"parallel\":2}");
	struct person anna = person(w, NULL), bert = person(w, "bert");
	struct contact *c = arrive(w, "v1");
	const struct person *first = c->row.agent == anna.id ? &anna : &bert;
	const struct person *second = first == &anna ? &bert : &anna;
	assert_int_equal(call(w, first, c, "decline", NULL, "{\"epoch\":%lld}", epoch_of(c, first->id)), 200);
	assert_int_equal(c->row.state, CONTACT_OFFERED);
	assert_int_equal(c->row.agent, second->id);
	assert_int_equal(c->row.epoch, epoch_of(c, second->id));
	assert_int_equal(contact_part_of(c, first->id), PART_NONE);
}

static void test_restart_amid_parallel_offers(void **state)
{
	struct world *w = *state;
	struct console console;
	set_queue(w, "{\"parallel\":2,\"offer_s\":600}");
	struct person anna = person(w, NULL), bert = person(w, "bert");
	struct contact *c = arrive(w, "v1");
	usher_id id = c->row.id;
	long long epochs[2] = {epoch_of(c, anna.id), epoch_of(c, bert.id)};
	usher_us offered = contact_seat_of(c, bert.id)->offered_us;
	assert_int_not_equal(offered, 0);
	restart(w);
	c = book_open_contact(w->g.book, id);
	assert_int_equal(epoch_of(c, anna.id), epochs[0]);
	assert_int_equal(epoch_of(c, bert.id), epochs[1]);
	assert_int_equal(contact_seat_of(c, bert.id)->offered_us, offered);
	/* Nobody's console is connected after a start: the offers are withdrawn, and go again. */
	console_open(&console, w, bert.id);
	console_say(&console, "{\"t\":\"subscribe\",\"topics\":[\"me\"]}");
	await(&console, "\"snapshot\"");
	console_close(&console);
}

/* ---- questions and conferences -------------------------------------------------------------------------- */

static void test_consultation(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	struct contact *questions[CONSULTS_MAX];
	struct person anna = person(w, NULL);
	struct contact *c = arrive(w, "v1");
	take_offer(w, &anna, c);
	struct person bert = person(w, "bert");
	assert_int_equal(call(w, &anna, c, "consult", &body,
			      "{\"epoch\":%lld,\"agent\":\"bert\",\"note\":\"Is it in stock?\"}",
			      (long long)c->row.epoch), 201);
	assert_int_equal(consult_list(w->g.book, c, questions), 1);
	struct contact *question = questions[0];
	assert_int_equal(question->about, c->row.id);
	assert_int_equal(question->row.channel, CHANNEL_CHAT);
	assert_int_equal(question->row.customer, c->row.customer);
	assert_null(contact_session(question, TEXT_NONE));
	assert_int_equal(question->first_us, c->first_us);
	char subject[80];
	snprintf(subject, sizeof subject, "Question about C-%lld by Anna", (long long)c->row.number);
	assert_true(text_equal(question->row.subject, text_of(subject)));
	assert_string_equal(question->last_body, "Is it in stock?");
	assert_int_equal(contact_part_of(question, bert.id), PART_OFFERED);
	assert_int_equal(lines_of(w, c, "consult"), 1);
	take_offer(w, &bert, question);
	assert_int_equal(lines_of(w, c, "consult-answered"), 1);
	char path[80];
	snprintf(path, sizeof path, "contacts/C-%lld", (long long)c->row.number);
	assert_int_equal(rest(w, bert.token, "GET", path, NULL, &body), 200);
	assert_non_null(strstr(body.p, "\"consultations\":[{"));
	snprintf(path, sizeof path, "contacts/C-%lld/messages", (long long)c->row.number);
	assert_int_equal(rest(w, bert.token, "GET", path, NULL, &body), 200);
	assert_non_null(strstr(body.p, "\"Hello\"")); /* whoever is asked reads what it is about */
	assert_int_equal(call(w, &bert, question, "messages", &body,
			      "{\"client_id\":\"1\",\"body\":\"To the customer\",\"epoch\":%lld}",
			      epoch_of(question, bert.id)), 501);
	assert_non_null(strstr(body.p, "between agents"));
	/* It is no customer's call: the queue's figures know one contact. */
	struct queue_figures f;
	figures_queue(w->g.figures, w->queue, &f);
	assert_int_equal(f.offered, 1);
	assert_int_equal(f.answered, 1);
	usher_id id = question->row.id, about = c->row.id;
	restart(w);
	assert_int_equal(book_open_contact(w->g.book, id)->about, about);
	assert_int_equal(consult_list(w->g.book, book_open_contact(w->g.book, about), questions), 1);
	buf_done(&body);
}

static struct contact *confer(struct world *w, const struct person *anna, struct person *bert)
{
	struct contact *questions[CONSULTS_MAX];
	struct contact *c = arrive(w, "v1");
	take_offer(w, anna, c);
	*bert = person(w, "bert");
	assert_int_equal(call(w, anna, c, "consult", NULL, "{\"epoch\":%lld,\"agent\":\"bert\"}",
			      (long long)c->row.epoch), 201);
	assert_int_equal(consult_list(w->g.book, c, questions), 1);
	struct contact *question = questions[0];
	take_offer(w, bert, question);
	assert_int_equal(call(w, anna, c, "conference", NULL,
			      "{\"epoch\":%lld,\"consultation\":\"C-%lld\"}", (long long)c->row.epoch,
			      (long long)question->row.number), 200);
	assert_int_equal(question->row.state, CONTACT_CLOSED);
	assert_int_equal(question->row.cause, CAUSE_CONFERENCE);
	assert_int_equal(consult_list(w->g.book, c, questions), 0);
	return c;
}

static void test_conference(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	struct console console;
	struct person anna = person(w, NULL), bert;
	struct contact *c = confer(w, &anna, &bert);
	assert_int_equal(contact_part_of(c, anna.id), PART_HOLDER);
	assert_int_equal(contact_part_of(c, bert.id), PART_CONFERRING);
	assert_int_equal(lines_of(w, c, "joined"), 1);
	console_open(&console, w, bert.id);
	console_say(&console, "{\"t\":\"subscribe\",\"topics\":[\"me\"]}");
	assert_non_null(strstr(await(&console, "\"snapshot\""), "\"part\":\"conferring\""));
	assert_int_equal(call(w, &bert, c, "messages", &body,
			      "{\"client_id\":\"1\",\"body\":\"We are two\",\"epoch\":%lld}",
			      epoch_of(c, bert.id)), 201);
	await(&console, "We are two");
	assert_int_equal(call(w, &bert, c, "messages", &body,
			      "{\"client_id\":\"2\",\"body\":\"Old\",\"epoch\":%lld}",
			      (long long)c->row.epoch), 409);
	usher_id id = c->row.id;
	console_close(&console);
	restart(w);
	c = book_open_contact(w->g.book, id);
	assert_int_equal(contact_part_of(c, bert.id), PART_CONFERRING);
	assert_int_equal(contact_part_of(c, anna.id), PART_HOLDER);
	assert_int_equal(rest(w, bert.token, "GET", "contacts?mine=1", NULL, &body), 200);
	assert_non_null(strstr(body.p, "\"conferring\""));
	console_open(&console, w, bert.id);
	console_say(&console, "{\"t\":\"subscribe\",\"topics\":[\"me\"]}");
	assert_non_null(strstr(await(&console, "\"snapshot\""), "\"part\":\"conferring\""));
	assert_int_equal(call(w, &bert, c, "leave", &body, "{\"epoch\":%lld}", epoch_of(c, bert.id)), 200);
	await(&console, "\"contact-gone\"");
	assert_int_equal(contact_part_of(c, bert.id), PART_NONE);
	assert_int_equal(c->row.agent, anna.id); /* the holder stays the holder */
	assert_int_equal(c->row.state, CONTACT_ACTIVE);
	console_close(&console);
	buf_done(&body);
}

static void test_hand_over(void **state)
{
	struct world *w = *state;
	struct person anna = person(w, NULL), bert;
	struct contact *c = confer(w, &anna, &bert);
	assert_int_equal(call(w, &anna, c, "hand-over", NULL, "{\"epoch\":%lld,\"agent\":\"bert\"}",
			      (long long)c->row.epoch), 200);
	assert_int_equal(c->row.state, CONTACT_ACTIVE);
	assert_int_equal(c->row.agent, bert.id);
	assert_int_equal(c->row.epoch, epoch_of(c, bert.id));
	assert_int_equal(contact_part_of(c, bert.id), PART_HOLDER);
	assert_int_equal(contact_part_of(c, anna.id), PART_NONE);
	assert_int_equal(lines_of(w, c, "released"), 1);
	struct queue_figures f;
	figures_queue(w->g.figures, w->queue, &f);
	assert_int_equal(f.answered, 1); /* a change of hands is no second answer */
}

/* ---- given out otherwise --------------------------------------------------------------------------------- */

static void test_automatic_assignment(void **state)
{
	struct world *w = *state;
	set_queue(w, "{\"automatic\":true}");
	struct person anna = person(w, NULL);
	struct contact *c = arrive(w, "v1");
	assert_int_equal(c->row.state, CONTACT_ACTIVE);
	assert_int_equal(contact_part_of(c, anna.id), PART_HOLDER);
	assert_int_equal(lines_of(w, c, "assigned"), 1);
	assert_int_not_equal(c->row.answered_us, 0);
}

static void add_backup(struct world *w, usher_id *ret)
{
	assert_int_equal(rest(w, NULL, "POST", "queues", "{\"name\":\"Backup\",\"slug\":\"backup\"}", NULL), 201);
	*ret = directory_queue_by_slug(w->g.directory, TEXT("backup"))->id;
}

static void test_overflow(void **state)
{
	struct world *w = *state;
	usher_id backup;
	int64_t waiting[CHANNEL_KINDS];
	add_backup(w, &backup);
	set_queue(w, "{\"overflow\":{\"to\":\"backup\",\"after_seconds\":1,\"length\":1}}");
	struct contact *first = arrive(w, "v1");
	struct contact *second = arrive(w, "v2"); /* finds one waiting */
	assert_int_equal(first->row.queue, w->queue);
	assert_int_equal(second->row.queue, backup);
	assert_int_equal(second->row.state, CONTACT_WAITING);
	assert_int_equal(lines_of(w, second, "overflow"), 1);
	uint64_t limit = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
	while (first->row.queue != backup && uv_hrtime() < limit)
		uv_run(&w->loop, UV_RUN_NOWAIT);
	run_for(w, 20);
	assert_int_equal(first->row.queue, backup);
	assert_int_equal(lines_of(w, first, "overflow"), 1);
	book_count_waiting(w->g.book, w->queue, waiting);
	assert_int_equal(waiting[CHANNEL_CHAT], 0);
	book_count_waiting(w->g.book, backup, waiting);
	assert_int_equal(waiting[CHANNEL_CHAT], 2);
	usher_id id = first->row.id;
	restart(w);
	assert_int_equal(book_open_contact(w->g.book, id)->row.queue, backup);
}

static void test_steps_are_shown(void **state)
{
	struct world *w = *state;
	set_queue(w, "{\"steps\":[{\"seconds\":1,\"ring_max\":0},{\"ring_max\":1}]}");
	struct contact *c = arrive(w, "v1");
	assert_int_equal(lines_of(w, c, "step"), 0);
	run_for(w, 1200);
	assert_int_equal(lines_of(w, c, "step"), 1);
}

static void test_waited_out(void **state)
{
	struct world *w = *state;
	set_queue(w, "{\"wait_max_seconds\":1,\"expired\":\"end\"}");
	struct contact *c = arrive(w, "v1");
	wait_for_state(w, c, CONTACT_CLOSED);
	assert_int_equal(c->row.cause, CAUSE_WAITED_OUT);
	assert_null(contact_session(c, TEXT_NONE));
	assert_int_equal(lines_of(w, c, "closed"), 1);
}

static void test_callback(void **state)
{
	struct world *w = *state;
	struct contact *c = arrive(w, "v1");
	assert_int_equal(call(w, NULL, c, "callback", NULL, "{}"), 200);
	assert_int_equal(lines_of(w, c, "callback"), 1);
	assert_int_equal(hear(w, "v1", "", "", INBOUND_END).code, 0);
	assert_int_equal(c->row.state, CONTACT_WAITING); /* who is called back need not stay */
	struct contact *later = arrive(w, "v2");
	assert_int_equal(call(w, NULL, later, "callback", NULL, "{\"at\":\"2027-06-01T09:00:00Z\"}"), 200);
	assert_int_equal(later->row.state, CONTACT_PARKED);
	assert_int_equal(lines_of(w, later, "parked"), 1);
}

/* ---- whose turn it is to write ---------------------------------------------------------------------------- */

static void test_no_reply_goes_back(void **state)
{
	struct world *w = *state;
	set_queue(w, "{\"first_reply_seconds\":1}");
	struct person anna = person(w, NULL);
	struct contact *c = arrive(w, "v1"), *other = arrive(w, "v2");
	take_offer(w, &anna, c);
	take_offer(w, &anna, other);
	assert_int_equal(call(w, &anna, other, "messages", NULL,
			      "{\"client_id\":\"1\",\"body\":\"Yes\",\"epoch\":%lld}",
			      (long long)other->row.epoch), 201);
	assert_int_equal(call(w, &anna, c, "messages", NULL,
			      "{\"client_id\":\"2\",\"kind\":\"note\",\"body\":\"Hm\"}"), 201); /* counts not */
	wait_for_state(w, c, CONTACT_WAITING);
	assert_int_equal(lines_of(w, c, "released"), 1);
	run_for(w, 300);
	assert_int_equal(other->row.state, CONTACT_ACTIVE);
}

static void test_later_reply_is_minded_too(void **state)
{
	struct world *w = *state;
	set_queue(w, "{\"reply_seconds\":1}");
	struct person anna = person(w, NULL);
	struct contact *c = arrive(w, "v1");
	take_offer(w, &anna, c);
	run_for(w, 1200);
	assert_int_equal(c->row.state, CONTACT_ACTIVE); /* the customer has asked nothing since */
	assert_int_equal(hear(w, "v1", "", "And?", INBOUND_MESSAGE).code, 0);
	wait_for_state(w, c, CONTACT_WAITING);
}

static void test_silence_finishes(void **state)
{
	struct world *w = *state;
	set_queue(w, "{\"silence_seconds\":1,\"wrapup_s\":600}");
	struct person anna = person(w, NULL);
	struct contact *c = arrive(w, "v1"), *other = arrive(w, "v2");
	take_offer(w, &anna, c);
	take_offer(w, &anna, other);
	struct contact *both[2] = {c, other};
	for (int i = 0; i < 2; i++)
		assert_int_equal(call(w, &anna, both[i], "messages", NULL,
				      "{\"client_id\":\"%d\",\"body\":\"Well?\",\"epoch\":%lld}", i,
				      (long long)both[i]->row.epoch), 201);
	assert_int_equal(hear(w, "v2", "", "Thanks", INBOUND_MESSAGE).code, 0);
	wait_for_state(w, c, CONTACT_WRAPUP);
	assert_int_equal(c->row.cause, CAUSE_SILENCE);
	assert_null(contact_session(c, TEXT_NONE));
	run_for(w, 300);
	assert_int_equal(other->row.state, CONTACT_ACTIVE);
}

/* Where a queue minds nobody's silence, words are not journalled. */
static void test_words_cost_the_core_nothing(void **state)
{
	struct world *w = *state;
	struct engine_restored before, after;
	struct usher_error err = {0};
	struct person anna = person(w, NULL);
	struct contact *c = arrive(w, "v1");
	take_offer(w, &anna, c);
	assert_int_equal(engine_restore(&before, w->g.store, &err), 0);
	assert_int_equal(hear(w, "v1", "", "More", INBOUND_MESSAGE).code, 0);
	assert_int_equal(engine_restore(&after, w->g.store, &err), 0);
	assert_int_equal(after.journal_seq, before.journal_seq);
	routing_free(before.routing);
	routing_free(after.routing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_parallel_offers),
		WITH_WORLD(test_one_of_two_refuses),
		WITH_WORLD(test_restart_amid_parallel_offers),
		WITH_WORLD(test_consultation),
		WITH_WORLD(test_conference),
		WITH_WORLD(test_hand_over),
		WITH_WORLD(test_automatic_assignment),
		WITH_WORLD(test_overflow),
		WITH_WORLD(test_steps_are_shown),
		WITH_WORLD(test_waited_out),
		WITH_WORLD(test_callback),
		WITH_WORLD(test_no_reply_goes_back),
		WITH_WORLD(test_later_reply_is_minded_too),
		WITH_WORLD(test_silence_finishes),
		WITH_WORLD(test_words_cost_the_core_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
