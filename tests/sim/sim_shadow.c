/* SPDX-License-Identifier: Apache-2.0 */
/* What the world believes after hearing the core's effects; see sim_told.c for the events. */
#include "tests/sim/sim.h"

#include <string.h>

/* ---- finding -------------------------------------------------------------------------------- */

struct sim_contact *sim_find(const struct sim *s, usher_id contact)
{
	uint64_t place;
	if (contact == 0 || !table_get(&s->by_id, contact, &place))
		return NULL;
	return &s->contacts[place - 1];
}

struct sim_agent *sim_find_agent(struct sim *s, usher_id agent)
{
	for (unsigned i = 0; i < s->agent_count; i++)
		if (s->agents[i].id == agent && agent != 0)
			return &s->agents[i];
	return NULL;
}

struct sim_queue *sim_find_queue(struct sim *s, usher_id queue)
{
	for (unsigned i = 0; i < s->queue_count; i++)
		if (s->queues[i].set.queue == queue && queue != 0)
			return &s->queues[i];
	for (unsigned i = 0; i < SIM_REMOVED; i++)
		if (s->removed[i].set.queue == queue && queue != 0)
			return &s->removed[i];
	return NULL;
}

struct sim_seat *sim_find_seat(struct sim_contact *c, usher_id agent)
{
	for (unsigned i = 0; i < c->seat_count; i++)
		if (c->seats[i].agent == agent)
			return &c->seats[i];
	return NULL;
}

struct sim_contact *sim_add(struct sim *s, usher_id id)
{
	sim_expect(s, s->open < 2 * s->contacts_max, "far more contacts than the limit allows");
	sim_expect(s, sim_find(s, id) == NULL, "one contact twice");
	struct sim_contact *c = &s->contacts[s->open++];
	*c = (struct sim_contact){.id = id, .queued_us = s->core_us};
	table_set(&s->by_id, id, s->open);
	return c;
}

static void drop_contact(struct sim *s, struct sim_contact *c)
{
	table_remove(&s->by_id, c->id);
	*c = s->contacts[--s->open];
	if (c != &s->contacts[s->open])
		table_set(&s->by_id, c->id, (uint64_t)(c - s->contacts) + 1);
	s->contacts[s->open] = (struct sim_contact){0};
}

/* ---- parts of agents ------------------------------------------------------------------------ */

static void new_epoch(struct sim *s, uint64_t epoch)
{
	sim_expect(s, epoch > s->epoch, "an epoch was used again");
	s->epoch = epoch;
}

static void seat(struct sim *s, struct sim_contact *c, const struct routing_effect *fx,
		 enum routing_role role)
{
	struct sim_agent *a = sim_find_agent(s, fx->agent);
	sim_expect(s, a != NULL, "work for an agent nobody knows");
	sim_expect(s, sim_find_seat(c, fx->agent) == NULL, "an agent twice in one contact");
	sim_expect(s, c->seat_count < ROUTING_PARALLEL_MAX, "too many in one contact");
	sim_expect(s, role != ROLE_HOLDER || c->seat_count == 0, "two agents hold one contact");
	new_epoch(s, fx->epoch);
	uint16_t weight = s->channels[c->channel].weight;
	c->seats[c->seat_count++] = (struct sim_seat){fx->agent, fx->epoch, role, weight};
	a->load += weight;
	a->load_of[c->channel] += weight;
	a->count[c->channel]++;
	a->contacts++;
	a->offers += role == ROLE_OFFERED;
}

static void unseat(struct sim *s, struct sim_contact *c, struct sim_seat *it)
{
	struct sim_agent *a = sim_find_agent(s, it->agent);
	sim_expect(s, a != NULL, "nobody is released from a contact");
	a->load -= it->weight;
	a->load_of[c->channel] -= it->weight;
	a->count[c->channel]--;
	a->contacts--;
	a->offers -= it->role == ROLE_OFFERED;
	a->wraps -= c->state == CONTACT_WRAPUP && c->is_exclusive;
	s->old[s->old_count++ % 16] = (struct routing_command){
		.contact = c->id, .agent = it->agent, .epoch = it->epoch, .other = c->about};
	size_t behind = (size_t)(&c->seats[--c->seat_count] - it);
	memmove(it, it + 1, behind * sizeof *it);
	c->seats[c->seat_count] = (struct sim_seat){0};
}

static struct sim_seat *known_seat(struct sim *s, struct sim_contact *c,
				   const struct routing_effect *fx, const char *what)
{
	struct sim_seat *it = sim_find_seat(c, fx->agent);
	sim_expect(s, it != NULL && it->epoch == fx->epoch, what);
	return it;
}

static void missed(struct sim *s, const struct sim_contact *c, usher_id agent)
{
	struct sim_agent *a = sim_find_agent(s, agent);
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	uint16_t max = q != NULL && q->set.missed_max > 0 ? q->set.missed_max : 1;
	a->missed++;
	a->is_unresponsive = a->is_unresponsive || a->missed >= max;
}

static void refuse(struct sim *s, struct sim_contact *c, usher_id agent, bool is_certain)
{
	c->is_plain = false;
	c->refused_us = s->core_us;
	if (c->refusal_count == SIM_REFUSALS)
		memmove(c->refusals, c->refusals + 1, --c->refusal_count * sizeof c->refusals[0]);
	c->refusals[c->refusal_count++] = (struct sim_refusal){agent, s->core_us, is_certain};
}

/* ---- what the core answered ----------------------------------------------------------------- */

static void on_queued(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	const struct sim_queue *q = sim_find_queue(s, fx->queue);
	sim_expect(s, c->seat_count == 0, "waits while somebody has it");
	sim_expect(s, q != NULL, "waits in a queue nobody knows");
	bool is_new = s->event->kind == EV_CONTACT_NEW && s->event->contact.contact == c->id;
	sim_expect(s, !is_new || !q->is_closed, "came to wait in a closed queue");
	if (c->queue != fx->queue) {
		c->step = 0;
		c->queued_us = s->core_us;
	}
	c->queue = fx->queue;
	c->hops = (uint8_t)(c->hops + (fx->cause == CAUSE_OVERFLOW));
	sim_expect(s, c->hops <= 8, "overflows without end");
	c->parker = 0;
	c->state = CONTACT_WAITING;
	if (c->priority >= CONTACT_PRIORITIES)
		c->priority = q->set.priority;
	usher_us span = c->preferred_us > q->set.offer_us ? c->preferred_us : q->set.offer_us;
	if (c->is_kept)
		c->hold_us = s->core_us + span;
	c->is_kept = false;
}

static void on_offered(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	struct sim_agent *a = sim_find_agent(s, fx->agent);
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	unsigned width = q != NULL && q->set.parallel > 1 ? q->set.parallel : 1;
	sim_expect(s, a != NULL, "offered to an agent nobody knows");
	sim_expect(s,
		   c->state == CONTACT_WAITING || (c->state == CONTACT_OFFERED &&
						   (c->seat_count < width || s->is_blurred)),
		   "offered to more than may be asked");
	sim_judge_offer(s, c, a);
	sim_expect(s, fx->at_us > s->core_us, "an offer that is over when it is made");
	sim_expect(s, c->state == CONTACT_WAITING || fx->at_us == c->offer_end_us,
		   "parallel offers that end apart");
	seat(s, c, fx, ROLE_OFFERED);
	c->state = CONTACT_OFFERED;
	c->offer_end_us = fx->at_us;
	c->directed = 0;
	c->hold_us = 0;
	s->offers++;
}

static void on_offer_ended(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	struct sim_seat *it = known_seat(s, c, fx, "an offer ended that was not made");
	sim_expect(s, c->state == CONTACT_OFFERED && it->role == ROLE_OFFERED,
		   "an offer ended that was not open");
	if (fx->cause == CAUSE_ACCEPTED && s->event->kind == EV_ACCEPT) {
		sim_expect(s, c->seat_count == 1, "accepted while others are still asked");
		sim_expect(s,
			   s->event->command.contact == c->id &&
				   s->event->command.agent == fx->agent,
			   "accepted by another");
		sim_find_agent(s, fx->agent)->offers--;
		sim_find_agent(s, fx->agent)->missed = 0;
		it->role = ROLE_HOLDER;
		c->state = CONTACT_ACTIVE;
		return;
	}
	if (fx->cause == CAUSE_TIMEOUT)
		missed(s, c, fx->agent);
	if (fx->cause == CAUSE_DECLINED)
		sim_find_agent(s, fx->agent)->missed = 0;
	if (fx->cause == CAUSE_DECLINED || fx->cause == CAUSE_TIMEOUT)
		refuse(s, c, fx->agent, true);
	if (fx->cause == CAUSE_TRANSFERRED)
		refuse(s, c, fx->agent, false);
	unseat(s, c, it);
	if (c->seat_count == 0)
		c->state = CONTACT_NONE; /* what follows must say where it is now */
}

static void succeed(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	struct sim_seat *heir = &c->seats[0];
	if (s->event->kind == EV_HAND_OVER && s->event->command.contact == c->id)
		heir = sim_find_seat(c, fx->agent); /* whom the holder chose */
	sim_expect(s, heir != NULL && heir->agent == fx->agent && heir->role == ROLE_CONFERRING,
		   "another holds it than who joined first");
	new_epoch(s, fx->epoch);
	struct sim_seat first = *heir;
	first.epoch = fx->epoch;
	first.role = ROLE_HOLDER;
	memmove(c->seats + 1, c->seats, (size_t)(heir - c->seats) * sizeof first);
	c->seats[0] = first;
	c->is_orphan = false;
}

static void on_assigned(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	struct sim_agent *a = sim_find_agent(s, fx->agent);
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	sim_expect(s, a != NULL, "assigned to an agent nobody knows");
	s->assigned++;
	if (c->is_orphan) {
		succeed(s, c, fx);
		return;
	}
	if (c->seat_count > 0) {
		known_seat(s, c, fx, "assigned without an offer");
		sim_expect(s, c->seats[0].role == ROLE_HOLDER, "assigned before it was accepted");
	} else {
		bool is_taken = s->event->kind == EV_TAKE && s->event->command.contact == c->id;
		sim_expect(s, is_taken || s->is_blurred || (q != NULL && q->set.is_automatic),
			   "assigned without asking");
		sim_expect(s, is_taken || c->state == CONTACT_WAITING, "assigned without waiting");
		if (!is_taken)
			sim_judge_offer(s, c, a);
		seat(s, c, fx, ROLE_HOLDER);
	}
	c->state = CONTACT_ACTIVE;
	sim_lease(s, c, SIM_FIRST);
	c->refusal_count = 0;
	c->hops = 0;
	c->directed = c->parker = 0;
	c->hold_us = 0;
	c->is_kept = false;
}

static void on_released(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	struct sim_seat *it = known_seat(s, c, fx, "released by somebody who does not hold it");
	sim_expect(s, c->state == CONTACT_ACTIVE && it->role != ROLE_OFFERED && !c->is_orphan,
		   "released while nobody held it");
	bool was_holder = it->role == ROLE_HOLDER;
	bool is_agents = c->lease == SIM_FIRST || c->lease == SIM_REPLY;
	sim_expect(s,
		   fx->cause != CAUSE_NO_REPLY || c->lease == SIM_UNKNOWN ||
			   (is_agents && c->lease_us <= s->core_us),
		   "taken away from an agent whose turn it was not to write");
	if (was_holder)
		c->lease = SIM_NOBODYS;
	if (fx->cause == CAUSE_NO_REPLY)
		missed(s, c, fx->agent);
	if ((fx->cause == CAUSE_NO_REPLY && c->seat_count == 1) || fx->cause == CAUSE_TRANSFERRED)
		refuse(s, c, fx->agent, fx->cause == CAUSE_NO_REPLY);
	unseat(s, c, it);
	c->is_plain = false;
	c->is_kept = c->is_kept || was_holder;
	if (c->seat_count == 0)
		c->state = CONTACT_NONE;
	else
		c->is_orphan = was_holder;
}

static void on_parked(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	bool is_closed = fx->cause == CAUSE_CLOSED_HOURS;
	sim_expect(s, c->seat_count <= 1 && !c->is_orphan, "parked while others confer");
	if (c->seat_count == 1) {
		sim_expect(s, c->seats[0].agent == fx->agent && c->state == CONTACT_ACTIVE,
			   "parked by another");
		unseat(s, c, &c->seats[0]);
	}
	sim_expect(s, is_closed || fx->at_us > s->core_us, "a pause that is over at once");
	sim_expect(s, !is_closed || sim_find_queue(s, fx->queue) != NULL, "parked in no queue");
	if (c->queue != fx->queue) {
		c->step = 0;
		c->queued_us = s->core_us;
	}
	c->queue = fx->queue;
	if (c->priority >= CONTACT_PRIORITIES)
		c->priority = sim_find_queue(s, fx->queue)->set.priority;
	c->parker = fx->agent;
	c->is_plain = false;
	c->is_kept = true;
	c->directed = 0;
	c->state = CONTACT_PARKED;
}

static void on_wrapup(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	known_seat(s, c, fx, "another wraps up");
	sim_expect(s, c->seat_count == 1 && fx->at_us > s->core_us, "a wrap-up that cannot be");
	if (c->state != CONTACT_WRAPUP) {
		c->is_exclusive = q != NULL && q->set.is_wrapup_exclusive;
		sim_find_agent(s, fx->agent)->wraps += c->is_exclusive;
	}
	c->state = CONTACT_WRAPUP;
}

static void on_closed(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	usher_id holder = c->seat_count > 0 ? c->seats[0].agent : c->parker;
	sim_expect(s, fx->cause != CAUSE_NONE, "closed without a cause");
	sim_expect(s, fx->agent == (c->state == CONTACT_PARKED ? c->parker : holder),
		   "closed by somebody who does not hold it");
	sim_expect(s, c->seat_count <= 1 && (c->seat_count == 0 || c->state != CONTACT_OFFERED),
		   "closed while others have a part in it");
	if (c->seat_count > 0)
		unseat(s, c, &c->seats[0]);
	drop_contact(s, c);
	s->closed++;
}

static void on_contact(struct sim *s, struct sim_contact *c, const struct routing_effect *fx)
{
	switch (fx->kind) {
	case FX_QUEUED:
		on_queued(s, c, fx);
		return;
	case FX_OFFERED:
		on_offered(s, c, fx);
		return;
	case FX_OFFER_ENDED:
		on_offer_ended(s, c, fx);
		return;
	case FX_ASSIGNED:
		on_assigned(s, c, fx);
		return;
	case FX_RELEASED:
		on_released(s, c, fx);
		return;
	case FX_PARKED:
		on_parked(s, c, fx);
		return;
	case FX_WRAPUP:
		on_wrapup(s, c, fx);
		return;
	case FX_CLOSED:
		on_closed(s, c, fx);
		return;
	case FX_STEP:
		c->step = (uint8_t)fx->number;
		c->changed_us = s->core_us;
		return;
	case FX_JOINED:
		sim_expect(s, c->state == CONTACT_ACTIVE && !c->is_orphan, "joined nobody");
		seat(s, c, fx, ROLE_CONFERRING);
		return;
	case FX_CALLBACK:
		c->is_callback = true;
		c->is_plain = false;
		return;
	default:
		return;
	}
}

void sim_shadow_effect(struct sim *s, const struct routing_effect *fx)
{
	if (fx->kind == FX_REJECTED) {
		sim_expect(s, fx->code < 0, "rejected without a code");
		s->rejected++;
		return;
	}
	if (fx->kind == FX_AGENT_STATE) {
		struct sim_agent *a = sim_find_agent(s, fx->agent);
		if (a != NULL)
			a->state = fx->state;
		return;
	}
	struct sim_contact *c = sim_find(s, fx->contact);
	sim_expect(s, c != NULL, "an effect on a contact nobody knows");
	on_contact(s, c, fx);
}
