/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/policy/policy.h"

/* Two different proportions of 16-bit numbers differ by more than 2^-32, so this is exact. */
struct order_key policy_least_loaded(const struct policy_agent *a)
{
	uint64_t share = a->capacity > 0 ? ((uint64_t)a->load << 32) / a->capacity : UINT64_MAX;
	return (struct order_key){share, a->idle_since_us, a->agent};
}
