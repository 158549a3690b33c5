/* SPDX-License-Identifier: Apache-2.0 */
/* Who dropped out of the line and comes again soon has the old place in it. */
#ifndef GATEWAY_REJOIN_H
#define GATEWAY_REJOIN_H

#include "gateway/book.h"

/*
 * The first message that counts for the place of a contact that enters a queue now: that of the
 * same customer's contact in the same queue which ended unanswered, by the customer, no longer ago
 * than the queue's rejoin_seconds; and so on from that one: then *ret_number is the newest such
 * contact's. Else its own creation, which stays its place when it opens again. Looks at the
 * customer's last REJOIN_LOOKED contacts. Inside a turn.
 */
#define REJOIN_LOOKED 16
usher_us rejoin_first_us(struct turn *t, const struct contact *c, int64_t *ret_number);

#endif
