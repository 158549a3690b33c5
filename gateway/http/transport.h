/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stream connections: accepted, optionally under TLS, read and written on the loop.
 *
 * This is all that the server knows of the library below it (transport_lws.c).
 */
#ifndef GATEWAY_HTTP_TRANSPORT_H
#define GATEWAY_HTTP_TRANSPORT_H

#include "routing/base/text.h"

#include <netinet/in.h>
#include <uv.h>

struct transport;
struct transport_link; /* one connection; valid until on_close returns */

struct transport_settings {
	const char *address;   /* numeric; NULL = every address */
	uint16_t port;	       /* 0 = any */
	const char *cert_path; /* with key_path: TLS */
	const char *key_path;
};

struct transport_ops {
	/* The caller's object, or NULL: the connection is closed at once. */
	void *(*on_accept)(struct transport_link *l, const struct in6_addr *peer, void *arg);
	/* The bytes may be changed. Negative: close. */
	int (*on_bytes)(void *conn, char *bytes, size_t n);
	/* All that was written has left; write once now, or ask again. Negative: close. */
	int (*on_writable)(void *conn);
	void (*on_close)(void *conn);
	void (*on_gone)(void *arg); /* the last call after transport_free */
};

/* `ops` is borrowed for ever. E_IO with one sentence: the port is taken, the certificate cannot be
 * read. */
int transport_new(struct transport **ret, uv_loop_t *loop, const struct transport_settings *s,
		  const struct transport_ops *ops, void *arg,
		  struct usher_error *reterr) USHER_CHECKED;
uint16_t transport_port(const struct transport *t);
bool transport_is_tls(const struct transport *t);
void transport_stop_listening(struct transport *t);

/* Closes everything. It ends on the loop, some turns later: run the loop until on_gone. */
void transport_free(struct transport *t);

void transport_want_write(struct transport_link *l);
/* Only inside on_writable, once. What the peer does not take at once is copied. E_CLOSED. */
int transport_write(struct transport_link *l, const void *bytes, size_t n) USHER_CHECKED;
/* Stops or resumes on_bytes. A peer that vanishes meanwhile is noticed later. */
void transport_pause(struct transport_link *l, bool is_paused);
/* The end of our direction; the peer can still send. */
void transport_shutdown(struct transport_link *l);
/* Closes now, on_close included. Never inside a callback of this or another link. */
void transport_kill(struct transport_link *l);

#endif
