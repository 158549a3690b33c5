/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/sqlite/sqlite.h"

#include "storage/record.h"

#include <assert.h>

struct sqlite_statements *sqlite_statements_of(struct sqlite_connection *c,
					       const struct store_table *t)
{
	int i = 0;
	while (store_tables[i] != t) {
		assert(store_tables[i] != NULL);
		i++;
	}
	assert(i < SQLITE_TABLES_MAX);
	return &c->tables[i];
}

static bool is_key(const struct store_table *t, int column)
{
	for (int i = 0; i < STORE_KEY_MAX; i++)
		if (t->key[i] == column)
			return true;
	return false;
}

static const char *name_of(const struct store_table *t, int column)
{
	return t->columns[column].name;
}

/* "a"=?1 AND "b"=?2 */
static void add_key_condition(const struct store_table *t, struct usher_buf *ret)
{
	for (int i = 0; i < row_key_count(t); i++)
		buf_addf(ret, "%s\"%s\"=?%d", i > 0 ? " AND " : "", name_of(t, t->key[i]), i + 1);
}

static void add_column_list(const struct store_table *t, struct usher_buf *ret)
{
	for (int i = 0; i < t->column_count; i++)
		buf_addf(ret, "%s\"%s\"", i > 0 ? "," : "", name_of(t, i));
}

void sqlite_sql_add(const struct store_table *t, struct usher_buf *ret)
{
	buf_addf(ret, "INSERT INTO \"%s\"(", t->name);
	add_column_list(t, ret);
	buf_adds(ret, ")VALUES(");
	for (int i = 0; i < t->column_count; i++)
		buf_addf(ret, "%s?%d", i > 0 ? "," : "", i + 1);
	buf_addc(ret, ')');
}

static bool is_in_index(const struct store_table *t, int index, int column)
{
	for (int i = 0; i < STORE_KEY_MAX; i++)
		if (t->indexes[index].name != NULL && t->indexes[index].columns[i] == column)
			return true;
	return false;
}

static bool is_unchanged(const struct store_table *t, unsigned indexes, int column)
{
	for (int i = 0; i < STORE_INDEXES_MAX; i++)
		if (!(indexes & 1u << i) && is_in_index(t, i, column))
			return true;
	return false;
}

/* Places are those of the columns, as in sqlite_sql_add. SQLite writes every index that has a
 * column in the list, changed or not, and each is a page more in the log. */
void sqlite_sql_update(const struct store_table *t, unsigned indexes, struct usher_buf *ret)
{
	const char *link = "SET ";
	buf_addf(ret, "UPDATE \"%s\" ", t->name);
	for (int i = 0; i < t->column_count; i++) {
		if (is_key(t, i) || is_unchanged(t, indexes, i))
			continue;
		buf_addf(ret, "%s\"%s\"=?%d", link, name_of(t, i), i + 1);
		link = ",";
	}
	link = " WHERE ";
	for (int i = 0; i < row_key_count(t); i++, link = " AND ")
		buf_addf(ret, "%s\"%s\"=?%d", link, name_of(t, t->key[i]), t->key[i] + 1);
}

void sqlite_sql_probe(const struct store_table *t, struct usher_buf *ret)
{
	buf_adds(ret, "SELECT 1");
	for (int i = 0; i < STORE_INDEXES_MAX && t->indexes[i].name != NULL; i++)
		for (int k = 0; k < STORE_KEY_MAX && t->indexes[i].columns[k] >= 0; k++)
			buf_addf(ret, ",\"%s\"", name_of(t, t->indexes[i].columns[k]));
	buf_addf(ret, " FROM \"%s\" WHERE ", t->name);
	add_key_condition(t, ret);
}

void sqlite_sql_remove(const struct store_table *t, struct usher_buf *ret)
{
	buf_addf(ret, "DELETE FROM \"%s\" WHERE ", t->name);
	add_key_condition(t, ret);
}

void sqlite_sql_remove_below(const struct store_table *t, struct usher_buf *ret)
{
	buf_addf(ret, "DELETE FROM \"%s\" WHERE \"%s\"<?1", t->name, name_of(t, t->key[0]));
}

void sqlite_sql_get(const struct store_table *t, struct usher_buf *ret)
{
	buf_adds(ret, "SELECT ");
	add_column_list(t, ret);
	buf_addf(ret, " FROM \"%s\" WHERE ", t->name);
	add_key_condition(t, ret);
}

/* Places: ?1 … the equal columns, then from, to, limit, each only where it is used. */
void sqlite_sql_scan(const struct store_table *t, const struct store_range *r,
		     struct usher_buf *ret)
{
	struct row_order order = row_order(t, r->index);
	int place = 0;
	const char *link = " WHERE ";
	buf_adds(ret, "SELECT ");
	add_column_list(t, ret);
	buf_addf(ret, " FROM \"%s\"", t->name);
	if (r->index >= 0)
		buf_addf(ret, " INDEXED BY \"%s\"", t->indexes[r->index].name);
	for (int i = 0; i < r->equal_count; i++, link = " AND ")
		buf_addf(ret, "%s\"%s\"=?%d", link, name_of(t, order.columns[i]), ++place);
	for (int i = 0; i < 2; i++) {
		if (!(i == 0 ? r->has_from : r->has_to))
			continue;
		buf_addf(ret, "%s\"%s\"%s?%d", link, name_of(t, order.columns[r->equal_count]),
			 i == 0 ? ">=" : "<=", ++place);
		link = " AND ";
	}
	for (int i = r->equal_count; i < order.count; i++)
		buf_addf(ret, "%s\"%s\"%s", i > r->equal_count ? "," : " ORDER BY ",
			 name_of(t, order.columns[i]), r->is_descending ? " DESC" : "");
	buf_addf(ret, " LIMIT ?%d", ++place);
}

int sqlite_prepare(struct sqlite_connection *c, const struct usher_buf *sql, sqlite3_stmt **slot)
{
	return sqlite3_prepare_v3(c->db, sql->p, (int)sql->n, SQLITE_PREPARE_PERSISTENT, slot,
				  NULL);
}

/* The row must outlive the step: nothing is copied. Results are not looked at, since the place is
 * the statement's own and the value is below SQLite's limit: the batch was weighed before. */
void sqlite_bind(sqlite3_stmt *st, int place, const struct store_table *t, const void *row,
		 int column)
{
	if (t->columns[column].type == STORE_INTEGER) {
		sqlite3_bind_int64(st, place, row_integer(t, row, column));
		return;
	}
	struct usher_text value = row_text(t, row, column);
	const char *p = value.n > 0 ? value.p : ""; /* NULL would be SQL's NULL */
	if (t->columns[column].type == STORE_TEXT)
		sqlite3_bind_text64(st, place, p, value.n, SQLITE_STATIC, SQLITE_UTF8);
	else
		sqlite3_bind_blob64(st, place, p, value.n, SQLITE_STATIC);
}
