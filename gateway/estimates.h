/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long each queue will wait (routing/estimate), learnt from facts alone: the same function
 * takes what is read back at the start and what happens now. The range a customer was told at the
 * arrival is a fact too, so how often it held is known over restarts.
 */
#ifndef GATEWAY_ESTIMATES_H
#define GATEWAY_ESTIMATES_H

#include "gateway/book.h"
#include "routing/estimate/estimator.h"

#define FACT_ANNOUNCED 100   /* number: the rounded range, seconds: low << 32 | high */
#define FACT_TURNED_AWAY 101 /* cause: why a customer who came was not taken in */

#define ESTIMATES_FACTS_MAX 20000 /* looked at after a start: the newest */

struct estimates;
struct estimates *estimates_new(struct gateway *g);
struct estimates *estimates_free(struct estimates *e); /* accepts NULL; always NULL */
int estimates_load(struct estimates *e, struct usher_error *reterr) USHER_CHECKED;
void estimates_count(struct estimates *e, const struct fact_row *fact);

/* The agent's presence has changed: who serves its queues. */
void estimates_agent(struct estimates *e, usher_id agent);

/* The place in line and the rounded range for the further wait, for people. ESTIMATE_UNKNOWN and
 * position 0 where it does not wait, or nothing can be said. */
void estimates_of(struct estimates *e, const struct contact *c, uint32_t *ret_position,
		  struct estimate_range *ret);

/* Tells the customer's range at the arrival, for the record. Inside a turn. */
void estimates_announce(struct turn *t, const struct contact *c);
/* What was announced; false: nothing was. */
bool estimates_announced(const struct estimates *e, usher_id contact, struct estimate_range *ret);

/* How the announced ranges of a queue turned out; zeros where nothing is known. */
void estimates_coverage(const struct estimates *e, usher_id queue, struct estimator_coverage *ret);

#endif
