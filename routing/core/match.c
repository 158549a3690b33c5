/* SPDX-License-Identifier: Apache-2.0 */
/* Who takes whom. The two searches are mirror images and must agree on who may take what. */
#include "routing/core/parts.h"

/* So many places along the order are tried; where that finds nobody, few can, and the rows of bits
 * find these sooner. */
#define WALK_MAX 12

/* ---- an agent for a contact ----------------------------------------------------------------- */

/* What the rows of bits do not say. */
static bool is_welcome(const struct routing *r, uint32_t a, uint32_t c, const struct line *l)
{
	const struct contact *contact = &r->contacts[c];
	return !core_contact_excludes(r, c, a) &&
	       (!l->is_deferred || core_queue_spares(r, l->queue, a)) &&
	       (contact->seats == 0 || core_seat_of(r, c, a) == 0);
}

static bool is_within(const struct line *l, const struct member *member)
{
	return (l->ring_max == ROUTING_ANY || member->ring <= l->ring_max) &&
	       (l->penalty_max == ROUTING_ANY || member->penalty <= l->penalty_max);
}

struct candidate {
	uint32_t agent;
	uint32_t band;
	uint32_t score; /* in what is preferred: higher comes first */
	struct order_key key;
};

static bool is_better(const struct candidate *a, const struct candidate *b)
{
	if (a->band != b->band)
		return a->band < b->band;
	if (a->score != b->score)
		return a->score > b->score;
	return order_before(&a->key, &b->key);
}

static uint32_t preference(const struct routing *r, uint32_t a, const struct line *l)
{
	uint32_t sum = 0;
	for (unsigned i = l->required_count; i < l->need_count; i++) {
		uint8_t has = core_roster_level(r, a, l->needs[i].skill);
		sum += has < l->needs[i].level ? has : l->needs[i].level;
	}
	return sum;
}

static uint64_t shortfall(const struct routing *r, uint32_t a, const struct line *l)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < l->need_count; i++)
		sum += (uint64_t)SKILL_LEVEL_MAX - core_roster_level(r, a, l->needs[i].skill);
	return sum;
}

static struct candidate assess(const struct routing *r, uint32_t a, uint32_t m, uint32_t c,
			       const struct line *l)
{
	const struct routing_queue_set *set = &r->queues[l->queue].set;
	struct candidate it = {.agent = a, .score = preference(r, a, l)};
	it.key = r->member_nodes[m].key;
	it.band = it.key.band;
	if (set->order == ORDER_BEST_LEVEL)
		it.key.rank = shortfall(r, a, l);
	if (set->order == ORDER_WEIGHTED_RANDOM)
		it.key = (struct order_key){it.band,
					    policy_draw(r->seed, r->contacts[c].id,
							r->contacts[c].epoch, r->agents[a].id,
							r->members[m].weight),
					    0, r->agents[a].id};
	return it;
}

/* Looks at each who has room and what is required. */
static uint32_t best_of_rows(const struct routing *r, uint32_t c, const struct line *l)
{
	struct candidate best = {.agent = 0};
	for (size_t word = 0; word < r->words; word++)
		for (uint64_t bits = core_roster_word(r, l, word); bits != 0; bits &= bits - 1) {
			uint32_t a = (uint32_t)(word * 64 + (unsigned)__builtin_ctzll(bits));
			uint32_t m = core_agent_member(r, a, l->queue);
			if (!is_within(l, &r->members[m]) || !is_welcome(r, a, c, l))
				continue;
			struct candidate it = assess(r, a, m, c, l);
			if (best.agent == 0 || is_better(&it, &best))
				best = it;
		}
	return best.agent;
}

/* The first in the queue's order; false when it was not found soon, because few can. */
static bool first_of_order(const struct routing *r, uint32_t c, const struct line *l, uint32_t *ret)
{
	uint32_t m = r->queues[l->queue].available.first;
	*ret = 0;
	for (unsigned i = 0; m != 0; i++, m = tree_next(r->member_nodes, m)) {
		if (l->ring_max != ROUTING_ANY && r->members[m].ring > l->ring_max)
			return true; /* rings come first in every order: nobody */
		if (i == WALK_MAX)
			return false;
		uint32_t a = m / ROUTING_MEMBERSHIPS_MAX;
		if (is_within(l, &r->members[m]) && core_roster_has(r, l, a) &&
		    is_welcome(r, a, c, l)) {
			*ret = a;
			return true;
		}
	}
	return true;
}

/* The agent it waits for, if he may take it. */
static uint32_t only_one(const struct routing *r, uint32_t c, const struct line *l)
{
	uint32_t a = r->contacts[c].only;
	bool may = (r->agents[a].rooms >> l->channel & 1) != 0 &&
		   (r->contacts[c].is_directed || core_agent_admits(r, a, r->contacts[c].line)) &&
		   is_welcome(r, a, c, l);
	return may ? a : 0;
}

uint32_t core_match_agent(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	const struct line *l = &r->lines[contact->line];
	const struct queue *queue = &r->queues[l->queue];
	if (contact->only != 0)
		return only_one(r, c, l);
	if (queue->available.root == 0)
		return 0;
	bool is_by_contact = queue->set.order == ORDER_BEST_LEVEL ||
			     queue->set.order == ORDER_WEIGHTED_RANDOM ||
			     l->need_count > l->required_count;
	uint32_t a;
	return !is_by_contact && first_of_order(r, c, l, &a) ? a : best_of_rows(r, c, l);
}

/* ---- a contact for an agent ----------------------------------------------------------------- */

struct search {
	const struct routing *r; /* borrowed */
	uint32_t agent;
	uint8_t rooms; /* bits of channels */
	uint64_t skills_mask;
	uint32_t best;
	uint16_t growth;
	struct order_key key; /* of the best */
};

static bool comes_before(const struct search *s, const struct order_key *key, uint16_t growth)
{
	if (s->best == 0)
		return true;
	return growth == s->growth
		       ? order_before(key, &s->key)
		       : policy_contact_before(key, growth, &s->key, s->growth, s->r->now_us);
}

static void choose(struct search *s, uint32_t c, uint16_t growth)
{
	s->best = c;
	s->growth = growth;
	s->key = s->r->contact_nodes[c].key;
}

/* The first of the line that does not exclude the agent. */
static void look_at_line(struct search *s, uint32_t l)
{
	const struct routing *r = s->r;
	const struct line *line = &r->lines[l];
	uint32_t c = line->waiting.first;
	if ((s->rooms >> line->channel & 1) == 0 || !core_agent_admits(r, s->agent, l) ||
	    (line->is_deferred && !core_queue_spares(r, line->queue, s->agent)))
		return;
	while (c != 0 && core_contact_excludes(r, c, s->agent))
		c = tree_next(r->contact_nodes, c);
	if (c != 0 && comes_before(s, &r->contact_nodes[c].key, line->growth))
		choose(s, c, line->growth);
}

/* Lines of one growth under one anchor, best head first: all behind one that would not come before
 * the best so far cannot either. */
static void look_at_lines(struct search *s, const struct tree *lines, uint16_t growth)
{
	const struct routing *r = s->r;
	for (uint32_t l = lines->first; l != 0; l = tree_next(r->line_nodes, l)) {
		if (!comes_before(s, &r->line_nodes[l].key, growth))
			return;
		if ((r->line_masks[l] & ~s->skills_mask) == 0)
			look_at_line(s, l);
	}
}

static void look_at_anchor(struct search *s, uint32_t anchor)
{
	const struct routing *r = s->r;
	const struct tree *trees = &r->anchors[(size_t)anchor * ROUTING_GROWTHS_MAX];
	for (unsigned g = 0; g < r->growth_count; g++)
		if (trees[g].root != 0)
			look_at_lines(s, &trees[g], r->growths[g].value);
}

static void look_at_own(struct search *s)
{
	const struct routing *r = s->r;
	for (uint32_t c = r->agents[s->agent].own.first; c != 0;
	     c = tree_next(r->contact_nodes, c)) {
		uint32_t l = r->contacts[c].line;
		const struct line *line = &r->lines[l];
		/* In the order of places: with one growth, none behind the best can come before it. */
		if (s->best != 0 && r->growth_count <= 1 &&
		    !comes_before(s, &r->contact_nodes[c].key, line->growth))
			return;
		if (!r->queues[line->queue].is_removed && (s->rooms >> line->channel & 1) != 0 &&
		    (r->contacts[c].is_directed || core_agent_admits(r, s->agent, l)) &&
		    (!line->is_deferred || core_queue_spares(r, line->queue, s->agent)) &&
		    !core_contact_excludes(r, c, s->agent) &&
		    comes_before(s, &r->contact_nodes[c].key, line->growth))
			choose(s, c, line->growth);
	}
}

uint32_t core_match_contact(const struct routing *r, uint32_t a)
{
	const struct agent *agent = &r->agents[a];
	struct search s = {.r = r,
			   .agent = a,
			   .rooms = core_agent_rooms(r, a),
			   .skills_mask = agent->skills_mask};
	if (s.rooms == 0)
		return 0;
	if (agent->own.root != 0)
		look_at_own(&s);
	for (uint32_t i = 0; i < agent->member_count; i++)
		look_at_anchor(&s, r->members[a * ROUTING_MEMBERSHIPS_MAX + i].queue);
	const struct agent_skill *skills = r->agent_skills + (size_t)a * ROUTING_SKILLS_MAX;
	for (unsigned i = 0; i < agent->skill_count; i++) {
		unsigned levels = r->anchor_levels[skills[i].slot] & ((2u << skills[i].level) - 1);
		for (; levels != 0; levels &= levels - 1)
			look_at_anchor(&s, 1 + r->limits.queues_max +
						   (uint32_t)skills[i].slot * CORE_LEVELS +
						   (unsigned)__builtin_ctz(levels) - 1);
	}
	return s.best;
}

bool core_match_others(const struct routing *r, uint32_t c)
{
	uint32_t l = r->contacts[c].line;
	for (uint32_t m = r->queues[r->lines[l].queue].members; m != 0; m = r->members[m].next) {
		uint32_t a = m / ROUTING_MEMBERSHIPS_MAX;
		const struct agent *agent = &r->agents[a];
		if (agent->wanted != AGENT_SIGNED_OUT && !agent->is_lost &&
		    core_agent_admits(r, a, l) && !core_contact_excludes(r, c, a))
			return true;
	}
	return false;
}
