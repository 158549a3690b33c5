/* SPDX-License-Identifier: Apache-2.0 */
/* Agents who never get anything, and skills that nobody has. */
#include "gateway/lint/index.h"

static const char language_prefix[] = "language:";

/* The lightest contact of any channel that leads to the agent's queues; of any channel at all where
 * one of them gets its contacts by hand. */
static unsigned lightest(const struct lint *l, const struct lint_agent *agent)
{
	unsigned kinds = 0, least = UINT16_MAX;
	for (unsigned i = 0; i < agent->queue_count; i++) {
		uint32_t q = lint_queue_at(l, agent->queues[i].queue);
		if (q != LINT_NONE)
			kinds |= l->kinds_in[q] != 0 ? l->kinds_in[q] : ~0u;
	}
	for (int k = 1; k < CHANNEL_KINDS; k++)
		if ((kinds >> k & 1) != 0 && l->site->weights[k].weight < least)
			least = l->site->weights[k].weight;
	return least;
}

struct prospects {
	unsigned queues;      /* that are there */
	bool can_take;	      /* in one of them, in some step */
	bool is_served_by_others;
};

static struct prospects prospects_of(const struct lint *l, uint32_t a)
{
	struct prospects p = {0};
	const struct lint_agent *agent = &l->site->agents[a];
	for (unsigned i = 0; i < agent->queue_count; i++) {
		uint32_t q = lint_queue_at(l, agent->queues[i].queue);
		if (q == LINT_NONE)
			continue;
		p.queues++;
		p.can_take = p.can_take || lint_has(lint_set(l, l->reached, q), a);
		p.is_served_by_others = p.is_served_by_others ||
					!lint_is_empty(lint_set(l, l->reached, q), l->words);
	}
	return p;
}

/* Above the limits of every step of a queue, whatever the skills. */
static bool is_unreached(const struct lint *l, uint32_t q, const struct routing_member *m)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	for (unsigned i = 0; i < lint_step_count(set); i++) {
		struct routing_step s = lint_step(set, i);
		if (m->ring <= s.ring_max && m->penalty <= s.penalty_max)
			return false;
	}
	return true;
}

static void check_memberships(struct lint *l, uint32_t a)
{
	const struct lint_agent *agent = &l->site->agents[a];
	for (unsigned i = 0; i < agent->queue_count; i++) {
		uint32_t q = lint_queue_at(l, agent->queues[i].queue);
		if (q == LINT_NONE || !is_unreached(l, q, &agent->queues[i]) ||
		    lint_is_empty(lint_set(l, l->reached, q), l->words))
			continue;
		struct lint_finding *f =
			lint_note_agent(l, LINT_MEMBER_UNREACHED, a, "/memberships/%u", i);
		lint_arg(l, f, "%.*s", TEXT_ARG(l->site->queues[q].slug));
		lint_arg(l, f, "%u", agent->queues[i].ring);
		lint_arg(l, f, "%u", agent->queues[i].penalty);
	}
}

static void check_agent(struct lint *l, uint32_t a)
{
	const struct lint_agent *agent = &l->site->agents[a];
	struct prospects p = prospects_of(l, a);
	if (p.queues == 0) {
		if (agent->is_only_agent)
			lint_note_agent(l, LINT_AGENT_NO_QUEUE, a, "/queues");
		return;
	}
	unsigned least = lightest(l, agent);
	if (agent->capacity < least) {
		struct lint_finding *f = lint_note_agent(l, LINT_AGENT_CAPACITY, a, "/capacity");
		lint_arg(l, f, "%u", agent->capacity);
		lint_arg(l, f, "%u", least);
	} else if (!p.can_take && p.is_served_by_others) {
		lint_note_agent(l, LINT_AGENT_NOTHING, a, "/skills");
	}
	check_memberships(l, a);
}

void lint_check_people(struct lint *l)
{
	for (uint32_t a = 0; a < l->site->agent_count; a++)
		if (l->site->agents[a].is_agent)
			check_agent(l, a);
	for (size_t s = 0; s < l->site->skill_count; s++) {
		struct usher_text name = l->site->skills[s].name;
		if (l->is_held[s] || l->is_asked[s])
			continue;
		bool is_language = text_starts(name, text_of(language_prefix));
		lint_note(l, is_language ? LINT_LANGUAGE_NOBODY : LINT_SKILL_UNUSED, LINT_SKILL, name,
			  "/name");
	}
}
