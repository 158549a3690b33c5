/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of bits, one per agent: who has a skill at a level, who is in a queue, who has room. */
#include "routing/core/parts.h"

#include <assert.h>

static uint64_t *skill_row(const struct routing *r, unsigned slot, unsigned level)
{
	return r->skill_rows + ((size_t)slot * CORE_LEVELS + level - 1) * r->words;
}

static uint64_t *queue_row(const struct routing *r, uint32_t q)
{
	return r->queue_rows + (size_t)q * r->words;
}

static void set_bit(uint64_t *row, uint32_t a, bool is_on)
{
	uint64_t bit = (uint64_t)1 << (a & 63);
	row[a >> 6] = is_on ? row[a >> 6] | bit : row[a >> 6] & ~bit;
}

static bool has_bit(const uint64_t *row, uint32_t a)
{
	return (row[a >> 6] >> (a & 63) & 1) != 0;
}

/* ---- skills --------------------------------------------------------------------------------- */

int core_skill_check(const struct routing *r, const uint32_t *skills, unsigned count)
{
	uint32_t unknown = 0;
	for (unsigned i = 0; i < count; i++) {
		uint64_t slot;
		unknown += !table_get(&r->slot_by_skill, skills[i], &slot);
	}
	return unknown <= r->limits.skills_max - r->skill_count ? 0 : E_LIMIT;
}

uint16_t core_skill_slot(struct routing *r, uint32_t skill)
{
	uint64_t slot;
	if (table_get(&r->slot_by_skill, skill, &slot))
		return (uint16_t)slot;
	assert(r->skill_count < r->limits.skills_max);
	slot = r->skill_count++;
	r->skill_numbers[slot] = skill;
	table_set(&r->slot_by_skill, skill, slot);
	return (uint16_t)slot;
}

void core_roster_skills(struct routing *r, uint32_t a, bool is_on)
{
	const struct agent *agent = &r->agents[a];
	const struct agent_skill *skills = r->agent_skills + (size_t)a * ROUTING_SKILLS_MAX;
	for (unsigned i = 0; i < agent->skill_count; i++)
		for (unsigned level = 1; level <= skills[i].level; level++) {
			set_bit(skill_row(r, skills[i].slot, level), a, is_on);
			uint32_t *supply =
				&r->skill_supply[(size_t)skills[i].slot * CORE_LEVELS + level - 1];
			*supply += is_on ? 1 : UINT32_MAX;
		}
}

uint8_t core_roster_level(const struct routing *r, uint32_t a, uint32_t skill)
{
	const struct agent *agent = &r->agents[a];
	const struct agent_skill *skills = r->agent_skills + (size_t)a * ROUTING_SKILLS_MAX;
	unsigned low = 0, high = agent->skill_count;
	if ((agent->skills_mask >> (skill & 63) & 1) == 0)
		return 0;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (skills[middle].skill < skill)
			low = middle + 1;
		else
			high = middle;
	}
	return low < agent->skill_count && skills[low].skill == skill ? skills[low].level : 0;
}

uint32_t core_roster_supply(const struct routing *r, const struct need *need)
{
	return r->skill_supply[(size_t)need->slot * CORE_LEVELS + need->level - 1];
}

/* ---- queues, rooms -------------------------------------------------------------------------- */

void core_roster_queue(struct routing *r, uint32_t a, uint32_t q, bool is_on)
{
	set_bit(queue_row(r, q), a, is_on);
}

bool core_roster_is_member(const struct routing *r, uint32_t a, uint32_t q)
{
	return has_bit(queue_row(r, q), a);
}

void core_roster_rooms(struct routing *r, uint32_t a, uint8_t rooms)
{
	struct agent *agent = &r->agents[a];
	unsigned changed = agent->rooms ^ rooms;
	for (; changed != 0; changed &= changed - 1) {
		unsigned k = (unsigned)__builtin_ctz(changed);
		set_bit(r->room_rows + k * r->words, a, (rooms >> k & 1) != 0);
	}
	agent->rooms = rooms;
}

void core_roster_set_free(struct routing *r, uint32_t a, bool is_free)
{
	set_bit(r->free_row, a, is_free);
}

/* Bits set, by adding up halves side by side: nothing is taken from the compiler's library. */
static uint32_t count_bits(uint64_t x)
{
	x -= x >> 1 & 0x5555555555555555;
	x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return (uint32_t)(x * 0x0101010101010101 >> 56);
}

uint32_t core_roster_free(const struct routing *r, uint32_t q)
{
	uint32_t count = 0;
	for (size_t word = 0; word < r->words; word++)
		if (r->free_row[word] != 0)
			count += count_bits(r->free_row[word] & queue_row(r, q)[word]);
	return count;
}

/* One agent of the row below: a member with room who has what the line requires. */
bool core_roster_has(const struct routing *r, const struct line *l, uint32_t a)
{
	if (!has_bit(r->room_rows + l->channel * r->words, a) ||
	    !has_bit(queue_row(r, l->queue), a))
		return false;
	for (unsigned i = 0; i < l->required_count; i++)
		if (!has_bit(skill_row(r, l->needs[i].slot, l->needs[i].level), a))
			return false;
	return true;
}

/* 64 agents at once: members with room who have what the line requires. */
uint64_t core_roster_word(const struct routing *r, const struct line *l, size_t word)
{
	uint64_t bits = r->room_rows[l->channel * r->words + word];
	if (bits != 0)
		bits &= queue_row(r, l->queue)[word];
	for (unsigned i = 0; i < l->required_count && bits != 0; i++)
		bits &= skill_row(r, l->needs[i].slot, l->needs[i].level)[word];
	return bits;
}
