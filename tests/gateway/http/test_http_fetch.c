/* SPDX-License-Identifier: Apache-2.0 */
/* Outgoing requests against the fixture and against servers that misbehave. */
#include "gateway/http/fetch.h"
#include "tests/gateway/http/client.h"
#include "tests/gateway/http/fixture.h"
#include "tests/tap.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct fixture site;

static int start(void **state)
{
	static const struct http_settings usual = {.address = "127.0.0.1"};
	(void)state;
	fixture_start(&site, &usual);
	return site.port > 0 ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	return fixture_stop(&site);
}

struct result {
	int count, status;
	struct usher_buf body;
	char reason[200];
	struct fetcher **free_then; /* freed from inside the callback */
};

static void on_done(int status, struct usher_text body, const char *reason, void *arg)
{
	struct result *r = arg;
	r->count++;
	r->status = status;
	buf_clear(&r->body);
	buf_add_text(&r->body, body);
	snprintf(r->reason, sizeof(r->reason), "%s", reason != NULL ? reason : "");
	if (r->free_then != NULL)
		*r->free_then = fetcher_free(*r->free_then);
}

static struct http_fetch get(char *url, size_t space, const char *path)
{
	snprintf(url, space, "http://127.0.0.1:%d%s", site.port, path);
	return (struct http_fetch){.method = "GET",
				   .url = url,
				   .timeout_us = 2 * USHER_SECOND,
				   .answer_max = 1 << 20,
				   .may_reach_private = true};
}

/* Runs one request to its end in a loop of its own. */
static void run(const struct http_fetch *fetch, struct result *r)
{
	uv_loop_t loop;
	struct fetcher *f = NULL;
	struct fetch_settings settings = {0};
	memset(r, 0, sizeof(*r));
	uv_loop_init(&loop);
	assert_int_equal(fetcher_new(&f, &loop, &settings, NULL), 0);
	fetcher_fetch(f, fetch, on_done, r);
	assert_int_equal(r->count, 0); /* never before it returns */
	for (int i = 0; i < 10000 && r->count == 0; i++)
		uv_run(&loop, UV_RUN_ONCE);
	assert_int_equal(r->count, 1);
	f = fetcher_free(f);
	assert_null(f);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void test_plain_requests(void **state)
{
	char url[200];
	struct result r;
	(void)state;
	struct http_fetch f = get(url, sizeof(url), "/hello");
	run(&f, &r);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.body.p, "hello");
	buf_done(&r.body);
	f = get(url, sizeof(url), "/nothing");
	run(&f, &r);
	assert_int_equal(r.status, 404);
	assert_non_null(strstr(r.body.p, "not-found"));
	buf_done(&r.body);
	f = get(url, sizeof(url), "/echo?x=1");
	f.method = "POST";
	f.body = TEXT("a\0b");
	f.content_type = "application/json";
	f.headers[0] = "X-Signature: abc";
	run(&f, &r);
	assert_int_equal(r.status, 200);
	static const char seen[] =
		"path=/echo query=x=1 peer=127.0.0.1 secure=0 sig=abc type=application/json\na\0b";
	assert_int_equal(r.body.n, sizeof(seen) - 1);
	assert_memory_equal(r.body.p, seen, sizeof(seen) - 1);
	buf_done(&r.body);
	static const char *const methods[] = {"PUT", "DELETE", "PATCH", "POST"};
	for (int i = 0; i < 4; i++) {
		f = get(url, sizeof(url), "/any");
		f.method = methods[i];
		if (i == 2)
			f.body = TEXT("x");
		run(&f, &r);
		assert_int_equal(r.status, 200);
		assert_string_equal(r.body.p, methods[i]);
		buf_done(&r.body);
	}
}

static void refused(struct http_fetch *f, const char *why)
{
	struct result r;
	run(f, &r);
	if (r.status != 0 || strstr(r.reason, why) == NULL)
		fail_msg("%s: %d %s", f->url, r.status, r.reason);
	buf_done(&r.body);
}

static void test_private_addresses(void **state)
{
	static const char *const forms[] = {
		"http://127.0.0.1:%d/hello",
		"http://localhost:%d/hello",
		"http://127.1:%d/hello",
		"http://2130706433:%d/hello",
		"http://0x7f000001:%d/hello",
		"http://0177.0.0.1:%d/hello",
		"http://0:%d/hello",
		"http://0.0.0.0:%d/hello",
		"http://[::1]:%d/hello",
		"http://[::ffff:127.0.0.1]:%d/hello",
		"http://[::]:%d/hello",
		"http://127.0.0.1.:%d/hello",
		"http://user:pass@127.0.0.1:%d/hello",
		"http://[::ffff:7f00:1]:%d/hello",
		"http://10.255.255.1:%d/",
		"http://192.168.255.1:%d/",
		"http://169.254.169.254:%d/latest/",
		"http://[fe80::1]:%d/",
		"http://[fd00::1]:%d/",
		"http://100.64.0.1:%d/",
		"http://172.16.0.1:%d/",
		"http://[64:ff9b::7f00:1]:%d/",
		"http://[2002:7f00:1::]:%d/",
	};
	char url[200];
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct http_fetch f = get(url, sizeof(url), "");
		snprintf(url, sizeof(url), forms[i], site.port);
		f.may_reach_private = false;
		struct result r;
		run(&f, &r);
		if (r.status != 0)
			fail_msg("%s was reached", url);
		bool is_form_of_a_name = strstr(r.reason, "private") == NULL;
		if (is_form_of_a_name && strstr(url, "127.0.0.1.:") == NULL &&
		    strchr(url, '[') == NULL)
			fail_msg("%s: %s", url, r.reason);
		buf_done(&r.body);
	}
}

static void test_refusals(void **state)
{
	char url[200];
	(void)state;
	struct http_fetch f = get(url, sizeof(url), "/hello");
	static const char *const urls[] = {"file:///etc/passwd",
					   "ftp://127.0.0.1/",
					   "gopher://127.0.0.1/",
					   "dict://127.0.0.1/",
					   "//127.0.0.1/",
					   "127.0.0.1",
					   ""};
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		f.url = urls[i];
		refused(&f, "neither https:// nor http://");
	}
	f.url = "http://127.0.0.1/\r\nX: y";
	refused(&f, "control character");
	f = get(url, sizeof(url), "/hello");
	f.headers[0] = "X: a\r\nY: b";
	refused(&f, "control character");
	f = get(url, sizeof(url), "/hello");
	f.method = "GET / HTTP/1.1";
	refused(&f, "method");
	f = get(url, sizeof(url), "/hello");
	f.user = "a\nb";
	refused(&f, "control character");
	f = get(url, sizeof(url), "/large");
	refused(&f, "larger than allowed");
	f = get(url, sizeof(url), "/never");
	f.timeout_us = 200000;
	refused(&f, "in time");
	f.url = "http://127.0.0.1:1/";
	refused(&f, "");
}

/* ---- a server that says what it is told, once ---- */

struct odd_server {
	int fd, port;
	const char *says;
	bool drips;
	pthread_t thread;
};

static void *odd_thread(void *arg)
{
	struct odd_server *o = arg;
	char request[4096];
	int fd = accept(o->fd, NULL, NULL);
	if (recv(fd, request, sizeof(request), 0) > 0)
		for (const char *p = o->says; *p != '\0'; p += o->drips ? 1 : strlen(p)) {
			if (send(fd, p, o->drips ? 1 : strlen(p), MSG_NOSIGNAL) <= 0)
				break;
			if (o->drips)
				usleep(20000);
		}
	close(fd);
	return NULL;
}

static void odd_start(struct odd_server *o, const char *says, bool drips)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t n = sizeof(at);
	*o = (struct odd_server){.says = says, .drips = drips};
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	o->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(o->fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(o->fd, 5), 0);
	assert_int_equal(getsockname(o->fd, (struct sockaddr *)&at, &n), 0);
	o->port = ntohs(at.sin_port);
	pthread_create(&o->thread, NULL, odd_thread, o);
}

static void odd_fetch(const char *says, bool drips, int status, const char *reason)
{
	char url[100];
	struct odd_server o;
	struct result r;
	odd_start(&o, says, drips);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", o.port);
	struct http_fetch f = {.method = "GET",
			       .url = url,
			       .timeout_us = 500000,
			       .answer_max = 100,
			       .may_reach_private = true};
	run(&f, &r);
	if (r.status != status || strstr(r.reason, reason) == NULL)
		fail_msg("%.40s: %d %s", says, r.status, r.reason);
	buf_done(&r.body);
	pthread_join(o.thread, NULL);
	close(o.fd);
}

static void test_odd_servers(void **state)
{
	(void)state;
	odd_fetch(
		"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
		false, 302, "");
	odd_fetch("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", false, 0, "");
	odd_fetch("nonsense\r\n\r\n", false, 0, "");
	odd_fetch("", false, 0, "");
	odd_fetch("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", false, 0, "");
	odd_fetch("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\nxx", false, 0,
		  "");
	odd_fetch("HTTP/1.1 200 OK\r\nContent-Length: "
		  "60\r\n\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		  true, 0, "in time");
	odd_fetch("HTTP/1.1 204 No Content\r\n\r\n", false, 204, "");
}

static void test_many_at_once_and_limits(void **state)
{
	enum { MANY = 60 };
	static struct result r[MANY];
	char url[200];
	uv_loop_t loop;
	struct fetcher *f = NULL;
	struct fetch_settings settings = {.in_all_max = 5, .per_host_max = 3, .waiting_max = 40};
	(void)state;
	struct http_fetch fetch = get(url, sizeof(url), "/late");
	uv_loop_init(&loop);
	assert_int_equal(fetcher_new(&f, &loop, &settings, NULL), 0);
	for (int i = 0; i < MANY; i++)
		fetcher_fetch(f, &fetch, on_done, &r[i]);
	int done = 0, refused_count = 0;
	for (int turn = 0; turn < 100000 && done < MANY; turn++) {
		uv_run(&loop, UV_RUN_ONCE);
		done = 0;
		for (int i = 0; i < MANY; i++)
			done += r[i].count;
	}
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(r[i].count, 1);
		refused_count += r[i].status == 0;
		if (i < 45)
			assert_int_equal(r[i].status, 200);
		else
			assert_non_null(strstr(r[i].reason, "too many"));
		buf_done(&r[i].body);
	}
	assert_int_equal(refused_count, 15);
	fetcher_free(f);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void test_shutdown_answers_all(void **state)
{
	enum { MANY = 10 };
	struct result r[MANY] = {{0}};
	char url[200], bad[] = "ftp://x/";
	uv_loop_t loop;
	struct fetcher *f = NULL;
	struct fetch_settings settings = {.in_all_max = 4};
	(void)state;
	struct http_fetch fetch = get(url, sizeof(url), "/never");
	uv_loop_init(&loop);
	assert_int_equal(fetcher_new(&f, &loop, &settings, NULL), 0);
	for (int i = 0; i < MANY; i++) {
		fetch.url = i == 9 ? bad : url;
		fetcher_fetch(f, &fetch, on_done, &r[i]);
	}
	for (int i = 0; i < 5; i++)
		uv_run(&loop, UV_RUN_NOWAIT);
	fetcher_free(f);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(r[i].count, 1);
		assert_int_equal(r[i].status, 0);
		buf_done(&r[i].body);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void test_freed_from_its_own_callback(void **state)
{
	char url[200];
	uv_loop_t loop;
	struct fetcher *f = NULL;
	struct fetch_settings settings = {0};
	struct result first = {.free_then = &f}, second = {0};
	(void)state;
	struct http_fetch quick = get(url, sizeof(url), "/hello");
	uv_loop_init(&loop);
	assert_int_equal(fetcher_new(&f, &loop, &settings, NULL), 0);
	fetcher_fetch(f, &quick, on_done, &first);
	struct http_fetch slow = get(url, sizeof(url), "/never");
	fetcher_fetch(f, &slow, on_done, &second);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_null(f);
	assert_int_equal(first.count, 1);
	assert_int_equal(first.status, 200);
	assert_int_equal(second.count, 1);
	assert_int_equal(second.status, 0);
	buf_done(&first.body);
	buf_done(&second.body);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_requests),
		cmocka_unit_test(test_private_addresses),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_odd_servers),
		cmocka_unit_test(test_many_at_once_and_limits),
		cmocka_unit_test(test_shutdown_answers_all),
		cmocka_unit_test(test_freed_from_its_own_callback),
	};
	return cmocka_run_group_tests_name("http fetch", tests, start, stop);
}
