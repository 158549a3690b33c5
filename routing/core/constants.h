/* SPDX-License-Identifier: Apache-2.0 */
/* The fixed limits and spans of the core, and the small states inside it. */
#ifndef ROUTING_CORE_CONSTANTS_H
#define ROUTING_CORE_CONSTANTS_H

#include "routing/core/core.h"

#define CORE_EXCLUDED_MAX 4          /* agents a contact is kept from at one time */
#define CORE_AGENT_CONTACTS_MAX 256  /* parts in contacts, of one agent */
#define CORE_EFFECTS_MAX 65536	     /* of one step */
#define CORE_UNIT_EFFECTS 16384      /* at most, of one event or one unit of deferred work */
#ifndef CORE_UNITS_MAX /* tests build it with few, so that work stays pending between steps */
#define CORE_UNITS_MAX 1024          /* of deferred work in one step */
#endif
#define CORE_CONSULTS_MAX 4          /* open consultations about one contact */
#define CORE_HOPS_MAX 8              /* overflows in a row */
#define CORE_LEVELS SKILL_LEVEL_MAX

#define CORE_GRACE_US (60 * USHER_SECOND)    /* a lost agent keeps live contacts so long */
#define CORE_REVIEW_US (5 * USHER_MINUTE)    /* the first of each queue is looked at again */
#define CORE_ROUND_MAX_US (60 * USHER_SECOND) /* an exclusion lasts at most so long */
#define CORE_ROUND_REVIEW_US (5 * USHER_SECOND) /* and is questioned so often */
#define CORE_RETRY_US (60 * USHER_SECOND)    /* an overflow that was not possible */
#define CORE_WRAPUP_MAX_US USHER_DAY
#define CORE_HOLD_MAX_US (30 * USHER_DAY)
#define CORE_PARK_MAX_US (400 * USHER_DAY)
#define CORE_SPAN_MAX_US (400 * USHER_DAY)   /* of any setting */

enum core_place { /* of a waiting contact */
	PLACE_NONE = 0,
	PLACE_FRESH = 1, /* to be matched by this step, or by the tick that follows at once */
	PLACE_LINE = 2,
	PLACE_OWN = 3,   /* waits for one agent */
	PLACE_WIDE = 4,  /* offered, and to be offered to more agents */
};

enum core_lease { /* whose turn it is to write, in an active contact */
	LEASE_NONE = 0,
	LEASE_FIRST = 1, /* the agent's first answer */
	LEASE_REPLY = 2, /* the agent's */
	LEASE_SILENCE = 3, /* the customer's */
};

enum core_park { /* why a contact is parked */
	PARK_AGENT = 0,
	PARK_CLOSED = 1, /* the queue is closed */
	PARK_DUE = 2,    /* not before its time */
};

enum core_chore { /* bits: what is to be done with each contact of a queue, one after the other */
	CHORE_REMOVE = 1,  /* the queue is gone */
	CHORE_RELINE = 2,  /* its settings have changed */
	CHORE_REOPEN = 4,  /* it has opened */
	CHORE_ABSENT = 8,  /* nobody is there */
	CHORE_WAKE = 16,   /* deferred work may go out again */
	CHORE_REVIEW = 32, /* the first one is looked at again */
	CHORE_WALKS = CHORE_REMOVE | CHORE_RELINE | CHORE_REOPEN | CHORE_ABSENT,
};

#endif
