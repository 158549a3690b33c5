/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way into a video room: a signed, stateless ticket, base64url(payload) "." base64url(mac).
 * The mac is HMAC-SHA256 over the encoded payload with a prefix of its own, so that no other
 * signature made with the channel's secret can stand for a ticket. Pure but for the secret.
 */
#ifndef CHANNELS_VIDEO_TICKET_H
#define CHANNELS_VIDEO_TICKET_H

#include "routing/base/id.h"

#define TICKET_BYTES_MAX 1024
#define TICKET_NONCE_BYTES 22 /* 128 random bits in base64url */
#define TICKET_NAME_BYTES_MAX 100

struct ticket {
	usher_id contact; /* 0: the first to join opens a new one */
	char nonce[TICKET_NONCE_BYTES + 1];
	bool is_agent;
	usher_id agent;
	usher_us expires_us; /* to the second */
	char name[TICKET_NAME_BYTES_MAX + 1];
};

/* Appends the text. */
void ticket_make(struct usher_text secret, const struct ticket *t, struct usher_buf *ret);

/* E_INVALID: not made with this secret; E_STALE: expired. */
int ticket_read(struct usher_text secret, struct usher_text text, usher_us now,
		struct ticket *ret) USHER_CHECKED;

#endif
