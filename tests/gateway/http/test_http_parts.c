/* SPDX-License-Identifier: Apache-2.0 */
/* The pure parts of the server: heads, frames, addresses, routes, answers. */
#include "gateway/http/access.h"
#include "gateway/http/frame.h"
#include "gateway/http/head.h"
#include "gateway/http/response.h"
#include "gateway/http/router.h"
#include "tests/tap.h"

#include <stdio.h>

static void test_end_of_head(void **state)
{
	static const char whole[] = "GET / HTTP/1.1\r\nA: b\r\n\r\nrest";
	size_t scanned = 0;
	(void)state;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		int end = head_find_end(text_slice(whole, n), &scanned);
		assert_int_equal(end, n < 24 ? 0 : 24);
	}
	scanned = 0;
	assert_int_equal(head_find_end(TEXT("GET / HTTP/1.1\n\n"), &scanned), -400);
	scanned = 0;
	assert_int_equal(head_find_end(TEXT("\n"), &scanned), -400);
	char *large = malloc(HEAD_BYTES_MAX + 10);
	memset(large, 'x', HEAD_BYTES_MAX + 10);
	scanned = 0;
	assert_int_equal(head_find_end(text_slice(large, HEAD_BYTES_MAX - 1), &scanned), 0);
	assert_int_equal(head_find_end(text_slice(large, HEAD_BYTES_MAX), &scanned), -431);
	memcpy(large + HEAD_BYTES_MAX - 3, "\r\n\r\n", 4);
	scanned = 0;
	assert_int_equal(head_find_end(text_slice(large, HEAD_BYTES_MAX + 1), &scanned), -431);
	free(large);
}

static int parse(const char *text, struct request_head *ret)
{
	static char bytes[4096];
	const char *why = NULL;
	size_t n = strlen(text), scanned = 0;
	memcpy(bytes, text, n);
	int end = head_find_end(text_slice(bytes, n), &scanned);
	if (end <= 0)
		return end;
	int r = head_parse(bytes, (size_t)end, ret, &why);
	assert_true(r == 0 || why != NULL);
	return r;
}

static void test_head(void **state)
{
	struct request_head h;
	(void)state;
	assert_int_equal(
		parse("PUT /a%20b/%C3%A4?x=%41&y=?z HTTP/1.1\r\nHost: h\r\nContent-Length:  12 \r\n"
		      "CONNECTION: close , x\r\nX-A:\t one\ttwo \r\nx-a: three\r\n\r\n",
		      &h),
		0);
	assert_true(text_equal(h.method, TEXT("PUT")));
	assert_true(text_equal(h.path, TEXT("/a b/\xc3\xa4")));
	assert_true(text_equal(h.query, TEXT("x=%41&y=?z")));
	assert_true(h.has_length && h.length == 12 && !h.is_chunked && !h.keeps_alive);
	assert_true(text_equal(head_field(&h, "x-a"), TEXT("one\ttwo")));
	assert_int_equal(h.field_count, 5);
	assert_int_equal(parse("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: "
			       "websocket\r\n\r\n",
			       &h),
			 0);
	assert_true(h.wants_upgrade && h.keeps_alive);
	assert_int_equal(parse("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n", &h), 0);
	assert_false(h.wants_upgrade);
	assert_int_equal(parse("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", &h), 0);
	assert_true(!h.keeps_alive && h.minor == 0);
	assert_int_equal(parse("GET / HTTP/1.0\r\n\r\n", &h), 0);
	assert_false(h.keeps_alive);
	assert_int_equal(parse("GET /\x80 HTTP/1.1\r\nHost: h\r\n\r\n", &h), -400);
	assert_int_equal(parse("GET /a%ED%A0%80 HTTP/1.1\r\nHost: h\r\n\r\n", &h), -400);
	assert_int_equal(parse("ABCDEFGHIJKLMNOPQRSTU / HTTP/1.1\r\nHost: h\r\n\r\n", &h), -400);
	assert_true(head_has_token(TEXT("a, B ,c"), TEXT("b")));
	assert_false(head_has_token(TEXT("ab, c"), TEXT("b")));
}

static void test_frame_heads(void **state)
{
	uint8_t b[FRAME_HEAD_MAX];
	char key[29];
	(void)state;
	assert_int_equal(frame_head(b, FRAME_TEXT, 125), 2);
	assert_memory_equal(b, "\x81\x7d", 2);
	assert_int_equal(frame_head(b, FRAME_TEXT, 126), 4);
	assert_memory_equal(b, "\x81\x7e\x00\x7e", 4);
	assert_int_equal(frame_head(b, FRAME_CLOSE, 65535), 4);
	assert_int_equal(frame_head(b, FRAME_TEXT, 65536), 10);
	assert_memory_equal(b, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10);
	assert_int_equal(frame_accept_key(TEXT("dGhlIHNhbXBsZSBub25jZQ=="), key), 0);
	assert_string_equal(key, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); /* RFC 6455 §1.3 */
	assert_int_equal(frame_accept_key(TEXT("dGhlIHNhbXBsZSBub25jZQ="), key), E_INVALID);
}

struct heard {
	struct usher_buf log;
};

static bool hear_message(void *arg, struct usher_text t)
{
	buf_addf(&((struct heard *)arg)->log, "m:%.*s;", TEXT_ARG(t));
	return !text_equal(t, TEXT("stop"));
}

static bool hear_ping(void *arg, struct usher_text t)
{
	buf_addf(&((struct heard *)arg)->log, "p:%.*s;", TEXT_ARG(t));
	return true;
}

static void hear_pong(void *arg)
{
	buf_adds(&((struct heard *)arg)->log, "o;");
}

static void hear_close(void *arg, int code, struct usher_text t)
{
	buf_addf(&((struct heard *)arg)->log, "c:%d:%.*s;", code, TEXT_ARG(t));
}

static const struct frame_events hear = {hear_message, hear_ping, hear_pong, hear_close};

/* Whatever the pieces, the same is heard. */
static void test_frames_in_pieces(void **state)
{
	static const char bytes[] = "\x81\x82\x00\x00\x00\x00hi"
				    "\x01\x81\x00\x00\x00\x00"
				    "a"
				    "\x89\x81\x00\x00\x00\x00"
				    "p"
				    "\x00\x80\x00\x00\x00\x00"
				    "\x8a\x80\x00\x00\x00\x00"
				    "\x80\x81\x00\x00\x00\x00"
				    "b"
				    "\x81\x80\x00\x00\x00\x00"
				    "\x88\x85\x00\x00\x00\x00\x03\xe8"
				    "bye";
	enum { N = sizeof(bytes) - 1 };
	(void)state;
	for (size_t piece = 1; piece <= N; piece++) {
		struct frame_reader r = {.head_n = 0};
		struct heard heard = {{0}};
		int code = 0;
		for (size_t at = 0; at < N && code == 0; at += piece) {
			char copy[N];
			size_t n = N - at < piece ? N - at : piece;
			memcpy(copy, bytes + at, n);
			code = frame_read(&r, copy, n, 100, &hear, &heard);
		}
		assert_int_equal(code, 1);
		assert_string_equal(heard.log.p, "m:hi;p:p;o;m:ab;m:;c:1000:bye;");
		frame_reader_done(&r);
		buf_done(&heard.log);
	}
}

static void test_frame_reader_stops(void **state)
{
	struct frame_reader r = {.head_n = 0};
	struct heard heard = {{0}};
	char bytes[] = "\x81\x84\x00\x00\x00\x00stop\x81\x81\x00\x00\x00\x00x";
	(void)state;
	assert_int_equal(frame_read(&r, bytes, sizeof(bytes) - 1, 100, &hear, &heard), 1);
	assert_string_equal(heard.log.p, "m:stop;");
	frame_reader_done(&r);
	buf_done(&heard.log);
}

static struct in6_addr address(const char *text)
{
	struct in6_addr a;
	if (!access_parse_address(text_of(text), &a))
		fail_msg("%s is no address", text);
	return a;
}

static void test_addresses(void **state)
{
	static const char *const private[] = {
		"127.0.0.1",	    "127.9.9.9",       "0.0.0.0",      "10.1.2.3",
		"172.16.0.1",	    "172.31.255.255",  "192.168.1.1",  "169.254.169.254",
		"100.64.0.1",	    "100.127.255.255", "192.0.0.1",    "192.0.2.1",
		"198.18.0.1",	    "198.51.100.1",    "203.0.113.1",  "224.0.0.1",
		"240.0.0.1",	    "255.255.255.255", "::",	       "::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1",      "fc00::1",
		"fd12::1",	    "ff02::1",	       "2001:db8::1",  "64:ff9b::7f00:1",
		"64:ff9b::a00:1",   "2002:7f00:1::",   "2002:a00:1::", "2001::1",
		"::127.0.0.1",	    "fec0::1",	       "100::1",
	};
	static const char *const public[] = {"8.8.8.8",		 "172.32.0.1",	  "100.128.0.1",
					     "1.1.1.1",		 "2a00:1450::1",  "2606:4700::1111",
					     "64:ff9b::808:808", "2002:808:808::"};
	(void)state;
	for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++) {
		struct in6_addr a = address(private[i]);
		if (!access_is_private(&a))
			fail_msg("%s counts as public", private[i]);
	}
	for (size_t i = 0; i < sizeof(public) / sizeof(public[0]); i++) {
		struct in6_addr a = address(public[i]);
		if (access_is_private(&a))
			fail_msg("%s counts as private", public[i]);
	}
	char text[ACCESS_ADDRESS_BYTES];
	struct in6_addr mapped = address("::ffff:192.0.2.7"), six = address("[2001:db8::7]:443");
	access_format_address(&mapped, text);
	assert_string_equal(text, "192.0.2.7");
	access_format_address(&six, text);
	assert_string_equal(text, "2001:db8::7");
	struct in6_addr with_port = address("192.0.2.7:4711");
	assert_memory_equal(&with_port, &mapped, 16);
	assert_false(access_parse_address(TEXT("unknown"), &mapped));
	assert_false(access_parse_address(TEXT("1.2.3"), &mapped));
	assert_false(access_parse_address(TEXT(""), &mapped));
}

static void test_proxies(void **state)
{
	struct access_list a;
	struct usher_error error;
	struct in6_addr peer = address("10.0.0.1"), stranger = address("203.0.113.5"), client;
	char text[ACCESS_ADDRESS_BYTES];
	(void)state;
	assert_int_equal(
		access_init(&a, "http://127.0.0.1:8080", NULL, NULL,
			    (const char *const[]){"10.0.0.0/8", "2001:db8::/32", "::1", NULL},
			    &error),
		0);
	static const struct {
		const char *header, *client;
	} rows[] = {
		{"198.51.100.1", "198.51.100.1"},
		{"1.1.1.1, 198.51.100.1", "198.51.100.1"},
		{"1.1.1.1, 198.51.100.1, 10.9.9.9,2001:db8::5", "198.51.100.1"},
		{"10.1.1.1, 10.2.2.2", "10.1.1.1"},
		{"", "10.0.0.1"},
		{"nonsense", "10.0.0.1"},
		{"nonsense, 198.51.100.1", "198.51.100.1"},
		{"198.51.100.1,", "10.0.0.1"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		client = access_client(&a, &peer, text_of(rows[i].header));
		access_format_address(&client, text);
		assert_string_equal(text, rows[i].client);
	}
	client = access_client(&a, &stranger, TEXT("1.1.1.1"));
	assert_memory_equal(&client, &stranger, 16);
	access_done(&a);
	static const char *const bad[] = {"10.0.0.0/33", "x", "::/129", "10.0.0.0/", "10.0.0.0/-1"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(access_init(&a, NULL, NULL, NULL,
					     (const char *const[]){bad[i], NULL}, &error),
				 E_INVALID);
	assert_int_equal(
		access_init(&a, NULL, (const char *const[]){"a:b", NULL}, NULL, NULL, &error),
		E_INVALID);
	assert_int_equal(access_init(&a, NULL, NULL, (const char *const[]){"https://a/b", NULL},
				     NULL, &error),
			 E_INVALID);
}

static void handle(struct http_exchange *x, const struct http_request *r, void *arg)
{
	(void)x, (void)r, (void)arg;
}

static struct http_route route(const char *method, const char *path)
{
	return (struct http_route){.method = method, .path = path, .on_request = handle};
}

static const char *found(const struct router *r, const char *path, const char *method)
{
	static char text[200];
	struct usher_text tail;
	const struct route_node *node = router_find(r, text_of(path), &tail);
	const struct http_route *hit =
		node != NULL ? route_for_method(node, text_of(method)) : NULL;
	snprintf(text, sizeof(text), "%s %s %.*s",
		 node == NULL  ? "-"
		 : hit == NULL ? "405"
			       : hit->method,
		 hit != NULL ? hit->path : "", TEXT_ARG(tail));
	return text;
}

static void test_routes(void **state)
{
	static const char *const rows[][2] = {{"GET", "/"},    {"GET", "/a"},	  {"POST", "/a"},
					      {"GET", "/a/*"}, {"GET", "/a/b/*"}, {"*", "/any"},
					      {"GET", "/*"}};
	struct router r;
	struct usher_buf allow = {0};
	(void)state;
	router_init(&r, (struct hash_key){1, 2});
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_route one = route(rows[i][0], rows[i][1]);
		assert_int_equal(router_add(&r, &one), 0);
		assert_int_equal(router_add(&r, &one), E_EXISTS);
	}
	struct http_route bad = route("GET", "a");
	assert_int_equal(router_add(&r, &bad), E_INVALID);
	assert_string_equal(found(&r, "/", "GET"), "GET / ");
	assert_string_equal(found(&r, "/a", "POST"), "POST /a ");
	assert_string_equal(found(&r, "/a", "HEAD"), "GET /a ");
	assert_string_equal(found(&r, "/a", "PUT"), "405  ");
	assert_string_equal(found(&r, "/a/", "GET"), "GET /a/* ");
	assert_string_equal(found(&r, "/a/x", "GET"), "GET /a/* x");
	assert_string_equal(found(&r, "/a/b/c/d", "GET"), "GET /a/b/* c/d");
	assert_string_equal(found(&r, "/a/bc", "GET"), "GET /a/* bc");
	assert_string_equal(found(&r, "/any", "BREW"), "* /any ");
	assert_string_equal(found(&r, "/zzz", "GET"), "GET /* zzz");
	struct usher_text tail;
	route_allow(router_find(&r, TEXT("/a"), &tail), &allow);
	assert_string_equal(allow.p, "GET, HEAD, POST");
	assert_int_equal(router_remove(&r, "GET", "/a"), 0);
	assert_int_equal(router_remove(&r, "GET", "/a"), E_NOT_FOUND);
	assert_string_equal(found(&r, "/a", "GET"), "405  ");
	assert_int_equal(router_remove(&r, "POST", "/a"), 0);
	assert_string_equal(found(&r, "/a", "POST"), "405  a"); /* "/" + tail, which has GET only */
	assert_int_equal(router_remove(&r, "GET", "/a/b/*"), 0);
	assert_string_equal(found(&r, "/a/b/c", "GET"), "GET /a/* b/c");
	for (int i = 0; i < ROUTES_PER_PATH_MAX; i++) {
		static char methods[ROUTES_PER_PATH_MAX + 1][8];
		snprintf(methods[i], 8, "M%d", i);
		struct http_route one = route(methods[i], "/full");
		assert_int_equal(router_add(&r, &one), 0);
	}
	struct http_route more = route("MORE", "/full");
	assert_int_equal(router_add(&r, &more), E_LIMIT);
	router_done(&r);
	buf_done(&allow);
}

static void test_response(void **state)
{
	struct usher_buf out = {0};
	const char *headers[] = {"X-A: b", "cache-control: max-age=1", NULL};
	struct response r = {.status = 200,
			     .content_type = "text/plain",
			     .body = TEXT("body"),
			     .headers = headers,
			     .date = "now",
			     .keeps_alive = true};
	(void)state;
	assert_int_equal(response_format(&out, &r), 0);
	assert_non_null(strstr(out.p, "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: "
				      "text/plain\r\nContent-Length: 4\r\n"));
	assert_null(strstr(out.p, "no-store"));
	assert_non_null(strstr(out.p, "\r\n\r\nbody"));
	buf_clear(&out);
	r.status = 304;
	assert_int_equal(response_format(&out, &r), 0);
	assert_null(strstr(out.p, "Content-Length"));
	assert_null(strstr(out.p, "body"));
	static const char *const bad[] = {"X: a\nb",
					  "X: a\rb",
					  "X",
					  ": x",
					  "X Y: z",
					  "Content-Length: 9",
					  "connection: x",
					  "transfer-encoding: chunked",
					  "X: \x1b[0m"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r.headers = (const char *const[]){"X-Good: 1", bad[i], NULL};
		buf_clear(&out);
		assert_int_equal(response_format(&out, &r), E_INVALID);
		assert_int_equal(out.n, 0);
	}
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_end_of_head),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_frame_heads),
		cmocka_unit_test(test_frames_in_pieces),
		cmocka_unit_test(test_frame_reader_stops),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_proxies),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_response),
	};
	return cmocka_run_group_tests_name("http parts", tests, NULL, NULL);
}
