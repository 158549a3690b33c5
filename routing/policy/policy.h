/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orderings: which agent comes first among those who may take a contact, and which contact comes
 * first among those an agent may take.
 *
 * An ordering gives each candidate a key, and keys are compared field by field, ending in the id,
 * so that there are no ties and no field can run over into the next one.
 */
#ifndef ROUTING_POLICY_POLICY_H
#define ROUTING_POLICY_POLICY_H

#include "routing/base/id.h"

struct order_key {
	uint32_t band; /* lower comes first */
	uint64_t rank; /* then lower */
	usher_us at;   /* then earlier */
	usher_id id;   /* then the lower id */
};

static inline bool order_before(const struct order_key *a, const struct order_key *b)
{
	if (a->band != b->band)
		return a->band < b->band;
	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a->at != b->at)
		return a->at < b->at;
	return a->id < b->id;
}

static inline bool order_equal(const struct order_key *a, const struct order_key *b)
{
	return a->band == b->band && a->rank == b->rank && a->at == b->at && a->id == b->id;
}

/* What an ordering of agents may look at. */
struct policy_agent {
	usher_id agent;
	uint32_t load, capacity; /* units */
	uint32_t contacts;       /* offered, held, conferring, wrapping up */
	uint32_t offers;         /* not answered yet */
	uint32_t skills;         /* at a level above 0 */
	uint64_t turn;           /* grows with each offer from the queue; 0 = never */
	usher_us idle_since_us;  /* last became ready, took or finished a contact */
	uint16_t position;
};

/* The key of an agent in the orders that do not depend on the contact; the band is left 0. */

/* Agents with nothing in hand first, then those at work, then those who are being rung; in each
 * group whoever has waited longest. */
struct order_key policy_longest_idle(const struct policy_agent *a);
/* The smallest load in proportion to capacity first, then the longest idle. */
struct order_key policy_least_loaded(const struct policy_agent *a);
/* The most units free, then the longest idle. */
struct order_key policy_most_spare(const struct policy_agent *a);
/* The fewest skills, then the longest idle: generalists are spared. */
struct order_key policy_fewest_skills(const struct policy_agent *a);
/* Whose last turn is longest ago. */
struct order_key policy_round_robin(const struct policy_agent *a);
/* The lowest position. */
struct order_key policy_top_down(const struct policy_agent *a);

/* The one that goes on where an order finds two alike, and for those that look at the contact. */
static inline struct order_key policy_by_rank(const struct policy_agent *a, uint64_t rank)
{
	return (struct order_key){0, rank, a->idle_since_us, a->agent};
}

/* Weighted random: each agent draws, the lowest draw comes first, which is his with a probability
 * in proportion to his weight (0 = 1). -log2(u) / weight with u from the seed and the ids, in units
 * of 2^-40 (Efraimidis, Spirakis 2006, with logarithms). */
uint64_t policy_draw(uint64_t seed, usher_id contact, uint64_t epoch, usher_id agent,
		     uint8_t weight);

/* Contacts of one growth: the lowest tier, then the earliest (virtual) arrival. */
static inline struct order_key policy_contact(uint8_t tier, usher_us at, usher_id contact)
{
	return (struct order_key){tier, 0, at, contact};
}

/* Contacts of different growths, at an instant: the tier, then growth × age, then the arrival. */
bool policy_contact_before(const struct order_key *a, uint16_t growth_a,
			   const struct order_key *b, uint16_t growth_b, usher_us now);

#endif
