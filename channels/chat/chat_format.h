/* SPDX-License-Identifier: Apache-2.0 */
/* Server frames of usher-chat.v1 (docs/api.md): each call appends one JSON text. Pure. */
#ifndef CHANNELS_CHAT_FORMAT_H
#define CHANNELS_CHAT_FORMAT_H

#include "channels/channel.h"

enum chat_state { CHAT_STATE_NONE, CHAT_STATE_WAITING, CHAT_STATE_ACTIVE, CHAT_STATE_CLOSED };
const char *chat_state_name(enum chat_state state); /* "none", "waiting", "active", "closed" */

#define CHAT_PING_S 25

struct chat_hello {
	struct usher_text visitor;
	const char *conv; /* NULL: none yet */
	int64_t number;	  /* of the contact; 0 with conv NULL */
	int64_t head;
	enum chat_state state;
	int64_t text_max;
	const char *title, *greeting; /* of the channel; empty: the client's own words */
};

struct chat_ack {
	const char *cid, *id, *conv;
	int64_t seq, number;
	usher_us at_us;
};

void chat_format_hello(struct usher_buf *b, const struct chat_hello *hello);

/* One committed message. `id` is its text; `cid` is empty where the visitor did not make it. */
void chat_format_event(struct usher_buf *b, const struct contact_message *m, const char *id,
		       struct usher_text cid);

/* False for what the visitor never sees: notes, and events meant for the house. */
bool chat_is_shown(const struct contact_message *m);

void chat_format_ack(struct usher_buf *b, const struct chat_ack *ack);
void chat_format_nack(struct usher_buf *b, struct usher_text cid, const char *code,
		      int64_t retry_ms, const char *text);
void chat_format_typing(struct usher_buf *b, bool is_on, const char *name);
void chat_format_place(struct usher_buf *b, uint32_t position, usher_us low_us, usher_us high_us);
/* reason: why nobody answers, where that is not the ordinary course; else NULL. */
void chat_format_state(struct usher_buf *b, enum chat_state state, const char *agent,
		       const char *reason, const char *text);
void chat_format_pong(struct usher_buf *b, int64_t n);
void chat_format_bye(struct usher_buf *b, int code, int64_t retry_ms);

#endif
