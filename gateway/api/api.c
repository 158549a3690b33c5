/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api.h"

#include "gateway/directory.h"
#include "gateway/http/http.h"
#include "gateway/http/response.h"
#include "gateway/log.h"

#include <stdio.h>
#include <stdlib.h>

#define BODY_MAX ((size_t)256 << 10)
#define PREFIX "/api/v1/"

static const struct api_action *const action_lists[] = {
	api_contact_actions, api_queue_actions, api_user_actions,
	api_channel_actions, api_site_actions, api_staffing_actions, api_weight_actions,
	api_consult_actions, api_member_actions, NULL,
};

/* ---- answering ------------------------------------------------------------------------------------- */

static void call_free(struct api_call *c)
{
	json_free(c->input);
	arena_done(&c->arena);
	free(c);
}

int api_refuse(struct api_call *c, int code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	c->code = usher_error_vset(&c->err, code, format, args);
	va_end(args);
	return code;
}

int api_refuse_faults(struct api_call *c, const struct json_faults *faults)
{
	if (faults->count == 0)
		return 0;
	const struct json_fault *first = &faults->items[0];
	c->faults = ARENA_NEW(&c->arena, struct json_faults);
	*c->faults = *faults;
	if (faults->count == 1)
		return api_refuse(c, E_INVALID, "%s: %s", first->pointer, first->detail);
	return api_refuse(c, E_INVALID, "%s: %s (and %u more)", first->pointer, first->detail,
			  faults->count - 1);
}

static void answer_faults(struct api_call *c)
{
	static const struct problem_kind unsound = {422, "unsound", "The routing would not work so"};
	bool is_unsound = c->unsound.n > 0;
	const struct problem_kind *kind = is_unsound ? &unsound : problem_of_code(c->code);
	struct usher_buf out = {0};
	struct json_writer w;
	json_writer_init(&w, &out);
	json_write_object(&w);
	json_write_key(&w, "type");
	buf_addf(json_write_value(&w), "\"/help/problems/%s\"", kind->code);
	json_put_string(&w, "title", kind->title);
	json_put_int(&w, "status", kind->status);
	json_put_string(&w, "code", kind->code);
	json_put_string(&w, "detail", c->err.text);
	if (is_unsound)
		json_put_raw(&w, "errors", c->unsound);
	else
		json_put_faults(&w, c->faults);
	json_write_object_end(&w);
	http_server_ops()->reply(c->x, kind->status, PROBLEM_TYPE, buf_text(&out), NULL);
	buf_done(&out);
}

/* What the linter has to say of a change stands in the object that is answered. */
static void add_warnings(const struct api_call *c, struct usher_buf *out)
{
	if (c->warnings.n == 0 || out->n < 2 || out->p[out->n - 1] != '}')
		return;
	out->n--;
	buf_adds(out, out->p[out->n - 1] == '{' ? "\"warnings\":" : ",\"warnings\":");
	buf_add_text(out, c->warnings);
	buf_addc(out, '}');
}

static void answer(struct api_call *c)
{
	const struct http_ops *http = http_server_ops();
	struct usher_buf out = {0};
	struct json_writer w;
	json_writer_init(&w, &out);
	if (c->code == 0 && c->action->render != NULL)
		c->action->render(c, &w);
	if (c->code == 0 && c->action->start != NULL)
		buf_add_text(&out, c->text);
	add_warnings(c, &out);
	if (c->code == E_INVALID && (c->faults != NULL || c->unsound.n > 0))
		answer_faults(c);
	else if (c->code < 0)
		http->problem(c->x, c->code, c->err.text);
	else if (c->action->render == NULL && c->action->start == NULL)
		http->reply(c->x, 204, NULL, TEXT_NONE, NULL);
	else
		http->reply(c->x, c->action->status != 0 ? c->action->status : 200,
			    "application/json", buf_text(&out), NULL);
	buf_done(&out);
	call_free(c);
}

void api_answer(struct api_call *c)
{
	answer(c);
}

static void look(struct gateway *g, void *arg)
{
	(void)g;
	answer(arg);
}

static void apply(struct turn *t, void *arg)
{
	struct api_call *c = arg;
	c->code = c->action->act(t, c);
	if (c->code < 0 && c->err.text[0] == '\0')
		api_refuse(c, c->code, "the call is not possible now (%s)", usher_code_name(c->code));
}

static void committed(int code, void *arg)
{
	struct api_call *c = arg;
	if (code < 0)
		api_refuse(c, E_AGAIN, "nothing was kept: the store does not take writes now; try again");
	answer(c);
}

/* ---- matching ---------------------------------------------------------------------------------------- */

static bool match(const char *pattern, struct usher_text path, struct usher_text *args)
{
	struct usher_text rest = text_of(pattern);
	int n = 0;
	while (rest.p != NULL && path.p != NULL) {
		struct usher_text want = text_cut(&rest, '/'), got = text_cut(&path, '/');
		if (text_equal(want, TEXT("{}")) && got.n > 0 && n < API_ARGS_MAX)
			args[n++] = got;
		else if (!text_equal(want, got))
			return false;
	}
	return rest.p == NULL && path.p == NULL;
}

static const struct api_action *find(struct usher_text method, struct usher_text path,
				     struct usher_text *args, bool *ret_path_known)
{
	*ret_path_known = false;
	for (int list = 0; action_lists[list] != NULL; list++) {
		for (const struct api_action *a = action_lists[list]; a->method != NULL; a++) {
			if (!match(a->pattern, path, args))
				continue;
			*ret_path_known = true;
			if (text_equal(method, text_of(a->method)))
				return a;
		}
	}
	return NULL;
}

static void copy_request(struct api_call *c, const struct http_request *r)
{
	struct arena *a = &c->arena;
	for (int i = 0; i < API_ARGS_MAX; i++)
		c->args[i] = arena_text(a, c->args[i]);
	c->query = arena_text(a, r->query);
	c->peer = arena_text(a, r->peer);
	c->idempotency_key = arena_text(a, r->headers[1]);
	c->language = arena_text(a, r->headers[2]);
	c->who.name = arena_text(a, c->who.name);
	c->who.login = arena_text(a, c->who.login);
	c->who.csrf = arena_text(a, c->who.csrf);
	c->who.session = arena_text(a, c->who.session);
}

static void run(struct api_call *c, const struct http_request *r)
{
	if (c->action->roles != 0 && (c->who.roles & c->action->roles) == 0) {
		api_refuse(c, E_DENIED, "your role does not allow this");
		answer(c);
		return;
	}
	if (r->body.n > 0 && json_parse(&c->input, r->body, BODY_MAX, &c->err) < 0) {
		c->code = E_INVALID;
		answer(c);
		return;
	}
	copy_request(c, r);
	if (c->action->start != NULL)
		c->action->start(c);
	else if (c->action->act != NULL)
		engine_submit(c->g->engine, apply, committed, c);
	else
		engine_read(c->g->engine, look, c);
}

static void on_request(struct http_exchange *x, const struct http_request *r, void *arg)
{
	struct gateway *g = arg;
	const struct http_ops *http = http_server_ops();
	struct usher_text args[API_ARGS_MAX] = {{0}};
	struct identity who;
	bool is_path_known, is_safe = text_equal(r->method, TEXT("GET")) ||
				      text_equal(r->method, TEXT("HEAD"));
	const struct api_action *action = find(r->method, r->tail, args, &is_path_known);
	int code = auth_identify(g->auth, r, !is_safe, &who);
	if (code < 0) {
		http->problem(x, code,
			      code == E_DENIED ? "the CSRF header or the Origin does not fit the session"
					       : "sign in first");
		return;
	}
	if (action == NULL) {
		if (is_path_known)
			http->reply(x, 405, "application/problem+json",
				    TEXT("{\"type\":\"about:blank\",\"title\":\"Method not allowed\","
					 "\"status\":405}"),
				    NULL);
		else
			http->problem(x, E_NOT_FOUND, "no such call");
		return;
	}
	struct api_call *c = NEW(struct api_call);
	c->g = g;
	c->x = x;
	c->action = action;
	c->who = who;
	memcpy(c->args, args, sizeof c->args);
	run(c, r);
}

int api_start(struct gateway *g, struct usher_error *reterr)
{
	struct http_route route = {.method = "*",
				   .path = PREFIX "*",
				   .body_max = BODY_MAX,
				   .headers = {"x-usher-csrf", "idempotency-key", "accept-language"},
				   .on_request = on_request,
				   .arg = g};
	int code = http_server_route(g->http, &route);
	if (code < 0)
		return usher_error_set(reterr, code, "API: its address is taken");
	return api_session_start(g, reterr);
}

/* ---- for handlers --------------------------------------------------------------------------------------- */

struct contact *api_contact(struct api_call *c, struct usher_text arg)
{
	struct contact *contact = NULL;
	uint64_t number;
	usher_id id;
	if (arg.n > 2 && (text_starts(arg, TEXT("C-")) || text_starts(arg, TEXT("c-"))) &&
	    text_to_u64(text_slice(arg.p + 2, arg.n - 2), &number) == 0)
		contact = book_contact_by_number(c->g->book, (int64_t)number);
	else if (id_parse(arg, &c->g->id_key, &id) == 0)
		contact = book_contact(c->g->book, id);
	if (contact == NULL)
		api_refuse(c, E_NOT_FOUND, "there is no contact \"%.*s\"", (int)text_fit(arg, 60),
			   arg.n > 0 ? arg.p : "");
	return contact;
}

const struct queue_row *api_queue(struct api_call *c, struct usher_text arg)
{
	usher_id id;
	const struct queue_row *row = directory_queue_by_slug(c->g->directory, arg);
	if (row == NULL && id_parse(arg, &c->g->id_key, &id) == 0)
		row = directory_queue(c->g->directory, id);
	if (row == NULL)
		api_refuse(c, E_NOT_FOUND, "there is no queue \"%.*s\"", (int)text_fit(arg, 60),
			   arg.n > 0 ? arg.p : "");
	return row;
}

const struct user_row *api_user(struct api_call *c, struct usher_text arg)
{
	usher_id id;
	const struct user_row *row = directory_user_by_login(c->g->directory, arg);
	if (row == NULL && id_parse(arg, &c->g->id_key, &id) == 0)
		row = directory_user(c->g->directory, id);
	if (row == NULL)
		api_refuse(c, E_NOT_FOUND, "there is no user \"%.*s\"", (int)text_fit(arg, 60),
			   arg.n > 0 ? arg.p : "");
	return row;
}

int api_fields(struct api_call *c, const struct json_field *fields)
{
	if (c->input == NULL)
		return api_refuse(c, E_INVALID, "the call needs a JSON object as its body");
	c->code = json_fields(c->input, fields, &c->err);
	return c->code;
}

int api_write_levels(struct api_call *c, const struct json *object, const char *member, int64_t min,
		     struct json_writer *w)
{
	struct json_cursor cursor = {0};
	struct usher_text name;
	const struct json *level;
	char number[24];
	json_write_object(w);
	while (json_next(object, &cursor, &name, &level)) {
		const struct skill_row *skill = directory_skill_by_name(c->g->directory, name);
		int64_t value = json_as_integer(level);
		if (skill == NULL || value < min || value > SKILL_LEVEL_MAX)
			return api_refuse(c, E_INVALID,
					  "%s: \"%.*s\" is no skill with a level from %lld to %d", member,
					  (int)text_fit(name, 60), name.p, (long long)min,
					  SKILL_LEVEL_MAX);
		snprintf(number, sizeof number, "%lld", (long long)skill->number);
		json_put_int(w, number, value);
	}
	json_write_object_end(w);
	return 0;
}

static int hex_value(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch = (char)(ch | 32);
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

static struct usher_text decode(struct arena *a, struct usher_text t)
{
	char *out = arena_new(a, t.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < t.n; i++) {
		bool is_escape = t.p[i] == '%' && i + 2 < t.n && hex_value(t.p[i + 1]) >= 0 &&
				 hex_value(t.p[i + 2]) >= 0;
		if (is_escape) {
			out[n++] = (char)(hex_value(t.p[i + 1]) * 16 + hex_value(t.p[i + 2]));
			i += 2;
		} else {
			out[n++] = t.p[i] == '+' ? ' ' : t.p[i];
		}
	}
	return (struct usher_text){out, n};
}

struct usher_text api_query(struct api_call *c, const char *name)
{
	struct usher_text rest = c->query;
	while (rest.n > 0) {
		struct usher_text value = text_cut(&rest, '&');
		struct usher_text key = text_cut(&value, '=');
		if (text_equal(key, text_of(name)))
			return decode(&c->arena, value);
	}
	return TEXT_NONE;
}

int64_t api_query_integer(struct api_call *c, const char *name, int64_t min, int64_t max,
			  int64_t fallback)
{
	uint64_t value;
	struct usher_text text = api_query(c, name);
	if (text_to_u64(text, &value) < 0 || value > INT64_MAX)
		return fallback;
	int64_t n = (int64_t)value;
	return n < min ? min : n > max ? max : n;
}

bool api_is_supervisor(const struct api_call *c)
{
	return (c->who.roles & (ROLE_SUPERVISOR | ROLE_ADMIN)) != 0;
}

void api_audit(struct turn *t, const struct api_call *c, const char *verb, struct usher_text object)
{
	struct audit_row row = {.id = gateway_id(t->g, t->now), .at_us = t->now,
				.user = c->who.user, .verb = text_of(verb), .object = object};
	store_add(t->batch, &AUDIT, &row);
	log_event(LOG_LEVEL_INFO, "setting.changed", "verb=%s user=%llu", verb,
		  (unsigned long long)c->who.user);
}
