/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as tables, CSV, JSON or one JSON object a line. */
#include "gateway/cli/cli.h"

#include "gateway/json.h"
#include "routing/base/memory.h"

#include <stdio.h>
#include <stdlib.h>

#define COLUMNS_MAX 16
#define CELL_MAX 60 /* characters of a table's cell */

static const struct json *walk(const struct json *value, const char *path)
{
	struct usher_text rest = text_of(path);
	while (value != NULL && rest.n > 0) {
		struct usher_text step = text_cut(&rest, '.');
		char name[64];
		snprintf(name, sizeof name, "%.*s", TEXT_ARG(step));
		value = json_member(value, name);
	}
	return value;
}

/* "customer.name|customer.address": the first that is not empty. */
static const struct json *first_of(const struct json *item, const char *paths)
{
	struct usher_text rest = text_of(paths);
	const struct json *value = NULL;
	while (rest.n > 0) {
		struct usher_text path = text_cut(&rest, '|');
		char name[80];
		snprintf(name, sizeof name, "%.*s", TEXT_ARG(path));
		value = walk(item, name);
		bool is_empty = value == NULL || json_kind(value) == JSON_KIND_NULL ||
				(json_kind(value) == JSON_KIND_TEXT && json_as_text(value).n == 0);
		if (!is_empty)
			break;
	}
	return value;
}

static void add_list(struct usher_buf *cell, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++) {
		if (i > 0)
			buf_addc(cell, ' ');
		buf_add_text(cell, json_as_text(json_item(list, i)));
	}
}

static void add_object(struct usher_buf *cell, const struct json *object)
{
	struct json_cursor cursor = {0};
	struct usher_text name;
	const struct json *value;
	while (json_next(object, &cursor, &name, &value)) {
		if (cell->n > 0)
			buf_addc(cell, ' ');
		buf_addf(cell, "%.*s=", TEXT_ARG(name));
		if (json_kind(value) == JSON_KIND_TEXT)
			buf_add_text(cell, json_as_text(value));
		else
			buf_addf(cell, "%lld", (long long)json_as_integer(value));
	}
}

/* Control characters of what a customer wrote must not reach the terminal. */
static void clean(struct usher_buf *cell)
{
	for (size_t i = 0; i < cell->n; i++)
		if ((unsigned char)cell->p[i] < 0x20 || cell->p[i] == 0x7f)
			cell->p[i] = ' ';
}

static void cell_of(const struct json *item, const struct cli_column *column, struct usher_buf *cell)
{
	bool is_count = column->path[0] == '*';
	const struct json *value = first_of(item, column->path + is_count);
	buf_reserve(cell, 0);
	if (is_count) {
		buf_addf(cell, "%zu", json_count(value));
		return;
	}
	switch (value != NULL ? json_kind(value) : JSON_KIND_NULL) {
	case JSON_KIND_NULL:
	case JSON_KIND_ANY: /* is no value's kind */
		buf_adds(cell, "-");
		break;
	case JSON_KIND_BOOLEAN:
		buf_adds(cell, json_as_boolean(value) ? "yes" : "no");
		break;
	case JSON_KIND_INTEGER:
		buf_addf(cell, "%lld", (long long)json_as_integer(value));
		break;
	case JSON_KIND_REAL:
		buf_addf(cell, "%.1f", json_as_real(value));
		break;
	case JSON_KIND_TEXT:
		buf_add_text(cell, json_as_text(value));
		break;
	case JSON_KIND_LIST:
		add_list(cell, value);
		break;
	case JSON_KIND_OBJECT:
		add_object(cell, value);
		break;
	}
	clean(cell);
}

/* Characters, not bytes; good enough for the Latin texts of the tables. */
static size_t width_of(struct usher_text t)
{
	size_t n = 0;
	for (size_t i = 0; i < t.n; i++)
		n += ((unsigned char)t.p[i] & 0xC0) != 0x80;
	return n;
}

static void print_cell(struct usher_text t, size_t width, bool is_right, bool is_last)
{
	size_t have = width_of(t);
	size_t pad = width > have ? width - have : 0;
	if (is_right)
		printf("%*s", (int)pad, "");
	fwrite(t.p, 1, t.n, stdout);
	if (!is_right && !is_last)
		printf("%*s", (int)pad, "");
	fputs(is_last ? "\n" : "  ", stdout);
}

static size_t column_count(const struct cli_column *columns)
{
	size_t n = 0;
	while (columns[n].title != NULL && n < COLUMNS_MAX)
		n++;
	return n;
}

static void cut(struct usher_buf *cell)
{
	if (width_of(buf_text(cell)) <= CELL_MAX)
		return;
	cell->n = text_fit(buf_text(cell), CELL_MAX - 1);
	cell->p[cell->n] = '\0';
	buf_adds(cell, "…");
}

/* A list is kept narrow; one thing alone is shown whole, such as a link to be copied. */
static void print_table(const struct json *const *items, size_t count,
			const struct cli_column *columns, bool is_list)
{
	size_t n = column_count(columns), widths[COLUMNS_MAX];
	for (size_t c = 0; c < n; c++) {
		widths[c] = strlen(columns[c].title);
		for (size_t i = 0; i < count; i++) {
			struct usher_buf cell = {0};
			cell_of(items[i], &columns[c], &cell);
			if (is_list)
				cut(&cell);
			size_t width = width_of(buf_text(&cell));
			widths[c] = width > widths[c] ? width : widths[c];
			buf_done(&cell);
		}
	}
	for (size_t c = 0; c < n; c++)
		print_cell(text_of(columns[c].title), widths[c], columns[c].is_number, c + 1 == n);
	for (size_t i = 0; i < count; i++) {
		for (size_t c = 0; c < n; c++) {
			struct usher_buf cell = {0};
			cell_of(items[i], &columns[c], &cell);
			if (is_list)
				cut(&cell);
			print_cell(buf_text(&cell), widths[c], columns[c].is_number, c + 1 == n);
			buf_done(&cell);
		}
	}
}

/* RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe (ASVS 1.2.10). */
static void print_csv_cell(struct usher_text t, bool is_last)
{
	putchar('"');
	if (t.n > 0 && strchr("=+-@", t.p[0]) != NULL && t.n > 1)
		putchar('\'');
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '"')
			putchar('"');
		putchar(t.p[i]);
	}
	fputs(is_last ? "\"\r\n" : "\",", stdout);
}

static void print_csv(const struct json *const *items, size_t count, const struct cli_column *columns)
{
	size_t n = column_count(columns);
	for (size_t c = 0; c < n; c++)
		print_csv_cell(text_of(columns[c].title), c + 1 == n);
	for (size_t i = 0; i < count; i++) {
		for (size_t c = 0; c < n; c++) {
			struct usher_buf cell = {0};
			cell_of(items[i], &columns[c], &cell);
			print_csv_cell(buf_text(&cell), c + 1 == n);
			buf_done(&cell);
		}
	}
}

static void print_lines(const struct json *const *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct usher_buf line = {0};
		json_print(items[i], &line);
		puts(line.p);
		buf_done(&line);
	}
}

int cli_print(const struct cli_options *o, struct usher_text text, const struct cli_column *columns)
{
	struct json *answer = NULL;
	struct usher_error err = {0};
	if (text.n == 0)
		return EXIT_DONE;
	if (strcmp(o->output, "json") == 0) {
		printf("%.*s\n", TEXT_ARG(text));
		return EXIT_DONE;
	}
	if (json_parse(&answer, text, (size_t)64 << 20, &err) < 0)
		return cli_fail(EXIT_FAILED, NULL, "the answer is no JSON: %s", err.text);
	const struct json *list = json_member(answer, "items");
	size_t count = list != NULL ? json_count(list) : 1;
	const struct json **items = memory_new_array(count, sizeof *items);
	for (size_t i = 0; i < count; i++)
		items[i] = list != NULL ? json_item(list, i) : answer;
	if (strcmp(o->output, "ndjson") == 0)
		print_lines(items, count);
	else if (strcmp(o->output, "csv") == 0)
		print_csv(items, count, columns);
	else
		print_table(items, count, columns, list != NULL);
	free(items);
	json_free(answer);
	return EXIT_DONE;
}
