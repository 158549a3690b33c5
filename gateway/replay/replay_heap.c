/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/replay/replay_heap.h"

#include "routing/base/memory.h"

#include <stdlib.h>

static bool before(const struct plan *a, const struct plan *b)
{
	return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

void plan_heap_add(struct plan_heap *h, const struct plan *plan)
{
	if (h->count == h->space) {
		h->space = h->space > 0 ? h->space * 2 : 256;
		h->items = memory_resize(h->items, h->space * sizeof *h->items);
	}
	size_t i = h->count++;
	for (; i > 0 && before(plan, &h->items[(i - 1) / 2]); i = (i - 1) / 2)
		h->items[i] = h->items[(i - 1) / 2];
	h->items[i] = *plan;
}

const struct plan *plan_heap_first(const struct plan_heap *h)
{
	return h->count > 0 ? &h->items[0] : NULL;
}

void plan_heap_remove_first(struct plan_heap *h)
{
	struct plan last = h->items[--h->count];
	size_t i = 0;
	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= h->count)
			break;
		if (child + 1 < h->count && before(&h->items[child + 1], &h->items[child]))
			child++;
		if (!before(&h->items[child], &last))
			break;
		h->items[i] = h->items[child];
		i = child;
	}
	if (h->count > 0)
		h->items[i] = last;
}

void plan_heap_done(struct plan_heap *h)
{
	free(h->items);
	*h = (struct plan_heap){0};
}
