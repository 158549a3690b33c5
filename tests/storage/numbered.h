/* SPDX-License-Identifier: Apache-2.0 */
/* Numbered rows for the crash tests: each commit leaves traces in three tables, so that half of
 * one, a hole or a foreign byte shows. */
#ifndef TESTS_STORAGE_NUMBERED_H
#define TESTS_STORAGE_NUMBERED_H

#include "storage/store.h"

#define NUMBERED_ROWS_MAX 20 /* of one commit */

/* Empties the batch and puts `rows` numbers from `seq` on into it: in the journal, a message each,
 * and the last number in one place more. */
void numbered_fill(struct store_batch *b, int64_t seq, int rows);

int64_t numbered_last(struct store *s); /* the last number in the journal; -1: unreadable */

/* NULL when every number from 1 on is there once and whole, at least to `acknowledged`; else what
 * is wrong. *ret_last is the last number found. */
const char *numbered_verify(struct store *s, int64_t acknowledged, int64_t *ret_last);

#endif
