/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gateway/console.h"

#include "gateway/auth.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_login(int code, int retry_s, const char *token, const struct identity *who, void *arg)
{
	(void)retry_s;
	(void)who;
	assert_int_equal(code, 0);
	snprintf(arg, AUTH_TOKEN_BYTES, "%s", token);
}

static void say(struct console *c, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
		if (sent > 0) {
			bytes += sent;
			n -= (size_t)sent;
		}
		uv_run(&c->w->loop, UV_RUN_NOWAIT);
	}
}

static void hear_bytes(struct console *c)
{
	char bytes[65536];
	uv_run(&c->w->loop, UV_RUN_NOWAIT);
	ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
	if (n > 0)
		buf_add(&c->in, bytes, (size_t)n);
}

static void drop_bytes(struct console *c, size_t n)
{
	struct usher_buf rest = {0};
	buf_add(&rest, c->in.p + n, c->in.n - n);
	buf_done(&c->in);
	c->in = rest;
}

const char *await(struct console *c, const char *part)
{
	uint64_t limit = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
	while (uv_hrtime() < limit) {
		const unsigned char *p = (const unsigned char *)c->in.p;
		size_t head = c->in.n < 2 ? 0 : p[1] == 127 ? 10 : p[1] == 126 ? 4 : 2;
		uint64_t n = 0;
		for (size_t i = 2; head > 2 && c->in.n >= head && i < head; i++)
			n = n << 8 | p[i];
		n = head == 2 ? p[1] : n;
		if (head == 0 || c->in.n < head + n) {
			hear_bytes(c);
			continue;
		}
		assert_int_not_equal(p[0] & 15, 8);
		buf_clear(&c->frame);
		buf_add(&c->frame, c->in.p + head, n);
		drop_bytes(c, head + n);
		if (strstr(c->frame.p, part) != NULL)
			return c->frame.p;
	}
	fail_msg("no frame with %s", part);
	return "";
}

void console_say(struct console *c, const char *text)
{
	size_t n = strlen(text);
	char frame[200] = {(char)0x81, (char)(0x80 | n), 0, 0, 0, 0};
	assert_in_range(n, 1, 125);
	memcpy(frame + 6, text, n);
	say(c, frame, n + 6);
}

static void upgrade(struct console *c, struct world *w, const char *path, const char *protocol,
		    const char *token)
{
	char head[600];
	*c = (struct console){.w = w};
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)config_listen_port(w->config)),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(c->fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(fcntl(c->fd, F_SETFL, O_NONBLOCK), 0);
	snprintf(head, sizeof head,
		 "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
		 "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nOrigin: %s\r\n"
		 "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
		 "Sec-WebSocket-Protocol: %s\r\nCookie: usher=%s\r\n\r\n",
		 path, config_listen_port(w->config), config_public_url(w->config), protocol, token);
	say(c, head, strlen(head));
	uint64_t limit = uv_hrtime() + (uint64_t)WAIT_MS * 1000000;
	while ((c->in.n == 0 || strstr(c->in.p, "\r\n\r\n") == NULL) && uv_hrtime() < limit)
		hear_bytes(c);
	assert_non_null(c->in.p);
	assert_non_null(strstr(c->in.p, "101"));
	drop_bytes(c, (size_t)(strstr(c->in.p, "\r\n\r\n") + 4 - c->in.p));
}

void console_open(struct console *c, struct world *w, usher_id user)
{
	char token[AUTH_TOKEN_BYTES] = "";
	auth_open_session(w->g.auth, user, on_login, token);
	while (token[0] == '\0')
		uv_run(&w->loop, UV_RUN_NOWAIT);
	upgrade(c, w, "/api/v1/live", "usher.v1", token);
	await(c, "\"hello\"");
}

void console_open_chat(struct console *c, struct world *w)
{
	upgrade(c, w, "/chat/web", "usher-chat.v1", "");
	console_say(c, "{\"t\":\"hello\",\"v\":1,\"visitor\":null,\"resume\":null,\"lang\":\"en\"}");
	await(c, "\"hello\"");
}

void console_close(struct console *c)
{
	close(c->fd);
	buf_done(&c->in);
	buf_done(&c->frame);
	run_for(c->w, 20);
}
