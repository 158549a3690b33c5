/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the chat adapter: one channel, its visitors, their sockets.
 *
 * A visitor is known by the SHA-256 of a token only the browser has; the object lives while a
 * socket, an unanswered item or a running leave timer needs it. A session is one socket. Both are
 * small (a test holds them under 1.5 KiB together) and keep no buffers.
 */
#ifndef CHANNELS_CHAT_CHAT_H
#define CHANNELS_CHAT_CHAT_H

#include "channels/bucket.h"
#include "channels/channel.h"
#include "channels/chat/chat_format.h"
#include "channels/chat/chat_parse.h"
#include "channels/chat/chat_words.h"
#include "channels/sign.h"
#include "routing/base/list.h"
#include "routing/base/table.h"

#define CHAT_HELLO_TIMEOUT (5 * USHER_SECOND)
#define CHAT_TYPING_EXPIRY (6 * USHER_SECOND)
#define CHAT_VISITORS_MAX 200000
#define CHAT_ADDRESSES_MAX 100000
#define CHAT_TURNS_MAX 32 /* unanswered items of one visitor */

enum chat_close {
	CHAT_CLOSE_NORMAL = 1000,
	CHAT_CLOSE_POLICY = 1008,
	CHAT_CLOSE_RESTART = 1012,
	CHAT_CLOSE_LATER = 1013,
	CHAT_CLOSE_NO_HELLO = 4001,
	CHAT_CLOSE_BAD_TOKEN = 4003,
	CHAT_CLOSE_TOO_MANY = 4008,
};

struct chat_address { /* of the network: one row per peer address */
	uint32_t sockets;
	usher_us send_us, hello_us; /* of bucket_take() */
	usher_us used_us;
};

struct channel {
	struct channel_host *host; /* borrowed until close */
	struct table visitors;	   /* hash of the key -> struct chat_visitor (owned) */
	struct table addresses;	   /* hash of the address -> struct chat_address (owned) */
	struct list sessions;	   /* every struct chat_session.in_channel */
	struct list turns;	   /* every struct chat_turn.in_channel (owned) */
	int64_t text_max, sockets_per_visitor, sockets_per_address, rate_per_s;
	usher_us leave_after_us;
	usher_us opened_us;
};

/* What the browser said about itself in its hello, in one allocation. */
struct chat_about {
	struct usher_text name, address, language, page_url,
		page_title; /* point behind the struct */
};

struct chat_visitor {
	struct channel *ch;
	struct chat_visitor *next; /* same hash; owned by the table */
	char key[SIGN_HEX_BYTES];
	char token[CHAT_TOKEN_BYTES + 1]; /* empty while only changed() told of the visitor */
	enum chat_words words;
	struct list sockets; /* of struct chat_session.in_visitor */
	int socket_count;
	int turn_count;	  /* items that wait for their commit */
	usher_id contact; /* of the conversation shown, 0 = none yet */
	int64_t number;
	enum chat_state state;
	uint32_t position;
	usher_us low_us, high_us;
	enum contact_cause cause; /* why it is closed */
	char opens[40];		  /* the queue is closed and opens then; or empty */
	char *agent;			    /* owned, or NULL */
	struct chat_about *about;	    /* owned, or NULL */
	usher_us send_us;		    /* of bucket_take() */
	struct channel_timer *leave_timer;  /* or NULL */
	struct channel_timer *typing_timer; /* the visitor types */
	struct channel_timer *agent_timer;  /* the agent types */
	bool is_away_told;		    /* the agent was told that the visitor has left */
};

struct chat_session {
	struct channel *ch; /* NULL once the channel has closed */
	struct ws_peer *peer;
	struct chat_visitor *visitor; /* NULL before hello */
	struct list in_channel, in_visitor;
	struct list turns;	     /* of struct chat_turn.in_session */
	uint64_t address;	     /* key of its row in addresses */
	struct channel_timer *timer; /* until hello; later: the rest of a long replay */
	usher_us frames_us;	     /* of bucket_take() */
	int refusals;		     /* nacks in a row */
	uint64_t held;		     /* hash of the cid that must come next; 0 = any */
	usher_us held_us;	     /* since when */
	usher_id contact;	     /* whose events it gets */
	int64_t seq;		     /* the last one sent */
	int64_t seen, read;	     /* reported as far as */
	bool is_replaying;
	bool is_doomed; /* is being closed: says nothing more */
};

/* An item that has no answer yet. Messages of one socket are handed in one after the other, so that
 * a refused one cannot be overtaken by the next. */
struct chat_turn {
	struct list in_channel, in_session; /* in_session points at itself without a session */
	struct chat_visitor *visitor;
	struct chat_session *session; /* NULL: the socket is gone, or nobody waits for the answer */
	enum inbound_kind kind;
	char *body; /* owned: not handed in yet; NULL: waits for its commit */
	char cid[CHAT_CID_BYTES_MAX + 1];
};

/* chat_limit.c */
struct chat_address *chat_address(struct channel *ch, uint64_t hash); /* NULL: the table is full */
void chat_addresses_done(struct channel *ch);
bool chat_origin_is_allowed(const struct channel_host *host, const struct http_request *request);

/* chat_visitor.c */
struct chat_visitor *chat_visitor_find(struct channel *ch, struct usher_text key);
/* NULL: too many visitors. */
struct chat_visitor *chat_visitor_get(struct channel *ch, struct usher_text key);
void chat_visitor_load(struct chat_visitor *v);	   /* contact and news as the host knows them */
void chat_visitor_release(struct chat_visitor *v); /* frees it when nothing needs it any more */
void chat_visitor_news(struct chat_visitor *v, const struct contact_news *news);
void chat_visitor_joined(struct chat_visitor *v, struct chat_session *s);
void chat_visitor_left(struct chat_visitor *v, struct chat_session *s);
void chat_visitor_typing(struct chat_visitor *v, bool is_on);
void chat_visitor_agent_typing(struct chat_visitor *v, bool is_on);
void chat_visitor_about(struct chat_visitor *v, const struct chat_frame *hello);
void chat_visitor_retry(struct chat_visitor *v,
			usher_us within); /* look again whether it is gone */
void chat_visitors_done(struct channel *ch);

/* chat_session.c */
struct chat_session *chat_session_new(struct channel *ch, struct ws_peer *peer, uint64_t address);
void chat_session_free(struct chat_session *s);
void chat_session_message(struct chat_session *s, struct usher_text message);
int chat_session_send(struct chat_session *s,
		      const struct usher_buf *frame); /* <0: it is closing */
void chat_session_close(struct chat_session *s, int code, const char *reason);
void chat_session_hello(struct chat_session *s, struct chat_visitor *v, int64_t seq);
void chat_session_standing(struct chat_session *s); /* state and place, as they are now */
int chat_session_event(struct chat_session *s, const struct contact_message *m);
void chat_session_follow(struct chat_session *s, usher_id contact); /* a new conversation began */
void chat_session_replay(struct chat_session *s);

/* chat_send.c */
void chat_send(struct chat_session *s, const struct chat_frame *frame);
void chat_say_end(struct chat_visitor *v, const char *why); /* the visitor ended or is gone */
void chat_say_event(struct chat_visitor *v, const char *event, const char *body);
void chat_report(struct chat_session *s, int64_t seq, enum delivery_state state);
void chat_turns_drop(struct chat_session *s); /* the socket goes: what was not handed in goes too */
void chat_turns_done(struct channel *ch);

#endif
