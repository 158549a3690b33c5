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
 * it, except where the log could not take it (FULL) or was not begun (BUSY, LOCKED). */
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
static int give_up(struct sqlite_store *s, int code, const char *what, struct usher_error *reterr)
{
	if (code == E_UNKNOWN_OUTCOME)
		atomic_store(&s->checkpoint.is_broken, true);
	usher_error_set(reterr, code, "store: %s in %s failed (%s); %s", what, s->path,
			sqlite3_errmsg(s->writer.db),
			code == E_UNKNOWN_OUTCOME ? "whether it was written is not known"
						  : "nothing was written");
	if (sqlite3_get_autocommit(s->writer.db))
		return code; /* SQLite took it back itself */
	int rc = step_once(s->rollback);
	if (rc == SQLITE_DONE && sqlite3_get_autocommit(s->writer.db))
		return code;
	atomic_store(&s->checkpoint.is_broken, true);
	return usher_error_set(reterr, E_UNKNOWN_OUTCOME,
			       "store: %s in %s failed and so did taking it back (%s)", what,
			       s->path, sqlite3_errmsg(s->writer.db));
}

static sqlite3_stmt **slot_of(struct sqlite_statements *st, enum batch_verb verb)
{
	switch (verb) {
	case BATCH_PUT:
		return &st->put;
	case BATCH_ADD:
		return &st->add;
	case BATCH_REMOVE:
		return &st->remove;
	case BATCH_REMOVE_BELOW:
		return &st->remove_below;
	}
	return NULL;
}

static int prepare(struct sqlite_connection *c, const struct store_table *t, enum batch_verb verb,
		   sqlite3_stmt **slot)
{
	struct usher_buf sql = {0};
	switch (verb) {
	case BATCH_PUT:
		sqlite_sql_put(t, &sql);
		break;
	case BATCH_ADD:
		sqlite_sql_add(t, &sql);
		break;
	case BATCH_REMOVE:
		sqlite_sql_remove(t, &sql);
		break;
	case BATCH_REMOVE_BELOW:
		sqlite_sql_remove_below(t, &sql);
		break;
	}
	int rc = sqlite_prepare(c, &sql, slot);
	buf_done(&sql);
	return rc;
}

static int write_row(struct sqlite_connection *c, const struct batch_write *w)
{
	const struct store_table *t = w->table;
	sqlite3_stmt **slot = slot_of(sqlite_statements_of(c, t), w->verb);
	if (*slot == NULL) {
		int rc = prepare(c, t, w->verb, slot);
		if (rc != SQLITE_OK)
			return rc;
	}
	if (w->verb == BATCH_REMOVE_BELOW) {
		sqlite3_bind_int64(*slot, 1, w->limit);
	} else if (w->verb == BATCH_REMOVE) {
		for (int i = 0; i < row_key_count(t); i++)
			sqlite_bind(*slot, i + 1, t, w->row, t->key[i]);
	} else {
		for (int i = 0; i < t->column_count; i++)
			sqlite_bind(*slot, i + 1, t, w->row, i);
	}
	return step_once(*slot);
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
				       "store: %s failed before and may not be used again", s->path);
	int r = check_place(s, reterr);
	if (r < 0)
		return r;
	sqlite_checkpoint_relieve(&s->checkpoint);
	int rc = step_once(s->begin);
	if (rc != SQLITE_DONE)
		return give_up(s, code_before(rc), "BEGIN", reterr);
	for (size_t i = 0; i < b->count; i++) {
		rc = write_row(&s->writer, &b->writes[i]);
		if (rc != SQLITE_DONE)
			return give_up(s, code_before(rc), b->writes[i].table->name, reterr);
	}
	rc = step_once(s->commit);
	if (rc != SQLITE_DONE)
		return give_up(s, code_at_commit(rc), "COMMIT", reterr);
	return 0;
}
