/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rejoin.h"

#include "gateway/directory.h"
#include "gateway/routing_settings.h"

struct search {
	usher_id queue;
	usher_us rejoin_us, first_us;
	int looked;
};

static int on_contact(const void *row, void *arg)
{
	const struct contact_row *old = row;
	struct search *s = arg;
	bool is_dropped = old->state == CONTACT_CLOSED && old->cause == CAUSE_CUSTOMER_LEFT &&
			  old->answered_us == 0 && old->queue == s->queue;
	if (is_dropped && old->created_us < s->first_us &&
	    s->first_us - old->closed_us <= s->rejoin_us)
		s->first_us = old->created_us;
	return ++s->looked == REJOIN_LOOKED;
}

static usher_us rejoin_of(struct turn *t, usher_id queue)
{
	const struct queue_row *row = directory_queue(t->g->directory, queue);
	struct routing_settings settings;
	if (row == NULL)
		return 0;
	routing_settings_load(&settings, row->fields);
	usher_us span = settings.rejoin_us;
	routing_settings_done(&settings);
	return span;
}

usher_us rejoin_first_us(struct turn *t, const struct contact *c)
{
	struct search s = {.queue = c->row.queue, .first_us = t->now};
	struct contact_row like = {.customer = c->row.customer};
	struct store_range newest_first = {.index = CONTACT_BY_CUSTOMER, .equal_count = 1,
					   .like = &like, .is_descending = true};
	s.rejoin_us = c->row.customer != 0 ? rejoin_of(t, c->row.queue) : 0;
	if (s.rejoin_us == 0)
		return t->now;
	int code = store_scan(t->g->store, &CONTACT, &newest_first, on_contact, &s);
	(void)code; /* what could not be read gives no place: the line's end is always right */
	return s.first_us;
}
