/* SPDX-License-Identifier: Apache-2.0 */
/* Queues and channels: added, changed, opened and removed; who is there for a queue. */
#include "routing/core/parts.h"

#include <assert.h>

#define GROWTH_MAX 10000
#define PRESENT_DEFAULT (1u << AGENT_READY | 1u << AGENT_BUSY | 1u << AGENT_WRAPUP)

/* ---- settings that make sense --------------------------------------------------------------- */

static bool is_span(usher_us span)
{
	return span >= 0 && span <= CORE_SPAN_MAX_US;
}

static bool are_ranks_valid(const struct routing_queue_set *set)
{
	for (unsigned p = 0; set->has_ranks && p < CONTACT_PRIORITIES; p++) {
		const struct routing_rank *rank = &set->ranks[p];
		if (rank->growth < 1 || rank->growth > GROWTH_MAX ||
		    rank->ahead_us > CORE_SPAN_MAX_US || rank->ahead_us < -CORE_SPAN_MAX_US)
			return false;
	}
	return true;
}

static bool are_steps_valid(const struct routing_queue_set *set)
{
	if (set->step_count > ROUTING_STEPS_MAX)
		return false;
	for (unsigned i = 0; i < set->step_count; i++)
		if (!is_span(set->steps[i].lasts_us) ||
		    set->steps[i].drop_count > ROUTING_DROPS_MAX ||
		    set->steps[i].level_drop > SKILL_LEVEL_MAX ||
		    set->steps[i].priority_raise >= CONTACT_PRIORITIES)
			return false;
	return true;
}

bool core_queue_is_valid(const struct routing_queue_set *set)
{
	return set->queue != 0 && (unsigned)set->order < ROUTING_ORDERS &&
	       set->priority < CONTACT_PRIORITIES && set->offer_us >= USHER_SECOND &&
	       set->offer_us <= USHER_HOUR && set->wrapup_us >= 0 &&
	       set->wrapup_us <= CORE_WRAPUP_MAX_US && are_ranks_valid(set) &&
	       are_steps_valid(set) && set->parallel <= ROUTING_PARALLEL_MAX &&
	       is_span(set->first_reply_us) && is_span(set->reply_us) && is_span(set->silence_us) &&
	       is_span(set->overflow_us) && is_span(set->absent_us) && is_span(set->wait_max_us) &&
	       set->overflow_to != set->queue && (unsigned)set->full <= TREAT_END &&
	       (unsigned)set->expired <= TREAT_END && (unsigned)set->closed <= TREAT_END &&
	       set->present_states < 1u << AGENT_STATES;
}

/* ---- growths: few different ones, so that heads can be compared one by one ------------------ */

static unsigned note_growth(uint16_t *seen, unsigned count, uint16_t growth)
{
	for (unsigned i = 0; i < count; i++)
		if (seen[i] == growth)
			return count;
	if (count <= ROUTING_GROWTHS_MAX)
		seen[count] = growth;
	return count + 1;
}

static unsigned note_growths(uint16_t *seen, unsigned count, const struct routing_queue_set *set)
{
	for (unsigned p = 0; p < CONTACT_PRIORITIES && count <= ROUTING_GROWTHS_MAX; p++)
		count = note_growth(seen, count, set->has_ranks ? set->ranks[p].growth : 1);
	return count;
}

bool core_growth_fits(const struct routing *r, const struct routing_queue_set *set, uint32_t q)
{
	uint16_t seen[ROUTING_GROWTHS_MAX + 1];
	unsigned count = note_growths(seen, 0, set);
	TABLE_EACH(slot, &r->queue_by_id)
	if (slot->value != q && count <= ROUTING_GROWTHS_MAX)
		count = note_growths(seen, count, &r->queues[slot->value].set);
	for (unsigned g = 0; g < r->growth_count && count <= ROUTING_GROWTHS_MAX; g++)
		if (r->growths[g].lines > 0)
			count = note_growth(seen, count, r->growths[g].value);
	return count <= ROUTING_GROWTHS_MAX;
}

unsigned core_growth_slot(struct routing *r, uint16_t growth)
{
	unsigned unused = ROUTING_GROWTHS_MAX;
	for (unsigned g = 0; g < r->growth_count; g++) {
		if (r->growths[g].value == growth)
			return g;
		if (r->growths[g].lines == 0)
			unused = g;
	}
	if (unused == ROUTING_GROWTHS_MAX) {
		assert(r->growth_count < ROUTING_GROWTHS_MAX);
		unused = r->growth_count++;
	}
	r->growths[unused] = (struct growth){.value = growth};
	return unused;
}

/* ---- presence, reserve ---------------------------------------------------------------------- */

void core_queue_presence(struct routing *r, uint32_t q)
{
	struct queue *queue = &r->queues[q];
	unsigned states =
		queue->set.present_states != 0 ? queue->set.present_states : PRESENT_DEFAULT;
	bool is_present = false;
	for (unsigned s = 0; s < AGENT_STATES; s++)
		is_present = is_present || ((states >> s & 1) != 0 && queue->agent_states[s] > 0);
	if (is_present)
		queue->absent_us = USHER_NEVER;
	else if (queue->absent_us == USHER_NEVER)
		queue->absent_us = r->now_us;
	usher_us at = USHER_NEVER;
	if (!is_present && queue->set.is_overflow_absent && !queue->is_removed &&
	    queue->contact_states[CONTACT_WAITING] > 0) {
		at = queue->absent_us + queue->set.absent_us;
		at = at > queue->retry_us ? at : queue->retry_us;
	}
	core_timer_queue(r, q, at);
}

bool core_queue_is_absent(const struct routing *r, uint32_t q)
{
	const struct queue *queue = &r->queues[q];
	return queue->absent_us != USHER_NEVER &&
	       queue->absent_us + queue->set.absent_us <= r->now_us;
}

static bool has_deferred(const struct routing *r, const struct queue *queue)
{
	for (uint32_t l = queue->lines; l != 0; l = r->lines[l].queue_next)
		if (r->lines[l].is_deferred)
			return true;
	return queue->own != 0;
}

/* With `reserve` free, who has something in hand may take more; with one more, the free may. */
void core_queue_freed(struct routing *r, uint32_t q)
{
	const struct queue *queue = &r->queues[q];
	uint32_t reserve = queue->set.reserve;
	if (reserve == 0 || r->is_loading || !has_deferred(r, queue))
		return;
	uint32_t free = core_roster_free(r, q);
	if (free == reserve || free == reserve + 1)
		core_chore(r, q, CHORE_WAKE);
}

bool core_queue_spares(const struct routing *r, uint32_t q, uint32_t a)
{
	uint32_t reserve = r->queues[q].set.reserve;
	if (reserve == 0)
		return true;
	bool is_one_less = r->agents[a].is_free && core_roster_is_member(r, a, q);
	return core_roster_free(r, q) >= reserve + (is_one_less ? 1 : 0);
}

/* ---- events --------------------------------------------------------------------------------- */

static int check_queue(const struct routing *r, const struct routing_queue_set *ev, uint32_t *ret)
{
	struct routing_requirement sorted[ROUTING_REQUIREMENTS_MAX];
	uint32_t skills[ROUTING_REQUIREMENTS_MAX];
	if (!core_queue_is_valid(ev) ||
	    core_requirements_read(ev->requirements, ev->requirement_count, sorted) < 0)
		return E_INVALID;
	uint32_t q = core_find_queue(r, ev->queue);
	if (q != 0 && r->queues[q].is_removed)
		return E_CLOSED;
	if ((q == 0 && r->queue_count == r->limits.queues_max) || !core_growth_fits(r, ev, q))
		return E_LIMIT;
	for (unsigned i = 0; i < ev->requirement_count; i++)
		skills[i] = ev->requirements[i].skill;
	*ret = q;
	return core_skill_check(r, skills, ev->requirement_count);
}

int core_on_queue_set(struct routing *r, const struct routing_queue_set *ev)
{
	uint32_t q;
	int code = check_queue(r, ev, &q);
	if (code < 0)
		return code;
	if (q == 0)
		q = core_new_queue(r, ev->queue);
	struct queue *queue = &r->queues[q];
	bool is_reordered = queue->set.order != ev->order;
	r->reserve_count += (ev->reserve > 0) - (queue->set.reserve > 0);
	queue->set = *ev;
	queue->revision++;
	for (unsigned i = 0; i < ev->requirement_count; i++)
		core_skill_slot(r, ev->requirements[i].skill);
	for (uint32_t m = queue->members; is_reordered && m != 0; m = r->members[m].next)
		core_agent_refresh(r, m / ROUTING_MEMBERSHIPS_MAX);
	core_queue_presence(r, q);
	if (queue->contacts_first != 0)
		core_chore(r, q, CHORE_RELINE);
	return 0;
}

int core_on_queue_remove(struct routing *r, const struct routing_queue_set *ev)
{
	uint32_t q = core_find_queue(r, ev->queue);
	if (q == 0)
		return E_NOT_FOUND;
	struct queue *queue = &r->queues[q];
	if (queue->is_removed)
		return E_CLOSED;
	while (queue->members != 0)
		core_agent_quit_one(r, queue->members / ROUTING_MEMBERSHIPS_MAX, q);
	queue->is_removed = true;
	core_timer_queue(r, q, USHER_NEVER);
	core_chore(r, q, CHORE_REMOVE);
	return 0;
}

int core_on_queue_open(struct routing *r, const struct routing_hours *ev)
{
	uint32_t q = core_find_queue(r, ev->queue);
	if (q == 0)
		return E_NOT_FOUND;
	struct queue *queue = &r->queues[q];
	if (queue->is_removed)
		return E_CLOSED;
	if (ev->until_us < 0)
		return E_INVALID;
	queue->until_us = ev->until_us;
	queue->is_closed = !ev->is_open;
	if (queue->contact_states[CONTACT_PARKED] > 0)
		core_chore(r, q, CHORE_REOPEN);
	return 0;
}

int core_on_channel_set(struct routing *r, const struct routing_channel_set *ev)
{
	if (ev->channel == CHANNEL_NONE || (unsigned)ev->channel >= CHANNEL_KINDS)
		return E_INVALID;
	r->channels[ev->channel] = *ev;
	TABLE_EACH(slot, &r->agent_by_id)
	core_agent_dirty(r, (uint32_t)slot->value);
	return 0;
}
