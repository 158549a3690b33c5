/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that can be said about one contact at one instant: who it was or is given to, how each other
 * agent stood, why it came before the others in line. Plain values out of the core; no names yet.
 */
#ifndef GATEWAY_EXPLAIN_SCENE_H
#define GATEWAY_EXPLAIN_SCENE_H

#include "routing/core/account.h"

#define EXPLAIN_CANDIDATES_MAX 500 /* listed; the others are only counted */

enum explain_kind {
	EXPLAIN_OFFERED = 1,  /* by the order, or to the agent it was waiting for */
	EXPLAIN_ASSIGNED = 2, /* likewise, without asking */
	EXPLAIN_TAKEN = 3,    /* past the order */
	EXPLAIN_HANDED = 4,   /* by a colleague in the conversation: nobody was compared */
	EXPLAIN_WAITING = 5,  /* no decision: why it still waits */
};
const char *explain_kind_name(enum explain_kind kind);

struct explain_candidate {
	usher_id agent;
	struct routing_why why;
	struct routing_difference than; /* the chosen one, compared with this one */
	struct routing_agent_account account;
};

/* A required skill, and who has it at the level. */
struct explain_need {
	uint32_t skill;
	uint8_t level;
	uint32_t members, present; /* present: signed in and connected */
};

struct explain_scene {
	enum explain_kind kind;
	usher_us now;
	usher_id contact, chosen; /* chosen: 0 = nobody yet */
	struct routing_contact_view view;
	struct routing_account account;
	struct routing_rivals rivals;
	unsigned need_count;
	struct explain_need needs[ROUTING_RESOLVED_MAX];
	uint32_t able;            /* could take it, the chosen one included */
	uint32_t members[ROUTING_REASONS], others[ROUTING_REASONS]; /* counts */
	size_t count, left_off;
	struct explain_candidate *candidates; /* owned; members first, the chosen one first of all */
};

/* With `all`, agents who are no members are listed too. E_NOT_FOUND: no such contact. */
int explain_scene_make(struct explain_scene *ret, const struct routing *r, enum explain_kind kind,
		       usher_id contact, usher_id chosen, usher_us now, bool all) USHER_CHECKED;
void explain_scene_done(struct explain_scene *s);

#endif
