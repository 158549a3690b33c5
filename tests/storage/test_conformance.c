/* SPDX-License-Identifier: Apache-2.0 */
/* One suite, run against every driver: what storage/store.h promises. Scans: test_scans.c. */
#include "tests/storage/fixture.h"

#include "routing/base/hash.h"

#include <pthread.h>
#include <stdio.h>

#define ROWS 60

static void expect_row(struct fixture *f, const struct store_table *t, int n, int version)
{
	union any_row want, got;
	row_fill(t, n, version, &f->arena, &want);
	int r = store_get(f->store, t, &want, &f->arena, &got);
	if (r != 0 || !row_is_equal(t, &want, &got))
		fail_msg("%s row %d version %d: %s", t->name, n, version,
			 r != 0 ? usher_code_name(r) : "another content");
	arena_clear(&f->arena);
}

static void expect_none(struct fixture *f, const struct store_table *t, int n)
{
	union any_row key, got;
	row_fill(t, n, 0, &f->arena, &key);
	assert_int_equal(store_get(f->store, t, &key, &f->arena, &got), E_NOT_FOUND);
	arena_clear(&f->arena);
}

static void write_rows(struct fixture *f, const struct store_table *t, int from, int to,
		       int version, bool is_add)
{
	union any_row row;
	for (int n = from; n < to; n++) {
		row_fill(t, n, version, &f->arena, &row);
		(is_add ? store_add : store_put)(f->batch, t, &row);
		arena_clear(&f->arena); /* the batch has its own copy */
	}
}

static int count_row(const void *row, void *arg)
{
	(void)row;
	++*(int *)arg;
	return 0;
}

static int count_rows(struct store *s, const struct store_table *t)
{
	int n = 0;
	assert_int_equal(store_scan(s, t, &(struct store_range){.index = -1}, count_row, &n), 0);
	return n;
}

static void round_trip(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; store_tables[i] != NULL; i++) {
		write_rows(f, store_tables[i], 1, ROWS, 1, true);
		fixture_commit(f);
	}
	for (int i = 0; store_tables[i] != NULL; i++) {
		for (int n = 1; n < ROWS; n++)
			expect_row(f, store_tables[i], n, 1);
		expect_none(f, store_tables[i], 0);
		expect_none(f, store_tables[i], ROWS);
		assert_int_equal(count_rows(f->store, store_tables[i]), ROWS - 1);
	}
}

static void put_replaces(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; store_tables[i] != NULL; i++) {
		write_rows(f, store_tables[i], 0, ROWS, 1, false);
		fixture_commit(f);
		for (int version = 2; version < 5; version++)
			write_rows(f, store_tables[i], 10, 20, version, false);
		fixture_commit(f);
		for (int n = 0; n < ROWS; n++)
			expect_row(f, store_tables[i], n, n >= 10 && n < 20 ? 4 : 1);
		assert_int_equal(count_rows(f->store, store_tables[i]), ROWS);
	}
}

static void remove_takes_out(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; store_tables[i] != NULL; i++) {
		const struct store_table *t = store_tables[i];
		union any_row row;
		write_rows(f, t, 0, ROWS, 1, true);
		fixture_commit(f);
		for (int n = 0; n < ROWS; n += 2) {
			row_fill(t, n, 9, &f->arena, &row); /* only the key counts */
			store_remove(f->batch, t, &row);
		}
		row_fill(t, ROWS + 5, 1, &f->arena, &row);
		store_remove(f->batch, t, &row); /* not there: no fault */
		fixture_commit(f);
		for (int n = 0; n < ROWS; n++) {
			if (n % 2 == 0)
				expect_none(f, t, n);
			else
				expect_row(f, t, n, 1);
		}
	}
}

static void remove_below(void **state)
{
	struct fixture *f = *state;
	for (int64_t seq = -5; seq <= 1000; seq++)
		store_add(f->batch, &JOURNAL,
			  &(struct journal_row){.seq = seq, .at_us = seq, .event = TEXT("e\0v")});
	write_rows(f, &MESSAGE, 0, ROWS, 1, true); /* first key column: n % 7 */
	fixture_commit(f);
	store_remove_below(f->batch, &JOURNAL, 990);
	store_remove_below(f->batch, &JOURNAL, INT64_MIN);
	store_remove_below(f->batch, &MESSAGE, 3);
	fixture_commit(f);
	assert_int_equal(count_rows(f->store, &JOURNAL), 11);
	struct journal_row got;
	assert_int_equal(
		store_get(f->store, &JOURNAL, &(struct journal_row){.seq = 990}, &f->arena, &got),
		0);
	assert_true(text_equal(got.event, TEXT("e\0v")));
	assert_int_equal(
		store_get(f->store, &JOURNAL, &(struct journal_row){.seq = 989}, &f->arena, &got),
		E_NOT_FOUND);
	for (int n = 0; n < ROWS; n++) {
		if (n % 7 < 3)
			expect_none(f, &MESSAGE, n);
		else
			expect_row(f, &MESSAGE, n, 1);
	}
}

static void order_in_a_batch(void **state)
{
	struct fixture *f = *state;
	union any_row row;
	write_rows(f, &CONTACT, 5, 6, 1, true);
	write_rows(f, &CONTACT, 5, 6, 2, false);
	row_fill(&CONTACT, 5, 0, &f->arena, &row);
	store_remove(f->batch, &CONTACT, &row);
	write_rows(f, &CONTACT, 5, 6, 3, true); /* added again behind its removal */
	write_rows(f, &CONTACT, 6, 7, 1, true);
	store_remove_below(f->batch, &CONTACT, 6);
	write_rows(f, &CONTACT, 5, 6, 4, true);
	fixture_commit(f);
	expect_row(f, &CONTACT, 5, 4);
	expect_row(f, &CONTACT, 6, 1);
}

/* A batch that fails in its middle leaves nothing, in no table and no index. */
static void all_or_nothing(void **state)
{
	struct fixture *f = *state;
	write_rows(f, &CONTACT, 0, 10, 1, true);
	write_rows(f, &JOURNAL, 0, 10, 1, true);
	fixture_commit(f);
	write_rows(f, &CONTACT, 3, 20, 2, false);
	write_rows(f, &MESSAGE, 0, 10, 2, true);
	store_remove_below(f->batch, &JOURNAL, 4);
	write_rows(f, &JOURNAL, 9, 12, 2, true); /* 9 is there */
	write_rows(f, &FACT, 0, 10, 2, true);
	f->error.text[0] = '\0';
	assert_int_equal(store_commit(f->store, f->batch, &f->error), E_EXISTS);
	assert_int_equal(f->error.code, E_EXISTS);
	assert_non_null(strstr(f->error.text, "journal"));
	store_batch_clear(f->batch);
	for (int n = 0; n < 20; n++) {
		if (n < 10)
			expect_row(f, &CONTACT, n, 1);
		else
			expect_none(f, &CONTACT, n);
	}
	for (int n = 0; n < 10; n++)
		expect_row(f, &JOURNAL, n, 1);
	assert_int_equal(count_rows(f->store, &MESSAGE), 0);
	assert_int_equal(count_rows(f->store, &FACT), 0);
	for (int i = 0; i < 3; i++) {
		int found = 0;
		assert_int_equal(store_scan(f->store, &CONTACT, &(struct store_range){.index = i},
					    count_row, &found),
				 0);
		assert_int_equal(found, 10);
	}
	write_rows(f, &JOURNAL, 10, 12, 2, true);
	fixture_commit(f); /* it goes on */
	expect_row(f, &JOURNAL, 11, 2);
}

/* ---- size, limits, readers, threads ---------------------------------------------------------- */

/* Enough rows to split and to empty the memory driver's blocks many times. */
static void many_rows(void **state)
{
	struct fixture *f = *state;
	uint64_t random = 3;
	int64_t order[20000];
	for (int i = 0; i < 20000; i++)
		order[i] = i;
	for (int i = 19999; i > 0; i--) {
		int j = (int)random_below(&random, (uint64_t)i + 1);
		int64_t kept = order[i];
		order[i] = order[j];
		order[j] = kept;
	}
	for (int i = 0; i < 20000; i++)
		store_add(f->batch, &THREAD, &(struct thread_row){order[i], 1, i});
	fixture_commit(f);
	assert_int_equal(count_rows(f->store, &THREAD), 20000);
	for (int i = 0; i < 20000; i++)
		if (order[i] % 100 != 7)
			store_remove(f->batch, &THREAD, &(struct thread_row){.hash = order[i]});
	fixture_commit(f);
	assert_int_equal(count_rows(f->store, &THREAD), 200);
	int found = 0;
	struct store_range r = {.index = -1,
				.has_from = true,
				.from = 1000,
				.has_to = true,
				.to = 1999,
				.is_descending = true};
	assert_int_equal(store_scan(f->store, &THREAD, &r, count_row, &found), 0);
	assert_int_equal(found, 10);
	store_remove_below(f->batch, &THREAD, INT64_MAX);
	fixture_commit(f);
	assert_int_equal(count_rows(f->store, &THREAD), 0);
}

static void batch_limits(void **state)
{
	struct fixture *f = *state;
	fixture_commit(f); /* an empty one is no work and no fault */
	for (int64_t i = 0; i <= STORE_BATCH_ROWS_MAX; i++)
		store_put(f->batch, &SKILL, &(struct skill_row){i, TEXT("s")});
	assert_int_equal(store_batch_count(f->batch), STORE_BATCH_ROWS_MAX + 1);
	assert_true(store_batch_bytes(f->batch) > STORE_BATCH_ROWS_MAX * sizeof(struct skill_row));
	assert_int_equal(store_commit(f->store, f->batch, &f->error), E_LIMIT);
	assert_non_null(strstr(f->error.text, "nothing was written"));
	store_batch_clear(f->batch);
	assert_int_equal(store_batch_count(f->batch), 0);
	assert_int_equal(count_rows(f->store, &SKILL), 0);
	size_t n = 40 * 1024 * 1024; /* one large value is fine */
	char *large = memory_new(n);
	memset(large + 5, 0xfe, n - 5);
	struct meta_row meta = {TEXT("large"), text_slice(large, n)}, got;
	store_put(f->batch, &META, &meta);
	fixture_commit(f);
	assert_int_equal(store_get(f->store, &META, &meta, &f->arena, &got), 0);
	assert_true(text_equal(got.value, meta.value));
	for (int i = 0; i < 7; i++)
		store_put(f->batch, &META, &meta);
	assert_int_equal(store_commit(f->store, f->batch, &f->error), E_LIMIT);
	free(large);
}

static void texts_with_any_content(void **state)
{
	struct fixture *f = *state;
	struct customer_row row = {.id = 1,
				   .name = TEXT("a\0b'\"; DROP TABLE meta; --"),
				   .language = TEXT_NONE,
				   .fields = TEXT("\xff\xfe")},
			    got;
	store_add(f->batch, &CUSTOMER, &row);
	store_put(f->batch, &META, &(struct meta_row){TEXT("\0x"), TEXT("\0\0")});
	store_put(f->batch, &META, &(struct meta_row){TEXT("\0"), TEXT_NONE});
	store_put(f->batch, &META, &(struct meta_row){TEXT_NONE, TEXT("empty name")});
	fixture_commit(f);
	assert_int_equal(store_get(f->store, &CUSTOMER, &row, &f->arena, &got), 0);
	assert_true(row_is_equal(&CUSTOMER, &row, &got));
	assert_int_equal(got.language.n, 0);
	struct meta_row meta;
	assert_int_equal(store_get(f->store, &META, &(struct meta_row){TEXT("\0x"), TEXT_NONE},
				   &f->arena, &meta),
			 0);
	assert_true(text_equal(meta.value, TEXT("\0\0")));
	assert_int_equal(
		store_get(f->store, &META, &(struct meta_row){.name = TEXT_NONE}, &f->arena, &meta),
		0);
	assert_true(text_equal(meta.value, TEXT("empty name")));
	assert_int_equal(count_rows(f->store, &META), 3);
}

static int read_inside(const void *row, void *arg)
{
	struct fixture *f = arg;
	const struct skill_row *outer = row;
	struct skill_row got;
	assert_int_equal(store_get(f->store, &SKILL, outer, &f->arena, &got), 0);
	assert_true(row_is_equal(&SKILL, outer, &got));
	assert_int_equal(count_rows(f->store, &SKILL), 5); /* the same scan inside itself */
	return 0;
}

static void nested_reads(void **state)
{
	struct fixture *f = *state;
	write_rows(f, &SKILL, 0, 5, 1, true);
	fixture_commit(f);
	assert_int_equal(
		store_scan(f->store, &SKILL, &(struct store_range){.index = -1}, read_inside, f),
		0);
}

static void a_reader_sees_commits(void **state)
{
	struct fixture *f = *state;
	struct store *reader;
	write_rows(f, &QUEUE, 0, 3, 1, true);
	assert_int_equal(count_rows(f->store, &QUEUE), 0); /* a batch is nothing yet */
	assert_int_equal(store_reader_new(&reader, f->store, &f->error), 0);
	fixture_commit(f);
	assert_int_equal(count_rows(reader, &QUEUE), 3);
	assert_string_equal(store_driver_name(reader), f->driver);
	assert_int_equal(store_schema_version(reader), store_schema_version(f->store));
	write_rows(f, &QUEUE, 3, 5, 1, true);
	assert_int_equal(store_commit(reader, f->batch, &f->error), E_UNSUPPORTED);
	assert_int_equal(count_rows(reader, &QUEUE), 3);
	fixture_commit(f);
	assert_int_equal(count_rows(reader, &QUEUE), 5);
	store_checkpoint(reader);
	store_checkpoint(f->store);
	assert_null(store_close(reader));
	assert_null(store_close(NULL));
	assert_int_equal(count_rows(f->store, &QUEUE), 5);
}

struct writer {
	struct store *store;
	int failures;
};

#define PAIRS 300

/* Each commit writes one row in two tables: a reader never finds the one without the other. */
static void *write_pairs(void *arg)
{
	struct writer *w = arg;
	struct store_batch *b = store_batch_new();
	for (int64_t i = 1; i <= PAIRS; i++) {
		store_batch_clear(b);
		store_add(b, &SKILL, &(struct skill_row){i, TEXT("x")});
		store_put(b, &SNAPSHOT, &(struct snapshot_row){.seq = 1, .digest = i});
		w->failures += store_commit(w->store, b, NULL) != 0;
		if (i % 50 == 0)
			store_checkpoint(w->store);
	}
	store_batch_free(b);
	return NULL;
}

static int keep_digest(const void *row, void *arg)
{
	*(int64_t *)arg = ((const struct snapshot_row *)row)->digest;
	return 0;
}

static void only_what_is_committed(void **state)
{
	struct fixture *f = *state;
	struct writer w = {f->store, 0};
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, write_pairs, &w), 0);
	int64_t digest = 0, seen = 0;
	while (digest < PAIRS) {
		struct store_range last = {.index = -1, .is_descending = true, .limit = 1};
		assert_int_equal(store_scan(f->store, &SNAPSHOT, &last, keep_digest, &digest), 0);
		assert_true(digest >= seen); /* never back */
		int skills = count_rows(f->store, &SKILL);
		assert_true(skills >= digest); /* read later, so at least as new */
		seen = digest;
	}
	pthread_join(thread, NULL);
	assert_int_equal(w.failures, 0);
	assert_int_equal(count_rows(f->store, &SKILL), PAIRS);
}

/* ---- what only one driver can do ------------------------------------------------------------ */

static void faults(void **state)
{
	struct fixture *f = *state;
	if (text_equal(text_of(f->driver), TEXT("sqlite"))) {
		assert_int_equal(store_inject(f->store, FAULT_FULL, 0), E_UNSUPPORTED);
		return;
	}
	assert_int_equal(store_inject(f->store, FAULT_FULL, -1), E_INVALID);
	for (enum store_fault fault = FAULT_FULL; fault <= FAULT_UNKNOWN; fault++) {
		for (int after = 0; after < 4; after++) {
			int64_t first = (int64_t)fault * 100 + after * 10;
			bool is_unknown = fault == FAULT_UNKNOWN;
			assert_int_equal(store_inject(f->store, fault, after), 0);
			for (int64_t i = 0; i <= after + 1; i++) {
				store_add(f->batch, &SKILL,
					  &(struct skill_row){first + i, TEXT("x")});
				int r = store_commit(f->store, f->batch, &f->error);
				store_batch_clear(f->batch);
				int want = is_unknown ? E_UNKNOWN_OUTCOME : E_IO;
				assert_int_equal(r, i == after ? want : 0);
				bool is_there = i != after || (is_unknown && after % 2 == 1);
				struct skill_row key = {.number = first + i}, got;
				assert_int_equal(store_get(f->store, &SKILL, &key, &f->arena, &got),
						 is_there ? 0 : E_NOT_FOUND);
			}
		}
	}
	assert_int_equal(store_inject(f->store, FAULT_GONE, 0), 0);
	assert_int_equal(store_inject(f->store, FAULT_NONE, 0), 0);
	write_rows(f, &CODE, 0, 1, 1, true);
	fixture_commit(f);
}

static void reopened(void **state)
{
	struct fixture *f = *state;
	bool is_durable = text_equal(text_of(f->driver), TEXT("sqlite"));
	for (int i = 0; store_tables[i] != NULL; i++)
		write_rows(f, store_tables[i], 0, 20, 1, true);
	fixture_commit(f);
	f->store = store_close(f->store);
	fixture_open(f);
	for (int i = 0; store_tables[i] != NULL; i++) {
		for (int n = 0; n < 20; n++) {
			if (is_durable)
				expect_row(f, store_tables[i], n, 1);
			else
				expect_none(f, store_tables[i], n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(put_replaces),
		cmocka_unit_test(remove_takes_out),
		cmocka_unit_test(remove_below),
		cmocka_unit_test(order_in_a_batch),
		cmocka_unit_test(all_or_nothing),
		cmocka_unit_test(many_rows),
		cmocka_unit_test(batch_limits),
		cmocka_unit_test(texts_with_any_content),
		cmocka_unit_test(nested_reads),
		cmocka_unit_test(a_reader_sees_commits),
		cmocka_unit_test(only_what_is_committed),
		cmocka_unit_test(faults),
		cmocka_unit_test(reopened),
	};
	return fixture_run("conformance", tests, sizeof tests / sizeof tests[0]);
}
