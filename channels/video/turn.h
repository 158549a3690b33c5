/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time-limited credentials of a TURN server with a shared secret (draft-uberti-behave-turn-rest,
 * coturn's use-auth-secret): username "<expiry>:<user>", credential base64(HMAC-SHA1(username)).
 * coturn 4.6 takes an expiry more than 2^31 s ahead for a past one.
 */
#ifndef CHANNELS_VIDEO_TURN_H
#define CHANNELS_VIDEO_TURN_H

#include "routing/base/text.h"

/* expires_s: Unix seconds. Both are appended. */
void turn_credential(struct usher_text secret, struct usher_text user, int64_t expires_s,
		     struct usher_buf *ret_username, struct usher_buf *ret_credential);

#endif
