/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The routing core: who gets which contact, decided in one place.
 *
 * routing_step(state, event, now) changes the state and reports what must happen as effects. It
 * does no I/O, reads no clock, takes no lock and allocates nothing: the same events at the same
 * instants give the same effects and the same digest on any machine, so a crash is repaired by
 * replaying the journal and a decision can be explained by recomputing it.
 *
 * A step never fails half-way. A command that is not possible changes nothing and gives one
 * FX_REJECTED with an enum usher_code: E_STALE (old epoch), E_NOT_FOUND (unknown id), E_STATE (not
 * possible in that state), E_LIMIT (a limit of struct routing_limits), E_CLOSED (queue removed),
 * E_INVALID (value out of range). A programming fault is an assertion.
 *
 * Time: `now` never goes back; a smaller value is taken as the latest one seen. What is due by
 * `now` happens before the event, ticked or not: an accept that comes too late is E_STALE. So every
 * event handed in, also one that was rejected, belongs in the journal with its instant.
 *
 * A step does a bounded amount of work and gives at most 65,536 effects. What it has no room for (a
 * full queue is removed, the process slept for hours) is done by the ticks that follow: until then
 * routing_deadline() is not later than now.
 *
 * The rules (who is offered what, exclusions, presence, limits) stand in routing/core/README.md.
 */
#ifndef ROUTING_CORE_CORE_H
#define ROUTING_CORE_CORE_H

#include "routing/core/event.h"

struct routing; /* one routing domain; not thread-safe, one owner */

/* Sizes are fixed at creation; everything is allocated then. */
struct routing_limits {
	uint32_t contacts_max; /* open at once; default 100,000; E_LIMIT beyond */
	uint32_t agents_max;   /* default 10,000 */
	uint32_t queues_max;   /* default 1,000 */
	uint32_t skills_max;   /* different ones ever named; default 500; 0 = 64 */
	/* Told of each array of 16 MiB and more before it is used, for what the owner may want of it
	 * (huge pages: a search touches many places). NULL: nobody asks. */
	void (*on_memory)(void *p, size_t bytes);
};
#define ROUTING_LIMITS_DEFAULT ((struct routing_limits){100000, 10000, 1000, 500, NULL})

/* ret is owned by the caller. `seed` feeds only orderings that are random on purpose. */
int routing_new(struct routing **ret, const struct routing_limits *l, uint64_t seed,
		struct usher_error *reterr) USHER_CHECKED;
struct routing *routing_free(struct routing *r); /* accepts NULL; always NULL */

/* The effects are valid until the next step. Every event gives at least one effect or, where it
 * changed nothing and was allowed, none. */
void routing_step(struct routing *r, const struct routing_event *ev, usher_us now,
		  struct routing_effects *ret);

/* The earliest instant at which EV_TICK would change something; USHER_NEVER when none. */
usher_us routing_deadline(const struct routing *r);

/* Equal digests mean equal states, on replay and on other nodes. */
uint64_t routing_digest(const struct routing *r);

/* Asserts every invariant (work conserving, one holder, capacity, order inside a class, a deadline
 * for each open contact, counters equal to recomputation). Slow; for tests and simulation. */
void routing_check(const struct routing *r);

/* The whole state as bytes, versioned; routing_restore gives a state with the same digest.
 * E_INVALID when the bytes are damaged or of a newer version, with the reason. */
void routing_snapshot(const struct routing *r, struct usher_buf *ret);
int routing_restore(struct routing **ret, const struct routing_limits *l, struct usher_text bytes,
		    struct usher_error *reterr) USHER_CHECKED;

/* ---- questions; none of them changes anything ----------------------------------------------- */

struct routing_contact_view {
	usher_id contact, queue, agent; /* agent: holder, offered, or who parked it; 0 = none */
	uint64_t epoch;                 /* of the current offer or assignment */
	enum channel_kind channel;
	enum contact_state state;
	uint8_t priority;
	usher_us first_us;    /* first message: the place in line counts from here */
	usher_us queued_us;   /* entered this queue */
	usher_us deadline_us; /* offer expiry, wrap-up end, park end; end of a step, of a wait or next
			       * review of a waiting one; of an active one the end of the wait for
			       * an answer, or USHER_NEVER: the presence of its agent guards it */
	uint32_t position;    /* 1 = next of its queue; 0 when not waiting. Contacts that wait for a
			       * certain agent do not stand before others */
	uint8_t step;         /* of the queue's routing steps, from 0 */
	uint8_t seats;        /* agents who are offered it, or hold it and confer */
	bool is_callback;
	bool is_closed_hours; /* parked until its queue opens */
	usher_id consults_for; /* the contact whose agent asks, 0 = it is no consultation */
};

/* An agent's part in a contact. */
enum routing_role {
	ROLE_OFFERED = 1,
	ROLE_HOLDER = 2,   /* active or in wrap-up; exactly one */
	ROLE_CONFERRING = 3,
};
struct routing_seat_view {
	usher_id agent;
	uint64_t epoch;
	enum routing_role role;
};

struct routing_agent_view {
	usher_id agent;
	enum agent_state state;   /* the state to show */
	enum agent_state wanted;  /* what the agent chose: ready, not ready or signed out */
	usher_us since_us;        /* of state */
	uint32_t reason;          /* of not ready: an id of the site's list, 0 = none */
	uint16_t capacity, load;  /* units; load counts held, offered and wrapping contacts */
	uint16_t count[CHANNEL_KINDS];
	uint16_t missed;          /* offers not answered in a row */
};

struct routing_queue_view {
	usher_id queue;
	uint32_t waiting, offered, active;
	usher_us oldest_us;       /* first_us of the longest waiting; USHER_NEVER when none */
	uint32_t agents_ready;    /* members that are ready with room for something */
	uint32_t agents_busy;     /* members signed in and working, without room */
	uint32_t agents_signed_in;
	uint32_t agents_free;     /* ready with nothing in hand */
	bool is_open;
	usher_us until_us;        /* when it opens or closes; USHER_NEVER when unknown */
};

bool routing_contact(const struct routing *r, usher_id contact, struct routing_contact_view *ret);
bool routing_agent(const struct routing *r, usher_id agent, struct routing_agent_view *ret);
bool routing_queue(const struct routing *r, usher_id queue, struct routing_queue_view *ret);

/* Who has to do with the contact, the holder or the earliest offer first; how many, at most
 * ROUTING_PARALLEL_MAX. */
unsigned routing_seats(const struct routing *r, usher_id contact,
		       struct routing_seat_view ret[ROUTING_PARALLEL_MAX]);

/* What the contact asks for in the step it has reached, skills in ascending order; how many. */
unsigned routing_requirements(const struct routing *r, usher_id contact,
			      struct routing_requirement ret[ROUTING_RESOLVED_MAX]);

/* What a contact of the channel takes of an agent, how many at once, and what goes beside it. */
bool routing_channel(const struct routing *r, enum channel_kind channel,
		     struct routing_channel_set *ret);

typedef void (*routing_on_contact)(const struct routing_contact_view *view, void *arg);
typedef void (*routing_on_agent)(const struct routing_agent_view *view, void *arg);
void routing_each_contact(const struct routing *r, routing_on_contact on_contact, void *arg);
void routing_each_agent(const struct routing *r, routing_on_agent on_agent, void *arg);

/* ---- explanation ---------------------------------------------------------------------------- */

/* The first rule that keeps the agent from the contact now, in the order they are applied. */
enum routing_reason {
	REASON_CHOSEN = 0,         /* this is the one */
	REASON_OTHER_FIRST = 1,    /* could have taken it; another came first in the agent order */
	REASON_UNKNOWN = 2,        /* no such agent */
	REASON_SIGNED_OUT = 3,
	REASON_NOT_READY = 4,
	REASON_LOST = 5,
	REASON_NOT_RESPONDING = 6,
	REASON_WRAPUP = 7,         /* in a wrap-up that excludes new work */
	REASON_NOT_MEMBER = 8,     /* not a member of the queue */
	REASON_SKILL = 9,          /* a required skill is missing or too low */
	REASON_EXCLUDED = 10,      /* had this contact just before, or is excluded by it */
	REASON_PREFERRED_OTHER = 11, /* it waits for its preferred agent for a while */
	REASON_CAPACITY = 12,      /* no room of that weight */
	REASON_CHANNEL_MAX = 13,   /* has as many of this channel as allowed */
	REASON_RING = 14,          /* in an outer ring, not reached yet */
	REASON_PENALTY = 15,       /* a penalty above the limit of the step */
	REASON_EXCLUSIVE = 16,     /* has work that does not go with it */
	REASON_RESERVE = 17,       /* deferred work; too few agents would stay free */
};
#define ROUTING_REASONS 18
const char *routing_reason_name(enum routing_reason reason); /* "capacity", "skill", … */

struct routing_why {
	enum routing_reason reason;
	uint32_t skill;         /* REASON_SKILL: which; REASON_EXCLUSIVE: the other channel */
	uint8_t needed, has;    /* REASON_SKILL: levels; _RING, _PENALTY: limit, the agent's;
				 * _RESERVE: to stay free, free members now (255 at most) */
	usher_us idle_since_us; /* of a ready agent, for REASON_CHOSEN and REASON_OTHER_FIRST */
};

struct routing_why routing_why(const struct routing *r, usher_id contact, usher_id agent,
			       usher_us now);

/* Called inside routing_step just before an offer or an assignment is made, while the state still
 * is the one that was decided on; for explanation by replay. NULL switches it off. */
typedef void (*routing_on_decision)(const struct routing *r, usher_id contact, usher_id agent,
				    usher_us now, void *arg);
void routing_observe(struct routing *r, routing_on_decision on_decision, void *arg);

#endif
