/* SPDX-License-Identifier: Apache-2.0 */
/* The journal's form of an event: a version byte, a kind byte, the fields in order. */
#include "routing/core/event.h"

#include "routing/core/codec.h"

#include <assert.h>

#define EVENT_VERSION 1
#define KINDS (EV_TAKE + 1)

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
	PAYLOAD_TRANSFER
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
		return PAYLOAD_CONTACT;
	case EV_TRANSFER:
		return PAYLOAD_TRANSFER;
	case EV_TICK:
		return PAYLOAD_NONE;
	default:
		return PAYLOAD_COMMAND;
	}
}

/* ---- writing -------------------------------------------------------------------------------- */

static void put_skills(struct usher_buf *b, const struct routing_skill *skills, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		put_number(b, skills[i].skill, 4);
		put_number(b, skills[i].level, 1);
	}
}

static void put_queue(struct usher_buf *b, const struct routing_queue_set *ev)
{
	put_number(b, ev->queue, 8);
	put_number(b, ev->order, 1);
	put_number(b, ev->priority, 1);
	put_number(b, (uint64_t)ev->offer_us, 8);
	put_number(b, (uint64_t)ev->wrapup_us, 8);
	put_number(b, ev->is_wrapup_exclusive, 1);
	put_number(b, ev->missed_max, 2);
}

static void put_agent(struct usher_buf *b, const struct routing_agent_set *ev)
{
	assert(ev->skill_count <= ROUTING_SKILLS_MAX && ev->queue_count <= ROUTING_MEMBERSHIPS_MAX);
	put_number(b, ev->agent, 8);
	put_number(b, ev->capacity, 2);
	put_number(b, ev->skill_count, 1);
	put_number(b, ev->queue_count, 1);
	put_skills(b, ev->skills, ev->skill_count);
	for (unsigned i = 0; i < ev->queue_count; i++)
		put_number(b, ev->queues[i], 8);
}

static void put_contact(struct usher_buf *b, const struct routing_contact_new *ev)
{
	assert(ev->requirement_count <= ROUTING_REQUIREMENTS_MAX);
	put_number(b, ev->contact, 8);
	put_number(b, ev->queue, 8);
	put_number(b, ev->channel, 1);
	put_number(b, ev->priority, 1);
	put_number(b, (uint64_t)ev->first_us, 8);
	put_number(b, ev->preferred, 8);
	put_number(b, (uint64_t)ev->preferred_us, 8);
	put_number(b, ev->requirement_count, 1);
	put_skills(b, ev->requirements, ev->requirement_count);
}

static void put_command(struct usher_buf *b, const struct routing_command *ev)
{
	put_number(b, ev->contact, 8);
	put_number(b, ev->agent, 8);
	put_number(b, ev->epoch, 8);
	put_number(b, (uint64_t)ev->until_us, 8);
	put_number(b, ev->priority, 1);
	put_number(b, ev->flag, 1);
}

static void put_transfer(struct usher_buf *b, const struct routing_transfer *ev)
{
	put_number(b, ev->contact, 8);
	put_number(b, ev->agent, 8);
	put_number(b, ev->epoch, 8);
	put_number(b, ev->to_queue, 8);
	put_number(b, ev->to_agent, 8);
	put_number(b, (uint64_t)ev->to_agent_us, 8);
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
		put_queue(ret, &ev->queue);
		return;
	case PAYLOAD_CHANNEL:
		put_number(ret, ev->channel.channel, 1);
		put_number(ret, ev->channel.weight, 2);
		put_number(ret, ev->channel.count_max, 2);
		return;
	case PAYLOAD_AGENT:
		put_agent(ret, &ev->agent);
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
	}
}

/* ---- reading -------------------------------------------------------------------------------- */

static void get_skills(struct reader *in, struct routing_skill *ret, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		ret[i].skill = (uint32_t)get_number(in, 4);
		ret[i].level = (uint8_t)get_number(in, 1);
	}
}

static void get_queue(struct reader *in, struct routing_queue_set *ret)
{
	ret->queue = get_number(in, 8);
	ret->order = (enum routing_order)get_bounded(in, 1, ORDER_LEAST_LOADED);
	ret->priority = (uint8_t)get_number(in, 1);
	ret->offer_us = get_time(in);
	ret->wrapup_us = get_time(in);
	ret->is_wrapup_exclusive = get_bounded(in, 1, 1) != 0;
	ret->missed_max = (uint16_t)get_number(in, 2);
}

static void get_agent(struct reader *in, struct routing_agent_set *ret)
{
	ret->agent = get_number(in, 8);
	ret->capacity = (uint16_t)get_number(in, 2);
	ret->skill_count = (uint8_t)get_bounded(in, 1, ROUTING_SKILLS_MAX);
	ret->queue_count = (uint8_t)get_bounded(in, 1, ROUTING_MEMBERSHIPS_MAX);
	get_skills(in, ret->skills, ret->skill_count);
	for (unsigned i = 0; i < ret->queue_count; i++)
		ret->queues[i] = get_number(in, 8);
}

static void get_contact(struct reader *in, struct routing_contact_new *ret)
{
	ret->contact = get_number(in, 8);
	ret->queue = get_number(in, 8);
	ret->channel = (enum channel_kind)get_bounded(in, 1, CHANNEL_KINDS - 1);
	ret->priority = (uint8_t)get_number(in, 1);
	ret->first_us = get_time(in);
	ret->preferred = get_number(in, 8);
	ret->preferred_us = get_time(in);
	ret->requirement_count = (uint8_t)get_bounded(in, 1, ROUTING_REQUIREMENTS_MAX);
	get_skills(in, ret->requirements, ret->requirement_count);
}

static void get_command(struct reader *in, struct routing_command *ret)
{
	ret->contact = get_number(in, 8);
	ret->agent = get_number(in, 8);
	ret->epoch = get_number(in, 8);
	ret->until_us = get_time(in);
	ret->priority = (uint8_t)get_number(in, 1);
	ret->flag = get_bounded(in, 1, 1) != 0;
}

static void get_transfer(struct reader *in, struct routing_transfer *ret)
{
	ret->contact = get_number(in, 8);
	ret->agent = get_number(in, 8);
	ret->epoch = get_number(in, 8);
	ret->to_queue = get_number(in, 8);
	ret->to_agent = get_number(in, 8);
	ret->to_agent_us = get_time(in);
}

static void get_payload(struct reader *in, struct routing_event *ret)
{
	switch (payload_of(ret->kind)) {
	case PAYLOAD_NONE:
		return;
	case PAYLOAD_QUEUE:
		get_queue(in, &ret->queue);
		return;
	case PAYLOAD_CHANNEL:
		ret->channel.channel = (enum channel_kind)get_bounded(in, 1, CHANNEL_KINDS - 1);
		ret->channel.weight = (uint16_t)get_number(in, 2);
		ret->channel.count_max = (uint16_t)get_number(in, 2);
		return;
	case PAYLOAD_AGENT:
		get_agent(in, &ret->agent);
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
