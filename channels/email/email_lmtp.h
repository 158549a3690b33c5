/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes mail from a local mail server by LMTP (RFC 2033). A message is answered with 250 only when
 * the gateway holds it durably; with 451 when it does not, and then the mail server keeps it and
 * comes again. No sign-in, so it listens on this machine only.
 */
#ifndef CHANNELS_EMAIL_LMTP_H
#define CHANNELS_EMAIL_LMTP_H

#include "channels/email/email_channel.h"

#define LMTP_SESSIONS_MAX 20 /* 421 above */
#define LMTP_IDLE_US (300 * USHER_SECOND)
#define LMTP_HELD_BYTES_MAX ((size_t)128 * 1024 * 1024) /* of all sessions; 452 above */
#define LMTP_ERRORS_MAX 20				/* then 421 and the end */

/* `where` is "127.0.0.1:2424", "[::1]:2424" or "unix:path" (relative to the data directory).
 * E_INVALID when it is none of these. When it cannot be bound now, that is tried again. */
int email_lmtp_new(struct email_lmtp **ret, struct channel *ch, const char *where,
		   struct usher_error *reterr) USHER_CHECKED;
struct email_lmtp *email_lmtp_free(struct email_lmtp *l); /* accepts NULL; always NULL */

/* Appends why it does not listen; nothing when it does. */
bool email_lmtp_is_down(const struct email_lmtp *l, char *ret, size_t n);

#endif
