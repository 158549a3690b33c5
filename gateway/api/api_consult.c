/* SPDX-License-Identifier: Apache-2.0 */
/* Several agents in one contact, callbacks, what a contact asks for, and moving all of an agent's. */
#include "gateway/api/api_command.h"

#include "gateway/api/api_conversation.h"
#include "gateway/directory_names.h"
#include "gateway/publish.h"
#include "gateway/requirements.h"
#include "gateway/rows.h"
#include "gateway/shapes.h"

#define EPOCH_FIELD(at)                                                                            \
	{.name = "epoch", .kind = JSON_KIND_INTEGER, .is_required = true, .min = 0, .max = INT64_MAX, .ret = (at)}

/* ---- consultation and conference -------------------------------------------------------------- */

static int act_consult(struct turn *t, struct api_call *c)
{
	struct routing_event ev = {.kind = EV_CONSULT};
	struct contact *contact = api_contact(c, c->args[0]);
	struct usher_text queue = TEXT_NONE, agent = TEXT_NONE, note = TEXT_NONE;
	int64_t epoch = 0;
	const struct json_field fields[] = {
		EPOCH_FIELD(&epoch),
		{.name = "queue", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 100, .ret = &queue},
		{.name = "agent", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 100, .ret = &agent},
		{.name = "note", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 0, .max = 8000, .ret = &note},
		{0}};
	if (contact == NULL || api_fields(c, fields) < 0)
		return c->code;
	if (queue.n == 0 && agent.n == 0)
		return api_refuse(c, E_INVALID, "give a queue, an agent, or both");
	if (command_target(c, queue, agent, &ev.transfer) < 0)
		return c->code;
	ev.transfer.contact = c->id = contact->row.id;
	ev.transfer.agent = c->who.user;
	ev.transfer.epoch = (uint64_t)epoch;
	ev.transfer.other = c->id2 = gateway_id(t->g, t->now);
	int code = command_route(t, c, &ev);
	struct contact *question = code == 0 ? book_contact(t->g->book, c->id2) : NULL;
	if (question != NULL && note.n > 0)
		conversation_note(t, c, question, note);
	return code;
}

static void render_consult(struct api_call *c, struct json_writer *w)
{
	json_write_object(w);
	json_put_id(w, "consultation", c->id2, &c->g->id_key);
	json_write_key(w, "contact");
	command_render(c, w);
	json_write_object_end(w);
}

/* The id or number of a consultation of this contact. */
static int find_consultation(struct api_call *c, struct usher_text arg, usher_id *ret)
{
	const struct contact *consultation = api_contact(c, arg);
	if (consultation == NULL)
		return c->code;
	*ret = consultation->row.id;
	return 0;
}

static int act_conference(struct turn *t, struct api_call *c)
{
	struct routing_event ev;
	struct usher_text consultation = TEXT_NONE;
	int64_t epoch = 0;
	usher_id other = 0;
	const struct json_field fields[] = {
		EPOCH_FIELD(&epoch),
		{.name = "consultation", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 40, .ret = &consultation},
		{0}};
	if (api_fields(c, fields) < 0 || find_consultation(c, consultation, &other) < 0)
		return c->code;
	if (command_begin(c, &ev, EV_CONFERENCE, epoch) == NULL)
		return c->code;
	ev.command.other = other;
	return command_route(t, c, &ev);
}

static int act_hand_over(struct turn *t, struct api_call *c)
{
	struct routing_event ev;
	struct usher_text consultation = TEXT_NONE, agent = TEXT_NONE;
	int64_t epoch = 0;
	usher_id other = 0;
	const struct json_field fields[] = {
		EPOCH_FIELD(&epoch),
		{.name = "consultation", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 40, .ret = &consultation},
		{.name = "agent", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 100, .ret = &agent},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	if ((consultation.n > 0) == (agent.n > 0))
		return api_refuse(c, E_INVALID, "give either a consultation, or an agent in the conference");
	const struct user_row *to = agent.n > 0 ? api_user(c, agent) : NULL;
	if (agent.n > 0 ? to == NULL : find_consultation(c, consultation, &other) < 0)
		return c->code;
	if (command_begin(c, &ev, EV_HAND_OVER, epoch) == NULL)
		return c->code;
	ev.command.other = to != NULL ? to->id : other;
	return command_route(t, c, &ev);
}

static int act_leave(struct turn *t, struct api_call *c)
{
	struct routing_event ev;
	int64_t epoch = 0;
	const struct json_field fields[] = {EPOCH_FIELD(&epoch), {0}};
	if (api_fields(c, fields) < 0 || command_begin(c, &ev, EV_LEAVE, epoch) == NULL)
		return c->code;
	return command_route(t, c, &ev);
}

/* ---- of a waiting contact ---------------------------------------------------------------------- */

static int act_callback(struct turn *t, struct api_call *c)
{
	struct routing_event ev;
	struct usher_text at = TEXT_NONE;
	usher_us until = 0;
	const struct json_field fields[] = {
		{.name = "at", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 40, .ret = &at},
		{0}};
	if (c->input != NULL && api_fields(c, fields) < 0)
		return c->code;
	if (at.n > 0 && command_instant(t, c, "at", at, &until) < 0)
		return c->code;
	if (command_begin(c, &ev, EV_CALLBACK, 0) == NULL)
		return c->code;
	ev.command.until_us = until;
	int code = command_route(t, c, &ev);
	if (code == 0)
		api_audit(t, c, "contact.callback", c->args[0]);
	return code;
}

static int act_require(struct turn *t, struct api_call *c)
{
	struct routing_event ev = {.kind = EV_REQUIRE};
	struct routing_requirement own[ROUTING_REQUIREMENTS_MAX];
	struct contact *contact = api_contact(c, c->args[0]);
	struct usher_buf kept = {0};
	const struct json *list = NULL;
	unsigned count;
	const struct json_field fields[] = {
		{.name = "requirements", .kind = JSON_KIND_LIST, .is_required = true, .ret = &list},
		{0}};
	if (contact == NULL || api_fields(c, fields) < 0 ||
	    command_requirements(c, list, own, &count) < 0)
		return c->code;
	requirements_keep(own, count, contact->row.fields, &kept);
	struct contact asking = {.row = contact->row};
	asking.row.fields = buf_text(&kept);
	ev.contact.contact = c->id = contact->row.id;
	requirements_fill(t->g, &asking, &ev.contact);
	if (command_route(t, c, &ev) == 0) {
		kept_row_set(&contact->row.fields, buf_text(&kept));
		contact_changed(t, contact);
		publish_contact(t, contact);
		api_audit(t, c, "contact.require", c->args[0]);
	}
	buf_done(&kept);
	return c->code;
}

/* ---- of an agent ------------------------------------------------------------------------------- */

static int act_move_all(struct turn *t, struct api_call *c)
{
	struct routing_event ev = {.kind = EV_MOVE_ALL};
	const struct user_row *from = api_user(c, c->args[0]);
	struct usher_text queue = TEXT_NONE, agent = TEXT_NONE;
	const struct json_field fields[] = {
		{.name = "to_queue", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 100, .ret = &queue},
		{.name = "to_agent", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 100, .ret = &agent},
		{0}};
	if (from == NULL || api_fields(c, fields) < 0 ||
	    command_target(c, queue, agent, &ev.transfer) < 0)
		return c->code;
	if (ev.transfer.to_agent == from->id)
		return api_refuse(c, E_INVALID, "to_agent: the agent has them already");
	ev.transfer.agent = c->id = from->id;
	int code = turn_route(t, &ev);
	if (code == E_NOT_FOUND)
		return api_refuse(c, E_STATE, "this user is no agent");
	if (code < 0)
		return api_refuse(c, code, "the routing core refused it (%s)", usher_code_name(code));
	api_audit(t, c, "agent.move-all", c->args[0]);
	publish_agent(t, from->id);
	return 0;
}

static void render_agent(struct api_call *c, struct json_writer *w)
{
	const struct user_row *row = api_user(c, c->args[0]);
	if (row != NULL)
		shape_agent(w, c->g, row);
}

const struct api_action api_consult_actions[] = {
	{"POST", "contacts/{}/consult", ROLE_AGENT | ROLE_SUPERVISOR, act_consult, render_consult, 201},
	{"POST", "contacts/{}/conference", ROLE_AGENT | ROLE_SUPERVISOR, act_conference, command_render, 0},
	{"POST", "contacts/{}/hand-over", ROLE_AGENT | ROLE_SUPERVISOR, act_hand_over, command_render, 0},
	{"POST", "contacts/{}/leave", ROLE_AGENT | ROLE_SUPERVISOR, act_leave, command_render, 0},
	{"POST", "contacts/{}/callback", ROLE_SUPERVISOR | ROLE_ADMIN, act_callback, command_render, 0},
	{"POST", "contacts/{}/require", ROLE_SUPERVISOR | ROLE_ADMIN, act_require, command_render, 0},
	{"POST", "agents/{}/move-all", ROLE_SUPERVISOR | ROLE_ADMIN, act_move_all, render_agent, 0},
	{NULL, NULL, 0, NULL, NULL, 0},
};
