/* SPDX-License-Identifier: Apache-2.0 */
/* What a new site begins with, and what the demo shows. */
#ifndef GATEWAY_SEED_H
#define GATEWAY_SEED_H

#include "gateway/auth.h"
#include "gateway/gateway.h"

#define SETUP_LASTS (30 * USHER_MINUTE)

/* At the very first start, when nothing was journalled: wrap-up codes, and how much of an agent's
 * capacity a contact of each channel takes (the core alone knows: the whole). Before the loop runs. */
void seed_begin(struct gateway *g);

/* Before the process serves: a one-time set-up token. */
int seed_first_start(struct gateway *g, char ret_token[static AUTH_TOKEN_BYTES + 4],
		     struct usher_error *reterr) USHER_CHECKED;

/* The demo's queues, people, channels; what is there already is kept, passwords are made anew and
 * printed with the addresses. Called on the loop, once everything is open. */
void seed_demo(struct gateway *g, void *arg);

#endif
