/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One telephone call: the customer's leg and those of the agents, as far as callbacks told.
 *
 * Callbacks come late, twice and in any order, so every member is merged by a rule that does not
 * depend on the order: states only grow, the first joining and the last leaving count, and what can
 * change back (in the room, on hold) follows the highest sequence number. Pure.
 */
#ifndef CHANNELS_TELEPHONY_CALL_H
#define CHANNELS_TELEPHONY_CALL_H

#include "channels/telephony/twilio_parse.h"

#define CALL_LEGS_MAX 12

enum call_role { LEG_CUSTOMER = 1, LEG_AGENT = 2, LEG_OTHER = 3 };

struct call_leg {
	char sid[SID_BYTES_MAX + 1];
	enum call_role role;
	usher_id agent;		 /* of LEG_AGENT, and … */
	uint64_t epoch;		 /* … of its assignment */
	enum call_status status; /* the furthest one heard of */
	int64_t seconds;	 /* as the provider counts them; 0 = not told */
	int64_t room_seq;	 /* of the event that decided is_inside and is_held; -1 = none */
	bool is_inside, is_held;
	usher_us joined_us, left_us; /* of the room: first, last; 0 = not yet */
};

struct call {
	char from[204]; /* the caller's address, for the agent's ear */
	struct call_leg legs[CALL_LEGS_MAX];
	int leg_count;
	usher_id agent; /* who has the call now, 0 = nobody */
	uint64_t epoch;
};

/* What a callback says about one leg. */
struct call_event {
	struct usher_text sid;
	enum call_role role;
	usher_id agent;
	uint64_t epoch;
	enum call_status status;
	enum room_event room;
	int64_t sequence;
	int64_t seconds;
	usher_us at_us; /* when it happened */
};

/* What became true by it, a bit each; a repeat changes nothing. */
#define CALL_CHANGED 1u
#define CALL_LEG_JOINED 2u
#define CALL_LEG_LEFT 4u
#define CALL_LEG_UNREACHED 8u /* ended without having been answered */
#define CALL_ENDED 16u	      /* the customer's leg is over */

unsigned call_apply(struct call *c, const struct call_event *event);
struct call_leg *call_leg(struct call *c, struct usher_text sid); /* NULL: unknown */
bool call_is_over(const struct call *c);
bool call_status_is_end(enum call_status status);

/* JSON object, the same for the same call; kept with the session. */
void call_encode(const struct call *c, struct usher_buf *ret);
/* E_INVALID leaves *ret empty: then the callbacks tell it anew. */
int call_decode(struct usher_text json, struct call *ret) USHER_CHECKED;

#endif
