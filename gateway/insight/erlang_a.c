/* SPDX-License-Identifier: Apache-2.0 */
/* Impatient callers. V is the wait that an arrival with endless patience would have; given that it
 * is not 0, its density at x is proportional to e^phi(x), phi(x) = lambda (1 - e^(-theta x)) /
 * theta - c mu x. phi is concave, so e^phi is one hill: integrated from its top, at any load and
 * patience, by the same few hundred points. */
#include "gateway/insight/erlang.h"

#include "gateway/insight/erlang_check.h"

#include <math.h>

#define DEPTH 50	/* e^-50 of the top is nothing beside it */
#define STEP (1.0 / 32) /* of the double exponential rule (Takahasi, Mori 1974) */
#define STEPS 118	/* either way: the weights at the ends are below 1e-25 */
#define DOUBLINGS_MAX 2000

struct hill {
	double theta, top;	/* x of the top; places on the hill are distances d from it */
	double slope;		/* downwards, at the top: 0 unless the top is at x = 0 */
	double arrivals_at_top; /* lambda e^(-theta top) = min(lambda, c mu) */
};

/* Integrals of e^phi, relative to the top, over a piece of the hill, times … */
struct part {
	double all;		/* 1 */
	double served, gave_up; /* e^(-theta x); 1 - e^(-theta x) */
	double served_wait;	/* x e^(-theta x) */
	double gave_up_wait;	/* integral of u theta e^(-theta u) over u up to x */
};

/* 1 - z - e^-z without the loss of digits at small z. */
static double bend(double z)
{
	if (fabs(z) > 0.01)
		return -(expm1(-z) + z);
	return -z * z / 2 * (1 - z / 3 * (1 - z / 4 * (1 - z / 5 * (1 - z / 6 * (1 - z / 7)))));
}

/* phi at distance d, less phi at the top. */
static double height(const struct hill *hill, double d)
{
	return hill->arrivals_at_top / hill->theta * bend(hill->theta * d) - hill->slope * d;
}

/* 1 - e^-z (1 + z), likewise. */
static double gamma_2(double z)
{
	if (z > 0.01)
		return -expm1(-z) - z * exp(-z);
	return z * z * (1.0 / 2 - z * (1.0 / 3 - z * (1.0 / 8 - z * (1.0 / 30 - z * (1.0 / 144)))));
}

static void add_point(const struct hill *hill, double d, double weight, struct part *sum)
{
	double x = fmax(hill->top + d, 0), z = hill->theta * x;
	double mass = weight * exp(height(hill, d)), stays = exp(-z);
	sum->all += mass;
	sum->served += mass * stays;
	sum->gave_up += mass * -expm1(-z);
	sum->served_wait += mass * x * stays;
	sum->gave_up_wait += mass * gamma_2(z) / hill->theta;
}

/* Points crowd towards both ends, where the hill may bend on any scale. */
static void integrate(const struct hill *hill, double from, double to, struct part *sum)
{
	if (!(from < to))
		return;
	for (int i = -STEPS; i <= STEPS; i++) {
		double t = i * STEP, stretch = exp(M_PI * sinh(t));
		double right = stretch / (1 + stretch), left = 1 / (1 + stretch);
		double weight = M_PI * cosh(t) * left * right * (to - from) * STEP;
		add_point(hill, from * left + to * right, weight, sum);
	}
}

/* The distance beyond d, by steps of `step` (negative: to the left), where the hill is DEPTH lower.
 */
static double foot(const struct hill *hill, double d, double step)
{
	double bottom = height(hill, d) - DEPTH, near = 0, far = step;
	for (int i = 0; i < DOUBLINGS_MAX && height(hill, d + far) > bottom; i++) {
		near = far;
		far *= 2;
	}
	for (int i = 0; i < 40; i++) {
		double middle = (near + far) / 2;
		if (height(hill, d + middle) > bottom)
			near = middle;
		else
			far = middle;
	}
	return d + far;
}

/* Cuts the hill at x = T. */
static void integrate_hill(const struct hill *hill, const struct erlang_input *in,
			   struct part *within, struct part *beyond)
{
	double all_servers = in->servers * in->service_rate, cut = in->threshold - hill->top;
	double left = -hill->top, right = foot(hill, 0, 1 / all_servers);
	if (left < 0 && height(hill, left) < -DEPTH)
		left = fmax(left, foot(hill, 0, -1 / all_servers));
	*within = *beyond = (struct part){0};
	if (cut > 0) {
		integrate(hill, left, 0, within);
		integrate(hill, 0, fmin(cut, right), within);
		integrate(hill, cut, foot(hill, cut, 1 / all_servers), beyond);
	} else {
		integrate(hill, left, cut, within);
		integrate(hill, fmax(left, cut), 0, beyond);
		integrate(hill, 0, right, beyond);
	}
}

/* P(wait) = lambda J / (epsilon + lambda J), J the hill and epsilon = 1 / B(c - 1). Where B is too
 * small to be written, so is P(wait). Returns 1 - P(wait), with its digits where P(wait) is near 1.
 */
static double fill_p_wait(const struct hill *hill, const struct erlang_input *in, double area,
			  struct erlang_a *ret)
{
	double b = erlang_b_value(in->arrival_rate / in->service_rate, in->servers - 1);
	double idle = exp(height(hill, -hill->top)), waits = in->arrival_rate * area * b;
	ret->p_wait = waits / (idle + waits);
	return idle / (idle + waits);
}

/* at_once: the share that does not wait. */
static void measure(const struct erlang_input *in, double at_once, const struct part *within,
		    const struct part *beyond, struct erlang_a *ret)
{
	double area = within->all + beyond->all, wait = ret->p_wait;
	double gave_up = (within->gave_up + beyond->gave_up) / area;
	double served = at_once + wait * (within->served + beyond->served) / area;
	double served_wait = (within->served_wait + beyond->served_wait) / area;
	double gave_up_wait = (within->gave_up_wait + beyond->gave_up_wait) / area;
	double gone = -expm1(-in->abandon_rate * in->threshold);
	double stays = exp(-in->abandon_rate * in->threshold);
	ret->p_abandon_given_wait = gave_up;
	ret->mean_wait_given_wait = gave_up / in->abandon_rate;
	ret->p_abandon = wait * gave_up;
	ret->mean_wait = ret->p_abandon / in->abandon_rate;
	ret->mean_queue = in->arrival_rate * ret->mean_wait;
	ret->utilisation = in->arrival_rate / in->service_rate / in->servers * served;
	ret->mean_wait_served = wait * served_wait / served;
	ret->mean_wait_abandoned = gave_up_wait / gave_up;
	ret->p_served_within = at_once + wait * within->served / area;
	ret->p_abandon_within = wait * (within->gave_up + gone * beyond->all) / area;
	ret->p_still_waiting = wait * stays * beyond->all / area;
}

int erlang_a(const struct erlang_input *in, struct erlang_a *ret, struct usher_error *reterr)
{
	int code = erlang_check_input(in, reterr);
	if (code == 0)
		code = erlang_check_rate("abandon_rate", in->abandon_rate, reterr);
	if (code < 0)
		return code;
	double all_servers = in->servers * in->service_rate;
	double surplus = in->arrival_rate - all_servers;
	struct hill hill = {
		.theta = in->abandon_rate,
		.top = surplus > 0 ? log1p(surplus / all_servers) / in->abandon_rate : 0,
		.slope = surplus > 0 ? 0 : -surplus,
		.arrivals_at_top = fmin(in->arrival_rate, all_servers),
	};
	struct part within, beyond;
	integrate_hill(&hill, in, &within, &beyond);
	double at_once = fill_p_wait(&hill, in, within.all + beyond.all, ret);
	measure(in, at_once, &within, &beyond, ret);
	return 0;
}
