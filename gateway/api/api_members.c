/* SPDX-License-Identifier: Apache-2.0 */
/* Who serves a queue: ring, penalty, weight and position of each member. */
#include "gateway/api/api.h"
#include "gateway/api/api_lint.h"

#include "gateway/directory.h"
#include "gateway/publish.h"
#include "gateway/routing_settings.h"
#include "gateway/shapes.h"

struct membership { /* of one user, and which of them is this queue's */
	struct routing_member items[ROUTING_MEMBERSHIPS_MAX];
	unsigned count, at; /* at = count: none */
};

static void load(const struct user_row *user, usher_id queue, struct membership *ret)
{
	ret->count = routing_members_load(user->queues, ret->items);
	ret->at = 0;
	while (ret->at < ret->count && ret->items[ret->at].queue != queue)
		ret->at++;
}

static void put_member(struct api_call *c, struct json_writer *w, const struct user_row *user,
		       const struct routing_member *m)
{
	json_write_object(w);
	shape_agent_ref(w, c->g, "user", user->id);
	json_put_text(w, "login", user->login);
	routing_member_put(m, w);
	json_write_object_end(w);
}

static void render_members(struct api_call *c, struct json_writer *w)
{
	size_t n;
	const struct user_row *const *rows = directory_users(c->g->directory, &n);
	const struct queue_row *queue = api_queue(c, c->args[0]);
	if (queue == NULL)
		return;
	json_write_object(w);
	json_put_list(w, "items");
	for (size_t i = 0; i < n; i++) {
		struct membership m;
		if (!directory_is_member(rows[i], queue->id))
			continue;
		load(rows[i], queue->id, &m);
		if (m.at < m.count)
			put_member(c, w, rows[i], &m.items[m.at]);
	}
	json_write_list_end(w);
	json_put_null(w, "next");
	json_write_object_end(w);
}

static void render_member(struct api_call *c, struct json_writer *w)
{
	const struct queue_row *queue = api_queue(c, c->args[0]);
	const struct user_row *user = queue != NULL ? api_user(c, c->args[1]) : NULL;
	struct membership m;
	if (user == NULL)
		return;
	load(user, queue->id, &m);
	if (m.at < m.count)
		put_member(c, w, user, &m.items[m.at]);
}

/* The texts are copied: the row's are those of the one that is replaced. */
static int save(struct turn *t, struct api_call *c, const struct user_row *old,
		const struct membership *m, const char *verb)
{
	struct user_row row = *old;
	struct usher_text login = arena_text(t->arena, old->login);
	struct usher_buf queues = {0};
	struct json_writer w;
	usher_id user = old->id;
	json_writer_init(&w, &queues);
	routing_members_write(m->items, m->count, &routing_names_stored, &w);
	row.queues = buf_text(&queues);
	int code = c->action->render == NULL ? 0 : api_lint(t, c, &(struct lint_change){.user = &row});
	if (code == 0)
		code = directory_put_user(t, &row);
	buf_done(&queues);
	if (code < 0)
		return code;
	api_audit(t, c, verb, login);
	publish_agent(t, user);
	return 0;
}

static int act_set(struct turn *t, struct api_call *c)
{
	const struct queue_row *queue = api_queue(c, c->args[0]);
	const struct user_row *user = queue != NULL ? api_user(c, c->args[1]) : NULL;
	struct membership m;
	struct json_faults faults = {0};
	struct json_place at;
	const struct json_field fields[] = {
		{.name = "ring", .kind = JSON_KIND_ANY},
		{.name = "penalty", .kind = JSON_KIND_ANY},
		{.name = "weight", .kind = JSON_KIND_ANY},
		{.name = "position", .kind = JSON_KIND_ANY},
		{0}};
	if (user == NULL || api_fields(c, fields) < 0)
		return c->code;
	load(user, queue->id, &m);
	if (m.at == ROUTING_MEMBERSHIPS_MAX)
		return api_refuse(c, E_LIMIT, "a user serves at most %d queues", ROUTING_MEMBERSHIPS_MAX);
	if (m.at == m.count)
		m.items[m.count++] = (struct routing_member){.queue = queue->id, .weight = 1};
	json_place_init(&at, &faults);
	routing_member_read(&at, c->input, &m.items[m.at]);
	if (api_refuse_faults(c, &faults) < 0)
		return c->code;
	return save(t, c, user, &m, "member.set");
}

static int act_remove(struct turn *t, struct api_call *c)
{
	const struct queue_row *queue = api_queue(c, c->args[0]);
	const struct user_row *user = queue != NULL ? api_user(c, c->args[1]) : NULL;
	struct membership m;
	if (user == NULL)
		return c->code;
	load(user, queue->id, &m);
	if (m.at == m.count)
		return api_refuse(c, E_NOT_FOUND, "the user does not serve this queue");
	m.count--;
	memmove(&m.items[m.at], &m.items[m.at + 1], (m.count - m.at) * sizeof m.items[0]);
	return save(t, c, user, &m, "member.remove");
}

const struct api_action api_member_actions[] = {
	{"GET", "queues/{}/members", 0, NULL, render_members, 0},
	{"PUT", "queues/{}/members/{}", ROLE_ADMIN, act_set, render_member, 0},
	{"DELETE", "queues/{}/members/{}", ROLE_ADMIN, act_remove, NULL, 0},
	{NULL, NULL, 0, NULL, NULL, 0},
};
