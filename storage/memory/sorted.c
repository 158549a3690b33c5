/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/memory/sorted.h"

#include <assert.h>
#include <stdlib.h>

static int compare(const struct row_order *o, const void *row, const struct sorted_probe *p)
{
	for (int i = 0; i < p->equal_count; i++) {
		int result = row_compare(o->table, row, p->row, o->columns[i]);
		if (result != 0)
			return result;
	}
	if (!p->has_value)
		return 0;
	int64_t value = row_integer(o->table, row, o->columns[p->equal_count]);
	return (value > p->value) - (value < p->value);
}

static bool is_left(const struct sorted *s, const void *row, const struct sorted_probe *p,
		    bool is_behind)
{
	int result = compare(&s->order, row, p);
	return result < 0 || (result == 0 && is_behind);
}

struct sorted_place sorted_find(const struct sorted *s, const struct sorted_probe *p,
				bool is_behind)
{
	size_t low = 0, high = s->count;
	while (low < high) { /* the first block whose last row is not left of the place */
		size_t middle = low + (high - low) / 2;
		const struct sorted_block *b = s->blocks[middle];
		if (is_left(s, b->rows[b->count - 1], p, is_behind))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == s->count)
		return (struct sorted_place){low, 0};
	const struct sorted_block *b = s->blocks[low];
	int from = 0, to = b->count;
	while (from < to) {
		int middle = from + (to - from) / 2;
		if (is_left(s, b->rows[middle], p, is_behind))
			from = middle + 1;
		else
			to = middle;
	}
	return (struct sorted_place){low, from};
}

const void *sorted_at(const struct sorted *s, struct sorted_place place)
{
	return place.block < s->count ? s->blocks[place.block]->rows[place.at] : NULL;
}

struct sorted_place sorted_next(const struct sorted *s, struct sorted_place place)
{
	if (place.at + 1 < s->blocks[place.block]->count)
		return (struct sorted_place){place.block, place.at + 1};
	return (struct sorted_place){place.block + 1, 0};
}

bool sorted_before(const struct sorted *s, struct sorted_place *place)
{
	if (place->at > 0) {
		place->at--;
		return true;
	}
	if (place->block == 0)
		return false;
	place->block--;
	place->at = s->blocks[place->block]->count - 1;
	return true;
}

static struct sorted_probe probe_of(const struct sorted *s, const void *row)
{
	return (struct sorted_probe){.row = row, .equal_count = s->order.count};
}

const void *sorted_get(const struct sorted *s, const void *key_row)
{
	struct sorted_probe p = probe_of(s, key_row);
	const void *row = sorted_at(s, sorted_find(s, &p, false));
	return row != NULL && compare(&s->order, row, &p) == 0 ? row : NULL;
}

static void insert_block(struct sorted *s, size_t at, struct sorted_block *b)
{
	if (s->count == s->space) {
		s->space = s->space > 0 ? s->space * 2 : 16;
		s->blocks = memory_resize(s->blocks, s->space * sizeof *s->blocks);
	}
	memmove(s->blocks + at + 1, s->blocks + at, (s->count - at) * sizeof *s->blocks);
	s->blocks[at] = b;
	s->count++;
}

/* Makes room in a full block. Rows mostly come at the end: then the full one stays full. */
static void split(struct sorted *s, struct sorted_place *place)
{
	struct sorted_block *b = s->blocks[place->block];
	struct sorted_block *right = NEW(struct sorted_block);
	bool is_at_end = place->at == b->count && place->block + 1 == s->count;
	int keep = is_at_end ? b->count : b->count / 2;
	right->count = b->count - keep;
	memcpy(right->rows, b->rows + keep, (size_t)right->count * sizeof *b->rows);
	b->count = keep;
	insert_block(s, place->block + 1, right);
	if (place->at > keep || is_at_end) {
		place->block++;
		place->at -= keep;
	}
}

void sorted_add(struct sorted *s, const void *row)
{
	struct sorted_probe p = probe_of(s, row);
	struct sorted_place place = sorted_find(s, &p, false);
	assert(place.block == s->count || compare(&s->order, sorted_at(s, place), &p) != 0);
	if (s->count == 0)
		insert_block(s, 0, NEW(struct sorted_block));
	if (place.block == s->count) {
		place.block = s->count - 1;
		place.at = s->blocks[place.block]->count;
	}
	if (s->blocks[place.block]->count == SORTED_BLOCK_ROWS)
		split(s, &place);
	struct sorted_block *b = s->blocks[place.block];
	memmove(b->rows + place.at + 1, b->rows + place.at,
		(size_t)(b->count - place.at) * sizeof *b->rows);
	b->rows[place.at] = row;
	b->count++;
}

void sorted_remove(struct sorted *s, const void *row)
{
	struct sorted_probe p = probe_of(s, row);
	struct sorted_place place = sorted_find(s, &p, false);
	assert(sorted_at(s, place) == row);
	struct sorted_block *b = s->blocks[place.block];
	b->count--;
	memmove(b->rows + place.at, b->rows + place.at + 1,
		(size_t)(b->count - place.at) * sizeof *b->rows);
	if (b->count > 0)
		return;
	free(b);
	s->count--;
	memmove(s->blocks + place.block, s->blocks + place.block + 1,
		(s->count - place.block) * sizeof *s->blocks);
}

void sorted_done(struct sorted *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->blocks[i]);
	free(s->blocks);
	*s = (struct sorted){.order = s->order};
}
