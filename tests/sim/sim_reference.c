/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A router that looks at everything, to compare decisions with: who may take what comes from
 * routing_why, which does not use the core's structures; the orders are written again here.
 */
#include "tests/sim/sim.h"

struct best {
	struct sim *sim;
	usher_id contact, agent;
	usher_us now;
	struct routing_contact_view first; /* the best contact for the agent */
	unsigned offers[SIM_AGENTS];	   /* not answered, by agent */
};

static bool may(const struct sim *s, usher_id contact, usher_id agent, usher_us now)
{
	enum routing_reason reason = routing_why(s->r, contact, agent, now).reason;
	return reason == REASON_CHOSEN || reason == REASON_OTHER_FIRST;
}

static void on_contact(const struct routing_contact_view *view, void *arg)
{
	struct best *best = arg;
	const struct routing_contact_view *first = &best->first;
	struct sim_agent *a = sim_find_agent(best->sim, view->agent);
	if (view->state == CONTACT_OFFERED && a != NULL)
		best->offers[a - best->sim->agents]++;
	/* What is due happens in the order of its instants: this one's turn is still to come. */
	bool is_due = view->deadline_us < best->now && view->contact != best->contact;
	if (view->state != CONTACT_WAITING || is_due ||
	    !may(best->sim, view->contact, best->agent, best->now))
		return;
	if (first->contact == 0 || view->priority < first->priority ||
	    (view->priority == first->priority &&
	     (view->first_us < first->first_us ||
	      (view->first_us == first->first_us && view->contact < first->contact))))
		best->first = *view;
}

static bool comes_before(const struct best *best, const struct routing_queue_set *q,
			 const struct sim_agent *a, const struct sim_agent *b)
{
	struct routing_agent_view va, vb;
	struct sim *s = best->sim;
	bool is_known = routing_agent(s->r, a->id, &va) && routing_agent(s->r, b->id, &vb);
	sim_expect(s, is_known, "an agent is gone");
	if (q->order == ORDER_LEAST_LOADED) {
		uint64_t left = (uint64_t)va.load * vb.capacity;
		uint64_t right = (uint64_t)vb.load * va.capacity;
		if (left != right)
			return left < right;
	} else {
		int ga = best->offers[a - s->agents] > 0 ? 2 : va.load > 0;
		int gb = best->offers[b - s->agents] > 0 ? 2 : vb.load > 0;
		if (ga != gb)
			return ga < gb;
	}
	usher_us idle_a = routing_why(s->r, best->contact, a->id, s->now).idle_since_us;
	usher_us idle_b = routing_why(s->r, best->contact, b->id, s->now).idle_since_us;
	return idle_a != idle_b ? idle_a < idle_b : a->id < b->id;
}

void sim_reference(const struct routing *r, usher_id contact, usher_id agent, usher_us now,
		   void *arg)
{
	struct sim *s = arg;
	s->decisions++;
	sim_expect(s, routing_why(r, contact, agent, now).reason == REASON_CHOSEN,
		   "the chosen agent is not called chosen");
	if (s->event->kind == EV_TAKE || s->decisions % 16 != 0)
		return;
	struct best best = {s, contact, agent, now, {.contact = 0}, {0}};
	routing_each_contact(r, on_contact, &best);
	sim_expect(s, best.first.contact == contact, "another contact should have come first");
	struct routing_contact_view view;
	bool is_known = routing_contact(r, contact, &view);
	sim_expect(s, is_known && view.state == CONTACT_WAITING, "decided too late");
	const struct routing_queue_set *q = sim_find_queue(s, view.queue);
	struct sim_agent *mine = sim_find_agent(s, agent);
	/* Where all agents have new room at once, who is fed first is not the queue's matter; and
	 * an exclusion that is over by the clock holds until its turn has come. */
	bool is_spread = s->event->kind == EV_CHANNEL_SET || view.deadline_us < now;
	for (unsigned i = 0; q != NULL && !is_spread && i < s->agent_count; i++) {
		struct sim_agent *a = &s->agents[i];
		if (a->id == 0 || a == mine || !may(s, contact, a->id, now))
			continue;
		sim_expect(s, !comes_before(&best, q, a, mine),
			   "another agent should have come first");
	}
	s->compared++;
}
