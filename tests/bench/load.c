/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_BYTES ((size_t)1 << 17)

static struct {
	struct sockaddr_in server;
	load_on_payload on_payload;
	int epoll;
} load;

void load_die(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("load: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

uint64_t load_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t load_cpu(int pid)
{
	char path[300];
	unsigned long long ns, sum = 0;
	snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *dir = opendir(path);
	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
		snprintf(path, sizeof path, "/proc/%d/task/%.32s/schedstat", pid, e->d_name);
		FILE *file = e->d_name[0] != '.' ? fopen(path, "re") : NULL;
		if (file != NULL && fscanf(file, "%llu", &ns) == 1)
			sum += ns;
		if (file != NULL)
			fclose(file);
	}
	if (dir != NULL)
		closedir(dir);
	return sum;
}

/* ---- latencies ------------------------------------------------------------------------------- */

void load_time(struct load_times *t, uint64_t ns)
{
	if (t->n == t->space) {
		t->space = t->space == 0 ? 65536 : t->space * 2;
		t->us = realloc(t->us, t->space * sizeof *t->us);
		if (t->us == NULL)
			load_die("no memory");
	}
	t->us[t->n++] = (uint32_t)(ns / 1000);
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

double load_percentile(struct load_times *t, double p)
{
	if (t->n == 0)
		return 0;
	qsort(t->us, t->n, sizeof *t->us, by_value);
	return t->us[(size_t)((double)(t->n - 1) * p)];
}

/* ---- sockets ----------------------------------------------------------------------------------
 */

void load_begin(const char *host, int port, load_on_payload on_payload)
{
	load.server.sin_family = AF_INET;
	load.server.sin_port = htons((uint16_t)port);
	inet_pton(AF_INET, host, &load.server.sin_addr);
	load.on_payload = on_payload;
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
}

void load_connect(struct load_connection *c, unsigned address)
{
	int one = 1;
	struct sockaddr_in from = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(0x7f000002u + address)};
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
	if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&from, sizeof from) < 0 ||
	    connect(c->fd, (struct sockaddr *)&load.server, sizeof load.server) < 0)
		load_die("cannot connect: %s", strerror(errno));
	epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &ev);
}

void load_send(struct load_connection *c, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
		if (sent < 0)
			load_die("cannot send: %s", strerror(errno));
		bytes += sent;
		n -= (size_t)sent;
	}
}

void load_upgrade(struct load_connection *c, const char *path, const char *protocol,
		  const char *headers)
{
	char head[1024];
	int n = snprintf(head, sizeof head,
			 "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
			 "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
			 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: %s\r\n%s\r\n",
			 path, ntohs(load.server.sin_port), protocol, headers);
	load_send(c, head, (size_t)n);
}

static size_t frame(char *out, int opcode, const char *text, size_t n)
{
	static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
	size_t h = 0;
	out[h++] = (char)(0x80 | opcode);
	out[h++] = (char)(0x80 | (n < 126 ? n : 126));
	if (n >= 126) {
		out[h++] = (char)(n >> 8);
		out[h++] = (char)n;
	}
	memcpy(out + h, mask, 4);
	h += 4;
	for (size_t i = 0; i < n; i++)
		out[h + i] = (char)((unsigned char)text[i] ^ mask[i & 3]);
	return h + n;
}

void load_say(struct load_connection *c, const char *text)
{
	char out[4200];
	size_t n = strlen(text);
	if (n > 4096)
		load_die("a message of %zu bytes", n);
	load_send(c, out, frame(out, 1, text, n));
}

/* ---- what comes in ------------------------------------------------------------------------------
 */

static void give(struct load_connection *c, char *payload, size_t n)
{
	char saved = payload[n];
	payload[n] = '\0';
	load.on_payload(c, payload, n);
	payload[n] = saved;
}

/* Bytes of the first frame, 0 when it is not whole. */
static size_t take_frame(struct load_connection *c, char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t h = 2, length = n >= 2 ? u[1] & 127u : 0;
	if (n < 2 || (length == 126 && n < 4) || (length == 127 && n < 10))
		return 0;
	if (length == 126) {
		length = (size_t)u[2] << 8 | u[3];
		h = 4;
	} else if (length == 127) {
		length = (size_t)u[6] << 24 | (size_t)u[7] << 16 | (size_t)u[8] << 8 | u[9];
		h = 10;
	}
	if (n < h + length)
		return 0;
	char pong[140];
	if ((u[0] & 15) == 8)
		load_die("closed with %d: %.*s", length >= 2 ? u[h] << 8 | u[h + 1] : 0,
			 length > 2 ? (int)length - 2 : 0, p + h + 2);
	if ((u[0] & 15) == 9)
		load_send(c, pong, frame(pong, 10, p + h, length < 126 ? length : 0));
	else
		give(c, p + h, length);
	return h + length;
}

/* Bytes of the first HTTP answer, 0 when it is not whole. */
static size_t take_answer(struct load_connection *c, char *p, size_t n)
{
	char *end = memmem(p, n, "\r\n\r\n", 4);
	if (end == NULL)
		return 0;
	*end = '\0';
	const char *length = strcasestr(p, "content-length:");
	size_t whole =
		(size_t)(end + 4 - p) + (length != NULL ? strtoul(length + 15, NULL, 10) : 0);
	*end = '\r';
	if (n < whole)
		return 0;
	c->is_open = memcmp(p, "HTTP/1.1 101", 12) == 0;
	give(c, p, whole);
	return whole;
}

static void take(struct load_connection *c)
{
	size_t at = 0, used = 1;
	while (used > 0 && at < c->n) {
		used = c->is_open ? take_frame(c, c->in + at, c->n - at)
				  : take_answer(c, c->in + at, c->n - at);
		at += used;
	}
	memmove(c->in, c->in + at, c->n - at);
	c->n -= at;
	if (c->n == 0) { /* thousands of idle ones need no memory here */
		free(c->in);
		c->in = NULL;
		c->space = 0;
	}
}

static void fill(struct load_connection *c)
{
	static char bytes[READ_BYTES];
	ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0)
		load_die("connection %d of role %d was closed", c->number, c->role);
	if (c->n + (size_t)n + 1 > c->space) {
		c->space = c->n + (size_t)n + 1;
		c->in = realloc(c->in, c->space);
	}
	if (c->in == NULL)
		load_die("no memory");
	memcpy(c->in + c->n, bytes, (size_t)n);
	c->n += (size_t)n;
	take(c);
}

void load_poll(int ms)
{
	struct epoll_event events[256];
	int n = epoll_wait(load.epoll, events, 256, ms);
	for (int i = 0; i < n; i++)
		fill(events[i].data.ptr);
}
