/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guard against robots that hide it: how many mails an address sent within the hour. Above the
 * limit they count as automatic: kept and shown, but they wake nobody and get no automatic answer,
 * so a loop between two robots ends here. Pure; memory is bounded, and a full table forgets the
 * address that was silent longest.
 */
#ifndef CHANNELS_EMAIL_GUARD_H
#define CHANNELS_EMAIL_GUARD_H

#include "routing/base/id.h"
#include "routing/base/text.h"

#define GUARD_MAILS_MAX 20 /* of one address within GUARD_SPAN_US; a person writes fewer */
#define GUARD_SPAN_US USHER_HOUR
#define GUARD_ADDRESSES_MAX 1024

struct email_guard {
	struct {
		uint64_t hash; /* of the address; 0 = free */
		usher_us begun_us, last_us;
		int count;
	} item[GUARD_ADDRESSES_MAX];
};

/* Counts one mail; true when it is above the limit. *ret_first: it is the first one above. */
bool email_guard_is_over(struct email_guard *g, struct usher_text address, usher_us now,
			 bool *ret_first);

#endif
