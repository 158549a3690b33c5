/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/place.h"

#include "gateway/estimates.h"
#include "gateway/live.h"
#include "routing/base/table.h"

#include <stdlib.h>

#define PLACE_EVERY_MS 2000

struct place {
	struct gateway *g; /* borrowed: it owns this */
	struct table moved; /* queues that moved since the last round */
	uv_timer_t *timer;
	bool is_armed;
};

void place_told(struct contact *c, const struct contact_news *news)
{
	c->told_position = news->position;
	c->told_low_us = news->wait_low_us;
	c->told_high_us = news->wait_high_us;
}

static void tell(struct contact *c, void *arg)
{
	struct place *p = arg;
	uint64_t unused;
	struct contact_news news;
	bool is_waiting = c->row.state == CONTACT_WAITING &&
			  channel_is_live((enum channel_kind)c->row.channel);
	if (!is_waiting || !table_get(&p->moved, c->row.queue, &unused))
		return;
	place_news(p->g, c, &news);
	if (news.position == c->told_position && news.wait_low_us == c->told_low_us &&
	    news.wait_high_us == c->told_high_us)
		return;
	place_told(c, &news);
	lines_contact_place(p->g, c);
	live_place(p->g->live, c);
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

void place_news(struct gateway *g, const struct contact *c, struct contact_news *ret)
{
	struct estimate_range range;
	estimates_of(g->estimates, c, &ret->position, &range);
	ret->wait_low_us = range.low_us;
	ret->wait_high_us = range.high_us;
}
