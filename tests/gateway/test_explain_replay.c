/* SPDX-License-Identifier: Apache-2.0 */
/* A made-up day, journalled as the gateway does: what is recomputed from the journal is what was
 * seen while it was decided. */
#include "tests/tap.h"

#include "gateway/engine_restore.h"
#include "gateway/explain/history.h"
#include "tests/gateway/explained.h"

#include <stdio.h>
#include <stdlib.h>

#define QUEUES 8
#define AGENTS 48
#define CONTACTS 1400
#define FIRST_CONTACT 1000
#define SNAPSHOT_EVERY 400
#define START ((usher_us)1700000000 * USHER_SECOND)
#define SEEN_MAX 16384

struct seen { /* live */
	usher_id contact, agent;
	int64_t seq;
	uint64_t epoch;
	bool is_offer;
	struct usher_buf dump;
};

struct day {
	struct routing *r;
	struct store *store;
	usher_us now;
	int64_t seq;
	uint64_t random, facts;
	enum routing_event_kind kind;
	struct seen seen[SEEN_MAX];
	unsigned count, step_first;
	usher_id newest;
};

static uint32_t draw(struct day *d, uint32_t below)
{
	d->random = d->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(d->random >> 33) % below;
}

static void on_decision(const struct routing *r, usher_id contact, usher_id agent, usher_us now, void *arg)
{
	struct day *d = arg;
	struct explain_scene scene;
	enum explain_kind kind = d->kind == EV_TAKE ? EXPLAIN_TAKEN : EXPLAIN_OFFERED;
	struct routing_agent_account account;
	assert_true(d->count < SEEN_MAX);
	assert_true(routing_agent_account(r, contact, agent, &account));
	if (d->kind == EV_TAKE && account.is_offered) /* recorded as accepted */
		return;
	struct seen *s = &d->seen[d->count++];
	*s = (struct seen){.contact = contact, .agent = agent, .seq = d->seq};
	assert_int_equal(explain_scene_make(&scene, r, kind, contact, agent, now, true), 0);
	scene.kind = EXPLAIN_OFFERED; /* the record says which it was */
	explained_dump(&s->dump, &scene);
	explain_scene_done(&scene);
}

/* The decisions of a step and its offers and assignments come in the same order. */
static void match_epoch(struct day *d, const struct routing_effect *fx)
{
	for (unsigned i = d->step_first; i < d->count; i++) {
		struct seen *s = &d->seen[i];
		if (s->epoch == 0 && s->contact == fx->contact && s->agent == fx->agent) {
			s->epoch = fx->epoch;
			s->is_offer = fx->kind == FX_OFFERED;
			return;
		}
	}
}

static void record(struct day *d, struct store_batch *b, const struct routing_effects *fx)
{
	bool is_answer = false;
	for (size_t i = 0; i < fx->count; i++) {
		const struct routing_effect *it = &fx->items[i];
		bool is_offer = it->kind == FX_OFFERED || it->kind == FX_OFFER_ENDED;
		if (!is_offer && it->kind != FX_ASSIGNED)
			continue;
		if (it->kind == FX_OFFER_ENDED)
			is_answer = it->cause == CAUSE_ACCEPTED;
		else if (it->kind == FX_OFFERED || !is_answer || d->kind == EV_TAKE)
			match_epoch(d, it);
		struct fact_row fact = {.id = ++d->facts, .kind = it->kind, .at_us = d->now,
					.contact = it->contact, .queue = it->queue, .agent = it->agent,
					.cause = it->cause, .journal_seq = d->seq,
					.number = is_offer ? (int64_t)it->epoch : 0};
		store_add(b, &FACT, &fact);
	}
}

static void step(struct day *d, const struct routing_event *ev)
{
	struct routing_effects fx;
	struct usher_buf bytes = {0};
	struct usher_error err = {0};
	struct store_batch *b = store_batch_new();
	d->kind = ev->kind;
	d->seq++;
	d->step_first = d->count;
	routing_step(d->r, ev, d->now, &fx);
	routing_event_encode(ev, &bytes);
	struct journal_row row = {d->seq, d->now, buf_text(&bytes)};
	store_add(b, &JOURNAL, &row);
	record(d, b, &fx);
	if (d->seq % SNAPSHOT_EVERY == 0)
		engine_restore_snapshot(b, d->r, d->seq, d->now);
	assert_int_equal(store_commit(d->store, b, &err), 0);
	store_batch_free(b);
	buf_done(&bytes);
}

/* ---- the site: every order, rings, steps, parallel and automatic queues, ranks ------------------ */

static void set_queue(struct day *d, unsigned i)
{
	struct routing_event ev = {.kind = EV_QUEUE_SET};
	struct routing_queue_set *q = &ev.queue;
	*q = (struct routing_queue_set){.queue = i + 1, .order = (enum routing_order)(i % ROUTING_ORDERS),
					.priority = 5, .offer_us = 20 * USHER_SECOND, .missed_max = 3,
					.wrapup_us = i % 2 != 0 ? 5 * USHER_SECOND : 0,
					.is_wrapup_exclusive = i % 4 == 1,
					.parallel = i == 3 || i == 6 ? 3 : 1, .is_automatic = i == 4,
					.reserve = i == 2 ? 2 : 0};
	q->requirement_count = i % 3 == 0;
	q->requirements[0] = (struct routing_requirement){.skill = 1 + i % 3, .level = 3};
	q->step_count = i % 2 == 0 ? 2 : 0;
	q->steps[0] = (struct routing_step){.lasts_us = 15 * USHER_SECOND, .ring_max = 0,
					    .penalty_max = 4};
	q->steps[1] = (struct routing_step){.ring_max = ROUTING_ANY, .penalty_max = ROUTING_ANY,
					    .level_drop = 1, .priority_raise = 2};
	q->has_ranks = i % 4 == 2;
	for (unsigned p = 0; p < CONTACT_PRIORITIES; p++)
		q->ranks[p] = (struct routing_rank){(uint8_t)(p / 4), (uint16_t)(1 + p % 3), 0};
	step(d, &ev);
}

static void set_agent(struct day *d, unsigned i)
{
	struct routing_event ev = {.kind = EV_AGENT_SET};
	ev.agent = (struct routing_agent_set){.agent = 10 + i, .capacity = (uint16_t)(60 + 20 * draw(d, 4))};
	for (unsigned k = 0; k < 3; k++)
		if (draw(d, 3) > 0)
			ev.agent.skills[ev.agent.skill_count++] =
				(struct routing_skill){k + 1, (uint8_t)(1 + draw(d, 5))};
	for (unsigned q = 0; q < QUEUES; q++)
		if (draw(d, 5) > 1)
			ev.agent.queues[ev.agent.queue_count++] = (struct routing_member){
				.queue = q + 1, .ring = (uint8_t)draw(d, 3), .penalty = (uint8_t)(draw(d, 3) * 3),
				.weight = (uint8_t)draw(d, 4), .position = (uint16_t)draw(d, 9)};
	step(d, &ev);
}

static void want(struct day *d, usher_id agent, enum agent_state wants)
{
	struct routing_event ev = {.kind = EV_AGENT_WANTS};
	ev.presence = (struct routing_presence){.agent = agent, .wants = wants};
	step(d, &ev);
}

static void arrive(struct day *d)
{
	struct routing_event ev = {.kind = EV_CONTACT_NEW};
	bool has_own = draw(d, 8) == 0;
	ev.contact = (struct routing_contact_new){
		.contact = d->newest++, .queue = 1 + draw(d, QUEUES),
		.channel = (enum channel_kind)(1 + draw(d, CHANNEL_KINDS - 1)), .priority = (uint8_t)draw(d, 11),
		.first_us = d->now - draw(d, 3) * USHER_SECOND, .preferred = has_own ? 10 + draw(d, AGENTS) : 0,
		.preferred_us = 10 * USHER_SECOND, .excluded = draw(d, 20) == 0 ? 10 + draw(d, AGENTS) : 0};
	ev.contact.requirement_count = draw(d, 3) == 0;
	ev.contact.requirements[0] = (struct routing_requirement){.skill = 1 + draw(d, 3),
								  .level = (uint8_t)(1 + draw(d, 4)),
								  .is_preferred = draw(d, 2) == 0};
	step(d, &ev);
}

/* What mostly follows on the state, now and then something else. */
static enum routing_event_kind draw_kind(struct day *d, enum contact_state state)
{
	static const enum routing_event_kind others[] = {EV_DECLINE, EV_DECLINE, EV_TAKE, EV_CUSTOMER_LEFT};
	if (draw(d, 4) == 0)
		return others[draw(d, sizeof others / sizeof others[0])];
	return state == CONTACT_OFFERED ? EV_ACCEPT : state == CONTACT_ACTIVE ? EV_CLOSE : EV_WRAPUP_DONE;
}

/* Somebody does something with one of the newest contacts. */
static void act(struct day *d)
{
	struct routing_contact_view view;
	usher_id contact = d->newest - 1 - draw(d, 300);
	struct routing_seat_view seats[ROUTING_PARALLEL_MAX];
	if (contact < FIRST_CONTACT || !routing_contact(d->r, contact, &view))
		return;
	if (view.state == CONTACT_WAITING && draw(d, 20) > 0)
		return;
	struct routing_event ev = {.kind = draw_kind(d, view.state)};
	unsigned n = routing_seats(d->r, contact, seats);
	ev.command = (struct routing_command){.contact = contact, .agent = 10 + draw(d, AGENTS), .flag = true};
	if (n > 0 && ev.kind != EV_TAKE) {
		ev.command.agent = seats[draw(d, n)].agent;
		ev.command.epoch = seats[0].epoch;
		for (unsigned i = 0; i < n; i++)
			if (seats[i].agent == ev.command.agent)
				ev.command.epoch = seats[i].epoch;
	}
	if (view.state == CONTACT_ACTIVE && draw(d, 10) == 0) {
		ev = (struct routing_event){.kind = EV_TRANSFER};
		ev.transfer = (struct routing_transfer){.contact = contact, .to_queue = 1 + draw(d, QUEUES),
							.to_agent = draw(d, 2) ? 10 + draw(d, AGENTS) : 0};
	}
	step(d, &ev);
}

static void live_through(struct day *d)
{
	struct routing_event channel = {.kind = EV_CHANNEL_SET};
	for (unsigned k = 1; k < CHANNEL_KINDS; k++) {
		channel.channel = (struct routing_channel_set){(enum channel_kind)k, (uint16_t)(20 * k),
							       k == 2 ? 2 : 0, k == 1, k == 1 ? 1u << 2 : 0};
		step(d, &channel);
	}
	for (unsigned i = 0; i < QUEUES; i++)
		set_queue(d, i);
	for (unsigned i = 0; i < AGENTS; i++) {
		set_agent(d, i);
		want(d, 10 + i, AGENT_READY);
	}
	while (d->newest < FIRST_CONTACT + CONTACTS) {
		d->now += draw(d, 600) * 1000;
		uint32_t what = draw(d, 100);
		if (what < 8)
			arrive(d);
		else if (what < 93)
			act(d);
		else if (what < 97)
			want(d, 10 + draw(d, AGENTS), draw(d, 8) ? AGENT_READY : AGENT_NOT_READY);
		else
			step(d, &(struct routing_event){.kind = EV_TICK});
	}
}

/* ---- the tests ------------------------------------------------------------------------------------ */

static int set_up(void **state)
{
	struct day *d = test_calloc(1, sizeof *d);
	const struct routing_limits limits = ROUTING_LIMITS_DEFAULT;
	struct usher_error err = {0};
	*d = (struct day){.now = START, .random = 7, .newest = FIRST_CONTACT};
	assert_int_equal(store_open_memory(&d->store, &err), 0);
	assert_int_equal(routing_new(&d->r, &limits, 1, &err), 0);
	routing_observe(d->r, on_decision, d);
	live_through(d);
	*state = d;
	return 0;
}

static int tear_down(void **state)
{
	struct day *d = *state;
	for (unsigned i = 0; i < d->count; i++)
		buf_done(&d->seen[i].dump);
	routing_free(d->r);
	store_close(d->store);
	test_free(d);
	return 0;
}

static const struct seen *find_seen(const struct day *d, usher_id contact, const struct explain_decision *it)
{
	for (unsigned i = 0; i < d->count; i++) {
		const struct seen *s = &d->seen[i];
		if (s->contact == contact && s->agent == it->agent && s->seq == it->journal_seq &&
		    s->epoch == it->epoch)
			return s;
	}
	return NULL;
}

/* Of one call: how many were compared; *ret_left: so many it left off. */
static unsigned check_wish(const struct day *d, const struct explain_wish *wish, unsigned *ret_left)
{
	struct explain_history *h = test_malloc(sizeof *h);
	struct usher_error err = {0};
	unsigned compared = 0;
	assert_int_equal(explain_history_make(h, d->store, wish, &err), 0);
	*ret_left = h->left_off;
	for (unsigned i = 0; i < h->count; i++) {
		struct explain_decision *it = &h->items[i];
		if (it->check != EXPLAIN_SAME)
			fail_msg("contact %llu, decision %u: %s: %s", (unsigned long long)wish->contact,
				 it->number, explain_check_name(it->check), it->reason);
		if (it->kind == EXPLAIN_HANDED)
			continue;
		struct usher_buf dump = {0};
		const struct seen *s = find_seen(d, wish->contact, it);
		assert_non_null(s);
		assert_true(it->kind != EXPLAIN_OFFERED || s->is_offer);
		it->scene.kind = EXPLAIN_OFFERED;
		explained_dump(&dump, &it->scene);
		assert_string_equal(dump.p, s->dump.p);
		buf_done(&dump);
		compared++;
	}
	explain_history_done(h);
	test_free(h);
	return compared;
}

static unsigned check_contact(const struct day *d, usher_id contact)
{
	unsigned left, none;
	struct explain_wish wish = {.contact = contact, .all = true};
	unsigned compared = check_wish(d, &wish, &left);
	for (wish.decision = 1; wish.decision <= left; wish.decision++)
		compared += check_wish(d, &wish, &none);
	return compared;
}

/* Nothing that was seen live is missing, and nothing is told otherwise. */
static void replay_is_what_was_seen(void **state)
{
	const struct day *d = *state;
	unsigned compared = 0;
	for (usher_id c = FIRST_CONTACT; c < d->newest; c++)
		compared += check_contact(d, c);
	print_message("# %u decisions in %lld events\n", compared, (long long)d->seq);
	assert_int_equal(compared, d->count);
	assert_true(compared >= 2000);
}

/* Where another could have taken it, a rule says why not he, unless both became free at once. */
static void each_choice_has_its_criterion(void **state)
{
	const struct day *d = *state;
	unsigned able = 0, unsaid = 0;
	for (unsigned i = 0; i < d->count; i++) {
		const char *at = d->seen[i].dump.p;
		while ((at = strstr(at, " than ")) != NULL) {
			int criterion, is_before, reason;
			const char *why = strstr(at, " why ");
			assert_int_equal(sscanf(at, " than %d %d", &criterion, &is_before), 2);
			assert_int_equal(sscanf(why, " why %d", &reason), 1);
			able += reason == REASON_OTHER_FIRST;
			unsaid += reason == REASON_OTHER_FIRST && !is_before;
			at = why;
		}
	}
	print_message("# %u could have taken it too, of %u no rule says why not\n", able, unsaid);
	assert_true(able > 500);
	assert_true(unsaid * 5 < able);
}

static unsigned first_with_two(const struct day *d)
{
	for (unsigned i = 1; i < d->count; i++)
		if (d->seen[i].seq > SNAPSHOT_EVERY + 50 && d->seen[i].is_offer)
			return i;
	fail();
	return 0;
}

static int ask(const struct day *d, struct explain_history *h, struct explain_wish wish,
	       struct usher_error *err)
{
	*err = (struct usher_error){0};
	return explain_history_make(h, d->store, &wish, err);
}

static void one_decision_alone(void **state)
{
	const struct day *d = *state;
	struct explain_history *h = test_malloc(sizeof *h);
	struct usher_error err;
	const struct seen *s = &d->seen[first_with_two(d)];
	assert_int_equal(ask(d, h, (struct explain_wish){.contact = s->contact, .decision = 1}, &err), 0);
	unsigned last = h->total;
	explain_history_done(h);
	assert_int_equal(ask(d, h, (struct explain_wish){.contact = s->contact, .decision = last}, &err), 0);
	assert_int_equal(h->count, 1);
	assert_int_equal(h->items[0].number, last);
	assert_int_equal(h->items[0].check, EXPLAIN_SAME);
	assert_true(h->items[0].snapshot_seq > 0);
	assert_true(h->items[0].snapshot_digest != 0);
	explain_history_done(h);
	assert_int_equal(ask(d, h, (struct explain_wish){.contact = s->contact, .decision = 999}, &err),
			 E_NOT_FOUND);
	assert_non_null(strstr(err.text, "there is no decision 999"));
	test_free(h);
}

/* A call replays so much and no more; it stops when it is told to. */
static void bounded_and_cancelled(void **state)
{
	const struct day *d = *state;
	struct explain_history *h = test_malloc(sizeof *h);
	struct usher_error err;
	atomic_bool is_over = true;
	usher_id contact = 0;
	for (usher_id c = FIRST_CONTACT; contact == 0 && c < d->newest; c++) {
		assert_int_equal(ask(d, h, (struct explain_wish){.contact = c}, &err), 0);
		contact = h->count >= 2 && h->items[0].journal_seq + 1 < h->items[1].journal_seq ? c : 0;
		explain_history_done(h);
	}
	assert_true(contact != 0);
	assert_int_equal(ask(d, h, (struct explain_wish){.contact = contact, .rows_max = 1}, &err), 0);
	assert_int_equal(h->items[0].check, EXPLAIN_SAME);
	assert_int_equal(h->items[1].check, EXPLAIN_LEFT);
	assert_false(h->items[1].has_scene);
	explain_history_done(h);
	assert_int_equal(ask(d, h, (struct explain_wish){.contact = contact, .is_cancelled = &is_over}, &err),
			 E_AGAIN);
	test_free(h);
}

static void commit(struct day *d, struct store_batch *b)
{
	struct usher_error err = {0};
	assert_int_equal(store_commit(d->store, b, &err), 0);
	store_batch_free(b);
}

/* A record that says otherwise is found out. The last tests: they spoil the record. */
static void another_record_is_noticed(void **state)
{
	struct day *d = *state;
	struct explain_history *h = test_malloc(sizeof *h);
	struct usher_error err;
	const struct seen *s = &d->seen[first_with_two(d)];
	struct store_batch *b = store_batch_new();
	struct fact_row fact = {.id = ++d->facts, .kind = FX_OFFERED, .at_us = d->now, .contact = s->contact,
				.queue = 1, .agent = s->agent, .number = 1, .journal_seq = s->seq};
	store_add(b, &FACT, &fact);
	commit(d, b);
	assert_int_equal(ask(d, h, (struct explain_wish){.contact = s->contact}, &err), 0);
	assert_int_equal(h->items[h->count - 1].check, EXPLAIN_DIFFERS);
	assert_true(h->items[h->count - 1].reason[0] != '\0');
	explain_history_done(h);
	test_free(h);
}

static void pruned_journal_is_named(void **state)
{
	struct day *d = *state;
	struct explain_history *h = test_malloc(sizeof *h);
	struct usher_error err;
	struct store_batch *b = store_batch_new();
	store_remove_below(b, &JOURNAL, 2 * SNAPSHOT_EVERY + 10);
	store_remove_below(b, &SNAPSHOT, SNAPSHOT_EVERY + 1);
	commit(d, b);
	assert_int_equal(ask(d, h, (struct explain_wish){.contact = d->seen[0].contact, .decision = 1}, &err),
			 0);
	assert_int_equal(h->items[0].check, EXPLAIN_PRUNED);
	assert_false(h->items[0].has_scene);
	explain_history_done(h);
	const struct seen *last = &d->seen[d->count - 1];
	assert_int_equal(ask(d, h, (struct explain_wish){.contact = last->contact}, &err), 0);
	assert_int_equal(h->items[h->count - 1].check, EXPLAIN_SAME);
	explain_history_done(h);
	test_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replay_is_what_was_seen),
		cmocka_unit_test(each_choice_has_its_criterion),
		cmocka_unit_test(one_decision_alone),
		cmocka_unit_test(bounded_and_cancelled),
		cmocka_unit_test(another_record_is_noticed),
		cmocka_unit_test(pruned_journal_is_named),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
