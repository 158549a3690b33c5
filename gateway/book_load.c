/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/book_load.h"

#include <stdlib.h>

#define LOOK_BACK 20 /* messages, to find one that is not an event */

static int on_message(const void *row, void *arg)
{
	const struct message_row *m = row;
	if (m->kind == MESSAGE_EVENT)
		return 0;
	book_load_last(arg, m);
	return 1;
}

static void load_customer(struct contact *c, struct gateway *g)
{
	struct arena arena = {0};
	struct customer_row key = {.id = c->row.customer}, row;
	if (store_get(g->store, &CUSTOMER, &key, &arena, &row) == 0) {
		free(c->customer_name);
		c->customer_name = memory_copy(row.name);
	}
	arena_done(&arena);
}

void book_load_details(struct contact *c, struct gateway *g)
{
	struct message_row like = {.contact = c->row.id};
	struct store_range range = {.index = -1, .equal_count = 1, .like = &like,
				    .is_descending = true, .limit = LOOK_BACK};
	int code = store_scan(g->store, &MESSAGE, &range, on_message, c);
	(void)code; /* a preview that cannot be read is left empty */
	load_customer(c, g);
}
