/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that ends the process when the system has no memory left, and an arena.
 *
 * The process is restarted and reconciles from the store, which is tested; half-handled
 * out-of-memory paths are not. A size from outside is checked against its limit first.
 */
#ifndef ROUTING_BASE_MEMORY_H
#define ROUTING_BASE_MEMORY_H

#include "routing/base/text.h"

void *memory_new(size_t n);                        /* zeroed; free() it */
void *memory_new_array(size_t count, size_t size); /* zeroed; aborts on overflow */
void *memory_resize(void *p, size_t n);
char *memory_copy(struct usher_text t);            /* NUL-terminated copy; free() it */

/* Bump allocation for things that die together: one batch, one request, one parsed mail. */
struct arena {
	struct arena_block *last; /* owned */
	size_t used;              /* bytes handed out since arena_clear */
};

void *arena_new(struct arena *a, size_t n);  /* zeroed, aligned to 16 */
struct usher_text arena_text(struct arena *a, struct usher_text t); /* copy, NUL behind it */
const char *arena_string(struct arena *a, struct usher_text t);     /* the same as a C string */
struct usher_text arena_textf(struct arena *a, const char *format, ...) USHER_PRINTF(2, 3);
void arena_clear(struct arena *a); /* keeps one block for the next use */
void arena_done(struct arena *a);

#define NEW(type) ((type *)memory_new(sizeof(type)))
#define ARENA_NEW(arena, type) ((type *)arena_new((arena), sizeof(type)))

#endif
