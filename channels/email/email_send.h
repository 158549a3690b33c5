/* SPDX-License-Identifier: Apache-2.0 */
/* Carries out what is to be sent: formats, hands to a worker, judges, answers the outbox. */
#ifndef CHANNELS_EMAIL_SEND_H
#define CHANNELS_EMAIL_SEND_H

#include "channels/email/email_channel.h"

#define SEND_RUNNING_MAX 2   /* sessions at a time */
#define SEND_WAITING_MAX 200 /* above: RETRY in 10 s, nothing is lost */
#define SEND_PROBE_US (15 * USHER_MINUTE)

/* Reads the smtp_ settings; *ret NULL where smtp_server is empty. E_INVALID, E_UNSUPPORTED. */
int email_sender_new(struct email_sender **ret, struct channel *ch,
		     struct usher_error *reterr) USHER_CHECKED;
struct email_sender *email_sender_free(struct email_sender *s); /* accepts NULL; always NULL */

/* Answers with host->delivered, once. */
void email_send(struct email_sender *s, const struct outgoing *out);

/* Why nothing can leave at present; false while it can. */
bool email_sender_is_held(const struct email_sender *s, char *ret, size_t n);

#endif
