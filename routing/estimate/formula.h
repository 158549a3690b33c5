/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a contact will wait, by formulas whose figures are given. Rates are events in 10^18
 * microseconds, so that one event in 400 days and a million an hour are both whole numbers with
 * four digits and more. Every result is at most ESTIMATE_WAIT_MAX.
 *
 * Sources: R. Ibrahim, W. Whitt, "Real-time delay estimation based on delay history", M&SOM 11(3)
 * 2009; the same, "Real-time delay estimation in overloaded multiserver queues with abandonments",
 * Management Science 55(10) 2009.
 */
#ifndef ROUTING_ESTIMATE_FORMULA_H
#define ROUTING_ESTIMATE_FORMULA_H

#include <stdint.h>

#define ESTIMATE_RATE_SPAN 1000000000000000000ull    /* microseconds a rate counts over */
#define ESTIMATE_WAIT_MAX (400ull * 86400 * 1000000) /* microseconds; more is cut to it */
#define ESTIMATE_POSITION_MAX 1000000u		     /* places in a line; likewise */
#define ESTIMATE_RATE_MAX (5 * ESTIMATE_RATE_SPAN)   /* 5 per microsecond; likewise */
#define ESTIMATE_PATIENCE_RATE_MAX (ESTIMATE_RATE_SPAN / 1000000) /* 1 per second; likewise */

struct estimate_line {
	uint64_t capacity; /* starts while contacts wait: s mu; 0 = nobody serves */
	uint64_t arrival;  /* lambda */
	uint64_t abandon;  /* theta, of each one who waits; 0 = nobody leaves */
};

struct estimate_spread {
	uint64_t mean_us;
	uint64_t sd_us;
};

/* events / span_us, as a rate. */
uint64_t estimate_rate(uint64_t events, uint64_t span_us);

/* QL: the contact at `position` (1 = next) starts after so many departures. Without abandonment
 * mean n / (s mu) and variance n / (s mu)^2; with it the sums over k < n of 1 / (s mu + k theta)
 * and of its square. Exact for exponential services; from the 33rd place on the sum takes
 * neighbours together (error below 0.1 %). */
struct estimate_spread estimate_by_length(const struct estimate_line *l, uint32_t position);

/* HOL, refined: nothing is known but that the contact at the head has waited head_us, and this one
 * waited_us. Whoever came between them is ahead, lambda (head - waited) on average, fewer where
 * some have left. For a new contact and no abandonment: mean (lambda w + 2) / (s mu), variance
 * (2 lambda w + 2) / (s mu)^2. */
struct estimate_spread estimate_by_head(const struct estimate_line *l, uint64_t head_us,
					uint64_t waited_us);

/* LES: as long as the one who started last had waited; mean last_us for a new contact. The spread
 * is that of HOL, with arrivals as fast as departures; where the capacity is 0 (not known) it is
 * last_us. For a contact that has waited longer than that already: as long again as the spread. */
struct estimate_spread estimate_by_last(const struct estimate_line *l, uint64_t last_us,
					uint64_t waited_us);

#endif
