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

/* ---- settings.c: as bytes ------------------------------------------------------------------- */
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
void core_drop_contact(struct routing *r, uint32_t c);
void core_drop_agent(struct routing *r, uint32_t a);
void core_drop_queue(struct routing *r, uint32_t q);
void core_drop_line(struct routing *r, uint32_t l);
struct routing_effect *core_effect(struct routing *r, enum routing_effect_kind kind, uint32_t c,
				   uint32_t a);
usher_us core_later(const struct routing *r, usher_us span);

/* ---- timer.c -------------------------------------------------------------------------------- */
void core_timer_contact(struct routing *r, uint32_t c, usher_us at); /* USHER_NEVER: none */
void core_timer_agent(struct routing *r, uint32_t a, usher_us at);

/* ---- line.c --------------------------------------------------------------------------------- */
void core_line_join(struct routing *r, uint32_t c, const struct line *like); /* takes a reference */
void core_line_leave(struct routing *r, uint32_t c);
void core_line_open(struct routing *r, uint32_t c); /* reserved for nobody any more */
void core_line_enter(struct routing *r, uint32_t c); /* waits in its line */
void core_line_exit(struct routing *r, uint32_t c);

/* ---- contact.c ------------------------------------------------------------------------------ */
void core_contact_become(struct routing *r, uint32_t c, enum contact_state state);
void core_contact_enqueue(struct routing *r, uint32_t c, uint32_t q);
void core_contact_dequeue(struct routing *r, uint32_t c);
void core_contact_wait(struct routing *r, uint32_t c); /* becomes waiting, to be matched now */
void core_contact_unwait(struct routing *r, uint32_t c);
void core_contact_fresh(struct routing *r, uint32_t c); /* waiting already: matched again */
void core_contact_rearm(struct routing *r, uint32_t c); /* the deadline of one in a line */
void core_contact_exclude(struct routing *r, uint32_t c, uint32_t a);
void core_contact_forgive(struct routing *r, uint32_t c); /* excludes nobody any more */
bool core_contact_excludes(const struct routing *r, uint32_t c, uint32_t a);
void core_contact_reserve(struct routing *r, uint32_t c, uint32_t a, usher_us span, bool directed);
void core_contact_close(struct routing *r, uint32_t c, enum contact_cause cause);
void core_contact_due(struct routing *r, uint32_t c);
int core_on_contact_new(struct routing *r, const struct routing_contact_new *ev);
int core_on_customer_left(struct routing *r, const struct routing_command *ev);
int core_on_priority(struct routing *r, const struct routing_command *ev);

/* ---- agent.c -------------------------------------------------------------------------------- */
bool core_agent_is_available(const struct routing *r, uint32_t a); /* ready, room for something */
bool core_agent_has_room(const struct routing *r, uint32_t a, enum channel_kind channel);
bool core_agent_can_serve(const struct routing *r, uint32_t a, const struct line *l); /* skills */
bool core_agent_is_member(const struct routing *r, uint32_t a, uint32_t q);
void core_agent_attach(struct routing *r, uint32_t c, uint32_t a);
void core_agent_detach(struct routing *r, uint32_t c);
void core_agent_touch(struct routing *r, uint32_t a);
void core_agent_dirty(struct routing *r, uint32_t a);   /* may be able to take more now */
void core_agent_refresh(struct routing *r, uint32_t a); /* in its queues' trees, or not */
void core_agent_show(struct routing *r);                /* effects for the touched ones */
enum agent_state core_agent_state(const struct routing *r, uint32_t a);
void core_agent_join(struct routing *r, uint32_t a, uint32_t q);
void core_agent_quit(struct routing *r, uint32_t a); /* all its queues */
void core_member_unlink(struct routing *r, uint32_t m);

/* ---- presence.c ----------------------------------------------------------------------------- */
int core_on_agent_set(struct routing *r, const struct routing_agent_set *ev);
int core_on_agent_remove(struct routing *r, const struct routing_presence *ev);
int core_on_agent_wants(struct routing *r, const struct routing_presence *ev);
int core_on_presence_lost(struct routing *r, const struct routing_presence *ev);
int core_on_presence_found(struct routing *r, const struct routing_presence *ev);
void core_presence_withdraw(struct routing *r, uint32_t a, enum contact_cause cause);
void core_presence_due(struct routing *r, uint32_t a);

/* ---- queue.c -------------------------------------------------------------------------------- */
int core_on_queue_set(struct routing *r, const struct routing_queue_set *ev);
int core_on_queue_remove(struct routing *r, const struct routing_queue_set *ev);
int core_on_channel_set(struct routing *r, const struct routing_channel_set *ev);
void core_drain(struct routing *r); /* one contact of a removed queue or agent */

/* ---- match.c -------------------------------------------------------------------------------- */
uint32_t core_match_agent(const struct routing *r, uint32_t c); /* the one to take it, or 0 */
uint32_t core_match_contact(const struct routing *r, uint32_t a);
bool core_match_others(const struct routing *r, uint32_t c); /* others that could, signed in */

/* ---- offer.c -------------------------------------------------------------------------------- */
void core_offer(struct routing *r, uint32_t c, uint32_t a);
void core_offer_end(struct routing *r, uint32_t c, enum contact_cause cause);
void core_offer_due(struct routing *r, uint32_t c);
uint32_t core_contact_now(struct routing *r, usher_id id); /* after what is due to it; 0: unknown */
int core_command_find(struct routing *r, const struct routing_command *ev, uint32_t *ret);
int core_on_accept(struct routing *r, const struct routing_command *ev);
int core_on_decline(struct routing *r, const struct routing_command *ev);
int core_on_take(struct routing *r, const struct routing_command *ev);

/* ---- held.c --------------------------------------------------------------------------------- */
void core_held_release(struct routing *r, uint32_t c, enum contact_cause cause);
void core_held_finish(struct routing *r, uint32_t c, enum contact_cause cause);
int core_on_close(struct routing *r, const struct routing_command *ev);
int core_on_wrapup_done(struct routing *r, const struct routing_command *ev);
int core_on_wrapup_extend(struct routing *r, const struct routing_command *ev);
int core_on_transfer(struct routing *r, const struct routing_transfer *ev);
int core_on_park(struct routing *r, const struct routing_command *ev);
int core_on_resume(struct routing *r, const struct routing_command *ev);
void core_resume(struct routing *r, uint32_t c);

/* ---- why.c ---------------------------------------------------------------------------------- */
struct routing_why core_why(const struct routing *r, uint32_t c, uint32_t a, usher_us now);

#endif
