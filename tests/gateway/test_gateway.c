/* SPDX-License-Identifier: Apache-2.0 */
/* Items, commands, restarts and faults of the store. */
#include "tests/gateway/world.h"

#include "gateway/clock.h"
#include "gateway/presence.h"

#include <stdio.h>

static uint64_t restored_digest(struct world *w)
{
	struct engine_restored restored;
	struct usher_error err = {0};
	assert_int_equal(engine_restore(&restored, w->g.store, &err), 0);
	uint64_t digest = routing_digest(restored.routing);
	routing_free(restored.routing);
	return digest;
}

/* ---- tests -------------------------------------------------------------------------------------------------- */

static void test_repeat_is_one_item(void **state)
{
	struct world *w = *state;
	struct heard first = hear(w, "v1", "v1:1", "Hello", INBOUND_MESSAGE);
	struct heard again = hear(w, "v1", "v1:1", "Hello", INBOUND_MESSAGE);
	struct heard other = hear(w, "v1", "v1:2", "Still there?", INBOUND_MESSAGE);
	assert_int_equal(first.code, 0);
	assert_true(first.result.is_new);
	assert_int_equal(again.code, E_EXISTS);
	assert_int_equal(again.result.contact, first.result.contact);
	assert_int_equal(again.result.seq, first.result.seq);
	assert_int_equal(other.result.contact, first.result.contact);
	assert_int_equal(other.result.seq, first.result.seq + 1);
	assert_false(other.result.is_new);
}

static void test_offer_accept_close(void **state)
{
	struct world *w = *state;
	assert_int_equal(wants(w, AGENT_READY), 0);
	struct heard h = hear(w, "v2", "v2:1", "Hello", INBOUND_MESSAGE);
	struct contact *c = book_contact(w->g.book, h.result.contact);
	assert_int_equal(c->row.state, CONTACT_OFFERED);
	assert_int_equal(c->row.agent, w->agent);
	assert_int_equal(command(w, EV_ACCEPT, c->row.id, (uint64_t)c->row.epoch + 1), E_STALE);
	assert_int_equal(command(w, EV_ACCEPT, c->row.id, (uint64_t)c->row.epoch), 0);
	assert_int_equal(c->row.state, CONTACT_ACTIVE);
	assert_int_equal(command(w, EV_CLOSE, c->row.id, (uint64_t)c->row.epoch), 0);
	assert_int_equal(c->row.state, CONTACT_CLOSED);
	assert_null(book_session(w->g.book, TEXT("web"), TEXT("v2")));
	struct queue_figures f;
	figures_queue(w->g.figures, w->queue, &f);
	assert_int_equal(f.offered, 1);
	assert_int_equal(f.answered, 1);
	assert_int_equal(f.answered_in_target, 1);
}

static void test_customer_leaves(void **state)
{
	struct world *w = *state;
	struct heard h = hear(w, "v3", "v3:1", "Hello", INBOUND_MESSAGE);
	hear(w, "v3", "", "", INBOUND_END);
	struct contact *c = book_contact(w->g.book, h.result.contact);
	assert_int_equal(c->row.state, CONTACT_CLOSED);
	assert_int_equal(c->row.cause, CAUSE_CUSTOMER_LEFT);
	struct queue_figures f;
	figures_queue(w->g.figures, w->queue, &f);
	assert_int_equal(f.abandoned, 1);
	assert_int_equal(f.short_abandoned, 0); /* the queue counts none as short */
	/* The session is over: the next word opens a new contact. */
	assert_int_not_equal(hear(w, "v3", "v3:2", "Again", INBOUND_MESSAGE).result.contact,
			     h.result.contact);
}

static void test_item_without_contact(void **state)
{
	struct world *w = *state;
	assert_int_equal(hear(w, "nobody", "", "gone", INBOUND_END).code, E_NOT_FOUND);
}

static void test_store_full_then_back(void **state)
{
	struct world *w = *state;
	struct heard before = hear(w, "v4", "v4:1", "Hello", INBOUND_MESSAGE);
	uint64_t digest = routing_digest(engine_routing(w->g.engine));
	size_t open = book_open_count(w->g.book);
	assert_int_equal(store_inject(w->g.store, FAULT_FULL, 0), 0);
	struct heard lost = hear(w, "v5", "v5:1", "Hello", INBOUND_MESSAGE);
	assert_int_equal(lost.code, E_AGAIN);
	/* Nothing of it is left in memory: the core, the book and the repeats are as before. */
	assert_true(engine_is_store_down(w->g.engine, NULL));
	assert_int_equal(routing_digest(engine_routing(w->g.engine)), digest);
	assert_int_equal(book_open_count(w->g.book), open);
	assert_null(book_session(w->g.book, TEXT("web"), TEXT("v5")));
	assert_int_equal(hear(w, "v5", "v5:1", "Hello", INBOUND_MESSAGE).code, E_AGAIN);
	store_mend(w);
	struct heard now = hear(w, "v5", "v5:1", "Hello", INBOUND_MESSAGE);
	assert_int_equal(now.code, 0);
	assert_true(now.result.is_new);
	assert_int_equal(now.result.contact_number, before.result.contact_number + 1);
	assert_int_equal(routing_digest(engine_routing(w->g.engine)), restored_digest(w));
}

static void test_restart_finds_everything(void **state)
{
	struct world *w = *state;
	assert_int_equal(wants(w, AGENT_READY), 0);
	struct heard held = hear(w, "v6", "v6:1", "Hello", INBOUND_MESSAGE);
	struct contact *c = book_contact(w->g.book, held.result.contact);
	assert_int_equal(command(w, EV_ACCEPT, c->row.id, (uint64_t)c->row.epoch), 0);
	struct heard waiting = hear(w, "v7", "v7:1", "Me too", INBOUND_MESSAGE);
	int64_t epoch = c->row.epoch, seq = c->row.seq;
	uint64_t digest = routing_digest(engine_routing(w->g.engine));
	assert_int_equal(digest, restored_digest(w));
	struct store *store = w->g.store;
	world_close(w);
	world_open(w, store);
	c = book_open_contact(w->g.book, held.result.contact);
	assert_non_null(c);
	assert_int_equal(c->row.state, CONTACT_ACTIVE);
	assert_int_equal(c->row.epoch, epoch);
	assert_int_equal(c->row.seq, seq);
	assert_non_null(book_session(w->g.book, TEXT("web"), TEXT("v7")));
	assert_int_equal(hear(w, "v7", "v7:1", "Me too", INBOUND_MESSAGE).code, E_EXISTS);
	assert_int_equal(hear(w, "v7", "v7:2", "More", INBOUND_MESSAGE).result.contact,
			 waiting.result.contact);
}

static int remove_queue(struct turn *t, struct job *job)
{
	struct queue_row other = *directory_queue(t->g->directory, job->w->queue), row = other;
	struct channel_row channel = *directory_channel(t->g->directory, TEXT("web"));
	other.id = gateway_id(t->g, t->now);
	other.slug = TEXT("other");
	channel.queue = other.id;
	row.is_removed = 1;
	int code = directory_put_queue(t, &other);
	if (code == 0)
		code = directory_put_queue(t, &row);
	directory_put_channel(t, &channel);
	return code;
}

static struct heard hear_again(struct world *w, usher_id contact, const char *remote_id)
{
	struct heard h = {0};
	struct inbound in = {.kind = INBOUND_MESSAGE, .remote_id = text_of(remote_id),
			     .contact = contact, .may_open = true, .address = TEXT("v1"),
			     .body = TEXT("Again"), .priority = -1};
	intake_submit(&w->g, TEXT("web"), &in, on_heard, &h);
	run_until(w, &h.is_done);
	return h;
}

/* The customer of a closed contact reaches somebody, although its queue is no more. */
static void test_reopens_without_its_queue(void **state)
{
	struct world *w = *state;
	struct job job = {0};
	usher_id contact = hear(w, "v1", "v1:1", "Hello", INBOUND_MESSAGE).result.contact;
	assert_int_equal(hear(w, "v1", "", "", INBOUND_END).code, 0);
	assert_int_equal(do_turn(w, remove_queue, &job), 0);
	struct heard h = hear_again(w, contact, "v1:2");
	assert_int_equal(h.code, 0);
	assert_int_equal(h.result.contact, contact);
	assert_int_equal(book_contact(w->g.book, contact)->row.state, CONTACT_WAITING);
	assert_int_equal(hear_again(w, contact, "v1:2").code, E_EXISTS);
}

/* A copy sent to somebody else names the same ids: their answer is a contact of its own and does
 * not take the ids along. */
static void test_references_stay_with_their_contact(void **state)
{
	struct world *w = *state;
	struct heard heard[3] = {{0}};
	static const char *const senders[] = {"first@example.org", "second@example.org",
					      "first@example.org"};
	for (int i = 0; i < 3; i++) {
		char id[16];
		snprintf(id, sizeof id, "m%d", i);
		struct inbound in = {.kind = INBOUND_MESSAGE, .remote_id = text_of(id),
				     .refs = {TEXT("<root@example.org>")}, .ref_count = 1,
				     .may_open = true, .address = text_of(senders[i]),
				     .body = TEXT("Hello"), .priority = -1};
		intake_submit(&w->g, TEXT("web"), &in, on_heard, &heard[i]);
		run_until(w, &heard[i].is_done);
		assert_int_equal(heard[i].code, 0);
	}
	assert_int_not_equal(heard[1].result.contact, heard[0].result.contact);
	assert_int_equal(heard[2].result.contact, heard[0].result.contact);
}

static int add_seen(struct turn *t, struct job *job)
{
	usher_id none = 0, old = id_next(&none, t->now - 31 * USHER_DAY);
	(void)job;
	store_add(t->batch, &SEEN, &(struct seen_row){.id = old, .hash = 7});
	store_add(t->batch, &SEEN, &(struct seen_row){.id = gateway_id(t->g, t->now), .hash = 8});
	return 0;
}

static int run_many(struct turn *t, struct job *job)
{
	int code = 0;
	for (int i = 0; i < 2000 && code == 0; i++)
		code = turn_route(t, &job->ev);
	return code;
}

static int count_row(const void *row, void *arg)
{
	(void)row;
	++*(int64_t *)arg;
	return 0;
}

/* What is too old to be asked for is not kept for ever. */
static void test_old_repeats_go(void **state)
{
	struct world *w = *state;
	struct job job = {.ev = {.kind = EV_TICK}};
	struct store_range all = {.index = -1};
	int64_t n = 0;
	assert_int_equal(do_turn(w, add_seen, &job), 0);
	for (int i = 0; i < 11; i++)
		assert_int_equal(do_turn(w, run_many, &job), 0);
	assert_int_equal(store_scan(w->g.store, &SEEN, &all, count_row, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(routing_digest(engine_routing(w->g.engine)), restored_digest(w));
}

static void test_clock_never_goes_back(void **state)
{
	struct clock c = {0};
	(void)state;
	assert_int_equal(clock_advance(&c, 1000000, 5000000), 1000000);
	assert_int_equal(clock_advance(&c, 3000000, 6000000), 3000000);  /* set forward */
	assert_int_equal(clock_advance(&c, 1000000, 8000000), 3002000);  /* set back: its own pace */
	assert_int_equal(clock_advance(&c, 1000000, 9000000), 3003000);
	assert_int_equal(clock_advance(&c, 9000000, 9000001), 9000000);  /* caught up */
	clock_not_before(&c, 8000000, 9001001);
	assert_int_equal(clock_advance(&c, 0, 9001001), 9000001);
}

/* The clock was set back while the process was away: what it recorded still lies behind. */
static void test_clock_set_back_over_a_restart(void **state)
{
	struct world *w = *state;
	struct engine_restored restored;
	struct usher_error err = {0};
	struct usher_buf bytes = {0};
	struct store *store = w->g.store;
	usher_us ahead = gateway_now() + USHER_HOUR;
	world_close(w);
	assert_int_equal(engine_restore(&restored, store, &err), 0);
	routing_event_encode(&(struct routing_event){.kind = EV_TICK}, &bytes);
	struct store_batch *batch = store_batch_new();
	store_add(batch, &JOURNAL,
		  &(struct journal_row){restored.journal_seq + 1, ahead, buf_text(&bytes)});
	assert_int_equal(store_commit(store, batch, &err), 0);
	store_batch_free(batch);
	buf_done(&bytes);
	routing_free(restored.routing);
	world_open(w, store);
	assert_true(gateway_now() >= ahead);
	assert_true(gateway_now() < ahead + USHER_MINUTE);
	usher_us before = gateway_now();
	run_for(w, 5);
	assert_in_range(gateway_now() - before, 4000, USHER_MINUTE);
}

/* What came while the failing commit ran is told at once, not when the store is back. */
static void test_waiting_works_end_with_the_store(void **state)
{
	struct world *w = *state;
	struct job first = {.w = w, .run = run_route}, second = {.w = w, .run = run_route};
	first.ev.kind = second.ev.kind = EV_TICK;
	assert_int_equal(store_inject(w->g.store, FAULT_FULL, 0), 0);
	engine_submit(w->g.engine, apply_job, on_job, &first);
	for (int i = 0; i < 3; i++) /* the turn begins, and its commit */
		uv_run(&w->loop, UV_RUN_NOWAIT);
	engine_submit(w->g.engine, apply_job, on_job, &second);
	run_until(w, &second.is_done);
	assert_true(first.is_done);
	assert_int_equal(second.code, E_AGAIN);
	assert_true(engine_is_store_down(w->g.engine, NULL));
	store_mend(w);
}

static enum agent_state state_of(struct world *w)
{
	struct routing_agent_view view;
	assert_true(routing_agent(engine_routing(w->g.engine), w->agent, &view));
	return view.state;
}

static bool becomes(struct world *w, enum agent_state state)
{
	uint64_t limit = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
	while (state_of(w) != state && uv_hrtime() < limit)
		uv_run(&w->loop, UV_RUN_NOWAIT);
	return state_of(w) == state;
}

/* A console that goes while the store is down is known to be gone when it is back. */
static void test_lost_presence_is_not_forgotten(void **state)
{
	struct world *w = *state;
	presence_opened(w->g.presence, w->agent);
	assert_true(becomes(w, AGENT_NOT_READY));
	assert_int_equal(wants(w, AGENT_READY), 0);
	assert_int_equal(state_of(w), AGENT_READY);
	assert_int_equal(store_inject(w->g.store, FAULT_GONE, 0), 0);
	presence_closed(w->g.presence, w->agent);
	run_for(w, 20);
	assert_int_equal(state_of(w), AGENT_READY);
	store_mend(w);
	assert_true(becomes(w, AGENT_LOST));
}

static void test_nobody_is_there_after_a_start(void **state)
{
	struct world *w = *state;
	presence_opened(w->g.presence, w->agent);
	assert_true(becomes(w, AGENT_NOT_READY));
	assert_int_equal(wants(w, AGENT_READY), 0);
	struct store *store = w->g.store;
	world_close(w);
	assert_int_equal(store_inject(store, FAULT_FULL, 0), 0);
	world_open(w, store);
	run_for(w, 20);
	store_mend(w);
	assert_true(becomes(w, AGENT_LOST));
}

/* Many turns of random work: what memory says equals what the store would give back. */
static void test_memory_equals_store(void **state)
{
	struct world *w = *state;
	uint64_t seed = 20261121;
	usher_id contacts[40];
	int count = 0;
	for (int i = 0; i < 400; i++) {
		char key[16], id[24];
		uint64_t dice = random_below(&seed, 10);
		snprintf(key, sizeof key, "r%d", (int)random_below(&seed, 40));
		snprintf(id, sizeof id, "%s:%d", key, i);
		if (dice < 5) {
			struct heard h = hear(w, key, id, "Hello", INBOUND_MESSAGE);
			assert_int_equal(h.code, 0);
			contacts[count < 40 ? count++ : (int)random_below(&seed, 40)] =
				h.result.contact;
		} else if (dice < 6) {
			hear(w, key, "", "", INBOUND_END);
		} else if (dice < 7) {
			wants(w, random_below(&seed, 3) == 0 ? AGENT_NOT_READY : AGENT_READY);
		} else if (count > 0) {
			usher_id contact = contacts[random_below(&seed, (uint64_t)count)];
			struct contact *c = book_contact(w->g.book, contact);
			command(w, dice < 9 ? EV_ACCEPT : EV_CLOSE, contact, (uint64_t)c->row.epoch);
		}
		routing_check(engine_routing(w->g.engine));
	}
	assert_int_equal(routing_digest(engine_routing(w->g.engine)), restored_digest(w));
	for (int i = 0; i < count; i++) {
		struct arena arena = {0};
		struct contact_row key = {.id = contacts[i]}, row;
		struct contact *c = book_contact(w->g.book, contacts[i]);
		struct routing_contact_view view = {.state = CONTACT_CLOSED};
		assert_int_equal(store_get(w->g.store, &CONTACT, &key, &arena, &row), 0);
		assert_int_equal(row.state, c->row.state);
		assert_int_equal(row.seq, c->row.seq);
		routing_contact(engine_routing(w->g.engine), contacts[i], &view);
		assert_int_equal(view.state, c->row.state);
		arena_done(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_repeat_is_one_item),
		WITH_WORLD(test_offer_accept_close),
		WITH_WORLD(test_customer_leaves),
		WITH_WORLD(test_item_without_contact),
		WITH_WORLD(test_store_full_then_back),
		WITH_WORLD(test_restart_finds_everything),
		WITH_WORLD(test_reopens_without_its_queue),
		WITH_WORLD(test_references_stay_with_their_contact),
		WITH_WORLD(test_waiting_works_end_with_the_store),
		WITH_WORLD(test_lost_presence_is_not_forgotten),
		WITH_WORLD(test_nobody_is_there_after_a_start),
		WITH_WORLD(test_memory_equals_store),
		WITH_WORLD(test_old_repeats_go),
		cmocka_unit_test(test_clock_never_goes_back),
		WITH_WORLD(test_clock_set_back_over_a_restart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
