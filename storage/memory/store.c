/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store without a disk, for tests and the simulator. Rows never change once they are in: a put
 * brings a new one, so that a scan can hold on to those it began with while commits go on.
 */
#include "storage/batch.h"
#include "storage/driver.h"
#include "storage/memory/sorted.h"
#include "storage/record.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#define TABLES_MAX 32

struct memory_row {
	int holders; /* the table, undo records and scans */
	_Alignas(16) char row[];
};

struct memory_table {
	struct sorted primary;
	struct sorted indexes[STORE_INDEXES_MAX];
	int index_count;
};

struct memory_data { /* shared by a store and its readers */
	pthread_mutex_t mutex;
	int holders;
	struct memory_table tables[TABLES_MAX];
	enum store_fault fault;
	int64_t commits_left; /* before the fault */
	bool is_written;      /* what FAULT_UNKNOWN does */
};

struct memory_store {
	struct store store; /* first */
	struct memory_data *data;
};

struct undo {
	struct memory_table *table;
	const void *before, *after; /* rows held, or NULL */
};

static struct memory_row *holder_of(const void *row)
{
	return (struct memory_row *)((uintptr_t)row - offsetof(struct memory_row, row));
}

static void hold(const void *row)
{
	holder_of(row)->holders++;
}

static void release(const void *row)
{
	struct memory_row *m = row != NULL ? holder_of(row) : NULL;
	if (m != NULL && --m->holders == 0)
		free(m);
}

static const void *row_new(const struct store_table *t, const void *row)
{
	struct memory_row *m = memory_new(sizeof *m + row_bytes(t, row));
	m->holders = 1;
	row_copy(t, row, m->row);
	return m->row;
}

static struct memory_table *table_of(struct memory_data *d, const struct store_table *t)
{
	int i = 0;
	while (store_tables[i] != t) {
		assert(store_tables[i] != NULL);
		i++;
	}
	return &d->tables[i];
}

/* Takes `before` out and puts `after` in, in every order; either may be NULL. */
static void replace(struct memory_table *t, const void *before, const void *after)
{
	for (int i = -1; i < t->index_count; i++) {
		struct sorted *s = i < 0 ? &t->primary : &t->indexes[i];
		if (before != NULL)
			sorted_remove(s, before);
		if (after != NULL)
			sorted_add(s, after);
	}
	if (after != NULL)
		hold(after);
	release(before);
}

/* ---- committing ---------------------------------------------------------------------------- */

struct undo_log {
	struct undo *items; /* owned */
	size_t count, space;
};

/* Takes over the caller's hold on `after`. */
static void change(struct undo_log *log, struct memory_table *t, const void *before,
		   const void *after)
{
	if (log->count == log->space) {
		log->space = log->space > 0 ? log->space * 2 : 64;
		log->items = memory_resize(log->items, log->space * sizeof *log->items);
	}
	if (before != NULL)
		hold(before);
	log->items[log->count++] = (struct undo){t, before, after};
	replace(t, before, after);
}

static void finish(struct undo_log *log, bool is_kept)
{
	while (log->count > 0) {
		struct undo *u = &log->items[--log->count];
		if (!is_kept)
			replace(u->table, u->after, u->before);
		release(u->before);
		release(u->after);
	}
	free(log->items);
}

static void remove_below(struct undo_log *log, struct memory_table *t, int64_t limit)
{
	const struct store_table *table = t->primary.order.table;
	for (;;) {
		const void *row = sorted_at(&t->primary, (struct sorted_place){0, 0});
		if (row == NULL || row_integer(table, row, table->key[0]) >= limit)
			return;
		change(log, t, row, NULL);
	}
}

static int apply(struct memory_data *d, const struct batch_write *w, struct undo_log *log,
		 struct usher_error *reterr)
{
	struct memory_table *t = table_of(d, w->table);
	if (w->verb == BATCH_REMOVE_BELOW) {
		remove_below(log, t, w->limit);
		return 0;
	}
	const void *before = sorted_get(&t->primary, w->row);
	if (w->verb == BATCH_ADD && before != NULL)
		return usher_error_set(reterr, E_EXISTS,
				       "store: %s has that row already; nothing was written",
				       w->table->name);
	if (w->verb != BATCH_REMOVE)
		change(log, t, before, row_new(w->table, w->row));
	else if (before != NULL)
		change(log, t, before, NULL);
	return 0;
}

/* The fault that is due now, if any; each happens once. */
static enum store_fault take_fault(struct memory_data *d)
{
	if (d->fault == FAULT_NONE || d->commits_left-- > 0)
		return FAULT_NONE;
	enum store_fault fault = d->fault;
	d->fault = FAULT_NONE;
	return fault;
}

static int commit_locked(struct memory_data *d, const struct store_batch *b,
			 struct usher_error *reterr)
{
	enum store_fault fault = take_fault(d);
	if (fault == FAULT_FULL || fault == FAULT_GONE)
		return usher_error_set(reterr, E_IO, "store: %s; nothing was written",
				       fault == FAULT_FULL ? "the disk is full" : "it is gone");
	struct undo_log log = {0};
	int r = 0;
	for (size_t i = 0; i < b->count && r == 0; i++)
		r = apply(d, &b->writes[i], &log, reterr);
	finish(&log, r == 0 && (fault != FAULT_UNKNOWN || d->is_written));
	if (fault == FAULT_UNKNOWN)
		r = usher_error_set(reterr, E_UNKNOWN_OUTCOME,
				    "store: COMMIT failed; whether it was written is not known");
	return r;
}

static int commit(struct store *s, const struct store_batch *b, struct usher_error *reterr)
{
	struct memory_data *d = ((struct memory_store *)s)->data;
	pthread_mutex_lock(&d->mutex);
	int r = commit_locked(d, b, reterr);
	pthread_mutex_unlock(&d->mutex);
	return r;
}

static int inject(struct store *s, enum store_fault fault, int after)
{
	struct memory_data *d = ((struct memory_store *)s)->data;
	if (after < 0)
		return E_INVALID;
	pthread_mutex_lock(&d->mutex);
	d->fault = fault;
	d->commits_left = after;
	d->is_written = after % 2 == 1;
	pthread_mutex_unlock(&d->mutex);
	return 0;
}

/* ---- reading ------------------------------------------------------------------------------- */

static int get(struct store *s, const struct store_table *t, const void *key_row,
	       struct arena *arena, void *ret_row)
{
	struct memory_data *d = ((struct memory_store *)s)->data;
	pthread_mutex_lock(&d->mutex);
	const void *row = sorted_get(&table_of(d, t)->primary, key_row);
	if (row != NULL) {
		char *copy = arena_new(arena, row_bytes(t, row));
		row_copy(t, row, copy);
		memcpy(ret_row, copy, t->row_bytes);
	}
	pthread_mutex_unlock(&d->mutex);
	return row != NULL ? 0 : E_NOT_FOUND;
}

struct held_rows {
	const void **rows; /* owned */
	size_t count, space;
};

static void held_add(struct held_rows *h, const void *row)
{
	if (h->count == h->space) {
		h->space = h->space > 0 ? h->space * 2 : 32;
		h->rows = memory_resize(h->rows, h->space * sizeof *h->rows);
	}
	hold(row);
	h->rows[h->count++] = row;
}

static bool is_room(const struct held_rows *h, const struct store_range *range)
{
	return range->limit == 0 || h->count < (size_t)range->limit;
}

static void collect(const struct sorted *s, const struct store_range *range, struct held_rows *h)
{
	struct sorted_probe from = {range->like, range->equal_count, range->has_from, range->from};
	struct sorted_probe to = {range->like, range->equal_count, range->has_to, range->to};
	struct sorted_place first = sorted_find(s, &from, false);
	struct sorted_place behind = sorted_find(s, &to, true);
	if (range->has_from && range->has_to && range->from > range->to)
		return;
	if (!range->is_descending) {
		for (; is_room(h, range) && (first.block != behind.block || first.at != behind.at);
		     first = sorted_next(s, first))
			held_add(h, sorted_at(s, first));
		return;
	}
	while (is_room(h, range) && (first.block != behind.block || first.at != behind.at) &&
	       sorted_before(s, &behind))
		held_add(h, sorted_at(s, behind));
}

static int scan(struct store *s, const struct store_table *t, const struct store_range *range,
		store_on_row on_row, void *arg)
{
	struct memory_data *d = ((struct memory_store *)s)->data;
	struct held_rows held = {0};
	pthread_mutex_lock(&d->mutex);
	struct memory_table *table = table_of(d, t);
	collect(range->index < 0 ? &table->primary : &table->indexes[range->index], range, &held);
	pthread_mutex_unlock(&d->mutex);
	int r = 0;
	for (size_t i = 0; i < held.count && r == 0; i++)
		r = on_row(held.rows[i], arg);
	pthread_mutex_lock(&d->mutex);
	for (size_t i = 0; i < held.count; i++)
		release(held.rows[i]);
	pthread_mutex_unlock(&d->mutex);
	free(held.rows);
	return r;
}

/* ---- opening and closing ------------------------------------------------------------------- */

static void table_init(struct memory_table *t, const struct store_table *description)
{
	t->primary.order = row_order(description, -1);
	while (t->index_count < STORE_INDEXES_MAX &&
	       description->indexes[t->index_count].name != NULL) {
		t->indexes[t->index_count].order = row_order(description, t->index_count);
		t->index_count++;
	}
}

static void table_done(struct memory_table *t)
{
	struct sorted_place place = {0, 0};
	for (; sorted_at(&t->primary, place) != NULL; place = sorted_next(&t->primary, place))
		release(sorted_at(&t->primary, place));
	sorted_done(&t->primary);
	for (int i = 0; i < t->index_count; i++)
		sorted_done(&t->indexes[i]);
}

static void data_release(struct memory_data *d)
{
	pthread_mutex_lock(&d->mutex);
	int holders = --d->holders;
	pthread_mutex_unlock(&d->mutex);
	if (holders > 0)
		return;
	for (int i = 0; store_tables[i] != NULL; i++)
		table_done(&d->tables[i]);
	pthread_mutex_destroy(&d->mutex);
	free(d);
}

static void close_store(struct store *s)
{
	data_release(((struct memory_store *)s)->data);
	free(s);
}

static int64_t schema_version(const struct store *s)
{
	(void)s;
	return 0; /* it is made anew each time, by the descriptions */
}

static void checkpoint(struct store *s)
{
	(void)s; /* nothing lies in a log */
}

static int backup(struct store *s, const char *path, struct usher_error *reterr)
{
	(void)s;
	return usher_error_set(reterr, E_UNSUPPORTED, "store: one in memory cannot be copied to %s",
			       path);
}

static int reader_new(struct store **ret, struct store *s, struct usher_error *reterr);

static const struct store_driver driver = {
	.name = "memory",
	.close = close_store,
	.schema_version = schema_version,
	.commit = commit,
	.checkpoint = checkpoint,
	.get = get,
	.scan = scan,
	.reader_new = reader_new,
	.backup = backup,
	.inject = inject,
};

static struct store *store_of(struct memory_data *d, bool is_reader)
{
	struct memory_store *s = NEW(struct memory_store);
	s->store.driver = &driver;
	s->store.is_reader = is_reader;
	s->data = d;
	d->holders++;
	return &s->store;
}

static int reader_new(struct store **ret, struct store *s, struct usher_error *reterr)
{
	struct memory_data *d = ((struct memory_store *)s)->data;
	(void)reterr;
	pthread_mutex_lock(&d->mutex);
	*ret = store_of(d, true);
	pthread_mutex_unlock(&d->mutex);
	return 0;
}

int store_open_memory(struct store **ret, struct usher_error *reterr)
{
	struct memory_data *d = NEW(struct memory_data);
	(void)reterr;
	pthread_mutex_init(&d->mutex, NULL);
	for (int i = 0; store_tables[i] != NULL; i++) {
		assert(i < TABLES_MAX);
		table_init(&d->tables[i], store_tables[i]);
	}
	*ret = store_of(d, false);
	return 0;
}
