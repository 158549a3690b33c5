/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: oracle [ARRIVALS [SEED [FILTER]]]
 * Plays each case of the shared oracles that describes a queue (300,000 arrivals) and compares
 * what happened with what theory says: a TAP test per case, a line of the table per figure.
 * Tolerance: 5 % of the figure or four standard errors, whichever is more. FILTER is a part of
 * "family/case"; "spoiled" and "conservation" are families too.
 */
#include "routing/base/memory.h"
#include "tests/sim/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARRIVALS 300000
#define ARRIVALS_MIN 3000
#define SPOILED_ARRIVALS 75000 /* fewer, and a fault can hide in the errors */
#define SEED 20

static unsigned tests, failures;

static void tell(const struct oracle_case *c, bool is_good, const char *more)
{
	tests++;
	failures += !is_good;
	printf("%sok %u - %s%s%s\n", is_good ? "" : "not ", tests, c->name,
	       more[0] != '\0' ? ": " : "", more);
	if (c->fault.code != 0)
		printf("# %s: %s\n", c->name, c->fault.text);
	fflush(stdout);
}

/* ---- the files ------------------------------------------------------------------------------ */

static json_t *load_family(const struct oracle_options *o, const char *family)
{
	char path[4096];
	json_error_t error;
	snprintf(path, sizeof path, "%s/%s.json", o->dir, family);
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (file == NULL || json_array_size(json_object_get(file, "cases")) == 0) {
		tests++;
		failures++;
		printf("not ok %u - %s\n# %s cannot be read: %s\n", tests, family, path,
		       file == NULL ? error.text : "it has no cases");
	}
	return file;
}

static const char *text_or(const json_t *value, const char *otherwise)
{
	return json_is_string(value) ? json_string_value(value) : otherwise;
}

static void case_init(struct oracle_case *c, const struct oracle_options *o, const char *family,
		      json_t *item)
{
	*c = (struct oracle_case){.options = o,
				  .id = text_or(json_object_get(item, "id"), "?"),
				  .model = text_or(json_object_get(item, "model"), ""),
				  .params = json_object_get(item, "params"),
				  .expected = json_object_get(item, "expected"),
				  .tol = json_object_get(item, "tol"),
				  .sim = json_object_get(item, "sim"),
				  .published = json_object_get(item, "published"),
				  .used = json_object()};
	snprintf(c->name, sizeof c->name, "%s/%s", family, c->id);
	if (!json_is_object(c->params) || !json_is_object(c->expected))
		ORACLE_CASE_FAULT(c, "no params, or nothing expected");
}

static void case_done(struct oracle_case *c)
{
	json_decref(c->used);
	c->used = NULL;
}

static bool is_wanted(const struct oracle_case *c)
{
	return strstr(c->name, c->options->filter) != NULL;
}

/* ---- running -------------------------------------------------------------------------------- */

/* Every second case is asked and accepts, so that both ways of giving out are played. */
static void run_case(struct oracle_case *c, const struct oracle_family *f, bool has_asking)
{
	struct oracle_model *m = NEW(struct oracle_model);
	if (c->fault.code == 0 && (f->judge == NULL || !f->judge(c))) {
		m->has_asking = has_asking;
		if (f->build(c, m))
			oracle_judge(c, m);
	}
	oracle_model_done(m);
	free(m);
}

static void run_family(const struct oracle_options *o, const struct oracle_family *f)
{
	struct oracle_case c;
	json_t *item, *file = load_family(o, f->name);
	size_t i;
	json_array_foreach(json_object_get(file, "cases"), i, item)
	{
		case_init(&c, o, f->name, item);
		if (is_wanted(&c)) {
			run_case(&c, f, i % 2 == 1);
			if (c.is_formula)
				printf("# %s: a formula, nothing to play\n", c.name);
			else
				tell(&c, c.fault.code == 0 && c.figures > 0 && c.missed == 0, "");
		}
		case_done(&c);
	}
	json_decref(file);
}

/* The first case of the family that is one plain run must fail when its model is made wrong. */
static void run_spoiled(const struct oracle_options *o, const struct oracle_family *f)
{
	struct oracle_case c = {0};
	json_t *item, *file = load_family(o, f->name);
	size_t i;
	bool is_noticed = false;
	json_array_foreach(json_object_get(file, "cases"), i, item)
	{
		case_done(&c);
		case_init(&c, o, f->name, item);
		snprintf(c.name, sizeof c.name, "spoiled/%s", f->name);
		if (!is_wanted(&c))
			break;
		c.is_quiet = true;
		c.spoil = f->spoil;
		run_case(&c, f, false);
		is_noticed = c.fault.code == 0 && c.missed > 0;
		if (is_noticed)
			break;
	}
	if (c.used != NULL && is_wanted(&c))
		tell(&c, is_noticed, f->spoiled);
	case_done(&c);
	json_decref(file);
}

/* A case that says what is not understood must not pass. */
static void run_strange(const struct oracle_options *o, const char *part, const char *name)
{
	struct oracle_case c;
	json_t *file = load_family(o, oracle_single[0].name);
	json_t *item = json_deep_copy(json_array_get(json_object_get(file, "cases"), 0));
	json_object_set_new(json_object_get(item, part), name, json_real(0.5));
	case_init(&c, o, "strange", item);
	snprintf(c.name, sizeof c.name, "strange/%s", part);
	if (is_wanted(&c)) {
		c.is_quiet = true;
		run_case(&c, &oracle_single[0], false);
		bool is_told = c.fault.code == E_INVALID && strstr(c.fault.text, name) != NULL;
		tell(&c, is_told, "what is not known is told");
	}
	case_done(&c);
	json_decref(item);
	json_decref(file);
}

static void run_conservation(const struct oracle_options *o)
{
	struct oracle_case c;
	json_t *file = load_family(o, "priority");
	double reference = 0;
	for (unsigned order = 0; order < ROUTING_ORDERS; order++) {
		char name[sizeof c.name];
		snprintf(name, sizeof name, "conservation/order-%u", order);
		case_init(&c, o, "priority", json_array_get(json_object_get(file, "cases"), 0));
		memcpy(c.name, name, sizeof name);
		if (is_wanted(&c)) {
			oracle_judge_conservation(&c, (enum routing_order)order, &reference);
			tell(&c, c.fault.code == 0 && c.figures > 0 && c.missed == 0, "");
		}
		case_done(&c);
	}
	json_decref(file);
}

static void run_all(const struct oracle_options *o)
{
	const struct oracle_family *const lists[] = {oracle_single, oracle_many};
	struct oracle_options shorter = *o;
	printf("# %-38s %-30s %12s %12s    %s\n", "case", "figure", "expected", "got", "tolerance");
	for (unsigned i = 0; i < 2; i++)
		for (const struct oracle_family *f = lists[i]; f->name != NULL; f++)
			run_family(o, f);
	run_conservation(o);
	run_strange(o, "params", "moon_phase");
	run_strange(o, "expected", "moon_phase");
	shorter.arrivals = SPOILED_ARRIVALS;
	for (unsigned i = 0; i < 2; i++)
		for (const struct oracle_family *f = lists[i]; f->name != NULL; f++)
			if (f->spoil != NULL)
				run_spoiled(&shorter, f);
}

int main(int argc, char **argv)
{
	struct oracle_options o = {.arrivals = ARRIVALS, .seed = SEED, .filter = ""};
	const char *shared = getenv("USHER_SHARED");
	char dir[4096];
	if (argc > 1)
		o.arrivals = strtoull(argv[1], NULL, 10);
	if (argc > 2)
		o.seed = strtoull(argv[2], NULL, 10);
	if (argc > 3)
		o.filter = argv[3];
	if (o.arrivals < ARRIVALS_MIN || argc > 4) {
		fprintf(stderr, "usage: oracle [ARRIVALS [SEED [FILTER]]]; at least %d arrivals\n",
			ARRIVALS_MIN);
		return 2;
	}
	if (shared == NULL || shared[0] == '\0' || access(shared, F_OK) != 0) {
		printf("1..1\nok 1 # SKIP no $USHER_SHARED\n");
		return 0;
	}
	snprintf(dir, sizeof dir, "%s/oracles", shared);
	o.dir = dir;
	run_all(&o);
	printf("1..%u\n", tests);
	printf("# %u tests, %u failed; %llu arrivals a case, seed %llu\n", tests, failures,
	       (unsigned long long)o.arrivals, (unsigned long long)o.seed);
	return failures != 0 || tests == 0;
}
