/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/estimate/formula.h"

#include "routing/estimate/wide.h"

#define ONE 65536ull /* of a count of places: they are sums of expected values, so not whole */

/* A sum over stages. */
struct stages {
	wide mean;     /* 1/16 us, times ONE */
	wide variance; /* 1/256 us^2 */
	uint64_t last; /* 1/16 us: how long the last of them takes */
};

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static struct estimate_line bounded(const struct estimate_line *l)
{
	return (struct estimate_line){
		.capacity = least(l->capacity, ESTIMATE_RATE_MAX),
		.arrival = least(l->arrival, ESTIMATE_RATE_MAX),
		.abandon = least(l->abandon, ESTIMATE_PATIENCE_RATE_MAX),
	};
}

uint64_t estimate_rate(uint64_t events, uint64_t span_us)
{
	return least(wide_scale(events, ESTIMATE_RATE_SPAN, span_us), ESTIMATE_RATE_MAX);
}

static void add_stages(struct stages *s, uint64_t rate, uint64_t count)
{
	uint64_t each = ESTIMATE_WAIT_MAX * 16;
	if (rate > 0)
		each = least(each, ESTIMATE_RATE_SPAN * 16 / rate);
	s->mean += (wide)each * count;
	s->variance += ((wide)each * each >> 16) * count;
	s->last = each;
}

/* The stages of a wait with `count` (in ONEs) places to go, the last of them first: while k are
 * ahead, the next departure comes at rate capacity + k abandon. */
static struct stages add_up(const struct estimate_line *l, uint64_t count)
{
	struct stages s = {0, 0, 0};
	if (l->abandon == 0) {
		add_stages(&s, l->capacity, count);
		return s;
	}
	for (uint64_t k = 0; k * ONE < count;) {
		uint64_t n = k < 32 ? 1 : k / 16;
		n = least(n, (count - k * ONE + ONE - 1) / ONE);
		uint64_t rate = l->capacity + l->abandon * (2 * k + n - 1) / 2;
		add_stages(&s, rate, least(n * ONE, count - k * ONE));
		k += n;
	}
	return s;
}

static struct estimate_spread spread_of(wide mean_us, wide variance_us2)
{
	return (struct estimate_spread){
		.mean_us = least(wide_narrow(mean_us), ESTIMATE_WAIT_MAX),
		.sd_us = least(wide_root(variance_us2), ESTIMATE_WAIT_MAX),
	};
}

struct estimate_spread estimate_by_length(const struct estimate_line *given, uint32_t position)
{
	struct estimate_line l = bounded(given);
	uint64_t places = least(position, ESTIMATE_POSITION_MAX);
	struct stages s = add_up(&l, places * ONE);
	return spread_of((s.mean / 16 + ONE / 2) >> 16, s.variance >> 8);
}

/* How many came between the head and this one and are still there, in ONEs. */
static uint64_t between(const struct estimate_line *l, uint64_t head_us, uint64_t waited_us)
{
	wide count;
	if (l->abandon == 0) {
		count = wide_div((wide)l->arrival * (head_us - waited_us),
				 ESTIMATE_RATE_SPAN / ONE);
	} else {
		/* e^-(theta t) is 2^-(t / h) with h = ln 2 / theta */
		uint64_t half_life = 693147180559945309ull / l->abandon;
		uint64_t young = wide_halves(waited_us, half_life);
		uint64_t old = wide_halves(head_us, half_life);
		count = wide_div((wide)l->arrival * (young - old), l->abandon) >> (63 - 16);
	}
	return least(wide_narrow(count), ESTIMATE_POSITION_MAX * ONE);
}

struct estimate_spread estimate_by_head(const struct estimate_line *given, uint64_t head_us,
					uint64_t waited_us)
{
	struct estimate_line l = bounded(given);
	head_us = least(head_us, ESTIMATE_WAIT_MAX);
	if (waited_us >= head_us && waited_us > 0)
		return estimate_by_length(given, 1); /* it is the head itself */
	uint64_t ahead = between(&l, head_us, waited_us);
	struct stages s = add_up(&l, ahead + 2 * ONE);
	/* Arrivals are Poisson: their number varies as much as it is large. */
	s.variance = wide_add(s.variance, ((wide)s.last * s.last >> 16) * ahead);
	return spread_of((s.mean / 16 + ONE / 2) >> 16, s.variance >> 8);
}

struct estimate_spread estimate_by_last(const struct estimate_line *given, uint64_t last_us,
					uint64_t waited_us)
{
	struct estimate_line l = bounded(given);
	struct estimate_spread ret;
	last_us = least(last_us, ESTIMATE_WAIT_MAX);
	ret.mean_us = ret.sd_us = last_us;
	if (l.capacity > 0) {
		l.arrival = l.capacity;
		l.abandon = 0;
		ret.sd_us = estimate_by_head(&l, last_us, 0).sd_us;
	}
	ret.mean_us = waited_us < last_us || waited_us == 0 ? last_us - waited_us : ret.sd_us;
	return ret;
}
