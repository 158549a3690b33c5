/* SPDX-License-Identifier: Apache-2.0 */
/* Client frames of usher-chat.v1 (docs/api.md): JSON text in, a checked struct out. Pure. */
#ifndef CHANNELS_CHAT_PARSE_H
#define CHANNELS_CHAT_PARSE_H

#include "channels/json.h"

#define CHAT_FRAME_BYTES_MAX (64 * 1024)
#define CHAT_CID_BYTES_MAX 100
#define CHAT_TOKEN_BYTES 43 /* 256 bits in base64url */

enum chat_kind {
	CHAT_HELLO = 1,
	CHAT_SEND,
	CHAT_SEEN,
	CHAT_READ,
	CHAT_TYPING,
	CHAT_END,
	CHAT_PING,
	CHAT_OTHER, /* well formed, but not known here: to be ignored */
};

/* Texts are borrowed from the tree until chat_frame_done(). */
struct chat_frame {
	enum chat_kind kind;
	struct usher_text visitor;     /* token, or empty: a new visitor */
	bool is_token_bad;	       /* a token was given that cannot be one */
	struct usher_text resume_conv; /* or empty */
	int64_t resume_seq;
	struct usher_text name, address, language, page_url, page_title; /* cut, without controls */
	struct usher_text cid;	/* 1 … 100 visible ASCII characters */
	struct usher_text text; /* raw: chat_clean() before use */
	int64_t seq;		/* of seen and read; n of ping */
	bool is_on;		/* of typing */
	struct json_t *tree;	/* owned */
};

/* E_INVALID: not a frame of this protocol; nothing is to be freed then. A send whose cid is sound
 * but whose text is not comes back as 0 with an empty text, so that it can be refused by name. */
int chat_parse(struct usher_text message, struct chat_frame *ret,
	       struct usher_error *reterr) USHER_CHECKED;
void chat_frame_done(struct chat_frame *frame);

/* Appends what a person typed: CR LF becomes LF, other control characters but tab and newline go,
 * white space at both ends goes. Returns the number of characters (code points) appended. */
size_t chat_clean(struct usher_text raw, struct usher_buf *ret);

#endif
