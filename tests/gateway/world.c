/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gateway/world.h"

#include "gateway/http/fetch.h"

#include <stdio.h>
#include <unistd.h>

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

void world_open(struct world *w, struct store *store)
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

void world_close(struct world *w)
{
	gateway_close(&w->g, on_closed, w);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_true(w->is_closed);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	gateway_done(&w->g);
}

void run_until(struct world *w, const bool *flag)
{
	uint64_t end = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
	while (!*flag && uv_hrtime() < end)
		uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_true(*flag);
}

void run_for(struct world *w, int ms)
{
	uint64_t end = uv_hrtime() + (uint64_t)ms * 1000000;
	while (uv_hrtime() < end)
		uv_run(&w->loop, UV_RUN_NOWAIT);
}

void store_mend(struct world *w)
{
	uint64_t limit = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
	assert_int_equal(store_inject(w->g.store, FAULT_NONE, 0), 0);
	while (engine_is_store_down(w->g.engine, NULL) && uv_hrtime() < limit)
		uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_false(engine_is_store_down(w->g.engine, NULL));
}

/* ---- work for one turn ---------------------------------------------------------------------------------- */

void apply_job(struct turn *t, void *arg)
{
	struct job *job = arg;
	job->found = job->run(t, job);
}

void on_job(int code, void *arg)
{
	struct job *job = arg;
	job->code = code;
	job->is_done = true;
}

int do_turn(struct world *w, int (*run)(struct turn *t, struct job *job), struct job *job)
{
	job->w = w;
	job->run = run;
	job->is_done = false;
	engine_submit(w->g.engine, apply_job, on_job, job);
	run_until(w, &job->is_done);
	return job->code < 0 ? job->code : job->found;
}

int run_route(struct turn *t, struct job *job)
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
	directory_put_channel(t, &(struct channel_row){.id = TEXT("web"), .kind = CHANNEL_CHAT, .is_enabled = 1,
						       .queue = queue.id, .driver = TEXT("chat"),
						       .settings = TEXT("{}")});
	job->w->queue = queue.id;
	job->w->agent = user.id;
	return code;
}

void world_begin(struct world *w)
{
	struct store *store;
	struct usher_error err = {0};
	struct job job = {0};
	log_capture(on_line, NULL);
	make_config(w);
	assert_int_equal(store_open_memory(&store, &err), 0);
	world_open(w, store);
	assert_int_equal(do_turn(w, run_seed, &job), 0);
}

void world_end(struct world *w)
{
	char command[100];
	struct store *store = w->g.store;
	world_close(w);
	store_close(store);
	config_free(w->config);
	snprintf(command, sizeof command, "%s/control", w->folder);
	unlink(command);
	rmdir(w->folder);
	log_capture(NULL, NULL);
}

/* ---- items ------------------------------------------------------------------------------------------------ */

void on_heard(int code, const struct inbound_result *result, void *arg)
{
	struct heard *h = arg;
	h->is_done = true;
	h->code = code;
	if (result != NULL)
		h->result = *result;
}

struct heard hear(struct world *w, const char *key, const char *remote_id, const char *body,
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

int command(struct world *w, enum routing_event_kind kind, usher_id contact, uint64_t epoch)
{
	struct job job = {.ev = {.kind = kind}};
	job.ev.command.contact = contact;
	job.ev.command.agent = w->agent;
	job.ev.command.epoch = epoch;
	job.ev.command.flag = true;
	return do_turn(w, run_route, &job);
}

int wants(struct world *w, enum agent_state state)
{
	struct job job = {.ev = {.kind = EV_AGENT_WANTS}};
	job.ev.presence = (struct routing_presence){.agent = w->agent, .wants = state};
	return do_turn(w, run_route, &job);
}

/* ---- the API ---------------------------------------------------------------------------------------------- */

struct answer {
	bool is_done;
	int status;
	struct usher_buf *body; /* may be NULL */
};

static void on_answer(int status, struct usher_text body, const char *reason, void *arg)
{
	struct answer *a = arg;
	(void)reason;
	a->status = status;
	a->is_done = true;
	if (a->body != NULL) {
		buf_clear(a->body);
		buf_add_text(a->body, body);
	}
}

static void read_control(struct world *w, char *ret, size_t n)
{
	char path[100], line[200];
	snprintf(path, sizeof path, "%s/control", w->folder);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof line, file)); /* the address */
	assert_non_null(fgets(ret, (int)n, file));
	fclose(file);
	ret[strcspn(ret, "\n")] = '\0';
}

int rest(struct world *w, const char *token, const char *method, const char *path, const char *body,
	 struct usher_buf *ret)
{
	char url[300], control[100], authorization[200];
	struct answer a = {.body = ret};
	read_control(w, control, sizeof control);
	snprintf(url, sizeof url, "%s/api/v1/%s", config_public_url(w->config), path);
	snprintf(authorization, sizeof authorization, "Authorization: Bearer %s",
		 token != NULL ? token : control);
	struct http_fetch fetch = {.method = method, .url = url, .body = text_of(body),
				   .content_type = body != NULL ? "application/json" : NULL,
				   .headers = {authorization}, .timeout_us = 20 * USHER_SECOND,
				   .answer_max = (size_t)64 << 20, .may_reach_private = true};
	fetcher_fetch(w->g.fetcher, &fetch, on_answer, &a);
	run_until(w, &a.is_done);
	return a.status;
}

/* ---- for the tests' tables -------------------------------------------------------------------------------- */

int world_set_up(void **state)
{
	struct world *w = test_malloc(sizeof *w);
	world_begin(w);
	*state = w;
	return 0;
}

int world_tear_down(void **state)
{
	world_end(*state);
	test_free(*state);
	return 0;
}
