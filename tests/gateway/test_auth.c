/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and tokens: how long they live, how many there are, what guessing costs. */
#include "tests/gateway/world.h"

#include "gateway/auth.h"
#include "gateway/auth_limit.h"

#include <sodium.h>
#include <stdio.h>

#define PASSWORD "a long enough password"

struct old_session {
	const char *token;
	usher_us age_us, lasts_us;
};

static int put_session(struct turn *t, struct job *job)
{
	const struct old_session *s = job->arg;
	unsigned char hash[32];
	crypto_hash_sha256(hash, (const unsigned char *)s->token, strlen(s->token));
	store_put(t->batch, &SESSION,
		  &(struct session_row){.hash = text_slice(hash, 32), .user = job->w->agent,
					.created_us = t->now - s->age_us,
					.seen_us = t->now - s->age_us,
					.expires_us = t->now - s->age_us + s->lasts_us,
					.kind = SESSION_BROWSER, .csrf = TEXT("csrf")});
	return 0;
}

static void put_sessions(struct world *w, const struct old_session *sessions, int n)
{
	struct store *store = w->g.store;
	for (int i = 0; i < n; i++) {
		struct old_session s = sessions[i];
		struct job job = {.arg = &s};
		assert_int_equal(do_turn(w, put_session, &job), 0);
	}
	world_close(w); /* sessions are read at the start */
	world_open(w, store);
}

static int identify(struct world *w, const char *token, const char *origin, bool is_socket)
{
	char cookie[100];
	struct identity who;
	snprintf(cookie, sizeof cookie, "other=1; usher=%s", token);
	struct http_request r = {.method = TEXT("GET"), .cookie = text_of(cookie),
				 .origin = text_of(origin)};
	return is_socket ? auth_identify_socket(w->g.auth, &r, &who)
			 : auth_identify(w->g.auth, &r, false, &who);
}

static int count_row(const void *row, void *arg)
{
	(void)row;
	++*(int64_t *)arg;
	return 0;
}

static int64_t stored_sessions(struct world *w)
{
	int64_t n = 0;
	struct store_range all = {.index = -1};
	assert_int_equal(store_scan(w->g.store, &SESSION, &all, count_row, &n), 0);
	return n;
}

static int set_password(struct turn *t, struct job *job)
{
	char hash[128];
	struct user_row row = *directory_user(t->g->directory, job->w->agent);
	assert_true(auth_hash_now(TEXT(PASSWORD), hash));
	row.password = text_of(hash);
	return directory_put_user(t, &row);
}

struct login {
	bool is_done;
	int code, retry_s;
	char token[AUTH_TOKEN_BYTES];
};

static void on_login(int code, int retry_s, const char *token, const struct identity *who, void *arg)
{
	struct login *l = arg;
	(void)who;
	l->is_done = true;
	l->code = code;
	l->retry_s = retry_s;
	snprintf(l->token, sizeof l->token, "%s", token);
}

static struct login open_session(struct world *w)
{
	struct login l = {0};
	auth_open_session(w->g.auth, w->agent, on_login, &l);
	run_until(w, &l.is_done);
	return l;
}

/* ---- tests ---------------------------------------------------------------------------------------------------- */

static void test_restart_keeps_sessions(void **state)
{
	struct world *w = *state;
	const struct old_session morning = {"morning", 5 * USHER_HOUR, 12 * USHER_HOUR};
	put_sessions(w, &morning, 1);
	assert_int_equal(identify(w, "morning", "", false), 0);
	assert_int_equal(identify(w, "evening", "", false), E_UNAUTHENTICATED);
}

static void test_sessions_that_are_over_go(void **state)
{
	struct world *w = *state;
	const struct old_session sessions[] = {{"a", 13 * USHER_HOUR, 12 * USHER_HOUR},
					   {"b", 14 * USHER_HOUR, 12 * USHER_HOUR},
					   {"c", USHER_HOUR, 12 * USHER_HOUR}};
	put_sessions(w, sessions, 3);
	assert_int_equal(stored_sessions(w), 3);
	assert_int_equal(identify(w, "a", "", false), E_UNAUTHENTICATED);
	assert_int_equal(open_session(w).code, 0);
	assert_int_equal(stored_sessions(w), 2);
	assert_int_equal(identify(w, "c", "", false), 0);
}

static void test_sessions_of_one_user_are_bounded(void **state)
{
	struct world *w = *state;
	struct login first = open_session(w);
	run_for(w, 2); /* the oldest by its instant */
	for (int i = 1; i < AUTH_SESSIONS_MAX; i++)
		assert_int_equal(open_session(w).code, 0);
	assert_int_equal(identify(w, first.token, "", false), 0);
	struct login last = open_session(w);
	assert_int_equal(identify(w, last.token, "", false), 0);
	assert_int_equal(identify(w, first.token, "", false), E_UNAUTHENTICATED);
	assert_int_equal(stored_sessions(w), AUTH_SESSIONS_MAX);
}

/* SameSite lets a page of the same site through, and those with the widget may open sockets. */
static void test_socket_needs_the_own_origin(void **state)
{
	struct world *w = *state;
	struct login l = open_session(w);
	assert_int_equal(identify(w, l.token, config_public_url(w->config), true), 0);
	assert_int_equal(identify(w, l.token, "https://shop.example", true), E_DENIED);
	assert_int_equal(identify(w, l.token, "", true), E_DENIED);
}

static void test_guesses_at_once_are_counted(void **state)
{
	struct world *w = *state;
	struct job job = {0};
	struct login tries[6] = {{0}}, right = {0};
	assert_int_equal(do_turn(w, set_password, &job), 0);
	for (int i = 0; i < 6; i++)
		auth_login(w->g.auth, TEXT("anna"), TEXT("a wrong password"), TEXT("192.0.2.1"),
			   on_login, &tries[i]);
	assert_true(tries[5].is_done); /* not even tried */
	assert_int_equal(tries[5].code, E_LIMIT);
	assert_in_range(tries[5].retry_s, 1, 10);
	for (int i = 0; i < 5; i++) {
		run_until(w, &tries[i].is_done);
		assert_int_equal(tries[i].code, E_UNAUTHENTICATED);
	}
	auth_login(w->g.auth, TEXT("anna"), TEXT(PASSWORD), TEXT("192.0.2.2"), on_login, &right);
	run_until(w, &right.is_done);
	assert_int_equal(right.code, 0);
}

static void test_guesses_from_one_network_are_counted(void **state)
{
	static const char *const peers[] = {"2001:db8::1", "2001:db8::2", "2001:db8:0:0:f::3",
					    "2001:db8::4", "2001:db8::5", "2001:db8::6"};
	struct auth_limit *l = auth_limit_new();
	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(auth_limit_begin(l, TEXT("anna"), text_of(peers[i]), 1000), 0);
	assert_true(auth_limit_begin(l, TEXT("anna"), text_of(peers[5]), 1000) > 0);
	assert_int_equal(auth_limit_begin(l, TEXT("anna"), TEXT("2001:db8:0:1::1"), 1000), 0);
	assert_int_equal(auth_limit_begin(l, TEXT("anna"), TEXT("192.0.2.1"), 1000), 0);
	auth_limit_free(l);
}

static void test_right_ones_are_not_counted(void **state)
{
	struct world *w = *state;
	struct job job = {0};
	assert_int_equal(do_turn(w, set_password, &job), 0);
	for (int i = 0; i < 8; i++) {
		struct login l = {0};
		auth_login(w->g.auth, TEXT("anna"), TEXT(PASSWORD), TEXT("192.0.2.1"), on_login, &l);
		run_until(w, &l.is_done);
		assert_int_equal(l.code, 0);
	}
}

/* Who comes when too many are being checked is told so, not that the password is wrong. */
static void test_full_hasher_is_no_wrong_password(void **state)
{
	enum { TRIES = 203 };
	struct world *w = *state;
	struct login *tries = test_calloc(TRIES, sizeof *tries);
	for (int i = 0; i < TRIES; i++) {
		char peer[40];
		snprintf(peer, sizeof peer, "192.0.2.%d", i);
		auth_login(w->g.auth, TEXT("nobody"), TEXT("whatever it is"), text_of(peer), on_login,
			   &tries[i]);
	}
	assert_true(tries[TRIES - 1].is_done);
	assert_int_equal(tries[TRIES - 1].code, E_LIMIT);
	for (int i = 0; i < TRIES - 1; i++)
		run_until(w, &tries[i].is_done);
	assert_int_equal(tries[0].code, E_UNAUTHENTICATED);
	test_free(tries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_restart_keeps_sessions),
		WITH_WORLD(test_sessions_that_are_over_go),
		WITH_WORLD(test_sessions_of_one_user_are_bounded),
		WITH_WORLD(test_socket_needs_the_own_origin),
		WITH_WORLD(test_guesses_at_once_are_counted),
		cmocka_unit_test(test_guesses_from_one_network_are_counted),
		WITH_WORLD(test_right_ones_are_not_counted),
		WITH_WORLD(test_full_hasher_is_no_wrong_password),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
