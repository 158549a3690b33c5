/* SPDX-License-Identifier: Apache-2.0 */
/* Random work of several agents: what memory says of each contact is what the core says. */
#include "tests/gateway/world.h"

#include "gateway/consult.h"

#include <stdio.h>

struct person {
	const char *login;
	usher_id id;
};

static int run_person(struct turn *t, struct job *job)
{
	struct person *p = job->arg;
	struct user_row user = *directory_user(t->g->directory, job->w->agent);
	if (p->login != NULL) {
		user.id = gateway_id(t->g, t->now);
		user.login = user.name = text_of(p->login);
		int code = directory_put_user(t, &user);
		if (code < 0)
			return code;
	}
	p->id = user.id;
	return 0;
}

/* login NULL: the world's own agent. */
static struct person person(struct world *w, const char *login)
{
	struct person p = {.login = login};
	struct job job = {.arg = &p};
	assert_int_equal(do_turn(w, run_person, &job), 0);
	job.ev = (struct routing_event){.kind = EV_AGENT_WANTS};
	job.ev.presence = (struct routing_presence){.agent = p.id, .wants = AGENT_READY};
	assert_int_equal(do_turn(w, run_route, &job), 0);
	return p;
}

static void set_queue(struct world *w, const char *json)
{
	struct usher_buf body = {0};
	int status = rest(w, NULL, "PUT", "queues/support", json, &body);
	if (status != 200)
		fail_msg("%d %s", status, body.p);
	buf_done(&body);
}

static void check_one(struct contact *c, void *arg)
{
	const struct routing *r = engine_routing(((struct world *)arg)->g.engine);
	struct routing_contact_view view = {.state = CONTACT_CLOSED};
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	unsigned count = routing_seats(r, c->row.id, seats), parts = 0;
	assert_true(routing_contact(r, c->row.id, &view));
	assert_int_equal(view.state, c->row.state);
	assert_int_equal(view.queue, c->row.queue);
	assert_int_equal(view.consults_for, c->about);
	for (unsigned i = 0; i < count; i++) {
		const struct contact_seat *seat = contact_seat_of(c, seats[i].agent);
		assert_non_null(seat);
		assert_int_equal(seat->epoch, seats[i].epoch);
		assert_int_equal(seat->part, (enum contact_part)seats[i].role);
	}
	LIST_EACH(link, &c->seats)
		parts += LIST_ITEM(link, struct contact_seat, of_contact)->part != PART_NONE;
	if (view.state != CONTACT_PARKED)
		assert_int_equal(parts, count);
	if (count > 0)
		assert_int_equal(contact_seat_first(c)->agent, seats[0].agent);
}

struct picking {
	struct contact *contacts[64];
	unsigned count;
};

static void pick_one(struct contact *c, void *arg)
{
	struct picking *p = arg;
	if (p->count < 64)
		p->contacts[p->count++] = c;
}

/* A command of some agent who has to do with some contact. */
static void do_something(struct world *w, uint64_t *seed, const usher_id agents[4])
{
	static const enum routing_event_kind kinds[] = {
		EV_ACCEPT, EV_ACCEPT, EV_ACCEPT, EV_DECLINE, EV_CLOSE, EV_PARK, EV_RESUME, EV_TRANSFER,
		EV_CONSULT, EV_CONSULT, EV_CONFERENCE, EV_CONFERENCE, EV_HAND_OVER, EV_LEAVE, EV_TAKE,
		EV_CALLBACK, EV_WRAPUP_DONE, EV_CUSTOMER_LEFT};
	struct contact *questions[CONSULTS_MAX];
	struct picking p = {.count = 0};
	book_each_open(w->g.book, pick_one, &p);
	if (p.count == 0)
		return;
	struct contact *c = p.contacts[random_below(seed, p.count)];
	const struct contact_seat *seat = contact_seat_first(c);
	struct job job = {.ev = {.kind = kinds[random_below(seed, sizeof kinds / sizeof kinds[0])]}};
	if (seat != NULL && random_below(seed, 3) == 0)
		LIST_EACH(link, &c->seats) /* rather the last of them */
			seat = LIST_ITEM(link, struct contact_seat, of_contact);
	unsigned asked = consult_list(w->g.book, c, questions);
	usher_id agent = seat != NULL ? seat->agent : agents[random_below(seed, 4)];
	usher_id other = agents[random_below(seed, 4)];
	uint64_t epoch = seat != NULL ? seat->epoch : 0;
	if (job.ev.kind == EV_TRANSFER || job.ev.kind == EV_CONSULT) {
		job.ev.transfer = (struct routing_transfer){.contact = c->row.id, .agent = agent,
							    .epoch = epoch, .to_agent = other,
							    .to_agent_us = USHER_MINUTE};
		job.ev.transfer.other = job.ev.kind == EV_CONSULT ? gateway_id(&w->g, gateway_now()) : 0;
	} else {
		job.ev.command = (struct routing_command){
			.contact = c->row.id, .agent = agent, .epoch = epoch,
			.flag = random_below(seed, 2) == 0,
			.other = asked > 0 ? questions[random_below(seed, asked)]->row.id : other,
			.until_us = job.ev.kind == EV_PARK ? gateway_now() + USHER_HOUR : 0};
	}
	int code = do_turn(w, run_route, &job);
	assert_int_not_equal(code, E_AGAIN); /* refusals are well */
}

/* Random work with everything that several agents may do: memory says what the core says. */
static void test_memory_follows_the_core(void **state)
{
	struct world *w = *state;
	uint64_t seed = 20261122;
	usher_id agents[4];
	static const char *const names[] = {NULL, "bert", "carl", "dora"};
	set_queue(w, "{\"parallel\":2,\"wrapup_s\":600}");
	for (int i = 0; i < 4; i++)
		agents[i] = person(w, names[i]).id;
	for (int i = 0; i < 600; i++) {
		char key[16];
		snprintf(key, sizeof key, "r%d", (int)random_below(&seed, 12));
		struct job job = {.ev = {.kind = EV_AGENT_WANTS}};
		job.ev.presence = (struct routing_presence){
			.agent = agents[random_below(&seed, 4)],
			.wants = random_below(&seed, 6) == 0 ? AGENT_SIGNED_OUT : AGENT_READY};
		if (i % 4 == 0)
			assert_int_equal(hear(w, key, "", "Hello", INBOUND_MESSAGE).code, 0);
		else if (i % 10 == 1)
			assert_int_equal(do_turn(w, run_route, &job), 0);
		else
			do_something(w, &seed, agents);
		book_each_open(w->g.book, check_one, w);
	}
	routing_check(engine_routing(w->g.engine));
	size_t open = book_open_count(w->g.book);
	struct store *store = w->g.store;
	world_close(w);
	world_open(w, store);
	assert_int_equal(book_open_count(w->g.book), open);
	book_each_open(w->g.book, check_one, w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_memory_follows_the_core),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
