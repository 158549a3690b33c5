/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_guard.h"

#include <ctype.h>

#define WAYS 8 /* places an address may have: looking is bounded, also when all are taken */

/* FNV-1a. Whoever finds two addresses with one hash makes them share a limit, no more. */
static uint64_t hash_of(struct usher_text address)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < address.n; i++)
		hash = (hash ^ (uint64_t)tolower((unsigned char)address.p[i])) *
		       UINT64_C(1099511628211);
	return hash != 0 ? hash : 1;
}

bool email_guard_is_over(struct email_guard *g, struct usher_text address, usher_us now,
			 bool *ret_first)
{
	uint64_t hash = hash_of(address);
	size_t base = hash % (GUARD_ADDRESSES_MAX / WAYS) * WAYS, place = base;
	*ret_first = false;
	for (size_t i = base; i < base + WAYS; i++) {
		if (g->item[i].hash == hash) {
			place = i;
			break;
		}
		if (g->item[i].last_us < g->item[place].last_us)
			place = i;
	}
	if (g->item[place].hash != hash || now - g->item[place].begun_us >= GUARD_SPAN_US) {
		g->item[place].hash = hash;
		g->item[place].begun_us = now;
		g->item[place].count = 0;
	}
	g->item[place].last_us = now;
	if (g->item[place].count <= GUARD_MAILS_MAX)
		g->item[place].count++;
	else
		return true;
	*ret_first = g->item[place].count > GUARD_MAILS_MAX;
	return *ret_first;
}
