/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/book_index.h"

#include "routing/base/table.h"

#include <stdlib.h>

struct waiting {
	int64_t by_channel[CHANNEL_KINDS];
};

struct book_index {
	struct table agents; /* id -> struct list * (head of seats), owned */
	struct table queues; /* id -> struct waiting *, owned */
};

struct book_index *book_index_new(void)
{
	return NEW(struct book_index);
}

void book_index_clear(struct book_index *x)
{
	TABLE_EACH(slot, &x->agents)
		free((void *)(uintptr_t)slot->value);
	TABLE_EACH(slot, &x->queues)
		free((void *)(uintptr_t)slot->value);
	table_done(&x->agents);
	table_done(&x->queues);
}

struct book_index *book_index_free(struct book_index *x)
{
	if (x == NULL)
		return NULL;
	book_index_clear(x);
	free(x);
	return NULL;
}

static struct waiting *waiting_of(struct book_index *x, usher_id queue)
{
	struct waiting *w = table_get_pointer(&x->queues, queue);
	if (w == NULL) {
		w = NEW(struct waiting);
		table_set_pointer(&x->queues, queue, w);
	}
	return w;
}

struct table *book_index_agents(struct book_index *x)
{
	return &x->agents;
}

static usher_id queue_of(const struct contact *c)
{
	bool is_waiting = c->row.state == CONTACT_WAITING || c->row.state == CONTACT_OFFERED;
	return is_waiting ? c->row.queue : 0;
}

void book_index_file(struct book_index *x, struct contact *c)
{
	usher_id queue = queue_of(c);
	if (queue == c->filed_queue)
		return;
	if (c->filed_queue != 0)
		waiting_of(x, c->filed_queue)->by_channel[c->row.channel % CHANNEL_KINDS]--;
	if (queue != 0)
		waiting_of(x, queue)->by_channel[c->row.channel % CHANNEL_KINDS]++;
	c->filed_queue = queue;
}

void book_index_each(struct book_index *x, usher_id agent,
		     void (*on_seat)(struct contact_seat *s, void *arg), void *arg)
{
	struct list *head = table_get_pointer(&x->agents, agent);
	if (head == NULL)
		return;
	LIST_EACH(link, head)
		on_seat(LIST_ITEM(link, struct contact_seat, of_agent), arg);
}

void book_index_waiting(const struct book_index *x, usher_id queue,
			int64_t ret[static CHANNEL_KINDS])
{
	const struct waiting *w = table_get_pointer(&x->queues, queue);
	memset(ret, 0, CHANNEL_KINDS * sizeof *ret);
	if (w != NULL)
		memcpy(ret, w->by_channel, sizeof w->by_channel);
}
