/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/explain/scene.h"

#include "routing/base/memory.h"

#include <stdlib.h>

static const char *const kinds[] = {"", "offered", "assigned", "taken", "handed-over", "waiting"};

const char *explain_kind_name(enum explain_kind kind)
{
	return kinds[(unsigned)kind <= EXPLAIN_WAITING ? kind : 0];
}

struct gathering {
	struct explain_scene *s;
	const struct routing *r;
	size_t room;
	bool all;
};

/* ---- skills ---------------------------------------------------------------------------------- */

static bool is_present(const struct routing_agent_view *agent)
{
	return agent->state != AGENT_SIGNED_OUT && agent->state != AGENT_LOST;
}

static void count_skills(struct gathering *g, const struct routing_agent_view *agent)
{
	struct routing_requirement has[ROUTING_SKILLS_MAX];
	unsigned n = routing_agent_skills(g->r, agent->agent, has);
	for (unsigned i = 0; i < g->s->need_count; i++)
		for (unsigned k = 0; k < n; k++)
			if (has[k].skill == g->s->needs[i].skill &&
			    has[k].level >= g->s->needs[i].level) {
				g->s->needs[i].members++;
				g->s->needs[i].present += is_present(agent);
			}
}

static void collect_needs(struct explain_scene *s, const struct routing *r)
{
	struct routing_requirement needs[ROUTING_RESOLVED_MAX];
	unsigned n = routing_requirements(r, s->contact, needs);
	for (unsigned i = 0; i < n; i++)
		if (!needs[i].is_preferred)
			s->needs[s->need_count++] =
				(struct explain_need){needs[i].skill, needs[i].level, 0, 0};
}

/* ---- agents ---------------------------------------------------------------------------------- */

static void add(struct gathering *g, const struct explain_candidate *it)
{
	struct explain_scene *s = g->s;
	if (s->count == g->room) {
		size_t room = g->room > 0 ? 2 * g->room : 32;
		struct explain_candidate *more = memory_new_array(room, sizeof *more);
		for (size_t i = 0; i < s->count; i++)
			more[i] = s->candidates[i];
		free(s->candidates);
		s->candidates = more;
		g->room = room;
	}
	s->candidates[s->count++] = *it;
}

static void on_agent(const struct routing_agent_view *agent, void *arg)
{
	struct gathering *g = arg;
	struct explain_scene *s = g->s;
	struct explain_candidate it = {.agent = agent->agent};
	if (!routing_agent_account(g->r, s->contact, agent->agent, &it.account))
		return;
	it.why = routing_why(g->r, s->contact, agent->agent, s->now);
	if (agent->agent == s->chosen)
		it.why.reason = REASON_CHOSEN;
	else if (it.why.reason == REASON_CHOSEN && s->chosen != 0)
		it.why.reason = REASON_OTHER_FIRST;
	if (s->chosen != 0)
		it.than = routing_difference(g->r, s->contact, s->chosen, agent->agent);
	bool is_able = it.why.reason == REASON_CHOSEN || it.why.reason == REASON_OTHER_FIRST;
	s->able += is_able && !it.account.is_offered;
	if (it.account.is_member) {
		s->members[it.why.reason]++;
		count_skills(g, agent);
	} else if (agent->agent != s->chosen) {
		s->others[it.why.reason]++;
	}
	if (it.account.is_member || agent->agent == s->chosen || g->all)
		add(g, &it);
}

static int rank(const struct explain_candidate *c)
{
	if (c->why.reason == REASON_CHOSEN)
		return 0;
	if (c->account.is_offered)
		return 1;
	return c->account.is_member ? 2 + (int)c->why.reason : 100 + (int)c->why.reason;
}

static int compare(const void *left, const void *right, void *arg)
{
	const struct gathering *g = arg;
	const struct explain_candidate *a = left, *b = right;
	if (rank(a) != rank(b))
		return rank(a) < rank(b) ? -1 : 1;
	if (a->why.reason == REASON_OTHER_FIRST && a->account.is_member && a->agent != b->agent)
		return routing_difference(g->r, g->s->contact, a->agent, b->agent).is_before ? -1
											     : 1;
	return (a->agent > b->agent) - (a->agent < b->agent);
}

int explain_scene_make(struct explain_scene *ret, const struct routing *r, enum explain_kind kind,
		       usher_id contact, usher_id chosen, usher_us now, bool all)
{
	struct explain_scene s = {.kind = kind, .now = now, .contact = contact, .chosen = chosen};
	struct gathering g = {.s = &s, .r = r, .all = all};
	if (!routing_contact(r, contact, &s.view) || !routing_account(r, contact, &s.account))
		return E_NOT_FOUND;
	collect_needs(&s, r);
	routing_each_agent(r, on_agent, &g);
	if (s.count > 1)
		qsort_r(s.candidates, s.count, sizeof *s.candidates, compare, &g);
	if (s.count > EXPLAIN_CANDIDATES_MAX) {
		s.left_off = s.count - EXPLAIN_CANDIDATES_MAX;
		s.count = EXPLAIN_CANDIDATES_MAX;
	}
	if (chosen != 0)
		routing_rivals(r, contact, chosen, &s.rivals);
	*ret = s;
	return 0;
}

void explain_scene_done(struct explain_scene *s)
{
	free(s->candidates);
	s->candidates = NULL;
	s->count = 0;
}
