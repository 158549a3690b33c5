/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/replay/replay_settings.h"

#include "routing/base/memory.h"

#include <stdlib.h>

static void keep(struct table *t, usher_id id, const struct routing_event *ev)
{
	struct routing_event *kept = table_get_pointer(t, id);
	if (kept == NULL && id != 0) {
		kept = NEW(struct routing_event);
		table_set_pointer(t, id, kept);
	}
	if (kept != NULL)
		*kept = *ev;
}

static void forget(struct table *t, usher_id id)
{
	free(table_get_pointer(t, id));
	table_remove(t, id);
}

void replay_settings_note(struct replay_settings *s, const struct routing_event *ev)
{
	switch (ev->kind) {
	case EV_QUEUE_SET:
		keep(&s->queues, ev->queue.queue, ev);
		return;
	case EV_QUEUE_REMOVE:
		forget(&s->queues, ev->queue.queue);
		return;
	case EV_AGENT_SET:
		keep(&s->agents, ev->agent.agent, ev);
		if (ev->agent.agent > s->agent_max)
			s->agent_max = ev->agent.agent;
		return;
	case EV_AGENT_REMOVE:
		forget(&s->agents, ev->presence.agent);
		return;
	case EV_CHANNEL_SET:
		if ((unsigned)ev->channel.channel < CHANNEL_KINDS)
			s->channels[ev->channel.channel] = *ev;
		return;
	default:
		return;
	}
}

static void free_all(struct table *t)
{
	TABLE_EACH(slot, t)
	free((void *)(uintptr_t)slot->value);
	table_done(t);
}

void replay_settings_done(struct replay_settings *s)
{
	free_all(&s->queues);
	free_all(&s->agents);
}
