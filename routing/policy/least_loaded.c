/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/policy/policy.h"

/* Two different proportions of 16-bit numbers differ by more than 2^-32, so this is exact. */
struct order_key policy_least_loaded(const struct policy_agent *a)
{
	uint64_t share = a->capacity > 0 ? ((uint64_t)a->load << 32) / a->capacity : UINT64_MAX;
	return policy_by_rank(a, share);
}

struct order_key policy_most_spare(const struct policy_agent *a)
{
	/* Who holds more than he should has less than nothing to spare. */
	return policy_by_rank(a, (uint64_t)INT64_MAX + a->load - a->capacity);
}
