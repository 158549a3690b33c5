/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes into a routing step and what comes out. Both are plain values without pointers, so
 * they can be journalled as they are. Kinds are stored: never renumber, only add.
 */
#ifndef ROUTING_CORE_EVENT_H
#define ROUTING_CORE_EVENT_H

#include "routing/core/settings.h"

enum routing_event_kind {
	EV_TICK = 1,            /* time has passed; no payload */
	EV_QUEUE_SET = 2,       /* queue: add or change */
	EV_QUEUE_REMOVE = 3,    /* queue.queue: its waiting, offered and parked contacts are closed
				 * with CAUSE_REMOVED; who is served is served to the end, and
				 * closed where it would go back to the queue */
	EV_CHANNEL_SET = 4,     /* channel: weight, maximum and blending, for all agents */
	EV_AGENT_SET = 5,       /* agent: add or change skills, memberships, capacity */
	EV_AGENT_REMOVE = 6,    /* presence.agent: what it held goes back to its queues */
	EV_AGENT_WANTS = 7,     /* presence: ready, not ready (reason), signed out */
	EV_PRESENCE_LOST = 8,   /* presence.agent: the console is gone */
	EV_PRESENCE_FOUND = 9,  /* presence.agent: it is back */
	EV_CONTACT_NEW = 10,    /* contact: arrives in a queue, or a closed one opens again */
	EV_CUSTOMER_LEFT = 11,  /* command.contact: hung up, closed the window */
	EV_ACCEPT = 12,         /* command: contact, agent, epoch */
	EV_DECLINE = 13,        /* command: contact, agent, epoch */
	EV_CLOSE = 14,          /* command: contact, agent, epoch: to wrap-up, or closed when
				 * the queue has none or `flag` is set */
	EV_WRAPUP_DONE = 15,    /* command: contact, agent, epoch */
	EV_WRAPUP_EXTEND = 16,  /* command: contact, agent, epoch, until_us */
	EV_TRANSFER = 17,       /* transfer: to a queue, or to an agent */
	EV_PARK = 18,           /* command: contact, agent, epoch, until_us */
	EV_RESUME = 19,         /* command.contact: the customer wrote, or somebody wants it back */
	EV_PRIORITY = 20,       /* command.contact, priority */
	EV_TAKE = 21,           /* command: contact, agent: takes, or is given, a waiting, offered
				 * or parked contact past the order; with `flag` also one that
				 * another agent holds. Capacity is not checked */
	EV_MOVE_ALL = 22,       /* transfer: agent, to_queue, to_agent: all that the agent holds is
				 * transferred, what he is offered goes back */
	EV_QUEUE_OPEN = 23,     /* hours: the queue opens or closes */
	EV_CALLBACK = 24,       /* command: contact, until_us: whoever waits hangs up and is called
				 * back at his turn, not before until_us; keeps the place */
	EV_ACTIVITY = 25,       /* command.contact, flag: its agent wrote, else the customer did */
	EV_CONSULT = 26,        /* transfer: as for EV_TRANSFER, but asks somebody; other = the id of
				 * the contact that carries the question */
	EV_CONFERENCE = 27,     /* command: contact, agent, epoch; other = a consultation: whoever
				 * answered it joins, the consultation is closed */
	EV_HAND_OVER = 28,      /* command: contact, agent, epoch; other = a consultation, or an
				 * agent in the conference: holds the contact from now on */
	EV_LEAVE = 29,          /* command: contact, agent, epoch: out of the conference */
	EV_REQUIRE = 30,        /* contact: contact, requirements: asks for something else now */
};

struct routing_presence {
	usher_id agent;
	enum agent_state wants; /* EV_AGENT_WANTS: AGENT_READY, AGENT_NOT_READY, AGENT_SIGNED_OUT */
	uint32_t reason;
};

struct routing_contact_new {
	usher_id contact, queue;
	enum channel_kind channel;
	uint8_t priority;   /* 0 … 9; above 9: the queue's default */
	usher_us first_us;  /* the first message of the matter; at most now */
	usher_id preferred; /* an agent to wait for, or 0: last agent, account owner */
	usher_us preferred_us; /* so long, from now */
	usher_id fallback;  /* then another one, or 0 */
	usher_us fallback_us;
	bool is_patient;    /* waits for them also while they are signed out or lost */
	usher_id excluded;  /* an agent who never gets it, or 0 */
	usher_us due_us;    /* not before; 0 = now. At most 400 days ahead */
	bool is_callback;   /* the customer is called: deferred work on any channel */
	uint8_t requirement_count;
	struct routing_requirement requirements[ROUTING_REQUIREMENTS_MAX];
};

struct routing_command {
	usher_id contact, agent;
	uint64_t epoch;
	usher_us until_us;
	uint8_t priority;
	bool flag;
	usher_id other;
};

struct routing_transfer {
	usher_id contact, agent; /* who transfers; 0 = the system or a supervisor */
	uint64_t epoch;          /* not checked when agent is 0 */
	usher_id to_queue;       /* 0 = stay in the queue */
	usher_id to_agent;       /* 0 = to whoever is next; else offered to this agent first */
	usher_us to_agent_us;    /* and to nobody else for so long */
	usher_id other;
};

struct routing_hours {
	usher_id queue;
	bool is_open;
	usher_us until_us; /* when that changes; USHER_NEVER when unknown */
};

struct routing_event {
	enum routing_event_kind kind;
	union {
		struct routing_queue_set queue;
		struct routing_channel_set channel;
		struct routing_agent_set agent;
		struct routing_presence presence;
		struct routing_contact_new contact;
		struct routing_command command;
		struct routing_transfer transfer;
		struct routing_hours hours;
	};
};

enum routing_effect_kind {
	FX_REJECTED = 1,    /* code; nothing was changed */
	FX_QUEUED = 2,      /* contact, queue: it waits (again) there; cause: CAUSE_OVERFLOW, or none */
	FX_OFFERED = 3,     /* contact, queue, agent, epoch, at_us = expiry; several for one contact
			     * where its queue offers in parallel, each with its own epoch */
	FX_OFFER_ENDED = 4, /* contact, agent, epoch, cause; CAUSE_ACCEPTED: FX_ASSIGNED follows */
	FX_ASSIGNED = 5,    /* contact, queue, agent, epoch: holds it; cause: CAUSE_TRANSFERRED when
			     * handed over by another agent */
	FX_RELEASED = 6,    /* contact, agent, cause: the agent does not hold it any more, or is out
			     * of its conference */
	FX_PARKED = 7,      /* contact, agent, at_us; cause: CAUSE_CLOSED_HOURS while the queue is
			     * closed, CAUSE_CALLBACK until its time, or none */
	FX_WRAPUP = 8,      /* contact, agent, epoch, at_us = its end */
	FX_CLOSED = 9,      /* contact, agent (0 = none held it), cause */
	FX_AGENT_STATE = 10, /* agent, state, reason: changed */
	FX_PRIORITY = 11,   /* contact: its priority or place changed */
	FX_STEP = 12,       /* contact, queue, number = the routing step it has reached */
	FX_JOINED = 13,     /* contact, agent, epoch: is in the conference */
	FX_CALLBACK = 14,   /* contact: is a callback from now on */
};

struct routing_effect {
	enum routing_effect_kind kind;
	int code;                 /* FX_REJECTED */
	usher_id contact, queue, agent;
	uint64_t epoch;
	usher_us at_us;
	enum contact_cause cause;
	enum agent_state state;
	uint32_t reason;
	uint32_t number;
};

struct routing_effects {
	const struct routing_effect *items; /* borrowed: until the next step */
	size_t count;
};

/* The journal's form of an event: versioned, little-endian, at most ROUTING_EVENT_BYTES_MAX.
 * Decoding never trusts the bytes: E_INVALID when cut, too long, or out of range. */
#define ROUTING_EVENT_BYTES_MAX 2000
void routing_event_encode(const struct routing_event *ev, struct usher_buf *ret);
int routing_event_decode(struct usher_text bytes, struct routing_event *ret) USHER_CHECKED;
const char *routing_event_name(enum routing_event_kind kind); /* "accept", "contact-new", … */

#endif
