/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/lint/site.h"

#include "gateway/requirements.h"

#include <stdlib.h>

/* ---- queues ---------------------------------------------------------------------------------- */

static int32_t day_of(const struct json *exception)
{
	static const char *const members[] = {"to", "date"};
	int32_t day = 0;
	for (size_t i = 0; i < 2; i++) {
		const struct json *text = json_member(exception, members[i]);
		if (text != NULL && date_parse(json_as_text(text), &day) == 0)
			return day;
	}
	return 0;
}

/* Hours that cannot be read are those of a queue that is always open, as for the engine. */
static const struct hours *read_hours(struct lint_rows *r, struct usher_text text,
				      int32_t *ret_exceptions_end)
{
	struct hours *hours = NULL;
	struct json *document = NULL;
	if (text.n == 0 || json_parse(&document, text, HOURS_BYTES_MAX, NULL) < 0)
		return NULL;
	const struct json *exceptions = json_member(document, "exceptions");
	for (size_t i = 0; i < json_count(exceptions); i++) {
		int32_t day = day_of(json_item(exceptions, i));
		if (day > *ret_exceptions_end)
			*ret_exceptions_end = day;
	}
	int code = hours_read(&hours, document, "UTC", NULL);
	json_free(document);
	if (code < 0)
		return NULL;
	if (r->hours_count == r->hours_space) {
		r->hours_space = r->hours_space == 0 ? 16 : r->hours_space * 2;
		r->hours = memory_resize(r->hours, r->hours_space * sizeof(struct hours *));
	}
	r->hours[r->hours_count++] = hours;
	return hours_is_always(hours) ? NULL : hours;
}

static void read_queue(struct lint_rows *r, const struct queue_row *row, struct lint_queue *ret)
{
	struct routing_settings settings;
	routing_settings_load(&settings, row->fields);
	*ret = (struct lint_queue){.id = row->id,
				   .slug = row->slug,
				   .set = settings.set,
				   .ageing = settings.ageing,
				   .target_us = row->target_us,
				   .target_percent = (int)row->target_percent};
	ret->hours = read_hours(r, buf_text(&settings.hours), &ret->exceptions_end);
	ret->set.queue = row->id;
	ret->set.order = (enum routing_order)row->agent_order;
	ret->set.priority = (uint8_t)row->priority;
	ret->set.offer_us = row->offer_us;
	ret->set.wrapup_us = row->wrapup_us;
	ret->set.missed_max = (uint16_t)row->missed_max;
	routing_settings_done(&settings);
}

void lint_rows_put_queue(struct lint_rows *r, const struct queue_row *row)
{
	size_t at = 0;
	while (at < r->site.queue_count && r->queues[at].id != row->id)
		at++;
	if (row->is_removed && at < r->site.queue_count) {
		r->site.queue_count--;
		memmove(&r->queues[at], &r->queues[at + 1],
			(r->site.queue_count - at) * sizeof *r->queues);
	} else if (!row->is_removed) {
		read_queue(r, row, &r->queues[at]);
		r->site.queue_count += at == r->site.queue_count;
	}
}

/* ---- users ----------------------------------------------------------------------------------- */

static void read_user(struct lint_rows *r, const struct user_row *row, struct lint_agent *ret)
{
	struct routing_skill skills[ROUTING_SKILLS_MAX];
	struct routing_member queues[ROUTING_MEMBERSHIPS_MAX];
	size_t skill_count = (size_t)requirements_parse(row->skills, skills, ROUTING_SKILLS_MAX);
	size_t queue_count = routing_members_load(row->queues, queues);
	void *kept_skills = arena_new(&r->arena, (skill_count + 1) * sizeof skills[0]);
	void *kept_queues = arena_new(&r->arena, (queue_count + 1) * sizeof queues[0]);
	memcpy(kept_skills, skills, skill_count * sizeof skills[0]);
	memcpy(kept_queues, queues, queue_count * sizeof queues[0]);
	*ret = (struct lint_agent){
		.id = row->id,
		.login = row->login,
		.is_agent = !row->is_removed && (row->roles & (ROLE_AGENT | ROLE_SUPERVISOR)) != 0,
		.is_only_agent = row->roles == ROLE_AGENT,
		.capacity = (uint16_t)row->capacity,
		.skill_count = (uint8_t)skill_count,
		.queue_count = (uint8_t)queue_count,
		.skills = kept_skills,
		.queues = kept_queues};
}

void lint_rows_put_user(struct lint_rows *r, const struct user_row *row)
{
	size_t at = 0;
	while (at < r->site.agent_count && r->agents[at].id != row->id)
		at++;
	read_user(r, row, &r->agents[at]); /* of one who is removed, the memberships are told */
	r->site.agent_count += at == r->site.agent_count;
}

/* ---- channels -------------------------------------------------------------------------------- */

static struct lint_channel channel_of(const struct channel_row *row)
{
	int64_t kind = row->kind > 0 && row->kind < CHANNEL_KINDS ? row->kind : CHANNEL_NONE;
	return (struct lint_channel){.id = row->id,
				     .kind = (enum channel_kind)kind,
				     .is_enabled = row->is_enabled != 0,
				     .queue = row->queue};
}

void lint_rows_put_channel(struct lint_rows *r, const struct channel_row *row)
{
	size_t at = 0;
	while (at < r->site.channel_count && !text_equal(r->channels[at].id, row->id))
		at++;
	r->channels[at] = channel_of(row);
	r->site.channel_count += at == r->site.channel_count;
}

void lint_rows_put_weight(struct lint_rows *r, const struct routing_channel_set *set)
{
	if (set->channel > CHANNEL_NONE && (int)set->channel < CHANNEL_KINDS)
		r->site.weights[set->channel] = *set;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void load_skills(struct lint_rows *r, const struct directory *d)
{
	const struct skill_row *const *rows = directory_skills(d, &r->site.skill_count);
	struct lint_skill *skills =
		arena_new(&r->arena, (r->site.skill_count + 1) * sizeof *skills);
	for (size_t i = 0; i < r->site.skill_count; i++)
		skills[i] = (struct lint_skill){(uint32_t)rows[i]->number, rows[i]->name};
	r->site.skills = skills;
}

/* One place more in each list: for a row that is to come. */
void lint_rows_load(struct lint_rows *ret, const struct directory *d, const struct routing *core,
		    usher_us now)
{
	size_t n;
	*ret = (struct lint_rows){.site = {.now = now}};
	const struct queue_row *const *queues = directory_queues(d, &n);
	ret->queues = arena_new(&ret->arena, (n + 1) * sizeof *ret->queues);
	for (size_t i = 0; i < n; i++)
		read_queue(ret, queues[i], &ret->queues[i]);
	ret->site.queue_count = n;
	const struct user_row *const *users = directory_users(d, &n);
	ret->agents = arena_new(&ret->arena, (n + 1) * sizeof *ret->agents);
	for (size_t i = 0; i < n; i++)
		read_user(ret, users[i], &ret->agents[i]);
	ret->site.agent_count = n;
	const struct channel_row *const *channels = directory_channels(d, &n);
	ret->channels = arena_new(&ret->arena, (n + 1) * sizeof *ret->channels);
	for (size_t i = 0; i < n; i++)
		ret->channels[i] = channel_of(channels[i]);
	ret->site.channel_count = n;
	load_skills(ret, d);
	ret->site.queues = ret->queues;
	ret->site.agents = ret->agents;
	ret->site.channels = ret->channels;
	for (int kind = 1; kind < CHANNEL_KINDS; kind++)
		(void)routing_channel(core, (enum channel_kind)kind, &ret->site.weights[kind]);
}

void lint_rows_done(struct lint_rows *r)
{
	for (size_t i = 0; i < r->hours_count; i++)
		hours_free(r->hours[i]);
	free(r->hours);
	arena_done(&r->arena);
	*r = (struct lint_rows){0};
}
