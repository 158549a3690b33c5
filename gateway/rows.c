/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rows.h"

#include <stdlib.h>

static struct usher_text *text_at(const struct store_table *t, void *row, int column)
{
	if (t->columns[column].type == STORE_INTEGER)
		return NULL;
	return (struct usher_text *)(void *)((char *)row + t->columns[column].offset);
}

static struct usher_text own(struct usher_text t)
{
	return t.n > 0 ? (struct usher_text){memory_copy(t), t.n} : TEXT_NONE;
}

void kept_row_assign(const struct store_table *t, void *to, const void *from)
{
	memcpy(to, from, t->row_bytes);
	for (int i = 0; i < t->column_count; i++) {
		struct usher_text *text = text_at(t, to, i);
		if (text != NULL)
			*text = own(*text);
	}
}

void kept_row_clear(const struct store_table *t, void *row)
{
	for (int i = 0; i < t->column_count; i++) {
		struct usher_text *text = text_at(t, row, i);
		if (text != NULL)
			free((void *)(uintptr_t)text->p);
	}
	memset(row, 0, t->row_bytes);
}

void *kept_row_copy(const struct store_table *t, const void *row)
{
	void *copy = memory_new(t->row_bytes);
	if (row != NULL)
		kept_row_assign(t, copy, row);
	return copy;
}

void *kept_row_free(const struct store_table *t, void *row)
{
	if (row == NULL)
		return NULL;
	kept_row_clear(t, row);
	free(row);
	return NULL;
}

void kept_row_set(struct usher_text *text, struct usher_text value)
{
	struct usher_text copy = own(value);
	free((void *)(uintptr_t)text->p);
	*text = copy;
}
