/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/row.h"

#include <assert.h>

int row_key_count(const struct store_table *t)
{
	int n = 0;
	while (n < STORE_KEY_MAX && t->key[n] >= 0)
		n++;
	return n;
}

static void order_add(struct row_order *o, int column)
{
	for (int i = 0; i < o->count; i++)
		if (o->columns[i] == column)
			return;
	o->columns[o->count++] = column;
}

struct row_order row_order(const struct store_table *t, int index)
{
	struct row_order o = {.table = t};
	assert(index >= -1 && index < STORE_INDEXES_MAX);
	if (index >= 0) {
		assert(t->indexes[index].name != NULL);
		for (int i = 0; i < STORE_KEY_MAX && t->indexes[index].columns[i] >= 0; i++)
			order_add(&o, t->indexes[index].columns[i]);
	}
	for (int i = 0; i < row_key_count(t); i++)
		order_add(&o, t->key[i]);
	return o;
}

int row_compare(const struct store_table *t, const void *a, const void *b, int column)
{
	if (t->columns[column].type == STORE_INTEGER) {
		int64_t x = row_integer(t, a, column);
		int64_t y = row_integer(t, b, column);
		return (x > y) - (x < y);
	}
	struct usher_text x = row_text(t, a, column);
	struct usher_text y = row_text(t, b, column);
	size_t n = x.n < y.n ? x.n : y.n;
	int result = n > 0 ? memcmp(x.p, y.p, n) : 0;
	return result != 0 ? result : (x.n > y.n) - (x.n < y.n);
}

size_t row_bytes(const struct store_table *t, const void *row)
{
	size_t n = t->row_bytes;
	for (int i = 0; i < t->column_count; i++)
		if (t->columns[i].type != STORE_INTEGER)
			n += row_text(t, row, i).n + 1;
	return n;
}

void row_copy(const struct store_table *t, const void *row, void *space)
{
	char *at = (char *)space + t->row_bytes;
	memcpy(space, row, t->row_bytes);
	for (int i = 0; i < t->column_count; i++) {
		if (t->columns[i].type == STORE_INTEGER)
			continue;
		struct usher_text value = row_text(t, row, i);
		if (value.n > 0)
			memcpy(at, value.p, value.n);
		at[value.n] = '\0';
		row_set_text(t, space, i, text_slice(at, value.n));
		at += value.n + 1;
	}
}
