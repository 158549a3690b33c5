/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/base/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_BYTES ((size_t)16 * 1024 - 32)

struct arena_block {
	struct arena_block *before; /* owned */
	size_t space;
	size_t used;
	_Alignas(16) char bytes[];
};

void *memory_new(size_t n)
{
	void *p = calloc(1, n > 0 ? n : 1);
	if (p == NULL)
		abort();
	return p;
}

void *memory_new_array(size_t count, size_t size)
{
	void *p = calloc(count > 0 ? count : 1, size);
	if (p == NULL)
		abort();
	return p;
}

void *memory_resize(void *p, size_t n)
{
	p = realloc(p, n > 0 ? n : 1);
	if (p == NULL)
		abort();
	return p;
}

char *memory_copy(struct usher_text t)
{
	char *p = memory_new(t.n + 1);
	if (t.n > 0)
		memcpy(p, t.p, t.n);
	return p;
}

static struct arena_block *block_new(struct arena *a, size_t need)
{
	size_t space = need > BLOCK_BYTES ? need : BLOCK_BYTES;
	struct arena_block *block = memory_resize(NULL, sizeof *block + space);
	block->before = a->last;
	block->space = space;
	block->used = 0;
	a->last = block;
	return block;
}

void *arena_new(struct arena *a, size_t n)
{
	assert(n < SIZE_MAX / 2);
	size_t need = (n + 15) & ~(size_t)15;
	struct arena_block *block = a->last;
	if (block == NULL || block->space - block->used < need)
		block = block_new(a, need);
	char *p = block->bytes + block->used;
	block->used += need;
	a->used += need;
	memset(p, 0, need);
	return p;
}

struct usher_text arena_text(struct arena *a, struct usher_text t)
{
	char *p = arena_new(a, t.n + 1);
	if (t.n > 0)
		memcpy(p, t.p, t.n);
	return (struct usher_text){p, t.n};
}

const char *arena_string(struct arena *a, struct usher_text t)
{
	return arena_text(a, t).p;
}

struct usher_text arena_textf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	assert(n >= 0);
	char *p = arena_new(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, format, again);
	va_end(again);
	va_end(args);
	return (struct usher_text){p, (size_t)n};
}

void arena_clear(struct arena *a)
{
	while (a->last != NULL && (a->last->before != NULL || a->last->space > BLOCK_BYTES)) {
		struct arena_block *before = a->last->before;
		free(a->last);
		a->last = before;
	}
	if (a->last != NULL)
		a->last->used = 0;
	a->used = 0;
}

void arena_done(struct arena *a)
{
	while (a->last != NULL) {
		struct arena_block *before = a->last->before;
		free(a->last);
		a->last = before;
	}
	a->used = 0;
}
