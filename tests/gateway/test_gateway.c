/* SPDX-License-Identifier: Apache-2.0 */
/* The whole gateway in one process on the memory store, with faults of the store. */
#include "tests/tap.h"

#include "gateway/book.h"
#include "gateway/config.h"
#include "gateway/directory.h"
#include "gateway/engine.h"
#include "gateway/engine_restore.h"
#include "gateway/figures.h"
#include "gateway/intake.h"
#include "gateway/log.h"

#include <stdio.h>
#include <unistd.h>

#define WAIT_MS 5000

struct world {
	uv_loop_t loop;
	struct gateway g;
	struct config *config;
	char folder[64];
	usher_id queue, agent;
	bool is_closed;
};

static void on_line(const char *line, void *arg)
{
	(void)line;
	(void)arg;
}

static void on_closed(void *arg)
{
	((struct world *)arg)->is_closed = true;
}

static void make_config(struct world *w)
{
	char data[100];
	struct usher_error err = {0};
	const char *sets[] = {"listen=127.0.0.1:0", data, "web_dir=/nonexistent"};
	snprintf(w->folder, sizeof w->folder, "/tmp/usher-test-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	snprintf(data, sizeof data, "data_dir=%s", w->folder);
	assert_int_equal(config_load(&w->config, NULL, sets, 3, &err), 0);
}

static void open_gateway(struct world *w, struct store *store)
{
	struct usher_error err = {0};
	memset(&w->g, 0, sizeof w->g);
	w->is_closed = false;
	uv_loop_init(&w->loop);
	w->g.lock_fd = -1;
	w->g.loop = &w->loop;
	w->g.config = w->config;
	w->g.store = store;
	w->g.id_key = (struct hash_key){1, 2};
	w->g.secret = TEXT("0123456789abcdef0123456789abcdef");
	assert_int_equal(gateway_open(&w->g, false, &err), 0);
	assert_int_equal(gateway_start(&w->g, &err), 0);
}

static void close_gateway(struct world *w)
{
	gateway_close(&w->g, on_closed, w);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_true(w->is_closed);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	gateway_done(&w->g);
}

/* Runs the loop until the flag is set. */
static void run_until(struct world *w, const bool *flag)
{
	uint64_t end = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
	while (!*flag && uv_hrtime() < end)
		uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_true(*flag);
}

/* ---- work for one turn ---------------------------------------------------------------------------------- */

struct job {
	struct world *w;
	int (*run)(struct turn *t, struct job *job);
	struct routing_event ev;
	int found, code;
	bool is_done;
};

static void apply_job(struct turn *t, void *arg)
{
	struct job *job = arg;
	job->found = job->run(t, job);
}

static void on_job(int code, void *arg)
{
	struct job *job = arg;
	job->code = code;
	job->is_done = true;
}

static int do_turn(struct world *w, int (*run)(struct turn *t, struct job *job), struct job *job)
{
	job->w = w;
	job->run = run;
	job->is_done = false;
	engine_submit(w->g.engine, apply_job, on_job, job);
	run_until(w, &job->is_done);
	return job->code < 0 ? job->code : job->found;
}

static int run_route(struct turn *t, struct job *job)
{
	return turn_route(t, &job->ev);
}

static int run_seed(struct turn *t, struct job *job)
{
	char queues[40];
	struct queue_row queue = {.id = gateway_id(t->g, t->now), .offer_us = 20 * USHER_SECOND,
				  .target_us = 20 * USHER_SECOND, .missed_max = 1,
				  .priority = 5, .name = TEXT("Support"), .slug = TEXT("support")};
	struct user_row user = {.id = gateway_id(t->g, t->now), .roles = ROLE_AGENT, .capacity = 100,
				.login = TEXT("anna"), .name = TEXT("Anna")};
	struct routing_event ev = {.kind = EV_CHANNEL_SET};
	ev.channel = (struct routing_channel_set){CHANNEL_CHAT, 30, 3};
	snprintf(queues, sizeof queues, "[\"%llu\"]", (unsigned long long)queue.id);
	user.queues = text_of(queues);
	int code = turn_route(t, &ev);
	if (code == 0)
		code = directory_put_queue(t, &queue);
	if (code == 0)
		code = directory_put_user(t, &user);
	directory_put_channel(t, &(struct channel_row){.id = TEXT("web"), .kind = CHANNEL_CHAT,
						       .queue = queue.id, .driver = TEXT("chat"),
						       .settings = TEXT("{}")});
	job->w->queue = queue.id;
	job->w->agent = user.id;
	return code;
}

static void begin(struct world *w)
{
	struct store *store;
	struct usher_error err = {0};
	struct job job = {0};
	log_capture(on_line, NULL);
	make_config(w);
	assert_int_equal(store_open_memory(&store, &err), 0);
	open_gateway(w, store);
	assert_int_equal(do_turn(w, run_seed, &job), 0);
}

static void end(struct world *w)
{
	char command[100];
	struct store *store = w->g.store;
	close_gateway(w);
	store_close(store);
	config_free(w->config);
	snprintf(command, sizeof command, "%s/control", w->folder);
	unlink(command);
	rmdir(w->folder);
	log_capture(NULL, NULL);
}

/* ---- items ------------------------------------------------------------------------------------------------ */

struct heard {
	bool is_done;
	int code;
	struct inbound_result result;
};

static void on_heard(int code, const struct inbound_result *result, void *arg)
{
	struct heard *h = arg;
	h->is_done = true;
	h->code = code;
	if (result != NULL)
		h->result = *result;
}

static struct heard hear(struct world *w, const char *key, const char *remote_id, const char *body,
			 enum inbound_kind kind)
{
	struct heard h = {0};
	struct inbound in = {.kind = kind, .remote_id = text_of(remote_id), .key = text_of(key),
			     .may_open = kind == INBOUND_MESSAGE, .address = text_of(key),
			     .name = TEXT("Visitor"), .body = text_of(body), .priority = -1};
	intake_submit(&w->g, TEXT("web"), &in, on_heard, &h);
	assert_false(h.is_done); /* never before it returns */
	run_until(w, &h.is_done);
	return h;
}

static int command(struct world *w, enum routing_event_kind kind, usher_id contact, uint64_t epoch)
{
	struct job job = {.ev = {.kind = kind}};
	job.ev.command.contact = contact;
	job.ev.command.agent = w->agent;
	job.ev.command.epoch = epoch;
	job.ev.command.flag = true;
	return do_turn(w, run_route, &job);
}

static int wants(struct world *w, enum agent_state state)
{
	struct job job = {.ev = {.kind = EV_AGENT_WANTS}};
	job.ev.presence = (struct routing_presence){.agent = w->agent, .wants = state};
	return do_turn(w, run_route, &job);
}

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
	assert_int_equal(store_inject(w->g.store, FAULT_NONE, 0), 0);
	uint64_t limit = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
	while (engine_is_store_down(w->g.engine, NULL) && uv_hrtime() < limit)
		uv_run(&w->loop, UV_RUN_NOWAIT);
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
	close_gateway(w);
	open_gateway(w, store);
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

static int set_up(void **state)
{
	struct world *w = test_malloc(sizeof *w);
	begin(w);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	end(*state);
	test_free(*state);
	return 0;
}

#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_repeat_is_one_item),
		WITH_WORLD(test_offer_accept_close),
		WITH_WORLD(test_customer_leaves),
		WITH_WORLD(test_item_without_contact),
		WITH_WORLD(test_store_full_then_back),
		WITH_WORLD(test_restart_finds_everything),
		WITH_WORLD(test_memory_equals_store),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
