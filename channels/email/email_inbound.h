/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A parsed mail as an item for the gateway. Pure.
 *
 * remote_id is "sha256:" and the hash of the raw bytes, so the same mail by LMTP and IMAP, or again
 * after the server renumbered its mailbox, is one item. refs are In-Reply-To, then References from
 * the newest, then the mail's own Message-ID last: an answer to it names it, and must find it.
 * fields (JSON) keep "message_id", "references" and so on for the answer's own headers.
 */
#ifndef CHANNELS_EMAIL_INBOUND_H
#define CHANNELS_EMAIL_INBOUND_H

#include "channels/email/email_channel.h"
#include "channels/email/mail.h"

/* Fills *ret; texts are borrowed from mail, envelope and arena. */
void email_inbound(const struct email_identity *identity, const struct mail *mail,
		   const struct email_envelope *envelope, const char *blob, struct arena *arena,
		   struct inbound *ret);

/* The thread an answer continues, from fields as written above: its Message-ID becomes
 * In-Reply-To, its References and itself the References. Texts live in the arena. */
void email_thread_from_fields(struct usher_text fields, struct arena *arena,
			      struct email_thread *ret);

#endif
