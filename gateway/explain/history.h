/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decisions about one contact, found in the facts and recomputed from the journal: the core is
 * restored from the nearest snapshot, replayed up to the event and asked while it decides again.
 * Each is held against what was recorded: the same agent, queue, epoch and instant.
 *
 * Blocking; for a worker with a reader of its own. Bounded: of one contact the newest
 * EXPLAIN_DECISIONS_MAX, and so many rows of the journal in one call; what is left over says so.
 */
#ifndef GATEWAY_EXPLAIN_HISTORY_H
#define GATEWAY_EXPLAIN_HISTORY_H

#include "gateway/explain/scene.h"
#include "storage/record.h"

#include <stdatomic.h>

#define EXPLAIN_DECISIONS_MAX 50
#define EXPLAIN_NUMBER_MAX 10000 /* decisions that are numbered at all */
#define EXPLAIN_ROWS_MAX 200000

enum explain_check {
	EXPLAIN_LEFT = 0,    /* not recomputed: the call had replayed enough; ask for it alone */
	EXPLAIN_SAME = 1,    /* recomputed, and identical to the record */
	EXPLAIN_DIFFERS = 2, /* recomputed otherwise: reason says what differs */
	EXPLAIN_PRUNED = 3,  /* the journal no longer reaches back to it */
	EXPLAIN_FAULT = 4,   /* it cannot be read: reason */
};
const char *explain_check_name(enum explain_check check); /* "same", "pruned", … */

struct explain_decision {
	unsigned number; /* from 1, the first one of the contact */
	enum explain_kind kind;
	usher_us at_us;
	usher_id queue, agent;
	uint64_t epoch;             /* 0 where no record was made of it and it was not replayed */
	enum contact_cause outcome; /* CAUSE_NONE: open */
	int64_t journal_seq;
	enum explain_check check;
	char reason[248]; /* as in struct usher_error */
	int64_t snapshot_seq;       /* replay began behind this one; 0 = from the first event */
	uint64_t snapshot_digest;   /* restored and recorded are equal; 0 without a snapshot */
	bool has_scene;             /* not of EXPLAIN_HANDED */
	struct explain_scene scene;
};

struct explain_history {
	unsigned count, left_off, total;
	bool is_of_agent; /* the one of the wish has had to do with the contact */
	struct explain_decision items[EXPLAIN_DECISIONS_MAX];
};

struct explain_wish {
	usher_id contact, agent; /* agent: who asks */
	unsigned decision;       /* this one alone; 0 = the newest ones */
	bool all;                /* list agents who are no members too */
	int64_t rows_max;        /* 0 = EXPLAIN_ROWS_MAX */
	const atomic_bool *is_cancelled; /* borrowed: while it runs; may be NULL */
};

/* E_NOT_FOUND: there is no such decision; E_IO, E_AGAIN when it was cancelled. ret is written on
 * success and then needs explain_history_done. */
int explain_history_make(struct explain_history *ret, struct store *s, const struct explain_wish *wish,
			 struct usher_error *reterr) USHER_CHECKED;
void explain_history_done(struct explain_history *h);

#endif
