/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of input that the formulas of this folder share. Each answers 0 or E_INVALID. */
#ifndef GATEWAY_INSIGHT_ERLANG_CHECK_H
#define GATEWAY_INSIGHT_ERLANG_CHECK_H

#include "gateway/insight/erlang.h"

/* min <= value <= max; NaN is never between. `name` begins the sentence. */
int erlang_check(const char *name, double value, double min, double max,
		 struct usher_error *reterr) USHER_CHECKED;

/* Above 0, and neither it nor its inverse over ERLANG_RATE_MAX. */
int erlang_check_rate(const char *name, double value, struct usher_error *reterr) USHER_CHECKED;

/* arrival_rate, service_rate, servers and threshold. */
int erlang_check_input(const struct erlang_input *in, struct usher_error *reterr) USHER_CHECKED;

/* B, for input that has been checked. */
double erlang_b_value(double offered_load, int servers);

#endif
