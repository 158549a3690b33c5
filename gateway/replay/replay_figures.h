/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run of the core came to, counted from its effects alone, as gateway/figures counts them
 * for the board: a contact is answered once in each queue it enters, its wait counts from there,
 * and it counts at the instant of its answer or its leaving. Consultations count for agents only.
 */
#ifndef GATEWAY_REPLAY_FIGURES_H
#define GATEWAY_REPLAY_FIGURES_H

#include "routing/base/table.h"
#include "routing/core/core.h"

struct replay_target { /* of a queue; the core does not know it */
	usher_id queue;
	usher_us target_us, short_us;
};

struct replay_queue_figures {
	usher_id queue; /* 0 = all */
	int64_t entered, answered, in_target;
	int64_t abandoned, short_abandoned; /* the short ones are among the abandoned */
	int64_t turned_away; /* refused on arrival, or closed while waiting by a rule */
	int64_t waiting;     /* at the end */
	int64_t handled;     /* held and finished */
	usher_us waited_us;  /* of the answered, summed */
	usher_us p50_us, p90_us, longest_us; /* of the answered */
	usher_us handle_us;		     /* held and wrapped up, of the handled, summed */
	struct {			     /* waits of the answered; private */
		usher_us *items;
		size_t count, space;
	} waits;
};

struct replay_agent_figures {
	usher_id agent;
	int64_t contacts;	   /* assignments */
	usher_us busy_us, idle_us; /* with at least one contact; ready without any */
};

struct replay_figures;

/* `r` is the state it begins with, at `now`. */
struct replay_figures *replay_figures_new(const struct routing *r, usher_us now,
					  const struct replay_target *targets, size_t target_count);
struct replay_figures *
replay_figures_free(struct replay_figures *f); /* accepts NULL; always NULL */

void replay_figures_count(struct replay_figures *f, const struct routing_event *ev,
			  const struct routing_effects *effects, usher_us now);
void replay_figures_end(struct replay_figures *f, usher_us now); /* once, then the rest */

/* In order of their ids; the last queue is the sum of all. Valid as long as f. */
const struct replay_queue_figures *replay_figures_queues(const struct replay_figures *f,
							 size_t *ret_count);
const struct replay_agent_figures *replay_figures_agents(const struct replay_figures *f,
							 size_t *ret_count);

/* In per cent, negative where nothing was counted: SL3 without short abandons,
 * A_T / (A + B - B_s); mean wait; abandoned / (answered + abandoned); mean handling; busy / (busy +
 * idle). */
double replay_service_level(const struct replay_queue_figures *q);
double replay_occupancy(const struct replay_agent_figures *a);

#endif
