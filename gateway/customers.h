/* SPDX-License-Identifier: Apache-2.0 */
/* Who is behind an address. */
#ifndef GATEWAY_CUSTOMERS_H
#define GATEWAY_CUSTOMERS_H

#include "gateway/engine.h"

/* 0 when nobody is known there; sees what this turn added. */
usher_id customers_find(struct gateway *g, enum channel_kind channel, struct usher_text address);

/* Sets *name (owned by the caller, replaced) to the customer's; `claimed` when none is kept yet. */
void customers_name(struct turn *t, usher_id customer, struct usher_text claimed, char **name);

#endif
