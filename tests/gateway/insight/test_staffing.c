/* SPDX-License-Identifier: Apache-2.0 */
/* The staffing calculator: its search against trying each number, its rows, its limits. */
#include "gateway/insight/erlang.h"
#include "gateway/insight/staffing.h"
#include "gateway/insight/staffing_json.h"
#include "tests/tap.h"

#include <math.h>
#include <stdio.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static struct staffing_input half_hour(double calls, double handle_s, double patience_s)
{
	struct staffing_input in = staffing_defaults();
	in.calls = calls;
	in.handle_s = handle_s;
	in.patience_s = patience_s;
	return in;
}

static int needed(const struct staffing_input *in)
{
	int n = -1;
	struct usher_error err = {0};
	if (staffing_needed(in, &n, &err) < 0)
		fail_msg("%s", err.text);
	return n;
}

static struct staffing_row row_of(const struct staffing_input *in, int agents)
{
	struct staffing_row row;
	assert_int_equal(staffing_row(in, agents, &row, NULL), 0);
	return row;
}

/* pyworkforce: 14 agents, 20 with 30 % shrinkage; jonesthenet: 250 calls an hour of 330 s, 80/30.
 */
static void test_published(void **state)
{
	struct staffing_input in = half_hour(100, 180, 0);
	int roster;
	(void)state;
	assert_int_equal(needed(&in), 14);
	assert_int_equal(staffing_rostered(14, 0.3, &roster, NULL), 0);
	assert_int_equal(roster, 20);
	assert_int_equal(staffing_rostered(21, 0.3, &roster, NULL), 0); /* 30.000000000000004 */
	assert_int_equal(roster, 30);
	assert_int_equal(staffing_rostered(14, 0, &roster, NULL), 0);
	assert_int_equal(roster, 14);
	in = (struct staffing_input){250, 3600, 330, 0.8, 30, 1, 0};
	assert_int_equal(needed(&in), 28);
}

/* Over a grid of demands: enough is enough, one fewer is not, and so is each number below. */
static void test_smallest(void **state)
{
	static const double loads[] = {0.1, 1, 4.5, 17, 60}, patiences[] = {0, 5, 60, 3600};
	static const double targets[] = {0, 0.5, 0.8, 0.999}, occupancies[] = {0.5, 0.85, 1};
	(void)state;
	for (size_t i = 0; i < COUNT(loads) * COUNT(patiences) * 4 * 3; i++) {
		struct staffing_input in = half_hour(loads[i % 5] * 10, 180, patiences[i / 5 % 4]);
		in.target = targets[i / 20 % 4];
		in.occupancy_max = occupancies[i / 80];
		int n = needed(&in), tried = 1;
		while (!row_of(&in, tried).is_enough)
			tried++;
		if (n != tried)
			fail_msg("%g erlang, patience %g, target %g, occupancy %g: %d, not %d",
				 loads[i % 5], in.patience_s, in.target, in.occupancy_max, n,
				 tried);
	}
}

/* More agents never make anything worse. */
static void test_monotone(void **state)
{
	(void)state;
	for (int p = 0; p < 2; p++) {
		struct staffing_input in = half_hour(2000, 200, p * 90);
		struct staffing_row last = row_of(&in, 150);
		for (int n = 151; n < 350; n++) {
			struct staffing_row row = row_of(&in, n);
			assert_true(row.service_level >= last.service_level - 1e-12);
			assert_true(row.occupancy <= last.occupancy + 1e-12);
			assert_true(row.abandonment <= last.abandonment + 1e-12);
			assert_true(isinf(last.asa_s) || row.asa_s <= last.asa_s + 1e-12);
			last = row;
		}
	}
}

static void test_occupancy_binds(void **state)
{
	struct staffing_input in = half_hour(340, 90, 0); /* 17 erlang: 20 agents are 85 % busy */
	(void)state;
	in.target = 0.1;
	assert_int_equal(needed(&in), 20);
	in.occupancy_max = 0.849;
	assert_int_equal(needed(&in), 21);
	in.occupancy_max = 1;
	assert_int_equal(needed(&in), 18);
}

static void test_edges(void **state)
{
	struct staffing_input in = half_hour(0, 180, 0);
	struct staffing_answer answer;
	(void)state;
	assert_int_equal(needed(&in), 0);
	assert_int_equal(staffing_answer(&in, 0, &answer, NULL), 0);
	assert_int_equal(answer.count, 3);
	assert_true(answer.rows[0].agents == 0 && answer.rows[0].is_enough);
	in = half_hour(1, 180, 0);
	in.target = 0.5;
	assert_int_equal(needed(&in), 1);
	assert_int_equal(staffing_answer(&in, 0, &answer, NULL), 0);
	assert_int_equal(answer.count, 3);
	assert_int_equal(answer.rows[0].agents, 1);
	in = half_hour(100, 180, 0);
	struct staffing_row row = row_of(&in, 10); /* exactly 10 erlang */
	assert_true(!row.is_stable && !row.is_enough && isinf(row.asa_s));
	assert_true(row.service_level == 0 && row.occupancy == 1 && row.p_wait == 1);
	in.patience_s = 60;
	row = row_of(&in, 10);
	struct erlang_a queue;
	assert_int_equal(erlang_a(&(struct erlang_input){100.0 / 1800, 1.0 / 180, 10,
							 .abandon_rate = 1.0 / 60},
				  &queue, NULL),
			 0);
	assert_true(fabs(row.asa_s / queue.mean_wait_served - 1) < 1e-9);
	row = row_of(&in, 1);
	assert_true(row.is_stable && row.abandonment > 0.89 && row.abandonment < 0.91);
	assert_true(row.asa_s > 0 && isfinite(row.asa_s));
}

static void test_large(void **state)
{
	struct staffing_input in = half_hour(100000, 180, 0); /* 10,000 erlang */
	struct staffing_answer answer;
	struct usher_error err = {0};
	int n;
	(void)state;
	in.occupancy_max = 1;
	n = needed(&in);
	/* c = a + beta sqrt(a); 80 % within 20 s asks for a little more than the load. */
	assert_in_range(n, 10010, 10100);
	assert_true(row_of(&in, n).is_enough && !row_of(&in, n - 1).is_enough);
	in.patience_s = 60;
	assert_true(needed(&in) < n);
	in = half_hour(199000, 180, 0);
	in.occupancy_max = 1;
	assert_int_equal(staffing_answer(&in, 20000, &answer, NULL), 0);
	assert_int_equal(answer.count, 3); /* none past the limit */
	in.calls = 200000;
	assert_int_equal(staffing_needed(&in, &n, &err), E_INVALID);
	assert_non_null(strstr(err.text, "more than 20000 agents"));
}

static void test_refusals(void **state)
{
	static const struct {
		struct staffing_input in;
		const char *name;
	} bad[] = {
		{{NAN, 1800, 180, 0.8, 20, 0.85, 0}, "calls"},
		{{-1, 1800, 180, 0.8, 20, 0.85, 0}, "calls"},
		{{1e9, 1800, 180, 0.8, 20, 0.85, 0}, "calls"},
		{{1, 0, 180, 0.8, 20, 0.85, 0}, "per"},
		{{1, 1800, 0, 0.8, 20, 0.85, 0}, "aht"},
		{{1, 1800, INFINITY, 0.8, 20, 0.85, 0}, "aht"},
		{{1, 1800, 180, 1, 20, 0.85, 0}, "target"},
		{{1, 1800, 180, -0.1, 20, 0.85, 0}, "target"},
		{{1, 1800, 180, 0.8, -1, 0.85, 0}, "within"},
		{{1, 1800, 180, 0.8, 20, 0, 0}, "occupancy-max"},
		{{1, 1800, 180, 0.8, 20, 1.01, 0}, "occupancy-max"},
		{{1, 1800, 180, 0.8, 20, 0.85, -1}, "patience"},
		{{1, 1800, 180, 0.8, 20, 0.85, NAN}, "patience"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct usher_error err = {0};
		int n = -1;
		assert_int_equal(staffing_needed(&bad[i].in, &n, &err), E_INVALID);
		assert_int_equal(n, -1);
		if (strncmp(err.text, bad[i].name, strlen(bad[i].name)) != 0)
			fail_msg("\"%s\" does not begin with %s", err.text, bad[i].name);
	}
	struct staffing_input in = half_hour(1, 180, 0);
	struct staffing_row row;
	struct usher_error err = {0};
	assert_int_equal(staffing_row(&in, 0, &row, &err), E_INVALID);
	assert_int_equal(staffing_row(&in, STAFFING_AGENTS_MAX + 1, &row, &err), E_INVALID);
	assert_non_null(strstr(err.text, "agents is 20001"));
	int n;
	assert_int_equal(staffing_rostered(1, 0.96, &n, &err), E_INVALID);
	assert_int_equal(staffing_rostered(1, NAN, &n, &err), E_INVALID);
}

/* ---- names and texts --------------------------------------------------------------------------
 */

static int set(struct staffing_query *q, const char *name, const char *value,
	       struct usher_error *err)
{
	return staffing_query_set(q, text_of(name), text_of(value), err);
}

static void test_query(void **state)
{
	struct staffing_query q;
	(void)state;
	staffing_query_init(&q);
	assert_int_equal(set(&q, "per", "30min", NULL), 0);
	assert_true(q.input.period_s == 1800);
	assert_int_equal(set(&q, "per", "1.5h", NULL), 0);
	assert_true(q.input.period_s == 5400);
	assert_int_equal(set(&q, "aht", "180s", NULL), 0);
	assert_int_equal(set(&q, "patience", "2min", NULL), 0);
	assert_true(q.input.handle_s == 180 && q.input.patience_s == 120);
	assert_int_equal(set(&q, "occupancy_max", "85", NULL), 0);
	assert_int_equal(set(&q, "occupancy-max", "85%", NULL), 0);
	assert_true(q.input.occupancy_max == 0.85);
}

static void test_query_refusals(void **state)
{
	static const char *const bad[][2] = {
		{"calls", ""},
		{"calls", "nan"},
		{"calls", "-1"},
		{"calls", "1e5"},
		{"calls", "0x10"},
		{"calls", "1.2.3"},
		{"calls", ".5"},
		{"calls", " 1"},
		{"calls", "1 "},
		{"calls", "100s"},
		{"calls", "100%"},
		{"per", "30m"},
		{"per", "min"},
		{"target", "80s"},
		{"agents", "0"},
		{"agents", "1.5"},
		{"agents", "20001"},
		{"patience", "0"},
		{"calls", "123456789012345678901"},
		{"call", "1"},
		{"", "1"},
		{"calls\xff", "1"},
		{"occupancymax", "1"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct staffing_query q;
		struct usher_error err = {0};
		staffing_query_init(&q);
		if (set(&q, bad[i][0], bad[i][1], &err) != E_INVALID || err.text[0] == '\0')
			fail_msg("%s \"%s\" is taken", bad[i][0], bad[i][1]);
	}
	struct staffing_query q;
	struct usher_error err = {0};
	struct usher_buf out = {0};
	struct json_writer w;
	staffing_query_init(&q);
	json_writer_init(&w, &out);
	assert_int_equal(staffing_query_write(&q, &w, &err), E_INVALID);
	assert_string_equal(err.text, "calls is missing");
	assert_int_equal(set(&q, "calls", "100", NULL), 0);
	assert_int_equal(staffing_query_write(&q, &w, &err), E_INVALID);
	assert_string_equal(err.text, "aht is missing");
	assert_int_equal(set(&q, "aht", "180", NULL), 0);
	assert_int_equal(set(&q, "shrinkage", "99", NULL), 0);
	assert_int_equal(staffing_query_write(&q, &w, &err), E_INVALID);
	assert_non_null(strstr(err.text, "shrinkage is 99"));
	assert_int_equal(out.n, 0);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),      cmocka_unit_test(test_smallest),
		cmocka_unit_test(test_monotone),       cmocka_unit_test(test_occupancy_binds),
		cmocka_unit_test(test_edges),	       cmocka_unit_test(test_large),
		cmocka_unit_test(test_refusals),       cmocka_unit_test(test_query),
		cmocka_unit_test(test_query_refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
