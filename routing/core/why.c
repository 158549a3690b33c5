/* SPDX-License-Identifier: Apache-2.0 */
/* Why an agent gets a contact or not. Written apart from match.c, which routing_check holds
 * against it. */
#include "routing/core/parts.h"

static const char *const names[ROUTING_REASONS] = {
	"chosen",   "other-first",     "unknown",  "signed-out", "not-ready",
	"lost",	    "not-responding",  "wrap-up",  "not-member", "skill",
	"excluded", "preferred-other", "capacity", "channel-max"};

const char *routing_reason_name(enum routing_reason reason)
{
	return (unsigned)reason < ROUTING_REASONS ? names[reason] : "unknown";
}

/* Nothing of the contact matters here. REASON_CHOSEN: none. */
static enum routing_reason absence(const struct agent *agent)
{
	if (agent->wanted == AGENT_SIGNED_OUT)
		return REASON_SIGNED_OUT;
	if (agent->wanted == AGENT_NOT_READY)
		return REASON_NOT_READY;
	if (agent->is_lost)
		return REASON_LOST;
	if (agent->is_unresponsive)
		return REASON_NOT_RESPONDING;
	return agent->wraps > 0 ? REASON_WRAPUP : REASON_CHOSEN;
}

static bool lacks_skill(const struct agent *agent, const struct line *line, struct routing_why *ret)
{
	for (unsigned i = 0; i < line->requirement_count; i++) {
		uint8_t has = 0;
		for (unsigned k = 0; k < agent->skill_count; k++)
			if (agent->skills[k].skill == line->requirements[i].skill)
				has = agent->skills[k].level;
		if (has >= line->requirements[i].level)
			continue;
		*ret = (struct routing_why){REASON_SKILL, line->requirements[i].skill,
					    line->requirements[i].level, has, 0};
		return true;
	}
	return false;
}

static bool is_excluded(const struct contact *contact, usher_id agent, usher_us now)
{
	for (unsigned i = 0; i < contact->excluded_count; i++)
		if (contact->excluded[i] == agent && contact->excluded_us > now)
			return true;
	return false;
}

static enum routing_reason no_room(const struct routing *r, const struct agent *agent,
				   unsigned channel)
{
	const struct core_channel *ch = &r->channels[channel];
	if (agent->contact_count >= CORE_AGENT_CONTACTS_MAX ||
	    agent->load + ch->weight > agent->capacity)
		return REASON_CAPACITY;
	if (ch->count_max > 0 && agent->count[channel] >= ch->count_max)
		return REASON_CHANNEL_MAX;
	return REASON_CHOSEN;
}

/* REASON_CHOSEN: nothing is in the way, though another may come first. */
struct routing_why core_why(const struct routing *r, uint32_t c, uint32_t a, usher_us now)
{
	const struct contact *contact = &r->contacts[c];
	const struct agent *agent = &r->agents[a];
	const struct line *line = &r->lines[contact->line];
	bool is_own = line->only == a && contact->hold_us > now;
	bool is_directed = is_own && line->is_directed;
	struct routing_why why = {.reason = absence(agent)};
	if (why.reason != REASON_CHOSEN)
		return why;
	if (!is_directed && !core_agent_is_member(r, a, contact->queue))
		return (struct routing_why){.reason = REASON_NOT_MEMBER};
	if (!is_directed && lacks_skill(agent, line, &why))
		return why;
	if (is_excluded(contact, agent->id, now))
		return (struct routing_why){.reason = REASON_EXCLUDED};
	if (line->only != 0 && !is_own && contact->hold_us > now)
		return (struct routing_why){.reason = REASON_PREFERRED_OTHER};
	why.reason = no_room(r, agent, contact->channel);
	if (why.reason == REASON_CHOSEN)
		why.idle_since_us = agent->idle_since_us;
	return why;
}

struct routing_why routing_why(const struct routing *r, usher_id contact, usher_id agent,
			       usher_us now)
{
	uint32_t c = core_find_contact(r, contact), a = core_find_agent(r, agent);
	if (c == 0 || a == 0)
		return (struct routing_why){.reason = REASON_UNKNOWN};
	struct routing_why chosen = {.reason = REASON_CHOSEN,
				     .idle_since_us = r->agents[a].idle_since_us};
	bool is_deciding = r->deciding_contact == contact;
	if (is_deciding ? r->deciding_agent == agent : r->contacts[c].agent == a)
		return chosen;
	struct routing_why why = core_why(r, c, a, now);
	if (why.reason != REASON_CHOSEN)
		return why;
	if (!is_deciding && r->contacts[c].state == CONTACT_WAITING && core_match_agent(r, c) == a)
		return chosen;
	why.reason = REASON_OTHER_FIRST;
	return why;
}
