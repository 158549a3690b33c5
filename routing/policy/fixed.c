/* SPDX-License-Identifier: Apache-2.0 */
/* Orders that do not look at the load. */
#include "routing/policy/policy.h"

struct order_key policy_fewest_skills(const struct policy_agent *a)
{
	return policy_by_rank(a, a->skills);
}

struct order_key policy_round_robin(const struct policy_agent *a)
{
	return (struct order_key){0, a->turn, 0, a->agent};
}

struct order_key policy_top_down(const struct policy_agent *a)
{
	return (struct order_key){0, a->position, 0, a->agent};
}
