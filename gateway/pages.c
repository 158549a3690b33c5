/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages.h"

#include "gateway/book.h"
#include "gateway/config.h"
#include "gateway/directory.h"
#include "gateway/estimates.h"
#include "gateway/http/assets.h"
#include "gateway/http/http.h"
#include "gateway/kept.h"
#include "gateway/live.h"
#include "gateway/log.h"
#include "gateway/outbox.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- where the built browser code is ------------------------------------------------------------------ */

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The setting, else beside a program that was built but not installed, else the installed one. */
static struct usher_text find_folder(struct gateway *g)
{
	static const char *const beside[] = {"gateway/web/dist", "../gateway/web/dist"};
	char self[3800];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (config_web_dir(g->config)[0] != '\0')
		return text_of(config_web_dir(g->config));
	self[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(self, '/');
	for (size_t i = 0; slash != NULL && i < 2; i++) {
		struct usher_text path = arena_textf(&g->arena, "%.*s/%s", (int)(slash - self), self,
						     beside[i]);
		if (is_folder(path.p))
			return path;
	}
	return TEXT(USHER_DATA_DIR "/web");
}

/* ---- health -------------------------------------------------------------------------------------------------- */

static void on_live(struct http_exchange *x, const struct http_request *r, void *arg)
{
	(void)r;
	(void)arg;
	http_server_ops()->reply(x, 200, "text/plain; charset=utf-8", TEXT("alive\n"), NULL);
}

static void on_ready(struct http_exchange *x, const struct http_request *r, void *arg)
{
	struct gateway *g = arg;
	const char *reason;
	(void)r;
	if (engine_is_store_down(g->engine, &reason))
		http_server_ops()->problem(x, E_AGAIN, reason);
	else
		http_server_ops()->reply(x, 200, "text/plain; charset=utf-8", TEXT("ready\n"), NULL);
}

static void gauge(struct usher_buf *out, const char *name, const char *help, double value)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %.17g\n", name, help, name, name, value);
}

/* Slugs are [a-z0-9-]: they need no escaping. */
static void put_estimates(struct gateway *g, struct usher_buf *out)
{
	size_t n;
	const struct queue_row *const *queues = directory_queues(g->directory, &n);
	buf_adds(out, "# HELP usher_wait_announced_total Waiting times told to customers, by how they "
		      "turned out.\n# TYPE usher_wait_announced_total counter\n");
	for (size_t i = 0; i < n; i++) {
		struct estimator_coverage c;
		estimates_coverage(g->estimates, queues[i]->id, &c);
		const struct {
			const char *name;
			uint64_t value;
		} rows[] = {{"held", c.held}, {"shorter", c.shorter}, {"longer", c.longer}};
		for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
			buf_addf(out,
				 "usher_wait_announced_total{queue=\"%.*s\",outcome=\"%s\"} %llu\n",
				 TEXT_ARG(queues[i]->slug), rows[k].name,
				 (unsigned long long)rows[k].value);
	}
}

/* Names: ecosystem rules of Prometheus; only what costs nothing to know. */
static void on_metrics(struct http_exchange *x, const struct http_request *r, void *arg)
{
	struct gateway *g = arg;
	struct usher_buf out = {0};
	usher_us oldest = outbox_oldest(g->outbox);
	(void)r;
	gauge(&out, "usher_contacts_open", "Contacts that are not closed.",
	      (double)book_open_count(g->book));
	gauge(&out, "usher_live_connections", "Consoles and boards that are connected.",
	      (double)live_count(g->live));
	gauge(&out, "usher_outbox_pending", "Messages and commands that have not left yet.",
	      (double)outbox_count(g->outbox));
	gauge(&out, "usher_outbox_oldest_seconds", "Age of the oldest of them.",
	      oldest == USHER_NEVER ? 0.0 : (double)(gateway_now() - oldest) / 1e6);
	gauge(&out, "usher_store_up", "1 while the store takes writes.",
	      engine_is_store_down(g->engine, NULL) ? 0.0 : 1.0);
	gauge(&out, "usher_contacts_kept", "Contacts whose queue is closed or full, to be handed to it.",
	      (double)kept_count(g->kept));
	put_estimates(g, &out);
	buf_addf(&out,
		 "# HELP usher_commits_total Transactions committed since the start.\n"
		 "# TYPE usher_commits_total counter\nusher_commits_total %llu\n",
		 (unsigned long long)engine_commits(g->engine));
	http_server_ops()->reply(x, 200, "text/plain; version=0.0.4; charset=utf-8", buf_text(&out),
				 NULL);
	buf_done(&out);
}

static void on_root(struct http_exchange *x, const struct http_request *r, void *arg)
{
	static const char *const headers[] = {"Location: /console", NULL};
	(void)r;
	(void)arg;
	http_server_ops()->reply(x, 302, NULL, TEXT_NONE, headers);
}

static int add_routes(struct gateway *g, bool is_demo)
{
	const struct http_route routes[] = {
		{.method = "GET", .path = "/livez", .on_request = on_live},
		{.method = "GET", .path = "/readyz", .on_request = on_ready},
		{.method = "GET", .path = "/metrics", .on_request = on_metrics},
		{.method = "GET", .path = "/", .on_request = on_root},
	};
	for (size_t i = 0; i < sizeof routes / sizeof routes[0] - (is_demo ? 1 : 0); i++) {
		struct http_route route = routes[i];
		route.arg = g;
		int code = http_server_route(g->http, &route);
		if (code < 0)
			return code;
	}
	return 0;
}

static int add_pages(struct gateway *g, struct http_assets *a, bool is_demo)
{
	static const struct {
		const char *path, *file;
		enum http_policy policy;
	} pages[] = {
		{"/console", "console.html", HTTP_POLICY_VIDEO},
		{"/console/*", "console.html", HTTP_POLICY_VIDEO},
		{"/board", "board.html", HTTP_POLICY_PAGE},
		{"/setup", "setup.html", HTTP_POLICY_PAGE},
		{"/v/*", "video.html", HTTP_POLICY_VIDEO},
		{"/w/loader.js", "loader.js", HTTP_POLICY_EMBEDDED},
		{"/api/openapi.json", "openapi.json", HTTP_POLICY_PAGE},
		{"/", "demo.html", HTTP_POLICY_PAGE},
	};
	int code = http_assets_folder(a, g->http, "/assets/", HTTP_POLICY_EMBEDDED);
	for (size_t i = 0; code == 0 && i < sizeof pages / sizeof pages[0] - (is_demo ? 0 : 1); i++)
		code = http_assets_page(a, g->http, pages[i].path, pages[i].file, pages[i].policy);
	return code;
}

int pages_start(struct gateway *g, bool is_demo, struct usher_error *reterr)
{
	struct usher_text folder = find_folder(g);
	int code = http_assets_load(&g->assets, folder.p, reterr);
	if (code < 0)
		return code;
	code = add_routes(g, is_demo);
	if (code == 0)
		code = add_pages(g, g->assets, is_demo);
	return code < 0 ? usher_error_set(reterr, code, "pages: an address is taken twice") : 0;
}
