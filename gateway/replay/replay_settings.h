/* SPDX-License-Identifier: Apache-2.0 */
/* What the core was told last of each queue, agent and channel. */
#ifndef GATEWAY_REPLAY_REPLAY_SETTINGS_H
#define GATEWAY_REPLAY_REPLAY_SETTINGS_H

#include "routing/base/table.h"
#include "routing/core/core.h"

struct replay_settings {
	struct table queues, agents; /* id -> struct routing_event *, owned */
	struct routing_event channels[CHANNEL_KINDS];
	usher_id agent_max; /* the highest id of an agent ever seen */
};
void replay_settings_note(struct replay_settings *s, const struct routing_event *ev);
void replay_settings_done(struct replay_settings *s);

#endif
