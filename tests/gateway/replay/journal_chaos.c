/* SPDX-License-Identifier: Apache-2.0 */
/* A world in which everything happens that can be said to the core. */
#include "tests/gateway/replay/journal.h"

#define AGENTS 30
#define QUEUES 6
#define CONTACTS 120 /* that are thought of at a time */
#define SKILLS 4

struct chaos {
	struct journal *j;
	usher_id agents[AGENTS], queues[QUEUES], contacts[CONTACTS];
};

static uint64_t below(struct chaos *c, uint64_t n)
{
	return random_below(&c->j->random, n);
}

static bool chance(struct chaos *c, unsigned percent)
{
	return below(c, 100) < percent;
}

static usher_us seconds(struct chaos *c, uint64_t most)
{
	return (usher_us)(1 + below(c, most)) * USHER_SECOND;
}

static usher_id any_agent(struct chaos *c)
{
	return c->agents[below(c, AGENTS)];
}

static usher_id any_queue(struct chaos *c)
{
	return c->queues[below(c, QUEUES)];
}

/* ---- settings ------------------------------------------------------------------------------- */

static void set_queue(struct chaos *c, unsigned i, struct routing_event *ret)
{
	struct routing_queue_set *q = &ret->queue;
	ret->kind = EV_QUEUE_SET;
	*q = (struct routing_queue_set){.queue = c->queues[i],
					.order = (enum routing_order)below(c, ROUTING_ORDERS),
					.priority = (uint8_t)below(c, 10),
					.offer_us = seconds(c, 40),
					.wrapup_us = chance(c, 50) ? seconds(c, 60) : 0,
					.is_wrapup_exclusive = chance(c, 50),
					.missed_max = (uint16_t)below(c, 4),
					.parallel = (uint8_t)below(c, 3),
					.is_automatic = chance(c, 10),
					.overflow_to = chance(c, 30) ? any_queue(c) : 0,
					.overflow_us = chance(c, 30) ? seconds(c, 100) : 0,
					.length_max = chance(c, 10) ? 20 : 0,
					.wait_max_us = chance(c, 10) ? seconds(c, 600) : 0,
					.expired = TREAT_END,
					.full = TREAT_END};
	if (q->overflow_to == q->queue)
		q->overflow_to = 0;
	if (q->overflow_to == 0)
		q->overflow_us = 0;
	if (chance(c, 20)) {
		q->first_reply_us = seconds(c, 60);
		q->silence_us = seconds(c, 200);
	}
	if (chance(c, 40)) {
		q->step_count = 2;
		q->steps[0] = (struct routing_step){
			.lasts_us = seconds(c, 30), .ring_max = 0, .penalty_max = ROUTING_ANY};
		q->steps[1] = (struct routing_step){
			.ring_max = ROUTING_ANY, .penalty_max = ROUTING_ANY, .level_drop = 1};
	}
}

static void set_agent(struct chaos *c, unsigned i, struct routing_event *ret)
{
	struct routing_agent_set *a = &ret->agent;
	ret->kind = EV_AGENT_SET;
	*a = (struct routing_agent_set){.agent = c->agents[i],
					.capacity = (uint16_t)(100 * (1 + below(c, 3)))};
	for (uint32_t skill = 1; skill <= SKILLS; skill++)
		if (chance(c, 60))
			a->skills[a->skill_count++] =
				(struct routing_skill){skill, (uint8_t)(1 + below(c, 5))};
	for (unsigned q = 0; q < QUEUES; q++)
		if (chance(c, 60))
			a->queues[a->queue_count++] =
				(struct routing_member){.queue = c->queues[q],
							.ring = (uint8_t)below(c, 2),
							.penalty = (uint8_t)below(c, 3),
							.weight = (uint8_t)(1 + below(c, 4)),
							.position = (uint16_t)below(c, 9)};
}

static void set_something(struct chaos *c, struct routing_event *ret)
{
	unsigned dice = (unsigned)below(c, 100);
	if (dice < 40) {
		set_agent(c, (unsigned)below(c, AGENTS), ret);
	} else if (dice < 60) {
		set_queue(c, (unsigned)below(c, QUEUES), ret);
	} else if (dice < 75) {
		ret->kind = EV_CHANNEL_SET;
		ret->channel = (struct routing_channel_set){
			.channel = (enum channel_kind)(1 + below(c, CHANNEL_KINDS - 1)),
			.weight = (uint16_t)(20 + below(c, 80)),
			.count_max = (uint16_t)below(c, 4),
			.is_exclusive = chance(c, 20)};
	} else if (dice < 90) {
		ret->kind = EV_QUEUE_OPEN;
		ret->hours = (struct routing_hours){any_queue(c), chance(c, 80), USHER_NEVER};
	} else if (dice < 95) {
		ret->kind = EV_AGENT_REMOVE;
		ret->presence.agent = any_agent(c);
	} else {
		ret->kind = EV_QUEUE_REMOVE;
		ret->queue.queue = any_queue(c);
	}
}

static void presence(struct chaos *c, struct routing_event *ret)
{
	unsigned dice = (unsigned)below(c, 100);
	ret->kind = dice < 15 ? EV_PRESENCE_LOST : dice < 45 ? EV_PRESENCE_FOUND : EV_AGENT_WANTS;
	ret->presence.agent = any_agent(c);
	ret->presence.wants = dice < 90	  ? AGENT_READY
			      : dice < 96 ? AGENT_NOT_READY
					  : AGENT_SIGNED_OUT;
}

/* ---- contacts ------------------------------------------------------------------------------- */

static void new_contact(struct chaos *c, struct routing_event *ret)
{
	struct routing_contact_new *n = &ret->contact;
	usher_id *slot = &c->contacts[below(c, CONTACTS)];
	bool is_again = chance(c, 10); /* one that is open, or that opens again */
	struct routing_contact_view view;
	for (unsigned i = 0; i < 20 && routing_contact(c->j->r, *slot, &view); i++)
		slot = &c->contacts[below(c, CONTACTS)];
	*slot = is_again ? *slot : ++c->j->last_id;
	ret->kind = EV_CONTACT_NEW;
	*n = (struct routing_contact_new){
		.contact = *slot,
		.queue = any_queue(c),
		.channel = (enum channel_kind)(1 + below(c, CHANNEL_KINDS - 1)),
		.priority = (uint8_t)(chance(c, 50) ? 255 : below(c, 10)),
		.first_us = c->j->now - (chance(c, 30) ? seconds(c, 100) : 0)};
	if (chance(c, 10)) {
		n->preferred = any_agent(c);
		n->preferred_us = seconds(c, 60);
	}
	if (chance(c, 30))
		n->requirements[n->requirement_count++] = (struct routing_requirement){
			.skill = (uint32_t)(1 + below(c, SKILLS)), .level = 2};
}

static void transfer(struct chaos *c, const struct routing_contact_view *v,
		     struct routing_event *ret)
{
	ret->transfer = (struct routing_transfer){
		.contact = v->contact, .agent = chance(c, 70) ? v->agent : 0, .epoch = v->epoch};
	if (chance(c, 60))
		ret->transfer.to_queue = any_queue(c);
	if (chance(c, 40)) {
		ret->transfer.to_agent = any_agent(c);
		ret->transfer.to_agent_us = seconds(c, 60);
	}
	if (ret->kind == EV_CONSULT)
		c->contacts[below(c, CONTACTS)] = ret->transfer.other = ++c->j->last_id;
}

static void requirement(struct chaos *c, usher_id contact, struct routing_event *ret)
{
	ret->contact = (struct routing_contact_new){.contact = contact, .requirement_count = 1};
	ret->contact.requirements[0] = (struct routing_requirement){
		.skill = (uint32_t)(1 + below(c, SKILLS)), .level = (uint8_t)(1 + below(c, 3))};
}

/* A contact that somebody has to do with, mostly. */
static bool someone(struct chaos *c, struct routing_contact_view *ret)
{
	bool is_any = chance(c, 20);
	for (unsigned i = 0; i < CONTACTS; i++) {
		usher_id contact = c->contacts[below(c, CONTACTS)];
		bool is_open = routing_contact(c->j->r, contact, ret);
		if (is_open && (is_any || ret->agent != 0))
			return true;
	}
	return false;
}

/* The consultation of the contact, and one who confers; 0 = none. */
static usher_id consultation_of(struct chaos *c, usher_id contact)
{
	struct routing_contact_view v;
	for (unsigned i = 0; i < CONTACTS; i++)
		if (routing_contact(c->j->r, c->contacts[i], &v) && v.consults_for == contact)
			return v.contact;
	return 0;
}

static bool conferring(struct chaos *c, usher_id contact, struct routing_seat_view *ret)
{
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	unsigned n = routing_seats(c->j->r, contact, seats);
	for (unsigned i = 0; i < n; i++)
		if (seats[i].role == ROLE_CONFERRING)
			*ret = seats[i];
	return n > 1 && ret->agent != 0;
}

static void together(struct chaos *c, struct routing_event *ret)
{
	struct routing_seat_view seat = {0};
	bool has_guest = conferring(c, ret->command.contact, &seat);
	if (ret->kind == EV_LEAVE && has_guest) {
		ret->command.agent = seat.agent;
		ret->command.epoch = seat.epoch;
	} else if (ret->kind == EV_HAND_OVER && has_guest && chance(c, 50)) {
		ret->command.other = seat.agent;
	} else {
		ret->command.other = consultation_of(c, ret->command.contact);
	}
}

static void deed(struct chaos *c, struct routing_event *ret)
{
	static const enum routing_event_kind usual[CONTACT_STATES][10] = {
		[CONTACT_WAITING] = {EV_CUSTOMER_LEFT, EV_PRIORITY, EV_TAKE, EV_CALLBACK,
				     EV_REQUIRE, EV_TICK, EV_TICK, EV_TICK, EV_TICK, EV_TICK},
		[CONTACT_OFFERED] = {EV_ACCEPT, EV_ACCEPT, EV_ACCEPT, EV_ACCEPT, EV_ACCEPT,
				     EV_DECLINE, EV_TICK, EV_TICK, EV_CUSTOMER_LEFT, EV_TAKE},
		[CONTACT_ACTIVE] = {EV_CLOSE, EV_CLOSE, EV_CONFERENCE, EV_ACTIVITY, EV_PARK,
				    EV_TRANSFER, EV_CONSULT, EV_CONFERENCE, EV_HAND_OVER, EV_LEAVE},
		[CONTACT_PARKED] = {EV_RESUME, EV_RESUME, EV_RESUME, EV_TICK, EV_TICK, EV_TICK,
				    EV_TICK, EV_CUSTOMER_LEFT, EV_TAKE, EV_ACTIVITY},
		[CONTACT_WRAPUP] = {EV_WRAPUP_DONE, EV_WRAPUP_DONE, EV_WRAPUP_EXTEND, EV_TICK,
				    EV_TICK, EV_CLOSE, EV_TICK, EV_TICK, EV_TICK, EV_TICK},
	};
	struct routing_contact_view v = {0};
	if (!someone(c, &v))
		return;
	usher_id contact = v.contact;
	ret->kind = usual[v.state][below(c, 10)];
	if (chance(c, 5)) /* late, forged, impossible */
		ret->kind = (enum routing_event_kind)(EV_CUSTOMER_LEFT + below(c, 19));
	if (ret->kind == EV_TRANSFER || ret->kind == EV_CONSULT) {
		transfer(c, &v, ret);
		return;
	}
	if (ret->kind == EV_REQUIRE) {
		requirement(c, contact, ret);
		return;
	}
	if (ret->kind == EV_MOVE_ALL || ret->kind == EV_QUEUE_OPEN) {
		ret->kind = EV_MOVE_ALL;
		ret->transfer =
			(struct routing_transfer){.agent = any_agent(c), .to_queue = any_queue(c)};
		return;
	}
	ret->command = (struct routing_command){.contact = contact,
						.agent = v.agent,
						.epoch = v.epoch - (chance(c, 4) ? 1 : 0),
						.until_us = c->j->now + seconds(c, 300),
						.priority = (uint8_t)below(c, 10),
						.flag = chance(c, 20)};
	if (ret->kind == EV_TAKE || chance(c, 3))
		ret->command.agent = any_agent(c);
	if (ret->kind >= EV_CONFERENCE && ret->kind <= EV_LEAVE)
		together(c, ret);
}

/* ---- time ----------------------------------------------------------------------------------- */

/* The loop ticks when something is due, some milliseconds late, now and then much later. */
static void advance(struct chaos *c)
{
	unsigned dice = (unsigned)below(c, 1000);
	usher_us next = c->j->now;
	if (dice > 998)
		next += seconds(c, 300);
	else if (dice > 400)
		next += (usher_us)below(c, USHER_SECOND);
	for (unsigned i = 0; i < 1000; i++) {
		usher_us due = routing_deadline(c->j->r);
		if (due > next)
			break;
		if (chance(c, 10)) /* something else came first */
			break;
		usher_us late = due + (usher_us)below(c, 20000);
		c->j->now = late > c->j->now ? late : c->j->now;
		journal_event(c->j, &(struct routing_event){.kind = EV_TICK});
	}
	c->j->now = next > c->j->now ? next : c->j->now;
}

static void one(struct chaos *c)
{
	struct routing_event ev = {.kind = EV_TICK};
	unsigned dice = (unsigned)below(c, 1000);
	advance(c);
	if (dice < 5)
		set_something(c, &ev);
	else if (dice < 60)
		presence(c, &ev);
	else if (dice < 160)
		new_contact(c, &ev);
	else
		deed(c, &ev);
	journal_event(c->j, &ev);
}

void journal_chaos(struct journal *j, size_t events)
{
	struct chaos c = {.j = j};
	struct routing_event ev;
	for (unsigned i = 0; i < QUEUES; i++)
		c.queues[i] = 10 + i;
	for (unsigned i = 0; i < AGENTS; i++)
		c.agents[i] = 100 + i;
	for (unsigned i = 0; i < QUEUES; i++) {
		memset(&ev, 0, sizeof ev);
		set_queue(&c, i, &ev);
		journal_event(j, &ev);
	}
	for (unsigned i = 0; i < AGENTS; i++) {
		memset(&ev, 0, sizeof ev);
		set_agent(&c, i, &ev);
		journal_event(j, &ev);
		journal_wants(j, c.agents[i], AGENT_READY);
	}
	for (size_t i = 0; i < events; i++)
		one(&c);
}
