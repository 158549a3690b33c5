/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/kept.h"

#include "gateway/directory.h"
#include "gateway/intake.h"
#include "gateway/publish.h"

#include <stdlib.h>

#define RETRY_MS 60000
#define TAKEN_MAX 500 /* of one turn; the rest at once after it */

struct kept {
	struct gateway *g; /* borrowed: it owns this */
	usher_id *ids;     /* owned; in the order they came */
	size_t count, space;
	uv_timer_t *timer;
	bool is_trying, has_more;
};

static void add(struct kept *k, usher_id id)
{
	if (k->count == k->space) {
		k->space = k->space == 0 ? 64 : k->space * 2;
		k->ids = memory_resize(k->ids, k->space * sizeof *k->ids);
	}
	k->ids[k->count++] = id;
}

static bool is_kept(const struct contact *c)
{
	return c != NULL && c->row.state == CONTACT_PARKED &&
	       (c->row.cause == CAUSE_CLOSED_HOURS || c->row.cause == CAUSE_FULL);
}

/* ---- again ------------------------------------------------------------------------------------- */

static int enter(struct turn *t, struct contact *c)
{
	int64_t cause = c->row.cause;
	if (directory_queue(t->g->directory, c->row.queue) == NULL)
		c->row.queue = intake_queue(t, c); /* it was removed meanwhile */
	c->row.cause = CAUSE_NONE;
	int code = intake_enqueue(t, c, (int)c->row.priority, 0);
	if (code < 0) {
		c->row.cause = cause;
		return code;
	}
	contact_changed(t, c);
	publish_contact(t, c);
	return 0;
}

/* Where the queue is closed all behind the first wait too; what is refused for its own sake holds
 * nobody up. */
static void apply(struct turn *t, void *arg)
{
	struct kept *k = arg;
	struct table refused = {0};
	size_t left = 0, taken = 0, failed = 0;
	uint64_t unused;
	for (size_t i = 0; i < k->count; i++) {
		struct contact *c = book_open_contact(t->g->book, k->ids[i]);
		if (!is_kept(c))
			continue;
		bool is_tried = taken < TAKEN_MAX && !table_get(&refused, c->row.queue, &unused);
		int code = is_tried ? enter(t, c) : E_AGAIN;
		if (code == 0) {
			taken++;
			continue;
		}
		failed += is_tried;
		if (code == E_CLOSED || failed > TAKEN_MAX)
			table_set(&refused, c->row.queue, 1);
		k->ids[left++] = k->ids[i];
	}
	k->has_more = taken == TAKEN_MAX;
	k->count = left;
	table_done(&refused);
}

static void arm(struct kept *k, uint64_t ms);

static void done(int code, void *arg)
{
	struct kept *k = arg;
	k->is_trying = false;
	if (k->count > 0) /* after a commit that failed the list was loaded again */
		arm(k, code == 0 && k->has_more ? 0 : RETRY_MS);
}

void kept_retry(struct kept *k)
{
	if (k->is_trying || k->count == 0)
		return;
	k->is_trying = true;
	engine_submit(k->g->engine, apply, done, k);
}

static void on_time(uv_timer_t *timer)
{
	kept_retry(timer->data);
}

static void arm(struct kept *k, uint64_t ms)
{
	uv_timer_start(k->timer, on_time, ms, 0);
}

/* ---- keeping ----------------------------------------------------------------------------------- */

void kept_add(struct turn *t, struct contact *c, enum contact_cause cause)
{
	struct kept *k = t->g->kept;
	c->row.state = CONTACT_PARKED;
	c->row.cause = cause;
	c->row.agent = 0;
	c->row.closed_us = 0;
	contact_changed(t, c);
	book_event(t, c, "kept", cause == CAUSE_FULL
					 ? "The queue is full: it is kept until there is room."
					 : "The queue is closed: it is kept until it opens.");
	publish_contact(t, c);
	add(k, c->row.id);
	if (!uv_is_active((uv_handle_t *)k->timer))
		arm(k, RETRY_MS);
}

static void load_one(struct contact *c, void *arg)
{
	struct kept *k = arg;
	struct routing_contact_view view;
	if (is_kept(c) && !routing_contact(engine_routing(k->g->engine), c->row.id, &view))
		add(k, c->row.id);
}

static int by_id(const void *a, const void *b)
{
	const usher_id *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

void kept_load(struct kept *k)
{
	k->count = 0;
	book_each_open(k->g->book, load_one, k);
	if (k->count == 0)
		return;
	qsort(k->ids, k->count, sizeof *k->ids, by_id);
	arm(k, RETRY_MS);
}

size_t kept_count(const struct kept *k)
{
	return k->count;
}

struct kept *kept_new(struct gateway *g)
{
	struct kept *k = NEW(struct kept);
	k->g = g;
	k->timer = NEW(uv_timer_t);
	uv_timer_init(g->loop, k->timer);
	k->timer->data = k;
	return k;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

struct kept *kept_free(struct kept *k)
{
	if (k == NULL)
		return NULL;
	uv_close((uv_handle_t *)k->timer, on_closed);
	free(k->ids);
	free(k);
	return NULL;
}
