/* SPDX-License-Identifier: Apache-2.0 */
/* The what-if in progress. Private to replay_model.c, replay_follow.c and replay_emit.c. */
#ifndef GATEWAY_REPLAY_RUN_H
#define GATEWAY_REPLAY_RUN_H

#include "gateway/replay/replay_heap.h"
#include "gateway/replay/replay_learn.h"

#define REPLAY_ACCEPT_US (5 * USHER_SECOND)   /* where nobody ever accepted anything */
#define REPLAY_HANDLE_US (180 * USHER_SECOND) /* where nothing was ever finished */

struct run {
	const struct replay_input *in;
	struct learnt *l;
	struct routing *r;
	struct replay_figures *figures;
	struct replay_result *result;
	struct plan_heap plans;
	struct table offers; /* epochs of offers that are open */
	usher_us now;
	uint64_t assumed_order;
	size_t position; /* how much of the record has been followed exactly */
	bool is_same;	 /* so far everything was as recorded */
};

static inline struct anchored_contact *run_contact(const struct run *x, uint32_t number)
{
	return &x->l->anchors.contacts[number];
}

/* replay_follow.c: what the core's decisions set off. */
void run_begin(struct run *x);
void run_step(struct run *x, const struct routing_event *ev, usher_us now);

/* replay_emit.c: what happens next, as an event for the core; false: it has become moot. */
bool run_outside(struct run *x, size_t i, struct routing_event *ret);
bool run_deed(struct run *x, size_t i, struct routing_event *ret);
bool run_assumed(struct run *x, const struct plan *plan, struct routing_event *ret);
void run_apply_change(struct run *x);
void run_copies(struct run *x, const struct routing_event *ev);

#endif
