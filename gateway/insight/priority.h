/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mean waits of several classes before the same servers, in the long run; nobody is interrupted and
 * nobody gives up. Units, input checks and answers are those of erlang.h. A class that gets less
 * service than it asks for waits INFINITY; the classes before it still have their finite wait.
 */
#ifndef GATEWAY_INSIGHT_PRIORITY_H
#define GATEWAY_INSIGHT_PRIORITY_H

#include "routing/base/error.h"

#define PRIORITY_CLASSES_MAX 64

/* The classes of M/M/c: the same service rate for all. */
struct priority_input {
	const double *arrival_rates; /* borrowed while calling; class 0 first */
	int classes;		     /* 1 … PRIORITY_CLASSES_MAX */
	double service_rate;
	int servers;
};

/* Strict: class 0 before class 1 and so on. W_k = C / (c mu) / ((1 - s(k-1)) (1 - s(k))), s(k) the
 * utilisation by classes 0 … k, C of Erlang for all of them; Cobham 1954; Kella, Yechiali 1985. */
int priority_strict(const struct priority_input *in, double *retwaits,
		    struct usher_error *reterr) USHER_CHECKED;

/* Priority grows while one waits, with growth[k] (above 0) points per unit of time; most points go
 * first. With growth ascending, W_p = (W - sum over i < p of rho_i W_i (1 - b_i / b_p)) / (1 - sum
 * over i > p of rho_i (1 - b_p / b_i)), W the wait of first come, first served; Kleinrock, Naval
 * Res. Logist. Quart. 11 (1964). Any order of growth; past capacity every class waits INFINITY. */
int priority_growing(const struct priority_input *in, const double *growth, double *retwaits,
		     struct usher_error *reterr) USHER_CHECKED;

/* First come, first served over all classes: by Kleinrock's conservation law also the mean of the
 * waits above, weighted with the arrivals. */
int priority_fcfs(const struct priority_input *in, double *ret,
		  struct usher_error *reterr) USHER_CHECKED;

/* A class of M/G/1. */
struct priority_class {
	double arrival_rate;
	double es, es2; /* mean of the service time, and of its square */
};

/* Strict, one server, any service times: W_k = W0 / ((1 - s(k-1)) (1 - s(k))), W0 the mean time
 * that the contact in service still takes; Cobham 1954. */
int priority_one_server(const struct priority_class *classes, int count, double *retwaits,
			struct usher_error *reterr) USHER_CHECKED;

/* Two classes of M/M/1, each with what its waiting costs per contact and unit of time: which should
 * go first? The one with the larger c mu (Cox, Smith 1961); class 0 where both are the same. */
struct priority_cmu_input {
	double arrival_rate[2], service_rate[2], holding_cost[2];
};
struct priority_cmu {
	double waits[2][2]; /* [which goes first][whose wait] */
	double cost[2];	    /* [which goes first]: sum of c lambda W */
	double c_mu[2];
	int best_first; /* 0 or 1 */
};
int priority_cmu(const struct priority_cmu_input *in, struct priority_cmu *ret,
		 struct usher_error *reterr) USHER_CHECKED;

#endif
