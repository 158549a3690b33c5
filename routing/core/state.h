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
#include "routing/core/constants.h"
#include "routing/core/tree.h"

struct contact {
	usher_id id;
	usher_us first_us, queued_us;
	usher_us due_us;      /* when time does something to it; USHER_NEVER: nothing */
	uint64_t epoch;       /* the last one given to it */
	uint64_t entry;       /* order of coming into its queue */
	usher_us step_end_us; /* USHER_NEVER in the last step */
	uint32_t queue, line;
	uint32_t queue_prev, queue_next; /* in list queue.contacts, by entry */
	uint32_t due_prev, due_next; /* in list line.due while is_listed */
	uint32_t own_prev, own_next; /* in list queue.own while it waits for one agent */
	uint32_t timer;       /* slot in the timer heap, 0 = in none */
	uint32_t seats;       /* agents' parts in it: the holder, or the earliest offer, first */
	uint32_t only;        /* the agent it waits for */
	uint32_t about;       /* the contact it is a consultation about */
	uint32_t consults;    /* its consultations */
	uint32_t consult_next;
	uint8_t state, channel, priority, place;
	uint8_t step, hops, lease, park;
	uint8_t cause;        /* of the close that follows the wrap-up */
	uint8_t excluded_count, seat_count, consult_count;
	bool is_exclusive;    /* its wrap-up keeps the agent from new work */
	bool is_directed;     /* a person chose `only`: membership and skills do not matter */
	bool is_patient, is_callback, is_listed;
	bool is_kept;         /* for who held it and has signed out */
	usher_us hold_us;     /* end of the time it waits for `only`; 0 = it does not */
	usher_us retry_us;    /* no overflow before */
	usher_us excluded_us; /* end of the exclusion round; 0 = none */
	usher_us check_us;    /* when the round is questioned; 0 = none */
	usher_us fallback_us; /* time for the fallback agent */
	usher_id excluded[CORE_EXCLUDED_MAX];
	usher_id barred;      /* never gets it; 0 = nobody */
	usher_id fallback;    /* to wait for next; 0 = nobody */
	usher_id parker;      /* who parked it, 0 = nobody */
	usher_id about_id;    /* while a snapshot is read */
};

/* An agent's part in a contact. */
struct seat {
	uint64_t epoch;
	uint32_t contact, agent;
	uint32_t next;                   /* in list contact.seats */
	uint32_t agent_prev, agent_next; /* in list agent.seats, by epoch */
	uint16_t weight; /* units it takes of the agent */
	uint8_t role;    /* enum routing_role */
};

/* What contacts of one line have in common, before the step is applied. */
struct line_key {
	uint32_t queue;
	uint32_t revision; /* of the queue's settings */
	uint16_t growth;
	uint8_t tier;
	uint8_t channel, step, count;
	bool is_callback;
	struct routing_requirement base[ROUTING_REQUIREMENTS_MAX]; /* the contact's own, by skill */
};

struct need {
	uint32_t skill;
	uint16_t slot; /* of the skill */
	uint8_t level;
	bool is_preferred;
};

/* Contacts of one queue that ask for the same: they differ only in their place in line. What a
 * search reads stands first. */
struct line {
	struct tree waiting;  /* of contact_nodes */
	uint32_t queue;       /* as in key */
	uint16_t growth;
	uint8_t channel;      /* as in key */
	uint8_t ring_max, penalty_max;
	uint8_t required_count, need_count; /* required ones first, both by skill */
	bool is_deferred;
	struct need needs[ROUTING_RESOLVED_MAX];
	uint32_t refs;        /* contacts, in any state */
	uint32_t anchor;      /* the tree of lines it is in while somebody waits, 0 = none */
	uint8_t growth_slot;  /* while somebody waits */
	uint32_t due_first, due_last; /* list of its contacts, by due instant, then id */
	uint32_t hash_next;              /* in list line_by_hash */
	uint32_t queue_prev, queue_next; /* in list queue.lines while somebody waits */
	uint64_t hash;
	struct line_key key;
};

struct agent_skill {
	uint32_t skill;
	uint16_t slot;
	uint8_t level;
};

struct agent {
	usher_id id;
	usher_us idle_since_us, since_us;
	usher_us due_us;      /* end of the grace of a lost agent */
	uint64_t skills_mask;
	uint32_t load, offers, contact_count, wraps; /* wraps: exclusive ones */
	uint32_t load_of[CHANNEL_KINDS];
	uint16_t count[CHANNEL_KINDS];
	uint32_t seats_first, seats_last;
	usher_id own_cursor_id; /* while a snapshot is read */
	uint32_t own_cursor;  /* the next of them to be told that the agent is gone */
	struct tree own;      /* of contact_nodes: contacts that wait for it alone */
	uint32_t timer;
	uint32_t touched_next; /* in list touched */
	uint32_t reason, shown_reason;
	uint16_t capacity, missed;
	uint8_t wanted, shown;
	uint8_t skill_count, held_skills, member_count; /* held: at a level above 0 */
	uint8_t rooms;   /* bits of its channels in the rows of those with room */
	bool is_lost, is_unresponsive, is_removed;
	bool is_dirty;   /* may have room for more than when it was last matched */
	bool is_touched;
	bool is_listed;  /* in the trees of its queues */
	bool is_free;    /* able to work, with nothing in hand */
};

/* Slot agent * ROUTING_MEMBERSHIPS_MAX + n; the node of the same slot is in queue.available. */
struct member {
	uint32_t queue, prev, next; /* in list queue.members */
	uint64_t turn;              /* epoch of the last offer from the queue */
	uint16_t position;
	uint8_t ring, penalty, weight;
};

struct queue {
	struct routing_queue_set set;
	uint32_t contact_states[CONTACT_STATES];
	uint32_t agent_states[AGENT_STATES];
	uint32_t lines;      /* with somebody waiting */
	uint32_t own;        /* contacts that wait for one agent */
	uint32_t contacts_first, contacts_last, contact_count;
	uint32_t members, member_count;
	uint32_t cursor;     /* the next contact of a chore that walks */
	usher_id cursor_id;  /* while a snapshot is read */
	uint32_t revision;
	uint32_t timer;
	uint8_t chores;
	bool is_removed, is_closed;
	usher_us until_us;   /* when it opens or closes; USHER_NEVER when unknown */
	usher_us absent_us;  /* since when nobody is there; USHER_NEVER: somebody is */
	usher_us due_us;     /* when absence lets contacts overflow */
	usher_us retry_us;   /* they could not: not before */
	struct tree available; /* of member_nodes */
};

struct timer {
	usher_us at;
	usher_id id;
	uint32_t item; /* a slot with its kind */
};
#define TIMER_CONTACT 0u
#define TIMER_LINE 0x40000000u /* of its first due contact, by whose id it is ordered */
#define TIMER_AGENT 0x80000000u
#define TIMER_QUEUE 0xc0000000u
#define TIMER_KINDS 0xc0000000u

struct growth {
	uint16_t value;
	uint32_t lines; /* with somebody waiting */
};

struct routing {
	struct routing_limits limits;
	uint64_t seed;
	usher_us now_us;
	uint64_t epoch; /* the last one given; also orders entries into queues */
	usher_us review_us; /* USHER_NEVER while nobody waits */
	struct routing_channel_set channels[CHANNEL_KINDS];
	struct growth growths[ROUTING_GROWTHS_MAX];
	unsigned growth_count; /* slots in use, or once in use */

	struct contact *contacts; /* owned, like the arrays below */
	struct tree_node *contact_nodes;
	struct agent *agents;
	struct agent_skill *agent_skills; /* ROUTING_SKILLS_MAX of each agent, by skill */
	struct tree_node *agent_nodes; /* of dirty */
	struct tree_node *leaving_nodes; /* of leaving_agents */
	struct member *members;
	struct tree_node *member_nodes;
	struct queue *queues;
	struct tree_node *queue_nodes; /* of chores */
	struct line *lines;
	struct tree_node *line_nodes; /* of anchors */
	uint64_t *line_masks;         /* of the required skills: bits by skill & 63 */
	uint32_t *line_timers;        /* slots in the timer heap */
	struct seat *seats;
	struct timer *timers; /* from 1 */
	struct routing_effect *effects;
	uint32_t *contacts_free, *agents_free, *queues_free, *lines_free, *seats_free;
	/* Stacks of free slots behind the counts; 0 = the one after the count, never used yet. */
	uint32_t contact_count, agent_count, queue_count, line_count, seat_count;
	uint32_t timer_count, waiting_count; /* waiting: in a line or for one agent */
	struct table contact_by_id, agent_by_id, queue_by_id, line_by_hash;

	/* roster.c */
	struct table slot_by_skill;
	uint32_t *skill_numbers;  /* by slot */
	uint32_t skill_count;
	size_t words;             /* of a row: one bit per agent slot */
	uint64_t *skill_rows;     /* [slot][level - 1][word]: has at least this level */
	uint32_t *skill_supply;   /* [slot][level - 1]: bits set */
	uint64_t *queue_rows;     /* [queue][word]: is a member */
	uint64_t *room_rows;      /* [channel][word]: available, not dirty, with room */
	uint64_t *free_row;       /* [word]: able to work, with nothing in hand */
	uint32_t reserve_count;   /* queues with a reserve */

	/* line.c: trees of line_nodes by the head of each line; [anchor][growth slot] */
	struct tree *anchors;
	uint8_t *anchor_levels;   /* [skill slot]: bits of the levels at which lines are filed */

	struct tree fresh; /* of contact_nodes: waiting, not matched yet */
	struct tree dirty; /* of agent_nodes: to be offered what waits */
	struct tree wide; /* of contact_nodes: offered, to more agents yet */
	struct tree chores; /* of queue_nodes */
	struct tree leaving_agents; /* gone, with contacts that wait for them to be told */
	uint32_t touched, touched_count; /* agents whose shown state may have changed */
	size_t effect_count;
	bool is_loading; /* a snapshot: what is waiting was looked at before */
	uint32_t *line_marks; /* for snapshots: the number of a line in it */

	routing_on_decision on_decision;
	void *on_decision_arg; /* borrowed: as long as on_decision is set */
	usher_id deciding_contact, deciding_agent;
};

#endif
