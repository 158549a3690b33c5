/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/replay/replay_figures.h"

#include "routing/base/memory.h"

#include <stdlib.h>

#define HOLDERS_MAX (ROUTING_PARALLEL_MAX + 1)

struct followed_contact {
	usher_id queue;
	usher_us queued_us, answered_us; /* 0 = not yet */
	usher_us held_us;		 /* since somebody holds it or wraps it up; 0 = nobody */
	usher_us handle_us;		 /* of earlier holders */
	bool is_waiting, is_consultation;
	bool is_old; /* was held when the run began: nobody knows for how long */
	unsigned holder_count;
	usher_id holders[HOLDERS_MAX];
};

struct followed_agent {
	struct replay_agent_figures figures;
	enum agent_state state;
	uint32_t held;
	usher_us since_us;
};

struct replay_figures {
	const struct replay_target *targets; /* borrowed: as long as this */
	size_t target_count;
	struct table contacts, agents, queues;	 /* id -> what is followed, owned */
	struct replay_queue_figures *queue_list; /* owned; made at the end */
	struct replay_agent_figures *agent_list;
	size_t queue_count, agent_count;
	usher_us now;
	const struct routing *old; /* borrowed: while this is made */
};

static void *of(struct table *t, usher_id id, size_t bytes)
{
	void *p = table_get_pointer(t, id);
	if (p == NULL) {
		p = memory_new(bytes);
		table_set_pointer(t, id, p);
	}
	return p;
}

static struct replay_queue_figures *of_queue(struct replay_figures *f, usher_id queue)
{
	struct replay_queue_figures *q = of(&f->queues, queue, sizeof *q);
	q->queue = queue;
	return q;
}

static struct followed_agent *of_agent(struct replay_figures *f, usher_id agent)
{
	struct followed_agent *a = of(&f->agents, agent, sizeof *a);
	if (a->figures.agent == 0)
		a->since_us = f->now;
	a->figures.agent = agent;
	return a;
}

static struct followed_contact *of_contact(struct replay_figures *f, usher_id contact)
{
	return of(&f->contacts, contact, sizeof(struct followed_contact));
}

/* ---- agents --------------------------------------------------------------------------------- */

static void account(struct replay_figures *f, struct followed_agent *a)
{
	usher_us span = f->now - a->since_us;
	a->since_us = f->now;
	if (a->held > 0)
		a->figures.busy_us += span;
	else if (a->state == AGENT_READY || a->state == AGENT_BUSY)
		a->figures.idle_us += span;
}

static void hold(struct replay_figures *f, struct followed_contact *c, usher_id agent)
{
	for (unsigned i = 0; i < c->holder_count; i++)
		if (c->holders[i] == agent)
			return;
	if (c->holder_count == HOLDERS_MAX)
		return;
	c->holders[c->holder_count++] = agent;
	struct followed_agent *a = of_agent(f, agent);
	account(f, a);
	a->held++;
	if (c->held_us == 0)
		c->held_us = f->now;
}

static void let_go(struct replay_figures *f, struct followed_contact *c, usher_id agent)
{
	for (unsigned i = 0; i < c->holder_count; i++) {
		if (c->holders[i] != agent)
			continue;
		c->holders[i] = c->holders[--c->holder_count];
		struct followed_agent *a = of_agent(f, agent);
		account(f, a);
		a->held--;
		break;
	}
	if (c->holder_count > 0 || c->held_us == 0)
		return;
	c->handle_us += f->now - c->held_us;
	c->held_us = 0;
}

static void let_all_go(struct replay_figures *f, struct followed_contact *c)
{
	while (c->holder_count > 0)
		let_go(f, c, c->holders[0]);
}

/* ---- contacts ------------------------------------------------------------------------------- */

static const struct replay_target *target_of(const struct replay_figures *f, usher_id queue)
{
	static const struct replay_target none = {0, USHER_NEVER, 0};
	for (size_t i = 0; i < f->target_count; i++)
		if (f->targets[i].queue == queue)
			return &f->targets[i];
	return &none;
}

static void on_queued(struct replay_figures *f, const struct routing_effect *fx)
{
	struct followed_contact *c = of_contact(f, fx->contact);
	let_all_go(f, c);
	c->is_waiting = true;
	if (c->queue == fx->queue && c->queued_us != 0)
		return;
	c->queue = fx->queue;
	c->queued_us = f->now;
	c->answered_us = 0;
	if (!c->is_consultation && c->queue != 0)
		of_queue(f, c->queue)->entered++;
}

static void add_wait(struct replay_queue_figures *q, usher_us wait)
{
	if (q->waits.count == q->waits.space) {
		q->waits.space = q->waits.space > 0 ? q->waits.space * 2 : 64;
		q->waits.items = memory_resize(q->waits.items, q->waits.space * sizeof wait);
	}
	q->waits.items[q->waits.count++] = wait;
	q->waited_us += wait;
}

static void on_assigned(struct replay_figures *f, const struct routing_effect *fx)
{
	struct followed_contact *c = of_contact(f, fx->contact);
	bool is_first = c->answered_us == 0;
	let_all_go(f, c);
	hold(f, c, fx->agent);
	of_agent(f, fx->agent)->figures.contacts++;
	c->is_waiting = false;
	if (!is_first)
		return;
	c->answered_us = f->now;
	if (c->is_consultation || c->queued_us == 0 || c->queue == 0)
		return;
	struct replay_queue_figures *q = of_queue(f, c->queue);
	usher_us wait = f->now - c->queued_us;
	q->answered++;
	q->in_target += wait <= target_of(f, c->queue)->target_us;
	add_wait(q, wait);
}

static void count_closed(struct replay_figures *f, const struct followed_contact *c,
			 enum contact_cause cause)
{
	struct replay_queue_figures *q = of_queue(f, c->queue);
	if (cause == CAUSE_CUSTOMER_LEFT) {
		q->abandoned++;
		q->short_abandoned += f->now - c->queued_us < target_of(f, c->queue)->short_us;
	} else if (c->answered_us == 0) {
		q->turned_away++;
	} else if (!c->is_old) {
		q->handled++;
		q->handle_us += c->handle_us;
	}
}

static void on_closed(struct replay_figures *f, const struct routing_effect *fx)
{
	struct followed_contact *c = of_contact(f, fx->contact);
	let_all_go(f, c);
	if (!c->is_consultation && c->queue != 0)
		count_closed(f, c, fx->cause);
	free(c);
	table_remove(&f->contacts, fx->contact);
}

static void on_refused(struct replay_figures *f, const struct routing_event *ev, int code)
{
	if (ev->kind == EV_CONTACT_NEW && ev->contact.queue != 0 &&
	    (code == E_LIMIT || code == E_CLOSED))
		of_queue(f, ev->contact.queue)->turned_away++;
}

static void on_effect(struct replay_figures *f, const struct routing_event *ev,
		      const struct routing_effect *fx)
{
	switch (fx->kind) {
	case FX_REJECTED:
		on_refused(f, ev, fx->code);
		return;
	case FX_QUEUED:
		on_queued(f, fx);
		return;
	case FX_ASSIGNED:
		on_assigned(f, fx);
		return;
	case FX_JOINED:
		hold(f, of_contact(f, fx->contact), fx->agent);
		return;
	case FX_RELEASED:
		let_go(f, of_contact(f, fx->contact), fx->agent);
		return;
	case FX_PARKED:
		let_all_go(f, of_contact(f, fx->contact));
		of_contact(f, fx->contact)->is_waiting = false;
		return;
	case FX_CLOSED:
		on_closed(f, fx);
		return;
	case FX_AGENT_STATE:
		account(f, of_agent(f, fx->agent));
		of_agent(f, fx->agent)->state = fx->state;
		return;
	default:
		return;
	}
}

void replay_figures_count(struct replay_figures *f, const struct routing_event *ev,
			  const struct routing_effects *effects, usher_us now)
{
	f->now = now;
	bool is_question =
		ev->kind == EV_CONSULT && ev->transfer.other != 0 &&
		!(effects->count > 0 && effects->items[effects->count - 1].kind == FX_REJECTED);
	if (is_question)
		of_contact(f, ev->transfer.other)->is_consultation = true;
	for (size_t i = 0; i < effects->count; i++)
		on_effect(f, ev, &effects->items[i]);
}

/* ---- beginning and end ---------------------------------------------------------------------- */

static void on_agent(const struct routing_agent_view *view, void *arg)
{
	struct replay_figures *f = arg;
	of_agent(f, view->agent)->state = view->state;
}

static void on_contact(const struct routing_contact_view *view, void *arg)
{
	struct replay_figures *f = arg;
	struct followed_contact *c = of_contact(f, view->contact);
	c->queue = view->queue;
	c->queued_us = view->queued_us;
	c->is_consultation = view->consults_for != 0;
	c->is_waiting = view->state == CONTACT_WAITING || view->state == CONTACT_OFFERED;
	if (view->state != CONTACT_ACTIVE && view->state != CONTACT_WRAPUP)
		return;
	c->is_old = true;
	c->answered_us = view->queued_us;
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	unsigned count = routing_seats(f->old, view->contact, seats);
	for (unsigned i = 0; i < count; i++)
		hold(f, c, seats[i].agent);
}

struct replay_figures *replay_figures_new(const struct routing *r, usher_us now,
					  const struct replay_target *targets, size_t target_count)
{
	struct replay_figures *f = NEW(struct replay_figures);
	f->targets = targets;
	f->target_count = target_count;
	f->now = now;
	routing_each_agent(r, on_agent, f);
	f->old = r;
	routing_each_contact(r, on_contact, f);
	f->old = NULL;
	return f;
}

static int compare_us(const void *a, const void *b)
{
	usher_us x = *(const usher_us *)a, y = *(const usher_us *)b;
	return (x > y) - (x < y);
}

static int compare_queue(const void *a, const void *b)
{
	const struct replay_queue_figures *x = a, *y = b;
	return (x->queue > y->queue) - (x->queue < y->queue);
}

static int compare_agent(const void *a, const void *b)
{
	const struct replay_agent_figures *x = a, *y = b;
	return (x->agent > y->agent) - (x->agent < y->agent);
}

/* The smallest wait that at least so many per cent of them do not exceed. */
static usher_us percentile(const struct replay_queue_figures *q, size_t percent)
{
	size_t n = q->waits.count, rank = (n * percent + 99) / 100;
	return n > 0 ? q->waits.items[rank > 0 ? rank - 1 : 0] : 0;
}

static void add_up(struct replay_queue_figures *all, const struct replay_queue_figures *q)
{
	all->entered += q->entered;
	all->answered += q->answered;
	all->in_target += q->in_target;
	all->abandoned += q->abandoned;
	all->short_abandoned += q->short_abandoned;
	all->turned_away += q->turned_away;
	all->waiting += q->waiting;
	all->handled += q->handled;
	all->handle_us += q->handle_us;
	for (size_t i = 0; i < q->waits.count; i++)
		add_wait(all, q->waits.items[i]);
}

static void finish(struct replay_queue_figures *q)
{
	if (q->waits.count > 0)
		qsort(q->waits.items, q->waits.count, sizeof *q->waits.items, compare_us);
	q->p50_us = percentile(q, 50);
	q->p90_us = percentile(q, 90);
	q->longest_us = percentile(q, 100);
}

void replay_figures_end(struct replay_figures *f, usher_us now)
{
	f->now = now;
	TABLE_EACH(slot, &f->contacts)
	{
		const struct followed_contact *c = (void *)(uintptr_t)slot->value;
		if (c->is_waiting && !c->is_consultation && c->queue != 0)
			of_queue(f, c->queue)->waiting++;
	}
	f->queue_list = memory_new_array(f->queues.count + 1, sizeof *f->queue_list);
	f->agent_list = memory_new_array(f->agents.count + 1, sizeof *f->agent_list);
	TABLE_EACH(slot, &f->queues)
	f->queue_list[f->queue_count++] = *(struct replay_queue_figures *)(uintptr_t)slot->value;
	TABLE_EACH(slot, &f->agents)
	{
		struct followed_agent *a = (void *)(uintptr_t)slot->value;
		account(f, a);
		f->agent_list[f->agent_count++] = a->figures;
	}
	qsort(f->queue_list, f->queue_count, sizeof *f->queue_list, compare_queue);
	qsort(f->agent_list, f->agent_count, sizeof *f->agent_list, compare_agent);
	struct replay_queue_figures *all = &f->queue_list[f->queue_count];
	for (size_t i = 0; i < f->queue_count; i++) {
		add_up(all, &f->queue_list[i]);
		finish(&f->queue_list[i]);
	}
	finish(all);
	f->queue_count++;
}

struct replay_figures *replay_figures_free(struct replay_figures *f)
{
	if (f == NULL)
		return NULL;
	struct table *tables[] = {&f->contacts, &f->agents};
	for (size_t i = 0; i < 2; i++) {
		TABLE_EACH(slot, tables[i])
		free((void *)(uintptr_t)slot->value);
		table_done(tables[i]);
	}
	TABLE_EACH(slot, &f->queues)
	{
		struct replay_queue_figures *q = (void *)(uintptr_t)slot->value;
		free(f->queue_list != NULL ? NULL : q->waits.items); /* the list has them */
		free(q);
	}
	table_done(&f->queues);
	for (size_t i = 0; i < f->queue_count; i++)
		free(f->queue_list[i].waits.items);
	free(f->queue_list);
	free(f->agent_list);
	free(f);
	return NULL;
}

const struct replay_queue_figures *replay_figures_queues(const struct replay_figures *f,
							 size_t *ret_count)
{
	*ret_count = f->queue_count;
	return f->queue_list;
}

const struct replay_agent_figures *replay_figures_agents(const struct replay_figures *f,
							 size_t *ret_count)
{
	*ret_count = f->agent_count;
	return f->agent_list;
}

double replay_service_level(const struct replay_queue_figures *q)
{
	int64_t counted = q->answered + q->abandoned - q->short_abandoned;
	return counted > 0 ? 100.0 * (double)q->in_target / (double)counted : -1.0;
}

double replay_occupancy(const struct replay_agent_figures *a)
{
	usher_us staffed = a->busy_us + a->idle_us;
	return staffed > 0 ? 100.0 * (double)a->busy_us / (double)staffed : -1.0;
}
