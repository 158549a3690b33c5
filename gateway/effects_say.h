/* SPDX-License-Identifier: Apache-2.0 */
/* The lines about decisions of the core that agents read in a contact. */
#ifndef GATEWAY_EFFECTS_SAY_H
#define GATEWAY_EFFECTS_SAY_H

#include "gateway/book.h"

/* before: the queue it left, or asked for at its arrival; 0 = none. */
void say_queued(struct turn *t, struct contact *c, const struct routing_effect *fx, usher_id before);
void say_step(struct turn *t, struct contact *c, const struct routing_effect *fx);
/* was_given: nobody asked the agent. */
void say_assigned(struct turn *t, struct contact *c, const struct routing_effect *fx, bool was_given);
void say_released(struct turn *t, struct contact *c, const struct routing_effect *fx);
void say_parked(struct turn *t, struct contact *c, const struct routing_effect *fx);
void say_joined(struct turn *t, struct contact *c, const struct routing_effect *fx);
void say_callback(struct turn *t, struct contact *c);
void say_closed(struct turn *t, struct contact *c, enum contact_cause cause);

/* "2026-11-23 08:00", by the site's clock. */
#define SAY_INSTANT_BYTES 40
void say_instant(usher_us at, char ret[static SAY_INSTANT_BYTES]);

#endif
