/* SPDX-License-Identifier: Apache-2.0 */
/* Agents: added, changed and removed; what they want, and whether anybody is there. */
#include "routing/core/parts.h"

#include <assert.h>

/* By skill, without slots. */
static int read_skills(const struct routing_agent_set *ev, struct agent_skill *ret)
{
	for (unsigned i = 0; i < ev->skill_count; i++) {
		struct agent_skill skill = {.skill = ev->skills[i].skill,
					    .level = ev->skills[i].level};
		if (skill.skill == 0 || skill.level > SKILL_LEVEL_MAX)
			return E_INVALID;
		unsigned at = i;
		for (; at > 0 && ret[at - 1].skill >= skill.skill; at--) {
			if (ret[at - 1].skill == skill.skill)
				return E_INVALID;
			ret[at] = ret[at - 1];
		}
		ret[at] = skill;
	}
	return 0;
}

static int check_queues(const struct routing *r, const struct routing_agent_set *ev)
{
	for (unsigned i = 0; i < ev->queue_count; i++) {
		for (unsigned k = 0; k < i; k++)
			if (ev->queues[k].queue == ev->queues[i].queue)
				return E_INVALID;
		uint32_t q = core_find_queue(r, ev->queues[i].queue);
		if (q == 0)
			return E_NOT_FOUND;
		if (r->queues[q].is_removed)
			return E_CLOSED;
	}
	return 0;
}

static int check_agent(const struct routing *r, const struct routing_agent_set *ev,
		       struct agent_skill *ret)
{
	uint32_t numbers[ROUTING_SKILLS_MAX];
	if (ev->agent == 0 || ev->skill_count > ROUTING_SKILLS_MAX ||
	    ev->queue_count > ROUTING_MEMBERSHIPS_MAX || read_skills(ev, ret) < 0)
		return E_INVALID;
	int code = check_queues(r, ev);
	if (code < 0)
		return code;
	for (unsigned i = 0; i < ev->skill_count; i++)
		numbers[i] = ret[i].skill;
	code = core_skill_check(r, numbers, ev->skill_count);
	if (code < 0)
		return code;
	uint64_t slot;
	bool is_known = table_get(&r->agent_by_id, ev->agent, &slot);
	if (is_known)
		return r->agents[slot].is_removed ? E_STATE : 0;
	return r->agent_count < r->limits.agents_max ? 0 : E_LIMIT;
}

static void set_skills(struct routing *r, uint32_t a, const struct agent_skill *skills,
		       unsigned count)
{
	struct agent *agent = &r->agents[a];
	struct agent_skill *own = r->agent_skills + (size_t)a * ROUTING_SKILLS_MAX;
	core_roster_skills(r, a, false);
	agent->skill_count = (uint8_t)count;
	agent->held_skills = 0;
	agent->skills_mask = 0;
	for (unsigned i = 0; i < count; i++) {
		own[i] = skills[i];
		own[i].slot = core_skill_slot(r, skills[i].skill);
		agent->skills_mask |= (uint64_t)1 << (skills[i].skill & 63);
		agent->held_skills = (uint8_t)(agent->held_skills + (skills[i].level > 0));
	}
	core_roster_skills(r, a, true);
}

/* Whose turn it is stays known for the queues that stay. */
static void set_queues(struct routing *r, uint32_t a, const struct routing_agent_set *ev)
{
	uint64_t turns[ROUTING_MEMBERSHIPS_MAX];
	for (unsigned i = 0; i < ev->queue_count; i++) {
		uint32_t m = core_agent_member(r, a, core_find_queue(r, ev->queues[i].queue));
		turns[i] = m != 0 ? r->members[m].turn : 0;
	}
	core_agent_quit(r, a);
	for (unsigned i = 0; i < ev->queue_count; i++) {
		core_agent_join(r, a, &ev->queues[i]);
		r->members[a * ROUTING_MEMBERSHIPS_MAX + i].turn = turns[i];
	}
}

int core_on_agent_set(struct routing *r, const struct routing_agent_set *ev)
{
	struct agent_skill skills[ROUTING_SKILLS_MAX];
	int code = check_agent(r, ev, skills);
	if (code < 0)
		return code;
	uint32_t a = core_find_agent(r, ev->agent);
	if (a == 0) {
		a = core_new_agent(r, ev->agent);
		r->agents[a].since_us = r->now_us;
		core_effect(r, FX_AGENT_STATE, 0, a)->state = AGENT_SIGNED_OUT;
	}
	r->agents[a].capacity = ev->capacity;
	set_skills(r, a, skills, ev->skill_count);
	set_queues(r, a, ev);
	core_agent_touch(r, a);
	core_agent_dirty(r, a);
	return 0;
}

/* What the agent is offered goes back, where nobody else is being asked. */
void core_presence_withdraw(struct routing *r, uint32_t a, enum contact_cause cause)
{
	core_agent_touch(r, a);
	core_agent_refresh(r, a);
	for (uint32_t s = r->agents[a].seats_first, next; s != 0; s = next) {
		uint32_t c = r->seats[s].contact;
		next = r->seats[s].agent_next;
		if (r->seats[s].role != ROLE_OFFERED)
			continue;
		core_offer_end(r, s, cause);
		if (r->contacts[c].seats != 0)
			continue;
		core_timer_contact(r, c, USHER_NEVER);
		core_contact_wait(r, c, CAUSE_NONE);
	}
}

/* Mail may wait a moment for an agent who comes back; a customer at the other end may not. */
static void hand_back(struct routing *r, uint32_t c, uint32_t a, enum contact_cause cause)
{
	const struct contact *contact = &r->contacts[c];
	if (!core_held_release(r, c, cause))
		return;
	core_contact_renew(r, c);
	if (!r->agents[a].is_removed && !channel_is_live((enum channel_kind)contact->channel) &&
	    core_contact_suits(r, c, a)) {
		core_contact_reserve(r, c, a, r->queues[contact->queue].set.offer_us, false);
		r->contacts[c].is_kept = true;
	}
	core_contact_wait(r, c, CAUSE_NONE);
}

static void leave_seat(struct routing *r, uint32_t s, enum contact_cause cause)
{
	uint32_t c = r->seats[s].contact, a = r->seats[s].agent;
	if (r->seats[s].role == ROLE_CONFERRING) {
		struct routing_effect *fx = core_effect(r, FX_RELEASED, c, a);
		fx->epoch = r->seats[s].epoch;
		fx->cause = cause;
		core_seat_remove(r, s);
	} else if (r->contacts[c].state == CONTACT_WRAPUP) {
		core_contact_close(r, c, (enum contact_cause)r->contacts[c].cause);
	} else {
		hand_back(r, c, a, cause);
	}
}

/* A contact that is let go may take others of his with it (its consultations), so that the next
 * one is asked for anew each time. */
static void leave(struct routing *r, uint32_t a, enum contact_cause cause)
{
	struct agent *agent = &r->agents[a];
	agent->is_lost = agent->is_unresponsive = false;
	agent->missed = 0;
	core_timer_agent(r, a, USHER_NEVER);
	core_presence_withdraw(r, a, cause);
	while (agent->seats_first != 0)
		leave_seat(r, agent->seats_first, cause);
	assert(agent->contact_count == 0);
}

int core_on_agent_remove(struct routing *r, const struct routing_presence *ev)
{
	uint32_t a = core_find_agent(r, ev->agent);
	if (a == 0)
		return E_NOT_FOUND;
	struct agent *agent = &r->agents[a];
	agent->is_removed = true;
	leave(r, a, CAUSE_REMOVED);
	if (agent->is_dirty)
		tree_remove(&r->dirty, r->agent_nodes, a);
	agent->is_dirty = false;
	core_agent_touch(r, a);
	core_agent_show(r);
	core_agent_quit(r, a);
	core_drain_agent(r, a);
	return 0;
}

int core_on_agent_wants(struct routing *r, const struct routing_presence *ev)
{
	uint32_t a = core_find_agent(r, ev->agent);
	if (a == 0)
		return E_NOT_FOUND;
	if (ev->wants != AGENT_READY && ev->wants != AGENT_NOT_READY &&
	    ev->wants != AGENT_SIGNED_OUT)
		return E_INVALID;
	struct agent *agent = &r->agents[a];
	bool was_ready = agent->wanted == AGENT_READY && !agent->is_unresponsive;
	agent->wanted = (uint8_t)ev->wants;
	agent->reason = ev->wants == AGENT_NOT_READY ? ev->reason : 0;
	if (ev->wants == AGENT_READY && !was_ready)
		agent->idle_since_us = r->now_us;
	agent->is_unresponsive = false;
	agent->missed = 0;
	core_agent_touch(r, a);
	if (ev->wants == AGENT_SIGNED_OUT && agent->own.root != 0)
		core_drain_agent(r, a);
	if (ev->wants == AGENT_SIGNED_OUT)
		leave(r, a, CAUSE_NOT_READY);
	else if (ev->wants == AGENT_NOT_READY)
		core_presence_withdraw(r, a, CAUSE_NOT_READY);
	core_agent_dirty(r, a);
	return 0;
}

int core_on_presence_lost(struct routing *r, const struct routing_presence *ev)
{
	uint32_t a = core_find_agent(r, ev->agent);
	if (a == 0)
		return E_NOT_FOUND;
	struct agent *agent = &r->agents[a];
	if (agent->wanted == AGENT_SIGNED_OUT || agent->is_lost)
		return 0;
	agent->is_lost = true;
	core_timer_agent(r, a, core_later(r, CORE_GRACE_US));
	if (agent->own.root != 0)
		core_drain_agent(r, a);
	core_presence_withdraw(r, a, CAUSE_LOST_PRESENCE);
	return 0;
}

int core_on_presence_found(struct routing *r, const struct routing_presence *ev)
{
	uint32_t a = core_find_agent(r, ev->agent);
	if (a == 0)
		return E_NOT_FOUND;
	if (!r->agents[a].is_lost)
		return 0;
	r->agents[a].is_lost = false;
	core_timer_agent(r, a, USHER_NEVER);
	core_agent_touch(r, a);
	core_agent_dirty(r, a);
	return 0;
}

static uint32_t next_live(const struct routing *r, uint32_t a)
{
	for (uint32_t s = r->agents[a].seats_first; s != 0; s = r->seats[s].agent_next) {
		const struct contact *contact = &r->contacts[r->seats[s].contact];
		if (contact->state == CONTACT_ACTIVE &&
		    channel_is_live((enum channel_kind)contact->channel))
			return s;
	}
	return 0;
}

/* The grace is over: who waits at the other end now is given to somebody else. */
void core_presence_due(struct routing *r, uint32_t a)
{
	core_timer_agent(r, a, USHER_NEVER);
	for (uint32_t s = next_live(r, a); s != 0; s = next_live(r, a)) {
		uint32_t c = r->seats[s].contact;
		if (r->seats[s].role == ROLE_CONFERRING)
			leave_seat(r, s, CAUSE_LOST_PRESENCE);
		else if (core_held_release(r, c, CAUSE_LOST_PRESENCE))
			core_contact_wait(r, c, CAUSE_NONE);
	}
}
