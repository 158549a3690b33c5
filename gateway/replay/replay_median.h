/* SPDX-License-Identifier: Apache-2.0 */
/* Medians of spans in groups, for what the record does not tell. A group is a pair of numbers. */
#ifndef GATEWAY_REPLAY_MEDIAN_H
#define GATEWAY_REPLAY_MEDIAN_H

#include "routing/base/id.h"

struct median_sample {
	uint64_t a, b;
	usher_us span;
};

struct medians {
	struct median_sample *items; /* owned; sorted by medians_close */
	size_t count, space;
};

void medians_add(struct medians *m, uint64_t a, uint64_t b, usher_us span);
void medians_close(struct medians *m); /* after the last sample, before the first question */
/* Whether the group has at least `least` samples (1 or more); then its lower median. */
bool medians_get(const struct medians *m, uint64_t a, uint64_t b, size_t least, usher_us *ret);
void medians_done(struct medians *m);

#endif
