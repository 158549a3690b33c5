/* SPDX-License-Identifier: Apache-2.0 */
/* What an agent can be. */
#ifndef ROUTING_MODEL_AGENT_H
#define ROUTING_MODEL_AGENT_H

#include "routing/base/text.h"

/* Stored and journalled: never renumber. */
enum agent_state {
	AGENT_SIGNED_OUT = 0,
	AGENT_READY = 1,
	AGENT_NOT_READY = 2,      /* chosen by the agent, with a reason */
	AGENT_BUSY = 3,           /* ready, but no room for any channel */
	AGENT_WRAPUP = 4,         /* ready, but a wrap-up that excludes new work is running */
	AGENT_NOT_RESPONDING = 5, /* missed too many offers; comes back by hand */
	AGENT_LOST = 6,           /* the console does not answer pings */
};
#define AGENT_STATES 7

const char *agent_state_name(enum agent_state state); /* "ready", "not-ready", … */
int agent_state_from_name(struct usher_text name, enum agent_state *ret) USHER_CHECKED;

#define AGENT_CAPACITY_DEFAULT 100 /* units; weights per channel are in the same units */
#define SKILL_LEVEL_MAX 5          /* 0 = does not have it */

#endif
