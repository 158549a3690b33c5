/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/tap.h"

#include "tests/gateway/lint/bed.h"

static usher_id queue_id(int q)
{
	return (usher_id)(100 + q);
}

struct routing_member *bed_join(struct bed *b, int agent, int queue)
{
	struct routing_member *m = &b->members[agent][b->agents[agent].queue_count++];
	*m = (struct routing_member){.queue = queue_id(queue), .weight = 1};
	return m;
}

struct routing_member *bed_seat(struct bed *b, int agent, int queue)
{
	for (unsigned i = 0; i < b->agents[agent].queue_count; i++)
		if (b->members[agent][i].queue == queue_id(queue))
			return &b->members[agent][i];
	fail_msg("agent %d does not serve queue %d", agent, queue);
	return NULL;
}

void bed_leave(struct bed *b, int agent, int queue)
{
	struct routing_member *m = bed_seat(b, agent, queue);
	*m = b->members[agent][--b->agents[agent].queue_count];
}

void bed_skill(struct bed *b, int agent, uint32_t skill, uint8_t level)
{
	b->levels[agent][b->agents[agent].skill_count++] = (struct routing_skill){skill, level};
}

void bed_require(struct bed *b, int queue, uint32_t skill, uint8_t level)
{
	struct routing_queue_set *set = &b->queues[queue].set;
	set->requirements[set->requirement_count++] =
		(struct routing_requirement){.skill = skill, .level = level};
}

struct routing_step *bed_step(struct bed *b, int queue, usher_us lasts)
{
	struct routing_queue_set *set = &b->queues[queue].set;
	struct routing_step *s = &set->steps[set->step_count++];
	*s = (struct routing_step){
		.lasts_us = lasts, .ring_max = ROUTING_ANY, .penalty_max = ROUTING_ANY};
	return s;
}

void bed_overflow(struct bed *b, int from, int to, usher_us after)
{
	b->queues[from].set.overflow_to = queue_id(to);
	b->queues[from].set.overflow_us = after;
}

const struct hours *bed_hours(struct bed *b, const char *json)
{
	struct usher_error err = {0};
	struct hours **h = &b->hours[b->hours_count];
	if (hours_parse(h, text_of(json), "Europe/Helsinki", &err) < 0)
		fail_msg("%s", err.text);
	b->hours_count++;
	return *h;
}

void bed_office(struct bed *b, int q)
{
	b->queues[q].hours = bed_hours(b, "{\"week\":{\"mon\":[[\"08:00\",\"16:00\"]],\"tue\":[[\"08:00\",\"16:00\"]],"
					  "\"wed\":[[\"08:00\",\"16:00\"]],\"thu\":[[\"08:00\",\"16:00\"]],"
					  "\"fri\":[[\"08:00\",\"16:00\"]]}}");
}

static void make_queues(struct bed *b)
{
	static const char *const slugs[] = {"support", "billing", "night", "spare"};
	for (int q = 0; q < BED_QUEUES; q++) {
		struct routing_settings settings;
		routing_settings_init(&settings);
		b->queues[q] = (struct lint_queue){.id = queue_id(q),
						   .slug = text_of(slugs[q]),
						   .set = settings.set,
						   .target_us = 20 * USHER_SECOND,
						   .target_percent = 80};
		b->queues[q].set.queue = queue_id(q);
		b->queues[q].set.priority = CONTACT_PRIORITY_DEFAULT;
		b->queues[q].set.offer_us = 20 * USHER_SECOND;
		b->queues[q].set.missed_max = 1;
		routing_settings_done(&settings);
	}
	bed_require(b, BILLING, MONEY, 2);
}

static void make_people(struct bed *b)
{
	static const char *const logins[] = {"anna", "ben", "cleo", "dora"};
	for (int a = 0; a < BED_AGENTS; a++) {
		b->agents[a] = (struct lint_agent){.id = (usher_id)(200 + a),
						   .login = text_of(logins[a]),
						   .is_agent = true,
						   .is_only_agent = true,
						   .capacity = 100,
						   .skills = b->levels[a],
						   .queues = b->members[a]};
		bed_join(b, a, SUPPORT);
	}
	bed_join(b, ANNA, BILLING);
	bed_join(b, BEN, BILLING);
	bed_join(b, DORA, NIGHT);
	bed_skill(b, ANNA, MONEY, 4);
	bed_skill(b, BEN, MONEY, 2);
	bed_skill(b, ANNA, FI, 3);
	bed_skill(b, CLEO, ESTONIAN, 5);
}

void bed_make(struct bed *b)
{
	memset(b, 0, sizeof *b);
	make_queues(b);
	make_people(b);
	b->skills[0] = (struct lint_skill){FI, TEXT("fi")};
	b->skills[1] = (struct lint_skill){MONEY, TEXT("money")};
	b->skills[2] = (struct lint_skill){ESTONIAN, TEXT("language:et")};
	b->skills[3] = (struct lint_skill){RARE, TEXT("rare")};
	b->channels[WEB] = (struct lint_channel){TEXT("web"), CHANNEL_CHAT, true, queue_id(SUPPORT)};
	b->channels[MAIL] = (struct lint_channel){TEXT("mail"), CHANNEL_EMAIL, true, queue_id(SUPPORT)};
	b->channels[PHONE] =
		(struct lint_channel){TEXT("phone"), CHANNEL_TELEPHONY, true, queue_id(BILLING)};
	b->site = (struct lint_site){.queues = b->queues,
				     .queue_count = 3,
				     .agents = b->agents,
				     .agent_count = 4,
				     .skills = b->skills,
				     .skill_count = 3,
				     .channels = b->channels,
				     .channel_count = 3,
				     .now = BED_NOW};
	for (int kind = 1; kind < CHANNEL_KINDS; kind++)
		b->site.weights[kind] = (struct routing_channel_set){
			(enum channel_kind)kind, kind == CHANNEL_TELEPHONY ? 100 : 20, 0};
}

void bed_done(struct bed *b)
{
	for (int i = 0; i < b->hours_count; i++)
		hours_free(b->hours[i]);
}
