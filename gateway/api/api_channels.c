/* SPDX-License-Identifier: Apache-2.0 */
/* The configured ways in. */
#include "gateway/api/api.h"
#include "gateway/api/api_lint.h"

#include "gateway/directory.h"
#include "gateway/lines.h"
#include "gateway/publish.h"
#include "gateway/shapes.h"

#define SETTINGS_MAX ((size_t)64 << 10)
#define LINK_LASTS_S 3600
#define LINK_LASTS_MAX_S (30 * 86400)

static void render_channels(struct api_call *c, struct json_writer *w)
{
	size_t n;
	const struct channel_row *const *rows = directory_channels(c->g->directory, &n);
	json_write_object(w);
	json_put_list(w, "items");
	for (size_t i = 0; i < n; i++)
		shape_channel(w, c->g, rows[i]);
	json_write_list_end(w);
	json_put_null(w, "next");
	json_write_object_end(w);
}

static const struct channel_row *find(struct api_call *c, struct usher_text id)
{
	const struct channel_row *row = directory_channel(c->g->directory, id);
	if (row == NULL)
		api_refuse(c, E_NOT_FOUND, "there is no channel \"%.*s\"", (int)text_fit(id, 60),
			   id.n > 0 ? id.p : "");
	return row;
}

static void render_channel(struct api_call *c, struct json_writer *w)
{
	const struct channel_row *row = find(c, c->text.n > 0 ? c->text : c->args[0]);
	if (row != NULL)
		shape_channel(w, c->g, row);
}

/* ---- changing --------------------------------------------------------------------------------------------- */

static bool is_secret_kept(const struct channel_driver *driver, struct usher_text name,
			   const struct json *value)
{
	for (const struct channel_setting *row = driver->settings; row->name != NULL; row++)
		if (text_equal(name, text_of(row->name)))
			return row->type == SETTING_SECRET &&
			       text_equal(json_as_text(value), TEXT("••••"));
	return false;
}

static void put_value(struct json_writer *w, struct usher_text name, const struct json *value)
{
	struct usher_buf key = {0};
	buf_add_text(&key, name);
	if (json_kind(value) == JSON_KIND_INTEGER)
		json_put_int(w, key.p, json_as_integer(value));
	else if (json_kind(value) == JSON_KIND_BOOLEAN)
		json_put_bool(w, key.p, json_as_boolean(value));
	else
		json_put_text(w, key.p, json_as_text(value));
	buf_done(&key);
}

/* New settings over the old ones; a secret that comes back as dots stays as it was. */
static void merge(struct api_call *c, const struct channel_driver *driver, struct usher_text old,
		  const struct json *given, struct usher_buf *ret)
{
	struct json *kept = NULL;
	struct json_writer w;
	struct json_cursor cursor = {0};
	struct usher_text name;
	const struct json *value;
	int code = json_parse(&kept, old.n > 0 ? old : TEXT("{}"), SETTINGS_MAX, &c->err);
	json_writer_init(&w, ret);
	json_write_object(&w);
	while (json_next(given, &cursor, &name, &value)) {
		bool is_kept = is_secret_kept(driver, name, value);
		if (json_kind(value) != JSON_KIND_NULL && !is_kept)
			put_value(&w, name, value);
	}
	for (const struct channel_setting *row = driver->settings; code == 0 && row->name != NULL; row++) {
		const struct json *was = json_member(kept, row->name);
		const struct json *is = given != NULL ? json_member(given, row->name) : NULL;
		if (was != NULL && (is == NULL || is_secret_kept(driver, text_of(row->name), is)))
			put_value(&w, text_of(row->name), was);
	}
	json_write_object_end(&w);
	json_free(kept);
}

static void refresh(struct gateway *g, void *arg)
{
	lines_refresh(g->lines, text_of(arg));
}

static int save(struct turn *t, struct api_call *c, struct channel_row *row,
		struct usher_text queue, const struct json *settings)
{
	struct usher_buf merged = {0};
	const struct channel_driver *driver = channel_driver_by_name(row->driver);
	if (driver == NULL)
		return api_refuse(c, E_INVALID, "driver: there is none called \"%.*s\"", TEXT_ARG(row->driver));
	if (queue.n > 0) {
		const struct queue_row *to = api_queue(c, queue);
		if (to == NULL)
			return c->code;
		row->queue = to->id;
	}
	if (row->queue == 0)
		return api_refuse(c, E_INVALID, "queue: must be given: where its contacts wait");
	row->kind = driver->kind;
	merge(c, driver, row->settings, settings, &merged);
	row->settings = buf_text(&merged);
	int code = lines_check(row->driver, row->settings, &c->err);
	if (code == 0)
		code = api_lint(t, c, &(struct lint_change){.channel = row});
	if (code == 0) {
		const char *id = arena_string(t->arena, row->id);
		directory_put_channel(t, row);
		api_audit(t, c, "channel.set", text_of(id));
		c->text = arena_text(&c->arena, text_of(id));
		turn_publish(t, refresh, (void *)(uintptr_t)id);
	}
	buf_done(&merged);
	return code;
}

static bool is_id(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++) {
		char ch = t.p[i];
		if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-'))
			return false;
	}
	return t.n > 0 && t.n <= 60;
}

static int act_new(struct turn *t, struct api_call *c)
{
	struct channel_row row = {.is_enabled = 1};
	struct usher_text queue = TEXT_NONE;
	const struct json *settings = NULL;
	bool is_enabled = true;
	const struct json_field fields[] = {
		{.name = "id", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 60, .ret = &row.id},
		{.name = "driver", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 20, .ret = &row.driver},
		{.name = "queue", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 100, .ret = &queue},
		{.name = "enabled", .kind = JSON_KIND_BOOLEAN, .ret = &is_enabled},
		{.name = "settings", .kind = JSON_KIND_OBJECT, .ret = &settings},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	if (!is_id(row.id))
		return api_refuse(c, E_INVALID, "id: a-z, 0-9 and - only");
	if (directory_channel(c->g->directory, row.id) != NULL)
		return api_refuse(c, E_EXISTS, "id: \"%.*s\" is taken", TEXT_ARG(row.id));
	row.is_enabled = is_enabled;
	return save(t, c, &row, queue, settings);
}

static int act_set(struct turn *t, struct api_call *c)
{
	const struct channel_row *old = find(c, c->args[0]);
	struct usher_text queue = TEXT_NONE;
	const struct json *settings = NULL;
	bool is_enabled = old != NULL && old->is_enabled != 0;
	const struct json_field fields[] = {
		{.name = "queue", .kind = JSON_KIND_TEXT, .min = 1, .max = 100, .ret = &queue},
		{.name = "enabled", .kind = JSON_KIND_BOOLEAN, .ret = &is_enabled},
		{.name = "settings", .kind = JSON_KIND_OBJECT, .ret = &settings},
		{0}};
	if (old == NULL || api_fields(c, fields) < 0)
		return c->code;
	struct channel_row row = *old;
	row.is_enabled = is_enabled;
	return save(t, c, &row, queue, settings);
}

static int act_remove(struct turn *t, struct api_call *c)
{
	const struct channel_row *old = find(c, c->args[0]);
	if (old == NULL)
		return c->code;
	const char *id = arena_string(t->arena, old->id);
	directory_remove_channel(t, text_of(id));
	api_audit(t, c, "channel.remove", text_of(id));
	turn_publish(t, refresh, (void *)(uintptr_t)id);
	return 0;
}

/* ---- links --------------------------------------------------------------------------------------------------- */

static void render_link(struct api_call *c, struct json_writer *w)
{
	struct usher_text name = TEXT_NONE;
	int64_t expires_s = LINK_LASTS_S;
	struct usher_buf url = {0};
	const struct json_field fields[] = {
		{.name = "name", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 0, .max = 100, .ret = &name},
		{.name = "expires_s", .kind = JSON_KIND_INTEGER, .min = 60, .max = LINK_LASTS_MAX_S, .ret = &expires_s},
		{0}};
	if (find(c, c->args[0]) == NULL || (c->input != NULL && api_fields(c, fields) < 0))
		return;
	struct link_request request = {.name = name,
				       .expires_us = gateway_now() + expires_s * USHER_SECOND};
	int code = lines_link(c->g->lines, c->args[0], &request, &url, NULL);
	if (code < 0) {
		api_refuse(c, code, "this channel makes no links; a video channel does");
	} else {
		json_write_object(w);
		json_put_text(w, "url", buf_text(&url));
		json_put_time(w, "expires_at", request.expires_us);
		json_write_object_end(w);
	}
	buf_done(&url);
}

const struct api_action api_channel_actions[] = {
	{"GET", "channels", 0, NULL, render_channels, 0},
	{"POST", "channels", ROLE_ADMIN, act_new, render_channel, 201},
	{"GET", "channels/{}", 0, NULL, render_channel, 0},
	{"PUT", "channels/{}", ROLE_ADMIN, act_set, render_channel, 0},
	{"DELETE", "channels/{}", ROLE_ADMIN, act_remove, NULL, 0},
	{"POST", "channels/{}/links", ROLE_AGENT | ROLE_SUPERVISOR | ROLE_ADMIN, NULL, render_link, 201},
	{NULL, NULL, 0, NULL, NULL, 0},
};
