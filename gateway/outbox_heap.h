/* SPDX-License-Identifier: Apache-2.0 */
/* What of the outbox is not due yet: a heap by (next_us, id). Used by outbox.c only. */
#ifndef GATEWAY_OUTBOX_HEAP_H
#define GATEWAY_OUTBOX_HEAP_H

#include "routing/base/list.h"
#include "storage/record.h"

enum item_place { PLACE_NEW, PLACE_HEAP, PLACE_BACKLOG, PLACE_HELD, PLACE_FLIGHT };

struct item {
	struct outbox_row row; /* owned texts */
	struct list link;      /* in list: backlog, held or flight of its way, or itself */
	struct list command;   /* in list: commands, or itself */
	size_t heap_place;
	enum item_place place;
	bool is_unsure;
	bool is_gone;     /* cancelled while in flight */
	bool is_reported; /* in flight, and the channel has said how it went */
};

struct heap {
	struct item **items; /* owned; the items are not */
	size_t count, space;
};

/* The item's place becomes PLACE_HEAP; row.next_us must not change while it is in. */
void heap_add(struct heap *h, struct item *item);
void heap_remove(struct heap *h, struct item *item);
struct item *heap_first(const struct heap *h); /* NULL when empty */
void heap_done(struct heap *h);

#endif
