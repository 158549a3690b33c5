/* SPDX-License-Identifier: Apache-2.0 */
/* What is planted into the bed, and where it is to be found. */
#ifndef TESTS_GATEWAY_LINT_PLANTS_H
#define TESTS_GATEWAY_LINT_PLANTS_H

#include "tests/gateway/lint/bed.h"

struct plant {
	enum lint_code code;
	const char *name, *pointer;
	void (*prepare)(struct bed *b); /* may be NULL: a site as good as the first one */
	void (*plant)(struct bed *b);
};

extern const struct plant plants_of_routes[], plants_of_numbers[]; /* end with plant NULL */

/* billing: ring 0 for 30 seconds, then all; ben is in ring 1. */
void plant_two_steps(struct bed *b);

static inline struct routing_queue_set *set_of(struct bed *b, int q)
{
	return &b->queues[q].set;
}

#endif
