/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP and WebSocket as an adapter and the API see them. The server itself is gateway/http.
 *
 * Everything runs on the loop's thread. A request is answered once, now or later; where the peer
 * has gone meanwhile the answer is dropped without fuss.
 */
#ifndef CHANNELS_HTTP_H
#define CHANNELS_HTTP_H

#include "routing/base/id.h"

struct http_exchange; /* one request waiting for its answer; owned by the server */
struct ws_peer;       /* one WebSocket; owned by the server, valid until on_close returns */

#define HTTP_HEADERS_MAX 8

struct http_request {
	struct usher_text method; /* "GET", "POST", … */
	struct usher_text path;   /* decoded, without the query */
	struct usher_text tail;   /* what a route that ends in "*" matched behind it */
	struct usher_text query;  /* raw as far as the server kept it: escapes may be decoded already,
				   * so never sign or verify over it */
	struct usher_text body;   /* exact bytes */
	struct usher_text content_type, authorization, cookie, origin, host, accept_language, range;
	struct usher_text if_none_match, forwarded_for;
	struct usher_text headers[HTTP_HEADERS_MAX]; /* those the route asked for, in its order */
	struct usher_text peer;   /* numeric address, IPv4-mapped ones as IPv4 */
	bool is_secure;           /* came over TLS, here or at a trusted proxy */
};

/* `request` is borrowed until the exchange is answered. */
typedef void (*http_on_request)(struct http_exchange *x, const struct http_request *request,
				void *arg);

struct http_route {
	const char *method; /* "POST"; "*" = any */
	const char *path;   /* "/hooks/phone/voice"; a last "*" takes any tail; borrowed for ever */
	size_t body_max;    /* 413 above, before it is read */
	const char *headers[HTTP_HEADERS_MAX]; /* lower case, NULL = unused */
	http_on_request on_request;
	void *arg;
};

struct ws_route {
	const char *path;        /* as above */
	const char *subprotocol; /* "usher-chat.v1": required of the client */
	size_t message_max;      /* 1009 above */
	size_t queue_max;        /* bytes that may wait for a slow peer; then 4013 */
	bool needs_origin;       /* the Origin must be the site's own or allowed */
	/* The session given to the callbacks below, or NULL to refuse (the peer gets no upgrade). */
	void *(*on_open)(struct ws_peer *peer, const struct http_request *request, void *arg);
	void (*on_message)(struct ws_peer *peer, void *session, struct usher_text message);
	void (*on_close)(struct ws_peer *peer, void *session); /* frees session */
	void *arg;
};

/* A header line to add: "Name: value". Values from outside are refused if they hold CR or LF. */
struct http_ops {
	/* body is copied. content_type NULL: no body. Extra headers end with NULL; may be NULL. */
	void (*reply)(struct http_exchange *x, int status, const char *content_type,
		      struct usher_text body, const char *const *headers);
	/* RFC 9457 application/problem+json: type from code, title and status from code as well. */
	void (*problem)(struct http_exchange *x, int code, const char *detail);

	/* 0, or E_LIMIT when the peer is too slow: it is being closed with 4013. Copies. */
	int (*send)(struct ws_peer *peer, struct usher_text message);
	/* Frames already queued go first. */
	void (*close)(struct ws_peer *peer, int code, const char *reason);
	struct usher_text (*peer_address)(struct ws_peer *peer);
};

/* An outgoing request. All borrowed until fetch returns. */
struct http_fetch {
	const char *method;
	const char *url;            /* http or https; other schemes are refused */
	const char *user, *password; /* Basic, or NULL */
	const char *content_type;   /* of body, or NULL */
	struct usher_text body;
	const char *headers[HTTP_HEADERS_MAX]; /* "Name: value", NULL = unused */
	usher_us timeout_us;
	size_t answer_max;          /* bytes of the answer; more is a failure */
	bool may_reach_private;     /* the configured provider may be on this network */
};

/* status 0: no answer, `reason` says why; body is borrowed until it returns. */
typedef void (*http_on_fetched)(int status, struct usher_text body, const char *reason, void *arg);

#endif
