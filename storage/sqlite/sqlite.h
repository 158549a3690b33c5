/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite driver's own parts. Private to storage/sqlite. */
#ifndef STORAGE_SQLITE_SQLITE_H
#define STORAGE_SQLITE_SQLITE_H

#include "storage/driver.h"
#include "storage/row.h"
#include "storage/sqlite/migrate.h"

#include <pthread.h>
#include <stdatomic.h>

#define SQLITE_TABLES_MAX 32
#define SQLITE_BUSY_MS 2000          /* another process may hold the lock so long */
#define SQLITE_FOLD_PAGES 1000          /* the checkpoint thread is woken at so many new WAL pages */
#define SQLITE_WAL_PAGES_MAX 16384   /* past it the committer waits for a checkpoint: 64 MiB */
#define SQLITE_CHECK_BYTES (256 * 1024 * 1024) /* a larger file is not read whole at the start */

/* ---- connection.c ---- */

/* Statements of one table, prepared when first used. */
struct sqlite_statements {
	sqlite3_stmt *add, *remove, *remove_below, *get; /* owned */
	sqlite3_stmt *probe;                             /* the indexed columns of one row; owned */
	sqlite3_stmt *updates[1 << STORE_INDEXES_MAX];   /* by which indexes change; owned */
	/* By index + 1, equal_count and the bits HAS_FROM, HAS_TO, DESCENDING; owned. */
	sqlite3_stmt *scans[STORE_INDEXES_MAX + 1][ORDER_COLUMNS_MAX + 1][8];
};

struct sqlite_connection {
	sqlite3 *db; /* owned */
	struct sqlite_statements tables[SQLITE_TABLES_MAX];
};

/* Opens an existing file with the settings every connection has. */
int sqlite_connect(struct sqlite_connection *c, const char *path, struct usher_error *reterr)
	USHER_CHECKED;
int sqlite_connect_read_only(struct sqlite_connection *c, const char *path,
			     struct usher_error *reterr) USHER_CHECKED;
void sqlite_disconnect(struct sqlite_connection *c); /* harmless when it is not open */

/* What a failure outside a commit means: E_INVALID for a file that is damaged or no database, E_IO. */
int sqlite_code(int rc);
/* No room, which is not a fault of the disk: SQLite knows ENOSPC, a used-up quota it does not.
 * `file` says which one was written: SQLITE_FCNTL_JOURNAL_POINTER (the log), …_FILE_POINTER. */
bool sqlite_is_full(sqlite3 *db, int rc, int file);
/* One statement without rows, or with one integer; the sentence names the file. */
int sqlite_run(sqlite3 *db, const char *path, const char *sql, struct usher_error *reterr)
	USHER_CHECKED;
int sqlite_integer(sqlite3 *db, const char *path, const char *sql, int64_t *ret,
		   struct usher_error *reterr) USHER_CHECKED;

/* ---- statement.c ---- */

struct sqlite_statements *sqlite_statements_of(struct sqlite_connection *c,
					       const struct store_table *t);
void sqlite_sql_add(const struct store_table *t, struct usher_buf *ret);
void sqlite_sql_remove(const struct store_table *t, struct usher_buf *ret);
void sqlite_sql_remove_below(const struct store_table *t, struct usher_buf *ret);
void sqlite_sql_get(const struct store_table *t, struct usher_buf *ret);
/* SELECT 1 and then the columns of every index, in their order. */
void sqlite_sql_probe(const struct store_table *t, struct usher_buf *ret);
/* Leaves out the columns of the indexes that are not in `indexes` (a bit each). */
void sqlite_sql_update(const struct store_table *t, unsigned indexes, struct usher_buf *ret);
void sqlite_sql_scan(const struct store_table *t, const struct store_range *r,
		     struct usher_buf *ret);
/* Returns SQLite's result; *slot stays NULL on failure. */
int sqlite_prepare(struct sqlite_connection *c, const struct usher_buf *sql, sqlite3_stmt **slot);
void sqlite_bind(sqlite3_stmt *st, int place, const struct store_table *t, const void *row,
		 int column);

/* ---- checkpoint.c ---- */

struct sqlite_checkpoint {
	struct sqlite_connection connection;
	const char *path; /* borrowed: the store's */
	pthread_t thread;
	bool is_running;
	pthread_mutex_t running; /* held during a checkpoint */
	pthread_mutex_t mutex;   /* guards the next two */
	pthread_cond_t woken;
	bool is_wanted, is_ending;
	atomic_int wal_pages;    /* in the log after the last commit */
	atomic_int folded_pages; /* of them in the database already */
	int relieved_pages;      /* the committer's: log length when it last waited */
	atomic_bool is_broken;   /* a sync failed: nothing may be trusted any more */
};

int sqlite_checkpoint_start(struct sqlite_checkpoint *c, const char *path,
			    struct usher_error *reterr) USHER_CHECKED;
void sqlite_checkpoint_stop(struct sqlite_checkpoint *c); /* harmless when it was not started */
void sqlite_checkpoint_wake(struct sqlite_checkpoint *c);
void sqlite_checkpoint_note(struct sqlite_checkpoint *c, int wal_pages); /* after a commit */
void sqlite_checkpoint_relieve(struct sqlite_checkpoint *c); /* before a commit */

/* ---- store.c and the calls of the driver ---- */

struct sqlite_store {
	struct store store; /* first */
	char *path;         /* owned */
	int64_t version;
	struct sqlite_connection reader; /* of the thread that owns the store */
	struct sqlite_connection writer; /* of the committer */
	sqlite3_stmt *begin, *commit, *rollback; /* owned */
	struct sqlite_checkpoint checkpoint;
};

/* store_open_sqlite with other migrations, for tests. */
int sqlite_open(struct store **ret, const char *path, const struct sqlite_migration *migrations,
		int count, struct usher_error *reterr) USHER_CHECKED;

int sqlite_commit(struct store *s, const struct store_batch *b, struct usher_error *reterr);
int sqlite_get(struct store *s, const struct store_table *t, const void *key_row,
	       struct arena *arena, void *ret_row);
int sqlite_scan(struct store *s, const struct store_table *t, const struct store_range *range,
		store_on_row on_row, void *arg);
int sqlite_backup(struct store *s, const char *path, struct usher_error *reterr);

#endif
