/* SPDX-License-Identifier: Apache-2.0 */
/* The formulas against the shared cases, each with the tolerance it brings. Every member that a
 * case expects must be answered; the table of expected and got goes out as comments. */
#include "gateway/insight/erlang.h"
#include "gateway/insight/priority.h"
#include "gateway/insight/staffing.h"
#include "tests/tap.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define VALUES_MAX 64
#define RESULTS_MAX 24

/* What was calculated: named lists of numbers. */
struct results {
	struct {
		const char *name;
		double values[VALUES_MAX];
		size_t count;
	} items[RESULTS_MAX];
	size_t count;
};

static void add_list(struct results *r, const char *name, const double *values, size_t n)
{
	assert_true(r->count < RESULTS_MAX && n <= VALUES_MAX);
	r->items[r->count].name = name;
	r->items[r->count].count = n;
	memcpy(r->items[r->count++].values, values, n * sizeof *values);
}

static void add(struct results *r, const char *name, double value)
{
	add_list(r, name, &value, 1);
}

static double param(const json_t *params, const char *name)
{
	json_t *value = json_object_get(params, name);
	if (!json_is_number(value))
		fail_msg("the case has no number \"%s\"", name);
	return json_number_value(value);
}

static double param_or(const json_t *params, const char *name, double fallback)
{
	return json_object_get(params, name) != NULL ? param(params, name) : fallback;
}

static size_t param_list(const json_t *params, const char *name, double *values)
{
	json_t *list = json_object_get(params, name);
	size_t n = json_array_size(list);
	assert_in_range(n, 1, VALUES_MAX);
	for (size_t i = 0; i < n; i++)
		values[i] = json_number_value(json_array_get(list, i));
	return n;
}

static struct erlang_input input_of(const json_t *params)
{
	return (struct erlang_input){
		.arrival_rate = param(params, "arrival_rate"),
		.service_rate = param(params, "service_rate"),
		.servers = (int)param(params, "servers"),
		.threshold = param_or(params, "threshold", 0),
		.abandon_rate = param_or(params, "abandon_rate", 0),
		.capacity = (int)param_or(params, "capacity", 0),
	};
}

/* ---- one family after the other ---------------------------------------------------------------
 */

static void solve_erlang_b(const json_t *params, struct results *r)
{
	struct erlang_b b;
	assert_int_equal(
		erlang_b(param(params, "offered_load"), (int)param(params, "servers"), &b, NULL),
		0);
	add(r, "p_block", b.p_block);
	add(r, "carried", b.carried);
	add(r, "per_server_occupancy", b.per_server_occupancy);
}

static void solve_staffing(const json_t *params, struct results *r)
{
	const struct staffing_input in = {
		.calls = param(params, "arrival_rate"),
		.period_s = 60,
		.handle_s = 60 / param(params, "service_rate"),
		.within_s = 60 * param(params, "threshold"),
		.target = param(params, "target"),
		.occupancy_max = param_or(params, "max_occupancy", 1),
	};
	int agents;
	assert_int_equal(staffing_needed(&in, &agents, NULL), 0);
	add(r, "agents", agents);
}

static void solve_erlang_c(const json_t *params, struct results *r)
{
	struct erlang_c c;
	if (json_object_get(params, "target") != NULL) {
		solve_staffing(params, r);
		return;
	}
	struct erlang_input in = input_of(params);
	assert_int_equal(erlang_c(&in, &c, NULL), 0);
	add(r, "offered_load", c.offered_load);
	add(r, "utilisation", c.utilisation);
	add(r, "p_wait", c.p_wait);
	add(r, "mean_wait", c.mean_wait);
	add(r, "mean_wait_given_wait", c.mean_wait_given_wait);
	add(r, "mean_queue", c.mean_queue);
	add(r, "mean_sojourn", c.mean_sojourn);
	add(r, "mean_in_system", c.mean_in_system);
	add(r, "var_wait", c.var_wait);
	add(r, "service_level_T", c.service_level);
}

static void solve_erlang_a(const json_t *params, struct results *r)
{
	struct erlang_a a;
	struct erlang_input in = input_of(params);
	assert_int_equal(erlang_a(&in, &a, NULL), 0);
	add(r, "p_wait", a.p_wait);
	add(r, "p_abandon", a.p_abandon);
	add(r, "mean_queue", a.mean_queue);
	add(r, "mean_wait_all", a.mean_wait);
	add(r, "utilisation", a.utilisation);
	add(r, "p_abandon_given_wait", a.p_abandon_given_wait);
	add(r, "mean_wait_given_wait", a.mean_wait_given_wait);
	add(r, "mean_wait_served", a.mean_wait_served);
	add(r, "mean_wait_abandoned", a.mean_wait_abandoned);
	add(r, "p_served_within_T", a.p_served_within);
	add(r, "p_abandon_within_T", a.p_abandon_within);
	add(r, "p_still_waiting_T", a.p_still_waiting);
}

static void solve_mmck(const json_t *params, struct results *r)
{
	struct erlang_k k;
	struct erlang_input in = input_of(params);
	assert_int_equal(erlang_k(&in, &k, NULL), 0);
	add(r, "p_block", k.p_block);
	add(r, "eff_rate", k.eff_rate);
	add(r, "mean_queue", k.mean_queue);
	add(r, "mean_wait_served", k.mean_wait_served);
	add(r, "utilisation", k.utilisation);
	add(r, "p_wait_given_accepted", k.p_wait_given_accepted);
	add(r, "p_empty", k.p_empty);
	add(r, "service_level_accepted_T", k.service_level_accepted);
	add(r, "service_level_all_T", k.service_level_all);
}

static void solve_mg1(const json_t *params, struct results *r)
{
	struct erlang_g g;
	bool is_fixed = json_object_get(params, "service") != NULL;
	double es = param(params, is_fixed ? "service" : "es");
	double es2 = is_fixed ? es * es : param(params, "es2");
	assert_int_equal(erlang_g(param(params, "arrival_rate"), es, es2, &g, NULL), 0);
	add(r, "utilisation", g.utilisation);
	add(r, "mean_wait", g.mean_wait);
	add(r, "mean_queue", g.mean_queue);
	add(r, "mean_sojourn", g.mean_sojourn);
	add(r, "mean_in_system", g.mean_in_system);
}

static void solve_qed(const json_t *params, struct results *r)
{
	double beta[VALUES_MAX], limit[VALUES_MAX], exact[VALUES_MAX];
	size_t count = param_list(params, "beta", beta);
	int n = (int)param_or(params, "n", 0);
	for (size_t i = 0; i < count; i++) {
		struct erlang_c c = {0};
		struct erlang_input in = {n - beta[i] * sqrt(n), 1, .servers = n};
		assert_int_equal(erlang_halfin_whitt(beta[i], &limit[i], NULL), 0);
		if (n > 0)
			assert_int_equal(erlang_c(&in, &c, NULL), 0);
		exact[i] = c.p_wait;
	}
	add_list(r, n > 0 ? "limit" : "alpha", limit, count);
	if (n > 0)
		add_list(r, "exact", exact, count);
}

static void solve_cmu(const json_t *params, struct results *r)
{
	struct priority_cmu_input in;
	struct priority_cmu out;
	double values[VALUES_MAX];
	assert_int_equal(param_list(params, "arrival_rates", values), 2);
	memcpy(in.arrival_rate, values, sizeof in.arrival_rate);
	assert_int_equal(param_list(params, "service_rates", values), 2);
	memcpy(in.service_rate, values, sizeof in.service_rate);
	assert_int_equal(param_list(params, "holding_cost", values), 2);
	memcpy(in.holding_cost, values, sizeof in.holding_cost);
	assert_int_equal(priority_cmu(&in, &out, NULL), 0);
	add_list(r, "wait_if_1_first", out.waits[0], 2);
	add_list(r, "wait_if_2_first", out.waits[1], 2);
	add(r, "cost_1_first", out.cost[0]);
	add(r, "cost_2_first", out.cost[1]);
	add_list(r, "c_mu", out.c_mu, 2);
	add(r, "optimal_first", out.best_first + 1);
}

static void solve_priority(const json_t *params, struct results *r)
{
	double rates[VALUES_MAX], growth[VALUES_MAX], waits[VALUES_MAX], fcfs;
	if (json_object_get(params, "holding_cost") != NULL) {
		solve_cmu(params, r);
		return;
	}
	struct priority_input in = {
		.arrival_rates = rates,
		.classes = (int)param_list(params, "arrival_rates", rates),
		.service_rate = param(params, "service_rate"),
		.servers = (int)param(params, "servers"),
	};
	if (json_object_get(params, "growth") != NULL) {
		assert_int_equal(param_list(params, "growth", growth), in.classes);
		assert_int_equal(priority_growing(&in, growth, waits, NULL), 0);
	} else {
		assert_int_equal(priority_strict(&in, waits, NULL), 0);
	}
	assert_int_equal(priority_fcfs(&in, &fcfs, NULL), 0);
	add_list(r, "mean_wait", waits, (size_t)in.classes);
	add(r, "fcfs_mean_wait", fcfs);
}

static void solve_hunt(const json_t *params, struct results *r)
{
	double loads[VALUES_MAX], jain;
	int servers = (int)param(params, "servers");
	struct erlang_b b;
	assert_in_range(servers, 1, VALUES_MAX);
	assert_int_equal(erlang_hunt(param(params, "offered_load"), servers, loads, NULL), 0);
	assert_int_equal(erlang_jain(loads, servers, &jain, NULL), 0);
	assert_int_equal(erlang_b(param(params, "offered_load"), servers, &b, NULL), 0);
	add_list(r, "server_load", loads, (size_t)servers);
	add(r, "jain_index", jain);
	add(r, "p_block", b.p_block);
}

/* ---- holding one against the other ------------------------------------------------------------
 */

static int faults;

static void compare(const char *where, double expected, double got, const json_t *tol)
{
	double rel = json_number_value(json_object_get(tol, "rel"));
	double limit = rel * fabs(expected) + json_number_value(json_object_get(tol, "abs"));
	bool is_close = fabs(got - expected) <= limit;
	printf("# %-52s expected %-22.16g got %-22.16g tolerance %.3g%s\n", where, expected, got,
	       limit, is_close ? "" : "  <-- WRONG");
	faults += !is_close;
}

static void compare_member(const char *id, const char *name, const json_t *expected,
			   const struct results *r, const json_t *tol)
{
	char where[200];
	for (size_t i = 0; i < r->count; i++) {
		if (strcmp(r->items[i].name, name) != 0)
			continue;
		size_t n = json_is_array(expected) ? json_array_size(expected) : 1;
		assert_int_equal(n, r->items[i].count);
		for (size_t k = 0; k < n; k++) {
			const json_t *value =
				json_is_array(expected) ? json_array_get(expected, k) : expected;
			assert_true(json_is_number(value));
			snprintf(where, sizeof where, n > 1 ? "%s %s %zu" : "%s %s", id, name,
				 k + 1);
			compare(where, json_number_value(value), r->items[i].values[k], tol);
		}
		return;
	}
	printf("# %s %s: not answered\n", id, name);
	faults++;
}

static void run_case(const json_t *item, void (*solve)(const json_t *, struct results *))
{
	static struct results r;
	const char *id = json_string_value(json_object_get(item, "id")), *name;
	json_t *expected = json_object_get(item, "expected"), *value;
	json_t *tol = json_object_get(item, "tol");
	assert_non_null(id);
	assert_true(json_is_object(expected) && json_is_object(tol));
	r.count = 0;
	solve(json_object_get(item, "params"), &r);
	json_object_foreach(expected, name, value) compare_member(id, name, value, &r, tol);
}

static void run_family(const char *family, void (*solve)(const json_t *, struct results *))
{
	char path[1000];
	json_error_t error;
	json_t *item;
	size_t i;
	snprintf(path, sizeof path, "%s/oracles/%s.json", shared_dir(), family);
	json_t *file = json_load_file(path, 0, &error);
	if (file == NULL)
		fail_msg("%s: %s", path, error.text);
	json_t *cases = json_object_get(file, "cases");
	assert_true(json_array_size(cases) > 0);
	faults = 0;
	json_array_foreach(cases, i, item) run_case(item, solve);
	json_decref(file);
	assert_int_equal(faults, 0);
}

#define FAMILY(family, solve)                   \
	static void test_##family(void **state) \
	{                                       \
		(void)state;                    \
		run_family(#family, solve);     \
	}

FAMILY(erlang_b, solve_erlang_b)
FAMILY(erlang_c, solve_erlang_c)
FAMILY(erlang_a, solve_erlang_a)
FAMILY(mmck, solve_mmck)
FAMILY(mg1, solve_mg1)
FAMILY(qed, solve_qed)
FAMILY(priority, solve_priority)
FAMILY(agent_selection, solve_hunt)

/* The comparison itself: one digit too few is found, and so is a member that nobody answers. */
static void test_comparison(void **state)
{
	json_t *tol = json_pack("{s:f}", "rel", 1e-9), *one = json_real(1);
	static const struct results r = {.items = {{"a", {1 + 2e-9}, 1}}, .count = 1};
	(void)state;
	faults = 0;
	compare_member("(meant to be wrong)", "a", one, &r, tol);
	compare_member("(meant to be wrong)", "b", one, &r, tol);
	compare("(meant to be wrong)", 1, NAN, tol);
	assert_int_equal(faults, 3);
	compare("(meant to be right)", 1, 1 + 5e-10, tol);
	assert_int_equal(faults, 3);
	json_decref(tol);
	json_decref(one);
}

static bool has_oracles(void)
{
	char path[1000];
	snprintf(path, sizeof path, "%s/oracles", shared_dir() != NULL ? shared_dir() : "");
	return shared_dir() != NULL && access(path, R_OK) == 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_erlang_b),   cmocka_unit_test(test_erlang_c),
		cmocka_unit_test(test_erlang_a),   cmocka_unit_test(test_mmck),
		cmocka_unit_test(test_mg1),	   cmocka_unit_test(test_qed),
		cmocka_unit_test(test_priority),   cmocka_unit_test(test_agent_selection),
		cmocka_unit_test(test_comparison),
	};
	/* cmocka's skip() prints "not ok", which counts as a failure. */
	if (!has_oracles()) {
		puts("1..0 # SKIP no oracles in $USHER_SHARED");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
