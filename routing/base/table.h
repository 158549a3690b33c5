/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash table from a non-zero 64-bit key to a 64-bit value or a borrowed pointer.
 *
 * Open addressing with linear probing, at most 3/4 full, grown by doubling. Keys are mixed with a
 * fixed function: use it for ids that Usher made, or for keyed hashes of text from outside.
 */
#ifndef ROUTING_BASE_TABLE_H
#define ROUTING_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_slot {
	uint64_t key; /* 0 = free */
	uint64_t value;
};

struct table {
	struct table_slot *slots; /* owned */
	size_t size;              /* a power of two, or 0 */
	size_t count;
};

void table_reserve(struct table *t, size_t count); /* no growth until it holds this many */
void table_set(struct table *t, uint64_t key, uint64_t value); /* adds or replaces; key != 0 */
bool table_get(const struct table *t, uint64_t key, uint64_t *ret);
bool table_remove(struct table *t, uint64_t key);
void table_done(struct table *t);

static inline void table_set_pointer(struct table *t, uint64_t key, void *p)
{
	table_set(t, key, (uint64_t)(uintptr_t)p);
}

static inline void *table_get_pointer(const struct table *t, uint64_t key) /* NULL: not there */
{
	uint64_t value;
	return table_get(t, key, &value) ? (void *)(uintptr_t)value : NULL;
}

/* Calls for each used slot; the table must not change inside. Order is not stable. */
#define TABLE_EACH(slot, t)                                                                        \
	for (struct table_slot *slot = (t)->slots;                                                 \
	     slot != NULL && slot < (t)->slots + (t)->size; slot++)                                \
		if (slot->key != 0)

#endif
