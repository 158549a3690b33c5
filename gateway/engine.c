/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/engine.h"

#include "gateway/book.h"
#include "gateway/committer.h"
#include "gateway/directory.h"
#include "gateway/effects.h"
#include "gateway/engine_restore.h"
#include "gateway/estimates.h"
#include "gateway/figures.h"
#include "gateway/kept.h"
#include "gateway/live.h"
#include "gateway/log.h"
#include "gateway/opening.h"
#include "gateway/seen.h"

#include <assert.h>
#include <stdlib.h>

#define TURN_WORKS_MAX 256
#define TURN_TIME_MAX_NS 5000000ull
#define TURN_BYTES_MAX ((size_t)8 << 20) /* a batch above this commits before it grows further */
#define WAITING_WORKS_MAX 20000
#define SNAPSHOT_EVERY 20000 /* journal rows between two snapshots */
#define PROBE_MS 1000
#define EXIT_UNKNOWN_OUTCOME 70

struct engine_work {
	struct list link; /* in list: waiting or running, or refused */
	engine_apply apply;
	engine_done on_done;
	void *arg;
};

struct engine_note { /* a publication or a read that waits for the commit */
	struct engine_note *next;
	engine_publish run;
	void *arg;
};

struct note_queue {
	struct engine_note *first, **last;
};

struct engine {
	struct gateway *g; /* borrowed: it owns this */
	struct routing *routing; /* owned */
	struct committer *committer; /* owned */
	struct store_batch *batch; /* owned */
	struct arena arena;
	struct turn turn;
	struct list waiting, running, refused;
	size_t waiting_count;
	struct note_queue publications, reads;
	int64_t journal_seq, snapshot_seq;
	uint64_t commits;
	uv_check_t *check;
	uv_idle_t *idle; /* keeps the poll from blocking while works wait */
	uv_timer_t *deadline, *probe;
	bool is_committing, is_probing, is_draining, must_tick;
	char down_reason[256]; /* empty while the store works */
	void (*on_idle)(void *arg);
	void *idle_arg;
};

static void start_turn(struct engine *e);

/* ---- small queues --------------------------------------------------------------------------- */

static void notes_init(struct note_queue *q)
{
	q->first = NULL;
	q->last = &q->first;
}

static void notes_add(struct note_queue *q, struct engine_note *note)
{
	note->next = NULL;
	*q->last = note;
	q->last = &note->next;
}

static void run_reads(struct engine *e)
{
	struct engine_note *note = e->reads.first;
	notes_init(&e->reads);
	while (note != NULL) {
		struct engine_note *next = note->next;
		note->run(e->g, note->arg);
		free(note);
		note = next;
	}
}

/* Those that on_done adds meanwhile are not of this round. */
static void finish_works(struct list *works, int code)
{
	struct list done;
	list_init(&done);
	LIST_EACH(link, works) {
		list_remove(link);
		list_add_last(&done, link);
	}
	while (!list_is_empty(&done)) {
		struct engine_work *work = LIST_ITEM(done.next, struct engine_work, link);
		list_remove(&work->link);
		if (work->on_done != NULL)
			work->on_done(code, work->arg);
		free(work);
	}
}

/* Nothing to do: an active idle handle alone makes the loop poll without waiting. */
static void on_idle_turn(uv_idle_t *idle)
{
	(void)idle;
}

static void wake(struct engine *e)
{
	uv_idle_start(e->idle, on_idle_turn);
}

/* ---- the deadline of the core ---------------------------------------------------------------- */

static void on_deadline(uv_timer_t *timer)
{
	struct engine *e = timer->data;
	e->must_tick = true;
	start_turn(e);
}

static void arm_deadline(struct engine *e)
{
	usher_us at = routing_deadline(e->routing);
	if (at == USHER_NEVER) {
		uv_timer_stop(e->deadline);
		return;
	}
	usher_us left = at - gateway_now();
	uint64_t ms = left <= 0 ? 0 : (uint64_t)(left + 999) / 1000;
	uv_update_time(e->g->loop);
	uv_timer_start(e->deadline, on_deadline, ms, 0);
}

/* ---- after the commit ------------------------------------------------------------------------ */

static void on_probe(uv_timer_t *timer)
{
	struct engine *e = timer->data;
	if (committer_is_busy(e->committer))
		return;
	store_batch_clear(e->batch);
	char text[TIME_TEXT_BYTES];
	time_format(gateway_now(), text);
	store_put(e->batch, &META, &(struct meta_row){TEXT("store.probed"), text_of(text)});
	e->is_probing = true;
	committer_commit(e->committer, e->batch);
}

static void store_went_down(struct engine *e, const char *reason)
{
	snprintf(e->down_reason, sizeof e->down_reason, "%s", reason);
	log_event(LOG_LEVEL_ERROR, "store.failed", "reason=%s next=\"retry each second; nothing is acknowledged\"",
		  reason);
	struct usher_error err = {0};
	if (engine_reload(e, &err) < 0) {
		log_event(LOG_LEVEL_ERROR, "engine.reload_failed", "reason=%s", err.text);
		exit(EXIT_UNKNOWN_OUTCOME); /* memory and store may differ: only a restart is safe */
	}
	if (e->g->live != NULL)
		live_resync(e->g->live);
	uv_timer_start(e->probe, on_probe, PROBE_MS, PROBE_MS);
}

static void store_came_back(struct engine *e)
{
	uv_timer_stop(e->probe);
	e->down_reason[0] = '\0';
	log_event(LOG_LEVEL_INFO, "store.recovered", "commits=%llu", (unsigned long long)e->commits);
	arm_deadline(e);
}

static void publish_turn(struct engine *e)
{
	struct engine_note *note = e->publications.first;
	notes_init(&e->publications);
	for (; note != NULL; note = note->next) /* notes live in the turn's arena */
		note->run(e->g, note->arg);
}

static void end_turn(struct engine *e, int code)
{
	if (code == 0)
		publish_turn(e);
	else
		notes_init(&e->publications);
	finish_works(&e->running, code);
	arena_clear(&e->arena);
	run_reads(e);
	if (code == 0)
		arm_deadline(e);
	start_turn(e);
}

/* Until the store is back nothing can be kept: whoever waits is told so at once. */
static void refuse_waiting(struct engine *e)
{
	LIST_EACH(link, &e->waiting) {
		list_remove(link);
		list_add_last(&e->refused, link);
	}
	e->waiting_count = 0;
	wake(e);
}

static void on_committed(int code, const char *reason, void *arg)
{
	struct engine *e = arg;
	e->is_committing = false;
	if (code == E_UNKNOWN_OUTCOME) {
		log_event(LOG_LEVEL_ERROR, "store.outcome_unknown", "reason=%s next=\"exit 70 and restart\"",
			  reason);
		exit(EXIT_UNKNOWN_OUTCOME);
	}
	if (e->is_probing) {
		e->is_probing = false;
		if (code == 0)
			store_came_back(e);
		run_reads(e);
		start_turn(e);
		return;
	}
	if (code < 0) {
		store_went_down(e, reason);
		end_turn(e, E_AGAIN);
		refuse_waiting(e);
		return;
	}
	e->commits++;
	end_turn(e, 0);
}

/* ---- one turn -------------------------------------------------------------------------------- */

static void apply_one(struct engine *e, struct engine_work *work)
{
	e->turn.work = work;
	work->apply(&e->turn, work->arg);
	e->turn.work = NULL;
}

static void apply_works(struct engine *e)
{
	uint64_t end = uv_hrtime() + TURN_TIME_MAX_NS;
	for (int i = 0; i < TURN_WORKS_MAX && !list_is_empty(&e->waiting); i++) {
		struct engine_work *work =
			LIST_ITEM(e->waiting.next, struct engine_work, link);
		list_remove(&work->link);
		e->waiting_count--;
		list_add_last(&e->running, &work->link);
		apply_one(e, work);
		if (uv_hrtime() > end || store_batch_bytes(e->batch) > TURN_BYTES_MAX)
			break;
	}
}

static void add_snapshot(struct engine *e)
{
	if (e->journal_seq - e->snapshot_seq < SNAPSHOT_EVERY)
		return;
	engine_restore_snapshot(e->batch, e->routing, e->journal_seq, e->turn.now);
	e->snapshot_seq = e->journal_seq;
	usher_id before = 0; /* repeats are known for so long; older rows are never read again */
	store_remove_below(e->batch, &SEEN, (int64_t)id_next(&before, e->turn.now - SEEN_AGE_US));
}

static bool has_work(const struct engine *e)
{
	return !list_is_empty(&e->waiting) || e->must_tick;
}

static void check_idle(struct engine *e)
{
	uv_idle_stop(e->idle);
	if (e->is_draining && e->on_idle != NULL && !e->is_committing && !has_work(e)) {
		void (*on_idle)(void *arg) = e->on_idle;
		e->on_idle = NULL;
		on_idle(e->idle_arg);
	}
}

static void start_turn(struct engine *e)
{
	if (e->is_committing || e->down_reason[0] != '\0' || !has_work(e)) {
		check_idle(e);
		return;
	}
	store_batch_clear(e->batch);
	usher_us now = gateway_now();
	e->turn.now = now > e->turn.now ? now : e->turn.now;
	e->turn.fresh = NULL;
	e->turn.reported = NULL;
	if (e->must_tick) {
		e->must_tick = false;
		int code = turn_route(&e->turn, &(struct routing_event){.kind = EV_TICK});
		assert(code == 0);
	}
	apply_works(e);
	book_flush(e->g->book, &e->turn);
	add_snapshot(e);
	uv_idle_stop(e->idle);
	if (store_batch_count(e->batch) == 0) { /* nothing changed: refusals and the like */
		end_turn(e, 0);
		return;
	}
	e->is_committing = true;
	committer_commit(e->committer, e->batch);
}

static void on_check(uv_check_t *check)
{
	struct engine *e = check->data;
	finish_works(&e->refused, E_AGAIN);
	if (!e->is_committing)
		start_turn(e);
}

void engine_submit(struct engine *e, engine_apply apply, engine_done on_done, void *arg)
{
	struct engine_work *work = NEW(struct engine_work);
	*work = (struct engine_work){.apply = apply, .on_done = on_done, .arg = arg};
	bool is_refused = e->is_draining || e->down_reason[0] != '\0' ||
			  e->waiting_count >= WAITING_WORKS_MAX;
	list_add_last(is_refused ? &e->refused : &e->waiting, &work->link);
	e->waiting_count += is_refused ? 0 : 1;
	if (is_refused || !e->is_committing)
		wake(e);
}

void engine_read(struct engine *e, engine_publish on_ready, void *arg)
{
	if (!e->is_committing) {
		on_ready(e->g, arg);
		return;
	}
	struct engine_note *note = NEW(struct engine_note);
	note->run = on_ready;
	note->arg = arg;
	notes_add(&e->reads, note);
}

/* ---- inside apply ---------------------------------------------------------------------------- */

static struct engine *engine_of(const struct turn *t)
{
	return t->g->engine;
}

static void journal(struct engine *e, const struct routing_event *ev)
{
	struct usher_buf bytes = {0};
	routing_event_encode(ev, &bytes);
	struct journal_row row = {++e->journal_seq, e->turn.now, buf_text(&bytes)};
	store_add(e->batch, &JOURNAL, &row);
	buf_done(&bytes);
}

int turn_route(struct turn *t, const struct routing_event *ev)
{
	struct engine *e = engine_of(t);
	struct routing_effects effects;
	routing_step(e->routing, ev, t->now, &effects);
	/* Rejected ones too: what was due by now has happened before the event was looked at. */
	journal(e, ev);
	int code = 0;
	for (size_t i = 0; i < effects.count; i++)
		if (effects.items[i].kind == FX_REJECTED)
			code = effects.items[i].code;
	effects_apply(t, ev, &effects);
	return code;
}

void turn_publish(struct turn *t, engine_publish publish, void *arg)
{
	struct engine_note *note = ARENA_NEW(t->arena, struct engine_note);
	note->run = publish;
	note->arg = arg;
	notes_add(&engine_of(t)->publications, note);
}

int64_t turn_journal_seq(const struct turn *t)
{
	return engine_of(t)->journal_seq;
}

bool engine_is_new(const struct engine *e)
{
	return e->journal_seq == 0;
}

void turn_fact(struct turn *t, const struct fact_row *fact)
{
	struct fact_row row = *fact;
	row.id = gateway_id(t->g, t->now);
	row.at_us = t->now;
	row.journal_seq = engine_of(t)->journal_seq;
	store_add(t->batch, &FACT, &row);
	figures_count(t->g->figures, &row);
	estimates_count(t->g->estimates, &row);
}

/* ---- life ------------------------------------------------------------------------------------ */

static int on_newest(const void *row, void *arg)
{
	usher_id id;
	memcpy(&id, row, sizeof id); /* the key is the first member of each of these rows */
	usher_id *newest = arg;
	*newest = id > *newest ? id : *newest;
	return 0;
}

/* Ids grow even when the clock stood further on before the restart. */
static int load_newest_id(struct engine *e, struct usher_error *reterr)
{
	static const struct store_table *const tables[] = {&CONTACT, &FACT,   &SEEN, &INTERACTION,
							   &OUTBOX,  &CUSTOMER, &AUDIT};
	struct store_range newest = {.index = -1, .is_descending = true, .limit = 1};
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		int code = store_scan(e->g->store, tables[i], &newest, on_newest, &e->g->last_id);
		if (code < 0)
			return usher_error_set(reterr, code, "table %s: cannot be read",
					       tables[i]->name);
	}
	return 0;
}

int engine_reload(struct engine *e, struct usher_error *reterr)
{
	struct engine_restored restored;
	int code = engine_restore(&restored, e->g->store, reterr);
	if (code < 0)
		return code;
	routing_free(e->routing);
	e->routing = restored.routing;
	e->journal_seq = restored.journal_seq;
	e->snapshot_seq = restored.snapshot_seq;
	gateway_not_before(restored.at_us);
	code = load_newest_id(e, reterr);
	if (code == 0)
		code = directory_load(e->g->directory, e->g->store, reterr);
	if (code == 0)
		code = book_load(e->g->book, e->g, reterr);
	if (code == 0) {
		opening_load(e->g->opening);
		kept_load(e->g->kept);
		code = estimates_load(e->g->estimates, reterr);
	}
	if (code == 0)
		code = figures_load(e->g->figures, e->g, reterr);
	return code;
}

static void *new_handle(struct engine *e, size_t n)
{
	uv_handle_t *handle = memory_new(n);
	handle->data = e;
	return handle;
}

static void make_handles(struct engine *e)
{
	e->check = new_handle(e, sizeof *e->check);
	e->idle = new_handle(e, sizeof *e->idle);
	e->deadline = new_handle(e, sizeof *e->deadline);
	e->probe = new_handle(e, sizeof *e->probe);
	uv_check_init(e->g->loop, e->check);
	uv_idle_init(e->g->loop, e->idle);
	uv_timer_init(e->g->loop, e->deadline);
	uv_timer_init(e->g->loop, e->probe);
	e->check->data = e->idle->data = e->deadline->data = e->probe->data = e;
	uv_check_start(e->check, on_check);
}

int engine_new(struct engine **ret, struct gateway *g, struct usher_error *reterr)
{
	struct engine *e = NEW(struct engine);
	e->g = g;
	e->batch = store_batch_new();
	e->turn = (struct turn){.g = g, .batch = e->batch, .arena = &e->arena};
	list_init(&e->waiting);
	list_init(&e->running);
	list_init(&e->refused);
	notes_init(&e->publications);
	notes_init(&e->reads);
	g->engine = e;
	int code = engine_reload(e, reterr);
	if (code == 0)
		code = committer_new(&e->committer, g->loop, g->store, on_committed, e, reterr);
	if (code < 0) {
		g->engine = NULL;
		routing_free(e->routing);
		store_batch_free(e->batch);
		free(e);
		return code;
	}
	make_handles(e);
	e->must_tick = true; /* what fell due while the process was away */
	wake(e);
	*ret = e;
	return 0;
}

static void on_handle_closed(uv_handle_t *handle)
{
	free(handle);
}

struct engine *engine_free(struct engine *e)
{
	if (e == NULL)
		return NULL;
	committer_free(e->committer);
	uv_close((uv_handle_t *)e->check, on_handle_closed);
	uv_close((uv_handle_t *)e->idle, on_handle_closed);
	uv_close((uv_handle_t *)e->deadline, on_handle_closed);
	uv_close((uv_handle_t *)e->probe, on_handle_closed);
	finish_works(&e->running, E_AGAIN);
	finish_works(&e->waiting, E_AGAIN);
	finish_works(&e->refused, E_AGAIN);
	run_reads(e);
	routing_free(e->routing);
	store_batch_free(e->batch);
	arena_done(&e->arena);
	free(e);
	return NULL;
}

const struct routing *engine_routing(const struct engine *e)
{
	return e->routing;
}

bool engine_is_store_down(const struct engine *e, const char **ret_reason)
{
	if (ret_reason != NULL)
		*ret_reason = e->down_reason;
	return e->down_reason[0] != '\0';
}

uint64_t engine_commits(const struct engine *e)
{
	return e->commits;
}

void engine_drain(struct engine *e, void (*on_idle)(void *arg), void *arg)
{
	e->is_draining = true;
	e->on_idle = on_idle;
	e->idle_arg = arg;
	wake(e);
}
