/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/replay/replay_anchor.h"

#include "routing/base/memory.h"

#include <stdlib.h>

void anchors_init(struct anchors *a)
{
	*a = (struct anchors){.count = 1, .space = 64, .contact_count = 1, .contact_space = 64};
	a->items = memory_new_array(a->space, sizeof *a->items);
	a->contacts = memory_new_array(a->contact_space, sizeof *a->contacts);
}

void anchors_done(struct anchors *a)
{
	free(a->items);
	free(a->contacts);
	table_done(&a->by_contact);
	table_done(&a->by_epoch);
	*a = (struct anchors){0};
}

uint32_t anchors_find_contact(const struct anchors *a, usher_id contact)
{
	uint64_t number = 0;
	if (contact == 0 || !table_get(&a->by_contact, contact, &number))
		return 0;
	return (uint32_t)number;
}

uint32_t anchors_contact(struct anchors *a, usher_id contact)
{
	uint32_t number = anchors_find_contact(a, contact);
	if (number != 0)
		return number;
	if (a->contact_count == a->contact_space) {
		a->contact_space *= 2;
		a->contacts = memory_resize(a->contacts, a->contact_space * sizeof *a->contacts);
	}
	number = (uint32_t)a->contact_count++;
	a->contacts[number] = (struct anchored_contact){.id = contact};
	table_set(&a->by_contact, contact, number);
	return number;
}

uint32_t anchors_add(struct anchors *a, uint32_t contact, struct anchor anchor)
{
	struct anchored_contact *c = &a->contacts[contact];
	if (a->count == a->space) {
		a->space *= 2;
		a->items = memory_resize(a->items, a->space * sizeof *a->items);
	}
	uint32_t number = (uint32_t)a->count++;
	anchor.contact = contact;
	a->items[number] = anchor;
	if (c->last[anchor.kind] != 0)
		a->items[c->last[anchor.kind]].next = number;
	else
		c->first[anchor.kind] = number;
	c->last[anchor.kind] = number;
	c->latest = number;
	if (anchor.epoch != 0)
		table_set(&a->by_epoch, anchor.epoch, number);
	return number;
}

uint32_t anchors_run(struct anchors *a, uint32_t contact, enum anchor_kind kind, usher_id agent,
		     uint64_t epoch, usher_us now)
{
	struct anchored_contact *c = &a->contacts[contact];
	uint32_t number = c->run[kind] != 0 ? a->items[c->run[kind]].next : c->first[kind];
	c->latest = number; /* 0: beyond the record, so that nothing of it applies any more */
	if (number == 0)
		return 0;
	c->run[kind] = number;
	struct anchor *anchor = &a->items[number];
	anchor->has_run = true;
	anchor->run_agent = agent;
	anchor->run_epoch = epoch;
	anchor->run_at_us = now;
	return number;
}
