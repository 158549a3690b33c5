/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of 128 bits, powers of a half, and the formulas against sums in floating point. */
#include "tests/tap.h"

#include "routing/base/hash.h"
#include "routing/estimate/formula.h"
#include "routing/estimate/wide.h"

#include <math.h>

#define UNIT_US 3.6e9 /* a unit of time: an hour, so that whole microseconds are fine enough */

static void compare(const char *name, double expected, double got, double relative)
{
	double tolerance = fabs(expected) * relative + 1e-12;
	print_message("# %-44s %14.9g %14.9g %9.2g\n", name, expected, got, tolerance);
	if (!(fabs(got - expected) <= tolerance))
		fail_msg("%s is %.9g, not %.9g", name, got, expected);
}

static wide any_width(uint64_t *random)
{
	wide a = (wide)random_next(random) << 64 | random_next(random);
	return a >> random_below(random, 128);
}

static void division_and_root(void **state)
{
	uint64_t random = 5;
	(void)state;
	for (int i = 0; i < 200000; i++) {
		wide a = any_width(&random), b = any_width(&random);
		uint64_t root = wide_root(a);
		assert_true(b == 0 ? wide_div(a, b) == ~(wide)0 : wide_div(a, b) == a / b);
		assert_true((wide)root * root <= a);
		assert_true(root == UINT64_MAX || (wide)(root + 1) * (root + 1) > a);
	}
	assert_true(wide_div(~(wide)0, 1) == ~(wide)0 && wide_div(~(wide)0, ~(wide)0) == 1);
	assert_true(wide_root(~(wide)0) == UINT64_MAX && wide_root(0) == 0 && wide_root(3) == 1);
	assert_true(wide_add(~(wide)0, 1) == ~(wide)0 && wide_add(2, 3) == 5);
	assert_true(wide_narrow(~(wide)0) == UINT64_MAX && wide_narrow(7) == 7);
	assert_true(wide_scale(UINT64_MAX, UINT64_MAX, 1) == UINT64_MAX);
	assert_true(wide_scale(UINT64_MAX, 6, 12) == UINT64_MAX / 2);
}

static void powers_of_a_half(void **state)
{
	uint64_t random = 6;
	(void)state;
	assert_true(wide_halves(0, 1) == WIDE_HALVES_ONE);
	assert_true(wide_halves(600, 600) == WIDE_HALVES_ONE / 2);
	assert_true(wide_halves(UINT64_MAX, 1) == 0 && wide_halves(63, 1) == 0);
	for (int i = 0; i < 100000; i++) {
		uint64_t half_life = 1 + random_below(&random, ESTIMATE_WAIT_MAX);
		uint64_t time = random_below(&random, half_life * 3);
		long double exact = exp2l(-(long double)time / half_life) * 0x1p63L;
		assert_true(fabsl((long double)wide_halves(time, half_life) - exact) < 64);
	}
	/* A microsecond in 400 days is seen, and a day of them is a day. */
	assert_true(wide_halves(1, ESTIMATE_WAIT_MAX) < WIDE_HALVES_ONE);
}

static struct estimate_line line(double capacity, double arrival, double abandon) /* per unit */
{
	double by = (double)ESTIMATE_RATE_SPAN / UNIT_US;
	return (struct estimate_line){(uint64_t)(capacity * by + .5), (uint64_t)(arrival * by + .5),
				      (uint64_t)(abandon * by + .5)};
}

/* QL averaged over the geometric line that those who wait see. */
static void length_over_the_line(void **state)
{
	static const struct {
		double servers, rho;
	} cases[] = {{100, .9}, {100, .98}, {1, .5}, {10, .8}, {30, .95}, {500, .99}, {7, .3}};
	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct estimate_line l = line(cases[i].servers, 0, 0);
		double c = cases[i].servers, idle = 1 - cases[i].rho, p = idle;
		double mse = 0, wait = 0, square = 0;
		for (uint32_t n = 0; n < 5000; n++, p *= cases[i].rho) {
			struct estimate_spread s = estimate_by_length(&l, n + 1);
			double sd = (double)s.sd_us / UNIT_US, m = (double)s.mean_us / UNIT_US;
			mse += p * sd * sd;
			wait += p * m;
			square += p * sd * sd / (m * m);
		}
		compare("QL mse given wait", 1 / (c * c * idle), mse, 1e-5);
		compare("mean wait given wait", 1 / (c * idle), wait, 1e-6);
		compare("QL relative mse", idle, mse / (wait * wait), 1e-5);
		compare("QL mean of 1 / (n + 1)", -idle / cases[i].rho * log(idle), square, 1e-5);
	}
}

static void length_with_abandonment(void **state)
{
	static const uint32_t places[] = {1, 2, 31, 32, 33, 64, 100, 1000, 20000};
	static const double theta[] = {.001, .1, 1, 5, 100};
	(void)state;
	for (unsigned t = 0; t < sizeof theta / sizeof theta[0]; t++)
		for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
			struct estimate_line l = line(100, 0, theta[t]);
			double mean = 0, variance = 0;
			for (uint32_t k = 0; k < places[i]; k++) {
				mean += 1 / (100 + k * theta[t]);
				variance += 1 / pow(100 + k * theta[t], 2);
			}
			struct estimate_spread s = estimate_by_length(&l, places[i]);
			compare("QL left, mean", mean, (double)s.mean_us / UNIT_US, 1e-3);
			compare("QL left, sd", sqrt(variance), (double)s.sd_us / UNIT_US, 1e-3);
		}
}

static void by_head(void **state)
{
	static const double servers[] = {1, 20, 100}, rho[] = {.5, .9, .98, 1.2};
	static const double head[] = {0, .01, .3, 5};
	(void)state;
	for (int i = 0; i < 3 * 4 * 4; i++) {
		double c = servers[i % 3], w = head[i / 12], lambda = c * rho[i / 3 % 4];
		struct estimate_line l = line(c, lambda, 0);
		struct estimate_spread s = estimate_by_head(&l, (uint64_t)(w * UNIT_US), 0);
		compare("HOL (lambda w + 2) / (s mu)", (lambda * w + 2) / c,
			(double)s.mean_us / UNIT_US, 2e-5);
		compare("HOL sd", sqrt(2 * lambda * w + 2) / c, (double)s.sd_us / UNIT_US, 2e-5);
		/* One who has waited a third of it has only those between ahead. */
		s = estimate_by_head(&l, (uint64_t)(w * UNIT_US), (uint64_t)(w / 3 * UNIT_US));
		compare("HOL, later", (lambda * w * 2 / 3 + 2) / c, (double)s.mean_us / UNIT_US,
			2e-5);
	}
	struct estimate_line l = line(100, 120, 2);
	double ahead = 120 / 2.0 * (exp(-2 * .1) - exp(-2 * .5)), mean = 0;
	for (int k = 0; k < (int)ahead + 2; k++)
		mean += 1 / (100 + 2.0 * k);
	mean += (ahead - floor(ahead)) / (100 + 2.0 * floor(ahead + 2));
	struct estimate_spread s =
		estimate_by_head(&l, (uint64_t)(.5 * UNIT_US), (uint64_t)(.1 * UNIT_US));
	compare("HOL, some have left", mean, (double)s.mean_us / UNIT_US, 2e-3);
	s = estimate_by_head(&l, 1000, 1000);
	compare("HOL, the head itself", .01, (double)s.mean_us / UNIT_US, 1e-5);
}

static void by_last(void **state)
{
	(void)state;
	struct estimate_line l = line(10, 3, 0);
	struct estimate_spread s = estimate_by_last(&l, (uint64_t)UNIT_US, 0);
	compare("LES", 1, (double)s.mean_us / UNIT_US, 1e-9);
	compare("LES sd", sqrt(22) / 10, (double)s.sd_us / UNIT_US, 1e-5);
	s = estimate_by_last(&l, (uint64_t)UNIT_US, (uint64_t)(.4 * UNIT_US));
	compare("LES, after .4", .6, (double)s.mean_us / UNIT_US, 1e-9);
	s = estimate_by_last(&l, (uint64_t)UNIT_US, (uint64_t)(2 * UNIT_US));
	compare("LES, after 2", sqrt(22) / 10, (double)s.mean_us / UNIT_US, 1e-5);
	l.capacity = 0;
	s = estimate_by_last(&l, 5000, 0);
	assert_int_equal(s.mean_us, 5000);
	assert_int_equal(s.sd_us, 5000);
}

static void limits(void **state)
{
	static const uint64_t any[] = {
		0, 1, 28935, 1000000, 278000000000000, ESTIMATE_RATE_MAX, UINT64_MAX};
	(void)state;
	for (int i = 0; i < 7 * 7 * 7 * 7; i++) {
		struct estimate_line l = {any[i % 7], any[i / 7 % 7], any[i / 49 % 7]};
		uint64_t x = any[i / 343];
		struct estimate_spread s[4] = {
			estimate_by_length(&l, x > UINT32_MAX ? UINT32_MAX : (uint32_t)x),
			estimate_by_head(&l, x, x / 2),
			estimate_by_head(&l, x, UINT64_MAX),
			estimate_by_last(&l, x, x / 2),
		};
		for (int k = 0; k < 4; k++)
			assert_true(s[k].mean_us <= ESTIMATE_WAIT_MAX &&
				    s[k].sd_us <= ESTIMATE_WAIT_MAX);
	}
	struct estimate_line none = {0, 0, 0};
	assert_true(estimate_by_length(&none, 1).mean_us == ESTIMATE_WAIT_MAX);
	assert_true(estimate_rate(1, 0) == ESTIMATE_RATE_MAX);
	assert_true(estimate_rate(1, ESTIMATE_WAIT_MAX) == 28935);
	assert_true(estimate_rate(1000000, 3600000000) == 277777777777777);
	/* A million an hour and 400 days: the millionth waits an hour, to a part in 10^4. */
	struct estimate_line fast = {277777777777777, 0, 0};
	compare("the millionth", 3.6e9, (double)estimate_by_length(&fast, 1000000).mean_us, 1e-4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(division_and_root),
		cmocka_unit_test(powers_of_a_half),
		cmocka_unit_test(length_over_the_line),
		cmocka_unit_test(length_with_abandonment),
		cmocka_unit_test(by_head),
		cmocka_unit_test(by_last),
		cmocka_unit_test(limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
