/* SPDX-License-Identifier: Apache-2.0 */
/* A case: its parameters, and the comparison of what it expects with what was played. */
#include "routing/base/memory.h"
#include "tests/sim/oracle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLACK 0.05       /* of the expected figure */
#define SLACK_JAIN 0.005 /* of an index that is seldom far from 1 */
#define ERRORS 4         /* standard errors */
#define RARE 10          /* so many events more or less of a rare kind are chance */
#define STAGES 4         /* a run is repeated so many times as long */
#define ERROR_WANTED 0.1 /* while 4 errors are above this share of a figure */

/* ---- parameters ----------------------------------------------------------------------------- */

static json_t *param(struct oracle_case *c, const char *name)
{
	oracle_mark(c, name);
	return json_object_get(c->params, name);
}

bool oracle_has(const struct oracle_case *c, const char *name)
{
	return json_object_get(c->params, name) != NULL;
}

static double positive(struct oracle_case *c, const char *name, const json_t *value)
{
	double number = json_is_number(value) ? json_number_value(value) : 0;
	if (number > 0 && isfinite(number))
		return number;
	ORACLE_CASE_FAULT(c, "the parameter %s is missing or not above 0", name);
	return 1;
}

double oracle_number(struct oracle_case *c, const char *name)
{
	return positive(c, name, param(c, name));
}

double oracle_number_or(struct oracle_case *c, const char *name, double otherwise)
{
	return oracle_has(c, name) ? oracle_number(c, name) : otherwise;
}

unsigned oracle_count(struct oracle_case *c, const char *name, unsigned max)
{
	const json_t *value = param(c, name);
	json_int_t n = json_is_integer(value) ? json_integer_value(value) : -1;
	if (n >= 0 && n <= max)
		return (unsigned)n;
	ORACLE_CASE_FAULT(c, "the parameter %s is no number of 0 to %u", name, max);
	return 0;
}

unsigned oracle_numbers(struct oracle_case *c, const char *name, double *ret, unsigned max)
{
	const json_t *list = param(c, name);
	size_t n = json_array_size(list);
	if (n == 0 || n > max) {
		ORACLE_CASE_FAULT(c, "the parameter %s is no list of 1 to %u numbers", name, max);
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		ret[i] = json_number_value(json_array_get(list, i));
		if (!json_is_number(json_array_get(list, i)) || !(ret[i] >= 0))
			ORACLE_CASE_FAULT(c, "the parameter %s holds what is no number", name);
	}
	return (unsigned)n;
}

void oracle_mark(struct oracle_case *c, const char *name)
{
	json_object_set_new(c->used, name, json_true());
}

void oracle_refuse_unread(struct oracle_case *c)
{
	const char *name;
	json_t *value;
	json_object_foreach(c->params, name, value) if (json_object_get(c->used, name) == NULL)
		ORACLE_CASE_FAULT(c, "the parameter %s is not known here", name);
}

void oracle_spoil(struct oracle_case *c, struct oracle_model *m)
{
	if (c->spoil != NULL)
		c->spoil(m);
}

/* ---- comparison ----------------------------------------------------------------------------- */

void oracle_compare(struct oracle_case *c, const char *figure, double expected, double got,
		    double slack, double error)
{
	double tolerance = fmax(slack, ERRORS * error);
	bool is_hit = fabs(got - expected) <= tolerance; /* false of what is no number */
	c->figures++;
	c->missed += !is_hit;
	if (!c->is_quiet)
		printf("# %-38s %-30s %12.6g %12.6g +- %-10.3g%s\n", c->name, figure, expected, got,
		       tolerance, is_hit ? "" : " MISSED");
}

void oracle_compare_side(struct oracle_case *c, const char *figure, enum oracle_side side,
			 double expected, double got, double error)
{
	bool is_hit = side * (got - expected) >= -ERRORS * error;
	c->figures++;
	c->missed += !is_hit;
	if (!c->is_quiet)
		printf("# %-38s %-30s %s%11.6g %12.6g +- %-10.3g%s\n", c->name, figure,
		       side > 0 ? ">" : "<", expected, got, ERRORS * error,
		       is_hit ? "" : " MISSED");
}

/* Probabilities of what never happens are given as 1e-27. */
static double slack_of(const struct oracle_case *c, const char *name, double expected)
{
	const json_t *absolute = json_object_get(c->sim, "abs");
	bool is_share = strncmp(name, "p_", 2) == 0 || strncmp(name, "match_", 6) == 0;
	double slack = fabs(expected) * (strcmp(name, "jain_index") == 0 ? SLACK_JAIN : SLACK);
	if (json_is_number(absolute))
		slack = json_number_value(absolute);
	return is_share ? fmax(slack, RARE / (double)c->options->arrivals) : slack;
}

static void judge_value(struct oracle_case *c, const struct oracle_model *m,
			const struct oracle_result *result, const char *name, const json_t *value,
			struct oracle_index at)
{
	char label[ORACLE_NAME + 24];
	double got, error;
	size_t count = json_array_size(value);
	if (json_is_array(value) && at.second < 0 && count > 0) {
		for (size_t i = 0; i < count; i++)
			judge_value(c, m, result, name, json_array_get(value, i),
				    at.first < 0 ? (struct oracle_index){(int)i, -1}
						 : (struct oracle_index){at.first, (int)i});
		return;
	}
	if (!json_is_number(value) || !oracle_figure(m, result, name, at, &got, &error)) {
		ORACLE_CASE_FAULT(c, "the expected figure %s is not known here", name);
		return;
	}
	if (at.second >= 0)
		snprintf(label, sizeof label, "%s[%d][%d]", name, at.first, at.second);
	else if (at.first >= 0)
		snprintf(label, sizeof label, "%s[%d]", name, at.first);
	else
		snprintf(label, sizeof label, "%s", name);
	double expected = json_number_value(value);
	oracle_compare(c, label, expected, got, slack_of(c, name, expected), error);
}

void oracle_judge_figures(struct oracle_case *c, const struct oracle_model *m,
			  const struct oracle_result *result, json_t *expected)
{
	const char *name;
	json_t *value;
	if (json_object_size(expected) == 0)
		ORACLE_CASE_FAULT(c, "nothing is expected");
	json_object_foreach(expected, name, value)
		judge_value(c, m, result, name, value, (struct oracle_index){-1, -1});
}

struct oracle_result *oracle_result_new(void)
{
	return NEW(struct oracle_result);
}

/* A long-memory queue needs a longer run, or four errors are too wide to say anything. */
static bool is_vague(const struct oracle_model *m, const struct oracle_result *result)
{
	static const char *const telling[] = {"mean_wait", "p_block"};
	double value, error;
	for (unsigned i = 0; i < 2; i++)
		if (oracle_figure(m, result, telling[i], (struct oracle_index){-1, -1}, &value,
				  &error) &&
		    value > 0.001 && ERRORS * error > ERROR_WANTED * value)
			return true;
	return false;
}

void oracle_judge(struct oracle_case *c, struct oracle_model *m)
{
	struct oracle_result *result = oracle_result_new();
	bool is_played = false;
	oracle_refuse_unread(c);
	oracle_spoil(c, m);
	for (unsigned stage = 1; stage <= STAGES && c->fault.code == 0; stage *= 2) {
		*result = (struct oracle_result){0};
		is_played = oracle_run(m, c->options->arrivals * stage, c->options->seed, result,
				       &c->fault);
		if (is_played && (c->is_quiet || !is_vague(m, result)))
			break;
	}
	if (is_played)
		oracle_judge_figures(c, m, result, c->expected);
	free(result);
}
