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
	uint64_t rank; /* lower comes first */
	usher_us at;   /* then earlier */
	usher_id id;   /* then the lower id */
};

static inline bool order_before(const struct order_key *a, const struct order_key *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a->at != b->at)
		return a->at < b->at;
	return a->id < b->id;
}

static inline bool order_equal(const struct order_key *a, const struct order_key *b)
{
	return a->rank == b->rank && a->at == b->at && a->id == b->id;
}

/* What an ordering of agents may look at. */
struct policy_agent {
	usher_id agent;
	uint32_t load, capacity; /* units */
	uint32_t offers;         /* not answered yet */
	usher_us idle_since_us;  /* last became ready, took or finished a contact */
};

/* Agents with nothing in hand first, then those at work, then those who are being rung; in each
 * group whoever has waited longest. */
struct order_key policy_longest_idle(const struct policy_agent *a);

/* The smallest load in proportion to capacity first, then the longest idle. */
struct order_key policy_least_loaded(const struct policy_agent *a);

/* Weighted random: each agent draws, the lowest draw comes first, which is his with a probability
 * in proportion to his weight (0 = 1). -log2(u) / weight with u from the seed and the ids, in units
 * of 2^-40 (Efraimidis, Spirakis 2006, with logarithms). */
uint64_t policy_draw(uint64_t seed, usher_id contact, uint64_t epoch, usher_id agent,
		     uint8_t weight);

/* Contacts: the lowest priority number, then the earliest first message. */
struct order_key policy_contact(uint8_t priority, usher_us first_us, usher_id contact);

#endif
