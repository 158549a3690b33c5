/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in, out, and the first admin by the one-time link. */
#include "gateway/api/api.h"

#include "gateway/config.h"
#include "gateway/directory.h"
#include "gateway/http/http.h"
#include "gateway/log.h"
#include "gateway/shapes.h"

#include <stdio.h>
#include <stdlib.h>

#define SESSION_BODY_MAX 4096
#define LINK_IS_OVER                                                                               \
	"the set-up link is used up or older than 30 minutes; `usher init` prints a new one"

struct signing {
	struct gateway *g;
	struct http_exchange *x;
	char *login, *name, *token, *hash; /* owned; of the set-up */
	usher_id user;
	int code;
};

static void cookie_header(const struct gateway *g, const char *token, struct usher_buf *ret)
{
	const char *name = auth_cookie_name(g);
	bool is_secure = name[0] == '_';
	buf_addf(ret, "Set-Cookie: %s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", name, token,
		 is_secure ? "; Secure" : "", token[0] == '\0' ? "; Max-Age=0" : "");
}

static void put_account(struct usher_buf *out, struct gateway *g, const struct identity *who)
{
	struct json_writer w;
	const struct user_row *user = directory_user(g->directory, who->user);
	json_writer_init(&w, out);
	json_write_object(&w);
	json_write_key(&w, "user");
	if (user != NULL)
		shape_user(&w, g, user);
	else
		json_write_null(&w);
	json_put_text(&w, "csrf", who->csrf);
	json_write_object_end(&w);
}

static void reply_session(struct gateway *g, struct http_exchange *x, const char *token,
			  const struct identity *who)
{
	struct usher_buf body = {0}, cookie = {0};
	put_account(&body, g, who);
	if (token != NULL)
		cookie_header(g, token, &cookie);
	const char *headers[] = {cookie.p, NULL};
	http_server_ops()->reply(x, 200, "application/json", buf_text(&body),
				 token != NULL ? headers : NULL);
	buf_done(&body);
	buf_done(&cookie);
}

static void on_login(int code, int retry_s, const char *token, const struct identity *who, void *arg)
{
	struct signing *s = arg;
	const struct http_ops *http = http_server_ops();
	if (code == 0) {
		reply_session(s->g, s->x, token, who);
	} else if (code == E_LIMIT) {
		char retry[48];
		snprintf(retry, sizeof retry, "Retry-After: %d", retry_s);
		const char *headers[] = {retry, NULL};
		http->reply(s->x, 429, "application/problem+json",
			    TEXT("{\"type\":\"/help/problems/limit\",\"title\":\"Too many tries\","
				 "\"status\":429,\"code\":\"limit\",\"detail\":\"too many tries from "
				 "this address; wait a little\"}"),
			    headers);
	} else {
		http->problem(s->x, code, code == E_AGAIN ? "the store does not take writes now; try again"
							  : "login or password is wrong");
	}
	free(s);
}

/* Requests that make a session come from the site's own pages, or from programs without Origin. */
static bool is_foreign(const struct gateway *g, const struct http_request *r)
{
	return r->origin.n > 0 && !text_equal(r->origin, text_of(config_public_url(g->config)));
}

static void on_post(struct http_exchange *x, const struct http_request *r, void *arg)
{
	struct gateway *g = arg;
	struct json *input = NULL;
	struct usher_error err = {0};
	struct usher_text login = TEXT_NONE, password = TEXT_NONE;
	const struct json_field fields[] = {
		{.name = "login", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 100, .ret = &login},
		{.name = "password", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 1000, .ret = &password},
		{0}};
	int code = json_parse(&input, r->body, SESSION_BODY_MAX, &err);
	if (code == 0)
		code = json_fields(input, fields, &err);
	if (code == 0 && is_foreign(g, r))
		code = usher_error_set(&err, E_DENIED, "sign in on the site's own pages");
	if (code < 0) {
		http_server_ops()->problem(x, code, err.text);
	} else {
		struct signing *s = NEW(struct signing);
		s->g = g;
		s->x = x;
		auth_login(g->auth, login, password, r->peer, on_login, s);
	}
	json_free(input);
}

static void on_get(struct http_exchange *x, const struct http_request *r, void *arg)
{
	struct gateway *g = arg;
	struct identity who;
	int code = auth_identify(g->auth, r, false, &who);
	if (code < 0)
		http_server_ops()->problem(x, code, "sign in first");
	else
		reply_session(g, x, NULL, &who);
}

/* ---- signing out ---------------------------------------------------------------------------------- */

static void apply_sign_out(struct turn *t, void *arg)
{
	const struct signing *s = arg;
	struct routing_event ev = {.kind = EV_AGENT_WANTS};
	ev.presence = (struct routing_presence){.agent = s->user, .wants = AGENT_SIGNED_OUT};
	int code = turn_route(t, &ev);
	(void)code; /* was no agent, or signed out already */
}

static void on_signed_out(int code, void *arg)
{
	struct signing *s = arg;
	struct usher_buf cookie = {0};
	cookie_header(s->g, "", &cookie);
	const char *headers[] = {cookie.p, NULL};
	if (code == 0)
		http_server_ops()->reply(s->x, 204, NULL, TEXT_NONE, headers);
	else
		http_server_ops()->problem(s->x, E_AGAIN, "the store does not take writes now; try again");
	buf_done(&cookie);
	free(s);
}

static void on_delete(struct http_exchange *x, const struct http_request *r, void *arg)
{
	struct gateway *g = arg;
	struct identity who;
	int code = auth_identify(g->auth, r, true, &who);
	if (code < 0) {
		http_server_ops()->problem(x, code, "sign in first");
		return;
	}
	struct signing *s = NEW(struct signing);
	s->g = g;
	s->x = x;
	s->user = who.user;
	engine_submit(g->engine, apply_sign_out, NULL, s);
	auth_logout(g->auth, who.session, on_signed_out, s);
}

/* ---- the first admin -------------------------------------------------------------------------------- */

static void signing_free(struct signing *s)
{
	free(s->login);
	free(s->name);
	free(s->token);
	free(s->hash);
	free(s);
}

static void apply_setup(struct turn *t, void *arg)
{
	struct signing *s = arg;
	if (directory_user_by_login(t->g->directory, text_of(s->login)) != NULL) {
		s->code = E_EXISTS;
		return;
	}
	if (!auth_token_spend(t, text_of(s->token), SESSION_SETUP)) {
		s->code = E_DENIED;
		return;
	}
	struct user_row row = {.id = gateway_id(t->g, t->now),
			       .created_us = t->now,
			       .roles = ROLE_AGENT | ROLE_SUPERVISOR | ROLE_ADMIN,
			       .capacity = AGENT_CAPACITY_DEFAULT,
			       .login = text_of(s->login),
			       .name = text_of(s->name),
			       .password = text_of(s->hash)};
	s->user = row.id;
	s->code = directory_put_user(t, &row);
}

static void on_setup_login(int code, int retry_s, const char *token, const struct identity *who,
			   void *arg)
{
	struct signing *s = arg;
	(void)retry_s;
	if (code == 0)
		reply_session(s->g, s->x, token, who);
	else
		http_server_ops()->problem(s->x, code, "the account was made; sign in with it");
	signing_free(s);
}

static void on_setup_committed(int code, void *arg)
{
	struct signing *s = arg;
	const char *why = "the store does not take writes now; try again";
	if (code == 0 && s->code == 0) {
		auth_open_session(s->g->auth, s->user, on_setup_login, s);
		return;
	}
	if (code == 0)
		why = s->code == E_EXISTS ? "that login is taken" : LINK_IS_OVER;
	http_server_ops()->problem(s->x, code < 0 ? code : s->code, why);
	signing_free(s);
}

static void on_setup_hashed(int code, const char *hash, void *arg)
{
	struct signing *s = arg;
	if (code < 0) {
		http_server_ops()->problem(s->x, code,
					   code == E_INVALID ? "password: 10 to 128 bytes long; a "
							       "sentence is a good one"
							     : "many sign in now; try again");
		signing_free(s);
		return;
	}
	s->hash = memory_copy(text_of(hash));
	engine_submit(s->g->engine, apply_setup, on_setup_committed, s);
}

static void on_setup(struct http_exchange *x, const struct http_request *r, void *arg)
{
	struct gateway *g = arg;
	struct json *input = NULL;
	struct usher_error err = {0};
	struct usher_text token = TEXT_NONE, login = TEXT_NONE, name = TEXT_NONE, password = TEXT_NONE;
	const struct json_field fields[] = {
		{.name = "token", .kind = JSON_KIND_TEXT, .is_required = true, .min = 20, .max = 100, .ret = &token},
		{.name = "login", .kind = JSON_KIND_TEXT, .is_required = true, .min = 2, .max = 100, .ret = &login},
		{.name = "name", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 200, .ret = &name},
		{.name = "password", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 1000, .ret = &password},
		{0}};
	int code = json_parse(&input, r->body, SESSION_BODY_MAX, &err);
	if (code == 0)
		code = json_fields(input, fields, &err);
	if (code == 0 && is_foreign(g, r))
		code = usher_error_set(&err, E_DENIED, "open the set-up link on the site's own pages");
	/* Asked before the hashing, which anybody could make us do else. */
	if (code == 0 && !auth_token_is_live(g->auth, token, SESSION_SETUP))
		code = usher_error_set(&err, E_DENIED, "%s", LINK_IS_OVER);
	if (code < 0) {
		http_server_ops()->problem(x, code, err.text);
		json_free(input);
		return;
	}
	struct signing *s = NEW(struct signing);
	s->g = g;
	s->x = x;
	s->token = memory_copy(token);
	s->login = memory_copy(login);
	s->name = memory_copy(name);
	auth_hash_password(g->auth, password, on_setup_hashed, s);
	json_free(input);
}

int api_session_start(struct gateway *g, struct usher_error *reterr)
{
	const struct http_route routes[] = {
		{.method = "POST", .path = "/api/v1/session", .on_request = on_post},
		{.method = "GET", .path = "/api/v1/session", .on_request = on_get},
		{.method = "DELETE", .path = "/api/v1/session", .on_request = on_delete},
		{.method = "POST", .path = "/api/v1/setup", .on_request = on_setup},
	};
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		struct http_route route = routes[i];
		route.body_max = SESSION_BODY_MAX;
		route.headers[0] = "x-usher-csrf";
		route.arg = g;
		int code = http_server_route(g->http, &route);
		if (code < 0)
			return usher_error_set(reterr, code, "API: %s is taken", route.path);
	}
	return 0;
}
