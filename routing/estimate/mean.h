/* SPDX-License-Identifier: Apache-2.0 */
/* For routing/estimate alone: means that forget, and what an estimator knows of its line. */
#ifndef ROUTING_ESTIMATE_MEAN_H
#define ROUTING_ESTIMATE_MEAN_H

#include "routing/estimate/estimator.h"
#include "routing/estimate/formula.h"

#define MEAN_ONE (1ull << 24)	/* the weight of a new value */
#define MEAN_SHARE (1ull << 32) /* a whole, in a mean of shares */
#define MEAN_VALUE_MAX (1ull << 53)

enum estimator_flag {
	ESTIMATOR_AGENTS_KNOWN = 1,
	ESTIMATOR_HAS_STARTED = 2, /* somebody */
};

/* Weighs down by 2^-(time since at_us / half_life). */
void mean_age(struct estimator_mean *m, uint64_t clock_us, uint64_t half_life_us);
void mean_keep(struct estimator_mean *m, uint64_t keep); /* by keep, in 2^-63 */
void mean_add(struct estimator_mean *m, uint64_t value);

/* How many values of equal weight would say as much, in 2^-24. */
uint64_t mean_evidence(const struct estimator_mean *m);

uint64_t estimator_clock(const struct estimator *e, usher_us now);
uint64_t estimator_sum(uint64_t a, uint64_t b); /* UINT64_MAX where it does not fit */

/* Events by their weights, over the time since the estimator was made. */
uint64_t estimator_event_rate(const struct estimator *e, const struct estimator_mean *events,
			      uint64_t clock_us);

/* The line's rates; *ret_evidence in 2^-24 of starts. capacity 0: not known, or nobody serves. */
struct estimate_line estimator_line(const struct estimator *e, uint64_t clock_us,
				    uint64_t *ret_evidence);

/* How much more the time between starts varies than exponential times do, as a factor of the
 * variance in 2^-16: 1 to 15. Above 1 where agents come from other lines in bursts. */
uint64_t estimator_unevenness(const struct estimator *e);

#endif
