/* SPDX-License-Identifier: Apache-2.0 */
/* Sites as people set them up are clean; a very large one is done soon; languages; what changes. */
#include "tests/tap.h"

#include "tests/gateway/lint/bed.h"

#include <stdio.h>
#include <time.h>

#define S USHER_SECOND

static void expect_clean(const struct bed *b)
{
	struct lint_report r;
	struct usher_buf text = {0};
	lint_run(&b->site, &r);
	for (size_t i = 0; i < r.count; i++) {
		buf_addf(&text, "\n%s: ", lint_code_name(r.items[i].code));
		lint_say(&r.items[i], LINT_WHAT, LINT_EN, &text);
	}
	if (r.count > 0)
		fail_msg("not clean:%s", text.p);
	lint_report_done(&r);
	buf_done(&text);
}

/* ---- three sites ----------------------------------------------------------------------------- */

/* A shop: office hours with a lunch break and holidays, skills that are given up in time. */
static void test_a_shop(void **state)
{
	struct bed b;
	(void)state;
	bed_make(&b);
	const char *day = "[[\"09:00\",\"12:00\"],[\"13:00\",\"17:00\"]]";
	char json[600];
	snprintf(json, sizeof json,
		 "{\"week\":{\"mon\":%s,\"tue\":%s,\"wed\":%s,\"thu\":%s,\"fri\":%s,\"sat\":[[\"10:00\",\"14:00\"]]},"
		 "\"exceptions\":[{\"date\":\"2026-12-24\",\"name\":\"Christmas Eve\",\"open\":[]}]}",
		 day, day, day, day, day);
	b.queues[SUPPORT].hours = b.queues[BILLING].hours = bed_hours(&b, json);
	b.queues[BILLING].exceptions_end = 20811;
	bed_step(&b, BILLING, 60 * S);
	bed_step(&b, BILLING, 60 * S)->level_drop = 1;
	bed_step(&b, BILLING, 0)->drops[0] = MONEY;
	b.queues[BILLING].set.steps[2].level_drop = 1;
	b.queues[BILLING].set.steps[2].drop_count = 1;
	b.queues[BILLING].set.wait_max_us = 900 * S;
	b.queues[BILLING].set.expired = TREAT_END;
	b.queues[BILLING].set.closed = TREAT_END;
	b.queues[SUPPORT].set.length_max = 0;
	b.site.weights[CHANNEL_CHAT].count_max = 3;
	b.site.weights[CHANNEL_TELEPHONY].interrupts = 1 << CHANNEL_EMAIL;
	expect_clean(&b);
	bed_done(&b);
}

/* A service with an evening shift, an overflow by length and absence, and rings. */
static void test_a_service_with_an_evening(void **state)
{
	struct bed b;
	(void)state;
	bed_make(&b);
	bed_office(&b, SUPPORT);
	b.queues[NIGHT].hours = bed_hours(
		&b, "{\"week\":{\"mon\":[[\"16:00\",\"22:00\"]],\"tue\":[[\"16:00\",\"22:00\"]],"
		    "\"wed\":[[\"16:00\",\"22:00\"]],\"thu\":[[\"16:00\",\"22:00\"]],\"fri\":[[\"16:00\",\"22:00\"]],"
		    "\"sat\":[[\"10:00\",\"16:00\"]]}}");
	bed_overflow(&b, SUPPORT, NIGHT, 0);
	b.queues[SUPPORT].set.closed = TREAT_OVERFLOW;
	b.queues[SUPPORT].set.is_overflow_absent = true;
	bed_overflow(&b, BILLING, SUPPORT, 120 * S);
	b.queues[BILLING].set.overflow_length = 20;
	b.queues[BILLING].set.length_max = 50;
	b.queues[BILLING].set.full = TREAT_END;
	bed_seat(&b, CLEO, SUPPORT)->ring = 1;
	bed_seat(&b, DORA, SUPPORT)->ring = 2;
	bed_step(&b, SUPPORT, 30 * S)->ring_max = 0;
	bed_step(&b, SUPPORT, 30 * S)->ring_max = 1;
	bed_step(&b, SUPPORT, 0);
	b.queues[SUPPORT].set.reserve = 1;
	b.queues[BILLING].set.parallel = 2;
	expect_clean(&b);
	bed_done(&b);
}

/* Three urgencies on one scale, languages, draws; a supervisor who serves no queue. */
static void test_an_office_with_urgencies(void **state)
{
	struct bed b;
	(void)state;
	bed_make(&b);
	for (int q = 0; q < 3; q++) {
		struct routing_queue_set *set = &b.queues[q].set;
		b.queues[q].ageing = AGEING_DEADLINE;
		set->has_ranks = true;
		set->priority = (uint8_t)(2 + 2 * q);
		for (int p = 0; p < CONTACT_PRIORITIES; p++)
			set->ranks[p] = (struct routing_rank){0, 1, -(p + 1) * 300 * S};
	}
	b.queues[BILLING].set.order = ORDER_WEIGHTED_RANDOM;
	bed_seat(&b, BEN, BILLING)->weight = 3;
	bed_leave(&b, CLEO, SUPPORT);
	b.agents[CLEO].is_only_agent = false;
	b.queues[SUPPORT].set.first_reply_us = 4 * 3600 * S;
	b.queues[SUPPORT].set.reply_us = 24 * 3600 * S;
	b.queues[SUPPORT].set.silence_us = 7 * 86400 * S;
	b.queues[BILLING].set.is_automatic = true;
	b.queues[BILLING].calls_per_hour = 10;
	b.queues[BILLING].handle_s = 120;
	b.site.weights[CHANNEL_TELEPHONY].is_exclusive = true;
	b.site.weights[CHANNEL_TELEPHONY].count_max = 1;
	expect_clean(&b);
	bed_done(&b);
}

/* ---- extremes -------------------------------------------------------------------------------- */

static void test_nothing_at_all(void **state)
{
	struct lint_site site = {.now = BED_NOW};
	struct lint_report r;
	(void)state;
	for (int kind = 1; kind < CHANNEL_KINDS; kind++)
		site.weights[kind].weight = 100;
	lint_run(&site, &r);
	assert_int_equal(r.count, 0);
	lint_report_done(&r);
}

/* Numbers from a damaged store: nothing reads past an end. */
static void test_damaged(void **state)
{
	struct bed b;
	struct lint_report r;
	(void)state;
	bed_make(&b);
	struct routing_queue_set *set = &b.queues[SUPPORT].set;
	memset(&set->ranks, 0xff, sizeof set->ranks);
	set->has_ranks = true;
	set->priority = 200;
	bed_require(&b, SUPPORT, 4000000000u, 255);
	bed_require(&b, SUPPORT, MONEY, 200);
	bed_step(&b, SUPPORT, INT64_MAX / 2)->priority_raise = 255;
	bed_step(&b, SUPPORT, INT64_MAX / 2)->level_drop = 255;
	bed_step(&b, SUPPORT, -5);
	set->step_count = 3;
	b.levels[ANNA][0].level = 255;
	b.members[ANNA][0].queue = 77;
	b.channels[WEB].kind = CHANNEL_NONE;
	b.queues[SUPPORT].exceptions_end = INT32_MAX;
	lint_run(&b.site, &r);
	assert_true(r.count > 0);
	lint_report_done(&r);
	bed_done(&b);
}

#define MANY_QUEUES 1000
#define MANY_AGENTS 10000
#define MANY_SKILLS 200

struct crowd {
	struct lint_queue queues[MANY_QUEUES];
	struct lint_agent agents[MANY_AGENTS];
	struct routing_member members[MANY_AGENTS][ROUTING_MEMBERSHIPS_MAX];
	struct routing_skill levels[MANY_AGENTS][ROUTING_SKILLS_MAX];
	struct lint_skill skills[MANY_SKILLS];
	struct lint_channel channels[MANY_QUEUES];
};

static uint32_t draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(*seed >> 33);
}

static void crowd_queues(struct crowd *c, const struct hours *hours, uint64_t *seed)
{
	for (int q = 0; q < MANY_QUEUES; q++) {
		struct lint_queue *queue = &c->queues[q];
		struct routing_queue_set *set = &queue->set;
		queue->id = (usher_id)(q + 1);
		queue->slug = TEXT("queue");
		queue->hours = q % 2 == 0 ? hours : NULL;
		set->offer_us = 20 * S;
		set->priority = (uint8_t)(draw(seed) % 10);
		set->overflow_to = 1 + draw(seed) % MANY_QUEUES;
		set->overflow_us = 300 * S;
		set->closed = TREAT_OVERFLOW;
		set->requirement_count = ROUTING_REQUIREMENTS_MAX;
		for (int i = 0; i < ROUTING_REQUIREMENTS_MAX; i++)
			set->requirements[i] = (struct routing_requirement){
				.skill = 1 + draw(seed) % MANY_SKILLS, .level = 1, .is_preferred = i > 0};
		set->step_count = ROUTING_STEPS_MAX;
		for (int i = 0; i < ROUTING_STEPS_MAX; i++)
			set->steps[i] = (struct routing_step){
				.lasts_us = 10 * S, .ring_max = (uint8_t)i, .penalty_max = ROUTING_ANY};
		c->channels[q] = (struct lint_channel){TEXT("web"), CHANNEL_CHAT, true, queue->id};
	}
}

static void crowd_agents(struct crowd *c, uint64_t *seed)
{
	for (int a = 0; a < MANY_AGENTS; a++) {
		c->agents[a] = (struct lint_agent){.id = (usher_id)(a + 1),
						   .login = TEXT("agent"),
						   .is_agent = true,
						   .is_only_agent = true,
						   .capacity = 100,
						   .skill_count = ROUTING_SKILLS_MAX,
						   .queue_count = ROUTING_MEMBERSHIPS_MAX,
						   .skills = c->levels[a],
						   .queues = c->members[a]};
		for (int i = 0; i < ROUTING_MEMBERSHIPS_MAX; i++)
			c->members[a][i] = (struct routing_member){
				.queue = 1 + (draw(seed) + (unsigned)i) % MANY_QUEUES,
				.ring = (uint8_t)(draw(seed) % 8)};
		for (int i = 0; i < ROUTING_SKILLS_MAX; i++)
			c->levels[a][i] = (struct routing_skill){1 + draw(seed) % MANY_SKILLS,
								 (uint8_t)(draw(seed) % 6)};
	}
}

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The figure is printed, not judged: machines differ. What is judged is that it ends, within its
 * limits, and says the same twice. */
static void test_a_crowd(void **state)
{
	struct crowd *c = calloc(1, sizeof *c);
	struct bed b;
	struct lint_report r, again;
	uint64_t seed = 7;
	(void)state;
	assert_non_null(c);
	bed_make(&b);
	bed_office(&b, BILLING);
	crowd_queues(c, b.queues[BILLING].hours, &seed);
	crowd_agents(c, &seed);
	for (int i = 0; i < MANY_SKILLS; i++)
		c->skills[i] = (struct lint_skill){(uint32_t)i + 1, TEXT("skill")};
	struct lint_site site = {c->queues,   MANY_QUEUES, c->agents,	MANY_AGENTS, c->skills,
				 MANY_SKILLS, c->channels, MANY_QUEUES, {{0}},	     BED_NOW};
	for (int kind = 1; kind < CHANNEL_KINDS; kind++)
		site.weights[kind].weight = 50;
	double begin = now_ms();
	lint_run(&site, &r);
	print_message("# %d queues, %d agents, %d memberships: %.0f ms, %zu findings\n", MANY_QUEUES,
		      MANY_AGENTS, MANY_AGENTS * ROUTING_MEMBERSHIPS_MAX, now_ms() - begin, r.count);
	assert_true(r.count > 0 && r.count <= LINT_FINDINGS_MAX);
	lint_run(&site, &again);
	assert_int_equal(r.count, again.count);
	for (size_t i = 0; i < r.count; i++)
		assert_int_equal(lint_key(&r.items[i]), lint_key(&again.items[i]));
	lint_report_done(&r);
	lint_report_done(&again);
	bed_done(&b);
	free(c);
}

/* 30,000 agents without a queue: what is too much is counted. */
static void test_too_many_findings(void **state)
{
	enum { N = LINT_FINDINGS_MAX + 10 };
	struct lint_agent *agents = calloc(N, sizeof *agents);
	struct lint_report r;
	struct lint_site site = {.agents = agents, .agent_count = N, .now = BED_NOW};
	(void)state;
	assert_non_null(agents);
	for (int i = 0; i < N; i++)
		agents[i] = (struct lint_agent){.id = (usher_id)(i + 1),
						.login = TEXT("x"),
						.is_agent = true,
						.is_only_agent = true};
	for (int kind = 1; kind < CHANNEL_KINDS; kind++)
		site.weights[kind].weight = 100;
	lint_run(&site, &r);
	assert_int_equal(r.count, LINT_FINDINGS_MAX);
	assert_int_equal(r.left_out, 10);
	assert_int_equal(r.of[LINT_HINT], N);
	lint_report_done(&r);
	free(agents);
}

/* ---- languages ------------------------------------------------------------------------------- */

static void test_languages(void **state)
{
	static const struct {
		const char *wanted;
		enum lint_language is;
	} rows[] = {{"", LINT_EN},
		    {"fi", LINT_FI},
		    {"FI-fi", LINT_FI},
		    {"et-EE,et;q=0.9,en;q=0.8", LINT_ET},
		    {"de-DE,de;q=0.9,fi;q=0.5,en;q=0.7", LINT_EN},
		    {"en;q=0.5, et ;q=0.7", LINT_ET},
		    {"fi;q=0", LINT_EN},
		    {"fi;q=x,et;q=0.001", LINT_ET},
		    {"*", LINT_EN},
		    {";;,,--", LINT_EN},
		    {"finnish", LINT_EN}};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (lint_language_of(text_of(rows[i].wanted)) != rows[i].is)
			fail_msg("\"%s\" is not %s", rows[i].wanted, lint_language_name(rows[i].is));
}

/* Each sentence has the places of the English one, so that none loses its figures. */
static void test_sentences(void **state)
{
	(void)state;
	for (int code = 0; code < LINT_CODE_COUNT; code++)
		for (int part = 0; part < LINT_PARTS; part++)
			for (int language = 1; language < LINT_LANGUAGES; language++) {
				const char *en = lint_sentence((enum lint_code)code,
							       (enum lint_part)part, LINT_EN);
				const char *other =
					lint_sentence((enum lint_code)code, (enum lint_part)part,
						      (enum lint_language)language);
				assert_non_null(en);
				assert_non_null(other);
				if (strcmp(en, other) == 0)
					fail_msg("%s: not translated: %s",
						 lint_code_name((enum lint_code)code), en);
				for (char place = '0'; place <= '4'; place++) {
					const char mark[] = {'{', place, '\0'};
					if ((strstr(en, mark) != NULL) != (strstr(other, mark) != NULL))
						fail_msg("{%c} in: %s", place, other);
				}
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_shop),
		cmocka_unit_test(test_a_service_with_an_evening),
		cmocka_unit_test(test_an_office_with_urgencies),
		cmocka_unit_test(test_nothing_at_all),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_a_crowd),
		cmocka_unit_test(test_too_many_findings),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_sentences),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
