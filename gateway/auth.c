/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/auth.h"

#include "gateway/auth_limit.h"
#include "gateway/config.h"
#include "gateway/directory.h"
#include "gateway/live.h"
#include "gateway/log.h"
#include "gateway/rows.h"
#include "routing/base/table.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SESSION_LASTS (12 * USHER_HOUR)
#define SESSION_IDLE (2 * USHER_HOUR)
#define SESSIONS_MAX 100000
#define SWEEP_MAX 200
#define FULL_RETRY_S 10
#define TOKEN_BYTES 32

struct auth {
	struct gateway *g; /* borrowed: it owns this */
	struct table sessions; /* first 8 bytes of the hash -> struct session_row *, owned */
	struct auth_limit *limit; /* owned */
	struct auth_hasher *hasher; /* owned */
	unsigned char control[32];  /* hash of the command line's token */
	bool has_control;
};

/* ---- small cryptography ------------------------------------------------------------------------- */

void auth_derive(const struct gateway *g, const char *purpose, struct usher_text name,
		 unsigned char ret[static 32])
{
	struct usher_buf input = {0};
	unsigned int n = 32;
	buf_adds(&input, "usher|");
	buf_adds(&input, purpose);
	buf_addc(&input, '|');
	buf_add_text(&input, name);
	HMAC(EVP_sha256(), g->secret.p, (int)g->secret.n, (const unsigned char *)input.p, input.n,
	     ret, &n);
	buf_done(&input);
}

void auth_random(char ret[static AUTH_TOKEN_BYTES])
{
	unsigned char bytes[TOKEN_BYTES];
	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2base64(ret, AUTH_TOKEN_BYTES, bytes, sizeof bytes,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(bytes, sizeof bytes);
}

static void hash_token(struct usher_text token, unsigned char ret[static 32])
{
	crypto_hash_sha256(ret, (const unsigned char *)token.p, token.n);
}

static uint64_t slot_key(const unsigned char hash[static 32])
{
	uint64_t key;
	memcpy(&key, hash, sizeof key);
	return key != 0 ? key : 1;
}

/* ---- the sessions in memory ----------------------------------------------------------------------- */

static struct session_row *find(const struct auth *a, const unsigned char hash[static 32])
{
	struct session_row *row = table_get_pointer(&a->sessions, slot_key(hash));
	bool is_it = row != NULL && row->hash.n == 32 && CRYPTO_memcmp(row->hash.p, hash, 32) == 0;
	return is_it ? row : NULL;
}

static struct session_row *find_token(const struct auth *a, struct usher_text token)
{
	unsigned char hash[32];
	hash_token(token, hash);
	return find(a, hash);
}

static void keep(struct auth *a, const struct session_row *row)
{
	uint64_t key = slot_key((const unsigned char *)row->hash.p);
	struct session_row *old = table_get_pointer(&a->sessions, key);
	table_set_pointer(&a->sessions, key, kept_row_copy(&SESSION, row));
	kept_row_free(&SESSION, old);
}

static void forget(struct auth *a, struct session_row *row)
{
	table_remove(&a->sessions, slot_key((const unsigned char *)row->hash.p));
	kept_row_free(&SESSION, row);
}

/* A console that is connected is in use, also when it only listens. */
static bool is_live(const struct auth *a, const struct session_row *row, usher_us now)
{
	bool is_quiet = row->kind == SESSION_BROWSER && now - row->seen_us > SESSION_IDLE;
	return now < row->expires_us && (!is_quiet || live_has_session(a->g->live, row->hash));
}

static int on_row(const void *row, void *arg)
{
	struct session_row session = *(const struct session_row *)row;
	session.seen_us = gateway_now(); /* idle time is counted in memory; a restart forgives it */
	if (session.hash.n == 32)
		keep(arg, &session);
	return 0;
}

int auth_new(struct auth **ret, struct gateway *g, struct usher_error *reterr)
{
	if (sodium_init() < 0)
		return usher_error_set(reterr, E_IO, "libsodium: cannot start");
	struct auth *a = NEW(struct auth);
	a->g = g;
	a->limit = auth_limit_new();
	a->hasher = auth_hasher_new(g->loop);
	struct store_range all = {.index = -1};
	int code = store_scan(g->store, &SESSION, &all, on_row, a);
	if (code < 0) {
		auth_free(a);
		return usher_error_set(reterr, code, "sessions: cannot be read from the store");
	}
	*ret = a;
	return 0;
}

struct auth *auth_free(struct auth *a)
{
	if (a == NULL)
		return NULL;
	TABLE_EACH(slot, &a->sessions)
		kept_row_free(&SESSION, (void *)(uintptr_t)slot->value);
	table_done(&a->sessions);
	auth_limit_free(a->limit);
	auth_hasher_free(a->hasher);
	free(a);
	return NULL;
}

/* ---- who asks --------------------------------------------------------------------------------------- */

const char *auth_cookie_name(const struct gateway *g)
{
	bool is_secure = text_starts(text_of(config_public_url(g->config)), TEXT("https://"));
	return is_secure ? "__Host-usher" : "usher";
}

static struct usher_text cookie_value(struct usher_text cookies, const char *name)
{
	while (cookies.n > 0) {
		struct usher_text value = text_trim(text_cut(&cookies, ';'));
		struct usher_text key = text_cut(&value, '=');
		if (text_equal(key, text_of(name)))
			return value;
	}
	return TEXT_NONE;
}

static int fill(const struct auth *a, const struct session_row *row, struct identity *ret)
{
	const struct user_row *user = directory_user(a->g->directory, row->user);
	if (user == NULL)
		return E_UNAUTHENTICATED;
	*ret = (struct identity){.user = user->id, .roles = user->roles, .name = user->name,
				 .login = user->login, .csrf = row->csrf, .session = row->hash};
	return 0;
}

static bool is_control(const struct auth *a, struct usher_text token)
{
	unsigned char hash[32];
	hash_token(token, hash);
	return a->has_control && CRYPTO_memcmp(hash, a->control, 32) == 0;
}

static int by_bearer(const struct auth *a, struct usher_text token, struct identity *ret)
{
	if (is_control(a, token)) {
		*ret = (struct identity){.roles = ROLE_AGENT | ROLE_SUPERVISOR | ROLE_ADMIN,
					 .name = TEXT("command line"), .login = TEXT("local")};
		return 0;
	}
	const struct session_row *row = find_token(a, token);
	if (row == NULL || row->kind != SESSION_TOKEN || !is_live(a, row, gateway_now()))
		return E_UNAUTHENTICATED;
	int code = fill(a, row, ret);
	ret->csrf = TEXT_NONE;
	return code;
}

/* RFC 6454: the origin of the public address, exactly. */
static bool is_own_origin(const struct auth *a, struct usher_text origin)
{
	return origin.n == 0 || text_equal(origin, text_of(config_public_url(a->g->config)));
}

static int by_cookie(const struct auth *a, const struct http_request *r, bool is_unsafe,
		     struct identity *ret)
{
	struct usher_text token = cookie_value(r->cookie, auth_cookie_name(a->g));
	struct session_row *row = token.n > 0 ? find_token(a, token) : NULL;
	usher_us now = gateway_now();
	if (row == NULL || row->kind != SESSION_BROWSER || !is_live(a, row, now))
		return E_UNAUTHENTICATED;
	struct usher_text csrf = r->headers[0];
	bool has_csrf = csrf.n > 0 && csrf.n == row->csrf.n &&
			CRYPTO_memcmp(csrf.p, row->csrf.p, csrf.n) == 0;
	if (is_unsafe && (!has_csrf || !is_own_origin(a, r->origin)))
		return E_DENIED;
	row->seen_us = now;
	return fill(a, row, ret);
}

int auth_identify(struct auth *a, const struct http_request *r, bool is_unsafe,
		  struct identity *ret)
{
	if (text_starts(r->authorization, TEXT("Bearer ")))
		return by_bearer(a, text_slice(r->authorization.p + 7, r->authorization.n - 7), ret);
	return by_cookie(a, r, is_unsafe, ret);
}

int auth_identify_socket(struct auth *a, const struct http_request *r, struct identity *ret)
{
	bool is_bearer = text_starts(r->authorization, TEXT("Bearer "));
	if (!is_bearer && (r->origin.n == 0 || !is_own_origin(a, r->origin)))
		return E_DENIED;
	return auth_identify(a, r, false, ret);
}

/* ---- making sessions ---------------------------------------------------------------------------------- */

static void keep_published(struct gateway *g, void *arg)
{
	keep(g->auth, arg);
}

static struct session_row *arena_session(struct turn *t, const struct session_row *row)
{
	struct session_row *copy = ARENA_NEW(t->arena, struct session_row);
	*copy = *row;
	copy->hash = arena_text(t->arena, row->hash);
	copy->label = arena_text(t->arena, row->label);
	copy->csrf = arena_text(t->arena, row->csrf);
	return copy;
}

usher_us auth_token_new(struct turn *t, enum session_kind kind, usher_id user, const char *label,
			usher_us lasts_us, char ret_token[static AUTH_TOKEN_BYTES + 4])
{
	unsigned char hash[32];
	char csrf[AUTH_TOKEN_BYTES];
	snprintf(ret_token, 5, "%s", kind == SESSION_TOKEN ? "usr_" : "");
	auth_random(ret_token + strlen(ret_token));
	auth_random(csrf);
	hash_token(text_of(ret_token), hash);
	struct session_row row = {.hash = text_slice(hash, 32), .user = user, .created_us = t->now,
				  .seen_us = t->now, .expires_us = t->now + lasts_us, .kind = kind,
				  .label = text_of(label), .csrf = text_of(csrf)};
	struct session_row *copy = arena_session(t, &row);
	store_put(t->batch, &SESSION, copy);
	turn_publish(t, keep_published, copy);
	return row.expires_us;
}

static void forget_published(struct gateway *g, void *arg)
{
	struct session_row *row = find(g->auth, arg);
	live_end_session(g->live, text_slice(arg, 32));
	if (row != NULL)
		forget(g->auth, row);
}

static void remove_row(struct turn *t, const struct session_row *row)
{
	store_remove(t->batch, &SESSION, row);
	turn_publish(t, forget_published, (void *)(uintptr_t)arena_text(t->arena, row->hash).p);
}

bool auth_token_is_live(const struct auth *a, struct usher_text token, enum session_kind kind)
{
	const struct session_row *row = find_token(a, token);
	return row != NULL && row->kind == (int64_t)kind && is_live(a, row, gateway_now());
}

bool auth_token_spend(struct turn *t, struct usher_text token, enum session_kind kind)
{
	bool is_right = auth_token_is_live(t->g->auth, token, kind);
	if (is_right)
		remove_row(t, find_token(t->g->auth, token));
	return is_right;
}

static bool is_hash(const struct session_row *row, struct usher_text hex)
{
	char text[65];
	sodium_bin2hex(text, sizeof text, (const unsigned char *)row->hash.p, 32);
	return text_equal(hex, text_slice(text, 16));
}

bool auth_token_remove(struct turn *t, struct usher_text hash_hex, enum session_kind kind)
{
	TABLE_EACH(slot, &t->g->auth->sessions) {
		const struct session_row *row = (const struct session_row *)(uintptr_t)slot->value;
		if (row->kind == (int64_t)kind && is_hash(row, hash_hex)) {
			remove_row(t, row);
			return true;
		}
	}
	return false;
}

void auth_each_token(struct auth *a, void (*on_token)(const struct session_row *row, void *arg),
		     void *arg)
{
	TABLE_EACH(slot, &a->sessions) {
		const struct session_row *row = (const struct session_row *)(uintptr_t)slot->value;
		if (row->kind == SESSION_TOKEN)
			on_token(row, arg);
	}
}

void auth_end_sessions(struct turn *t, usher_id user)
{
	TABLE_EACH(slot, &t->g->auth->sessions) {
		const struct session_row *row = (const struct session_row *)(uintptr_t)slot->value;
		if (row->user == user && row->kind != SESSION_SETUP)
			remove_row(t, row);
	}
}

/* ---- signing in ------------------------------------------------------------------------------------------ */

struct login {
	struct auth *a;
	usher_id user;
	char *login, *peer; /* owned; NULL when no password was asked for */
	auth_on_login on_done;
	void *arg;
	char token[AUTH_TOKEN_BYTES + 4];
};

static void login_free(struct login *l)
{
	free(l->login);
	free(l->peer);
	free(l);
}

static void login_end(struct login *l, int code, int retry_s)
{
	struct identity who = {0};
	const struct session_row *row = code == 0 ? find_token(l->a, text_of(l->token)) : NULL;
	if (code == 0 && l->token[0] == '\0')
		code = E_LIMIT;
	if (code == 0 && (row == NULL || fill(l->a, row, &who) < 0))
		code = E_UNAUTHENTICATED;
	l->on_done(code, retry_s, l->token, &who, l->arg);
	login_free(l);
}

/* Nobody else cleans up: what is over goes when somebody signs in, so many at a time. */
static void make_room(struct turn *t, usher_id user)
{
	const struct auth *a = t->g->auth;
	const struct session_row *oldest = NULL;
	int count = 0, removed = 0;
	TABLE_EACH(slot, &a->sessions) {
		const struct session_row *row = (const struct session_row *)(uintptr_t)slot->value;
		if (removed < SWEEP_MAX && !is_live(a, row, t->now)) {
			remove_row(t, row);
			removed++;
		} else if (row->kind == SESSION_BROWSER && row->user == user) {
			count++;
			if (oldest == NULL || row->created_us < oldest->created_us)
				oldest = row;
		}
	}
	if (count >= AUTH_SESSIONS_MAX)
		remove_row(t, oldest);
}

static void apply_login(struct turn *t, void *arg)
{
	struct login *l = arg;
	make_room(t, l->user);
	if (l->a->sessions.count < SESSIONS_MAX)
		auth_token_new(t, SESSION_BROWSER, l->user, "", SESSION_LASTS, l->token);
}

static void on_login_committed(int code, void *arg)
{
	login_end(arg, code, FULL_RETRY_S);
}

static void on_verified(int code, void *arg)
{
	struct login *l = arg;
	if (code == E_AGAIN) { /* too many at once: nothing was tried */
		auth_limit_succeeded(l->a->limit, text_of(l->login), text_of(l->peer));
		login_end(l, E_LIMIT, FULL_RETRY_S);
		return;
	}
	if (code < 0 || l->user == 0) {
		auth_limit_failed(l->a->limit, text_of(l->peer), gateway_now());
		log_event(LOG_LEVEL_WARN, "session.refused", "user=%llu", (unsigned long long)l->user);
		login_end(l, E_UNAUTHENTICATED, 0);
		return;
	}
	auth_limit_succeeded(l->a->limit, text_of(l->login), text_of(l->peer));
	log_event(LOG_LEVEL_INFO, "session.opened", "user=%llu", (unsigned long long)l->user);
	engine_submit(l->a->g->engine, apply_login, on_login_committed, l);
}

void auth_login(struct auth *a, struct usher_text login, struct usher_text password,
		struct usher_text peer, auth_on_login on_done, void *arg)
{
	int retry_s = auth_limit_begin(a->limit, login, peer, gateway_now());
	if (retry_s > 0) {
		struct identity nobody = {0};
		on_done(E_LIMIT, retry_s, "", &nobody, arg);
		return;
	}
	const struct user_row *user = directory_user_by_login(a->g->directory, login);
	struct login *l = NEW(struct login);
	l->a = a;
	l->user = user != NULL ? user->id : 0;
	l->login = memory_copy(login);
	l->peer = memory_copy(peer);
	l->on_done = on_done;
	l->arg = arg;
	/* An unknown name costs the same time as a wrong password. */
	auth_hasher_verify(a->hasher, user != NULL ? user->password : TEXT_NONE, password,
			   on_verified, l);
}

void auth_open_session(struct auth *a, usher_id user, auth_on_login on_done, void *arg)
{
	struct login *l = NEW(struct login);
	l->a = a;
	l->user = user;
	l->on_done = on_done;
	l->arg = arg;
	engine_submit(a->g->engine, apply_login, on_login_committed, l);
}

struct logout {
	unsigned char hash[32];
	engine_done on_done;
	void *arg;
};

static void apply_logout(struct turn *t, void *arg)
{
	const struct logout *l = arg;
	const struct session_row *row = find(t->g->auth, l->hash);
	if (row != NULL)
		remove_row(t, row);
}

static void done_logout(int code, void *arg)
{
	struct logout *l = arg;
	l->on_done(code, l->arg);
	free(l);
}

void auth_logout(struct auth *a, struct usher_text session, engine_done on_done, void *arg)
{
	struct logout *l = NEW(struct logout);
	if (session.n == sizeof l->hash)
		memcpy(l->hash, session.p, sizeof l->hash);
	l->on_done = on_done;
	l->arg = arg;
	engine_submit(a->g->engine, apply_logout, done_logout, l);
}

void auth_hash_password(struct auth *a, struct usher_text password, auth_on_hash on_done, void *arg)
{
	auth_hasher_hash(a->hasher, password, on_done, arg);
}

/* ---- the command line of this machine ---------------------------------------------------------------------- */

/* Three lines: the address as this process checks it (its own scheme, the public name), the token,
 * and where to connect to for it: a proxy or a name this machine does not know is not in the way. */
static void add_control(const struct config *config, const char *token, struct usher_buf *out)
{
	const char *host = config_listen_host(config);
	const char *name = strstr(config_public_url(config), "://");
	bool is_six = strchr(host, ':') != NULL;
	if (strcmp(host, "0.0.0.0") == 0)
		host = "127.0.0.1";
	else if (strcmp(host, "::") == 0)
		host = "::1";
	buf_addf(out, "http%s://%s\n%s\n%s%s%s:%d\n",
		 config_tls_key(config)[0] != '\0' ? "s" : "", name != NULL ? name + 3 : host, token,
		 is_six ? "[" : "", host, is_six ? "]" : "", config_listen_port(config));
}

int auth_write_control(struct auth *a, struct usher_error *reterr)
{
	char token[AUTH_TOKEN_BYTES];
	struct usher_buf path = {0}, text = {0};
	auth_random(token);
	buf_addf(&path, "%s/control", config_data_dir(a->g->config));
	add_control(a->g->config, token, &text);
	unlink(path.p);
	int fd = open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool is_written = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n;
	if (fd >= 0)
		close(fd);
	int code = is_written ? 0 : usher_error_set(reterr, E_IO, "%s: cannot be written", path.p);
	hash_token(text_of(token), a->control);
	a->has_control = is_written;
	buf_done(&path);
	buf_done(&text);
	return code;
}
