/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/place.h"

#include "gateway/figures.h"
#include "routing/base/table.h"

#include <math.h>
#include <stdlib.h>

#define PLACE_EVERY_MS 2000

struct place {
	struct gateway *g; /* borrowed: it owns this */
	struct table moved; /* queues that moved since the last round */
	uv_timer_t *timer;
	bool is_armed;
};

static void tell(struct contact *c, void *arg)
{
	struct place *p = arg;
	uint64_t unused;
	bool is_waiting = c->row.state == CONTACT_WAITING &&
			  channel_is_live((enum channel_kind)c->row.channel);
	if (is_waiting && table_get(&p->moved, c->row.queue, &unused))
		lines_contact_place(p->g, c);
}

static void tell_all(struct gateway *g, void *arg)
{
	struct place *p = arg;
	book_each_open(g->book, tell, p);
	table_done(&p->moved);
}

static void on_time(uv_timer_t *timer)
{
	struct place *p = timer->data;
	p->is_armed = false;
	engine_read(p->g->engine, tell_all, p);
}

struct place *place_new(struct gateway *g)
{
	struct place *p = NEW(struct place);
	p->g = g;
	p->timer = NEW(uv_timer_t);
	uv_timer_init(g->loop, p->timer);
	p->timer->data = p;
	return p;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

struct place *place_free(struct place *p)
{
	if (p == NULL)
		return NULL;
	uv_close((uv_handle_t *)p->timer, on_closed);
	table_done(&p->moved);
	free(p);
	return NULL;
}

void place_touch(struct place *p, usher_id queue)
{
	if (queue == 0)
		return;
	table_set(&p->moved, queue, 1);
	if (p->is_armed)
		return;
	p->is_armed = true;
	uv_timer_start(p->timer, on_time, PLACE_EVERY_MS, 0);
}

void place_estimate(struct gateway *g, const struct contact *c, uint32_t position,
		    struct contact_news *ret)
{
	ret->position = position;
	double pace = (double)figures_pace(g->figures, c->row.queue);
	if (pace <= 0 || position == 0)
		return;
	double mean = pace * position, spread = pace * sqrt((double)position);
	ret->wait_low_us = (usher_us)(mean > spread ? mean - spread : 0);
	ret->wait_high_us = (usher_us)(mean + spread);
}
