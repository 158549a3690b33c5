/* SPDX-License-Identifier: Apache-2.0 */
/* What passes between an adapter and the gateway: items that come in, work that goes out, news. */
#ifndef CHANNELS_TRAFFIC_H
#define CHANNELS_TRAFFIC_H

#include "routing/base/id.h"
#include "routing/model/channel.h"
#include "routing/model/contact.h"
#include "routing/model/message.h"

/* ---- what comes in -------------------------------------------------------------------------- */

enum inbound_kind {
	INBOUND_MESSAGE = 1, /* the customer said something */
	INBOUND_START = 2,   /* a live session begins without words: a call, a video lobby */
	INBOUND_EVENT = 3,   /* something happened in an open session; `body` says it for people */
	INBOUND_END = 4,     /* the customer ended the session: hung up, left, closed the window */
};

#define INBOUND_REFS_MAX 40
#define INBOUND_REPORTED_MAX 10

/* What the far side says became of a message of ours. Only a claim: it changes something when
 * `contact` and `message` are proven by a signed mark, the message left, and one of the
 * recipients is the one it was sent to. Else the item is an ordinary one. */
struct inbound_reported {
	struct usher_text address;
	enum delivery_state state; /* FAILED, RETRY (the far side still tries), DELIVERED, READ */
	struct usher_text reason;  /* for people */
};
struct inbound_report {
	usher_id contact; /* proven */
	usher_id message; /* proven; 0 = the newest of the contact that left */
	bool is_complaint; /* its reader called it unwanted; an empty address is any */
	struct inbound_reported item[INBOUND_REPORTED_MAX];
	int count;
};

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
	bool is_away;                /* a note of absence: joins the newest contact of its sender
				      * where it names none, and waits for nobody */
	const struct inbound_report *report; /* NULL: none. Borrowed like the texts */
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
	enum contact_cause refused; /* CAUSE_CLOSED_HOURS, CAUSE_FULL: it is on record, and closed:
				     * say so; else CAUSE_NONE */
	char opens[40]; /* "2026-11-23 08:00" on the wall of the queue, where it is closed and that
			 * is known; else empty */
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
	char opens[40]; /* its queue is closed and opens then, as in inbound_result; else empty */
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

#endif
