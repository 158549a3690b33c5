/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/routing/world.h"

void world_init(struct world *w, struct routing_limits limits)
{
	struct usher_error err;
	*w = (struct world){.limits = limits, .now = WORLD_START};
	assert_int_equal(routing_new(&w->r, &limits, 1, &err), 0);
}

void world_done(struct world *w)
{
	w->r = routing_free(w->r);
	w->retired = routing_free(w->retired);
	assert_null(w->r);
}

struct world *world_begin(void **state, struct routing_limits limits)
{
	static struct world w;
	bool is_restored = *state != NULL;
	world_init(&w, limits);
	w.is_restored = is_restored;
	*state = &w;
	return &w;
}

int world_end(void **state)
{
	struct world *w = *state;
	const char *seed = getenv("WORLD_SEED");
	if (w->is_restored)
		world_same_future(w, seed != NULL ? strtoull(seed, NULL, 10) : 7);
	world_done(w);
	return 0;
}

static struct routing *copy_of(const struct routing *r, const struct routing_limits *limits)
{
	struct usher_buf bytes = {0};
	struct usher_error err = {0};
	struct routing *copy = NULL;
	routing_snapshot(r, &bytes);
	if (routing_restore(&copy, limits, buf_text(&bytes), &err) != 0)
		fail_msg("not restored: %s", err.text);
	buf_done(&bytes);
	routing_check(copy);
	assert_true(routing_digest(copy) == routing_digest(r));
	assert_int_equal(routing_deadline(copy), routing_deadline(r));
	return copy;
}

void world_send(struct world *w, const struct routing_event *ev)
{
	routing_step(w->r, ev, w->now, &w->fx);
	routing_check(w->r);
	if (!w->is_restored)
		return;
	w->retired = routing_free(w->retired);
	w->retired = w->r;
	w->r = copy_of(w->retired, &w->limits);
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

static struct routing_command command_by(struct world *w, usher_id contact, usher_id agent)
{
	return (struct routing_command){
		.contact = contact, .agent = agent, .epoch = world_seat(w, contact, agent).epoch};
}

int world_by(struct world *w, enum routing_event_kind kind, usher_id contact, usher_id agent)
{
	return world_command(w, kind, command_by(w, contact, agent));
}

int world_with(struct world *w, enum routing_event_kind kind, usher_id contact, usher_id agent,
	       usher_id other)
{
	struct routing_command c = command_by(w, contact, agent);
	c.other = other;
	return world_command(w, kind, c);
}

static int transfer_by_holder(struct world *w, enum routing_event_kind kind, usher_id contact,
			      struct routing_transfer t)
{
	struct routing_contact_view view = world_view(w, contact);
	struct routing_event ev = {.kind = kind, .transfer = t};
	ev.transfer.contact = contact;
	ev.transfer.agent = view.agent;
	ev.transfer.epoch = view.epoch;
	return world_code(w, &ev);
}

int world_consult(struct world *w, usher_id contact, usher_id queue, usher_id agent, usher_id other)
{
	return transfer_by_holder(
		w, EV_CONSULT, contact,
		(struct routing_transfer){.to_queue = queue, .to_agent = agent, .other = other});
}

int world_move(struct world *w, usher_id contact, usher_id queue, usher_id agent)
{
	return transfer_by_holder(w, EV_TRANSFER, contact,
				  (struct routing_transfer){.to_queue = queue, .to_agent = agent});
}

int world_left(struct world *w, usher_id contact)
{
	return world_command(w, EV_CUSTOMER_LEFT, (struct routing_command){.contact = contact});
}

int world_wrote(struct world *w, usher_id contact, bool is_agent)
{
	return world_command(w, EV_ACTIVITY,
			     (struct routing_command){.contact = contact, .flag = is_agent});
}

int world_hours(struct world *w, usher_id queue, bool is_open, usher_us until)
{
	struct routing_event ev = {.kind = EV_QUEUE_OPEN, .hours = {queue, is_open, until}};
	return world_code(w, &ev);
}

int world_channel_set(struct world *w, struct routing_channel_set set)
{
	struct routing_event ev = {.kind = EV_CHANNEL_SET, .channel = set};
	return world_code(w, &ev);
}

void world_ready(struct world *w, struct routing_agent_set set)
{
	world_agent_set(w, set);
	assert_int_equal(world_wants(w, set.agent, AGENT_READY), 0);
}

void world_serve(struct world *w, usher_id contact)
{
	if (world_state(w, contact) == CONTACT_OFFERED)
		assert_int_equal(world_do(w, EV_ACCEPT, contact), 0);
	struct routing_command c = command_by(w, contact, world_holder(w, contact));
	c.flag = true;
	assert_int_equal(world_command(w, EV_CLOSE, c), 0);
	assert_int_equal(world_state(w, contact), CONTACT_CLOSED);
}

struct routing_agent_set *world_skill(struct routing_agent_set *set, uint32_t skill, uint8_t level)
{
	set->skills[set->skill_count++] = (struct routing_skill){skill, level};
	return set;
}

struct routing_contact_new *world_need(struct routing_contact_new *c, uint32_t skill, uint8_t level)
{
	c->requirements[c->requirement_count++] =
		(struct routing_requirement){.skill = skill, .level = level};
	return c;
}

struct routing_seat_view world_seat(struct world *w, usher_id contact, usher_id agent)
{
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	unsigned count = routing_seats(w->r, contact, seats);
	for (unsigned i = 0; i < count; i++)
		if (seats[i].agent == agent)
			return seats[i];
	return (struct routing_seat_view){0};
}

enum routing_reason world_why(struct world *w, usher_id contact, usher_id agent)
{
	return routing_why(w->r, contact, agent, w->now).reason;
}

usher_id world_offered(struct world *w, usher_id contact)
{
	assert_int_equal(world_state(w, contact), CONTACT_OFFERED);
	return world_holder(w, contact);
}

void world_settle(struct world *w)
{
	for (unsigned i = 0; i < 1000; i++) {
		world_tick(w, 0);
		if (routing_deadline(w->r) > w->now)
			return;
	}
	fail_msg("more is due after 1,000 ticks");
}

void world_refused(struct world *w, const struct routing_event *ev, int code)
{
	world_settle(w);
	uint64_t digest = routing_digest(w->r);
	assert_int_equal(world_code(w, ev), code);
	assert_int_equal(w->fx.count, 1);
	assert_true(routing_digest(w->r) == digest);
}

unsigned world_run(struct world *w, usher_us span, enum routing_effect_kind kind)
{
	usher_us end = w->now + span;
	unsigned count = 0;
	for (unsigned i = 0; w->now < end; i++) {
		usher_us next = routing_deadline(w->r);
		assert_true(i < 100000);
		world_tick(w, next >= end ? end - w->now : next > w->now ? next - w->now : 0);
		count += world_count(w, kind);
	}
	return count;
}

/* ---- random futures ------------------------------------------------------------------------ */

struct listing {
	usher_id ids[64];
	unsigned count;
};

static void list_contact(const struct routing_contact_view *view, void *arg)
{
	struct listing *l = arg;
	if (l->count < 64)
		l->ids[l->count++] = view->contact;
}

static void list_agent(const struct routing_agent_view *view, void *arg)
{
	struct listing *l = arg;
	if (l->count < 64)
		l->ids[l->count++] = view->agent;
}

static usher_id any_of(const struct listing *l, uint64_t *seed)
{
	return l->count == 0 ? 1 : l->ids[random_below(seed, l->count)];
}

static struct routing_event random_arrival(const struct world *w, uint64_t *seed)
{
	struct routing_event ev = {.kind = EV_CONTACT_NEW};
	ev.contact =
		world_contact_default(5000 + random_below(seed, 1000), 1 + random_below(seed, 3));
	ev.contact.channel = (enum channel_kind)(1 + random_below(seed, CHANNEL_KINDS - 1));
	ev.contact.priority = (uint8_t)random_below(seed, 12);
	ev.contact.first_us = w->now - (usher_us)random_below(seed, 60) * USHER_SECOND;
	ev.contact.is_callback = random_below(seed, 4) == 0;
	return ev;
}

static struct routing_event random_command(struct world *w, const struct listing *contacts,
					   const struct listing *agents, uint64_t *seed)
{
	static const enum routing_event_kind kinds[] = {
		EV_ACCEPT,	  EV_ACCEPT,   EV_ACCEPT,   EV_DECLINE,
		EV_CLOSE,	  EV_CLOSE,    EV_ACTIVITY, EV_WRAPUP_DONE,
		EV_WRAPUP_EXTEND, EV_PARK,     EV_RESUME,   EV_PRIORITY,
		EV_TAKE,	  EV_CALLBACK, EV_LEAVE,    EV_CUSTOMER_LEFT};
	struct routing_event ev = {.kind = kinds[random_below(seed, 16)]};
	ev.command.contact = any_of(contacts, seed);
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	unsigned count = routing_seats(w->r, ev.command.contact, seats);
	if (count > 0) {
		unsigned i = (unsigned)random_below(seed, count);
		ev.command.agent = seats[i].agent;
		ev.command.epoch = seats[i].epoch;
	}
	if (ev.kind == EV_TAKE)
		ev.command.agent = any_of(agents, seed);
	ev.command.until_us = w->now + (usher_us)random_below(seed, 120) * USHER_SECOND;
	ev.command.priority = (uint8_t)random_below(seed, 10);
	ev.command.flag = random_below(seed, 2) == 0;
	return ev;
}

/* By whoever holds the contact, where somebody does. */
static struct routing_event random_transfer(struct world *w, const struct listing *contacts,
					    const struct listing *agents, uint64_t *seed)
{
	static const enum routing_event_kind kinds[] = {EV_TRANSFER, EV_CONSULT, EV_CONSULT,
							EV_MOVE_ALL};
	struct routing_event ev = {.kind = kinds[random_below(seed, 4)]};
	struct routing_contact_view view = {0};
	ev.transfer.contact = any_of(contacts, seed);
	(void)routing_contact(w->r, ev.transfer.contact, &view);
	ev.transfer.agent = view.agent;
	ev.transfer.epoch = view.epoch;
	ev.transfer.to_queue = random_below(seed, 4);
	ev.transfer.to_agent = random_below(seed, 2) == 0 ? 0 : any_of(agents, seed);
	ev.transfer.other = 7000 + random_below(seed, 1000);
	return ev;
}

static struct routing_event random_conference(struct world *w, const struct listing *contacts,
					      const struct listing *agents, uint64_t *seed)
{
	struct routing_event ev = {.kind = EV_CONFERENCE};
	struct routing_contact_view asked = {0}, view = {0};
	for (unsigned i = 0; i < contacts->count && asked.consults_for == 0; i++)
		(void)routing_contact(w->r, contacts->ids[i], &asked);
	if (random_below(seed, 3) == 0)
		ev.kind = EV_HAND_OVER;
	(void)routing_contact(w->r, asked.consults_for, &view);
	ev.command.contact = asked.consults_for;
	ev.command.agent = view.agent;
	ev.command.epoch = view.epoch;
	ev.command.other = random_below(seed, 4) == 0 ? any_of(agents, seed) : asked.contact;
	return ev;
}

static struct routing_event random_setting(const struct listing *agents, uint64_t *seed)
{
	struct routing_event ev = {.kind = EV_QUEUE_SET};
	usher_id queue = 1 + random_below(seed, 3);
	if (random_below(seed, 2) == 0) {
		ev.kind = EV_AGENT_SET;
		ev.agent = world_agent_default(any_of(agents, seed), queue);
		ev.agent.capacity = (uint16_t)random_below(seed, 300);
		return ev;
	}
	ev.queue = world_queue_default(queue);
	ev.queue.order = (enum routing_order)random_below(seed, ROUTING_ORDERS);
	ev.queue.parallel = (uint8_t)random_below(seed, 4);
	ev.queue.reserve = (uint8_t)random_below(seed, 2);
	ev.queue.wrapup_us = (usher_us)random_below(seed, 2) * USHER_MINUTE;
	ev.queue.overflow_to = queue % 3 + 1;
	ev.queue.overflow_us = (usher_us)random_below(seed, 2) * USHER_MINUTE;
	ev.queue.step_count = (uint8_t)random_below(seed, 3);
	for (unsigned i = 0; i < ev.queue.step_count; i++)
		ev.queue.steps[i] = (struct routing_step){.lasts_us = 30 * USHER_SECOND,
							  .ring_max = i == 0 ? 0 : ROUTING_ANY};
	return ev;
}

static struct routing_event random_presence(const struct listing *agents, uint64_t *seed)
{
	static const enum routing_event_kind kinds[] = {EV_AGENT_WANTS, EV_AGENT_WANTS,
							EV_PRESENCE_LOST, EV_PRESENCE_FOUND};
	struct routing_event ev = {.kind = kinds[random_below(seed, 4)]};
	ev.presence.agent = any_of(agents, seed);
	ev.presence.wants = random_below(seed, 4) == 0 ? AGENT_SIGNED_OUT : AGENT_READY;
	return ev;
}

static struct routing_event random_event(struct world *w, uint64_t *seed)
{
	struct listing contacts = {.count = 0}, agents = {.count = 0};
	routing_each_contact(w->r, list_contact, &contacts);
	routing_each_agent(w->r, list_agent, &agents);
	switch (random_below(seed, 16)) {
	case 0:
	case 1:
	case 2:
		return random_arrival(w, seed);
	case 3:
	case 4:
		return random_presence(&agents, seed);
	case 5:
		return (struct routing_event){.kind = EV_QUEUE_OPEN,
					      .hours = {1 + random_below(seed, 3),
							random_below(seed, 3) != 0, USHER_NEVER}};
	case 6:
		return random_setting(&agents, seed);
	case 7:
	case 8:
		return random_transfer(w, &contacts, &agents, seed);
	case 9:
		return random_conference(w, &contacts, &agents, seed);
	case 10:
		return (struct routing_event){.kind = random_below(seed, 8) == 0 ? EV_QUEUE_REMOVE
										 : EV_TICK,
					      .queue.queue = 1 + random_below(seed, 3)};
	default:
		return random_command(w, &contacts, &agents, seed);
	}
}

static void same_effects(const struct routing_effects *a, const struct routing_effects *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct routing_effect *x = &a->items[i], *y = &b->items[i];
		assert_int_equal(x->kind, y->kind);
		assert_int_equal(x->code, y->code);
		assert_int_equal(x->contact, y->contact);
		assert_int_equal(x->queue, y->queue);
		assert_int_equal(x->agent, y->agent);
		assert_int_equal(x->epoch, y->epoch);
		assert_int_equal(x->at_us, y->at_us);
		assert_int_equal(x->cause, y->cause);
		assert_int_equal(x->state, y->state);
		assert_int_equal(x->reason, y->reason);
		assert_int_equal(x->number, y->number);
	}
}

void world_same_future(struct world *w, uint64_t seed)
{
	struct world other = {.limits = w->limits, .now = w->now, .is_restored = true};
	w->is_restored = false;
	other.r = copy_of(w->r, &w->limits);
	for (unsigned i = 0; i < 50; i++) {
		w->now += (usher_us)random_below(&seed, 20) * USHER_SECOND;
		other.now = w->now;
		struct routing_event ev = random_event(w, &seed);
		world_send(w, &ev);
		world_send(&other, &ev);
		same_effects(&w->fx, &other.fx);
		assert_true(routing_digest(w->r) == routing_digest(other.r));
		assert_int_equal(routing_deadline(w->r), routing_deadline(other.r));
	}
	world_done(&other);
}
