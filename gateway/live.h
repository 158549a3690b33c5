/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live feed `usher.v1`: topics, their subscribers, snapshots and numbered deltas (docs/api.md).
 *
 * Each topic counts its deltas; a subscriber gets a snapshot with the number it stands at and then
 * every delta behind it, or a new snapshot. Deltas of `queues` are gathered for 250 ms. A frame is
 * made once and shared by all its receivers.
 *
 * A live connection is also presence (presence.h).
 */
#ifndef GATEWAY_LIVE_H
#define GATEWAY_LIVE_H

#include "channels/channel.h"
#include "gateway/auth.h"
#include "gateway/book.h"

struct live;

int live_new(struct live **ret, struct gateway *g, struct usher_error *reterr) USHER_CHECKED;
struct live *live_free(struct live *l); /* accepts NULL; always NULL */

/* ---- what changed; after the commit only ---- */
void live_contact(struct live *l, struct contact *c);
/* Loaded from the store: a snapshot shows it as it stands, so its end must be told. */
void live_loaded(struct contact *c);
void live_place(struct live *l, struct contact *c); /* only its place and wait have changed */
void live_message(struct live *l, const struct message_row *m);
void live_agent(struct live *l, usher_id agent);
void live_channel(struct live *l, struct usher_text id);
void live_queue(struct live *l, usher_id queue);
void live_signal(struct live *l, usher_id contact, enum channel_signal signal);
void live_resync(struct live *l); /* memory was loaded again: new snapshots for all */

/* Closes every connection of a session (signed out) or of a user (removed): code 4001. */
void live_end_session(struct live *l, struct usher_text session);
bool live_has_session(const struct live *l, struct usher_text session);

size_t live_count(const struct live *l);

#endif
