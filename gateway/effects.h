/* SPDX-License-Identifier: Apache-2.0 */
/* What a decision of the core does to the record: contact rows, facts, messages, commands. */
#ifndef GATEWAY_EFFECTS_H
#define GATEWAY_EFFECTS_H

#include "gateway/engine.h"

void effects_apply(struct turn *t, const struct routing_event *ev,
		   const struct routing_effects *effects);

#endif
