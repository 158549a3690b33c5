/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the telephony adapter: one account of a provider that speaks the Twilio dialect.
 *
 * The provider asks by webhooks what to do with a call, and is told by REST when something is to
 * change in between. What is known of a call is kept with its session and only cached here.
 */
#ifndef CHANNELS_TELEPHONY_TELEPHONY_H
#define CHANNELS_TELEPHONY_TELEPHONY_H

#include "channels/channel.h"
#include "channels/telephony/call.h"
#include "channels/telephony/phone_words.h"
#include "channels/telephony/twilio_rest.h"
#include "channels/telephony/twiml.h"
#include "routing/base/list.h"
#include "routing/base/table.h"

#define PHONE_CALLS_MAX 10000
#define PHONE_TOKENS 256		       /* idempotency tokens remembered */
#define PHONE_ANSWER_WITHIN (8 * USHER_SECOND) /* the provider waits 15 s */
#define PHONE_ATTEMPTS_MAX 5

enum phone_hook {
	HOOK_VOICE,
	HOOK_WAIT,
	HOOK_LEFT,
	HOOK_AGENT,
	HOOK_CONFERENCE,
	HOOK_STATUS,
	HOOK_JOIN,
	PHONE_HOOKS
};

struct phone_call {		 /* a cached call */
	struct phone_call *next; /* same hash; owned by the table */
	char sid[SID_BYTES_MAX + 1];
	struct call call;
	usher_id contact; /* as far as known */
	usher_us used_us;
	uint32_t told_position; /* what the caller was told last, and when */
	usher_us told_us;
	bool is_end_pending; /* the end is handed in and not yet durable */
};

struct phone_route {
	struct channel *ch;
	enum phone_hook hook;
};

struct channel {
	struct channel_host *host; /* borrowed until close */
	struct phone_route routes[PHONE_HOOKS];
	struct rest_account account;
	const char *tokens[3]; /* for signatures */
	const char *language;
	struct table calls;	     /* hash of the CallSid -> struct phone_call (owned) */
	struct list turns;	     /* of struct phone_turn (owned) */
	struct list commands;	     /* of struct phone_command (owned) */
	uint64_t seen[PHONE_TOKENS]; /* hashes of idempotency tokens, oldest overwritten */
	size_t seen_next;
	struct channel_timer *sweep_timer, *probe_timer; /* or NULL */
	enum channel_health health;
	usher_us since_us;
	char trouble[160];
};

/* What stands behind "?" in an address of ours, in this order; the provider sends it back. */
struct phone_query {
	char call[SID_BYTES_MAX + 1]; /* the customer's CallSid, or empty */
	char agent[ID_TEXT_BYTES];    /* or empty */
	uint64_t epoch;		      /* with agent */
	int retry;		      /* 0 = none */
	bool is_requeue;
};

/* One request being answered; on the stack of the handler. */
struct phone_request {
	struct channel *ch;
	struct http_exchange *x;
	struct arena *arena;
	struct twilio_callback cb;
	struct phone_query query;
	uint64_t token; /* hash of the idempotency token; 0 = none */
};

/* An item handed in for one request, which is answered when the item is durable. */
struct phone_turn {
	struct list in_channel;
	struct channel *ch;
	struct http_exchange *x; /* NULL: answered, or nobody waits */
	struct channel_timer *timer;
	enum phone_hook hook;
	char sid[SID_BYTES_MAX + 1]; /* of the customer's call */
	uint64_t token;
	int retry;
};

/* telephony.c */
void phone_url(const struct channel *ch, enum phone_hook hook, const struct phone_query *query,
	       struct usher_buf *ret);
void phone_query_parse(struct usher_text query, struct phone_query *ret);
struct phone_call *phone_call_find(struct channel *ch, struct usher_text sid); /* NULL */
/* From the cache, else from the session, else (with `may_add`) a new one; NULL: none or too many.
 */
struct phone_call *phone_call_get(struct channel *ch, struct usher_text sid, bool may_add);
struct phone_call *phone_call_of(struct channel *ch, usher_id contact); /* cached; NULL */
void phone_call_save(struct channel *ch, struct phone_call *pc);
usher_id phone_contact(struct channel *ch, struct usher_text sid, struct arena *arena,
		       struct contact_news *ret_news); /* of the open session; 0 = none */
void phone_room(const struct channel *ch, usher_id contact, struct usher_buf *ret);
void phone_health(struct channel *ch, enum channel_health health, const char *trouble);
bool phone_was_seen(const struct channel *ch, uint64_t token);
void phone_remember(struct channel *ch, uint64_t token);

/* Whether the contact ended because nobody could answer in time. */
bool phone_waited_out(struct channel *ch, usher_id contact);

/* phone_hooks.c */
void phone_on_request(struct http_exchange *x, const struct http_request *request, void *arg);
void phone_reply(struct channel *ch, struct http_exchange *x,
		 struct usher_buf *twiml); /* frees it */
void phone_say(const struct channel *ch, struct usher_buf *b, enum phone_sentence sentence);
/* That the queue is closed; opens: when it opens, as struct contact_news has it. */
void phone_say_closed(const struct channel *ch, struct usher_buf *b, const char *opens);
/* retry: how often a broken queue has sent this caller back already. */
void phone_enqueue(const struct channel *ch, struct usher_buf *b, int retry);
void phone_join(const struct channel *ch, struct usher_buf *b, usher_id contact, const char *sid);
void phone_turned_away(struct phone_turn *turn, struct usher_buf *b);

/* phone_events.c */
struct phone_turn *phone_turn_new(struct channel *ch, struct http_exchange *x, enum phone_hook hook,
				  const char *sid, uint64_t token);
void phone_turns_done(struct channel *ch);
/* Applies the event and hands in what it changed; x (may be NULL) gets 204 when all is durable. */
void phone_apply(struct channel *ch, struct http_exchange *x, enum phone_hook hook,
		 struct usher_text customer, const struct call_event *event, uint64_t token);
/* The same for the end of the customer's call, however it was learnt. */
void phone_over(struct channel *ch, struct http_exchange *x, enum phone_hook hook,
		struct usher_text customer, uint64_t token);
void phone_start(struct phone_turn *turn, const struct phone_request *r);

/* phone_commands.c */
void phone_send(struct channel *ch, const struct outgoing *out);
void phone_end_agents(struct channel *ch, struct phone_call *pc, uint64_t but_epoch);
void phone_commands_done(struct channel *ch);

#endif
