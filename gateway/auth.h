/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks: passwords, browser sessions, API tokens, the one-time set-up link.
 *
 * Passwords are argon2id (2 passes, 19 MiB), computed on workers, at most two at a time. Tokens
 * have 256 random bits and are stored as their SHA-256. There is no default account.
 */
#ifndef GATEWAY_AUTH_H
#define GATEWAY_AUTH_H

#include "channels/http.h"
#include "gateway/engine.h"

#define AUTH_TOKEN_BYTES 44 /* base64url of 32 bytes, and the NUL */
#define AUTH_PASSWORD_MIN 10
#define AUTH_PASSWORD_MAX 128
#define AUTH_SESSIONS_MAX 50 /* of one user */

struct auth;

struct identity {
	usher_id user; /* 0 = the command line of this machine */
	int64_t roles;
	struct usher_text name, login; /* borrowed: until the directory changes */
	struct usher_text csrf;        /* of a browser session, else empty */
	struct usher_text session;     /* its hash: names the session; borrowed */
};

int auth_new(struct auth **ret, struct gateway *g, struct usher_error *reterr) USHER_CHECKED;
struct auth *auth_free(struct auth *a); /* accepts NULL; always NULL */

/* HMAC-SHA256 of the site's secret: a key for each purpose. */
void auth_derive(const struct gateway *g, const char *purpose, struct usher_text name,
		 unsigned char ret[static 32]);

/* Random bytes as base64url text. */
void auth_random(char ret[static AUTH_TOKEN_BYTES]);

/* From the cookie or the Bearer token. is_unsafe: a cookie must come with the CSRF header (the
 * first header a route asks for) and the site's Origin. E_UNAUTHENTICATED, E_DENIED. */
int auth_identify(struct auth *a, const struct http_request *r, bool is_unsafe,
		  struct identity *ret) USHER_CHECKED;

/* The same for a WebSocket, which a page of another site may open too: a cookie counts only from
 * the site's own pages, and not from those that carry the chat widget. */
int auth_identify_socket(struct auth *a, const struct http_request *r,
			 struct identity *ret) USHER_CHECKED;

/* ---- signing in and out ---- */

/* code: 0, E_UNAUTHENTICATED, E_LIMIT (retry_s says when), E_AGAIN. token and csrf are valid until
 * it returns. A user has at most AUTH_SESSIONS_MAX; with one more the oldest ends. */
typedef void (*auth_on_login)(int code, int retry_s, const char *token, const struct identity *who,
			      void *arg);
void auth_login(struct auth *a, struct usher_text login, struct usher_text password,
		struct usher_text peer, auth_on_login on_done, void *arg);
/* The same without a password, for the set-up link and tests of the command line. */
void auth_open_session(struct auth *a, usher_id user, auth_on_login on_done, void *arg);
void auth_logout(struct auth *a, struct usher_text session, engine_done on_done, void *arg);

/* Hashing on a worker. code: 0, E_INVALID (the password breaks the length rule), E_AGAIN. */
typedef void (*auth_on_hash)(int code, const char *hash, void *arg);
void auth_hash_password(struct auth *a, struct usher_text password, auth_on_hash on_done, void *arg);

/* ---- tokens; inside a turn ---- */

enum session_kind { SESSION_BROWSER = 1, SESSION_TOKEN = 2, SESSION_SETUP = 3 };
/* Writes the row; the token itself is given out once and never stored. */
usher_us auth_token_new(struct turn *t, enum session_kind kind, usher_id user, const char *label,
			usher_us lasts_us, char ret_token[static AUTH_TOKEN_BYTES + 4]);
/* Takes a set-up token: true once. */
bool auth_token_spend(struct turn *t, struct usher_text token, enum session_kind kind);
/* Whether it would be taken; at any time. */
bool auth_token_is_live(const struct auth *a, struct usher_text token, enum session_kind kind);
bool auth_token_remove(struct turn *t, struct usher_text hash_hex, enum session_kind kind);
void auth_each_token(struct auth *a, void (*on_token)(const struct session_row *row, void *arg),
		     void *arg);
/* Every session and token of a user ends (password changed, removed). */
void auth_end_sessions(struct turn *t, usher_id user);

/* Writes data_dir/control, from which this machine's command line knows the address and a token. */
int auth_write_control(struct auth *a, struct usher_error *reterr) USHER_CHECKED;

/* "usher" or "__Host-usher", by the public address. */
const char *auth_cookie_name(const struct gateway *g);

#endif
