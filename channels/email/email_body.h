/* SPDX-License-Identifier: Apache-2.0 */
/* Which parts of a MIME tree are its words and which its attachments. Inside email_parse only. */
#ifndef CHANNELS_EMAIL_BODY_H
#define CHANNELS_EMAIL_BODY_H

#include "channels/email/mail.h"

#include <gmime/gmime.h>

/* Walks the tree and fills body, html, attachments and the is_ flags of *mail. */
void email_body(GMimeObject *root, unsigned flags, struct arena *arena, struct mail *mail);

#endif
