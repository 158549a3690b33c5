/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/routing_settings.h"

const char *const routing_settings_members[] = {
	"order", "ageing", "requirements", "steps", "parallel", "automatic", "reserve",
	"first_reply_seconds", "reply_seconds", "silence_seconds", "overflow", "length_max", "full",
	"wait_max_seconds", "expired", "closed", "hours", "rejoin_seconds", NULL};

static const char *const treatment_names[] = {
	[TREAT_WAIT] = "wait", [TREAT_OVERFLOW] = "overflow", [TREAT_END] = "end"};

static void put_seconds(struct json_writer *w, const char *name, usher_us span)
{
	json_put_int(w, name, span / USHER_SECOND);
}

static void put_skill(const struct routing_names *names, uint32_t skill, struct json_writer *w)
{
	struct usher_buf name = {0};
	if (names->skill_name(skill, &name, names->arg))
		json_write_text(w, buf_text(&name));
	else
		json_write_null(w);
	buf_done(&name);
}

void routing_requirements_write(const struct routing_requirement *items, unsigned count,
				const struct routing_names *names, struct json_writer *w)
{
	json_write_list(w);
	for (unsigned i = 0; i < count; i++) {
		json_write_object(w);
		json_write_key(w, "skill");
		put_skill(names, items[i].skill, w);
		json_put_int(w, "level", items[i].level);
		json_put_bool(w, "preferred", items[i].is_preferred);
		json_put_int(w, "until_step", items[i].until_step);
		json_write_object_end(w);
	}
	json_write_list_end(w);
}

static void put_limit(struct json_writer *w, const char *name, uint8_t limit)
{
	if (limit == ROUTING_ANY)
		json_put_null(w, name);
	else
		json_put_int(w, name, limit);
}

static void put_step(const struct routing_step *step, bool is_last,
		     const struct routing_names *names, struct json_writer *w)
{
	json_write_object(w);
	if (is_last && step->lasts_us == 0)
		json_put_null(w, "seconds");
	else
		put_seconds(w, "seconds", step->lasts_us);
	put_limit(w, "ring_max", step->ring_max);
	put_limit(w, "penalty_max", step->penalty_max);
	json_put_int(w, "level_drop", step->level_drop);
	json_put_int(w, "priority_raise", step->priority_raise);
	json_put_list(w, "drop");
	for (unsigned i = 0; i < step->drop_count; i++)
		put_skill(names, step->drops[i], w);
	json_write_list_end(w);
	json_write_object_end(w);
}

static void put_deadlines(const struct routing_queue_set *set, struct json_writer *w)
{
	json_put_list(w, "seconds");
	for (int p = 0; p < CONTACT_PRIORITIES; p++)
		json_write_integer(w, -set->ranks[p].ahead_us / USHER_SECOND);
	json_write_list_end(w);
}

static void put_growths(const struct routing_queue_set *set, struct json_writer *w)
{
	json_put_list(w, "growth");
	for (int p = 0; p < CONTACT_PRIORITIES; p++)
		json_write_integer(w, set->ranks[p].growth);
	json_write_list_end(w);
}

static void put_ageing(const struct routing_settings *s, struct json_writer *w)
{
	static const char *const names[ROUTING_AGEINGS] = {"strict", "offset", "deadline",
							   "growth"};
	const struct routing_rank *ranks = s->set.ranks;
	json_put_object(w, "ageing");
	json_put_string(w, "mode", names[s->ageing]);
	if (s->ageing != AGEING_STRICT)
		json_put_int(w, "tier", ranks[0].tier);
	if (s->ageing == AGEING_OFFSET) /* the last but one is one step ahead of the last */
		put_seconds(w, "seconds_per_priority", ranks[CONTACT_PRIORITIES - 2].ahead_us);
	else if (s->ageing == AGEING_DEADLINE)
		put_deadlines(&s->set, w);
	else if (s->ageing == AGEING_GROWTH)
		put_growths(&s->set, w);
	json_write_object_end(w);
}

static void put_absent(const struct routing_queue_set *set, struct json_writer *w)
{
	if (!set->is_overflow_absent) {
		json_put_null(w, "absent");
		return;
	}
	json_put_object(w, "absent");
	put_seconds(w, "after_seconds", set->absent_us);
	json_put_list(w, "present");
	for (int state = 1; state < AGENT_STATES; state++)
		if ((set->present_states >> state & 1) != 0)
			json_write_text(w, text_of(agent_state_name((enum agent_state)state)));
	json_write_list_end(w);
	json_write_object_end(w);
}

static void put_overflow(const struct routing_queue_set *set, const struct routing_names *names,
			 struct json_writer *w)
{
	struct usher_buf name = {0};
	bool is_there = set->overflow_to != 0 &&
			names->queue_name(set->overflow_to, &name, names->arg);
	if (!is_there) {
		json_put_null(w, "overflow");
	} else {
		json_put_object(w, "overflow");
		json_put_text(w, "to", buf_text(&name));
		put_seconds(w, "after_seconds", set->overflow_us);
		json_put_int(w, "length", set->overflow_length);
		put_absent(set, w);
		json_write_object_end(w);
	}
	buf_done(&name);
}

static void put_waiting(const struct routing_settings *s, const struct routing_names *names,
			struct json_writer *w)
{
	const struct routing_queue_set *set = &s->set;
	put_overflow(set, names, w);
	json_put_int(w, "length_max", set->length_max);
	json_put_string(w, "full", treatment_names[set->full]);
	put_seconds(w, "wait_max_seconds", set->wait_max_us);
	json_put_string(w, "expired", treatment_names[set->expired]);
	json_put_string(w, "closed", treatment_names[set->closed]);
	if (s->hours.n > 0)
		json_put_raw(w, "hours", buf_text(&s->hours));
	else
		json_put_null(w, "hours");
	put_seconds(w, "rejoin_seconds", s->rejoin_us);
}

void routing_settings_write(const struct routing_settings *s, const struct routing_names *names,
			    struct json_writer *w)
{
	const struct routing_queue_set *set = &s->set;
	json_put_string(w, "order", routing_order_names[set->order]);
	put_ageing(s, w);
	json_write_key(w, "requirements");
	routing_requirements_write(set->requirements, set->requirement_count, names, w);
	json_put_list(w, "steps");
	for (unsigned i = 0; i < set->step_count; i++)
		put_step(&set->steps[i], i + 1u == set->step_count, names, w);
	json_write_list_end(w);
	json_put_int(w, "parallel", set->parallel);
	json_put_bool(w, "automatic", set->is_automatic);
	json_put_int(w, "reserve", set->reserve);
	put_seconds(w, "first_reply_seconds", set->first_reply_us);
	put_seconds(w, "reply_seconds", set->reply_us);
	put_seconds(w, "silence_seconds", set->silence_us);
	put_waiting(s, names, w);
}
