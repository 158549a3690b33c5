/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/insight/erlang.h"

#include "gateway/insight/erlang_check.h"

#include <math.h>

/* ---- input ------------------------------------------------------------------------------------
 */

int erlang_check(const char *name, double value, double min, double max, struct usher_error *reterr)
{
	if (value >= min && value <= max)
		return 0;
	return usher_error_set(reterr, E_INVALID, "%s is %g, but must be between %g and %g", name,
			       value, min, max);
}

int erlang_check_rate(const char *name, double value, struct usher_error *reterr)
{
	return erlang_check(name, value, 1 / ERLANG_RATE_MAX, ERLANG_RATE_MAX, reterr);
}

static int check_servers(int servers, int min, struct usher_error *reterr)
{
	return erlang_check("servers", servers, min, ERLANG_SERVERS_MAX, reterr);
}

static int check_load(double offered_load, struct usher_error *reterr)
{
	return erlang_check("offered_load", offered_load, 0, ERLANG_RATE_MAX, reterr);
}

int erlang_check_input(const struct erlang_input *in, struct usher_error *reterr)
{
	int code = erlang_check("arrival_rate", in->arrival_rate, 0, ERLANG_RATE_MAX, reterr);
	if (code == 0)
		code = erlang_check_rate("service_rate", in->service_rate, reterr);
	if (code == 0)
		code = check_servers(in->servers, 1, reterr);
	if (code == 0)
		code = erlang_check("threshold", in->threshold, 0, ERLANG_RATE_MAX, reterr);
	return code;
}

/* ---- loss -------------------------------------------------------------------------------------
 */

static double next_b(double b, double offered_load, int servers)
{
	double carried_over = offered_load * b;
	return carried_over / (servers + carried_over);
}

double erlang_b_value(double offered_load, int servers)
{
	double b = 1;
	for (int k = 1; k <= servers; k++)
		b = next_b(b, offered_load, k);
	return b;
}

int erlang_b(double offered_load, int servers, struct erlang_b *ret, struct usher_error *reterr)
{
	int code = check_load(offered_load, reterr);
	if (code == 0)
		code = check_servers(servers, 0, reterr);
	if (code < 0)
		return code;
	double b = erlang_b_value(offered_load, servers);
	ret->p_block = b;
	ret->carried = offered_load * (1 - b);
	ret->per_server_occupancy = servers > 0 ? ret->carried / servers : 0;
	return 0;
}

int erlang_b_servers(double offered_load, double p_block_max, int *ret, struct usher_error *reterr)
{
	int code = check_load(offered_load, reterr);
	if (code == 0)
		code = erlang_check("p_block_max", p_block_max, 1 / ERLANG_RATE_MAX, 1, reterr);
	if (code < 0)
		return code;
	double b = 1;
	int k = 0;
	while (b > p_block_max && k < ERLANG_SERVERS_MAX) {
		k++;
		b = next_b(b, offered_load, k);
	}
	if (b > p_block_max)
		return usher_error_set(
			reterr, E_LIMIT,
			"offered_load %g needs more than %d servers for a p_block of "
			"at most %g",
			offered_load, ERLANG_SERVERS_MAX, p_block_max);
	*ret = k;
	return 0;
}

int erlang_hunt(double offered_load, int servers, double *retloads, struct usher_error *reterr)
{
	int code = check_load(offered_load, reterr);
	if (code == 0)
		code = check_servers(servers, 1, reterr);
	if (code < 0)
		return code;
	double b = 1;
	for (int k = 1; k <= servers; k++) {
		double before = b;
		b = next_b(b, offered_load, k);
		retloads[k - 1] = offered_load * (before - b);
	}
	return 0;
}

int erlang_jain(const double *values, int count, double *ret, struct usher_error *reterr)
{
	double largest = 0, sum = 0, squares = 0;
	int code = erlang_check("count", count, 1, ERLANG_CAPACITY_MAX, reterr);
	for (int i = 0; code == 0 && i < count; i++) {
		code = erlang_check("a value", values[i], 0, 1e300, reterr);
		largest = fmax(largest, values[i]);
	}
	if (code < 0)
		return code;
	for (int i = 0; largest > 0 && i < count; i++) {
		double share = values[i] / largest; /* squares then neither overflow nor vanish */
		sum += share;
		squares += share * share;
	}
	*ret = largest > 0 ? sum * sum / (count * squares) : 1;
	return 0;
}

/* ---- patient callers --------------------------------------------------------------------------
 */

static void set_unstable(struct erlang_c *ret)
{
	ret->is_stable = false;
	ret->utilisation = ret->p_wait = 1;
	ret->mean_wait = ret->mean_wait_given_wait = ret->var_wait = INFINITY;
	ret->mean_queue = ret->mean_sojourn = ret->mean_in_system = INFINITY;
	ret->service_level = 0;
}

int erlang_c(const struct erlang_input *in, struct erlang_c *ret, struct usher_error *reterr)
{
	int code = erlang_check_input(in, reterr);
	if (code < 0)
		return code;
	double spare = in->servers * in->service_rate - in->arrival_rate;
	ret->offered_load = in->arrival_rate / in->service_rate;
	if (spare <= ERLANG_SPARE_MIN * in->servers * in->service_rate) {
		set_unstable(ret);
		return 0;
	}
	double b = erlang_b_value(ret->offered_load, in->servers);
	double rho = ret->offered_load / in->servers;
	double idle = spare / (in->servers * in->service_rate);
	double c = b / (idle + rho * b);
	ret->is_stable = true;
	ret->utilisation = rho;
	ret->p_wait = c;
	ret->mean_wait_given_wait = 1 / spare;
	ret->mean_wait = c / spare;
	ret->var_wait = c * (2 - c) / (spare * spare);
	ret->mean_queue = in->arrival_rate * ret->mean_wait;
	ret->mean_sojourn = ret->mean_wait + 1 / in->service_rate;
	ret->mean_in_system = ret->mean_queue + ret->offered_load;
	ret->service_level = 1 - c * exp(-spare * in->threshold);
	return 0;
}

double erlang_c_percentile(const struct erlang_c *queue, double p)
{
	if (!queue->is_stable)
		return INFINITY;
	return p <= 1 - queue->p_wait ? 0
				      : log(queue->p_wait / (1 - p)) * queue->mean_wait_given_wait;
}

/* ---- one server, any service time -------------------------------------------------------------
 */

int erlang_g(double arrival_rate, double es, double es2, struct erlang_g *ret,
	     struct usher_error *reterr)
{
	int code = erlang_check("arrival_rate", arrival_rate, 0, ERLANG_RATE_MAX, reterr);
	if (code == 0)
		code = erlang_check_rate("es", es, reterr);
	/* A fixed time may come with es2 rounded. */
	if (code == 0)
		code = erlang_check("es2", es2, es * es * (1 - 1e-12), 1e300, reterr);
	if (code < 0)
		return code;
	double rho = arrival_rate * es;
	ret->is_stable = 1 - rho > ERLANG_SPARE_MIN;
	ret->utilisation = fmin(rho, 1);
	ret->mean_wait = ret->is_stable ? arrival_rate * es2 / (2 * (1 - rho)) : INFINITY;
	ret->mean_queue = ret->is_stable ? arrival_rate * ret->mean_wait : INFINITY;
	ret->mean_sojourn = ret->mean_wait + es;
	ret->mean_in_system = ret->mean_queue + rho;
	return 0;
}

/* ---- limits for many servers ------------------------------------------------------------------
 */

/* phi(x) / (1 - Phi(x)). Far out both vanish: there it is the continued fraction x + 1/(x + 2/(x +
 * 3/(x + …))). */
static double normal_hazard(double x)
{
	if (x < 20)
		return sqrt(2 / M_PI) * exp(-x * x / 2) / erfc(x / M_SQRT2);
	double fraction = x;
	for (int k = 30; k >= 1; k--)
		fraction = x + k / fraction;
	return fraction;
}

int erlang_halfin_whitt(double beta, double *ret, struct usher_error *reterr)
{
	int code = erlang_check_rate("beta", beta, reterr);
	if (code < 0)
		return code;
	*ret = 1 / (1 + beta / normal_hazard(-beta));
	return 0;
}

int erlang_garnett(double beta, double theta_over_mu, double *ret, struct usher_error *reterr)
{
	int code = erlang_check("beta", beta, -1e6, 1e6, reterr);
	if (code == 0)
		code = erlang_check_rate("theta_over_mu", theta_over_mu, reterr);
	if (code < 0)
		return code;
	double root = sqrt(theta_over_mu);
	*ret = 1 / (1 + root * normal_hazard(beta / root) / normal_hazard(-beta));
	return 0;
}
