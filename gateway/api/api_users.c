/* SPDX-License-Identifier: Apache-2.0 */
/* People: accounts, presence, agents as supervisors see them. */
#include "gateway/api/api.h"
#include "gateway/api/api_lint.h"

#include "gateway/auth_limit.h"
#include "gateway/directory.h"
#include "gateway/directory_names.h"
#include "gateway/presence.h"
#include "gateway/publish.h"
#include "gateway/shapes.h"

#include <stdio.h>

/* ---- accounts -------------------------------------------------------------------------------------------- */

static void render_users(struct api_call *c, struct json_writer *w)
{
	size_t n;
	const struct user_row *const *rows = directory_users(c->g->directory, &n);
	json_write_object(w);
	json_put_list(w, "items");
	for (size_t i = 0; i < n; i++)
		shape_account(w, c->g, rows[i]);
	json_write_list_end(w);
	json_put_null(w, "next");
	json_write_object_end(w);
}

static void render_user(struct api_call *c, struct json_writer *w)
{
	const struct user_row *row = c->id != 0 ? directory_user(c->g->directory, c->id)
						: api_user(c, c->args[0]);
	if (row != NULL)
		shape_account(w, c->g, row);
}

static int read_roles(struct api_call *c, const struct json *list, int64_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < json_count(list); i++) {
		struct usher_text role = json_as_text(json_item(list, i));
		int64_t bit = text_equal(role, TEXT("agent"))	     ? ROLE_AGENT
			      : text_equal(role, TEXT("supervisor")) ? ROLE_SUPERVISOR
			      : text_equal(role, TEXT("admin"))	     ? ROLE_ADMIN
								     : 0;
		if (bit == 0)
			return api_refuse(c, E_INVALID, "roles: agent, supervisor and admin are known");
		*ret |= bit;
	}
	return 0;
}

static int read_skills(struct api_call *c, const struct json *object, struct usher_buf *ret)
{
	struct json_writer w;
	json_writer_init(&w, ret);
	return api_write_levels(c, object, "skills", 0, &w);
}

static int read_queues(struct api_call *c, const struct json *list, struct usher_buf *ret)
{
	struct routing_member members[ROUTING_MEMBERSHIPS_MAX];
	struct routing_names names = directory_names(c->g);
	struct json_faults faults = {0};
	struct json_place at;
	struct json_writer w;
	json_place_init(&at, &faults);
	json_enter(&at, "queues");
	unsigned n = routing_members_read(&at, list, &names, members);
	json_writer_init(&w, ret);
	routing_members_write(members, n, &routing_names_stored, &w);
	return api_refuse_faults(c, &faults);
}

struct user_input {
	struct usher_text password;
	const struct json *roles, *skills, *queues;
	struct usher_buf skills_json, queues_json;
	char hash[128];
};

/* Hashing takes 20 ms and stops the loop so long; accounts are made rarely and by admins only. */
static int take_password(struct api_call *c, struct user_row *row, struct user_input *in)
{
	if (in->password.n == 0)
		return 0;
	if (!auth_hash_now(in->password, in->hash))
		return api_refuse(c, E_INVALID, "password: %d to %d bytes long", AUTH_PASSWORD_MIN,
				  AUTH_PASSWORD_MAX);
	row->password = text_of(in->hash);
	return 0;
}

static int read_user(struct api_call *c, struct user_row *row, struct user_input *in)
{
	const struct json_field fields[] = {
		{.name = "login", .kind = JSON_KIND_TEXT, .min = 2, .max = 100, .ret = &row->login},
		{.name = "name", .kind = JSON_KIND_TEXT, .min = 1, .max = 200, .ret = &row->name},
		{.name = "phone", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 0, .max = 200, .ret = &row->phone},
		{.name = "password", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 0, .max = 1000, .ret = &in->password},
		{.name = "capacity", .kind = JSON_KIND_INTEGER, .min = 0, .max = 10000, .ret = &row->capacity},
		{.name = "roles", .kind = JSON_KIND_LIST, .max = 3, .ret = &in->roles},
		{.name = "skills", .kind = JSON_KIND_OBJECT, .ret = &in->skills},
		{.name = "queues", .kind = JSON_KIND_LIST, .max = ROUTING_MEMBERSHIPS_MAX, .ret = &in->queues},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	if (in->roles != NULL && read_roles(c, in->roles, &row->roles) < 0)
		return c->code;
	if (in->skills != NULL && read_skills(c, in->skills, &in->skills_json) < 0)
		return c->code;
	if (in->queues != NULL && read_queues(c, in->queues, &in->queues_json) < 0)
		return c->code;
	if (in->skills != NULL)
		row->skills = buf_text(&in->skills_json);
	if (in->queues != NULL)
		row->queues = buf_text(&in->queues_json);
	if (row->login.n == 0 || row->name.n == 0)
		return api_refuse(c, E_INVALID, "give a login and a name");
	return take_password(c, row, in);
}

static bool is_last_admin(const struct api_call *c, const struct user_row *user)
{
	size_t n, admins = 0;
	const struct user_row *const *rows = directory_users(c->g->directory, &n);
	for (size_t i = 0; i < n; i++)
		admins += (rows[i]->roles & ROLE_ADMIN) != 0;
	return (user->roles & ROLE_ADMIN) != 0 && admins == 1;
}

static int save_user(struct turn *t, struct api_call *c, struct user_row *row)
{
	struct user_input in = {0};
	int code = read_user(c, row, &in);
	const struct user_row *other =
		code == 0 ? directory_user_by_login(c->g->directory, row->login) : NULL;
	if (other != NULL && other->id != row->id)
		code = api_refuse(c, E_EXISTS, "login: \"%.*s\" is taken", TEXT_ARG(row->login));
	const struct user_row *old = directory_user(c->g->directory, row->id);
	if (code == 0 && (row->roles & ROLE_ADMIN) == 0 && old != NULL && is_last_admin(c, old))
		code = api_refuse(c, E_STATE, "roles: the last admin stays one");
	struct usher_text login = arena_text(t->arena, row->login);
	if (code == 0)
		code = api_lint(t, c, &(struct lint_change){.user = row});
	if (code == 0)
		code = directory_put_user(t, row);
	if (code == 0) {
		if (in.password.n > 0)
			auth_end_sessions(t, row->id);
		api_audit(t, c, "user.set", login);
		c->id = row->id;
		publish_agent(t, row->id);
	}
	buf_done(&in.skills_json);
	buf_done(&in.queues_json);
	return code;
}

static int act_user_new(struct turn *t, struct api_call *c)
{
	struct user_row row = {.id = gateway_id(t->g, t->now),
			       .created_us = t->now,
			       .roles = ROLE_AGENT,
			       .capacity = AGENT_CAPACITY_DEFAULT};
	return save_user(t, c, &row);
}

static int act_user_set(struct turn *t, struct api_call *c)
{
	const struct user_row *old = api_user(c, c->args[0]);
	if (old == NULL)
		return c->code;
	struct user_row row = *old;
	return save_user(t, c, &row);
}

/* The login is copied first: the row's texts are those of the one that is replaced. */
static int put_and_sign_out(struct turn *t, struct api_call *c, const struct user_row *row,
			    const char *verb)
{
	struct usher_text login = arena_text(t->arena, row->login);
	usher_id user = row->id;
	int code = directory_put_user(t, row);
	if (code < 0)
		return code;
	auth_end_sessions(t, user);
	api_audit(t, c, verb, login);
	return 0;
}

static int act_user_remove(struct turn *t, struct api_call *c)
{
	const struct user_row *old = api_user(c, c->args[0]);
	if (old == NULL)
		return c->code;
	if (is_last_admin(c, old))
		return api_refuse(c, E_STATE, "the last admin cannot be removed");
	struct user_row row = *old;
	row.is_removed = 1;
	publish_agent(t, row.id);
	return put_and_sign_out(t, c, &row, "user.remove");
}

static int act_password(struct turn *t, struct api_call *c)
{
	const struct user_row *old = api_user(c, c->args[0]);
	struct usher_text password = TEXT_NONE;
	char hash[128], random[AUTH_TOKEN_BYTES];
	const struct json_field fields[] = {
		{.name = "password", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 1000, .ret = &password},
		{0}};
	if (old == NULL || (c->input != NULL && api_fields(c, fields) < 0))
		return c->code;
	auth_random(random);
	random[20] = '\0'; /* 120 bits */
	if (password.n == 0)
		password = text_of(random);
	if (!auth_hash_now(password, hash))
		return api_refuse(c, E_INVALID, "password: %d to %d bytes long", AUTH_PASSWORD_MIN,
				  AUTH_PASSWORD_MAX);
	struct user_row row = *old;
	row.password = text_of(hash);
	c->text = arena_text(&c->arena, password);
	return put_and_sign_out(t, c, &row, "user.password");
}

static void render_password(struct api_call *c, struct json_writer *w)
{
	json_write_object(w);
	json_put_text(w, "password", c->text);
	json_write_object_end(w);
}

/* ---- presence ---------------------------------------------------------------------------------------------- */

static int set_presence(struct turn *t, struct api_call *c, usher_id agent)
{
	struct usher_text state = TEXT_NONE, reason = TEXT_NONE;
	struct routing_event ev = {.kind = EV_AGENT_WANTS};
	const struct json_field fields[] = {
		{.name = "state", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 20, .ret = &state},
		{.name = "reason", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 20, .ret = &reason},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	ev.presence.agent = agent;
	ev.presence.reason = shape_reason_number(reason);
	if (reason.n > 0 && ev.presence.reason == 0)
		return api_refuse(c, E_INVALID, "reason: there is none called \"%.*s\"", TEXT_ARG(reason));
	bool is_known = agent_state_from_name(state, &ev.presence.wants) == 0 &&
			(ev.presence.wants == AGENT_READY || ev.presence.wants == AGENT_NOT_READY ||
			 ev.presence.wants == AGENT_SIGNED_OUT);
	if (!is_known)
		return api_refuse(c, E_INVALID, "state: ready, not-ready or signed-out");
	int code = turn_route(t, &ev);
	if (code == E_NOT_FOUND)
		return api_refuse(c, E_STATE, "this user is no agent");
	if (code == 0) {
		if (!presence_is_here(t->g->presence, agent))
			presence_settle(t, agent); /* wanting to work is no proof of being there */
		publish_agent(t, agent);
	}
	c->id = agent;
	return code;
}

static int act_my_presence(struct turn *t, struct api_call *c)
{
	return set_presence(t, c, c->who.user);
}

static int act_presence(struct turn *t, struct api_call *c)
{
	const struct user_row *user = api_user(c, c->args[0]);
	return user != NULL ? set_presence(t, c, user->id) : c->code;
}

static void render_presence(struct api_call *c, struct json_writer *w)
{
	shape_presence(w, c->g, c->id);
}

static void render_agents(struct api_call *c, struct json_writer *w)
{
	size_t n;
	const struct user_row *const *rows = directory_users(c->g->directory, &n);
	json_write_object(w);
	json_put_list(w, "items");
	for (size_t i = 0; i < n; i++)
		if ((rows[i]->roles & (ROLE_AGENT | ROLE_SUPERVISOR)) != 0)
			shape_agent(w, c->g, rows[i]);
	json_write_list_end(w);
	json_put_null(w, "next");
	json_write_object_end(w);
}

const struct api_action api_user_actions[] = {
	{"GET", "users", ROLE_ADMIN, NULL, render_users, 0},
	{"POST", "users", ROLE_ADMIN, act_user_new, render_user, 201},
	{"GET", "users/{}", ROLE_ADMIN, NULL, render_user, 0},
	{"PUT", "users/{}", ROLE_ADMIN, act_user_set, render_user, 0},
	{"DELETE", "users/{}", ROLE_ADMIN, act_user_remove, NULL, 0},
	{"POST", "users/{}/password", ROLE_ADMIN, act_password, render_password, 0},
	{"GET", "agents", 0, NULL, render_agents, 0},
	{"PUT", "agents/{}/presence", ROLE_SUPERVISOR | ROLE_ADMIN, act_presence, render_presence, 0},
	{"PUT", "me/presence", 0, act_my_presence, render_presence, 0},
	{NULL, NULL, 0, NULL, NULL, 0},
};
