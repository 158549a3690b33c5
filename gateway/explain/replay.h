/* SPDX-License-Identifier: Apache-2.0 */
/* One decision after the other, walked to on the journal; for history.c. */
#ifndef GATEWAY_EXPLAIN_REPLAY_H
#define GATEWAY_EXPLAIN_REPLAY_H

#include "gateway/engine_restore.h"
#include "gateway/explain/history.h"

struct explain_replay {
	struct store *store;             /* borrowed */
	const struct explain_wish *wish; /* borrowed */
	int64_t rows_left;
	uint64_t digest; /* of the snapshot it began with */
	struct engine_restored at; /* owned routing */
};

/* Fills in check, reason, epoch, kind and scene. A decision that cannot be recomputed is no fault of
 * the call; E_AGAIN when it was cancelled. In ascending order of journal_seq. */
int explain_replay_one(struct explain_replay *p, struct explain_decision *d,
		       struct usher_error *reterr) USHER_CHECKED;
void explain_replay_done(struct explain_replay *p);

#endif
