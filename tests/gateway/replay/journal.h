/* SPDX-License-Identifier: Apache-2.0 */
/* Journals that were made up: a core is driven, and what it was told is kept. */
#ifndef TESTS_GATEWAY_REPLAY_JOURNAL_H
#define TESTS_GATEWAY_REPLAY_JOURNAL_H

#include "gateway/replay/replay_model.h"

#define JOURNAL_LIMITS ((struct routing_limits){20000, 200, 50, 64})
#define JOURNAL_START ((usher_us)1700000000 * USHER_SECOND)

struct journal {
	struct routing *r; /* owned */
	struct replay_record record;
	struct usher_buf state; /* as it was at journal_mark, or nothing */
	usher_us from_us;
	usher_us now;
	uint64_t random;
	usher_id last_id;
	struct routing_effects effects; /* of the last event */
	size_t applied[EV_REQUIRE + 1]; /* by kind: events that the core did not refuse */
};

void journal_init(struct journal *j, uint64_t seed);
void journal_done(struct journal *j);
void journal_event(struct journal *j, const struct routing_event *ev); /* at j->now */
/* What was so far is the past; the record begins here. */
void journal_mark(struct journal *j);
/* Ticks at each deadline up to the instant, which becomes now. */
void journal_pass(struct journal *j, usher_us until);

struct replay_input journal_input(struct journal *j, usher_us to_us);

/* ---- settings in short ---- */
void journal_queue(struct journal *j, const struct routing_queue_set *queue);
void journal_agent(struct journal *j, usher_id agent, usher_id queue, uint16_t capacity);
void journal_wants(struct journal *j, usher_id agent, enum agent_state wants);
void journal_contact(struct journal *j, usher_id contact, usher_id queue);
void journal_command(struct journal *j, enum routing_event_kind kind, usher_id contact);

/* journal_chaos.c: so many events of every kind, sense and nonsense. */
void journal_chaos(struct journal *j, size_t events);

#endif
