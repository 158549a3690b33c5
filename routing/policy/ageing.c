/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/policy/policy.h"

/* Kleinrock's accumulating priority: the score of who is not due yet is 0, not less. */
static unsigned __int128 score(const struct order_key *k, uint16_t growth, usher_us now)
{
	return now > k->at ? (unsigned __int128)((uint64_t)now - (uint64_t)k->at) * growth : 0;
}

bool policy_contact_before(const struct order_key *a, uint16_t growth_a, const struct order_key *b,
			   uint16_t growth_b, usher_us now)
{
	if (a->band == b->band && growth_a != growth_b) {
		unsigned __int128 sa = score(a, growth_a, now), sb = score(b, growth_b, now);
		if (sa != sb)
			return sa > sb;
	}
	return order_before(a, b);
}
