/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/estimate/mean.h"

#include "routing/estimate/wide.h"

#define FIRST_GUESS 16 /* starts that the handle time is worth beside what the line did */
#define ABANDONS_MIN 5 /* fewer say nothing about patience */
#define UNEVEN_MIN 20  /* starts before their variance is believed */
#define LN2_INVERSE 6196328019ull /* 1 / ln 2, in 2^-32 */

static uint64_t scaled(uint64_t value, uint64_t factor) /* by factor / 2^63, to the nearest */
{
	return (uint64_t)(((wide)value * factor + (WIDE_HALVES_ONE >> 1)) >> 63);
}

void mean_keep(struct estimator_mean *m, uint64_t keep)
{
	m->weight = scaled(m->weight, keep);
	m->weight2 = scaled(scaled(m->weight2, keep), keep);
}

void mean_age(struct estimator_mean *m, uint64_t clock_us, uint64_t half_life_us)
{
	mean_keep(m, wide_halves(clock_us - m->at_us, half_life_us));
	m->at_us = clock_us;
}

void mean_add(struct estimator_mean *m, uint64_t value)
{
	if (value > MEAN_VALUE_MAX)
		value = MEAN_VALUE_MAX;
	m->weight += MEAN_ONE;
	m->weight2 += MEAN_ONE;
	if (value >= m->mean)
		m->mean += wide_scale(value - m->mean, MEAN_ONE, m->weight);
	else
		m->mean -= wide_scale(m->mean - value, MEAN_ONE, m->weight);
}

uint64_t mean_evidence(const struct estimator_mean *m)
{
	if (m->weight2 == 0)
		return m->weight;
	return wide_scale(m->weight, m->weight, m->weight2);
}

uint64_t estimator_sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

uint64_t estimator_event_rate(const struct estimator *e, const struct estimator_mean *events,
			      uint64_t clock_us)
{
	uint64_t half_life = (uint64_t)e->rules.rate_half_life_us;
	struct estimator_mean m = *events;
	mean_age(&m, clock_us, half_life);
	/* The time since the start, weighed like the events: h / ln 2 (1 - 2^-(t / h)). */
	uint64_t gone = WIDE_HALVES_ONE - wide_halves(clock_us, half_life);
	uint64_t span = (uint64_t)(((wide)half_life * LN2_INVERSE >> 16) * gone >> (63 + 16));
	wide events_by_span = (wide)m.weight * ESTIMATE_RATE_SPAN;
	uint64_t rate =
		wide_narrow(wide_div(events_by_span, (wide)(span > 0 ? span : 1) * MEAN_ONE));
	return rate < ESTIMATE_RATE_MAX ? rate : ESTIMATE_RATE_MAX;
}

static uint64_t abandon_rate(const struct estimator *e)
{
	uint64_t seen = wide_scale(mean_evidence(&e->leaving), e->leaving.mean, MEAN_SHARE);
	if (seen < ABANDONS_MIN * MEAN_ONE || e->waits.mean == 0)
		return 0;
	uint64_t per_wait = ESTIMATE_RATE_SPAN / e->waits.mean;
	return wide_scale(per_wait, e->leaving.mean, MEAN_SHARE);
}

/* |a - b| above twice what chance would do, for means of so many exponential times. */
static bool differ(uint64_t a, uint64_t b, uint64_t seen_a, uint64_t seen_b)
{
	uint64_t apart = a > b ? a - b : b - a;
	uint64_t larger = a > b ? a : b;
	uint64_t less_seen = wide_scale(seen_a, seen_b, seen_a + seen_b);
	if (less_seen < MEAN_ONE / 2)
		return false;
	return (wide)apart * apart / 4 > wide_div((wide)larger * larger, less_seen) * MEAN_ONE;
}

/* Agent-us per start while somebody waits. What the line did is the evidence, since agents may
 * serve other lines too; the handle time is a first guess, dropped where the line contradicts it.
 */
static uint64_t pace(const struct estimator *e, uint64_t *ret_evidence)
{
	uint64_t line_seen = mean_evidence(&e->line);
	uint64_t guess_seen = mean_evidence(&e->handle);
	if (line_seen > 0 && guess_seen > 0 &&
	    differ(e->line.mean, e->handle.mean, line_seen, guess_seen))
		guess_seen = 0;
	if (guess_seen > FIRST_GUESS * MEAN_ONE)
		guess_seen = FIRST_GUESS * MEAN_ONE;
	if ((e->flags & ESTIMATOR_AGENTS_KNOWN) == 0)
		guess_seen = 0; /* by how many agents it would be shared is not known */
	*ret_evidence = line_seen + guess_seen;
	if (*ret_evidence == 0)
		return 0;
	wide sum = (wide)e->line.mean * line_seen + (wide)e->handle.mean * guess_seen;
	return wide_narrow(wide_div(sum, *ret_evidence));
}

struct estimate_line estimator_line(const struct estimator *e, uint64_t clock_us,
				    uint64_t *ret_evidence)
{
	struct estimate_line l = {0, 0, 0};
	uint64_t each = pace(e, ret_evidence);
	uint64_t agents = (e->flags & ESTIMATOR_AGENTS_KNOWN) != 0 ? e->agents : 1;
	if (*ret_evidence > 0)
		l.capacity = estimate_rate(agents, each > 0 ? each : 1);
	l.arrival = estimator_event_rate(e, &e->arrivals, clock_us);
	l.abandon = abandon_rate(e);
	return l;
}

uint64_t estimator_unevenness(const struct estimator *e)
{
	if (mean_evidence(&e->uneven) < UNEVEN_MIN * MEAN_ONE || e->uneven.mean < 2 << 16)
		return 1 << 16;
	uint64_t more = e->uneven.mean - (1 << 16);
	return more < 15 << 16 ? more : 15 << 16;
}
