/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/sqlite/sqlite.h"

#include <errno.h>

static const char *const settings[] = {
	"PRAGMA synchronous=FULL",     /* a commit is on the disk when it returns */
	"PRAGMA wal_autocheckpoint=0", /* never inside a commit: it would wait for it */
	"PRAGMA mmap_size=0",	       /* an I/O error must be an error, not a signal */
	"PRAGMA cell_size_check=ON",
	"PRAGMA trusted_schema=OFF",
	"PRAGMA secure_delete=ON", /* what is erased is gone from the file too */
	"PRAGMA temp_store=MEMORY",
	"PRAGMA cache_size=-16384", /* KiB */
	"PRAGMA journal_size_limit=67108864",
};

int sqlite_code(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
		return 0;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return E_INVALID;
	default:
		return E_IO;
	}
}

bool sqlite_is_full(sqlite3 *db, int rc, int file)
{
	sqlite3_file *f = NULL;
	int failure = 0;
	if (rc == SQLITE_FULL)
		return true;
	return rc == SQLITE_IOERR_WRITE && sqlite3_file_control(db, NULL, file, &f) == SQLITE_OK &&
	       f != NULL && f->pMethods != NULL &&
	       f->pMethods->xFileControl(f, SQLITE_FCNTL_LAST_ERRNO, &failure) == SQLITE_OK &&
	       failure == EDQUOT;
}

static int failed(sqlite3 *db, const char *path, int rc, struct usher_error *reterr)
{
	switch (rc & 0xff) {
	case SQLITE_NOTADB:
		return usher_error_set(reterr, E_INVALID, "store: %s is not a database", path);
	case SQLITE_CORRUPT:
		return usher_error_set(reterr, E_INVALID,
				       "store: %s is damaged (%s); restore the last backup", path,
				       sqlite3_errmsg(db));
	default:
		return usher_error_set(reterr, sqlite_code(rc), "store: cannot use %s (%s)", path,
				       sqlite3_errmsg(db));
	}
}

int sqlite_run(sqlite3 *db, const char *path, const char *sql, struct usher_error *reterr)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : failed(db, path, rc, reterr);
}

int sqlite_integer(sqlite3 *db, const char *path, const char *sql, int64_t *ret,
		   struct usher_error *reterr)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	int r = rc == SQLITE_ROW ? 0 : failed(db, path, rc, reterr);
	if (r == 0)
		*ret = sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st); /* repeats the fault of the step */
	return r;
}

static int connect_as(struct sqlite_connection *c, const char *path, int mode,
		      struct usher_error *reterr)
{
	/* Each connection is used by one thread at a time. */
	int flags = mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int rc = sqlite3_open_v2(path, &c->db, flags, NULL);
	if (rc != SQLITE_OK)
		return failed(c->db, path, rc, reterr);
	sqlite3_busy_timeout(c->db, SQLITE_BUSY_MS);
	sqlite3_limit(c->db, SQLITE_LIMIT_LENGTH, STORE_BATCH_BYTES_MAX + 65536);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		int r = sqlite_run(c->db, path, settings[i], reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

int sqlite_connect(struct sqlite_connection *c, const char *path, struct usher_error *reterr)
{
	return connect_as(c, path, SQLITE_OPEN_READWRITE, reterr);
}

int sqlite_connect_read_only(struct sqlite_connection *c, const char *path,
			     struct usher_error *reterr)
{
	return connect_as(c, path, SQLITE_OPEN_READONLY, reterr);
}

static void finalize_table(struct sqlite_statements *t)
{
	sqlite3_stmt *single[] = {t->add, t->remove, t->remove_below, t->get, t->probe};
	for (size_t i = 0; i < sizeof single / sizeof single[0]; i++)
		(void)sqlite3_finalize(single[i]);
	for (size_t i = 0; i < sizeof t->updates / sizeof t->updates[0]; i++)
		(void)sqlite3_finalize(t->updates[i]);
	sqlite3_stmt **scans = &t->scans[0][0][0];
	for (size_t i = 0; i < sizeof t->scans / sizeof *scans; i++)
		(void)sqlite3_finalize(scans[i]);
}

void sqlite_disconnect(struct sqlite_connection *c)
{
	for (int i = 0; i < SQLITE_TABLES_MAX; i++)
		finalize_table(&c->tables[i]);
	(void)sqlite3_close(c->db);
	*c = (struct sqlite_connection){0};
}
