/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines: the waiting contacts of a queue, grouped by what they ask for and by their rank, so that
 * an agent who cannot serve one of them passes all of them at the price of one, or of nothing:
 * lines with somebody waiting are filed under the rarest thing they require.
 */
#include "routing/core/parts.h"

#include "routing/base/hash.h"

#include <assert.h>

/* ---- which line ----------------------------------------------------------------------------- */

static uint64_t requirement_number(const struct routing_requirement *need)
{
	return (uint64_t)need->skill << 24 | (uint64_t)need->level << 16 |
	       (uint64_t)need->until_step << 8 | need->is_preferred;
}

static uint64_t key_hash(const struct routing *r, const struct line_key *key)
{
	uint64_t h = hash_fold(r->seed, (uint64_t)key->queue << 32 | key->revision);
	h = hash_fold(h, (uint64_t)key->growth << 40 | (uint64_t)key->tier << 32 |
				 (uint64_t)key->channel << 24 | (uint64_t)key->step << 16 |
				 (uint64_t)key->count << 8 | key->is_callback);
	for (unsigned i = 0; i < key->count; i++)
		h = hash_fold(h, requirement_number(&key->base[i]));
	return h != 0 ? h : 1;
}

static bool is_alike(const struct line_key *a, const struct line_key *b)
{
	if (a->queue != b->queue || a->revision != b->revision || a->channel != b->channel ||
	    a->tier != b->tier || a->growth != b->growth || a->step != b->step || a->count != b->count ||
	    a->is_callback != b->is_callback)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (requirement_number(&a->base[i]) != requirement_number(&b->base[i]))
			return false;
	return true;
}

static uint32_t line_create(struct routing *r, const struct line_key *key, uint64_t hash,
			    uint32_t hash_next)
{
	uint32_t l = core_new_line(r);
	struct line *line = &r->lines[l];
	*line = (struct line){.queue = key->queue,
			      .channel = key->channel,
			      .key = *key,
			      .hash = hash,
			      .hash_next = hash_next};
	line->is_deferred = key->is_callback || !channel_is_live((enum channel_kind)key->channel);
	line->growth = key->growth;
	core_requirements_resolve(r, l);
	table_set(&r->line_by_hash, hash, l);
	return l;
}

void core_line_restore(struct routing *r, const struct line *line, uint64_t mask)
{
	uint64_t hash = key_hash(r, &line->key), first = 0;
	uint32_t l = core_new_line(r);
	r->lines[l] = *line;
	r->line_masks[l] = mask;
	r->lines[l].hash = hash;
	r->lines[l].hash_next = table_get(&r->line_by_hash, hash, &first) ? (uint32_t)first : 0;
	table_set(&r->line_by_hash, hash, l);
}

void core_line_join(struct routing *r, uint32_t c, const struct line_key *key)
{
	uint64_t hash = key_hash(r, key), slot = 0;
	uint32_t first = table_get(&r->line_by_hash, hash, &slot) ? (uint32_t)slot : 0;
	uint32_t l = first;
	while (l != 0 && !is_alike(&r->lines[l].key, key))
		l = r->lines[l].hash_next;
	if (l == 0)
		l = line_create(r, key, hash, first);
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
	core_timer_line(r, l);
	uint64_t first = 0;
	bool is_known = table_get(&r->line_by_hash, line->hash, &first);
	assert(is_known && line->waiting.root == 0 && line->due_first == 0);
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

static struct line_key key_for(const struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	struct routing_rank rank = core_contact_rank(r, c);
	return (struct line_key){.queue = contact->queue,
				 .revision = r->queues[contact->queue].revision,
				 .growth = rank.growth,
				 .tier = rank.tier,
				 .channel = contact->channel,
				 .step = contact->step,
				 .is_callback = contact->is_callback};
}

void core_line_require(struct routing *r, uint32_t c, const struct routing_requirement *base,
		       unsigned count)
{
	struct line_key key = key_for(r, c);
	key.count = (uint8_t)count;
	for (unsigned i = 0; i < count; i++)
		key.base[i] = base[i];
	uint32_t l = r->contacts[c].line;
	if (l != 0 && is_alike(&r->lines[l].key, &key))
		return;
	if (l != 0)
		core_line_leave(r, c);
	core_line_join(r, c, &key);
}

void core_line_update(struct routing *r, uint32_t c)
{
	const struct line_key now = r->lines[r->contacts[c].line].key;
	core_line_require(r, c, now.base, now.count);
}

/* ---- where it is filed ---------------------------------------------------------------------- */

/* Index of the anchor: queues first, then skills by slot and level. */
static uint32_t rarest(const struct routing *r, const struct line *line)
{
	uint32_t best = line->key.queue, supply = r->queues[line->key.queue].member_count;
	for (unsigned i = 0; i < line->required_count; i++) {
		uint32_t here = core_roster_supply(r, &line->needs[i]);
		if (here >= supply)
			continue;
		supply = here;
		best = 1 + r->limits.queues_max + (uint32_t)line->needs[i].slot * CORE_LEVELS +
		       line->needs[i].level - 1;
	}
	return best;
}

struct tree *core_line_anchor(struct routing *r, const struct line *l)
{
	return &r->anchors[(size_t)l->anchor * ROUTING_GROWTHS_MAX + l->growth_slot];
}

static void mark_level(struct routing *r, uint32_t anchor)
{
	if (anchor <= r->limits.queues_max)
		return;
	uint32_t i = anchor - 1 - r->limits.queues_max;
	uint8_t bit = (uint8_t)(1u << (i % CORE_LEVELS + 1)),
		*levels = &r->anchor_levels[i / CORE_LEVELS];
	*levels = (uint8_t)(*levels & ~bit);
	for (unsigned g = 0; g < r->growth_count; g++)
		if (r->anchors[(size_t)anchor * ROUTING_GROWTHS_MAX + g].root != 0)
			*levels |= bit;
}

static void file(struct routing *r, uint32_t l)
{
	struct line *line = &r->lines[l];
	r->line_nodes[l].key = r->contact_nodes[line->waiting.first].key;
	tree_add(core_line_anchor(r, line), r->line_nodes, l);
}

static void line_show(struct routing *r, uint32_t l)
{
	struct line *line = &r->lines[l];
	struct queue *queue = &r->queues[line->key.queue];
	line->queue_prev = 0;
	line->queue_next = queue->lines;
	if (queue->lines != 0)
		r->lines[queue->lines].queue_prev = l;
	queue->lines = l;
	line->growth_slot = (uint8_t)core_growth_slot(r, line->growth);
	r->growths[line->growth_slot].lines++;
	line->anchor = rarest(r, line);
	file(r, l);
	mark_level(r, line->anchor);
}

static void line_hide(struct routing *r, uint32_t l)
{
	struct line *line = &r->lines[l];
	struct queue *queue = &r->queues[line->key.queue];
	*(line->queue_prev != 0 ? &r->lines[line->queue_prev].queue_next : &queue->lines) =
		line->queue_next;
	if (line->queue_next != 0)
		r->lines[line->queue_next].queue_prev = line->queue_prev;
	tree_remove(core_line_anchor(r, line), r->line_nodes, l);
	r->growths[line->growth_slot].lines--;
	mark_level(r, line->anchor);
	line->anchor = 0;
}

/* ---- entering and leaving ------------------------------------------------------------------- */

static void own_link(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	uint32_t *head = &r->queues[contact->queue].own;
	contact->own_prev = 0;
	contact->own_next = *head;
	if (*head != 0)
		r->contacts[*head].own_prev = c;
	*head = c;
}

static void own_unlink(struct routing *r, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	*(contact->own_prev != 0 ? &r->contacts[contact->own_prev].own_next
				 : &r->queues[contact->queue].own) = contact->own_next;
	if (contact->own_next != 0)
		r->contacts[contact->own_next].own_prev = contact->own_prev;
}

/* By the key it has: that was given to it when it came to wait. */
void core_line_enter(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	uint32_t l = contact->line;
	struct line *line = &r->lines[l];
	assert(contact->place == PLACE_NONE);
	r->waiting_count++;
	if (r->review_us == USHER_NEVER)
		r->review_us = (r->now_us / CORE_REVIEW_US + 1) * CORE_REVIEW_US;
	if (contact->only != 0) {
		contact->place = PLACE_OWN;
		tree_add(&r->agents[contact->only].own, r->contact_nodes, c);
		own_link(r, c);
		return;
	}
	contact->place = PLACE_LINE;
	bool was_empty = line->waiting.root == 0;
	tree_add(&line->waiting, r->contact_nodes, c);
	if (was_empty) {
		line_show(r, l);
	} else if (line->waiting.first == c) {
		tree_remove(core_line_anchor(r, line), r->line_nodes, l);
		file(r, l);
	}
}

void core_line_exit(struct routing *r, uint32_t c)
{
	struct contact *contact = &r->contacts[c];
	uint32_t l = contact->line;
	struct line *line = &r->lines[l];
	assert(contact->place == PLACE_LINE || contact->place == PLACE_OWN);
	core_due_leave(r, c);
	r->waiting_count--;
	if (contact->place == PLACE_OWN) {
		struct agent *agent = &r->agents[contact->only];
		if (agent->own_cursor == c)
			agent->own_cursor = tree_next(r->contact_nodes, c);
		tree_remove(&agent->own, r->contact_nodes, c);
		own_unlink(r, c);
		contact->place = PLACE_NONE;
		return;
	}
	contact->place = PLACE_NONE;
	bool was_first = line->waiting.first == c;
	tree_remove(&line->waiting, r->contact_nodes, c);
	if (line->waiting.root == 0) {
		line_hide(r, l);
	} else if (was_first) {
		tree_remove(core_line_anchor(r, line), r->line_nodes, l);
		file(r, l);
	}
}
