/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A seeded world around the routing core: agents, queues and customers who do sensible and
 * senseless things. What the core reports is kept in a shadow that knows nothing of its inside,
 * and judged by routing/core/RULES.md.
 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include "routing/base/table.h"
#include "routing/core/core.h"

#define SIM_AGENTS 48
#define SIM_QUEUES 10
#define SIM_CONTACTS 256 /* also the core's limit, which is reached now and then */
#define SIM_CROWD 4096	 /* of a world where thousands wait */
#define SIM_SKILLS 6
#define SIM_REMOVED 64 /* queues whose settings are still known */
#define SIM_REFUSALS 4

/* What a world has; each has some of it, so that the rules meet in all pairs. */
enum sim_feature {
	SIM_RANKS = 1,
	SIM_STEPS = 2,
	SIM_REQUIREMENTS = 4, /* of queues, preferred ones, until_step, EV_REQUIRE */
	SIM_ORDERS = 8,
	SIM_RINGS = 0x10,
	SIM_PARALLEL = 0x20,
	SIM_AUTOMATIC = 0x40,
	SIM_RESERVE = 0x80,
	SIM_BLENDING = 0x100, /* exclusive channels, interrupts */
	SIM_LEASES = 0x200,
	SIM_OVERFLOW = 0x400,
	SIM_HOURS = 0x800,
	SIM_CALLBACKS = 0x1000,
	SIM_PREFERENCES = 0x2000, /* preferred, fallback, excluded agents */
	SIM_CONSULTS = 0x4000,
	SIM_MOVES = 0x8000,
	SIM_FEATURES = 0x10000,
};

enum sim_lease { /* whose turn it is to write */
		 SIM_NOBODYS = 0,
		 SIM_FIRST = 1,
		 SIM_REPLY = 2,
		 SIM_SILENCE = 3,
		 SIM_UNKNOWN = 4, /* which settings it began with is not known */
};

struct sim_seat {
	usher_id agent;
	uint64_t epoch;
	enum routing_role role;
	uint16_t weight;
};

struct sim_refusal {
	usher_id agent;
	usher_us at;
	bool is_certain; /* false: it may be that he does not get it for a while */
};

struct sim_contact {
	usher_id id;
	enum contact_state state; /* CONTACT_NONE: the next effect must say */
	usher_id queue, parker, about, excluded, directed;
	usher_us first_us, queued_us, hold_us; /* hold_us: may wait for one agent until then */
	usher_us preferred_us, offer_end_us, refused_us;
	usher_us changed_us; /* another step, other requirements */
	uint8_t priority;    /* above 9: told by the queue it comes into */
	uint8_t step, hops;
	enum sim_lease lease;
	usher_us lease_us;
	enum channel_kind channel;
	bool is_callback;
	bool is_plain;	   /* never refused, transferred, parked or kept for one agent */
	bool is_kept;	   /* came back in a way that may keep it for one agent */
	bool is_exclusive; /* its wrap-up keeps the agent from new work */
	bool is_orphan;	   /* its holder went: the next effect must name another */
	unsigned requirement_count, seat_count, refusal_count;
	struct routing_requirement requirements[ROUTING_REQUIREMENTS_MAX];
	uint64_t class; /* these, and who is excluded */
	struct sim_refusal refusals[SIM_REFUSALS];
	struct sim_seat seats[ROUTING_PARALLEL_MAX];
};

struct sim_agent {
	usher_id id;		/* 0 = not there */
	enum agent_state state; /* the last one shown */
	enum agent_state wanted;
	bool is_lost, is_unresponsive;
	uint16_t missed;
	uint32_t load, offers, contacts, wraps;
	uint32_t load_of[CHANNEL_KINDS];
	uint16_t count[CHANNEL_KINDS];
	struct routing_agent_set set;
};

struct sim_queue {
	struct routing_queue_set set; /* queue 0 = not there */
	usher_us changed_us;
	bool is_closed;
};

struct sim {
	struct routing *r; /* owned */
	uint64_t seed, random, length;
	usher_us now;
	usher_us core_us, before_us; /* the latest instant the core was told; before this step */
	usher_us back_us;	     /* the clock told to the core is so much behind */
	usher_us changed_us;	     /* who is there, or what they can do */
	uint64_t step;
	uint64_t chain; /* of all events' effects */
	uint64_t epoch; /* the highest one told */
	usher_id last_id;
	unsigned features, agent_count, queue_count, growth_count;
	uint16_t growths[3];
	unsigned contacts_max;
	unsigned faults; /* per cent of the events that are senseless */
	bool has_restores;
	bool is_settled; /* nothing was left to do when the step began */
	bool is_blurred; /* settings changed while work was left: what was decided by which? */
	struct sim_contact *contacts; /* owned, dense; `open` of them */
	struct table by_id;	      /* contact -> place in contacts + 1 */
	struct sim_agent agents[SIM_AGENTS];
	usher_id agent_ids[SIM_AGENTS]; /* of those that exist or existed */
	struct sim_queue queues[SIM_QUEUES];
	struct sim_queue removed[SIM_REMOVED];
	unsigned removed_count;
	struct routing_channel_set channels[CHANNEL_KINDS];
	struct routing_command old[16]; /* accepted, closed or lapsed: sent again as faults */
	unsigned old_count;
	const struct routing_event *event; /* borrowed: the one being applied */
	unsigned open, level;		   /* contacts; how many the world aims at */
	uint64_t offers, assigned, closed, rejected, decisions, compared, restores, judged;
};

/* Ends the process with the seed and the step when the condition does not hold. */
void sim_fail(const struct sim *s, const char *what);
static inline void sim_expect(const struct sim *s, bool condition, const char *what)
{
	if (!condition)
		sim_fail(s, what);
}

/* sim_world.c */
uint64_t sim_world(struct sim *s, uint64_t seed, uint64_t length, bool has_restores);
void sim_done(struct sim *s);
void sim_step(struct sim *s, const struct routing_event *ev); /* at s->now */
bool sim_is_due(const struct sim *s);			      /* work for a tick */
extern const struct sim *sim_running; /* for the message when an assertion of the core fires */
extern bool sim_is_in_step;	      /* allocations abort */
extern uint64_t sim_allocations;

/* sim_settings.c */
uint64_t sim_below(struct sim *s, uint64_t n);
bool sim_chance(struct sim *s, unsigned percent);
bool sim_has(struct sim *s, enum sim_feature feature, unsigned percent);
usher_us sim_seconds(struct sim *s, unsigned from, unsigned to);
usher_id sim_new_id(struct sim *s);
void sim_populate(struct sim *s);
void sim_setting(struct sim *s, struct routing_event *ret);
void sim_agent_ready(struct sim *s, unsigned i, struct routing_event *ret);
void sim_full_agent(struct sim *s, unsigned i, struct routing_event *ret);
unsigned sim_requirements(struct sim *s, struct routing_requirement *ret, unsigned max);

/* sim_events.c */
void sim_event(struct sim *s, struct routing_event *ret);

/* sim_shadow.c */
void sim_shadow_effect(struct sim *s, const struct routing_effect *fx);
struct sim_contact *sim_add(struct sim *s, usher_id contact);
struct sim_contact *sim_find(const struct sim *s, usher_id contact); /* NULL: not open */
struct sim_agent *sim_find_agent(struct sim *s, usher_id agent);
struct sim_queue *sim_find_queue(struct sim *s, usher_id queue); /* removed ones too */
struct sim_seat *sim_find_seat(struct sim_contact *c, usher_id agent);

/* sim_told.c: what an event of the world means for the shadow */
void sim_shadow_event(struct sim *s, const struct routing_event *ev);
void sim_lease(struct sim *s, struct sim_contact *c, enum sim_lease kind);

/* sim_judge.c: what the shadow knows, by the rules */
void sim_classify(struct sim_contact *c);
bool sim_may_take(struct sim *s, const struct sim_contact *c, const struct sim_agent *a,
		  const char **ret_why);
bool sim_is_able(const struct sim_agent *a);
bool sim_is_deferred(const struct sim_contact *c);
struct routing_rank sim_rank(struct sim *s, const struct sim_contact *c, uint8_t step);
unsigned sim_needs(struct sim *s, const struct sim_contact *c,
		   struct routing_requirement ret[2 * ROUTING_REQUIREMENTS_MAX]);
void sim_judge_offer(struct sim *s, struct sim_contact *c, struct sim_agent *a);

/* sim_compare.c: what the core answers against what the effects told */
void sim_compare(struct sim *s);

/* sim_reference.c: a router that looks at everything */
bool sim_comes_before(struct sim *s, const struct sim_contact *a, const struct sim_contact *b);
void sim_reference(const struct routing *r, usher_id contact, usher_id agent, usher_us now,
		   void *arg);

/* sim_wait.c: nobody waits beyond the bound that follows from the ranks */
uint64_t sim_wait_world(struct sim *s, uint64_t seed, uint64_t length, bool has_restores);

#endif
