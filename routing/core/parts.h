/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of routing/core offer each other, in slots of struct routing. Each changes the
 * state completely or not at all; core_on_… return 0 or the enum usher_code to reject with, and
 * then have changed nothing but what was due anyway.
 */
#ifndef ROUTING_CORE_PARTS_H
#define ROUTING_CORE_PARTS_H

#include "routing/core/codec.h"
#include "routing/core/state.h"

/* ---- settings.c: as bytes, and whether they make sense -------------------------------------- */
void put_requirements(struct usher_buf *b, const struct routing_requirement *items, unsigned count);
uint8_t get_requirements(struct reader *in, struct routing_requirement *ret, unsigned max);
void put_queue_set(struct usher_buf *b, const struct routing_queue_set *set);
void get_queue_set(struct reader *in, struct routing_queue_set *ret);
void put_channel_set(struct usher_buf *b, const struct routing_channel_set *set);
void get_channel_set(struct reader *in, struct routing_channel_set *ret);
void put_agent_set(struct usher_buf *b, const struct routing_agent_set *set);
void get_agent_set(struct reader *in, struct routing_agent_set *ret);

/* ---- core.c --------------------------------------------------------------------------------- */
bool core_has_work(const struct routing *r); /* that the step had no room for */

/* ---- state.c: slots, effects ---------------------------------------------------------------- */
uint32_t core_find_contact(const struct routing *r, usher_id id); /* 0: unknown */
uint32_t core_find_agent(const struct routing *r, usher_id id);   /* 0: unknown or removed */
uint32_t core_find_queue(const struct routing *r, usher_id id);   /* removed ones too */
uint32_t core_new_contact(struct routing *r, usher_id id);
uint32_t core_new_agent(struct routing *r, usher_id id);
uint32_t core_new_queue(struct routing *r, usher_id id);
uint32_t core_new_line(struct routing *r);
uint32_t core_new_seat(struct routing *r);
void core_drop_contact(struct routing *r, uint32_t c);
void core_drop_agent(struct routing *r, uint32_t a);
void core_drop_queue(struct routing *r, uint32_t q);
void core_drop_line(struct routing *r, uint32_t l);
void core_drop_seat(struct routing *r, uint32_t s);
struct routing_effect *core_effect(struct routing *r, enum routing_effect_kind kind, uint32_t c,
				   uint32_t a); /* epoch: the contact's last */
usher_us core_later(const struct routing *r, usher_us span);

/* ---- timer.c, due.c ------------------------------------------------------------------------- */
void core_timer_contact(struct routing *r, uint32_t c, usher_us at); /* of one not in a line */
void core_timers_settle(struct routing *r); /* the first one is right now */
void core_timer_line(struct routing *r, uint32_t l);                 /* after its list changed */
void core_timer_agent(struct routing *r, uint32_t a, usher_us at);
void core_timer_queue(struct routing *r, uint32_t q, usher_us at);
void core_due_join(struct routing *r, uint32_t c, usher_us at); /* of one in a line */
void core_due_leave(struct routing *r, uint32_t c);
usher_us core_due_boundary(const struct routing *r, uint32_t c); /* of one that waits */
void core_due_fire(struct routing *r, uint32_t item);

/* ---- roster.c: bits of agents by skill, queue and room -------------------------------------- */
int core_skill_check(const struct routing *r, const uint32_t *skills, unsigned count);
uint16_t core_skill_slot(struct routing *r, uint32_t skill); /* adds it; checked before */
void core_roster_skills(struct routing *r, uint32_t a, bool is_on);
void core_roster_queue(struct routing *r, uint32_t a, uint32_t q, bool is_on);
void core_roster_rooms(struct routing *r, uint32_t a, uint8_t rooms);
bool core_roster_is_member(const struct routing *r, uint32_t a, uint32_t q);
uint8_t core_roster_level(const struct routing *r, uint32_t a, uint32_t skill); /* of the agent */
bool core_roster_has(const struct routing *r, const struct line *l, uint32_t a);
uint64_t core_roster_word(const struct routing *r, const struct line *l, size_t word);
void core_roster_set_free(struct routing *r, uint32_t a, bool is_free);
uint32_t core_roster_free(const struct routing *r, uint32_t q); /* members that are free */
uint32_t core_roster_supply(const struct routing *r, const struct need *need);

/* ---- line.c, requirement.c ------------------------------------------------------------------ */
int core_requirements_read(const struct routing_requirement *items, unsigned count,
			   struct routing_requirement *ret); /* checked and by skill */
void core_requirements_resolve(struct routing *r, uint32_t l);
void core_line_join(struct routing *r, uint32_t c, const struct line_key *key); /* a reference */
void core_line_leave(struct routing *r, uint32_t c);
void core_line_update(struct routing *r, uint32_t c); /* the one that fits it now */
void core_line_require(struct routing *r, uint32_t c, const struct routing_requirement *base,
		       unsigned count);
void core_line_enter(struct routing *r, uint32_t c); /* waits in its line, or for one agent */
void core_line_exit(struct routing *r, uint32_t c);
void core_line_restore(struct routing *r, const struct line *line, uint64_t mask); /* next slot */
struct tree *core_line_anchor(struct routing *r, const struct line *l);

/* ---- contact.c ------------------------------------------------------------------------------ */
void core_contact_become(struct routing *r, uint32_t c, enum contact_state state);
void core_contact_enqueue(struct routing *r, uint32_t c, uint32_t q); /* at step 0 */
void core_contact_dequeue(struct routing *r, uint32_t c);
void core_contact_move(struct routing *r, uint32_t c, uint32_t q);
void core_contact_wait(struct routing *r, uint32_t c, enum contact_cause cause);
void core_contact_unwait(struct routing *r, uint32_t c);
struct routing_rank core_contact_rank(const struct routing *r, uint32_t c); /* in its step */
struct order_key core_contact_key(const struct routing *r, uint32_t c);
void core_contact_fresh(struct routing *r, uint32_t c); /* waiting already: matched again */
void core_contact_settle(struct routing *r, uint32_t c); /* nobody could: waits in line */
void core_contact_park(struct routing *r, uint32_t c, enum core_park park, usher_us until,
		       enum contact_cause cause);
bool core_contact_advance(struct routing *r, uint32_t c); /* to the step of now: a later one? */
void core_contact_renew(struct routing *r, uint32_t c);   /* the step of now, and what it asks */
void core_contact_exclude(struct routing *r, uint32_t c, uint32_t a);
void core_contact_forgive(struct routing *r, uint32_t c); /* excludes nobody any more */
bool core_contact_excludes(const struct routing *r, uint32_t c, uint32_t a);
void core_contact_reserve(struct routing *r, uint32_t c, uint32_t a, usher_us span, bool directed);
void core_contact_open(struct routing *r, uint32_t c); /* waits for nobody in particular */
bool core_contact_suits(const struct routing *r, uint32_t c, uint32_t a); /* to wait for him */
bool core_contact_prefer(struct routing *r, uint32_t c); /* waits for its fallback agent, if any */
void core_contact_close(struct routing *r, uint32_t c, enum contact_cause cause);
void core_contact_due(struct routing *r, uint32_t c);
int core_on_customer_left(struct routing *r, const struct routing_command *ev);
int core_on_priority(struct routing *r, const struct routing_command *ev);
int core_on_callback(struct routing *r, const struct routing_command *ev);
int core_on_require(struct routing *r, const struct routing_contact_new *ev);

/* ---- arrive.c: into a queue ----------------------------------------------------------------- */
int core_admit(const struct routing *r, bool is_length_checked, uint32_t *q, uint8_t *hops,
	       bool *ret_is_parked);
int core_on_contact_new(struct routing *r, const struct routing_contact_new *ev);
bool core_overflow(struct routing *r, uint32_t c); /* a waiting one: has it gone? */

/* ---- agent.c -------------------------------------------------------------------------------- */
bool core_agent_is_able(const struct agent *agent);            /* to work at all */
bool core_agent_is_available(const struct routing *r, uint32_t a); /* able, room for something */
uint8_t core_agent_rooms(const struct routing *r, uint32_t a); /* bits of channels it may take */
bool core_agent_has_room(const struct routing *r, uint32_t a, enum channel_kind channel);
bool core_agent_can_serve(const struct routing *r, uint32_t a, uint32_t l); /* skills */
bool core_agent_admits(const struct routing *r, uint32_t a, uint32_t l); /* member too */
uint32_t core_agent_member(const struct routing *r, uint32_t a, uint32_t q); /* slot; 0: is none */
void core_agent_touch(struct routing *r, uint32_t a);
void core_agent_dirty(struct routing *r, uint32_t a);   /* may be able to take more now */
void core_agent_refresh(struct routing *r, uint32_t a); /* in its queues' trees, or not */
void core_agent_show(struct routing *r);                /* effects for the touched ones */
enum agent_state core_agent_state(const struct routing *r, uint32_t a);
struct order_key core_agent_key(const struct routing *r, uint32_t m);
void core_agent_join(struct routing *r, uint32_t a, const struct routing_member *member);
void core_agent_quit(struct routing *r, uint32_t a); /* all its queues */
void core_agent_quit_one(struct routing *r, uint32_t a, uint32_t q);

/* ---- seat.c --------------------------------------------------------------------------------- */
uint32_t core_seat_add(struct routing *r, uint32_t c, uint32_t a, enum routing_role role);
void core_seat_restore(struct routing *r, uint32_t c, uint32_t a, enum routing_role role,
		       uint16_t weight, uint64_t epoch);
void core_seat_remove(struct routing *r, uint32_t s);
void core_seat_promote(struct routing *r, uint32_t s); /* becomes the holder's, and the first */
uint32_t core_seat_of(const struct routing *r, uint32_t c, uint32_t a); /* 0: has none */
uint32_t core_holder(const struct routing *r, uint32_t c); /* agent of the first seat; 0: none */

/* ---- presence.c ----------------------------------------------------------------------------- */
int core_on_agent_set(struct routing *r, const struct routing_agent_set *ev);
int core_on_agent_remove(struct routing *r, const struct routing_presence *ev);
int core_on_agent_wants(struct routing *r, const struct routing_presence *ev);
int core_on_presence_lost(struct routing *r, const struct routing_presence *ev);
int core_on_presence_found(struct routing *r, const struct routing_presence *ev);
void core_presence_withdraw(struct routing *r, uint32_t a, enum contact_cause cause);
void core_presence_due(struct routing *r, uint32_t a);

/* ---- queue.c, chore.c ----------------------------------------------------------------------- */
int core_on_queue_set(struct routing *r, const struct routing_queue_set *ev);
int core_on_queue_remove(struct routing *r, const struct routing_queue_set *ev);
int core_on_queue_open(struct routing *r, const struct routing_hours *ev);
int core_on_channel_set(struct routing *r, const struct routing_channel_set *ev);
bool core_queue_is_valid(const struct routing_queue_set *set);
void core_queue_presence(struct routing *r, uint32_t q); /* whether anybody is there */
bool core_queue_is_absent(const struct routing *r, uint32_t q); /* long enough to overflow */
void core_queue_freed(struct routing *r, uint32_t q); /* a member of it is free now */
bool core_queue_spares(const struct routing *r, uint32_t q, uint32_t a); /* the reserve holds */
bool core_growth_fits(const struct routing *r, const struct routing_queue_set *set, uint32_t q);
unsigned core_growth_slot(struct routing *r, uint16_t growth);
void core_chore(struct routing *r, uint32_t q, unsigned chores);
void core_chore_unit(struct routing *r);
bool core_drain_is_next(const struct routing *r); /* as urgent as what is fresh, or more */
void core_drain_unit(struct routing *r); /* one contact that waited for who has gone */
void core_wake_line(struct routing *r, uint32_t l);
void core_drain_agent(struct routing *r, uint32_t a); /* those who wait for him wait no longer */
void core_review(struct routing *r);

/* ---- match.c -------------------------------------------------------------------------------- */
uint32_t core_match_agent(const struct routing *r, uint32_t c); /* the one to take it, or 0 */
uint32_t core_match_contact(const struct routing *r, uint32_t a);
bool core_match_others(const struct routing *r, uint32_t c); /* others that could, signed in */

/* ---- offer.c -------------------------------------------------------------------------------- */
void core_offer(struct routing *r, uint32_t c, uint32_t a);
void core_offer_widen(struct routing *r, uint32_t c); /* to more agents, when nothing else is left */
void core_offer_more(struct routing *r); /* one more agent for one of those */
void core_offer_end(struct routing *r, uint32_t s, enum contact_cause cause); /* one seat */
void core_offers_end(struct routing *r, uint32_t c, enum contact_cause cause); /* all */
void core_offer_due(struct routing *r, uint32_t c);
void core_offer_missed(struct routing *r, uint32_t a, uint16_t missed_max);
uint32_t core_contact_now(struct routing *r, usher_id id); /* after what is due to it; 0: unknown */
int core_command_find(struct routing *r, const struct routing_command *ev, uint32_t *ret_contact,
		      uint32_t *ret_seat);
int core_on_accept(struct routing *r, const struct routing_command *ev);
int core_on_decline(struct routing *r, const struct routing_command *ev);
int core_on_take(struct routing *r, const struct routing_command *ev);

/* ---- held.c, transfer.c --------------------------------------------------------------------- */
void core_held_begin(struct routing *r, uint32_t c); /* the first seat's agent holds it now */
bool core_held_release(struct routing *r, uint32_t c, enum contact_cause cause); /* false: another
										    * one holds it */
void core_held_finish(struct routing *r, uint32_t c, enum contact_cause cause);
void core_held_due(struct routing *r, uint32_t c);
int core_on_close(struct routing *r, const struct routing_command *ev);
int core_on_wrapup_done(struct routing *r, const struct routing_command *ev);
int core_on_wrapup_extend(struct routing *r, const struct routing_command *ev);
int core_on_park(struct routing *r, const struct routing_command *ev);
int core_on_resume(struct routing *r, const struct routing_command *ev);
int core_on_activity(struct routing *r, const struct routing_command *ev);
void core_resume(struct routing *r, uint32_t c);
int core_on_transfer(struct routing *r, const struct routing_transfer *ev);
int core_on_move_all(struct routing *r, const struct routing_transfer *ev);

/* ---- confer.c ------------------------------------------------------------------------------- */
int core_on_consult(struct routing *r, const struct routing_transfer *ev);
int core_on_conference(struct routing *r, const struct routing_command *ev);
int core_on_hand_over(struct routing *r, const struct routing_command *ev);
int core_on_leave(struct routing *r, const struct routing_command *ev);
void core_confer_end(struct routing *r, uint32_t c); /* its consultations are closed */
void core_confer_forget(struct routing *r, uint32_t c); /* it is none any more */

/* ---- why.c ---------------------------------------------------------------------------------- */
struct routing_why core_why(const struct routing *r, uint32_t c, uint32_t a, usher_us now);

#endif
