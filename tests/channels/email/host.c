/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/tap.h"

#include "tests/channels/email/host.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <openssl/evp.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const struct hash_key id_key = {1, 2};
static const char secret[] = "0123456789abcdef0123456789abcdef";

static struct test_host *of(struct channel_host *h)
{
	return (struct test_host *)h;
}

/* ---- time ---- */

struct channel_timer {
	struct list link;
	usher_us at;
	channel_on_time on_time;
	void *arg;
};

static usher_us host_now(struct channel_host *h)
{
	struct timeval t;
	gettimeofday(&t, NULL);
	return (usher_us)t.tv_sec * USHER_SECOND + t.tv_usec + of(h)->ahead;
}

static struct channel_timer *host_timer(struct channel_host *h, usher_us at,
					channel_on_time on_time, void *arg)
{
	struct channel_timer *t = NEW(struct channel_timer);
	*t = (struct channel_timer){.at = at, .on_time = on_time, .arg = arg};
	list_add_last(&of(h)->timers, &t->link);
	return t;
}

static void host_timer_cancel(struct channel_host *h, struct channel_timer *t)
{
	(void)h;
	if (t == NULL)
		return;
	list_remove(&t->link);
	free(t);
}

struct later {
	struct list link;
	void (*call)(struct test_host *h, void *arg);
	void *arg;
};

static void call_later(struct test_host *h, void (*call)(struct test_host *h, void *arg), void *arg)
{
	struct later *l = NEW(struct later);
	l->call = call;
	l->arg = arg;
	list_add_last(&h->laters, &l->link);
}

static void run_laters(struct test_host *h)
{
	for (int i = 0; i < 1000 && !list_is_empty(&h->laters); i++) {
		struct later *l = LIST_ITEM(h->laters.next, struct later, link);
		list_remove(&l->link);
		l->call(h, l->arg);
		free(l);
	}
}

static void on_tick(uv_timer_t *tick)
{
	struct test_host *h = tick->data;
	run_laters(h);
	for (bool has_fired = true; has_fired;) {
		has_fired = false;
		LIST_EACH(link, &h->timers)
		{
			struct channel_timer *t = LIST_ITEM(link, struct channel_timer, link);
			if (t->at > host_now(&h->host))
				continue;
			list_remove(&t->link);
			t->on_time(t->arg);
			free(t);
			has_fired = true;
			break; /* the list may be another one now */
		}
	}
}

/* ---- what comes in ---- */

struct pending {
	channel_on_inbound on_done;
	void *arg;
	int code;
	struct inbound_result result;
};

static void answer_inbound(struct test_host *h, void *arg)
{
	struct pending *p = arg;
	if (h->channel != NULL)
		p->on_done(p->code, p->code == 0 || p->code == E_EXISTS ? &p->result : NULL,
			   p->arg);
	free(p);
}

static void keep_inbound(struct test_host *h, const struct inbound *in)
{
	assert_true(h->inbound_count < HOST_RECORDS_MAX);
	struct inbound *to = &h->inbounds[h->inbound_count++];
	*to = *in;
	struct usher_text *texts[] = {&to->remote_id, &to->key,	    &to->address,	&to->name,
				      &to->language,  &to->subject, &to->body,		&to->html,
				      &to->blob,      &to->fields,  &to->session_fields};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		*texts[i] = arena_text(&h->arena, *texts[i]);
	for (int i = 0; i < to->ref_count; i++)
		to->refs[i] = arena_text(&h->arena, to->refs[i]);
}

static void host_inbound(struct channel_host *host, const struct inbound *in,
			 channel_on_inbound on_done, void *arg)
{
	struct test_host *h = of(host);
	struct pending *p = NEW(struct pending);
	*p = (struct pending){.on_done = on_done, .arg = arg};
	int earlier = -1;
	for (int i = 0; i < h->inbound_count; i++)
		if (h->inbounds[i].priority == 0 && in->remote_id.n > 0 &&
		    text_equal(h->inbounds[i].remote_id, in->remote_id))
			earlier = i;
	keep_inbound(h, in);
	struct inbound *kept = &h->inbounds[h->inbound_count - 1];
	p->result = (struct inbound_result){.contact = 77, .message = 1000, .seq = 1};
	p->code = h->answer;
	if (h->answer != 0 && h->answers_left > 0 && --h->answers_left == 0)
		h->answer = 0;
	if (p->code == 0 && earlier >= 0)
		p->code = E_EXISTS;
	kept->priority = p->code == 0 ? 0 : -1; /* 0 marks what is durable here */
	if (p->code == 0)
		p->result.message += (usher_id)h->durable_count++;
	call_later(h, answer_inbound, p);
}

/* ---- what goes out ---- */

static void host_delivered(struct channel_host *host, usher_id out_id, usher_id contact,
			   int64_t seq, enum delivery_state state, usher_us retry_us,
			   const char *detail)
{
	struct test_host *h = of(host);
	(void)contact;
	(void)seq;
	assert_true(h->delivery_count < HOST_RECORDS_MAX);
	struct host_delivery *d = &h->deliveries[h->delivery_count++];
	*d = (struct host_delivery){.out_id = out_id, .state = state, .retry_us = retry_us};
	snprintf(d->detail, sizeof d->detail, "%s", detail != NULL ? detail : "");
	if (h->is_loud)
		printf("# delivered %llu %s: %s\n", (unsigned long long)out_id,
		       delivery_state_name(state), d->detail);
}

static void host_release_held(struct channel_host *host)
{
	of(host)->release_count++;
}

static int64_t host_history(struct channel_host *host, usher_id contact, int64_t after_seq,
			    int limit, channel_on_message on_message, void *arg)
{
	struct test_host *h = of(host);
	(void)contact;
	for (int i = 0; i < h->history_count && limit > 0; i++) {
		if (h->history[i].seq <= after_seq)
			continue;
		limit--;
		if (on_message(&h->history[i], arg) != 0)
			break;
	}
	return h->history_count;
}

/* ---- small services ---- */

static int host_blob(struct channel_host *host, struct usher_text bytes, char ret[static 65])
{
	struct test_host *h = of(host);
	unsigned char sha[32];
	unsigned n = 0;
	pthread_mutex_lock(&h->blob_lock);
	int answer = h->blob_answer;
	h->blob_count += answer == 0;
	pthread_mutex_unlock(&h->blob_lock);
	EVP_Digest(bytes.p, bytes.n, sha, &n, EVP_sha256(), NULL);
	for (unsigned i = 0; i < 32; i++)
		snprintf(ret + 2 * i, 3, "%02x", sha[i]);
	return answer;
}

static struct usher_text host_state(struct channel_host *host, struct arena *arena)
{
	return arena_text(arena, buf_text(&of(host)->state));
}

struct saving {
	void (*on_done)(int code, void *arg);
	void *arg;
	int code;
};

static void answer_saving(struct test_host *h, void *arg)
{
	struct saving *s = arg;
	if (h->channel != NULL)
		s->on_done(s->code, s->arg);
	free(s);
}

static void host_state_save(struct channel_host *host, struct usher_text state,
			    void (*on_done)(int code, void *arg), void *arg)
{
	struct test_host *h = of(host);
	struct saving *s = NEW(struct saving);
	*s = (struct saving){on_done, arg, h->state_answer};
	if (s->code == 0) {
		buf_clear(&h->state);
		buf_add_text(&h->state, state);
		h->state_saves++;
	}
	call_later(h, answer_saving, s);
}

struct job {
	uv_work_t work;
	struct test_host *h;
	channel_work run, done;
	void *arg;
};

static void job_run(uv_work_t *work)
{
	struct job *j = work->data;
	j->run(j->arg);
}

static void job_done(uv_work_t *work, int status)
{
	struct job *j = work->data;
	(void)status;
	j->h->jobs--;
	j->done(j->arg);
	free(j);
}

static void host_job(struct channel_host *host, channel_work run, channel_work done, void *arg)
{
	struct job *j = NEW(struct job);
	*j = (struct job){.h = of(host), .run = run, .done = done, .arg = arg};
	j->work.data = j;
	j->h->jobs++;
	uv_queue_work(&j->h->loop, &j->work, job_run, job_done);
}

struct channel_watch {
	uv_poll_t poll;
	struct test_host *h;
	int fd;
	void (*on_ready)(int fd, bool can_read, bool can_write, void *arg);
	void *arg;
};

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct channel_watch *w = poll->data;
	if (status < 0)
		events = UV_READABLE;
	w->on_ready(w->fd, (events & UV_READABLE) != 0, (events & UV_WRITABLE) != 0, w->arg);
}

static void host_watch_change(struct channel_watch *w, bool for_read, bool for_write)
{
	int events = (for_read ? UV_READABLE : 0) | (for_write ? UV_WRITABLE : 0);
	if (events != 0)
		uv_poll_start(&w->poll, events, on_poll);
	else
		uv_poll_stop(&w->poll);
}

static struct channel_watch *host_watch(struct channel_host *host, int fd, bool for_read,
					bool for_write, void (*on_ready)(int, bool, bool, void *),
					void *arg)
{
	struct channel_watch *w = NEW(struct channel_watch);
	w->h = of(host);
	w->fd = fd;
	w->on_ready = on_ready;
	w->arg = arg;
	w->h->watches++;
	assert_int_equal(uv_poll_init(&w->h->loop, &w->poll, fd), 0);
	w->poll.data = w;
	host_watch_change(w, for_read, for_write);
	return w;
}

static void on_watch_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void host_watch_end(struct channel_watch *w)
{
	if (w == NULL)
		return;
	w->h->watches--;
	uv_poll_stop(&w->poll);
	uv_close((uv_handle_t *)&w->poll, on_watch_closed);
}

static void host_status_changed(struct channel_host *host)
{
	of(host)->status_changes++;
}

static void host_log(struct channel_host *host, int level, const char *event, const char *format,
		     ...)
{
	struct test_host *h = of(host);
	va_list args;
	char fields[300];
	(void)level;
	va_start(args, format);
	vsnprintf(fields, sizeof fields, format, args);
	va_end(args);
	snprintf(h->last_log, sizeof h->last_log, "%s %s", event, fields);
	if (strcmp(event, "lmtp.listening") == 0)
		h->lmtp_port = atoi(fields + strlen("port="));
	if (h->is_loud)
		printf("# %s\n", h->last_log);
}

/* ---- life ---- */

static const struct channel_host operations = {
	.id = "support-mail",
	.id_key = &id_key,
	.now = host_now,
	.inbound = host_inbound,
	.delivered = host_delivered,
	.release_held = host_release_held,
	.history = host_history,
	.blob = host_blob,
	.state = host_state,
	.state_save = host_state_save,
	.timer = host_timer,
	.timer_cancel = host_timer_cancel,
	.job = host_job,
	.watch = host_watch,
	.watch_change = host_watch_change,
	.watch_end = host_watch_end,
	.status_changed = host_status_changed,
	.log = host_log,
};

struct test_host *test_host_bare(const char *settings)
{
	struct test_host *h = NEW(struct test_host);
	struct usher_error err = {0};
	struct channel_values *values = NULL;
	h->host = operations;
	h->host.secret = TEXT(secret);
	h->driver = &email_driver;
	h->is_loud = getenv("TEST_LOUD") != NULL;
	snprintf(h->dir, sizeof h->dir, "/tmp/usher-test-XXXXXX");
	assert_non_null(mkdtemp(h->dir));
	h->host.data_dir = h->dir;
	if (channel_values_new(&values, h->driver->settings, text_of(settings), &err) < 0)
		fail_msg("%s", err.text);
	h->host.values = values;
	list_init(&h->timers);
	list_init(&h->laters);
	pthread_mutex_init(&h->blob_lock, NULL);
	uv_loop_init(&h->loop);
	uv_timer_init(&h->loop, &h->tick);
	h->tick.data = h;
	uv_timer_start(&h->tick, on_tick, 1, 5);
	return h;
}

int test_host_open(struct test_host *h, struct usher_error *reterr)
{
	return h->driver->open(&h->channel, &h->host, reterr);
}

struct test_host *test_host_new(const char *settings)
{
	struct test_host *h = test_host_bare(settings);
	struct usher_error err = {0};
	if (test_host_open(h, &err) < 0)
		fail_msg("%s", err.text);
	return h;
}

void test_host_close(struct test_host *h)
{
	h->channel = h->channel != NULL ? h->driver->close(h->channel) : NULL;
	assert_int_equal(h->watches, 0);
	assert_true(list_is_empty(&h->timers));
	while (h->jobs > 0)
		uv_run(&h->loop, UV_RUN_ONCE);
	run_laters(h);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void test_host_free(struct test_host *h)
{
	test_host_close(h);
	uv_close((uv_handle_t *)&h->tick, NULL);
	while (uv_run(&h->loop, UV_RUN_DEFAULT) != 0)
		;
	assert_int_equal(uv_loop_close(&h->loop), 0);
	channel_values_free((struct channel_values *)(uintptr_t)h->host.values);
	nftw(h->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	pthread_mutex_destroy(&h->blob_lock);
	buf_done(&h->state);
	arena_done(&h->arena);
	free(h);
}

void test_host_until(struct test_host *h, bool (*is_done)(struct test_host *h, void *arg),
		     void *arg, int ms)
{
	uint64_t end = uv_hrtime() + (uint64_t)ms * 1000000;
	while (!is_done(h, arg)) {
		if (uv_hrtime() > end)
			fail_msg("nothing after %d ms; last log: %s; status: %.*s", ms, h->last_log,
				 TEXT_ARG(test_host_status(h, NULL)));
		uv_run(&h->loop, UV_RUN_ONCE);
	}
}

static bool never(struct test_host *h, void *arg)
{
	(void)h;
	return uv_hrtime() > *(uint64_t *)arg;
}

void test_host_run(struct test_host *h, int ms)
{
	uint64_t end = uv_hrtime() + (uint64_t)ms * 1000000;
	test_host_until(h, never, &end, ms + 5000);
}

bool host_has_inbounds(struct test_host *h, void *arg)
{
	return h->inbound_count >= *(int *)arg && list_is_empty(&h->laters);
}

bool host_has_durable(struct test_host *h, void *arg)
{
	return h->durable_count >= *(int *)arg && list_is_empty(&h->laters);
}

bool host_has_deliveries(struct test_host *h, void *arg)
{
	return h->delivery_count >= *(int *)arg;
}

struct usher_text test_host_status(struct test_host *h, enum channel_health *ret)
{
	struct channel_status status = {0};
	if (h->channel != NULL)
		h->driver->status(h->channel, &status);
	if (ret != NULL)
		*ret = status.health;
	return arena_text(&h->arena, text_of(status.text));
}

int test_free_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	getsockname(fd, (struct sockaddr *)&a, &n);
	close(fd);
	return ntohs(a.sin_port);
}

int test_run(char *const argv[])
{
	pid_t pid;
	int status;
	posix_spawn_file_actions_t quiet;
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
	int code = posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&quiet);
	if (code != 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
