/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a MIME tree that email_bounce reads. Inside email_parse only. */
#ifndef CHANNELS_EMAIL_REPORT_H
#define CHANNELS_EMAIL_REPORT_H

#include "channels/email/email_bounce.h"

#include <gmime/gmime.h>

/* Fills mail->report from the tree and the headers; from and to must be there already. */
void email_report(GMimeObject *root, const struct mail_header *headers, int count,
		  struct arena *arena, struct mail *mail);

#endif
