/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/presence.h"

#include "gateway/publish.h"
#include "routing/base/table.h"

#include <stdlib.h>

#define AGAIN_MS 1000

struct presence {
	struct gateway *g; /* borrowed: it owns this */
	struct table counts;    /* user -> open connections */
	struct table unsettled; /* users of whom the store did not take the news */
	uv_timer_t *again;
};

struct settling {
	struct presence *p;
	usher_id user;
};

bool presence_is_here(const struct presence *p, usher_id user)
{
	uint64_t unused;
	return table_get(&p->counts, user, &unused);
}

/* One who had signed out and opens a console is back, but not ready for work. */
void presence_settle(struct turn *t, usher_id user)
{
	struct routing_agent_view view;
	bool is_here = presence_is_here(t->g->presence, user);
	struct routing_event ev = {.kind = is_here ? EV_PRESENCE_FOUND : EV_PRESENCE_LOST};
	ev.presence.agent = user;
	if (!routing_agent(engine_routing(t->g->engine), user, &view))
		return;
	if (view.wanted == AGENT_SIGNED_OUT && !is_here)
		return;
	if (view.wanted == AGENT_SIGNED_OUT) {
		ev.kind = EV_AGENT_WANTS;
		ev.presence.wants = AGENT_NOT_READY;
	}
	int code = turn_route(t, &ev);
	(void)code; /* already so: nothing to do */
	publish_agent(t, user);
}

static void apply(struct turn *t, void *arg)
{
	presence_settle(t, ((const struct settling *)arg)->user);
}

static void begin(struct presence *p, usher_id user);

static void on_again(uv_timer_t *timer)
{
	struct presence *p = timer->data;
	struct table users = p->unsettled;
	p->unsettled = (struct table){0};
	TABLE_EACH(slot, &users)
		begin(p, slot->key);
	table_done(&users);
}

static void done(int code, void *arg)
{
	struct settling *s = arg;
	if (code < 0) {
		table_set(&s->p->unsettled, s->user, 1);
		uv_timer_start(s->p->again, on_again, AGAIN_MS, 0);
	}
	free(s);
}

static void begin(struct presence *p, usher_id user)
{
	struct settling *s = NEW(struct settling);
	*s = (struct settling){p, user};
	engine_submit(p->g->engine, apply, done, s);
}

void presence_opened(struct presence *p, usher_id user)
{
	uint64_t n = 0;
	bool was_here = table_get(&p->counts, user, &n);
	table_set(&p->counts, user, n + 1);
	if (!was_here)
		begin(p, user);
}

void presence_closed(struct presence *p, usher_id user)
{
	uint64_t n = 0;
	table_get(&p->counts, user, &n);
	if (n > 1) {
		table_set(&p->counts, user, n - 1);
		return;
	}
	table_remove(&p->counts, user);
	begin(p, user);
}

static void check(const struct routing_agent_view *view, void *arg)
{
	struct presence *p = arg;
	if (view->wanted != AGENT_SIGNED_OUT && !presence_is_here(p, view->agent))
		begin(p, view->agent);
}

void presence_check_all(struct presence *p)
{
	routing_each_agent(engine_routing(p->g->engine), check, p);
}

struct presence *presence_new(struct gateway *g)
{
	struct presence *p = NEW(struct presence);
	p->g = g;
	p->again = NEW(uv_timer_t);
	uv_timer_init(g->loop, p->again);
	p->again->data = p;
	return p;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

struct presence *presence_free(struct presence *p)
{
	if (p == NULL)
		return NULL;
	uv_close((uv_handle_t *)p->again, on_closed);
	table_done(&p->counts);
	table_done(&p->unsettled);
	free(p);
	return NULL;
}
