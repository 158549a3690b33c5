/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/replay/replay.h"

#include "gateway/engine_restore.h"
#include "routing/base/memory.h"

#include <stdlib.h>

#define PROGRESS_EVERY 262144

struct loading {
	struct store *s;
	const struct replay_job *job;
	struct replay_outcome *out;
	struct usher_error *reterr;
	struct replay_record record;
	struct replay_settings settings;
	struct usher_buf state;
	int64_t first, last; /* of the journal */
	int64_t begin;	     /* the first event of the period, and behind it */
	int64_t expected;    /* the next row */
};

static int cannot_read(struct loading *x, int code)
{
	return usher_error_set(x->reterr, code, "journal: cannot be read from the store");
}

/* ---- where the period is -------------------------------------------------------------------- */

static int on_end(const void *row, void *arg)
{
	*(int64_t *)arg = ((const struct journal_row *)row)->seq;
	return 0;
}

static int find_ends(struct loading *x)
{
	struct store_range first = {.index = -1, .limit = 1};
	struct store_range last = {.index = -1, .limit = 1, .is_descending = true};
	int code = store_scan(x->s, &JOURNAL, &first, on_end, &x->first);
	if (code == 0)
		code = store_scan(x->s, &JOURNAL, &last, on_end, &x->last);
	if (code < 0)
		return cannot_read(x, code);
	return x->last > 0 ? 0
			   : usher_error_set(x->reterr, E_NOT_FOUND,
					     "journal: nothing has been recorded yet");
}

static int instant_of(struct loading *x, int64_t seq, usher_us *ret)
{
	struct arena arena = {0};
	struct journal_row key = {.seq = seq}, row;
	int code = store_get(x->s, &JOURNAL, &key, &arena, &row);
	if (code == 0)
		*ret = row.at_us;
	arena_done(&arena);
	return code < 0 ? usher_error_set(x->reterr, code, "journal: row %lld cannot be read",
					  (long long)seq)
			: 0;
}

/* Instants grow with the rows: halving finds the first one of the period. */
static int find_begin(struct loading *x)
{
	int64_t low = x->first, high = x->last + 1;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		usher_us at_us;
		int code = instant_of(x, middle, &at_us);
		if (code < 0)
			return code;
		if (at_us < x->job->from_us)
			low = middle + 1;
		else
			high = middle;
	}
	x->begin = low;
	return 0;
}

/* ---- what was before it --------------------------------------------------------------------- */

static int load_state(struct loading *x)
{
	struct engine_restored before;
	int code = engine_restore_until(&before, x->s, x->begin - 1, x->reterr);
	if (code < 0)
		return code;
	routing_snapshot(before.routing, &x->state);
	routing_free(before.routing);
	return 0;
}

static int on_setting(const void *row, void *arg)
{
	const struct journal_row *entry = row;
	struct loading *x = arg;
	struct routing_event ev;
	if (routing_event_decode(entry->event, &ev) == 0)
		replay_settings_note(&x->settings, &ev);
	if (x->job->on_progress != NULL && entry->seq % PROGRESS_EVERY == 0)
		x->job->on_progress("earlier settings", (size_t)entry->seq, (size_t)x->begin,
				    x->job->arg);
	return 0;
}

static int load_change(struct loading *x)
{
	struct store_range before = {.index = -1, .has_to = true, .to = x->begin - 1};
	struct usher_error err = {0};
	if (x->job->change.n == 0)
		return 0;
	int code = store_scan(x->s, &JOURNAL, &before, on_setting, x);
	if (code < 0)
		return cannot_read(x, code);
	code = replay_changes_read(&x->out->changes, x->job->change, &x->settings,
				   x->out->directory, &err);
	return code < 0 ? usher_error_set(x->reterr, code, "change: %s", err.text) : 0;
}

/* ---- the period ----------------------------------------------------------------------------- */

enum { STOP_BEHIND = 1 }; /* of a scan that has seen enough */

static int on_journal(const void *row, void *arg)
{
	const struct journal_row *entry = row;
	struct loading *x = arg;
	bool is_behind = entry->at_us > x->job->to_us;
	if (is_behind && entry->at_us > x->job->to_us + REPLAY_BEHIND_US)
		return STOP_BEHIND;
	if (entry->seq != x->expected++)
		return usher_error_set(x->reterr, E_INVALID, "journal: row %lld is missing",
				       (long long)x->expected - 1);
	int code = replay_record_add(&x->record, entry->at_us, entry->event, x->reterr);
	if (code == E_LIMIT && is_behind) /* what was open at the end is cut off earlier */
		return STOP_BEHIND;
	if (x->job->on_progress != NULL && x->record.count % PROGRESS_EVERY == 0)
		x->job->on_progress("the journal", x->record.count, REPLAY_EVENTS_MAX, x->job->arg);
	return code;
}

/* The ids of agents who are made up must not be those of agents who come during the period. */
static void note_agents(struct loading *x)
{
	for (size_t i = 0; i < x->record.count; i++) {
		struct routing_event ev;
		if (x->record.items[i].kind != EV_AGENT_SET)
			continue;
		replay_record_event(&x->record, i, &ev);
		if (ev.agent.agent > x->settings.agent_max)
			x->settings.agent_max = ev.agent.agent;
	}
}

static int load_record(struct loading *x)
{
	struct store_range rest = {.index = -1, .has_from = true, .from = x->begin};
	x->expected = x->begin;
	int code = store_scan(x->s, &JOURNAL, &rest, on_journal, x);
	if (code == E_IO)
		return cannot_read(x, code);
	if (code < 0)
		return code;
	if (x->record.count == 0 || x->record.items[0].at_us > x->job->to_us)
		return usher_error_set(x->reterr, E_NOT_FOUND,
				       "nothing was recorded in that period");
	note_agents(x);
	return 0;
}

static struct replay_target *make_targets(const struct directory *d, size_t *ret_count)
{
	const struct queue_row *const *queues = directory_queues(d, ret_count);
	struct replay_target *targets = memory_new_array(*ret_count + 1, sizeof *targets);
	for (size_t i = 0; i < *ret_count; i++)
		targets[i] = (struct replay_target){queues[i]->id, queues[i]->target_us,
						    queues[i]->short_abandon_us};
	return targets;
}

static int run(struct loading *x)
{
	size_t target_count;
	x->out->targets = make_targets(x->out->directory, &target_count);
	struct replay_input in = {.state = buf_text(&x->state),
				  .limits = ROUTING_LIMITS_DEFAULT,
				  .record = &x->record,
				  .from_us = x->job->from_us,
				  .to_us = x->job->to_us,
				  .targets = x->out->targets,
				  .target_count = target_count,
				  .change = &x->out->changes.change,
				  .on_progress = x->job->on_progress,
				  .arg = x->job->arg};
	return replay_run(&in, &x->out->result, x->reterr);
}

int replay_job_run(struct replay_outcome *ret, struct store *s, const struct replay_job *job,
		   struct usher_error *reterr)
{
	struct replay_outcome out = {0};
	struct loading x = {.s = s, .job = job, .out = &out, .reterr = reterr};
	if (job->from_us >= job->to_us)
		return usher_error_set(reterr, E_INVALID, "the period ends before it begins");
	out.directory = directory_new();
	int code = directory_load(out.directory, s, reterr);
	if (code == 0)
		code = find_ends(&x);
	if (code == 0)
		code = find_begin(&x);
	if (code == 0)
		code = load_record(&x);
	if (code == 0)
		code = load_change(&x);
	if (code == 0)
		code = load_state(&x);
	if (code == 0)
		code = run(&x);
	replay_record_done(&x.record);
	replay_settings_done(&x.settings);
	buf_done(&x.state);
	if (code < 0)
		replay_outcome_done(&out);
	else
		*ret = out;
	return code;
}

void replay_outcome_done(struct replay_outcome *o)
{
	replay_result_done(&o->result);
	replay_changes_done(&o->changes);
	free(o->targets);
	directory_free(o->directory);
	*o = (struct replay_outcome){0};
}
