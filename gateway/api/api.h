/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The REST calls of docs/api.md: one table of actions, one way through them.
 *
 * A call is identified, its path matched, its role checked, its body read; an action that changes
 * something acts inside a turn of the engine and is answered after the commit; one that only looks
 * is answered when no commit is running. Handlers never touch HTTP.
 */
#ifndef GATEWAY_API_API_H
#define GATEWAY_API_API_H

#include "gateway/auth.h"
#include "gateway/book.h"
#include "gateway/json_faults.h"

#define API_ARGS_MAX 3

struct api_call {
	struct gateway *g;
	struct http_exchange *x; /* owned by the server until answered */
	const struct api_action *action;
	struct arena arena;      /* until the answer */
	struct identity who;     /* texts in the arena */
	struct usher_text args[API_ARGS_MAX]; /* what {} matched */
	struct usher_text query, peer, idempotency_key, language; /* language: Accept-Language */
	struct json *input;      /* owned; NULL when the request had no body */
	/* what the handler found out */
	int code;                /* 0, or a refusal: then detail is the sentence */
	struct usher_error err;
	struct json_faults *faults; /* in the arena; NULL: err says it all */
	struct usher_text unsound;  /* "errors" of the linter, a JSON list in the arena */
	struct usher_text warnings; /* of the linter, likewise: into the object that is answered */
	usher_id id, id2;        /* for render: what was made or changed */
	int64_t number;
	struct usher_text text;  /* in the arena */
	void *more;              /* of the action, in the arena */
};

struct api_action {
	const char *method;  /* "POST" */
	const char *pattern; /* "contacts/{}/accept", below /api/v1/ */
	int64_t roles;       /* any of these; 0 = everybody who is signed in */
	/* Inside a turn. Returns 0 or a refusal with c->err; what it changed before refusing would be
	 * committed, so it checks first. NULL: a call that only looks. */
	int (*act)(struct turn *t, struct api_call *c);
	/* Writes the answer's one value. May set c->code instead. NULL: 204. */
	void (*render)(struct api_call *c, struct json_writer *w);
	int status; /* on success; 0 = 200 */
	/* In place of act and render: takes its time, then calls api_answer with c->text, the answer's
	 * JSON, or c->code. */
	void (*start)(struct api_call *c);
};

/* Lists end with method NULL. */
extern const struct api_action api_contact_actions[], api_queue_actions[], api_user_actions[],
	api_channel_actions[], api_site_actions[], api_staffing_actions[], api_weight_actions[],
	api_consult_actions[], api_member_actions[];

/* Registers /api/v1/… and the calls of signing in. */
int api_start(struct gateway *g, struct usher_error *reterr) USHER_CHECKED;

/* ---- for handlers ---- */

int api_refuse(struct api_call *c, int code, const char *format, ...) USHER_PRINTF(3, 4);
/* E_INVALID with each of them; 0 when there is none. The faults are copied. */
int api_refuse_faults(struct api_call *c, const struct json_faults *faults);

/* Ends a call that has `start`. */
void api_answer(struct api_call *c);

/* From {}: an id, or a number "C-1042". NULL with c->err set (E_NOT_FOUND). */
struct contact *api_contact(struct api_call *c, struct usher_text arg);
const struct queue_row *api_queue(struct api_call *c, struct usher_text arg); /* id or slug */
const struct user_row *api_user(struct api_call *c, struct usher_text arg);   /* id or login */
int api_fields(struct api_call *c, const struct json_field *fields) USHER_CHECKED;

/* Writes {"billing":3} with skill names as the store keeps it, {"7":3} with their numbers. Each must
 * be a skill with a level from `min`; `member` names the object in the fault. */
int api_write_levels(struct api_call *c, const struct json *object, const char *member, int64_t min,
		     struct json_writer *w) USHER_CHECKED;

/* A parameter of the query, percent-decoded; TEXT_NONE when it is not there. */
struct usher_text api_query(struct api_call *c, const char *name);
int64_t api_query_integer(struct api_call *c, const char *name, int64_t min, int64_t max,
			  int64_t fallback);

bool api_is_supervisor(const struct api_call *c);
void api_audit(struct turn *t, const struct api_call *c, const char *verb, struct usher_text object);

/* Signing in and out (api_session.c). */
int api_session_start(struct gateway *g, struct usher_error *reterr) USHER_CHECKED;

#endif
