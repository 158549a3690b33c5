/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/routing/world.h"

void world_init(struct world *w, struct routing_limits limits)
{
	struct usher_error err;
	*w = (struct world){.now = WORLD_START};
	assert_int_equal(routing_new(&w->r, &limits, 1, &err), 0);
}

void world_done(struct world *w)
{
	w->r = routing_free(w->r);
	assert_null(w->r);
}

void world_send(struct world *w, const struct routing_event *ev)
{
	routing_step(w->r, ev, w->now, &w->fx);
	routing_check(w->r);
}

int world_code(struct world *w, const struct routing_event *ev)
{
	world_send(w, ev);
	const struct routing_effect *fx = world_fx(w, FX_REJECTED, 0);
	assert_true(world_count(w, FX_REJECTED) <= 1);
	return fx != NULL ? fx->code : 0;
}

struct routing_queue_set world_queue_default(usher_id queue)
{
	return (struct routing_queue_set){
		.queue = queue, .priority = 5, .offer_us = 20 * USHER_SECOND};
}

void world_queue_set(struct world *w, struct routing_queue_set set)
{
	struct routing_event ev = {.kind = EV_QUEUE_SET, .queue = set};
	assert_int_equal(world_code(w, &ev), 0);
}

void world_queue(struct world *w, usher_id queue)
{
	world_queue_set(w, world_queue_default(queue));
}

struct routing_agent_set world_agent_default(usher_id agent, usher_id queue)
{
	struct routing_agent_set set = {.agent = agent, .capacity = 100, .queue_count = 1};
	set.queues[0].queue = queue;
	return set;
}

void world_agent_set(struct world *w, struct routing_agent_set set)
{
	struct routing_event ev = {.kind = EV_AGENT_SET, .agent = set};
	assert_int_equal(world_code(w, &ev), 0);
}

void world_agent(struct world *w, usher_id agent, usher_id queue)
{
	world_agent_set(w, world_agent_default(agent, queue));
	assert_int_equal(world_wants(w, agent, AGENT_READY), 0);
}

void world_channel(struct world *w, enum channel_kind channel, uint16_t weight, uint16_t max)
{
	struct routing_event ev = {.kind = EV_CHANNEL_SET, .channel = {channel, weight, max}};
	assert_int_equal(world_code(w, &ev), 0);
}

int world_wants(struct world *w, usher_id agent, enum agent_state wants)
{
	struct routing_event ev = {.kind = EV_AGENT_WANTS, .presence = {agent, wants, 3}};
	return world_code(w, &ev);
}

int world_presence(struct world *w, enum routing_event_kind kind, usher_id agent)
{
	struct routing_event ev = {.kind = kind, .presence = {agent, AGENT_SIGNED_OUT, 0}};
	return world_code(w, &ev);
}

struct routing_contact_new world_contact_default(usher_id contact, usher_id queue)
{
	return (struct routing_contact_new){
		.contact = contact, .queue = queue, .channel = CHANNEL_CHAT, .priority = 255};
}

int world_contact_new(struct world *w, struct routing_contact_new set)
{
	struct routing_event ev = {.kind = EV_CONTACT_NEW, .contact = set};
	if (set.first_us == 0)
		ev.contact.first_us = w->now;
	return world_code(w, &ev);
}

void world_arrive(struct world *w, usher_id contact, usher_id queue)
{
	assert_int_equal(world_contact_new(w, world_contact_default(contact, queue)), 0);
}

void world_tick(struct world *w, usher_us later)
{
	struct routing_event ev = {.kind = EV_TICK};
	w->now += later;
	assert_int_equal(world_code(w, &ev), 0);
}

int world_command(struct world *w, enum routing_event_kind kind, struct routing_command command)
{
	struct routing_event ev = {.kind = kind, .command = command};
	return world_code(w, &ev);
}

int world_until(struct world *w, enum routing_event_kind kind, usher_id contact, usher_us until)
{
	struct routing_contact_view view = world_view(w, contact);
	return world_command(
		w, kind,
		(struct routing_command){contact, view.agent, view.epoch, until, 0, false});
}

int world_do(struct world *w, enum routing_event_kind kind, usher_id contact)
{
	return world_until(w, kind, contact, 0);
}

int world_transfer(struct world *w, struct routing_transfer transfer)
{
	struct routing_event ev = {.kind = EV_TRANSFER, .transfer = transfer};
	return world_code(w, &ev);
}

int world_take(struct world *w, usher_id contact, usher_id agent)
{
	return world_command(w, EV_TAKE,
			     (struct routing_command){.contact = contact, .agent = agent});
}

void world_hold(struct world *w, usher_id contact, usher_id queue)
{
	world_arrive(w, contact, queue);
	assert_int_equal(world_do(w, EV_ACCEPT, contact), 0);
	assert_int_equal(world_state(w, contact), CONTACT_ACTIVE);
}

struct routing_contact_view world_view(struct world *w, usher_id contact)
{
	struct routing_contact_view view = {0};
	assert_true(routing_contact(w->r, contact, &view));
	return view;
}

struct routing_agent_view world_agent_view(struct world *w, usher_id agent)
{
	struct routing_agent_view view = {0};
	assert_true(routing_agent(w->r, agent, &view));
	return view;
}

struct routing_queue_view world_queue_view(struct world *w, usher_id queue)
{
	struct routing_queue_view view = {0};
	assert_true(routing_queue(w->r, queue, &view));
	return view;
}

enum contact_state world_state(struct world *w, usher_id contact)
{
	struct routing_contact_view view;
	return routing_contact(w->r, contact, &view) ? view.state : CONTACT_CLOSED;
}

usher_id world_holder(struct world *w, usher_id contact)
{
	return world_view(w, contact).agent;
}

const struct routing_effect *world_fx(const struct world *w, enum routing_effect_kind kind,
				      unsigned nth)
{
	for (size_t i = 0; i < w->fx.count; i++)
		if (w->fx.items[i].kind == kind && nth-- == 0)
			return &w->fx.items[i];
	return NULL;
}

unsigned world_count(const struct world *w, enum routing_effect_kind kind)
{
	unsigned count = 0;
	while (world_fx(w, kind, count) != NULL)
		count++;
	return count;
}
