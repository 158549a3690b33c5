/* SPDX-License-Identifier: Apache-2.0 */
/* What is due, and what the events mean. */
#include "tests/sim/naive.h"

#include <assert.h>
#include <string.h>

#define LOST_US (60 * USHER_SECOND)
#define REVIEW_US (5 * USHER_MINUTE)

static usher_us earlier(usher_us a, usher_us b)
{
	return a < b ? a : b;
}

/* ---- what is due ---------------------------------------------------------------------------- */

static usher_us due(const struct naive_contact *c)
{
	if (c->id == 0)
		return USHER_NEVER;
	if (c->state == CONTACT_OFFERED || c->state == CONTACT_WRAPUP)
		return c->end_us;
	if (c->state != CONTACT_WAITING)
		return USHER_NEVER;
	usher_us at = earlier(c->step_end_us, c->wait < 2 ? c->wait_end_us : USHER_NEVER);
	return c->round_end_us == USHER_NEVER ? at
					      : earlier(at, earlier(c->round_end_us, c->check_us));
}

/* Whether somebody else who could take it is signed in and present. */
static bool is_others(struct naive *n, const struct naive_contact *c)
{
	EACH(struct naive_agent, a, n->agents)
	if (a->set.agent != 0 && a->wanted != AGENT_SIGNED_OUT && !a->is_lost &&
	    naive_could_take(c, a) == REASON_CHOSEN && !naive_is_excluded(c, a))
		return true;
	return false;
}

/* Whatever brought it up, an end of its round is asked for in the step of now. */
static void waited(struct naive *n, struct naive_contact *c)
{
	c->is_fresh = true;
	naive_advance_step(c, n->now);
	if (c->wait < 2 && c->wait_end_us <= n->now)
		naive_wait_for(n, c, c->wait + 1);
	if (c->round_end_us <= n->now || !is_others(n, c))
		naive_end_round(c);
	c->check_us = n->now + NAIVE_CHECK_US;
}

static void happen(struct naive *n, struct naive_contact *c)
{
	if (c->state == CONTACT_OFFERED)
		naive_lapse(n, c);
	else if (c->state == CONTACT_WRAPUP)
		naive_close_contact(n, c);
	else
		waited(n, c);
}

static bool is_anybody_waiting(const struct naive *n)
{
	EACH(const struct naive_contact, c, n->contacts)
	if (c->id != 0 && c->state == CONTACT_WAITING)
		return true;
	return false;
}

static struct naive_contact *first_of(struct naive *n, const struct naive_queue *q)
{
	struct naive_contact *best = NULL;
	EACH(struct naive_contact, c, n->contacts)
	if (c->id != 0 && c->queue == q && c->state == CONTACT_WAITING && c->wait >= 2 &&
	    (best == NULL || naive_before(n, c, best)))
		best = c;
	return best;
}

/* The first contact of each queue is matched again. */
static void review(struct naive *n)
{
	EACH(struct naive_queue, q, n->queues)
	{
		struct naive_contact *c = q->set.queue != 0 ? first_of(n, q) : NULL;
		if (c != NULL)
			c->is_fresh = true;
		naive_match(n);
	}
	n->review_us = USHER_NEVER;
}

/* The next thing due by `by`, no contact and no agent for the review; NEVER: nothing. */
static usher_us next_due(struct naive *n, usher_us by, struct naive_contact **ret_contact,
			 struct naive_agent **ret_agent)
{
	usher_us at = by;
	usher_id id = UINT64_MAX;
	*ret_contact = NULL;
	*ret_agent = NULL;
	if (n->review_us != USHER_NEVER && n->review_us <= at) {
		at = n->review_us;
		id = 0;
	}
	EACH(struct naive_contact, c, n->contacts)
	if (c->id != 0 && (due(c) < at || (due(c) == at && at != USHER_NEVER && c->id < id))) {
		at = due(c);
		id = c->id;
		*ret_contact = c;
	}
	EACH(struct naive_agent, a, n->agents)
	if (a->lost_end_us < at ||
	    (a->lost_end_us == at && at != USHER_NEVER && a->set.agent < id)) {
		at = a->lost_end_us;
		id = a->set.agent;
		*ret_contact = NULL;
		*ret_agent = a;
	}
	return id == UINT64_MAX ? USHER_NEVER : at;
}

usher_us naive_deadline(struct naive *n)
{
	struct naive_contact *c;
	struct naive_agent *a;
	return next_due(n, USHER_NEVER, &c, &a);
}

/* ---- events --------------------------------------------------------------------------------- */

static void presence(struct naive *n, const struct routing_event *ev)
{
	struct naive_agent *a = naive_agent(n, ev->presence.agent);
	if (a == NULL)
		return;
	bool was_ready = a->wanted == AGENT_READY && !a->is_silent, was_lost = a->is_lost;
	a->is_dirty = true;
	if (ev->kind == EV_AGENT_WANTS) {
		a->wanted = ev->presence.wants;
		if (a->wanted == AGENT_READY && !was_ready)
			a->idle_since_us = n->now;
		a->is_silent = false;
		a->missed = 0;
		if (a->wanted == AGENT_SIGNED_OUT) {
			a->is_lost = false;
			a->lost_end_us = USHER_NEVER;
			naive_let_go(n, a, true);
		}
	} else if (a->wanted != AGENT_SIGNED_OUT) {
		a->is_lost = ev->kind == EV_PRESENCE_LOST;
		if (a->is_lost != was_lost)
			a->lost_end_us = a->is_lost ? n->now + LOST_US : USHER_NEVER;
	}
	if (a->wanted != AGENT_READY || a->is_lost)
		naive_end_offers_of(n, a);
	if (a->wanted == AGENT_SIGNED_OUT || a->is_lost)
		naive_nobody_waits_for(n, a);
}

static void agent_set(struct naive *n, const struct routing_agent_set *set)
{
	struct naive_agent *a = naive_agent(n, set->agent);
	if (a == NULL) {
		a = naive_agent(n, 0);
		assert(a != NULL);
		*a = (struct naive_agent){.lost_end_us = USHER_NEVER, .idle_since_us = n->now};
	}
	a->set = *set;
	a->is_dirty = true;
	for (unsigned i = 0; i < NAIVE_QUEUES; i++)
		if (naive_member(a, &n->queues[i]) == NULL)
			a->last[i] = 0;
}

static void contact_new(struct naive *n, const struct routing_contact_new *new)
{
	struct naive_contact *c = naive_contact(n, 0);
	assert(c != NULL);
	*c = (struct naive_contact){
		.id = new->contact,
		.excluded = new->excluded,
		.queue = naive_queue(n, new->queue),
		.state = CONTACT_WAITING,
		.channel = new->channel,
		.is_callback = new->is_callback,
		.is_patient = new->is_patient,
		.is_fresh = true,
		.first_us = new->first_us,
		.step_end_us = USHER_NEVER,
		.entered = ++n->count,
		.waits = {new->preferred, new->fallback},
		.spans_us = {new->preferred_us, new->fallback_us},
		.round_end_us = USHER_NEVER,
		.requirement_count = new->requirement_count,
	};
	const struct routing_queue_set *q = &c->queue->set;
	c->priority = new->priority > 9 ? q->priority : new->priority;
	if (q->step_count > 1)
		c->step_end_us = n->now + q->steps[0].lasts_us;
	memcpy(c->requirements, new->requirements, sizeof c->requirements);
	naive_wait_for(n, c, 0);
}

/* One after the other in the order they entered. */
static void queue_set(struct naive *n, const struct routing_queue_set *set)
{
	struct naive_queue *q = naive_queue(n, set->queue);
	uint64_t entered = 0;
	if (q == NULL)
		q = naive_queue(n, 0);
	assert(q != NULL);
	q->set = *set;
	for (struct naive_contact *next = q->set.queue != 0 ? n->contacts : NULL; next != NULL;) {
		next = NULL;
		EACH(struct naive_contact, c, n->contacts)
		if (c->id != 0 && c->queue == q && c->entered > entered &&
		    (next == NULL || c->entered < next->entered))
			next = c;
		if (next == NULL)
			break;
		entered = next->entered;
		next->is_fresh = true;
		naive_match(n);
	}
}

static void command(struct naive *n, const struct routing_event *ev)
{
	struct naive_contact *c = naive_contact(n, ev->command.contact);
	struct naive_agent *a = naive_agent(n, ev->command.agent);
	struct naive_seat *s = c != NULL && a != NULL ? naive_seat(n, c, a) : NULL;
	if (c == NULL || ev->command.contact == 0)
		return;
	if (ev->kind == EV_PRIORITY) {
		c->is_fresh = c->is_fresh || c->priority != ev->command.priority;
		c->priority = ev->command.priority;
	} else if (ev->kind == EV_CUSTOMER_LEFT && c->state != CONTACT_WRAPUP) {
		naive_finish(n, c, false);
	} else if (s != NULL && s->is_offer && ev->kind == EV_ACCEPT) {
		naive_accept(n, c, a);
	} else if (s != NULL && s->is_offer && ev->kind == EV_DECLINE) {
		a->missed = 0;
		naive_refuse(n, c, a);
		naive_end_offer(n, s);
	} else if (s != NULL && c->state == CONTACT_ACTIVE && ev->kind == EV_CLOSE) {
		naive_finish(n, c, ev->command.flag);
	} else if (s != NULL && c->state == CONTACT_WRAPUP && ev->kind == EV_WRAPUP_DONE) {
		naive_close_contact(n, c);
	}
}

static void require(struct naive *n, const struct routing_contact_new *ev)
{
	struct naive_contact *c = naive_contact(n, ev->contact);
	if (c == NULL)
		return;
	c->requirement_count = ev->requirement_count;
	memcpy(c->requirements, ev->requirements, sizeof c->requirements);
	c->is_fresh = true;
}

static void apply(struct naive *n, const struct routing_event *ev)
{
	switch (ev->kind) {
	case EV_TICK:
		break;
	case EV_QUEUE_SET:
		queue_set(n, &ev->queue);
		break;
	case EV_CHANNEL_SET:
		n->channels[ev->channel.channel] = ev->channel;
		EACH(struct naive_agent, a, n->agents)
		a->is_dirty = a->set.agent != 0;
		break;
	case EV_AGENT_SET:
		agent_set(n, &ev->agent);
		break;
	case EV_AGENT_WANTS:
	case EV_PRESENCE_LOST:
	case EV_PRESENCE_FOUND:
		presence(n, ev);
		break;
	case EV_CONTACT_NEW:
		contact_new(n, &ev->contact);
		break;
	case EV_REQUIRE:
		require(n, &ev->contact);
		break;
	default:
		command(n, ev);
	}
}

void naive_init(struct naive *n, uint64_t seed)
{
	*n = (struct naive){.seed = seed, .review_us = USHER_NEVER};
	EACH(struct routing_channel_set, k, n->channels)
	*k = (struct routing_channel_set){.channel = (enum channel_kind)(k - n->channels),
					  .weight = 100};
	EACH(struct naive_agent, a, n->agents)
	a->lost_end_us = USHER_NEVER;
}

static void plan_review(struct naive *n)
{
	if (n->review_us == USHER_NEVER && is_anybody_waiting(n))
		n->review_us = (n->now / REVIEW_US + 1) * REVIEW_US;
}

static void catch_up(struct naive *n)
{
	struct naive_contact *c;
	struct naive_agent *a;
	while (next_due(n, n->now, &c, &a) != USHER_NEVER) {
		if (c != NULL) {
			happen(n, c);
		} else if (a != NULL) {
			a->lost_end_us = USHER_NEVER;
			naive_let_go(n, a, false);
		} else {
			review(n);
		}
		naive_match(n);
		plan_review(n);
	}
}

void naive_step(struct naive *n, const struct routing_event *ev, usher_us now)
{
	n->decision_count = 0;
	n->now = now > n->now ? now : n->now;
	catch_up(n);
	apply(n, ev);
	naive_count_free(n);
	naive_match(n);
	plan_review(n);
	catch_up(n); /* of what came back there may be something due already */
}
