/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/batch.h"

#include "storage/row.h"

#include <assert.h>
#include <stdlib.h>

struct store_batch *store_batch_new(void)
{
	return NEW(struct store_batch);
}

struct store_batch *store_batch_free(struct store_batch *b)
{
	if (b == NULL)
		return NULL;
	arena_done(&b->arena);
	free(b->writes);
	free(b);
	return NULL;
}

void store_batch_clear(struct store_batch *b)
{
	arena_clear(&b->arena);
	b->count = 0;
}

size_t store_batch_count(const struct store_batch *b)
{
	return b->count;
}

size_t store_batch_bytes(const struct store_batch *b)
{
	return b->arena.used + b->count * sizeof *b->writes;
}

static void batch_write(struct store_batch *b, enum batch_verb verb, const struct store_table *t,
			const void *row, int64_t limit)
{
	struct batch_write w = {.verb = verb, .table = t, .limit = limit};
	if (row != NULL) {
		void *copy = arena_new(&b->arena, row_bytes(t, row));
		row_copy(t, row, copy);
		w.row = copy;
	}
	if (b->count == b->space) {
		b->space = b->space > 0 ? b->space * 2 : 64;
		b->writes = memory_resize(b->writes, b->space * sizeof *b->writes);
	}
	b->writes[b->count++] = w;
}

void store_put(struct store_batch *b, const struct store_table *t, const void *row)
{
	assert(row != NULL);
	batch_write(b, BATCH_PUT, t, row, 0);
}

void store_add(struct store_batch *b, const struct store_table *t, const void *row)
{
	assert(row != NULL);
	batch_write(b, BATCH_ADD, t, row, 0);
}

/* Only the key columns of the caller's row need to be set, so only they are looked at. */
void store_remove(struct store_batch *b, const struct store_table *t, const void *row)
{
	_Alignas(16) char key_row[ROW_BYTES_MAX] = {0};
	assert(row != NULL && t->row_bytes <= sizeof key_row);
	for (int i = 0; i < row_key_count(t); i++) {
		const struct store_column *c = &t->columns[t->key[i]];
		size_t n = c->type == STORE_INTEGER ? sizeof(int64_t) : sizeof(struct usher_text);
		memcpy(key_row + c->offset, (const char *)row + c->offset, n);
	}
	batch_write(b, BATCH_REMOVE, t, key_row, 0);
}

void store_remove_below(struct store_batch *b, const struct store_table *t, int64_t limit)
{
	assert(t->columns[t->key[0]].type == STORE_INTEGER);
	batch_write(b, BATCH_REMOVE_BELOW, t, NULL, limit);
}
