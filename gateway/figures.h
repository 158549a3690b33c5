/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Today's counts per queue, made from facts alone: the same function counts what is read back at
 * the start and what happens now, so board, API and command line always agree. A day is one of
 * the site's time zone.
 */
#ifndef GATEWAY_FIGURES_H
#define GATEWAY_FIGURES_H

#include "gateway/gateway.h"
#include "storage/record.h"

struct figures;

struct queue_figures {
	int64_t offered;         /* entered the queue today */
	int64_t answered;        /* first answers */
	int64_t answered_in_target;
	int64_t abandoned;       /* left while waiting, short ones included */
	int64_t short_abandoned; /* within the queue's short_abandon_us */
	usher_us waited_us;      /* of the answered, summed */
};

struct figures *figures_new(struct gateway *g);
struct figures *figures_free(struct figures *f); /* accepts NULL; always NULL */
int figures_load(struct figures *f, struct gateway *g, struct usher_error *reterr) USHER_CHECKED;
void figures_count(struct figures *f, const struct fact_row *fact);
void figures_queue(struct figures *f, usher_id queue, struct queue_figures *ret);

/* answered in target / (answered + abandoned - short abandoned), in percent; negative when nothing
 * was counted (routing.md §4: SL3 without short abandons). */
double figures_service_level(const struct queue_figures *q);

#endif
