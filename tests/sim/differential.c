/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: differential [DECISIONS [SEED [CONFIGURATIONS [WITHOUT]]]]
 * Runs random configurations (1,000; 100 with sanitizers) until the core and the naive router have
 * made DECISIONS in all (1,000,000; 50,000), and expects the same ones. WITHOUT: bits of enum
 * diff_feature left out. Prints TAP.
 */
#include "tests/sim/differential.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#define DECISIONS 50000
#define CONFIGURATIONS 100
#else
#define DECISIONS 1000000
#define CONFIGURATIONS 1000
#endif
#define OFTEN 100 /* each rule and order must have been decisive so often */

static const struct diff *running; /* for the message when an assertion fires */

static void on_abort(int signal_number)
{
	char text[160];
	int n = snprintf(text, sizeof text, "Bail out! signal %d at seed %llu, step %llu\n",
			 signal_number, (unsigned long long)(running != NULL ? running->seed : 0),
			 (unsigned long long)(running != NULL ? running->step : 0));
	if (n > 0 && write(STDOUT_FILENO, text, (size_t)n) < 0)
		_exit(2);
	_exit(1);
}

static uint64_t argument(int argc, char **argv, int i, uint64_t otherwise)
{
	uint64_t value = otherwise;
	if (i < argc && text_to_u64(text_of(argv[i]), &value) < 0) {
		fprintf(stderr, "differential: %s is not a number\n", argv[i]);
		exit(2);
	}
	return value;
}

/* Each feature is there in most configurations, and each is missing in some. */
static unsigned features_of(uint64_t seed, unsigned without)
{
	uint64_t a = hash_mix(seed + 1), b = hash_mix(seed + 2);
	return (unsigned)(a | b) & ~without;
}

static bool run(uint64_t seed, uint64_t decisions, unsigned without, struct diff_counts *counts)
{
	static struct diff d;
	static struct diff_event events[DIFF_EVENTS];
	unsigned features = features_of(seed, without), count, i;
	bool is_same = true;
	uint64_t until = counts->decisions + decisions;
	diff_init(&d, seed, features);
	d.counts = counts;
	running = &d;
	count = diff_settings(&d, events, CHANNEL_KINDS);
	for (i = 0; i < count && is_same; i++)
		is_same = diff_apply(&d, &events[i]);
	for (; i < DIFF_EVENTS && is_same && counts->decisions < until; i++) {
		diff_next(&d, &events[i]);
		is_same = diff_apply(&d, &events[i]);
	}
	running = NULL;
	if (!is_same) {
		printf("# seed %llu, features %05x: %u agents, %u queues, %u skills; event %u\n# "
		       "%s\n",
		       (unsigned long long)seed, features, d.agent_count, d.queue_count,
		       d.skill_count, i, d.difference);
		fflush(stdout);
		diff_shrink(seed, features, events, i, d.kind);
	}
	diff_done(&d);
	return is_same;
}

static unsigned test_number;

static bool verdict(const char *what, const char *name, uint64_t count, bool is_good)
{
	printf("%s %u - %s %s: %llu\n", is_good ? "ok" : "not ok", ++test_number, what, name,
	       (unsigned long long)count);
	return is_good;
}

/* That nothing was left out by chance. */
static bool covered(const struct diff_counts *counts)
{
	static const char *orders[ROUTING_ORDERS] = {
		"longest idle",	 "least loaded", "most spare",	    "best level",
		"fewest skills", "round robin",	 "weighted random", "top down"};
	static const char *contact_keys[4] = {"tier", "score", "age", "id"};
	static const char *agent_keys[NAIVE_KEYS] = {"ring",  "penalty", "preferred skills",
						     "order", "idle",	 "id"};
	bool is_good = true;
	for (unsigned i = 0; i < ROUTING_REASONS; i++)
		if (i != REASON_OTHER_FIRST)
			is_good &= verdict("rule", routing_reason_name((enum routing_reason)i),
					   counts->by_reason[i], counts->by_reason[i] >= OFTEN);
	for (unsigned i = 0; i < ROUTING_ORDERS; i++)
		is_good &= verdict("order", orders[i], counts->by_order[i],
				   counts->by_order[i] >= OFTEN);
	for (unsigned i = 0; i < 4; i++)
		is_good &= verdict("contacts by", contact_keys[i], counts->by_contact_key[i],
				   counts->by_contact_key[i] >= OFTEN);
	for (unsigned i = 0; i < NAIVE_KEYS; i++)
		is_good &= verdict("agents by", agent_keys[i], counts->by_agent_key[i],
				   counts->by_agent_key[i] >= OFTEN);
	return is_good;
}

int main(int argc, char **argv)
{
	uint64_t decisions = argument(argc, argv, 1, DECISIONS), seed = argument(argc, argv, 2, 1);
	uint64_t configurations = argument(argc, argv, 3, CONFIGURATIONS);
	unsigned without = (unsigned)argument(argc, argv, 4, 0);
	struct diff_counts counts = {0};
	uint64_t done = 0;
	bool is_same = true;
	signal(SIGABRT, on_abort);
	signal(SIGSEGV, on_abort);
	printf("1..%u\n", 1 + ROUTING_REASONS - 1 + ROUTING_ORDERS + 4 + NAIVE_KEYS);
	while (is_same && done < configurations) {
		uint64_t rest = configurations - done,
			 left = decisions > counts.decisions ? decisions - counts.decisions : 1;
		is_same = run(seed + done++, (left + rest - 1) / rest, without, &counts);
	}
	printf("# %llu configurations, %llu events (%llu rejected), %llu decisions; %llu "
	       "positions, "
	       "%llu reasons compared\n",
	       (unsigned long long)done, (unsigned long long)counts.events,
	       (unsigned long long)counts.rejected, (unsigned long long)counts.decisions,
	       (unsigned long long)counts.positions, (unsigned long long)counts.whys);
	verdict("the same decisions in", "all configurations", done, is_same);
	if (!is_same)
		return 1;
	return covered(&counts) ? 0 : 1;
}
