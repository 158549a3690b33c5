/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of every table. Integers are 64 bits wide, texts are borrowed slices. The descriptions
 * at the end (storage/record.c) and the migrations in storage/schema must agree; a test holds them
 * together. Instants are usher_us. Enumerations are those of routing/model. A column that holds
 * JSON says so; it is opaque to the store.
 */
#ifndef STORAGE_RECORD_H
#define STORAGE_RECORD_H

#include "storage/store.h"

/* Settings of the site and secrets made at creation: "site.key", "contact.number", … */
struct meta_row {
	struct usher_text name; /* key */
	struct usher_text value; /* bytes */
};

/* The routing core's events, in the order they were applied. */
struct journal_row {
	int64_t seq; /* key: 1, 2, 3 … without gaps */
	usher_us at_us;
	struct usher_text event; /* bytes: routing_event_encode */
};

/* The core's state after the event `seq`; replay starts behind it. */
struct snapshot_row {
	int64_t seq; /* key */
	usher_us at_us;
	int64_t digest;
	struct usher_text state; /* bytes: routing_snapshot */
};

struct contact_row {
	usher_id id; /* key */
	int64_t number; /* C-1042 */
	usher_id customer;
	usher_id queue;
	usher_id agent;  /* holds it, or closed it; 0 = none */
	int64_t channel; /* enum channel_kind: the one it came by */
	int64_t state;   /* enum contact_state */
	int64_t cause;   /* enum contact_cause of its end */
	int64_t priority;
	int64_t seq;     /* of its last message */
	int64_t epoch;
	usher_us created_us, queued_us, answered_us, closed_us, changed_us; /* 0 = not yet */
	struct usher_text subject;
	struct usher_text language;  /* BCP 47, or empty */
	struct usher_text wrapup;    /* code chosen at the end */
	struct usher_text address;   /* of the customer on that channel, for the reply */
	struct usher_text channel_id; /* which configured channel ("support-mail") */
	struct usher_text fields;    /* JSON object: requirements, page, … */
};

/* Everything said and done in a contact; seq has no gaps inside one contact. */
struct message_row {
	usher_id contact; /* key 1 */
	int64_t seq;      /* key 2: 1, 2, 3 … */
	usher_id id;
	int64_t kind;     /* enum message_kind */
	int64_t author;   /* enum message_author */
	usher_id agent;   /* of AUTHOR_AGENT */
	int64_t channel;  /* enum channel_kind */
	usher_us at_us;
	int64_t delivery; /* enum delivery_state */
	int64_t remote_hash; /* keyed hash of (channel id, remote id) of an incoming one; 0 = none */
	struct usher_text remote_id; /* Message-ID, CallSid, client id: as the far side names it */
	struct usher_text detail;    /* why delivery stands where it does, for people */
	struct usher_text body;      /* plain text */
	struct usher_text html;      /* cleaned, or empty */
	struct usher_text blob;      /* sha256 (hex) of the raw bytes or file, or empty */
	struct usher_text fields;    /* JSON object: attachments, from name, event name, … */
};

/* One way in which a contact is being held: a call, a chat session, a video room, a mail thread. */
struct interaction_row {
	usher_id id; /* key */
	usher_id contact;
	int64_t channel;
	int64_t state;    /* 1 = open, 2 = ended */
	usher_us started_us, ended_us;
	struct usher_text channel_id;
	struct usher_text remote_key; /* CallSid, visitor, room: unique among the open ones */
	struct usher_text fields;     /* JSON object of the adapter: legs, participants, durations */
};

/* What was heard, in the order it came, so that a repeat is known after a restart too. */
struct seen_row {
	usher_id id; /* key; grows with time */
	int64_t hash; /* keyed hash of (channel id, remote id) */
	usher_id contact, message;
	int64_t seq;
};

/* Message-IDs seen or sent, so that a reply finds its contact. */
struct thread_row {
	int64_t hash; /* key: keyed hash of the id */
	usher_id contact;
	usher_us at_us;
};

/* Work that must leave the house; made in the same transaction as what caused it. */
struct outbox_row {
	usher_id id; /* key */
	int64_t state; /* enum delivery_state: queued, sending, retry, unsure, held; done = removed */
	usher_us next_us; /* not before */
	int64_t attempts;
	usher_id contact;
	int64_t message_seq; /* 0 = a command, not a message */
	usher_us created_us;
	struct usher_text channel_id;
	struct usher_text kind;    /* "message", "command", … : as the adapter names it */
	struct usher_text payload; /* bytes of the adapter */
	struct usher_text error;   /* of the last attempt */
};

/* What happened to contacts and agents: the record that figures are made from. */
struct fact_row {
	usher_id id; /* key; grows with time */
	int64_t kind; /* enum routing_effect_kind, or 100 and up for facts of the gateway */
	usher_us at_us;
	usher_id contact, queue, agent;
	int64_t cause; /* enum contact_cause, or agent_state for FX_AGENT_STATE */
	int64_t number; /* epoch, reason, waited microseconds: by kind */
	int64_t journal_seq; /* the event that caused it: where an explanation replays to */
	struct usher_text fields; /* JSON object, or empty */
};

struct customer_row {
	usher_id id; /* key */
	usher_us created_us, changed_us;
	struct usher_text name;
	struct usher_text language;
	struct usher_text fields; /* JSON object */
};

/* Where a customer is reached: unique per (channel kind, value). */
struct address_row {
	int64_t channel; /* key 1: enum channel_kind */
	struct usher_text value; /* key 2: normalised */
	usher_id customer;
	int64_t is_verified;
	usher_us seen_us;
};

struct queue_row {
	usher_id id; /* key */
	int64_t is_removed;
	int64_t agent_order, priority;
	usher_us offer_us, wrapup_us, target_us; /* target: answered within, for the service level */
	int64_t target_percent, short_abandon_us;
	int64_t is_wrapup_exclusive, missed_max;
	struct usher_text name;    /* unique, shown */
	struct usher_text slug;    /* unique, [a-z0-9-], for the command line */
	struct usher_text fields;  /* JSON object: requirements, greeting texts, … */
};

struct skill_row {
	int64_t number; /* key, from 1 */
	struct usher_text name; /* unique */
};

/* A person who signs in. Roles: a bit each. */
#define ROLE_AGENT 1
#define ROLE_SUPERVISOR 2
#define ROLE_ADMIN 4
struct user_row {
	usher_id id; /* key; also the agent's id in the core */
	usher_us created_us;
	int64_t roles;
	int64_t is_removed;
	int64_t capacity;
	struct usher_text login;    /* unique, lower case */
	struct usher_text name;     /* shown to colleagues and customers */
	struct usher_text password; /* argon2id string, empty = cannot sign in */
	struct usher_text phone;    /* where calls ring: E.164, sip:… or client:… */
	struct usher_text skills;   /* JSON object: {"<skill number>": level} */
	struct usher_text queues;   /* JSON array of queue ids (decimal strings) */
	struct usher_text fields;   /* JSON object */
};

struct session_row {
	struct usher_text hash; /* key: SHA-256 (32 bytes) of the token */
	usher_id user;
	usher_us created_us, seen_us, expires_us;
	int64_t kind;             /* 1 = browser, 2 = API token, 3 = one-time set-up link */
	struct usher_text label;  /* of a token, for people */
	struct usher_text csrf;   /* of a browser session */
};

/* A configured way in: one mailbox, one site's chat, one phone account. */
struct channel_row {
	struct usher_text id; /* key: slug, "support-mail" */
	int64_t kind;         /* enum channel_kind */
	int64_t is_enabled;
	usher_id queue;       /* where its contacts wait */
	struct usher_text driver;  /* "email", "chat", "telephony", "video" */
	struct usher_text settings; /* JSON object: the rows of the driver's configuration */
	struct usher_text state;    /* JSON object kept by the adapter: IMAP checkpoint, … */
};

struct code_row { /* a wrap-up code */
	struct usher_text code; /* key */
	struct usher_text label;
	int64_t is_removed;
};

struct audit_row {
	usher_id id; /* key */
	usher_us at_us;
	usher_id user;
	struct usher_text verb;   /* "queue.set" */
	struct usher_text object;
	struct usher_text fields; /* JSON object: old and new, without secrets */
};

extern const struct store_table META, JOURNAL, SNAPSHOT, CONTACT, MESSAGE, INTERACTION, SEEN, THREAD,
	OUTBOX, FACT, CUSTOMER, ADDRESS, QUEUE, SKILL, USER, SESSION, CHANNEL, CODE, AUDIT;

/* All of them, for migrations and tests; ends with NULL. */
extern const struct store_table *const store_tables[];

/* Numbers in `indexes`, for struct store_range. */
enum { CONTACT_BY_STATE = 0 /* (state, id) */, CONTACT_BY_CUSTOMER = 1 /* (customer, id) */,
       CONTACT_BY_NUMBER = 2 /* (number) */ };
enum { INTERACTION_BY_CONTACT = 0 /* (contact, id) */, INTERACTION_BY_STATE = 1 /* (state, id) */ };
enum { FACT_BY_CONTACT = 0 /* (contact, id) */ };
enum { OUTBOX_BY_CONTACT = 0 /* (contact, id) */ };
enum { ADDRESS_BY_CUSTOMER = 0 /* (customer, channel, value) */ };

#endif
