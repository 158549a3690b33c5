/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A gateway for tests: it lends an adapter everything struct channel_host promises, in memory.
 *
 * Nothing happens by itself. Items and fetches are queued and answered by live_pump(); the clock
 * moves only in live_advance(), which fires timers in order and pumps after each. Contacts follow
 * simple rules: an item with the key of an open session belongs to its contact, may_open opens one,
 * the same remote id gives the first result again, an end closes the session.
 */
#ifndef TESTS_CHANNELS_LIVE_HOST_H
#define TESTS_CHANNELS_LIVE_HOST_H

#include "channels/channel.h"
#include "routing/base/list.h"

struct live_message {
	struct contact_message m; /* texts owned, NUL behind each */
};

struct live_contact {
	usher_id id;
	int64_t number, seq;
	enum contact_state state;
	enum contact_cause cause;
	uint32_t position;
	usher_us low_us, high_us;
	usher_id agent;
	char *agent_name, *key, *session_fields; /* owned */
	bool is_session_open;
	struct live_message *messages; /* owned */
	size_t count, space;
	char *name, *address, *language;
};

struct live_inbound { /* a copy of what the adapter handed in */
	struct inbound in;
	struct arena arena;
	channel_on_inbound on_done;
	void *arg;
};

struct live_delivery {
	usher_id out_id, contact;
	int64_t seq;
	enum delivery_state state;
	usher_us retry_us;
	char *detail;
};

struct live_fetch {
	char *method, *url, *user, *password, *body;
	http_on_fetched on_done;
	void *arg;
	bool is_answered;
};

struct live_answer {
	int status;
	char *body, *reason;
};

struct live_signal {
	usher_id contact;
	enum channel_signal signal;
};

#define LIVE_MAX 4096

struct live {
	struct channel_host host; /* first */
	const struct channel_driver *driver;
	struct channel *channel;
	struct hash_key id_key;
	struct channel_values *values;
	usher_us clock;
	usher_id last_id;
	struct list timers, peers;
	int timer_count;

	struct live_contact *contacts[LIVE_MAX];
	size_t contact_count;
	struct live_inbound *queue[LIVE_MAX];
	size_t queue_count;
	size_t inbound_total; /* handed in so far */
	struct {
		char *remote_id;
		struct inbound_result result;
	} seen[LIVE_MAX * 4];
	size_t seen_count;
	int codes[64]; /* the next answers of inbound(): 0 = as by the rules */
	size_t code_count;
	bool is_done_first; /* on_done before published() and changed() */
	bool is_history_broken;

	struct live_delivery deliveries[LIVE_MAX * 4];
	size_t delivery_count;
	struct live_signal signals[LIVE_MAX];
	size_t signal_count;
	struct live_fetch fetches[256];
	size_t fetch_count;
	struct live_answer answers[64];
	size_t answer_count;
	int released_held, status_changes;

	struct http_route routes[32];
	size_t route_count;
	struct ws_route ws_routes[8];
	size_t ws_route_count;
	bool is_path_taken; /* routes end with E_EXISTS */
	struct http_ops ops;
};

/* Opens the channel; fails the test where that fails, unless `reterr` is given (then NULL). */
struct live *live_new(const struct channel_driver *driver, const char *id, const char *settings,
		      struct usher_error *reterr);
struct live *live_free(struct live *l); /* closes the channel first; always NULL */
void live_reopen(struct live *l);	/* close and open: a restart; peers are cut */

void live_pump(struct live *l);
void live_advance(struct live *l, usher_us span);
void live_answer_next(struct live *l, int code); /* of the next inbound() */

/* ---- contacts -------------------------------------------------------------------------------- */

struct live_contact *live_contact(struct live *l, usher_id id); /* fails the test: none */
struct live_contact *live_contact_by_key(struct live *l, const char *key); /* open session; NULL */
struct live_contact *live_contact_new(struct live *l); /* one of another channel */
struct live_message *live_last(struct live_contact *c);
int64_t live_agent_says(struct live *l, struct live_contact *c, enum message_kind kind,
			const char *body, const char *fields);
void live_accept(struct live *l, struct live_contact *c, usher_id agent, const char *name);
void live_close(struct live *l, struct live_contact *c); /* by the agent */
void live_place(struct live *l, struct live_contact *c, uint32_t position, usher_us low,
		usher_us high);
void live_changed(struct live *l, struct live_contact *c); /* tells the driver */
/* Sends one outbox command and pumps; returns the last delivery. */
const struct live_delivery *live_command(struct live *l, struct live_contact *c, const char *kind,
					 const char *agent_phone, int attempts);
size_t live_count_deliveries(const struct live *l, int64_t seq, enum delivery_state state);

/* ---- sockets --------------------------------------------------------------------------------- */

struct ws_peer {
	struct live *l;
	struct list in_live;
	const struct ws_route *route;
	void *session;
	char address[64];
	char **frames; /* owned */
	size_t count, next, space;
	bool is_closing;
	int close_code;
	size_t send_limit; /* sends that are taken; then E_LIMIT. 0 = no limit */
};

/* NULL: refused. */
struct ws_peer *live_connect(struct live *l, const char *path, const char *address,
			     const char *origin);
void live_say(struct ws_peer *p, const char *format, ...) USHER_PRINTF(2, 3);
void live_cut(struct ws_peer *p);	  /* the line is cut; p is gone */
const char *live_next(struct ws_peer *p); /* the next unread frame, or NULL */
/* The next unread frame of that kind ("ack"), skipping others; fails the test when there is none.
 */
const char *live_expect(struct ws_peer *p, const char *kind);
bool live_has(const struct ws_peer *p, const char *part); /* in any frame, read or not */

/* ---- requests -------------------------------------------------------------------------------- */

struct http_exchange {
	struct http_request request;
	struct arena arena;
	int status; /* 0: not answered */
	int answers;
	char *content_type, *body, *allow;
};

/* headers: values for the ones the route asked for, in its order; NULL ends it. 404 in status when
 * no route has the path. */
struct http_exchange *live_request(struct live *l, const char *method, const char *path,
				   const char *query, const char *body, const char *const *headers);
struct http_exchange *live_exchange_free(struct http_exchange *x);
void live_script(struct live *l, int status, const char *body, const char *reason);

/* A member of a JSON text as text ("42" for numbers); static storage, overwritten by the next call.
 * "" when absent or null. Path by dots: "limits.text". */
const char *live_member(const char *json, const char *path);

/* Between the files of the host itself. */
struct live_contact *live_by_key(struct live *l, struct usher_text key);
bool live_answer_fetch(struct live *l); /* false: none waits */
void live_asks(struct live *l);		/* fill in the members of the host */
void live_wire(struct live *l);
void live_wire_done(struct live *l);

#endif
