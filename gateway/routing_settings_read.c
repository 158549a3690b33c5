/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/routing_settings.h"

#include "gateway/calendar/hours.h"

#include <inttypes.h>
#include <stdio.h>

#define OFFSET_SECONDS_MAX (SETTINGS_SECONDS_MAX / (CONTACT_PRIORITIES - 1))
#define GROWTH_MAX 10000

static const char *const ageing_names[ROUTING_AGEINGS] = {"strict", "offset", "deadline", "growth"};
static const char *const full_names[] = {
	[TREAT_WAIT] = NULL, [TREAT_OVERFLOW] = "overflow", [TREAT_END] = "end"};
static const char *const treatment_names[] = {
	[TREAT_WAIT] = "wait", [TREAT_OVERFLOW] = "overflow", [TREAT_END] = "end"};
static const char *const present_names[AGENT_STATES] = {
	[AGENT_READY] = "ready",
	[AGENT_NOT_READY] = "not-ready",
	[AGENT_BUSY] = "busy",
	[AGENT_WRAPUP] = "wrap-up",
	[AGENT_NOT_RESPONDING] = "not-responding",
	[AGENT_LOST] = "lost",
};

struct reading {
	struct routing_settings *s;
	const struct routing_names *names;
	struct json_place at;
};

static void read_seconds(struct json_place *at, const struct json *object, const char *member,
			 int64_t min, usher_us *ret)
{
	int64_t seconds = *ret / USHER_SECOND;
	json_read_number(at, object, member, min, SETTINGS_SECONDS_MAX, &seconds);
	*ret = seconds * USHER_SECOND;
}

static uint8_t read_byte(struct json_place *at, const struct json *object, const char *member,
			 int64_t min, int64_t max, uint8_t fallback)
{
	int64_t number = fallback;
	json_read_number(at, object, member, min, max, &number);
	return (uint8_t)number;
}

static void require(struct json_place *at, const struct json *object, const char *member)
{
	if (json_given(object, member) == NULL)
		json_fault_of(at, member, "required", "must be given");
}

/* ---- skills and requirements ----------------------------------------------------------------- */

static bool find_skill(struct json_place *at, const struct json *value,
		       const struct routing_names *names, uint32_t *ret)
{
	struct usher_text name = value != NULL ? json_as_text(value) : TEXT_NONE;
	if (names->skill(name, ret, names->arg))
		return true;
	json_fault_here(at, "reference", "there is no skill \"%.*s\"", (int)text_fit(name, 60),
			name.n > 0 ? name.p : "");
	return false;
}

static bool has_skill(const struct routing_requirement *items, unsigned count, uint32_t skill)
{
	for (unsigned i = 0; i < count; i++)
		if (items[i].skill == skill)
			return true;
	return false;
}

static void read_requirement(struct json_place *at, const struct json *object,
			     const struct routing_names *names, struct routing_requirement *ret)
{
	static const char *const members[] = {"skill", "level", "preferred", "until_step", NULL};
	json_read_only(at, object, members);
	require(at, object, "skill");
	const struct json *skill = json_given_as(at, object, "skill", JSON_KIND_TEXT);
	size_t before = json_enter(at, "skill");
	if (skill != NULL)
		(void)find_skill(at, skill, names, &ret->skill);
	json_leave(at, before);
	ret->level = read_byte(at, object, "level", 1, SKILL_LEVEL_MAX, 1);
	ret->until_step = read_byte(at, object, "until_step", 0, ROUTING_STEPS_MAX - 1, 0);
	json_read_boolean(at, object, "preferred", &ret->is_preferred);
}

static unsigned keep_requirement(struct json_place *at, const struct routing_requirement *one,
				 struct routing_requirement *ret, unsigned count)
{
	if (one->skill == 0)
		return count;
	if (has_skill(ret, count, one->skill)) {
		json_fault_here(at, "repeated", "this skill stands here twice");
		return count;
	}
	ret[count] = *one;
	return count + 1;
}

static unsigned read_levels(struct json_place *at, const struct json *object,
			    const struct routing_names *names, struct routing_requirement *ret)
{
	struct json_cursor cursor = {NULL};
	struct usher_text name;
	const struct json *level;
	unsigned count = 0;
	while (json_next(object, &cursor, &name, &level)) {
		struct routing_requirement one = {0};
		int64_t value = json_as_integer(level);
		if (!names->skill(name, &one.skill, names->arg) || value < 1 ||
		    value > SKILL_LEVEL_MAX) {
			json_fault_here(at, "reference",
					"\"%.*s\" is no skill with a level from 1 to %d",
					(int)text_fit(name, 60), name.p, SKILL_LEVEL_MAX);
			continue;
		}
		one.level = (uint8_t)value;
		count = keep_requirement(at, &one, ret, count);
	}
	return count;
}

static bool is_too_long(struct json_place *at, const struct json *list, size_t max)
{
	if (json_count(list) <= max)
		return false;
	json_fault_here(at, "length", "at most %zu, not %zu", max, json_count(list));
	return true;
}

unsigned routing_requirements_read(struct json_place *at, const struct json *value,
				   const struct routing_names *names,
				   struct routing_requirement ret[ROUTING_REQUIREMENTS_MAX])
{
	unsigned count = 0;
	bool is_object = json_kind(value) == JSON_KIND_OBJECT;
	if (!is_object && json_kind(value) != JSON_KIND_LIST) {
		json_fault_here(at, "type", "must be a list of requirements");
		return 0;
	}
	if (is_too_long(at, value, ROUTING_REQUIREMENTS_MAX))
		return 0;
	if (is_object)
		return read_levels(at, value, names, ret);
	for (size_t i = 0; i < json_count(value); i++) {
		struct routing_requirement one = {0};
		const struct json *item = json_item(value, i);
		size_t before = json_enter_item(at, i);
		if (json_kind(item) == JSON_KIND_OBJECT)
			read_requirement(at, item, names, &one);
		else
			json_fault_here(at, "type", "must be an object");
		count = keep_requirement(at, &one, ret, count);
		json_leave(at, before);
	}
	return count;
}

static void on_requirements(struct reading *r, const struct json *value)
{
	struct routing_queue_set *set = &r->s->set;
	memset(set->requirements, 0, sizeof set->requirements);
	set->requirement_count = 0;
	if (value != NULL)
		set->requirement_count = (uint8_t)routing_requirements_read(
			&r->at, value, r->names, set->requirements);
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void read_drops(struct reading *r, const struct json *object, struct routing_step *step)
{
	const struct json *list = json_given_as(&r->at, object, "drop", JSON_KIND_LIST);
	size_t before = json_enter(&r->at, "drop");
	size_t count = list == NULL || is_too_long(&r->at, list, ROUTING_DROPS_MAX)
			       ? 0
			       : json_count(list);
	for (size_t i = 0; i < count; i++) {
		size_t item = json_enter_item(&r->at, i);
		uint32_t skill = 0;
		if (find_skill(&r->at, json_item(list, i), r->names, &skill))
			step->drops[step->drop_count++] = skill;
		json_leave(&r->at, item);
	}
	json_leave(&r->at, before);
}

static void read_step(struct reading *r, const struct json *object, bool is_last,
		      struct routing_step *step)
{
	static const char *const members[] = {"seconds",    "ring_max",       "penalty_max",
					      "level_drop", "priority_raise", "drop", NULL};
	struct json_place *at = &r->at;
	*step = (struct routing_step){.ring_max = ROUTING_ANY, .penalty_max = ROUTING_ANY};
	if (json_kind(object) != JSON_KIND_OBJECT) {
		json_fault_here(at, "type", "must be an object");
		return;
	}
	json_read_only(at, object, members);
	if (!is_last)
		require(at, object, "seconds");
	read_seconds(at, object, "seconds", 1, &step->lasts_us);
	step->ring_max = read_byte(at, object, "ring_max", 0, SETTINGS_RING_MAX, ROUTING_ANY);
	step->penalty_max = read_byte(at, object, "penalty_max", 0, SETTINGS_RING_MAX, ROUTING_ANY);
	step->level_drop = read_byte(at, object, "level_drop", 0, SKILL_LEVEL_MAX, 0);
	step->priority_raise =
		read_byte(at, object, "priority_raise", 0, CONTACT_PRIORITIES - 1, 0);
	read_drops(r, object, step);
}

static void on_steps(struct reading *r, const struct json *value)
{
	struct routing_queue_set *set = &r->s->set;
	memset(set->steps, 0, sizeof set->steps);
	set->step_count = 0;
	if (value == NULL)
		return;
	if (json_kind(value) != JSON_KIND_LIST) {
		json_fault_here(&r->at, "type", "must be a list of steps");
		return;
	}
	if (is_too_long(&r->at, value, ROUTING_STEPS_MAX))
		return;
	set->step_count = (uint8_t)json_count(value);
	for (size_t i = 0; i < set->step_count; i++) {
		size_t before = json_enter_item(&r->at, i);
		read_step(r, json_item(value, i), i + 1u == set->step_count, &set->steps[i]);
		json_leave(&r->at, before);
	}
}

/* ---- ageing ---------------------------------------------------------------------------------- */

/* One number for all priorities, or one for each. */
static bool read_each(struct json_place *at, const struct json *object, const char *member,
		      int64_t min, int64_t max, int64_t ret[CONTACT_PRIORITIES])
{
	const struct json *value = json_given(object, member);
	unsigned before = at->faults->count;
	size_t count = value != NULL && json_kind(value) == JSON_KIND_LIST ? json_count(value) : 0;
	require(at, object, member);
	bool is_list = count == 1 || count == CONTACT_PRIORITIES;
	if (value != NULL && !is_list && json_kind(value) != JSON_KIND_INTEGER)
		json_fault_of(at, member, "length", "must be one number, or a list of %d",
			      CONTACT_PRIORITIES);
	size_t path = json_enter(at, member);
	for (size_t i = 0; at->faults->count == before && i < CONTACT_PRIORITIES; i++) {
		const struct json *item = is_list ? json_item(value, count == 1 ? 0 : i) : value;
		ret[i] = json_as_integer(item);
		if (json_kind(item) != JSON_KIND_INTEGER || ret[i] < min || ret[i] > max)
			json_fault_here(at, "range",
					"number %zu must be whole and from %" PRId64 " to %" PRId64,
					i + 1, min, max);
	}
	json_leave(at, path);
	return at->faults->count == before;
}

static void rank_deadlines(struct reading *r, const struct json *object)
{
	int64_t each[CONTACT_PRIORITIES];
	if (!read_each(&r->at, object, "seconds", 0, SETTINGS_SECONDS_MAX, each))
		return;
	for (int p = 0; p < CONTACT_PRIORITIES; p++)
		r->s->set.ranks[p].ahead_us = -each[p] * USHER_SECOND;
}

static void rank_growths(struct reading *r, const struct json *object)
{
	int64_t each[CONTACT_PRIORITIES];
	int different = 0;
	if (!read_each(&r->at, object, "growth", 1, GROWTH_MAX, each))
		return;
	for (int p = 0; p < CONTACT_PRIORITIES; p++) {
		int k = 0;
		while (each[k] != each[p])
			k++;
		different += k == p;
		r->s->set.ranks[p].growth = (uint16_t)each[p];
	}
	if (different > ROUTING_GROWTHS_MAX)
		json_fault_of(&r->at, "growth", "length", "at most %d different ones",
			      ROUTING_GROWTHS_MAX);
}

static void rank_offsets(struct reading *r, const struct json *object)
{
	int64_t seconds = 0;
	require(&r->at, object, "seconds_per_priority");
	json_read_number(&r->at, object, "seconds_per_priority", 0, OFFSET_SECONDS_MAX, &seconds);
	for (int p = 0; p < CONTACT_PRIORITIES; p++)
		r->s->set.ranks[p].ahead_us =
			(CONTACT_PRIORITIES - 1 - p) * seconds * USHER_SECOND;
}

static void read_ranks(struct reading *r, const struct json *object, enum routing_ageing mode)
{
	static const char *const members[ROUTING_AGEINGS][4] = {
		{"mode"},
		{"mode", "tier", "seconds_per_priority"},
		{"mode", "tier", "seconds"},
		{"mode", "tier", "growth"},
	};
	struct routing_queue_set *set = &r->s->set;
	json_read_only(&r->at, object, members[mode]);
	if (mode == AGEING_STRICT)
		return;
	uint8_t tier = read_byte(&r->at, object, "tier", 0, UINT8_MAX, 0);
	set->has_ranks = true;
	for (int p = 0; p < CONTACT_PRIORITIES; p++)
		set->ranks[p] = (struct routing_rank){.tier = tier, .growth = 1};
	if (mode == AGEING_OFFSET)
		rank_offsets(r, object);
	else if (mode == AGEING_DEADLINE)
		rank_deadlines(r, object);
	else
		rank_growths(r, object);
}

static void on_ageing(struct reading *r, const struct json *value)
{
	struct routing_queue_set *set = &r->s->set;
	int mode = AGEING_STRICT;
	unsigned before = r->at.faults->count;
	set->has_ranks = false;
	memset(set->ranks, 0, sizeof set->ranks);
	r->s->ageing = AGEING_STRICT;
	if (value == NULL)
		return;
	if (json_kind(value) != JSON_KIND_OBJECT) {
		json_fault_here(&r->at, "type", "must be an object with a mode");
		return;
	}
	require(&r->at, value, "mode");
	json_read_word(&r->at, value, "mode", ageing_names, ROUTING_AGEINGS, &mode);
	if (r->at.faults->count > before)
		return;
	r->s->ageing = (enum routing_ageing)mode;
	read_ranks(r, value, r->s->ageing);
}

/* ---- overflow -------------------------------------------------------------------------------- */

static void read_present(struct reading *r, const struct json *object)
{
	const struct json *list = json_given_as(&r->at, object, "present", JSON_KIND_LIST);
	uint8_t states = 0;
	size_t before = json_enter(&r->at, "present");
	for (size_t i = 0; list != NULL && i < json_count(list); i++) {
		struct usher_text name = json_as_text(json_item(list, i));
		int state = 1;
		while (state < AGENT_STATES && !text_equal(name, text_of(present_names[state])))
			state++;
		if (state < AGENT_STATES)
			states = (uint8_t)(states | 1u << state);
		else
			json_fault_here(&r->at, "word",
					"number %zu is no state in which somebody can be present: "
					"ready, not-ready, busy, wrap-up, not-responding, lost",
					i + 1);
	}
	if (list != NULL && json_count(list) == 0)
		json_fault_here(&r->at, "length", "at least one state counts as present");
	json_leave(&r->at, before);
	if (states != 0)
		r->s->set.present_states = states;
}

static void read_absent(struct reading *r, const struct json *overflow)
{
	static const char *const members[] = {"after_seconds", "present", NULL};
	const struct json *object = json_given_as(&r->at, overflow, "absent", JSON_KIND_OBJECT);
	if (object == NULL)
		return;
	size_t before = json_enter(&r->at, "absent");
	json_read_only(&r->at, object, members);
	r->s->set.is_overflow_absent = true;
	read_seconds(&r->at, object, "after_seconds", 0, &r->s->set.absent_us);
	read_present(r, object);
	json_leave(&r->at, before);
}

static void read_overflow_queue(struct reading *r, const struct json *object)
{
	struct routing_queue_set *set = &r->s->set;
	require(&r->at, object, "to");
	const struct json *value = json_given_as(&r->at, object, "to", JSON_KIND_TEXT);
	if (value == NULL)
		return;
	struct usher_text name = json_as_text(value);
	if (!r->names->queue(name, &set->overflow_to, r->names->arg))
		json_fault_of(&r->at, "to", "reference", "there is no queue \"%.*s\"",
			      (int)text_fit(name, 60), name.n > 0 ? name.p : "");
	else if (set->overflow_to == set->queue)
		json_fault_of(&r->at, "to", "conflict", "a queue cannot overflow to itself");
}

static void on_overflow(struct reading *r, const struct json *value)
{
	static const char *const members[] = {"to", "after_seconds", "length", "absent", NULL};
	struct routing_queue_set *set = &r->s->set;
	struct routing_settings defaults;
	int64_t length = 0;
	routing_settings_init(&defaults);
	set->overflow_to = 0;
	set->overflow_us = set->absent_us = 0;
	set->overflow_length = 0;
	set->is_overflow_absent = false;
	set->present_states = defaults.set.present_states;
	if (value == NULL)
		return;
	if (json_kind(value) != JSON_KIND_OBJECT) {
		json_fault_here(&r->at, "type", "must be an object with a queue in \"to\"");
		return;
	}
	json_read_only(&r->at, value, members);
	read_overflow_queue(r, value);
	read_seconds(&r->at, value, "after_seconds", 0, &set->overflow_us);
	json_read_number(&r->at, value, "length", 0, SETTINGS_LENGTH_MAX, &length);
	set->overflow_length = (uint32_t)length;
	read_absent(r, value);
}

/* ---- hours ----------------------------------------------------------------------------------- */

/* Its sentence begins with the pointer inside of the value. */
static void fault_of_hours(struct json_place *at, const struct usher_error *err)
{
	struct usher_text pointer = TEXT_NONE, reason = text_of(err->text);
	char member[JSON_POINTER_BYTES];
	const char *end = err->text[0] == '/' ? strstr(err->text, ": ") : NULL;
	if (end != NULL) {
		pointer = text_slice(err->text + 1, (size_t)(end - err->text) - 1);
		reason = text_of(end + 2);
	}
	snprintf(member, sizeof member, "%.*s", (int)text_fit(pointer, sizeof member - 1),
		 end != NULL ? pointer.p : "");
	if (end != NULL)
		json_fault_of(at, member, "hours", "%.*s", TEXT_ARG(reason));
	else
		json_fault_here(at, "hours", "%.*s", TEXT_ARG(reason));
}

static void on_hours(struct reading *r, const struct json *value)
{
	struct hours *hours = NULL;
	struct usher_error err = {0};
	struct json_writer w;
	buf_clear(&r->s->hours);
	if (value == NULL)
		return;
	if (r->names->is_stored) {
		json_print(value, &r->s->hours);
		return;
	}
	if (hours_read(&hours, value, r->names->site_zone, &err) < 0) {
		fault_of_hours(&r->at, &err);
		return;
	}
	json_writer_init(&w, &r->s->hours);
	if (!hours_is_always(hours))
		hours_write(hours, &w);
	hours_free(hours);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void read_plain(struct reading *r, const struct json *object)
{
	struct routing_queue_set *set = &r->s->set;
	struct json_place *at = &r->at;
	const struct {
		const char *member;
		int64_t min, max, fallback;
		uint8_t *byte;
		uint32_t *number;
		usher_us *seconds;
	} rows[] = {
		{"parallel", 1, ROUTING_PARALLEL_MAX, 1, &set->parallel, NULL, NULL},
		{"reserve", 0, UINT8_MAX, 0, &set->reserve, NULL, NULL},
		{"first_reply_seconds", 0, SETTINGS_SECONDS_MAX, 0, NULL, NULL,
		 &set->first_reply_us},
		{"reply_seconds", 0, SETTINGS_SECONDS_MAX, 0, NULL, NULL, &set->reply_us},
		{"silence_seconds", 0, SETTINGS_SECONDS_MAX, 0, NULL, NULL, &set->silence_us},
		{"length_max", 0, SETTINGS_LENGTH_MAX, 0, NULL, &set->length_max, NULL},
		{"wait_max_seconds", 0, SETTINGS_SECONDS_MAX, 0, NULL, NULL, &set->wait_max_us},
		{"rejoin_seconds", 0, SETTINGS_SECONDS_MAX, 0, NULL, NULL, &r->s->rejoin_us},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t value = rows[i].fallback;
		if (json_member(object, rows[i].member) == NULL)
			continue;
		json_read_number(at, object, rows[i].member, rows[i].min, rows[i].max, &value);
		if (rows[i].byte != NULL)
			*rows[i].byte = (uint8_t)value;
		else if (rows[i].number != NULL)
			*rows[i].number = (uint32_t)value;
		else
			*rows[i].seconds = value * USHER_SECOND;
	}
	if (json_member(object, "automatic") == NULL)
		return;
	set->is_automatic = false;
	json_read_boolean(at, object, "automatic", &set->is_automatic);
}

static void read_words(struct reading *r, const struct json *object)
{
	struct routing_queue_set *set = &r->s->set;
	const struct {
		const char *member;
		const char *const *words;
		int count, fallback;
	} rows[] = {
		{"order", routing_order_names, ROUTING_ORDERS, ORDER_LONGEST_IDLE},
		{"full", full_names, 3, TREAT_END},
		{"expired", treatment_names, 3, TREAT_WAIT},
		{"closed", treatment_names, 3, TREAT_WAIT},
	};
	int values[4] = {(int)set->order, (int)set->full, (int)set->expired, (int)set->closed};
	for (int i = 0; i < 4; i++) {
		if (json_member(object, rows[i].member) == NULL)
			continue;
		values[i] = rows[i].fallback;
		json_read_word(&r->at, object, rows[i].member, rows[i].words, rows[i].count,
			       &values[i]);
	}
	set->order = (enum routing_order)values[0];
	set->full = (enum routing_treatment)values[1];
	set->expired = (enum routing_treatment)values[2];
	set->closed = (enum routing_treatment)values[3];
}

/* Who may overflow needs a queue to go to; a mistake that nobody would notice before the day. */
static void check_overflow(struct reading *r)
{
	const struct routing_queue_set *set = &r->s->set;
	static const char why[] = "\"overflow\" needs a queue in \"overflow\": {\"to\": …}";
	if (set->overflow_to != 0 || r->at.faults->count > 0)
		return;
	if (set->full == TREAT_OVERFLOW)
		json_fault_of(&r->at, "full", "conflict", why);
	if (set->expired == TREAT_OVERFLOW)
		json_fault_of(&r->at, "expired", "conflict", why);
	if (set->closed == TREAT_OVERFLOW)
		json_fault_of(&r->at, "closed", "conflict", why);
}

void routing_settings_read(struct routing_settings *s, const struct json *object,
			   const struct routing_names *names, struct json_faults *faults)
{
	static const struct {
		const char *member;
		void (*on_value)(struct reading *r, const struct json *value);
	} parts[] = {{"ageing", on_ageing},
		     {"requirements", on_requirements},
		     {"steps", on_steps},
		     {"overflow", on_overflow},
		     {"hours", on_hours}};
	struct reading r = {.s = s, .names = names};
	json_place_init(&r.at, faults);
	read_words(&r, object);
	read_plain(&r, object);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (json_member(object, parts[i].member) == NULL)
			continue;
		size_t before = json_enter(&r.at, parts[i].member);
		parts[i].on_value(&r, json_given(object, parts[i].member));
		json_leave(&r.at, before);
	}
	check_overflow(&r);
}
