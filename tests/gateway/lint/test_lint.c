/* SPDX-License-Identifier: Apache-2.0 */
/* Each finding: a site in which it is planted, and the same site without it. */
#include "tests/tap.h"

#include "tests/gateway/lint/bed.h"

#include <stdio.h>

#define S USHER_SECOND

struct plant {
	enum lint_code code;
	const char *name, *pointer;
	void (*prepare)(struct bed *b); /* may be NULL: a site as good as the first one */
	void (*plant)(struct bed *b);
};

static struct routing_queue_set *set_of(struct bed *b, int q)
{
	return &b->queues[q].set;
}

/* ---- who serves a queue ---------------------------------------------------------------------- */

static void no_members(struct bed *b)
{
	bed_leave(b, DORA, NIGHT);
}

static void former_members(struct bed *b)
{
	bed_join(b, ANNA, SUPPORT + 3);
	b->site.queue_count = 4;
	bed_leave(b, ANNA, SUPPORT + 3);
	bed_leave(b, DORA, NIGHT);
	bed_leave(b, DORA, SUPPORT);
	b->site.queue_count = 3;
	bed_join(b, DORA, NIGHT);
	b->agents[DORA].is_agent = false;
}

static void no_skilled(struct bed *b)
{
	set_of(b, BILLING)->requirements[0].level = 5;
}

static void two_steps(struct bed *b)
{
	bed_step(b, BILLING, 30 * S)->ring_max = 0;
	bed_step(b, BILLING, 0);
	bed_seat(b, BEN, BILLING)->ring = 1;
}

static void last_step(struct bed *b)
{
	bed_seat(b, ANNA, BILLING)->ring = 2;
	bed_seat(b, BEN, BILLING)->ring = 3;
	set_of(b, BILLING)->steps[1].ring_max = 1;
}

static void front_queue(struct bed *b)
{
	bed_leave(b, DORA, NIGHT);
	bed_overflow(b, NIGHT, SUPPORT, 1 * S);
	bed_office(b, SUPPORT);
	bed_office(b, NIGHT);
}

static void uncovered(struct bed *b)
{
	b->queues[NIGHT].hours = NULL;
}

static void step_nobody(struct bed *b)
{
	bed_seat(b, ANNA, BILLING)->ring = 1;
}

static void ring_idle(struct bed *b)
{
	set_of(b, BILLING)->steps[0].ring_max = 1;
	bed_seat(b, BEN, BILLING)->ring = 0;
}

static void two_penalties(struct bed *b)
{
	bed_step(b, BILLING, 30 * S)->penalty_max = 0;
	bed_step(b, BILLING, 0);
	bed_seat(b, BEN, BILLING)->penalty = 10;
}

static void penalty_idle(struct bed *b)
{
	set_of(b, BILLING)->steps[0].penalty_max = 50;
}

static void prefers_fi(struct bed *b)
{
	bed_require(b, BILLING, FI, 1);
	set_of(b, BILLING)->requirements[1].is_preferred = true;
}

static void prefers_rare(struct bed *b)
{
	b->site.skill_count = 4;
	set_of(b, BILLING)->requirements[1].skill = RARE;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void step_zero(struct bed *b)
{
	set_of(b, BILLING)->steps[0].lasts_us = 0;
}

static void ends_later(struct bed *b)
{
	two_steps(b);
	set_of(b, BILLING)->wait_max_us = 60 * S;
	set_of(b, BILLING)->expired = TREAT_END;
}

static void ends_before(struct bed *b)
{
	set_of(b, BILLING)->wait_max_us = 30 * S;
}

static void overflows_later(struct bed *b)
{
	two_steps(b);
	bed_overflow(b, BILLING, SUPPORT, 60 * S);
}

static void overflows_before(struct bed *b)
{
	set_of(b, BILLING)->overflow_us = 20 * S;
}

static void step_tighter(struct bed *b)
{
	struct routing_queue_set *set = set_of(b, BILLING);
	struct routing_step wide = set->steps[1];
	wide.lasts_us = 30 * S;
	set->steps[1] = set->steps[0];
	set->steps[0] = wide;
	bed_seat(b, BEN, BILLING)->ring = 1;
}

static void step_same(struct bed *b)
{
	struct routing_queue_set *set = set_of(b, BILLING);
	bed_step(b, BILLING, 0);
	set->steps[1].lasts_us = 10 * S;
}

static void until_second(struct bed *b)
{
	two_steps(b);
	set_of(b, BILLING)->requirements[0].until_step = 1;
}

static void until_none(struct bed *b)
{
	set_of(b, BILLING)->requirements[0].until_step = 2;
}

static void drops_money(struct bed *b)
{
	two_steps(b);
	set_of(b, BILLING)->steps[1].drops[set_of(b, BILLING)->steps[1].drop_count++] = MONEY;
}

static void drops_fi(struct bed *b)
{
	set_of(b, BILLING)->steps[1].drops[set_of(b, BILLING)->steps[1].drop_count++] = FI;
}

static void raises(struct bed *b)
{
	two_steps(b);
	set_of(b, BILLING)->steps[1].priority_raise = 2;
}

static void raises_nothing(struct bed *b)
{
	for (int q = 0; q < 3; q++)
		set_of(b, q)->priority = 0;
}

/* ---- which contact comes first --------------------------------------------------------------- */

static void age(struct bed *b, int q, enum routing_ageing mode, uint8_t tier)
{
	struct routing_queue_set *set = set_of(b, q);
	b->queues[q].ageing = mode;
	set->has_ranks = true;
	for (int p = 0; p < CONTACT_PRIORITIES; p++) {
		set->ranks[p] = (struct routing_rank){.tier = tier, .growth = 1};
		if (mode == AGEING_OFFSET)
			set->ranks[p].ahead_us = (9 - p) * 60 * S;
		else if (mode == AGEING_DEADLINE)
			set->ranks[p].ahead_us = -(p + 1) * 60 * S;
	}
}

static void one_ageing(struct bed *b)
{
	for (int q = 0; q < 3; q++)
		age(b, q, AGEING_OFFSET, 0);
	set_of(b, SUPPORT)->priority = 7;
	set_of(b, BILLING)->priority = 3;
}

static void one_priority(struct bed *b)
{
	set_of(b, SUPPORT)->priority = 5;
	set_of(b, BILLING)->priority = 5;
}

static void urgent(struct bed *b)
{
	set_of(b, SUPPORT)->priority = 3; /* cleo and dora do not serve billing */
	set_of(b, NIGHT)->priority = 3;
	bed_leave(b, ANNA, SUPPORT);
}

static void starving(struct bed *b)
{
	bed_join(b, ANNA, SUPPORT);
}

static void mixed(struct bed *b)
{
	age(b, BILLING, AGEING_DEADLINE, 0);
}

/* ---- overflow -------------------------------------------------------------------------------- */

static void overflows(struct bed *b)
{
	bed_overflow(b, BILLING, SUPPORT, 60 * S);
}

static void to_itself(struct bed *b)
{
	bed_overflow(b, BILLING, BILLING, 60 * S);
}

static void to_removed(struct bed *b)
{
	set_of(b, BILLING)->overflow_to = 999;
}

static void overflows_by_length(struct bed *b)
{
	bed_overflow(b, BILLING, SUPPORT, 0);
	set_of(b, BILLING)->overflow_length = 10;
}

static void ring_by_length(struct bed *b)
{
	bed_overflow(b, SUPPORT, BILLING, 30 * S);
}

static void ring_by_wait(struct bed *b)
{
	bed_overflow(b, SUPPORT, BILLING, 30 * S);
	bed_overflow(b, BILLING, NIGHT, 60 * S);
	bed_overflow(b, NIGHT, SUPPORT, 90 * S);
}

static void no_trigger(struct bed *b)
{
	set_of(b, BILLING)->overflow_us = 0;
}

static void overflows_to_night(struct bed *b)
{
	bed_overflow(b, BILLING, NIGHT, 60 * S);
}

static void closes_to_night(struct bed *b)
{
	bed_office(b, BILLING);
	bed_overflow(b, BILLING, NIGHT, 0);
	set_of(b, BILLING)->closed = TREAT_OVERFLOW;
	b->queues[NIGHT].hours = bed_hours(
		b, "{\"week\":{\"mon\":[[\"16:00\",\"22:00\"]],\"tue\":[[\"16:00\",\"22:00\"]]}}");
}

static void night_is_day(struct bed *b)
{
	b->queues[NIGHT].hours = bed_hours(b, "{\"week\":{\"mon\":[[\"09:00\",\"15:00\"]]}}");
}

static void night_begins_late(struct bed *b)
{
	b->queues[NIGHT].hours = bed_hours(
		b, "{\"week\":{\"mon\":[[\"17:00\",\"22:00\"]],\"tue\":[[\"16:00\",\"22:00\"]]}}");
}

static void night_is_small(struct bed *b)
{
	bed_overflow(b, BILLING, NIGHT, 0);
	set_of(b, BILLING)->overflow_length = 20;
	set_of(b, NIGHT)->length_max = 20;
}

static void night_is_tiny(struct bed *b)
{
	set_of(b, NIGHT)->length_max = 3;
}

static void full_at_thirty(struct bed *b)
{
	overflows_by_length(b);
	set_of(b, BILLING)->length_max = 30;
}

static void full_at_five(struct bed *b)
{
	set_of(b, BILLING)->length_max = 5;
}

static void expires_later(struct bed *b)
{
	overflows(b);
	set_of(b, BILLING)->wait_max_us = 600 * S;
	set_of(b, BILLING)->expired = TREAT_END;
}

static void expires_before(struct bed *b)
{
	set_of(b, BILLING)->wait_max_us = 60 * S;
}

static void full_overflows(struct bed *b)
{
	full_at_thirty(b);
	set_of(b, BILLING)->full = TREAT_OVERFLOW;
}

static void never_full(struct bed *b)
{
	set_of(b, BILLING)->length_max = 0;
}

static void never_expires(struct bed *b)
{
	set_of(b, BILLING)->wait_max_us = 0;
}

/* ---- hours ----------------------------------------------------------------------------------- */

static void office(struct bed *b)
{
	bed_office(b, BILLING);
}

static void never_open(struct bed *b)
{
	b->queues[BILLING].hours = bed_hours(
		b, "{\"week\":{},\"exceptions\":[{\"date\":\"2020-01-02\",\"open\":\"always\"}]}");
}

static void open_a_minute(struct bed *b)
{
	b->queues[BILLING].hours = bed_hours(
		b, "{\"week\":{\"mon\":[[\"08:00\",\"16:00\"]],\"tue\":[[\"12:00\",\"12:01\"]],"
		   "\"wed\":[[\"22:00\",\"24:00\"]],\"thu\":[[\"00:00\",\"06:00\"]],\"fri\":\"always\"}}");
	set_of(b, BILLING)->offer_us = 90 * S;
}

static void coming_holiday(struct bed *b)
{
	office(b);
	b->queues[BILLING].exceptions_end = 20781; /* 2026-11-24 */
}

static void past_holiday(struct bed *b)
{
	b->queues[BILLING].exceptions_end = 20780;
}

static void no_wednesday(struct bed *b)
{
	b->queues[BILLING].hours = bed_hours(
		b, "{\"week\":{\"mon\":[[\"08:00\",\"16:00\"]],\"tue\":[[\"08:00\",\"16:00\"]],"
		   "\"thu\":[[\"08:00\",\"16:00\"]],\"fri\":[[\"08:00\",\"16:00\"]]}}");
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void reserve(struct bed *b)
{
	set_of(b, BILLING)->reserve = 1;
}

static void reserve_all(struct bed *b)
{
	set_of(b, BILLING)->reserve = 2;
}

static void parallel(struct bed *b)
{
	set_of(b, BILLING)->parallel = 2;
}

static void parallel_more(struct bed *b)
{
	set_of(b, BILLING)->parallel = 3;
}

static void automatic(struct bed *b)
{
	set_of(b, BILLING)->is_automatic = true;
	set_of(b, BILLING)->first_reply_us = 60 * S;
}

static void automatic_short(struct bed *b)
{
	set_of(b, BILLING)->first_reply_us = 15 * S;
}

static void too_soon(struct bed *b)
{
	set_of(b, BILLING)->first_reply_us = 5 * S;
}

static void replies(struct bed *b)
{
	set_of(b, SUPPORT)->first_reply_us = 3600 * S;
	set_of(b, SUPPORT)->reply_us = 7200 * S;
	set_of(b, SUPPORT)->silence_us = 600 * S;
}

static void chat_replies(struct bed *b)
{
	set_of(b, SUPPORT)->reply_us = 90 * S;
}

static void short_silence(struct bed *b)
{
	set_of(b, SUPPORT)->silence_us = 20 * S;
}

static void short_line(struct bed *b)
{
	set_of(b, BILLING)->length_max = 1;
}

static void line_of_two(struct bed *b)
{
	set_of(b, BILLING)->length_max = 2;
}

static void waits_a_minute(struct bed *b)
{
	set_of(b, BILLING)->wait_max_us = 60 * S;
	set_of(b, BILLING)->expired = TREAT_END;
}

static void waits_too_little(struct bed *b)
{
	set_of(b, BILLING)->wait_max_us = 10 * S;
}

static void support_office(struct bed *b)
{
	bed_office(b, SUPPORT);
}

static void support_ends(struct bed *b)
{
	set_of(b, SUPPORT)->closed = TREAT_END;
}

static void top_down(struct bed *b)
{
	set_of(b, BILLING)->order = ORDER_TOP_DOWN;
	bed_seat(b, BEN, BILLING)->position = 1;
}

static void ties(struct bed *b)
{
	bed_seat(b, ANNA, BILLING)->position = 1;
}

static void drawn(struct bed *b)
{
	set_of(b, BILLING)->order = ORDER_WEIGHTED_RANDOM;
	bed_seat(b, BEN, BILLING)->weight = 3;
}

static void drawn_equal(struct bed *b)
{
	bed_seat(b, BEN, BILLING)->weight = 1;
}

static void few_calls(struct bed *b)
{
	b->queues[BILLING].calls_per_hour = 5;
	b->queues[BILLING].handle_s = 180;
}

static void many_calls(struct bed *b)
{
	b->queues[BILLING].calls_per_hour = 200;
}

/* ---- channels, people, skills ---------------------------------------------------------------- */

static void channel_lost(struct bed *b)
{
	b->channels[PHONE].queue = 999;
}

static void heavy(struct bed *b)
{
	b->site.weights[CHANNEL_TELEPHONY].weight = 101;
}

static void weightless(struct bed *b)
{
	b->site.weights[CHANNEL_CHAT].weight = 0;
	b->site.weights[CHANNEL_CHAT].count_max = 3;
}

static void unlimited(struct bed *b)
{
	b->site.weights[CHANNEL_CHAT].count_max = 0;
}

static void five_chats(struct bed *b)
{
	b->site.weights[CHANNEL_CHAT].count_max = 5;
}

static void six_chats(struct bed *b)
{
	b->site.weights[CHANNEL_CHAT].count_max = 6;
}

static void exclusive_chat(struct bed *b)
{
	b->site.weights[CHANNEL_CHAT].is_exclusive = true;
}

static void exclusive_mail(struct bed *b)
{
	b->site.weights[CHANNEL_EMAIL].is_exclusive = true;
}

static void chat_over_mail(struct bed *b)
{
	b->site.weights[CHANNEL_CHAT].interrupts = 1 << CHANNEL_EMAIL;
}

static void mail_over_chat(struct bed *b)
{
	b->site.weights[CHANNEL_EMAIL].interrupts = 1 << CHANNEL_CHAT;
}

static void no_queue(struct bed *b)
{
	bed_leave(b, CLEO, SUPPORT);
}

static void too_small(struct bed *b)
{
	b->agents[CLEO].capacity = 19;
}

static void nothing(struct bed *b)
{
	bed_leave(b, CLEO, SUPPORT);
	bed_join(b, CLEO, BILLING);
}

static void unreached(struct bed *b)
{
	set_of(b, BILLING)->steps[1].ring_max = 1;
	bed_join(b, CLEO, BILLING)->ring = 2;
}

static void unused_skill(struct bed *b)
{
	b->site.skill_count = 4;
}

static void nobody_speaks(struct bed *b)
{
	b->agents[CLEO].skill_count = 0;
}

static const struct plant plants[] = {
	{LINT_QUEUE_NO_MEMBERS, "night", "", NULL, no_members},
	{LINT_QUEUE_FORMER_MEMBERS, "night", "", NULL, former_members},
	{LINT_QUEUE_NO_SKILLED, "billing", "/requirements", NULL, no_skilled},
	{LINT_QUEUE_LAST_STEP, "billing", "/steps/1", two_steps, last_step},
	{LINT_QUEUE_UNCOVERED, "night", "/overflow/to", front_queue, uncovered},
	{LINT_STEP_NOBODY, "billing", "/steps/0", two_steps, step_nobody},
	{LINT_RING_IDLE, "billing", "/steps/0/ring_max", two_steps, ring_idle},
	{LINT_PENALTY_IDLE, "billing", "/steps/0/penalty_max", two_penalties, penalty_idle},
	{LINT_PREFERRED_NOBODY, "billing", "/requirements/1", prefers_fi, prefers_rare},
	{LINT_STEP_ZERO, "billing", "/steps/0/seconds", two_steps, step_zero},
	{LINT_STEP_NEVER, "billing", "/steps/1", ends_later, ends_before},
	{LINT_STEP_AFTER_OVERFLOW, "billing", "/steps/1", overflows_later, overflows_before},
	{LINT_STEP_TIGHTER, "billing", "/steps/1/ring_max", two_steps, step_tighter},
	{LINT_STEP_SAME, "billing", "/steps/2", two_steps, step_same},
	{LINT_UNTIL_STEP, "billing", "/requirements/0/until_step", until_second, until_none},
	{LINT_DROP_UNASKED, "billing", "/steps/1/drop/1", drops_money, drops_fi},
	{LINT_RAISE_IDLE, "billing", "/steps/1/priority_raise", raises, raises_nothing},
	{LINT_PRIORITY_UNUSED, "support", "/ageing", one_ageing, one_priority},
	{LINT_TIER_STARVES, "billing", "/ageing", urgent, starving},
	{LINT_TIER_MIXED, "billing", "/ageing", one_ageing, mixed},
	{LINT_OVERFLOW_SELF, "billing", "/overflow/to", overflows, to_itself},
	{LINT_OVERFLOW_REMOVED, "billing", "/overflow/to", overflows, to_removed},
	{LINT_OVERFLOW_RING, "support", "/overflow/to", overflows_by_length, ring_by_length},
	{LINT_OVERFLOW_RING_WAIT, "support", "/overflow/to", overflows, ring_by_wait},
	{LINT_OVERFLOW_IDLE, "billing", "/overflow", overflows, no_trigger},
	{LINT_OVERFLOW_UNSERVED, "billing", "/overflow/to", overflows_to_night, no_members},
	{LINT_OVERFLOW_CLOSED_TOO, "billing", "/overflow/to", closes_to_night, night_is_day},
	{LINT_OVERFLOW_HOLE, "billing", "/hours", closes_to_night, night_begins_late},
	{LINT_OVERFLOW_SMALL, "billing", "/overflow/to", night_is_small, night_is_tiny},
	{LINT_OVERFLOW_LENGTH_LATE, "billing", "/overflow/length", full_at_thirty, full_at_five},
	{LINT_OVERFLOW_LATE, "billing", "/overflow/after_seconds", expires_later, expires_before},
	{LINT_FULL_IDLE, "billing", "/full", full_overflows, never_full},
	{LINT_EXPIRED_IDLE, "billing", "/expired", expires_later, never_expires},
	{LINT_HOURS_NEVER, "billing", "/hours", office, never_open},
	{LINT_HOURS_SHORT, "billing", "/hours", office, open_a_minute},
	{LINT_HOURS_PAST, "billing", "/hours/exceptions", coming_holiday, past_holiday},
	{LINT_WEEKDAY_MISSING, "phone", "/queue", office, no_wednesday},
	{LINT_RESERVE_MEMBERS, "billing", "/reserve", reserve, reserve_all},
	{LINT_PARALLEL_MEMBERS, "billing", "/parallel", parallel, parallel_more},
	{LINT_AUTOMATIC_PARALLEL, "billing", "/parallel", automatic, parallel},
	{LINT_AUTOMATIC_LEASE, "billing", "/first_reply_seconds", automatic, automatic_short},
	{LINT_FIRST_REPLY_SHORT, "billing", "/first_reply_seconds", automatic, too_soon},
	{LINT_REPLY_SHORT_MAIL, "support", "/reply_seconds", replies, chat_replies},
	{LINT_SILENCE_SHORT, "support", "/silence_seconds", replies, short_silence},
	{LINT_LENGTH_MEMBERS, "billing", "/length_max", line_of_two, short_line},
	{LINT_WAIT_OFFER, "billing", "/wait_max_seconds", waits_a_minute, waits_too_little},
	{LINT_MAIL_REFUSED, "support", "/closed", support_office, support_ends},
	{LINT_POSITION_TIES, "billing", "/order", top_down, ties},
	{LINT_DRAW_EQUAL, "billing", "/order", drawn, drawn_equal},
	{LINT_SERVICE_TARGET, "billing", "/target_percent", few_calls, many_calls},
	{LINT_CHANNEL_QUEUE_REMOVED, "phone", "/queue", NULL, channel_lost},
	{LINT_WEIGHT_TOO_HEAVY, "telephony", "/weight", NULL, heavy},
	{LINT_WEIGHT_ZERO, "chat", "/weight", weightless, unlimited},
	{LINT_COUNT_IDLE, "chat", "/max", five_chats, six_chats},
	{LINT_EXCLUSIVE_BLOCKS, "email", "/exclusive", exclusive_chat, exclusive_mail},
	{LINT_INTERRUPTS_RING, "email", "/interrupts", chat_over_mail, mail_over_chat},
	{LINT_AGENT_NO_QUEUE, "cleo", "/queues", NULL, no_queue},
	{LINT_AGENT_CAPACITY, "cleo", "/capacity", NULL, too_small},
	{LINT_AGENT_NOTHING, "cleo", "/skills", NULL, nothing},
	{LINT_MEMBER_UNREACHED, "cleo", "/memberships/1", two_steps, unreached},
	{LINT_SKILL_UNUSED, "rare", "/name", NULL, unused_skill},
	{LINT_LANGUAGE_NOBODY, "language:et", "/name", NULL, nobody_speaks},
};
#define PLANTS (sizeof plants / sizeof plants[0])

/* ---- the tests ------------------------------------------------------------------------------- */

/* One by one they are told, and all together they fail. */
static unsigned faults;

static void fault(const char *of, const char *why)
{
	print_error("%s: %s\n", of, why);
	faults++;
}

static void expect_clean(const struct bed *b, const char *of)
{
	struct lint_report r;
	struct usher_buf text = {0};
	lint_run(&b->site, &r);
	for (size_t i = 0; i < r.count; i++) {
		buf_adds(&text, i == 0 ? "not clean: " : "; ");
		lint_say(&r.items[i], LINT_WHAT, LINT_EN, &text);
	}
	if (r.count > 0)
		fault(of, text.p);
	lint_report_done(&r);
	buf_done(&text);
}

static void expect_sentences(const struct lint_finding *found)
{
	for (int language = 0; language < LINT_LANGUAGES; language++)
		for (int part = 0; part < LINT_PARTS; part++) {
			struct usher_buf text = {0};
			lint_say(found, (enum lint_part)part, (enum lint_language)language, &text);
			if (text.n < 10 || strchr(text.p, '{') != NULL || strchr(text.p, '?') != NULL)
				fault(lint_code_name(found->code), text.p);
			buf_done(&text);
		}
}

static void expect_found(const struct bed *b, const struct plant *p)
{
	struct lint_report r;
	const struct lint_finding *found = NULL;
	lint_run(&b->site, &r);
	for (size_t i = 0; i < r.count && found == NULL; i++)
		if (r.items[i].code == p->code)
			found = &r.items[i];
	if (found == NULL) {
		fault(lint_code_name(p->code), "is not found");
	} else {
		if (!text_equal(found->args[0], text_of(p->name)))
			fault(lint_code_name(p->code), found->args[0].p);
		if (strcmp(found->pointer, p->pointer) != 0)
			fault(lint_code_name(p->code), found->pointer);
		expect_sentences(found);
	}
	lint_report_done(&r);
}

static void test_each_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < PLANTS; i++) {
		struct bed b;
		bed_make(&b);
		if (plants[i].prepare != NULL)
			plants[i].prepare(&b);
		expect_clean(&b, lint_code_name(plants[i].code));
		plants[i].plant(&b);
		expect_found(&b, &plants[i]);
		bed_done(&b);
	}
	assert_int_equal(faults, 0);
}

static void test_every_code_is_planted(void **state)
{
	(void)state;
	for (int code = 0; code < LINT_CODE_COUNT; code++) {
		bool is_planted = false;
		for (size_t i = 0; i < PLANTS; i++)
			is_planted = is_planted || (int)plants[i].code == code;
		if (!is_planted)
			fail_msg("%s has no test", lint_code_name((enum lint_code)code));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_code),
		cmocka_unit_test(test_every_code_is_planted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
