/* SPDX-License-Identifier: Apache-2.0 */
/* API tokens, what waits to leave, the audit log. */
#include "gateway/api/api.h"
#include "gateway/api/api_lint.h"

#include "gateway/outbox.h"
#include "gateway/seed.h"
#include "gateway/shapes.h"

#include <sodium.h>
#include <stdio.h>

#define TOKEN_LASTS (365 * USHER_DAY)

struct token_made {
	char token[AUTH_TOKEN_BYTES + 4];
	usher_us expires_us;
};

static int act_token(struct turn *t, struct api_call *c)
{
	struct usher_text label = TEXT_NONE;
	const struct json_field fields[] = {
		{.name = "label", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 100, .ret = &label},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	if (c->who.user == 0)
		return api_refuse(c, E_DENIED, "a token belongs to a user: sign in and make it there");
	struct token_made *made = ARENA_NEW(&c->arena, struct token_made);
	made->expires_us = auth_token_new(t, SESSION_TOKEN, c->who.user,
					  arena_string(t->arena, label), TOKEN_LASTS, made->token);
	c->more = made;
	c->text = arena_text(&c->arena, label);
	api_audit(t, c, "token.new", c->text);
	return 0;
}

static void put_token_id(struct json_writer *w, struct usher_text token)
{
	unsigned char hash[32];
	char hex[65];
	crypto_hash_sha256(hash, (const unsigned char *)token.p, token.n);
	sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	json_put_text(w, "id", text_slice(hex, 16));
}

static void render_token(struct api_call *c, struct json_writer *w)
{
	const struct token_made *made = c->more;
	json_write_object(w);
	put_token_id(w, text_of(made->token));
	json_put_text(w, "label", c->text);
	json_put_string(w, "token", made->token);
	json_put_time(w, "expires_at", made->expires_us);
	json_write_object_end(w);
}

static void put_token(const struct session_row *row, void *arg)
{
	struct json_writer *w = arg;
	char hex[65];
	sodium_bin2hex(hex, sizeof hex, (const unsigned char *)row->hash.p, 32);
	json_write_object(w);
	json_put_text(w, "id", text_slice(hex, 16));
	json_put_text(w, "label", row->label);
	json_put_time(w, "created_at", row->created_us);
	json_put_time(w, "expires_at", row->expires_us);
	json_write_object_end(w);
}

static void render_tokens(struct api_call *c, struct json_writer *w)
{
	json_write_object(w);
	json_put_list(w, "items");
	auth_each_token(c->g->auth, put_token, w);
	json_write_list_end(w);
	json_write_object_end(w);
}

static int act_token_remove(struct turn *t, struct api_call *c)
{
	if (!auth_token_remove(t, c->args[0], SESSION_TOKEN))
		return api_refuse(c, E_NOT_FOUND, "there is no such token");
	api_audit(t, c, "token.remove", c->args[0]);
	return 0;
}

/* ---- set-up ------------------------------------------------------------------------------------------------ */

static int act_setup_link(struct turn *t, struct api_call *c)
{
	struct token_made *made = ARENA_NEW(&c->arena, struct token_made);
	if (c->who.user != 0)
		return api_refuse(c, E_DENIED, "only the command line of this machine makes set-up links");
	made->expires_us = auth_token_new(t, SESSION_SETUP, 0, "", SETUP_LASTS, made->token);
	c->more = made;
	return 0;
}

static void render_setup_link(struct api_call *c, struct json_writer *w)
{
	const struct token_made *made = c->more;
	json_write_object(w);
	json_put_string(w, "token", made->token);
	json_put_time(w, "expires_at", made->expires_us);
	json_write_object_end(w);
}

/* ---- the outbox -------------------------------------------------------------------------------------------- */

#define OUTBOX_SHOWN_MAX 500

struct putting {
	struct api_call *c;
	struct json_writer *w;
	int64_t left;
};

static void put_outbox(const struct outbox_row *row, void *arg)
{
	struct putting *p = arg;
	if (p->left-- <= 0)
		return;
	json_write_object(p->w);
	json_put_id(p->w, "id", row->id, &p->c->g->id_key);
	json_put_text(p->w, "channel_id", row->channel_id);
	json_put_text(p->w, "kind", row->kind);
	json_put_id(p->w, "contact", row->contact, &p->c->g->id_key);
	json_put_string(p->w, "state", delivery_state_name((enum delivery_state)row->state));
	json_put_int(p->w, "attempts", row->attempts);
	json_put_time(p->w, "next_at", row->next_us);
	json_put_time(p->w, "created_at", row->created_us);
	json_put_text(p->w, "error", row->error);
	json_write_object_end(p->w);
}

static void render_outbox(struct api_call *c, struct json_writer *w)
{
	struct putting p = {c, w, api_query_integer(c, "limit", 1, OUTBOX_SHOWN_MAX, 200)};
	json_write_object(w);
	json_put_int(w, "count", (int64_t)outbox_count(c->g->outbox));
	json_put_list(w, "items");
	outbox_each(c->g->outbox, put_outbox, &p);
	json_write_list_end(w);
	json_write_object_end(w);
}

/* ---- the audit log ------------------------------------------------------------------------------------------ */

static int put_audit(const void *row, void *arg)
{
	struct putting *p = arg;
	const struct audit_row *audit = row;
	json_write_object(p->w);
	json_put_time(p->w, "at", audit->at_us);
	shape_agent_ref(p->w, p->c->g, "user", audit->user);
	json_put_text(p->w, "verb", audit->verb);
	json_put_text(p->w, "object", audit->object);
	json_write_object_end(p->w);
	return 0;
}

static void render_audit(struct api_call *c, struct json_writer *w)
{
	struct putting p = {c, w, 0};
	struct store_range newest = {.index = -1, .is_descending = true,
				     .limit = api_query_integer(c, "limit", 1, 500, 100)};
	json_write_object(w);
	json_put_list(w, "items");
	int code = store_scan(c->g->store, &AUDIT, &newest, put_audit, &p);
	json_write_list_end(w);
	json_write_object_end(w);
	if (code < 0)
		api_refuse(c, code, "the audit log cannot be read from the store");
}

const struct api_action api_site_actions[] = {
	{"GET", "tokens", ROLE_ADMIN, NULL, render_tokens, 0},
	{"POST", "tokens", ROLE_ADMIN, act_token, render_token, 201},
	{"DELETE", "tokens/{}", ROLE_ADMIN, act_token_remove, NULL, 0},
	{"POST", "setup-links", ROLE_ADMIN, act_setup_link, render_setup_link, 201},
	{"GET", "routing/check", ROLE_SUPERVISOR | ROLE_ADMIN, NULL, api_render_lint, 0},
	{"GET", "outbox", ROLE_SUPERVISOR | ROLE_ADMIN, NULL, render_outbox, 0},
	{"GET", "audit", ROLE_ADMIN, NULL, render_audit, 0},
	{NULL, NULL, 0, NULL, NULL, 0},
};
