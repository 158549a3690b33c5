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
#include "channels/setting.h"
#include "channels/traffic.h"
#include "routing/base/id.h"
#include "routing/base/memory.h"
#include "routing/model/channel.h"

struct channel;      /* one configured way in; the adapter's own object */
struct channel_host; /* what is lent to that one channel */

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
