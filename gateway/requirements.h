/* SPDX-License-Identifier: Apache-2.0 */
/* What a contact asks of an agent: the queue's requirements, as the core wants them. */
#ifndef GATEWAY_REQUIREMENTS_H
#define GATEWAY_REQUIREMENTS_H

#include "gateway/book.h"

/* From the queue's fields {"requirements":{"<skill number>":level}}. */
void requirements_fill(struct gateway *g, const struct contact *c, struct routing_contact_new *ev);

/* A JSON object {"<skill number>":level} as skills; what is out of range is left out. Returns how
 * many, at most `max`. */
int requirements_parse(struct usher_text json, struct routing_skill *ret, int max);

#endif
