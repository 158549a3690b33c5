/* SPDX-License-Identifier: Apache-2.0 */
/* Few waiting places: the probabilities of all states, relative to the likeliest one, so that none
 * overflows. */
#include "gateway/insight/erlang.h"

#include "gateway/insight/erlang_check.h"
#include "routing/base/memory.h"

#include <math.h>
#include <stdlib.h>

/* Terms of a Poisson distribution from where they begin to count, and their sum so far: the sum of
 * m of them is P(a sum of m exponentials exceeds the time). */
struct poisson {
	double mean, term, sum;
	int at; /* terms 0 … at - 1 are in the sum */
};

/* Below mean - 25 sqrt(mean) lies less than e^-300 of it all; Stirling's series is exact to the
 * last digit that far out, and where e^-mean itself can be written nothing is left out. */
static void poisson_begin(struct poisson *p, double mean)
{
	double first = floor(mean - 25 * sqrt(mean));
	*p = (struct poisson){.mean = mean, .term = exp(-mean)};
	if (first < 16)
		return;
	p->at = first < ERLANG_CAPACITY_MAX ? (int)first : ERLANG_CAPACITY_MAX;
	double k = p->at, series = (1.0 / 12 - 1 / (360 * k * k)) / k;
	p->term = exp(k * log(mean / k) + k - mean - 0.5 * log(2 * M_PI * k) - series);
}

static double poisson_sum(struct poisson *p, int terms)
{
	while (p->at < terms) {
		p->sum += p->term;
		p->at++;
		p->term *= p->mean / p->at;
	}
	return fmin(p->sum, 1);
}

static void fill_states(const struct erlang_input *in, double *states)
{
	double load = in->arrival_rate / in->service_rate, sum = 0;
	int likeliest = load < in->servers ? (int)load : in->capacity;
	states[likeliest] = 1;
	for (int n = likeliest; n < in->capacity; n++)
		states[n + 1] = states[n] * load / (n < in->servers ? n + 1 : in->servers);
	for (int n = likeliest; n > 0; n--)
		states[n - 1] = states[n] / load * (n < in->servers ? n : in->servers);
	for (int n = 0; n <= in->capacity; n++)
		sum += states[n];
	for (int n = 0; n <= in->capacity; n++)
		states[n] /= sum;
}

static void measure(const struct erlang_input *in, const double *states, struct erlang_k *ret)
{
	double all_servers = in->servers * in->service_rate, waits = 0, waits_long = 0, queue = 0;
	double accepted = 0;
	struct poisson served;
	poisson_begin(&served, all_servers * in->threshold);
	for (int n = 0; n < in->capacity; n++)
		accepted += states[n];
	for (int n = in->servers; n < in->capacity; n++) {
		waits += states[n];
		waits_long += states[n] * poisson_sum(&served, n - in->servers + 1);
	}
	for (int n = in->servers + 1; n <= in->capacity; n++)
		queue += (n - in->servers) * states[n];
	ret->p_block = states[in->capacity];
	ret->p_empty = states[0];
	ret->eff_rate = in->arrival_rate * accepted;
	ret->utilisation = ret->eff_rate / all_servers;
	ret->mean_queue = queue;
	ret->mean_wait_served = ret->eff_rate > 0 ? queue / ret->eff_rate : 0;
	ret->p_wait_given_accepted = waits / accepted;
	ret->service_level_accepted = 1 - waits_long / accepted;
	ret->service_level_all = accepted * ret->service_level_accepted;
}

int erlang_k(const struct erlang_input *in, struct erlang_k *ret, struct usher_error *reterr)
{
	int code = erlang_check_input(in, reterr);
	if (code == 0)
		code = erlang_check("capacity", in->capacity, in->servers, ERLANG_CAPACITY_MAX,
				    reterr);
	if (code < 0)
		return code;
	double *states = memory_new_array((size_t)in->capacity + 1, sizeof *states);
	fill_states(in, states);
	measure(in, states, ret);
	free(states);
	return 0;
}
