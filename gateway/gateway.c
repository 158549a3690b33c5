/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/gateway.h"

#include "gateway/api/api.h"
#include "gateway/auth.h"
#include "gateway/book.h"
#include "gateway/clock.h"
#include "gateway/config.h"
#include "gateway/directory.h"
#include "gateway/estimates.h"
#include "gateway/explain/explainer.h"
#include "gateway/figures.h"
#include "gateway/http/assets.h"
#include "gateway/http/fetch.h"
#include "gateway/http/http.h"
#include "gateway/kept.h"
#include "gateway/lines.h"
#include "gateway/live.h"
#include "gateway/log.h"
#include "gateway/opening.h"
#include "gateway/outbox.h"
#include "gateway/pages.h"
#include "gateway/presence.h"
#include "gateway/seed.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static struct clock process_clock; /* on the loop's thread, as the wall clock is one for all */

usher_us gateway_now(void)
{
	struct timeval now;
	gettimeofday(&now, NULL);
	return clock_advance(&process_clock, (usher_us)now.tv_sec * USHER_SECOND + now.tv_usec,
			     uv_hrtime());
}

void gateway_not_before(usher_us at)
{
	clock_not_before(&process_clock, at, uv_hrtime());
}

usher_id gateway_id(struct gateway *g, usher_us now)
{
	return id_next(&g->last_id, now);
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

/* The public address must be known before the server checks requests against it, so a free port is
 * found first; another process may take it meanwhile, which then is the ordinary fault. */
static void choose_port(struct config *config)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;
	int fd = config_listen_port(config) == 0 ? socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
	if (fd < 0)
		return;
	if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
	    getsockname(fd, (struct sockaddr *)&at, &n) == 0)
		config_set_port(config, ntohs(at.sin_port));
	close(fd);
}

static int open_http(struct gateway *g, struct usher_error *reterr)
{
	const char *hosts[32], *origins[64], *proxies[32];
	const char *certificate = config_tls_certificate(g->config);
	const char *key = config_tls_key(g->config);
	choose_port(g->config);
	split(&g->arena, config_allowed_hosts(g->config), hosts, 32);
	split(&g->arena, config_allowed_origins(g->config), origins, 64);
	split(&g->arena, config_trusted_proxies(g->config), proxies, 32);
	struct http_settings settings = {
		.address = config_listen_host(g->config),
		.port = (uint16_t)config_listen_port(g->config),
		.cert_path = certificate[0] != '\0' ? certificate : NULL,
		.key_path = key[0] != '\0' ? key : NULL,
		.public_url = config_public_url(g->config),
		.hosts = hosts,
		.origins = origins,
		.proxies = proxies,
		.connections_max = (size_t)config_connections_max(g->config),
		.connections_per_address_max = (size_t)config_connections_max(g->config),
	};
	return http_server_new(&g->http, g->loop, &settings, reterr);
}

int gateway_open(struct gateway *g, bool is_demo, struct usher_error *reterr)
{
	g->directory = directory_new();
	g->book = book_new(g);
	g->figures = figures_new(g);
	g->estimates = estimates_new(g);
	g->opening = opening_new(g);
	g->kept = kept_new(g);
	int code = engine_new(&g->engine, g, reterr);
	if (code == 0)
		code = auth_new(&g->auth, g, reterr);
	if (code == 0)
		code = open_http(g, reterr);
	if (code == 0)
		code = fetcher_new(&g->fetcher, g->loop, &(struct fetch_settings){0}, reterr);
	g->presence = presence_new(g);
	g->explainer = explainer_new(g);
	if (code == 0)
		code = live_new(&g->live, g, reterr);
	if (code < 0)
		return code;
	g->outbox = outbox_new(g);
	g->lines = lines_new(g);
	code = api_start(g, reterr);
	if (code == 0)
		code = pages_start(g, is_demo, reterr);
	if (code == 0)
		code = auth_write_control(g->auth, reterr);
	return code;
}

int gateway_start(struct gateway *g, struct usher_error *reterr)
{
	seed_begin(g);
	lines_refresh_all(g->lines);
	int code = outbox_start(g->outbox, reterr);
	if (code < 0)
		return code;
	presence_check_all(g->presence); /* nobody's console is connected yet */
	lines_tell_all(g->lines);
	log_event(LOG_LEVEL_INFO, "usher.started", "url=%s contacts=%zu journal=%s",
		  config_public_url(g->config), book_open_count(g->book),
		  store_driver_name(g->store));
	return 0;
}

/* ---- taking apart ------------------------------------------------------------------------------------------ */

#define FAREWELL_MS 1000 /* for what was said last to leave, and for the other side to hang up */
#define FAREWELL_LOOK_MS 10

struct closing {
	struct gateway *g;
	uv_timer_t *timer;
	int looks;
	void (*on_closed)(void *arg);
	void *arg;
};

static void on_timer_closed(uv_handle_t *timer)
{
	free(timer);
}

static void take_apart(struct closing *c)
{
	struct gateway *g = c->g;
	uv_close((uv_handle_t *)c->timer, on_timer_closed);
	g->explainer = explainer_free(g->explainer);
	g->http = http_server_free(g->http);
	g->fetcher = fetcher_free(g->fetcher);
	g->engine = engine_free(g->engine); /* what it ends with E_AGAIN still speaks to the others */
	g->opening = opening_free(g->opening);
	g->kept = kept_free(g->kept);
	g->live = live_free(g->live);
	g->presence = presence_free(g->presence);
	g->outbox = outbox_free(g->outbox);
	g->lines = lines_free(g->lines);
	c->on_closed(c->arg);
	free(c);
}

static void on_look(uv_timer_t *timer)
{
	struct closing *c = timer->data;
	c->looks++;
	if (http_server_connections(c->g->http) == 0 || c->looks * FAREWELL_LOOK_MS >= FAREWELL_MS)
		take_apart(c);
}

/* The channels have said good-bye in their own words; the rest is closed with 1012. */
static void on_lines_closed(void *arg)
{
	struct closing *c = arg;
	http_server_drain(c->g->http);
	uv_timer_start(c->timer, on_look, 0, FAREWELL_LOOK_MS);
}

static void on_engine_idle(void *arg)
{
	struct closing *c = arg;
	lines_close_all(c->g->lines, on_lines_closed, c);
}

void gateway_close(struct gateway *g, void (*on_closed)(void *arg), void *arg)
{
	struct closing *c = NEW(struct closing);
	*c = (struct closing){.g = g, .timer = NEW(uv_timer_t), .on_closed = on_closed, .arg = arg};
	uv_timer_init(g->loop, c->timer);
	c->timer->data = c;
	http_server_stop_listening(g->http);
	engine_drain(g->engine, on_engine_idle, c);
}

void gateway_done(struct gateway *g)
{
	http_assets_free(g->assets);
	auth_free(g->auth);
	figures_free(g->figures);
	estimates_free(g->estimates);
	book_free(g->book);
	directory_free(g->directory);
	arena_done(&g->arena);
}
