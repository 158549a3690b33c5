/* SPDX-License-Identifier: Apache-2.0 */
/* A core, a clock and short ways to say what happens; every step is followed by routing_check. */
#ifndef TESTS_ROUTING_WORLD_H
#define TESTS_ROUTING_WORLD_H

#include "tests/tap.h"

#include "routing/core/core.h"

#define WORLD_START ((usher_us)1700000000 * USHER_SECOND)

struct world {
	struct routing *r; /* owned */
	struct routing_limits limits;
	usher_us now;
	struct routing_effects fx; /* of the last step */
	bool is_restored;	   /* go on from a snapshot after each step */
	struct routing *retired;   /* owned: whose effects the last step's are; or NULL */
};

void world_init(struct world *w, struct routing_limits limits);
void world_done(struct world *w);
struct world *world_begin(void **state, struct routing_limits limits); /* see TEST_TWICE */
int world_end(void **state); /* WORLD_SEED in the environment: another future */
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

/* Short ways for the rest; kinds that take an agent use the epoch of his own seat. */
int world_by(struct world *w, enum routing_event_kind kind, usher_id contact, usher_id agent);
int world_with(struct world *w, enum routing_event_kind kind, usher_id contact, usher_id agent,
	       usher_id other); /* EV_CONFERENCE, EV_HAND_OVER */
int world_consult(struct world *w, usher_id contact, usher_id queue, usher_id agent,
		  usher_id other); /* by its holder */
int world_move(struct world *w, usher_id contact, usher_id queue, usher_id agent); /* likewise */
int world_left(struct world *w, usher_id contact);
int world_wrote(struct world *w, usher_id contact, bool is_agent);
int world_hours(struct world *w, usher_id queue, bool is_open, usher_us until);
int world_channel_set(struct world *w, struct routing_channel_set set);
void world_ready(struct world *w, struct routing_agent_set set); /* set and ready */
void world_serve(struct world *w, usher_id contact); /* accepted where offered, then closed */
struct routing_agent_set *world_skill(struct routing_agent_set *set, uint32_t skill, uint8_t level);
struct routing_contact_new *world_need(struct routing_contact_new *c, uint32_t skill,
				       uint8_t level);
struct routing_seat_view world_seat(struct world *w, usher_id contact, usher_id agent);
enum routing_reason world_why(struct world *w, usher_id contact, usher_id agent);
usher_id world_offered(struct world *w, usher_id contact); /* to whom; it must be offered */

/* The event is refused with the code and changes nothing beyond what was due. */
void world_refused(struct world *w, const struct routing_event *ev, int code);

/* What is due at this instant and has no room in one step. */
void world_settle(struct world *w);

/* Ticks at each deadline of the next `span`, then at its end; counts effects of the kind. */
unsigned world_run(struct world *w, usher_us span, enum routing_effect_kind kind);

/* A copy made from the snapshot answers 50 random events just like the original, which is used
 * up by that. */
void world_same_future(struct world *w, uint64_t seed);

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
/* Once as it is, once with a restart from a snapshot after each step and before 50 more events.
 * For a setup and a teardown that call world_begin and world_end. */
#define TEST_TWICE(f)                                          \
	TEST(f),                                               \
	{                                                      \
#f "_restored", f, setup, teardown, (void *)#f \
	}
#define LIMITS_SMALL ((struct routing_limits){64, 16, 8})

#endif
