/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/outbox_heap.h"

#include "routing/base/memory.h"

#include <stdlib.h>

static bool is_before(const struct item *a, const struct item *b)
{
	if (a->row.next_us != b->row.next_us)
		return a->row.next_us < b->row.next_us;
	return a->row.id < b->row.id;
}

static void heap_set(struct heap *h, size_t place, struct item *item)
{
	h->items[place] = item;
	item->heap_place = place;
}

static void heap_up(struct heap *h, size_t place)
{
	struct item *item = h->items[place];
	while (place > 0 && is_before(item, h->items[(place - 1) / 2])) {
		heap_set(h, place, h->items[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	heap_set(h, place, item);
}

static void heap_down(struct heap *h, size_t place)
{
	struct item *item = h->items[place];
	for (;;) {
		size_t child = place * 2 + 1;
		if (child >= h->count)
			break;
		if (child + 1 < h->count && is_before(h->items[child + 1], h->items[child]))
			child++;
		if (!is_before(h->items[child], item))
			break;
		heap_set(h, place, h->items[child]);
		place = child;
	}
	heap_set(h, place, item);
}

void heap_add(struct heap *h, struct item *item)
{
	if (h->count == h->space) {
		h->space = h->space == 0 ? 64 : h->space * 2;
		h->items = memory_resize(h->items, h->space * sizeof *h->items);
	}
	item->place = PLACE_HEAP;
	heap_set(h, h->count++, item);
	heap_up(h, h->count - 1);
}

void heap_remove(struct heap *h, struct item *item)
{
	size_t place = item->heap_place;
	struct item *last = h->items[--h->count];
	if (last != item) {
		heap_set(h, place, last);
		heap_up(h, place);
		heap_down(h, last->heap_place);
	}
}

struct item *heap_first(const struct heap *h)
{
	return h->count > 0 ? h->items[0] : NULL;
}

void heap_done(struct heap *h)
{
	free(h->items);
	*h = (struct heap){0};
}
