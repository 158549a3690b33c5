/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record run once as it was: its figures, and what answers what in it.
 */
#ifndef GATEWAY_REPLAY_LEARN_H
#define GATEWAY_REPLAY_LEARN_H

#include "gateway/replay/replay_anchor.h"
#include "gateway/replay/replay_figures.h"
#include "gateway/replay/replay_median.h"
#include "gateway/replay/replay_model.h"

struct learnt {
	struct replay_record *record; /* borrowed; its items get their anchors */
	struct anchors anchors;
	struct medians accepts; /* (agent, 0), (0, queue), (0, 0): from offer to acceptance */
	struct medians
		handling;	/* (queue, channel), (0, channel), (0, 0): from assignment to end */
	struct medians wrapups; /* (queue, 0) */
	struct replay_figures *figures;
	uint64_t digest; /* at the period's end */
};

/* Takes what `in` describes; `r` is its state at the start and is left as after the last item. */
void learn(struct learnt *l, struct routing *r, const struct replay_input *in);
void learn_done(struct learnt *l);

/* Where both runs begin: calls for each anchor that is there already, in the same order each time.
 */
typedef void (*learn_on_old)(const struct routing_contact_view *view, enum anchor_kind kind,
			     usher_id agent, uint64_t epoch, void *arg);
void learn_each_old(const struct routing *r, learn_on_old on_old, void *arg);

#endif
