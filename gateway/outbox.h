/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must leave the house. A row is written in the turn that caused it; after the commit it is
 * handed to its channel when it is due, and stays until the channel said how it went. After a
 * restart every row is handed out again, marked unsure: same id, same bytes.
 */
#ifndef GATEWAY_OUTBOX_H
#define GATEWAY_OUTBOX_H

#include "gateway/book.h"

struct outbox;

struct outbox *outbox_new(struct gateway *g);
struct outbox *outbox_free(struct outbox *o); /* accepts NULL; always NULL */

/* Reads the rows and begins; channels must be open. */
int outbox_start(struct outbox *o, struct usher_error *reterr) USHER_CHECKED;

/* ---- inside a turn ---- */

/* A message to the customer, already in the contact with DELIVERY_QUEUED. */
void outbox_message(struct turn *t, const struct contact *c, const struct message_row *m,
		    struct usher_text channel_id);
/* Tells each open session's channel that wants commands: "assigned", "released", "closed". */
void outbox_command(struct turn *t, const struct contact *c, const char *kind);

/* A late word about a message that left: its state, and what follows from a failure. Whether the
 * state could become that one. */
bool outbox_report(struct turn *t, usher_id contact, int64_t seq, enum delivery_state state,
		   const char *detail);

/* ---- from the channels ---- */

void outbox_delivered(struct gateway *g, usher_id out_id, usher_id contact, int64_t seq,
		      enum delivery_state state, usher_us retry_us, const char *detail);
void outbox_release(struct outbox *o, struct usher_text channel_id);
/* What was handed to it and not reported on is due again, unsure. */
void outbox_channel_closed(struct outbox *o, struct usher_text channel_id);

size_t outbox_count(const struct outbox *o);
usher_us outbox_oldest(const struct outbox *o); /* created_us of the oldest; USHER_NEVER when none */
/* Calls for each row; for the list that people see. */
void outbox_each(const struct outbox *o, void (*on_row)(const struct outbox_row *row, void *arg),
		 void *arg);

#endif
