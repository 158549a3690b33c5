/* SPDX-License-Identifier: Apache-2.0 */
/* Steps among themselves: those that never begin, tighten what was loose, or change nothing. */
#include "gateway/lint/index.h"

#define FOR_EVER (400 * USHER_DAY) /* no contact waits longer */

static const char language_prefix[] = "language:";

/* ---- steps that do not come ------------------------------------------------------------------ */

/* Says it of the first step that does not begin; the ones behind it do not either. */
static bool note_never(struct lint *l, uint32_t q, unsigned i, usher_us begin)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	enum lint_code code = LINT_STEP_NEVER;
	const char *by = "wait_max_seconds";
	usher_us limit = FOR_EVER;
	if (set->wait_max_us > 0 && set->expired == TREAT_END)
		limit = set->wait_max_us;
	else
		by = "seconds";
	bool is_overflow = set->overflow_to != 0 && set->overflow_us > 0;
	bool is_expiry = set->wait_max_us > 0 && set->expired == TREAT_OVERFLOW;
	if (begin < limit && is_overflow && begin >= set->overflow_us) {
		code = LINT_STEP_AFTER_OVERFLOW;
		by = "overflow.after_seconds";
		limit = set->overflow_us;
	} else if (begin < limit && is_expiry && begin >= set->wait_max_us) {
		code = LINT_STEP_AFTER_OVERFLOW;
		by = "wait_max_seconds";
		limit = set->wait_max_us;
	}
	if (begin < limit)
		return false;
	struct lint_finding *f = lint_note_queue(l, code, q, "/steps/%u", i);
	lint_arg(l, f, "%u", i);
	lint_arg(l, f, "%lld", (long long)(begin / USHER_SECOND));
	lint_arg(l, f, "%s", by);
	lint_arg(l, f, "%lld", (long long)(limit / USHER_SECOND));
	return true;
}

static void check_times(struct lint *l, uint32_t q)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	usher_us begin = 0;
	for (unsigned i = 0; i + 1 < set->step_count; i++) {
		if (set->steps[i].lasts_us <= 0)
			lint_arg(l, lint_note_queue(l, LINT_STEP_ZERO, q, "/steps/%u/seconds", i), "%u",
				 i);
		begin += set->steps[i].lasts_us;
		if (note_never(l, q, i + 1, begin))
			return;
	}
}

/* ---- steps compared -------------------------------------------------------------------------- */

static bool drops(const struct routing_step *s, uint32_t skill)
{
	for (unsigned i = 0; i < s->drop_count; i++)
		if (s->drops[i] == skill)
			return true;
	return false;
}

static bool drops_all_of(const struct routing_step *s, const struct routing_step *other)
{
	for (unsigned i = 0; i < other->drop_count; i++)
		if (!drops(s, other->drops[i]))
			return false;
	return true;
}

static void check_tighter(struct lint *l, uint32_t q, unsigned i)
{
	const struct routing_step *now = &l->site->queues[q].set.steps[i], *was = now - 1;
	const struct {
		const char *field;
		bool is_tighter;
	} rows[] = {{"ring_max", now->ring_max < was->ring_max},
		    {"penalty_max", now->penalty_max < was->penalty_max},
		    {"level_drop", now->level_drop < was->level_drop},
		    {"priority_raise", now->priority_raise < was->priority_raise},
		    {"drop", !drops_all_of(now, was)}};
	for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
		if (!rows[k].is_tighter)
			continue;
		struct lint_finding *f =
			lint_note_queue(l, LINT_STEP_TIGHTER, q, "/steps/%u/%s", i, rows[k].field);
		lint_arg(l, f, "%u", i);
		lint_arg(l, f, "%s", rows[k].field);
	}
}

static void check_same(struct lint *l, uint32_t q, unsigned i)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	const struct routing_step *now = &set->steps[i], *was = now - 1;
	bool is_same = now->ring_max == was->ring_max && now->penalty_max == was->penalty_max &&
		       now->level_drop == was->level_drop &&
		       now->priority_raise == was->priority_raise && drops_all_of(now, was) &&
		       drops_all_of(was, now);
	for (unsigned k = 0; k < set->requirement_count; k++)
		is_same = is_same && set->requirements[k].until_step != i;
	if (is_same)
		lint_arg(l, lint_note_queue(l, LINT_STEP_SAME, q, "/steps/%u", i), "%u", i);
}

/* A contact in Finnish requires language:fi by itself. */
static bool is_asked(const struct lint *l, const struct routing_queue_set *set, uint32_t number)
{
	uint32_t skill = lint_skill_at(l, number);
	if (skill != LINT_NONE &&
	    text_starts(l->site->skills[skill].name, text_of(language_prefix)))
		return true;
	for (unsigned i = 0; i < set->requirement_count; i++)
		if (set->requirements[i].skill == number && !set->requirements[i].is_preferred)
			return true;
	return false;
}

static void check_drops(struct lint *l, uint32_t q, unsigned i)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	const struct routing_step *s = &set->steps[i];
	for (unsigned k = 0; k < s->drop_count; k++) {
		uint32_t skill = lint_skill_at(l, s->drops[k]);
		if (is_asked(l, set, s->drops[k]) || (i > 0 && drops(s - 1, s->drops[k])))
			continue;
		struct lint_finding *f =
			lint_note_queue(l, LINT_DROP_UNASKED, q, "/steps/%u/drop/%u", i, k);
		lint_arg(l, f, "%u", i);
		lint_arg(l, f, "%.*s",
			 TEXT_ARG(skill != LINT_NONE ? l->site->skills[skill].name : TEXT("?")));
	}
}

static bool is_equal_rank(const struct routing_queue_set *set, int p, int raised)
{
	const struct routing_rank *a = &set->ranks[p], *b = &set->ranks[raised];
	if (!set->has_ranks)
		return p == raised;
	return a->tier == b->tier && a->growth == b->growth && a->ahead_us == b->ahead_us;
}

static void check_raise(struct lint *l, uint32_t q, unsigned i)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	int p = set->priority < CONTACT_PRIORITIES ? set->priority : CONTACT_PRIORITIES - 1;
	int raised = p > set->steps[i].priority_raise ? p - set->steps[i].priority_raise : 0;
	if (set->steps[i].priority_raise == 0 || !is_equal_rank(set, p, raised))
		return;
	struct lint_finding *f =
		lint_note_queue(l, LINT_RAISE_IDLE, q, "/steps/%u/priority_raise", i);
	lint_arg(l, f, "%u", i);
	lint_arg(l, f, "%d", p);
}

static void check_until(struct lint *l, uint32_t q)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	for (unsigned i = 0; i < set->requirement_count; i++) {
		const struct routing_requirement *need = &set->requirements[i];
		if (need->is_preferred || need->until_step < lint_step_count(set))
			continue;
		struct lint_finding *f =
			lint_note_queue(l, LINT_UNTIL_STEP, q, "/requirements/%u/until_step", i);
		lint_arg(l, f, "%u", need->until_step);
		lint_arg(l, f, "%u", lint_step_count(set) - 1);
	}
}

void lint_check_steps(struct lint *l)
{
	for (uint32_t q = 0; q < l->site->queue_count; q++) {
		unsigned steps = l->site->queues[q].set.step_count;
		check_times(l, q);
		for (unsigned i = 0; i < steps; i++) {
			if (i > 0) {
				check_tighter(l, q, i);
				check_same(l, q, i);
			}
			check_drops(l, q, i);
			check_raise(l, q, i);
		}
		check_until(l, q);
	}
}
