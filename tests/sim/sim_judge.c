/* SPDX-License-Identifier: Apache-2.0 */
/* Who may take what, by routing/core/RULES.md and what the shadow knows. */
#include "tests/sim/sim.h"

#include <string.h>

/* ---- what a contact asks for ---------------------------------------------------------------- */

void sim_classify(struct sim_contact *c)
{
	uint64_t sum = 0; /* in whichever order they were named */
	for (unsigned i = 0; i < c->requirement_count; i++) {
		const struct routing_requirement *it = &c->requirements[i];
		uint64_t one = (uint64_t)it->skill << 32 | (uint64_t)it->level << 16 |
			       (uint64_t)it->until_step << 8 | it->is_preferred;
		sum += it->level > 0 ? hash_mix(one) : 0;
	}
	c->class = sum ^ hash_mix(c->excluded);
}

static const struct routing_step *step_of(const struct sim_queue *q, uint8_t step)
{
	return step < q->set.step_count ? &q->set.steps[step] : NULL;
}

static struct routing_requirement in_step(struct routing_requirement it, uint8_t number,
					  const struct routing_step *step)
{
	if (it.until_step > 0 && number >= it.until_step)
		it.is_preferred = true;
	for (unsigned i = 0; step != NULL && i < step->drop_count; i++)
		it.is_preferred = it.is_preferred || step->drops[i] == it.skill;
	if (it.is_preferred || step == NULL)
		return it;
	if (it.level <= step->level_drop)
		it.is_preferred = true;
	else
		it.level = (uint8_t)(it.level - step->level_drop);
	return it;
}

static unsigned join(struct routing_requirement *all, unsigned count, struct routing_requirement it)
{
	if (it.level == 0)
		return count;
	for (unsigned i = 0; i < count; i++) {
		if (all[i].skill != it.skill)
			continue;
		bool is_required = all[i].is_preferred && !it.is_preferred;
		bool is_higher = all[i].is_preferred == it.is_preferred && it.level > all[i].level;
		if (is_required || is_higher)
			all[i] = it;
		return count;
	}
	all[count] = it;
	return count + 1;
}

unsigned sim_needs(struct sim *s, const struct sim_contact *c,
		   struct routing_requirement ret[2 * ROUTING_REQUIREMENTS_MAX])
{
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	const struct routing_step *step = q != NULL ? step_of(q, c->step) : NULL;
	unsigned count = 0;
	for (unsigned i = 0; q != NULL && i < q->set.requirement_count; i++)
		count = join(ret, count, in_step(q->set.requirements[i], c->step, step));
	for (unsigned i = 0; i < c->requirement_count; i++)
		count = join(ret, count, in_step(c->requirements[i], c->step, step));
	return count;
}

struct routing_rank sim_rank(struct sim *s, const struct sim_contact *c, uint8_t number)
{
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	const struct routing_step *step = step_of(q, number);
	uint8_t raise = step != NULL ? step->priority_raise : 0;
	uint8_t p = c->priority > raise ? (uint8_t)(c->priority - raise) : 0;
	return q->set.has_ranks ? q->set.ranks[p] : (struct routing_rank){p, 1, 0};
}

/* ---- who may take it ------------------------------------------------------------------------ */

bool sim_is_deferred(const struct sim_contact *c)
{
	return c->is_callback || c->channel == CHANNEL_EMAIL || c->channel == CHANNEL_MESSAGING ||
	       c->channel == CHANNEL_LETTER;
}

bool sim_is_able(const struct sim_agent *a)
{
	return a->id != 0 && a->wanted == AGENT_READY && !a->is_lost && !a->is_unresponsive &&
	       a->wraps == 0;
}

static const struct routing_member *member_of(const struct sim_agent *a, usher_id queue)
{
	for (unsigned i = 0; i < a->set.queue_count; i++)
		if (a->set.queues[i].queue == queue)
			return &a->set.queues[i];
	return NULL;
}

static const char *unfit(struct sim *s, const struct sim_contact *c, const struct sim_agent *a)
{
	struct routing_requirement needs[2 * ROUTING_REQUIREMENTS_MAX];
	const struct routing_member *member = member_of(a, c->queue);
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	const struct routing_step *step = q != NULL ? step_of(q, c->step) : NULL;
	if (member == NULL)
		return "offered to an agent who is no member";
	if (step != NULL && step->ring_max != ROUTING_ANY && member->ring > step->ring_max)
		return "offered to a ring that is not reached";
	if (step != NULL && step->penalty_max != ROUTING_ANY && member->penalty > step->penalty_max)
		return "offered past the limit of penalties";
	unsigned count = sim_needs(s, c, needs);
	for (unsigned i = 0; i < count; i++) {
		uint8_t has = 0;
		for (unsigned k = 0; k < a->set.skill_count; k++)
			if (a->set.skills[k].skill == needs[i].skill)
				has = a->set.skills[k].level;
		if (!needs[i].is_preferred && has < needs[i].level)
			return "offered to an agent without the skill";
	}
	return NULL;
}

static const char *no_room(const struct sim *s, const struct sim_contact *c,
			   const struct sim_agent *a)
{
	const struct routing_channel_set *k = &s->channels[c->channel];
	uint32_t load = a->load;
	for (unsigned j = 1; j < CHANNEL_KINDS; j++)
		load -= (k->interrupts >> j & 1) != 0 ? a->load_of[j] : 0;
	if (load + k->weight > a->set.capacity || a->contacts >= 256)
		return "offered past the capacity";
	if (k->count_max != 0 && a->count[c->channel] >= k->count_max)
		return "offered past the channel's maximum";
	for (unsigned j = 1; j < CHANNEL_KINDS; j++)
		if (j != (unsigned)c->channel && a->count[j] > 0 && (k->interrupts >> j & 1) == 0 &&
		    (k->is_exclusive || s->channels[j].is_exclusive))
			return "offered beside work that excludes it";
	return NULL;
}

static const char *reserved(struct sim *s, const struct sim_contact *c, const struct sim_agent *a)
{
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	unsigned left = 0;
	if (q == NULL || q->set.reserve == 0 || !sim_is_deferred(c))
		return NULL;
	for (unsigned i = 0; i < s->agent_count; i++) {
		const struct sim_agent *b = &s->agents[i];
		left += b != a && sim_is_able(b) && b->contacts == 0 &&
			member_of(b, c->queue) != NULL;
	}
	return left < q->set.reserve ? "deferred work took one of the reserve" : NULL;
}

bool sim_may_take(struct sim *s, const struct sim_contact *c, const struct sim_agent *a,
		  const char **ret_why)
{
	bool is_directed = c->directed == a->id && (c->hold_us >= s->before_us || !s->is_settled);
	const char *why = sim_is_able(a) ? NULL : "offered to an agent who is not there";
	if (why == NULL && !is_directed)
		why = unfit(s, c, a);
	if (why == NULL && c->excluded == a->id && !is_directed)
		why = "offered to whom it excludes";
	if (why == NULL)
		why = no_room(s, c, a);
	if (why == NULL)
		why = reserved(s, c, a);
	*ret_why = why;
	return why == NULL;
}

/* ---- the judgement of an offer -------------------------------------------------------------- */

/* Of the last refusals it is certain that their round goes on; of others it may have ended. */
static bool has_refused(const struct sim_contact *c, usher_id agent, bool is_last)
{
	for (unsigned i = 0; i < c->refusal_count; i++) {
		const struct sim_refusal *it = &c->refusals[i];
		if (it->agent == agent && (!is_last || (it->is_certain && it->at == c->refused_us)))
			return true;
	}
	return false;
}

/* A round goes on while others could, at most for an offer time or a minute. Judged where nothing
 * that matters has changed since the refusal, so that they could all the time. */
static void judge_refusals(struct sim *s, const struct sim_contact *c, usher_id agent)
{
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	if (q == NULL || !has_refused(c, agent, true) || c->queued_us >= c->refused_us ||
	    c->changed_us >= c->refused_us || s->changed_us >= c->refused_us ||
	    q->changed_us >= c->refused_us)
		return;
	usher_us span = q->set.offer_us < USHER_MINUTE ? q->set.offer_us : USHER_MINUTE;
	bool is_over = c->refused_us + span <= s->core_us;
	for (unsigned i = 0; i < s->agent_count && !is_over; i++) {
		const struct sim_agent *a = &s->agents[i];
		bool is_there = a->id != 0 && a->wanted != AGENT_SIGNED_OUT && !a->is_lost;
		sim_expect(s,
			   !is_there || a->id == agent || a->id == c->excluded ||
				   has_refused(c, a->id, false) || unfit(s, c, a) != NULL,
			   "offered again to one who refused while others could take it");
	}
	s->judged++;
}

static bool is_same_kind(const struct sim_contact *c, const struct sim_contact *o)
{
	return o != c && o->state == CONTACT_WAITING && o->is_plain && o->queue == c->queue &&
	       o->channel == c->channel && o->class == c->class && o->priority == c->priority &&
	       o->step == c->step && o->is_callback == c->is_callback;
}

static void judge_order(struct sim *s, const struct sim_contact *c)
{
	if (!c->is_plain || !s->is_settled || c->state != CONTACT_WAITING ||
	    (s->contacts_max > SIM_CONTACTS && s->offers % 16 != 0))
		return;
	for (unsigned i = 0; i < s->open; i++) {
		const struct sim_contact *o = &s->contacts[i];
		if (is_same_kind(c, o))
			sim_expect(s,
				   o->first_us > c->first_us ||
					   (o->first_us == c->first_us && o->id > c->id),
				   "overtaken by one that came later");
	}
	s->judged++;
}

void sim_judge_offer(struct sim *s, struct sim_contact *c, struct sim_agent *a)
{
	const char *why = NULL;
	if (s->is_blurred)
		return;
	if (!sim_may_take(s, c, a, &why))
		sim_fail(s, why);
	judge_refusals(s, c, a->id);
	judge_order(s, c);
}
