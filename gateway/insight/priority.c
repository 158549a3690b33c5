/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/insight/priority.h"

#include "gateway/insight/erlang_check.h"

#include <math.h>

static int check_classes(int classes, struct usher_error *reterr)
{
	return erlang_check("classes", classes, 1, PRIORITY_CLASSES_MAX, reterr);
}

static double sum_of(const double *values, int count)
{
	double sum = 0;
	for (int i = 0; i < count; i++)
		sum += values[i];
	return sum;
}

/* All classes as one queue. */
static int pool(const struct priority_input *in, struct erlang_c *ret, struct usher_error *reterr)
{
	int code = check_classes(in->classes, reterr);
	for (int k = 0; code == 0 && k < in->classes; k++)
		code = erlang_check("arrival_rates", in->arrival_rates[k], 0, ERLANG_RATE_MAX,
				    reterr);
	if (code < 0)
		return code;
	const struct erlang_input all = {
		.arrival_rate = sum_of(in->arrival_rates, in->classes),
		.service_rate = in->service_rate,
		.servers = in->servers,
	};
	return erlang_c(&all, ret, reterr);
}

int priority_fcfs(const struct priority_input *in, double *ret, struct usher_error *reterr)
{
	struct erlang_c all;
	int code = pool(in, &all, reterr);
	if (code == 0)
		*ret = all.mean_wait;
	return code;
}

/* left: what the classes before, and those with this one, leave idle. */
static double strict_wait(double residual, double left_before, double left)
{
	return left > ERLANG_SPARE_MIN ? residual / (left_before * left) : INFINITY;
}

int priority_strict(const struct priority_input *in, double *retwaits, struct usher_error *reterr)
{
	struct erlang_c all;
	int code = pool(in, &all, reterr);
	if (code < 0)
		return code;
	double all_servers = in->servers * in->service_rate, left = 1;
	for (int k = 0; k < in->classes; k++) {
		double before = left;
		left = 1 - sum_of(in->arrival_rates, k + 1) / all_servers;
		retwaits[k] = strict_wait(all.p_wait / all_servers, before, left);
	}
	return 0;
}

/* ---- growing priority -------------------------------------------------------------------------
 */

static void order_by_growth(const double *growth, int classes, int *order)
{
	for (int k = 0; k < classes; k++) {
		int at = k;
		for (; at > 0 && growth[order[at - 1]] > growth[k]; at--)
			order[at] = order[at - 1];
		order[at] = k;
	}
}

static double growing_wait(const struct priority_input *in, const double *growth, const int *order,
			   int at, double fcfs, const double *waits)
{
	double all_servers = in->servers * in->service_rate, above = fcfs, below = 1;
	double own = growth[order[at]];
	for (int i = 0; i < in->classes; i++) {
		double other = growth[order[i]];
		double rho = in->arrival_rates[order[i]] / all_servers;
		if (i < at)
			above -= rho * waits[order[i]] * (1 - other / own);
		else
			below -= rho * (1 - own / other);
	}
	return above / below;
}

int priority_growing(const struct priority_input *in, const double *growth, double *retwaits,
		     struct usher_error *reterr)
{
	struct erlang_c all;
	int order[PRIORITY_CLASSES_MAX], code = pool(in, &all, reterr);
	for (int k = 0; code == 0 && k < in->classes; k++)
		code = erlang_check_rate("growth", growth[k], reterr);
	if (code < 0)
		return code;
	order_by_growth(growth, in->classes, order);
	for (int at = 0; at < in->classes; at++)
		retwaits[order[at]] =
			all.is_stable ? growing_wait(in, growth, order, at, all.mean_wait, retwaits)
				      : INFINITY;
	return 0;
}

/* ---- one server -------------------------------------------------------------------------------
 */

static int check_class(const struct priority_class *class, struct usher_error *reterr)
{
	int code = erlang_check("arrival_rate", class->arrival_rate, 0, ERLANG_RATE_MAX, reterr);
	if (code == 0)
		code = erlang_check_rate("es", class->es, reterr);
	if (code == 0)
		code = erlang_check("es2", class->es2, class->es * class->es * (1 - 1e-12), 1e300,
				    reterr);
	return code;
}

/* The first class that does not fit gets what those before it leave; those behind it get nothing.
 */
static double residual_of(const struct priority_class *classes, int count)
{
	double left = 1, residual = 0;
	for (int k = 0; k < count && left > ERLANG_SPARE_MIN; k++) {
		double share = fmin(classes[k].arrival_rate * classes[k].es, left);
		residual += share * classes[k].es2 / (2 * classes[k].es);
		left -= share;
	}
	return residual;
}

int priority_one_server(const struct priority_class *classes, int count, double *retwaits,
			struct usher_error *reterr)
{
	int code = check_classes(count, reterr);
	for (int k = 0; code == 0 && k < count; k++)
		code = check_class(&classes[k], reterr);
	if (code < 0)
		return code;
	double residual = residual_of(classes, count), used = 0;
	for (int k = 0; k < count; k++) {
		double before = used;
		used += classes[k].arrival_rate * classes[k].es;
		retwaits[k] = strict_wait(residual, 1 - before, 1 - used);
	}
	return 0;
}

static int cmu_first(const struct priority_cmu_input *in, int first, struct priority_cmu *ret,
		     struct usher_error *reterr)
{
	struct priority_class classes[2];
	double waits[2];
	for (int place = 0; place < 2; place++) {
		int k = place == 0 ? first : 1 - first;
		double es = 1 / in->service_rate[k];
		classes[place] = (struct priority_class){in->arrival_rate[k], es, 2 * es * es};
	}
	int code = priority_one_server(classes, 2, waits, reterr);
	if (code < 0)
		return code;
	ret->waits[first][first] = waits[0];
	ret->waits[first][1 - first] = waits[1];
	ret->cost[first] = 0;
	/* A class that nobody is in, or that costs nothing, adds nothing however long its wait. */
	for (int k = 0; k < 2; k++) {
		double weight = in->holding_cost[k] * in->arrival_rate[k];
		ret->cost[first] += weight > 0 ? weight * ret->waits[first][k] : 0;
	}
	return 0;
}

int priority_cmu(const struct priority_cmu_input *in, struct priority_cmu *ret,
		 struct usher_error *reterr)
{
	struct priority_cmu found;
	int code = 0;
	for (int k = 0; code == 0 && k < 2; k++) {
		code = erlang_check("holding_cost", in->holding_cost[k], 0, ERLANG_RATE_MAX,
				    reterr);
		if (code == 0)
			code = erlang_check_rate("service_rate", in->service_rate[k], reterr);
		found.c_mu[k] = in->holding_cost[k] * in->service_rate[k];
	}
	for (int first = 0; code == 0 && first < 2; first++)
		code = cmu_first(in, first, &found, reterr);
	if (code < 0)
		return code;
	found.best_first = found.c_mu[0] >= found.c_mu[1] ? 0 : 1;
	*ret = found;
	return 0;
}
