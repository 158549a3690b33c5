/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes visible after the commit. Asked for inside a turn, done behind its commit, once per
 * thing and turn however often it was asked: live topics, channels, figures.
 */
#ifndef GATEWAY_PUBLISH_H
#define GATEWAY_PUBLISH_H

#include "gateway/book.h"

void publish_contact(struct turn *t, struct contact *c);
void publish_agent(struct turn *t, usher_id agent);
/* m lives in the turn's arena. is_new: else its delivery state changed. */
void publish_message(struct turn *t, const struct message_row *m, bool is_new);
/* To the channel it was on; the message before it goes first. */
void publish_session_end(struct turn *t, const struct session *s);
void publish_channel(struct turn *t, struct usher_text id);

#endif
