/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A past period out of a store, run again: what `usher replay` does. Reads only.
 */
#ifndef GATEWAY_REPLAY_REPLAY_H
#define GATEWAY_REPLAY_REPLAY_H

#include "gateway/directory.h"
#include "gateway/replay/replay_change.h"
#include "gateway/replay/replay_model.h"

/* The journal behind the period is read so far, to learn how long what was open then took. */
#define REPLAY_BEHIND_US (24 * USHER_HOUR)

struct replay_job {
	usher_us from_us, to_us;
	struct usher_text change; /* JSON, or empty for none; see replay_change.h */
	void (*on_progress)(const char *what, size_t done, size_t all, void *arg); /* may be NULL */
	void *arg;
};

struct replay_outcome {
	struct directory *directory; /* owned; names */
	struct replay_changes changes;
	struct replay_target *targets; /* owned */
	struct replay_result result;
};

/* E_INVALID: the period is empty or the change wrong, with the place; E_NOT_FOUND: nothing was
 * recorded in it; E_LIMIT: more than fits into memory; E_IO. */
int replay_job_run(struct replay_outcome *ret, struct store *s, const struct replay_job *job,
		   struct usher_error *reterr) USHER_CHECKED;
void replay_outcome_done(struct replay_outcome *o);

/* As one JSON document, or as rows of figures:
 * {"items":[{"of","figure","before","after","change"}]} */
void replay_write_document(const struct replay_outcome *o, const struct replay_job *job,
			   struct usher_buf *ret);
void replay_write_rows(const struct replay_outcome *o, struct usher_buf *ret);
void replay_write_notes(const struct replay_outcome *o, struct usher_buf *ret); /* lines of text */

#endif
