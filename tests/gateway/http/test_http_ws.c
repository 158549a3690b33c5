/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket over real sockets: RFC 6455 right and wrong, slow peers, many peers. */
#include "tests/gateway/http/client.h"
#include "tests/gateway/http/fixture.h"
#include "tests/tap.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct fixture site;

static const struct http_settings usual = {
	.address = "127.0.0.1",
	.public_url = "https://desk.example",
	.origins = (const char *const[]){"https://shop.example", NULL},
	.timeouts = {.ping = 600, .pong = 900, .close = 1000},
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

static void open_echo(struct client *c)
{
	assert_int_equal(client_upgrade(c, site.port, "/ws", "echo.v1"), 101);
}

/* The next frame must be this text; pings are passed over. */
static void expect_text(struct client *c, const char *text)
{
	struct usher_text payload;
	int opcode;
	do
		opcode = client_next(c, &payload);
	while (opcode == 9);
	assert_int_equal(opcode, 1);
	assert_true(text_equal(payload, text_of(text)));
}

static void test_echo_of_all_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, 125, 126, 127, 128, 4095, 4096, 65535, 65536};
	struct client c;
	struct usher_text payload;
	char *text = malloc(65536);
	(void)state;
	memset(text, 'a', 65536);
	open_echo(&c);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		client_frame(&c, 0x81, text, sizes[i]);
		assert_int_equal(client_next(&c, &payload), 1);
		assert_int_equal(payload.n, sizes[i]);
		assert_true(sizes[i] == 0 || memcmp(payload.p, text, sizes[i]) == 0);
	}
	client_close(&c);
	free(text);
}

static void test_one_byte_at_a_time(void **state)
{
	static const unsigned char frame[] = {
		0x01, 0x82, 1, 2, 3, 4, 'h' ^ 1, 'e' ^ 2, /* fragment */
		0x89, 0x81, 9, 9, 9, 9, 'p' ^ 9,	  /* ping inside */
		0x80, 0x83, 1, 2, 3, 4, 'l' ^ 1, 'l' ^ 2, 'o' ^ 3};
	struct client c;
	struct usher_text payload;
	(void)state;
	open_echo(&c);
	for (size_t i = 0; i < sizeof(frame); i++) {
		client_send(&c, frame + i, 1);
		usleep(300);
	}
	assert_int_equal(client_next(&c, &payload), 10);
	assert_true(text_equal(payload, TEXT("p")));
	expect_text(&c, "hello");
	client_close(&c);
}

static void test_frames_behind_the_handshake(void **state)
{
	struct client c;
	(void)state;
	client_open(&c, site.port);
	struct usher_buf all = {0};
	buf_adds(
		&all,
		"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: WebSocket\r\n"
		"Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: odd.v9, other.v1\r\n\r\n");
	buf_add(&all, "\x81\x82\x00\x00\x00\x00hi", 8);
	client_send(&c, all.p, all.n);
	struct client_answer a = client_answer(&c);
	assert_int_equal(a.status, 101);
	assert_true(text_equal(client_header(&a, "Sec-WebSocket-Accept"),
			       TEXT("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
	assert_true(text_equal(client_header(&a, "Sec-WebSocket-Protocol"), TEXT("other.v1")));
	assert_int_equal(client_header(&a, "Sec-WebSocket-Extensions").n, 0);
	expect_text(&c, "HELLO"); /* sent by on_open */
	expect_text(&c, "HI");
	client_close(&c);
	buf_done(&all);
}

#define UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define V13 "Sec-WebSocket-Version: 13\r\n"
#define ECHO_V1 "Sec-WebSocket-Protocol: echo.v1\r\n"
#define HOST "Host: localhost\r\n"

static const struct {
	const char *name, *request;
	int status;
} handshakes[] = {
	{"version 12",
	 "GET /ws HTTP/1.1\r\n" HOST UPGRADE KEY ECHO_V1 "Sec-WebSocket-Version: 12\r\n\r\n", 426},
	{"version missing", "GET /ws HTTP/1.1\r\n" HOST UPGRADE KEY ECHO_V1 "\r\n", 426},
	{"version list",
	 "GET /ws HTTP/1.1\r\n" HOST UPGRADE KEY ECHO_V1 "Sec-WebSocket-Version: 13, 8\r\n\r\n",
	 426},
	{"version twice", "GET /ws HTTP/1.1\r\n" HOST UPGRADE KEY ECHO_V1 V13 V13 "\r\n", 400},
	{"key missing", "GET /ws HTTP/1.1\r\n" HOST UPGRADE V13 ECHO_V1 "\r\n", 400},
	{"key short",
	 "GET /ws HTTP/1.1\r\n" HOST UPGRADE V13 ECHO_V1 "Sec-WebSocket-Key: AAAA\r\n\r\n", 400},
	{"key odd",
	 "GET /ws HTTP/1.1\r\n" HOST UPGRADE V13 ECHO_V1
	 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==\r\n\r\n",
	 400},
	{"key twice", "GET /ws HTTP/1.1\r\n" HOST UPGRADE KEY KEY V13 ECHO_V1 "\r\n", 400},
	{"protocol missing", "GET /ws HTTP/1.1\r\n" HOST UPGRADE KEY V13 "\r\n", 400},
	{"protocol unknown",
	 "GET /ws HTTP/1.1\r\n" HOST UPGRADE KEY V13 "Sec-WebSocket-Protocol: relay.v1\r\n\r\n",
	 400},
	{"protocol in capitals",
	 "GET /ws HTTP/1.1\r\n" HOST UPGRADE KEY V13 "Sec-WebSocket-Protocol: ECHO.V1\r\n\r\n",
	 400},
	{"POST", "POST /ws HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1 "Content-Length: 0\r\n\r\n",
	 400},
	{"HTTP/1.0", "GET /ws HTTP/1.0\r\n" HOST UPGRADE KEY V13 ECHO_V1 "\r\n", 400},
	{"with a body",
	 "GET /ws HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1 "Content-Length: 2\r\n\r\nxx", 400},
	{"no Connection",
	 "GET /ws HTTP/1.1\r\n" HOST "Upgrade: websocket\r\n" KEY V13 ECHO_V1 "\r\n", 426},
	{"two upgrades",
	 "GET /ws HTTP/1.1\r\n" HOST
	 "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n" KEY V13 ECHO_V1 "\r\n",
	 400},
	{"h2c",
	 "GET /ws HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: h2c\r\n" KEY V13 ECHO_V1
	 "\r\n",
	 400},
	{"another path", "GET /nothing HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1 "\r\n", 404},
	{"a plain page", "GET /hello HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1 "\r\n", 404},
	{"foreign host",
	 "GET /ws HTTP/1.1\r\nHost: evil.example\r\n" UPGRADE KEY V13 ECHO_V1 "\r\n", 421},
	{"on_open refuses", "GET /refuse HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1 "\r\n", 403},
	{"origin missing", "GET /origin HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1 "\r\n", 403},
	{"origin null",
	 "GET /origin HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1 "Origin: null\r\n\r\n", 403},
	{"origin foreign",
	 "GET /origin HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1
	 "Origin: https://evil.example\r\n\r\n",
	 403},
	{"origin suffix",
	 "GET /origin HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1
	 "Origin: https://desk.example.evil.example\r\n\r\n",
	 403},
	{"origin prefix",
	 "GET /origin HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1
	 "Origin: https://evildesk.example\r\n\r\n",
	 403},
	{"origin without TLS",
	 "GET /origin HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1
	 "Origin: http://desk.example\r\n\r\n",
	 403},
	{"origin port",
	 "GET /origin HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1
	 "Origin: https://desk.example:444\r\n\r\n",
	 403},
	{"origin twice",
	 "GET /origin HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1
	 "Origin: https://desk.example\r\nOrigin: https://evil.example\r\n\r\n",
	 400},
	{"origin good",
	 "GET /origin HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1
	 "Origin: https://desk.example\r\n\r\n",
	 101},
	{"origin allowed",
	 "GET /origin HTTP/1.1\r\n" HOST UPGRADE KEY V13 ECHO_V1
	 "Origin: https://shop.example\r\n\r\n",
	 101},
	{"origin the same site",
	 "GET /origin HTTP/1.1\r\nHost: localhost:99\r\n" UPGRADE KEY V13 ECHO_V1
	 "Origin: http://localhost:99\r\n\r\n",
	 101},
};

static void test_handshakes_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(handshakes) / sizeof(handshakes[0]); i++) {
		int status = client_ask(site.port, handshakes[i].request, NULL);
		if (status != handshakes[i].status)
			fail_msg("%s: %d, expected %d", handshakes[i].name, status,
				 handshakes[i].status);
	}
}

/* Bytes after the handshake, masked with zeros, and the code they are closed with. */
static const struct {
	const char *name;
	const char *bytes;
	size_t n;
	int code;
} faults[] = {
#define M "\x00\x00\x00\x00"
#define ROW(name, bytes, code)                       \
	{                                            \
		name, bytes, sizeof(bytes) - 1, code \
	}
	ROW("unmasked", "\x81\x02hi", 1002),
	ROW("RSV1", "\xc1\x82" M "hi", 1002),
	ROW("RSV2", "\xa1\x82" M "hi", 1002),
	ROW("RSV3", "\x91\x82" M "hi", 1002),
	ROW("opcode 3", "\x83\x80" M, 1002),
	ROW("opcode 7", "\x87\x80" M, 1002),
	ROW("opcode 11", "\x8b\x80" M, 1002),
	ROW("opcode 15", "\x8f\x80" M, 1002),
	ROW("binary", "\x82\x82" M "hi", 1003),
	ROW("empty binary", "\x82\x80" M, 1003),
	ROW("fragmented ping", "\x09\x82" M "hi", 1002),
	ROW("long ping", "\x89\xfe\x00\x7e" M, 1002),
	ROW("long close", "\x88\xfe\x00\x7e" M, 1002),
	ROW("stray continuation", "\x80\x82" M "hi", 1002),
	ROW("stray first continuation", "\x00\x82" M "hi", 1002),
	ROW("text inside a message", "\x01\x82" M "hi\x81\x82" M "hi", 1002),
	ROW("length in too many bytes", "\x81\xfe\x00\x05" M "hello", 1002),
	ROW("length in far too many bytes", "\x81\xff\x00\x00\x00\x00\x00\x00\x00\x05" M "hello",
	    1002),
	ROW("length with top bit", "\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00" M, 1002),
	ROW("length 2^40", "\x81\xff\x00\x00\x01\x00\x00\x00\x00\x00" M, 1009),
	ROW("65537 bytes", "\x81\xff\x00\x00\x00\x00\x00\x01\x00\x01" M, 1009),
	ROW("65537 in fragments", "\x01\x81" M "a\x80\xff\x00\x00\x00\x00\x00\x01\x00\x00" M, 1009),
	ROW("bad UTF-8", "\x81\x82" M "\xc3\x28", 1007),
	ROW("cut UTF-8", "\x81\x81" M "\xc3", 1007),
	ROW("surrogate", "\x81\x83" M "\xed\xa0\x80", 1007),
	ROW("overlong", "\x81\x82" M "\xc0\xaf", 1007),
	ROW("above U+10FFFF", "\x81\x84" M "\xf4\x90\x80\x80", 1007),
	ROW("NUL", "\x81\x81" M "\x00", 1007),
	ROW("bad UTF-8 in a later fragment", "\x01\x81" M "a\x80\x82" M "\xff\xfe", 1007),
	ROW("close of one byte", "\x88\x81" M "\x03", 1002),
	ROW("close 999", "\x88\x82" M "\x03\xe7", 1002),
	ROW("close 1004", "\x88\x82" M "\x03\xec", 1002),
	ROW("close 1005", "\x88\x82" M "\x03\xed", 1002),
	ROW("close 1006", "\x88\x82" M "\x03\xee", 1002),
	ROW("close 1015", "\x88\x82" M "\x03\xf7", 1002),
	ROW("close 2999", "\x88\x82" M "\x0b\xb7", 1002),
	ROW("close 5000", "\x88\x82" M "\x13\x88", 1002),
	ROW("close with bad UTF-8", "\x88\x84" M "\x03\xe8\xff\xfe", 1007),
	ROW("close without code", "\x88\x80" M, 1005),
	ROW("close 1000", "\x88\x82" M "\x03\xe8", 1000),
	ROW("close 1001 with reason",
	    "\x88\x86" M "\x03\xe9"
	    "away",
	    1001),
	ROW("close 1013", "\x88\x82" M "\x03\xf5", 1013),
	ROW("close 3000", "\x88\x82" M "\x0b\xb8", 3000),
	ROW("close 4999", "\x88\x82" M "\x13\x87", 4999),
};

static void test_faults_and_their_codes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		for (int slowly = 0; slowly < 2; slowly++) {
			struct client c;
			open_echo(&c);
			for (size_t j = 0; slowly && j < faults[i].n; j++)
				client_send(&c, faults[i].bytes + j, 1);
			if (!slowly)
				client_send(&c, faults[i].bytes, faults[i].n);
			int code = client_close_code(&c);
			if (code != faults[i].code)
				fail_msg("%s: %d, expected %d", faults[i].name, code,
					 faults[i].code);
			if (!client_ends(&c, 2000) || c.was_reset)
				fail_msg("%s: the connection is not ended properly",
					 faults[i].name);
			client_close(&c);
		}
	}
}

static void test_fragments(void **state)
{
	struct client c;
	char expected[65] = {0};
	(void)state;
	open_echo(&c);
	client_frame(&c, 0x01, "a", 1);
	for (int i = 0; i < 62; i++)
		client_frame(&c, 0x00, i % 2 == 0 ? "" : "b", i % 2);
	client_frame(&c, 0x80, "c", 1);
	expected[0] = 'a';
	memset(expected + 1, 'b', 31);
	expected[32] = 'c';
	expect_text(&c, expected);
	client_frame(&c, 0x01, "\xc3", 1); /* a character in two fragments */
	client_frame(&c, 0x80, "\xa4", 1);
	expect_text(&c, "\xc3\xa4");
	client_frame(&c, 0x01, "", 0);
	client_frame(&c, 0x00, "", 0);
	client_frame(&c, 0x80, "", 0);
	expect_text(&c, "");
	for (int i = 0; i < 65; i++)
		client_frame(&c, i == 0 ? 0x01 : 0x00, "", 0);
	assert_int_equal(client_close_code(&c), 1008);
	client_close(&c);
}

static void test_close_by_the_server(void **state)
{
	struct client c;
	(void)state;
	open_echo(&c);
	client_frame_text(&c, "close 4001");
	expect_text(&c, "last words");
	struct usher_text payload;
	assert_int_equal(client_next(&c, &payload), 8);
	assert_memory_equal(payload.p,
			    "\x0f\xa1"
			    "as you wish",
			    13);
	client_frame_text(&c, "ignored now");
	client_frame(&c, 0x88, "\x0f\xa1", 2);
	assert_true(client_ends(&c, 700));
	client_close(&c);
	open_echo(&c); /* one that never answers the close frame is let go */
	client_frame_text(&c, "close 1000");
	assert_int_equal(client_close_code(&c), 1000);
	assert_true(client_ends(&c, 3000));
	client_close(&c);
}

static int closed_so_far(void)
{
	struct usher_buf all = {0};
	int opened = 0, closed = 0;
	assert_int_equal(
		client_ask(site.port, "GET /stats HTTP/1.1\r\nHost: localhost\r\n\r\n", &all), 200);
	assert_int_equal(sscanf(strstr(all.p, "\r\n\r\n"), "%d %d", &opened, &closed), 2);
	buf_done(&all);
	return closed;
}

/* Who says goodbye, or talks nonsense, is gone at once, however long the connection lingers. */
static void test_end_is_told_early(void **state)
{
	static const char *const ends[] = {"\x88\x82\0\0\0\0\x03\xe8", "\xff\x82\0\0\0\0hi"};
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct client c;
		open_echo(&c);
		int before = closed_so_far();
		client_send(&c, ends[i], 8);
		assert_int_equal(client_close_code(&c), i == 0 ? 1000 : 1002);
		assert_int_equal(closed_so_far(), before + 1);
		client_close(&c);
		usleep(20000);
		assert_int_equal(closed_so_far(), before + 1);
	}
}

static void test_pings_and_silence(void **state)
{
	struct client good, silent;
	struct usher_text payload;
	(void)state;
	open_echo(&good);
	open_echo(&silent);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(client_next(&good, &payload), 9);
		client_frame(&good, 0x8a, payload.p, payload.n);
	}
	/* 4 pings take 2.4 s; the silent one was pinged once and hung up on after 1.5 s */
	assert_int_equal(client_next(&silent, &payload), 9);
	assert_int_equal(client_next(&silent, &payload), -1);
	client_frame_text(&good, "still here");
	expect_text(&good, "still here");
	client_close(&good);
	client_close(&silent);
}

static void test_slow_reader_gets_4013(void **state)
{
	struct client slow, other;
	int small = 4096;
	(void)state;
	open_echo(&slow);
	open_echo(&other);
	setsockopt(slow.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	client_frame_text(&slow, "flood 4000"); /* 16 MiB; 256 KiB may wait */
	for (int i = 0; i < 50; i++) {
		client_frame_text(&other, "quick");
		expect_text(&other, "quick");
	}
	assert_int_equal(client_close_code(&slow), 4013);
	client_close(&slow);
	open_echo(&slow); /* and one that never reads at all is let go too */
	client_frame_text(&slow, "flood 4000");
	usleep(2500000);
	size_t n = 0;
	while (client_more(&slow, 500)) {
		n += slow.in.n;
		buf_clear(&slow.in);
	}
	assert_true(slow.is_at_end);
	assert_true(n < (size_t)16 << 20);
	client_close(&slow);
	client_close(&other);
}

static void test_peer_that_sends_but_does_not_read(void **state)
{
	struct client c, other;
	char *text = malloc(60000);
	(void)state;
	memset(text, 'e', 60000);
	open_echo(&c);
	open_echo(&other);
	struct timeval patience = {.tv_usec = 300000};
	setsockopt(c.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	for (int i = 0; i < 200; i++)
		client_frame(&c, 0x81, text, 60000);
	client_frame_text(&other, "quick");
	expect_text(&other, "quick");
	client_close(&c);
	client_close(&other);
	free(text);
}

static void test_flood_of_pings(void **state)
{
	struct client c, other;
	char payload[125];
	(void)state;
	memset(payload, 'p', sizeof(payload));
	open_echo(&c);
	open_echo(&other);
	struct timeval patience = {.tv_usec = 300000};
	setsockopt(c.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	for (int i = 0; i < 60000; i++)
		client_frame(&c, 0x89, payload, sizeof(payload));
	client_frame_text(&other, "quick");
	expect_text(&other, "quick");
	client_close(&c);
	client_close(&other);
}

static void test_route_removed_under_its_peers(void **state)
{
	struct client c, other;
	(void)state;
	open_echo(&other);
	assert_int_equal(client_upgrade(&c, site.port, "/ws", "other.v1"), 101);
	expect_text(&c, "HELLO");
	client_frame_text(&other, "drop-route");
	assert_int_equal(client_close_code(&c), 1012);
	client_close(&c);
	assert_int_equal(client_upgrade(&c, site.port, "/ws", "other.v1"), 400);
	client_close(&c);
	client_frame_text(&other, "still");
	expect_text(&other, "still");
	client_close(&other);
}

static void test_many_peers_and_one_frame(void **state)
{
	enum { MANY = 2000 };
	struct rlimit limit;
	static struct client c[MANY];
	struct fixture f;
	struct http_settings settings = usual;
	(void)state;
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < MANY + 100 && limit.rlim_max >= MANY + 100) {
		limit.rlim_cur = MANY + 100;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	settings.timeouts = (struct http_timeouts){0};
	fixture_start(&f, &settings);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(client_upgrade(&c[i], f.port, "/fan", "echo.v1"), 101);
	for (int round = 0; round < 3; round++) {
		client_frame_text(&c[round], "to everybody");
		for (int i = 0; i < MANY; i++)
			expect_text(&c[i], "to everybody");
	}
	for (int i = 0; i < MANY; i += 2)
		client_close(&c[i]);
	usleep(100000);
	client_frame_text(&c[1], "to the rest");
	for (int i = 1; i < MANY; i += 2)
		expect_text(&c[i], "to the rest");
	assert_int_equal(fixture_stop(&f), 0); /* on_close once for each on_open */
	for (int i = 1; i < MANY; i += 2)
		client_close(&c[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_echo_of_all_sizes),
		cmocka_unit_test(test_one_byte_at_a_time),
		cmocka_unit_test(test_frames_behind_the_handshake),
		cmocka_unit_test(test_handshakes_refused),
		cmocka_unit_test(test_faults_and_their_codes),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_close_by_the_server),
		cmocka_unit_test(test_end_is_told_early),
		cmocka_unit_test(test_pings_and_silence),
		cmocka_unit_test(test_slow_reader_gets_4013),
		cmocka_unit_test(test_peer_that_sends_but_does_not_read),
		cmocka_unit_test(test_flood_of_pings),
		cmocka_unit_test(test_route_removed_under_its_peers),
		cmocka_unit_test(test_many_peers_and_one_frame),
	};
	return cmocka_run_group_tests_name("websocket", tests, start, stop);
}
