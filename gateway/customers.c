/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/customers.h"

#include "gateway/intake.h"

#include <stdlib.h>

/* Telephone and text messages reach the same number; chat and video name a browser. */
static int64_t address_kind(enum channel_kind channel)
{
	return channel == CHANNEL_MESSAGING ? CHANNEL_TELEPHONY : channel;
}

struct fresh { /* addresses first seen in this turn: not in the store yet */
	struct fresh *next;
	int64_t channel;
	struct usher_text value;
	usher_id customer;
	struct usher_text name;
};

static struct fresh *find_fresh(const struct turn *t, int64_t channel, struct usher_text value)
{
	for (struct fresh *f = t->fresh; f != NULL; f = f->next)
		if (f->channel == channel && text_equal(f->value, value))
			return f;
	return NULL;
}

usher_id customers_find(struct gateway *g, enum channel_kind channel, struct usher_text address)
{
	struct arena arena = {0};
	struct address_row key = {.channel = address_kind(channel), .value = address}, row;
	usher_id customer = 0;
	if (address.n > 0 && store_get(g->store, &ADDRESS, &key, &arena, &row) == 0)
		customer = row.customer;
	arena_done(&arena);
	return customer;
}

usher_id intake_customer(struct turn *t, enum channel_kind channel, struct usher_text address,
			 struct usher_text name, struct usher_text language, bool is_verified)
{
	int64_t kind = address_kind(channel);
	struct fresh *known = find_fresh(t, kind, address);
	usher_id customer = known != NULL ? known->customer
					  : customers_find(t->g, channel, address);
	if (customer != 0)
		return customer;
	struct customer_row row = {.id = gateway_id(t->g, t->now), .created_us = t->now,
				   .changed_us = t->now, .name = name, .language = language};
	store_add(t->batch, &CUSTOMER, &row);
	if (address.n == 0)
		return row.id;
	store_put(t->batch, &ADDRESS, &(struct address_row){.channel = kind, .value = address,
							    .customer = row.id,
							    .is_verified = is_verified,
							    .seen_us = t->now});
	struct fresh *f = ARENA_NEW(t->arena, struct fresh);
	*f = (struct fresh){t->fresh, kind, arena_text(t->arena, address), row.id,
			    arena_text(t->arena, name)};
	t->fresh = f;
	return row.id;
}

void customers_name(struct turn *t, usher_id customer, struct usher_text claimed, char **name)
{
	struct customer_row key = {.id = customer}, row;
	struct usher_text kept = TEXT_NONE;
	if (store_get(t->g->store, &CUSTOMER, &key, t->arena, &row) == 0)
		kept = row.name;
	free(*name);
	*name = memory_copy(kept.n > 0 ? kept : claimed);
}
