/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the server share. */
#ifndef GATEWAY_HTTP_INTERNAL_H
#define GATEWAY_HTTP_INTERNAL_H

#include "gateway/http/access.h"
#include "gateway/http/frame.h"
#include "gateway/http/head.h"
#include "gateway/http/http.h"
#include "gateway/http/response.h"
#include "gateway/http/router.h"
#include "gateway/http/transport.h"
#include "gateway/metrics.h"

#define WRITE_PIECE 32768	 /* bytes given to the transport at once */
#define PIPELINE_MAX 16384	 /* bytes kept while an earlier request is being answered */
#define LINGER_BYTES_MAX 1048576 /* of a refused body that are read and forgotten */
#define TICK_MS 250
#define DATE_BYTES 30

/* Every connection is in the list of what it waits for. All in a list have the same patience, so
 * it is in the order in which they lose it, and nobody needs a timer of its own. */
enum conn_wait {
	WAIT_HEAD,
	WAIT_BODY,
	WAIT_ANSWER,
	WAIT_WRITE,
	WAIT_IDLE,
	WAIT_LINGER, /* our side is closed; the peer's bytes are forgotten */
	WAIT_PING,   /* a WebSocket, until its next ping */
	WAIT_PONG,   /* a WebSocket that has been pinged */
	WAIT_CLOSE,  /* a WebSocket whose close frame is on its way */
	WAIT_COUNT,
};

struct http_counters {
	struct metric connections, sockets, refused, requests[5], body_bytes, slow_peers,
		messages_in, messages_out;
};

struct http_server {
	uv_loop_t *loop;
	struct transport *transport;
	struct access_list access;
	struct router router;
	struct list waits[WAIT_COUNT];
	uint32_t patience_ms[WAIT_COUNT];
	struct list unanswered; /* of exchanges handed to a handler */
	struct table addresses; /* hash of an address -> open connections */
	struct hash_key key;
	size_t connections_max, per_address_max, bodies_max;
	size_t connections, body_bytes;
	uv_timer_t timer;
	bool is_draining, is_closing;
	int handles; /* of timer and transport: freed when both are gone */
	uint64_t date_s;
	char date[DATE_BYTES];
	struct http_counters counters;
	char scratch[WRITE_PIECE];
};

struct http_conn {
	struct list in_wait;
	struct http_server *server;
	struct transport_link *link;
	struct in6_addr address; /* of the peer, or what a trusted proxy said for a WebSocket */
	uint64_t since_ms;
	enum conn_wait wait;
	bool is_counted; /* in server.addresses */
	bool is_secure;	 /* TLS here */
	size_t scanned, lingered;
	struct usher_buf in;		/* owned: bytes not yet used */
	struct http_exchange *exchange; /* owned until handed out; NULL between requests */
	struct ws_peer *peer;		/* owned; NULL before an upgrade */
};

struct http_exchange {
	struct list in_unanswered;
	struct http_server *server; /* NULL: it has gone */
	struct http_conn *conn;	    /* NULL: the peer has gone */
	struct http_request request;
	struct usher_buf bytes; /* owned: head, and body when it came with it */
	struct usher_buf body;	/* owned: body that came in pieces */
	size_t body_wanted;
	size_t body_counted;  /* in server.body_bytes */
	struct usher_buf out; /* owned: the answer */
	size_t out_sent;
	bool is_head, keeps_alive, is_secure;
	bool body_is_whole; /* nothing of it is still to come */
	bool is_dispatched; /* a handler owes the answer */
	bool is_answered;
	char peer[ACCESS_ADDRESS_BYTES];
};

/* conn.c */
void *conn_accept(struct transport_link *l, const struct in6_addr *peer, void *arg);
int conn_bytes(void *arg, char *bytes, size_t n);
int conn_writable(void *arg);
void conn_close(void *arg);
void conn_wait(struct http_conn *c, enum conn_wait wait);
int conn_linger(struct http_conn *c); /* what the transport's callback must return */
bool conn_count_address(struct http_conn *c, const struct in6_addr *address);

/* exchange.c */
struct http_exchange *exchange_new(struct http_conn *c);
void exchange_free(struct http_exchange *x);
void exchange_release_request(struct http_exchange *x); /* what an answered one needs no more */
/* Reads the head at the front of conn.in, finds the route and answers, dispatches, upgrades or
 * begins the body. The connection's `in` is emptied of what was used. */
void exchange_begin(struct http_conn *c, size_t head_bytes);
/* Takes body bytes; how many were used. */
size_t exchange_take_body(struct http_exchange *x, const char *bytes, size_t n);
void exchange_problem(struct http_exchange *x, int status, const char *detail,
		      const char *const *headers);
void exchange_detach(struct http_exchange *x); /* the peer has gone */
/* exchange_reply.c */
extern const struct http_ops http_server_operations;
void exchange_refuse(struct http_conn *c, int status, const char *detail);
const char *server_date(struct http_server *s);

/* peer.c */
void peer_upgrade(struct http_exchange *x, const struct request_head *head,
		  const struct route_node *node);
int peer_bytes(struct ws_peer *p, char *bytes, size_t n);
int peer_writable(struct ws_peer *p);
void peer_gone(struct ws_peer *p); /* on_close, free */
void peer_ping(struct ws_peer *p);
void peer_end(struct ws_peer *p, int code); /* on_close now; then close */
bool peer_is_of(const struct ws_peer *p, const char *path, const char *subprotocol);
int peer_send(struct ws_peer *peer, struct usher_text message);
void peer_close(struct ws_peer *peer, int code, const char *reason);
struct usher_text peer_address(struct ws_peer *peer);

#endif
