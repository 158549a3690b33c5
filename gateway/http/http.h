/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP/1.1 and WebSocket server of the gateway, on the caller's libuv loop.
 *
 * Routes and what a handler may do with a request stand in channels/http.h; this header makes the
 * server and offers what only the gateway itself needs. All on the loop's thread.
 */
#ifndef GATEWAY_HTTP_HTTP_H
#define GATEWAY_HTTP_HTTP_H

#include "channels/http.h"

#include <uv.h>

struct http_server;
struct metrics;

/* Milliseconds; 0 takes the number in brackets. */
struct http_timeouts {
	unsigned head;	 /* a request head, TLS handshake included, must be there [10,000] */
	unsigned body;	 /* then its body [60,000] */
	unsigned answer; /* a handler has answered, else 503 [60,000] */
	unsigned write;	 /* a peer takes something of what it is sent [30,000] */
	unsigned idle;	 /* between two requests of a connection [30,000] */
	unsigned ping;	 /* a WebSocket is pinged after [25,000] */
	unsigned pong;	 /* and hung up on without a sign of life after a further [35,000] */
	unsigned close;	 /* a closing WebSocket, or the rest of a refused request [5,000] */
};

/* All borrowed until http_server_new returns. Lists end with NULL and may be NULL. */
struct http_settings {
	const char *address;		  /* numeric; NULL: all */
	uint16_t port;			  /* 0: any, see http_server_port */
	const char *cert_path, *key_path; /* both or none: TLS */
	const char
		*public_url; /* "https://desk.example": the one host and origin allowed at first */
	const char *const *hosts;   /* further Host names */
	const char *const *origins; /* further origins whose pages may open WebSockets */
	const char *const
		*proxies;	/* addresses or networks whose X-Forwarded-For and -Proto count */
	size_t connections_max; /* 0: 10,000; further ones are closed at once */
	size_t connections_per_address_max; /* 0: 2,000; trusted proxies are not counted */
	size_t bodies_max; /* bytes of request bodies in memory; 0: 64 MiB; then 503 */
	struct http_timeouts timeouts;
	struct metrics *metrics; /* borrowed while the server lives; may be NULL */
};

/* Listens when it returns 0. E_IO with one sentence: the port is taken, the certificate is bad.
 * E_INVALID: a setting is not of its form. After a failure too the loop must be run until it has
 * nothing left to do before it is closed. */
int http_server_new(struct http_server **ret, uv_loop_t *loop, const struct http_settings *settings,
		    struct usher_error *reterr) USHER_CHECKED;
uint16_t http_server_port(const struct http_server *s);

/* Nobody new is let in; what is open goes on. */
void http_server_stop_listening(struct http_server *s);
size_t http_server_connections(const struct http_server *s); /* open ones */

/* Stops listening, closes idle connections, closes WebSockets with 1012 ("come again"), lets
 * requests that wait for their answer have it. */
void http_server_drain(struct http_server *s);

/* Ends everything: on_close of each WebSocket comes before this returns, no handler is called
 * afterwards. Exchanges still unanswered stay valid until they are answered (to nobody). The memory
 * goes some loop turns later, so: http_server_free(s), run the loop until nothing is left, close
 * the loop. Accepts NULL; always NULL. */
struct http_server *http_server_free(struct http_server *s);

/* E_EXISTS: method and path, or path and subprotocol, are taken. E_LIMIT: 8 at one path. */
int http_server_route(struct http_server *s, const struct http_route *route) USHER_CHECKED;
int http_server_ws_route(struct http_server *s, const struct ws_route *route) USHER_CHECKED;

/* Unknown routes are ignored. Requests handed out already must still be answered. The WebSockets of
 * the route are closed with 1012, on_close having been called when this returns. */
void http_server_route_remove(struct http_server *s, const char *method, const char *path);
void http_server_ws_route_remove(struct http_server *s, const char *path, const char *subprotocol);

const struct http_ops *http_server_ops(void);

/* A text frame made once and sent to many: its bytes are shared. One reference is the maker's. */
struct ws_frame;
struct ws_frame *ws_frame_new(struct usher_text message);
struct ws_frame *ws_frame_ref(struct ws_frame *f);
void ws_frame_unref(struct ws_frame *f);

/* As http_ops.send, without a copy. Takes a reference of its own. */
int http_ws_send_frame(struct ws_peer *peer, struct ws_frame *frame);

/* Bytes that wait for this peer; to leave out what can be left out (typing, figures). */
size_t http_ws_queued(const struct ws_peer *peer);

#endif
