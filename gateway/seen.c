/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/seen.h"

#include "routing/base/table.h"

#include <stdlib.h>

struct seen_item {
	uint64_t hash;
	struct book_seen seen;
};

struct seen {
	struct table places; /* hash -> place in items, plus 1 */
	struct seen_item *items; /* owned ring */
	size_t space, count, next;
};

struct seen *seen_new(void)
{
	return NEW(struct seen);
}

struct seen *seen_free(struct seen *s)
{
	if (s == NULL)
		return NULL;
	table_done(&s->places);
	free(s->items);
	free(s);
	return NULL;
}

static void grow(struct seen *s)
{
	if (s->count < s->space || s->space == SEEN_ITEMS_MAX)
		return;
	size_t space = s->space == 0 ? 1024 : s->space * 2;
	s->space = space < SEEN_ITEMS_MAX ? space : SEEN_ITEMS_MAX;
	s->items = memory_resize(s->items, s->space * sizeof *s->items);
}

void seen_add(struct seen *s, uint64_t hash, const struct book_seen *item)
{
	grow(s);
	if (s->count == s->space) /* full: the oldest gives way */
		table_remove(&s->places, s->items[s->next].hash);
	else
		s->count++;
	s->items[s->next] = (struct seen_item){hash, *item};
	table_set(&s->places, hash, s->next + 1);
	s->next = (s->next + 1) % (s->space == SEEN_ITEMS_MAX ? SEEN_ITEMS_MAX : SIZE_MAX);
}

bool seen_find(const struct seen *s, uint64_t hash, struct book_seen *ret)
{
	uint64_t place;
	if (!table_get(&s->places, hash, &place))
		return false;
	*ret = s->items[place - 1].seen;
	return true;
}

static int on_row(const void *row, void *arg)
{
	const struct seen_row *seen = row;
	struct book_seen item = {seen->contact, seen->message, seen->seq};
	seen_add(arg, (uint64_t)seen->hash, &item);
	return 0;
}

int seen_load(struct seen *s, struct store *store, usher_us now)
{
	table_done(&s->places);
	s->count = s->next = 0;
	usher_id from = 0;
	usher_id oldest = id_next(&from, now - SEEN_AGE_US);
	struct store_range range = {.index = -1, .has_from = true, .from = (int64_t)oldest};
	return store_scan(store, &SEEN, &range, on_row, s);
}
