/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/explain/explainer.h"

#include "gateway/engine.h"
#include "routing/base/list.h"

#include <stdlib.h>

#define AT_ONCE 2 /* each holds a core of its own, and a thread of the pool that hashes passwords */
#define WAITING_MAX 16

struct explainer {
	struct gateway *g; /* borrowed */
	struct list waiting;
	unsigned waiting_count, running;
	atomic_bool is_over;
};

struct explain_job {
	uv_work_t uv;
	struct list link; /* in list: explainer.waiting */
	struct explainer *explainer; /* borrowed: it outlives the jobs that run */
	struct explain_wish wish;
	explainer_done on_done;
	void *arg;
	int code;
	struct usher_error err;
	struct explain_history history;
};

struct explainer *explainer_new(struct gateway *g)
{
	struct explainer *e = NEW(struct explainer);
	e->g = g;
	list_init(&e->waiting);
	return e;
}

static void finish(struct gateway *g, void *arg)
{
	struct explain_job *job = arg;
	(void)g;
	job->on_done(job->code, job->err.text, &job->history, job->arg);
	if (job->code == 0)
		explain_history_done(&job->history);
	free(job);
}

static void work(uv_work_t *uv)
{
	struct explain_job *job = (struct explain_job *)uv;
	struct store *reader;
	job->code = store_reader_new(&reader, job->explainer->g->store, &job->err);
	if (job->code < 0)
		return;
	job->code = explain_history_make(&job->history, reader, &job->wish, &job->err);
	store_close(reader);
}

static void start_next(struct explainer *e);

static void on_worked(uv_work_t *uv, int status)
{
	struct explain_job *job = (struct explain_job *)uv;
	struct explainer *e = job->explainer;
	(void)status; /* jobs are not cancelled once they are queued */
	e->running--;
	if (e->g->engine != NULL)
		engine_read(e->g->engine, finish, job); /* nothing uncommitted is shown */
	else
		finish(e->g, job);
	start_next(e);
	if (atomic_load(&e->is_over) && e->running == 0)
		free(e);
}

static void start_next(struct explainer *e)
{
	while (e->running < AT_ONCE && !list_is_empty(&e->waiting)) {
		struct explain_job *job = LIST_ITEM(e->waiting.next, struct explain_job, link);
		list_remove(&job->link);
		e->waiting_count--;
		e->running++;
		uv_queue_work(e->g->loop, &job->uv, work, on_worked);
	}
}

void explainer_ask(struct explainer *e, const struct explain_wish *wish, explainer_done on_done, void *arg)
{
	struct explain_job *job = NEW(struct explain_job);
	job->explainer = e;
	job->wish = *wish;
	job->wish.is_cancelled = &e->is_over;
	job->on_done = on_done;
	job->arg = arg;
	list_init(&job->link);
	if (atomic_load(&e->is_over) || e->waiting_count == WAITING_MAX) {
		job->code = usher_error_set(&job->err, E_AGAIN,
					    "too many explanations are being made; ask again");
		finish(e->g, job);
		return;
	}
	e->waiting_count++;
	list_add_last(&e->waiting, &job->link);
	start_next(e);
}

struct explainer *explainer_free(struct explainer *e)
{
	if (e == NULL)
		return NULL;
	atomic_store(&e->is_over, true);
	while (!list_is_empty(&e->waiting)) {
		struct explain_job *job = LIST_ITEM(e->waiting.next, struct explain_job, link);
		list_remove(&job->link);
		job->code = usher_error_set(&job->err, E_AGAIN, "Usher is going down; ask again");
		finish(e->g, job);
	}
	if (e->running == 0)
		free(e);
	return NULL;
}
