/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/sqlite/sqlite.h"

#include "storage/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_store(struct store *base)
{
	struct sqlite_store *s = (struct sqlite_store *)base;
	sqlite_checkpoint_stop(&s->checkpoint);
	(void)sqlite3_finalize(s->begin);
	(void)sqlite3_finalize(s->commit);
	(void)sqlite3_finalize(s->rollback);
	sqlite_disconnect(&s->reader);
	sqlite_disconnect(&s->writer); /* the last one folds the log and removes it */
	free(s->path);
	free(s);
}

static int64_t schema_version(const struct store *base)
{
	return ((const struct sqlite_store *)base)->version;
}

static void checkpoint(struct store *base)
{
	if (!base->is_reader)
		sqlite_checkpoint_wake(&((struct sqlite_store *)base)->checkpoint);
}

static int inject(struct store *s, enum store_fault fault, int after)
{
	(void)s, (void)fault, (void)after;
	return E_UNSUPPORTED;
}

static int reader_new(struct store **ret, struct store *base, struct usher_error *reterr);

static const struct store_driver driver = {
	.name = "sqlite",
	.close = close_store,
	.schema_version = schema_version,
	.commit = sqlite_commit,
	.checkpoint = checkpoint,
	.get = sqlite_get,
	.scan = sqlite_scan,
	.reader_new = reader_new,
	.backup = sqlite_backup,
	.inject = inject,
};

static struct sqlite_store *store_new(const char *path)
{
	struct sqlite_store *s = NEW(struct sqlite_store);
	s->store.driver = &driver;
	s->path = memory_copy(text_of(path));
	return s;
}

/* The reader's connection is opened like any other and then forbidden to write. */
static int connect_reader(struct sqlite_store *s, struct usher_error *reterr)
{
	int r = sqlite_connect(&s->reader, s->path, reterr);
	return r < 0 ? r : sqlite_run(s->reader.db, s->path, "PRAGMA query_only=ON", reterr);
}

static int reader_new(struct store **ret, struct store *base, struct usher_error *reterr)
{
	const struct sqlite_store *from = (const struct sqlite_store *)base;
	struct sqlite_store *s = store_new(from->path);
	s->store.is_reader = true;
	s->version = from->version;
	int r = connect_reader(s, reterr);
	if (r < 0) {
		close_store(&s->store);
		return r;
	}
	*ret = &s->store;
	return 0;
}

/* An empty file is a valid, empty database; made here, since it holds what only Usher may read.
 * The log and its index get the same mode from SQLite. */
static int make_file(const char *path, struct usher_error *reterr)
{
	struct stat st;
	int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return usher_error_set(reterr, E_IO, "store: cannot open %s (%s)", path,
				       strerror(errno));
	int r = fstat(fd, &st);
	close(fd);
	if (r == 0 && st.st_size > 0)
		return 0;
	/* SQLite would take an emptied file for a new one and throw its log away. */
	struct usher_buf log = {0};
	buf_addf(&log, "%s-wal", path);
	bool has_log = stat(log.p, &st) == 0 && st.st_size > 0;
	buf_done(&log);
	if (!has_log)
		return 0;
	return usher_error_set(reterr, E_INVALID,
			       "store: %s is empty but its log %s-wal is not; restore the last "
			       "backup",
			       path, path);
}

static int check_whole(sqlite3 *db, const char *path, struct usher_error *reterr)
{
	struct stat st;
	if (stat(path, &st) < 0 || st.st_size > SQLITE_CHECK_BYTES)
		return 0;
	int64_t is_sound;
	int r = sqlite_integer(db, path, "SELECT quick_check='ok' FROM pragma_quick_check(1)",
			       &is_sound, reterr);
	if (r < 0 || is_sound)
		return r;
	return usher_error_set(reterr, E_INVALID, "store: %s is damaged; restore the last backup",
			       path);
}

static int set_wal(sqlite3 *db, const char *path, struct usher_error *reterr)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, "PRAGMA journal_mode=WAL", -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	bool is_wal = rc == SQLITE_ROW &&
		      text_equal(text_of((const char *)sqlite3_column_text(st, 0)), TEXT("wal"));
	(void)sqlite3_finalize(st); /* repeats the fault of the step */
	if (is_wal)
		return 0;
	return usher_error_set(reterr, E_IO,
			       "store: %s cannot have a write-ahead log there (%s); choose a "
			       "folder on a local disk",
			       path, sqlite3_errmsg(db));
}

/* Whole, ours, of our version and in WAL mode; then closed, and the names in its folder synced:
 * a rollback journal that came back after a power loss would undo what was committed since. */
static int prepare_file(const char *path, const struct sqlite_migration *migrations, int count,
			int64_t *ret, struct usher_error *reterr)
{
	struct sqlite_connection c = {0};
	int r = make_file(path, reterr);
	if (r == 0)
		r = sqlite_connect(&c, path, reterr);
	if (r == 0)
		r = check_whole(c.db, path, reterr);
	if (r == 0)
		r = sqlite_migrate(c.db, path, migrations, count, ret, reterr);
	if (r == 0)
		r = set_wal(c.db, path, reterr);
	sqlite_disconnect(&c);
	int failure = r == 0 ? folder_sync_of(path) : 0;
	if (failure < 0)
		r = usher_error_set(reterr, E_IO, "store: cannot sync the folder of %s (%s)", path,
				    strerror(-failure));
	return r;
}

static int on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
	(void)db, (void)name;
	sqlite_checkpoint_note(arg, pages);
	return SQLITE_OK;
}

static int connect_writer(struct sqlite_store *s, struct usher_error *reterr)
{
	int r = sqlite_connect(&s->writer, s->path, reterr);
	if (r < 0)
		return r;
	sqlite3_wal_hook(s->writer.db, on_commit, &s->checkpoint);
	const char *const sql[] = {"BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"};
	sqlite3_stmt **slots[] = {&s->begin, &s->commit, &s->rollback};
	for (int i = 0; i < 3; i++)
		if (sqlite3_prepare_v3(s->writer.db, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
				       slots[i], NULL) != SQLITE_OK)
			return usher_error_set(reterr, E_IO, "store: cannot use %s (%s)", s->path,
					       sqlite3_errmsg(s->writer.db));
	return 0;
}

int sqlite_open(struct store **ret, const char *path, const struct sqlite_migration *migrations,
		int count, struct usher_error *reterr)
{
	struct sqlite_store *s = store_new(path);
	int r = prepare_file(path, migrations, count, &s->version, reterr);
	if (r == 0)
		r = connect_writer(s, reterr);
	if (r == 0)
		r = connect_reader(s, reterr);
	if (r == 0)
		r = sqlite_checkpoint_start(&s->checkpoint, s->path, reterr);
	if (r < 0) {
		close_store(&s->store);
		return r;
	}
	*ret = &s->store;
	return 0;
}

int store_open_sqlite(struct store **ret, const char *where, struct usher_error *reterr)
{
	return sqlite_open(ret, where, sqlite_migrations, sqlite_migration_count, reterr);
}

static int connect_read_only(struct sqlite_store *s, struct usher_error *reterr)
{
	struct stat st;
	if (stat(s->path, &st) < 0)
		return usher_error_set(reterr, errno == ENOENT ? E_NOT_FOUND : E_IO,
				       "store: cannot open %s (%s)", s->path, strerror(errno));
	int r = sqlite_connect_read_only(&s->reader, s->path, reterr);
	if (r == 0)
		r = sqlite_integer(s->reader.db, s->path, "PRAGMA user_version", &s->version,
				   reterr);
	if (r == 0 && s->version < sqlite_migration_count)
		return usher_error_set(reterr, E_INVALID,
				       "store: %s has schema version %lld, this program reads %d; "
				       "run usher serve of this version on it first",
				       s->path, (long long)s->version, sqlite_migration_count);
	/* Of this version or a newer one: it only looks whose the database is. */
	return r < 0 ? r
		     : sqlite_migrate(s->reader.db, s->path, sqlite_migrations,
				      sqlite_migration_count, &s->version, reterr);
}

int store_open_sqlite_reader(struct store **ret, const char *where, struct usher_error *reterr)
{
	struct sqlite_store *s = store_new(where);
	s->store.is_reader = true;
	int r = connect_read_only(s, reterr);
	if (r < 0) {
		close_store(&s->store);
		return r;
	}
	*ret = &s->store;
	return 0;
}

const char *store_sqlite_version(void)
{
	return sqlite3_libversion();
}
