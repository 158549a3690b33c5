/* SPDX-License-Identifier: Apache-2.0 */
/* How the ranges that were announced have turned out. */
#include "routing/estimate/mean.h"
#include "routing/estimate/wide.h"

#define COUNT_MAX (1ull << 30) /* so that 2^30 squares of 400 days fit; then all is halved */

static void add(uint64_t sum[2], wide more)
{
	wide s = wide_add((wide)sum[1] << 64 | sum[0], more);
	sum[0] = (uint64_t)s;
	sum[1] = (uint64_t)(s >> 64);
}

static void halve(struct estimator_coverage *c)
{
	c->held /= 2;
	c->shorter /= 2;
	c->longer /= 2;
	c->unjudged /= 2;
	c->served /= 2;
	c->announced = c->held + c->shorter + c->longer + c->unjudged;
	for (int i = 0; i < 2; i++) {
		uint64_t *sum = i == 0 ? c->wait_us : c->square_us;
		sum[0] = sum[0] >> 1 | sum[1] << 63;
		sum[1] >>= 1;
	}
}

void estimator_outcome(struct estimator *e, const struct estimate_range *announced,
		       usher_us waited_us, bool is_served)
{
	struct estimator_coverage *c = &e->coverage;
	usher_us waited = waited_us < 0 ? 0 : waited_us;
	if (waited > (usher_us)ESTIMATE_WAIT_MAX)
		waited = (usher_us)ESTIMATE_WAIT_MAX;
	if (announced->method == ESTIMATE_UNKNOWN)
		return; /* nothing was announced */
	if (c->announced >= COUNT_MAX)
		halve(c);
	c->announced++;
	if (waited > announced->high_us)
		c->longer++;
	else if (!is_served)
		c->unjudged++;
	else if (waited < announced->low_us)
		c->shorter++;
	else
		c->held++;
	if (!is_served)
		return;
	c->served++;
	usher_us likely = announced->likely_us < 0 ? 0 : announced->likely_us;
	if (likely > (usher_us)ESTIMATE_WAIT_MAX)
		likely = (usher_us)ESTIMATE_WAIT_MAX;
	uint64_t off = (uint64_t)(waited > likely ? waited - likely : likely - waited);
	add(c->wait_us, (wide)(uint64_t)waited);
	add(c->square_us, (wide)off * off);
}
