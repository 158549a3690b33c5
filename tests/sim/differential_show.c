/* SPDX-License-Identifier: Apache-2.0 */
/* What a person needs to judge a difference: few events, and the keys that were compared. */
#include "tests/sim/differential.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLAYS_MAX 2000
#define SHOWN_MAX 120

static void show_requirements(const struct routing_requirement *r, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		printf(" %s%u:%u/%u", r[i].is_preferred ? "~" : "", r[i].skill, r[i].level,
		       r[i].until_step);
}

static void show_queue(const struct routing_queue_set *q)
{
	printf(" %llu order %u offer %.0f wrap %.0f%s missed %u parallel %u%s reserve %u\n#\t\t",
	       (unsigned long long)q->queue, q->order, (double)q->offer_us / 1e6,
	       (double)q->wrapup_us / 1e6, q->is_wrapup_exclusive ? " exclusive" : "",
	       q->missed_max, q->parallel, q->is_automatic ? " automatic" : "", q->reserve);
	show_requirements(q->requirements, q->requirement_count);
	for (unsigned i = 0; i < q->step_count; i++)
		printf(" [%.0f s ring %u penalty %u drop %u raise %u, %u drops %u %u %u %u]",
		       (double)q->steps[i].lasts_us / 1e6, q->steps[i].ring_max,
		       q->steps[i].penalty_max, q->steps[i].level_drop, q->steps[i].priority_raise,
		       q->steps[i].drop_count, q->steps[i].drops[0], q->steps[i].drops[1],
		       q->steps[i].drops[2], q->steps[i].drops[3]);
	for (unsigned i = 0; q->has_ranks && i < CONTACT_PRIORITIES; i++)
		printf(" %u:(%u %u %.0f)", i, q->ranks[i].tier, q->ranks[i].growth,
		       (double)q->ranks[i].ahead_us / 1e6);
}

static void show_agent(const struct routing_agent_set *a)
{
	printf(" %llu capacity %u skills", (unsigned long long)a->agent, a->capacity);
	for (unsigned i = 0; i < a->skill_count; i++)
		printf(" %u:%u", a->skills[i].skill, a->skills[i].level);
	for (unsigned i = 0; i < a->queue_count; i++)
		printf(" [%llu ring %u penalty %u weight %u position %u]",
		       (unsigned long long)a->queues[i].queue, a->queues[i].ring,
		       a->queues[i].penalty, a->queues[i].weight, a->queues[i].position);
}

static void show_contact(const struct routing_contact_new *c, usher_us at)
{
	printf(" %llu queue %llu channel %u priority %u first %.3f%s",
	       (unsigned long long)c->contact, (unsigned long long)c->queue, c->channel,
	       c->priority, (double)(c->first_us - at) / 1e6, c->is_callback ? " callback" : "");
	if (c->preferred != 0 || c->fallback != 0 || c->excluded != 0)
		printf(" prefers %llu %.0f s, %llu %.0f s%s, not %llu",
		       (unsigned long long)c->preferred, (double)c->preferred_us / 1e6,
		       (unsigned long long)c->fallback, (double)c->fallback_us / 1e6,
		       c->is_patient ? " patient" : "", (unsigned long long)c->excluded);
	show_requirements(c->requirements, c->requirement_count);
}

void diff_show_event(const struct diff_event *e)
{
	const struct routing_event *ev = &e->ev;
	printf("#\t%.6f %s%s", (double)(e->at - 1700000000 * USHER_SECOND) / 1e6,
	       routing_event_name(ev->kind), e->is_stale ? " (stale)" : "");
	if (ev->kind == EV_QUEUE_SET)
		show_queue(&ev->queue);
	else if (ev->kind == EV_AGENT_SET)
		show_agent(&ev->agent);
	else if (ev->kind == EV_CONTACT_NEW || ev->kind == EV_REQUIRE)
		show_contact(&ev->contact, e->at);
	else if (ev->kind == EV_CHANNEL_SET)
		printf(" %u weight %u max %u%s interrupts %02x", ev->channel.channel,
		       ev->channel.weight, ev->channel.count_max,
		       ev->channel.is_exclusive ? " exclusive" : "", ev->channel.interrupts);
	else if (ev->kind >= EV_AGENT_REMOVE && ev->kind <= EV_PRESENCE_FOUND)
		printf(" %llu %s", (unsigned long long)ev->presence.agent,
		       ev->kind == EV_AGENT_WANTS ? agent_state_name(ev->presence.wants) : "");
	else if (ev->kind != EV_TICK)
		printf(" contact %llu agent %llu priority %u%s",
		       (unsigned long long)ev->command.contact,
		       (unsigned long long)ev->command.agent, ev->command.priority,
		       ev->command.flag ? " flag" : "");
	printf("\n");
}

void diff_show_decision(struct naive *n, const struct naive_contact *c)
{
	printf("#   naive: contact %llu of queue %llu, priority %u, step %u, first %.6f\n",
	       (unsigned long long)c->id, (unsigned long long)c->queue->set.queue, c->priority,
	       c->step, (double)(c->first_us - 1700000000 * USHER_SECOND) / 1e6);
	for (unsigned i = 0; i < NAIVE_AGENTS; i++) {
		const struct naive_agent *a = &n->agents[i];
		if (a->set.agent == 0)
			continue;
		enum routing_reason reason = naive_reason(n, c, a);
		printf("#     agent %llu%s: %s", (unsigned long long)a->set.agent,
		       a->is_dirty ? " (dirty)" : "", routing_reason_name(reason));
		struct naive_key key = {{0}};
		if (reason == REASON_CHOSEN)
			key = naive_key(n, c, a);
		for (unsigned k = 0; k < NAIVE_KEYS && reason == REASON_CHOSEN; k++)
			printf(" %lld", (long long)key.field[k]);
		printf("\n");
	}
}

/* All that waits, as both see it. */
static void show_waiting(struct diff *d)
{
	for (unsigned i = 0; i < NAIVE_CONTACTS; i++) {
		const struct naive_contact *c = &d->naive.contacts[i];
		struct routing_contact_view view = {0};
		if (c->id == 0 || c->state != CONTACT_WAITING)
			continue;
		routing_contact(d->r, c->id, &view);
		printf("#   %llu in %llu: channel %u, priority %u, first %.6f, position %u, step "
		       "%u, for %llu, "
		       "not %llu %llu %llu %llu until %.6f; core: %s, position %u, step %u\n",
		       (unsigned long long)c->id, (unsigned long long)c->queue->set.queue,
		       c->channel, c->priority,
		       (double)(c->first_us - 1700000000 * USHER_SECOND) / 1e6,
		       naive_position(&d->naive, c), c->step,
		       (unsigned long long)naive_waits_for(c), (unsigned long long)c->refused[0],
		       (unsigned long long)c->refused[1], (unsigned long long)c->refused[2],
		       (unsigned long long)c->refused[3],
		       c->round_end_us == USHER_NEVER
			       ? 0
			       : (double)(c->round_end_us - 1700000000 * USHER_SECOND) / 1e6,
		       contact_state_name(view.state), view.position, view.step);
	}
}

/* ---- fewer events --------------------------------------------------------------------------- */

static bool fails(struct diff *d, uint64_t seed, unsigned features, const struct diff_event *events,
		  unsigned count, uint64_t loud_at)
{
	static struct diff_event scratch[DIFF_EVENTS];
	bool is_same = true;
	diff_init(d, seed, features);
	diff_settings(d, scratch, CHANNEL_KINDS); /* for the names of the agents */
	d->is_loud = loud_at > 0;
	d->loud_at = loud_at;
	for (unsigned i = 0; i < count && is_same; i++)
		is_same = diff_apply(d, &events[i]);
	if (loud_at > 0) {
		show_waiting(d);
		fflush(stdout);
		routing_check(d->r); /* what it says itself */
	}
	diff_done(d);
	return !is_same;
}

/* Leaves out what is not needed for the two to differ, and says what remains. */
void diff_shrink(uint64_t seed, unsigned features, struct diff_event *events, unsigned count,
		 const char *kind)
{
	static struct diff_event fewer[DIFF_EVENTS];
	static struct diff d;
	unsigned replays = 0, before;
	for (unsigned size = count / 2; size > 0;
	     size = size > 1 || count < before ? (size + 1) / 2 : 0) {
		before = count;
		for (unsigned from = 0; from < count && replays < REPLAYS_MAX;) {
			unsigned cut = from + size < count ? size : count - from;
			memcpy(fewer, events, from * sizeof *events);
			memcpy(fewer + from, events + from + cut,
			       (count - from - cut) * sizeof *events);
			replays++;
			if (fails(&d, seed, features, fewer, count - cut, 0) && d.kind == kind) {
				count -= cut;
				memcpy(events, fewer, count * sizeof *events);
			} else {
				from += cut;
			}
		}
	}
	if (!fails(&d, seed, features, events, count, 0)) {
		printf("# it does not fail again\n");
		return;
	}
	printf("# shortened to %u events (%u replays):\n", count, replays);
	for (unsigned i = 0; i < count; i++)
		if (i < SHOWN_MAX / 2 || i + SHOWN_MAX / 2 >= count)
			diff_show_event(&events[i]);
	printf("# %s\n", d.difference);
	fails(&d, seed, features, events, count, d.step);
}
