/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only door to durable state.
 *
 * A store is a set of tables of rows (storage/record.h lists them: each is a C struct and a
 * description of its columns). Writes are collected in a batch and committed in one transaction:
 * all of it or nothing. Reads see every committed batch.
 *
 * Threads: one thread at a time may call store_commit (the committer); reads come from the thread
 * that owns the loop and, with store_reader_new, from workers. A driver makes both safe.
 *
 * What a commit answers:
 *   0                  it is on stable storage
 *   E_IO, E_LIMIT, E_EXISTS
 *                      it surely did not happen (disk full, locked, too large, a row added twice);
 *                      nothing changed
 *   E_UNKNOWN_OUTCOME  it may have happened: the process must end and reconcile. Never retried.
 */
#ifndef STORAGE_STORE_H
#define STORAGE_STORE_H

#include "routing/base/id.h"
#include "routing/base/memory.h"

struct store;

enum store_type {
	STORE_INTEGER, /* int64_t or usher_id */
	STORE_TEXT,    /* struct usher_text, UTF-8 */
	STORE_BYTES,   /* struct usher_text, any bytes */
};

struct store_column {
	const char *name;
	enum store_type type;
	size_t offset; /* in the row's struct; integers are 8 bytes wide there */
};

#define STORE_COLUMNS_MAX 40
#define STORE_KEY_MAX 3
#define STORE_INDEXES_MAX 3

struct store_index {
	const char *name;
	int columns[STORE_KEY_MAX]; /* column numbers, -1 = unused; the primary key follows */
};

struct store_table {
	const char *name;
	size_t row_bytes; /* sizeof the row's struct */
	int column_count;
	const struct store_column *columns;
	int key[STORE_KEY_MAX]; /* column numbers of the primary key, -1 = unused */
	struct store_index indexes[STORE_INDEXES_MAX]; /* name NULL = unused */
};

/* ---- drivers ------------------------------------------------------------------------------- */

/* `where` for sqlite: the path of the database file, created with its folder's entry synced;
 * for memory: ignored. Applies the migrations of storage/schema that are missing. Fails with a
 * sentence that names the file: E_IO, E_INVALID (not a database, or of a newer version). */
int store_open_sqlite(struct store **ret, const char *where, struct usher_error *reterr) USHER_CHECKED;
int store_open_memory(struct store **ret, struct usher_error *reterr) USHER_CHECKED;
/* Reads only, also while another process writes there; nothing is made, migrated or changed.
 * E_NOT_FOUND: no such file; E_INVALID: no database of exactly this version; E_IO. */
int store_open_sqlite_reader(struct store **ret, const char *where,
			     struct usher_error *reterr) USHER_CHECKED;

struct store *store_close(struct store *s); /* accepts NULL; always NULL; no commit may be running */

const char *store_driver_name(const struct store *s); /* "sqlite", "memory" */
const char *store_sqlite_version(void); /* of the library this process runs with */
int64_t store_schema_version(const struct store *s);

/* ---- writing ------------------------------------------------------------------------------- */

struct store_batch; /* rows to write, copied into the batch's own memory */

/* A larger batch is refused with E_LIMIT when it is committed. One text or bytes value may be as
 * large as the whole batch. */
#define STORE_BATCH_ROWS_MAX 100000
#define STORE_BATCH_BYTES_MAX (256 * 1024 * 1024)

struct store_batch *store_batch_new(void);
struct store_batch *store_batch_free(struct store_batch *b); /* accepts NULL; always NULL */
void store_batch_clear(struct store_batch *b);               /* empties it for the next turn */
size_t store_batch_count(const struct store_batch *b);
size_t store_batch_bytes(const struct store_batch *b);

/* Replaces the row with the same primary key or adds it. `row` points to the table's struct; its
 * texts are copied. Order inside a batch is kept. */
void store_put(struct store_batch *b, const struct store_table *t, const void *row);
/* Adds a row whose key is known to be new (journal, messages): cheaper; a second one with the same
 * key makes the commit fail with E_EXISTS and nothing is written. */
void store_add(struct store_batch *b, const struct store_table *t, const void *row);
/* Removes the row with the key columns of `row`; one that is not there is no fault. */
void store_remove(struct store_batch *b, const struct store_table *t, const void *row);
/* Removes every row whose first key column, an integer, is below `limit` (journal, old facts). */
void store_remove_below(struct store_batch *b, const struct store_table *t, int64_t limit);

/* Blocking; on the committer's thread. Faults as above, with the reason. */
int store_commit(struct store *s, const struct store_batch *b, struct usher_error *reterr) USHER_CHECKED;

/* Folds the write-ahead log into the database, bounded work, on a thread of its own; harmless to
 * call at any time. */
void store_checkpoint(struct store *s);

/* ---- reading ------------------------------------------------------------------------------- */

/* Fills *ret_row; its texts live in `arena`. E_NOT_FOUND, E_IO. `key_row` holds the key columns. */
int store_get(struct store *s, const struct store_table *t, const void *key_row, struct arena *arena,
	      void *ret_row) USHER_CHECKED;

/* Called for each row, in order; texts are valid until it returns. Return 0 to go on, anything
 * else to stop (store_scan returns it). It may read from the same store, and then sees at
 * least what was committed when the outer scan began. */
typedef int (*store_on_row)(const void *row, void *arg);

struct store_range {
	int index;        /* number in t->indexes, or -1 for the primary key */
	int equal_count;  /* so many leading columns of it must equal those of `like` */
	const void *like; /* a row with those columns set; may be NULL when equal_count is 0 */
	bool has_from, has_to;    /* bounds for the next column (an integer), both inclusive */
	int64_t from, to;
	bool is_descending;
	int64_t limit; /* rows at most; 0 = no limit */
};
int store_scan(struct store *s, const struct store_table *t, const struct store_range *range,
	       store_on_row on_row, void *arg) USHER_CHECKED;

/* A second connection for a worker thread; reads only. Close it with store_close, before the
 * store it came from. */
int store_reader_new(struct store **ret, struct store *s, struct usher_error *reterr) USHER_CHECKED;

/* A consistent copy of the whole store in one file, while it is in use; on any thread but the
 * committer's. The file is there whole or not at all. E_EXISTS (it is never written over), E_IO,
 * E_UNSUPPORTED. */
int store_backup(struct store *s, const char *path, struct usher_error *reterr) USHER_CHECKED;

/* ---- faults, for tests and the simulator ---------------------------------------------------- */

enum store_fault { FAULT_NONE, FAULT_FULL, FAULT_GONE, FAULT_UNKNOWN };
/* The commit after the next `after` ones fails so: FULL and GONE as E_IO with nothing written,
 * UNKNOWN as E_UNKNOWN_OUTCOME with the rows written when `after` is odd, not written when it is
 * even. Once; the commits behind it succeed. FAULT_NONE takes it back. Memory driver only;
 * E_UNSUPPORTED else. */
int store_inject(struct store *s, enum store_fault fault, int after) USHER_CHECKED;

#endif
