/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What adapters hand in becomes contacts, sessions and messages.
 *
 * An item finds its contact by, in this order: having been heard before; an open session with its
 * key; a signed token; the ids it refers to, when the same customer was part of that contact; else
 * it opens a new one. A contact closed less than 14 days ago is opened again by its customer.
 */
#ifndef GATEWAY_INTAKE_H
#define GATEWAY_INTAKE_H

#include "channels/channel.h"
#include "gateway/book.h"

#define INTAKE_REOPEN_US (14 * USHER_DAY)

/* Copies the item; on_done as in channels/channel.h. */
void intake_submit(struct gateway *g, struct usher_text channel_id, const struct inbound *in,
		   channel_on_inbound on_done, void *arg);

/* The customer behind an address, made when new. Texts are copied. Inside a turn. */
usher_id intake_customer(struct turn *t, enum channel_kind channel, struct usher_text address,
			 struct usher_text name, struct usher_text language, bool is_verified);

/* Puts a contact (new, or closed) into its queue. 0 or the core's refusal. Inside a turn. */
int intake_enqueue(struct turn *t, struct contact *c, int priority, usher_id preferred) USHER_CHECKED;
/* The same with all that can be asked for; contact, queue, channel, first_us and requirements are
 * filled in. */
int intake_enqueue_as(struct turn *t, struct contact *c,
		      const struct routing_contact_new *how) USHER_CHECKED;

/* The core has refused a new or closed contact. What is not live is kept and tried again (kept.h):
 * CAUSE_NONE; else it is closed, on record, with the cause given back. Inside a turn. */
enum contact_cause intake_refused(struct turn *t, struct contact *c, int code);
/* Where a contact waits that opens again: its own queue, or, where that was removed, its
 * channel's. */
usher_id intake_queue(const struct turn *t, const struct contact *c);
#define INTAKE_PREFERRED_US (30 * USHER_SECOND) /* the wait for a preferred agent, if not said */

/* A reply did not arrive: a closed or parked contact comes back, first to who wrote it. Inside a
 * turn. */
void intake_undelivered(struct turn *t, struct contact *c, usher_id author);

/* Remembers an id under which replies may come (a Message-ID). Inside a turn. */
void intake_thread(struct turn *t, struct usher_text id, usher_id contact);

#endif
