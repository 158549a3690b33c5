/* SPDX-License-Identifier: Apache-2.0 */
/* A model played through routing_step: who comes, who is served, who leaves, added up. */
#include "routing/base/memory.h"
#include "tests/sim/oracle.h"

#include <stdlib.h>
#include <string.h>

#define START ((usher_us)1700000000 * USHER_SECOND)
#define SLOT_BITS 16
#define COMMANDS_MAX 4096 /* effects of one step */
#define TICKS_MAX 10000   /* at one instant */

enum happening { HAPPENS_ARRIVAL, HAPPENS_DONE, HAPPENS_LEAVES, HAPPENS_LEVEL, HAPPENS_SERVER };

struct customer {
	usher_id id; /* 0 = free; its lower bits are the slot */
	unsigned class, agent;
	bool is_served;
	uint64_t epoch;
	usher_us arrived, started;
};

struct server {
	unsigned group, count;
	uint16_t slots[ORACLE_LEVELS];
	uint64_t version; /* of the number in hand */
	usher_us free_since;
	bool is_ready;
};

struct oracle_world {
	struct oracle_model *m;    /* borrowed */
	struct routing *r;         /* owned */
	struct usher_error *fault; /* borrowed */
	uint64_t random, serial, arrival_version;
	usher_us now;
	double unit_us;
	struct oracle_plan plan;
	struct oracle_sums sums;
	uint64_t counted; /* arrivals, or matches */
	struct customer customers[ORACLE_SLOTS];
	uint16_t free_slots[ORACLE_SLOTS];
	unsigned free_count, open, backlog;
	double waiting[ORACLE_CLASSES], busy[ORACLE_GROUPS];
	unsigned idle, ready[ORACLE_GROUPS], wanted[ORACLE_GROUPS];
	struct server *servers; /* owned */
	struct routing_command asked[COMMANDS_MAX];
	unsigned asked_count;
	bool is_rejected; /* the last step */
};

static bool is_faulty(struct oracle_world *w, bool is_fault, const char *what)
{
	if (is_fault && w->fault->code == 0)
		usher_error_set(w->fault, E_STATE, "%s after %.3f units", what, oracle_now(w));
	return w->fault->code != 0;
}

double oracle_now(const struct oracle_world *w)
{
	return (double)(w->now - START) / w->unit_us;
}

static usher_us later(const struct oracle_world *w, double units)
{
	return w->now + (usher_us)(units * w->unit_us + 0.5);
}

/* ---- service -------------------------------------------------------------------------------- */

static void plan_level(struct oracle_world *w, unsigned agent)
{
	struct server *s = &w->servers[agent];
	double rate = s->count < w->m->level_count ? w->m->levels[s->count] : 0;
	s->version++;
	if (rate > 0)
		plan_add(&w->plan,
			 (struct oracle_event){.at = later(w, random_exponential(&w->random, rate)),
					       .kind = HAPPENS_LEVEL,
					       .subject = agent,
					       .check = s->version});
}

static void plan_service(struct oracle_world *w, const struct customer *c)
{
	const struct oracle_model *m = w->m;
	double rate = m->rates[c->class][w->servers[c->agent].group];
	double scv = m->classes[c->class].scv, span;
	if (m->level_count != 0) {
		plan_level(w, c->agent);
		return;
	}
	if (m->server_rate > 0)
		return; /* until the agent is drawn */
	if (is_faulty(w, rate <= 0, "an agent was given what he cannot serve"))
		return;
	if (scv <= 0)
		span = 1 / rate;
	else if (scv == 1)
		span = random_exponential(&w->random, rate);
	else
		span = random_gamma(&w->random, 1 / scv) * scv / rate;
	plan_add(&w->plan, (struct oracle_event){.at = later(w, span),
						 .kind = HAPPENS_DONE,
						 .subject = (unsigned)(c->id % ORACLE_SLOTS),
						 .check = c->id});
}

static bool has_skill(const struct routing_agent_set *set, uint32_t skill)
{
	unsigned i = 0;
	while (i < set->skill_count && set->skills[i].skill != skill)
		i++;
	return skill == 0 || i < set->skill_count;
}

static const struct routing_member *member(const struct routing_agent_set *set, usher_id queue)
{
	for (unsigned i = 0; i < set->queue_count; i++)
		if (set->queues[i].queue == queue)
			return &set->queues[i];
	return NULL;
}

/* Figures hardly feel which of the idle is taken, so this is judged one by one. Of those who come;
 * what waits is taken by whoever may take more, also while a reserve keeps others idle. */
static bool is_passed_over(const struct oracle_world *w, unsigned agent, unsigned class)
{
	const struct oracle_class *k = &w->m->classes[class];
	const struct routing_member *his = member(&w->m->agents[agent].set, k->queue);
	if (w->m->queues[k->queue - 1].order != ORDER_LONGEST_IDLE || his == NULL)
		return false;
	for (unsigned a = 0; a < w->m->agent_count; a++) {
		const struct server *s = &w->servers[a];
		const struct routing_member *other = member(&w->m->agents[a].set, k->queue);
		if (a != agent && s->is_ready && s->count == 0 && other != NULL &&
		    other->ring == his->ring && s->free_since < w->servers[agent].free_since &&
		    has_skill(&w->m->agents[a].set, k->skill))
			return true;
	}
	return false;
}

static void on_assigned(struct oracle_world *w, const struct routing_effect *fx)
{
	struct customer *c = &w->customers[fx->contact % ORACLE_SLOTS];
	struct server *s = &w->servers[fx->agent - 1];
	double wait = (double)(w->now - c->arrived) / w->unit_us;
	unsigned k = c->class;
	if (is_faulty(w, c->id != fx->contact || c->is_served, "assigned twice, or what is gone") ||
	    is_faulty(w, !s->is_ready, "assigned to an agent who is not ready") ||
	    is_faulty(w, wait == 0 && is_passed_over(w, (unsigned)(fx->agent - 1), k),
		      "one idle for longer was passed over") ||
	    is_faulty(w, s->count == ORACLE_LEVELS, "an agent has too many contacts"))
		return;
	c->is_served = true;
	c->agent = (unsigned)(fx->agent - 1);
	c->epoch = fx->epoch;
	c->started = w->now;
	w->idle -= s->count == 0;
	s->slots[s->count++] = (uint16_t)(fx->contact % ORACLE_SLOTS);
	w->busy[s->group]++;
	w->waiting[k]--;
	w->backlog -= w->m->classes[k].is_backlog;
	w->sums.served[k]++;
	w->sums.served_wait[k] += wait;
	w->sums.served_square[k] += wait * wait;
	w->sums.served_soon[k] += wait <= w->m->threshold;
	w->sums.matched[k][s->group]++;
	w->counted += w->m->server_rate > 0;
	plan_service(w, c);
}

static void on_effects(struct oracle_world *w, const struct routing_effects *fx)
{
	w->is_rejected = false;
	for (size_t i = 0; i < fx->count; i++) {
		const struct routing_effect *it = &fx->items[i];
		if (it->kind == FX_ASSIGNED)
			on_assigned(w, it);
		else if (it->kind == FX_REJECTED)
			w->is_rejected = true;
		else if (it->kind == FX_OFFERED &&
			 !is_faulty(w, !w->m->has_asking, "an automatic queue asked") &&
			 w->asked_count < COMMANDS_MAX)
			w->asked[w->asked_count++] = (struct routing_command){
				.contact = it->contact, .agent = it->agent, .epoch = it->epoch};
	}
}

/* Every offer is accepted at once. True: not rejected. */
static bool step(struct oracle_world *w, const struct routing_event *ev)
{
	struct routing_effects fx;
	bool is_done;
	routing_step(w->r, ev, w->now, &fx);
	on_effects(w, &fx);
	is_done = !w->is_rejected;
	while (w->asked_count > 0) {
		struct routing_event accept = {.kind = EV_ACCEPT,
					       .command = w->asked[--w->asked_count]};
		routing_step(w->r, &accept, w->now, &fx);
		on_effects(w, &fx);
		is_faulty(w, w->is_rejected, "an accept was rejected");
	}
	return is_done;
}

static void must(struct oracle_world *w, const struct routing_event *ev)
{
	if (!step(w, ev))
		is_faulty(w, true, routing_event_name(ev->kind));
}

static void forget(struct oracle_world *w, struct customer *c)
{
	w->free_slots[w->free_count++] = (uint16_t)(c->id % ORACLE_SLOTS);
	w->open--;
	c->id = 0;
}

static void wants(struct oracle_world *w, unsigned agent, bool is_ready)
{
	struct server *s = &w->servers[agent];
	struct routing_event ev = {.kind = EV_AGENT_WANTS};
	if (s->is_ready == is_ready)
		return;
	s->is_ready = is_ready;
	s->free_since = w->now;
	w->ready[s->group] += is_ready ? 1 : -1u;
	if (s->count == 0)
		w->idle += is_ready ? 1 : -1u;
	ev.presence = (struct routing_presence){agent + 1, is_ready ? AGENT_READY : AGENT_NOT_READY,
						is_ready ? 0 : 1};
	must(w, &ev);
}

static void finish(struct oracle_world *w, struct customer *c)
{
	struct routing_event ev = {.kind = EV_CLOSE};
	struct server *s = &w->servers[c->agent];
	unsigned i = 0;
	if (w->ready[s->group] > w->wanted[s->group])
		wants(w, c->agent, false);
	while (i + 1 < s->count && s->slots[i] != c->id % ORACLE_SLOTS)
		i++;
	s->slots[i] = s->slots[--s->count];
	w->busy[s->group]--;
	s->free_since = w->now;
	if (s->count == 0 && s->is_ready)
		w->idle++;
	w->sums.done[c->class]++;
	w->sums.sojourn[c->class] += (double)(w->now - c->started) / w->unit_us;
	ev.command = (struct routing_command){
		.contact = c->id, .agent = c->agent + 1, .epoch = c->epoch, .flag = true};
	forget(w, c);
	if (w->m->level_count != 0)
		plan_level(w, (unsigned)(ev.command.agent - 1));
	must(w, &ev);
}

/* ---- arrivals ------------------------------------------------------------------------------- */

static void leave(struct oracle_world *w, struct customer *c)
{
	struct routing_event ev = {.kind = EV_CUSTOMER_LEFT, .command.contact = c->id};
	w->waiting[c->class]--;
	forget(w, c);
	must(w, &ev);
}

static void on_waiting(struct oracle_world *w, struct customer *c)
{
	double patience = w->m->classes[c->class].patience;
	if (w->m->is_loss) {
		w->sums.blocked[c->class]++;
		leave(w, c);
		return;
	}
	w->sums.waited[c->class]++;
	if (patience > 0)
		plan_add(&w->plan, (struct oracle_event){
					   .at = later(w, random_exponential(&w->random, patience)),
					   .kind = HAPPENS_LEAVES,
					   .subject = (unsigned)(c->id % ORACLE_SLOTS),
					   .check = c->id});
}

static void arrive(struct oracle_world *w, unsigned class)
{
	const struct oracle_class *k = &w->m->classes[class];
	struct routing_event ev = {.kind = EV_CONTACT_NEW};
	struct customer *c;
	if (is_faulty(w, w->free_count == 0, "too many wait"))
		return;
	c = &w->customers[w->free_slots[--w->free_count]];
	*c = (struct customer){.id = ++w->serial << SLOT_BITS | (usher_id)(c - w->customers),
			       .class = class,
			       .arrived = w->now};
	ev.contact =
		(struct routing_contact_new){.contact = c->id,
					     .queue = k->queue,
					     .channel = k->channel,
					     .priority = k->priority,
					     .first_us = w->now,
					     .requirement_count = k->skill != 0,
					     .requirements = {{.skill = k->skill, .level = 1}}};
	w->open++;
	w->waiting[class]++;
	w->backlog += k->is_backlog;
	w->counted += !k->is_backlog;
	w->sums.arrived[class]++;
	if (!step(w, &ev)) {
		is_faulty(w, k->is_backlog, "the backlog is full");
		w->waiting[class]--;
		w->sums.blocked[class]++;
		forget(w, c);
	} else if (!c->is_served) {
		on_waiting(w, c);
	}
}

static void plan_arrival(struct oracle_world *w)
{
	double rate = 0;
	w->arrival_version++;
	for (unsigned k = 0; k < w->m->class_count; k++)
		rate += w->m->classes[k].is_backlog ? 0 : w->m->classes[k].rate;
	if (rate > 0)
		plan_add(&w->plan,
			 (struct oracle_event){.at = later(w, random_exponential(&w->random, rate)),
					       .kind = HAPPENS_ARRIVAL,
					       .check = w->arrival_version});
}

static unsigned draw_class(struct oracle_world *w, bool is_backlog)
{
	double shares[ORACLE_CLASSES];
	for (unsigned k = 0; k < w->m->class_count; k++)
		shares[k] = w->m->classes[k].is_backlog == is_backlog ? w->m->classes[k].rate : 0;
	return random_share(&w->random, shares, w->m->class_count);
}

static void refill(struct oracle_world *w)
{
	while (w->backlog < w->m->backlog && !is_faulty(w, false, ""))
		arrive(w, draw_class(w, true));
}

static void plan_server(struct oracle_world *w)
{
	plan_add(&w->plan,
		 (struct oracle_event){
			 .at = later(w, random_exponential(&w->random, w->m->server_rate)),
			 .kind = HAPPENS_SERVER});
}

/* ---- time ----------------------------------------------------------------------------------- */

static void advance(struct oracle_world *w, usher_us at)
{
	double span = (double)(at - w->now) / w->unit_us;
	struct oracle_sums *s = &w->sums;
	s->time += span;
	for (unsigned k = 0; k < w->m->class_count; k++)
		s->queue[k] += w->waiting[k] * span;
	for (unsigned g = 0; g < w->m->group_count; g++) {
		s->busy[g] += w->busy[g] * span;
		s->present[g] += (w->busy[g] > w->ready[g] ? w->busy[g] : w->ready[g]) * span;
	}
	s->idle += w->idle * span;
	s->empty += w->open == 0 ? span : 0;
	w->now = at;
}

/* What the core itself has planned happens at its instant, as a gateway does it. */
static void advance_ticking(struct oracle_world *w, usher_us at)
{
	struct routing_event tick = {.kind = EV_TICK};
	usher_us due;
	unsigned ticks = 0;
	while ((due = routing_deadline(w->r)) < at && ticks++ < TICKS_MAX) {
		if (due > w->now) {
			advance(w, due);
			ticks = 0;
		}
		step(w, &tick);
	}
	is_faulty(w, ticks >= TICKS_MAX, "ticks without end");
	advance(w, at);
}

static void serve_drawn(struct oracle_world *w)
{
	struct server *s =
		&w->servers[random_share(&w->random, w->m->server_shares, w->m->agent_count)];
	if (!is_faulty(w, s->count != 1, "the backlog is too short for an agent"))
		finish(w, &w->customers[s->slots[0]]);
	plan_server(w);
}

static void happen(struct oracle_world *w, const struct oracle_event *e)
{
	struct customer *c = &w->customers[e->subject % ORACLE_SLOTS];
	switch ((enum happening)e->kind) {
	case HAPPENS_ARRIVAL:
		if (e->check == w->arrival_version) {
			plan_arrival(w);
			arrive(w, draw_class(w, false));
		}
		break;
	case HAPPENS_DONE:
		if (c->id == e->check)
			finish(w, c);
		break;
	case HAPPENS_LEAVES:
		if (c->id == e->check && !c->is_served) {
			double wait = (double)(w->now - c->arrived) / w->unit_us;
			w->sums.left[c->class]++;
			w->sums.left_wait[c->class] += wait;
			w->sums.left_soon[c->class] += wait <= w->m->threshold;
			leave(w, c);
		}
		break;
	case HAPPENS_LEVEL: {
		struct server *s = &w->servers[e->subject];
		if (s->version == e->check)
			finish(w, &w->customers[s->slots[random_below(&w->random, s->count)]]);
		break;
	}
	case HAPPENS_SERVER:
		serve_drawn(w);
		break;
	}
	refill(w);
}

static bool play_next(struct oracle_world *w, usher_us until)
{
	struct oracle_event e;
	if (is_faulty(w, false, "") || !plan_next(&w->plan, until, &e))
		return false;
	advance_ticking(w, e.at);
	happen(w, &e);
	return true;
}

bool oracle_play(struct oracle_world *w, uint64_t arrivals)
{
	uint64_t until = w->counted + arrivals;
	while (w->counted < until && play_next(w, USHER_NEVER))
		;
	is_faulty(w, w->counted < until, "nothing more happens");
	return w->fault->code == 0;
}

bool oracle_play_until(struct oracle_world *w, double at)
{
	usher_us until = START + (usher_us)(at * w->unit_us + 0.5);
	while (play_next(w, until))
		;
	if (w->fault->code == 0 && until > w->now)
		advance_ticking(w, until);
	return w->fault->code == 0;
}

bool oracle_run_out(struct oracle_world *w)
{
	while (w->open > 0 && play_next(w, USHER_NEVER))
		;
	is_faulty(w, w->open > 0, "somebody waits for ever");
	return w->fault->code == 0;
}

void oracle_take(struct oracle_world *w, struct oracle_sums *ret)
{
	*ret = w->sums;
	memset(&w->sums, 0, sizeof w->sums);
}

/* ---- setting -------------------------------------------------------------------------------- */

void oracle_rates_changed(struct oracle_world *w)
{
	plan_arrival(w);
}

void oracle_staff(struct oracle_world *w, unsigned group, unsigned count)
{
	w->wanted[group] = count;
	for (unsigned a = 0; a < w->m->agent_count && w->ready[group] < count; a++)
		if (w->servers[a].group == group)
			wants(w, a, true);
	for (unsigned a = 0; a < w->m->agent_count && w->ready[group] > count; a++)
		if (w->servers[a].group == group && w->servers[a].count == 0)
			wants(w, a, false);
}

static void populate(struct oracle_world *w)
{
	const struct oracle_model *m = w->m;
	struct routing_event ev;
	for (unsigned k = 1; k < CHANNEL_KINDS; k++) {
		ev = (struct routing_event){.kind = EV_CHANNEL_SET};
		ev.channel = (struct routing_channel_set){.channel = k, .weight = m->weight};
		must(w, &ev);
	}
	for (unsigned q = 0; q < m->queue_count; q++) {
		ev = (struct routing_event){.kind = EV_QUEUE_SET, .queue = m->queues[q]};
		ev.queue.is_automatic = !m->has_asking;
		must(w, &ev);
	}
	for (unsigned a = 0; a < m->agent_count; a++) {
		ev = (struct routing_event){.kind = EV_AGENT_SET, .agent = m->agents[a].set};
		ev.agent.agent = a + 1;
		must(w, &ev);
		w->servers[a].group = m->agents[a].group;
		w->wanted[m->agents[a].group]++;
	}
	for (unsigned g = 0; g < m->group_count; g++)
		oracle_staff(w, g, w->wanted[g]);
}

struct oracle_world *oracle_open(struct oracle_model *m, uint64_t seed, struct usher_error *fault)
{
	struct routing_limits limits = {ORACLE_SLOTS, m->agent_count, m->queue_count + 1,
					ORACLE_CLASSES + 1};
	struct oracle_world *w = NEW(struct oracle_world);
	w->m = m;
	w->random = hash_mix(seed + 1);
	w->now = START;
	w->unit_us = m->unit_us;
	w->fault = fault;
	w->servers = memory_new_array(m->agent_count, sizeof w->servers[0]);
	for (unsigned i = 0; i < ORACLE_SLOTS; i++)
		w->free_slots[w->free_count++] = (uint16_t)(ORACLE_SLOTS - 1 - i);
	if (routing_new(&w->r, &limits, seed, fault) != 0)
		return oracle_close(w);
	populate(w);
	refill(w);
	plan_arrival(w);
	if (m->server_rate > 0)
		plan_server(w);
	return fault->code == 0 ? w : oracle_close(w);
}

struct oracle_world *oracle_close(struct oracle_world *w)
{
	if (w == NULL)
		return NULL;
	if (w->r != NULL && w->fault->code == 0)
		routing_check(w->r);
	routing_free(w->r);
	plan_done(&w->plan);
	free(w->servers);
	free(w);
	return NULL;
}

bool oracle_run(struct oracle_model *m, uint64_t arrivals, uint64_t seed, struct oracle_result *ret,
		struct usher_error *fault)
{
	struct oracle_world *w = oracle_open(m, seed, fault);
	struct oracle_sums *sums = NEW(struct oracle_sums);
	bool is_good = w != NULL && oracle_play(w, 1 + arrivals / 10);
	if (is_good)
		oracle_take(w, sums);
	for (unsigned b = 0; b < ORACLE_BATCHES && is_good; b++) {
		is_good = oracle_play(w, 1 + arrivals / ORACLE_BATCHES);
		oracle_take(w, sums);
		oracle_result_add(ret, b, sums);
	}
	oracle_close(w);
	free(sums);
	if (is_good)
		oracle_result_finish(ret);
	return is_good;
}
