/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to be different, as JSON:
 *
 *   {"queues":   {"SLUG": {"priority", "offer_s", "wrapup_s", "wrapup_exclusive", "missed_max",
 *                          and the members of routing_settings.h but hours and rejoin_seconds}},
 *    "agents":   {"LOGIN": {"skills": {"SKILL": level}, "queues": ["SLUG", {"queue", "ring", …}],
 *                           "capacity", "absent"}},
 *    "extra_agents": [{"copy_of": "LOGIN", "count": 1}],
 *    "channels": {"KIND": {"weight", "max", "exclusive", "interrupts": ["KIND"]}}}
 *
 * What is not named stays as it was when the period began.
 */
#ifndef GATEWAY_REPLAY_REPLAY_CHANGE_H
#define GATEWAY_REPLAY_REPLAY_CHANGE_H

#include "gateway/directory.h"
#include "gateway/json.h"
#include "gateway/replay/replay_model.h"
#include "gateway/replay/replay_settings.h"

#define REPLAY_CHANGE_BYTES_MAX ((size_t)1 << 20)
#define REPLAY_EXTRA_MAX 200 /* agents more */

struct replay_changes {
	struct replay_change change; /* its lists are those below */
	struct routing_event *sets;  /* owned */
	usher_id *absent;	     /* owned */
	struct replay_copy *copies;  /* owned */
	size_t set_space, absent_space, copy_space;
};

/* E_INVALID with the place: unknown member, name or value. Sets that change nothing are left out.
 */
int replay_changes_read(struct replay_changes *ret, struct usher_text json,
			const struct replay_settings *settings, const struct directory *directory,
			struct usher_error *reterr) USHER_CHECKED;
void replay_changes_done(struct replay_changes *c);

#endif
