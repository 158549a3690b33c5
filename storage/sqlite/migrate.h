/* SPDX-License-Identifier: Apache-2.0 */
/* The schema's way forward: numbered steps, each applied once, in one transaction. */
#ifndef STORAGE_SQLITE_MIGRATE_H
#define STORAGE_SQLITE_MIGRATE_H

#include "routing/base/error.h"

#include <sqlite3.h>
#include <stdint.h>

#define SQLITE_APPLICATION_ID 0x55736872 /* "Ushr", in the file's header */

struct sqlite_migration {
	const char *name; /* "0001_base.sql" */
	const char *sql;  /* statements only; BEGIN and COMMIT are put around it */
};

/* Made from storage/schema/ at build time; number i leads to version i + 1. */
extern const struct sqlite_migration sqlite_migrations[];
extern const int sqlite_migration_count;

/* Brings the database to version `count` and writes the version it found and left into *ret. A
 * step that fails leaves the database at the version before it. E_INVALID: not Usher's database,
 * or of a newer version. */
int sqlite_migrate(sqlite3 *db, const char *path, const struct sqlite_migration *migrations,
		   int count, int64_t *ret, struct usher_error *reterr) USHER_CHECKED;

#endif
