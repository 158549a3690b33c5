/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WebSocket frames (RFC 6455), the server's side: text messages only, no extension.
 *
 * The reader takes bytes as they come, in pieces of any size, unmasks them where they stand and
 * hands on whole messages. It keeps nothing but a started frame or message, so an idle connection
 * costs the struct alone.
 */
#ifndef GATEWAY_HTTP_FRAME_H
#define GATEWAY_HTTP_FRAME_H

#include "routing/base/text.h"

#define FRAME_HEAD_MAX 10      /* of a frame that the server writes */
#define FRAME_CONTROL_MAX 125  /* bytes in a ping, pong or close */
#define FRAME_FRAGMENTS_MAX 64 /* of one message */

enum frame_opcode {
	FRAME_CONTINUATION = 0,
	FRAME_TEXT = 1,
	FRAME_BINARY = 2,
	FRAME_CLOSE = 8,
	FRAME_PING = 9,
	FRAME_PONG = 10,
};

struct frame_events {
	/* Whole and well-formed UTF-8; borrowed until it returns. True: read on; false: stop. */
	bool (*on_message)(void *arg, struct usher_text message);
	bool (*on_ping)(void *arg, struct usher_text payload);
	void (*on_pong)(void *arg);
	/* code 1005: the peer gave none. Nothing is read afterwards. */
	void (*on_close)(void *arg, int code, struct usher_text reason);
};

struct frame_reader {
	uint8_t head[14];
	uint8_t head_n; /* of the head's bytes that have come */
	bool in_payload;
	bool in_message; /* a text frame without FIN has been seen */
	bool is_final;
	uint8_t opcode;
	uint8_t fragments; /* of the message so far */
	uint8_t mask[4];
	uint8_t mask_at;
	uint32_t left;		  /* payload bytes still to come */
	struct usher_buf message; /* owned: the started message */
	struct usher_buf control; /* owned: the started control frame */
};

/* Reads all bytes, which are changed. 0 = go on; 1 = the events said stop, or a close came; else
 * the code to close with: 1002 protocol, 1003 binary, 1007 not UTF-8, 1008 more than 64 fragments,
 * 1009 message above message_max. NUL inside a text counts as not UTF-8: no JSON may hold it. */
int frame_read(struct frame_reader *r, char *bytes, size_t n, size_t message_max,
	       const struct frame_events *events, void *arg);
void frame_reader_done(struct frame_reader *r);

/* The head of an unmasked, final frame; its length. */
size_t frame_head(uint8_t ret[static FRAME_HEAD_MAX], enum frame_opcode opcode, size_t payload);

/* May a peer send this code (RFC 6455 §7.4)? */
bool frame_close_code_is_valid(int code);

/* Sec-WebSocket-Accept for a key: 28 characters and NUL. E_INVALID: not 16 bytes in base64. */
int frame_accept_key(struct usher_text key, char ret[static 29]) USHER_CHECKED;

#endif
