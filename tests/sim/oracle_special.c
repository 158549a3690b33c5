/* SPDX-License-Identifier: Apache-2.0 */
/* Cases that are more than one run and its figures. */
#include "routing/base/memory.h"
#include "tests/sim/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLACK 0.05
#define ALL ((struct oracle_index){-1, -1})

static bool play(struct oracle_case *c, struct oracle_model *m, struct oracle_result *result)
{
	*result = (struct oracle_result){0};
	return oracle_run(m, c->options->arrivals, c->options->seed, result, &c->fault);
}

static double read_figure(const struct oracle_model *m, const struct oracle_result *result,
			  const char *name, struct oracle_index at, double *ret_error)
{
	double value = 0;
	if (!oracle_figure(m, result, name, at, &value, ret_error))
		abort();
	return value;
}

/* ---- how many agents are needed ------------------------------------------------------------- */

struct staffing {
	double level, level_error, occupancy, occupancy_error;
	bool is_overloaded;
};

static bool play_staffing(struct oracle_case *c, unsigned agents, bool is_loss,
			  struct staffing *ret)
{
	struct oracle_model *m = NEW(struct oracle_model);
	struct oracle_result *result = oracle_result_new();
	json_t *params = c->params;
	c->params = json_copy(params);
	json_object_set_new(c->params, "servers", json_integer(agents));
	bool is_good = (is_loss ? oracle_build_loss(c, m) : oracle_build_single(c, m));
	oracle_refuse_unread(c);
	is_good = is_good && c->fault.code == 0;
	if (is_good)
		oracle_spoil(c, m);
	*ret = (struct staffing){0};
	if (is_good && !is_loss && m->classes[0].rate >= agents * m->rates[0][0]) {
		ret->is_overloaded = true;
	} else if (is_good) {
		is_good = play(c, m, result);
		ret->level = read_figure(m, result, is_loss ? "p_block" : "service_level_T", ALL,
					 &ret->level_error);
		ret->occupancy = read_figure(m, result, "utilisation", ALL, &ret->occupancy_error);
	}
	json_decref(c->params);
	c->params = params;
	oracle_model_done(m);
	free(m);
	free(result);
	return is_good;
}

/* With so many the targets are met, with one less they are not. */
bool oracle_judge_staffing(struct oracle_case *c)
{
	json_t *agents = json_object_get(c->expected, "agents");
	struct staffing s;
	if (!oracle_has(c, "target"))
		return false;
	bool is_loss = strncmp(c->name, "erlang_b", 8) == 0;
	enum oracle_side side = is_loss ? ORACLE_AT_MOST : ORACLE_AT_LEAST;
	double target = oracle_number(c, "target");
	double occupancy = oracle_number_or(c, "max_occupancy", 1);
	agents = agents != NULL ? agents : json_object_get(c->expected, "servers");
	if (!json_is_integer(agents) || json_integer_value(agents) < 1 ||
	    json_object_size(c->expected) != 1) {
		ORACLE_CASE_FAULT(c, "a target needs a number of agents, and that alone");
		return true;
	}
	unsigned n = (unsigned)json_integer_value(agents);
	if (!play_staffing(c, n, is_loss, &s))
		return true;
	if (s.is_overloaded)
		ORACLE_CASE_FAULT(c, "so few agents can never do it");
	oracle_compare_side(c, "level with enough agents", side, target, s.level, s.level_error);
	oracle_compare_side(c, "their occupancy", ORACLE_AT_MOST, occupancy, s.occupancy,
			    s.occupancy_error);
	if (n == 1 || !play_staffing(c, n - 1, is_loss, &s) || s.is_overloaded)
		return true;
	if (s.occupancy > occupancy)
		oracle_compare_side(c, "occupancy with one less", ORACLE_AT_LEAST, occupancy,
				    s.occupancy, s.occupancy_error);
	else
		oracle_compare_side(c, "level with one less",
				    is_loss ? ORACLE_AT_LEAST : ORACLE_AT_MOST, target, s.level,
				    s.level_error);
	return true;
}

bool oracle_judge_formula(struct oracle_case *c)
{
	c->is_formula = true;
	return true;
}

/* ---- which of two classes first ------------------------------------------------------------- */

static json_t *pick(json_t *from, const char *format, unsigned number)
{
	char name[ORACLE_NAME];
	snprintf(name, sizeof name, format, number);
	return json_object_get(from, name);
}

static double cost_of(struct oracle_case *c, struct oracle_model *m, unsigned first)
{
	struct oracle_result *result = oracle_result_new();
	json_t *waits = pick(c->expected, "wait_if_%u_first", first + 1);
	json_t *cost = pick(c->expected, "cost_%u_first", first + 1);
	char label[ORACLE_NAME];
	double got = 0, error = 0;
	json_t *expected = json_pack("{s:O,s:O}", "mean_wait", waits, "cost", cost);
	for (unsigned k = 0; k < m->class_count; k++)
		m->classes[k].priority = k != first;
	snprintf(label, sizeof label, "with %u first:", first + 1);
	if (!c->is_quiet)
		printf("# %s %s\n", c->name, label);
	if (expected == NULL)
		ORACLE_CASE_FAULT(c, "waits and cost are needed for each order");
	else if (play(c, m, result))
		oracle_judge_figures(c, m, result, expected);
	if (c->fault.code == 0)
		got = read_figure(m, result, "cost", ALL, &error);
	json_decref(expected);
	free(result);
	return got;
}

static void judge_orders(struct oracle_case *c, struct oracle_model *m)
{
	double costs[2], weights[2], optimal;
	if (m->class_count != 2 || json_array_size(json_object_get(c->expected, "c_mu")) != 2 ||
	    oracle_numbers(c, "holding_cost", m->costs, 2) != 2) {
		ORACLE_CASE_FAULT(c, "two classes with a cost each are needed");
		return;
	}
	oracle_refuse_unread(c);
	for (unsigned k = 0; k < 2 && c->fault.code == 0; k++) {
		costs[k] = cost_of(c, m, k);
		weights[k] = m->costs[k] * m->rates[k][0];
		oracle_compare(
			c, k == 0 ? "c_mu[0]" : "c_mu[1]",
			json_number_value(json_array_get(json_object_get(c->expected, "c_mu"), k)),
			weights[k], 1e-9, 0);
	}
	if (c->fault.code != 0)
		return;
	optimal = json_number_value(json_object_get(c->expected, "optimal_first"));
	oracle_compare(c, "optimal_first, as played", optimal, costs[0] < costs[1] ? 1 : 2, 0, 0);
	oracle_compare(c, "optimal_first, by c mu", optimal, weights[0] > weights[1] ? 1 : 2, 0, 0);
}

bool oracle_judge_costs(struct oracle_case *c)
{
	if (!oracle_has(c, "holding_cost"))
		return false;
	struct oracle_model *m = NEW(struct oracle_model);
	if (oracle_build_priority(c, m))
		judge_orders(c, m);
	oracle_model_done(m);
	free(m);
	return true;
}

/* ---- figures that were simulated themselves ------------------------------------------------- */

bool oracle_judge_pooling(struct oracle_case *c)
{
	struct oracle_model *m = NEW(struct oracle_model);
	struct oracle_result *result = oracle_result_new();
	const char *name;
	json_t *value;
	double got, error;
	if (oracle_build_pooling(c, m)) {
		oracle_spoil(c, m);
		oracle_refuse_unread(c);
		if (c->fault.code == 0 && play(c, m, result))
			json_object_foreach(c->expected, name, value)
			{
				double middle = json_number_value(json_array_get(value, 0));
				double half = json_number_value(json_array_get(value, 1));
				if (json_array_size(value) != 2 ||
				    !oracle_figure(m, result, name, ALL, &got, &error))
					ORACLE_CASE_FAULT(c, "the figure %s is not known here",
							  name);
				else
					oracle_compare(c, name, middle, got, half + SLACK * middle,
						       error);
			}
	}
	oracle_model_done(m);
	free(m);
	free(result);
	return true;
}

/* ---- the conservation law ------------------------------------------------------------------- */

static double erlang_c_wait(double rate, double service, unsigned servers)
{
	double load = rate / service, b = 1;
	for (unsigned k = 1; k <= servers; k++)
		b = load * b / (k + load * b);
	return b / (1 - load / servers * (1 - b)) / (servers * service - rate);
}

enum ranking { RANK_AGE, RANK_TIERS, RANK_TIERS_BACK, RANK_GROWTHS, RANK_AHEAD, RANKINGS };
static const char *const ranking_names[RANKINGS] = {"by age", "in tiers", "in tiers turned round",
						    "growing", "by deadline"};

static void set_ranking(struct oracle_model *m, enum ranking ranking)
{
	struct routing_queue_set *q = &m->queues[0];
	unsigned growth = 1;
	q->has_ranks = true;
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++) {
		struct routing_rank *rank = &q->ranks[p];
		*rank = (struct routing_rank){.growth = 1};
		if (ranking == RANK_TIERS || ranking == RANK_TIERS_BACK)
			rank->tier = (uint8_t)(ranking == RANK_TIERS ? p : 9 - p);
		if (ranking == RANK_GROWTHS)
			rank->growth = (uint16_t)growth;
		if (ranking == RANK_AHEAD)
			rank->ahead_us = -(usher_us)p * USHER_MINUTE;
		growth = growth < 1000 ? growth * 10 : growth;
	}
}

/* With the same luck the same agents are busy at the same time in every order, so that this is far
 * sharper than the comparison with theory. */
#define SAME_LUCK 0.01

static double play_ranking(struct oracle_case *c, struct oracle_model *m, enum ranking ranking,
			   double *ret_error)
{
	struct oracle_result *result = oracle_result_new();
	double got = 0;
	set_ranking(m, ranking);
	if (play(c, m, result))
		got = read_figure(m, result, "cost", ALL, ret_error);
	free(result);
	return got;
}

/* Whoever comes first: where all are served alike, the sum of rate × wait stays the same. */
void oracle_judge_conservation(struct oracle_case *c, enum routing_order order, double *reference)
{
	struct oracle_model *m = NEW(struct oracle_model);
	enum ranking ranking = (enum ranking)(order % RANKINGS);
	double rate = 0, got, error = 0;
	if (!oracle_build_priority(c, m) || oracle_has(c, "service_rates"))
		ORACLE_CASE_FAULT(c, "no case in which all are served alike");
	for (unsigned k = 0; k < m->class_count; k++)
		rate += m->classes[k].rate;
	double expected = rate * erlang_c_wait(rate, m->rates[0][0], m->agent_count);
	if (c->fault.code == 0 && *reference == 0)
		*reference = play_ranking(c, m, RANK_AGE, &error);
	if (c->fault.code == 0) {
		oracle_spoil(c, m);
		m->queues[0].order = order;
		got = play_ranking(c, m, ranking, &error);
		oracle_compare(c, ranking_names[ranking], expected, got, SLACK * expected, error);
		oracle_compare(c, "the same by age", *reference, got, SAME_LUCK * *reference, 0);
	}
	oracle_model_done(m);
	free(m);
}
