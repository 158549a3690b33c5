/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: sim [STEPS [SEED [LENGTH]]]
 * Runs worlds of LENGTH steps, STEPS in all, from SEED on: each twice (the second time with
 * restores from snapshots and events through the journal's form), and expects the same history.
 * Prints TAP.
 */
#include "tests/sim/sim.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* A build with sanitizers is ten times slower. */
#ifdef __SANITIZE_ADDRESS__
#define STEPS_DEFAULT 2000000
#else
#define STEPS_DEFAULT 10000000
#endif
#define LENGTH_DEFAULT 20000

static void on_abort(int signal_number)
{
	char text[200];
	const struct sim *s = sim_running;
	int n = snprintf(
		text, sizeof text, "Bail out! signal %d at step %llu (%s): sim %llu %llu %llu\n",
		signal_number, (unsigned long long)(s != NULL ? s->step : 0),
		s != NULL && s->event != NULL ? routing_event_name(s->event->kind) : "none",
		(unsigned long long)(s != NULL ? s->length : 0),
		(unsigned long long)(s != NULL ? s->seed : 0),
		(unsigned long long)(s != NULL ? s->length : 0));
	if (n > 0 && write(STDOUT_FILENO, text, (size_t)n) < 0)
		_exit(2);
	_exit(1);
}

void sim_fail(const struct sim *s, const char *what)
{
	printf("Bail out! %s at step %llu (%s): sim %llu %llu %llu\n", what,
	       (unsigned long long)s->step,
	       s->event != NULL ? routing_event_name(s->event->kind) : "none",
	       (unsigned long long)s->length, (unsigned long long)s->seed,
	       (unsigned long long)s->length);
	exit(1);
}

/* ---- the linker leads all allocations of the core through these: a step makes none ----------- */

void *__real_memory_new(size_t n);
void *__real_memory_new_array(size_t count, size_t size);
void *__real_memory_resize(void *p, size_t n);
void *__wrap_memory_new(size_t n);
void *__wrap_memory_new_array(size_t count, size_t size);
void *__wrap_memory_resize(void *p, size_t n);

uint64_t sim_allocations;

static void count_allocation(void)
{
	sim_allocations++;
	if (sim_is_in_step)
		abort();
}

void *__wrap_memory_new(size_t n)
{
	count_allocation();
	return __real_memory_new(n);
}

void *__wrap_memory_new_array(size_t count, size_t size)
{
	count_allocation();
	return __real_memory_new_array(count, size);
}

void *__wrap_memory_resize(void *p, size_t n)
{
	count_allocation();
	return __real_memory_resize(p, n);
}

/* ---- all worlds ----------------------------------------------------------------------------- */

struct totals {
	uint64_t steps, offers, assigned, closed, rejected, decisions, compared, judged, restores;
};

static void add(struct totals *t, const struct sim *s)
{
	t->steps += s->step;
	t->offers += s->offers;
	t->assigned += s->assigned;
	t->closed += s->closed;
	t->rejected += s->rejected;
	t->decisions += s->decisions;
	t->compared += s->compared;
	t->judged += s->judged;
	t->restores += s->restores;
}

static void report(const struct totals *t, uint64_t worlds)
{
	printf("# %llu worlds, %llu steps, %llu offers, %llu assigned, %llu closed, %llu "
	       "rejected\n",
	       (unsigned long long)worlds, (unsigned long long)t->steps,
	       (unsigned long long)t->offers, (unsigned long long)t->assigned,
	       (unsigned long long)t->closed, (unsigned long long)t->rejected);
	printf("# %llu decisions, %llu held against all others, %llu against their kind; "
	       "%llu restores; %.0f s\n",
	       (unsigned long long)t->decisions, (unsigned long long)t->compared,
	       (unsigned long long)t->judged, (unsigned long long)t->restores,
	       (double)clock() / CLOCKS_PER_SEC);
	fflush(stdout);
}

static uint64_t argument(int argc, char **argv, int i, uint64_t otherwise)
{
	uint64_t value = otherwise;
	if (i < argc && text_to_u64(text_of(argv[i]), &value) < 0) {
		fprintf(stderr, "sim: %s is not a number\n", argv[i]);
		exit(2);
	}
	return value;
}

typedef uint64_t (*world)(struct sim *s, uint64_t seed, uint64_t length, bool has_restores);

int main(int argc, char **argv)
{
	uint64_t steps = argument(argc, argv, 1, STEPS_DEFAULT), seed = argument(argc, argv, 2, 1);
	uint64_t length = argument(argc, argv, 3, LENGTH_DEFAULT), next = 0, w = 0;
	static struct sim s;
	struct totals totals = {0};
	signal(SIGABRT, on_abort);
	signal(SIGSEGV, on_abort);
	printf("1..1\n");
	for (; totals.steps < steps; w++) {
		world run = (seed + w) % 16 == 1 ? sim_wait_world : sim_world;
		uint64_t first = run(&s, seed + w, length, false);
		add(&totals, &s);
		sim_done(&s);
		uint64_t second = run(&s, seed + w, length, true);
		add(&totals, &s);
		if (first != second)
			sim_fail(&s, "another history the second time");
		sim_done(&s);
		if (totals.steps >= next) {
			report(&totals, w + 1);
			next = totals.steps + steps / 20;
		}
	}
	report(&totals, w);
	printf("ok 1 - every promise kept, the same history twice\n");
	return 0;
}
