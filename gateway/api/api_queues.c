/* SPDX-License-Identifier: Apache-2.0 */
/* Queues, skills, wrap-up codes, figures. */
#include "gateway/api/api.h"
#include "gateway/api/api_lint.h"

#include "gateway/directory.h"
#include "gateway/directory_names.h"
#include "gateway/shapes.h"

#include <stdio.h>

/* ---- queues --------------------------------------------------------------------------------------------- */

static void render_queues(struct api_call *c, struct json_writer *w)
{
	size_t n;
	const struct queue_row *const *rows = directory_queues(c->g->directory, &n);
	json_write_object(w);
	json_put_list(w, "items");
	for (size_t i = 0; i < n; i++)
		shape_queue(w, c->g, rows[i]);
	json_write_list_end(w);
	json_put_null(w, "next");
	json_write_object_end(w);
}

static void render_queue(struct api_call *c, struct json_writer *w)
{
	const struct queue_row *row = c->id != 0 ? directory_queue(c->g->directory, c->id)
						 : api_queue(c, c->args[0]);
	if (row != NULL)
		shape_queue(w, c->g, row);
}

struct queue_input {
	int64_t offer_s, wrapup_s, target_s, short_abandon_s;
	bool is_wrapup_exclusive;
	struct usher_buf fields; /* owned */
};

static bool is_slug(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++) {
		char ch = t.p[i];
		bool is_fit = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-';
		if (!is_fit)
			return false;
	}
	return t.n > 0 && t.p[0] != '-';
}

/* The members of routing_settings.h onto what the row has. */
static int read_routing(struct api_call *c, struct queue_row *row, struct queue_input *in)
{
	struct routing_settings settings;
	struct routing_names names = directory_names(c->g);
	struct json_faults faults = {0};
	struct json_writer w;
	routing_settings_load(&settings, row->fields);
	settings.set.queue = row->id;
	settings.set.order = (enum routing_order)row->agent_order;
	routing_settings_read(&settings, c->input, &names, &faults);
	json_writer_init(&w, &in->fields);
	json_write_object(&w);
	json_put_object(&w, "routing");
	routing_settings_write(&settings, &routing_names_stored, &w);
	json_write_object_end(&w);
	json_write_object_end(&w);
	row->agent_order = settings.set.order;
	row->fields = buf_text(&in->fields);
	routing_settings_done(&settings);
	return api_refuse_faults(c, &faults);
}

static int read_queue(struct api_call *c, struct queue_row *row, struct queue_input *in)
{
	const struct json_field fields[] = {
		{.name = "name", .kind = JSON_KIND_TEXT, .min = 1, .max = 100, .ret = &row->name},
		{.name = "slug", .kind = JSON_KIND_TEXT, .min = 1, .max = 60, .ret = &row->slug},
		{.name = "priority", .kind = JSON_KIND_INTEGER, .min = 0, .max = 9, .ret = &row->priority},
		{.name = "offer_s", .kind = JSON_KIND_INTEGER, .min = 1, .max = 3600, .ret = &in->offer_s},
		{.name = "wrapup_s", .kind = JSON_KIND_INTEGER, .min = 0, .max = 7200, .ret = &in->wrapup_s},
		{.name = "wrapup_exclusive", .kind = JSON_KIND_BOOLEAN, .ret = &in->is_wrapup_exclusive},
		{.name = "missed_max", .kind = JSON_KIND_INTEGER, .min = 0, .max = 100, .ret = &row->missed_max},
		{.name = "target_s", .kind = JSON_KIND_INTEGER, .min = 0, .max = 604800, .ret = &in->target_s},
		{.name = "target_percent", .kind = JSON_KIND_INTEGER, .min = 0, .max = 100, .ret = &row->target_percent},
		{.name = "short_abandon_s", .kind = JSON_KIND_INTEGER, .min = 0, .max = 600, .ret = &in->short_abandon_s},
		{.name = "order", .kind = JSON_KIND_ANY},
		{.name = "ageing", .kind = JSON_KIND_ANY},
		{.name = "requirements", .kind = JSON_KIND_ANY},
		{.name = "steps", .kind = JSON_KIND_ANY},
		{.name = "parallel", .kind = JSON_KIND_ANY},
		{.name = "automatic", .kind = JSON_KIND_ANY},
		{.name = "reserve", .kind = JSON_KIND_ANY},
		{.name = "first_reply_seconds", .kind = JSON_KIND_ANY},
		{.name = "reply_seconds", .kind = JSON_KIND_ANY},
		{.name = "silence_seconds", .kind = JSON_KIND_ANY},
		{.name = "overflow", .kind = JSON_KIND_ANY},
		{.name = "length_max", .kind = JSON_KIND_ANY},
		{.name = "full", .kind = JSON_KIND_ANY},
		{.name = "wait_max_seconds", .kind = JSON_KIND_ANY},
		{.name = "expired", .kind = JSON_KIND_ANY},
		{.name = "closed", .kind = JSON_KIND_ANY},
		{.name = "hours", .kind = JSON_KIND_ANY},
		{.name = "rejoin_seconds", .kind = JSON_KIND_ANY},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	if (row->name.n == 0 || !is_slug(row->slug))
		return api_refuse(c, E_INVALID, "give a name, and a slug of a-z, 0-9 and -");
	row->offer_us = in->offer_s * USHER_SECOND;
	row->wrapup_us = in->wrapup_s * USHER_SECOND;
	row->target_us = in->target_s * USHER_SECOND;
	row->short_abandon_us = in->short_abandon_s * USHER_SECOND;
	row->is_wrapup_exclusive = in->is_wrapup_exclusive;
	return read_routing(c, row, in);
}

static int save_queue(struct turn *t, struct api_call *c, struct queue_row *row,
		      struct queue_input *in)
{
	int code = read_queue(c, row, in);
	const struct queue_row *other =
		code == 0 ? directory_queue_by_slug(c->g->directory, row->slug) : NULL;
	if (other != NULL && other->id != row->id)
		code = api_refuse(c, E_EXISTS, "slug: \"%.*s\" is taken", TEXT_ARG(row->slug));
	/* The old row's texts are gone once the directory has the new one. */
	struct usher_text slug = arena_text(t->arena, row->slug);
	if (code == 0)
		code = api_lint(t, c, &(struct lint_change){.queue = row});
	if (code == 0)
		code = directory_put_queue(t, row);
	if (code == 0) {
		api_audit(t, c, "queue.set", slug);
		c->id = row->id;
	}
	buf_done(&in->fields);
	return code;
}

static int act_queue_new(struct turn *t, struct api_call *c)
{
	struct queue_row row = {.id = gateway_id(t->g, t->now),
				.priority = CONTACT_PRIORITY_DEFAULT,
				.target_percent = 80,
				.missed_max = 1};
	struct queue_input in = {.offer_s = 20, .wrapup_s = 0, .target_s = 20, .short_abandon_s = 5,
				 .is_wrapup_exclusive = true};
	return save_queue(t, c, &row, &in);
}

static int act_queue_set(struct turn *t, struct api_call *c)
{
	const struct queue_row *old = api_queue(c, c->args[0]);
	if (old == NULL)
		return c->code;
	struct queue_row row = *old;
	struct queue_input in = {.offer_s = old->offer_us / USHER_SECOND,
				 .wrapup_s = old->wrapup_us / USHER_SECOND,
				 .target_s = old->target_us / USHER_SECOND,
				 .short_abandon_s = old->short_abandon_us / USHER_SECOND,
				 .is_wrapup_exclusive = old->is_wrapup_exclusive != 0};
	return save_queue(t, c, &row, &in);
}

static int act_queue_remove(struct turn *t, struct api_call *c)
{
	const struct queue_row *old = api_queue(c, c->args[0]);
	if (old == NULL)
		return c->code;
	struct queue_row row = *old;
	row.is_removed = 1;
	struct usher_text slug = arena_text(t->arena, row.slug);
	int code = directory_put_queue(t, &row);
	if (code == 0)
		api_audit(t, c, "queue.remove", slug);
	return code;
}

/* ---- skills and codes -------------------------------------------------------------------------------------- */

static void render_skills(struct api_call *c, struct json_writer *w)
{
	size_t n;
	const struct skill_row *const *rows = directory_skills(c->g->directory, &n);
	json_write_object(w);
	json_put_list(w, "items");
	for (size_t i = 0; i < n; i++) {
		json_write_object(w);
		json_put_int(w, "number", rows[i]->number);
		json_put_text(w, "name", rows[i]->name);
		json_write_object_end(w);
	}
	json_write_list_end(w);
	json_write_object_end(w);
}

/* As a slug, with a ":" for families of skills: "language:fi". */
static bool is_skill_name(struct usher_text t)
{
	struct usher_text rest = t, first = text_cut(&rest, ':');
	return is_slug(first) && (rest.p == NULL || is_slug(rest));
}

static int act_skill_new(struct turn *t, struct api_call *c)
{
	struct skill_row row = {0};
	size_t n;
	const struct json_field fields[] = {
		{.name = "name", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 60, .ret = &row.name},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	if (!is_skill_name(row.name))
		return api_refuse(c, E_INVALID, "name: a-z, 0-9 and - only, as fi, billing-et or language:fi");
	if (directory_skill_by_name(c->g->directory, row.name) != NULL)
		return 0; /* it is there: the list is the answer either way */
	const struct skill_row *const *rows = directory_skills(c->g->directory, &n);
	row.number = n > 0 ? rows[n - 1]->number + 1 : 1;
	directory_put_skill(t, &row);
	api_audit(t, c, "skill.set", row.name);
	return 0;
}

static void render_codes(struct api_call *c, struct json_writer *w)
{
	size_t n;
	const struct code_row *const *rows = directory_codes(c->g->directory, &n);
	json_write_object(w);
	json_put_list(w, "items");
	for (size_t i = 0; i < n; i++) {
		json_write_object(w);
		json_put_text(w, "code", rows[i]->code);
		json_put_text(w, "label", rows[i]->label);
		json_write_object_end(w);
	}
	json_write_list_end(w);
	json_write_object_end(w);
}

static int act_code_new(struct turn *t, struct api_call *c)
{
	struct code_row row = {0};
	const struct json_field fields[] = {
		{.name = "code", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 60, .ret = &row.code},
		{.name = "label", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 100, .ret = &row.label},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	if (!is_slug(row.code))
		return api_refuse(c, E_INVALID, "code: a-z, 0-9 and - only");
	directory_put_code(t, &row);
	api_audit(t, c, "code.set", row.code);
	return 0;
}

static int act_code_remove(struct turn *t, struct api_call *c)
{
	const struct code_row *old = directory_code(c->g->directory, c->args[0]);
	if (old == NULL)
		return api_refuse(c, E_NOT_FOUND, "there is no such code");
	struct code_row row = *old;
	row.is_removed = 1;
	api_audit(t, c, "code.remove", c->args[0]);
	directory_put_code(t, &row);
	return 0;
}

static void render_reasons(struct api_call *c, struct json_writer *w)
{
	(void)c;
	json_write_object(w);
	json_put_list(w, "items");
	for (uint32_t i = 1; i <= SHAPE_REASONS; i++) {
		json_write_object(w);
		json_put_string(w, "reason", shape_reason_name(i));
		json_put_string(w, "label", shape_reason_label(i));
		json_write_object_end(w);
	}
	json_write_list_end(w);
	json_write_object_end(w);
}

/* ---- figures -------------------------------------------------------------------------------------------------- */

static void render_figures(struct api_call *c, struct json_writer *w)
{
	size_t n;
	const struct queue_row *const *queues = directory_queues(c->g->directory, &n);
	json_write_object(w);
	json_put_list(w, "items");
	for (size_t i = 0; i < n; i++)
		shape_figures(w, c->g, queues[i]);
	json_write_list_end(w);
	const struct channel_row *const *channels = directory_channels(c->g->directory, &n);
	json_put_list(w, "channels");
	for (size_t i = 0; i < n; i++)
		shape_channel(w, c->g, channels[i]);
	json_write_list_end(w);
	json_put_time(w, "at", gateway_now());
	json_write_object_end(w);
}

const struct api_action api_queue_actions[] = {
	{"GET", "queues", 0, NULL, render_queues, 0},
	{"POST", "queues", ROLE_ADMIN, act_queue_new, render_queue, 201},
	{"GET", "queues/{}", 0, NULL, render_queue, 0},
	{"PUT", "queues/{}", ROLE_ADMIN, act_queue_set, render_queue, 0},
	{"DELETE", "queues/{}", ROLE_ADMIN, act_queue_remove, NULL, 0},
	{"GET", "skills", 0, NULL, render_skills, 0},
	{"POST", "skills", ROLE_ADMIN, act_skill_new, render_skills, 201},
	{"GET", "codes", 0, NULL, render_codes, 0},
	{"POST", "codes", ROLE_ADMIN, act_code_new, render_codes, 201},
	{"DELETE", "codes/{}", ROLE_ADMIN, act_code_remove, NULL, 0},
	{"GET", "reasons", 0, NULL, render_reasons, 0},
	{"GET", "figures", 0, NULL, render_figures, 0},
	{NULL, NULL, 0, NULL, NULL, 0},
};
