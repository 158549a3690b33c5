/* SPDX-License-Identifier: Apache-2.0 */
/* Rules, the choice of method, "unknown", clocks, extremes, rounding, the record, same bytes. */
#include "tests/tap.h"

#include "routing/base/hash.h"
#include "routing/estimate/estimator.h"
#include "routing/estimate/formula.h"

#define NOW (56 * 365 * USHER_DAY)
#define UNSEEN (-1)

static struct estimator made(void)
{
	struct estimator e;
	assert_int_equal(estimator_init(&e, NULL, NOW, NULL), 0);
	return e;
}

static struct estimate_range ask(const struct estimator *e, usher_us now, uint32_t position,
				 usher_us waited, usher_us head)
{
	struct estimate_range r;
	estimator_answer(e, now, &(struct estimate_question){position, waited, head}, &r);
	assert_true(r.low_us >= 0 && r.low_us <= r.likely_us && r.likely_us <= r.high_us);
	assert_true(r.high_us <= (usher_us)ESTIMATE_WAIT_MAX);
	return r;
}

static void rules(void **state)
{
	(void)state;
	const struct estimator_rules bad[] = {
		{.rate_half_life_us = -1},
		{.rate_half_life_us = USHER_SECOND - 1},
		{.rate_half_life_us = 400 * USHER_DAY + 1},
		{.handle_half_life = 100001},
		{.line_half_life = UINT32_MAX},
		{.spread_permille = 10001},
	};
	struct estimator e, before;
	memset(&e, 0x5a, sizeof e);
	before = e;
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct usher_error err = {0};
		assert_int_equal(estimator_init(&e, &bad[i], NOW, &err), E_INVALID);
		assert_int_equal(err.code, E_INVALID);
		assert_non_null(strstr(err.text, " is "));
		assert_memory_equal(&e, &before, sizeof e);
	}
	e = made();
	assert_int_equal(e.rules.rate_half_life_us, 10 * USHER_MINUTE);
	assert_int_equal(e.rules.handle_half_life, 50);
	assert_int_equal(e.rules.line_half_life, 100);
	assert_int_equal(e.rules.spread_permille, 1200);
}

/* Services of five minutes by `agents` agents, one after the other; nobody waits. */
static usher_us serve(struct estimator *e, usher_us now, int n)
{
	for (int i = 0; i < n; i++) {
		now += USHER_MINUTE;
		estimator_arrival(e, now);
		estimator_start(e, now, 0, false);
		estimator_end(e, now, 5 * USHER_MINUTE);
	}
	return now;
}

static void unknown_unless_something_is(void **state)
{
	(void)state;
	struct estimator e = made();
	assert_int_equal(ask(&e, NOW, 1, 0, UNSEEN).method, ESTIMATE_UNKNOWN);
	assert_int_equal(ask(&e, NOW, 0, 0, USHER_HOUR).method, ESTIMATE_UNKNOWN);
	estimator_agents(&e, NOW, 10);
	assert_int_equal(ask(&e, NOW, 1, 0, UNSEEN).method, ESTIMATE_UNKNOWN);
	usher_us now = serve(&e, NOW, 20);
	struct estimate_range r = ask(&e, now, 4, 0, UNSEEN);
	assert_int_equal(r.method, ESTIMATE_BY_LENGTH);
	assert_int_equal(r.likely_us, 4 * 30 * USHER_SECOND); /* 5 min by 10 agents, 4 times */
	assert_true(r.low_us > 0 && r.high_us > 150 * USHER_SECOND);
	estimator_agents(&e, now, 20);
	assert_int_equal(ask(&e, now, 4, 0, UNSEEN).likely_us, USHER_MINUTE);
	estimator_agents(&e, now, 0);
	r = ask(&e, now, 4, 0, USHER_MINUTE);
	assert_int_equal(r.method, ESTIMATE_UNKNOWN);
	assert_true(r.low_us == 0 && r.likely_us == 0 && r.high_us == 0);
	estimator_agents(&e, now, 1);
	assert_int_equal(ask(&e, now, 1, 0, UNSEEN).likely_us, 5 * USHER_MINUTE);
}

static void the_best_there_is(void **state)
{
	(void)state;
	struct estimator e = made();
	/* How many agents there are is not known: one start says how long the last one waited. */
	estimator_arrival(&e, NOW);
	estimator_start(&e, NOW + 90 * USHER_SECOND, 90 * USHER_SECOND, true);
	usher_us now = NOW + 2 * USHER_MINUTE;
	struct estimate_range r = ask(&e, now, 2, 0, UNSEEN);
	assert_int_equal(r.method, ESTIMATE_BY_LAST);
	assert_int_equal(r.likely_us, 90 * USHER_SECOND);
	assert_int_equal(ask(&e, now, 0, 30 * USHER_SECOND, UNSEEN).likely_us, USHER_MINUTE);
	/* The head has waited longer than the last one had. */
	assert_int_equal(ask(&e, now, 0, 0, 5 * USHER_MINUTE).likely_us, 5 * USHER_MINUTE);
	/* Old news is none; by length with one start is better than nothing, and wide. */
	r = ask(&e, now + USHER_HOUR, 0, 0, UNSEEN);
	assert_int_equal(r.method, ESTIMATE_UNKNOWN);
	r = ask(&e, now + USHER_HOUR, 2, 0, UNSEEN);
	assert_int_equal(r.method, ESTIMATE_BY_LENGTH);
	assert_true(r.low_us == 0 && r.high_us >= 2 * r.likely_us);
	/* With a standing line that gives a contact a minute, it is length, then head, then last.
	 */
	for (int i = 0; i < 40; i++) {
		now += USHER_MINUTE;
		estimator_arrival(&e, now);
		estimator_start(&e, now, 3 * USHER_MINUTE, true);
	}
	r = ask(&e, now, 3, 0, 2 * USHER_MINUTE);
	assert_int_equal(r.method, ESTIMATE_BY_LENGTH);
	assert_true(llabs(r.likely_us - 3 * USHER_MINUTE) < 10 * USHER_SECOND);
	r = ask(&e, now, 0, 0, 2 * USHER_MINUTE); /* 2 in between, the head, itself */
	assert_int_equal(r.method, ESTIMATE_BY_HEAD);
	assert_true(llabs(r.likely_us - 4 * USHER_MINUTE) < 20 * USHER_SECOND);
	r = ask(&e, now, 0, 0, UNSEEN);
	assert_int_equal(r.method, ESTIMATE_BY_LAST);
	assert_int_equal(r.likely_us, 3 * USHER_MINUTE);
	/* Five who left are enough to count on more. */
	for (int i = 0; i < 6; i++)
		estimator_abandon(&e, now, USHER_MINUTE);
	struct estimate_range with = ask(&e, now, 30, 0, UNSEEN);
	assert_int_equal(with.method, ESTIMATE_BY_LENGTH_LEFT);
	assert_true(with.likely_us < 25 * USHER_MINUTE);
	assert_string_equal(estimate_method_name(with.method), "length-left");
	assert_string_equal(estimate_method_name((enum estimate_method)99), "unknown");
}

/* Agents who spend two thirds of their time on another line: the handle time says 1 a minute. */
static void what_the_line_does_counts(void **state)
{
	(void)state;
	struct estimator e = made();
	estimator_agents(&e, NOW, 5);
	usher_us now = serve(&e, NOW, 100);
	assert_int_equal(ask(&e, now, 10, 0, UNSEEN).likely_us, 10 * USHER_MINUTE);
	for (int i = 0; i < 100; i++) {
		now += 3 * USHER_MINUTE;
		estimator_start(&e, now, 9 * USHER_MINUTE, true);
		estimator_end(&e, now, 5 * USHER_MINUTE);
	}
	usher_us likely = ask(&e, now, 10, 0, UNSEEN).likely_us;
	assert_true(likely > 28 * USHER_MINUTE && likely <= 30 * USHER_MINUTE);
	/* Time without a line does not count, nor does a night without agents. */
	estimator_agents(&e, now, 0);
	now += 12 * USHER_HOUR;
	estimator_agents(&e, now, 5);
	now += 3 * USHER_MINUTE;
	estimator_start(&e, now, 12 * USHER_HOUR, true);
	now += USHER_HOUR;
	estimator_start(&e, now, 3 * USHER_MINUTE, true);
	assert_true(llabs(ask(&e, now, 10, 0, UNSEEN).likely_us - likely) < USHER_MINUTE);
}

static void a_clock_that_steps_back(void **state)
{
	(void)state;
	struct estimator e = made();
	estimator_agents(&e, NOW, 10);
	usher_us now = serve(&e, NOW, 50);
	struct estimator_figures before, after;
	estimator_figures(&e, now, &before);
	assert_in_range(before.arrivals_per_1000h, 58000, 63000);
	estimator_figures(&e, now - USHER_DAY, &after);
	assert_memory_equal(&before, &after, sizeof before);
	now = serve(&e, now - 2 * USHER_HOUR, 50); /* the clock was put right; life goes on */
	estimator_figures(&e, now, &after);
	assert_in_range(after.arrivals_per_1000h, 57000, 63000);
	assert_int_equal(after.handle_us, 5 * USHER_MINUTE);
	assert_int_equal(ask(&e, now - USHER_DAY, 4, 0, UNSEEN).likely_us, 2 * USHER_MINUTE);
	now = serve(&e, now + 100 * 365 * USHER_DAY, 50); /* and far ahead, and back */
	now = serve(&e, now - 100 * 365 * USHER_DAY, 50);
	estimator_figures(&e, now, &after);
	assert_in_range(after.arrivals_per_1000h, 57000, 63000);
}

static const usher_us extremes[] = {
	INT64_MIN, INT64_MIN + 1, -1,	    0, 1, USHER_SECOND, 400 * USHER_DAY, 401 * USHER_DAY,
	NOW,	   INT64_MAX - 1, INT64_MAX};
#define EXTREMES (sizeof extremes / sizeof extremes[0])

static usher_us any(uint64_t *random)
{
	return extremes[random_below(random, EXTREMES)];
}

static void feed(struct estimator *e, usher_us now, usher_us span, uint64_t *random)
{
	struct estimate_range r = {any(random), any(random), any(random),
				   (enum estimate_method)random_below(random, 5)};
	switch (random_below(random, 6)) {
	case 0:
		estimator_arrival(e, now);
		break;
	case 1:
		estimator_start(e, now, span, random_below(random, 2) == 1);
		break;
	case 2:
		estimator_abandon(e, now, span);
		break;
	case 3:
		estimator_agents(e, now, (uint32_t)span);
		break;
	case 4:
		estimator_end(e, now, span);
		break;
	default:
		estimator_outcome(e, &r, span, random_below(random, 2) == 1);
		estimator_round(&r);
		assert_true(r.method == ESTIMATE_UNKNOWN || r.low_us < r.high_us);
	}
}

/* Under the sanitizers this also shows that nothing runs over. */
static void extreme_values(void **state)
{
	static const struct estimator_rules sides[] = {
		{USHER_SECOND, 1, 1, 1},
		{400 * USHER_DAY, 100000, 100000, 10000},
		{0, 0, 0, 0},
	};
	(void)state;
	for (int i = 0; i < 3; i++) {
		uint64_t random = 7 + (uint64_t)i;
		struct estimator e;
		struct estimator_figures f;
		assert_int_equal(estimator_init(&e, &sides[i], any(&random), NULL), 0);
		for (int k = 0; k < 30000; k++) {
			feed(&e, any(&random), any(&random), &random);
			ask(&e, any(&random), (uint32_t)any(&random), any(&random), any(&random));
			estimator_figures(&e, any(&random), &f);
			assert_true(f.held_permille <= 1000);
		}
	}
}

/* A million an hour for an hour, without rounding itself away under the longest half-life. */
static void a_million_an_hour(void **state)
{
	(void)state;
	const struct estimator_rules slow = {.rate_half_life_us = 400 * USHER_DAY};
	struct estimator e, f;
	assert_int_equal(estimator_init(&e, &slow, NOW, NULL), 0);
	f = made();
	usher_us now = NOW;
	for (int i = 0; i < 1000000; i++, now += 3600) {
		estimator_arrival(&e, now);
		estimator_arrival(&f, now);
	}
	struct estimator_figures figures;
	estimator_figures(&e, now, &figures);
	assert_in_range(figures.arrivals_per_1000h, 999000000, 1001000000);
	estimator_figures(&f, now, &figures);
	assert_in_range(figures.arrivals_per_1000h, 999000000, 1001000000);
	estimator_figures(&f, now + 10 * USHER_MINUTE, &figures); /* nobody for a half-life */
	assert_in_range(figures.arrivals_per_1000h, 490000000, 505000000);
}

static void rounded_for_people(void **state)
{
	static const struct {
		usher_us low, likely, high, to_low, to_likely, to_high; /* seconds */
	} rows[] = {
		{0, 0, 0, 0, 0, 10},
		{3, 4, 7, 0, 0, 10},
		{12, 38, 51, 10, 40, 60},
		{20, 20, 20, 20, 20, 30},
		{59, 60, 61, 50, 60, 120},
		{61, 95, 599, 60, 120, 600},
		{600, 601, 601, 600, 600, 900},
		{1234, 1400, 2000, 1200, 1500, 2100},
	};
	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct estimate_range r = {rows[i].low * USHER_SECOND,
					   rows[i].likely * USHER_SECOND,
					   rows[i].high * USHER_SECOND, ESTIMATE_BY_LENGTH};
		estimator_round(&r);
		assert_int_equal(r.low_us, rows[i].to_low * USHER_SECOND);
		assert_int_equal(r.likely_us, rows[i].to_likely * USHER_SECOND);
		assert_int_equal(r.high_us, rows[i].to_high * USHER_SECOND);
		struct estimate_range again = r;
		estimator_round(&again);
		assert_true(again.low_us == r.low_us && again.high_us == r.high_us);
	}
	struct estimate_range none = {7, 8, 9, ESTIMATE_UNKNOWN};
	estimator_round(&none);
	assert_true(none.low_us == 7 && none.high_us == 9);
}

static void what_became_of_it(void **state)
{
	(void)state;
	struct estimator e = made();
	const struct estimate_range r = {10, 20, 30, ESTIMATE_BY_LENGTH}, none = {0};
	static const usher_us waits[] = {9, 10, 30, 31};
	for (int i = 0; i < 4; i++)
		estimator_outcome(&e, &r, waits[i], true);
	estimator_outcome(&e, &r, 5, false);  /* left: nobody knows */
	estimator_outcome(&e, &r, 31, false); /* left, but it was too long already */
	estimator_outcome(&e, &none, 5, true);
	const struct estimator_coverage *c = &e.coverage;
	assert_int_equal(c->announced, 6);
	assert_int_equal(c->held, 2);
	assert_int_equal(c->shorter, 1);
	assert_int_equal(c->longer, 2);
	assert_int_equal(c->unjudged, 1);
	assert_int_equal(c->served, 4);
	struct estimator_figures f;
	estimator_figures(&e, NOW, &f);
	assert_int_equal(f.held_permille, 400);
	assert_int_equal(f.error_ppm, 110 * 1000000 / (20 * 20)); /* 442 / 4 by 20^2, in whole us */
}

static void same_bytes(void **state)
{
	(void)state;
	struct estimator e[3];
	for (int i = 0; i < 3; i++) {
		uint64_t random = i < 2 ? 9 : 10;
		memset(&e[i], i == 0 ? 0xff : 0, sizeof e[i]);
		assert_int_equal(estimator_init(&e[i], NULL, NOW, NULL), 0);
		usher_us now = NOW;
		for (int k = 0; k < 20000; k++) {
			now += (usher_us)random_below(&random, (uint64_t)USHER_MINUTE);
			feed(&e[i], now, (usher_us)random_below(&random, (uint64_t)USHER_HOUR),
			     &random);
		}
	}
	assert_memory_equal(&e[0], &e[1], sizeof e[0]);
	assert_memory_not_equal(&e[0], &e[2], sizeof e[0]);
	struct estimator copy = e[0]; /* a plain value */
	struct estimate_range a = ask(&e[0], NOW + USHER_DAY, 7, 0, 5);
	struct estimate_range b = ask(&copy, NOW + USHER_DAY, 7, 0, 5);
	assert_true(a.low_us == b.low_us && a.high_us == b.high_us && a.method == b.method);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules),
		cmocka_unit_test(unknown_unless_something_is),
		cmocka_unit_test(the_best_there_is),
		cmocka_unit_test(what_the_line_does_counts),
		cmocka_unit_test(a_clock_that_steps_back),
		cmocka_unit_test(extreme_values),
		cmocka_unit_test(a_million_an_hour),
		cmocka_unit_test(rounded_for_people),
		cmocka_unit_test(what_became_of_it),
		cmocka_unit_test(same_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
