/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at contacts, and the commands that go to the core. */
#include "gateway/api/api_command.h"

#include "gateway/api/api_conversation.h"
#include "gateway/api/api_explain.h"
#include "gateway/customers.h"
#include "gateway/directory.h"
#include "gateway/intake.h"
#include "gateway/publish.h"
#include "gateway/requirements.h"
#include "gateway/rows.h"
#include "gateway/shapes.h"

#define LIMIT_MAX 200
#define LIMIT_DEFAULT 50
#define LOOKED_MAX 5000 /* rows of one call: a filter that finds little gives a short page and a cursor */
#define EXTEND_MAX_S 3600
#define PREFERRED_MAX_S (30 * 86400)

/* ---- looking ---------------------------------------------------------------------------------------- */

struct listing {
	struct api_call *c;
	struct json_writer *w;
	usher_id queue, last;
	bool is_mine;
	int64_t state, left, looked;
	bool has_more;
};

static bool is_listed(const struct listing *l, const struct contact_row *row)
{
	const struct contact *c = l->is_mine ? book_open_contact(l->c->g->book, row->id) : NULL;
	bool is_mine = row->agent == l->c->who.user ||
		       (c != NULL && contact_part_of(c, l->c->who.user) != PART_NONE);
	return (l->queue == 0 || row->queue == l->queue) && (!l->is_mine || is_mine) &&
	       (l->state == 0 || row->state == l->state);
}

static int on_contact(const void *row, void *arg)
{
	struct listing *l = arg;
	const struct contact_row *contact = row;
	if (l->left == 0 || l->looked++ == LOOKED_MAX) {
		l->has_more = true;
		return 1;
	}
	l->last = contact->id;
	if (!is_listed(l, contact))
		return 0;
	l->left--;
	struct contact *c = book_contact(l->c->g->book, contact->id);
	if (c != NULL)
		shape_contact(l->w, l->c->g, c);
	return 0;
}

static void put_next(struct api_call *c, struct json_writer *w, const struct listing *l)
{
	if (l->has_more)
		json_put_id(w, "next", l->last, &c->g->id_key);
	else
		json_put_null(w, "next");
}

/* Newest first; a cursor is the id of the last one seen. */
static void list_contacts(struct api_call *c, struct json_writer *w, usher_id customer)
{
	struct contact_row like = {.customer = customer};
	struct listing l = {.c = c, .w = w,
			    .left = api_query_integer(c, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT)};
	struct store_range range = {.index = -1, .is_descending = true};
	struct usher_text queue = api_query(c, "queue"), state = api_query(c, "state");
	enum contact_state wanted;
	usher_id cursor;
	if (queue.n > 0) {
		const struct queue_row *row = api_queue(c, queue);
		if (row == NULL)
			return;
		l.queue = row->id;
	}
	if (state.n > 0 && contact_state_from_name(state, &wanted) < 0) {
		api_refuse(c, E_INVALID, "state: there is none called \"%.*s\"", TEXT_ARG(state));
		return;
	}
	l.state = state.n > 0 ? (int64_t)wanted : 0;
	l.is_mine = text_equal(api_query(c, "mine"), TEXT("1"));
	if (customer != 0) {
		range.index = CONTACT_BY_CUSTOMER;
		range.equal_count = 1;
	} else if (l.state != 0) {
		range.index = CONTACT_BY_STATE;
		range.equal_count = 1;
		like.state = l.state;
	}
	range.like = &like;
	if (id_parse(api_query(c, "cursor"), &c->g->id_key, &cursor) == 0) {
		range.has_to = true;
		range.to = (int64_t)cursor - 1;
	}
	json_write_object(w);
	json_put_list(w, "items");
	int code = store_scan(c->g->store, &CONTACT, &range, on_contact, &l);
	json_write_list_end(w);
	put_next(c, w, &l);
	json_write_object_end(w);
	if (code < 0)
		api_refuse(c, code, "contacts: cannot be read from the store");
}

static void render_list(struct api_call *c, struct json_writer *w)
{
	list_contacts(c, w, 0);
}

static void render_customer(struct api_call *c, struct json_writer *w)
{
	struct customer_row key = {0}, row;
	if (id_parse(c->args[0], &c->g->id_key, &key.id) < 0 ||
	    store_get(c->g->store, &CUSTOMER, &key, &c->arena, &row) < 0)
		api_refuse(c, E_NOT_FOUND, "there is no such customer");
	else
		shape_customer(w, c->g, &row);
}

static void render_customer_contacts(struct api_call *c, struct json_writer *w)
{
	usher_id customer;
	if (id_parse(c->args[0], &c->g->id_key, &customer) < 0)
		api_refuse(c, E_NOT_FOUND, "there is no such customer");
	else
		list_contacts(c, w, customer);
}

/* ---- commands ------------------------------------------------------------------------------------------ */

static int read_epoch(struct api_call *c, int64_t *ret)
{
	const struct json_field fields[] = {
		{.name = "epoch", .kind = JSON_KIND_INTEGER, .is_required = true, .min = 0, .max = INT64_MAX, .ret = ret},
		{0}};
	return api_fields(c, fields);
}

static int simple(struct turn *t, struct api_call *c, enum routing_event_kind kind)
{
	struct routing_event ev;
	int64_t epoch = 0;
	if (read_epoch(c, &epoch) < 0)
		return c->code;
	return command_begin(c, &ev, kind, epoch) == NULL ? c->code : command_route(t, c, &ev);
}

static int act_accept(struct turn *t, struct api_call *c)
{
	return simple(t, c, EV_ACCEPT);
}

static int act_decline(struct turn *t, struct api_call *c)
{
	return simple(t, c, EV_DECLINE);
}

static int act_take(struct turn *t, struct api_call *c)
{
	struct routing_event ev;
	struct usher_text agent = TEXT_NONE;
	bool is_from_holder = false;
	const struct json_field fields[] = {
		{.name = "from_holder", .kind = JSON_KIND_BOOLEAN, .ret = &is_from_holder},
		{.name = "agent", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 100, .ret = &agent},
		{0}};
	if (c->input != NULL && api_fields(c, fields) < 0)
		return c->code;
	if ((is_from_holder || agent.n > 0) && !api_is_supervisor(c))
		return api_refuse(c, E_DENIED, "only a supervisor takes from another holder, or gives");
	const struct user_row *to = agent.n > 0 ? api_user(c, agent) : NULL;
	if ((agent.n > 0 && to == NULL) || command_begin(c, &ev, EV_TAKE, 0) == NULL)
		return c->code;
	if (to != NULL)
		ev.command.agent = to->id;
	ev.command.flag = is_from_holder;
	return command_route(t, c, &ev);
}

static int act_resume(struct turn *t, struct api_call *c)
{
	struct routing_event ev;
	if (command_begin(c, &ev, EV_RESUME, 0) == NULL)
		return c->code;
	return command_route(t, c, &ev);
}

static int act_park(struct turn *t, struct api_call *c)
{
	struct routing_event ev;
	int64_t epoch = 0;
	struct usher_text until = TEXT_NONE;
	usher_us at;
	const struct json_field fields[] = {
		{.name = "epoch", .kind = JSON_KIND_INTEGER, .is_required = true, .min = 0, .max = INT64_MAX, .ret = &epoch},
		{.name = "until", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 40, .ret = &until},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	if (command_instant(t, c, "until", until, &at) < 0)
		return c->code;
	if (command_begin(c, &ev, EV_PARK, epoch) == NULL)
		return c->code;
	ev.command.until_us = at;
	return command_route(t, c, &ev);
}

static int act_priority(struct turn *t, struct api_call *c)
{
	struct routing_event ev;
	int64_t priority = 0;
	const struct json_field fields[] = {
		{.name = "priority", .kind = JSON_KIND_INTEGER, .is_required = true, .min = 0, .max = CONTACT_PRIORITIES - 1, .ret = &priority},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	struct contact *contact = command_begin(c, &ev, EV_PRIORITY, 0);
	if (contact == NULL)
		return c->code;
	ev.command.priority = (uint8_t)priority;
	if (command_route(t, c, &ev) < 0)
		return c->code;
	contact->row.priority = priority;
	contact_changed(t, contact);
	return 0;
}

static bool is_code(const struct api_call *c, struct usher_text code)
{
	return directory_code(c->g->directory, code) != NULL;
}

/* The code and the note of an end; the code must be one of the site's. */
static int finish(struct turn *t, struct api_call *c, struct contact *contact,
		  struct usher_text code, struct usher_text note)
{
	if (code.n > 0) {
		kept_row_set(&contact->row.wrapup, code);
		contact_changed(t, contact);
	}
	if (note.n > 0)
		conversation_note(t, c, contact, note);
	return 0;
}

static int act_close(struct turn *t, struct api_call *c)
{
	struct routing_event ev;
	int64_t epoch = 0;
	struct usher_text code = TEXT_NONE, note = TEXT_NONE;
	const struct json_field fields[] = {
		{.name = "epoch", .kind = JSON_KIND_INTEGER, .is_required = true, .min = 0, .max = INT64_MAX, .ret = &epoch},
		{.name = "code", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 60, .ret = &code},
		{.name = "note", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 0, .max = 8000, .ret = &note},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	if (code.n > 0 && !is_code(c, code))
		return api_refuse(c, E_INVALID, "code: there is no wrap-up code \"%.*s\"", TEXT_ARG(code));
	struct contact *contact = command_begin(c, &ev, EV_CLOSE, epoch);
	if (contact == NULL)
		return c->code;
	ev.command.flag = code.n > 0;
	if (command_route(t, c, &ev) < 0)
		return c->code;
	return finish(t, c, contact, code, note);
}

static int extend_wrapup(struct turn *t, struct api_call *c, int64_t epoch, int64_t seconds)
{
	struct routing_event ev;
	struct routing_contact_view view;
	struct contact *contact = command_begin(c, &ev, EV_WRAPUP_EXTEND, epoch);
	if (contact == NULL)
		return c->code;
	if (!routing_contact(engine_routing(t->g->engine), contact->row.id, &view) ||
	    view.state != CONTACT_WRAPUP)
		return api_refuse(c, E_STATE, "the contact is not in wrap-up");
	ev.command.until_us = view.deadline_us + seconds * USHER_SECOND;
	int code = command_route(t, c, &ev);
	publish_contact(t, contact);
	return code;
}

static int act_wrapup(struct turn *t, struct api_call *c)
{
	struct routing_event ev;
	int64_t epoch = 0, extend = 0;
	struct usher_text code = TEXT_NONE, note = TEXT_NONE;
	const struct json_field fields[] = {
		{.name = "epoch", .kind = JSON_KIND_INTEGER, .is_required = true, .min = 0, .max = INT64_MAX, .ret = &epoch},
		{.name = "code", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 60, .ret = &code},
		{.name = "note", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 0, .max = 8000, .ret = &note},
		{.name = "extend_s", .kind = JSON_KIND_INTEGER, .may_be_null = true, .min = 1, .max = EXTEND_MAX_S, .ret = &extend},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	if (extend > 0)
		return extend_wrapup(t, c, epoch, extend);
	if (!is_code(c, code))
		return api_refuse(c, E_INVALID, "code: choose one of the wrap-up codes");
	struct contact *contact = command_begin(c, &ev, EV_WRAPUP_DONE, epoch);
	if (contact == NULL)
		return c->code;
	if (command_route(t, c, &ev) < 0)
		return c->code;
	return finish(t, c, contact, code, note);
}

/* ---- transfer -------------------------------------------------------------------------------------------- */

static int read_target(struct api_call *c, struct routing_transfer *to, struct usher_text *note)
{
	int64_t epoch = 0;
	struct usher_text queue = TEXT_NONE, agent = TEXT_NONE;
	const struct json_field fields[] = {
		{.name = "epoch", .kind = JSON_KIND_INTEGER, .is_required = true, .min = 0, .max = INT64_MAX, .ret = &epoch},
		{.name = "queue", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 100, .ret = &queue},
		{.name = "agent", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 100, .ret = &agent},
		{.name = "note", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 0, .max = 8000, .ret = note},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	if (queue.n == 0 && agent.n == 0)
		return api_refuse(c, E_INVALID, "give a queue, an agent, or both");
	to->epoch = (uint64_t)epoch;
	return command_target(c, queue, agent, to);
}

static void say_transfer(struct turn *t, struct api_call *c, struct contact *contact,
			 const struct routing_transfer *to)
{
	struct usher_text queue = directory_queue_name(c->g->directory, to->to_queue);
	struct usher_text agent = directory_user_name(c->g->directory, to->to_agent);
	book_event(t, contact, "transferred", "%.*s transferred the contact to %.*s%s%.*s.",
		   TEXT_ARG(c->who.name), TEXT_ARG(agent),
		   agent.n > 0 && queue.n > 0 ? " in " : "", TEXT_ARG(queue));
}

static int act_transfer(struct turn *t, struct api_call *c)
{
	struct routing_event ev = {.kind = EV_TRANSFER};
	struct usher_text note = TEXT_NONE;
	struct contact *contact = api_contact(c, c->args[0]);
	if (contact == NULL)
		return c->code;
	if (read_target(c, &ev.transfer, &note) < 0)
		return c->code;
	bool is_holder = contact->row.agent == c->who.user && contact->row.state == CONTACT_ACTIVE;
	if (!is_holder && !api_is_supervisor(c))
		return api_refuse(c, E_DENIED, "only who holds the contact, or a supervisor, may transfer it");
	ev.transfer.contact = contact->row.id;
	ev.transfer.agent = is_holder ? c->who.user : 0;
	c->id = contact->row.id;
	if (command_route(t, c, &ev) < 0)
		return c->code;
	say_transfer(t, c, contact, &ev.transfer);
	if (note.n > 0)
		conversation_note(t, c, contact, note);
	return 0;
}

/* ---- by hand ------------------------------------------------------------------------------------------------ */

static int read_customer(struct api_call *c, const struct json *object, struct usher_text *name,
			 struct usher_text *address)
{
	const struct json_field fields[] = {
		{.name = "name", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 0, .max = 200, .ret = name},
		{.name = "address", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 0, .max = 254, .ret = address},
		{0}};
	if (object == NULL)
		return 0;
	c->code = json_fields(object, fields, &c->err);
	return c->code;
}

struct new_contact { /* what the body asks for; texts are the body's */
	struct usher_text channel, queue, subject, body, name, address, preferred, due;
	const struct json *customer, *requirements;
	int64_t preferred_s;
	/* read from them */
	enum channel_kind kind;
	usher_id queue_id;
	struct routing_contact_new how;
	struct usher_buf fields; /* owned */
};

static int read_wishes(struct turn *t, struct api_call *c, struct new_contact *in)
{
	struct routing_requirement own[ROUTING_REQUIREMENTS_MAX];
	unsigned count = 0;
	const struct user_row *agent = in->preferred.n > 0 ? api_user(c, in->preferred) : NULL;
	if (in->preferred.n > 0 && agent == NULL)
		return c->code;
	in->how.priority = 255; /* the queue's */
	if (agent != NULL) {
		in->how.preferred = agent->id;
		in->how.preferred_us = in->preferred_s * USHER_SECOND;
	}
	if (in->due.n > 0 && command_instant(t, c, "due", in->due, &in->how.due_us) < 0)
		return c->code;
	if (in->requirements == NULL)
		return 0;
	if (command_requirements(c, in->requirements, own, &count) == 0)
		requirements_keep(own, count, TEXT_NONE, &in->fields);
	return c->code;
}

static int read_new(struct turn *t, struct api_call *c, struct new_contact *in)
{
	const struct json_field fields[] = {
		{.name = "channel", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 20, .ret = &in->channel},
		{.name = "queue", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 100, .ret = &in->queue},
		{.name = "subject", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 0, .max = 300, .ret = &in->subject},
		{.name = "body", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 20000, .ret = &in->body},
		{.name = "customer", .kind = JSON_KIND_OBJECT, .ret = &in->customer},
		{.name = "requirements", .kind = JSON_KIND_LIST, .may_be_null = true, .ret = &in->requirements},
		{.name = "preferred_agent", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 100, .ret = &in->preferred},
		{.name = "preferred_seconds", .kind = JSON_KIND_INTEGER, .may_be_null = true, .min = 1, .max = PREFERRED_MAX_S, .ret = &in->preferred_s},
		{.name = "due", .kind = JSON_KIND_TEXT, .may_be_null = true, .min = 1, .max = 40, .ret = &in->due},
		{0}};
	if (api_fields(c, fields) < 0 || read_customer(c, in->customer, &in->name, &in->address) < 0)
		return c->code;
	const struct queue_row *to = api_queue(c, in->queue);
	if (to == NULL)
		return c->code;
	in->queue_id = to->id;
	if (channel_from_name(in->channel, &in->kind) < 0 || in->kind == CHANNEL_CHAT ||
	    in->kind == CHANNEL_VIDEO)
		return api_refuse(c, E_INVALID, "channel: by hand it is visit, letter, telephony, email or messaging");
	return read_wishes(t, c, in);
}

static struct contact *make_contact(struct turn *t, const struct new_contact *in)
{
	struct contact *contact = book_contact_new(t, 0);
	contact->row.channel = in->kind;
	contact->row.queue = in->queue_id;
	contact->row.customer = intake_customer(t, in->kind, in->address, in->name, TEXT_NONE, false);
	customers_name(t, contact->row.customer, in->name, &contact->customer_name);
	kept_row_set(&contact->row.subject, in->subject);
	kept_row_set(&contact->row.address, in->address);
	kept_row_set(&contact->row.fields, buf_text(&in->fields));
	conversation_customer_says(t, contact, in->body);
	return contact;
}

static int create(struct turn *t, struct api_call *c, const struct new_contact *in)
{
	struct book_seen seen;
	uint64_t hash = book_seen_hash(t->g, TEXT("api-contact"), c->idempotency_key);
	if (c->idempotency_key.n > 0 && book_was_seen(t->g->book, hash, &seen)) {
		c->id = seen.contact;
		return 0;
	}
	if (book_open_count(t->g->book) >= ROUTING_LIMITS_DEFAULT.contacts_max)
		return api_refuse(c, E_LIMIT, "as many contacts are open as there is room for");
	struct contact *contact = make_contact(t, in);
	c->id = contact->row.id;
	int code = intake_enqueue_as(t, contact, &in->how);
	enum contact_cause cause = code < 0 ? intake_refused(t, contact, code) : CAUSE_NONE;
	if (cause != CAUSE_NONE)
		return api_refuse(c, code, "%s",
				  cause == CAUSE_CLOSED_HOURS ? "the queue is closed"
				  : cause == CAUSE_FULL	      ? "the queue is full"
							      : "the routing core refused it");
	if (c->idempotency_key.n > 0)
		book_see(t, hash, &(struct book_seen){.contact = c->id});
	return 0;
}

static int act_create(struct turn *t, struct api_call *c)
{
	struct new_contact in = {.preferred_s = INTAKE_PREFERRED_US / USHER_SECOND};
	int code = read_new(t, c, &in);
	if (code == 0)
		code = create(t, c, &in);
	buf_done(&in.fields);
	return code;
}

const struct api_action api_contact_actions[] = {
	{"GET", "contacts", 0, NULL, render_list, 0},
	{"POST", "contacts", 0, act_create, command_render, 201},
	{"GET", "contacts/{}", 0, NULL, command_render, 0},
	{"GET", "contacts/{}/messages", 0, NULL, conversation_render, 0},
	{"POST", "contacts/{}/messages", 0, conversation_post, conversation_render_posted, 201},
	{"POST", "contacts/{}/accept", ROLE_AGENT | ROLE_SUPERVISOR, act_accept, command_render, 0},
	{"POST", "contacts/{}/decline", ROLE_AGENT | ROLE_SUPERVISOR, act_decline, command_render, 0},
	{"POST", "contacts/{}/take", ROLE_AGENT | ROLE_SUPERVISOR, act_take, command_render, 0},
	{"POST", "contacts/{}/close", 0, act_close, command_render, 0},
	{"POST", "contacts/{}/wrapup", 0, act_wrapup, command_render, 0},
	{"POST", "contacts/{}/transfer", 0, act_transfer, command_render, 0},
	{"POST", "contacts/{}/park", 0, act_park, command_render, 0},
	{"POST", "contacts/{}/resume", 0, act_resume, command_render, 0},
	{"POST", "contacts/{}/priority", ROLE_SUPERVISOR | ROLE_ADMIN, act_priority, command_render, 0},
	{"POST", "contacts/{}/video", 0, conversation_video_link, conversation_render_posted, 201},
	{"GET", "contacts/{}/video", 0, NULL, conversation_video_own, 0},
	{"GET", "contacts/{}/explain", 0, NULL, NULL, 200, explain_start},
	{"GET", "customers/{}", 0, NULL, render_customer, 0},
	{"GET", "customers/{}/contacts", 0, NULL, render_customer_contacts, 0},
	{NULL, NULL, 0, NULL, NULL, 0},
};
