/* SPDX-License-Identifier: Apache-2.0 */
/* What an estimator learns from. */
#include "routing/estimate/mean.h"
#include "routing/estimate/wide.h"

#include <string.h>

#define SPAN_MAX (1ull << 50) /* between two events, us: 35 years */
#define CLOCK_MAX (1ull << 60)
#define UNEVEN_FROM 10ull /* starts */
#define UNEVEN_MAX 64ull  /* times the mean */

static uint64_t wait_of(usher_us us)
{
	if (us < 0)
		return 0;
	return (uint64_t)us < ESTIMATE_WAIT_MAX ? (uint64_t)us : ESTIMATE_WAIT_MAX;
}

static bool is_within(uint64_t value, uint64_t min, uint64_t max, const char *what,
		      struct usher_error *reterr)
{
	if (value >= min && value <= max)
		return true;
	usher_error_set(reterr, E_INVALID, "%s is %llu, not from %llu to %llu", what,
			(unsigned long long)value, (unsigned long long)min,
			(unsigned long long)max);
	return false;
}

int estimator_init(struct estimator *e, const struct estimator_rules *rules, usher_us now,
		   struct usher_error *reterr)
{
	struct estimator_rules r = rules != NULL ? *rules : (struct estimator_rules){0};
	if (r.rate_half_life_us == 0)
		r.rate_half_life_us = 10 * USHER_MINUTE;
	if (r.handle_half_life == 0)
		r.handle_half_life = 50;
	if (r.line_half_life == 0)
		r.line_half_life = 100;
	if (r.spread_permille == 0)
		r.spread_permille = 1200;
	if (!is_within((uint64_t)r.rate_half_life_us, ESTIMATOR_HALF_LIFE_MIN,
		       ESTIMATOR_HALF_LIFE_MAX, "rate_half_life_us", reterr) ||
	    !is_within(r.handle_half_life, 1, ESTIMATOR_SERVICES_MAX, "handle_half_life", reterr) ||
	    !is_within(r.line_half_life, 1, ESTIMATOR_SERVICES_MAX, "line_half_life", reterr) ||
	    !is_within(r.spread_permille, 1, ESTIMATOR_SPREAD_MAX, "spread_permille", reterr))
		return E_INVALID;
	memset(e, 0, sizeof *e);
	e->rules.rate_half_life_us = r.rate_half_life_us;
	e->rules.handle_half_life = r.handle_half_life;
	e->rules.line_half_life = r.line_half_life;
	e->rules.spread_permille = r.spread_permille;
	e->handle_keep = wide_halves(1, r.handle_half_life);
	e->line_keep = wide_halves(1, r.line_half_life);
	e->last_now = now;
	return 0;
}

uint64_t estimator_clock(const struct estimator *e, usher_us now)
{
	uint64_t span = now > e->last_now ? (uint64_t)now - (uint64_t)e->last_now : 0;
	if (span > SPAN_MAX)
		span = SPAN_MAX;
	return e->clock_us + span < CLOCK_MAX ? e->clock_us + span : CLOCK_MAX;
}

static void advance(struct estimator *e, usher_us now)
{
	e->clock_us = estimator_clock(e, now);
	e->last_now = now;
}

static uint64_t half_life(const struct estimator *e)
{
	return (uint64_t)e->rules.rate_half_life_us;
}

static void count(struct estimator *e, struct estimator_mean *m)
{
	mean_age(m, e->clock_us, half_life(e));
	mean_add(m, 0);
}

/* Agent-us from the last start to now. */
static uint64_t area_now(const struct estimator *e)
{
	uint64_t agents = (e->flags & ESTIMATOR_AGENTS_KNOWN) != 0 ? e->agents : 1;
	wide more = (wide)agents * (e->clock_us - e->agents_at);
	return estimator_sum(e->agents_area, wide_narrow(more));
}

/*
 * How much agent time the line has had since the last start, at least. Whoever goes now has waited
 * for waited_us, so the line has stood since then, or since the last start where that is later; and
 * likewise since the last one left, beside what was known then. For a FIFO line with exponential
 * services the former is exponential with rate s mu, however the last start came about.
 */
static uint64_t line_area(const struct estimator *e, uint64_t waited_us)
{
	uint64_t span = e->clock_us - e->start_at;
	uint64_t since_gone = e->clock_us - e->gone_at;
	if (span == 0)
		return e->open_area;
	uint64_t area = area_now(e);
	uint64_t stood = waited_us < span ? waited_us : span;
	uint64_t stood_since = waited_us < since_gone ? waited_us : since_gone;
	uint64_t all = wide_scale(area, stood, span);
	uint64_t sum = estimator_sum(e->open_area, wide_scale(area, stood_since, span));
	return all > sum ? all : sum;
}

void estimator_arrival(struct estimator *e, usher_us now)
{
	advance(e, now);
	count(e, &e->arrivals);
}

static void leave(struct estimator *e, uint64_t waited_us, uint64_t share)
{
	mean_age(&e->waits, e->clock_us, half_life(e));
	mean_add(&e->waits, waited_us);
	mean_age(&e->leaving, e->clock_us, half_life(e));
	mean_add(&e->leaving, share);
}

static void add_to_line(struct estimator *e, uint64_t area)
{
	/* Against a mean of a few values the squares would say nothing. */
	if (mean_evidence(&e->line) >= UNEVEN_FROM * MEAN_ONE && e->line.mean > 0) {
		uint64_t ratio = wide_scale(area, 1 << 12, e->line.mean);
		if (ratio > UNEVEN_MAX << 12)
			ratio = UNEVEN_MAX << 12;
		mean_keep(&e->uneven, e->line_keep);
		mean_add(&e->uneven, ratio * ratio >> 8);
	}
	mean_keep(&e->line, e->line_keep);
	mean_add(&e->line, area);
}

void estimator_start(struct estimator *e, usher_us now, usher_us waited, bool is_delayed)
{
	uint64_t waited_us = wait_of(waited);
	advance(e, now);
	count(e, &e->starts);
	leave(e, waited_us, 0);
	if (is_delayed) {
		add_to_line(e, estimator_sum(e->carried_area, line_area(e, waited_us)));
		e->carried_area = 0;
	} else {
		e->carried_area = estimator_sum(e->carried_area, e->open_area);
	}
	e->open_area = 0;
	e->agents_area = 0;
	e->start_at = e->gone_at = e->agents_at = e->clock_us;
	e->last_waited_us = waited_us;
	e->last_start_at = e->clock_us;
	e->flags |= ESTIMATOR_HAS_STARTED;
}

void estimator_abandon(struct estimator *e, usher_us now, usher_us waited)
{
	uint64_t waited_us = wait_of(waited);
	advance(e, now);
	leave(e, waited_us, MEAN_SHARE);
	e->open_area = line_area(e, waited_us);
	e->gone_at = e->clock_us;
}

void estimator_agents(struct estimator *e, usher_us now, uint32_t agents)
{
	advance(e, now);
	e->agents_area = area_now(e);
	e->agents_at = e->clock_us;
	e->agents = agents < ESTIMATOR_AGENTS_MAX ? agents : ESTIMATOR_AGENTS_MAX;
	if ((e->flags & ESTIMATOR_AGENTS_KNOWN) != 0)
		return;
	/* So far the line was measured as if by one agent, which is another unit. */
	memset(&e->line, 0, sizeof e->line);
	memset(&e->uneven, 0, sizeof e->uneven);
	e->agents_area = e->open_area = e->carried_area = 0;
	e->start_at = e->gone_at = e->clock_us;
	e->flags |= ESTIMATOR_AGENTS_KNOWN;
}

void estimator_end(struct estimator *e, usher_us now, usher_us handle_us)
{
	advance(e, now);
	mean_keep(&e->handle, e->handle_keep);
	mean_add(&e->handle, wait_of(handle_us));
}
