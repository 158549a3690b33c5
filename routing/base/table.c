/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/base/table.h"

#include "routing/base/hash.h"
#include "routing/base/memory.h"

#include <assert.h>
#include <stdlib.h>

static size_t slot_of(const struct table *t, uint64_t key)
{
	size_t i = (size_t)hash_mix(key) & (t->size - 1);
	while (t->slots[i].key != 0 && t->slots[i].key != key)
		i = (i + 1) & (t->size - 1);
	return i;
}

static void resize(struct table *t, size_t size)
{
	struct table old = *t;
	t->slots = memory_new_array(size, sizeof *t->slots);
	t->size = size;
	for (size_t i = 0; i < old.size; i++)
		if (old.slots[i].key != 0)
			t->slots[slot_of(t, old.slots[i].key)] = old.slots[i];
	free(old.slots);
}

void table_reserve(struct table *t, size_t count)
{
	size_t size = t->size > 0 ? t->size : 16;
	while (size / 4 * 3 <= count)
		size *= 2;
	if (size > t->size)
		resize(t, size);
}

void table_set(struct table *t, uint64_t key, uint64_t value)
{
	assert(key != 0);
	table_reserve(t, t->count + 1);
	size_t i = slot_of(t, key);
	if (t->slots[i].key == 0)
		t->count++;
	t->slots[i] = (struct table_slot){key, value};
}

bool table_get(const struct table *t, uint64_t key, uint64_t *ret)
{
	if (t->size == 0 || key == 0)
		return false;
	size_t i = slot_of(t, key);
	if (t->slots[i].key == 0)
		return false;
	*ret = t->slots[i].value;
	return true;
}

bool table_remove(struct table *t, uint64_t key)
{
	if (t->size == 0 || key == 0)
		return false;
	size_t hole = slot_of(t, key);
	if (t->slots[hole].key == 0)
		return false;
	/* Close the gap so that no probe sequence is broken (Knuth, vol. 3, 6.4, algorithm R). */
	for (size_t i = (hole + 1) & (t->size - 1); t->slots[i].key != 0;
	     i = (i + 1) & (t->size - 1)) {
		size_t home = (size_t)hash_mix(t->slots[i].key) & (t->size - 1);
		if (((i - home) & (t->size - 1)) >= ((i - hole) & (t->size - 1))) {
			t->slots[hole] = t->slots[i];
			hole = i;
		}
	}
	t->slots[hole] = (struct table_slot){0, 0};
	t->count--;
	return true;
}

void table_done(struct table *t)
{
	free(t->slots);
	*t = (struct table){0};
}
