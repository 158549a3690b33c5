/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a routing domain; only for routing/core.
 *
 * Everything lives in arrays that routing_new allocates; things refer to each other by slot
 * number, 0 = none. What a step decides never depends on a slot number, only on ids and on the
 * order counters, so a state rebuilt from a snapshot decides the same.
 */
#ifndef ROUTING_CORE_STATE_H
#define ROUTING_CORE_STATE_H

#include "routing/base/table.h"
#include "routing/core/core.h"
#include "routing/core/tree.h"

#define CORE_EXCLUDED_MAX 4          /* agents a contact is kept from at one time */
#define CORE_AGENT_CONTACTS_MAX 256  /* offered, held and wrapping, of one agent */
#define CORE_EFFECTS_MAX 4096        /* of one step */
#define CORE_UNIT_EFFECTS 560        /* at most, of one event or one unit of deferred work */
#define CORE_UNITS_MAX 1024          /* of deferred work in one step */

#define CORE_GRACE_US (60 * USHER_SECOND)    /* a lost agent keeps live contacts so long */
#define CORE_REVIEW_US (5 * USHER_MINUTE)    /* a waiting contact is looked at again */
#define CORE_ROUND_MAX_US (60 * USHER_SECOND) /* an exclusion lasts at most so long */
#define CORE_ROUND_REVIEW_US (5 * USHER_SECOND) /* and is questioned so often */
#define CORE_WRAPUP_MAX_US USHER_DAY
#define CORE_HOLD_MAX_US (30 * USHER_DAY)
#define CORE_PARK_MAX_US (400 * USHER_DAY)

enum core_place { /* of a waiting contact */
	PLACE_NONE = 0,
	PLACE_FRESH = 1, /* to be matched by this step, or by the tick that follows at once */
	PLACE_LINE = 2,
};

struct contact {
	usher_id id;
	usher_us first_us, queued_us;
	uint64_t epoch;
	uint64_t entry;       /* order of coming into its queue */
	usher_us deadline_us; /* the one in the timer heap; USHER_NEVER when in none */
	usher_us hold_us;     /* end of the time it waits for line.only */
	usher_us excluded_us; /* end of the exclusion round; 0 = none */
	usher_id excluded[CORE_EXCLUDED_MAX];
	usher_id parker;      /* who parked it, 0 = nobody */
	uint32_t queue, line;
	uint32_t agent;       /* offered to or held by */
	uint32_t queue_prev, queue_next; /* in list queue.contacts, by entry */
	uint32_t agent_prev, agent_next; /* in list agent.contacts, by epoch */
	uint32_t timer;       /* slot in the timer heap */
	uint16_t weight;      /* units it takes of its agent */
	uint8_t state, channel, priority, place;
	uint8_t cause;        /* of the close that follows the wrap-up */
	uint8_t excluded_count;
	bool is_exclusive;    /* its wrap-up keeps the agent from new work */
};

/* Contacts of one queue that ask for the same: they differ only in their place in line. */
struct line {
	uint32_t queue;
	uint32_t only;    /* an agent they are reserved for, 0 = none */
	uint8_t channel, requirement_count;
	bool is_directed; /* a person chose `only`: membership and skills do not matter */
	struct routing_skill requirements[ROUTING_REQUIREMENTS_MAX]; /* by skill */
	uint64_t skills_mask;
	uint64_t hash;
	uint32_t hash_next; /* in list line_by_hash */
	uint32_t refs;      /* contacts, in any state */
	struct tree waiting; /* of contact_nodes */
	uint32_t queue_prev, queue_next; /* in list queue.open or queue.reserved while not empty */
	uint32_t own_prev, own_next;     /* in list agent.own while not empty and reserved */
};

struct agent {
	usher_id id;
	usher_us idle_since_us, since_us;
	usher_us deadline_us; /* end of the grace of a lost agent */
	uint64_t skills_mask;
	uint32_t load, offers, contact_count, wraps; /* wraps: exclusive ones */
	uint32_t contacts_first, contacts_last;
	uint32_t own;         /* lines reserved for it */
	uint32_t timer;
	uint32_t touched_next; /* in list touched */
	uint32_t reason, shown_reason;
	uint16_t capacity, missed;
	uint16_t count[CHANNEL_KINDS];
	uint8_t wanted, shown;
	uint8_t skill_count, member_count;
	bool is_lost, is_unresponsive, is_removed;
	bool is_dirty;   /* may have room for more than when it was last matched */
	bool is_touched;
	bool is_listed;  /* in the trees of its queues */
	struct routing_skill skills[ROUTING_SKILLS_MAX]; /* by skill */
};

/* Slot agent * ROUTING_MEMBERSHIPS_MAX + n; the node of the same slot is in queue.available. */
struct member {
	uint32_t queue, prev, next; /* in list queue.members */
};

struct queue {
	struct routing_queue_set set;
	uint32_t contact_states[CONTACT_STATES];
	uint32_t agent_states[AGENT_STATES];
	uint32_t open, reserved; /* lines with somebody waiting */
	uint32_t contacts_first, contacts_last, contact_count;
	uint32_t members;
	uint32_t drain; /* the next contact to be closed of a removed queue */
	struct tree available; /* of member_nodes */
	bool is_removed;
};

struct timer {
	usher_us at;
	usher_id id;
	uint32_t item; /* a contact, or an agent with CORE_TIMER_AGENT */
};
#define CORE_TIMER_AGENT 0x80000000u

struct core_channel {
	uint16_t weight, count_max;
};

struct routing {
	struct routing_limits limits;
	uint64_t seed;
	usher_us now_us;
	uint64_t epoch; /* the last one given; also orders entries into queues */
	struct core_channel channels[CHANNEL_KINDS];

	struct contact *contacts; /* owned, like the arrays below */
	struct tree_node *contact_nodes;
	struct agent *agents;
	struct tree_node *agent_nodes; /* of dirty, or of leaving_agents */
	struct member *members;
	struct tree_node *member_nodes;
	struct queue *queues;
	struct tree_node *queue_nodes; /* of leaving_queues */
	struct line *lines;
	struct timer *timers; /* from 1 */
	struct routing_effect *effects;
	uint32_t *contacts_free, *agents_free, *queues_free, *lines_free; /* stacks of slots */
	uint32_t contact_count, agent_count, queue_count, line_count;
	uint32_t timer_count;
	struct table contact_by_id, agent_by_id, queue_by_id, line_by_hash;

	struct tree fresh; /* of contact_nodes: waiting, not matched yet */
	struct tree dirty; /* of agent_nodes: to be offered what waits */
	/* Removed, with contacts still to be let go. */
	struct tree leaving_queues, leaving_agents;
	uint32_t touched, touched_count; /* agents whose shown state may have changed */
	size_t effect_count;

	routing_on_decision on_decision;
	void *on_decision_arg; /* borrowed: as long as on_decision is set */
	usher_id deciding_contact, deciding_agent;
};

#endif
