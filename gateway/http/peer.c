/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/internal.h"

#include "gateway/http/peer.h"
#include "routing/base/memory.h"

#include <assert.h>
#include <stdlib.h>

static struct ws_frame *make_frame(enum frame_opcode opcode, const void *payload, size_t n)
{
	uint8_t head[FRAME_HEAD_MAX];
	size_t head_n = frame_head(head, opcode, n);
	struct ws_frame *f = memory_resize(NULL, sizeof(*f) + head_n + n);
	f->refs = 1;
	f->n = head_n + n;
	memcpy(f->bytes, head, head_n);
	if (n > 0)
		memcpy(f->bytes + head_n, payload, n);
	return f;
}

struct ws_frame *ws_frame_new(struct usher_text message)
{
	return make_frame(FRAME_TEXT, message.p, message.n);
}

struct ws_frame *ws_frame_ref(struct ws_frame *f)
{
	f->refs++;
	return f;
}

void ws_frame_unref(struct ws_frame *f)
{
	assert(f->refs > 0);
	if (--f->refs == 0)
		free(f);
}

static struct ws_frame **slot(struct ws_peer *p, unsigned at)
{
	return &p->queue[(p->first + at) & (p->space - 1)];
}

/* Takes over one reference. */
static void enqueue(struct ws_peer *p, struct ws_frame *f)
{
	if (p->count == p->space) {
		unsigned space = p->space == 0 ? 4 : p->space * 2;
		struct ws_frame **queue = memory_new_array(space, sizeof(*queue));
		for (unsigned i = 0; i < p->count; i++)
			queue[i] = *slot(p, i);
		free(p->queue);
		p->queue = queue;
		p->space = space;
		p->first = 0;
	}
	p->count++;
	*slot(p, p->count - 1) = f;
	p->queued += f->n;
	transport_want_write(p->conn->link);
}

static void dequeue(struct ws_peer *p)
{
	struct ws_frame *f = *slot(p, 0);
	p->queued -= f->n;
	p->sent = 0;
	p->first = (p->first + 1) & (p->space - 1);
	p->count--;
	ws_frame_unref(f);
	if (p->count == 0) { /* an idle connection keeps nothing */
		free(p->queue);
		p->queue = NULL;
		p->space = p->first = 0;
	}
}

/* All but a frame that has left in part. */
static void drop_queue(struct ws_peer *p)
{
	unsigned keep = p->sent > 0 ? 1 : 0;
	while (p->count > keep) {
		struct ws_frame *f = *slot(p, p->count - 1);
		p->queued -= f->n;
		p->count--;
		ws_frame_unref(f);
	}
}

static void enqueue_close(struct ws_peer *p, int code, struct usher_text reason)
{
	char payload[FRAME_CONTROL_MAX];
	size_t n = 0;
	if (code != 1005) {
		payload[0] = (char)(code >> 8);
		payload[1] = (char)code;
		n = text_fit(reason, FRAME_CONTROL_MAX - 2);
		if (n > 0)
			memcpy(payload + 2, reason.p, n);
		n += 2;
	}
	p->is_ending = true;
	enqueue(p, make_frame(FRAME_CLOSE, payload, n));
	conn_wait(p->conn, WAIT_CLOSE);
}

static int give_up_slow(struct ws_peer *p)
{
	drop_queue(p);
	metric_add(&p->conn->server->counters.slow_peers, 1);
	p->is_slow = true;
	enqueue_close(p, 4013, TEXT("too slow"));
	return E_LIMIT;
}

/* Takes over one reference. */
static int offer(struct ws_peer *p, struct ws_frame *f)
{
	int r = 0;
	if (p->is_ending)
		r = p->is_slow ? E_LIMIT : E_CLOSED;
	else if (p->queued + f->n > p->route.queue_max || p->count >= PEER_FRAMES_MAX)
		r = give_up_slow(p);
	if (r != 0) {
		ws_frame_unref(f);
		return r;
	}
	enqueue(p, f);
	return 0;
}

int peer_send(struct ws_peer *p, struct usher_text message)
{
	metric_add(&p->conn->server->counters.messages_out, 1);
	return offer(p, ws_frame_new(message));
}

int http_ws_send_frame(struct ws_peer *p, struct ws_frame *f)
{
	metric_add(&p->conn->server->counters.messages_out, 1);
	return offer(p, ws_frame_ref(f));
}

size_t http_ws_queued(const struct ws_peer *p)
{
	return p->queued - p->sent;
}

void peer_close(struct ws_peer *p, int code, const char *reason)
{
	assert(frame_close_code_is_valid(code));
	if (!p->is_ending)
		enqueue_close(p, code, text_of(reason));
}

struct usher_text peer_address(struct ws_peer *p)
{
	return text_of(p->address);
}

void peer_ping(struct ws_peer *p)
{
	conn_wait(p->conn, WAIT_PONG);
	(void)offer(p, make_frame(FRAME_PING, NULL, 0));
}

/* ---- what the peer sends ---- */

/* As early as the end is known: whoever has gone must not count as present. */
static void end_session(struct ws_peer *p)
{
	void *session = p->session;
	p->session = NULL;
	if (session != NULL)
		p->route.on_close(p, session);
}

static bool on_message(void *arg, struct usher_text message)
{
	struct ws_peer *p = arg;
	metric_add(&p->conn->server->counters.messages_in, 1);
	if (p->session != NULL && !p->is_ending)
		p->route.on_message(p, p->session, message);
	return !p->conn->server->is_closing;
}

static bool on_ping(void *arg, struct usher_text payload)
{
	struct ws_peer *p = arg;
	if (!p->is_ending)
		(void)offer(p, make_frame(FRAME_PONG, payload.p, payload.n));
	return true;
}

static void on_pong(void *arg)
{
	(void)arg; /* any byte is a sign of life; see peer_bytes */
}

static void on_close(void *arg, int code, struct usher_text reason)
{
	struct ws_peer *p = arg;
	(void)reason;
	p->has_heard_close = true;
	if (!p->is_ending)
		enqueue_close(p, code, TEXT_NONE);
	else
		transport_want_write(p->conn->link);
	end_session(p);
}

static const struct frame_events events = {
	.on_message = on_message,
	.on_ping = on_ping,
	.on_pong = on_pong,
	.on_close = on_close,
};

int peer_bytes(struct ws_peer *p, char *bytes, size_t n)
{
	struct http_conn *c = p->conn;
	if (p->has_heard_close) {
		c->lingered += n;
		return c->lingered > LINGER_BYTES_MAX ? -1 : 0;
	}
	if (c->wait == WAIT_PONG)
		conn_wait(c, WAIT_PING);
	int code = frame_read(&p->reader, bytes, n, p->route.message_max, &events, p);
	if (code > 1 && !c->server->is_closing) {
		p->has_heard_close = true; /* nothing it says now can be understood */
		if (!p->is_ending)
			enqueue_close(p, code, TEXT_NONE);
		end_session(p);
	}
	return c->server->is_closing ? -1 : 0;
}

/* ---- what it is sent ---- */

/* Small frames leave together: one write, one packet. */
static size_t gather(struct ws_peer *p, char *into, size_t space)
{
	size_t n = 0;
	while (p->count > 0 && n < space) {
		struct ws_frame *f = *slot(p, 0);
		size_t left = f->n - p->sent;
		size_t piece = left < space - n ? left : space - n;
		memcpy(into + n, f->bytes + p->sent, piece);
		n += piece;
		p->sent += piece;
		if (p->sent == f->n)
			dequeue(p);
	}
	return n;
}

int peer_writable(struct ws_peer *p)
{
	struct http_conn *c = p->conn;
	if (p->count > 0) {
		size_t n = gather(p, c->server->scratch, sizeof(c->server->scratch));
		if (transport_write(c->link, c->server->scratch, n) != 0)
			return -1;
		if (p->count > 0 || p->is_ending)
			transport_want_write(c->link);
		return 0;
	}
	if (p->is_ending && p->has_heard_close && c->wait != WAIT_LINGER)
		return conn_linger(c);
	return 0;
}

void peer_end(struct ws_peer *p, int code)
{
	end_session(p);
	if (!p->is_ending)
		enqueue_close(p, code, TEXT_NONE);
}

void peer_gone(struct ws_peer *p)
{
	struct http_server *s = p->conn->server;
	p->is_ending = true; /* on_close may still call send() */
	end_session(p);
	metric_add(&s->counters.sockets, -1);
	peer_free(p);
}

bool peer_is_of(const struct ws_peer *p, const char *path, const char *subprotocol)
{
	return strcmp(p->route.path, path) == 0 && strcmp(p->route.subprotocol, subprotocol) == 0;
}

struct ws_peer *peer_new(struct http_conn *c, const struct ws_route *route, const char *address)
{
	struct ws_peer *p = NEW(struct ws_peer);
	p->conn = c;
	p->route = *route;
	memcpy(p->address, address, sizeof(p->address));
	return p;
}

void peer_queue_raw(struct ws_peer *p, struct usher_text bytes)
{
	struct ws_frame *f = memory_resize(NULL, sizeof(*f) + bytes.n);
	f->refs = 1;
	f->n = bytes.n;
	memcpy(f->bytes, bytes.p, bytes.n);
	enqueue(p, f);
}

void peer_free(struct ws_peer *p)
{
	p->sent = 0;
	drop_queue(p);
	free(p->queue);
	frame_reader_done(&p->reader);
	free(p);
}
