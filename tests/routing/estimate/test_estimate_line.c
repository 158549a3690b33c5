/* SPDX-License-Identifier: Apache-2.0 */
/* The estimates against simulated lines: closed forms for M/M/s, coverage elsewhere. */
#include "tests/tap.h"

#include "routing/estimate/formula.h"
#include "tests/routing/estimate/line.h"

#include <math.h>
#include <stdio.h>

#include <jansson.h>

#define ARRIVALS 300000u
#define WARM_UP 20000u
#define BATCHES 20
#define MINUTE 60e6

/* A mean with its standard error from batches, since waits follow each other. */
struct tally {
	double sum[BATCHES];
	double n[BATCHES];
};

static void add(struct tally *t, int batch, double x)
{
	t->sum[batch] += x;
	t->n[batch]++;
}

static double mean(const struct tally *t)
{
	double sum = 0, n = 0;
	for (int i = 0; i < BATCHES; i++) {
		sum += t->sum[i];
		n += t->n[i];
	}
	return n > 0 ? sum / n : 0;
}

static double error_of(const struct tally *t)
{
	double m = mean(t), squares = 0, n = 0;
	for (int i = 0; i < BATCHES; i++)
		n += t->n[i];
	for (int i = 0; i < BATCHES; i++) {
		double off = (t->sum[i] - m * t->n[i]) / n;
		squares += off * off;
	}
	return sqrt(squares * BATCHES / (BATCHES - 1));
}

/* One row of the table. NULL: no figures to compare with are simulated. */
static void row(const char *line, const char *what, double expected, const struct tally *t,
		double scale)
{
	double got = mean(t) * scale;
	double tolerance = fmax(0.05 * expected, 4 * error_of(t) * scale);
	print_message("# %-16s %-34s %12.6g %12.6g %10.2g\n", line, what, expected, got, tolerance);
	if (fabs(got - expected) > tolerance)
		fail_msg("%s: %s is %g, not %g", line, what, got, expected);
}

struct mms {
	int servers;
	double rho;
	double unit_s; /* one mean service */
};

enum { QL, HOL, LES, LEARNT };

struct study {
	struct mms m;
	struct estimate_line truth;
	unsigned seen;
	struct tally wait, wait_behind;	   /* of all who wait; of those behind somebody */
	struct tally square[4], scaled[2]; /* error^2; error^2 by the formula's variance */
	struct tally head_plain;
};

static void guess(void *arg, const struct estimator *e, int class, usher_us now,
		  struct line_contact *c)
{
	struct study *s = arg;
	(void)s;
	(void)class;
	struct estimate_question q = {(uint32_t)c->ahead + 1, 0, -1};
	estimator_answer(e, now, &q, &c->guess[LEARNT]);
}

static double square(double x)
{
	return x * x;
}

static void judge(void *arg, struct estimator *e, int class, usher_us now,
		  const struct line_contact *c, double waited)
{
	struct study *s = arg;
	(void)e;
	(void)class;
	(void)now;
	if (!c->is_kept)
		return;
	int batch = (int)((double)s->seen++ * BATCHES / ARRIVALS) % BATCHES;
	double us = waited * 1e6;
	struct estimate_spread by = estimate_by_length(&s->truth, (uint32_t)c->ahead + 1);
	add(&s->wait, batch, us);
	add(&s->square[QL], batch, square(us - (double)by.mean_us));
	add(&s->scaled[QL], batch, square((us - (double)by.mean_us) / (double)by.sd_us));
	add(&s->square[LEARNT], batch, square(us - (double)c->guess[LEARNT].likely_us));
	by = estimate_by_last(&s->truth, (uint64_t)(c->last * 1e6), 0);
	add(&s->square[LES], batch, square(us - (double)by.mean_us));
	if (c->head < 0)
		return;
	by = estimate_by_head(&s->truth, (uint64_t)(c->head * 1e6), 0);
	add(&s->wait_behind, batch, us);
	add(&s->square[HOL], batch, square(us - (double)by.mean_us));
	add(&s->scaled[HOL], batch, square((us - (double)by.mean_us) / (double)by.sd_us));
	add(&s->head_plain, batch, square(us - c->head * 1e6));
}

static struct study *study(struct mms m, uint64_t seed)
{
	static struct study s;
	struct estimator end[LINE_CLASSES];
	double each_us = m.unit_s * 1e6 / m.servers;
	memset(&s, 0, sizeof s);
	s.m = m;
	s.truth.capacity = estimate_rate((uint64_t)m.servers, (uint64_t)(m.unit_s * 1e6));
	s.truth.arrival = (uint64_t)((double)ESTIMATE_RATE_SPAN / each_us * m.rho);
	struct line_setting l = {
		.classes = 1,
		.groups = 1,
		.service = 1 / m.unit_s,
		.agents = {m.servers},
		.arrival = {m.rho * m.servers / m.unit_s},
		.serves = {1},
		.arrivals = ARRIVALS,
		.warm_up = WARM_UP,
		.seed = seed,
		.arg = &s,
		.on_wait = guess,
		.on_start = judge,
		.rules = {.rate_half_life_us = 400 * USHER_DAY,
			  .handle_half_life = 100000,
			  .line_half_life = 100000},
	};
	line_run(&l, end);
	return &s;
}

/*
 * Closed forms for M/M/s, c = s mu, given that one waits. QL: the line is geometric. HOL: the age
 * of the head is exponential with c - lambda (as in M/M/1, whose server is the head's place). LES:
 * the time since the last to start had come, X, is exponential with c - lambda, and the time since
 * his start is min(Exp(lambda), X), by reversal; so E(W - w)^2 = ((1 + r) / (1 - r) + 1 + 2 r) /
 * c^2.
 */
static void against_closed_forms(const char *name, struct mms m, uint64_t seed)
{
	const struct study *s = study(m, seed);
	double c = m.servers, idle = 1 - m.rho;
	double unit = 1 / (m.unit_s * 1e6), unit2 = unit * unit;
	row(name, "mean wait", 1 / (c * idle), &s->wait, unit);
	row(name, "QL mse", 1 / (c * c * idle), &s->square[QL], unit2);
	row(name, "QL mse / variance", 1, &s->scaled[QL], 1);
	row(name, "QL relative mse", idle, &s->square[QL], 1 / square(mean(&s->wait)));
	row(name, "QL mse, rates learnt", 1 / (c * c * idle), &s->square[LEARNT], unit2);
	row(name, "mean wait behind somebody", (1 / idle + 1) / c, &s->wait_behind, unit);
	row(name, "HOL refined mse", 2 / (c * c * idle), &s->square[HOL], unit2);
	row(name, "HOL refined mse / variance", 1, &s->scaled[HOL], 1);
	row(name, "HOL plain mse", (2 / idle + 2) / (c * c), &s->head_plain, unit2);
	row(name, "LES mse", ((2 - idle) / idle + 1 + 2 * m.rho) / (c * c), &s->square[LES], unit2);
}

static void mms_lines(void **state)
{
	static const struct {
		const char *name;
		struct mms m;
	} lines[] = {
		{"M/M/100 .9", {100, .9, 300}}, {"M/M/100 .98", {100, .98, 300}},
		{"M/M/1 .9", {1, .9, 60}},	{"M/M/5 .7", {5, .7, 600}},
		{"M/M/30 .95", {30, .95, 180}}, {"M/M/10 .8", {10, .8, 3600}},
	};
	(void)state;
	print_message("# %-16s %-34s %12s %12s %10s\n", "case", "figure", "expected", "got",
		      "tolerance");
	for (unsigned i = 0; i < sizeof lines / sizeof lines[0]; i++)
		against_closed_forms(lines[i].name, lines[i].m, 1000 + i);
}

/* Each case of the shared file: its figures against the formulas here, and against a simulation. */
static void one_oracle(const json_t *c)
{
	const char *id = json_string_value(json_object_get(c, "id"));
	const json_t *p = json_object_get(c, "params");
	double servers = json_number_value(json_object_get(p, "servers"));
	double service = json_number_value(json_object_get(p, "service_rate"));
	double rho = json_number_value(json_object_get(p, "rho"));
	assert_true(id != NULL && servers >= 1 && servers < LINE_AGENTS && service > 0);
	assert_true(rho > 0 && rho < 1);
	const struct study *s = study((struct mms){(int)servers, rho, 300 / service}, 77);
	const struct {
		const char *key;
		const struct tally *t;
		double scale;
	} known[] = {
		{"mse_ql_given_wait", &s->square[QL], 1 / square(300e6)},
		{"mean_wait_given_wait", &s->wait, 1 / 300e6},
		{"relative_mse", &s->square[QL], 1 / square(mean(&s->wait))},
		{"mse_hol_given_wait", &s->square[HOL], 1 / square(300e6)},
		{"mse_les_given_wait", &s->square[LES], 1 / square(300e6)},
	};
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)json_object_get(c, "expected"), key, value)
	{
		bool is_known = !json_is_number(value);
		for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++)
			if (strcmp(key, known[i].key) == 0) {
				row(id, key, json_number_value(value), known[i].t, known[i].scale);
				is_known = true;
			}
		if (!is_known)
			print_message("# %s: nothing here is called %s\n", id, key);
	}
}

static void shared_oracles(void **state)
{
	(void)state;
	char path[4096];
	json_error_t error;
	const char *dir = shared_dir();
	if (dir == NULL)
		skip();
	snprintf(path, sizeof path, "%s/oracles/delay_estimators.json", dir);
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (file == NULL)
		skip();
	const json_t *cases = json_object_get(file, "cases");
	assert_true(json_array_size(cases) > 0);
	for (size_t i = 0; i < json_array_size(cases); i++)
		one_oracle(json_array_get(cases, i));
	json_decref(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mms_lines),
		cmocka_unit_test(shared_oracles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
