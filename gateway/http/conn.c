/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/internal.h"

#include "routing/base/memory.h"

#include <stdlib.h>

static uint64_t address_key(const struct http_server *s, const struct in6_addr *address)
{
	/* An IPv6 customer owns a whole /64. */
	size_t n = IN6_IS_ADDR_V4MAPPED(address) ? 16 : 8;
	uint64_t h = hash_keyed(&s->key, address->s6_addr, n);
	return h != 0 ? h : 1;
}

static void uncount_address(struct http_conn *c)
{
	uint64_t key = address_key(c->server, &c->address), count = 0;
	if (!c->is_counted || !table_get(&c->server->addresses, key, &count))
		return;
	c->is_counted = false;
	if (count > 1)
		table_set(&c->server->addresses, key, count - 1);
	else
		table_remove(&c->server->addresses, key);
}

/* False: that address has its share of connections. A trusted proxy speaks for many. */
bool conn_count_address(struct http_conn *c, const struct in6_addr *address)
{
	struct http_server *s = c->server;
	uint64_t count = 0;
	uncount_address(c);
	c->address = *address;
	if (access_is_proxy(&s->access, address))
		return true;
	(void)table_get(&s->addresses, address_key(s, address), &count);
	if (count >= s->per_address_max)
		return false;
	table_set(&s->addresses, address_key(s, address), count + 1);
	c->is_counted = true;
	return true;
}

void conn_wait(struct http_conn *c, enum conn_wait wait)
{
	c->wait = wait;
	c->since_ms = uv_now(c->server->loop);
	list_remove(&c->in_wait);
	list_add_last(&c->server->waits[wait], &c->in_wait);
}

void *conn_accept(struct transport_link *l, const struct in6_addr *peer, void *arg)
{
	struct http_server *s = arg;
	if (s->is_closing || s->is_draining || s->connections >= s->connections_max) {
		metric_add(&s->counters.refused, 1);
		return NULL;
	}
	struct http_conn *c = NEW(struct http_conn);
	c->server = s;
	c->link = l;
	c->is_secure = transport_is_tls(s->transport);
	list_init(&c->in_wait);
	if (!conn_count_address(c, peer)) {
		metric_add(&s->counters.refused, 1);
		free(c);
		return NULL;
	}
	s->connections++;
	metric_set(&s->counters.connections, (int64_t)s->connections);
	conn_wait(c, WAIT_HEAD);
	return c;
}

int conn_linger(struct http_conn *c)
{
	/* Closing with unread bytes would send a reset, which can overtake the answer. */
	transport_shutdown(c->link);
	transport_pause(c->link, false);
	buf_done(&c->in);
	conn_wait(c, WAIT_LINGER);
	return 0;
}

static void skip_empty_lines(struct http_conn *c)
{
	size_t n = 0;
	while (n + 1 < c->in.n && c->in.p[n] == '\r' && c->in.p[n + 1] == '\n')
		n += 2;
	if (n > 0)
		buf_drop_front(&c->in, n);
}

static int process(struct http_conn *c)
{
	while (c->exchange == NULL && c->peer == NULL && c->in.n > 0) {
		if (c->scanned == 0)
			skip_empty_lines(c);
		int end = head_find_end(buf_text(&c->in), &c->scanned);
		if (end == 0) {
			if (c->wait != WAIT_HEAD)
				conn_wait(c, WAIT_HEAD);
			return 0;
		}
		c->scanned = 0;
		if (end < 0)
			exchange_refuse(c, -end,
					end == -400 ? "A line does not end with CR LF." : NULL);
		else
			exchange_begin(c, (size_t)end);
	}
	if (c->peer == NULL || c->in.n == 0)
		return 0;
	struct usher_buf early = c->in; /* frames that came in one piece with the handshake */
	c->in = (struct usher_buf){0};
	int r = peer_bytes(c->peer, early.p, early.n);
	buf_done(&early);
	return r;
}

static bool is_reading_body(const struct http_conn *c)
{
	return c->exchange != NULL && c->wait == WAIT_BODY;
}

static bool is_refusing(const struct http_conn *c)
{
	return c->exchange != NULL && c->exchange->is_answered && !c->exchange->keeps_alive;
}

int conn_bytes(void *arg, char *bytes, size_t n)
{
	struct http_conn *c = arg;
	if (c->server->is_closing)
		return -1;
	if (c->peer != NULL)
		return peer_bytes(c->peer, bytes, n);
	if (is_reading_body(c)) {
		size_t used = exchange_take_body(c->exchange, bytes, n);
		bytes += used;
		n -= used;
	}
	if (c->wait == WAIT_LINGER || is_refusing(c)) {
		c->lingered += n;
		return c->lingered > LINGER_BYTES_MAX ? -1 : 0;
	}
	if (n > 0)
		buf_add(&c->in, bytes, n);
	if (c->exchange == NULL)
		return process(c);
	if (c->in.n > PIPELINE_MAX)
		transport_pause(c->link, true);
	return 0;
}

static int finish_exchange(struct http_conn *c)
{
	bool keeps_alive = c->exchange->keeps_alive && !c->server->is_draining;
	exchange_free(c->exchange);
	c->exchange = NULL;
	if (!keeps_alive)
		return conn_linger(c);
	transport_pause(c->link, false);
	conn_wait(c, WAIT_IDLE);
	return process(c);
}

int conn_writable(void *arg)
{
	struct http_conn *c = arg;
	if (c->server->is_closing)
		return -1;
	if (c->peer != NULL)
		return peer_writable(c->peer);
	struct http_exchange *x = c->exchange;
	if (x == NULL || x->out_sent == x->out.n)
		return 0;
	size_t left = x->out.n - x->out_sent;
	size_t piece = left < WRITE_PIECE ? left : WRITE_PIECE;
	if (transport_write(c->link, x->out.p + x->out_sent, piece) != 0)
		return -1;
	x->out_sent += piece;
	if (x->is_answered)
		conn_wait(c, WAIT_WRITE);
	if (x->out_sent < x->out.n) {
		transport_want_write(c->link);
		return 0;
	}
	return x->is_answered ? finish_exchange(c) : 0;
}

void conn_close(void *arg)
{
	struct http_conn *c = arg;
	struct http_server *s = c->server;
	if (c->peer != NULL)
		peer_gone(c->peer);
	if (c->exchange != NULL && c->exchange->is_dispatched && !c->exchange->is_answered)
		exchange_detach(c->exchange);
	else if (c->exchange != NULL)
		exchange_free(c->exchange);
	list_remove(&c->in_wait);
	uncount_address(c);
	s->connections--;
	metric_set(&s->counters.connections, (int64_t)s->connections);
	buf_done(&c->in);
	free(c);
}
