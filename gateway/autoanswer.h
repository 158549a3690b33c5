/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a robot of ours may answer: never a robot, and each address at most once a day. What was
 * answered is read from the messages themselves, so a restart forgets nothing.
 */
#ifndef GATEWAY_AUTOANSWER_H
#define GATEWAY_AUTOANSWER_H

#include "channels/traffic.h"
#include "gateway/book.h"

#define AUTOANSWER_SPAN_US USHER_DAY

/* To be asked before a message by the system (AUTHOR_SYSTEM with a delivery state) is written to
 * the customer of `c` because of `in`. Looks at the customer's 20 newest contacts and 500 messages
 * of each; answers written in this turn count when they are the last word of an open contact. */
bool autoanswer_may(struct turn *t, const struct contact *c, const struct inbound *in);

#endif
