/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct mail as bytes, for the way between the parser child and its parent. Pure.
 *
 * The child may have been taken over by the mail it parsed, so decoding believes nothing: every
 * text is checked to be what struct mail promises, HTML to be what the cleaner writes, every count
 * and size to be within its limit, and no byte may be left over.
 */
#ifndef CHANNELS_EMAIL_CODEC_H
#define CHANNELS_EMAIL_CODEC_H

#include "channels/email/mail.h"

#define EMAIL_CODEC_BYTES_MAX ((size_t)8 * 1024 * 1024) /* of one encoded mail */

void email_encode(const struct mail *mail, struct usher_buf *ret); /* appends */

/* Texts are copied into the arena. E_INVALID with what was wrong where. What decodes encodes to
 * the same bytes again. */
int email_decode(struct usher_text bytes, struct arena *arena, struct mail *ret,
		 struct usher_error *reterr) USHER_CHECKED;

#endif
