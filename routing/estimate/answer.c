/* SPDX-License-Identifier: Apache-2.0 */
/* What an estimator says: ranges, and the figures behind them. */
#include "routing/estimate/mean.h"
#include "routing/estimate/wide.h"

#define EVIDENCE_MIN (5 * MEAN_ONE) /* services or arrivals before a rate is believed */
#define LAST_HALF_LIVES 4	    /* an older start says nothing about this line */

static uint64_t span(usher_us us)
{
	return us > 0 ? (uint64_t)us : 0;
}

/* A mean of so many values is itself unsure: by its square over their number. */
static void widen(struct estimate_spread *s, uint64_t of_us, uint64_t evidence)
{
	if (evidence == 0)
		evidence = 1;
	wide more = wide_div((wide)of_us * of_us, evidence) * MEAN_ONE;
	s->sd_us = wide_root(wide_add((wide)s->sd_us * s->sd_us, more));
}

/* The formulas take the times between starts as exponential; these may vary more. */
static struct estimate_spread uneven(const struct estimator *e, struct estimate_spread s)
{
	wide variance = (wide)s.sd_us * s.sd_us * estimator_unevenness(e) >> 16;
	s.sd_us = wide_root(variance);
	return s;
}

static void set_range(const struct estimator *e, struct estimate_spread s, enum estimate_method how,
		      struct estimate_range *ret)
{
	uint64_t reach = wide_scale(s.sd_us, e->rules.spread_permille, 1000);
	uint64_t high = estimator_sum(s.mean_us, reach);
	ret->low_us = (usher_us)(s.mean_us > reach ? s.mean_us - reach : 0);
	ret->likely_us = (usher_us)s.mean_us;
	ret->high_us = (usher_us)(high < ESTIMATE_WAIT_MAX ? high : ESTIMATE_WAIT_MAX);
	ret->method = how;
}

static void answer_by_length(const struct estimator *e, const struct estimate_line *l,
			     uint64_t seen, uint32_t position, struct estimate_range *ret)
{
	struct estimate_spread s = uneven(e, estimate_by_length(l, position));
	widen(&s, s.mean_us, seen);
	set_range(e, s, l->abandon > 0 ? ESTIMATE_BY_LENGTH_LEFT : ESTIMATE_BY_LENGTH, ret);
}

static void answer_by_head(const struct estimator *e, const struct estimate_line *l, uint64_t seen,
			   const struct estimate_question *q, struct estimate_range *ret)
{
	struct estimate_spread s = estimate_by_head(l, span(q->head_waited_us), span(q->waited_us));
	s = uneven(e, s);
	widen(&s, s.mean_us, seen);
	widen(&s, s.mean_us, mean_evidence(&e->arrivals));
	set_range(e, s, ESTIMATE_BY_HEAD, ret);
}

static void answer_by_last(const struct estimator *e, struct estimate_line l, uint64_t seen,
			   const struct estimate_question *q, struct estimate_range *ret)
{
	/* Nobody will wait less than the head has already. */
	uint64_t last = e->last_waited_us;
	if (q->head_waited_us > 0 && (uint64_t)q->head_waited_us > last)
		last = (uint64_t)q->head_waited_us;
	if (seen < EVIDENCE_MIN)
		l.capacity = 0;
	struct estimate_spread s = estimate_by_last(&l, last, span(q->waited_us));
	set_range(e, uneven(e, s), ESTIMATE_BY_LAST, ret);
}

void estimator_answer(const struct estimator *e, usher_us now, const struct estimate_question *q,
		      struct estimate_range *ret)
{
	uint64_t clock = estimator_clock(e, now);
	uint64_t seen;
	struct estimate_line l = estimator_line(e, clock, &seen);
	bool is_fresh = (e->flags & ESTIMATOR_HAS_STARTED) != 0 &&
			(clock - e->last_start_at) / LAST_HALF_LIVES <=
				(uint64_t)e->rules.rate_half_life_us;

	*ret = (struct estimate_range){.method = ESTIMATE_UNKNOWN};
	if ((e->flags & ESTIMATOR_AGENTS_KNOWN) != 0 && e->agents == 0)
		return;
	if (q->position > 0 && l.capacity > 0 && seen >= EVIDENCE_MIN)
		answer_by_length(e, &l, seen, q->position, ret);
	else if (q->head_waited_us >= 0 && l.capacity > 0 && seen >= EVIDENCE_MIN &&
		 mean_evidence(&e->arrivals) >= EVIDENCE_MIN)
		answer_by_head(e, &l, seen, q, ret);
	else if (is_fresh)
		answer_by_last(e, l, seen, q, ret);
	else if (q->position > 0 && l.capacity > 0)
		answer_by_length(e, &l, seen, q->position, ret);
}

static usher_us step_of(usher_us us)
{
	if (us < USHER_MINUTE)
		return 10 * USHER_SECOND;
	return us < 10 * USHER_MINUTE ? USHER_MINUTE : 5 * USHER_MINUTE;
}

static usher_us bounded(usher_us us)
{
	if (us < 0)
		return 0;
	return us < (usher_us)ESTIMATE_WAIT_MAX ? us : (usher_us)ESTIMATE_WAIT_MAX;
}

void estimator_round(struct estimate_range *r)
{
	if (r->method == ESTIMATE_UNKNOWN)
		return;
	usher_us low = bounded(r->low_us), likely = bounded(r->likely_us);
	usher_us high = bounded(r->high_us);
	low -= low % step_of(low);
	if (high % step_of(high) != 0)
		high += step_of(high) - high % step_of(high);
	if (high <= low)
		high = low + step_of(low);
	likely += step_of(likely) / 2;
	likely -= likely % step_of(likely);
	r->low_us = low;
	r->high_us = high;
	r->likely_us = likely < low ? low : likely > high ? high : likely;
}

static uint64_t per_1000h(uint64_t rate)
{
	return wide_scale(rate, 1000 * (uint64_t)USHER_HOUR, ESTIMATE_RATE_SPAN);
}

static uint32_t whole(uint64_t evidence)
{
	uint64_t n = (evidence + MEAN_ONE / 2) / MEAN_ONE;
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static uint64_t error_ppm(const struct estimator_coverage *c)
{
	wide wait = (wide)c->wait_us[1] << 64 | c->wait_us[0];
	wide square = (wide)c->square_us[1] << 64 | c->square_us[0];
	wide mean = wide_div(wait, c->served);
	if (c->served == 0 || mean == 0)
		return 0;
	return wide_narrow(wide_div(wide_div(square, c->served) * 1000000, mean * mean));
}

void estimator_figures(const struct estimator *e, usher_us now, struct estimator_figures *ret)
{
	uint64_t clock = estimator_clock(e, now);
	uint64_t seen;
	struct estimate_line l = estimator_line(e, clock, &seen);
	const struct estimator_coverage *c = &e->coverage;
	*ret = (struct estimator_figures){
		.arrivals_per_1000h = per_1000h(l.arrival),
		.starts_per_1000h = per_1000h(estimator_event_rate(e, &e->starts, clock)),
		.abandons_per_1000h = per_1000h(l.abandon),
		.capacity_per_1000h = per_1000h(l.capacity),
		.handle_us = (usher_us)e->handle.mean,
		.last_waited_us = (usher_us)e->last_waited_us,
		.arrivals_seen = whole(mean_evidence(&e->arrivals)),
		.handles_seen = whole(mean_evidence(&e->handle)),
		.line_seen = whole(mean_evidence(&e->line)),
		.abandons_seen =
			whole(wide_scale(mean_evidence(&e->leaving), e->leaving.mean, MEAN_SHARE)),
		.error_ppm = error_ppm(c),
	};
	if (c->announced > c->unjudged)
		ret->held_permille =
			(uint32_t)wide_scale(c->held, 1000, c->announced - c->unjudged);
}

const char *estimate_method_name(enum estimate_method m)
{
	static const char name[ESTIMATE_METHODS][16] = {"unknown", "length", "length-left", "head",
							"last"};
	return (unsigned)m < ESTIMATE_METHODS ? name[m] : name[ESTIMATE_UNKNOWN];
}
