/* SPDX-License-Identifier: Apache-2.0 */
/* What a storage driver offers. Private to storage/: everybody else goes through store.h. */
#ifndef STORAGE_DRIVER_H
#define STORAGE_DRIVER_H

#include "storage/store.h"

/* The calls of store.h, one member each; arguments are checked by storage/store.c before. */
struct store_driver {
	const char *name;
	void (*close)(struct store *s); /* frees s too */
	int64_t (*schema_version)(const struct store *s);
	int (*commit)(struct store *s, const struct store_batch *b, struct usher_error *reterr);
	void (*checkpoint)(struct store *s);
	int (*get)(struct store *s, const struct store_table *t, const void *key_row,
		   struct arena *arena, void *ret_row);
	int (*scan)(struct store *s, const struct store_table *t, const struct store_range *range,
		    store_on_row on_row, void *arg);
	int (*reader_new)(struct store **ret, struct store *s, struct usher_error *reterr);
	int (*backup)(struct store *s, const char *path, struct usher_error *reterr);
	int (*inject)(struct store *s, enum store_fault fault, int after);
};

struct store { /* the first member of each driver's own struct */
	const struct store_driver *driver; /* borrowed: static */
	bool is_reader;                    /* made by store_reader_new */
};

#endif
