/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days that start empty, in periods with rates and staff of their own: kinds of contacts in one
 * line by age, groups of agents of whom a kind prefers the first, a busyness that is drawn for each
 * day. A class is a kind of contact that came in one period.
 */
#include "routing/base/memory.h"
#include "tests/sim/oracle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_US ((double)USHER_MINUTE)
#define GROUPS_MAX 16
#define PERIODS_MAX 8
#define LENGTHEN 16 /* days are cheap: so many times the arrivals, about as many as published */
#define DRAWS 64    /* of a day's busyness, of which the middle one is taken */
#define DAY_MINUTES 1440

struct day {
	unsigned types, periods, groups;
	double minutes, busyness; /* length of a period; shape of the gamma */
	double rates[ORACLE_CLASSES];
	unsigned staff[GROUPS_MAX][PERIODS_MAX + 1]; /* the last one until all are served */
	struct oracle_model m;
};

static const json_t *part(struct oracle_case *c, const json_t *list, size_t i, size_t size)
{
	const json_t *value = json_array_get(list, i);
	if (json_array_size(value) != size)
		ORACLE_CASE_FAULT(c, "a list of %zu is needed", size);
	return value;
}

static void read_rates(struct oracle_case *c, struct day *d)
{
	const json_t *lambda = json_object_get(c->params, "lambda_per_min");
	double mu[PERIODS_MAX + 1], nu[PERIODS_MAX + 1];
	oracle_mark(c, "lambda_per_min");
	d->types = (unsigned)json_array_size(lambda);
	d->periods = (unsigned)json_array_size(json_array_get(lambda, 0));
	if (d->types == 0 || d->types > ORACLE_QUEUES || d->periods == 0 ||
	    d->periods > PERIODS_MAX || d->types * d->periods > ORACLE_CLASSES) {
		ORACLE_CASE_FAULT(c, "too many or no kinds and periods in lambda_per_min");
		return;
	}
	if (oracle_numbers(c, "mu", mu, PERIODS_MAX + 1) < d->periods ||
	    oracle_numbers(c, "nu", nu, PERIODS_MAX + 1) < d->periods)
		ORACLE_CASE_FAULT(c, "mu and nu must tell of each period");
	d->m.class_count = d->types * d->periods;
	for (unsigned k = 0; k < d->m.class_count && c->fault.code == 0; k++) {
		unsigned type = k / d->periods, period = k % d->periods;
		const json_t *row = part(c, lambda, type, d->periods);
		d->rates[k] = json_number_value(json_array_get(row, period));
		d->m.classes[k] = (struct oracle_class){.patience = nu[period],
							.queue = type + 1,
							.channel = CHANNEL_TELEPHONY,
							.priority = CONTACT_PRIORITY_DEFAULT,
							.scv = 1};
		for (unsigned g = 0; g < GROUPS_MAX; g++)
			d->m.rates[k][g] = mu[period];
	}
}

/* The group's place in the list of the type; -1 = it does not serve it. */
static int place(const json_t *groups, unsigned group)
{
	for (size_t i = 0; i < json_array_size(groups); i++)
		if (json_integer_value(json_array_get(groups, i)) == (json_int_t)group)
			return (int)i;
	return -1;
}

static void read_groups(struct oracle_case *c, struct day *d)
{
	const json_t *agents = json_object_get(c->params, "agents");
	const json_t *types = json_object_get(c->params, "type_to_groups");
	oracle_mark(c, "agents");
	oracle_mark(c, "type_to_groups");
	oracle_mark(c, "group_to_types"); /* with one line by age the order in it says nothing */
	d->groups = (unsigned)json_array_size(agents);
	if (d->groups == 0 || d->groups > GROUPS_MAX || json_array_size(types) != d->types) {
		ORACLE_CASE_FAULT(c, "agents and type_to_groups do not fit");
		return;
	}
	for (unsigned t = 0; t < d->types; t++)
		oracle_add_queue(&d->m);
	for (unsigned g = d->groups; g-- > 0;) {
		const json_t *row = json_array_get(agents, g);
		unsigned most = 0, first = d->m.agent_count;
		for (unsigned p = 0; p <= d->periods; p++) {
			size_t at = p < json_array_size(row) ? p : json_array_size(row) - 1;
			d->staff[g][p] = (unsigned)json_integer_value(json_array_get(row, at));
			most = d->staff[g][p] > most ? d->staff[g][p] : most;
		}
		if (most == 0 || !oracle_add_agents(&d->m, g, most))
			ORACLE_CASE_FAULT(c, "a group without agents, or with too many");
		for (unsigned a = first; a < d->m.agent_count; a++) {
			struct routing_agent_set *set = &d->m.agents[a].set;
			set->queue_count = 0;
			for (unsigned t = 0; t < d->types; t++) {
				int ring = place(json_array_get(types, t), g);
				if (ring >= 0)
					set->queues[set->queue_count++] = (struct routing_member){
						.queue = t + 1, .ring = (uint8_t)ring};
			}
		}
	}
}

/* The length of the periods and the spread of the days stand in the sentence alone. */
static bool read_day(struct oracle_case *c, struct day *d)
{
	unsigned types, groups, periods;
	double hours;
	if (sscanf(c->model, "%u types, %u groups, %u x %lf h periods, gamma busyness %lf", &types,
		   &groups, &periods, &hours, &d->busyness) != 5 ||
	    !(hours > 0) || hours * periods >= 24 || !(d->busyness > 0)) {
		ORACLE_CASE_FAULT(c, "the model does not describe periods and busyness");
		return false;
	}
	d->minutes = hours * 60;
	d->m.unit_us = MINUTE_US;
	d->m.weight = AGENT_CAPACITY_DEFAULT;
	d->m.threshold = oracle_number(c, "awt_s") / 60;
	read_rates(c, d);
	if (c->fault.code == 0)
		read_groups(c, d);
	if (c->fault.code == 0 &&
	    (types != d->types || groups != d->groups || periods != d->periods))
		ORACLE_CASE_FAULT(c, "the model and the parameters do not fit");
	oracle_refuse_unread(c);
	if (c->fault.code == 0)
		oracle_spoil(c, &d->m);
	return c->fault.code == 0;
}

/* ---- playing -------------------------------------------------------------------------------- */

static bool play_day(struct oracle_world *w, struct day *d, unsigned number, double busyness)
{
	double start = (double)number * DAY_MINUTES;
	bool is_good = true;
	for (unsigned p = 0; p <= d->periods && is_good; p++) {
		for (unsigned k = 0; k < d->m.class_count; k++)
			d->m.classes[k].rate = k % d->periods == p ? busyness * d->rates[k] : 0;
		for (unsigned g = 0; g < d->groups; g++)
			oracle_staff(w, g, d->staff[g][p]);
		oracle_rates_changed(w);
		is_good = p < d->periods ? oracle_play_until(w, start + (p + 1) * d->minutes)
					 : oracle_run_out(w);
	}
	return is_good;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Days as busy as the law says, evenly: its quantiles, every batch with some of each size. */
static double *draw_days(const struct day *d, unsigned days, uint64_t seed)
{
	size_t draws = (size_t)days * DRAWS;
	double *drawn = memory_new_array(draws, sizeof drawn[0]);
	uint64_t random = hash_mix(seed + 77);
	for (size_t i = 0; i < draws; i++)
		drawn[i] = random_gamma(&random, d->busyness) / d->busyness;
	qsort(drawn, draws, sizeof drawn[0], by_size);
	for (size_t i = 0; i < days; i++) {
		double sum = 0;
		for (size_t j = 0; j < DRAWS; j++)
			sum += drawn[i * DRAWS + j];
		drawn[i] = sum / DRAWS;
	}
	return drawn;
}

static bool play_days(struct oracle_case *c, struct day *d, unsigned days,
		      struct oracle_result *ret)
{
	double *busyness = draw_days(d, days, c->options->seed);
	struct oracle_world *w = oracle_open(&d->m, c->options->seed, &c->fault);
	struct oracle_sums *batch = NEW(struct oracle_sums), *sums = NEW(struct oracle_sums);
	bool is_good = w != NULL;
	unsigned each = days / ORACLE_BATCHES, number = 0;
	for (unsigned b = 0; b < ORACLE_BATCHES && is_good; b++) {
		*batch = (struct oracle_sums){0};
		for (unsigned i = 0; i < each && is_good; i++) {
			unsigned at = i * ORACLE_BATCHES + (i % 2 ? ORACLE_BATCHES - 1 - b : b);
			is_good = oracle_play_until(w, (double)number * DAY_MINUTES);
			oracle_take(w, sums); /* the night counts for nothing */
			is_good = is_good && play_day(w, d, number++, busyness[at]);
			oracle_take(w, sums);
			for (size_t j = 0; j < sizeof *sums / sizeof(double); j++)
				((double *)batch)[j] += ((double *)sums)[j];
		}
		oracle_result_add(ret, b, batch);
	}
	oracle_result_finish(ret);
	oracle_close(w);
	free(busyness);
	free(batch);
	free(sums);
	return is_good;
}

/* ---- figures -------------------------------------------------------------------------------- */

enum day_figure { DAY_SERVED, DAY_LEFT, DAY_LEVEL, DAY_OCCUPANCY, DAY_GOOD };

static double value_of(const struct day *d, const struct oracle_sums *s, enum day_figure figure,
		       unsigned class, double days)
{
	double served = 0, left = 0, good = 0, left_soon = 0;
	for (unsigned k = 0; k < d->m.class_count; k++) {
		served += s->served[k];
		left += s->left[k];
		good += s->served_soon[k];
		left_soon += s->left_soon[k];
	}
	switch (figure) {
	case DAY_SERVED:
		return served / days;
	case DAY_LEFT:
		return left / days;
	case DAY_LEVEL: /* who hung up in good time is not counted */
		return good / (served + left - left_soon);
	case DAY_OCCUPANCY:
		return s->busy[class] / s->present[class];
	case DAY_GOOD:
		return s->served_soon[class] / days;
	}
	return NAN;
}

/* Published as the ends of an interval, which is half as wide again by our own error. */
static void compare(struct oracle_case *c, const struct day *d, const struct oracle_result *result,
		    unsigned days, enum day_figure figure, unsigned class, const char *name,
		    const json_t *interval)
{
	double squares = 0;
	double got = value_of(d, &result->total, figure, class, days);
	double low = json_number_value(json_array_get(interval, 0));
	double high = json_number_value(json_array_get(interval, 1));
	unsigned rest = days - days / ORACLE_BATCHES;
	if (json_array_size(interval) != 2) {
		ORACLE_CASE_FAULT(c, "no published interval of %s", name);
		return;
	}
	for (unsigned b = 0; b < ORACLE_BATCHES; b++) {
		double off = value_of(d, &result->without[b], figure, class, rest) - got;
		squares += off * off;
	}
	double error = sqrt(squares * (ORACLE_BATCHES - 1) / ORACLE_BATCHES);
	oracle_compare(c, name, (low + high) / 2, got, (high - low) / 2 + 2 * error, 0);
}

static void judge(struct oracle_case *c, struct day *d)
{
	struct oracle_result *result = oracle_result_new();
	const json_t *good = json_object_get(c->published, "in_target_by_type_period");
	double day = 0;
	char label[ORACLE_NAME];
	for (unsigned k = 0; k < d->m.class_count; k++)
		day += d->rates[k] * d->minutes;
	unsigned days = (unsigned)(LENGTHEN * (double)c->options->arrivals / day);
	days = (days / ORACLE_BATCHES + 1) * ORACLE_BATCHES;
	if (play_days(c, d, days, result)) {
		compare(c, d, result, days, DAY_SERVED, 0, "served",
			json_object_get(c->published, "served"));
		compare(c, d, result, days, DAY_LEFT, 0, "abandoned",
			json_object_get(c->published, "abandoned"));
		compare(c, d, result, days, DAY_LEVEL, 0, "service_level",
			json_object_get(c->published, "service_level"));
		compare(c, d, result, days, DAY_OCCUPANCY, 0, "occupancy_group0",
			json_object_get(c->published, "occupancy_group0"));
		for (unsigned k = 0; k < d->m.class_count; k++) {
			unsigned type = k / d->periods, period = k % d->periods;
			snprintf(label, sizeof label, "good[%u][%u]", type, period);
			compare(c, d, result, days, DAY_GOOD, k, label,
				json_array_get(json_array_get(good, type), period));
		}
	}
	free(result);
}

bool oracle_judge_days(struct oracle_case *c)
{
	struct day *d = NEW(struct day);
	if (read_day(c, d))
		judge(c, d);
	oracle_model_done(&d->m);
	free(d);
	return true;
}
