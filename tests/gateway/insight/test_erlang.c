/* SPDX-License-Identifier: Apache-2.0 */
/* The formulas against published figures, against each other, against plain sums over states, and
 * with input that must be refused. */
#include "gateway/insight/erlang.h"
#include "gateway/insight/priority.h"
#include "routing/base/id.h"
#include "tests/tap.h"

#include <math.h>
#include <stdio.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* Within `tolerance` relative to the expected. */
static void expect_near(const char *what, double got, double expected, double tolerance)
{
	bool is_near = fabs(got - expected) <= tolerance * fabs(expected);
	printf("# %-40s expected %-18.12g got %-18.12g tolerance %g\n", what, expected, got,
	       tolerance);
	if (!is_near)
		fail_msg("%s: got %.15g, expected %.15g", what, got, expected);
}

static void expect_between(const char *what, double got, double low, double high)
{
	printf("# %-40s expected %g to %g, got %g\n", what, low, high, got);
	if (!(got >= low && got <= high))
		fail_msg("%s: got %.15g, expected %g to %g", what, got, low, high);
}

static struct erlang_b b_of(double load, int servers)
{
	struct erlang_b b;
	assert_int_equal(erlang_b(load, servers, &b, NULL), 0);
	return b;
}

static struct erlang_c c_of(const struct erlang_input *in)
{
	struct erlang_c c;
	assert_int_equal(erlang_c(in, &c, NULL), 0);
	return c;
}

static struct erlang_a a_of(const struct erlang_input *in)
{
	struct erlang_a a;
	assert_int_equal(erlang_a(in, &a, NULL), 0);
	return a;
}

static struct erlang_k k_of(const struct erlang_input *in)
{
	struct erlang_k k;
	assert_int_equal(erlang_k(in, &k, NULL), 0);
	return k;
}

/* ---- published --------------------------------------------------------------------------------
 */

/* The usual table of loads at 1 % blocking. */
static void test_published_loss(void **state)
{
	static const struct {
		double load;
		int servers;
	} table[] = {{4.46, 10}, {12.03, 20}, {84.06, 100}};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		int servers;
		assert_int_equal(erlang_b_servers(table[i].load, 0.01, &servers, NULL), 0);
		assert_int_equal(servers, table[i].servers);
		expect_between("p_block", b_of(table[i].load, table[i].servers).p_block, 0.0099,
			       0.01);
	}
	int servers;
	assert_int_equal(erlang_b_servers(10, 0.02, &servers, NULL), 0);
	assert_int_equal(servers, 17);
	expect_near("one server, one erlang", b_of(1, 1).p_block, 0.5, 1e-15);
	assert_int_equal(erlang_b_servers(30000, 0.01, &servers, NULL), E_LIMIT);
}

/* pyworkforce: 100 calls in 30 minutes, 3 minutes each, 14 agents. */
static void test_published_patient(void **state)
{
	(void)state;
	struct erlang_input in = {100.0 / 1800, 1.0 / 180, 14, .threshold = 20};
	struct erlang_c c = c_of(&in);
	expect_near("service level", c.service_level, 0.8883500191794669, 1e-12);
	expect_near("p_wait", c.p_wait, 0.1741319335950498, 1e-12);
	expect_near("ASA, seconds", c.mean_wait, 7.84, 1e-3);
	in.servers = 15;
	c = c_of(&in);
	expect_near("service level of 15", c.service_level, 0.941, 1e-3);
	expect_near("p_wait of 15", c.p_wait, 0.102, 2e-3);
}

/* Garnett, Mandelbaum, Reiman 2002: 50 agents, 48 calls a minute of one minute, patience 2 minutes;
 * the same with patient callers; and with 3.1 % fewer of them. */
static void test_published_impatient(void **state)
{
	(void)state;
	struct erlang_input in = {48, 1, 50, .threshold = 12.5 / 60, .abandon_rate = 0.5};
	struct erlang_c c = c_of(&in);
	expect_near("patient: mean wait, s", 60 * c.mean_wait, 20.8, 3e-3);
	expect_near("patient: 90 % wait at most, s", 60 * erlang_c_percentile(&c, 0.9), 58.1, 2e-3);
	expect_between("patient: queue", c.mean_queue, 16.5, 17.4);
	struct erlang_a a = a_of(&in);
	expect_near("impatient: abandoned", a.p_abandon, 0.031, 5e-3);
	expect_near("impatient: mean wait, s", 60 * a.mean_wait, 3.7, 5e-3);
	expect_between("impatient: wait over 12.5 s", a.p_still_waiting, 0.095, 0.105);
	expect_near("impatient: utilisation", a.utilisation, 0.93, 5e-3);
	in.arrival_rate *= 1 - 0.031;
	c = c_of(&in);
	expect_near("fewer: mean wait, s", 60 * c.mean_wait, 8.8, 1e-2);
	expect_near("fewer: 90 % wait at most, s", 60 * erlang_c_percentile(&c, 0.9), 28.2, 1e-2);
}

/* L'Ecuyer and Buist, ContactCenters: 2,016 calls a day. Their days start empty, so that the long
 * run lies at the edge of their intervals. */
static void test_published_simulated(void **state)
{
	(void)state;
	struct erlang_input in = {4.2,		 0.5, 12, .threshold = 1.0 / 3, .abandon_rate = 1,
				  .capacity = 17};
	expect_between("service level", c_of(&in).service_level, 0.898, 0.904);
	struct erlang_a a = a_of(&in);
	expect_between("abandoned a day", 2016 * a.p_abandon, 57.7, 59.9);
	expect_between("ASA of the served, min", a.mean_wait_served, 0.023, 0.0241);
	struct erlang_k k = k_of(&in);
	expect_between("blocked a day", 2016 * k.p_block, 18.0, 19.3);
	expect_between("service level of the accepted", k.service_level_accepted, 0.927, 0.930);
}

/* ---- against plain sums over states -----------------------------------------------------------
 */

/* Impatient callers by birth and death, state by state; waits within T by the chance of each state
 * to have let go n + 1 before T, found in small steps of time. */
static void sum_states(const struct erlang_input *in, double *p_wait, double *mean_queue)
{
	static double weight[200001];
	double total = 0, waits = 0, queue = 0, all = in->servers * in->service_rate;
	int n = 0;
	weight[0] = 1;
	while (n < 200000 && (n < 2 * in->servers || weight[n] > 1e-22 * weight[in->servers])) {
		n++;
		weight[n] = weight[n - 1] * in->arrival_rate /
			    (n <= in->servers ? n * in->service_rate
					      : all + (n - in->servers) * in->abandon_rate);
	}
	assert_true(n < 200000 && isfinite(weight[n]));
	for (int i = n; i >= 0; i--) {
		total += weight[i];
		waits += i >= in->servers ? weight[i] : 0;
		queue += i > in->servers ? (i - in->servers) * weight[i] : 0;
	}
	*p_wait = waits / total;
	*mean_queue = queue / total;
}

static void test_impatient_by_states(void **state)
{
	static const struct erlang_input grid[] = {
		{48, 1, 50, .abandon_rate = 0.5},
		{5, 1, 50, .abandon_rate = 0.5},
		{60, 1, 50, .abandon_rate = 0.02},
		{50, 1, 50, .abandon_rate = 1e-4},
		{0.5, 1, 1, .abandon_rate = 7},
		{4, 1, 1, .abandon_rate = 0.3},
		{1.0 / 60, 1.0 / 3600, 1, .abandon_rate = 0.1},
		{3, 1.0 / 3600, 1, .abandon_rate = 1},
		{200, 1, 190, .abandon_rate = 0.01},
		{0.001, 1, 3, .abandon_rate = 1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(grid); i++) {
		double p_wait, queue;
		struct erlang_a a = a_of(&grid[i]);
		sum_states(&grid[i], &p_wait, &queue);
		expect_near("p_wait", a.p_wait, p_wait, 1e-11);
		expect_near("mean_queue", a.mean_queue, queue, 1e-11);
	}
}

/* In steps of dt the wait of an arrival behind n others: the row moves up by one departure at a
 * time. The error is of the order of dt. */
static void test_impatient_by_time(void **state)
{
	const struct erlang_input in = {10, 1, 9, .threshold = 0.3, .abandon_rate = 0.8};
	enum { PLACES = 120, STEPS = 6000 };
	double here[PLACES] = {0}, weight = 1, total = 0, answered = 0, gone = 0, waits = 0;
	double dt = in.threshold / STEPS, all = in.servers * in.service_rate;
	(void)state;
	for (int n = 0; n < in.servers + PLACES; n++) {
		total += weight;
		if (n >= in.servers)
			here[n - in.servers] = weight;
		waits += n >= in.servers ? weight : 0;
		weight *= in.arrival_rate /
			  (n < in.servers ? (n + 1) * in.service_rate
					  : all + (n + 1 - in.servers) * in.abandon_rate);
	}
	for (int s = 0; s < STEPS; s++)
		for (int ahead = 0; ahead < PLACES; ahead++) {
			double moves = here[ahead] * (all + ahead * in.abandon_rate) * dt;
			double gives_up = here[ahead] * in.abandon_rate * dt;
			here[ahead] -= moves + gives_up;
			gone += gives_up;
			if (ahead == 0)
				answered += moves;
			else
				here[ahead - 1] += moves;
		}
	struct erlang_a a = a_of(&in);
	expect_near("p_served_within", a.p_served_within, (total - waits + answered) / total, 1e-3);
	expect_near("p_abandon_within", a.p_abandon_within, gone / total, 1e-3);
	expect_near("the three make 1", a.p_served_within + a.p_abandon_within + a.p_still_waiting,
		    1, 1e-14);
	expect_near("mean wait by fate",
		    a.p_abandon * a.mean_wait_abandoned + (1 - a.p_abandon) * a.mean_wait_served,
		    a.mean_wait, 1e-12);
}

/* ---- against each other -----------------------------------------------------------------------
 */

static void test_limits_meet(void **state)
{
	(void)state;
	struct erlang_input in = {
		48, 1, 50, .threshold = 0.3, .abandon_rate = 1e-8, .capacity = 5000};
	struct erlang_c c = c_of(&in);
	struct erlang_a a = a_of(&in);
	expect_near("endless patience: p_wait", a.p_wait, c.p_wait, 1e-6);
	expect_near("endless patience: served within", a.p_served_within, c.service_level, 1e-6);
	expect_near("endless patience: wait", a.mean_wait, c.mean_wait, 1e-5);
	struct erlang_k k = k_of(&in);
	expect_near("endless room: wait", k.mean_wait_served, c.mean_wait, 1e-10);
	expect_near("endless room: service level", k.service_level_all, c.service_level, 1e-10);
	in.capacity = 50;
	expect_near("no room: block", k_of(&in).p_block, b_of(48, 50).p_block, 1e-12);
	struct erlang_g g;
	struct erlang_input one = {0.8, 1, 1};
	assert_int_equal(erlang_g(0.8, 1, 2, &g, NULL), 0);
	expect_near("one server: wait", g.mean_wait, c_of(&one).mean_wait, 1e-14);
	expect_near("Little", g.mean_in_system, 0.8 * g.mean_sojourn, 1e-14);
}

/* Waits that are a sum of many exponentials, short of all sizes: T in service times of one contact.
 */
static void test_long_waits(void **state)
{
	static const double times[] = {0.1, 1, 3, 60, 62, 63, 64, 200, 1000};
	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		struct erlang_input in = {10 - 0.7 / times[i], 1, 10, .threshold = times[i],
					  .capacity = 500000};
		expect_near("endless room: waits past T", 1 - k_of(&in).service_level_all,
			    1 - c_of(&in).service_level, 1e-9);
	}
}

static void test_many_servers(void **state)
{
	double alpha, garnett;
	(void)state;
	for (int n = 10000; n <= 20000; n += 10000) {
		double beta = 0.5;
		struct erlang_input in = {
			n - beta * sqrt(n),   1, n, .threshold = 0.001, .abandon_rate = 0.25,
			.capacity = n + 20000};
		assert_int_equal(erlang_halfin_whitt(beta, &alpha, NULL), 0);
		assert_int_equal(erlang_garnett(beta, 0.25, &garnett, NULL), 0);
		expect_near("Erlang C near Halfin-Whitt", c_of(&in).p_wait, alpha, 2e-3);
		expect_near("Erlang A near Garnett", a_of(&in).p_wait, garnett, 2e-3);
		expect_near("K near Erlang C", k_of(&in).service_level_all, c_of(&in).service_level,
			    1e-9);
		in.threshold = 20;
		expect_between("K, a long T", k_of(&in).service_level_accepted, 1 - 1e-9, 1);
	}
	struct erlang_input light = {10, 1, 20000, .threshold = 1, .abandon_rate = 1};
	assert_true(c_of(&light).p_wait < 1e-300 && c_of(&light).service_level == 1);
	assert_true(a_of(&light).p_wait < 1e-300 && a_of(&light).p_served_within == 1);
	struct erlang_input heavy = {1e6, 1, 20000, .threshold = 0.1, .abandon_rate = 1};
	expect_near("fluid limit of abandonment", a_of(&heavy).p_abandon, 0.98, 1e-9);
}

static void test_garnett(void **state)
{
	double value, alpha;
	(void)state;
	assert_int_equal(erlang_garnett(0, 1, &value, NULL), 0);
	expect_near("beta 0, theta = mu", value, 0.5, 1e-14);
	/* theta = mu: P(wait) is the normal tail beyond beta, whatever beta. */
	assert_int_equal(erlang_garnett(1.3, 1, &value, NULL), 0);
	expect_near("theta = mu", value, erfc(1.3 / M_SQRT2) / 2, 1e-13);
	assert_int_equal(erlang_garnett(-30, 1, &value, NULL), 0);
	expect_near("far under-staffed", value, 1, 1e-13);
	assert_int_equal(erlang_halfin_whitt(1, &alpha, NULL), 0);
	assert_int_equal(erlang_garnett(1, 1e-9, &value, NULL), 0);
	expect_near("endless patience", value, alpha, 1e-8);
	assert_int_equal(erlang_garnett(1, 1.0 / 2500, &value, NULL), 0); /* h(50) = 50.01998… */
	expect_near("long patience", value, 1 / (1 + 50.019984 / 50 * (1 / alpha - 1)), 1e-9);
	assert_int_equal(erlang_garnett(100, 1e-6, &value, NULL), 0);
	assert_true(value >= 0 && value < 1e-300);
}

/* ---- classes ----------------------------------------------------------------------------------
 */

static double weighted(const struct priority_input *in, const double *waits)
{
	double sum = 0, arrivals = 0;
	for (int k = 0; k < in->classes; k++) {
		sum += in->arrival_rates[k] * waits[k];
		arrivals += in->arrival_rates[k];
	}
	return sum / arrivals;
}

/* Kleinrock's conservation law, for any rates and growth; fast growth is strict priority. */
static void test_conservation(void **state)
{
	uint64_t random = 11;
	(void)state;
	for (int round = 0; round < 200; round++) {
		double rates[5], growth[5], steep[5], waits[5], strict[5], fcfs, sum = 0;
		struct priority_input in = {rates, 1 + round % 5, 0.5, 1 + round % 7};
		for (int k = 0; k < in.classes; k++) {
			rates[k] = 1 + (double)random_below(&random, 100);
			growth[k] = 1 + (double)random_below(&random, 1000);
			steep[k] = pow(1000, 2 - k);
			sum += rates[k];
		}
		for (int k = 0; k < in.classes; k++)
			rates[k] *= 0.9 * in.servers * in.service_rate / sum;
		assert_int_equal(priority_fcfs(&in, &fcfs, NULL), 0);
		assert_int_equal(priority_strict(&in, strict, NULL), 0);
		assert_true(fabs(weighted(&in, strict) / fcfs - 1) < 1e-12);
		assert_int_equal(priority_growing(&in, growth, waits, NULL), 0);
		assert_true(fabs(weighted(&in, waits) / fcfs - 1) < 1e-12);
		for (int a = 0; a < in.classes; a++)
			for (int b = 0; b < in.classes; b++)
				assert_true(growth[a] <= growth[b] || waits[a] <= waits[b]);
		assert_int_equal(priority_growing(&in, steep, waits, NULL), 0);
		for (int k = 0; k < in.classes; k++)
			assert_true(fabs(waits[k] / strict[k] - 1) < 0.05);
	}
}

static void test_classes_past_capacity(void **state)
{
	static const double rates[] = {0.5, 0.3, 0.4}, growth[] = {1, 2, 3};
	static const struct priority_class one[] = {{0.5, 1, 2}, {0.3, 1, 2}, {0.4, 1, 2}};
	double waits[3], single[3];
	const struct priority_input in = {rates, 3, 1, 1};
	(void)state;
	assert_int_equal(priority_strict(&in, waits, NULL), 0);
	assert_int_equal(priority_one_server(one, 3, single, NULL), 0);
	expect_near("first class, always somebody served", waits[0], 1 / 0.5, 1e-12);
	expect_near("second class", waits[1], 1 / (0.5 * 0.2), 1e-12);
	expect_near("M/G/1 says the same", single[1], waits[1], 1e-12);
	assert_true(isinf(waits[2]) && isinf(single[2]));
	assert_int_equal(priority_growing(&in, growth, waits, NULL), 0);
	assert_true(isinf(waits[0]) && isinf(waits[1]) && isinf(waits[2]));
}

static void test_cmu(void **state)
{
	struct priority_cmu_input in = {{0.3, 0.4}, {1, 2}, {1, 3}};
	struct priority_cmu out;
	(void)state;
	assert_int_equal(priority_cmu(&in, &out, NULL), 0);
	assert_int_equal(out.best_first, 1);
	assert_true(out.cost[1] < out.cost[0]);
	in.holding_cost[0] = 6; /* now c mu is 6 for both, and so the order is all the same */
	assert_int_equal(priority_cmu(&in, &out, NULL), 0);
	assert_int_equal(out.best_first, 0);
	expect_near("equal c mu, equal cost", out.cost[1], out.cost[0], 1e-12);
}

static void test_sharing(void **state)
{
	double loads[20000], jain, sum = 0;
	(void)state;
	assert_int_equal(erlang_hunt(9500, 10000, loads, NULL), 0);
	for (int i = 0; i < 10000; i++) {
		assert_true(loads[i] >= 0 && loads[i] < 1 && (i == 0 || loads[i] <= loads[i - 1]));
		sum += loads[i];
	}
	expect_near("all that is carried", sum, b_of(9500, 10000).carried, 1e-10);
	static const double equal[] = {1e200, 1e200}, alone[] = {0, 7, 0, 0}, none[] = {0, 0};
	assert_int_equal(erlang_jain(equal, 2, &jain, NULL), 0);
	expect_near("equal shares", jain, 1, 1e-15);
	assert_int_equal(erlang_jain(alone, 4, &jain, NULL), 0);
	expect_near("one has all", jain, 0.25, 1e-15);
	assert_int_equal(erlang_jain(none, 2, &jain, NULL), 0);
	expect_near("nothing to share", jain, 1, 1e-15);
}

/* ---- edges ------------------------------------------------------------------------------------
 */

static void test_nobody_calls(void **state)
{
	(void)state;
	struct erlang_input in = {0, 1, 3, .threshold = 1, .abandon_rate = 1, .capacity = 5};
	struct erlang_c c = c_of(&in);
	struct erlang_a a = a_of(&in);
	struct erlang_k k = k_of(&in);
	assert_true(c.p_wait == 0 && c.mean_wait == 0 && c.service_level == 1 &&
		    c.utilisation == 0);
	assert_true(a.p_wait == 0 && a.p_abandon == 0 && a.p_served_within == 1 &&
		    a.mean_wait == 0);
	assert_true(k.p_block == 0 && k.p_empty == 1 && k.mean_wait_served == 0);
	assert_true(k.service_level_all == 1);
	assert_true(b_of(0, 0).p_block == 1 && b_of(0, 3).p_block == 0);
}

static void test_overload(void **state)
{
	(void)state;
	struct erlang_input in = {10, 1, 10, .threshold = 1, .abandon_rate = 1, .capacity = 12};
	struct erlang_c c = c_of(&in);
	assert_false(c.is_stable);
	assert_true(c.p_wait == 1 && isinf(c.mean_wait) && c.service_level == 0);
	assert_true(isinf(erlang_c_percentile(&c, 0.5)));
	/* 100 calls of 3 minutes in half an hour are 10 erlang, whatever the last bit says. */
	in.arrival_rate = 100.0 / 1800;
	in.service_rate = 1.0 / 180;
	assert_false(c_of(&in).is_stable);
	struct erlang_g g;
	assert_int_equal(erlang_g(0.1 * 3, 1 / 0.3, 20, &g, NULL), 0);
	assert_false(g.is_stable);
	assert_true(isinf(g.mean_wait));
	struct erlang_input flood = {1e9,	   1e-3, 1, .threshold = 1, .abandon_rate = 1e-3,
				     .capacity = 3};
	expect_near("all give up", a_of(&flood).p_abandon, 1, 1e-9);
	expect_near("but the server is busy", a_of(&flood).utilisation, 1, 1e-9);
	expect_near("or are turned away", k_of(&flood).p_block, 1, 1e-9);
}

static void expect_refused(int code, const struct usher_error *err, const char *name)
{
	assert_int_equal(code, E_INVALID);
	assert_int_equal(err->code, E_INVALID);
	if (strncmp(err->text, name, strlen(name)) != 0)
		fail_msg("\"%s\" does not begin with %s", err->text, name);
}

static void test_refusals(void **state)
{
	static const struct {
		struct erlang_input in;
		const char *name;
	} bad[] = {
		{{NAN, 1, 1, 0, 1, 1}, "arrival_rate"},
		{{-1, 1, 1, 0, 1, 1}, "arrival_rate"},
		{{INFINITY, 1, 1, 0, 1, 1}, "arrival_rate"},
		{{1, 0, 1, 0, 1, 1}, "service_rate"},
		{{1, NAN, 1, 0, 1, 1}, "service_rate"},
		{{1, -1, 1, 0, 1, 1}, "service_rate"},
		{{1, 1e-300, 1, 0, 1, 1}, "service_rate"},
		{{1, 1, 0, 0, 1, 1}, "servers"},
		{{1, 1, -5, 0, 1, 1}, "servers"},
		{{1, 1, 20001, 0, 1, 30000}, "servers"},
		{{1, 1, 1, -1, 1, 1}, "threshold"},
		{{1, 1, 1, NAN, 1, 1}, "threshold"},
	};
	struct erlang_c c = {.p_wait = 7};
	struct erlang_a a;
	struct erlang_k k;
	struct usher_error err = {0};
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		expect_refused(erlang_c(&bad[i].in, &c, &err), &err, bad[i].name);
		expect_refused(erlang_a(&bad[i].in, &a, &err), &err, bad[i].name);
		expect_refused(erlang_k(&bad[i].in, &k, &err), &err, bad[i].name);
	}
	assert_true(c.p_wait == 7);
	struct erlang_input in = {1, 1, 5, .abandon_rate = 0, .capacity = 4};
	expect_refused(erlang_a(&in, &a, &err), &err, "abandon_rate");
	expect_refused(erlang_k(&in, &k, &err), &err, "capacity");
	in.capacity = ERLANG_CAPACITY_MAX + 1;
	expect_refused(erlang_k(&in, &k, &err), &err, "capacity");
}

static void test_more_refusals(void **state)
{
	static const double rates[] = {1, NAN}, growth[] = {0, 1}, minus[] = {1, -1};
	static const struct priority_class odd[] = {{1, 1, 0.5}};
	struct priority_input in = {rates, 2, 1, 5};
	struct usher_error err = {0};
	struct erlang_b b;
	struct erlang_g g;
	double out[2];
	int n;
	(void)state;
	expect_refused(erlang_b(-1, 1, &b, &err), &err, "offered_load");
	expect_refused(erlang_b(1, -1, &b, &err), &err, "servers");
	expect_refused(erlang_b_servers(1, 0, &n, &err), &err, "p_block_max");
	expect_refused(erlang_hunt(1, 0, out, &err), &err, "servers");
	expect_refused(erlang_jain(minus, 2, out, &err), &err, "a value");
	expect_refused(erlang_jain(minus, 0, out, &err), &err, "count");
	expect_refused(erlang_g(1, 1, 0.5, &g, &err), &err, "es2");
	expect_refused(erlang_halfin_whitt(0, out, &err), &err, "beta");
	expect_refused(erlang_garnett(NAN, 1, out, &err), &err, "beta");
	expect_refused(erlang_garnett(1, 0, out, &err), &err, "theta_over_mu");
	expect_refused(priority_strict(&in, out, &err), &err, "arrival_rates");
	in.classes = 1;
	expect_refused(priority_growing(&in, growth, out, &err), &err, "growth");
	in.classes = PRIORITY_CLASSES_MAX + 1;
	expect_refused(priority_fcfs(&in, out, &err), &err, "classes");
	expect_refused(priority_one_server(odd, 1, out, &err), &err, "es2");
	struct priority_cmu_input cmu = {{1, 1}, {1, 0}, {1, 1}};
	struct priority_cmu found;
	expect_refused(priority_cmu(&cmu, &found, &err), &err, "service_rate");
}

/* Whatever passes the checks has an answer that is a number in its range. */
static void test_any_input(void **state)
{
	static const double rates[] = {1e-9, 1e-3, 1, 1e3, 1e9};
	static const int servers[] = {1, 2, 50, 20000};
	(void)state;
	for (int at = 0; at < 5 * 5 * 5 * 5 * 4; at++) {
		struct erlang_input in = {rates[at % 5],
					  rates[at / 5 % 5],
					  servers[at / 625],
					  .threshold = rates[at / 25 % 5],
					  .abandon_rate = rates[at / 125 % 5],
					  .capacity = 20100};
		struct erlang_a a = a_of(&in);
		double sum = a.p_served_within + a.p_abandon_within + a.p_still_waiting;
		const double shares[] = {a.p_wait,	    a.p_abandon,
					 a.utilisation,	    a.p_abandon_given_wait,
					 a.p_served_within, a.p_abandon_within,
					 a.p_still_waiting};
		const double times[] = {a.mean_queue, a.mean_wait, a.mean_wait_given_wait,
					a.mean_wait_served, a.mean_wait_abandoned};
		bool is_good = fabs(sum - 1) < 1e-9;
		for (size_t i = 0; i < COUNT(shares); i++)
			is_good = is_good && shares[i] >= 0 && shares[i] <= 1 + 1e-9;
		for (size_t i = 0; i < COUNT(times); i++)
			is_good = is_good && times[i] >= 0 && isfinite(times[i]);
		if (!is_good)
			fail_msg("lambda %g mu %g c %d T %g theta %g", in.arrival_rate,
				 in.service_rate, in.servers, in.threshold, in.abandon_rate);
		struct erlang_c c = c_of(&in);
		assert_true(c.p_wait >= 0 && c.p_wait <= 1 && c.service_level >= 0);
		if (at % 50 == 0) {
			struct erlang_k k = k_of(&in);
			assert_true(k.p_block >= 0 && k.p_block <= 1 && k.p_empty >= 0);
			assert_true(k.service_level_all >= -1e-9 && k.service_level_all <= 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_loss),
		cmocka_unit_test(test_published_patient),
		cmocka_unit_test(test_published_impatient),
		cmocka_unit_test(test_published_simulated),
		cmocka_unit_test(test_impatient_by_states),
		cmocka_unit_test(test_impatient_by_time),
		cmocka_unit_test(test_limits_meet),
		cmocka_unit_test(test_long_waits),
		cmocka_unit_test(test_many_servers),
		cmocka_unit_test(test_garnett),
		cmocka_unit_test(test_conservation),
		cmocka_unit_test(test_classes_past_capacity),
		cmocka_unit_test(test_cmu),
		cmocka_unit_test(test_sharing),
		cmocka_unit_test(test_nobody_calls),
		cmocka_unit_test(test_overload),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_more_refusals),
		cmocka_unit_test(test_any_input),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
