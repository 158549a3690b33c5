/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: speed [AGENTS [BACKLOG [STEPS]]]
 * How many steps a second the core makes, without checks: 20 queues, each agent in 3, contacts
 * with up to one skill; each contact is a new, an accept and a close. The figure never fails a
 * test; what is tested is that nothing is lost and that both runs end in the same state.
 */
#include "routing/base/memory.h"
#include "routing/core/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define QUEUES 20
#define SKILLS 10

struct speed {
	struct routing *r; /* owned */
	usher_us now;
	uint64_t random, steps;
	usher_id next;
	struct routing_command *open; /* owned: a ring of offers and assignments */
	size_t first, count, space;
};

static void push(struct speed *s, const struct routing_effect *fx)
{
	if (s->count == s->space)
		abort();
	s->open[(s->first + s->count++) % s->space] =
		(struct routing_command){fx->contact, fx->agent, fx->epoch, 0, 0, true};
}

static void step(struct speed *s, const struct routing_event *ev)
{
	struct routing_effects fx;
	s->now += 100;
	s->steps++;
	routing_step(s->r, ev, s->now, &fx);
	for (size_t i = 0; i < fx.count; i++)
		if (fx.items[i].kind == FX_OFFERED)
			push(s, &fx.items[i]);
}

static void arrive(struct speed *s)
{
	struct routing_event ev = {.kind = EV_CONTACT_NEW};
	ev.contact.contact = ++s->next;
	ev.contact.queue = 1 + random_below(&s->random, QUEUES);
	ev.contact.channel = CHANNEL_TELEPHONY;
	ev.contact.priority = (uint8_t)(4 + random_below(&s->random, 3));
	ev.contact.first_us = s->now;
	if (random_below(&s->random, 2) == 0) {
		ev.contact.requirement_count = 1;
		ev.contact.requirements[0] =
			(struct routing_requirement){1 + (uint32_t)random_below(&s->random, SKILLS), 2};
	}
	step(s, &ev);
}

static void serve(struct speed *s)
{
	struct routing_event ev = {.kind = EV_ACCEPT, .command = s->open[s->first]};
	s->first = (s->first + 1) % s->space;
	s->count--;
	step(s, &ev);
	ev.kind = EV_CLOSE;
	step(s, &ev);
}

static void populate(struct speed *s, unsigned agents)
{
	struct routing_event ev = {.kind = EV_QUEUE_SET};
	for (usher_id q = 1; q <= QUEUES; q++) {
		ev.queue = (struct routing_queue_set){
			.queue = q, .priority = 5, .offer_us = USHER_HOUR};
		step(s, &ev);
	}
	for (unsigned i = 1; i <= agents; i++) {
		ev = (struct routing_event){.kind = EV_AGENT_SET};
		ev.agent.agent = i;
		ev.agent.capacity = 100;
		for (unsigned k = 0; k < 3; k++)
			ev.agent.queues[ev.agent.queue_count++].queue = 1 + (i + k * 7) % QUEUES;
		for (uint32_t k = 1; k <= SKILLS; k++)
			if ((i * 7 + k * 3) % 4 != 0)
				ev.agent.skills[ev.agent.skill_count++] =
					(struct routing_skill){k, (uint8_t)(1 + (i + k) % 5)};
		step(s, &ev);
		ev = (struct routing_event){.kind = EV_AGENT_WANTS};
		ev.presence.agent = i;
		ev.presence.wants = AGENT_READY;
		step(s, &ev);
	}
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t argument(int argc, char **argv, int i, uint64_t otherwise)
{
	return i < argc ? strtoull(argv[i], NULL, 10) : otherwise;
}

static uint64_t run(unsigned agents, uint64_t backlog, uint64_t steps)
{
	struct routing_limits limits = {(uint32_t)(backlog + agents + 1000), agents, QUEUES};
	struct usher_error err;
	struct speed s = {.random = 7, .now = USHER_DAY, .next = 1000000};
	if (agents == 0 || routing_new(&s.r, &limits, 1, &err) < 0)
		exit(2);
	s.space = agents + 16;
	s.open = memory_new_array(s.space, sizeof *s.open);
	populate(&s, agents);
	/* Without a backlog: half of the agents at work. */
	uint64_t level = backlog > 0 ? backlog + agents : agents / 2;
	for (uint64_t i = 0; i < level; i++)
		arrive(&s);
	s.steps = 0;
	double start = seconds();
	while (s.steps < steps) {
		serve(&s);
		arrive(&s);
	}
	double spent = seconds() - start;
	uint64_t digest = routing_digest(s.r), waiting = 0;
	for (usher_id q = 1; q <= QUEUES; q++) {
		struct routing_queue_view view;
		waiting += routing_queue(s.r, q, &view) ? view.waiting : 0;
	}
	printf("# %u agents, %llu waiting: %.2f M steps/s, %.0f ns a step; digest %016llx\n",
	       agents, (unsigned long long)waiting, (double)s.steps / spent / 1e6,
	       spent / (double)s.steps * 1e9, (unsigned long long)digest);
	bool is_whole = waiting + s.count == level;
	routing_free(s.r);
	free(s.open);
	return is_whole ? digest : 0;
}

int main(int argc, char **argv)
{
	unsigned agents = (unsigned)argument(argc, argv, 1, 1000);
	uint64_t backlog = argument(argc, argv, 2, 10000), steps = argument(argc, argv, 3, 300000);
	printf("1..1\n");
	uint64_t first = run(agents, backlog, steps), second = run(agents, backlog, steps);
	bool is_good = first != 0 && first == second;
	printf("%s 1 - nothing is lost and both runs end alike\n", is_good ? "ok" : "not ok");
	return is_good ? 0 : 1;
}
