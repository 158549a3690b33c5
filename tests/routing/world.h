/* SPDX-License-Identifier: Apache-2.0 */
/* A core, a clock and short ways to say what happens; every step is followed by routing_check. */
#ifndef TESTS_ROUTING_WORLD_H
#define TESTS_ROUTING_WORLD_H

#include "tests/tap.h"

#include "routing/core/core.h"

#define WORLD_START ((usher_us)1700000000 * USHER_SECOND)

struct world {
	struct routing *r; /* owned */
	usher_us now;
	struct routing_effects fx; /* of the last step */
};

void world_init(struct world *w, struct routing_limits limits);
void world_done(struct world *w);
void world_send(struct world *w, const struct routing_event *ev);
int world_code(struct world *w, const struct routing_event *ev); /* 0, or why it was rejected */

struct routing_queue_set world_queue_default(usher_id queue); /* offers of 20 s, no wrap-up */
void world_queue(struct world *w, usher_id queue);
void world_queue_set(struct world *w, struct routing_queue_set set);
struct routing_agent_set world_agent_default(usher_id agent, usher_id queue); /* capacity 100 */
void world_agent_set(struct world *w, struct routing_agent_set set);
void world_agent(struct world *w, usher_id agent, usher_id queue); /* set and ready */
void world_channel(struct world *w, enum channel_kind channel, uint16_t weight, uint16_t max);
int world_wants(struct world *w, usher_id agent, enum agent_state wants);
int world_presence(struct world *w, enum routing_event_kind kind, usher_id agent);
struct routing_contact_new world_contact_default(usher_id contact, usher_id queue);
int world_contact_new(struct world *w, struct routing_contact_new set);
void world_arrive(struct world *w, usher_id contact, usher_id queue); /* a chat, now */
void world_tick(struct world *w, usher_us later);

/* By the agent who has it, with the current epoch. */
int world_do(struct world *w, enum routing_event_kind kind, usher_id contact);
int world_until(struct world *w, enum routing_event_kind kind, usher_id contact, usher_us until);
int world_command(struct world *w, enum routing_event_kind kind, struct routing_command command);
int world_transfer(struct world *w, struct routing_transfer transfer);
int world_take(struct world *w, usher_id contact, usher_id agent);
void world_hold(struct world *w, usher_id contact, usher_id queue); /* arrives, is accepted */

struct routing_contact_view world_view(struct world *w, usher_id contact);
struct routing_agent_view world_agent_view(struct world *w, usher_id agent);
struct routing_queue_view world_queue_view(struct world *w, usher_id queue);
enum contact_state world_state(struct world *w, usher_id contact); /* CONTACT_CLOSED: not there */
usher_id world_holder(struct world *w, usher_id contact);

/* The nth effect of the kind in the last step, or NULL. */
const struct routing_effect *world_fx(const struct world *w, enum routing_effect_kind kind,
				      unsigned nth);
unsigned world_count(const struct world *w, enum routing_effect_kind kind);

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define LIMITS_SMALL ((struct routing_limits){64, 16, 8})

#endif
