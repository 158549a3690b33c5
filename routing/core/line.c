/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines: the waiting contacts of a queue, grouped by what they ask for, so that an agent who
 * cannot serve one of them passes all of them at the price of one.
 */
#include "routing/core/parts.h"

#include "routing/base/hash.h"

#include <assert.h>

static uint64_t line_hash(const struct routing *r, const struct line *l)
{
	uint64_t h = hash_fold(r->seed, r->queues[l->queue].set.queue);
	h = hash_fold(h, l->only);
	h = hash_fold(h, (uint64_t)l->channel << 8 | l->is_directed);
	for (unsigned i = 0; i < l->requirement_count; i++)
		h = hash_fold(h,
			      (uint64_t)l->requirements[i].skill << 8 | l->requirements[i].level);
	return h != 0 ? h : 1;
}

static bool is_alike(const struct line *a, const struct line *b)
{
	if (a->queue != b->queue || a->only != b->only || a->channel != b->channel ||
	    a->is_directed != b->is_directed || a->requirement_count != b->requirement_count)
		return false;
	for (unsigned i = 0; i < a->requirement_count; i++)
		if (a->requirements[i].skill != b->requirements[i].skill ||
		    a->requirements[i].level != b->requirements[i].level)
			return false;
	return true;
}

static uint32_t line_create(struct routing *r, const struct line *like, uint64_t hash,
			    uint32_t hash_next)
{
	uint32_t l = core_new_line(r);
	struct line *line = &r->lines[l];
	*line = (struct line){.queue = like->queue,
			      .only = like->only,
			      .channel = like->channel,
			      .is_directed = like->is_directed,
			      .requirement_count = like->requirement_count,
			      .hash = hash,
			      .hash_next = hash_next};
	for (unsigned i = 0; i < like->requirement_count; i++) {
		line->requirements[i] = like->requirements[i];
		line->skills_mask |= (uint64_t)1 << (like->requirements[i].skill & 63);
	}
	table_set(&r->line_by_hash, hash, l);
	return l;
}

void core_line_join(struct routing *r, uint32_t c, const struct line *like)
{
	uint64_t hash = line_hash(r, like), slot = 0;
	uint32_t first = table_get(&r->line_by_hash, hash, &slot) ? (uint32_t)slot : 0;
	uint32_t l = first;
	while (l != 0 && !is_alike(&r->lines[l], like))
		l = r->lines[l].hash_next;
	if (l == 0)
		l = line_create(r, like, hash, first);
	r->lines[l].refs++;
	r->contacts[c].line = l;
}

void core_line_leave(struct routing *r, uint32_t c)
{
	uint32_t l = r->contacts[c].line;
	struct line *line = &r->lines[l];
	assert(line->refs > 0);
	r->contacts[c].line = 0;
	if (--line->refs > 0)
		return;
	uint64_t first = 0;
	bool is_known = table_get(&r->line_by_hash, line->hash, &first);
	assert(is_known && line->waiting.root == 0);
	if (first != l) {
		uint32_t at = (uint32_t)first;
		while (r->lines[at].hash_next != l)
			at = r->lines[at].hash_next;
		r->lines[at].hash_next = line->hash_next;
	} else if (line->hash_next != 0) {
		table_set(&r->line_by_hash, line->hash, line->hash_next);
	} else {
		table_remove(&r->line_by_hash, line->hash);
	}
	core_drop_line(r, l);
}

void core_line_open(struct routing *r, uint32_t c)
{
	struct line like = r->lines[r->contacts[c].line];
	r->contacts[c].hold_us = 0;
	if (like.only == 0)
		return;
	like.only = 0;
	like.is_directed = false;
	core_line_leave(r, c);
	core_line_join(r, c, &like);
}

static void line_show(struct routing *r, uint32_t l)
{
	struct line *line = &r->lines[l];
	struct queue *queue = &r->queues[line->queue];
	uint32_t *head = line->only != 0 ? &queue->reserved : &queue->open;
	line->queue_prev = 0;
	line->queue_next = *head;
	if (*head != 0)
		r->lines[*head].queue_prev = l;
	*head = l;
	if (line->only == 0)
		return;
	uint32_t *own = &r->agents[line->only].own;
	line->own_prev = 0;
	line->own_next = *own;
	if (*own != 0)
		r->lines[*own].own_prev = l;
	*own = l;
}

static void line_hide(struct routing *r, uint32_t l)
{
	struct line *line = &r->lines[l];
	struct queue *queue = &r->queues[line->queue];
	uint32_t *head = line->only != 0 ? &queue->reserved : &queue->open;
	*(line->queue_prev != 0 ? &r->lines[line->queue_prev].queue_next : head) = line->queue_next;
	if (line->queue_next != 0)
		r->lines[line->queue_next].queue_prev = line->queue_prev;
	if (line->only == 0)
		return;
	uint32_t *own = &r->agents[line->only].own;
	*(line->own_prev != 0 ? &r->lines[line->own_prev].own_next : own) = line->own_next;
	if (line->own_next != 0)
		r->lines[line->own_next].own_prev = line->own_prev;
}

void core_line_enter(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	struct line *line = &r->lines[contact->line];
	assert(contact->place == PLACE_NONE);
	if (line->waiting.root == 0)
		line_show(r, contact->line);
	r->contact_nodes[c].key = policy_contact(contact->priority, contact->first_us, contact->id);
	tree_add(&line->waiting, r->contact_nodes, c);
	contact->place = PLACE_LINE;
}

void core_line_exit(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	struct line *line = &r->lines[contact->line];
	assert(contact->place == PLACE_LINE);
	tree_remove(&line->waiting, r->contact_nodes, c);
	contact->place = PLACE_NONE;
	core_timer_contact(r, c, USHER_NEVER);
	if (line->waiting.root == 0)
		line_hide(r, contact->line);
}
