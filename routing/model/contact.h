/* SPDX-License-Identifier: Apache-2.0 */
/* A contact: one matter of one customer, from first message to close, over any channels. */
#ifndef ROUTING_MODEL_CONTACT_H
#define ROUTING_MODEL_CONTACT_H

#include "routing/base/id.h"
#include "routing/model/channel.h"

/* Stored and journalled: never renumber. */
enum contact_state {
	CONTACT_NONE = 0,
	CONTACT_WAITING = 1, /* in a queue, held by nobody */
	CONTACT_OFFERED = 2, /* reserved for one agent who has not answered yet */
	CONTACT_ACTIVE = 3,  /* held by one agent */
	CONTACT_PARKED = 4,  /* set aside by an agent until an instant or an event */
	CONTACT_WRAPUP = 5,  /* the customer is gone, the agent finishes the work */
	CONTACT_CLOSED = 6,
};
#define CONTACT_STATES 7

/* Why an offer ended without an assignment, or why a contact ended. Stored: never renumber. */
enum contact_cause {
	CAUSE_NONE = 0,
	CAUSE_ACCEPTED = 1,
	CAUSE_DECLINED = 2,      /* the agent said no */
	CAUSE_TIMEOUT = 3,       /* the agent did not answer in time */
	CAUSE_LOST_PRESENCE = 4, /* the agent's console is gone */
	CAUSE_WITHDRAWN = 5,     /* the customer left, or another took it */
	CAUSE_CUSTOMER_LEFT = 6, /* ended by the customer while waiting: abandoned */
	CAUSE_CUSTOMER_ENDED = 7, /* ended by the customer while served */
	CAUSE_AGENT_CLOSED = 8,
	CAUSE_TRANSFERRED = 9,
	CAUSE_NOT_READY = 10, /* the agent went not ready or signed out */
	CAUSE_REMOVED = 11,   /* queue or agent deleted */
	CAUSE_SYSTEM = 12,
	CAUSE_OVERFLOW = 13,     /* moved on because it could not wait where it was */
	CAUSE_WAITED_OUT = 14,   /* the queue's longest wait was over */
	CAUSE_NO_REPLY = 15,     /* the agent did not write in time */
	CAUSE_SILENCE = 16,      /* the customer did not write any more */
	CAUSE_CONFERENCE = 17,   /* a consultation that became a conference or a transfer */
	CAUSE_CLOSED_HOURS = 18, /* the queue is closed */
	CAUSE_CALLBACK = 19,     /* will be called back */
	CAUSE_FULL = 20,         /* as many waited as may */
};
#define CONTACT_CAUSES 21

const char *contact_state_name(enum contact_state state); /* "waiting", … */
const char *contact_cause_name(enum contact_cause cause); /* "declined", "timeout", … */
int contact_state_from_name(struct usher_text name, enum contact_state *ret) USHER_CHECKED;

/* Whether the state may follow the other; CONTACT_NONE -> WAITING is creation, CLOSED -> WAITING
 * is a re-opened contact. */
bool contact_may_become(enum contact_state from, enum contact_state to);

#define CONTACT_PRIORITY_DEFAULT 5 /* 0 = most urgent … 9 = least */
#define CONTACT_PRIORITIES 10

#endif
