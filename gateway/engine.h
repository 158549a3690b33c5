/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: one turn after another.
 *
 * A turn collects what the loop made ready (at most 256 works or 5 ms), stamps the time once, lets
 * each work apply itself (change memory, step the routing core, add rows to the batch) and commits
 * everything in one transaction. Only after the commit do the publications of the turn run, in
 * the order they were asked for, and then each work's on_done with 0. No second turn begins
 * before that, so nothing uncommitted is ever built upon or shown.
 *
 * If the commit surely did not happen, nothing is published, memory is loaded again from the
 * store, every work of the turn ends with E_AGAIN, and until a probe succeeds (each second) new
 * works end with E_AGAIN at once. If the outcome is unknown the process ends with exit code 70.
 */
#ifndef GATEWAY_ENGINE_H
#define GATEWAY_ENGINE_H

#include "gateway/gateway.h"
#include "routing/core/core.h"
#include "storage/record.h"

struct engine;

struct turn {
	struct gateway *g;
	usher_us now;
	struct store_batch *batch; /* rows of this turn */
	struct arena *arena;       /* until the turn's on_done callbacks have run */
	struct engine_work *work;  /* the one being applied */
	struct fresh *fresh;       /* addresses first seen in this turn; in the arena */
	struct reported *reported; /* messages whose delivery changed in it; in the arena */
};

typedef void (*engine_apply)(struct turn *t, void *arg);
/* code: 0 durable, E_AGAIN nothing was kept. What the work found out itself (E_STALE, …) it keeps
 * in its own argument. */
typedef void (*engine_done)(int code, void *arg);
typedef void (*engine_publish)(struct gateway *g, void *arg);

/* Loads the newest snapshot and replays the journal behind it. */
int engine_new(struct engine **ret, struct gateway *g, struct usher_error *reterr) USHER_CHECKED;
struct engine *engine_free(struct engine *e); /* accepts NULL; always NULL; waits for a commit */

/* Loads contacts and the core again; done by engine_new and after a failed commit. */
int engine_reload(struct engine *e, struct usher_error *reterr) USHER_CHECKED;

/* on_done may be NULL. Always called later, once. */
void engine_submit(struct engine *e, engine_apply apply, engine_done on_done, void *arg);

/* Calls on_ready when no commit is running: at once, or right after it. For looking only. */
void engine_read(struct engine *e, engine_publish on_ready, void *arg);

/* ---- inside apply ---- */

/* Steps the core, journals the event, handles its effects. Returns 0 or the code it was rejected
 * with; deadlines that were due are handled either way. */
int turn_route(struct turn *t, const struct routing_event *ev) USHER_CHECKED;

/* Runs after the commit, before on_done. arg must live in t->arena or be owned by publish. */
void turn_publish(struct turn *t, engine_publish publish, void *arg);

/* The journal's last sequence number: the event that is being handled. */
int64_t turn_journal_seq(const struct turn *t);

void turn_fact(struct turn *t, const struct fact_row *fact); /* id and at_us are filled in */

/* ---- questions ---- */
const struct routing *engine_routing(const struct engine *e);
bool engine_is_store_down(const struct engine *e, const char **ret_reason);
uint64_t engine_commits(const struct engine *e);
bool engine_is_new(const struct engine *e); /* nothing was ever journalled */

/* No new works; those at hand are finished; then on_idle. */
void engine_drain(struct engine *e, void (*on_idle)(void *arg), void *arg);

#endif
