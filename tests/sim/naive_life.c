/* SPDX-License-Identifier: Apache-2.0 */
/* Sections 5 and 6 of RULES.md: when something is given out, and what becomes of it. */
#include "tests/sim/naive.h"

#include <assert.h>
#include <string.h>

#define ROUND_US (60 * USHER_SECOND)

static usher_us earlier(usher_us a, usher_us b)
{
	return a < b ? a : b;
}

/* ---- 5: when -------------------------------------------------------------------------------- */

/* After each change: with `reserve` free, who has something in hand may take deferred work; with
 * one more, the free. */
void naive_count_free(struct naive *n)
{
	EACH(struct naive_queue, q, n->queues)
	{
		unsigned reserve = q->set.reserve,
			 now = q->set.queue != 0 ? naive_free_members(n, q) : 0;
		if (reserve > 0 && q->free <= reserve && now >= reserve && now > q->free)
			q->is_let_out = true;
		q->free = now;
	}
}

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
	naive_count_free(n);
}

static void give(struct naive *n, struct naive_contact *c, struct naive_agent *a)
{
	const struct routing_queue_set *q = &c->queue->set;
	seat_add(n, c, a);
	c->widened = q->parallel > 1 && !q->is_automatic && c->wait >= 2 ? ++n->count : 0;
	c->state = q->is_automatic ? CONTACT_ACTIVE : CONTACT_OFFERED;
	if (q->is_automatic) {
		c->wait = 2;
		naive_end_round(c);
	}
	c->end_us = n->now + q->offer_us;
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
	return a == NULL || c->excluded == a->set.agent || naive_member(a, c->queue) == NULL ||
	       !naive_is_skilled(c, a) ||
	       (!c->is_patient && !c->is_kept && (a->wanted == AGENT_SIGNED_OUT || a->is_lost));
}

/* For `which` of its agents; whoever is passed over for the next one, and that one for all. */
void naive_wait_for(struct naive *n, struct naive_contact *c, unsigned which)
{
	for (c->wait = which; c->wait < 2; c->wait++)
		if (c->spans_us[c->wait] > 0 && !is_passed_over(n, c))
			break;
	c->wait_end_us = c->wait < 2 ? n->now + c->spans_us[c->wait] : USHER_NEVER;
	c->is_fresh = true;
}

/* Who is patient, or was held by him, waits on. */
void naive_nobody_waits_for(struct naive *n, const struct naive_agent *a)
{
	EACH(struct naive_contact, c, n->contacts)
	if (c->id != 0 && c->state == CONTACT_WAITING && !c->is_patient && !c->is_kept &&
	    naive_waits_for(c) == a->set.agent)
		naive_wait_for(n, c, c->wait + 1);
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
		if (c->round_end_us <= n->now)
			naive_end_round(c);
		if ((a = naive_first_agent(n, c)) != NULL)
			give(n, c, a);
	}
}

/* Where enough members are free again, deferred work is looked at again. */
static void match_deferred(struct naive *n)
{
	EACH(struct naive_queue, q, n->queues)
	{
		EACH(struct naive_contact, c, n->contacts)
		if (q->is_let_out && c->id != 0 && c->queue == q && naive_is_deferred(c))
			c->is_fresh = true;
		q->is_let_out = false;
	}
	match_fresh(n);
}

/* What was just offered, to more agents where its queue offers in parallel. */
static void match_parallel(struct naive *n)
{
	for (struct naive_contact *c = n->contacts; c != NULL;) {
		struct naive_agent *a;
		c = NULL;
		EACH(struct naive_contact, it, n->contacts)
		if (it->id != 0 && it->widened > 0 && it->state == CONTACT_OFFERED &&
		    (c == NULL || it->widened < c->widened))
			c = it;
		if (c == NULL)
			break;
		c->widened = 0;
		for (unsigned i = 1; i < c->queue->set.parallel; i++)
			if ((a = naive_first_agent(n, c)) != NULL)
				seat_add(n, c, a);
	}
}

void naive_match(struct naive *n)
{
	struct naive_contact *c;
	struct naive_agent *a;
	match_fresh(n);
	while ((a = first_dirty(n)) != NULL) {
		if ((c = first_contact(n, a)) != NULL)
			give(n, c, a);
		else
			a->is_dirty = false;
	}
	match_parallel(n);
	match_deferred(n);
	match_parallel(n);
}

/* ---- 6: life of an offer -------------------------------------------------------------------- */

void naive_advance_step(struct naive_contact *c, usher_us at)
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
	naive_count_free(n);
}

void naive_end_round(struct naive_contact *c)
{
	c->round_end_us = USHER_NEVER;
	memset(c->refused, 0, sizeof c->refused);
}

/* Its last seat is gone. */
static void give_back(struct naive *n, struct naive_contact *c)
{
	c->state = CONTACT_WAITING;
	c->is_fresh = true;
	naive_advance_step(c, n->now);
	c->check_us = n->now + NAIVE_CHECK_US;
}

void naive_refuse(struct naive *n, struct naive_contact *c, struct naive_agent *a)
{
	memmove(c->refused + 1, c->refused, sizeof c->refused - sizeof *c->refused);
	c->refused[0] = a->set.agent;
	c->round_end_us = n->now + earlier(c->queue->set.offer_us, ROUND_US);
}

void naive_end_offer(struct naive *n, struct naive_seat *s)
{
	struct naive_contact *c = s->contact;
	if (s->is_offer) { /* any end of an offer: the next time it is for all */
		c->wait = 2;
		c->is_kept = false;
	}
	seat_remove(n, s);
	if (naive_seat(n, c, NULL) == NULL)
		give_back(n, c);
}

void naive_end_offers_of(struct naive *n, const struct naive_agent *a)
{
	for (unsigned i = 0; i < n->seat_count;)
		if (n->seats[i].agent == a && n->seats[i].is_offer)
			naive_end_offer(n, &n->seats[i]);
		else
			i++;
}

void naive_lapse(struct naive *n, struct naive_contact *c)
{
	struct naive_seat *s;
	while (c->state == CONTACT_OFFERED && (s = naive_seat(n, c, NULL)) != NULL) {
		struct naive_agent *a = s->agent;
		unsigned max = c->queue->set.missed_max;
		naive_refuse(n, c, a);
		naive_end_offer(n, s);
		if (++a->missed >= (max > 0 ? max : 1)) {
			a->is_silent = true;
			naive_count_free(n);
			naive_end_offers_of(n, a);
		}
	}
}

void naive_close_contact(struct naive *n, struct naive_contact *c)
{
	struct naive_seat *s;
	while ((s = naive_seat(n, c, NULL)) != NULL)
		seat_remove(n, s);
	c->id = 0;
}

void naive_finish(struct naive *n, struct naive_contact *c, bool is_short)
{
	const struct routing_queue_set *q = &c->queue->set;
	if (c->state != CONTACT_ACTIVE || is_short || q->wrapup_us == 0) {
		naive_close_contact(n, c);
		return;
	}
	c->state = CONTACT_WRAPUP;
	c->is_wrapup_exclusive = q->is_wrapup_exclusive;
	c->end_us = n->now + q->wrapup_us;
}

void naive_accept(struct naive *n, struct naive_contact *c, struct naive_agent *a)
{
	for (unsigned i = 0; i < n->seat_count;)
		if (n->seats[i].contact == c && n->seats[i].agent != a)
			seat_remove(n, &n->seats[i]);
		else
			i++;
	naive_seat(n, c, a)->is_offer = false;
	c->state = CONTACT_ACTIVE;
	c->wait = 2;
	naive_end_round(c);
	a->missed = 0;
	a->idle_since_us = n->now;
}

/* Held contacts go back: the live ones of who is lost, all of who signs out. */
void naive_let_go(struct naive *n, struct naive_agent *a, bool is_signed_out)
{
	for (unsigned i = 0; i < n->seat_count;) {
		struct naive_contact *c = n->seats[i].contact;
		bool is_live = channel_is_live(c->channel);
		if (n->seats[i].agent != a ||
		    (!is_signed_out && (!is_live || c->state != CONTACT_ACTIVE))) {
			i++;
		} else if (c->state == CONTACT_WRAPUP) {
			naive_close_contact(n, c);
		} else {
			bool was_offer = n->seats[i].is_offer;
			naive_end_offer(n, &n->seats[i]);
			if (c->state != CONTACT_WAITING || is_live || was_offer)
				continue;
			c->waits[0] = a->set.agent;
			c->waits[1] = 0;
			c->spans_us[0] = c->queue->set.offer_us;
			c->is_kept = true;
			naive_wait_for(n, c, 0);
		}
	}
}
