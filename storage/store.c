/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/batch.h"
#include "storage/driver.h"
#include "storage/row.h"

#include <assert.h>

struct store *store_close(struct store *s)
{
	if (s != NULL)
		s->driver->close(s);
	return NULL;
}

const char *store_driver_name(const struct store *s)
{
	return s->driver->name;
}

int64_t store_schema_version(const struct store *s)
{
	return s->driver->schema_version(s);
}

int store_commit(struct store *s, const struct store_batch *b, struct usher_error *reterr)
{
	if (s->is_reader)
		return usher_error_set(reterr, E_UNSUPPORTED,
				       "store: a reader cannot commit; nothing was written");
	if (b->count > STORE_BATCH_ROWS_MAX || store_batch_bytes(b) > STORE_BATCH_BYTES_MAX)
		return usher_error_set(reterr, E_LIMIT,
				       "store: a batch of %zu rows and %zu bytes is over the limit "
				       "of %d rows or %d bytes; nothing was written",
				       b->count, store_batch_bytes(b), STORE_BATCH_ROWS_MAX,
				       STORE_BATCH_BYTES_MAX);
	if (b->count == 0)
		return 0;
	return s->driver->commit(s, b, reterr);
}

void store_checkpoint(struct store *s)
{
	s->driver->checkpoint(s);
}

int store_get(struct store *s, const struct store_table *t, const void *key_row,
	      struct arena *arena, void *ret_row)
{
	return s->driver->get(s, t, key_row, arena, ret_row);
}

int store_scan(struct store *s, const struct store_table *t, const struct store_range *range,
	       store_on_row on_row, void *arg)
{
	struct row_order order = row_order(t, range->index);
	assert(range->equal_count >= 0 && range->equal_count <= order.count);
	assert(range->equal_count == 0 || range->like != NULL);
	assert(range->limit >= 0);
	if (range->has_from || range->has_to) {
		assert(range->equal_count < order.count);
		assert(t->columns[order.columns[range->equal_count]].type == STORE_INTEGER);
	}
	return s->driver->scan(s, t, range, on_row, arg);
}

int store_reader_new(struct store **ret, struct store *s, struct usher_error *reterr)
{
	return s->driver->reader_new(ret, s, reterr);
}

int store_backup(struct store *s, const char *path, struct usher_error *reterr)
{
	return s->driver->backup(s, path, reterr);
}

int store_inject(struct store *s, enum store_fault fault, int after)
{
	return s->driver->inject(s, fault, after);
}
