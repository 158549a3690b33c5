/* SPDX-License-Identifier: Apache-2.0 */
/* What the server refuses, and how: framing, hosts, paths, methods, limits. */
#include "tests/gateway/http/client.h"
#include "tests/gateway/http/fixture.h"
#include "tests/tap.h"

#include <stdio.h>

static struct fixture site;

static const struct http_settings usual = {
	.address = "127.0.0.1",
	.public_url = "https://desk.example",
	.hosts = (const char *const[]){"alias.example", NULL},
};

static int start(void **state)
{
	(void)state;
	fixture_start(&site, &usual);
	return site.port > 0 ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	return fixture_stop(&site);
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

static void test_refuses_header_injection(void **state)
{
	struct usher_buf all = {0};
	(void)state;
	assert_int_equal(client_ask(site.port, GET("/badheader"), &all), 500);
	assert_null(strstr(all.p, "Set-Cookie"));
	buf_done(&all);
}

static void test_methods(void **state)
{
	static const char *const methods[] = {"GET",	"POST",	   "PUT",     "PATCH",
					      "DELETE", "OPTIONS", "PROPFIND"};
	struct client c;
	struct usher_buf all = {0};
	(void)state;
	client_open(&c, site.port);
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		client_sayf(&c, "%s /any HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
			    methods[i]);
		assert_true(text_equal(client_answer(&c).body, text_of(methods[i])));
	}
	client_say(&c, "HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\n" GET("/hello"));
	struct client_answer a = client_answer_to_head(&c);
	assert_int_equal(a.status, 200);
	assert_true(text_equal(client_header(&a, "Content-Length"), TEXT("5")));
	assert_true(text_equal(client_answer(&c).body, TEXT("hello")));
	client_close(&c);
	assert_int_equal(
		client_ask(site.port, "DELETE /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", &all),
		405);
	assert_non_null(strstr(all.p, "Allow: GET, HEAD\r\n"));
	assert_int_equal(
		client_ask(site.port, "TRACE /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", NULL),
		405);
	buf_done(&all);
}

/* Each is answered with this status, and where it may be read in two ways the connection ends. */
static const struct {
	const char *name, *request;
	int status;
} refusals[] = {
	{"CL and TE",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
	 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	 400},
	{"TE and CL",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
	 "Content-Length: 5\r\n\r\n0\r\n\r\n",
	 400},
	{"chunked",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
	 "5\r\nhello\r\n0\r\n\r\n",
	 411},
	{"odd coding",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
	{"two codings",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
	{"TE twice",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
	 "Transfer-Encoding: identity\r\n\r\n",
	 400},
	{"TE in 1.0",
	 "POST /echo HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
	{"CL twice",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: "
	 "6\r\n\r\nhello!",
	 400},
	{"CL twice, same",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: "
	 "5\r\n\r\nhello",
	 400},
	{"CL list", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5, 5\r\n\r\nhello",
	 400},
	{"CL plus", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\nhello",
	 400},
	{"CL minus", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\nhello",
	 400},
	{"CL hex", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0x5\r\n\r\nhello",
	 400},
	{"CL empty", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length:\r\n\r\nhello", 400},
	{"CL huge",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
	 400},
	{"CL above the route's",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n", 413},
	{"CL 10^14",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000000000\r\n\r\n", 413},
	{"body on GET", "GET /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
	 413},
	{"no CL", "POST /echo HTTP/1.1\r\nHost: localhost\r\n\r\n", 411},
	{"LF only", "GET /hello HTTP/1.1\nHost: localhost\n\n", 400},
	{"one LF only", "GET /hello HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n", 400},
	{"bare CR", "GET /hello HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n", 400},
	{"fold", "GET /hello HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n", 400},
	{"space before colon",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length : 5\r\n\r\nhello", 400},
	{"space before name", "GET /hello HTTP/1.1\r\n Host: localhost\r\n\r\n", 400},
	{"no colon", "GET /hello HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n", 400},
	{"empty name", "GET /hello HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n", 400},
	{"control in value", "GET /hello HTTP/1.1\r\nHost: localhost\r\nX: \x01\r\n\r\n", 400},
	{"no Host", "GET /hello HTTP/1.1\r\nX: y\r\n\r\n", 400},
	{"empty Host", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n", 400},
	{"two Hosts", "GET /hello HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400},
	{"foreign Host", "GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
	{"suffix Host", "GET /hello HTTP/1.1\r\nHost: desk.example.evil.example\r\n\r\n", 421},
	{"prefix Host", "GET /hello HTTP/1.1\r\nHost: evildesk.example\r\n\r\n", 421},
	{"Host with user", "GET /hello HTTP/1.1\r\nHost: desk.example@evil.example\r\n\r\n", 421},
	{"Host with path", "GET /hello HTTP/1.1\r\nHost: desk.example/x\r\n\r\n", 421},
	{"Host with bad port", "GET /hello HTTP/1.1\r\nHost: desk.example:99999\r\n\r\n", 421},
	{"Host with a dot behind", "GET /hello HTTP/1.1\r\nHost: desk.example.\r\n\r\n", 421},
	{"1.0 without Host", "GET /hello HTTP/1.0\r\n\r\n", 421},
	{"absolute form", "GET http://evil.example/hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"asterisk", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"CONNECT", "CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"h2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
	{"HTTP/0.9", "GET /hello\r\n\r\n", 400},
	{"HTTP/1.2", "GET /hello HTTP/1.2\r\nHost: localhost\r\n\r\n", 505},
	{"http/1.1", "GET /hello http/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"two spaces", "GET  /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"tab", "GET\t/hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"space at the end", "GET /hello HTTP/1.1 \r\nHost: localhost\r\n\r\n", 400},
	{"odd method", "G@T /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"dot segments", "GET /tail/../hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"encoded dot segments", "GET /tail/%2e%2E/hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"encoded slash", "GET /tail%2fx HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"backslash", "GET /tail/%5cx HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"encoded NUL", "GET /tail/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"encoded CR LF", "GET /tail/%0d%0aX:y HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"bad escape", "GET /tail/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"cut escape", "GET /tail/%4 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"overlong UTF-8", "GET /tail/%c0%af HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"raw UTF-8", "GET /tail/\xc3\xa4 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"fragment", "GET /hello#x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	{"odd expectation",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\nx",
	 417},
	{"two Expects",
	 "POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nExpect: "
	 "100-continue\r\nContent-Length: 1\r\n\r\nx",
	 400},
	{"TLS hello", "\x16\x03\x01\x02\x01\x01\r\n\r\n", 400},
	{"unknown path", "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
	{"doubly encoded", "GET /%2568ello HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
	{"two slashes", "GET //hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
	{"plain GET to a WebSocket", "GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n", 426},
	{"h2c",
	 "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
	 "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
	 400},
};

static void test_refusals(void **state)
{
	struct usher_buf all = {0};
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		int status = client_ask(site.port, refusals[i].request, &all);
		if (status != refusals[i].status)
			fail_msg("%s: %d, expected %d", refusals[i].name, status,
				 refusals[i].status);
		bool may_go_on = status == 404 || status == 413 || status == 421 || status == 426;
		if (!may_go_on && strstr(all.p, "Connection: close") == NULL)
			fail_msg("%s: the connection stays", refusals[i].name);
		if (strstr(all.p, "application/problem+json") == NULL)
			fail_msg("%s: no problem document", refusals[i].name);
	}
	buf_done(&all);
	assert_int_equal(client_ask(site.port, GET("/hello"), NULL), 200);
}

static void test_nothing_follows_a_refused_body(void **state)
{
	struct client c;
	(void)state;
	client_open(&c, site.port);
	client_say(&c,
		   "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n" GET(
			   "/hello"));
	assert_int_equal(client_answer(&c).status, 404);
	assert_int_equal(client_answer(&c).status, 0);
	assert_true(c.is_at_end);
	client_close(&c);
}

static void test_hosts(void **state)
{
	static const char *const good[] = {"localhost",	   "127.0.0.1:99",     "[::1]:8080",
					   "desk.example", "DESK.EXAMPLE:443", "alias.example"};
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char request[200];
		snprintf(request, sizeof(request), "GET /hello HTTP/1.1\r\nHost: %s\r\n\r\n",
			 good[i]);
		assert_int_equal(client_ask(site.port, request, NULL), 200);
	}
}

static void test_head_limits(void **state)
{
	struct usher_buf request = {0};
	(void)state;
	buf_adds(&request, "GET /hello HTTP/1.1\r\nHost: localhost\r\n");
	for (int i = 0; i < 63; i++)
		buf_addf(&request, "X-%d: y\r\n", i);
	struct usher_buf more = {0};
	buf_addf(&more, "%s\r\n", request.p);
	assert_int_equal(client_ask(site.port, more.p, NULL), 200);
	buf_clear(&more);
	buf_addf(&more, "%sX: y\r\n\r\n", request.p);
	assert_int_equal(client_ask(site.port, more.p, NULL), 431);
	for (int size = 15000; size <= 17000; size += 2000) {
		buf_clear(&more);
		buf_adds(&more, "GET /hello HTTP/1.1\r\nHost: localhost\r\nX: ");
		while ((int)more.n < size)
			buf_addc(&more, 'x');
		buf_adds(&more, "\r\n\r\n");
		assert_int_equal(client_ask(site.port, more.p, NULL), size < 16384 ? 200 : 431);
	}
	buf_clear(&more);
	buf_adds(&more, "GET /tail/");
	while (more.n < 8192 + 5)
		buf_addc(&more, 'x');
	buf_adds(&more, " HTTP/1.1\r\nHost: localhost\r\n\r\n");
	assert_int_equal(client_ask(site.port, more.p, NULL), 414);
	buf_done(&more);
	buf_done(&request);
}

static void test_problems(void **state)
{
	static const struct {
		int code, status;
		const char *name;
	} rows[] = {
		{1, 400, "invalid"},   {2, 404, "not-found"},	{3, 409, "exists"},
		{4, 409, "stale"},     {5, 409, "wrong-state"}, {6, 429, "limit"},
		{7, 503, "try-again"}, {8, 403, "denied"},	{9, 401, "unauthenticated"},
		{10, 503, "io"},       {12, 409, "closed"},	{13, 501, "unsupported"},
		{77, 500, "internal"},
	};
	struct usher_buf all = {0};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char request[100], type[100];
		snprintf(request, sizeof(request),
			 "GET /problem?%d HTTP/1.1\r\nHost: localhost\r\n\r\n", rows[i].code);
		assert_int_equal(client_ask(site.port, request, &all), rows[i].status);
		snprintf(type, sizeof(type), "{\"type\":\"/help/problems/%s\",\"title\":\"",
			 rows[i].name);
		assert_non_null(strstr(all.p, type));
		assert_non_null(strstr(all.p, "\"detail\":\"Said \\\"so\\\".\"}"));
		bool may_come_again = rows[i].status == 503 || rows[i].status == 429;
		assert_int_equal(strstr(all.p, "Retry-After") != NULL, may_come_again);
	}
	buf_done(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refuses_header_injection),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_nothing_follows_a_refused_body),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_head_limits),
		cmocka_unit_test(test_problems),
	};
	return cmocka_run_group_tests_name("http refusals", tests, start, stop);
}
