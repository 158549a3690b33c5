/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gateway/http/fixture.h"

#include "gateway/log.h"
#include "gateway/metrics.h"
#include "routing/base/memory.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAIRS_MAX 20000
#define FANS_MAX 5000

struct site {
	uv_loop_t loop;
	uv_poll_t stop;
	struct http_server *server;
	struct metrics metrics;
	int opened, closed, late_gone;
	char *large;
	struct ws_peer *agents[PAIRS_MAX];
	struct ws_peer *fans[FANS_MAX];
	int fan_count;
	struct http_exchange *never[16];
	int never_count;
};

struct session {
	struct site *site;
	struct ws_peer **place; /* where the site points at it; may be NULL */
	int pair;
	bool is_upper, is_fan;
};

#define OPS http_server_ops()

static void reply_text(struct http_exchange *x, const char *text)
{
	OPS->reply(x, 200, "text/plain", text_of(text), NULL);
}

static void on_hello(struct http_exchange *x, const struct http_request *r, void *arg)
{
	(void)r, (void)arg;
	reply_text(x, "hello");
}

static void on_any(struct http_exchange *x, const struct http_request *r, void *arg)
{
	(void)arg;
	OPS->reply(x, 200, "text/plain", r->method, NULL);
}

static void on_echo(struct http_exchange *x, const struct http_request *r, void *arg)
{
	struct usher_buf out = {0};
	(void)arg;
	buf_addf(&out, "path=%.*s query=%.*s peer=%.*s secure=%d sig=%.*s type=%.*s\n",
		 TEXT_ARG(r->path), TEXT_ARG(r->query), TEXT_ARG(r->peer), r->is_secure,
		 TEXT_ARG(r->headers[0]), TEXT_ARG(r->content_type));
	buf_add_text(&out, r->body);
	OPS->reply(x, 200, "application/octet-stream", buf_text(&out), NULL);
	buf_done(&out);
}

static void on_big(struct http_exchange *x, const struct http_request *r, void *arg)
{
	char text[64];
	unsigned sum = 0;
	(void)arg;
	for (size_t i = 0; i < r->body.n; i++)
		sum = sum * 31 + (unsigned char)r->body.p[i];
	snprintf(text, sizeof(text), "%zu %u", r->body.n, sum);
	reply_text(x, text);
}

static void on_late_closed(uv_handle_t *timer)
{
	free(timer);
}

static void on_late_time(uv_timer_t *timer)
{
	reply_text(timer->data, "late");
	uv_close((uv_handle_t *)timer, on_late_closed);
}

static void on_late(struct http_exchange *x, const struct http_request *r, void *arg)
{
	struct site *site = arg;
	uv_timer_t *timer = NEW(uv_timer_t);
	(void)r;
	uv_timer_init(&site->loop, timer);
	timer->data = x;
	uv_timer_start(timer, on_late_time, 50, 0);
}

static void on_never(struct http_exchange *x, const struct http_request *r, void *arg)
{
	struct site *site = arg;
	(void)r;
	if (site->never_count < 16)
		site->never[site->never_count++] = x;
	else
		reply_text(x, "full");
}

static void on_large(struct http_exchange *x, const struct http_request *r, void *arg)
{
	struct site *site = arg;
	(void)r;
	OPS->reply(x, 200, "text/plain", text_slice(site->large, 8 << 20), NULL);
}

static void on_tail(struct http_exchange *x, const struct http_request *r, void *arg)
{
	(void)arg;
	OPS->reply(x, 200, "text/plain", r->tail, NULL);
}

static void on_problem(struct http_exchange *x, const struct http_request *r, void *arg)
{
	uint64_t code = 0;
	(void)arg;
	if (text_to_u64(r->query, &code) != 0)
		code = 0;
	OPS->problem(x, -(int)code, "Said \"so\".");
}

static void on_bad_header(struct http_exchange *x, const struct http_request *r, void *arg)
{
	const char *headers[] = {"X-Name: a\r\nSet-Cookie: b", NULL};
	(void)r, (void)arg;
	OPS->reply(x, 200, "text/plain", TEXT("never"), headers);
}

static void on_override(struct http_exchange *x, const struct http_request *r, void *arg)
{
	const char *headers[] = {"Cache-Control: max-age=5", "X-More: yes", NULL};
	(void)r, (void)arg;
	OPS->reply(x, 200, "text/plain", TEXT("o"), headers);
}

static void on_stats(struct http_exchange *x, const struct http_request *r, void *arg)
{
	struct site *site = arg;
	struct usher_buf out = {0};
	(void)r;
	buf_addf(&out, "%d %d\n", site->opened, site->closed);
	metrics_write(&site->metrics, &out);
	OPS->reply(x, 200, "text/plain", buf_text(&out), NULL);
	buf_done(&out);
}

static void on_hook(struct http_exchange *x, const struct http_request *r, void *arg)
{
	(void)r, (void)arg;
	reply_text(x, "ok");
}

static struct session *open_session(struct site *site, struct ws_peer **place)
{
	struct session *s = NEW(struct session);
	s->site = site;
	s->place = place;
	site->opened++;
	return s;
}

static void *on_open_echo(struct ws_peer *peer, const struct http_request *r, void *arg)
{
	(void)peer, (void)r;
	return open_session(arg, NULL);
}

static void *on_open_upper(struct ws_peer *peer, const struct http_request *r, void *arg)
{
	struct session *s = open_session(arg, NULL);
	(void)r;
	s->is_upper = true;
	(void)OPS->send(peer, TEXT("HELLO"));
	return s;
}

static void *on_open_refuse(struct ws_peer *peer, const struct http_request *r, void *arg)
{
	(void)r, (void)arg;
	(void)OPS->send(peer, TEXT("never"));
	return NULL;
}

static void *on_open_fan(struct ws_peer *peer, const struct http_request *r, void *arg)
{
	struct site *site = arg;
	(void)r;
	if (site->fan_count == FANS_MAX)
		return NULL;
	struct session *s = open_session(site, NULL);
	s->is_fan = true;
	site->fans[site->fan_count++] = peer;
	return s;
}

static void *on_open_pair(struct ws_peer *peer, const struct http_request *r, void *arg)
{
	struct site *site = arg;
	uint64_t pair;
	if (text_to_u64(r->tail, &pair) != 0 || pair >= PAIRS_MAX)
		return NULL;
	bool is_agent = text_starts(r->path, TEXT("/a/"));
	struct session *s = open_session(site, is_agent ? &site->agents[pair] : NULL);
	if (is_agent)
		site->agents[pair] = peer;
	s->pair = (int)pair;
	return s;
}

static void fan_out(struct site *site, struct usher_text message)
{
	struct ws_frame *frame = ws_frame_new(message);
	for (int i = 0; i < site->fan_count; i++)
		(void)http_ws_send_frame(site->fans[i], frame);
	ws_frame_unref(frame);
}

static bool obey(struct site *site, struct ws_peer *peer, struct usher_text message)
{
	char text[40] = "";
	memcpy(text, message.p, message.n < 39 ? message.n : 39);
	if (strncmp(text, "close ", 6) == 0) {
		(void)OPS->send(peer, TEXT("last words"));
		OPS->close(peer, atoi(text + 6), "as you wish");
		return true;
	}
	if (strncmp(text, "flood ", 6) == 0) {
		for (int i = atoi(text + 6);
		     i > 0 && OPS->send(peer, text_slice(site->large, 4096)) == 0;)
			i--;
		return true;
	}
	if (strcmp(text, "drop-route") == 0) {
		http_server_ws_route_remove(site->server, "/ws", "other.v1");
		return true;
	}
	return false;
}

static void on_message(struct ws_peer *peer, void *session, struct usher_text message)
{
	struct session *s = session;
	if (s->is_fan) {
		fan_out(s->site, message);
		return;
	}
	if (obey(s->site, peer, message))
		return;
	if (!s->is_upper) {
		(void)OPS->send(peer, message);
		return;
	}
	char *copy = memory_copy(message);
	for (char *p = copy; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	(void)OPS->send(peer, text_of(copy));
	free(copy);
}

static void on_pair_message(struct ws_peer *peer, void *session, struct usher_text message)
{
	struct session *s = session;
	struct ws_peer *agent = s->site->agents[s->pair];
	if (agent != NULL && agent != peer)
		(void)OPS->send(agent, message);
}

static void on_close(struct ws_peer *peer, void *session)
{
	struct session *s = session;
	struct site *site = s->site;
	site->closed++;
	if (s->place != NULL && *s->place == peer)
		*s->place = NULL;
	for (int i = 0; s->is_fan && i < site->fan_count; i++)
		if (site->fans[i] == peer)
			site->fans[i] = site->fans[--site->fan_count];
	free(s);
}

static void must(int code)
{
	if (code != 0)
		abort();
}

static void add_routes(struct site *site)
{
	const struct http_route routes[] = {
		{"GET", "/hello", 0, {NULL}, on_hello, site},
		{"*", "/any", 100, {NULL}, on_any, site},
		{"POST", "/echo", 65536, {"x-signature", NULL}, on_echo, site},
		{"GET", "/echo", 0, {"x-signature", NULL}, on_echo, site},
		{"POST", "/big", 4 << 20, {NULL}, on_big, site},
		{"GET", "/late", 0, {NULL}, on_late, site},
		{"GET", "/never", 0, {NULL}, on_never, site},
		{"GET", "/large", 0, {NULL}, on_large, site},
		{"GET", "/tail/*", 0, {NULL}, on_tail, site},
		{"GET", "/problem", 0, {NULL}, on_problem, site},
		{"GET", "/badheader", 0, {NULL}, on_bad_header, site},
		{"GET", "/override", 0, {NULL}, on_override, site},
		{"GET", "/stats", 0, {NULL}, on_stats, site},
		{"POST", "/hook", 65536, {"x-hub-signature-256", NULL}, on_hook, site},
	};
	const struct ws_route sockets[] = {
		{"/ws", "echo.v1", 65536, 262144, false, on_open_echo, on_message, on_close, site},
		{"/ws", "other.v1", 65536, 262144, false, on_open_upper, on_message, on_close,
		 site},
		{"/origin", "echo.v1", 65536, 262144, true, on_open_echo, on_message, on_close,
		 site},
		{"/refuse", "echo.v1", 65536, 262144, false, on_open_refuse, on_message, on_close,
		 site},
		{"/fan", "echo.v1", 65536, 262144, false, on_open_fan, on_message, on_close, site},
		{"/c/*", "relay.v1", 65536, 262144, false, on_open_pair, on_pair_message, on_close,
		 site},
		{"/a/*", "relay.v1", 65536, 262144, false, on_open_pair, on_pair_message, on_close,
		 site},
	};
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		must(http_server_route(site->server, &routes[i]));
	for (size_t i = 0; i < sizeof(sockets) / sizeof(sockets[0]); i++)
		must(http_server_ws_route(site->server, &sockets[i]));
}

static void on_stop(uv_poll_t *stop, int status, int events)
{
	struct site *site = stop->data;
	char command;
	(void)status, (void)events;
	if (read(stop->io_watcher.fd, &command, 1) == 1) {
		http_server_drain(site->server);
		return;
	}
	site->server = http_server_free(site->server);
	for (int i = 0; i < site->never_count; i++)
		reply_text(site->never[i], "after the end");
	uv_close((uv_handle_t *)stop, NULL);
}

int fixture_run(const struct http_settings *given, int port_fd, int stop_fd)
{
	struct site *site = NEW(struct site);
	struct usher_error error = {0};
	struct http_settings settings = *given;
	signal(SIGPIPE, SIG_IGN);
	metrics_init(&site->metrics);
	settings.metrics = &site->metrics;
	site->large = memory_new(8 << 20);
	memset(site->large, 'x', 8 << 20);
	uv_loop_init(&site->loop);
	if (http_server_new(&site->server, &site->loop, &settings, &error) != 0) {
		fprintf(stderr, "%s\n", error.text);
		return 2;
	}
	add_routes(site);
	int port = http_server_port(site->server);
	if (write(port_fd, &port, sizeof(port)) != sizeof(port))
		return 3;
	uv_poll_init(&site->loop, &site->stop, stop_fd);
	site->stop.data = site;
	uv_poll_start(&site->stop, UV_READABLE, on_stop);
	uv_run(&site->loop, UV_RUN_DEFAULT);
	int result = uv_loop_close(&site->loop) != 0 ? 4 : site->opened != site->closed ? 5 : 0;
	metrics_done(&site->metrics);
	free(site->large);
	free(site);
	return result;
}

void fixture_start(struct fixture *f, const struct http_settings *settings)
{
	int port_pipe[2], stop_pipe[2];
	must(pipe(port_pipe));
	must(pipe(stop_pipe));
	fflush(NULL);
	f->pid = fork();
	if (f->pid == 0) {
		close(port_pipe[0]);
		close(stop_pipe[1]);
		exit(fixture_run(settings, port_pipe[1], stop_pipe[0]));
	}
	close(port_pipe[1]);
	close(stop_pipe[0]);
	f->stop_fd = stop_pipe[1];
	f->port = 0;
	if (read(port_pipe[0], &f->port, sizeof(f->port)) != sizeof(f->port))
		f->port = 0;
	close(port_pipe[0]);
}

int fixture_stop(struct fixture *f)
{
	int status = 0;
	close(f->stop_fd);
	waitpid(f->pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}
