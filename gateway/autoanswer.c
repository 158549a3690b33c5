/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/autoanswer.h"

#define CONTACTS_MAX 20
#define MESSAGES_MAX 500

struct look {
	struct turn *t;
	usher_id customer;
	usher_us since_us;
	int contacts, messages;
	bool is_answered;
};

static int on_message(const void *row, void *arg)
{
	const struct message_row *m = row;
	struct look *l = arg;
	l->is_answered |= m->author == AUTHOR_SYSTEM && m->delivery != DELIVERY_NONE &&
			  m->at_us > l->since_us;
	return l->is_answered || m->at_us <= l->since_us || ++l->messages >= MESSAGES_MAX;
}

static int on_contact(const void *row, void *arg)
{
	struct look *l = arg;
	struct message_row like = {.contact = ((const struct contact_row *)row)->id};
	struct store_range range = {.index = -1, .equal_count = 1, .like = &like,
				    .is_descending = true};
	l->messages = 0;
	int code = store_scan(l->t->g->store, &MESSAGE, &range, on_message, l);
	return code < 0 || l->is_answered || ++l->contacts >= CONTACTS_MAX;
}

/* The store shows only what is committed: what this turn wrote stands in the book. */
static void on_open(struct contact *c, void *arg)
{
	struct look *l = arg;
	l->is_answered |= c->row.customer == l->customer && c->last_author == AUTHOR_SYSTEM &&
			  c->last_us > l->since_us;
}

bool autoanswer_may(struct turn *t, const struct contact *c, const struct inbound *in)
{
	struct look l = {.t = t, .customer = c->row.customer,
			 .since_us = t->now - AUTOANSWER_SPAN_US};
	struct contact_row like = {.customer = c->row.customer};
	struct store_range range = {.index = CONTACT_BY_CUSTOMER, .equal_count = 1, .like = &like,
				    .is_descending = true};
	if (in->is_automatic || in->is_away || in->report != NULL || c->row.address.n == 0 ||
	    c->row.customer == 0)
		return false;
	book_each_open(t->g->book, on_open, &l);
	if (!l.is_answered && store_scan(t->g->store, &CONTACT, &range, on_contact, &l) < 0)
		return false; /* who cannot know does not answer */
	return !l.is_answered;
}
