/* SPDX-License-Identifier: Apache-2.0 */
/* An intrusive, circular, doubly linked list. A head that points at itself is empty. */
#ifndef ROUTING_BASE_LIST_H
#define ROUTING_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *prev; /* in list, or itself */
	struct list *next; /* in list, or itself */
};

static inline void list_init(struct list *l)
{
	l->prev = l->next = l;
}

static inline bool list_is_empty(const struct list *head)
{
	return head->next == head;
}

static inline void list_add_last(struct list *head, struct list *item)
{
	item->prev = head->prev;
	item->next = head;
	head->prev->next = item;
	head->prev = item;
}

/* Leaves the item pointing at itself, so that removing it twice is harmless. */
static inline void list_remove(struct list *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
	list_init(item);
}

#define LIST_ITEM(link, type, member) ((type *)((char *)(link) - offsetof(type, member)))

/* The item under the cursor may be removed inside the loop. */
#define LIST_EACH(cursor, head)                                                                    \
	for (struct list *cursor = (head)->next, *cursor##_next = cursor->next; cursor != (head); \
	     cursor = cursor##_next, cursor##_next = cursor->next)

#endif
