/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/explain/replay.h"

#include <assert.h>
#include <stdio.h>

#define WALK_ROWS 2000 /* then it looks whether it was cancelled */

static int set(struct explain_decision *d, enum explain_check check, const char *reason)
{
	d->check = check;
	snprintf(d->reason, sizeof d->reason, "%s", reason);
	return 0;
}

/* ---- the way there ---------------------------------------------------------------------------- */

static int on_row_seq(const void *row, void *arg)
{
	*(int64_t *)arg = ((const struct journal_row *)row)->seq;
	return 0;
}

struct nearest {
	int64_t seq;
	uint64_t digest;
};

static int on_snapshot(const void *row, void *arg)
{
	const struct snapshot_row *snapshot = row;
	*(struct nearest *)arg = (struct nearest){snapshot->seq, (uint64_t)snapshot->digest};
	return 0;
}

/* Where replay would begin, and whether the journal is there from that point on. */
static int look_back(struct explain_replay *p, int64_t seq, struct nearest *ret, bool *ret_is_pruned)
{
	int64_t first = 0;
	struct store_range newest = {.index = -1, .has_to = true, .to = seq, .is_descending = true,
				     .limit = 1};
	int code = store_scan(p->store, &SNAPSHOT, &newest, on_snapshot, ret);
	struct store_range behind = {.index = -1, .has_from = true, .from = ret->seq + 1, .limit = 1};
	if (code == 0)
		code = store_scan(p->store, &JOURNAL, &behind, on_row_seq, &first);
	*ret_is_pruned = first != ret->seq + 1;
	return code;
}

static int restart(struct explain_replay *p, const struct nearest *from, struct usher_error *reterr)
{
	routing_free(p->at.routing);
	p->at = (struct engine_restored){0};
	p->digest = from->digest;
	return engine_restore_until(&p->at, p->store, from->seq, reterr);
}

static bool is_cancelled(const struct explain_replay *p)
{
	return p->wish->is_cancelled != NULL && atomic_load(p->wish->is_cancelled);
}

static int walk(struct explain_replay *p, int64_t seq, struct usher_error *reterr)
{
	while (p->at.journal_seq < seq) {
		int64_t left = seq - p->at.journal_seq, before = p->at.journal_seq;
		if (is_cancelled(p))
			return usher_error_set(reterr, E_AGAIN, "Usher is going down; ask again");
		int code = engine_restore_advance(&p->at, p->store,
						  before + (left < WALK_ROWS ? left : WALK_ROWS),
						  reterr);
		if (code < 0)
			return code;
		if (p->at.journal_seq == before)
			return usher_error_set(reterr, E_INVALID, "journal: row %lld is missing",
					       (long long)before + 1);
		p->rows_left -= p->at.journal_seq - before;
	}
	return 0;
}

/* ---- the decision once more --------------------------------------------------------------------- */

/* A step may decide about the same contact and agent more than once: an offer that ended at once is
 * made again when the exclusion is over. More than these have never been needed. */
#define SCENES_MAX 4

struct watching {
	struct explain_replay *p;
	const struct explain_decision *d;
	enum explain_kind kind;
	unsigned count;
	struct explain_scene scenes[SCENES_MAX]; /* owned */
};

static void on_decision(const struct routing *r, usher_id contact, usher_id agent, usher_us now,
			void *arg)
{
	struct watching *w = arg;
	if (contact != w->p->wish->contact || agent != w->d->agent || w->count == SCENES_MAX)
		return;
	int code = explain_scene_make(&w->scenes[w->count], r, w->kind, contact, agent, now,
				      w->p->wish->all);
	assert(code == 0); /* the core decides about contacts it has */
	w->count++;
}

struct event_at {
	struct routing_event ev;
	usher_us at_us;
	bool is_read;
};

static int on_event(const void *row, void *arg)
{
	const struct journal_row *entry = row;
	struct event_at *e = arg;
	e->at_us = entry->at_us;
	e->is_read = routing_event_decode(entry->event, &e->ev) == 0;
	return 0;
}

/* What the step gives this agent of the contact, as it was recorded; NULL: nothing like it.
 * *ret_nth: so many were given to the same agent before it in the step. */
static const struct routing_effect *find(const struct routing_effects *fx, usher_id contact,
					 const struct explain_decision *d, unsigned *ret_nth)
{
	*ret_nth = 0;
	for (size_t i = 0; i < fx->count; i++) {
		const struct routing_effect *it = &fx->items[i];
		bool is_offer = it->kind == FX_OFFERED;
		if (it->contact != contact || it->agent != d->agent ||
		    (!is_offer && it->kind != FX_ASSIGNED))
			continue;
		if (is_offer == (d->kind == EXPLAIN_OFFERED) && it->queue == d->queue &&
		    (!is_offer || it->epoch == d->epoch))
			return it;
		++*ret_nth;
	}
	return NULL;
}

static enum explain_kind kind_of(const struct explain_replay *p, const struct explain_decision *d,
				 const struct routing_event *ev)
{
	if (d->kind == EXPLAIN_OFFERED)
		return EXPLAIN_OFFERED;
	bool is_take = ev->kind == EV_TAKE && ev->command.contact == p->wish->contact &&
		       ev->command.agent == d->agent;
	return is_take ? EXPLAIN_TAKEN : EXPLAIN_ASSIGNED;
}

/* The record says what was decided; the same must come out again. */
static int compare(struct watching *w, struct explain_decision *d, const struct event_at *e,
		   const struct routing_effects *fx)
{
	unsigned nth;
	const struct routing_effect *it = find(fx, w->p->wish->contact, d, &nth);
	if (it == NULL)
		return set(d, EXPLAIN_DIFFERS,
			   "recomputed, the step does not give the contact to this agent");
	if (e->at_us != d->at_us)
		return set(d, EXPLAIN_DIFFERS, "the journal has another instant than the record");
	d->epoch = it->epoch;
	d->kind = w->kind;
	if (nth < w->count) {
		d->scene = w->scenes[nth];
		d->has_scene = true;
		w->scenes[nth].candidates = NULL;
	} else if (w->kind == EXPLAIN_OFFERED) {
		return set(d, EXPLAIN_DIFFERS, "recomputed, the offer was decided otherwise");
	} else {
		d->kind = EXPLAIN_HANDED;
	}
	return set(d, EXPLAIN_SAME, "");
}

static int decide(struct explain_replay *p, struct explain_decision *d, struct usher_error *reterr)
{
	struct event_at e = {.is_read = false};
	struct routing_effects fx;
	struct store_range one = {.index = -1, .has_from = true, .from = d->journal_seq,
				  .has_to = true, .to = d->journal_seq};
	int code = store_scan(p->store, &JOURNAL, &one, on_event, &e);
	if (code < 0)
		return usher_error_set(reterr, code, "journal: cannot be read");
	if (!e.is_read)
		return usher_error_set(reterr, E_INVALID, "journal: row %lld is missing or damaged",
				       (long long)d->journal_seq);
	struct watching w = {.p = p, .d = d, .kind = kind_of(p, d, &e.ev)};
	routing_observe(p->at.routing, on_decision, &w);
	routing_step(p->at.routing, &e.ev, e.at_us, &fx);
	routing_observe(p->at.routing, NULL, NULL);
	p->at.journal_seq = d->journal_seq;
	p->rows_left--;
	code = compare(&w, d, &e, &fx);
	for (unsigned i = 0; i < w.count; i++)
		explain_scene_done(&w.scenes[i]);
	return code;
}

/* Two decisions of one event: the state is behind the event already and begins anew. */
static int go_to(struct explain_replay *p, struct explain_decision *d, const struct nearest *from,
		 struct usher_error *reterr)
{
	int64_t seq = d->journal_seq - 1;
	bool is_on_the_way = p->at.routing != NULL && p->at.journal_seq <= seq &&
			     p->at.journal_seq >= from->seq;
	int code = is_on_the_way ? 0 : restart(p, from, reterr);
	if (code == 0)
		code = walk(p, seq, reterr);
	d->snapshot_seq = p->at.snapshot_seq;
	d->snapshot_digest = p->digest;
	return code;
}

int explain_replay_one(struct explain_replay *p, struct explain_decision *d,
		       struct usher_error *reterr)
{
	struct nearest from = {0, 0};
	struct usher_error err = {0};
	bool is_pruned = false;
	if (p->rows_left <= 0)
		return set(d, EXPLAIN_LEFT, "");
	int code = look_back(p, d->journal_seq - 1, &from, &is_pruned);
	if (code < 0)
		return set(d, EXPLAIN_FAULT, "the journal cannot be read from the store");
	if (is_pruned)
		return set(d, EXPLAIN_PRUNED, "the journal no longer reaches back to this decision");
	code = go_to(p, d, &from, &err);
	if (code == 0)
		code = decide(p, d, &err);
	if (code == 0)
		return 0;
	p->at.routing = routing_free(p->at.routing); /* half-way: of no use for the next one */
	if (is_cancelled(p))
		return usher_error_set(reterr, E_AGAIN, "%s", err.text);
	return set(d, EXPLAIN_FAULT, err.text);
}

void explain_replay_done(struct explain_replay *p)
{
	p->at.routing = routing_free(p->at.routing);
}
