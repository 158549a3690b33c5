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

/* ---- offers ---------------------------------------------------------------------------------- */

#define OFFERS_LOOK_BACK 100 /* facts: more offers at a time than that are not made */

static int on_fact(const void *row, void *arg)
{
	const struct fact_row *fact = row;
	struct contact_seat *s = contact_seat_of(arg, fact->agent);
	bool is_it = fact->kind == FX_OFFERED && s != NULL && s->part == PART_OFFERED &&
		     s->epoch == (uint64_t)fact->number;
	if (!is_it)
		return 0;
	s->offered_us = fact->at_us;
	s->is_by_name = fact->cause == CAUSE_TRANSFERRED;
	return 0;
}

void book_load_offers(struct contact *c, struct gateway *g)
{
	struct fact_row like = {.contact = c->row.id};
	struct store_range range = {.index = FACT_BY_CONTACT, .equal_count = 1, .like = &like,
				    .is_descending = true, .limit = OFFERS_LOOK_BACK};
	if (c->row.state != CONTACT_OFFERED)
		return;
	int code = store_scan(g->store, &FACT, &range, on_fact, c);
	(void)code; /* an instant that cannot be read is left out */
}
