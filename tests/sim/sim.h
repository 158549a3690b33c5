/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A seeded world around the routing core: agents, queues and customers who do sensible and
 * senseless things. What the core reports is kept in a shadow that knows nothing of its inside.
 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include "routing/core/core.h"

#define SIM_AGENTS 48
#define SIM_QUEUES 10
#define SIM_CONTACTS 256 /* also the core's limit, which is reached now and then */
#define SIM_SKILLS 6

struct sim_contact {
	usher_id id; /* 0 = free */
	enum contact_state state;
	usher_id queue, agent;
	uint64_t epoch;
	usher_us first_us;
	uint8_t priority;
	enum channel_kind channel;
	uint16_t weight;
	bool is_plain; /* never declined, missed, transferred, parked or reserved */
	uint32_t class; /* its requirements as one number */
	usher_id refused_by; /* the last agent who declined or did not answer */
	usher_us refused_us;
};

struct sim_agent {
	usher_id id; /* 0 = not there */
	enum agent_state state; /* the last one shown */
	enum agent_state wanted;
	bool is_lost;
	uint16_t capacity;
	uint32_t load, offers;
	uint16_t count[CHANNEL_KINDS];
};

struct sim {
	struct routing *r; /* owned */
	uint64_t seed, random;
	usher_us now;
	usher_us back_us; /* the clock told to the core is so much behind */
	uint64_t step;
	uint64_t chain; /* of all events' effects */
	usher_id last_id;
	unsigned agent_count, queue_count;
	unsigned faults; /* per cent of the events that are senseless */
	bool has_restores;
	struct sim_contact contacts[SIM_CONTACTS];
	struct sim_agent agents[SIM_AGENTS];
	usher_id agent_ids[SIM_AGENTS]; /* of those that exist or existed */
	struct routing_queue_set queues[SIM_QUEUES]; /* queue 0 = not there */
	struct routing_channel_set channels[CHANNEL_KINDS];
	struct routing_command old[16]; /* accepted, closed or lapsed: sent again as faults */
	unsigned old_count;
	const struct routing_event *event; /* borrowed: the one being applied */
	unsigned open, level; /* contacts; how many the world aims at */
	uint64_t offers, assigned, closed, rejected, decisions, compared;
};

/* Ends the process with the seed and the step when the condition does not hold. */
void sim_expect(const struct sim *s, bool condition, const char *what);

void sim_init(struct sim *s, uint64_t seed, bool has_restores);
void sim_done(struct sim *s);
void sim_step(struct sim *s, const struct routing_event *ev); /* at s->now */

/* sim_events.c */
void sim_populate(struct sim *s);
void sim_event(struct sim *s, struct routing_event *ret);
void sim_agent_ready(struct sim *s, unsigned i, struct routing_event *ret);
void sim_full_agent(struct sim *s, unsigned i, struct routing_event *ret);
uint64_t sim_below(struct sim *s, uint64_t n);

/* sim_shadow.c */
void sim_shadow_event(struct sim *s, const struct routing_event *ev);
void sim_shadow_effect(struct sim *s, const struct routing_effect *fx);
void sim_shadow_compare(struct sim *s);
struct sim_contact *sim_find(struct sim *s, usher_id contact); /* NULL: not open */
struct sim_agent *sim_find_agent(struct sim *s, usher_id agent);
struct routing_queue_set *sim_find_queue(struct sim *s, usher_id queue);

/* sim_reference.c: a router that looks at everything */
void sim_reference(const struct routing *r, usher_id contact, usher_id agent, usher_us now,
		   void *arg);

#endif
