/* SPDX-License-Identifier: Apache-2.0 */
/* What the core answers to questions, against what its effects have told. */
#include "tests/sim/sim.h"

#include <string.h>

#define SAMPLE 48 /* waiting contacts that are held against all agents */

/* ---- contacts ------------------------------------------------------------------------------- */

static void compare_seats(const struct sim *s, const struct sim_contact *c)
{
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	unsigned count = routing_seats(s->r, c->id, seats);
	bool is_same = count == c->seat_count;
	for (unsigned i = 0; i < count && is_same; i++)
		is_same = seats[i].agent == c->seats[i].agent &&
			  seats[i].epoch == c->seats[i].epoch && seats[i].role == c->seats[i].role;
	sim_expect(s, is_same, "the effects told other parts in a contact");
	bool is_in_hand = c->state == CONTACT_OFFERED || c->state == CONTACT_ACTIVE ||
			  c->state == CONTACT_WRAPUP;
	sim_expect(s, is_in_hand == (count > 0), "in hand and with nobody, or the other way round");
}

/* The step of who has waited in one queue, whose settings did not change, follows from the clock.
 */
static void compare_step(struct sim *s, const struct sim_contact *c)
{
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	if (q == NULL || q->changed_us >= c->queued_us || c->state != CONTACT_WAITING)
		return;
	usher_us end = c->queued_us;
	uint8_t step = 0;
	while (step + 1 < q->set.step_count && end + q->set.steps[step].lasts_us <= s->core_us)
		end += q->set.steps[step++].lasts_us;
	sim_expect(s, c->step == step, "another step than the clock says");
}

static void compare_contact(struct sim *s, const struct sim_contact *c, bool is_idle)
{
	struct routing_contact_view view;
	const struct sim_contact *about = c->about != 0 ? sim_find(s, c->about) : NULL;
	sim_expect(s, routing_contact(s->r, c->id, &view), "the core lost a contact");
	sim_expect(s, view.state == c->state && view.queue == c->queue && !c->is_orphan,
		   "the effects told another state");
	sim_expect(s, view.agent == (c->seat_count > 0 ? c->seats[0].agent : c->parker),
		   "the effects told another holder");
	sim_expect(s,
		   view.first_us == c->first_us && view.queued_us == c->queued_us &&
			   view.priority == c->priority,
		   "a contact lost its place");
	sim_expect(s, view.step == c->step && view.is_callback == c->is_callback,
		   "the effects told another step");
	sim_expect(s, view.deadline_us != USHER_NEVER || c->state == CONTACT_ACTIVE,
		   "a contact without a deadline");
	usher_us lease_us = c->lease == SIM_NOBODYS ? USHER_NEVER : c->lease_us;
	sim_expect(s,
		   c->state != CONTACT_ACTIVE || c->lease == SIM_UNKNOWN ||
			   view.deadline_us == lease_us,
		   "another turn to write than the events say");
	sim_expect(s, !is_idle || routing_deadline(s->r) <= view.deadline_us,
		   "a deadline nobody waits for");
	sim_expect(s, view.consults_for == c->about && (c->about == 0 || about != NULL),
		   "a question is left open");
	sim_expect(s, about == NULL || about->state == CONTACT_ACTIVE,
		   "a question about a contact that nobody holds");
	compare_seats(s, c);
	if (!is_idle)
		return;
	compare_step(s, c);
	const struct sim_queue *q = sim_find_queue(s, c->queue);
	bool is_bounded = q != NULL && q->set.wait_max_us > 0 && q->set.expired == TREAT_END;
	sim_expect(s,
		   c->state != CONTACT_WAITING || !is_bounded ||
			   c->queued_us + q->set.wait_max_us > s->core_us,
		   "waits longer than the longest wait");
}

/* ---- agents and queues ---------------------------------------------------------------------- */

static void compare_agent(struct sim *s, const struct sim_agent *a, bool is_idle)
{
	struct routing_agent_view view;
	sim_expect(s, routing_agent(s->r, a->id, &view), "the core lost an agent");
	sim_expect(s, view.load == a->load && view.capacity == a->set.capacity,
		   "the effects told another load");
	sim_expect(s, view.wanted == a->wanted && view.missed == a->missed,
		   "an agent wants something else");
	sim_expect(s, memcmp(view.count, a->count, sizeof a->count) == 0,
		   "the effects told other counts");
	sim_expect(s, view.state == a->state, "the effects told another state of an agent");
	if (!is_idle)
		return;
	enum agent_state state = AGENT_READY;
	if (a->wanted != AGENT_READY)
		state = a->wanted == AGENT_NOT_READY && a->is_lost ? AGENT_LOST : a->wanted;
	else if (a->is_lost)
		state = AGENT_LOST;
	else if (a->is_unresponsive)
		state = AGENT_NOT_RESPONDING;
	else if (a->wraps > 0)
		state = AGENT_WRAPUP;
	sim_expect(s, view.state == state || (state == AGENT_READY && view.state == AGENT_BUSY),
		   "an agent is shown in a state it is not in");
}

static bool is_member(const struct sim_agent *a, usher_id queue)
{
	for (unsigned i = 0; i < a->set.queue_count; i++)
		if (a->set.queues[i].queue == queue)
			return true;
	return false;
}

static struct routing_queue_view recount(const struct sim *s, usher_id queue)
{
	struct routing_queue_view v = {.queue = queue, .oldest_us = USHER_NEVER};
	for (unsigned i = 0; i < s->open; i++) {
		const struct sim_contact *c = &s->contacts[i];
		if (c->queue != queue)
			continue;
		v.waiting += c->state == CONTACT_WAITING;
		v.offered += c->state == CONTACT_OFFERED;
		v.active += c->state == CONTACT_ACTIVE;
		if (c->state == CONTACT_WAITING && c->first_us < v.oldest_us)
			v.oldest_us = c->first_us;
	}
	for (unsigned i = 0; i < s->agent_count; i++) {
		const struct sim_agent *a = &s->agents[i];
		if (a->id == 0 || !is_member(a, queue))
			continue;
		v.agents_signed_in += a->state != AGENT_SIGNED_OUT;
		v.agents_ready += a->state == AGENT_READY;
		v.agents_busy += a->state == AGENT_BUSY || a->state == AGENT_WRAPUP;
		v.agents_free += sim_is_able(a) && a->contacts == 0;
	}
	return v;
}

static void compare_queue(const struct sim *s, const struct sim_queue *q, bool is_idle)
{
	struct routing_queue_view view, own = recount(s, q->set.queue);
	sim_expect(s, routing_queue(s->r, q->set.queue, &view), "the core lost a queue");
	sim_expect(s,
		   view.waiting == own.waiting && view.offered == own.offered &&
			   view.active == own.active,
		   "a queue counts other contacts");
	sim_expect(s,
		   view.agents_signed_in == own.agents_signed_in &&
			   view.agents_ready == own.agents_ready &&
			   view.agents_busy == own.agents_busy,
		   "a queue counts other agents");
	sim_expect(s, view.is_open != q->is_closed, "a queue is not as open as was told");
	sim_expect(s, !is_idle || view.oldest_us == own.oldest_us, "another oldest contact");
	sim_expect(s, !is_idle || view.agents_free == own.agents_free, "other free agents");
}

/* Who waits for one agent stands before nobody; but who that is, is not told for sure. */
static void compare_position(struct sim *s, const struct sim_contact *c)
{
	struct routing_contact_view view;
	uint32_t before = 0;
	for (unsigned i = 0; i < s->open; i++) {
		const struct sim_contact *o = &s->contacts[i];
		if (o->queue != c->queue || o->state != CONTACT_WAITING)
			continue;
		if (o->hold_us >= s->core_us)
			return;
		before += o != c && sim_comes_before(s, o, c);
	}
	sim_expect(s, routing_contact(s->r, c->id, &view) && view.position == before + 1,
		   "told another position in the queue");
}

/* ---- nobody waits who need not ----------------------------------------------------------------
 */

/* A round goes on with each refusal, for the last four of them. */
static bool was_refused_by(const struct sim *s, const struct sim_contact *c, usher_id agent)
{
	if (c->refusal_count == 0 || s->core_us - c->refused_us > USHER_MINUTE)
		return false;
	for (unsigned i = 0; i < c->refusal_count; i++)
		if (c->refusals[i].agent == agent)
			return true;
	return c->refusal_count == SIM_REFUSALS;
}

static void compare_work(struct sim *s)
{
	s->before_us = s->core_us; /* nothing is due: what waits for one agent still does */
	s->is_settled = true;
	unsigned start = s->open > SAMPLE ? (unsigned)(s->step % s->open) : 0;
	for (unsigned i = 0; i < s->open && i < SAMPLE; i++) {
		const struct sim_contact *c = &s->contacts[(start + i) % s->open];
		const struct sim_queue *q = sim_find_queue(s, c->queue);
		/* What the reserve holds back is looked at one of a kind at a time. */
		bool is_reserved = q != NULL && q->set.reserve > 0 && sim_is_deferred(c);
		if (c->state != CONTACT_WAITING || c->hold_us >= s->core_us || is_reserved)
			continue;
		for (unsigned k = 0; k < s->agent_count; k++) {
			const char *why;
			if (!was_refused_by(s, c, s->agents[k].id))
				sim_expect(s, !sim_may_take(s, c, &s->agents[k], &why),
					   "a contact waits while an agent could take it");
		}
	}
}

void sim_compare(struct sim *s)
{
	bool is_idle = routing_deadline(s->r) > s->core_us;
	for (unsigned i = 0; i < s->open; i++)
		compare_contact(s, &s->contacts[i], is_idle);
	for (unsigned i = 0; i < s->agent_count; i++)
		if (s->agents[i].id != 0)
			compare_agent(s, &s->agents[i], is_idle);
	for (unsigned q = 0; q < s->queue_count; q++)
		if (s->queues[q].set.queue != 0)
			compare_queue(s, &s->queues[q], is_idle);
	if (!is_idle)
		return;
	compare_work(s);
	for (unsigned i = 0; i < 4 && s->open > 0; i++) {
		const struct sim_contact *c = &s->contacts[(s->step * 5 + i * 7) % s->open];
		if (c->state == CONTACT_WAITING)
			compare_position(s, c);
	}
}
