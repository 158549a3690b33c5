/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a contact asks of an agent by itself; what its queue asks of everybody's is joined to it in
 * the core. A contact's own requirements come from whoever made it, or POST …/require, and stay
 * with it when it opens again. Beside them, where the site has a skill named "language:fi", each
 * contact in Finnish requires it at level 1.
 */
#ifndef GATEWAY_REQUIREMENTS_H
#define GATEWAY_REQUIREMENTS_H

#include "gateway/book.h"
#include "gateway/routing_settings.h"

#define REQUIREMENTS_LANGUAGE "language:" /* and the first part of a BCP 47 tag */

/* Own ones before the language's, which is left out where there is no room or the skill is among
 * them. */
void requirements_fill(struct gateway *g, const struct contact *c, struct routing_contact_new *ev);

/* Appends the contact's `fields` with these own requirements in them. */
void requirements_keep(const struct routing_requirement *items, unsigned count,
		       struct usher_text fields, struct usher_buf *ret);

/* A JSON object {"<skill number>":level} as skills of an agent; what is out of range is left out.
 * Returns how many, at most `max`. */
int requirements_parse(struct usher_text json, struct routing_skill *ret, int max);

#endif
