/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/engine_restore.h"

#include "gateway/huge_pages.h"

#define SNAPSHOT_ROWS_MAX 1 /* the newest one that is not past `seq` */

struct replay {
	struct engine_restored *to;
	struct usher_error *reterr;
	struct usher_buf state; /* of the snapshot */
	int64_t digest;
	bool has_snapshot;
};

static int on_snapshot(const void *row, void *arg)
{
	const struct snapshot_row *snapshot = row;
	struct replay *replay = arg;
	buf_add_text(&replay->state, snapshot->state);
	replay->digest = snapshot->digest;
	replay->to->snapshot_seq = snapshot->seq;
	replay->to->at_us = snapshot->at_us;
	replay->has_snapshot = true;
	return 0;
}

static int on_journal(const void *row, void *arg)
{
	const struct journal_row *entry = row;
	struct replay *replay = arg;
	struct routing_event ev;
	struct routing_effects effects;
	if (entry->seq != replay->to->journal_seq + 1)
		return usher_error_set(replay->reterr, E_INVALID,
				       "journal: row %lld is missing; restore the newest backup",
				       (long long)replay->to->journal_seq + 1);
	if (routing_event_decode(entry->event, &ev) < 0)
		return usher_error_set(replay->reterr, E_INVALID,
				       "journal: row %lld is damaged; restore the newest backup",
				       (long long)entry->seq);
	routing_step(replay->to->routing, &ev, entry->at_us, &effects);
	replay->to->journal_seq = entry->seq;
	if (entry->at_us > replay->to->at_us)
		replay->to->at_us = entry->at_us;
	return 0;
}

static int begin(struct replay *replay, struct usher_error *reterr)
{
	struct routing_limits limits = ROUTING_LIMITS_DEFAULT;
	limits.on_memory = huge_pages_advise;
	if (!replay->has_snapshot)
		return routing_new(&replay->to->routing, &limits, 1, reterr);
	int code = routing_restore(&replay->to->routing, &limits, buf_text(&replay->state), reterr);
	if (code < 0)
		return code;
	if ((int64_t)routing_digest(replay->to->routing) == replay->digest)
		return 0;
	return usher_error_set(reterr, E_INVALID,
			       "snapshot %lld: its digest does not match; restore the newest backup",
			       (long long)replay->to->snapshot_seq);
}

int engine_restore_advance(struct engine_restored *r, struct store *s, int64_t seq,
			   struct usher_error *reterr)
{
	struct replay replay = {.to = r, .reterr = reterr};
	struct store_range rest = {.index = -1, .has_from = true, .from = r->journal_seq + 1,
				   .has_to = true, .to = seq};
	if (reterr != NULL)
		reterr->text[0] = '\0';
	int code = store_scan(s, &JOURNAL, &rest, on_journal, &replay);
	if (code < 0 && (reterr == NULL || reterr->text[0] == '\0'))
		usher_error_set(reterr, code, "journal: cannot be read");
	return code;
}

int engine_restore_until(struct engine_restored *ret, struct store *s, int64_t seq,
			 struct usher_error *reterr)
{
	struct engine_restored to = {0};
	struct replay replay = {.to = &to, .reterr = reterr};
	struct store_range newest = {.index = -1, .has_to = true, .to = seq,
				     .is_descending = true, .limit = SNAPSHOT_ROWS_MAX};
	int code = store_scan(s, &SNAPSHOT, &newest, on_snapshot, &replay);
	if (code < 0)
		usher_error_set(reterr, code, "snapshots: cannot be read from the store");
	else
		code = begin(&replay, reterr);
	buf_done(&replay.state);
	if (code < 0) {
		routing_free(to.routing);
		return code;
	}
	to.journal_seq = to.snapshot_seq;
	code = engine_restore_advance(&to, s, seq, reterr);
	if (code < 0) {
		routing_free(to.routing);
		return code;
	}
	*ret = to;
	return 0;
}

int engine_restore(struct engine_restored *ret, struct store *s, struct usher_error *reterr)
{
	return engine_restore_until(ret, s, INT64_MAX, reterr);
}

void engine_restore_snapshot(struct store_batch *b, const struct routing *r, int64_t seq,
			     usher_us now)
{
	struct usher_buf state = {0};
	routing_snapshot(r, &state);
	struct snapshot_row row = {seq, now, (int64_t)routing_digest(r), buf_text(&state)};
	store_put(b, &SNAPSHOT, &row);
	buf_done(&state);
}
