/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetches mail from one mailbox by IMAP.
 *
 * libcurl connects, does TLS and signs in, as a job (CURLOPT_CONNECT_ONLY); from then on the
 * authenticated stream is a watched socket on the loop, and the client on it is a state machine:
 * no thread per mailbox, and closing is closing a socket. Messages are fetched with BODY.PEEK, one
 * at a time, by UID from a checkpoint; the checkpoint moves when the gateway holds the mail
 * durably, and only then the mail is marked or moved on the server. Never by "unseen", never by
 * date alone: a person who reads the mailbox must not make mail disappear.
 */
#ifndef CHANNELS_EMAIL_IMAP_H
#define CHANNELS_EMAIL_IMAP_H

#include "channels/email/email_channel.h"

#define IMAP_IDLE_US (9 * USHER_MINUTE)	   /* then IDLE again: address translators forget */
#define IMAP_ANSWER_US (60 * USHER_SECOND) /* without a byte of the answer: broken */
#define IMAP_BACKOFF_FIRST_S 5
#define IMAP_BACKOFF_LAST_S 900
#define IMAP_POISON_MAX 3 /* failed fetches of one mail, then a notice instead */

/* Reads the imap_ settings; *ret NULL where imap_url is empty. E_INVALID. */
int email_imap_new(struct email_imap **ret, struct channel *ch,
		   struct usher_error *reterr) USHER_CHECKED;
struct email_imap *email_imap_free(struct email_imap *m); /* accepts NULL; always NULL */

/* What is wrong; false when it works. */
bool email_imap_is_down(const struct email_imap *m, char *ret, size_t n);

#endif
