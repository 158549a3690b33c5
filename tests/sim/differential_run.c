/* SPDX-License-Identifier: Apache-2.0 */
/* One event to both, and what is compared after it. */
#include "tests/sim/differential.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START ((usher_us)1700000000 * USHER_SECOND)
#define TICKS_MAX 200000

USHER_PRINTF(2, 3) static bool differ(struct diff *d, const char *format, ...)
{
	va_list args;
	if (d->difference[0] != '\0')
		return false;
	d->kind = format;
	va_start(args, format);
	vsnprintf(d->difference, sizeof d->difference, format, args);
	va_end(args);
	return false;
}

static usher_id probe_of(const struct diff *d, unsigned decision)
{
	uint64_t dice = hash_mix(d->seed ^ hash_mix(d->step << 12 | decision));
	return d->agent_ids[dice % d->agent_count];
}

/* The last one given to the contact. */
static uint64_t last_epoch(const struct routing *r, usher_id contact, uint64_t shown)
{
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	uint64_t epoch = shown;
	unsigned count = routing_seats(r, contact, seats);
	for (unsigned i = 0; i < count; i++)
		epoch = seats[i].epoch > epoch ? seats[i].epoch : epoch;
	return epoch;
}

static void on_core_decision(const struct routing *r, usher_id contact, usher_id agent,
			     usher_us now, void *arg)
{
	struct diff *d = arg;
	struct routing_contact_view view;
	if (d->record_count == DIFF_RECORDS || !routing_contact(r, contact, &view))
		return;
	usher_id probe = probe_of(d, d->record_count);
	if (d->is_loud)
		printf("#   %.6f %s: contact %llu to agent %llu\n", (double)(now - START) / 1e6,
		       routing_event_name(d->kind_now), (unsigned long long)contact,
		       (unsigned long long)agent);
	d->records[d->record_count++] =
		(struct diff_record){contact, agent, probe, last_epoch(r, contact, view.epoch),
				     routing_why(r, contact, probe, now).reason};
	if (d->is_loud && d->step == d->loud_at) {
		printf("#   core: contact %llu to agent %llu, epoch before %llu\n",
		       (unsigned long long)contact, (unsigned long long)agent,
		       (unsigned long long)view.epoch);
		for (unsigned i = 0; i < d->agent_count; i++) {
			struct routing_why why = routing_why(r, contact, d->agent_ids[i], now);
			printf("#     agent %llu: %s (%u of %u)\n",
			       (unsigned long long)d->agent_ids[i], routing_reason_name(why.reason),
			       why.has, why.needed);
		}
	}
}

static uint64_t epoch_of(unsigned decision, usher_id contact, void *arg)
{
	const struct diff *d = arg;
	return decision < d->record_count && d->records[decision].contact == contact
		       ? d->records[decision].epoch
		       : 0;
}

static bool is_same_reason(enum routing_reason core, enum routing_reason naive)
{
	return core == naive || (core == REASON_OTHER_FIRST && naive == REASON_CHOSEN);
}

static void on_naive_decision(struct naive *n, const struct naive_contact *c, void *arg)
{
	struct diff *d = arg;
	const struct diff_record *record = &d->records[n->decision_count];
	const struct naive_agent *a = naive_agent(n, probe_of(d, n->decision_count));
	if (d->is_loud && d->step == d->loud_at)
		diff_show_decision(n, c);
	if (n->decision_count >= d->record_count || record->contact != c->id || a == NULL ||
	    naive_seat(n, c, NULL) != NULL)
		return;
	enum routing_reason reason = naive_reason(n, c, a);
	if (c->round_end_us <= n->now || (c->wait < 2 && c->wait_end_us <= n->now))
		return; /* that ends in this very instant: not to be asked in the midst of it */
	if (!is_same_reason(record->reason, reason))
		differ(d, "decision %u: contact %llu, agent %llu: core says %s, naive %s",
		       n->decision_count, (unsigned long long)c->id,
		       (unsigned long long)a->set.agent, routing_reason_name(record->reason),
		       routing_reason_name(reason));
	else if (d->counts != NULL)
		d->counts->by_reason[reason]++;
}

/* ---- what is compared ----------------------------------------------------------------------- */

static bool compare_decisions(struct diff *d, const struct routing_event *ev,
			      const struct routing_effects *fx)
{
	const struct naive *n = &d->naive;
	unsigned count = 0;
	for (size_t i = 0; i < fx->count; i++) {
		const struct routing_effect *it = &fx->items[i];
		bool is_automatic = it->kind == FX_ASSIGNED;
		if ((it->kind != FX_OFFERED && !is_automatic) ||
		    (is_automatic && ev->kind == EV_ACCEPT && ev->command.contact == it->contact &&
		     ev->command.agent == it->agent))
			continue;
		const struct naive_decision *other = &n->decisions[count];
		if (count >= n->decision_count)
			return differ(d, "decision %u: core gives %llu to %llu, naive nothing",
				      count, (unsigned long long)it->contact,
				      (unsigned long long)it->agent);
		if (other->contact != it->contact || other->agent != it->agent ||
		    other->is_automatic != is_automatic)
			return differ(
				d, "decision %u: core gives %llu to %llu%s, naive %llu to %llu%s",
				count, (unsigned long long)it->contact,
				(unsigned long long)it->agent, is_automatic ? " at once" : "",
				(unsigned long long)other->contact,
				(unsigned long long)other->agent,
				other->is_automatic ? " at once" : "");
		count++;
	}
	if (count < n->decision_count)
		return differ(d, "decision %u: core gives nothing, naive %llu to %llu", count,
			      (unsigned long long)n->decisions[count].contact,
			      (unsigned long long)n->decisions[count].agent);
	if (d->counts != NULL)
		d->counts->decisions += count;
	return true;
}

static struct naive_contact *random_contact(struct diff *d)
{
	unsigned from = (unsigned)random_below(&d->probes, NAIVE_CONTACTS);
	for (unsigned i = 0; i < NAIVE_CONTACTS; i++) {
		struct naive_contact *c = &d->naive.contacts[(from + i) % NAIVE_CONTACTS];
		if (c->id != 0)
			return c;
	}
	return NULL;
}

static bool compare_contact(struct diff *d, struct naive_contact *c)
{
	struct routing_requirement asked[2][ROUTING_RESOLVED_MAX];
	struct routing_contact_view view;
	if (!routing_contact(d->r, c->id, &view))
		return differ(d, "contact %llu: not in the core", (unsigned long long)c->id);
	if (view.state != c->state)
		return differ(d, "contact %llu: core %s, naive %s", (unsigned long long)c->id,
			      contact_state_name(view.state), contact_state_name(c->state));
	if (c->state != CONTACT_WAITING)
		return true;
	unsigned position = naive_position(&d->naive, c);
	if (view.step != c->step || view.position != position)
		return differ(
			d, "contact %llu: core step %u, position %u; naive step %u, position %u",
			(unsigned long long)c->id, view.step, view.position, c->step, position);
	unsigned core = routing_requirements(d->r, c->id, asked[0]);
	unsigned naive = naive_requirements(c, asked[1]);
	bool is_same = core == naive;
	for (unsigned i = 0; is_same && i < core; i++)
		is_same = asked[0][i].skill == asked[1][i].skill &&
			  asked[0][i].level == asked[1][i].level &&
			  asked[0][i].is_preferred == asked[1][i].is_preferred;
	if (!is_same)
		return differ(d, "contact %llu, step %u: other requirements",
			      (unsigned long long)c->id, c->step);
	if (d->counts != NULL)
		d->counts->positions++;
	return true;
}

static bool compare_why(struct diff *d, const struct naive_contact *c)
{
	usher_id agent = d->agent_ids[random_below(&d->probes, d->agent_count)];
	if (random_below(&d->probes, 50) == 0)
		agent = DIFF_UNKNOWN;
	struct routing_why why = routing_why(d->r, c->id, agent, d->now);
	const struct naive_agent *a = naive_agent(&d->naive, agent);
	enum routing_reason reason = a != NULL ? naive_reason(&d->naive, c, a) : REASON_UNKNOWN;
	if (c->state != CONTACT_WAITING)
		return true;
	if (!is_same_reason(why.reason, reason))
		return differ(d, "contact %llu, agent %llu: core says %s (%u of %u), naive %s",
			      (unsigned long long)c->id, (unsigned long long)agent,
			      routing_reason_name(why.reason), why.has, why.needed,
			      routing_reason_name(reason));
	if (d->counts != NULL) {
		d->counts->by_reason[reason]++;
		d->counts->whys++;
	}
	return true;
}

static bool compare_agent(struct diff *d)
{
	usher_id agent = d->agent_ids[random_below(&d->probes, d->agent_count)];
	const struct naive_agent *a = naive_agent(&d->naive, agent);
	struct routing_agent_view view;
	unsigned load = 0;
	if (a == NULL || !routing_agent(d->r, agent, &view))
		return a == NULL || differ(d, "agent %llu: unknown", (unsigned long long)agent);
	for (unsigned i = 0; i < d->naive.seat_count; i++)
		load += d->naive.seats[i].agent == a ? d->naive.seats[i].weight : 0;
	if (view.load != (load > UINT16_MAX ? UINT16_MAX : load) || view.missed != a->missed)
		return differ(d, "agent %llu: core load %u, missed %u; naive %u, %u",
			      (unsigned long long)agent, view.load, view.missed, load, a->missed);
	return true;
}

/* ---- one event ------------------------------------------------------------------------------ */

static bool compare(struct diff *d, const struct routing_event *ev,
		    const struct routing_effects *fx)
{
	struct naive_contact *c;
	if (d->difference[0] != '\0' || !compare_decisions(d, ev, fx))
		return false;
	for (unsigned i = 0; i < 3 && (c = random_contact(d)) != NULL; i++)
		if (!compare_why(d, c) || (i == 0 && !compare_contact(d, c)))
			return false;
	return d->step % 4 != 0 || compare_agent(d);
}

static bool step_both(struct diff *d, const struct routing_event *ev, usher_us at, int expected)
{
	struct routing_effects fx;
	struct routing_event tick = {.kind = EV_TICK};
	bool is_rejected = false, is_late = naive_deadline(&d->naive) <= at;
	d->step++;
	d->now = at;
	d->record_count = 0;
	d->kind_now = ev->kind;
	routing_step(d->r, ev, at, &fx);
	for (size_t i = 0; i < fx.count; i++)
		is_rejected = is_rejected || fx.items[i].kind == FX_REJECTED;
	if (d->counts != NULL) {
		d->counts->events++;
		d->counts->rejected += is_rejected;
	}
	naive_step(&d->naive, is_rejected ? &tick : ev, at);
	if (is_rejected != (expected != 0) && !is_late)
		return differ(d, "%s: %s", routing_event_name(ev->kind),
			      is_rejected ? "rejected by the core" : "not rejected by the core");
	if (routing_deadline(d->r) <= at)
		return differ(d, "the core has something left to do");
	return compare(d, ev, &fx);
}

static bool is_command(enum routing_event_kind kind)
{
	return kind == EV_ACCEPT || kind == EV_DECLINE || kind == EV_CLOSE ||
	       kind == EV_WRAPUP_DONE;
}

/* Puts in the epoch of now, so that a shortened list of events still fits. */
static int fill_epoch(struct diff *d, const struct diff_event *e, struct routing_event *ev)
{
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	struct routing_contact_view view;
	bool is_held = ev->kind == EV_CLOSE || ev->kind == EV_WRAPUP_DONE;
	ev->command.epoch = 1;
	if (e->is_stale || !routing_contact(d->r, ev->command.contact, &view) ||
	    (is_held && view.state != (ev->kind == EV_CLOSE ? CONTACT_ACTIVE : CONTACT_WRAPUP)))
		return E_STALE;
	unsigned count = routing_seats(d->r, ev->command.contact, seats);
	for (unsigned i = 0; i < count; i++)
		if (seats[i].agent == ev->command.agent &&
		    (seats[i].role == ROLE_OFFERED) == !is_held) {
			ev->command.epoch = seats[i].epoch;
			return 0;
		}
	return E_STALE;
}

bool diff_apply(struct diff *d, const struct diff_event *e)
{
	struct routing_event tick = {.kind = EV_TICK}, ev = e->ev;
	usher_us due;
	int expected = 0;
	for (unsigned i = 0; (d->features & DIFF_JUMPS) == 0; i++) {
		due = routing_deadline(d->r);
		if (naive_deadline(&d->naive) < due)
			due = naive_deadline(&d->naive);
		if (due > e->at)
			break;
		if (i == TICKS_MAX)
			return differ(d, "ticks without end");
		if (!step_both(d, &tick, due > d->now ? due : d->now, 0))
			return false;
	}
	if (is_command(ev.kind))
		expected = fill_epoch(d, e, &ev);
	else if (ev.kind >= EV_CUSTOMER_LEFT || ev.kind == EV_REQUIRE)
		expected =
			naive_contact(&d->naive, ev.kind == EV_REQUIRE ? ev.contact.contact
								       : ev.command.contact) != NULL
				? 0
				: E_NOT_FOUND;
	return step_both(d, &ev, e->at, expected);
}

void diff_init(struct diff *d, uint64_t seed, unsigned features)
{
	struct routing_limits limits = {NAIVE_CONTACTS, NAIVE_AGENTS, NAIVE_QUEUES, 64};
	struct usher_error err;
	*d = (struct diff){.seed = seed, .random = hash_mix(seed), .probes = hash_mix(~seed)};
	d->features = features;
	d->now = START;
	if (routing_new(&d->r, &limits, seed, &err) < 0) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
	naive_init(&d->naive, seed);
	d->naive.epoch = epoch_of;
	d->naive.on_decision = on_naive_decision;
	d->naive.arg = d;
	routing_observe(d->r, on_core_decision, d);
	d->agent_count = 1;
}

void diff_done(struct diff *d)
{
	for (unsigned i = 0; i < ROUTING_ORDERS && d->counts != NULL; i++)
		d->counts->by_order[i] += d->naive.by_order[i];
	for (unsigned i = 0; i < 4 && d->counts != NULL; i++)
		d->counts->by_contact_key[i] += d->naive.by_contact_key[i];
	for (unsigned i = 0; i < NAIVE_KEYS && d->counts != NULL; i++)
		d->counts->by_agent_key[i] += d->naive.by_agent_key[i];
	d->r = routing_free(d->r);
}
