/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract between a channel adapter and the gateway.
 *
 * struct channel_driver is what an adapter offers, struct channel_host is what the gateway lends
 * it. Everything runs on the loop's thread unless it says "worker". An adapter knows neither the
 * store nor the routing core nor another adapter; ids travel, objects do not.
 *
 * Durable before visible: an adapter acknowledges the far side (250, 200, ack frame) only in the
 * on_done callback of inbound(), and only when its code is 0 or E_EXISTS.
 */
#ifndef CHANNELS_CHANNEL_H
#define CHANNELS_CHANNEL_H

#include "channels/http.h"
#include "routing/base/id.h"
#include "routing/base/memory.h"
#include "routing/model/channel.h"
#include "routing/model/contact.h"
#include "routing/model/message.h"

struct channel;      /* one configured way in; the adapter's own object */
struct channel_host; /* what is lent to that one channel */

/* ---- what comes in -------------------------------------------------------------------------- */

enum inbound_kind {
	INBOUND_MESSAGE = 1, /* the customer said something */
	INBOUND_START = 2,   /* a live session begins without words: a call, a video lobby */
	INBOUND_EVENT = 3,   /* something happened in an open session; `body` says it for people */
	INBOUND_END = 4,     /* the customer ended the session: hung up, left, closed the window */
};

#define INBOUND_REFS_MAX 40

/* All texts are borrowed until inbound() returns. */
struct inbound {
	enum inbound_kind kind;
	struct usher_text remote_id; /* what the far side calls this item; the same id heard twice is
				      * one item. Empty: never a repeat */
	struct usher_text key;       /* of the live session: CallSid, visitor, room. Items with the key
				      * of an open session belong to its contact. May be empty */
	usher_id contact;            /* proven by a signed token, or 0 */
	struct usher_text refs[INBOUND_REFS_MAX]; /* ids of earlier items: an item of the same sender
						   * that names one joins its contact */
	int ref_count;
	bool may_open;               /* may start a contact when it belongs to none; else such an
				      * item ends with E_NOT_FOUND */
	bool is_automatic;           /* robots: never re-opens, never gets an automatic answer */
	usher_us at_us;              /* when it was said, as far as trusted; 0 = now */
	struct usher_text address;   /* of the customer on this channel, normalised */
	struct usher_text name;      /* as claimed */
	bool is_verified;            /* the address is proven (signature, DMARC, identity token) */
	struct usher_text language;  /* BCP 47, or empty */
	struct usher_text subject, body, html; /* UTF-8; html already cleaned */
	struct usher_text blob;      /* from blob(): the raw bytes, or empty */
	struct usher_text fields;    /* JSON object kept with the message, or empty */
	struct usher_text session_fields; /* JSON object kept with the session, replaced when given */
	usher_id queue;              /* 0 = the channel's own */
	int priority;                /* 0 … 9; negative: the queue's default */
};

struct inbound_result {
	usher_id contact;
	int64_t contact_number;
	usher_id message;
	int64_t seq;    /* of the message inside the contact */
	bool is_new;    /* the contact was opened by this item */
};

/* code: 0 durable; E_EXISTS had it already (result as of the first time); E_AGAIN, E_IO nothing was
 * kept: tell the far side to come again; E_NOT_FOUND, E_LIMIT, E_INVALID refused for good.
 * result is valid until the callback returns and only set for the first two. */
typedef void (*channel_on_inbound)(int code, const struct inbound_result *result, void *arg);

/* ---- what goes out -------------------------------------------------------------------------- */

/* One outbox row to carry out. Borrowed until send() returns. */
struct outgoing {
	usher_id id;                /* of the outbox row; give it back with delivered() */
	struct usher_text kind;     /* "message"; for drivers with CHANNEL_COMMANDS also "assigned"
				     * (connect the agent), "released" (the agent is off, the customer
				     * waits again), "closed" (end the session) */
	int attempts;               /* before this one */
	bool is_unsure;             /* an earlier attempt may have succeeded: same id, same bytes */
	usher_id contact;
	int64_t contact_number;
	int64_t message_seq;
	usher_id message;
	struct usher_text key;      /* of the contact's open session on this channel, or empty */
	struct usher_text address, name; /* of the customer */
	struct usher_text subject, body, language;
	usher_id agent;
	struct usher_text agent_name, agent_phone;
	uint64_t epoch;             /* of the assignment */
	usher_us at_us;             /* when the message was written */
	struct usher_text payload;  /* of a command the adapter asked for itself */
};

/* What the adapter should show or say about a contact of its own; nothing durable. */
struct contact_news {
	usher_id contact;
	int64_t contact_number;
	struct usher_text key;
	enum contact_state state;
	enum contact_cause cause;
	uint32_t position;             /* 1 = next; 0 = not waiting */
	usher_us wait_low_us, wait_high_us; /* likely further wait; 0, 0 = unknown */
	usher_id agent;                /* 0 = none */
	struct usher_text agent_name;
	struct usher_text queue_name;
};

/* A committed message of a contact, in either direction. Borrowed. */
struct contact_message {
	usher_id contact;
	int64_t seq;
	usher_id id;
	enum message_kind kind;
	enum message_author author;
	enum channel_kind channel;
	usher_us at_us;
	struct usher_text author_name; /* shown: the agent's name, the customer's, or empty */
	struct usher_text remote_id, body, html, fields;
	enum delivery_state delivery;
};

enum channel_signal {
	SIGNAL_TYPING = 1,     /* the other side is typing */
	SIGNAL_NOT_TYPING = 2,
	SIGNAL_READ = 3,       /* the other side has read up to seq */
};

enum channel_health { CHANNEL_OK = 0, CHANNEL_DEGRADED = 1, CHANNEL_DOWN = 2, CHANNEL_STARTING = 3 };

struct channel_status {
	enum channel_health health;
	usher_us since_us;
	char text[200]; /* one sentence: what, why, what happens now ("retry in 60 s") */
};

/* ---- settings ------------------------------------------------------------------------------- */

enum setting_type { SETTING_TEXT, SETTING_SECRET, SETTING_INTEGER, SETTING_BOOLEAN, SETTING_URL };

/* One row of a driver's configuration; the list ends with name NULL. */
struct channel_setting {
	const char *name;
	enum setting_type type;
	const char *fallback; /* used when not given; NULL: it must be given */
	int64_t min, max;     /* of integers, and of the bytes of texts */
	const char *unit;     /* "s", "port", …; may be NULL */
	const char *help;     /* one sentence */
};

struct channel_values; /* the checked values of one channel */

/* Checks a JSON object against a driver's rows: unknown names, missing ones, types and bounds fail
 * with E_INVALID and a sentence that names the setting. Texts and integers may come as text. */
int channel_values_new(struct channel_values **ret, const struct channel_setting *rows,
		       struct usher_text json, struct usher_error *reterr) USHER_CHECKED;
struct channel_values *channel_values_free(struct channel_values *v); /* accepts NULL; always NULL */

/* The value of a row of the driver; another name is a programming fault. Texts are never NULL and
 * borrowed while the channel is open. */
const char *channel_text(const struct channel_host *host, const char *name);
int64_t channel_integer(const struct channel_host *host, const char *name);
bool channel_boolean(const struct channel_host *host, const char *name);

/* ---- the adapter's half ---------------------------------------------------------------------- */

#define CHANNEL_OUTBOX 1u   /* messages leave through send(), from the outbox, until delivered() */
#define CHANNEL_PUSH 2u     /* messages are pushed by published() and pulled again by the client */
#define CHANNEL_COMMANDS 4u /* assigned, released, closed come through send(), durably */
#define CHANNEL_LINKS 8u    /* link() works */

struct link_request {
	usher_id contact;          /* 0 = a new contact when it is opened */
	bool is_agent;
	usher_id agent;
	struct usher_text name;    /* shown to the other side */
	usher_us expires_us;
};

struct channel_driver {
	const char *name;          /* "email" */
	enum channel_kind kind;
	unsigned abilities;        /* CHANNEL_… */
	const struct channel_setting *settings;

	/* Starts the channel. Fails only for what a person must mend in its settings; a server that
	 * does not answer is no failure but a status. `host` is borrowed until close. */
	int (*open)(struct channel **ret, struct channel_host *host, struct usher_error *reterr);
	/* Ends it. No callback of the host comes afterwards. Accepts NULL; always NULL. */
	struct channel *(*close)(struct channel *ch);

	void (*status)(const struct channel *ch, struct channel_status *ret);

	/* The members below may be NULL where the abilities do not need them. */

	/* Carry out; answer with host->delivered, now or later, exactly once per call. */
	void (*send)(struct channel *ch, const struct outgoing *out);
	void (*published)(struct channel *ch, struct usher_text key, const struct contact_message *m);
	void (*changed)(struct channel *ch, const struct contact_news *news);
	void (*signal)(struct channel *ch, usher_id contact, struct usher_text key,
		       enum channel_signal signal, int64_t seq);
	/* A process of the adapter's own, locked in a sandbox: `usher <child>` runs it; the result is
	 * its exit code. Both NULL where there is none. */
	const char *child;
	int (*child_main)(void);

	/* Appends an address a person can open. E_UNSUPPORTED, E_INVALID. */
	int (*link)(struct channel *ch, const struct link_request *request, struct usher_buf *ret);
};

/* ---- the gateway's half ----------------------------------------------------------------------- */

struct channel_timer;
typedef void (*channel_on_time)(void *arg);
typedef void (*channel_work)(void *arg);
typedef int (*channel_on_message)(const struct contact_message *m, void *arg);

struct channel_host {
	const char *id;                    /* "support-mail"; borrowed while open */
	const struct channel_values *values; /* borrowed while open */
	struct usher_text public_url;      /* "https://desk.example", no slash at the end */
	const struct hash_key *id_key;     /* for id_format */
	struct usher_text secret;          /* 32 bytes of this channel, for tokens and signatures */
	const char *data_dir;              /* for sockets and scratch files */

	usher_us (*now)(struct channel_host *h);

	/* Hands an item in. on_done comes later, never before this returns, always once. */
	void (*inbound)(struct channel_host *h, const struct inbound *in, channel_on_inbound on_done,
			void *arg);

	/* How an outbox item or an earlier message fared. out_id is that of send(), or 0 for a late
	 * report about (contact, seq). RETRY and UNSURE are tried again after retry_us; HELD when
	 * the channel recovers (release_held). States never go back. */
	void (*delivered)(struct channel_host *h, usher_id out_id, usher_id contact, int64_t seq,
			  enum delivery_state state, usher_us retry_us, const char *detail);
	void (*release_held)(struct channel_host *h); /* try everything held on this channel now */

	/* An open session by its key; false when there is none. */
	bool (*session)(struct channel_host *h, struct usher_text key, usher_id *ret_contact,
			struct arena *arena, struct usher_text *ret_fields);
	/* Replaces the fields of an open session, with the next commit; nobody waits for it. */
	void (*session_save)(struct channel_host *h, struct usher_text key, struct usher_text fields);

	/* Committed messages of a contact after `seq`, oldest first, at most `limit`; notes are left
	 * out. on_message returns non-zero to stop. Returns the contact's last seq, or negative. */
	int64_t (*history)(struct channel_host *h, usher_id contact, int64_t after_seq, int limit,
			   channel_on_message on_message, void *arg);
	/* The present news of a contact; E_NOT_FOUND. Texts live in the arena. */
	int (*news)(struct channel_host *h, usher_id contact, struct arena *arena,
		    struct contact_news *ret);
	void (*signal)(struct channel_host *h, usher_id contact, enum channel_signal signal,
		       int64_t seq);

	/* Keeps bytes by their SHA-256 (hex, 64 characters and NUL), durable when it returns 0.
	 * Worker threads may call it too. */
	int (*blob)(struct channel_host *h, struct usher_text bytes, char ret[static 65]);

	/* The adapter's own small state (JSON object); save is durable when on_done gets 0. */
	struct usher_text (*state)(struct channel_host *h, struct arena *arena);
	void (*state_save)(struct channel_host *h, struct usher_text state,
			   void (*on_done)(int code, void *arg), void *arg);

	struct channel_timer *(*timer)(struct channel_host *h, usher_us at, channel_on_time on_time,
				       void *arg); /* fires once; owned by the host */
	void (*timer_cancel)(struct channel_host *h, struct channel_timer *t); /* accepts NULL */

	/* work runs on a worker, then done on the loop. At close all of them are waited for: the
	 * driver's close comes first, then each done, which may only free what its job owns. */
	void (*job)(struct channel_host *h, channel_work work, channel_work done, void *arg);

	/* Routes live until the channel closes. E_EXISTS when another has the path. */
	int (*http_route)(struct channel_host *h, const struct http_route *route);
	int (*ws_route)(struct channel_host *h, const struct ws_route *route);
	const struct http_ops *http; /* replies and frames */
	void (*fetch)(struct channel_host *h, const struct http_fetch *fetch, http_on_fetched on_done,
		      void *arg);

	/* Watches a socket of the adapter's own (LMTP). on_ready runs on the loop. */
	struct channel_watch *(*watch)(struct channel_host *h, int fd, bool for_read, bool for_write,
				       void (*on_ready)(int fd, bool can_read, bool can_write, void *arg),
				       void *arg);
	void (*watch_change)(struct channel_watch *w, bool for_read, bool for_write);
	void (*watch_end)(struct channel_watch *w); /* accepts NULL; closes nothing */

	void (*status_changed)(struct channel_host *h); /* status() would answer differently now */

	/* One line: event name "noun.past_verb" and fields "key=value" without personal data. */
	void (*log)(struct channel_host *h, int level, const char *event, const char *format, ...)
		USHER_PRINTF(4, 5);
};
enum { CHANNEL_LOG_ERROR = 3, CHANNEL_LOG_WARN = 4, CHANNEL_LOG_INFO = 6, CHANNEL_LOG_DEBUG = 7 };

extern const struct channel_driver email_driver, chat_driver, telephony_driver, video_driver;

/* By name; NULL when this build has none. channel_drivers ends with NULL. */
extern const struct channel_driver *const channel_drivers[];
const struct channel_driver *channel_driver_by_name(struct usher_text name);

#endif
