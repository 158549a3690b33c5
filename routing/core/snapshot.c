/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/core/snapshot.h"

#include "routing/core/parts.h"

static void put_queue(const struct routing *r, uint32_t q, struct usher_buf *b)
{
	const struct queue *queue = &r->queues[q];
	put_queue_set(b, &queue->set);
	put_number(b, (queue->is_closed ? FLAG_CLOSED : 0) | (queue->is_removed ? FLAG_REMOVED : 0),
		   1);
	put_number(b, (uint64_t)queue->until_us, 8);
	put_number(b, (uint64_t)queue->absent_us, 8);
	put_number(b, (uint64_t)queue->due_us, 8);
	put_number(b, (uint64_t)queue->retry_us, 8);
	put_number(b, queue->chores, 1);
	put_number(b, queue->cursor != 0 ? r->contacts[queue->cursor].id : 0, 8);
}

static void put_members(const struct routing *r, uint32_t a, struct usher_buf *b)
{
	const struct agent *agent = &r->agents[a];
	put_number(b, agent->member_count, 1);
	for (uint32_t i = 0; i < agent->member_count; i++) {
		const struct member *m = &r->members[a * ROUTING_MEMBERSHIPS_MAX + i];
		put_number(b, r->queues[m->queue].set.queue, 8);
		put_number(b, m->turn, 8);
		put_number(b, m->position, 2);
		put_number(b, m->ring, 1);
		put_number(b, m->penalty, 1);
		put_number(b, m->weight, 1);
	}
}

static void put_agent(const struct routing *r, uint32_t a, struct usher_buf *b)
{
	const struct agent *agent = &r->agents[a];
	const struct agent_skill *skills = r->agent_skills + (size_t)a * ROUTING_SKILLS_MAX;
	put_number(b, agent->id, 8);
	put_number(b, (uint64_t)agent->idle_since_us, 8);
	put_number(b, (uint64_t)agent->since_us, 8);
	put_number(b, (uint64_t)agent->due_us, 8);
	put_number(b, agent->reason, 4);
	put_number(b, agent->shown_reason, 4);
	put_number(b, agent->capacity, 2);
	put_number(b, agent->missed, 2);
	put_number(b, agent->wanted, 1);
	put_number(b, agent->shown, 1);
	put_number(b,
		   (agent->is_lost ? FLAG_LOST : 0) |
			   (agent->is_unresponsive ? FLAG_UNRESPONSIVE : 0) |
			   (agent->is_removed ? FLAG_REMOVED : 0) |
			   (agent->is_dirty ? FLAG_DIRTY : 0) |
			   (r->leaving_nodes[a].size > 0 ? FLAG_LEAVING : 0),
		   1);
	put_number(b, agent->own_cursor != 0 ? r->contacts[agent->own_cursor].id : 0, 8);
	put_number(b, agent->skill_count, 1);
	for (unsigned i = 0; i < agent->skill_count; i++) {
		put_number(b, skills[i].slot, 2);
		put_number(b, skills[i].level, 1);
	}
	put_members(r, a, b);
}

/* With what it was resolved to: the queue may have other settings by now. */
static void put_line(const struct routing *r, const struct line *l, struct usher_buf *b)
{
	const struct queue *queue = &r->queues[l->key.queue];
	put_number(b, queue->set.queue, 8);
	put_number(b,
		   (l->key.revision == queue->revision ? FLAG_CURRENT : 0) |
			   (l->key.is_callback ? FLAG_LINE_CALLBACK : 0),
		   1);
	put_number(b, l->key.channel, 1);
	put_number(b, l->key.step, 1);
	put_requirements(b, l->key.base, l->key.count);
	put_number(b, l->growth, 2);
	put_number(b, l->key.tier, 1);
	put_number(b, l->ring_max, 1);
	put_number(b, l->penalty_max, 1);
	put_number(b, l->required_count, 1);
	put_number(b, l->need_count, 1);
	for (unsigned i = 0; i < l->need_count; i++) {
		put_number(b, l->needs[i].slot, 2);
		put_number(b, l->needs[i].level, 1);
	}
}

static void put_seats(const struct routing *r, uint32_t c, struct usher_buf *b)
{
	put_number(b, r->contacts[c].seat_count, 1);
	for (uint32_t s = r->contacts[c].seats; s != 0; s = r->seats[s].next) {
		put_number(b, r->agents[r->seats[s].agent].id, 8);
		put_number(b, r->seats[s].epoch, 8);
		put_number(b, r->seats[s].weight, 2);
		put_number(b, r->seats[s].role, 1);
	}
}

static void put_waits(const struct contact *contact, struct usher_buf *b)
{
	put_number(b, (uint64_t)contact->step_end_us, 8);
	put_number(b, (uint64_t)contact->hold_us, 8);
	put_number(b, (uint64_t)contact->retry_us, 8);
	put_number(b, (uint64_t)contact->excluded_us, 8);
	put_number(b, (uint64_t)contact->check_us, 8);
	put_number(b, (uint64_t)contact->fallback_us, 8);
	put_number(b, contact->fallback, 8);
	put_number(b, contact->barred, 8);
	put_number(b, contact->parker, 8);
	put_number(b, contact->excluded_count, 1);
	for (unsigned i = 0; i < contact->excluded_count; i++)
		put_number(b, contact->excluded[i], 8);
}

static void put_contact(const struct routing *r, uint32_t c, struct usher_buf *b)
{
	const struct contact *contact = &r->contacts[c];
	put_number(b, contact->id, 8);
	put_number(b, r->line_marks[contact->line], 4);
	put_number(b, (uint64_t)contact->first_us, 8);
	put_number(b, (uint64_t)contact->queued_us, 8);
	put_number(b, (uint64_t)contact->due_us, 8);
	put_number(b, contact->epoch, 8);
	put_number(b, contact->entry, 8);
	put_number(b, contact->only != 0 ? r->agents[contact->only].id : 0, 8);
	put_number(b, contact->about != 0 ? r->contacts[contact->about].id : 0, 8);
	put_number(b, contact->state, 1);
	put_number(b, contact->channel, 1);
	put_number(b, contact->priority, 1);
	put_number(b, contact->step, 1);
	put_number(b, contact->hops, 1);
	put_number(b, contact->lease, 1);
	put_number(b, contact->park, 1);
	put_number(b, contact->cause, 1);
	put_number(
		b,
		(contact->place == PLACE_FRESH || contact->place == PLACE_WIDE ? FLAG_FRESH : 0) |
			(contact->is_exclusive ? FLAG_EXCLUSIVE : 0) |
			(contact->is_directed ? FLAG_DIRECTED : 0) |
			(contact->is_patient ? FLAG_PATIENT : 0) |
			(contact->is_callback ? FLAG_CALLBACK : 0) |
			(contact->is_kept ? FLAG_KEPT : 0),
		1);
	if (contact->state == CONTACT_WAITING)
		put_number(b, (uint64_t)r->contact_nodes[c].key.at, 8);
	put_waits(contact, b);
	put_seats(r, c, b);
}

static void put_head(const struct routing *r, struct usher_buf *b)
{
	put_number(b, SNAPSHOT_MAGIC, 4);
	put_number(b, SNAPSHOT_VERSION, 1);
	put_number(b, r->seed, 8);
	put_number(b, (uint64_t)r->now_us, 8);
	put_number(b, r->epoch, 8);
	put_number(b, (uint64_t)r->review_us, 8);
	for (unsigned k = 1; k < CHANNEL_KINDS; k++)
		put_channel_set(b, &r->channels[k]);
	put_number(b, r->skill_count, 4);
	for (uint32_t i = 0; i < r->skill_count; i++)
		put_number(b, r->skill_numbers[i], 4);
	put_number(b, r->queue_count, 4);
	put_number(b, r->agent_count, 4);
	put_number(b, r->line_count, 4);
	put_number(b, r->contact_count, 4);
}

static void put_contacts(const struct routing *r, uint32_t q, struct usher_buf *b)
{
	put_number(b, r->queues[q].set.queue, 8);
	put_number(b, r->queues[q].contact_count, 4);
	for (uint32_t c = r->queues[q].contacts_first; c != 0; c = r->contacts[c].queue_next)
		put_contact(r, c, b);
}

void routing_snapshot(const struct routing *r, struct usher_buf *ret)
{
	size_t start = ret->n;
	uint32_t lines = 0;
	put_head(r, ret);
	TABLE_EACH(slot, &r->queue_by_id)
	put_queue(r, (uint32_t)slot->value, ret);
	TABLE_EACH(slot, &r->agent_by_id)
	put_agent(r, (uint32_t)slot->value, ret);
	TABLE_EACH(slot, &r->line_by_hash)
	for (uint32_t l = (uint32_t)slot->value; l != 0; l = r->lines[l].hash_next) {
		r->line_marks[l] = lines++;
		put_line(r, &r->lines[l], ret);
	}
	TABLE_EACH(slot, &r->queue_by_id)
	put_contacts(r, (uint32_t)slot->value, ret);
	put_number(ret, hash_keyed(&SNAPSHOT_KEY, ret->p + start, ret->n - start),
		   SNAPSHOT_HASH_BYTES);
}
