/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/policy/policy.h"

struct order_key policy_longest_idle(const struct policy_agent *a)
{
	uint64_t group = a->contacts == 0 ? 0 : 1;
	if (a->offers > 0)
		group = 2;
	return policy_by_rank(a, group);
}
