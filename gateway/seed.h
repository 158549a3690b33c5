/* SPDX-License-Identifier: Apache-2.0 */
/* What a new site begins with, and what the demo shows. */
#ifndef GATEWAY_SEED_H
#define GATEWAY_SEED_H

#include "gateway/auth.h"
#include "gateway/gateway.h"

#define SETUP_LASTS (30 * USHER_MINUTE)

/* Before the process serves: wrap-up codes where there are none, and a one-time set-up token. */
int seed_first_start(struct gateway *g, char ret_token[static AUTH_TOKEN_BYTES + 4],
		     struct usher_error *reterr) USHER_CHECKED;

/* The demo's queues, people, channels; what is there already is kept, passwords are made anew and
 * printed with the addresses. Called on the loop, once everything is open. */
void seed_demo(struct gateway *g, void *arg);

#endif
