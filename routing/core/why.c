/* SPDX-License-Identifier: Apache-2.0 */
/* Why an agent gets a contact or not. Written apart from match.c, which routing_check holds
 * against it. */
#include "routing/core/parts.h"

static const char *const names[ROUTING_REASONS] = {
	"chosen",	  "other-first", "unknown",    "signed-out", "not-ready", "lost",
	"not-responding", "wrap-up",	 "not-member", "skill",	     "excluded",  "preferred-other",
	"capacity",	  "channel-max", "ring",       "penalty",    "exclusive", "reserve"};

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

static const struct member *membership(const struct routing *r, uint32_t a, uint32_t q)
{
	for (unsigned i = 0; i < r->agents[a].member_count; i++)
		if (r->members[a * ROUTING_MEMBERSHIPS_MAX + i].queue == q)
			return &r->members[a * ROUTING_MEMBERSHIPS_MAX + i];
	return NULL;
}

/* What a person's choice sets aside: membership, ring, penalty, skills. */
static struct routing_why unfit(const struct routing *r, uint32_t a, const struct line *line)
{
	const struct member *member = membership(r, a, line->key.queue);
	const struct agent_skill *skills = r->agent_skills + (size_t)a * ROUTING_SKILLS_MAX;
	if (member == NULL)
		return (struct routing_why){.reason = REASON_NOT_MEMBER};
	if (line->ring_max < ROUTING_ANY && member->ring > line->ring_max)
		return (struct routing_why){
			.reason = REASON_RING, .needed = line->ring_max, .has = member->ring};
	if (line->penalty_max < ROUTING_ANY && member->penalty > line->penalty_max)
		return (struct routing_why){.reason = REASON_PENALTY,
					    .needed = line->penalty_max,
					    .has = member->penalty};
	for (unsigned i = 0; i < line->need_count; i++) {
		uint8_t has = 0;
		for (unsigned k = 0; k < r->agents[a].skill_count; k++)
			if (skills[k].skill == line->needs[i].skill)
				has = skills[k].level;
		if (!line->needs[i].is_preferred && has < line->needs[i].level)
			return (struct routing_why){.reason = REASON_SKILL,
						    .skill = line->needs[i].skill,
						    .needed = line->needs[i].level,
						    .has = has};
	}
	return (struct routing_why){.reason = REASON_CHOSEN};
}

static bool is_excluded(const struct contact *contact, usher_id agent, bool is_directed,
			usher_us now)
{
	for (unsigned i = 0; i < contact->excluded_count; i++)
		if (contact->excluded[i] == agent && contact->excluded_us > now)
			return true;
	return contact->barred == agent && !is_directed;
}

static struct routing_why no_room(const struct routing *r, const struct agent *agent, unsigned k)
{
	const struct routing_channel_set *channel = &r->channels[k];
	uint32_t load = channel->weight, number = 0;
	for (uint32_t s = agent->seats_first; s != 0; s = r->seats[s].agent_next) {
		unsigned other = r->contacts[r->seats[s].contact].channel;
		load += (channel->interrupts >> other & 1) != 0 ? 0 : r->seats[s].weight;
		number += other == k;
	}
	if (agent->contact_count >= CORE_AGENT_CONTACTS_MAX || load > agent->capacity)
		return (struct routing_why){.reason = REASON_CAPACITY};
	if (channel->count_max > 0 && number >= channel->count_max)
		return (struct routing_why){.reason = REASON_CHANNEL_MAX};
	for (uint32_t s = agent->seats_first; s != 0; s = r->seats[s].agent_next) {
		unsigned other = r->contacts[r->seats[s].contact].channel;
		if (other != k && (channel->interrupts >> other & 1) == 0 &&
		    (channel->is_exclusive || r->channels[other].is_exclusive))
			return (struct routing_why){.reason = REASON_EXCLUSIVE, .skill = other};
	}
	return (struct routing_why){.reason = REASON_CHOSEN};
}

static struct routing_why reserved(const struct routing *r, uint32_t a, const struct line *line)
{
	const struct queue *queue = &r->queues[line->key.queue];
	const struct agent *agent = &r->agents[a];
	bool is_free = agent->contact_count == 0 && absence(agent) == REASON_CHOSEN;
	if (!line->is_deferred || queue->set.reserve == 0)
		return (struct routing_why){.reason = REASON_CHOSEN};
	uint32_t free = 0;
	for (uint32_t m = queue->members; m != 0; m = r->members[m].next)
		free += r->agents[m / ROUTING_MEMBERSHIPS_MAX].contact_count == 0 &&
			absence(&r->agents[m / ROUTING_MEMBERSHIPS_MAX]) == REASON_CHOSEN;
	is_free = is_free && membership(r, a, line->key.queue) != NULL;
	if (free >= queue->set.reserve + (uint32_t)is_free)
		return (struct routing_why){.reason = REASON_CHOSEN};
	return (struct routing_why){.reason = REASON_RESERVE,
				    .needed = queue->set.reserve,
				    .has = (uint8_t)(free < 255 ? free : 255)};
}

/* REASON_CHOSEN: nothing is in the way, though another may come first. */
struct routing_why core_why(const struct routing *r, uint32_t c, uint32_t a, usher_us now)
{
	const struct contact *contact = &r->contacts[c];
	const struct agent *agent = &r->agents[a];
	const struct line *line = &r->lines[contact->line];
	bool is_own = contact->only == a && contact->hold_us > now;
	bool is_directed = is_own && contact->is_directed;
	struct routing_why why = {.reason = absence(agent)};
	if (why.reason == REASON_CHOSEN && !is_directed)
		why = unfit(r, a, line);
	if (why.reason != REASON_CHOSEN)
		return why;
	if (is_excluded(contact, agent->id, is_directed, now))
		return (struct routing_why){.reason = REASON_EXCLUDED};
	if (contact->only != 0 && !is_own && contact->hold_us > now)
		return (struct routing_why){.reason = REASON_PREFERRED_OTHER};
	why = no_room(r, agent, contact->channel);
	if (why.reason == REASON_CHOSEN)
		why = reserved(r, a, line);
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
	if (is_deciding ? r->deciding_agent == agent : core_seat_of(r, c, a) != 0)
		return chosen;
	struct routing_why why = core_why(r, c, a, now);
	if (why.reason != REASON_CHOSEN)
		return why;
	if (!is_deciding && r->contacts[c].state == CONTACT_WAITING && core_match_agent(r, c) == a)
		return chosen;
	why.reason = REASON_OTHER_FIRST;
	return why;
}
