/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Presence is proof: an agent is there while a console of theirs is connected and answers pings.
 *
 * The core is told of the first connection and of the end of the last one, and told again until
 * the store has kept it: a loss that is forgotten would leave a customer with nobody for ever.
 */
#ifndef GATEWAY_PRESENCE_H
#define GATEWAY_PRESENCE_H

#include "gateway/engine.h"

struct presence;
struct presence *presence_new(struct gateway *g);
struct presence *presence_free(struct presence *p); /* accepts NULL; always NULL */

void presence_opened(struct presence *p, usher_id user);
void presence_closed(struct presence *p, usher_id user);
bool presence_is_here(const struct presence *p, usher_id user);

/* After a start: whoever the core believes to be there is held against who is. */
void presence_check_all(struct presence *p);

/* Inside a turn: makes the core agree with who is connected. */
void presence_settle(struct turn *t, usher_id user);

#endif
