/* SPDX-License-Identifier: Apache-2.0 */
/* What a change of a queue means for its contacts: done for one after the other, over as many
 * steps as it takes, in the order in which they entered. */
#include "routing/core/parts.h"

#include <assert.h>

#define WAKE_MAX 8 /* contacts of one line that are tried at one time */

void core_chore(struct routing *r, uint32_t q, unsigned chores)
{
	struct queue *queue = &r->queues[q];
	if ((chores & CHORE_WALKS) != 0)
		queue->cursor = queue->contacts_first;
	if (queue->chores == 0) {
		r->queue_nodes[q].key = (struct order_key){0, 0, 0, queue->set.queue};
		tree_add(&r->chores, r->queue_nodes, q);
	}
	queue->chores |= (uint8_t)chores;
}

static void done(struct routing *r, uint32_t q, unsigned chores)
{
	struct queue *queue = &r->queues[q];
	queue->chores &= (uint8_t)~chores;
	if (queue->chores != 0)
		return;
	tree_remove(&r->chores, r->queue_nodes, q);
	if (queue->is_removed && queue->contact_count == 0)
		core_drop_queue(r, q);
}

/* ---- one contact of a walk ------------------------------------------------------------------ */

static void remove_one(struct routing *r, uint32_t c)
{
	switch ((enum contact_state)r->contacts[c].state) {
	case CONTACT_OFFERED:
		core_offers_end(r, c, CAUSE_REMOVED);
		core_contact_close(r, c, CAUSE_REMOVED);
		return;
	case CONTACT_WAITING:
	case CONTACT_PARKED:
		core_contact_close(r, c, CAUSE_REMOVED);
		return;
	case CONTACT_ACTIVE: /* nobody is cut off in the middle of a sentence */
	case CONTACT_WRAPUP:
		return;
	case CONTACT_NONE:
	case CONTACT_CLOSED:
		break;
	}
	assert(!"a queue has a contact that is not open");
}

static void reline_one(struct routing *r, uint32_t c)
{
	if (r->contacts[c].state != CONTACT_WAITING)
		return; /* its line is chosen anew when it comes to wait */
	core_contact_unwait(r, c);
	core_contact_advance(r, c);
	core_line_update(r, c);
	core_contact_fresh(r, c);
}

static void reopen_one(struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	const struct queue *queue = &r->queues[contact->queue];
	if (contact->state != CONTACT_PARKED || contact->park != PARK_CLOSED)
		return;
	if (!queue->is_closed) {
		core_resume(r, c);
		return;
	}
	usher_us latest = core_later(r, CORE_PARK_MAX_US);
	core_timer_contact(r, c, queue->until_us < latest ? queue->until_us : latest);
}

/* The contact may be gone, or in another queue, after any of these. */
static bool is_here(const struct routing *r, usher_id id, uint32_t c, uint32_t q)
{
	return r->contacts[c].id == id && r->contacts[c].queue == q;
}

static void walk(struct routing *r, uint32_t q, uint32_t c)
{
	unsigned chores = r->queues[q].chores;
	usher_id id = r->contacts[c].id;
	r->queues[q].cursor = r->contacts[c].queue_next;
	if ((chores & CHORE_REMOVE) != 0) {
		remove_one(r, c);
		return;
	}
	if ((chores & CHORE_RELINE) != 0)
		reline_one(r, c);
	if ((chores & CHORE_REOPEN) != 0)
		reopen_one(r, c);
	if ((chores & CHORE_ABSENT) != 0 && is_here(r, id, c, q) &&
	    r->contacts[c].state == CONTACT_WAITING && core_queue_is_absent(r, q)) {
		core_contact_unwait(r, c);
		if (!core_overflow(r, c))
			core_contact_fresh(r, c);
	}
}

/* ---- heads ---------------------------------------------------------------------------------- */

/* Place and line must be of the same settings: a change of the queue may not have come to this
 * contact yet. */
static void freshen(struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	core_contact_unwait(r, c);
	if (r->lines[contact->line].key.revision != r->queues[contact->queue].revision)
		core_contact_renew(r, c);
	core_contact_fresh(r, c);
}

/* The first of the line, and those behind it while exclusions may be in the way. */
void core_wake_line(struct routing *r, uint32_t l)
{
	for (unsigned i = 0; i < WAKE_MAX && r->lines[l].waiting.first != 0; i++) {
		uint32_t c = r->lines[l].waiting.first;
		bool is_last = r->contacts[c].excluded_count == 0 && r->contacts[c].barred == 0;
		freshen(r, c);
		if (is_last)
			return;
	}
}

static void wake(struct routing *r, uint32_t q)
{
	for (uint32_t l = r->queues[q].lines, next; l != 0; l = next) {
		next = r->lines[l].queue_next;
		if (r->lines[l].is_deferred)
			core_wake_line(r, l);
	}
	for (uint32_t c = r->queues[q].own, next; c != 0; c = next) {
		const struct line *line = &r->lines[r->contacts[c].line];
		next = r->contacts[c].own_next;
		if (line->is_deferred &&
		    (r->agents[r->contacts[c].only].rooms >> line->channel & 1) != 0)
			freshen(r, c);
	}
}

/* All queues before any match: they may share agents, and the most urgent contact comes first. */
static void wake_all(struct routing *r)
{
	for (uint32_t q = r->chores.first, next; q != 0; q = next) {
		next = tree_next(r->queue_nodes, q);
		if ((r->queues[q].chores & CHORE_WAKE) == 0)
			continue;
		wake(r, q);
		done(r, q, CHORE_WAKE);
	}
}

static void review(struct routing *r, uint32_t q)
{
	uint32_t best = 0;
	for (uint32_t l = r->queues[q].lines; l != 0; l = r->lines[l].queue_next) {
		uint32_t c = r->lines[l].waiting.first;
		if (best == 0 ||
		    order_before(&r->contact_nodes[c].key, &r->contact_nodes[best].key))
			best = c;
	}
	if (best != 0)
		freshen(r, best);
}

void core_review(struct routing *r)
{
	r->review_us = USHER_NEVER;
	if (r->waiting_count == 0)
		return;
	r->review_us = (r->now_us / CORE_REVIEW_US + 1) * CORE_REVIEW_US;
	TABLE_EACH(slot, &r->queue_by_id)
	if (r->queues[slot->value].lines != 0)
		core_chore(r, (uint32_t)slot->value, CHORE_REVIEW);
}

/* Both are in order: so the most urgent is matched first, whether it waited for who has gone or
 * came back from him, and the first of many need not wait until all have been told. */
bool core_drain_is_next(const struct routing *r)
{
	uint32_t a = r->leaving_agents.first, c = r->agents[a].own_cursor, fresh = r->fresh.first;
	if (a != 0 && c == 0) /* who is removed stays while a fresh contact may wait for him */
		return !r->agents[a].is_removed || fresh == 0;
	if (a == 0 || fresh == 0)
		return a != 0;
	return order_before(&r->contact_nodes[c].key, &r->contact_nodes[fresh].key);
}

/* An agent who has gone: one contact that waited for him is given to the next, or to all. Who is
 * removed goes after the last. */
void core_drain_unit(struct routing *r)
{
	uint32_t a = r->leaving_agents.first;
	struct agent *agent = &r->agents[a];
	uint32_t c = agent->own_cursor;
	if (c == 0) {
		tree_remove(&r->leaving_agents, r->leaving_nodes, a);
		if (agent->is_removed)
			core_drop_agent(r, a);
		return;
	}
	const struct contact *contact = &r->contacts[c];
	if (!agent->is_removed &&
	    (contact->is_patient || contact->is_directed || contact->is_kept)) {
		agent->own_cursor = tree_next(r->contact_nodes, c);
		return;
	}
	core_contact_unwait(r, c); /* moves the cursor on */
	if (r->lines[contact->line].key.revision != r->queues[contact->queue].revision)
		core_contact_renew(r, c);
	core_contact_prefer(r, c);
	core_contact_fresh(r, c);
}

void core_drain_agent(struct routing *r, uint32_t a)
{
	r->agents[a].own_cursor = r->agents[a].own.first;
	if (r->leaving_nodes[a].size > 0)
		return;
	r->leaving_nodes[a].key = (struct order_key){0, 0, 0, r->agents[a].id};
	tree_add(&r->leaving_agents, r->leaving_nodes, a);
}

void core_chore_unit(struct routing *r)
{
	uint32_t q = r->chores.first;
	struct queue *queue = &r->queues[q];
	if ((queue->chores & CHORE_WAKE) != 0) {
		wake_all(r);
	} else if ((queue->chores & CHORE_REVIEW) != 0) {
		review(r, q);
		done(r, q, CHORE_REVIEW);
	} else if (queue->cursor != 0) {
		walk(r, q, queue->cursor);
	} else {
		if ((queue->chores & CHORE_ABSENT) != 0)
			queue->retry_us = core_later(r, CORE_RETRY_US);
		done(r, q, CHORE_WALKS);
		if (queue->set.queue != 0)
			core_queue_presence(r, q);
	}
}
