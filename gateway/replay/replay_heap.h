/* SPDX-License-Identifier: Apache-2.0 */
/* What is still to come in a what-if, by instant; at the same instant by order. */
#ifndef GATEWAY_REPLAY_HEAP_H
#define GATEWAY_REPLAY_HEAP_H

#include "routing/base/id.h"

enum plan_kind {
	PLAN_RECORDED, /* a deed of the record */
	PLAN_ACCEPT,   /* assumed, where the record is silent */
	PLAN_CLOSE,
	PLAN_WRAPUP_DONE,
};

struct plan {
	usher_us at_us;
	uint64_t order; /* the number of a recorded item; assumed ones come after all of these */
	enum plan_kind kind;
	uint32_t contact; /* assumed: its number in the anchors, and whom and what it is about */
	usher_id agent;
	uint64_t epoch;
};

struct plan_heap {
	struct plan *items; /* owned */
	size_t count, space;
};

void plan_heap_add(struct plan_heap *h, const struct plan *plan);
const struct plan *plan_heap_first(const struct plan_heap *h); /* NULL: empty */
void plan_heap_remove_first(struct plan_heap *h);
void plan_heap_done(struct plan_heap *h);

#endif
