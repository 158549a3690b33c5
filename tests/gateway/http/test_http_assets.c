/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/assets.h"
#include "tests/gateway/http/client.h"
#include "tests/tap.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

static void put(const char *name, const char *text)
{
	char path[200];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void drop(const char *name)
{
	char path[200];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	(void)remove(path);
}

static const char *const names[] = {
	"console.html",
	"console-1A2B3C4D.js",
	"console-1A2B3C4D.js.gz",
	"loader.js",
	"chunk-QWERTYU2.js",
	"fonts/a.woff2",
	"manifest.json",
	".hidden",
	"lonely.gz",
	"fonts",
};

static int make_folder(void **state)
{
	char fonts[100];
	(void)state;
	strcpy(dir, "/tmp/usher-assets-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(fonts, sizeof(fonts), "%s/fonts", dir);
	mkdir(fonts, 0700);
	put("console.html", "<!doctype html><title>console</title>");
	put("console-1A2B3C4D.js", "console.log('a longer text than its other form')");
	put("console-1A2B3C4D.js.gz", "not really gzip");
	put("loader.js", "load()");
	put("chunk-QWERTYU2.js", "chunk()");
	put("fonts/a.woff2", "font");
	put(".hidden", "hidden");
	put("lonely.gz", "lonely");
	put("manifest.json", "{\"console.js\":\"console-1A2B3C4D.js\"}");
	return 0;
}

static int drop_folder(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		drop(names[i]);
	return rmdir(dir);
}

/* A server on a thread of its own, since all else here is blocking. */
struct running {
	pthread_t thread;
	uv_loop_t loop;
	uv_async_t stop;
	struct http_server *server;
	struct http_assets *assets;
	int port;
};

static void on_stop(uv_async_t *stop)
{
	struct running *r = stop->data;
	r->server = http_server_free(r->server);
	uv_close((uv_handle_t *)stop, NULL);
}

static void *run_loop(void *arg)
{
	struct running *r = arg;
	uv_run(&r->loop, UV_RUN_DEFAULT);
	return NULL;
}

static void start(struct running *r, const char *folder)
{
	struct http_settings settings = {.address = "127.0.0.1"};
	uv_loop_init(&r->loop);
	assert_int_equal(http_assets_load(&r->assets, folder, NULL), 0);
	assert_int_equal(http_server_new(&r->server, &r->loop, &settings, NULL), 0);
	r->port = http_server_port(r->server);
	assert_int_equal(http_assets_page(r->assets, r->server, "/console", "console.html",
					  HTTP_POLICY_PAGE),
			 0);
	assert_int_equal(http_assets_page(r->assets, r->server, "/console/*", "console.html",
					  HTTP_POLICY_PAGE),
			 0);
	assert_int_equal(http_assets_page(r->assets, r->server, "/console", "console.html",
					  HTTP_POLICY_PAGE),
			 E_EXISTS);
	assert_int_equal(
		http_assets_page(r->assets, r->server, "/v/*", "console.html", HTTP_POLICY_VIDEO),
		0);
	assert_int_equal(http_assets_page(r->assets, r->server, "/w/loader.js", "loader.js",
					  HTTP_POLICY_EMBEDDED),
			 0);
	assert_int_equal(
		http_assets_page(r->assets, r->server, "/by-name", "console.js", HTTP_POLICY_PAGE),
		0);
	assert_int_equal(http_assets_folder(r->assets, r->server, "/assets/", HTTP_POLICY_EMBEDDED),
			 0);
	uv_async_init(&r->loop, &r->stop, on_stop);
	r->stop.data = r;
	pthread_create(&r->thread, NULL, run_loop, r);
}

static void stop(struct running *r)
{
	uv_async_send(&r->stop);
	pthread_join(r->thread, NULL);
	assert_int_equal(uv_loop_close(&r->loop), 0);
	r->assets = http_assets_free(r->assets);
}

static struct client_answer ask(struct client *c, const char *path, const char *more)
{
	client_sayf(c, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, more);
	return client_answer(c);
}

static bool header_is(const struct client_answer *a, const char *name, const char *value)
{
	return text_equal(client_header(a, name), text_of(value));
}

static void test_pages(void **state)
{
	struct running r;
	struct client c;
	(void)state;
	start(&r, dir);
	client_open(&c, r.port);
	struct client_answer a = ask(&c, "/console/c/C-1042", "");
	assert_int_equal(a.status, 200);
	assert_true(header_is(&a, "Content-Type", "text/html; charset=utf-8"));
	assert_true(header_is(&a, "Cache-Control", "no-cache"));
	assert_true(header_is(&a, "X-Content-Type-Options", "nosniff"));
	assert_true(header_is(&a, "Cross-Origin-Resource-Policy", "same-origin"));
	struct usher_text csp = client_header(&a, "Content-Security-Policy");
	assert_non_null(memmem(csp.p, csp.n, "script-src 'self'", 17));
	assert_non_null(memmem(csp.p, csp.n, "frame-ancestors 'none'", 22));
	assert_null(memmem(csp.p, csp.n, "unsafe", 6));
	struct usher_text permissions = client_header(&a, "Permissions-Policy");
	assert_non_null(memmem(permissions.p, permissions.n, "camera=()", 9));
	a = ask(&c, "/v/ticket", "");
	permissions = client_header(&a, "Permissions-Policy");
	assert_non_null(memmem(permissions.p, permissions.n,
			       "camera=(self), microphone=(self), display-capture=(self)", 56));
	a = ask(&c, "/w/loader.js", "Origin: https://shop.example\r\n");
	assert_true(header_is(&a, "Cross-Origin-Resource-Policy", "cross-origin"));
	assert_true(header_is(&a, "Access-Control-Allow-Origin", "*"));
	assert_true(header_is(&a, "Cache-Control", "no-cache"));
	client_close(&c);
	stop(&r);
}

static void test_hashed_files_and_gzip(void **state)
{
	struct running r;
	struct client c;
	(void)state;
	start(&r, dir);
	client_open(&c, r.port);
	struct client_answer a = ask(&c, "/assets/console-1A2B3C4D.js", "");
	assert_int_equal(a.status, 200);
	assert_true(header_is(&a, "Cache-Control", "public, max-age=31536000, immutable"));
	assert_true(header_is(&a, "Vary", "Accept-Encoding"));
	assert_true(text_starts(a.body, TEXT("console.log")));
	assert_int_equal(client_header(&a, "Content-Encoding").n, 0);
	a = ask(&c, "/assets/console-1A2B3C4D.js", "Accept-Encoding: br, gzip;q=0.5\r\n");
	assert_true(header_is(&a, "Content-Encoding", "gzip"));
	assert_true(text_equal(a.body, TEXT("not really gzip")));
	a = ask(&c, "/assets/console-1A2B3C4D.js", "Accept-Encoding: gzip;q=0, x-gzip\r\n");
	assert_int_equal(client_header(&a, "Content-Encoding").n, 0);
	a = ask(&c, "/by-name", "");
	assert_true(header_is(&a, "Cache-Control", "public, max-age=31536000, immutable"));
	a = ask(&c, "/assets/chunk-QWERTYU2.js", "");
	assert_true(header_is(&a, "Cache-Control", "public, max-age=31536000, immutable"));
	a = ask(&c, "/assets/fonts/a.woff2", "");
	assert_true(header_is(&a, "Content-Type", "font/woff2"));
	static const char *const missing[] = {"/assets/",
					      "/assets/.hidden",
					      "/assets/fonts",
					      "/assets/x.js",
					      "/assets/console-1A2B3C4D.js.gz",
					      "/assets/console-1A2B3C4D.j"};
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		assert_int_equal(ask(&c, missing[i], "").status, 404);
	assert_int_equal(ask(&c, "/assets/lonely.gz", "").status, 200);
	assert_int_equal(ask(&c, "/assets/%2e%2e/x", "").status, 400);
	client_close(&c);
	stop(&r);
}

static void test_etags(void **state)
{
	struct running r;
	struct client c;
	char etag[100], line[300];
	(void)state;
	start(&r, dir);
	client_open(&c, r.port);
	struct client_answer a = ask(&c, "/console", "");
	snprintf(etag, sizeof(etag), "%.*s", TEXT_ARG(client_header(&a, "ETag")));
	assert_int_equal(strlen(etag), 34);
	static const char *const hits[] = {"%s", "\"x\", %s", "W/%s", "*"};
	for (int i = 0; i < 4; i++) {
		char value[200];
		snprintf(value, sizeof(value), hits[i], etag);
		snprintf(line, sizeof(line), "If-None-Match: %s\r\n", value);
		a = ask(&c, "/console", line);
		assert_int_equal(a.status, 304);
		assert_int_equal(a.body.n, 0);
		assert_true(header_is(&a, "ETag", etag));
	}
	a = ask(&c, "/console", "If-None-Match: \"other\"\r\n");
	assert_int_equal(a.status, 200);
	a = ask(&c, "/assets/console-1A2B3C4D.js", "Accept-Encoding: gzip\r\n");
	struct usher_text zipped = client_header(&a, "ETag");
	assert_true(zipped.n > 4 && memcmp(zipped.p + zipped.n - 4, "-gz\"", 4) == 0);
	client_close(&c);
	stop(&r);
}

static void test_missing_folder(void **state)
{
	struct running r;
	struct client c;
	(void)state;
	start(&r, "/nonexistent/folder");
	client_open(&c, r.port);
	struct client_answer a = ask(&c, "/console", "");
	assert_int_equal(a.status, 503);
	assert_non_null(memmem(a.body.p, a.body.n, "has not been built", 18));
	client_close(&c);
	stop(&r);
}

static void test_bad_manifest(void **state)
{
	static const char *const bad[] = {"[]", "{", "{\"a.js\":\"gone.js\"}", "{\"a.js\":1}"};
	struct http_assets *assets = NULL;
	struct usher_error error;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put("manifest.json", bad[i]);
		assert_int_equal(http_assets_load(&assets, dir, &error), E_INVALID);
		assert_non_null(strstr(error.text, "manifest.json"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),	     cmocka_unit_test(test_hashed_files_and_gzip),
		cmocka_unit_test(test_etags),	     cmocka_unit_test(test_missing_folder),
		cmocka_unit_test(test_bad_manifest),
	};
	return cmocka_run_group_tests_name("http assets", tests, make_folder, drop_folder);
}
