/* SPDX-License-Identifier: Apache-2.0 */
/* Hours, limits, channels, people, skills. */
#include "tests/gateway/lint/plants.h"

#define S USHER_SECOND

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

const struct plant plants_of_numbers[] = {
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
	{LINT_MEMBER_UNREACHED, "cleo", "/memberships/1", plant_two_steps, unreached},
	{LINT_SKILL_UNUSED, "rare", "/name", NULL, unused_skill},
	{LINT_LANGUAGE_NOBODY, "language:et", "/name", NULL, nobody_speaks},
	{.plant = NULL},
};
