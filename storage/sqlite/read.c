/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/sqlite/sqlite.h"

#include <assert.h>

enum { HAS_FROM = 1, HAS_TO = 2, DESCENDING = 4 };

static struct usher_text column_text(sqlite3_stmt *st, int column)
{
	const void *p = sqlite3_column_blob(st, column);
	int n = sqlite3_column_bytes(st, column);
	return n > 0 ? text_slice(p, (size_t)n) : TEXT("");
}

/* The texts point into SQLite's memory until the next step. */
static void read_row(sqlite3_stmt *st, const struct store_table *t, void *row)
{
	memset(row, 0, t->row_bytes);
	for (int i = 0; i < t->column_count; i++) {
		if (t->columns[i].type == STORE_INTEGER)
			row_set_integer(t, row, i, sqlite3_column_int64(st, i));
		else
			row_set_text(t, row, i, column_text(st, i));
	}
}

/* A value that could not be brought into memory reads as empty: that must not pass for data. */
static bool ran_out(sqlite3_stmt *st)
{
	return sqlite3_errcode(sqlite3_db_handle(st)) == SQLITE_NOMEM;
}

static int read_get(struct sqlite_connection *c, const struct store_table *t, const void *key_row,
		    sqlite3_stmt **ret)
{
	struct sqlite_statements *statements = sqlite_statements_of(c, t);
	if (statements->get == NULL) {
		struct usher_buf sql = {0};
		sqlite_sql_get(t, &sql);
		int rc = sqlite_prepare(c, &sql, &statements->get);
		buf_done(&sql);
		if (rc != SQLITE_OK)
			return rc;
	}
	for (int i = 0; i < row_key_count(t); i++)
		sqlite_bind(statements->get, i + 1, t, key_row, t->key[i]);
	*ret = statements->get;
	return sqlite3_step(statements->get);
}

int sqlite_get(struct store *base, const struct store_table *t, const void *key_row,
	       struct arena *arena, void *ret_row)
{
	struct sqlite_store *s = (struct sqlite_store *)base;
	_Alignas(16) char row[ROW_BYTES_MAX];
	sqlite3_stmt *st = NULL;
	int rc = read_get(&s->reader, t, key_row, &st);
	int r = rc == SQLITE_DONE ? E_NOT_FOUND : E_IO;
	if (rc == SQLITE_ROW) {
		read_row(st, t, row);
		if (!ran_out(st)) {
			char *copy = arena_new(arena, row_bytes(t, row));
			row_copy(t, row, copy);
			memcpy(ret_row, copy, t->row_bytes);
			r = 0;
		}
	}
	if (st != NULL) {
		(void)sqlite3_reset(st); /* repeats the fault of the step */
		(void)sqlite3_clear_bindings(st);
	}
	return r;
}

static int scan_statement(struct sqlite_connection *c, const struct store_table *t,
			  const struct store_range *range, sqlite3_stmt **ret, bool *ret_is_own)
{
	int form = (range->has_from ? HAS_FROM : 0) | (range->has_to ? HAS_TO : 0) |
		   (range->is_descending ? DESCENDING : 0);
	sqlite3_stmt **slot =
		&sqlite_statements_of(c, t)->scans[range->index + 1][range->equal_count][form];
	/* A scan inside a scan of the same form needs a statement of its own. */
	bool is_busy = *slot != NULL && sqlite3_stmt_busy(*slot);
	*ret_is_own = is_busy;
	if (*slot != NULL && !is_busy) {
		*ret = *slot;
		return SQLITE_OK;
	}
	struct usher_buf sql = {0};
	sqlite_sql_scan(t, range, &sql);
	int rc = sqlite_prepare(c, &sql, is_busy ? ret : slot);
	buf_done(&sql);
	if (!is_busy)
		*ret = *slot;
	return rc;
}

static void bind_range(sqlite3_stmt *st, const struct store_table *t,
		       const struct store_range *range)
{
	struct row_order order = row_order(t, range->index);
	int place = 0;
	for (int i = 0; i < range->equal_count; i++)
		sqlite_bind(st, ++place, t, range->like, order.columns[i]);
	if (range->has_from)
		sqlite3_bind_int64(st, ++place, range->from);
	if (range->has_to)
		sqlite3_bind_int64(st, ++place, range->to);
	sqlite3_bind_int64(st, ++place, range->limit > 0 ? range->limit : -1);
}

int sqlite_scan(struct store *base, const struct store_table *t, const struct store_range *range,
		store_on_row on_row, void *arg)
{
	struct sqlite_store *s = (struct sqlite_store *)base;
	_Alignas(16) char row[ROW_BYTES_MAX];
	sqlite3_stmt *st = NULL;
	bool is_own;
	if (scan_statement(&s->reader, t, range, &st, &is_own) != SQLITE_OK)
		return E_IO;
	bind_range(st, t, range);
	int r = 0, rc;
	while (r == 0 && (rc = sqlite3_step(st)) != SQLITE_DONE) {
		if (rc != SQLITE_ROW) {
			r = E_IO;
			break;
		}
		read_row(st, t, row);
		r = ran_out(st) ? E_IO : on_row(row, arg);
	}
	/* At once: a statement left open would hold on to the old state of the store. */
	(void)sqlite3_reset(st);
	(void)sqlite3_clear_bindings(st);
	if (is_own)
		(void)sqlite3_finalize(st);
	return r;
}
