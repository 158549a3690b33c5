/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/estimates.h"

#include "gateway/directory.h"
#include "gateway/routing_settings.h"
#include "routing/base/table.h"

#include <assert.h>
#include <stdlib.h>

#define AGENT_UNITS 100 /* of capacity: the usual agent's */

struct wait { /* of one open contact in its queue */
	usher_id queue;
	usher_us queued_us, offered_us, started_us; /* 0 = not yet */
	usher_us announced_us;
	struct estimate_range announced;
};

struct estimates {
	struct gateway *g; /* borrowed: it owns this */
	struct table queues; /* id -> struct estimator *, owned */
	struct table waits;  /* contact -> struct wait *, owned */
	bool is_loading;     /* who was on duty then is not known */
};

struct estimates *estimates_new(struct gateway *g)
{
	struct estimates *e = NEW(struct estimates);
	e->g = g;
	return e;
}

static void clear(struct table *t)
{
	TABLE_EACH(slot, t)
		free((void *)(uintptr_t)slot->value);
	table_done(t);
}

struct estimates *estimates_free(struct estimates *e)
{
	if (e == NULL)
		return NULL;
	clear(&e->queues);
	clear(&e->waits);
	free(e);
	return NULL;
}

static struct estimator *of_queue(struct estimates *e, usher_id queue, usher_us now)
{
	struct estimator *q = table_get_pointer(&e->queues, queue);
	if (q != NULL)
		return q;
	q = NEW(struct estimator);
	int code = estimator_init(q, NULL, now, NULL);
	assert(code == 0); /* the default rules are within the limits */
	(void)code;
	table_set_pointer(&e->queues, queue, q);
	return q;
}

/* ---- who serves ------------------------------------------------------------------------------- */

/* How many contacts of the kind that waits there one agent may hold. */
static uint32_t slots(const struct estimates *e, enum channel_kind channel)
{
	struct routing_channel_set set;
	bool is_set = routing_channel(engine_routing(e->g->engine), channel, &set);
	uint32_t n = is_set && set.weight > 0 ? AGENT_UNITS / set.weight : 1;
	if (is_set && set.count_max > 0 && n > set.count_max)
		n = set.count_max;
	return n > 0 ? n : 1;
}

static void serve(struct estimates *e, usher_id queue, usher_us now)
{
	struct routing_queue_view view;
	int64_t waiting[CHANNEL_KINDS];
	enum channel_kind most = CHANNEL_TELEPHONY;
	if (e->is_loading || !routing_queue(engine_routing(e->g->engine), queue, &view))
		return;
	book_count_waiting(e->g->book, queue, waiting);
	for (int kind = 1; kind < CHANNEL_KINDS; kind++)
		if (waiting[kind] > waiting[most])
			most = (enum channel_kind)kind;
	estimator_agents(of_queue(e, queue, now), now,
			 (view.agents_ready + view.agents_busy) * slots(e, most));
}

void estimates_agent(struct estimates *e, usher_id agent)
{
	const struct user_row *user = directory_user(e->g->directory, agent);
	struct routing_member members[ROUTING_MEMBERSHIPS_MAX];
	unsigned n = user != NULL ? routing_members_load(user->queues, members) : 0;
	for (unsigned i = 0; i < n; i++)
		serve(e, members[i].queue, gateway_now());
}

/* ---- what happens to the line ------------------------------------------------------------------- */

static struct wait *wait_of(struct estimates *e, usher_id contact)
{
	struct wait *w = table_get_pointer(&e->waits, contact);
	if (w == NULL) {
		w = NEW(struct wait);
		table_set_pointer(&e->waits, contact, w);
	}
	return w;
}

static void judge(struct estimator *q, struct wait *w, usher_us now, bool is_served)
{
	if (w->announced_us == 0)
		return;
	estimator_outcome(q, &w->announced, now - w->announced_us, is_served);
	w->announced_us = 0;
}

static void leave(struct estimates *e, struct wait *w, usher_us now)
{
	if (w->queue == 0 || w->queued_us == 0 || w->started_us != 0)
		return;
	struct estimator *q = of_queue(e, w->queue, now);
	estimator_abandon(q, now, now - w->queued_us);
	judge(q, w, now, false);
	w->queued_us = 0;
}

/* However it leaves who has it. */
static void end_service(struct estimates *e, struct wait *w, usher_us now)
{
	if (w->started_us != 0)
		estimator_end(of_queue(e, w->queue, now), now, now - w->started_us);
	w->started_us = 0;
}

static void on_queued(struct estimates *e, const struct fact_row *f)
{
	if (f->number != 1)
		return; /* back in its old place */
	struct wait *w = wait_of(e, f->contact);
	leave(e, w, f->at_us);
	end_service(e, w, f->at_us);
	*w = (struct wait){.queue = f->queue, .queued_us = f->at_us};
	struct estimator *q = of_queue(e, f->queue, f->at_us);
	serve(e, f->queue, f->at_us);
	estimator_arrival(q, f->at_us);
}

static void on_started(struct estimates *e, const struct fact_row *f)
{
	struct wait *w = table_get_pointer(&e->waits, f->contact);
	if (w == NULL || w->queued_us == 0 || w->started_us != 0)
		return;
	struct estimator *q = of_queue(e, w->queue, f->at_us);
	/* Where an agent was free it was offered in the turn in which it came. */
	bool is_delayed = (w->offered_us != 0 ? w->offered_us : f->at_us) > w->queued_us;
	estimator_start(q, f->at_us, f->at_us - w->queued_us, is_delayed);
	judge(q, w, f->at_us, true);
	w->started_us = f->at_us;
}

static void on_closed(struct estimates *e, const struct fact_row *f)
{
	struct wait *w = table_get_pointer(&e->waits, f->contact);
	if (w == NULL)
		return;
	leave(e, w, f->at_us);
	end_service(e, w, f->at_us);
	table_remove(&e->waits, f->contact);
	free(w);
}

static void on_announced(struct estimates *e, const struct fact_row *f)
{
	struct wait *w = wait_of(e, f->contact);
	usher_us low = (f->number >> 32) * USHER_SECOND, high = (f->number & 0xffffffff) * USHER_SECOND;
	w->announced_us = f->at_us;
	w->announced = (struct estimate_range){low, low + (high - low) / 2, high, ESTIMATE_BY_LENGTH};
}

void estimates_count(struct estimates *e, const struct fact_row *f)
{
	struct wait *w = table_get_pointer(&e->waits, f->contact);
	switch (f->kind) {
	case FX_QUEUED:
		on_queued(e, f);
		break;
	case FX_OFFERED:
		if (w != NULL && w->offered_us == 0)
			w->offered_us = f->at_us;
		break;
	case FX_ASSIGNED:
		on_started(e, f);
		break;
	case FX_CLOSED:
		on_closed(e, f);
		break;
	case FX_AGENT_STATE:
		if (!e->is_loading)
			estimates_agent(e, f->agent);
		break;
	case FACT_ANNOUNCED:
		on_announced(e, f);
		break;
	default:
		break;
	}
}

/* ---- after a start ------------------------------------------------------------------------------- */

struct newest {
	struct fact_row *rows; /* newest first, without texts */
	size_t count;
};

static int on_fact(const void *row, void *arg)
{
	struct newest *n = arg;
	n->rows[n->count] = *(const struct fact_row *)row;
	n->rows[n->count++].fields = TEXT_NONE;
	return 0;
}

int estimates_load(struct estimates *e, struct usher_error *reterr)
{
	struct newest newest = {.rows = memory_new(ESTIMATES_FACTS_MAX * sizeof *newest.rows)};
	struct store_range range = {.index = -1, .is_descending = true, .limit = ESTIMATES_FACTS_MAX};
	clear(&e->queues);
	clear(&e->waits);
	int code = store_scan(e->g->store, &FACT, &range, on_fact, &newest);
	e->is_loading = true;
	for (size_t i = newest.count; i > 0; i--)
		estimates_count(e, &newest.rows[i - 1]);
	e->is_loading = false;
	free(newest.rows);
	if (code < 0)
		return usher_error_set(reterr, code, "facts: cannot be read from the store");
	TABLE_EACH(slot, &e->queues)
		serve(e, slot->key, gateway_now());
	return 0;
}

/* ---- answers -------------------------------------------------------------------------------------- */

void estimates_of(struct estimates *e, const struct contact *c, uint32_t *ret_position,
		  struct estimate_range *ret)
{
	const struct routing *r = engine_routing(e->g->engine);
	const struct estimator *q = table_get_pointer(&e->queues, c->row.queue);
	bool is_waiting = c->row.state == CONTACT_WAITING || c->row.state == CONTACT_OFFERED;
	struct routing_contact_view view;
	struct routing_queue_view line;
	usher_us now = gateway_now();
	*ret = (struct estimate_range){.method = ESTIMATE_UNKNOWN};
	*ret_position = 0;
	if (!is_waiting || !routing_contact(r, c->row.id, &view))
		return;
	*ret_position = view.position > 0 ? view.position : 1;
	if (q == NULL || !routing_queue(r, c->row.queue, &line))
		return;
	struct estimate_question question = {
		.position = *ret_position,
		.waited_us = now - view.queued_us,
		.head_waited_us = line.oldest_us != USHER_NEVER ? now - line.oldest_us : -1};
	estimator_answer(q, now, &question, ret);
	estimator_round(ret);
}

void estimates_announce(struct turn *t, const struct contact *c)
{
	struct estimate_range range;
	uint32_t position;
	bool is_told = c->row.state == CONTACT_WAITING && c->about == 0 &&
		       channel_is_live((enum channel_kind)c->row.channel);
	if (!is_told)
		return;
	estimates_of(t->g->estimates, c, &position, &range);
	if (range.method == ESTIMATE_UNKNOWN)
		return;
	turn_fact(t, &(struct fact_row){
			     .kind = FACT_ANNOUNCED, .contact = c->row.id, .queue = c->row.queue,
			     .number = range.low_us / USHER_SECOND << 32 |
				       range.high_us / USHER_SECOND});
}

bool estimates_announced(const struct estimates *e, usher_id contact, struct estimate_range *ret)
{
	const struct wait *w = table_get_pointer(&e->waits, contact);
	if (w == NULL || w->announced_us == 0)
		return false;
	*ret = w->announced;
	return true;
}

void estimates_coverage(const struct estimates *e, usher_id queue, struct estimator_coverage *ret)
{
	const struct estimator *q = table_get_pointer(&e->queues, queue);
	*ret = q != NULL ? q->coverage : (struct estimator_coverage){0};
}
