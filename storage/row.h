/* SPDX-License-Identifier: Apache-2.0 */
/* Rows seen through their table's description. Private to storage/. */
#ifndef STORAGE_ROW_H
#define STORAGE_ROW_H

#include "storage/store.h"

#define ROW_BYTES_MAX (STORE_COLUMNS_MAX * sizeof(struct usher_text))
#define ORDER_COLUMNS_MAX (2 * STORE_KEY_MAX)

/* The columns that rows are sorted by: those of an index and then the primary key. */
struct row_order {
	const struct store_table *table; /* borrowed: static */
	int columns[ORDER_COLUMNS_MAX];
	int count;
};

struct row_order row_order(const struct store_table *t, int index); /* -1: the primary key */
int row_key_count(const struct store_table *t);

static inline int64_t row_integer(const struct store_table *t, const void *row, int column)
{
	int64_t value;
	memcpy(&value, (const char *)row + t->columns[column].offset, sizeof value);
	return value;
}

static inline struct usher_text row_text(const struct store_table *t, const void *row, int column)
{
	struct usher_text value;
	memcpy(&value, (const char *)row + t->columns[column].offset, sizeof value);
	return value;
}

static inline void row_set_integer(const struct store_table *t, void *row, int column,
				   int64_t value)
{
	memcpy((char *)row + t->columns[column].offset, &value, sizeof value);
}

static inline void row_set_text(const struct store_table *t, void *row, int column,
				struct usher_text value)
{
	memcpy((char *)row + t->columns[column].offset, &value, sizeof value);
}

/* Negative, 0 or positive; texts and bytes by their bytes, the shorter first. */
int row_compare(const struct store_table *t, const void *a, const void *b, int column);

/* One block that holds the struct and behind it all its texts, each with a NUL behind it. */
size_t row_bytes(const struct store_table *t, const void *row);
void row_copy(const struct store_table *t, const void *row, void *space);

#endif
