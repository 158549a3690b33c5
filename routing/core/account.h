/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decision looked at, in figures: how a contact stands among those that wait, how two agents
 * compare, how much room somebody had. For explanations; none of it changes anything or is used to
 * decide. To be asked of the state that was decided on, as routing_on_decision gives it.
 */
#ifndef ROUTING_CORE_ACCOUNT_H
#define ROUTING_CORE_ACCOUNT_H

#include "routing/core/core.h"

/* A contact in its queue, in the step it has reached. */
struct routing_account {
	uint8_t tier;            /* RULES.md, section 1 */
	uint16_t growth;
	usher_us at_us;          /* first_us - ahead_us */
	uint8_t step, step_count; /* step_count: of the queue, at least 1 */
	usher_us step_end_us;    /* USHER_NEVER in the last step */
	uint8_t ring_max, penalty_max;
	enum routing_order order;
	bool is_automatic, is_deferred;
	uint8_t parallel, reserve;
	usher_id only;           /* the agent it waits for, or 0 */
	usher_us only_until_us;
	bool is_directed;        /* a person chose that agent */
	uint32_t position;       /* in its queue, from 1; 0 where it does not wait */
	uint32_t waiting;        /* in its queue, itself included where it waits */
	uint32_t members;        /* of its queue */
};
bool routing_account(const struct routing *r, usher_id contact, struct routing_account *ret);

/* An agent beside a contact. */
struct routing_agent_account {
	bool is_member;
	uint8_t ring, penalty;
	bool is_offered;      /* is being offered it, or has to do with it otherwise */
	uint32_t load;        /* without what the contact's channel interrupts */
	uint16_t weight;      /* the contact would take */
	uint16_t capacity;
	uint16_t count, count_max; /* of the contact's channel; 0 = any number */
	usher_us excluded_until_us; /* 0 = is not excluded; USHER_NEVER: for good */
};
bool routing_agent_account(const struct routing *r, usher_id contact, usher_id agent,
			   struct routing_agent_account *ret);

/* The agent's skills, in ascending order, as requirements; how many. */
unsigned routing_agent_skills(const struct routing *r, usher_id agent,
			      struct routing_requirement ret[ROUTING_SKILLS_MAX]);

/* By which rule of section 4 one agent comes before another. Kept in explanations by name. */
enum routing_criterion {
	CRITERION_NONE = 0,      /* not compared: one of them is no member */
	CRITERION_RING = 1,
	CRITERION_PENALTY = 2,
	CRITERION_PREFERRED = 3, /* sum of levels in what is preferred; higher first */
	CRITERION_HANDS = 4,     /* 0 nothing in hand, 1 something, 2 being offered something */
	CRITERION_LOAD = 5,      /* per mille of the capacity; -1: no capacity, comes last */
	CRITERION_SPARE = 6,     /* units free; higher first */
	CRITERION_LEVEL = 7,     /* sum of levels in what is asked for; higher first */
	CRITERION_SKILLS = 8,    /* number of skills */
	CRITERION_TURN = 9,      /* epoch of the last offer from the queue, 0 = never */
	CRITERION_DRAW = 10,
	CRITERION_POSITION = 11,
	CRITERION_IDLE = 12,     /* instants */
	CRITERION_ID = 13,
};
#define ROUTING_CRITERIA 14
const char *routing_criterion_name(enum routing_criterion criterion); /* "idle", "ring", … */

struct routing_difference {
	enum routing_criterion criterion; /* the first in which they differ */
	bool is_before;                   /* `agent` comes before `other` */
	int64_t has, other_has;           /* figures of that criterion */
};
struct routing_difference routing_difference(const struct routing *r, usher_id contact,
					     usher_id agent, usher_id other);

/* By which rule of section 1 one contact comes before another. */
enum routing_precedence {
	PRECEDENCE_NONE = 0,
	PRECEDENCE_TIER = 1,
	PRECEDENCE_SCORE = 2,   /* growth times age */
	PRECEDENCE_ARRIVAL = 3,
	PRECEDENCE_ID = 4,
};
#define ROUTING_PRECEDENCES 5
const char *routing_precedence_name(enum routing_precedence precedence);

/* The others that wait, as the agent finds them. At most ROUTING_RIVALS_MAX are looked at. */
#define ROUTING_RIVALS_MAX 5000
struct routing_rivals {
	usher_id next;        /* the first he could take instead, which comes after; 0 = none */
	enum routing_precedence precedence; /* of the contact before that one */
	uint8_t next_tier;
	usher_us next_at_us;
	usher_id passed;      /* the first that comes before it, which he may not take; 0 = none */
	struct routing_why passed_why;
	bool is_cut;          /* there are more than were looked at */
};
void routing_rivals(const struct routing *r, usher_id contact, usher_id agent,
		    struct routing_rivals *ret);

#endif
