/* SPDX-License-Identifier: Apache-2.0 */
/* The journal's form of an event: a version byte, a kind byte, the fields in order. */
#include "routing/core/event.h"

#include "routing/core/codec.h"
#include "routing/core/parts.h"

#include <assert.h>

#define EVENT_VERSION 2
#define KINDS (EV_REQUIRE + 1)

static const char *const names[KINDS] = {
	[EV_TICK] = "tick",
	[EV_QUEUE_SET] = "queue-set",
	[EV_QUEUE_REMOVE] = "queue-remove",
	[EV_CHANNEL_SET] = "channel-set",
	[EV_AGENT_SET] = "agent-set",
	[EV_AGENT_REMOVE] = "agent-remove",
	[EV_AGENT_WANTS] = "agent-wants",
	[EV_PRESENCE_LOST] = "presence-lost",
	[EV_PRESENCE_FOUND] = "presence-found",
	[EV_CONTACT_NEW] = "contact-new",
	[EV_CUSTOMER_LEFT] = "customer-left",
	[EV_ACCEPT] = "accept",
	[EV_DECLINE] = "decline",
	[EV_CLOSE] = "close",
	[EV_WRAPUP_DONE] = "wrapup-done",
	[EV_WRAPUP_EXTEND] = "wrapup-extend",
	[EV_TRANSFER] = "transfer",
	[EV_PARK] = "park",
	[EV_RESUME] = "resume",
	[EV_PRIORITY] = "priority",
	[EV_TAKE] = "take",
	[EV_MOVE_ALL] = "move-all",
	[EV_QUEUE_OPEN] = "queue-open",
	[EV_CALLBACK] = "callback",
	[EV_ACTIVITY] = "activity",
	[EV_CONSULT] = "consult",
	[EV_CONFERENCE] = "conference",
	[EV_HAND_OVER] = "hand-over",
	[EV_LEAVE] = "leave",
	[EV_REQUIRE] = "require",
};

const char *routing_event_name(enum routing_event_kind kind)
{
	return (unsigned)kind < KINDS && names[kind] != NULL ? names[kind] : "unknown";
}

enum payload {
	PAYLOAD_NONE,
	PAYLOAD_QUEUE,
	PAYLOAD_CHANNEL,
	PAYLOAD_AGENT,
	PAYLOAD_PRESENCE,
	PAYLOAD_CONTACT,
	PAYLOAD_COMMAND,
	PAYLOAD_TRANSFER,
	PAYLOAD_HOURS
};

static enum payload payload_of(enum routing_event_kind kind)
{
	switch (kind) {
	case EV_QUEUE_SET:
	case EV_QUEUE_REMOVE:
		return PAYLOAD_QUEUE;
	case EV_CHANNEL_SET:
		return PAYLOAD_CHANNEL;
	case EV_AGENT_SET:
		return PAYLOAD_AGENT;
	case EV_AGENT_REMOVE:
	case EV_AGENT_WANTS:
	case EV_PRESENCE_LOST:
	case EV_PRESENCE_FOUND:
		return PAYLOAD_PRESENCE;
	case EV_CONTACT_NEW:
	case EV_REQUIRE:
		return PAYLOAD_CONTACT;
	case EV_TRANSFER:
	case EV_MOVE_ALL:
	case EV_CONSULT:
		return PAYLOAD_TRANSFER;
	case EV_QUEUE_OPEN:
		return PAYLOAD_HOURS;
	case EV_TICK:
		return PAYLOAD_NONE;
	default:
		return PAYLOAD_COMMAND;
	}
}

/* ---- writing -------------------------------------------------------------------------------- */

static void put_contact(struct usher_buf *b, const struct routing_contact_new *ev)
{
	put_number(b, ev->contact, 8);
	put_number(b, ev->queue, 8);
	put_number(b, ev->channel, 1);
	put_number(b, ev->priority, 1);
	put_number(b, (uint64_t)ev->first_us, 8);
	put_number(b, ev->preferred, 8);
	put_number(b, (uint64_t)ev->preferred_us, 8);
	put_number(b, ev->fallback, 8);
	put_number(b, (uint64_t)ev->fallback_us, 8);
	put_number(b, ev->excluded, 8);
	put_number(b, (uint64_t)ev->due_us, 8);
	put_number(b, ev->is_patient, 1);
	put_number(b, ev->is_callback, 1);
	put_requirements(b, ev->requirements, ev->requirement_count);
}

static void put_command(struct usher_buf *b, const struct routing_command *ev)
{
	put_number(b, ev->contact, 8);
	put_number(b, ev->agent, 8);
	put_number(b, ev->epoch, 8);
	put_number(b, (uint64_t)ev->until_us, 8);
	put_number(b, ev->priority, 1);
	put_number(b, ev->flag, 1);
	put_number(b, ev->other, 8);
}

static void put_transfer(struct usher_buf *b, const struct routing_transfer *ev)
{
	put_number(b, ev->contact, 8);
	put_number(b, ev->agent, 8);
	put_number(b, ev->epoch, 8);
	put_number(b, ev->to_queue, 8);
	put_number(b, ev->to_agent, 8);
	put_number(b, (uint64_t)ev->to_agent_us, 8);
	put_number(b, ev->other, 8);
}

void routing_event_encode(const struct routing_event *ev, struct usher_buf *ret)
{
	assert(ev->kind >= EV_TICK && ev->kind < KINDS);
	put_number(ret, EVENT_VERSION, 1);
	put_number(ret, ev->kind, 1);
	switch (payload_of(ev->kind)) {
	case PAYLOAD_NONE:
		return;
	case PAYLOAD_QUEUE:
		put_queue_set(ret, &ev->queue);
		return;
	case PAYLOAD_CHANNEL:
		put_channel_set(ret, &ev->channel);
		return;
	case PAYLOAD_AGENT:
		put_agent_set(ret, &ev->agent);
		return;
	case PAYLOAD_PRESENCE:
		put_number(ret, ev->presence.agent, 8);
		put_number(ret, ev->presence.wants, 1);
		put_number(ret, ev->presence.reason, 4);
		return;
	case PAYLOAD_CONTACT:
		put_contact(ret, &ev->contact);
		return;
	case PAYLOAD_COMMAND:
		put_command(ret, &ev->command);
		return;
	case PAYLOAD_TRANSFER:
		put_transfer(ret, &ev->transfer);
		return;
	case PAYLOAD_HOURS:
		put_number(ret, ev->hours.queue, 8);
		put_number(ret, ev->hours.is_open, 1);
		put_number(ret, (uint64_t)ev->hours.until_us, 8);
		return;
	}
}

/* ---- reading -------------------------------------------------------------------------------- */

static void get_contact(struct reader *in, struct routing_contact_new *ret)
{
	ret->contact = get_number(in, 8);
	ret->queue = get_number(in, 8);
	ret->channel = (enum channel_kind)get_bounded(in, 1, CHANNEL_KINDS - 1);
	ret->priority = (uint8_t)get_number(in, 1);
	ret->first_us = get_time(in);
	ret->preferred = get_number(in, 8);
	ret->preferred_us = get_time(in);
	ret->fallback = get_number(in, 8);
	ret->fallback_us = get_time(in);
	ret->excluded = get_number(in, 8);
	ret->due_us = get_time(in);
	ret->is_patient = get_bounded(in, 1, 1) != 0;
	ret->is_callback = get_bounded(in, 1, 1) != 0;
	ret->requirement_count = get_requirements(in, ret->requirements, ROUTING_REQUIREMENTS_MAX);
}

static void get_command(struct reader *in, struct routing_command *ret)
{
	ret->contact = get_number(in, 8);
	ret->agent = get_number(in, 8);
	ret->epoch = get_number(in, 8);
	ret->until_us = get_time(in);
	ret->priority = (uint8_t)get_number(in, 1);
	ret->flag = get_bounded(in, 1, 1) != 0;
	ret->other = get_number(in, 8);
}

static void get_transfer(struct reader *in, struct routing_transfer *ret)
{
	ret->contact = get_number(in, 8);
	ret->agent = get_number(in, 8);
	ret->epoch = get_number(in, 8);
	ret->to_queue = get_number(in, 8);
	ret->to_agent = get_number(in, 8);
	ret->to_agent_us = get_time(in);
	ret->other = get_number(in, 8);
}

static void get_payload(struct reader *in, struct routing_event *ret)
{
	switch (payload_of(ret->kind)) {
	case PAYLOAD_NONE:
		return;
	case PAYLOAD_QUEUE:
		get_queue_set(in, &ret->queue);
		return;
	case PAYLOAD_CHANNEL:
		get_channel_set(in, &ret->channel);
		return;
	case PAYLOAD_AGENT:
		get_agent_set(in, &ret->agent);
		return;
	case PAYLOAD_PRESENCE:
		ret->presence.agent = get_number(in, 8);
		ret->presence.wants = (enum agent_state)get_bounded(in, 1, AGENT_STATES - 1);
		ret->presence.reason = (uint32_t)get_number(in, 4);
		return;
	case PAYLOAD_CONTACT:
		get_contact(in, &ret->contact);
		return;
	case PAYLOAD_COMMAND:
		get_command(in, &ret->command);
		return;
	case PAYLOAD_TRANSFER:
		get_transfer(in, &ret->transfer);
		return;
	case PAYLOAD_HOURS:
		ret->hours.queue = get_number(in, 8);
		ret->hours.is_open = get_bounded(in, 1, 1) != 0;
		ret->hours.until_us = get_time(in);
		return;
	}
}

int routing_event_decode(struct usher_text bytes, struct routing_event *ret)
{
	struct reader in = {(const unsigned char *)bytes.p, bytes.n, false};
	struct routing_event ev;
	if (bytes.n > ROUTING_EVENT_BYTES_MAX ||
	    get_bounded(&in, 1, EVENT_VERSION) != EVENT_VERSION)
		return E_INVALID;
	memset(&ev, 0, sizeof ev); /* the parts a kind does not use are the same on each machine */
	ev.kind = (enum routing_event_kind)get_bounded(&in, 1, KINDS - 1);
	if (in.is_bad || ev.kind < EV_TICK)
		return E_INVALID;
	get_payload(&in, &ev);
	if (in.is_bad || in.left > 0)
		return E_INVALID;
	*ret = ev;
	return 0;
}
