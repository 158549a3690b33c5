/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/committer.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct committer {
	struct store *store; /* borrowed: until committer_free */
	committer_on_done on_done;
	void *arg;
	uv_async_t wake; /* thread -> loop */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* guarded by lock */
	const struct store_batch *batch; /* borrowed: until on_done; NULL = nothing to do */
	bool has_result, must_end;
	int code;
	struct usher_error err;
	/* the loop's own */
	bool is_busy;
};

static void *commit_thread(void *arg)
{
	struct committer *c = arg;
	pthread_mutex_lock(&c->lock);
	while (!c->must_end) {
		if (c->batch == NULL || c->has_result) {
			pthread_cond_wait(&c->changed, &c->lock);
			continue;
		}
		const struct store_batch *batch = c->batch;
		pthread_mutex_unlock(&c->lock);
		struct usher_error err = {0};
		int code = store_commit(c->store, batch, &err);
		pthread_mutex_lock(&c->lock);
		c->code = code;
		c->err = err;
		c->has_result = true;
		pthread_cond_broadcast(&c->changed);
		uv_async_send(&c->wake);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

static void on_wake(uv_async_t *wake)
{
	struct committer *c = wake->data;
	pthread_mutex_lock(&c->lock);
	bool has_result = c->has_result;
	int code = c->code;
	struct usher_error err = c->err;
	if (has_result) {
		c->has_result = false;
		c->batch = NULL;
	}
	pthread_mutex_unlock(&c->lock);
	if (!has_result)
		return;
	c->is_busy = false;
	c->on_done(code, err.text, c->arg);
}

int committer_new(struct committer **ret, uv_loop_t *loop, struct store *store,
		  committer_on_done on_done, void *arg, struct usher_error *reterr)
{
	struct committer *c = NEW(struct committer);
	c->store = store;
	c->on_done = on_done;
	c->arg = arg;
	if (uv_async_init(loop, &c->wake, on_wake) != 0) {
		free(c);
		return usher_error_set(reterr, E_IO, "commit thread: no event handle");
	}
	c->wake.data = c;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	if (pthread_create(&c->thread, NULL, commit_thread, c) != 0)
		abort(); /* nothing can be kept without it, and nothing was promised yet */
	*ret = c;
	return 0;
}

void committer_commit(struct committer *c, const struct store_batch *batch)
{
	assert(!c->is_busy);
	c->is_busy = true;
	pthread_mutex_lock(&c->lock);
	c->batch = batch;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

bool committer_is_busy(const struct committer *c)
{
	return c->is_busy;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

struct committer *committer_free(struct committer *c)
{
	if (c == NULL)
		return NULL;
	pthread_mutex_lock(&c->lock);
	while (c->batch != NULL && !c->has_result)
		pthread_cond_wait(&c->changed, &c->lock);
	c->must_end = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->changed);
	uv_close((uv_handle_t *)&c->wake, on_closed);
	return NULL;
}
