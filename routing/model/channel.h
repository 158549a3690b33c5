/* SPDX-License-Identifier: Apache-2.0 */
/* Which way a customer came. The value is stored and journalled: never renumber. */
#ifndef ROUTING_MODEL_CHANNEL_H
#define ROUTING_MODEL_CHANNEL_H

#include "routing/base/text.h"

enum channel_kind {
	CHANNEL_NONE = 0,
	CHANNEL_EMAIL = 1,
	CHANNEL_CHAT = 2,
	CHANNEL_TELEPHONY = 3,
	CHANNEL_VIDEO = 4,
	CHANNEL_MESSAGING = 5, /* SMS, WhatsApp */
	CHANNEL_VISIT = 6,
	CHANNEL_LETTER = 7,
};
#define CHANNEL_KINDS 8 /* one past the last */

/* "email", "chat", "telephony", "video", "messaging", "visit", "letter"; "none" for others. */
const char *channel_name(enum channel_kind kind);
int channel_from_name(struct usher_text name, enum channel_kind *ret) USHER_CHECKED;

/* Live channels have a person waiting at the other end now (chat, telephony, video, visit). */
bool channel_is_live(enum channel_kind kind);

#endif
