/* SPDX-License-Identifier: Apache-2.0 */
/* Figures read out of sums, by the names that the cases use. */
#include "tests/sim/oracle.h"

#include <math.h>
#include <string.h>

#define SUMS (sizeof(struct oracle_sums) / sizeof(double))

void oracle_result_add(struct oracle_result *result, unsigned batch, const struct oracle_sums *s)
{
	const double *from = (const double *)s;
	double *total = (double *)&result->total;
	result->without[batch] = *s;
	for (size_t i = 0; i < SUMS; i++)
		total[i] += from[i];
}

void oracle_result_finish(struct oracle_result *result)
{
	const double *total = (const double *)&result->total;
	for (unsigned b = 0; b < ORACLE_BATCHES; b++) {
		double *one = (double *)&result->without[b];
		for (size_t i = 0; i < SUMS; i++)
			one[i] = total[i] - one[i];
	}
}

/* ---- what a figure is made of --------------------------------------------------------------- */

struct view {
	const struct oracle_model *m;
	const struct oracle_sums *s;
	int class, group; /* -1 = all */
};

static double add(const double *values, int one, unsigned count)
{
	double sum = 0;
	for (unsigned i = 0; i < count; i++)
		if (one < 0 || (unsigned)one == i)
			sum += values[i];
	return sum;
}

static double ratio(double a, double b)
{
	return b != 0 ? a / b : 0;
}

#define CLASS(v, member) add((v)->s->member, (v)->class, (v)->m->class_count)

static double agents(const struct view *v)
{
	double n = 0;
	for (unsigned a = 0; a < v->m->agent_count; a++)
		n += v->group < 0 || v->m->agents[a].group == (unsigned)v->group;
	return n;
}

static double busy(const struct view *v)
{
	return add(v->s->busy, v->group, v->m->group_count);
}

static double accepted(const struct view *v)
{
	return CLASS(v, arrived) - CLASS(v, blocked);
}

static double all_wait(const struct view *v)
{
	return CLASS(v, served_wait) + CLASS(v, left_wait);
}

static double f_p_wait(const struct view *v)
{
	return ratio(CLASS(v, waited), CLASS(v, arrived));
}

static double f_p_wait_accepted(const struct view *v)
{
	return ratio(CLASS(v, waited), accepted(v));
}

static double f_mean_wait(const struct view *v)
{
	return ratio(all_wait(v), CLASS(v, served) + CLASS(v, left));
}

static double f_mean_wait_given_wait(const struct view *v)
{
	return ratio(all_wait(v), CLASS(v, waited));
}

static double f_mean_wait_served(const struct view *v)
{
	return ratio(CLASS(v, served_wait), CLASS(v, served));
}

static double f_mean_wait_left(const struct view *v)
{
	return ratio(CLASS(v, left_wait), CLASS(v, left));
}

static double f_var_wait(const struct view *v)
{
	double mean = f_mean_wait_served(v);
	return ratio(CLASS(v, served_square), CLASS(v, served)) - mean * mean;
}

static double f_mean_queue(const struct view *v)
{
	return ratio(CLASS(v, queue), v->s->time);
}

static double f_in_service(const struct view *v)
{
	return ratio(busy(v), v->s->time);
}

static double f_in_system(const struct view *v)
{
	return f_mean_queue(v) + f_in_service(v);
}

static double f_utilisation(const struct view *v)
{
	return ratio(busy(v), v->s->time * agents(v));
}

static double f_service_time(const struct view *v)
{
	return ratio(CLASS(v, sojourn), CLASS(v, done));
}

static double f_offered_load(const struct view *v)
{
	return ratio(CLASS(v, arrived), v->s->time) * f_service_time(v);
}

static double f_sojourn(const struct view *v)
{
	return f_mean_wait(v) + f_service_time(v);
}

static double f_level_served(const struct view *v)
{
	return ratio(CLASS(v, served_soon), CLASS(v, served));
}

static double f_level_accepted(const struct view *v)
{
	return ratio(CLASS(v, served_soon), accepted(v));
}

static double f_level_all(const struct view *v)
{
	return ratio(CLASS(v, served_soon), CLASS(v, arrived));
}

static double f_left_soon(const struct view *v)
{
	return ratio(CLASS(v, left_soon), CLASS(v, arrived));
}

static double f_later(const struct view *v)
{
	return 1 - f_level_all(v) - f_left_soon(v) - ratio(CLASS(v, blocked), CLASS(v, arrived));
}

static double f_p_block(const struct view *v)
{
	return ratio(CLASS(v, blocked), CLASS(v, arrived));
}

static double f_p_abandon(const struct view *v)
{
	return ratio(CLASS(v, left), CLASS(v, arrived));
}

static double f_p_abandon_waited(const struct view *v)
{
	return ratio(CLASS(v, left), CLASS(v, waited));
}

static double f_eff_rate(const struct view *v)
{
	return ratio(accepted(v), v->s->time);
}

static double f_throughput(const struct view *v)
{
	return ratio(CLASS(v, served), v->s->time);
}

static double f_p_empty(const struct view *v)
{
	return ratio(v->s->empty, v->s->time);
}

static double f_agent_idle(const struct view *v)
{
	return ratio(v->s->idle, v->s->time * agents(v));
}

static double f_jain(const struct view *v)
{
	double sum = 0, squares = 0;
	for (unsigned g = 0; g < v->m->group_count; g++) {
		sum += v->s->busy[g];
		squares += v->s->busy[g] * v->s->busy[g];
	}
	return ratio(sum * sum, squares * v->m->group_count);
}

static double matched(const struct view *v)
{
	double sum = 0;
	for (unsigned k = 0; k < v->m->class_count; k++)
		if (v->class < 0 || (unsigned)v->class == k)
			sum += add(v->s->matched[k], v->group, v->m->group_count);
	return sum;
}

static double f_match_rate(const struct view *v)
{
	return ratio(matched(v), v->s->time);
}

static double f_match_fraction(const struct view *v)
{
	struct view all = {v->m, v->s, -1, -1};
	return ratio(matched(v), matched(&all));
}

/* Sum of rate × wait × cost: the same for every order where all are served alike and cost 1. */
static double f_cost(const struct view *v)
{
	double sum = 0;
	for (unsigned k = 0; k < v->m->class_count; k++) {
		struct view one = {v->m, v->s, (int)k, -1};
		double cost = v->m->costs[k] != 0 ? v->m->costs[k] : 1;
		sum += v->m->classes[k].rate * f_mean_wait(&one) * cost;
	}
	return sum;
}

static const struct {
	const char *name;
	double (*value)(const struct view *v);
	bool is_of_group; /* a single index counts agents */
	int class;        /* of a figure without index that tells of one class; else -1 */
} figures[] = {
	{"p_wait", f_p_wait, false, -1},
	{"p_wait_given_accepted", f_p_wait_accepted, false, -1},
	{"p_call_waits", f_p_wait, false, 0},
	{"mean_wait", f_mean_wait, false, -1},
	{"mean_wait_all", f_mean_wait, false, -1},
	{"fcfs_mean_wait", f_mean_wait, false, -1},
	{"mean_call_wait", f_mean_wait, false, 0},
	{"mean_wait_given_wait", f_mean_wait_given_wait, false, -1},
	{"mean_wait_served", f_mean_wait_served, false, -1},
	{"mean_wait_abandoned", f_mean_wait_left, false, -1},
	{"var_wait", f_var_wait, false, -1},
	{"mean_queue", f_mean_queue, false, -1},
	{"mean_in_system", f_in_system, false, -1},
	{"mean_sojourn", f_sojourn, false, -1},
	{"offered_load", f_offered_load, false, -1},
	{"utilisation", f_utilisation, true, -1},
	{"busy", f_utilisation, true, -1},
	{"server_busy", f_utilisation, true, -1},
	{"server_load", f_utilisation, true, -1},
	{"per_server_occupancy", f_utilisation, true, -1},
	{"jain_index", f_jain, false, -1},
	{"carried", f_in_service, false, -1},
	{"service_level_T", f_level_served, false, -1},
	{"service_level_accepted_T", f_level_accepted, false, -1},
	{"service_level_all_T", f_level_all, false, -1},
	{"p_served_within_T", f_level_all, false, -1},
	{"p_abandon_within_T", f_left_soon, false, -1},
	{"p_still_waiting_T", f_later, false, -1},
	{"p_block", f_p_block, false, -1},
	{"p_abandon", f_p_abandon, false, -1},
	{"p_abandon_given_wait", f_p_abandon_waited, false, -1},
	{"eff_rate", f_eff_rate, false, -1},
	{"email_throughput", f_throughput, false, 1},
	{"p_empty", f_p_empty, false, -1},
	{"match_rate", f_match_rate, false, -1},
	{"match_fraction", f_match_fraction, false, -1},
	{"mean_chats_in_service", f_in_service, false, -1},
	{"mean_concurrency_per_agent", f_utilisation, false, -1},
	{"mean_chat_duration", f_service_time, false, -1},
	{"p_agent_idle", f_agent_idle, false, -1},
	{"cost", f_cost, false, -1},
};

bool oracle_figure(const struct oracle_model *m, const struct oracle_result *result,
		   const char *name, struct oracle_index at, double *ret, double *ret_error)
{
	double squares = 0;
	size_t i = 0;
	while (i < sizeof figures / sizeof figures[0] && strcmp(figures[i].name, name) != 0)
		i++;
	if (i == sizeof figures / sizeof figures[0])
		return false;
	bool is_group = figures[i].is_of_group;
	struct view v = {m, &result->total, is_group ? -1 : at.first,
			 is_group ? at.first : at.second};
	if (at.first < 0)
		v.class = figures[i].class;
	*ret = figures[i].value(&v);
	for (unsigned b = 0; b < ORACLE_BATCHES; b++) {
		v.s = &result->without[b];
		double off = figures[i].value(&v) - *ret;
		squares += off * off;
	}
	*ret_error = sqrt(squares * (ORACLE_BATCHES - 1) / ORACLE_BATCHES);
	return true;
}
