/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second router, written from routing/core/RULES.md and the headers alone, which looks at
 * everything each time. It hears the same events as the core and says who is offered what.
 *
 * It knows no transfer, parking, overflow, opening hours, consultation, removal or text lease, and
 * takes what it is told as valid: the caller hands in what the core did not reject.
 */
#ifndef TESTS_SIM_NAIVE_H
#define TESTS_SIM_NAIVE_H

#include "routing/core/core.h"

#define NAIVE_AGENTS 32
#define NAIVE_QUEUES 8
#define NAIVE_CONTACTS 320
#define NAIVE_SEATS 2048
#define NAIVE_REFUSED 4
#define NAIVE_KEYS 6

struct naive_queue {
	struct routing_queue_set set;
	unsigned free;	 /* members with nothing in hand */
	bool is_let_out; /* enough of them again for deferred work */
};

struct naive_agent {
	struct routing_agent_set set; /* agent 0 = not there */
	enum agent_state wanted;
	bool is_lost, is_silent, is_dirty;
	unsigned missed;
	usher_us idle_since_us, lost_end_us;
	uint64_t last[NAIVE_QUEUES]; /* number of the last offer from the queue; 0 = never */
};

struct naive_contact {
	usher_id id, excluded;	   /* id 0 = free */
	struct naive_queue *queue; /* borrowed */
	enum contact_state state;
	enum channel_kind channel;
	uint8_t priority, step;
	bool is_callback, is_patient, is_fresh, is_wrapup_exclusive, is_kept;
	usher_us first_us, step_end_us, end_us; /* end_us: of the offers or the wrap-up */
	uint64_t entered, widened; /* widened: offered just now, to be offered to more agents */
	usher_id waits[2];	   /* the preferred agent, the fallback one */
	usher_us spans_us[2], wait_end_us;
	unsigned wait; /* which of them; 2 = for all */
	usher_id refused[NAIVE_REFUSED];
	usher_us round_end_us, check_us;
	unsigned requirement_count;
	struct routing_requirement requirements[ROUTING_REQUIREMENTS_MAX];
};

struct naive_seat {		       /* in the order they were taken */
	struct naive_contact *contact; /* borrowed */
	struct naive_agent *agent;     /* borrowed */
	uint16_t weight;
	bool is_offer;
};

struct naive_decision {
	usher_id contact, agent;
	bool is_automatic;
};

struct naive {
	uint64_t seed, count;	 /* count: of offers and entries into queues */
	usher_us now, review_us; /* review: NEVER while nobody waits */
	struct routing_channel_set channels[CHANNEL_KINDS];
	struct naive_queue queues[NAIVE_QUEUES];
	struct naive_agent agents[NAIVE_AGENTS];
	struct naive_contact contacts[NAIVE_CONTACTS];
	struct naive_seat seats[NAIVE_SEATS];
	unsigned seat_count, decision_count;
	struct naive_decision decisions[NAIVE_SEATS]; /* of the last event */
	/* RULES.md does not say how many epochs pass, so the draw asks for the one of the contact.
	 */
	uint64_t (*epoch)(unsigned decision, usher_id contact, void *arg);
	void *arg;
	/* Called before each decision. */
	void (*on_decision)(struct naive *n, const struct naive_contact *c, void *arg);
	uint64_t by_order[ROUTING_ORDERS]; /* times the order of the queue made the difference */
	uint64_t by_contact_key[4], by_agent_key[NAIVE_KEYS];
};

struct naive_key {
	__int128 field[NAIVE_KEYS]; /* compared in order, the lower comes first */
};

void naive_init(struct naive *n, uint64_t seed);
void naive_step(struct naive *n, const struct routing_event *ev, usher_us now);
usher_us naive_deadline(struct naive *n);

struct naive_contact *naive_contact(struct naive *n, usher_id contact); /* NULL: not open */
struct naive_agent *naive_agent(struct naive *n, usher_id agent);
struct naive_queue *naive_queue(struct naive *n, usher_id queue);
struct naive_seat *naive_seat(struct naive *n, const struct naive_contact *c,
			      const struct naive_agent *a); /* a NULL: anybody's */

/* The first rule of section 3 that fails, REASON_CHOSEN where none does. */
enum routing_reason naive_reason(const struct naive *n, const struct naive_contact *c,
				 const struct naive_agent *a);
unsigned naive_requirements(const struct naive_contact *c,
			    struct routing_requirement ret[ROUTING_RESOLVED_MAX]);
unsigned naive_position(struct naive *n, const struct naive_contact *c);
struct naive_key naive_key(const struct naive *n, const struct naive_contact *c,
			   const struct naive_agent *a);

/* The parts of section 1 to 4. */
bool naive_before(struct naive *n, const struct naive_contact *a, const struct naive_contact *b);
struct routing_rank naive_rank(const struct naive_contact *c); /* in its step */
usher_id naive_waits_for(const struct naive_contact *c);       /* 0: nobody in particular */
const struct routing_member *naive_member(const struct naive_agent *a, const struct naive_queue *q);
bool naive_is_skilled(const struct naive_contact *c, const struct naive_agent *a);
enum routing_reason naive_could_take(const struct naive_contact *c, const struct naive_agent *a);
bool naive_is_excluded(const struct naive_contact *c, const struct naive_agent *a);
bool naive_is_deferred(const struct naive_contact *c);
unsigned naive_free_members(const struct naive *n, const struct naive_queue *q);
struct naive_agent *naive_first_agent(struct naive *n,
				      const struct naive_contact *c); /* NULL: nobody */

/* The parts of section 5 and 6: naive_life.c. */
#define NAIVE_CHECK_US (5 * USHER_SECOND) /* of a round of exclusions */
void naive_wait_for(struct naive *n, struct naive_contact *c, unsigned which);
void naive_nobody_waits_for(struct naive *n, const struct naive_agent *a);
void naive_count_free(struct naive *n);
void naive_match(struct naive *n);
void naive_advance_step(struct naive_contact *c, usher_us at);
void naive_end_round(struct naive_contact *c);
void naive_refuse(struct naive *n, struct naive_contact *c, struct naive_agent *a);
void naive_end_offer(struct naive *n, struct naive_seat *s);
void naive_end_offers_of(struct naive *n, const struct naive_agent *a);
void naive_lapse(struct naive *n, struct naive_contact *c);
void naive_close_contact(struct naive *n, struct naive_contact *c);
void naive_finish(struct naive *n, struct naive_contact *c, bool is_short);
void naive_accept(struct naive *n, struct naive_contact *c, struct naive_agent *a);
void naive_let_go(struct naive *n, struct naive_agent *a, bool is_signed_out);

#define EACH(type, it, array) \
	for (type *it = array; it < array + sizeof array / sizeof *array; it++)

#endif
