/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/lint/index.h"

#define OVERFLOWS_MAX 8 /* of a contact in a row */

/* ---- sets ------------------------------------------------------------------------------------ */

bool lint_is_empty(const uint64_t *set, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if (set[i] != 0)
			return false;
	return true;
}

bool lint_meets(const uint64_t *a, const uint64_t *b, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if ((a[i] & b[i]) != 0)
			return true;
	return false;
}

bool lint_is_within(const uint64_t *a, const uint64_t *b, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if ((a[i] & ~b[i]) != 0)
			return false;
	return true;
}

static void set_bit(uint64_t *set, size_t i)
{
	set[i / 64] |= 1ull << (i % 64);
}

static uint32_t find(const struct table *t, uint64_t key)
{
	uint64_t value;
	return key != 0 && table_get(t, key, &value) ? (uint32_t)value - 1 : LINT_NONE;
}

uint32_t lint_queue_at(const struct lint *l, usher_id id)
{
	return find(&l->queues, id);
}

uint32_t lint_skill_at(const struct lint *l, uint32_t number)
{
	return find(&l->skills, number);
}

static void *take(struct lint *l, size_t count, size_t size)
{
	return arena_new(&l->arena, (count + 1) * size);
}

/* ---- steps ----------------------------------------------------------------------------------- */

unsigned lint_step_count(const struct routing_queue_set *set)
{
	return set->step_count > 0 ? set->step_count : 1;
}

struct routing_step lint_step(const struct routing_queue_set *set, unsigned step)
{
	if (set->step_count == 0)
		return (struct routing_step){.ring_max = ROUTING_ANY, .penalty_max = ROUTING_ANY};
	return set->steps[step];
}

int lint_level(const struct routing_queue_set *set, const struct routing_requirement *need,
	       unsigned step)
{
	struct routing_step s = lint_step(set, step);
	if (need->is_preferred || (need->until_step > 0 && step >= need->until_step) ||
	    need->level <= s.level_drop)
		return 0;
	for (unsigned i = 0; i < s.drop_count; i++)
		if (s.drops[i] == need->skill)
			return 0;
	int level = need->level - s.level_drop;
	return level > SKILL_LEVEL_MAX ? SKILL_LEVEL_MAX : level;
}

void lint_able(const struct lint *l, uint32_t q, unsigned step, bool with_skills, uint64_t *ret)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	struct routing_step s = lint_step(set, step);
	memset(ret, 0, l->words * sizeof *ret);
	for (uint32_t i = l->seat_first[q]; i < l->seat_first[q + 1]; i++)
		if (l->seats[i].member->ring <= s.ring_max &&
		    l->seats[i].member->penalty <= s.penalty_max)
			set_bit(ret, l->seats[i].agent);
	for (unsigned i = 0; with_skills && i < set->requirement_count; i++) {
		int level = lint_level(set, &set->requirements[i], step);
		uint32_t skill = lint_skill_at(l, set->requirements[i].skill);
		const uint64_t *have =
			skill == LINT_NONE || level == 0
				? NULL
				: l->holders[skill * SKILL_LEVEL_MAX + (size_t)level - 1];
		for (size_t w = 0; level > 0 && w < l->words; w++)
			ret[w] &= have != NULL ? have[w] : 0;
	}
}

bool lint_hands_on(const struct routing_queue_set *set)
{
	return set->overflow_to != 0 &&
	       (set->overflow_us > 0 || set->overflow_length > 0 || set->is_overflow_absent ||
		(set->wait_max_us > 0 && set->expired == TREAT_OVERFLOW));
}

/* ---- weeks ----------------------------------------------------------------------------------- */

static usher_us offset_of(const struct hours *h, usher_us now)
{
	const struct zone *zone = hours_zone(h);
	return zone != NULL ? zone_span_at(zone, now).offset_us : 0;
}

/* Asked for each minute of each week: no division. At most two weeks off. */
static int wrap(int minute)
{
	while (minute < 0)
		minute += LINT_WEEK_MIN;
	while (minute >= LINT_WEEK_MIN)
		minute -= LINT_WEEK_MIN;
	return minute;
}

void lint_week_make(const struct hours *h, usher_us now, struct lint_week *ret)
{
	int offset = (int)(offset_of(h, now) / USHER_MINUTE);
	memset(ret, 0, sizeof *ret);
	for (int d = 0; d < 7; d++) {
		struct hours_day day = hours_weekday(h, d);
		for (unsigned i = 0; i < day.count; i++)
			for (int m = day.intervals[i].from_min; m < day.intervals[i].to_min; m++)
				set_bit(ret->bits, (size_t)wrap(d * 1440 + m - offset));
	}
}

bool lint_week_at(const struct lint_week *w, int minute)
{
	return w == NULL || lint_has(w->bits, (size_t)wrap(minute));
}

int lint_week_local(const struct lint_queue *q, usher_us now, int minute)
{
	return wrap(minute + (int)(offset_of(q->hours, now) / USHER_MINUTE));
}

/* ---- making it ------------------------------------------------------------------------------- */

static void index_seats(struct lint *l)
{
	const struct lint_site *s = l->site;
	size_t total = 0;
	l->seat_first = take(l, s->queue_count + 1, sizeof *l->seat_first);
	l->former = take(l, s->queue_count, sizeof *l->former);
	for (size_t a = 0; a < s->agent_count; a++)
		for (unsigned i = 0; i < s->agents[a].queue_count; i++) {
			uint32_t q = lint_queue_at(l, s->agents[a].queues[i].queue);
			if (q != LINT_NONE && s->agents[a].is_agent)
				l->seat_first[q + 1]++, total++;
			else if (q != LINT_NONE)
				l->former[q]++;
		}
	for (size_t q = 0; q < s->queue_count; q++)
		l->seat_first[q + 1] += l->seat_first[q];
	l->seats = take(l, total, sizeof *l->seats);
	uint32_t *fill = take(l, s->queue_count, sizeof *fill);
	for (size_t a = 0; a < s->agent_count; a++)
		for (unsigned i = 0; s->agents[a].is_agent && i < s->agents[a].queue_count; i++) {
			uint32_t q = lint_queue_at(l, s->agents[a].queues[i].queue);
			if (q == LINT_NONE)
				continue;
			l->seats[l->seat_first[q] + fill[q]++] =
				(struct lint_seat){(uint32_t)a, &s->agents[a].queues[i]};
			set_bit(lint_set(l, l->members, q), a);
		}
}

static void index_asked(struct lint *l)
{
	for (size_t q = 0; q < l->site->queue_count; q++) {
		const struct routing_queue_set *set = &l->site->queues[q].set;
		for (unsigned i = 0; i < set->requirement_count; i++) {
			uint32_t skill = lint_skill_at(l, set->requirements[i].skill);
			if (skill == LINT_NONE || l->is_asked[skill])
				continue;
			l->is_asked[skill] = true;
			for (size_t v = 0; v < SKILL_LEVEL_MAX; v++)
				l->holders[skill * SKILL_LEVEL_MAX + v] =
					take(l, l->words, sizeof(uint64_t));
		}
	}
}

static void index_skills(struct lint *l)
{
	const struct lint_site *s = l->site;
	l->holders = take(l, s->skill_count * SKILL_LEVEL_MAX, sizeof *l->holders);
	l->is_held = take(l, s->skill_count, sizeof *l->is_held);
	l->is_asked = take(l, s->skill_count, sizeof *l->is_asked);
	index_asked(l);
	for (size_t a = 0; a < s->agent_count; a++)
		for (unsigned i = 0; s->agents[a].is_agent && i < s->agents[a].skill_count; i++) {
			const struct routing_skill *have = &s->agents[a].skills[i];
			uint32_t skill = lint_skill_at(l, have->skill);
			if (skill == LINT_NONE || have->level == 0)
				continue;
			l->is_held[skill] = true;
			for (size_t v = 0; l->is_asked[skill] && v < have->level; v++)
				if (v < SKILL_LEVEL_MAX)
					set_bit(l->holders[skill * SKILL_LEVEL_MAX + v], a);
		}
}

/* A contact that overflowed comes by the channel that it first came by. */
static void index_kinds(struct lint *l)
{
	const struct lint_site *s = l->site;
	l->kinds = take(l, s->queue_count, 1);
	l->kinds_in = take(l, s->queue_count, 1);
	for (size_t i = 0; i < s->channel_count; i++) {
		uint32_t q = lint_queue_at(l, s->channels[i].queue);
		if (q == LINT_NONE || !s->channels[i].is_enabled)
			continue;
		l->kinds[q] = (uint8_t)(l->kinds[q] | 1u << s->channels[i].kind);
		for (int hop = 0; q != LINT_NONE && hop <= OVERFLOWS_MAX; hop++, q = l->next[q])
			l->kinds_in[q] = (uint8_t)(l->kinds_in[q] | 1u << s->channels[i].kind);
	}
}

static void index_queues(struct lint *l)
{
	const struct lint_site *s = l->site;
	l->next = take(l, s->queue_count, sizeof *l->next);
	l->weeks = take(l, s->queue_count, sizeof *l->weeks);
	for (size_t q = 0; q < s->queue_count; q++) {
		l->next[q] = lint_queue_at(l, s->queues[q].set.overflow_to);
		if (s->queues[q].hours == NULL)
			continue;
		l->weeks[q] = ARENA_NEW(&l->arena, struct lint_week);
		lint_week_make(s->queues[q].hours, s->now, l->weeks[q]);
	}
}

static void index_able(struct lint *l)
{
	uint64_t *able = take(l, l->words, sizeof *able);
	l->empty_steps = take(l, l->site->queue_count, 1);
	for (uint32_t q = 0; q < l->site->queue_count; q++) {
		unsigned steps = lint_step_count(&l->site->queues[q].set);
		uint64_t *reached = lint_set(l, l->reached, q);
		for (unsigned i = 0; i < steps; i++) {
			lint_able(l, q, i, true, able);
			if (lint_is_empty(able, l->words))
				l->empty_steps[q] = (uint8_t)(l->empty_steps[q] | 1u << i);
			for (size_t w = 0; w < l->words; w++)
				reached[w] |= able[w];
		}
		memcpy(lint_set(l, l->served, q), able, l->words * sizeof *able);
	}
}

void lint_index_make(struct lint *l)
{
	const struct lint_site *s = l->site;
	l->words = (s->agent_count + 63) / 64;
	table_reserve(&l->queues, s->queue_count);
	table_reserve(&l->skills, s->skill_count);
	for (size_t i = 0; i < s->queue_count; i++)
		table_set(&l->queues, s->queues[i].id, i + 1);
	for (size_t i = 0; i < s->skill_count; i++)
		table_set(&l->skills, s->skills[i].number, i + 1);
	l->members = take(l, s->queue_count * l->words, sizeof *l->members);
	l->served = take(l, s->queue_count * l->words, sizeof *l->served);
	l->reached = take(l, s->queue_count * l->words, sizeof *l->reached);
	index_seats(l);
	index_skills(l);
	index_queues(l);
	index_kinds(l);
	index_able(l);
}

void lint_index_done(struct lint *l)
{
	table_done(&l->queues);
	table_done(&l->skills);
	arena_done(&l->arena);
}
