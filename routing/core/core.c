/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/core/parts.h"

#include "routing/base/memory.h"

#include <assert.h>
#include <stdlib.h>

#define CONTACTS_LIMIT 10000000u
#define AGENTS_LIMIT 100000u
#define QUEUES_LIMIT 100000u
#define SKILLS_LIMIT 10000u
#define ROWS_LIMIT ((uint64_t)1 << 33) /* bits of the rows of agents by skill and level */
#define SKILLS_DEFAULT 64
#define NOW_MAX ((usher_us)1 << 61) /* so that adding a span cannot overflow */

/* ---- life ----------------------------------------------------------------------------------- */

static int check_limits(const struct routing_limits *l, struct usher_error *reterr)
{
	if (l->contacts_max >= 1 && l->contacts_max <= CONTACTS_LIMIT && l->agents_max >= 1 &&
	    l->agents_max <= AGENTS_LIMIT && l->queues_max >= 1 && l->queues_max <= QUEUES_LIMIT &&
	    l->skills_max <= SKILLS_LIMIT &&
	    (uint64_t)l->agents_max * (l->skills_max * (uint64_t)CORE_LEVELS + l->queues_max) <=
		    ROWS_LIMIT)
		return 0;
	return usher_error_set(reterr, E_INVALID,
			       "routing: limits of %u contacts, %u agents, %u queues and %u skills "
			       "are not within 1 and %u, %u, %u, %u, or agents times queues and "
			       "levels of skills is above 2^33",
			       l->contacts_max, l->agents_max, l->queues_max, l->skills_max,
			       CONTACTS_LIMIT, AGENTS_LIMIT, QUEUES_LIMIT, SKILLS_LIMIT);
}

#define LARGE_BYTES ((size_t)16 << 20)

static void tell(const struct routing *r, void *p, size_t bytes)
{
	if (r->limits.on_memory != NULL && bytes >= LARGE_BYTES)
		r->limits.on_memory(p, bytes);
}

static void *new_array(const struct routing *r, size_t count, size_t size)
{
	void *p = memory_new_array(count, size);
	tell(r, p, count * size);
	return p;
}

static void reserve(const struct routing *r, struct table *t, size_t count)
{
	table_reserve(t, count);
	tell(r, t->slots, t->size * sizeof *t->slots);
}

static void allocate_roster(struct routing *r)
{
	size_t skills = r->limits.skills_max, queues = (size_t)r->limits.queues_max + 1;
	size_t anchors = queues + skills * CORE_LEVELS;
	r->words = ((size_t)r->limits.agents_max + 64) / 64;
	r->skill_numbers = new_array(r, skills, sizeof *r->skill_numbers);
	r->skill_rows = new_array(r, skills * CORE_LEVELS * r->words, sizeof *r->skill_rows);
	r->skill_supply = new_array(r, skills * CORE_LEVELS, sizeof *r->skill_supply);
	r->queue_rows = new_array(r, queues * r->words, sizeof *r->queue_rows);
	r->room_rows = new_array(r, CHANNEL_KINDS * r->words, sizeof *r->room_rows);
	r->free_row = new_array(r, r->words, sizeof *r->free_row);
	r->anchors = new_array(r, anchors * ROUTING_GROWTHS_MAX, sizeof *r->anchors);
	r->anchor_levels = new_array(r, skills, sizeof *r->anchor_levels);
	reserve(r, &r->slot_by_skill, skills + 1);
}

static void allocate(struct routing *r)
{
	size_t contacts = (size_t)r->limits.contacts_max + 1, lines = contacts + 1;
	size_t agents = (size_t)r->limits.agents_max + 1, queues = (size_t)r->limits.queues_max + 1;
	/* One part in each contact, and what is offered in parallel or conferred. */
	size_t seats = contacts + agents * CORE_AGENT_CONTACTS_MAX;
	r->contacts = new_array(r, contacts, sizeof *r->contacts);
	r->contact_nodes = new_array(r, contacts, sizeof *r->contact_nodes);
	r->agents = new_array(r, agents, sizeof *r->agents);
	r->agent_skills = new_array(r, agents * ROUTING_SKILLS_MAX, sizeof *r->agent_skills);
	r->agent_nodes = new_array(r, agents, sizeof *r->agent_nodes);
	r->leaving_nodes = new_array(r, agents, sizeof *r->leaving_nodes);
	r->members = new_array(r, agents * ROUTING_MEMBERSHIPS_MAX, sizeof *r->members);
	r->member_nodes = new_array(r, agents * ROUTING_MEMBERSHIPS_MAX, sizeof *r->member_nodes);
	r->queues = new_array(r, queues, sizeof *r->queues);
	r->queue_nodes = new_array(r, queues, sizeof *r->queue_nodes);
	r->lines = new_array(r, lines, sizeof *r->lines);
	r->line_nodes = new_array(r, lines, sizeof *r->line_nodes);
	r->line_masks = new_array(r, lines, sizeof *r->line_masks);
	r->line_timers = new_array(r, lines, sizeof *r->line_timers);
	r->line_marks = new_array(r, lines, sizeof *r->line_marks);
	r->seats = new_array(r, seats, sizeof *r->seats);
	r->timers = new_array(r, contacts + agents + queues + lines, sizeof *r->timers);
	r->effects = new_array(r, CORE_EFFECTS_MAX, sizeof *r->effects);
	r->contacts_free = new_array(r, contacts, sizeof *r->contacts_free);
	r->agents_free = new_array(r, agents, sizeof *r->agents_free);
	r->queues_free = new_array(r, queues, sizeof *r->queues_free);
	r->lines_free = new_array(r, lines, sizeof *r->lines_free);
	r->seats_free = new_array(r, seats, sizeof *r->seats_free);
	/* One more than can be in use: a table grows before it adds. */
	reserve(r, &r->contact_by_id, contacts + 1);
	reserve(r, &r->agent_by_id, agents + 1);
	reserve(r, &r->queue_by_id, queues + 1);
	reserve(r, &r->line_by_hash, lines + 1);
	allocate_roster(r);
}

int routing_new(struct routing **ret, const struct routing_limits *l, uint64_t seed,
		struct usher_error *reterr)
{
	int code = check_limits(l, reterr);
	if (code < 0)
		return code;
	struct routing *r = NEW(struct routing);
	r->limits = *l;
	if (l->skills_max == 0)
		r->limits.skills_max = SKILLS_DEFAULT;
	r->seed = seed;
	r->review_us = USHER_NEVER;
	for (unsigned k = 0; k < CHANNEL_KINDS; k++)
		r->channels[k] = (struct routing_channel_set){(enum channel_kind)k,
							      AGENT_CAPACITY_DEFAULT, 0, false, 0};
	allocate(r);
	*ret = r;
	return 0;
}

struct routing *routing_free(struct routing *r)
{
	if (r == NULL)
		return NULL;
	void *const arrays[] = {
		r->contacts,	  r->contact_nodes, r->agents,	      r->agent_skills,
		r->agent_nodes,	  r->members,	    r->member_nodes,  r->queues,
		r->queue_nodes,	  r->lines,	    r->line_nodes,    r->line_marks,
		r->seats,	  r->timers,	    r->effects,	      r->contacts_free,
		r->agents_free,	  r->queues_free,   r->lines_free,    r->seats_free,
		r->skill_numbers, r->skill_rows,    r->skill_supply,  r->queue_rows,
		r->room_rows,	  r->anchors,	    r->anchor_levels, r->leaving_nodes,
		r->line_masks,	  r->line_timers,   r->free_row};
	for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
		free(arrays[i]);
	table_done(&r->contact_by_id);
	table_done(&r->agent_by_id);
	table_done(&r->queue_by_id);
	table_done(&r->line_by_hash);
	table_done(&r->slot_by_skill);
	free(r);
	return NULL;
}

void routing_observe(struct routing *r, routing_on_decision on_decision, void *arg)
{
	r->on_decision = on_decision;
	r->on_decision_arg = arg;
}

/* ---- deferred work -------------------------------------------------------------------------- */

static void match_fresh(struct routing *r)
{
	uint32_t c = r->fresh.first, q = r->contacts[c].queue;
	if (r->queues[q].is_removed) {
		core_contact_close(r, c, CAUSE_REMOVED);
		return;
	}
	uint32_t only = r->contacts[c].only;
	if (only != 0 && r->agents[only].is_removed) { /* while it was on its way to him */
		core_contact_unwait(r, c);
		core_contact_prefer(r, c);
		core_contact_fresh(r, c);
		return;
	}
	if (r->contacts[c].excluded_us <= r->now_us)
		core_contact_forgive(r, c); /* the round ended while it was with another agent */
	uint32_t a = core_match_agent(r, c);
	if (a == 0) {
		core_contact_settle(r, c);
		return;
	}
	uint32_t l = r->contacts[c].line;
	/* Where all kinds are to be looked at yet, it is not the turn of this one's next. */
	bool is_one_of_many = r->lines[l].is_deferred && r->queues[q].set.reserve > 0 &&
			      (r->queues[q].chores & CHORE_WAKE) == 0 &&
			      r->lines[l].waiting.root != 0;
	core_offer(r, c, a);
	if (is_one_of_many)
		core_wake_line(r, l); /* as one could go, the next may too */
}

/* One contact for the agent; it keeps its turn until nothing more fits. */
static void match_dirty(struct routing *r)
{
	uint32_t a = r->dirty.first;
	core_agent_touch(r, a);
	uint32_t c = core_match_contact(r, a);
	if (c != 0) {
		core_offer(r, c, a);
		return;
	}
	tree_remove(&r->dirty, r->agent_nodes, a);
	r->agents[a].is_dirty = false;
	core_agent_refresh(r, a);
}

static bool is_review_due(const struct routing *r)
{
	return r->review_us <= r->now_us &&
	       (r->timer_count == 0 || r->review_us <= r->timers[1].at);
}

bool core_has_work(const struct routing *r)
{
	return r->fresh.first != 0 || r->dirty.first != 0 || r->wide.first != 0 ||
	       r->chores.first != 0 || r->leaving_agents.first != 0;
}

/* Contacts before agents: an agent with new room takes the best of all that found nobody else. */
static bool do_unit(struct routing *r)
{
	if (core_drain_is_next(r))
		core_drain_unit(r);
	else if (r->fresh.first != 0)
		match_fresh(r);
	else if (r->dirty.first != 0)
		match_dirty(r);
	else if (r->wide.first != 0)
		core_offer_more(r);
	else if (core_has_work(r))
		core_chore_unit(r);
	else if (core_timers_settle(r), is_review_due(r))
		core_review(r);
	else if (r->timer_count > 0 && r->timers[1].at <= r->now_us)
		core_due_fire(r, r->timers[1].item);
	else
		return false;
	return true;
}

/* What finds no room here is done by the tick that routing_deadline() then asks for at once. */
static void advance(struct routing *r, size_t effects_max)
{
	for (unsigned units = 0; units < CORE_UNITS_MAX; units++)
		if (r->effect_count + r->touched_count + CORE_UNIT_EFFECTS > effects_max ||
		    !do_unit(r))
			return;
}

/* ---- the step ------------------------------------------------------------------------------- */

static int apply(struct routing *r, const struct routing_event *ev)
{
	switch (ev->kind) {
	case EV_TICK:
		return 0;
	case EV_QUEUE_SET:
		return core_on_queue_set(r, &ev->queue);
	case EV_QUEUE_REMOVE:
		return core_on_queue_remove(r, &ev->queue);
	case EV_CHANNEL_SET:
		return core_on_channel_set(r, &ev->channel);
	case EV_AGENT_SET:
		return core_on_agent_set(r, &ev->agent);
	case EV_AGENT_REMOVE:
		return core_on_agent_remove(r, &ev->presence);
	case EV_AGENT_WANTS:
		return core_on_agent_wants(r, &ev->presence);
	case EV_PRESENCE_LOST:
		return core_on_presence_lost(r, &ev->presence);
	case EV_PRESENCE_FOUND:
		return core_on_presence_found(r, &ev->presence);
	case EV_CONTACT_NEW:
		return core_on_contact_new(r, &ev->contact);
	case EV_CUSTOMER_LEFT:
		return core_on_customer_left(r, &ev->command);
	case EV_ACCEPT:
		return core_on_accept(r, &ev->command);
	case EV_DECLINE:
		return core_on_decline(r, &ev->command);
	case EV_CLOSE:
		return core_on_close(r, &ev->command);
	case EV_WRAPUP_DONE:
		return core_on_wrapup_done(r, &ev->command);
	case EV_WRAPUP_EXTEND:
		return core_on_wrapup_extend(r, &ev->command);
	case EV_TRANSFER:
		return core_on_transfer(r, &ev->transfer);
	case EV_PARK:
		return core_on_park(r, &ev->command);
	case EV_RESUME:
		return core_on_resume(r, &ev->command);
	case EV_PRIORITY:
		return core_on_priority(r, &ev->command);
	case EV_TAKE:
		return core_on_take(r, &ev->command);
	case EV_MOVE_ALL:
		return core_on_move_all(r, &ev->transfer);
	case EV_QUEUE_OPEN:
		return core_on_queue_open(r, &ev->hours);
	case EV_CALLBACK:
		return core_on_callback(r, &ev->command);
	case EV_ACTIVITY:
		return core_on_activity(r, &ev->command);
	case EV_CONSULT:
		return core_on_consult(r, &ev->transfer);
	case EV_CONFERENCE:
		return core_on_conference(r, &ev->command);
	case EV_HAND_OVER:
		return core_on_hand_over(r, &ev->command);
	case EV_LEAVE:
		return core_on_leave(r, &ev->command);
	case EV_REQUIRE:
		return core_on_require(r, &ev->contact);
	}
	return E_INVALID;
}

static void reject(struct routing *r, const struct routing_event *ev, int code)
{
	struct routing_effect *fx = core_effect(r, FX_REJECTED, 0, 0);
	fx->code = code;
	switch (ev->kind) {
	case EV_QUEUE_SET:
	case EV_QUEUE_REMOVE:
		fx->queue = ev->queue.queue;
		return;
	case EV_AGENT_SET:
		fx->agent = ev->agent.agent;
		return;
	case EV_AGENT_REMOVE:
	case EV_AGENT_WANTS:
	case EV_PRESENCE_LOST:
	case EV_PRESENCE_FOUND:
		fx->agent = ev->presence.agent;
		return;
	case EV_CONTACT_NEW:
	case EV_REQUIRE:
		fx->contact = ev->contact.contact;
		fx->queue = ev->contact.queue;
		return;
	case EV_QUEUE_OPEN:
		fx->queue = ev->hours.queue;
		return;
	case EV_TRANSFER:
	case EV_MOVE_ALL:
	case EV_CONSULT:
		fx->contact = ev->transfer.contact;
		fx->agent = ev->transfer.agent;
		fx->epoch = ev->transfer.epoch;
		return;
	case EV_TICK:
	case EV_CHANNEL_SET:
		return;
	default:
		fx->contact = ev->command.contact;
		fx->agent = ev->command.agent;
		fx->epoch = ev->command.epoch;
	}
}

void routing_step(struct routing *r, const struct routing_event *ev, usher_us now,
		  struct routing_effects *ret)
{
	if (now > r->now_us)
		r->now_us = now < NOW_MAX ? now : NOW_MAX;
	r->effect_count = 0;
	/* Time first: a command finds the state as it is at this instant, ticked or not. */
	advance(r, CORE_EFFECTS_MAX / 2);
	int code = apply(r, ev);
	if (code < 0)
		reject(r, ev, code);
	advance(r, CORE_EFFECTS_MAX);
	core_agent_show(r);
	core_timers_settle(r);
	*ret = (struct routing_effects){r->effects, r->effect_count};
}

usher_us routing_deadline(const struct routing *r)
{
	if (core_has_work(r))
		return r->now_us;
	usher_us at = r->timer_count > 0 ? r->timers[1].at : USHER_NEVER;
	return r->review_us < at ? r->review_us : at;
}
