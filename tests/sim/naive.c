/* SPDX-License-Identifier: Apache-2.0 */
/* Written from RULES.md; the numbers of its sections stand beside what they are about. */
#include "tests/sim/naive.h"

#include "routing/policy/policy.h"

#include <assert.h>
#include <string.h>

#define HAND_MAX 256
#define EACH_SEAT(it, n) \
	for (const struct naive_seat *it = (n)->seats; it < (n)->seats + (n)->seat_count; it++)

struct naive_contact *naive_contact(struct naive *n, usher_id contact)
{
	EACH(struct naive_contact, c, n->contacts)
	if (c->id == contact)
		return c;
	return NULL;
}

struct naive_agent *naive_agent(struct naive *n, usher_id agent)
{
	EACH(struct naive_agent, a, n->agents)
	if (a->set.agent == agent)
		return a;
	return NULL;
}

struct naive_queue *naive_queue(struct naive *n, usher_id queue)
{
	EACH(struct naive_queue, q, n->queues)
	if (q->set.queue == queue)
		return q;
	return NULL;
}

struct naive_seat *naive_seat(struct naive *n, const struct naive_contact *c,
			      const struct naive_agent *a)
{
	for (unsigned i = 0; i < n->seat_count; i++)
		if (n->seats[i].contact == c && (a == NULL || n->seats[i].agent == a))
			return &n->seats[i];
	return NULL;
}

usher_id naive_waits_for(const struct naive_contact *c)
{
	return c->wait < 2 ? c->waits[c->wait] : 0;
}

/* ---- 1: the order of contacts --------------------------------------------------------------- */

static struct routing_step step_of(const struct naive_contact *c)
{
	struct routing_step all = {.ring_max = ROUTING_ANY, .penalty_max = ROUTING_ANY};
	return c->queue->set.step_count > 0 ? c->queue->set.steps[c->step] : all;
}

struct routing_rank naive_rank(const struct naive_contact *c)
{
	unsigned raise = step_of(c).priority_raise,
		 p = c->priority > raise ? c->priority - raise : 0;
	struct routing_rank plain = {(uint8_t)p, 1, 0};
	return c->queue->set.has_ranks ? c->queue->set.ranks[p] : plain;
}

bool naive_before(struct naive *n, const struct naive_contact *a, const struct naive_contact *b)
{
	const struct naive_contact *both[2] = {a, b};
	struct routing_rank rank[2];
	usher_us at[2];
	__int128 score[2];
	for (unsigned i = 0; i < 2; i++) {
		rank[i] = naive_rank(both[i]);
		at[i] = both[i]->first_us - rank[i].ahead_us;
		score[i] = (__int128)rank[i].growth * (at[i] < n->now ? n->now - at[i] : 0);
	}
	if (rank[0].tier != rank[1].tier)
		return n->by_contact_key[0]++, rank[0].tier < rank[1].tier;
	if (rank[0].growth != rank[1].growth && score[0] != score[1])
		return n->by_contact_key[1]++, score[0] > score[1];
	if (at[0] != at[1])
		return n->by_contact_key[2]++, at[0] < at[1];
	return n->by_contact_key[3]++, a->id < b->id;
}

unsigned naive_position(struct naive *n, const struct naive_contact *c)
{
	unsigned position = 1;
	EACH(struct naive_contact, other, n->contacts)
	if (other->id != 0 && other != c && other->queue == c->queue &&
	    other->state == CONTACT_WAITING && other->wait >= 2 && naive_before(n, other, c))
		position++;
	return position;
}

/* ---- 2: what it asks for -------------------------------------------------------------------- */

static struct routing_requirement in_step(struct routing_requirement r,
					  const struct naive_contact *c)
{
	struct routing_step step = step_of(c);
	if (r.until_step > 0 && c->step >= r.until_step)
		r.is_preferred = true;
	for (unsigned d = 0; d < step.drop_count; d++)
		if (step.drops[d] == r.skill)
			r.is_preferred = true;
	if (!r.is_preferred && r.level <= step.level_drop)
		r.is_preferred = true;
	else if (!r.is_preferred)
		r.level = (uint8_t)(r.level - step.level_drop);
	return r;
}

static void join(struct routing_requirement *all, unsigned *count, struct routing_requirement r)
{
	unsigned i = 0;
	if (r.level == 0)
		return;
	while (i < *count && all[i].skill < r.skill)
		i++;
	if (i == *count || all[i].skill != r.skill) {
		memmove(&all[i + 1], &all[i], (*count - i) * sizeof *all);
		(*count)++;
		all[i] = r;
	} else if (r.is_preferred == all[i].is_preferred ? r.level > all[i].level
							 : !r.is_preferred) {
		all[i] = r;
	}
}

unsigned naive_requirements(const struct naive_contact *c,
			    struct routing_requirement ret[ROUTING_RESOLVED_MAX])
{
	const struct routing_queue_set *q = &c->queue->set;
	unsigned count = 0;
	for (unsigned i = 0; i < q->requirement_count; i++)
		join(ret, &count, in_step(q->requirements[i], c));
	for (unsigned i = 0; i < c->requirement_count; i++)
		join(ret, &count, in_step(c->requirements[i], c));
	return count;
}

/* ---- 3: who may take it --------------------------------------------------------------------- */

static unsigned level_of(const struct naive_agent *a, uint32_t skill)
{
	for (unsigned i = 0; i < a->set.skill_count; i++)
		if (a->set.skills[i].skill == skill)
			return a->set.skills[i].level;
	return 0;
}

const struct routing_member *naive_member(const struct naive_agent *a, const struct naive_queue *q)
{
	for (unsigned i = 0; i < a->set.queue_count; i++)
		if (a->set.queues[i].queue == q->set.queue)
			return &a->set.queues[i];
	return NULL;
}

bool naive_is_skilled(const struct naive_contact *c, const struct naive_agent *a)
{
	struct routing_requirement asked[ROUTING_RESOLVED_MAX];
	unsigned count = naive_requirements(c, asked);
	for (unsigned i = 0; i < count; i++)
		if (!asked[i].is_preferred && level_of(a, asked[i].skill) < asked[i].level)
			return false;
	return true;
}

/* Rules 6 to 9. */
enum routing_reason naive_could_take(const struct naive_contact *c, const struct naive_agent *a)
{
	const struct routing_member *m = naive_member(a, c->queue);
	if (m == NULL)
		return REASON_NOT_MEMBER;
	if (m->ring > step_of(c).ring_max)
		return REASON_RING;
	if (m->penalty > step_of(c).penalty_max)
		return REASON_PENALTY;
	return naive_is_skilled(c, a) ? REASON_CHOSEN : REASON_SKILL;
}

/* Rules 1 to 5. */
static enum routing_reason works(const struct naive *n, const struct naive_agent *a)
{
	if (a->wanted != AGENT_READY)
		return a->wanted == AGENT_SIGNED_OUT ? REASON_SIGNED_OUT : REASON_NOT_READY;
	if (a->is_lost)
		return REASON_LOST;
	if (a->is_silent)
		return REASON_NOT_RESPONDING;
	EACH_SEAT(s, n)
	if (s->agent == a && s->contact->state == CONTACT_WRAPUP && s->contact->is_wrapup_exclusive)
		return REASON_WRAPUP;
	return REASON_CHOSEN;
}

bool naive_is_excluded(const struct naive_contact *c, const struct naive_agent *a)
{
	bool is_refused = false;
	for (unsigned i = 0; i < NAIVE_REFUSED && c->round_end_us != USHER_NEVER; i++)
		is_refused = is_refused || c->refused[i] == a->set.agent;
	return is_refused || c->excluded == a->set.agent;
}

static bool is_free(const struct naive *n, const struct naive_agent *a)
{
	EACH_SEAT(s, n)
	if (s->agent == a)
		return false;
	return works(n, a) == REASON_CHOSEN;
}

unsigned naive_free_members(const struct naive *n, const struct naive_queue *q)
{
	unsigned count = 0;
	EACH(const struct naive_agent, a, n->agents)
	if (a->set.agent != 0 && naive_member(a, q) != NULL && is_free(n, a))
		count++;
	return count;
}

bool naive_is_deferred(const struct naive_contact *c)
{
	return c->is_callback || !channel_is_live(c->channel);
}

/* Rules 12 to 14. */
static enum routing_reason has_room(const struct naive *n, const struct naive_contact *c,
				    const struct naive_agent *a)
{
	const struct routing_channel_set *k = &n->channels[c->channel];
	unsigned load = k->weight, hand = 0, same = 0, reserve = c->queue->set.reserve;
	bool is_apart = false;
	EACH_SEAT(s, n)
	{
		enum channel_kind j = s->contact->channel;
		if (s->agent != a)
			continue;
		hand++;
		same += j == c->channel;
		if ((k->interrupts >> j & 1) != 0)
			continue;
		load += s->weight;
		if (j != c->channel && (k->is_exclusive || n->channels[j].is_exclusive))
			is_apart = true;
	}
	if (load > a->set.capacity || hand >= HAND_MAX)
		return REASON_CAPACITY;
	if (k->count_max > 0 && same >= k->count_max)
		return REASON_CHANNEL_MAX;
	if (is_apart)
		return REASON_EXCLUSIVE;
	if (naive_is_deferred(c) && reserve > 0 &&
	    naive_free_members(n, c->queue) < reserve + (hand == 0 ? 1 : 0))
		return REASON_RESERVE;
	return REASON_CHOSEN;
}

enum routing_reason naive_reason(const struct naive *n, const struct naive_contact *c,
				 const struct naive_agent *a)
{
	enum routing_reason reason = works(n, a);
	if (reason == REASON_CHOSEN)
		reason = naive_could_take(c, a);
	if (reason != REASON_CHOSEN)
		return reason;
	if (naive_is_excluded(c, a))
		return REASON_EXCLUDED;
	if (c->wait < 2 && naive_waits_for(c) != a->set.agent)
		return REASON_PREFERRED_OTHER;
	return has_room(n, c, a);
}

/* ---- 4: the order of agents ----------------------------------------------------------------- */

static __int128 order_field(const struct naive *n, const struct naive_contact *c,
			    const struct naive_agent *a, int levels)
{
	const struct routing_member *m = naive_member(a, c->queue);
	unsigned load = 0, held = 0, offers = 0, skills = 0;
	EACH_SEAT(s, n)
	{
		load += s->agent == a ? s->weight : 0;
		held += s->agent == a && !s->is_offer;
		offers += s->agent == a && s->is_offer;
	}
	for (unsigned i = 0; i < a->set.skill_count; i++)
		skills += a->set.skills[i].level > 0;
	switch (c->queue->set.order) {
	case ORDER_LEAST_LOADED: /* different quotients of 16-bit numbers differ by 2^-32 */
		return a->set.capacity > 0 ? ((__int128)load << 40) / a->set.capacity
					   : (__int128)1 << 100;
	case ORDER_MOST_SPARE:
		return (__int128)load - a->set.capacity;
	case ORDER_BEST_LEVEL:
		return -levels;
	case ORDER_FEWEST_SKILLS:
		return skills;
	case ORDER_ROUND_ROBIN:
		return a->last[c->queue - n->queues];
	case ORDER_WEIGHTED_RANDOM:
		return policy_draw(n->seed, c->id, n->epoch(n->decision_count, c->id, n->arg),
				   a->set.agent, m->weight);
	case ORDER_TOP_DOWN:
		return m->position;
	default:
		return offers > 0 ? 2 : held > 0;
	}
}

struct naive_key naive_key(const struct naive *n, const struct naive_contact *c,
			   const struct naive_agent *a)
{
	struct routing_requirement asked[ROUTING_RESOLVED_MAX];
	unsigned count = naive_requirements(c, asked);
	const struct routing_member *m = naive_member(a, c->queue);
	int levels = 0, preferred = 0;
	for (unsigned i = 0; i < count; i++) {
		int has = (int)level_of(a, asked[i].skill);
		levels += has;
		if (asked[i].is_preferred)
			preferred += has < asked[i].level ? has : asked[i].level;
	}
	bool is_by_idle = c->queue->set.order < ORDER_ROUND_ROBIN;
	return (struct naive_key){{m->ring, m->penalty, -preferred, order_field(n, c, a, levels),
				   is_by_idle ? a->idle_since_us : 0, a->set.agent}};
}

struct naive_agent *naive_first_agent(struct naive *n, const struct naive_contact *c)
{
	struct naive_agent *best = NULL;
	struct naive_key best_key = {0};
	EACH(struct naive_agent, a, n->agents)
	{
		if (a->set.agent == 0 || a->is_dirty || naive_seat(n, c, a) != NULL ||
		    naive_reason(n, c, a) != REASON_CHOSEN)
			continue;
		struct naive_key key = naive_key(n, c, a);
		unsigned i = 0;
		while (best != NULL && key.field[i] == best_key.field[i])
			i++;
		if (best != NULL) {
			n->by_agent_key[i]++;
			n->by_order[c->queue->set.order] += i == 3;
		}
		if (best == NULL || key.field[i] < best_key.field[i]) {
			best = a;
			best_key = key;
		}
	}
	return best;
}
