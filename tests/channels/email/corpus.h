/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the shared test material, and what every parsed mail must be. */
#ifndef TESTS_CHANNELS_EMAIL_CORPUS_H
#define TESTS_CHANNELS_EMAIL_CORPUS_H

#include "channels/email/mail.h"

typedef void (*corpus_on_file)(const char *path, struct usher_text bytes, void *arg);

/* Each regular file below $USHER_SHARED/dir whose name ends in `suffix`, in order of names; returns
 * how many, or -1 where there is no shared material. */
int corpus_each(const char *dir, const char *suffix, corpus_on_file on_file, void *arg);

/* The whole file, or fails the test. free() the text's p. */
struct usher_text corpus_read(const char *path);

/* Fails the test where a text of the mail is not what mail.h promises; also sends it through the
 * codec and expects the same bytes again. */
void corpus_check_mail(const char *path, const struct mail *mail);

#endif
