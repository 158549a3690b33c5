/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a routing domain is made of, as it is told to the core: queues with their order, steps and
 * limits, channels with their weights, agents with their skills and memberships. Plain values; a
 * field that is 0 means the default that stands beside it.
 */
#ifndef ROUTING_CORE_SETTINGS_H
#define ROUTING_CORE_SETTINGS_H

#include "routing/base/id.h"
#include "routing/model/agent.h"
#include "routing/model/contact.h"

#define ROUTING_REQUIREMENTS_MAX 8 /* of one contact, and of one queue */
#define ROUTING_RESOLVED_MAX 16    /* of a contact in its queue */
#define ROUTING_SKILLS_MAX 64      /* of one agent */
#define ROUTING_MEMBERSHIPS_MAX 64 /* queues of one agent */
#define ROUTING_STEPS_MAX 8        /* of one queue */
#define ROUTING_DROPS_MAX 4        /* skills given up in one step */
#define ROUTING_GROWTHS_MAX 8      /* different growths in one routing domain */
#define ROUTING_PARALLEL_MAX 16    /* agents who are offered one contact at the same time */
#define ROUTING_ANY 255            /* of a ring or penalty limit: no limit */

struct routing_skill {
	uint32_t skill; /* the site's number of the skill, from 1 */
	uint8_t level;  /* 0 … SKILL_LEVEL_MAX */
};

/* In a list each skill stands once. */
struct routing_requirement {
	uint32_t skill;
	uint8_t level;      /* at least; 0 asks for nothing */
	uint8_t until_step; /* required in the steps before this one, preferred from then on; 0 = in all;
			     * at most ROUTING_STEPS_MAX - 1 */
	bool is_preferred;  /* never required: who has it comes first */
};

enum routing_order { /* of agents, among those who may take a contact; see routing/policy */
	ORDER_LONGEST_IDLE = 0,
	ORDER_LEAST_LOADED = 1,    /* load in proportion to capacity */
	ORDER_MOST_SPARE = 2,      /* free units */
	ORDER_BEST_LEVEL = 3,      /* sum of the levels in what the contact asks for */
	ORDER_FEWEST_SKILLS = 4,   /* spares the generalists */
	ORDER_ROUND_ROBIN = 5,     /* whose last offer from this queue is longest ago */
	ORDER_WEIGHTED_RANDOM = 6, /* drawn in proportion to the member's weight */
	ORDER_TOP_DOWN = 7,        /* the member's position */
};
#define ROUTING_ORDERS 8

/* Where a priority stands. Tiers are strict: a lower one is always served first. Inside a tier
 * the highest growth × (now - (first_us - ahead_us)) comes first. */
struct routing_rank {
	uint8_t tier;
	uint16_t growth;  /* 1 … 10,000 */
	usher_us ahead_us; /* waited so long already; negative: a deadline that far behind the
			    * arrival; ± 400 days */
};

/* Who may take a contact, loosened as time passes. Without steps every member may. */
struct routing_step {
	usher_us lasts_us;      /* then the next one; not used of the last */
	uint8_t ring_max;       /* members of rings up to this one; ROUTING_ANY */
	uint8_t penalty_max;    /* members with a penalty up to this; ROUTING_ANY */
	uint8_t level_drop;     /* off each required level; what falls to 0 is preferred only */
	uint8_t priority_raise; /* off the priority number */
	uint8_t drop_count;
	uint32_t drops[ROUTING_DROPS_MAX]; /* these skills are preferred only */
};

/* What happens where a contact cannot wait. */
enum routing_treatment {
	TREAT_WAIT = 0,     /* waits on (closed queue: parked until it opens) */
	TREAT_OVERFLOW = 1, /* to overflow_to; where that is not possible: as TREAT_WAIT, but a full
			     * queue rejects */
	TREAT_END = 2,      /* arriving: rejected; waiting: closed */
};

struct routing_queue_set {
	usher_id queue;
	enum routing_order order;
	uint8_t priority;          /* added to no one: the default of its contacts, 0 … 9 */
	usher_us offer_us;         /* an offer lasts; 1 s … 1 h */
	usher_us wrapup_us;        /* 0 = none */
	bool is_wrapup_exclusive;  /* during it the agent gets nothing new */
	uint16_t missed_max;       /* offers not answered in a row until "not responding"; 0 = 1 */

	/* contact order */
	bool has_ranks;            /* false: tier = priority, growth 1, nothing ahead */
	struct routing_rank ranks[CONTACT_PRIORITIES];

	/* who may take it */
	uint8_t requirement_count, step_count;
	struct routing_requirement requirements[ROUTING_REQUIREMENTS_MAX]; /* of all its contacts */
	struct routing_step steps[ROUTING_STEPS_MAX];

	/* giving out */
	uint8_t parallel;          /* offered to so many at once, the first to accept has it; 0 = 1 */
	bool is_automatic;         /* assigned without asking */
	uint8_t reserve;           /* deferred work (channels that are not live, callbacks) leaves
				    * at least so many members free */

	/* text: 0 = no such limit; at most 400 days */
	usher_us first_reply_us;   /* the agent's first answer; then the contact goes back */
	usher_us reply_us;         /* each later one */
	usher_us silence_us;       /* of the customer; then the contact is finished */

	/* arriving and waiting */
	usher_id overflow_to;      /* another queue; 0 = none */
	usher_us overflow_us;      /* to it after so long in this queue; 0 = not */
	uint32_t overflow_length;  /* to it who finds so many waiting; 0 = not */
	bool is_overflow_absent;   /* to it when no member is present for absent_us */
	usher_us absent_us;
	uint8_t present_states;    /* bits by enum agent_state that count as present; 0 = ready,
				    * busy, wrap-up */
	uint32_t length_max;       /* waiting at most; 0 = no limit */
	enum routing_treatment full;   /* of who comes then: overflow or end */
	usher_us wait_max_us;      /* in this queue; 0 = no limit */
	enum routing_treatment expired; /* of who has waited so long: overflow or end */
	enum routing_treatment closed; /* of who comes while it is closed */
};

struct routing_channel_set {
	enum channel_kind channel;
	uint16_t weight;    /* units a contact takes of an agent's capacity */
	uint16_t count_max; /* at most so many per agent; 0 = only capacity limits */
	bool is_exclusive;  /* only beside contacts of the same channel */
	uint8_t interrupts; /* bits by enum channel_kind: what an agent has of these takes no room
			     * from it and excludes it not */
};

struct routing_member {
	usher_id queue;
	uint8_t ring;      /* lower comes first; see routing_step.ring_max */
	uint8_t penalty;   /* then lower comes first */
	uint8_t weight;    /* ORDER_WEIGHTED_RANDOM; 0 = 1 */
	uint16_t position; /* ORDER_TOP_DOWN: lower comes first */
};

struct routing_agent_set {
	usher_id agent;
	uint16_t capacity; /* units */
	uint8_t skill_count, queue_count;
	struct routing_skill skills[ROUTING_SKILLS_MAX];
	struct routing_member queues[ROUTING_MEMBERSHIPS_MAX];
};

#endif
