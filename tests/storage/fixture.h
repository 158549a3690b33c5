/* SPDX-License-Identifier: Apache-2.0 */
/* What the storage tests share: a folder of their own, either driver, and made-up rows. */
#ifndef TESTS_STORAGE_FIXTURE_H
#define TESTS_STORAGE_FIXTURE_H

#include "storage/record.h"
#include "storage/row.h"
#include "tests/tap.h"

struct fixture {
	const char *driver; /* "sqlite" or "memory" */
	char folder[64];
	char path[96]; /* of the database, for sqlite */
	struct store *store;
	struct store_batch *batch;
	struct arena arena;
	struct usher_error error;
};

/* cmocka's setup and teardown; the initial state is the driver's name. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Runs each test on each driver, named "sqlite: round_trip", in one group. At most 32 tests. */
int fixture_run(const char *group, const struct CMUnitTest *tests, int count);

void fixture_open(struct fixture *f);   /* the store again, after store_close */
void fixture_commit(struct fixture *f); /* must succeed; clears the batch */

/* Empties and removes the folder and what is in it, two levels deep. */
void folder_remove(const char *folder);

union any_row { /* of any table */
	char bytes[ROW_BYTES_MAX];
	int64_t alignment;
};

/* Fills every column with something of its own for (t, n, version). Rows with the same n have the
 * same key, rows with another n another one; integers reach both ends of their range, texts are
 * empty, long or UTF-8, bytes hold every value. Texts live in the arena. */
void row_fill(const struct store_table *t, int n, int version, struct arena *arena, void *ret);
bool row_is_equal(const struct store_table *t, const void *a, const void *b);

#endif
