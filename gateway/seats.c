/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/seats.h"

#include "gateway/book.h"

#include <stdlib.h>

const char *contact_part_name(enum contact_part part)
{
	static const char *const names[] = {"none", "offered", "holder", "conferring", "parked"};
	return names[part <= PART_PARKED ? part : PART_NONE];
}

static struct contact_seat *seat_at(const struct list *link)
{
	return LIST_ITEM((struct list *)(uintptr_t)link, struct contact_seat, of_contact);
}

static struct contact_seat *find(const struct contact *c, usher_id agent)
{
	for (const struct list *link = c->seats.next; link != &c->seats; link = link->next)
		if (seat_at(link)->agent == agent)
			return seat_at(link);
	return NULL;
}

struct contact_seat *contact_seat_of(const struct contact *c, usher_id agent)
{
	struct contact_seat *s = find(c, agent);
	return s != NULL && s->part != PART_NONE ? s : NULL;
}

struct contact_seat *contact_seat_first(const struct contact *c)
{
	for (const struct list *link = c->seats.next; link != &c->seats; link = link->next)
		if (seat_at(link)->part != PART_NONE)
			return seat_at(link);
	return NULL;
}

enum contact_part contact_part_of(const struct contact *c, usher_id agent)
{
	const struct contact_seat *s = find(c, agent);
	return s != NULL ? s->part : PART_NONE;
}

bool contact_seat_has(const struct contact_seat *s)
{
	return s->part >= PART_HOLDER;
}

static void seat_free(struct contact_seat *s)
{
	list_remove(&s->of_contact);
	list_remove(&s->of_agent);
	free(s);
}

void contact_seats_sweep(struct contact *c)
{
	LIST_EACH(link, &c->seats)
		if (seat_at(link)->part == PART_NONE && seat_at(link)->shown == PART_NONE)
			seat_free(seat_at(link));
}

void contact_seats_free(struct contact *c)
{
	LIST_EACH(link, &c->seats)
		seat_free(seat_at(link));
}

/* ---- following the core ----------------------------------------------------------------------- */

struct wanted {
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	unsigned count;
};

static void read_core(const struct contact *c, const struct routing *r, struct wanted *ret)
{
	ret->count = routing_seats(r, c->row.id, ret->seats);
	if (c->row.state == CONTACT_PARKED && c->row.agent != 0 && ret->count == 0)
		ret->seats[ret->count++] = (struct routing_seat_view){
			c->row.agent, (uint64_t)c->row.epoch, (enum routing_role)PART_PARKED};
}

static bool is_wanted(const struct wanted *w, usher_id agent)
{
	for (unsigned i = 0; i < w->count; i++)
		if (w->seats[i].agent == agent)
			return true;
	return false;
}

static struct list *seats_of_agent(struct table *agents, usher_id agent)
{
	struct list *head = table_get_pointer(agents, agent);
	if (head == NULL) {
		head = NEW(struct list);
		list_init(head);
		table_set_pointer(agents, agent, head);
	}
	return head;
}

static struct contact_seat *seat_new(struct contact *c, usher_id agent)
{
	struct contact_seat *s = NEW(struct contact_seat);
	s->contact = c;
	s->agent = agent;
	list_init(&s->of_agent);
	list_init(&s->of_contact);
	return s;
}

static bool sit(struct contact *c, const struct routing_seat_view *view, struct table *agents)
{
	struct contact_seat *s = find(c, view->agent);
	if (s == NULL)
		s = seat_new(c, view->agent);
	bool is_same = s->part == (enum contact_part)view->role && s->epoch == view->epoch;
	if (s->part == PART_NONE)
		list_add_last(seats_of_agent(agents, view->agent), &s->of_agent);
	s->part = (enum contact_part)view->role;
	s->epoch = view->epoch;
	list_remove(&s->of_contact); /* into the core's order */
	list_add_last(&c->seats, &s->of_contact);
	return !is_same;
}

void contact_seats_follow(struct contact *c, const struct routing *r, struct table *agents,
			  void (*on_change)(usher_id agent, void *arg), void *arg)
{
	struct wanted w;
	read_core(c, r, &w);
	LIST_EACH(link, &c->seats) {
		struct contact_seat *s = seat_at(link);
		if (s->part == PART_NONE || is_wanted(&w, s->agent))
			continue;
		s->part = PART_NONE;
		list_remove(&s->of_agent);
		if (on_change != NULL)
			on_change(s->agent, arg);
	}
	for (unsigned i = 0; i < w.count; i++)
		if (sit(c, &w.seats[i], agents) && on_change != NULL)
			on_change(w.seats[i].agent, arg);
	contact_seats_sweep(c);
}
