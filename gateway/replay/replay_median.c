/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/replay/replay_median.h"

#include "routing/base/memory.h"

#include <stdlib.h>

void medians_add(struct medians *m, uint64_t a, uint64_t b, usher_us span)
{
	if (m->count == m->space) {
		m->space = m->space > 0 ? m->space * 2 : 256;
		m->items = memory_resize(m->items, m->space * sizeof *m->items);
	}
	m->items[m->count++] = (struct median_sample){a, b, span};
}

static int compare(const void *left, const void *right)
{
	const struct median_sample *x = left, *y = right;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	if (x->b != y->b)
		return x->b < y->b ? -1 : 1;
	return (x->span > y->span) - (x->span < y->span);
}

void medians_close(struct medians *m)
{
	if (m->count > 0)
		qsort(m->items, m->count, sizeof *m->items, compare);
}

/* The first sample that does not come before the given one. */
static size_t lower_bound(const struct medians *m, const struct median_sample *key)
{
	size_t low = 0, high = m->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(&m->items[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool medians_get(const struct medians *m, uint64_t a, uint64_t b, size_t least, usher_us *ret)
{
	struct median_sample begin = {a, b, INT64_MIN}, end = {a, b, INT64_MAX};
	size_t from = lower_bound(m, &begin), to = lower_bound(m, &end);
	if (to - from < least)
		return false;
	*ret = m->items[from + (to - from - 1) / 2].span;
	return true;
}

void medians_done(struct medians *m)
{
	free(m->items);
	*m = (struct medians){0};
}
