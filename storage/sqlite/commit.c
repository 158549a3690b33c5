/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/batch.h"
#include "storage/sqlite/sqlite.h"

/* Before COMMIT an error undoes everything; only one that says the disk or the file cannot be
 * trusted ends the process, because what was committed earlier may be gone with it. */
static int code_before(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_IOERR:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_INTERNAL:
		return E_UNKNOWN_OUTCOME;
	case SQLITE_TOOBIG:
		return E_LIMIT;
	}
	if (rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_UNIQUE ||
	    rc == SQLITE_CONSTRAINT_ROWID)
		return E_EXISTS;
	return E_IO;
}

/* At COMMIT the frame that makes it count may be in the log already, whatever went wrong behind
 * it, except where the log could not take it (full) or was not begun (BUSY, LOCKED). */
static int code_at_commit(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_FULL:
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return E_IO;
	default:
		return E_UNKNOWN_OUTCOME;
	}
}

static int step_once(sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);
	(void)sqlite3_reset(st); /* repeats the fault of the step */
	return rc;
}

/* Reports the failure and takes the transaction back. */
static int give_up(struct sqlite_store *s, int rc, int (*code_of)(int rc), const char *what,
		   struct usher_error *reterr)
{
	sqlite3 *db = s->writer.db;
	bool is_full = sqlite_is_full(db, rc, SQLITE_FCNTL_JOURNAL_POINTER);
	int code = code_of(is_full ? SQLITE_FULL : rc);
	if (code == E_UNKNOWN_OUTCOME)
		atomic_store(&s->checkpoint.is_broken, true);
	usher_error_set(reterr, code, "store: %s in %s failed (%s); %s", what, s->path,
			is_full ? sqlite3_errstr(SQLITE_FULL) : sqlite3_errmsg(db),
			code == E_UNKNOWN_OUTCOME ? "whether it was written is not known"
						  : "nothing was written");
	if (sqlite3_get_autocommit(db))
		return code; /* SQLite took it back itself */
	rc = step_once(s->rollback);
	if (rc == SQLITE_DONE && sqlite3_get_autocommit(db))
		return code;
	atomic_store(&s->checkpoint.is_broken, true);
	return usher_error_set(reterr, E_UNKNOWN_OUTCOME,
			       "store: %s in %s failed and so did taking it back (%s)", what,
			       s->path, sqlite3_errmsg(db));
}

static void bind_row(sqlite3_stmt *st, const struct batch_write *w)
{
	for (int i = 0; i < w->table->column_count; i++)
		sqlite_bind(st, i + 1, w->table, w->row, i);
}

static void bind_key(sqlite3_stmt *st, const struct batch_write *w)
{
	for (int i = 0; i < row_key_count(w->table); i++)
		sqlite_bind(st, i + 1, w->table, w->row, w->table->key[i]);
}

/* Prepares the statement when it is first used. */
static int ready(struct sqlite_connection *c, const struct store_table *t, sqlite3_stmt **slot,
		 void (*make_sql)(const struct store_table *t, struct usher_buf *ret))
{
	if (*slot != NULL)
		return SQLITE_OK;
	struct usher_buf sql = {0};
	make_sql(t, &sql);
	int rc = sqlite_prepare(c, &sql, slot);
	buf_done(&sql);
	return rc;
}

static int add_row(struct sqlite_connection *c, const struct batch_write *w)
{
	struct sqlite_statements *st = sqlite_statements_of(c, w->table);
	int rc = ready(c, w->table, &st->add, sqlite_sql_add);
	if (rc != SQLITE_OK)
		return rc;
	bind_row(st->add, w);
	return step_once(st->add);
}

static bool is_equal(sqlite3_stmt *st, int place, const struct batch_write *w, int column)
{
	if (w->table->columns[column].type == STORE_INTEGER)
		return sqlite3_column_int64(st, place) == row_integer(w->table, w->row, column);
	const void *p = sqlite3_column_blob(st, place);
	struct usher_text there = text_slice(p, (size_t)sqlite3_column_bytes(st, place));
	return text_equal(there, row_text(w->table, w->row, column));
}

/* A bit for each index in which the row's place changes. */
static unsigned changed_indexes(sqlite3_stmt *probe, const struct batch_write *w)
{
	unsigned changed = 0;
	int place = 1;
	for (int i = 0; i < STORE_INDEXES_MAX && w->table->indexes[i].name != NULL; i++)
		for (int k = 0; k < STORE_KEY_MAX && w->table->indexes[i].columns[k] >= 0; k++)
			if (!is_equal(probe, place++, w, w->table->indexes[i].columns[k]))
				changed |= 1u << i;
	return changed;
}

static int put_row(struct sqlite_connection *c, const struct batch_write *w)
{
	struct sqlite_statements *st = sqlite_statements_of(c, w->table);
	int rc = ready(c, w->table, &st->probe, sqlite_sql_probe);
	if (rc != SQLITE_OK)
		return rc;
	bind_key(st->probe, w);
	rc = sqlite3_step(st->probe);
	unsigned changed = rc == SQLITE_ROW ? changed_indexes(st->probe, w) : 0;
	(void)sqlite3_reset(st->probe); /* repeats the fault of the step */
	if (rc == SQLITE_DONE)
		return add_row(c, w);
	if (rc != SQLITE_ROW)
		return rc;
	if (st->updates[changed] == NULL) {
		struct usher_buf sql = {0};
		sqlite_sql_update(w->table, changed, &sql);
		rc = sqlite_prepare(c, &sql, &st->updates[changed]);
		buf_done(&sql);
		if (rc != SQLITE_OK)
			return rc;
	}
	bind_row(st->updates[changed], w);
	return step_once(st->updates[changed]);
}

static int write_row(struct sqlite_connection *c, const struct batch_write *w)
{
	struct sqlite_statements *st = sqlite_statements_of(c, w->table);
	int rc;
	switch (w->verb) {
	case BATCH_PUT:
		return put_row(c, w);
	case BATCH_ADD:
		return add_row(c, w);
	case BATCH_REMOVE:
		rc = ready(c, w->table, &st->remove, sqlite_sql_remove);
		if (rc != SQLITE_OK)
			return rc;
		bind_key(st->remove, w);
		return step_once(st->remove);
	case BATCH_REMOVE_BELOW:
		rc = ready(c, w->table, &st->remove_below, sqlite_sql_remove_below);
		if (rc != SQLITE_OK)
			return rc;
		sqlite3_bind_int64(st->remove_below, 1, w->limit);
		return step_once(st->remove_below);
	}
	return SQLITE_INTERNAL;
}

/* Rows written to a file that has been moved or removed would be acknowledged and lost. */
static int check_place(struct sqlite_store *s, struct usher_error *reterr)
{
	int has_moved = 0;
	int rc = sqlite3_file_control(s->writer.db, NULL, SQLITE_FCNTL_HAS_MOVED, &has_moved);
	if (rc == SQLITE_OK && !has_moved)
		return 0;
	return usher_error_set(reterr, E_IO,
			       "store: %s was moved, removed or replaced; nothing was written",
			       s->path);
}

int sqlite_commit(struct store *base, const struct store_batch *b, struct usher_error *reterr)
{
	struct sqlite_store *s = (struct sqlite_store *)base;
	if (atomic_load(&s->checkpoint.is_broken))
		return usher_error_set(reterr, E_UNKNOWN_OUTCOME,
				       "store: %s failed before and may not be used again",
				       s->path);
	int r = check_place(s, reterr);
	if (r < 0)
		return r;
	sqlite_checkpoint_relieve(&s->checkpoint);
	int rc = step_once(s->begin);
	if (rc != SQLITE_DONE)
		return give_up(s, rc, code_before, "BEGIN", reterr);
	for (size_t i = 0; i < b->count; i++) {
		rc = write_row(&s->writer, &b->writes[i]);
		if (rc != SQLITE_DONE)
			return give_up(s, rc, code_before, b->writes[i].table->name, reterr);
	}
	rc = step_once(s->commit);
	if (rc != SQLITE_DONE)
		return give_up(s, rc, code_at_commit, "COMMIT", reterr);
	return 0;
}
