/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows in order: pointers in blocks of bounded size, so that adding and removing costs a search
 * and one short move, also with hundreds of thousands of rows. Private to storage/memory.
 */
#ifndef STORAGE_MEMORY_SORTED_H
#define STORAGE_MEMORY_SORTED_H

#include "storage/row.h"

#define SORTED_BLOCK_ROWS 256

struct sorted_block {
	int count;
	const void *rows[SORTED_BLOCK_ROWS]; /* borrowed: until removed */
};

struct sorted {
	struct row_order order;
	struct sorted_block **blocks; /* owned, and so are the blocks; none is empty */
	size_t count, space;
};

/* What is looked for: the leading `equal_count` columns of `row`, then maybe one integer. */
struct sorted_probe {
	const void *row; /* NULL when equal_count is 0 */
	int equal_count;
	bool has_value;
	int64_t value;
};

struct sorted_place {
	size_t block; /* = count at the end */
	int at;
};

/* The first row that is not below the probe; with is_behind, the first that is above it. */
struct sorted_place sorted_find(const struct sorted *s, const struct sorted_probe *p,
				bool is_behind);
const void *sorted_at(const struct sorted *s, struct sorted_place place); /* NULL at the end */
struct sorted_place sorted_next(const struct sorted *s, struct sorted_place place);
/* False at the beginning. */
bool sorted_before(const struct sorted *s, struct sorted_place *place);

const void *sorted_get(const struct sorted *s, const void *key_row); /* all columns; NULL = none */
void sorted_add(struct sorted *s, const void *row);    /* no row with equal columns may be there */
void sorted_remove(struct sorted *s, const void *row); /* it must be there */
void sorted_done(struct sorted *s);

#endif
