/* SPDX-License-Identifier: Apache-2.0 */
/* Who was in a room, from when to when: kept as JSON with the session. Pure. */
#ifndef CHANNELS_VIDEO_PRESENCE_H
#define CHANNELS_VIDEO_PRESENCE_H

#include "channels/video/rtc_format.h"
#include "routing/base/id.h"

#define PRESENCE_MAX 40 /* stays; the oldest ended one is forgotten for the next */

struct stay {
	enum rtc_role role;
	usher_id agent;
	char name[101];
	usher_us joined_us, left_us; /* left 0: is there */
};

struct presence {
	struct stay stays[PRESENCE_MAX];
	int count;
};

void presence_enter(struct presence *p, enum rtc_role role, usher_id agent, const char *name,
		    usher_us now);
struct stay *presence_last(struct presence *p, enum rtc_role role); /* NULL: never was there */
void presence_encode(const struct presence *p, struct usher_buf *ret);
/* What cannot be read is left out: then the record begins anew. */
void presence_decode(struct usher_text json, struct presence *ret);

#endif
