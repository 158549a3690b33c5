/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queues with Poisson arrivals, as closed formulas: what a number of servers (agents, trunks) does
 * to those who arrive, in the long run.
 *
 * Rates are per unit of time, times in that unit; any unit will do. Probabilities are 0 … 1. Every
 * function checks its input and answers E_INVALID with a sentence that names what is wrong; NaN and
 * infinity are wrong everywhere. Nothing is allocated but by erlang_k. Sums run as recursions or
 * relative to their largest term, so that 1 … 20,000 servers keep 9 digits or more.
 *
 * Where more arrives than can ever be served and nobody gives up, there is no long run: is_stable
 * is then false, the waits and lengths are INFINITY, p_wait and utilisation 1, service levels 0.
 * So it is where less than ERLANG_SPARE_MIN of the servers' time is left: rounding of the rates
 * could make that much.
 */
#ifndef GATEWAY_INSIGHT_ERLANG_H
#define GATEWAY_INSIGHT_ERLANG_H

#include "routing/base/error.h"

#define ERLANG_SERVERS_MAX 20000
#define ERLANG_CAPACITY_MAX 1000000 /* servers and waiting places together */
#define ERLANG_SPARE_MIN 1e-12
#define ERLANG_RATE_MAX 1e9 /* of all rates and loads; the least one above 0 is its inverse */

struct erlang_input {
	double arrival_rate; /* lambda; may be 0 */
	double service_rate; /* mu, of one server: 1 / mean service time */
	int servers;	     /* c: 1 … ERLANG_SERVERS_MAX */
	double threshold;    /* T, of the service level; 0 or more */
	double abandon_rate; /* theta: 1 / mean patience; of erlang_a only */
	int capacity;	     /* K: servers and waiting places; of erlang_k only */
};

/* ---- loss: M/M/c/c ---------------------------------------------------------------------------
 * B(0) = 1, B(k) = a B(k-1) / (k + a B(k-1)); Erlang 1917. Servers may be 0 here. */

struct erlang_b {
	double p_block;
	double carried;		     /* load that is served: a (1 - B) */
	double per_server_occupancy; /* carried / c; 0 where c is 0 */
};
int erlang_b(double offered_load, int servers, struct erlang_b *ret,
	     struct usher_error *reterr) USHER_CHECKED;

/* Smallest number of servers that blocks at most p_block_max (above 0, at most 1). E_LIMIT: more
 * than ERLANG_SERVERS_MAX would be needed. */
int erlang_b_servers(double offered_load, double p_block_max, int *ret,
		     struct usher_error *reterr) USHER_CHECKED;

/* Load of each server where the first idle one in a fixed order is taken and nobody waits: of the
 * j-th, a (B(j-1) - B(j)). Fills loads[0 … servers-1]. */
int erlang_hunt(double offered_load, int servers, double *retloads,
		struct usher_error *reterr) USHER_CHECKED;

/* Jain's index of fairness (Jain, Chiu, Hawe 1984), (sum x)^2 / (n sum x^2): 1 where all are equal,
 * 1/n where one has all; 1 where there is nothing to share. Values are 0 or more and finite. */
int erlang_jain(const double *values, int count, double *ret,
		struct usher_error *reterr) USHER_CHECKED;

/* ---- patient callers: M/M/c ------------------------------------------------------------------
 * C = B / (1 - rho (1 - B)); the wait of those who wait is exponential with rate c mu - lambda. */

struct erlang_c {
	bool is_stable;
	double offered_load, utilisation;
	double p_wait, mean_wait, mean_wait_given_wait, var_wait;
	double mean_queue, mean_sojourn, mean_in_system;
	double service_level; /* P(W <= T) = 1 - C e^-(c mu - lambda) T */
};
int erlang_c(const struct erlang_input *in, struct erlang_c *ret,
	     struct usher_error *reterr) USHER_CHECKED;

/* The wait that a share p (0 … 1, 1 excluded) of all arrivals do not exceed. */
double erlang_c_percentile(const struct erlang_c *queue, double p);

/* ---- impatient callers: M/M/c+M --------------------------------------------------------------
 * Palm 1943; Garnett, Mandelbaum, Reiman, M&SOM 4(3) 2002; by the density of the offered wait,
 * proportional to e^(lambda (1 - e^(-theta x)) / theta - c mu x) (Baccelli, Hebuterne 1981;
 * Zeltyn, Mandelbaum, Queueing Systems 51 2005). Always stable. */

struct erlang_a {
	double p_wait, p_abandon, mean_queue, utilisation;
	double mean_wait; /* of all, until they are served or give up */
	double p_abandon_given_wait, mean_wait_given_wait;
	double mean_wait_served, mean_wait_abandoned;
	/* What has become of an arrival T later; the three make 1. */
	double p_served_within, p_abandon_within, p_still_waiting;
};
int erlang_a(const struct erlang_input *in, struct erlang_a *ret,
	     struct usher_error *reterr) USHER_CHECKED;

/* ---- few waiting places: M/M/c/K -------------------------------------------------------------
 * Birth and death; a wait behind n others is a sum of n + 1 exponentials of rate c mu. */

struct erlang_k {
	double p_block, p_empty, eff_rate, utilisation;
	double mean_queue, mean_wait_served, p_wait_given_accepted;
	double service_level_accepted, service_level_all;
};
int erlang_k(const struct erlang_input *in, struct erlang_k *ret,
	     struct usher_error *reterr) USHER_CHECKED;

/* ---- one server, any service time: M/G/1 -----------------------------------------------------
 * Pollaczek 1930, Khinchine 1932: E[W] = lambda E[S^2] / (2 (1 - rho)). es2 is E[S^2]: es^2 for a
 * fixed time, 2 es^2 for an exponential one; never less than es^2. */

struct erlang_g {
	bool is_stable;
	double utilisation, mean_wait, mean_queue, mean_sojourn, mean_in_system;
};
int erlang_g(double arrival_rate, double es, double es2, struct erlang_g *ret,
	     struct usher_error *reterr) USHER_CHECKED;

/* ---- limits for many servers -----------------------------------------------------------------
 * c = a + beta sqrt(a), c large. */

/* P(wait) of patient callers, beta > 0: 1 / (1 + beta Phi(beta) / phi(beta)); Halfin, Whitt,
 * Oper. Res. 29 (1981). */
int erlang_halfin_whitt(double beta, double *ret, struct usher_error *reterr) USHER_CHECKED;

/* P(wait) of impatient ones, any beta: 1 / (1 + sqrt(r) h(beta / sqrt(r)) / h(-beta)), where r is
 * theta / mu and h the hazard of the normal distribution; Garnett, Mandelbaum, Reiman 2002. */
int erlang_garnett(double beta, double theta_over_mu, double *ret,
		   struct usher_error *reterr) USHER_CHECKED;

#endif
