/* SPDX-License-Identifier: Apache-2.0 */
/* GET /contacts/{id}/explain: whom it answers, in which language, what it refuses. */
#include "tests/gateway/world.h"

#include "gateway/auth.h"
#include "gateway/explain/explainer.h"

#include <stdio.h>

static bool has(const struct usher_buf *body, const char *part)
{
	return body->p != NULL && strstr(body->p, part) != NULL;
}

static int ask(struct world *w, const char *token, int64_t number, const char *query, struct usher_buf *body)
{
	char path[120];
	snprintf(path, sizeof path, "contacts/C-%lld/explain%s", (long long)number, query);
	return rest(w, token, "GET", path, NULL, body);
}

/* Offered to Anna and declined, again and again; then it waits. */
static int64_t offered_twice(struct world *w)
{
	assert_int_equal(wants(w, AGENT_READY), 0);
	struct heard h = hear(w, "v1", "v1:1", "Hello", INBOUND_MESSAGE);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(book_contact(w->g.book, h.result.contact)->row.state, CONTACT_OFFERED);
		assert_int_equal(wants(w, AGENT_NOT_READY), 0);
		assert_int_equal(wants(w, AGENT_READY), 0);
	}
	assert_int_equal(wants(w, AGENT_NOT_READY), 0);
	return h.result.contact_number;
}

static void test_decisions_and_the_present(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	int64_t number = offered_twice(w);
	assert_int_equal(ask(w, NULL, number, "", &body), 200);
	assert_true(has(&body, "\"decisions\":3,\"left_off\":0"));
	assert_true(has(&body, "\"decision\":3,\"kind\":\"offered\""));
	assert_true(has(&body, "\"outcome\":\"not-ready\""));
	assert_true(has(&body, "\"why\":\"was the only one who could take it\""));
	assert_true(has(&body, "\"verified\":true,\"check\":\"same\""));
	assert_true(has(&body, "\"waiting\":{"));
	assert_true(has(&body, "\"why\":\"No member of the queue is ready.\""));
	assert_true(has(&body, "\"why\":\"is not ready\""));
	assert_int_equal(ask(w, NULL, number, "?decision=2", &body), 200);
	assert_true(has(&body, "\"offers\":[{\"decision\":2,"));
	assert_false(has(&body, "\"decision\":3"));
	buf_done(&body);
}

static void test_language_is_asked_for(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	int64_t number = offered_twice(w);
	assert_int_equal(ask(w, NULL, number, "?lang=fi", &body), 200);
	assert_true(has(&body, "\"language\":\"fi\""));
	assert_true(has(&body, "\"why\":\"oli ainoa sopiva\""));
	assert_int_equal(ask(w, NULL, number, "?lang=et", &body), 200);
	assert_true(has(&body, "\"why\":\"oli ainus sobiv\""));
	assert_int_equal(ask(w, NULL, number, "?lang=%00%ff", &body), 200);
	assert_true(has(&body, "\"language\":\"en\""));
	buf_done(&body);
}

static void test_refusals(void **state)
{
	static const char *const bad[] = {"?decision=0", "?decision=-1", "?decision=x", "?decision=10001",
					  "?decision=18446744073709551616"};
	struct world *w = *state;
	struct usher_buf body = {0};
	int64_t number = offered_twice(w);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(ask(w, NULL, number, bad[i], &body), 400);
	assert_int_equal(ask(w, NULL, number, "?decision=4", &body), 404);
	assert_true(has(&body, "there is no decision 4: the contact has 3"));
	assert_int_equal(ask(w, NULL, 999999, "", &body), 404);
	buf_done(&body);
}

/* ---- rights -------------------------------------------------------------------------------------- */

struct token {
	usher_id user;
	char text[AUTH_TOKEN_BYTES + 4];
};

static int run_token(struct turn *t, struct job *job)
{
	struct token *token = job->arg;
	auth_token_new(t, SESSION_TOKEN, token->user, "test", USHER_HOUR, token->text);
	return 0;
}

static struct token token_of(struct world *w, usher_id user)
{
	struct token token = {.user = user};
	struct job job = {.arg = &token};
	assert_int_equal(do_turn(w, run_token, &job), 0);
	return token;
}

static usher_id add_user(struct world *w, const char *login, const char *role)
{
	char body[200];
	snprintf(body, sizeof body, "{\"login\":\"%s\",\"name\":\"Somebody\",\"roles\":[\"%s\"]}", login, role);
	assert_int_equal(rest(w, NULL, "POST", "users", body, NULL), 201);
	return directory_user_by_login(w->g.directory, text_of(login))->id;
}

/* A contact may be asked about by who was offered it, and by those who lead. */
static void test_rights(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	int64_t number = offered_twice(w);
	struct token anna = token_of(w, w->agent), other = token_of(w, add_user(w, "kalle", "agent"));
	struct token lead = token_of(w, add_user(w, "liisa", "supervisor"));
	assert_int_equal(ask(w, anna.text, number, "", &body), 200);
	assert_int_equal(ask(w, lead.text, number, "", &body), 200);
	assert_int_equal(ask(w, other.text, number, "", &body), 403);
	assert_true(has(&body, "this contact was never yours"));
	assert_false(has(&body, "Anna"));
	assert_int_equal(ask(w, "nobody", number, "", &body), 401);
	buf_done(&body);
}

/* ---- limits --------------------------------------------------------------------------------------- */

struct count {
	int done, refused;
};

static void on_history(int code, const char *reason, const struct explain_history *h, void *arg)
{
	struct count *count = arg;
	(void)reason;
	count->done++;
	count->refused += code == E_AGAIN;
	assert_true(code == E_AGAIN || (code == 0 && h->total == 3));
}

/* Two at a time and sixteen that wait; each is answered once. */
static void test_so_many_at_once(void **state)
{
	enum { ASKED = 25 };
	struct world *w = *state;
	struct count count = {0};
	int64_t number = offered_twice(w);
	struct explain_wish wish = {.contact = book_contact_by_number(w->g.book, number)->row.id};
	for (int i = 0; i < ASKED; i++)
		explainer_ask(w->g.explainer, &wish, on_history, &count);
	assert_int_equal(count.refused, ASKED - 18);
	for (int i = 0; i < 5000 && count.done < ASKED; i++)
		run_for(w, 1);
	assert_int_equal(count.done, ASKED);
	assert_int_equal(count.refused, ASKED - 18);
}

/* Those under way when Usher goes down are told so, and nothing is leaked. */
static void test_going_down(void **state)
{
	enum { ASKED = 5 };
	struct world *w = *state;
	struct count count = {0};
	int64_t number = offered_twice(w);
	struct explain_wish wish = {.contact = book_contact_by_number(w->g.book, number)->row.id};
	for (int i = 0; i < ASKED; i++)
		explainer_ask(w->g.explainer, &wish, on_history, &count);
	struct store *store = w->g.store;
	world_close(w);
	assert_int_equal(count.done, ASKED);
	world_open(w, store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_decisions_and_the_present),
		WITH_WORLD(test_language_is_asked_for),
		WITH_WORLD(test_refusals),
		WITH_WORLD(test_rights),
		WITH_WORLD(test_so_many_at_once),
		WITH_WORLD(test_going_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
