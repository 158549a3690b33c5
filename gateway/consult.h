/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Consultations in the record: an agent's question to another about a contact he holds is a contact
 * of its own without a customer's session, linked to the one it is about by "consults_for" in its
 * fields. The core decides its life; here it gets a row, a subject and lines in both.
 */
#ifndef GATEWAY_CONSULT_H
#define GATEWAY_CONSULT_H

#include "gateway/book.h"

/* Of a contact's fields: the one it asks about; 0 = it is no consultation. */
usher_id consult_about(struct usher_text fields);

/* The contact that carries the question; called when the core has taken EV_CONSULT, before its
 * effects are handled. */
void consult_open(struct turn *t, const struct routing_transfer *ev);
/* Somebody answers it, or it is over: told in the contact it is about. */
void consult_answered(struct turn *t, struct contact *c, usher_id agent);
void consult_closed(struct turn *t, struct contact *c, enum contact_cause cause);

/* The open ones of a contact, oldest first: at most CONSULTS_MAX, as the core allows. */
#define CONSULTS_MAX 4
unsigned consult_list(struct book *b, const struct contact *c,
		      struct contact *ret[static CONSULTS_MAX]);
/* After a start, for each open consultation. */
void consult_loaded(struct book *b, struct contact *c);

#endif
