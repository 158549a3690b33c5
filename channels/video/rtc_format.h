/* SPDX-License-Identifier: Apache-2.0 */
/* Server frames of usher-rtc.v1 (docs/api.md): each call appends one JSON text. Pure. */
#ifndef CHANNELS_VIDEO_RTC_FORMAT_H
#define CHANNELS_VIDEO_RTC_FORMAT_H

#include "routing/base/text.h"

enum rtc_role { RTC_CUSTOMER, RTC_AGENT, RTC_ROLES };
enum rtc_state { RTC_WAITING, RTC_ACTIVE, RTC_ENDED };

const char *rtc_role_name(enum rtc_role role);

struct rtc_ice { /* lists have spaces between their addresses; empty ones are left out */
	const char *stun_urls, *turn_urls;
	const char *username, *credential; /* of the TURN servers; NULL: none are offered */
	int64_t ttl_s;
};

struct rtc_welcome {
	bool is_polite;
	enum rtc_role role;
	const char *room;
	bool has_peer;
	enum rtc_role peer_role;
	const char *peer_name;
	struct rtc_ice ice;
	enum rtc_state state;
	uint32_t position; /* 0: null */
	const char *agent; /* NULL: none */
};

void rtc_format_welcome(struct usher_buf *b, const struct rtc_welcome *w);
void rtc_format_peer_joined(struct usher_buf *b, enum rtc_role role, const char *name);
void rtc_format_peer_left(struct usher_buf *b, enum rtc_role role);
void rtc_format_state(struct usher_buf *b, enum rtc_state state, uint32_t position,
		      const char *agent);
void rtc_format_bye(struct usher_buf *b, const char *reason);

#endif
