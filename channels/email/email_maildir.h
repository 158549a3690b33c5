/* SPDX-License-Identifier: Apache-2.0 */
/* Puts an outgoing mail into a Maildir, for trying out and for machines whose own mail system
 * takes it from there. */
#ifndef CHANNELS_EMAIL_MAILDIR_H
#define CHANNELS_EMAIL_MAILDIR_H

#include "routing/base/text.h"

/* Makes the directories where they are missing. The mail is in new/ and on disk when 0 returns.
 * The same name again is the same mail: nothing happens. `name` holds no '/'. E_IO. */
int email_maildir_put(const char *dir, const char *name, struct usher_text mail,
		      struct usher_error *reterr) USHER_CHECKED;

#endif
