/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes into a routing step and what comes out. Both are plain values without pointers, so
 * they can be journalled as they are. Kinds are stored: never renumber, only add.
 */
#ifndef ROUTING_CORE_EVENT_H
#define ROUTING_CORE_EVENT_H

#include "routing/base/id.h"
#include "routing/model/agent.h"
#include "routing/model/contact.h"

#define ROUTING_REQUIREMENTS_MAX 8 /* of one contact */
#define ROUTING_SKILLS_MAX 64      /* of one agent */
#define ROUTING_MEMBERSHIPS_MAX 64 /* queues of one agent */

struct routing_skill {
	uint32_t skill; /* the site's number of the skill, from 1 */
	uint8_t level;  /* 0 … SKILL_LEVEL_MAX */
};

enum routing_order { /* of agents, among those who may take a contact */
	ORDER_LONGEST_IDLE = 0,
	ORDER_LEAST_LOADED = 1,
};

enum routing_event_kind {
	EV_TICK = 1,            /* time has passed; no payload */
	EV_QUEUE_SET = 2,       /* queue: add or change */
	EV_QUEUE_REMOVE = 3,    /* queue.queue: its waiting, offered and parked contacts are closed
				 * with CAUSE_REMOVED; who is served is served to the end, and
				 * closed where it would go back to the queue */
	EV_CHANNEL_SET = 4,     /* channel: weight and maximum, for all agents */
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
	EV_TAKE = 21,           /* command: contact, agent: a supervisor or the agent takes a
				 * waiting or offered contact past the order; capacity is not
				 * checked */
};

struct routing_queue_set {
	usher_id queue;
	enum routing_order order;
	uint8_t priority;          /* added to no one: the default of its contacts, 0 … 9 */
	usher_us offer_us;         /* an offer lasts; 1 s … 1 h */
	usher_us wrapup_us;        /* 0 = none */
	bool is_wrapup_exclusive;  /* during it the agent gets nothing new */
	uint16_t missed_max;       /* offers not answered in a row until "not responding"; 0 = 1 */
};

struct routing_channel_set {
	enum channel_kind channel;
	uint16_t weight;    /* units a contact takes of an agent's capacity */
	uint16_t count_max; /* at most so many per agent; 0 = only capacity limits */
};

struct routing_agent_set {
	usher_id agent;
	uint16_t capacity; /* units */
	uint8_t skill_count, queue_count;
	struct routing_skill skills[ROUTING_SKILLS_MAX];
	usher_id queues[ROUTING_MEMBERSHIPS_MAX];
};

struct routing_presence {
	usher_id agent;
	enum agent_state wants; /* EV_AGENT_WANTS: AGENT_READY, AGENT_NOT_READY, AGENT_SIGNED_OUT */
	uint32_t reason;
};

struct routing_contact_new {
	usher_id contact, queue;
	enum channel_kind channel;
	uint8_t priority; /* 0 … 9; above 9: the queue's default */
	usher_us first_us; /* the first message of the matter; at most now */
	usher_id preferred; /* an agent to wait for, or 0 */
	usher_us preferred_us; /* so long, from now */
	uint8_t requirement_count;
	struct routing_skill requirements[ROUTING_REQUIREMENTS_MAX];
};

struct routing_command {
	usher_id contact, agent;
	uint64_t epoch;
	usher_us until_us;
	uint8_t priority;
	bool flag;
};

struct routing_transfer {
	usher_id contact, agent; /* who transfers; 0 = the system or a supervisor */
	uint64_t epoch;          /* not checked when agent is 0 */
	usher_id to_queue;       /* 0 = stay in the queue */
	usher_id to_agent;       /* 0 = to whoever is next; else offered to this agent first */
	usher_us to_agent_us;    /* and to nobody else for so long */
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
	};
};

enum routing_effect_kind {
	FX_REJECTED = 1,    /* code; nothing was changed */
	FX_QUEUED = 2,      /* contact, queue: it waits (again) there */
	FX_OFFERED = 3,     /* contact, queue, agent, epoch, at_us = expiry */
	FX_OFFER_ENDED = 4, /* contact, agent, epoch, cause; CAUSE_ACCEPTED: FX_ASSIGNED follows */
	FX_ASSIGNED = 5,    /* contact, queue, agent, epoch */
	FX_RELEASED = 6,    /* contact, agent, cause: the agent does not hold it any more */
	FX_PARKED = 7,      /* contact, agent, at_us */
	FX_WRAPUP = 8,      /* contact, agent, epoch, at_us = its end */
	FX_CLOSED = 9,      /* contact, agent (0 = none held it), cause */
	FX_AGENT_STATE = 10, /* agent, state, reason: changed */
	FX_PRIORITY = 11,   /* contact: its priority or place changed */
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
};

struct routing_effects {
	const struct routing_effect *items; /* borrowed: until the next step */
	size_t count;
};

/* The journal's form of an event: versioned, little-endian, at most ROUTING_EVENT_BYTES_MAX.
 * Decoding never trusts the bytes: E_INVALID when cut, too long, or out of range. */
#define ROUTING_EVENT_BYTES_MAX 1600
void routing_event_encode(const struct routing_event *ev, struct usher_buf *ret);
int routing_event_decode(struct usher_text bytes, struct routing_event *ret) USHER_CHECKED;
const char *routing_event_name(enum routing_event_kind kind); /* "accept", "contact-new", … */

#endif
