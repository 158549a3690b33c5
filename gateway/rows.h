/* SPDX-License-Identifier: Apache-2.0 */
/* Rows kept in memory: deep copies by the table's description, freed as one. */
#ifndef GATEWAY_ROWS_H
#define GATEWAY_ROWS_H

#include "storage/record.h"

/* A copy with texts of its own; row_free it. `row` may be NULL for an empty one. */
void *kept_row_copy(const struct store_table *t, const void *row);
void *kept_row_free(const struct store_table *t, void *row); /* accepts NULL; always NULL */

/* Frees the texts only, for rows embedded in a larger struct, and zeroes the row. */
void kept_row_clear(const struct store_table *t, void *row);
void kept_row_assign(const struct store_table *t, void *to, const void *from);

/* Replaces a text that the row owns. */
void kept_row_set(struct usher_text *text, struct usher_text value);

#endif
