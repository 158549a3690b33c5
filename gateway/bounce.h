/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the far side says became of a message of ours: bounces, receipts, complaints.
 *
 * A report counts only when its contact is proven, the message left by that channel, and it was
 * sent to the recipient the report names. All else is left to intake, as an ordinary item by a
 * robot. Inside a turn, so the report and what follows from it are durable together.
 */
#ifndef GATEWAY_BOUNCE_H
#define GATEWAY_BOUNCE_H

#include "channels/traffic.h"
#include "gateway/book.h"

#define BOUNCE_AGE_US (30 * USHER_DAY) /* a report about an older message changes nothing */

/* Takes the item if it is such a report: a failure changes the message's state, tells its author
 * and brings the contact back; what waits and what was complained about is noted. */
bool bounce_take(struct turn *t, const struct inbound *in, struct usher_text channel_id,
		 struct inbound_result *ret);

/* The newest contact of the item's sender on that channel that is open or was lately; NULL. */
struct contact *bounce_newest(struct turn *t, const struct inbound *in,
			      struct usher_text channel_id);

/* A copy in the arena; NULL for NULL. */
const struct inbound_report *bounce_copy(struct arena *a, const struct inbound_report *report);

#endif
