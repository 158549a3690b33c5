/* SPDX-License-Identifier: Apache-2.0 */
/* A blocking client that says exactly what a test wants said, right or wrong. */
#ifndef TESTS_GATEWAY_HTTP_CLIENT_H
#define TESTS_GATEWAY_HTTP_CLIENT_H

#include "routing/base/text.h"

#define CLIENT_PATIENCE_MS 10000

struct client {
	int fd;
	struct usher_buf in; /* read, not yet used */
	bool is_at_end;	     /* the server has closed */
	bool was_reset;
};

struct client_answer {
	int status;		      /* 0: none came before the end */
	struct usher_text head, body; /* borrowed from the client until its next call */
};

void client_open(struct client *c, int port);
void client_close(struct client *c);
void client_send(struct client *c, const void *bytes, size_t n); /* a failed write is no failure */
void client_say(struct client *c, const char *text);
void client_sayf(struct client *c, const char *format, ...) USHER_PRINTF(2, 3);
/* Reads more, waiting at most ms; false at the end or when nothing comes. */
bool client_more(struct client *c, int ms);
bool client_ends(struct client *c, int ms); /* does the server close within that time? */
/* Reads one answer (by Content-Length; to the end where there is none). */
struct client_answer client_answer(struct client *c);
struct client_answer client_answer_to_head(struct client *c);
struct usher_text client_header(const struct client_answer *a, const char *name);
/* One request on a connection of its own; the status, and the head and body copied into ret. */
int client_ask(int port, const char *request, struct usher_buf *ret);

/* WebSocket */
int client_upgrade(struct client *c, int port, const char *path, const char *subprotocol);
void client_frame(struct client *c, int first_byte, const void *payload, size_t n);
void client_frame_text(struct client *c, const char *text);
/* The next frame: its opcode, or -1 at the end; payload borrowed until the next call. */
int client_next(struct client *c, struct usher_text *retpayload);
/* Skips to the close frame: its code, 1005 without one, 1006 when the end came without a frame. */
int client_close_code(struct client *c);

#endif
