/* SPDX-License-Identifier: Apache-2.0 */
/* What the SQLite driver promises beside the common contract. */
#include "tests/storage/fixture.h"

#include "storage/sqlite/sqlite.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static sqlite3 *raw_open(struct fixture *f)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	return db;
}

static void raw_run(sqlite3 *db, const char *sql)
{
	char *message = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
}

/* The first column of the first row, as text. */
static const char *raw_get(struct fixture *f, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	const char *value = sqlite3_step(st) == SQLITE_ROW
				    ? (const char *)sqlite3_column_text(st, 0)
				    : "no row";
	value = arena_string(&f->arena, text_of(value));
	sqlite3_finalize(st);
	return value;
}

static void use_again(struct fixture *f, int64_t number)
{
	struct skill_row got;
	store_put(f->batch, &SKILL, &(struct skill_row){number, TEXT("x")});
	fixture_commit(f);
	assert_int_equal(
		store_get(f->store, &SKILL, &(struct skill_row){.number = number}, &f->arena, &got),
		0);
}

static void expect_refused(struct fixture *f, int code, const char *sentence)
{
	f->error.text[0] = '\0';
	assert_int_equal(store_open_sqlite(&f->store, f->path, &f->error), code);
	assert_int_equal(f->error.code, code);
	if (strstr(f->error.text, sentence) == NULL || strstr(f->error.text, f->path) == NULL)
		fail_msg("the sentence was: %s", f->error.text);
	f->store = NULL;
}

/* ---- the schema ----------------------------------------------------------------------------- */

static void expect_columns(struct fixture *f, sqlite3 *db, const struct store_table *t)
{
	static const char *const types[] = {"INTEGER", "TEXT", "BLOB"};
	sqlite3_stmt *st;
	const char *sql = arena_textf(&f->arena, "PRAGMA table_info(\"%s\")", t->name).p;
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	int n = 0;
	for (; sqlite3_step(st) == SQLITE_ROW; n++) {
		assert_true(n < t->column_count);
		assert_string_equal(sqlite3_column_text(st, 1), t->columns[n].name);
		assert_string_equal(sqlite3_column_text(st, 2), types[t->columns[n].type]);
		int place = sqlite3_column_int(st, 5); /* in the key, from 1; 0 = not */
		assert_true(place >= 0 && place <= STORE_KEY_MAX);
		if (place > 0)
			assert_int_equal(t->key[place - 1], n);
		for (int k = 0; k < STORE_KEY_MAX && place == 0; k++)
			assert_int_not_equal(t->key[k], n);
		bool is_rowid =
			place == 1 && row_key_count(t) == 1 && t->columns[n].type == STORE_INTEGER;
		assert_true(is_rowid || sqlite3_column_int(st, 3)); /* NOT NULL */
	}
	assert_int_equal(n, t->column_count);
	sqlite3_finalize(st);
}

static void expect_indexes(struct fixture *f, sqlite3 *db, const struct store_table *t)
{
	int n = 0;
	for (; n < STORE_INDEXES_MAX && t->indexes[n].name != NULL; n++) {
		const char *sql = arena_textf(&f->arena,
					      "SELECT group_concat(name) FROM "
					      "pragma_index_info('%s')",
					      t->indexes[n].name)
					  .p;
		struct usher_buf want = {0};
		for (int k = 0; k < STORE_KEY_MAX && t->indexes[n].columns[k] >= 0; k++)
			buf_addf(&want, "%s%s", k > 0 ? "," : "",
				 t->columns[t->indexes[n].columns[k]].name);
		assert_string_equal(raw_get(f, db, sql), want.p);
		buf_done(&want);
	}
	const char *sql = arena_textf(&f->arena,
				      "SELECT count(*) FROM pragma_index_list('%s') "
				      "WHERE origin='c'",
				      t->name)
				  .p;
	assert_int_equal(atoi(raw_get(f, db, sql)), n);
}

static void schema_agrees(void **state)
{
	struct fixture *f = *state;
	sqlite3 *db = raw_open(f);
	int tables = 0;
	for (; store_tables[tables] != NULL; tables++) {
		expect_columns(f, db, store_tables[tables]);
		expect_indexes(f, db, store_tables[tables]);
		assert_true(store_tables[tables]->column_count <= STORE_COLUMNS_MAX);
	}
	assert_true(tables <= SQLITE_TABLES_MAX);
	assert_int_equal(atoi(raw_get(f, db,
				      "SELECT count(*) FROM sqlite_schema "
				      "WHERE type='table'")),
			 tables);
	assert_string_equal(raw_get(f, db, "PRAGMA journal_mode"), "wal");
	assert_int_equal(atoi(raw_get(f, db, "PRAGMA user_version")), sqlite_migration_count);
	assert_int_equal(store_schema_version(f->store), sqlite_migration_count);
	sqlite3_close(db);
}

/* No scan may sort or read rows it does not give: each form walks one index. */
static void expect_plan(struct fixture *f, sqlite3 *db, const struct store_table *t,
			const struct store_range *r)
{
	struct usher_buf sql = {0};
	sqlite3_stmt *st;
	buf_adds(&sql, "EXPLAIN QUERY PLAN ");
	sqlite_sql_scan(t, r, &sql);
	if (sqlite3_prepare_v2(db, sql.p, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql.p, sqlite3_errmsg(db));
	int lines = 0;
	bool is_narrowed = r->equal_count > 0 || r->has_from || r->has_to;
	for (; sqlite3_step(st) == SQLITE_ROW; lines++) {
		const char *plan = (const char *)sqlite3_column_text(st, 3);
		if (strstr(plan, "TEMP B-TREE") != NULL ||
		    strncmp(plan, is_narrowed ? "SEARCH" : "SCAN", 4) != 0)
			fail_msg("%s: %s", sql.p, plan);
	}
	assert_int_equal(lines, 1);
	sqlite3_finalize(st);
	buf_done(&sql);
	arena_clear(&f->arena);
}

static void plans(void **state)
{
	struct fixture *f = *state;
	sqlite3 *db = raw_open(f);
	for (int i = 0; store_tables[i] != NULL; i++) {
		const struct store_table *t = store_tables[i];
		for (int index = -1; index < STORE_INDEXES_MAX; index++) {
			if (index >= 0 && t->indexes[index].name == NULL)
				break;
			struct row_order order = row_order(t, index);
			for (int form = 0; form < 8 * (order.count + 1); form++) {
				struct store_range r = {.index = index,
							.equal_count = form / 8,
							.is_descending = form & 4};
				if (r.equal_count < order.count) {
					r.has_from = form & 1;
					r.has_to = form & 2;
				}
				expect_plan(f, db, t, &r);
			}
		}
	}
	sqlite3_close(db);
}

/* ---- migrations ----------------------------------------------------------------------------- */

/* From each version that ever was, rows and all, to the present one. */
static void migrates_from_each_version(void **state)
{
	struct fixture *f = *state;
	for (int from = 1; from <= sqlite_migration_count; from++) {
		f->store = store_close(f->store);
		folder_remove(f->folder);
		assert_int_equal(mkdir(f->folder, 0700), 0);
		assert_int_equal(
			sqlite_open(&f->store, f->path, sqlite_migrations, from, &f->error), 0);
		assert_int_equal(store_schema_version(f->store), from);
		f->store = store_close(f->store);
		sqlite3 *db = raw_open(f);
		raw_run(db, "INSERT INTO skill(number,name) VALUES(7,'kept')");
		sqlite3_close(db);
		fixture_open(f);
		assert_int_equal(store_schema_version(f->store), sqlite_migration_count);
		struct skill_row got;
		assert_int_equal(store_get(f->store, &SKILL, &(struct skill_row){.number = 7},
					   &f->arena, &got),
				 0);
		assert_true(text_equal(got.name, TEXT("kept")));
	}
}

static void a_broken_migration_changes_nothing(void **state)
{
	struct fixture *f = *state;
	use_again(f, 1);
	f->store = store_close(f->store);
	struct sqlite_migration steps[8];
	int count = sqlite_migration_count;
	assert_true(count + 2 < 8);
	memcpy(steps, sqlite_migrations, (size_t)count * sizeof steps[0]);
	steps[count] =
		(struct sqlite_migration){"good.sql", "CREATE TABLE extra (a INTEGER) STRICT;"};
	steps[count + 1] = (struct sqlite_migration){
		"broken.sql", "CREATE TABLE more (a INTEGER) STRICT; DELETE FROM skill;"
			      "INSERT INTO nowhere VALUES(1);"};
	assert_int_equal(sqlite_open(&f->store, f->path, steps, count + 2, &f->error), E_IO);
	f->store = NULL;
	assert_non_null(strstr(f->error.text, "broken.sql"));
	sqlite3 *db = raw_open(f); /* the good one stands, of the broken one nothing */
	assert_int_equal(atoi(raw_get(f, db, "PRAGMA user_version")), count + 1);
	assert_string_equal(raw_get(f, db,
				    "SELECT group_concat(name) FROM sqlite_schema "
				    "WHERE name IN ('extra','more')"),
			    "extra");
	assert_string_equal(raw_get(f, db, "SELECT count(*) FROM skill"), "1");
	sqlite3_close(db);
	expect_refused(f, E_INVALID, "newer"); /* the program without the new step */
	steps[count + 1].sql = "CREATE TABLE more (a INTEGER) STRICT;";
	assert_int_equal(sqlite_open(&f->store, f->path, steps, count + 2, &f->error), 0);
	assert_int_equal(store_schema_version(f->store), count + 2);
}

/* ---- files that are not what they should be ------------------------------------------------- */

static void put_bytes(const char *path, int flags, off_t at, const void *bytes, size_t n)
{
	int fd = open(path, flags | O_WRONLY, 0600);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, n, at), (ssize_t)n);
	close(fd);
}

static void refuses_what_is_not_ours(void **state)
{
	struct fixture *f = *state;
	f->store = store_close(f->store);
	unlink(f->path);
	static const char text[] = "From: somebody\n\nThis is a mail and no database at all.\n";
	put_bytes(f->path, O_CREAT, 0, text, sizeof text);
	expect_refused(f, E_INVALID, "not a database");
	unlink(f->path);
	sqlite3 *db = raw_open(f);
	raw_run(db, "CREATE TABLE bookmarks (url TEXT)");
	sqlite3_close(db);
	expect_refused(f, E_INVALID, "another program");
	db = raw_open(f);
	assert_string_equal(raw_get(f, db, "PRAGMA journal_mode"), "delete"); /* untouched */
	sqlite3_close(db);
	unlink(f->path);
	assert_int_equal(mkdir(f->path, 0700), 0);
	expect_refused(f, E_IO, "cannot open");
	assert_int_equal(rmdir(f->path), 0);
	snprintf(f->path, sizeof f->path, "%s/none/usher.db", f->folder);
	expect_refused(f, E_IO, "No such file");
}

static void refuses_damage(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	for (int64_t i = 0; i < 2000; i++)
		store_put(f->batch, &JOURNAL,
			  &(struct journal_row){i, i, TEXT("some event of a certain length")});
	fixture_commit(f);
	f->store = store_close(f->store);
	assert_int_equal(stat(f->path, &st), 0);
	char *noise = memory_new(4096);
	memset(noise, 0xa5, 4096);
	put_bytes(f->path, 0, st.st_size / 4096 / 2 * 4096, noise, 4096); /* one page within */
	free(noise);
	expect_refused(f, E_INVALID, "damaged");
	assert_int_equal(truncate(f->path, st.st_size / 2), 0);
	expect_refused(f, E_INVALID, "damaged");
}

/* SQLite takes an empty file for a new database, and would drop the log that lies beside it. */
static void refuses_an_emptied_file(void **state)
{
	struct fixture *f = *state;
	use_again(f, 1);
	char log[128], kept[128];
	snprintf(log, sizeof log, "%s-wal", f->path);
	snprintf(kept, sizeof kept, "%s/kept", f->folder);
	assert_int_equal(link(log, kept), 0);
	f->store = store_close(f->store);
	assert_int_equal(rename(kept, log), 0);
	assert_int_equal(truncate(f->path, 0), 0);
	put_bytes(log, O_CREAT, 0, "x", 1);
	expect_refused(f, E_INVALID, "is empty but its log");
}

static void only_usher_may_read(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	char path[128];
	use_again(f, 1);
	static const char *const ends[] = {"", "-wal", "-shm"};
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s%s", f->path, ends[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	snprintf(path, sizeof path, "%s/copy.db", f->folder);
	assert_int_equal(store_backup(f->store, path, &f->error), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* ---- while it runs -------------------------------------------------------------------------- */

/* Rows for a file that was taken away would be acknowledged and lost. */
static void a_file_taken_away(void **state)
{
	struct fixture *f = *state;
	char aside[128];
	snprintf(aside, sizeof aside, "%s/aside.db", f->folder);
	use_again(f, 1);
	assert_int_equal(rename(f->path, aside), 0);
	store_put(f->batch, &SKILL, &(struct skill_row){2, TEXT("x")});
	assert_int_equal(store_commit(f->store, f->batch, &f->error), E_IO);
	assert_non_null(strstr(f->error.text, "nothing was written"));
	assert_int_equal(rename(aside, f->path), 0);
	fixture_commit(f); /* it is back */
	use_again(f, 3);
}

static void another_process_holds_the_lock(void **state)
{
	struct fixture *f = *state;
	sqlite3 *db = raw_open(f);
	raw_run(db, "BEGIN IMMEDIATE");
	store_put(f->batch, &SKILL, &(struct skill_row){1, TEXT("x")});
	assert_int_equal(store_commit(f->store, f->batch, &f->error), E_IO);
	assert_non_null(strstr(f->error.text, "locked"));
	raw_run(db, "COMMIT");
	fixture_commit(f);
	use_again(f, 2);
	sqlite3_close(db);
}

static int64_t log_bytes(struct fixture *f)
{
	char path[128];
	struct stat st;
	snprintf(path, sizeof path, "%s-wal", f->path);
	return stat(path, &st) == 0 ? st.st_size : 0;
}

static void fill(struct fixture *f, int64_t bytes)
{
	size_t n = 1024 * 1024;
	char *large = memory_new(n);
	static int64_t name;
	for (; bytes > 0; bytes -= (int64_t)n) {
		memset(large, (int)name, n); /* SQLite does not write what has not changed */
		store_put(
			f->batch, &META,
			&(struct meta_row){arena_textf(&f->arena, "%lld", (long long)(name++ % 8)),
					   text_slice(large, n)});
		fixture_commit(f);
	}
	free(large);
}

/* Commits without a pause: the log stays below its limit and some more. */
static void the_log_is_bounded(void **state)
{
	struct fixture *f = *state;
	int64_t limit = (int64_t)(SQLITE_WAL_PAGES_MAX + 4 * SQLITE_FOLD_PAGES) * 4120;
	fill(f, 3 * limit);
	assert_true(log_bytes(f) > 0);
	assert_true(log_bytes(f) <= limit);
}

static void a_checkpoint_folds(void **state)
{
	struct fixture *f = *state;
	struct stat before, after;
	assert_int_equal(stat(f->path, &before), 0);
	for (int64_t i = 0; i < 500; i++) /* too little for the thread to wake by itself */
		store_put(f->batch, &JOURNAL,
			  &(struct journal_row){i, i,
						TEXT("an event, long "
						     "enough")});
	fixture_commit(f);
	store_checkpoint(f->store);
	for (int i = 0; i < 500; i++) {
		assert_int_equal(stat(f->path, &after), 0);
		if (after.st_size > before.st_size)
			break;
		usleep(10000);
	}
	assert_true(after.st_size > before.st_size);
}

static void backup_is_whole(void **state)
{
	struct fixture *f = *state;
	char path[128], partial[160];
	struct stat st;
	struct skill_row got;
	snprintf(path, sizeof path, "%s/copy.db", f->folder);
	snprintf(partial, sizeof partial, "%s.partial", path);
	for (int64_t i = 1; i <= 100; i++)
		use_again(f, i);
	put_bytes(partial, O_CREAT, 0, "left by a crash", 15);
	assert_int_equal(store_backup(f->store, path, &f->error), 0);
	assert_int_equal(stat(partial, &st), -1);
	use_again(f, 101);
	assert_int_equal(store_backup(f->store, path, &f->error), E_EXISTS);
	assert_int_equal(store_backup(f->store, "/nowhere/copy.db", &f->error), E_IO);
	struct store *copy;
	assert_int_equal(store_open_sqlite(&copy, path, &f->error), 0);
	assert_int_equal(store_schema_version(copy), store_schema_version(f->store));
	for (int64_t i = 1; i <= 101; i++)
		assert_int_equal(
			store_get(copy, &SKILL, &(struct skill_row){.number = i}, &f->arena, &got),
			i <= 100 ? 0 : E_NOT_FOUND);
	store_close(copy);
}

static void a_reader_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct store *reader = NULL;
	struct skill_row got;
	struct stat st;
	const char *nowhere = arena_textf(&f->arena, "%s/none.db", f->folder).p;
	assert_int_equal(store_open_sqlite_reader(&reader, nowhere, &f->error), E_NOT_FOUND);
	assert_int_equal(stat(nowhere, &st), -1);
	use_again(f, 7);
	assert_int_equal(store_open_sqlite_reader(&reader, f->path, &f->error), 0);
	assert_int_equal(store_schema_version(reader), store_schema_version(f->store));
	use_again(f, 8); /* it is in nobody's way, and sees what comes */
	for (int64_t i = 7; i <= 8; i++)
		assert_int_equal(store_get(reader, &SKILL, &(struct skill_row){.number = i},
					   &f->arena, &got), 0);
	store_put(f->batch, &SKILL, &(struct skill_row){9, TEXT("x")});
	assert_int_equal(store_commit(reader, f->batch, &f->error), E_UNSUPPORTED);
	store_batch_clear(f->batch);
	store_close(reader);
	f->store = store_close(f->store);
	sqlite3 *db = raw_open(f);
	raw_run(db, "PRAGMA user_version=0");
	sqlite3_close(db);
	assert_int_equal(store_open_sqlite_reader(&reader, f->path, &f->error), E_INVALID);
	db = raw_open(f);
	raw_run(db, "PRAGMA user_version=9999");
	sqlite3_close(db);
	assert_int_equal(store_open_sqlite_reader(&reader, f->path, &f->error), E_INVALID);
}

static char driver[] = "sqlite";
#define TEST(f) cmocka_unit_test_prestate_setup_teardown(f, fixture_setup, fixture_teardown, driver)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(schema_agrees),
		TEST(plans),
		TEST(migrates_from_each_version),
		TEST(a_broken_migration_changes_nothing),
		TEST(refuses_what_is_not_ours),
		TEST(refuses_damage),
		TEST(refuses_an_emptied_file),
		TEST(only_usher_may_read),
		TEST(a_file_taken_away),
		TEST(another_process_holds_the_lock),
		TEST(the_log_is_bounded),
		TEST(a_checkpoint_folds),
		TEST(backup_is_whole),
		TEST(a_reader_of_its_own),
	};
	return cmocka_run_group_tests_name("sqlite", tests, NULL, NULL);
}
