/* SPDX-License-Identifier: Apache-2.0 */
/* Every form of scan, on every driver, against a plain array that is sorted and looked through. */
#include "tests/storage/fixture.h"

#include "routing/base/hash.h"

#include <stdio.h>

#define ROWS 60

struct model {
	const struct store_table *table;
	union any_row rows[ROWS];
	int count;
	struct row_order order;
	bool is_descending;
};

static const struct model *sorting; /* qsort has no argument */

static int in_order(const void *a, const void *b)
{
	for (int i = 0; i < sorting->order.count; i++) {
		int result = row_compare(sorting->table, a, b, sorting->order.columns[i]);
		if (result != 0)
			return sorting->is_descending ? -result : result;
	}
	return 0;
}

static bool is_in_range(const struct model *m, const struct store_range *r, const void *row)
{
	for (int i = 0; i < r->equal_count; i++)
		if (row_compare(m->table, row, r->like, m->order.columns[i]) != 0)
			return false;
	if (!r->has_from && !r->has_to)
		return true;
	int64_t value = row_integer(m->table, row, m->order.columns[r->equal_count]);
	return (!r->has_from || value >= r->from) && (!r->has_to || value <= r->to);
}

struct expectation {
	struct model *model;
	const struct store_range *range;
	int at, seen, stop_after;
};

static int on_expected(const void *row, void *arg)
{
	struct expectation *e = arg;
	while (e->at < e->model->count && !is_in_range(e->model, e->range, &e->model->rows[e->at]))
		e->at++;
	if (e->at == e->model->count)
		fail_msg("%s: a row too many", e->model->table->name);
	if (!row_is_equal(e->model->table, row, &e->model->rows[e->at]))
		fail_msg("%s: row %d of a scan is another one", e->model->table->name, e->seen);
	e->at++;
	e->seen++;
	return e->stop_after > 0 && e->seen == e->stop_after ? 77 : 0;
}

static void expect_scan(struct fixture *f, struct model *m, const struct store_range *r, int stop)
{
	int want = 0;
	m->order = row_order(m->table, r->index);
	m->is_descending = r->is_descending;
	sorting = m;
	qsort(m->rows, (size_t)m->count, sizeof m->rows[0], in_order);
	for (int i = 0; i < m->count; i++)
		want += is_in_range(m, r, &m->rows[i]);
	if (r->limit > 0 && want > r->limit)
		want = (int)r->limit;
	bool is_stopped = stop > 0 && want >= stop;
	struct expectation e = {m, r, 0, 0, stop};
	assert_int_equal(store_scan(f->store, m->table, r, on_expected, &e), is_stopped ? 77 : 0);
	assert_int_equal(e.seen, is_stopped ? stop : want);
}

static int index_count(const struct store_table *t)
{
	int n = 0;
	while (n < STORE_INDEXES_MAX && t->indexes[n].name != NULL)
		n++;
	return n;
}

static bool may_bound(const struct store_table *t, const struct store_range *r)
{
	struct row_order order = row_order(t, r->index);
	return r->equal_count < order.count &&
	       t->columns[order.columns[r->equal_count]].type == STORE_INTEGER;
}

static void try_scans(struct fixture *f, struct model *m, uint64_t *random)
{
	const struct store_table *t = m->table;
	for (int index = -1; index < index_count(t); index++) {
		int columns = row_order(t, index).count;
		for (int form = 0; form < 8 * (columns + 1); form++) {
			union any_row like = m->rows[random_below(random, (uint64_t)m->count)];
			struct store_range r = {.index = index,
						.equal_count = form / 8,
						.like = &like,
						.is_descending = form & 4};
			if (may_bound(t, &r)) {
				r.has_from = form & 1;
				r.has_to = form & 2;
				r.from = (int64_t)random_below(random, ROWS) - 3;
				r.to = r.from + (int64_t)random_below(random, 30) - 2;
				if (form % 3 == 0)
					r.from = INT64_MIN;
			}
			r.limit = random_below(random, 2) ? (int64_t)random_below(random, 9) : 0;
			expect_scan(f, m, &r, (int)random_below(random, 12));
		}
	}
}

static void scans(void **state)
{
	struct fixture *f = *state;
	struct model *m = NEW(struct model);
	uint64_t random = 42;
	for (int i = 0; store_tables[i] != NULL; i++) {
		m->table = store_tables[i];
		m->count = ROWS;
		for (int n = 0; n < ROWS; n++) {
			row_fill(m->table, n, 1 + n % 3, &f->arena, &m->rows[n]);
			store_add(f->batch, m->table, &m->rows[n]);
		}
		fixture_commit(f);
		for (int round = 0; round < 3; round++)
			try_scans(f, m, &random);
		arena_clear(&f->arena);
	}
	free(m);
}

/* Random batches against the array: what is left afterwards is the same in every order. */
static void random_batches(void **state)
{
	struct fixture *f = *state;
	struct model *m = NEW(struct model);
	uint64_t random = 7;
	for (int i = 0; store_tables[i] != NULL; i++) {
		const struct store_table *t = m->table = store_tables[i];
		int versions[ROWS] = {0}; /* 0 = not there */
		for (int step = 1; step <= 400; step++) {
			union any_row row;
			int n = (int)random_below(&random, ROWS);
			int version = random_below(&random, 3) == 0 ? 0 : step % 50 + 1;
			row_fill(t, n, version, &f->arena, &row);
			if (version == 0)
				store_remove(f->batch, t, &row);
			else
				(versions[n] == 0 ? store_add : store_put)(f->batch, t, &row);
			versions[n] = version;
			if (random_below(&random, 40) == 0)
				fixture_commit(f);
			arena_clear(&f->arena);
		}
		fixture_commit(f);
		m->count = 0;
		for (int n = 0; n < ROWS; n++)
			if (versions[n] != 0)
				row_fill(t, n, versions[n], &f->arena, &m->rows[m->count++]);
		for (int index = -1; index < index_count(t); index++)
			expect_scan(f, m, &(struct store_range){.index = index}, 0);
		arena_clear(&f->arena);
	}
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scans),
		cmocka_unit_test(random_batches),
	};
	return fixture_run("scans", tests, sizeof tests / sizeof tests[0]);
}
