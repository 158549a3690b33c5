/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/sqlite/migrate.h"

#include "storage/sqlite/sqlite.h"

#include <stdio.h>

static int apply(sqlite3 *db, const char *path, const struct sqlite_migration *m, int64_t version,
		 struct usher_error *reterr)
{
	char done[64];
	snprintf(done, sizeof done, "PRAGMA user_version=%lld; COMMIT", (long long)version);
	const char *steps[] = {"BEGIN IMMEDIATE", m->sql, done};
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		int rc = sqlite3_exec(db, steps[i], NULL, NULL, NULL);
		if (rc == SQLITE_OK)
			continue;
		int code = sqlite_code(rc);
		usher_error_set(reterr, code,
				"store: migration %s of %s failed (%s); it stays at "
				"version %lld",
				m->name, path, sqlite3_errmsg(db), (long long)version - 1);
		if (!sqlite3_get_autocommit(db))
			(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
		return code;
	}
	return 0;
}

/* A file of another program must not be changed; an empty one may be taken. */
static int check_owner(sqlite3 *db, const char *path, int64_t version, struct usher_error *reterr)
{
	int64_t owner, tables;
	int r = sqlite_integer(db, path, "PRAGMA application_id", &owner, reterr);
	if (r == 0)
		r = sqlite_integer(db, path, "SELECT count(*) FROM sqlite_schema", &tables, reterr);
	if (r < 0)
		return r;
	if (owner == SQLITE_APPLICATION_ID)
		return 0;
	if (owner != 0 || version != 0 || tables != 0)
		return usher_error_set(
			reterr, E_INVALID,
			"store: %s is an SQLite database of another program; nothing "
			"was changed",
			path);
	char claim[64];
	snprintf(claim, sizeof claim, "PRAGMA application_id=%d", SQLITE_APPLICATION_ID);
	return sqlite_run(db, path, claim, reterr);
}

int sqlite_migrate(sqlite3 *db, const char *path, const struct sqlite_migration *migrations,
		   int count, int64_t *ret, struct usher_error *reterr)
{
	int64_t version;
	int r = sqlite_integer(db, path, "PRAGMA user_version", &version, reterr);
	if (r == 0)
		r = check_owner(db, path, version, reterr);
	if (r < 0)
		return r;
	if (version > count)
		return usher_error_set(reterr, E_INVALID,
				       "store: %s has schema version %lld, this program knows %d: "
				       "it was written by a newer one; nothing was changed",
				       path, (long long)version, count);
	for (; version < count; version++) {
		r = apply(db, path, &migrations[version], version + 1, reterr);
		if (r < 0)
			return r;
	}
	*ret = version;
	return 0;
}
