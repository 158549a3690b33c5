/* SPDX-License-Identifier: Apache-2.0 */
/* Client frames of usher-rtc.v1 (docs/api.md). What is relayed is checked for its JSON types and
 * sizes only; session descriptions are never parsed here. Pure. */
#ifndef CHANNELS_VIDEO_RTC_PARSE_H
#define CHANNELS_VIDEO_RTC_PARSE_H

#include "channels/json.h"

#define RTC_FRAME_BYTES_MAX (64 * 1024)

enum rtc_kind {
	RTC_JOIN = 1,
	RTC_DESCRIPTION,
	RTC_CANDIDATE,
	RTC_LEAVE,
	RTC_OTHER, /* well formed, but not known here: to be ignored */
};

/* Texts are borrowed from the tree until rtc_frame_done(). */
struct rtc_frame {
	enum rtc_kind kind;
	struct usher_text ticket;
	struct usher_text name; /* at most 100 bytes without control characters, or empty */
	struct json_t *tree;	/* owned */
};

/* E_INVALID: not a frame of this protocol; nothing is to be freed then. */
int rtc_parse(struct usher_text message, struct rtc_frame *ret,
	      struct usher_error *reterr) USHER_CHECKED;
void rtc_frame_done(struct rtc_frame *frame);

#endif
