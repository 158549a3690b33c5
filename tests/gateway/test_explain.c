/* SPDX-License-Identifier: Apache-2.0 */
/* Small worlds: one for each reason that can rule an agent out, one for each rule of the order. */
#include "tests/routing/world.h"

#include "tests/gateway/explained.h"

#define ANNA 10
#define KALLE 11

struct told {
	struct explain_scene scene; /* of the last decision */
	unsigned count;
	enum explain_kind kind;
};

static void on_decision(const struct routing *r, usher_id contact, usher_id agent, usher_us now, void *arg)
{
	struct told *t = arg;
	if (t->count++ > 0)
		explain_scene_done(&t->scene);
	assert_int_equal(explain_scene_make(&t->scene, r, t->kind, contact, agent, now, true), 0);
}

static void begin(struct world *w, struct told *t)
{
	world_init(w, LIMITS_SMALL);
	*t = (struct told){.kind = EXPLAIN_OFFERED};
	routing_observe(w->r, on_decision, t);
	world_channel(w, CHANNEL_CHAT, 30, 3);
}

static void end(struct world *w, struct told *t)
{
	if (t->count > 0)
		explain_scene_done(&t->scene);
	world_done(w);
}

static const struct explain_candidate *find(const struct explain_scene *s, usher_id agent)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->candidates[i].agent == agent)
			return &s->candidates[i];
	fail();
	return NULL;
}

/* How Kalle stands beside contact 100, and the sentence about him, of a contact that waits. */
static void expect_wait(struct world *w, enum routing_reason reason, const char *sentence)
{
	struct explain_scene s;
	struct usher_buf text = {0};
	assert_int_equal(explain_scene_make(&s, w->r, EXPLAIN_WAITING, 100, 0, w->now, true), 0);
	const struct explain_candidate *c = find(&s, KALLE);
	explain_say_candidate(&text, EXPLAIN_EN, &explained_names, &s, c);
	assert_int_equal(c->why.reason, reason);
	assert_string_equal(text.p, sentence);
	assert_int_equal(c->account.is_member ? s.members[reason] : s.others[reason], 1);
	buf_done(&text);
	explain_scene_done(&s);
}

static void set_member(struct world *w, struct routing_agent_set *a)
{
	a->agent = KALLE;
	a->capacity = 100;
	if (a->queue_count == 0)
		a->queues[a->queue_count++].queue = 1;
	world_agent_set(w, *a);
}

static void absence(void **state)
{
	struct world w;
	struct told t;
	struct routing_agent_set a = {.agent = KALLE};
	(void)state;
	begin(&w, &t);
	world_queue(&w, 1);
	set_member(&w, &a);
	world_arrive(&w, 100, 1);
	expect_wait(&w, REASON_SIGNED_OUT, "is signed out");
	world_wants(&w, KALLE, AGENT_NOT_READY);
	expect_wait(&w, REASON_NOT_READY, "is not ready");
	world_presence(&w, EV_PRESENCE_LOST, KALLE);
	world_wants(&w, KALLE, AGENT_READY);
	expect_wait(&w, REASON_LOST, "has lost the connection");
	world_presence(&w, EV_PRESENCE_FOUND, KALLE);
	assert_int_equal(world_holder(&w, 100), KALLE);
	world_tick(&w, 21 * USHER_SECOND);
	expect_wait(&w, REASON_NOT_RESPONDING, "has not answered earlier offers");
	end(&w, &t);
}

static void queue_and_skill(void **state)
{
	struct world w;
	struct told t;
	struct routing_agent_set a = {.queue_count = 1, .queues = {{.queue = 2}}};
	struct routing_contact_new c = world_contact_default(100, 1);
	(void)state;
	begin(&w, &t);
	world_queue(&w, 1);
	world_queue(&w, 2);
	c.requirement_count = 1;
	c.requirements[0] = (struct routing_requirement){.skill = 1, .level = 3};
	set_member(&w, &a);
	world_wants(&w, KALLE, AGENT_READY);
	assert_int_equal(world_contact_new(&w, c), 0);
	expect_wait(&w, REASON_NOT_MEMBER, "does not serve this queue");
	a.queues[0].queue = 1;
	a.skill_count = 1;
	a.skills[0] = (struct routing_skill){1, 2};
	set_member(&w, &a);
	expect_wait(&w, REASON_SKILL, "lacks a skill: Finnish at level 3 is needed, has 2");
	end(&w, &t);
}

static void rings_and_penalties(void **state)
{
	struct world w;
	struct told t;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_agent_set a = {.queue_count = 1, .queues = {{.queue = 1, .ring = 2, .penalty = 7}}};
	(void)state;
	begin(&w, &t);
	q.step_count = 3;
	q.steps[0] = (struct routing_step){.lasts_us = 10 * USHER_SECOND, .ring_max = 1, .penalty_max = 5};
	q.steps[1] = (struct routing_step){.lasts_us = 10 * USHER_SECOND, .ring_max = 2, .penalty_max = 5};
	q.steps[2] = (struct routing_step){.ring_max = 2, .penalty_max = 7};
	world_queue_set(&w, q);
	set_member(&w, &a);
	world_wants(&w, KALLE, AGENT_READY);
	world_arrive(&w, 100, 1);
	expect_wait(&w, REASON_RING, "is in ring 2; rings up to 1 have their turn");
	world_tick(&w, 11 * USHER_SECOND);
	expect_wait(&w, REASON_PENALTY, "has penalty 7; up to 5 have their turn");
	world_tick(&w, 11 * USHER_SECOND);
	assert_int_equal(world_holder(&w, 100), KALLE);
	assert_int_equal(t.scene.account.step, 2);
	end(&w, &t);
}

static void exclusion(void **state)
{
	struct world w;
	struct told t;
	struct routing_contact_new c = world_contact_default(100, 1);
	(void)state;
	begin(&w, &t);
	world_queue(&w, 1);
	world_agent(&w, KALLE, 1);
	world_agent(&w, ANNA, 1);
	world_wants(&w, ANNA, AGENT_NOT_READY);
	world_arrive(&w, 100, 1);
	assert_int_equal(world_do(&w, EV_DECLINE, 100), 0);
	expect_wait(&w, REASON_EXCLUDED, "was just offered it; not again for 20 s");
	end(&w, &t);
	begin(&w, &t);
	world_queue(&w, 1);
	world_agent(&w, KALLE, 1);
	c.excluded = KALLE;
	assert_int_equal(world_contact_new(&w, c), 0);
	expect_wait(&w, REASON_EXCLUDED, "is never to get this contact");
	end(&w, &t);
}

static void waits_for_another(void **state)
{
	struct world w;
	struct told t;
	struct routing_contact_new c = world_contact_default(100, 1);
	(void)state;
	begin(&w, &t);
	world_queue(&w, 1);
	world_agent(&w, KALLE, 1);
	world_agent(&w, ANNA, 1);
	world_wants(&w, ANNA, AGENT_NOT_READY);
	c.preferred = ANNA;
	c.preferred_us = 30 * USHER_SECOND;
	assert_int_equal(world_contact_new(&w, c), 0);
	expect_wait(&w, REASON_PREFERRED_OTHER, "cannot have it yet: it waits for Anna");
	world_wants(&w, ANNA, AGENT_READY);
	struct usher_buf text = {0};
	explain_say_chosen(&text, EXPLAIN_EN, &explained_names, &t.scene);
	assert_string_equal(text.p, "is the agent it was waiting for");
	buf_done(&text);
	end(&w, &t);
}

static void room(void **state)
{
	struct world w;
	struct told t;
	(void)state;
	begin(&w, &t);
	world_queue(&w, 1);
	world_agent(&w, KALLE, 1);
	world_hold(&w, 1, 1);
	world_hold(&w, 2, 1);
	world_hold(&w, 3, 1);
	world_arrive(&w, 100, 1);
	expect_wait(&w, REASON_CAPACITY, "has no room: 90 of 100 units in use, 30 needed");
	world_channel(&w, CHANNEL_CHAT, 3, 3);
	expect_wait(&w, REASON_CHANNEL_MAX, "has 3 of this kind already, as many as allowed");
	end(&w, &t);
}

static void other_work(void **state)
{
	struct world w;
	struct told t;
	struct routing_event ev = {.kind = EV_CHANNEL_SET};
	struct routing_contact_new c = world_contact_default(100, 1);
	(void)state;
	begin(&w, &t);
	world_queue(&w, 1);
	world_agent(&w, KALLE, 1);
	ev.channel = (struct routing_channel_set){CHANNEL_TELEPHONY, 10, 0, true, 0};
	world_send(&w, &ev);
	world_hold(&w, 1, 1);
	c.channel = CHANNEL_TELEPHONY;
	assert_int_equal(world_contact_new(&w, c), 0);
	expect_wait(&w, REASON_EXCLUSIVE, "has other work that does not go with it (chat)");
	end(&w, &t);
}

static void reserve(void **state)
{
	struct world w;
	struct told t;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_contact_new c = world_contact_default(100, 1);
	(void)state;
	begin(&w, &t);
	q.reserve = 1;
	world_queue_set(&w, q);
	world_channel(&w, CHANNEL_EMAIL, 10, 0);
	world_agent(&w, KALLE, 1);
	c.channel = CHANNEL_EMAIL;
	assert_int_equal(world_contact_new(&w, c), 0);
	expect_wait(&w, REASON_RESERVE, "is kept free for live contacts: 1 member is free, 1 must stay so");
	end(&w, &t);
}

static void wrap_up(void **state)
{
	struct world w;
	struct told t;
	struct routing_queue_set q = world_queue_default(1);
	(void)state;
	begin(&w, &t);
	q.wrapup_us = USHER_MINUTE;
	q.is_wrapup_exclusive = true;
	world_queue_set(&w, q);
	world_agent(&w, KALLE, 1);
	world_hold(&w, 1, 1);
	assert_int_equal(world_do(&w, EV_CLOSE, 1), 0);
	world_arrive(&w, 100, 1);
	expect_wait(&w, REASON_WRAPUP, "is in wrap-up");
	end(&w, &t);
}

/* ---- the order --------------------------------------------------------------------------------- */

struct pair {
	enum routing_order order;
	struct routing_member anna, kalle;
	struct routing_skill anna_skill, kalle_skill;
	uint16_t anna_capacity, kalle_capacity;
	usher_us between_us; /* Kalle becomes ready so much later */
	bool is_preferring;  /* the contact prefers skill 1 at level 5 */
	enum routing_criterion criterion;
	const char *sentence;
};

static void set_pair(struct world *w, usher_id agent, struct routing_member m, struct routing_skill skill,
		     uint16_t capacity)
{
	struct routing_agent_set a = {.agent = agent, .capacity = capacity > 0 ? capacity : 100,
				      .queue_count = 1, .queues = {m}};
	a.queues[0].queue = 1;
	a.skill_count = skill.level > 0;
	a.skills[0] = skill;
	world_agent_set(w, a);
	world_wants(w, agent, AGENT_READY);
}

static void expect_pair(const struct pair *p)
{
	struct world w;
	struct told t;
	struct routing_queue_set q = world_queue_default(1);
	struct routing_contact_new c = world_contact_default(100, 1);
	struct usher_buf text = {0};
	begin(&w, &t);
	q.order = p->order;
	world_queue_set(&w, q);
	set_pair(&w, ANNA, p->anna, p->anna_skill, p->anna_capacity);
	w.now += p->between_us;
	set_pair(&w, KALLE, p->kalle, p->kalle_skill, p->kalle_capacity);
	c.requirement_count = p->is_preferring;
	c.requirements[0] = (struct routing_requirement){.skill = 1, .level = 5, .is_preferred = true};
	assert_int_equal(world_contact_new(&w, c), 0);
	assert_int_equal(t.scene.chosen, ANNA);
	const struct explain_candidate *kalle = find(&t.scene, KALLE);
	assert_int_equal(kalle->why.reason, REASON_OTHER_FIRST);
	assert_int_equal(kalle->than.criterion, p->criterion);
	assert_true(kalle->than.is_before);
	explain_say_difference(&text, EXPLAIN_EN, &kalle->than);
	assert_string_equal(text.p, p->sentence);
	buf_done(&text);
	end(&w, &t);
}

static void each_criterion(void **state)
{
	static const struct pair pairs[] = {
		{.kalle = {.ring = 1}, .criterion = CRITERION_RING, .sentence = "lower ring (0, not 1)"},
		{.anna = {.penalty = 1}, .kalle = {.penalty = 4}, .criterion = CRITERION_PENALTY,
		 .sentence = "lower penalty (1, not 4)"},
		{.anna_skill = {1, 4}, .kalle_skill = {1, 2}, .is_preferring = true,
		 .criterion = CRITERION_PREFERRED, .sentence = "more of the preferred skills (4 levels, not 2)"},
		{.between_us = 12 * USHER_SECOND, .criterion = CRITERION_IDLE, .sentence = "idle 12 s longer"},
		{.criterion = CRITERION_ID, .sentence = "all else alike, in Usher for longer"},
		{.order = ORDER_MOST_SPARE, .anna_capacity = 120, .criterion = CRITERION_SPARE,
		 .sentence = "more room (120 units, not 100)"},
		{.order = ORDER_FEWEST_SKILLS, .kalle_skill = {2, 1}, .criterion = CRITERION_SKILLS,
		 .sentence = "fewer skills (0, not 1)"},
		{.order = ORDER_TOP_DOWN, .anna = {.position = 2}, .kalle = {.position = 5},
		 .criterion = CRITERION_POSITION, .sentence = "higher in the list (place 2, not 5)"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		expect_pair(&pairs[i]);
}

static void expect_second(struct world *w, struct told *t, enum routing_criterion criterion,
			  const char *sentence)
{
	struct usher_buf text = {0};
	world_arrive(w, 101, 1);
	assert_int_equal(t->scene.chosen, KALLE);
	const struct explain_candidate *anna = find(&t->scene, ANNA);
	assert_int_equal(anna->than.criterion, criterion);
	assert_true(anna->than.is_before);
	explain_say_difference(&text, EXPLAIN_EN, &anna->than);
	assert_string_equal(text.p, sentence);
	buf_done(&text);
}

/* Anna has had the first one. */
static void after_the_first(void **state)
{
	static const struct {
		enum routing_order order;
		enum routing_criterion criterion;
		const char *sentence;
	} cases[] = {
		{ORDER_LONGEST_IDLE, CRITERION_HANDS, "nothing in hand"},
		{ORDER_LEAST_LOADED, CRITERION_LOAD, "less load (0 %, not 30 %)"},
		{ORDER_ROUND_ROBIN, CRITERION_TURN, "no offer from this queue yet"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct world w;
		struct told t;
		struct routing_queue_set q = world_queue_default(1);
		begin(&w, &t);
		q.order = cases[i].order;
		world_queue_set(&w, q);
		world_agent(&w, ANNA, 1);
		world_agent(&w, KALLE, 1);
		world_hold(&w, 100, 1);
		expect_second(&w, &t, cases[i].criterion, cases[i].sentence);
		end(&w, &t);
	}
}

static void best_level_and_lot(void **state)
{
	struct world w;
	struct told t;
	struct routing_queue_set q = world_queue_default(1);
	(void)state;
	begin(&w, &t);
	q.order = ORDER_BEST_LEVEL;
	q.requirement_count = 1;
	q.requirements[0] = (struct routing_requirement){.skill = 1, .level = 2};
	world_queue_set(&w, q);
	set_pair(&w, ANNA, (struct routing_member){0}, (struct routing_skill){1, 5}, 0);
	set_pair(&w, KALLE, (struct routing_member){0}, (struct routing_skill){1, 3}, 0);
	world_arrive(&w, 100, 1);
	assert_int_equal(find(&t.scene, KALLE)->than.criterion, CRITERION_LEVEL);
	assert_int_equal(find(&t.scene, KALLE)->than.has, 5);
	assert_int_equal(t.scene.needs[0].members, 2);
	end(&w, &t);
	begin(&w, &t);
	q = world_queue_default(1);
	q.order = ORDER_WEIGHTED_RANDOM;
	world_queue_set(&w, q);
	world_agent(&w, ANNA, 1);
	world_agent(&w, KALLE, 1);
	world_arrive(&w, 100, 1);
	usher_id other = t.scene.chosen == ANNA ? KALLE : ANNA;
	assert_int_equal(find(&t.scene, other)->than.criterion, CRITERION_DRAW);
	assert_true(find(&t.scene, other)->than.is_before);
	end(&w, &t);
}

/* ---- the line, and what goes past it ----------------------------------------------------------- */

static void place_in_line(void **state)
{
	struct world w;
	struct told t;
	struct routing_contact_new c = world_contact_default(99, 1);
	struct usher_buf text = {0};
	(void)state;
	begin(&w, &t);
	world_queue(&w, 1);
	c.requirement_count = 1;
	c.requirements[0] = (struct routing_requirement){.skill = 1, .level = 5};
	assert_int_equal(world_contact_new(&w, c), 0);
	w.now += 5 * USHER_SECOND;
	world_arrive(&w, 100, 1);
	w.now += 15 * USHER_SECOND;
	world_arrive(&w, 101, 1);
	w.now += 10 * USHER_SECOND;
	world_channel(&w, CHANNEL_CHAT, 100, 0);
	world_agent(&w, ANNA, 1);
	assert_int_equal(t.scene.contact, 100);
	explain_say_place(&text, EXPLAIN_EN, &explained_names, &t.scene);
	assert_string_equal(text.p, "Waited 25 s for Support, place 2 of 3 in tier 5. C-99 stands before it, but "
				    "Anna could not take that one: skill missing. C-101 comes after it: 15 s "
				    "later.");
	buf_done(&text);
	end(&w, &t);
}

static void past_the_order(void **state)
{
	struct world w;
	struct told t;
	struct usher_buf text = {0};
	(void)state;
	begin(&w, &t);
	world_queue(&w, 1);
	world_agent(&w, ANNA, 1);
	world_agent(&w, KALLE, 1);
	world_hold(&w, 100, 1);
	struct routing_transfer to_kalle = {.contact = 100, .to_agent = KALLE};
	assert_int_equal(world_transfer(&w, to_kalle), 0);
	assert_int_equal(t.scene.chosen, KALLE);
	explain_say_chosen(&text, EXPLAIN_EN, &explained_names, &t.scene);
	assert_string_equal(text.p, "was chosen by a person: the contact was transferred by name");
	buf_clear(&text);
	t.kind = EXPLAIN_TAKEN;
	assert_int_equal(world_take(&w, 100, ANNA), 0);
	explain_say_chosen(&text, EXPLAIN_EN, &explained_names, &t.scene);
	assert_string_equal(text.p, "took it, or was given it, past the order");
	buf_done(&text);
	end(&w, &t);
}

static void in_parallel(void **state)
{
	struct world w;
	struct told t;
	struct routing_queue_set q = world_queue_default(1);
	struct usher_buf text = {0};
	(void)state;
	begin(&w, &t);
	q.parallel = 2;
	world_queue_set(&w, q);
	world_agent(&w, ANNA, 1);
	world_agent(&w, KALLE, 1);
	world_arrive(&w, 100, 1);
	assert_int_equal(t.count, 2);
	explain_say_candidate(&text, EXPLAIN_EN, &explained_names, &t.scene, find(&t.scene, ANNA));
	assert_string_equal(text.p, "was being offered it already");
	buf_clear(&text);
	explain_say_chosen(&text, EXPLAIN_EN, &explained_names, &t.scene);
	assert_string_equal(text.p,
			    "was the only one who could take it; it was being offered to 1 other already");
	buf_done(&text);
	end(&w, &t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absence),	     cmocka_unit_test(queue_and_skill),
		cmocka_unit_test(rings_and_penalties), cmocka_unit_test(exclusion),
		cmocka_unit_test(waits_for_another), cmocka_unit_test(room),
		cmocka_unit_test(other_work),	     cmocka_unit_test(reserve),
		cmocka_unit_test(wrap_up),	     cmocka_unit_test(each_criterion),
		cmocka_unit_test(after_the_first),   cmocka_unit_test(best_level_and_lot),
		cmocka_unit_test(place_in_line),     cmocka_unit_test(past_the_order),
		cmocka_unit_test(in_parallel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
