/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/policy/policy.h"

struct order_key policy_longest_idle(const struct policy_agent *a)
{
	uint64_t group = a->load == 0 ? 0 : 1;
	if (a->offers > 0)
		group = 2;
	return (struct order_key){group, a->idle_since_us, a->agent};
}

struct order_key policy_contact(uint8_t priority, usher_us first_us, usher_id contact)
{
	return (struct order_key){priority, first_us, contact};
}
