/* SPDX-License-Identifier: Apache-2.0 */
/* Which contact comes first, between queues that share agents. */
#include "gateway/lint/index.h"

#define TIERS 256

struct standing { /* of a queue's contacts */
	uint8_t tier, tier_best; /* at the queue's priority; with the highest raise of its steps */
	uint8_t priority;
	bool has_differing_ranks;
};

struct crowd { /* the members of a kind of queues, together */
	uint64_t *agents;
};

struct tiers {
	struct lint *l;
	struct standing *standing;
	struct crowd by_priority[TIERS][CONTACT_PRIORITIES];
	struct crowd by_ageing[TIERS][ROUTING_AGEINGS];
};

static uint8_t tier_at(const struct routing_queue_set *set, int priority)
{
	return set->has_ranks ? set->ranks[priority].tier : (uint8_t)priority;
}

static struct standing standing_of(const struct routing_queue_set *set)
{
	struct standing s = {.priority = set->priority};
	if (s.priority >= CONTACT_PRIORITIES)
		s.priority = CONTACT_PRIORITIES - 1;
	s.tier = s.tier_best = tier_at(set, s.priority);
	for (unsigned i = 0; i < set->step_count; i++) {
		int raised = s.priority - set->steps[i].priority_raise;
		uint8_t tier = tier_at(set, raised > 0 ? raised : 0);
		s.tier_best = tier < s.tier_best ? tier : s.tier_best;
	}
	for (int p = 1; set->has_ranks && p < CONTACT_PRIORITIES; p++)
		s.has_differing_ranks =
			s.has_differing_ranks || set->ranks[p].tier != set->ranks[0].tier ||
			set->ranks[p].growth != set->ranks[0].growth ||
			set->ranks[p].ahead_us != set->ranks[0].ahead_us;
	return s;
}

static void join(struct lint *l, struct crowd *c, const uint64_t *members)
{
	if (c->agents == NULL)
		c->agents = arena_new(&l->arena, (l->words + 1) * sizeof *c->agents);
	for (size_t w = 0; w < l->words; w++)
		c->agents[w] |= members[w];
}

static bool meets(const struct lint *l, const struct crowd *c, const uint64_t *members)
{
	return c->agents != NULL && lint_meets(c->agents, members, l->words);
}

/* ---- starving -------------------------------------------------------------------------------- */

static bool ends_by_itself(const struct routing_queue_set *set)
{
	return (set->overflow_to != 0 && set->overflow_us > 0) ||
	       (set->wait_max_us > 0 && set->expired != TREAT_WAIT);
}

static uint32_t first_before(const struct tiers *t, uint32_t q)
{
	struct lint *l = t->l;
	for (uint32_t other = 0; other < l->site->queue_count; other++)
		if (t->standing[other].tier < t->standing[q].tier_best &&
		    lint_meets(lint_set(l, l->members, other), lint_set(l, l->members, q), l->words))
			return other;
	return LINT_NONE;
}

/* Where each member also serves a lower tier, a busy lower tier leaves nobody. */
static void check_starving(struct tiers *t)
{
	struct lint *l = t->l;
	uint64_t *before = arena_new(&l->arena, (l->words + 1) * sizeof *before);
	for (int tier = 0; tier < TIERS; tier++) {
		for (uint32_t q = 0; q < l->site->queue_count; q++) {
			const uint64_t *members = lint_set(l, l->members, q);
			bool may_starve = t->standing[q].tier_best == tier &&
					  lint_seat_count(l, q) > 0 &&
					  !ends_by_itself(&l->site->queues[q].set) &&
					  lint_is_within(members, before, l->words);
			uint32_t other = may_starve ? first_before(t, q) : LINT_NONE;
			if (other == LINT_NONE)
				continue;
			struct lint_finding *f = lint_note_queue(l, LINT_TIER_STARVES, q, "/ageing");
			lint_arg(l, f, "%.*s", TEXT_ARG(l->site->queues[other].slug));
			lint_arg(l, f, "%d", t->standing[q].tier_best);
			lint_arg(l, f, "%d", t->standing[other].tier);
		}
		for (int p = 0; p < CONTACT_PRIORITIES; p++)
			for (size_t w = 0; t->by_priority[tier][p].agents != NULL && w < l->words; w++)
				before[w] |= t->by_priority[tier][p].agents[w];
	}
}

/* ---- the same tier --------------------------------------------------------------------------- */

static uint32_t first_mixed(const struct tiers *t, uint32_t q)
{
	struct lint *l = t->l;
	const struct lint_queue *queues = l->site->queues;
	for (uint32_t other = 0; other < q; other++)
		if (t->standing[other].tier == t->standing[q].tier &&
		    queues[other].ageing != queues[q].ageing &&
		    lint_meets(lint_set(l, l->members, other), lint_set(l, l->members, q), l->words))
			return other;
	return LINT_NONE;
}

/* One scale counts seconds of a start ahead, another seconds to a deadline, another products. */
static void check_mixed(struct tiers *t)
{
	struct lint *l = t->l;
	for (uint32_t q = 0; q < l->site->queue_count; q++) {
		const uint64_t *members = lint_set(l, l->members, q);
		struct crowd *row = t->by_ageing[t->standing[q].tier];
		bool is_mixed = false;
		for (int mode = 0; mode < ROUTING_AGEINGS; mode++)
			is_mixed = is_mixed || (mode != (int)l->site->queues[q].ageing &&
						meets(l, &row[mode], members));
		uint32_t other = is_mixed ? first_mixed(t, q) : LINT_NONE;
		if (other != LINT_NONE) {
			struct lint_finding *f = lint_note_queue(l, LINT_TIER_MIXED, q, "/ageing");
			lint_arg(l, f, "%.*s", TEXT_ARG(l->site->queues[other].slug));
			lint_arg(l, f, "%d", t->standing[q].tier);
		}
		join(l, &row[l->site->queues[q].ageing], members);
	}
}

static void check_unused(struct tiers *t)
{
	struct lint *l = t->l;
	for (uint32_t q = 0; q < l->site->queue_count; q++) {
		const struct routing_queue_set *set = &l->site->queues[q].set;
		const struct standing *s = &t->standing[q];
		bool is_used = !s->has_differing_ranks || lint_seat_count(l, q) == 0;
		for (unsigned i = 0; i < set->step_count; i++)
			is_used = is_used || set->steps[i].priority_raise > 0;
		for (int p = 0; p < CONTACT_PRIORITIES; p++)
			is_used = is_used ||
				  (p != s->priority &&
				   meets(l, &t->by_priority[s->tier][p], lint_set(l, l->members, q)));
		if (!is_used)
			lint_arg(l, lint_note_queue(l, LINT_PRIORITY_UNUSED, q, "/ageing"), "%d",
				 s->priority);
	}
}

void lint_check_tiers(struct lint *l)
{
	struct tiers *t = ARENA_NEW(&l->arena, struct tiers);
	t->l = l;
	t->standing = arena_new(&l->arena, (l->site->queue_count + 1) * sizeof *t->standing);
	for (uint32_t q = 0; q < l->site->queue_count; q++) {
		t->standing[q] = standing_of(&l->site->queues[q].set);
		join(l, &t->by_priority[t->standing[q].tier][t->standing[q].priority],
		     lint_set(l, l->members, q));
	}
	check_starving(t);
	check_mixed(t);
	check_unused(t);
}
