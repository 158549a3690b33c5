/* SPDX-License-Identifier: Apache-2.0 */
/* What a contact asks for: its own requirements and those of its queue, in the step it has reached.
 */
#include "routing/core/parts.h"

int core_requirements_read(const struct routing_requirement *items, unsigned count,
			   struct routing_requirement *ret)
{
	if (count > ROUTING_REQUIREMENTS_MAX)
		return E_INVALID;
	for (unsigned i = 0; i < count; i++) {
		struct routing_requirement need = items[i];
		if (need.skill == 0 || need.level > SKILL_LEVEL_MAX ||
		    need.until_step >= ROUTING_STEPS_MAX)
			return E_INVALID;
		unsigned at = i;
		for (; at > 0 && ret[at - 1].skill >= need.skill; at--) {
			if (ret[at - 1].skill == need.skill)
				return E_INVALID;
			ret[at] = ret[at - 1];
		}
		ret[at] = need;
	}
	return 0;
}

/* In this step; level 0: nothing is asked. */
static struct need in_step(const struct routing_requirement *item, unsigned step,
			   const struct routing_step *limits)
{
	struct need need = {.skill = item->skill,
			    .level = item->level,
			    .is_preferred = item->is_preferred ||
					    (item->until_step > 0 && step >= item->until_step)};
	for (unsigned i = 0; limits != NULL && i < limits->drop_count; i++)
		need.is_preferred = need.is_preferred || limits->drops[i] == item->skill;
	if (limits == NULL || need.is_preferred)
		return need;
	if (need.level <= limits->level_drop)
		need.is_preferred = true;
	else
		need.level = (uint8_t)(need.level - limits->level_drop);
	return need;
}

static bool is_stronger(const struct need *a, const struct need *b)
{
	if (a->is_preferred != b->is_preferred)
		return b->is_preferred;
	return a->level > b->level;
}

/* By skill; of the same skill the stronger one stays. */
static unsigned add(struct need *needs, unsigned count, struct need need)
{
	unsigned at = 0;
	while (at < count && needs[at].skill < need.skill)
		at++;
	if (at < count && needs[at].skill == need.skill) {
		if (is_stronger(&need, &needs[at]))
			needs[at] = need;
		return count;
	}
	for (unsigned i = count; i > at; i--)
		needs[i] = needs[i - 1];
	needs[at] = need;
	return count + 1;
}

void core_requirements_resolve(struct routing *r, uint32_t slot)
{
	struct line *l = &r->lines[slot];
	const struct routing_queue_set *set = &r->queues[l->key.queue].set;
	const struct routing_step *step = set->step_count > 0 ? &set->steps[l->key.step] : NULL;
	struct need all[ROUTING_RESOLVED_MAX];
	unsigned count = 0;
	for (unsigned i = 0; i < set->requirement_count; i++)
		if (set->requirements[i].level > 0)
			count = add(all, count, in_step(&set->requirements[i], l->key.step, step));
	for (unsigned i = 0; i < l->key.count; i++)
		if (l->key.base[i].level > 0)
			count = add(all, count, in_step(&l->key.base[i], l->key.step, step));
	l->need_count = l->required_count = 0;
	r->line_masks[slot] = 0;
	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < count; i++) {
			if (all[i].is_preferred != (pass == 1))
				continue;
			all[i].slot = core_skill_slot(r, all[i].skill);
			l->needs[l->need_count++] = all[i];
			if (pass == 0)
				r->line_masks[slot] |= (uint64_t)1 << (all[i].skill & 63);
			l->required_count = (uint8_t)(l->required_count + (pass == 0));
		}
	l->ring_max = step != NULL ? step->ring_max : ROUTING_ANY;
	l->penalty_max = step != NULL ? step->penalty_max : ROUTING_ANY;
}
