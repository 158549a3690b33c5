/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/shapes.h"

#include "gateway/directory.h"
#include "gateway/directory_names.h"
#include "gateway/estimates.h"
#include "gateway/figures.h"
#include "gateway/lines.h"
#include "gateway/opening.h"
#include "gateway/requirements.h"

#include <stdio.h>

static const struct {
	const char *name, *label;
} reasons[SHAPE_REASONS + 1] = {
	{NULL, NULL},           {"break", "Break"},       {"lunch", "Lunch"},
	{"meeting", "Meeting"}, {"training", "Training"}, {"paperwork", "Paperwork"},
	{"other", "Other"},
};

const char *shape_reason_name(uint32_t reason)
{
	return reason >= 1 && reason <= SHAPE_REASONS ? reasons[reason].name : NULL;
}

const char *shape_reason_label(uint32_t reason)
{
	return reason >= 1 && reason <= SHAPE_REASONS ? reasons[reason].label : NULL;
}

uint32_t shape_reason_number(struct usher_text name)
{
	for (uint32_t i = 1; i <= SHAPE_REASONS; i++)
		if (text_equal(name, text_of(reasons[i].name)))
			return i;
	return 0;
}

void shape_agent_ref(struct json_writer *w, struct gateway *g, const char *name, usher_id agent)
{
	if (agent == 0) {
		json_put_null(w, name);
		return;
	}
	json_put_object(w, name);
	json_put_id(w, "id", agent, &g->id_key);
	json_put_text(w, "name", directory_user_name(g->directory, agent));
	json_write_object_end(w);
}

void shape_queue_ref(struct json_writer *w, struct gateway *g, const char *name, usher_id queue)
{
	if (queue == 0) {
		json_put_null(w, name);
		return;
	}
	json_put_object(w, name);
	json_put_id(w, "id", queue, &g->id_key);
	json_put_text(w, "name", directory_queue_name(g->directory, queue));
	json_write_object_end(w);
}

void shape_number(struct json_writer *w, const char *name, int64_t number)
{
	char text[32];
	snprintf(text, sizeof text, "C-%lld", (long long)number);
	json_put_string(w, name, text);
}

/* ---- people ---------------------------------------------------------------------------------------- */

static void put_roles(struct json_writer *w, int64_t roles)
{
	json_put_list(w, "roles");
	if ((roles & ROLE_AGENT) != 0)
		json_write_text(w, TEXT("agent"));
	if ((roles & ROLE_SUPERVISOR) != 0)
		json_write_text(w, TEXT("supervisor"));
	if ((roles & ROLE_ADMIN) != 0)
		json_write_text(w, TEXT("admin"));
	json_write_list_end(w);
}

static void put_user(struct json_writer *w, struct gateway *g, const struct user_row *user)
{
	json_put_id(w, "id", user->id, &g->id_key);
	json_put_text(w, "login", user->login);
	json_put_text(w, "name", user->name);
	put_roles(w, user->roles);
	json_put_text(w, "phone", user->phone);
}

void shape_user(struct json_writer *w, struct gateway *g, const struct user_row *user)
{
	json_write_object(w);
	put_user(w, g, user);
	json_write_object_end(w);
}

static void put_skills(struct json_writer *w, struct gateway *g, usher_id user)
{
	const struct user_row *row = directory_user(g->directory, user);
	struct routing_skill skills[ROUTING_SKILLS_MAX];
	int n = row != NULL ? requirements_parse(row->skills, skills, ROUTING_SKILLS_MAX) : 0;
	json_put_object(w, "skills");
	for (int i = 0; i < n; i++) {
		const struct skill_row *skill = directory_skill(g->directory, skills[i].skill);
		if (skill == NULL)
			continue;
		struct usher_buf name = {0};
		buf_add_text(&name, skill->name);
		json_put_int(w, name.p, skills[i].level);
		buf_done(&name);
	}
	json_write_object_end(w);
}

static void put_memberships(struct json_writer *w, struct gateway *g, const struct user_row *user)
{
	struct routing_member members[ROUTING_MEMBERSHIPS_MAX];
	struct routing_names names = directory_names(g);
	unsigned n = routing_members_load(user->queues, members);
	json_write_key(w, "memberships");
	routing_members_write(members, n, &names, w);
}

static void put_queues(struct json_writer *w, struct gateway *g, const struct user_row *user)
{
	size_t n;
	const struct queue_row *const *queues = directory_queues(g->directory, &n);
	json_put_list(w, "queues");
	for (size_t i = 0; i < n; i++)
		if (directory_is_member(user, queues[i]->id))
			json_write_id(w, queues[i]->id, &g->id_key);
	json_write_list_end(w);
}

void shape_account(struct json_writer *w, struct gateway *g, const struct user_row *user)
{
	json_write_object(w);
	put_user(w, g, user);
	json_put_int(w, "capacity", user->capacity);
	put_skills(w, g, user->id);
	put_queues(w, g, user);
	put_memberships(w, g, user);
	json_put_time(w, "created_at", user->created_us);
	json_write_object_end(w);
}

void shape_presence(struct json_writer *w, struct gateway *g, usher_id agent)
{
	struct routing_agent_view view = {.state = AGENT_SIGNED_OUT, .wanted = AGENT_SIGNED_OUT};
	bool is_known = routing_agent(engine_routing(g->engine), agent, &view);
	json_write_object(w);
	json_put_string(w, "state", agent_state_name(view.state));
	json_put_string(w, "wanted", agent_state_name(view.wanted));
	json_put_string(w, "reason", shape_reason_name(view.reason));
	json_put_time(w, "since", is_known ? view.since_us : 0);
	json_put_int(w, "capacity", view.capacity);
	json_put_int(w, "load", view.load);
	json_put_object(w, "counts");
	for (int kind = 1; kind < CHANNEL_KINDS; kind++)
		json_put_int(w, channel_name((enum channel_kind)kind), view.count[kind]);
	json_write_object_end(w);
	json_write_object_end(w);
}

struct held {
	struct json_writer *w;
	struct gateway *g;
};

static void put_held(struct contact_seat *seat, void *arg)
{
	const struct contact *c = seat->contact;
	struct held *held = arg;
	if (seat->part != PART_HOLDER && seat->part != PART_CONFERRING)
		return;
	json_write_object(held->w);
	json_put_id(held->w, "id", c->row.id, &held->g->id_key);
	shape_number(held->w, "number", c->row.number);
	json_put_string(held->w, "channel", channel_name((enum channel_kind)c->row.channel));
	json_put_time(held->w, "since", c->row.answered_us);
	json_write_object_end(held->w);
}

void shape_agent(struct json_writer *w, struct gateway *g, const struct user_row *user)
{
	struct held held = {w, g};
	json_write_object(w);
	json_put_id(w, "id", user->id, &g->id_key);
	json_put_text(w, "name", user->name);
	json_put_text(w, "login", user->login);
	json_write_key(w, "presence");
	shape_presence(w, g, user->id);
	put_queues(w, g, user);
	put_skills(w, g, user->id);
	json_put_list(w, "contacts");
	book_each_of_agent(g->book, user->id, put_held, &held);
	json_write_list_end(w);
	json_write_object_end(w);
}

/* ---- queues, channels, customers -------------------------------------------------------------------- */

static void put_routing(struct json_writer *w, struct gateway *g, const struct queue_row *q)
{
	struct routing_settings settings;
	struct routing_names names = directory_names(g);
	routing_settings_load(&settings, q->fields);
	settings.set.order = (enum routing_order)q->agent_order;
	routing_settings_write(&settings, &names, w);
	routing_settings_done(&settings);
}

void shape_queue(struct json_writer *w, struct gateway *g, const struct queue_row *q)
{
	json_write_object(w);
	json_put_id(w, "id", q->id, &g->id_key);
	json_put_text(w, "slug", q->slug);
	json_put_text(w, "name", q->name);
	json_put_int(w, "priority", q->priority);
	json_put_int(w, "offer_s", q->offer_us / USHER_SECOND);
	json_put_int(w, "wrapup_s", q->wrapup_us / USHER_SECOND);
	json_put_bool(w, "wrapup_exclusive", q->is_wrapup_exclusive != 0);
	json_put_int(w, "missed_max", q->missed_max);
	json_put_int(w, "target_s", q->target_us / USHER_SECOND);
	json_put_int(w, "target_percent", q->target_percent);
	json_put_int(w, "short_abandon_s", q->short_abandon_us / USHER_SECOND);
	put_routing(w, g, q);
	json_write_object_end(w);
}

static void put_today(struct json_writer *w, struct gateway *g, const struct queue_row *queue)
{
	struct queue_figures f;
	figures_queue(g->figures, queue->id, &f);
	double level = figures_service_level(&f);
	json_put_object(w, "today");
	json_put_int(w, "offered", f.offered);
	json_put_int(w, "answered", f.answered);
	json_put_int(w, "abandoned", f.abandoned);
	json_put_int(w, "short_abandoned", f.short_abandoned);
	json_put_int(w, "answered_in_target", f.answered_in_target);
	if (level >= 0)
		json_put_tenths(w, "service_level", (int64_t)(level * 10 + 0.5));
	else
		json_put_null(w, "service_level");
	if (f.answered > 0)
		json_put_tenths(w, "asa_s", f.waited_us / f.answered / (USHER_SECOND / 10));
	else
		json_put_null(w, "asa_s");
	json_put_int(w, "target_s", queue->target_us / USHER_SECOND);
	json_put_int(w, "target_percent", queue->target_percent);
	json_write_object_end(w);
}

static void put_coverage(struct json_writer *w, struct gateway *g, usher_id queue)
{
	struct estimator_coverage c;
	estimates_coverage(g->estimates, queue, &c);
	json_put_object(w, "estimates");
	json_put_int(w, "announced", (int64_t)c.announced);
	json_put_int(w, "held", (int64_t)c.held);
	json_put_int(w, "shorter", (int64_t)c.shorter);
	json_put_int(w, "longer", (int64_t)c.longer);
	json_write_object_end(w);
}

void shape_figures(struct json_writer *w, struct gateway *g, const struct queue_row *queue)
{
	struct routing_queue_view view = {.oldest_us = USHER_NEVER};
	bool is_known = routing_queue(engine_routing(g->engine), queue->id, &view);
	int64_t by_channel[CHANNEL_KINDS] = {0};
	if (is_known)
		book_count_waiting(g->book, queue->id, by_channel);
	json_write_object(w);
	shape_queue_ref(w, g, "queue", queue->id);
	json_put_bool(w, "open", !is_known || view.is_open);
	json_put_time(w, "open_until", is_known && view.is_open ? view.until_us : USHER_NEVER);
	json_put_time(w, "opens_at", opening_next(g->opening, queue->id, gateway_now()));
	json_put_int(w, "waiting", view.waiting);
	json_put_int(w, "offered", view.offered);
	json_put_int(w, "active", view.active);
	json_put_time(w, "oldest_at", view.oldest_us);
	json_put_int(w, "ready", view.agents_ready);
	json_put_int(w, "busy", view.agents_busy);
	json_put_int(w, "signed_in", view.agents_signed_in);
	json_put_object(w, "by_channel");
	for (int kind = 1; kind < CHANNEL_KINDS; kind++)
		json_put_int(w, channel_name((enum channel_kind)kind), by_channel[kind]);
	json_write_object_end(w);
	put_today(w, g, queue);
	put_coverage(w, g, queue->id);
	json_write_object_end(w);
}

static const char *health_name(enum channel_health health)
{
	static const char *const names[] = {"ok", "degraded", "down", "starting"};
	return names[health <= CHANNEL_STARTING ? health : CHANNEL_DOWN];
}

/* Secrets are never given back: a row's type says which they are. */
static void put_settings(struct json_writer *w, const struct channel_row *channel)
{
	const struct channel_driver *driver = channel_driver_by_name(channel->driver);
	struct json *settings = NULL;
	json_put_object(w, "settings");
	if (driver == NULL || json_parse(&settings, channel->settings, 1 << 20, NULL) < 0) {
		json_write_object_end(w);
		return;
	}
	for (const struct channel_setting *row = driver->settings; row->name != NULL; row++) {
		const struct json *value = json_member(settings, row->name);
		if (value == NULL)
			continue;
		if (row->type == SETTING_SECRET)
			json_put_string(w, row->name, "••••");
		else if (json_kind(value) == JSON_KIND_INTEGER)
			json_put_int(w, row->name, json_as_integer(value));
		else if (json_kind(value) == JSON_KIND_BOOLEAN)
			json_put_bool(w, row->name, json_as_boolean(value));
		else
			json_put_text(w, row->name, json_as_text(value));
	}
	json_write_object_end(w);
	json_free(settings);
}

void shape_channel(struct json_writer *w, struct gateway *g, const struct channel_row *channel)
{
	struct channel_status status;
	lines_status(g->lines, channel->id, &status);
	json_write_object(w);
	json_put_text(w, "id", channel->id);
	json_put_string(w, "kind", channel_name((enum channel_kind)channel->kind));
	json_put_text(w, "driver", channel->driver);
	json_put_bool(w, "enabled", channel->is_enabled != 0);
	shape_queue_ref(w, g, "queue", channel->queue);
	put_settings(w, channel);
	json_put_object(w, "status");
	json_put_string(w, "health", health_name(status.health));
	json_put_time(w, "since", status.since_us);
	json_put_string(w, "text", status.text);
	json_write_object_end(w);
	json_write_object_end(w);
}

static int put_address(const void *row, void *arg)
{
	const struct address_row *address = row;
	struct json_writer *w = arg;
	json_write_object(w);
	json_put_string(w, "channel", channel_name((enum channel_kind)address->channel));
	json_put_text(w, "value", address->value);
	json_put_bool(w, "verified", address->is_verified != 0);
	json_write_object_end(w);
	return 0;
}

void shape_customer(struct json_writer *w, struct gateway *g, const struct customer_row *customer)
{
	struct store_range range = {.index = ADDRESS_BY_CUSTOMER, .equal_count = 1,
				    .like = &(struct address_row){.customer = customer->id}};
	json_write_object(w);
	json_put_id(w, "id", customer->id, &g->id_key);
	json_put_text(w, "name", customer->name);
	json_put_text(w, "language", customer->language);
	json_put_list(w, "addresses");
	int code = store_scan(g->store, &ADDRESS, &range, put_address, w);
	(void)code; /* what could be read is shown */
	json_write_list_end(w);
	json_put_time(w, "created_at", customer->created_us);
	json_write_object_end(w);
}
