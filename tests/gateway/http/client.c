/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gateway/http/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

void client_open(struct client *c, int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int on = 1;
	*c = (struct client){0};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		c->is_at_end = true;
}

void client_close(struct client *c)
{
	close(c->fd);
	buf_done(&c->in);
}

void client_send(struct client *c, const void *bytes, size_t n)
{
	const char *p = bytes;
	while (n > 0) {
		ssize_t sent = send(c->fd, p, n, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		p += sent;
		n -= (size_t)sent;
	}
}

void client_say(struct client *c, const char *text)
{
	client_send(c, text, strlen(text));
}

void client_sayf(struct client *c, const char *format, ...)
{
	char text[4096];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	client_say(c, text);
}

bool client_more(struct client *c, int ms)
{
	static char bytes[65536];
	struct pollfd p = {.fd = c->fd, .events = POLLIN};
	if (c->is_at_end || poll(&p, 1, ms) <= 0)
		return false;
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), 0);
	if (n <= 0) {
		c->is_at_end = true;
		c->was_reset = n < 0 && errno == ECONNRESET;
		return false;
	}
	buf_add(&c->in, bytes, (size_t)n);
	return true;
}

bool client_ends(struct client *c, int ms)
{
	while (client_more(c, ms))
		buf_clear(&c->in);
	return c->is_at_end;
}

static void use(struct client *c, struct usher_buf *kept, size_t n)
{
	buf_clear(kept);
	buf_add(kept, c->in.p, n);
	buf_drop_front(&c->in, n);
}

struct usher_text client_header(const struct client_answer *a, const char *name)
{
	struct usher_text rest = a->head;
	while (rest.n > 0) {
		struct usher_text line = text_cut(&rest, '\n');
		struct usher_text key = text_cut(&line, ':');
		if (text_equal_nocase(key, text_of(name)))
			return text_trim(line);
	}
	return TEXT_NONE;
}

static struct client_answer read_answer(struct client *c, bool has_body)
{
	static struct usher_buf kept;
	struct client_answer a = {0};
	char *end;
	while (c->in.n == 0 || (end = strstr(c->in.p, "\r\n\r\n")) == NULL)
		if (!client_more(c, CLIENT_PATIENCE_MS))
			return a;
	size_t head_n = (size_t)(end - c->in.p) + 4;
	a.head = text_slice(c->in.p, head_n);
	struct usher_text length = client_header(&a, "content-length");
	uint64_t n = 0;
	if (!has_body || text_to_u64(length, &n) != 0)
		n = 0;
	while (c->in.n < head_n + n)
		if (!client_more(c, CLIENT_PATIENCE_MS))
			return (struct client_answer){0};
	use(c, &kept, head_n + n);
	a.head = text_slice(kept.p, head_n);
	a.body = text_slice(kept.p + head_n, n);
	a.status = atoi(kept.p + 9);
	return a;
}

struct client_answer client_answer(struct client *c)
{
	return read_answer(c, true);
}

struct client_answer client_answer_to_head(struct client *c)
{
	return read_answer(c, false);
}

int client_ask(int port, const char *request, struct usher_buf *ret)
{
	struct client c;
	client_open(&c, port);
	client_say(&c, request);
	struct client_answer a = client_answer(&c);
	if (ret != NULL) {
		buf_clear(ret);
		buf_add_text(ret, a.head);
		buf_add_text(ret, a.body);
	}
	client_close(&c);
	return a.status;
}

int client_upgrade(struct client *c, int port, const char *path, const char *subprotocol)
{
	client_open(c, port);
	client_sayf(c,
		    "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "
		    "Upgrade\r\n"
		    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
		    "Sec-WebSocket-Protocol: %s\r\n\r\n",
		    path, subprotocol);
	return client_answer(c).status;
}

void client_frame(struct client *c, int first_byte, const void *payload, size_t n)
{
	static const unsigned char mask[4] = {0x11, 0xa2, 0x33, 0xc4};
	struct usher_buf out = {0};
	buf_addc(&out, (char)first_byte);
	if (n < 126) {
		buf_addc(&out, (char)(0x80 | n));
	} else {
		int bytes = n < 65536 ? 2 : 8;
		buf_addc(&out, (char)(0x80 | (bytes == 2 ? 126 : 127)));
		for (int i = bytes - 1; i >= 0; i--)
			buf_addc(&out, (char)((uint64_t)n >> 8 * i));
	}
	buf_add(&out, mask, 4);
	for (size_t i = 0; i < n; i++)
		buf_addc(&out, (char)(((const unsigned char *)payload)[i] ^ mask[i & 3]));
	client_send(c, out.p, out.n);
	buf_done(&out);
}

void client_frame_text(struct client *c, const char *text)
{
	client_frame(c, 0x81, text, strlen(text));
}

int client_next(struct client *c, struct usher_text *retpayload)
{
	static struct usher_buf kept;
	for (;;) {
		size_t head = 2, n = c->in.n >= 2 ? (unsigned char)c->in.p[1] & 0x7f : 0;
		if (c->in.n >= 4 && n == 126) {
			head = 4;
			n = (size_t)(unsigned char)c->in.p[2] << 8 | (unsigned char)c->in.p[3];
		} else if (c->in.n >= 10 && n == 127) {
			head = 10;
			n = 0;
			for (int i = 2; i < 10; i++)
				n = n << 8 | (unsigned char)c->in.p[i];
		} else if (n >= 126) {
			head = SIZE_MAX / 2;
		}
		if (c->in.n >= 2 && c->in.n >= head + n) {
			use(c, &kept, head + n);
			*retpayload = text_slice(kept.p + head, n);
			return kept.p[0] & 0x0f;
		}
		if (!client_more(c, CLIENT_PATIENCE_MS))
			return -1;
	}
}

int client_close_code(struct client *c)
{
	struct usher_text payload;
	for (;;) {
		int opcode = client_next(c, &payload);
		if (opcode < 0)
			return 1006;
		if (opcode == 8)
			return payload.n >= 2 ? (unsigned char)payload.p[0] << 8 |
							(unsigned char)payload.p[1]
					      : 1005;
	}
}
