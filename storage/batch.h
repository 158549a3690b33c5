/* SPDX-License-Identifier: Apache-2.0 */
/* A batch as the drivers see it. Private to storage/. */
#ifndef STORAGE_BATCH_H
#define STORAGE_BATCH_H

#include "storage/store.h"

enum batch_verb { BATCH_PUT, BATCH_ADD, BATCH_REMOVE, BATCH_REMOVE_BELOW };

struct batch_write {
	enum batch_verb verb;
	const struct store_table *table; /* borrowed: static */
	const void *row;                 /* in the batch's arena; NULL for BATCH_REMOVE_BELOW */
	int64_t limit;                   /* of BATCH_REMOVE_BELOW */
};

struct store_batch {
	struct arena arena;
	struct batch_write *writes; /* owned */
	size_t count, space;
};

#endif
