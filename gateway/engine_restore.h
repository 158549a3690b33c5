/* SPDX-License-Identifier: Apache-2.0 */
/* The core as of the last committed turn: the newest snapshot, and the journal behind it. */
#ifndef GATEWAY_ENGINE_RESTORE_H
#define GATEWAY_ENGINE_RESTORE_H

#include "routing/core/core.h"
#include "storage/record.h"

struct engine_restored {
	struct routing *routing; /* owned by the caller */
	int64_t journal_seq;     /* of the last event in it */
	int64_t snapshot_seq;    /* of the snapshot it began with; 0 = from nothing */
	usher_us at_us;          /* of the latest event */
};

/* E_INVALID when a row is damaged, with its number; E_IO. */
int engine_restore(struct engine_restored *ret, struct store *s, struct usher_error *reterr) USHER_CHECKED;

/* The core as it was after the event `seq`, for explanations. */
int engine_restore_until(struct engine_restored *ret, struct store *s, int64_t seq,
			 struct usher_error *reterr) USHER_CHECKED;

/* Goes on to the event `seq`, which must not lie before it. */
int engine_restore_advance(struct engine_restored *r, struct store *s, int64_t seq,
			   struct usher_error *reterr) USHER_CHECKED;

/* Adds a snapshot row to the batch. Older ones are kept as long as the journal is. */
void engine_restore_snapshot(struct store_batch *b, const struct routing *r, int64_t seq,
			     usher_us now);

#endif
