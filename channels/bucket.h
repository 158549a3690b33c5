/* SPDX-License-Identifier: Apache-2.0 */
/* How often something may happen: the generic cell rate algorithm (ITU-T I.371), one number per
 * bucket. Start with 0. */
#ifndef CHANNELS_BUCKET_H
#define CHANNELS_BUCKET_H

#include "routing/base/id.h"

/* One each `every`, at most `burst` at once. 0: it may, and is counted; else how long to wait. */
static inline usher_us bucket_take(usher_us *at, usher_us now, usher_us every, int burst)
{
	usher_us next = (*at > now ? *at : now) + every;
	usher_us over = next - now - burst * every;
	if (over > 0)
		return over;
	*at = next;
	return 0;
}

#endif
