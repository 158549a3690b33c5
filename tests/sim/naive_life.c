/* SPDX-License-Identifier: Apache-2.0 */
/* Sections 5 and 6 of RULES.md: when something is given out, and what becomes of it. */
#include "tests/sim/naive.h"

#include <assert.h>
#include <string.h>

#define LOST_US (60 * USHER_SECOND)
#define ROUND_US (60 * USHER_SECOND)
#define CHECK_US (5 * USHER_SECOND)

static usher_us earlier(usher_us a, usher_us b)
{
	return a < b ? a : b;
}

/* ---- 5: when -------------------------------------------------------------------------------- */

static void seat_add(struct naive *n, struct naive_contact *c, struct naive_agent *a)
{
	bool is_automatic = c->queue->set.is_automatic;
	if (n->on_decision != NULL)
		n->on_decision(n, c, n->arg);
	assert(n->seat_count < NAIVE_SEATS && n->decision_count < NAIVE_SEATS);
	n->seats[n->seat_count++] =
		(struct naive_seat){c, a, n->channels[c->channel].weight, !is_automatic};
	n->decisions[n->decision_count++] =
		(struct naive_decision){c->id, a->set.agent, is_automatic};
	a->last[c->queue - n->queues] = ++n->count;
	if (is_automatic)
		a->idle_since_us = n->now;
}

static void give(struct naive *n, struct naive_contact *c, struct naive_agent *a, bool is_fresh)
{
	const struct routing_queue_set *q = &c->queue->set;
	seat_add(n, c, a);
	for (unsigned i = 1; i < q->parallel && !q->is_automatic; i++) {
		a = naive_first_agent(n, c, is_fresh);
		if (a == NULL)
			break;
		seat_add(n, c, a);
	}
	c->state = q->is_automatic ? CONTACT_ACTIVE : CONTACT_OFFERED;
	c->wait = q->is_automatic ? 2 : c->wait;
	c->end_us = n->now + q->offer_us;
	c->is_refused = false;
}

static struct naive_contact *first_contact(struct naive *n, const struct naive_agent *a)
{
	struct naive_contact *best = NULL;
	EACH(struct naive_contact, c, n->contacts)
	if (c->id != 0 && c->state == CONTACT_WAITING &&
	    (best == NULL || naive_before(n, c, best)) && naive_reason(n, c, a) == REASON_CHOSEN)
		best = c;
	return best;
}

static struct naive_agent *first_dirty(struct naive *n)
{
	struct naive_agent *best = NULL;
	EACH(struct naive_agent, a, n->agents)
	if (a->is_dirty &&
	    (best == NULL || a->idle_since_us < best->idle_since_us ||
	     (a->idle_since_us == best->idle_since_us && a->set.agent < best->set.agent)))
		best = a;
	return best;
}

static bool is_passed_over(struct naive *n, const struct naive_contact *c)
{
	const struct naive_agent *a =
		naive_waits_for(c) != 0 ? naive_agent(n, naive_waits_for(c)) : NULL;
	return a == NULL || naive_member(a, c->queue) == NULL || !naive_is_skilled(c, a) ||
	       (!c->is_patient && (a->wanted == AGENT_SIGNED_OUT || a->is_lost));
}

static void wait_for(struct naive_contact *c, unsigned which, usher_us from)
{
	c->wait = which;
	c->wait_end_us = which < 2 ? from + c->spans_us[which] : USHER_NEVER;
}

/* By tier, age and id. */
static bool fresh_before(const struct naive_contact *a, const struct naive_contact *b)
{
	struct routing_rank one = naive_rank(a), other = naive_rank(b);
	usher_us at = a->first_us - one.ahead_us, other_at = b->first_us - other.ahead_us;
	if (one.tier != other.tier)
		return one.tier < other.tier;
	return at != other_at ? at < other_at : a->id < b->id;
}

static void match_fresh(struct naive *n)
{
	for (struct naive_contact *c = n->contacts; c != NULL;) {
		struct naive_agent *a;
		c = NULL;
		EACH(struct naive_contact, it, n->contacts)
		if (it->id != 0 && it->state == CONTACT_WAITING && it->is_fresh &&
		    (c == NULL || fresh_before(it, c)))
			c = it;
		if (c == NULL)
			break;
		c->is_fresh = false;
		if ((a = naive_first_agent(n, c, true)) != NULL)
			give(n, c, a, true);
	}
}

/* Where more members are free than before, deferred work is looked at again. */
static void match_deferred(struct naive *n)
{
	EACH(struct naive_queue, q, n->queues)
	{
		unsigned before = q->free;
		q->free = naive_free_members(n, q);
		EACH(struct naive_contact, c, n->contacts)
		if (c->id != 0 && c->queue == q && naive_is_deferred(c) && q->free > before)
			c->is_fresh = true;
	}
	match_fresh(n);
	EACH(struct naive_queue, q, n->queues)
	q->free = naive_free_members(n, q);
}

static void match(struct naive *n)
{
	struct naive_contact *c;
	struct naive_agent *a;
	EACH(struct naive_contact, it, n->contacts)
	while (it->id != 0 && it->state == CONTACT_WAITING && it->wait < 2 &&
	       (it->wait_end_us <= n->now || is_passed_over(n, it))) {
		wait_for(it, it->wait + 1, earlier(it->wait_end_us, n->now));
		it->is_fresh = true;
	}
	match_fresh(n);
	while ((a = first_dirty(n)) != NULL) {
		a->is_dirty = false;
		while ((c = first_contact(n, a)) != NULL)
			give(n, c, a, false);
	}
	match_deferred(n);
}

/* ---- 6: life of an offer -------------------------------------------------------------------- */

static void advance_step(struct naive_contact *c, usher_us at)
{
	const struct routing_queue_set *q = &c->queue->set;
	while (c->step_end_us <= at) {
		c->step++;
		c->step_end_us = c->step + 1u < q->step_count
					 ? c->step_end_us + q->steps[c->step].lasts_us
					 : USHER_NEVER;
	}
}

static void seat_remove(struct naive *n, struct naive_seat *s)
{
	s->agent->is_dirty = true;
	if (!s->is_offer)
		s->agent->idle_since_us = n->now;
	n->seat_count--;
	memmove(s, s + 1, (size_t)(n->seats + n->seat_count - s) * sizeof *s);
}

static void end_round(struct naive_contact *c)
{
	c->round_end_us = USHER_NEVER;
	memset(c->refused, 0, sizeof c->refused);
}

/* Its last seat is gone. */
static void give_back(struct naive *n, struct naive_contact *c)
{
	c->state = CONTACT_WAITING;
	c->is_fresh = true;
	advance_step(c, n->now);
	if (c->is_refused) {
		c->round_end_us = n->now + earlier(c->queue->set.offer_us, ROUND_US);
		c->check_us = n->now + CHECK_US;
	} else if (c->round_end_us <= n->now) {
		end_round(c);
	}
}

static void refuse(struct naive *n, struct naive_contact *c, struct naive_agent *a)
{
	memmove(c->refused + 1, c->refused, sizeof c->refused - sizeof *c->refused);
	c->refused[0] = a->set.agent;
	c->is_refused = true;
	if (naive_waits_for(c) == a->set.agent)
		wait_for(c, c->wait + 1, n->now);
}

static void end_offer(struct naive *n, struct naive_seat *s)
{
	struct naive_contact *c = s->contact;
	seat_remove(n, s);
	if (naive_seat(n, c, NULL) == NULL)
		give_back(n, c);
}

static void end_offers_of(struct naive *n, const struct naive_agent *a)
{
	for (unsigned i = 0; i < n->seat_count;)
		if (n->seats[i].agent == a && n->seats[i].is_offer)
			end_offer(n, &n->seats[i]);
		else
			i++;
}

static void lapse(struct naive *n, struct naive_contact *c)
{
	struct naive_seat *s;
	while (c->state == CONTACT_OFFERED && (s = naive_seat(n, c, NULL)) != NULL) {
		struct naive_agent *a = s->agent;
		unsigned max = c->queue->set.missed_max;
		refuse(n, c, a);
		end_offer(n, s);
		if (++a->missed >= (max > 0 ? max : 1)) {
			a->is_silent = true;
			end_offers_of(n, a);
		}
	}
}

static void close_contact(struct naive *n, struct naive_contact *c)
{
	struct naive_seat *s;
	while ((s = naive_seat(n, c, NULL)) != NULL)
		seat_remove(n, s);
	c->id = 0;
}

static void finish(struct naive *n, struct naive_contact *c, bool is_short)
{
	const struct routing_queue_set *q = &c->queue->set;
	if (c->state != CONTACT_ACTIVE || is_short || q->wrapup_us == 0) {
		close_contact(n, c);
		return;
	}
	c->state = CONTACT_WRAPUP;
	c->is_wrapup_exclusive = q->is_wrapup_exclusive;
	c->end_us = n->now + q->wrapup_us;
}

static void accept(struct naive *n, struct naive_contact *c, struct naive_agent *a)
{
	for (unsigned i = 0; i < n->seat_count;)
		if (n->seats[i].contact == c && n->seats[i].agent != a)
			seat_remove(n, &n->seats[i]);
		else
			i++;
	naive_seat(n, c, a)->is_offer = false;
	c->state = CONTACT_ACTIVE;
	c->wait = 2;
	a->missed = 0;
	a->idle_since_us = n->now;
	a->last[c->queue - n->queues] = ++n->count;
}

/* Held contacts go back: the live ones of who is lost, all of who signs out. */
static void let_go(struct naive *n, struct naive_agent *a, bool is_signed_out)
{
	for (unsigned i = 0; i < n->seat_count;) {
		struct naive_contact *c = n->seats[i].contact;
		bool is_live = channel_is_live(c->channel);
		if (n->seats[i].agent != a ||
		    (!is_signed_out && (!is_live || c->state != CONTACT_ACTIVE))) {
			i++;
		} else if (c->state == CONTACT_WRAPUP) {
			close_contact(n, c);
		} else {
			bool was_offer = n->seats[i].is_offer;
			end_offer(n, &n->seats[i]);
			if (c->state != CONTACT_WAITING || is_live || was_offer)
				continue;
			c->waits[0] = a->set.agent;
			c->waits[1] = 0;
			c->spans_us[0] = c->queue->set.offer_us;
			c->is_patient = true;
			wait_for(c, 0, n->now);
		}
	}
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

static void waited(struct naive *n, struct naive_contact *c, usher_us at)
{
	c->is_fresh = true;
	advance_step(c, at);
	if (c->round_end_us == USHER_NEVER)
		return;
	if (c->round_end_us <= at || (c->check_us <= at && !is_others(n, c)))
		end_round(c);
	else if (c->check_us <= at)
		c->check_us += CHECK_US;
}

static void happen(struct naive *n, struct naive_contact *c, usher_us at)
{
	if (c->state == CONTACT_OFFERED)
		lapse(n, c);
	else if (c->state == CONTACT_WRAPUP)
		close_contact(n, c);
	else
		waited(n, c, at);
}

/* The next thing due by `by`; NEVER: nothing. */
static usher_us next_due(struct naive *n, usher_us by, struct naive_contact **ret_contact,
			 struct naive_agent **ret_agent)
{
	usher_us at = by;
	usher_id id = UINT64_MAX;
	*ret_contact = NULL;
	*ret_agent = NULL;
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

static void agent_ready(struct naive *n, struct naive_agent *a, bool was)
{
	bool is = a->wanted == AGENT_READY && !a->is_lost && !a->is_silent;
	a->is_dirty = true;
	if (is && !was)
		a->idle_since_us = n->now;
	if (!is)
		end_offers_of(n, a);
}

static void presence(struct naive *n, const struct routing_event *ev)
{
	struct naive_agent *a = naive_agent(n, ev->presence.agent);
	if (a == NULL)
		return;
	bool was = a->wanted == AGENT_READY && !a->is_lost && !a->is_silent, was_lost = a->is_lost;
	if (ev->kind == EV_AGENT_WANTS) {
		a->wanted = ev->presence.wants;
		a->is_silent = false;
		a->missed = 0;
		if (a->wanted == AGENT_SIGNED_OUT)
			let_go(n, a, true);
	} else {
		a->is_lost = ev->kind == EV_PRESENCE_LOST;
		if (a->is_lost != was_lost)
			a->lost_end_us = a->is_lost ? n->now + LOST_US : USHER_NEVER;
	}
	agent_ready(n, a, was);
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
	wait_for(c, 0, n->now);
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
		match(n);
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
		c->priority = ev->command.priority;
	} else if (ev->kind == EV_CUSTOMER_LEFT && c->state != CONTACT_WRAPUP) {
		finish(n, c, false);
	} else if (s != NULL && s->is_offer && ev->kind == EV_ACCEPT) {
		accept(n, c, a);
	} else if (s != NULL && s->is_offer && ev->kind == EV_DECLINE) {
		a->missed = 0;
		refuse(n, c, a);
		end_offer(n, s);
	} else if (s != NULL && c->state == CONTACT_ACTIVE && ev->kind == EV_CLOSE) {
		finish(n, c, ev->command.flag);
	} else if (s != NULL && c->state == CONTACT_WRAPUP && ev->kind == EV_WRAPUP_DONE) {
		close_contact(n, c);
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
	*n = (struct naive){.seed = seed};
	EACH(struct routing_channel_set, k, n->channels)
	*k = (struct routing_channel_set){.channel = (enum channel_kind)(k - n->channels),
					  .weight = 100};
	EACH(struct naive_agent, a, n->agents)
	a->lost_end_us = USHER_NEVER;
}

static void catch_up(struct naive *n)
{
	struct naive_contact *c;
	struct naive_agent *a;
	usher_us at;
	while ((at = next_due(n, n->now, &c, &a)) != USHER_NEVER) {
		if (c != NULL) {
			happen(n, c, at);
		} else {
			a->lost_end_us = USHER_NEVER;
			let_go(n, a, false);
		}
		match(n);
	}
}

void naive_step(struct naive *n, const struct routing_event *ev, usher_us now)
{
	n->decision_count = 0;
	n->now = now > n->now ? now : n->now;
	catch_up(n);
	apply(n, ev);
	match(n);
	catch_up(n); /* of what came back there may be something due already */
}
