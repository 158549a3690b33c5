/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contacts at hand: every open one, and the closed ones that somebody looked at lately.
 *
 * A contact is changed only inside a turn (engine.h); what was changed is marked and written once
 * at the end of the turn by book_flush. Pointers to contacts are valid inside one callback of the
 * loop, ids for ever.
 */
#ifndef GATEWAY_BOOK_H
#define GATEWAY_BOOK_H

#include "gateway/engine.h"
#include "gateway/seats.h"
#include "routing/base/list.h"
#include "routing/model/message.h"
#include "storage/record.h"

struct book;

struct session { /* one open way in which a contact is held */
	struct interaction_row row; /* owned texts */
	struct list link;           /* in list: contact.sessions */
	bool is_dirty;
	bool is_new;          /* its beginning is not committed yet */
	uint64_t key_hash;
};

struct contact {
	struct contact_row row; /* owned texts */
	struct list sessions;   /* open ones only */
	struct list link;       /* in list: dirty contacts of this turn, or itself */
	struct list closed;     /* in list: closed ones in memory, oldest first, or itself */
	bool is_dirty, is_publish_pending;
	char *customer_name;    /* owned; "" when not known */
	struct list seats;      /* agents who have to do with it (seats.h) */
	usher_id about;         /* the contact this is a question about, 0 = it is no consultation */
	usher_id consults[4];   /* open consultations about it: owned by consult.c */
	unsigned consult_count;
	uint32_t told_position; /* what its customer knows of its place: owned by place.c */
	usher_us told_low_us, told_high_us;
	usher_us first_us;      /* its place in line counts from here */
	/* of the last message that people see */
	int64_t public_seq; /* of the last message that is committed */
	int64_t last_seq;
	enum message_author last_author;
	usher_us last_us;
	char last_body[128];
	/* where book_index.c has filed it */
	usher_id filed_queue;
	usher_id shown_queue; /* in whose figures it was counted last: owned by publish.c */
};

struct book *book_new(struct gateway *g);
struct book *book_free(struct book *b); /* accepts NULL; always NULL */

/* Every open contact and session of the store; what was there before is forgotten. */
int book_load(struct book *b, struct gateway *g, struct usher_error *reterr) USHER_CHECKED;

/* From memory, else from the store; NULL when there is none. */
struct contact *book_contact(struct book *b, usher_id id);
struct contact *book_contact_by_number(struct book *b, int64_t number);
/* Only those in memory: every open contact is. */
struct contact *book_open_contact(struct book *b, usher_id id);

struct session *book_session(struct book *b, struct usher_text channel_id, struct usher_text key);
/* The contact's newest open session on that channel, or NULL. An empty id takes any. */
struct session *contact_session(const struct contact *c, struct usher_text channel_id);

/* Calls for each contact in memory that is not closed; it must not be changed inside. */
void book_each_open(struct book *b, void (*on_contact)(struct contact *c, void *arg), void *arg);
size_t book_open_count(const struct book *b);

/* Each part an agent has in a contact. They must not be changed inside. */
void book_each_of_agent(struct book *b, usher_id agent,
			void (*on_seat)(struct contact_seat *s, void *arg), void *arg);
/* Waiting or offered, by the channel they came by. */
void book_count_waiting(const struct book *b, usher_id queue, int64_t ret[static CHANNEL_KINDS]);

/* ---- inside a turn ---- */

/* A new contact with its number; the caller fills the rest of the row through row_set. id 0: a new
 * one. */
struct contact *book_contact_new(struct turn *t, usher_id id);
/* Takes over from the core who has to do with it, and publishes those for whom that is new. */
void book_seats(struct turn *t, struct contact *c);
void contact_changed(struct turn *t, struct contact *c); /* its row is written at the turn's end */

struct session *book_session_new(struct turn *t, struct contact *c, enum channel_kind channel,
				 struct usher_text channel_id, struct usher_text key,
				 struct usher_text fields);
void session_changed(struct turn *t, struct session *s);
void book_session_end(struct turn *t, struct contact *c, struct session *s);
void book_session_end_all(struct turn *t, struct contact *c);

/* Adds a message: seq, id and at_us (when 0) are filled in. Returns it as stored (in the turn's
 * arena); after the commit it is published to everyone who follows the contact. */
const struct message_row *book_message(struct turn *t, struct contact *c,
				       const struct message_row *message);
/* A line about what happened, by the system. */
void book_event(struct turn *t, struct contact *c, const char *name, const char *format, ...)
	USHER_PRINTF(4, 5);

/* Writes what was changed. Called by the engine at the end of each turn. */
void book_flush(struct book *b, struct turn *t);

/* ---- repeats ---- */

struct book_seen {
	usher_id contact, message;
	int64_t seq;
};
uint64_t book_seen_hash(const struct gateway *g, struct usher_text channel_id,
			struct usher_text remote_id); /* never 0 */
bool book_was_seen(const struct book *b, uint64_t hash, struct book_seen *ret);
void book_see(struct turn *t, uint64_t hash, const struct book_seen *seen);

#endif
