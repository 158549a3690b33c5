/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/weights.h"

#include "gateway/log.h"

/* A call, a visit and a video take the whole of a person; chats share one, mails wait beside them. */
static const struct routing_channel_set firsts[] = {
	{CHANNEL_TELEPHONY, 100, 1}, {CHANNEL_VIDEO, 100, 1}, {CHANNEL_CHAT, 30, 3},
	{CHANNEL_EMAIL, 20, 5},	     {CHANNEL_VISIT, 100, 1}, {CHANNEL_LETTER, 20, 5},
	{CHANNEL_MESSAGING, 30, 3},
};

static void apply(struct turn *t, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
		struct routing_event ev = {.kind = EV_CHANNEL_SET};
		ev.channel = firsts[i];
		int code = turn_route(t, &ev);
		if (code < 0)
			log_event(LOG_LEVEL_ERROR, "weights.refused", "channel=%s code=%s",
				  channel_name(firsts[i].channel), usher_code_name(code));
	}
}

void weights_begin(struct gateway *g)
{
	if (engine_is_new(g->engine))
		engine_submit(g->engine, apply, NULL, NULL);
}
