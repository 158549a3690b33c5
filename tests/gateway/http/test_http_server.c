/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP over real sockets. With --serve PORT [CERT KEY] it is the fixture itself, for load tests. */
#include "tests/gateway/http/client.h"
#include "tests/gateway/http/fixture.h"
#include "tests/tap.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct fixture site;

static const struct http_settings usual = {
	.address = "127.0.0.1",
	.public_url = "https://desk.example",
	.hosts = (const char *const[]){"alias.example", NULL},
	.origins = (const char *const[]){"https://shop.example", NULL},
	.bodies_max = 6 << 20,
	.timeouts = {.head = 700,
		     .body = 900,
		     .answer = 1200,
		     .write = 1500,
		     .idle = 1500,
		     .close = 1000},
};

static int start_usual(void **state)
{
	(void)state;
	fixture_start(&site, &usual);
	return site.port > 0 ? 0 : -1;
}

static int stop_usual(void **state)
{
	(void)state;
	return fixture_stop(&site);
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

static void test_answers_with_safe_headers(void **state)
{
	struct client c;
	(void)state;
	client_open(&c, site.port);
	client_say(&c, GET("/hello"));
	struct client_answer a = client_answer(&c);
	assert_int_equal(a.status, 200);
	assert_true(text_equal(a.body, TEXT("hello")));
	assert_true(text_equal(client_header(&a, "X-Content-Type-Options"), TEXT("nosniff")));
	assert_true(text_equal(client_header(&a, "Referrer-Policy"), TEXT("no-referrer")));
	assert_true(text_equal(client_header(&a, "Cache-Control"), TEXT("no-store")));
	assert_true(text_starts(client_header(&a, "Content-Security-Policy"),
				TEXT("default-src 'none'")));
	assert_int_equal(client_header(&a, "Date").n, 29);
	assert_int_equal(client_header(&a, "Strict-Transport-Security").n, 0);
	client_say(&c, GET("/override"));
	a = client_answer(&c);
	assert_true(text_equal(client_header(&a, "Cache-Control"), TEXT("max-age=5")));
	assert_true(text_equal(client_header(&a, "X-More"), TEXT("yes")));
	client_close(&c);
}

static void test_body_is_exact(void **state)
{
	struct client c;
	char body[256];
	(void)state;
	for (int i = 0; i < 256; i++)
		body[i] = (char)i;
	client_open(&c, site.port);
	client_say(
		&c,
		"POST /echo?a=%2B%26&b=1+2 HTTP/1.1\r\nHost: desk.example\r\nX-Signature: s=1\r\n"
		"Content-Type: application/json\r\nContent-Length: 256\r\n\r\n");
	client_send(&c, body, 256);
	struct client_answer a = client_answer(&c);
	assert_int_equal(a.status, 200);
	static const char seen[] =
		"path=/echo query=a=%2B%26&b=1+2 peer=127.0.0.1 secure=0 sig=s=1 "
		"type=application/json\n";
	assert_int_equal(a.body.n, sizeof(seen) - 1 + 256);
	assert_memory_equal(a.body.p, seen, sizeof(seen) - 1);
	assert_memory_equal(a.body.p + sizeof(seen) - 1, body, 256);
	client_close(&c);
}

static void test_one_byte_at_a_time(void **state)
{
	static const char request[] =
		"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n"
		"12345GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";
	struct client c;
	(void)state;
	client_open(&c, site.port);
	for (size_t i = 0; i < sizeof(request) - 1; i++) {
		client_send(&c, request + i, 1);
		usleep(500);
	}
	struct client_answer a = client_answer(&c);
	assert_int_equal(a.status, 200);
	assert_memory_equal(a.body.p + a.body.n - 5, "12345", 5);
	assert_int_equal(client_answer(&c).status, 200);
	client_close(&c);
}

static void test_pipelined_requests_keep_their_order(void **state)
{
	struct client c;
	(void)state;
	client_open(&c, site.port);
	client_say(&c, GET("/late") "POST /any HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
				    "3\r\n\r\nabc" GET("/tail/x%20y") GET("/hello"));
	assert_true(text_equal(client_answer(&c).body, TEXT("late")));
	assert_true(text_equal(client_answer(&c).body, TEXT("POST")));
	assert_true(text_equal(client_answer(&c).body, TEXT("x y")));
	assert_true(text_equal(client_answer(&c).body, TEXT("hello")));
	client_close(&c);
}

static void test_many_pipelined_requests(void **state)
{
	struct client c;
	(void)state;
	client_open(&c, site.port);
	client_say(&c, GET("/late"));
	for (int i = 0; i < 2000; i++)
		client_say(&c, GET("/hello"));
	assert_true(text_equal(client_answer(&c).body, TEXT("late")));
	for (int i = 0; i < 2000; i++)
		assert_int_equal(client_answer(&c).status, 200);
	client_close(&c);
}

static void test_continue(void **state)
{
	struct client c;
	(void)state;
	client_open(&c, site.port);
	client_say(&c, "POST /big HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
		       "Content-Length: 4\r\n\r\n");
	assert_int_equal(client_answer(&c).status, 100);
	client_say(&c, "abcd");
	assert_int_equal(client_answer(&c).status, 200);
	client_say(&c, "POST /big HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
		       "Content-Length: 4194305\r\n\r\n");
	assert_int_equal(client_answer(&c).status, 413);
	client_close(&c);
}

static void test_large_body_and_answer(void **state)
{
	struct client c;
	char *body = malloc(4 << 20), expected[64];
	unsigned sum = 0;
	(void)state;
	for (int i = 0; i < 4 << 20; i++) {
		body[i] = (char)(i * 7 + i / 1000);
		sum = sum * 31 + (unsigned char)body[i];
	}
	snprintf(expected, sizeof(expected), "%d %u", 4 << 20, sum);
	client_open(&c, site.port);
	client_say(&c, "POST /big HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4194304\r\n\r\n");
	client_send(&c, body, 4 << 20);
	assert_true(text_equal(client_answer(&c).body, text_of(expected)));
	client_say(&c, GET("/large") GET("/hello"));
	struct client_answer a = client_answer(&c);
	assert_int_equal(a.body.n, 8 << 20);
	assert_int_equal(a.body.p[(8 << 20) - 1], 'x');
	assert_int_equal(client_answer(&c).status, 200);
	client_close(&c);
	free(body);
}

static void test_budget_of_all_bodies(void **state)
{
	struct client a, b;
	char *half = calloc(1, 4 << 20);
	(void)state;
	client_open(&a, site.port);
	client_open(&b, site.port);
	client_say(&a, "POST /big HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4194304\r\n\r\n");
	client_send(&a, half, (4 << 20) - 1);
	usleep(100000);
	client_say(&b, "POST /big HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3145728\r\n\r\n");
	client_send(&b, half, 3 << 20);
	struct client_answer answer = client_answer(&b);
	assert_int_equal(answer.status, 503);
	assert_int_equal(client_header(&answer, "Retry-After").n, 1);
	client_send(&a, "x", 1);
	assert_int_equal(client_answer(&a).status, 200);
	client_close(&a);
	client_close(&b);
	client_open(&b, site.port); /* the budget is free again */
	client_say(&b, "POST /big HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3145728\r\n\r\n");
	client_send(&b, half, 3 << 20);
	assert_int_equal(client_answer(&b).status, 200);
	client_close(&b);
	free(half);
}

static void test_keep_alive_and_close(void **state)
{
	struct client c;
	(void)state;
	client_open(&c, site.port);
	for (int i = 0; i < 5; i++) {
		client_say(&c, GET("/hello"));
		assert_int_equal(client_answer(&c).status, 200);
	}
	client_say(&c, "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
	assert_int_equal(client_answer(&c).status, 200);
	assert_true(client_ends(&c, 500));
	client_close(&c);
	client_open(&c, site.port);
	client_say(&c, "GET /hello HTTP/1.0\r\nHost: localhost\r\n\r\n");
	assert_int_equal(client_answer(&c).status, 200);
	assert_true(client_ends(&c, 500));
	client_close(&c);
	client_open(&c, site.port);
	client_say(&c, "GET /hello HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
	assert_int_equal(client_answer(&c).status, 200);
	assert_true(client_ends(&c, 500));
	client_close(&c);
	client_open(&c, site.port);
	client_say(&c, GET("/hello") "\r\n\r\n" GET("/hello")); /* stray empty lines */
	assert_int_equal(client_answer(&c).status, 200);
	assert_int_equal(client_answer(&c).status, 200);
	client_close(&c);
}

static void test_slow_peers(void **state)
{
	struct client silent, head, body, idle, never;
	(void)state;
	client_open(&silent, site.port);
	client_open(&head, site.port);
	client_open(&body, site.port);
	client_open(&idle, site.port);
	client_open(&never, site.port);
	client_say(&head, "GET /hello HTTP/1.1\r\nHost: loc");
	client_say(&body, "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n");
	client_say(&idle, GET("/hello"));
	client_say(&never, GET("/never"));
	for (int i = 0; i < 4; i++) { /* a byte now and then buys no time */
		usleep(250000);
		client_say(&head, "a");
		client_say(&body, "b");
	}
	assert_int_equal(client_answer(&head).status, 408);
	assert_int_equal(client_answer(&body).status, 408);
	assert_true(client_ends(&silent, 1500));
	assert_int_equal(client_answer(&never).status, 503);
	assert_int_equal(client_answer(&idle).status, 200);
	assert_true(client_ends(&idle, 2500));
	client_close(&silent);
	client_close(&head);
	client_close(&body);
	client_close(&idle);
	client_close(&never);
}

static void test_peer_vanishes_before_its_answer(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		struct client c;
		struct linger hard = {1, 0};
		client_open(&c, site.port);
		client_say(&c, i % 2 == 0 ? GET("/late") : GET("/never"));
		usleep(5000);
		if (i % 3 == 0) /* a reset instead of an end */
			setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		client_close(&c);
	}
	usleep(100000);
	assert_int_equal(client_ask(site.port, GET("/hello"), NULL), 200);
}

static void test_stuck_reader_is_let_go(void **state)
{
	struct client c, other;
	(void)state;
	client_open(&c, site.port);
	for (int i = 0; i < 3; i++)
		client_say(&c, GET("/large"));
	client_open(&other, site.port);
	for (int i = 0; i < 10; i++) {
		client_say(&other, GET("/hello"));
		assert_int_equal(client_answer(&other).status, 200);
		usleep(250000);
	}
	/* c never read; the server has hung up, so less than three answers can be there. */
	size_t n = 0;
	while (client_more(&c, 1000)) {
		n += c.in.n;
		buf_clear(&c.in);
	}
	assert_true(c.is_at_end);
	assert_true(n < (size_t)3 * (8 << 20));
	client_close(&c);
	client_close(&other);
}

static void test_busy_port_is_one_sentence(void **state)
{
	struct fixture f = {0};
	struct usher_error error = {0};
	struct http_server *server = NULL;
	uv_loop_t loop;
	struct http_settings settings = usual;
	(void)state, (void)f;
	settings.port = (uint16_t)site.port;
	uv_loop_init(&loop);
	assert_int_equal(http_server_new(&server, &loop, &settings, &error), E_IO);
	assert_non_null(strstr(error.text, "cannot listen on 127.0.0.1 port"));
	assert_non_null(strstr(error.text, "Address already in use"));
	settings.port = 0;
	settings.cert_path = "/nonexistent/cert.pem";
	assert_int_equal(http_server_new(&server, &loop, &settings, &error), E_INVALID);
	settings.key_path = "/nonexistent/key.pem";
	assert_int_equal(http_server_new(&server, &loop, &settings, &error), E_IO);
	assert_non_null(strstr(error.text, "cannot use the certificate"));
	settings = usual;
	settings.address = "localhost";
	assert_int_equal(http_server_new(&server, &loop, &settings, &error), E_INVALID);
	settings = usual;
	settings.public_url = "ftp://x";
	assert_int_equal(http_server_new(&server, &loop, &settings, &error), E_INVALID);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void test_limits_on_connections(void **state)
{
	struct fixture f;
	struct http_settings settings = usual;
	struct client c[6], more;
	(void)state;
	settings.connections_per_address_max = 5;
	settings.timeouts = (struct http_timeouts){0};
	fixture_start(&f, &settings);
	for (int i = 0; i < 5; i++) {
		client_open(&c[i], f.port);
		client_say(&c[i], GET("/hello"));
		assert_int_equal(client_answer(&c[i]).status, 200);
	}
	client_open(&more, f.port);
	assert_true(client_ends(&more, 1000));
	client_close(&more);
	client_close(&c[0]);
	usleep(50000);
	client_open(&c[0], f.port);
	client_say(&c[0], GET("/hello"));
	assert_int_equal(client_answer(&c[0]).status, 200);
	for (int i = 0; i < 5; i++)
		client_close(&c[i]);
	assert_int_equal(fixture_stop(&f), 0);
}

static void test_trusted_proxy(void **state)
{
	struct fixture f;
	struct http_settings settings = usual;
	struct usher_buf all = {0};
	(void)state;
	assert_int_equal(
		client_ask(site.port,
			   "GET /echo HTTP/1.1\r\nHost: localhost\r\n"
			   "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n\r\n",
			   &all),
		200);
	assert_non_null(strstr(all.p, "peer=127.0.0.1 secure=0"));
	settings.proxies = (const char *const[]){"127.0.0.0/8", "10.0.0.0/8", NULL};
	fixture_start(&f, &settings);
	assert_int_equal(client_ask(f.port,
				    "GET /echo HTTP/1.1\r\nHost: localhost\r\n"
				    "X-Forwarded-For: 1.2.3.4, 203.0.113.9, "
				    "10.1.1.1\r\nX-Forwarded-Proto: https\r\n\r\n",
				    &all),
			 200);
	assert_non_null(strstr(all.p, "peer=203.0.113.9 secure=1"));
	assert_non_null(strstr(all.p, "Strict-Transport-Security: max-age="));
	assert_int_equal(client_ask(f.port,
				    "GET /echo HTTP/1.1\r\nHost: localhost\r\n"
				    "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: nonsense\r\n\r\n",
				    &all),
			 200);
	assert_non_null(strstr(all.p, "peer=127.0.0.1 secure=0"));
	assert_int_equal(fixture_stop(&f), 0);
	buf_done(&all);
}

static void test_drain(void **state)
{
	struct fixture f;
	struct client idle, late, socket, after;
	(void)state;
	fixture_start(&f, &usual);
	client_open(&idle, f.port);
	client_say(&idle, GET("/hello"));
	assert_int_equal(client_answer(&idle).status, 200);
	assert_int_equal(client_upgrade(&socket, f.port, "/ws", "echo.v1"), 101);
	client_open(&late, f.port);
	client_say(&late, GET("/late"));
	usleep(20000);
	assert_int_equal(write(f.stop_fd, "d", 1), 1);
	struct client_answer a = client_answer(&late);
	assert_int_equal(a.status, 200);
	assert_true(text_equal(client_header(&a, "Connection"), TEXT("close")));
	assert_true(client_ends(&idle, 1000));
	assert_int_equal(client_close_code(&socket), 1012);
	client_open(&after, f.port);
	assert_true(after.is_at_end);
	client_close(&after);
	client_close(&idle);
	client_close(&late);
	client_close(&socket);
	assert_int_equal(fixture_stop(&f), 0);
}

static void test_ends_in_the_middle_of_everything(void **state)
{
	struct fixture f;
	struct client c[6];
	(void)state;
	fixture_start(&f, &usual);
	assert_int_equal(client_upgrade(&c[0], f.port, "/ws", "echo.v1"), 101);
	for (int i = 1; i < 6; i++)
		client_open(&c[i], f.port);
	client_say(&c[1], "GET /hel");
	client_say(&c[2],
		   "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc");
	client_say(&c[3], GET("/never"));
	client_say(&c[4], GET("/large") GET("/large"));
	client_frame_text(&c[0], "flood 60");
	usleep(50000);
	assert_int_equal(fixture_stop(&f), 0);
	for (int i = 0; i < 6; i++)
		client_close(&c[i]);
}

static int serve(int argc, char **argv)
{
	struct http_settings settings = {
		.address = "127.0.0.1",
		.port = argc > 2 ? (uint16_t)atoi(argv[2]) : 0,
		.cert_path = argc > 4 ? argv[3] : NULL,
		.key_path = argc > 4 ? argv[4] : NULL,
		.connections_max = 19000,
		.connections_per_address_max = 19000,
	};
	return fixture_run(&settings, STDOUT_FILENO, STDIN_FILENO);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_with_safe_headers),
		cmocka_unit_test(test_body_is_exact),
		cmocka_unit_test(test_one_byte_at_a_time),
		cmocka_unit_test(test_pipelined_requests_keep_their_order),
		cmocka_unit_test(test_many_pipelined_requests),
		cmocka_unit_test(test_continue),
		cmocka_unit_test(test_large_body_and_answer),
		cmocka_unit_test(test_budget_of_all_bodies),
		cmocka_unit_test(test_keep_alive_and_close),
		cmocka_unit_test(test_slow_peers),
		cmocka_unit_test(test_peer_vanishes_before_its_answer),
		cmocka_unit_test(test_stuck_reader_is_let_go),
		cmocka_unit_test(test_busy_port_is_one_sentence),
		cmocka_unit_test(test_limits_on_connections),
		cmocka_unit_test(test_trusted_proxy),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_ends_in_the_middle_of_everything),
	};
	if (argc > 1 && strcmp(argv[1], "--serve") == 0)
		return serve(argc, argv);
	return cmocka_run_group_tests_name("http server", tests, start_usual, stop_usual);
}
