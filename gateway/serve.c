/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/serve.h"

#include "gateway/api/api.h"
#include "gateway/auth.h"
#include "gateway/book.h"
#include "gateway/directory.h"
#include "gateway/figures.h"
#include "gateway/http/assets.h"
#include "gateway/http/fetch.h"
#include "gateway/http/http.h"
#include "gateway/lines.h"
#include "gateway/live.h"
#include "gateway/log.h"
#include "gateway/outbox.h"
#include "gateway/pages.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_MAX_MS 10000

usher_us gateway_now(void)
{
	struct timeval now;
	gettimeofday(&now, NULL);
	return (usher_us)now.tv_sec * USHER_SECOND + now.tv_usec;
}

usher_id gateway_id(struct gateway *g, usher_us now)
{
	return id_next(&g->last_id, now);
}

struct serving {
	struct gateway g;
	struct config *config;
	const struct serve_options *options;
	uv_signal_t terminate, interrupt;
	uv_timer_t drain;
	bool is_ending;
};

/* ---- presence after a restart: nobody's console is connected yet ------------------------------------- */

struct lost {
	usher_id *agents;
	size_t count, space;
};

static void note_present(const struct routing_agent_view *view, void *arg)
{
	struct lost *lost = arg;
	if (view->state == AGENT_SIGNED_OUT || view->state == AGENT_LOST)
		return;
	if (lost->count == lost->space) {
		lost->space = lost->space == 0 ? 64 : lost->space * 2;
		lost->agents = memory_resize(lost->agents, lost->space * sizeof *lost->agents);
	}
	lost->agents[lost->count++] = view->agent;
}

static void apply_lost(struct turn *t, void *arg)
{
	struct lost *lost = arg;
	routing_each_agent(engine_routing(t->g->engine), note_present, lost);
	for (size_t i = 0; i < lost->count; i++) {
		struct routing_event ev = {.kind = EV_PRESENCE_LOST};
		ev.presence.agent = lost->agents[i];
		int code = turn_route(t, &ev);
		(void)code; /* already lost */
	}
}

static void free_lost(int code, void *arg)
{
	struct lost *lost = arg;
	(void)code;
	free(lost->agents);
	free(lost);
}

/* ---- putting together ------------------------------------------------------------------------------------ */

static int split(struct arena *a, const char *words, const char **ret, int max)
{
	struct usher_text rest = text_of(words);
	int n = 0;
	while (rest.n > 0 && n < max - 1) {
		struct usher_text word = text_trim(text_cut(&rest, ' '));
		if (word.n > 0)
			ret[n++] = arena_string(a, word);
	}
	ret[n] = NULL;
	return n;
}

static int open_http(struct serving *s, struct usher_error *reterr)
{
	struct gateway *g = &s->g;
	const char *hosts[32], *origins[64], *proxies[32];
	const char *certificate = config_tls_certificate(s->config);
	const char *key = config_tls_key(s->config);
	split(&g->arena, config_allowed_hosts(s->config), hosts, 32);
	split(&g->arena, config_allowed_origins(s->config), origins, 64);
	split(&g->arena, config_trusted_proxies(s->config), proxies, 32);
	struct http_settings settings = {
		.address = config_listen_host(s->config),
		.port = (uint16_t)config_listen_port(s->config),
		.cert_path = certificate[0] != '\0' ? certificate : NULL,
		.key_path = key[0] != '\0' ? key : NULL,
		.public_url = config_public_url(s->config),
		.hosts = hosts,
		.origins = origins,
		.proxies = proxies,
		.connections_max = (size_t)config_connections_max(s->config),
		.connections_per_address_max = (size_t)config_connections_max(s->config),
	};
	int code = http_server_new(&g->http, g->loop, &settings, reterr);
	if (code == 0)
		config_set_port(s->config, http_server_port(g->http));
	return code;
}

static int open_parts(struct serving *s, struct usher_error *reterr)
{
	struct gateway *g = &s->g;
	g->directory = directory_new();
	g->book = book_new(g);
	g->figures = figures_new(g);
	int code = engine_new(&g->engine, g, reterr);
	if (code == 0)
		code = auth_new(&g->auth, g, reterr);
	if (code == 0)
		code = open_http(s, reterr);
	if (code == 0)
		code = fetcher_new(&g->fetcher, g->loop, &(struct fetch_settings){0}, reterr);
	if (code == 0)
		code = live_new(&g->live, g, reterr);
	if (code < 0)
		return code;
	g->outbox = outbox_new(g);
	g->lines = lines_new(g);
	code = api_start(g, reterr);
	if (code == 0)
		code = pages_start(g, s->options->is_demo, reterr);
	if (code == 0)
		code = auth_write_control(g->auth, reterr);
	return code;
}

static int start(struct serving *s, struct usher_error *reterr)
{
	struct gateway *g = &s->g;
	lines_refresh_all(g->lines);
	int code = outbox_start(g->outbox, reterr);
	if (code < 0)
		return code;
	engine_submit(g->engine, apply_lost, free_lost, NEW(struct lost));
	log_event(LOG_LEVEL_INFO, "usher.started", "url=%s contacts=%zu journal=%s",
		  config_public_url(s->config), book_open_count(g->book),
		  store_driver_name(g->store));
	if (s->options->on_ready != NULL)
		s->options->on_ready(g, s->options->arg);
	return 0;
}

/* ---- taking apart ------------------------------------------------------------------------------------------ */

static void free_parts(struct serving *s)
{
	struct gateway *g = &s->g;
	g->http = http_server_free(g->http);
	g->fetcher = fetcher_free(g->fetcher);
	g->live = live_free(g->live);
	g->outbox = outbox_free(g->outbox);
	g->lines = lines_free(g->lines);
	g->engine = engine_free(g->engine);
	uv_close((uv_handle_t *)&s->terminate, NULL);
	uv_close((uv_handle_t *)&s->interrupt, NULL);
	uv_close((uv_handle_t *)&s->drain, NULL);
}

static void on_lines_closed(void *arg)
{
	free_parts(arg);
}

static void on_engine_idle(void *arg)
{
	struct serving *s = arg;
	lines_close_all(s->g.lines, on_lines_closed, s);
}

/* What is committed is safe; what hangs is not worth waiting for. */
static void on_drain_timeout(uv_timer_t *timer)
{
	(void)timer;
	log_event(LOG_LEVEL_WARN, "usher.stopped", "clean=no reason=\"a channel did not end in time\"");
	_exit(0);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct serving *s = handle->data;
	if (s->is_ending)
		_exit(0); /* asked twice: now */
	s->is_ending = true;
	log_event(LOG_LEVEL_INFO, "usher.stopping", "signal=%d", number);
	http_server_drain(s->g.http);
	uv_timer_start(&s->drain, on_drain_timeout, DRAIN_MAX_MS, 0);
	engine_drain(s->g.engine, on_engine_idle, s);
}

static void listen_for_signals(struct serving *s)
{
	uv_signal_init(s->g.loop, &s->terminate);
	uv_signal_init(s->g.loop, &s->interrupt);
	uv_timer_init(s->g.loop, &s->drain);
	s->terminate.data = s->interrupt.data = s;
	uv_signal_start(&s->terminate, on_signal, SIGTERM);
	uv_signal_start(&s->interrupt, on_signal, SIGINT);
}

static int fail(const struct usher_error *err)
{
	fprintf(stderr, "usher: %s\n", err->text);
	return err->code == E_INVALID ? 78 : 1;
}

int serve_run(struct config *config, const struct serve_options *options)
{
	uv_loop_t loop;
	struct usher_error err = {0};
	struct serving *s = NEW(struct serving);
	s->config = config;
	s->options = options;
	s->g.config = config;
	s->g.lock_fd = -1;
	s->g.loop = &loop;
	log_set_level(config_log_level(config));
	signal(SIGPIPE, SIG_IGN);
	setenv("UV_THREADPOOL_SIZE", "16", 0); /* mail and hashing must not hold up each other */
	if (config_zone(config)[0] != '\0')
		setenv("TZ", config_zone(config), 1);
	tzset();
	uv_loop_init(&loop);
	int code = serve_open_store(&s->g, config, &err);
	if (code == 0)
		code = open_parts(s, &err);
	if (code == 0) {
		listen_for_signals(s);
		code = start(s, &err);
	}
	if (code < 0) /* the parts are not unwound: the process ends here, nothing was promised */
		return fail(&err);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	http_assets_free(s->g.assets);
	auth_free(s->g.auth);
	figures_free(s->g.figures);
	book_free(s->g.book);
	directory_free(s->g.directory);
	serve_close_store(&s->g);
	log_event(LOG_LEVEL_INFO, "usher.stopped", "clean=yes");
	arena_done(&s->g.arena);
	free(s);
	return 0;
}
