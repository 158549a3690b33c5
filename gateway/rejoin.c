/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rejoin.h"

#include "gateway/opening.h"

struct search {
	usher_id queue;
	usher_us rejoin_us, first_us;
	int64_t number; /* of the newest that counts */
	int looked;
};

static int on_contact(const void *row, void *arg)
{
	const struct contact_row *old = row;
	struct search *s = arg;
	bool is_dropped = old->state == CONTACT_CLOSED && old->cause == CAUSE_CUSTOMER_LEFT &&
			  old->answered_us == 0 && old->queue == s->queue;
	if (is_dropped && old->created_us < s->first_us &&
	    s->first_us - old->closed_us <= s->rejoin_us) {
		s->first_us = old->created_us;
		s->number = s->number != 0 ? s->number : old->number;
	}
	return ++s->looked == REJOIN_LOOKED;
}

usher_us rejoin_first_us(struct turn *t, const struct contact *c, int64_t *ret_number)
{
	const struct queue_rules *rules = opening_rules(t->g->opening, c->row.queue);
	struct search s = {.queue = c->row.queue, .first_us = c->row.created_us};
	struct contact_row like = {.customer = c->row.customer};
	struct store_range newest_first = {.index = CONTACT_BY_CUSTOMER, .equal_count = 1,
					   .like = &like, .is_descending = true};
	bool is_new = c->row.created_us == t->now && c->row.customer != 0;
	s.rejoin_us = is_new && rules != NULL ? rules->rejoin_us : 0;
	if (s.rejoin_us == 0)
		return c->row.created_us;
	int code = store_scan(t->g->store, &CONTACT, &newest_first, on_contact, &s);
	(void)code; /* what could not be read gives no place: the line's end is always right */
	*ret_number = s.number;
	return s.first_us;
}
