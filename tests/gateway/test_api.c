/* SPDX-License-Identifier: Apache-2.0 */
/* The REST calls: what they refuse, what they leave alone, how much one of them may do. */
#include "tests/gateway/world.h"

#include <stdio.h>

static bool has(const struct usher_buf *body, const char *part)
{
	return body->p != NULL && strstr(body->p, part) != NULL;
}

static void test_changed_user_keeps_the_rest(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	assert_int_equal(rest(w, NULL, "PUT", "users/anna", "{\"phone\":\"+358401234567\"}", &body), 200);
	assert_int_equal(rest(w, NULL, "PUT", "users/anna", "{\"name\":\"Anna Berg\"}", &body), 200);
	assert_true(has(&body, "\"login\":\"anna\""));
	assert_true(has(&body, "\"phone\":\"+358401234567\""));
	assert_true(has(&body, "\"name\":\"Anna Berg\""));
	buf_done(&body);
}

/* Few match: the call ends after so many rows and says where to go on. */
static void test_list_looks_at_so_many_rows(void **state)
{
	enum { CONTACTS = 5200 };
	struct world *w = *state;
	struct usher_buf body = {0};
	struct heard h[260];
	for (int i = 0; i < CONTACTS; i += 260) {
		for (int k = 0; k < 260; k++) {
			char key[16];
			snprintf(key, sizeof key, "v%d", i + k);
			struct inbound in = {.kind = INBOUND_MESSAGE, .key = text_of(key),
					     .may_open = true, .address = text_of(key),
					     .body = TEXT("Hello"), .priority = -1};
			memset(&h[k], 0, sizeof h[0]);
			intake_submit(&w->g, TEXT("web"), &in, on_heard, &h[k]);
		}
		run_until(w, &h[259].is_done);
	}
	assert_int_equal(book_open_count(w->g.book), CONTACTS);
	assert_int_equal(rest(w, NULL, "POST", "queues", "{\"name\":\"Empty\",\"slug\":\"empty\"}", &body), 201);
	assert_int_equal(rest(w, NULL, "GET", "contacts?queue=empty", NULL, &body), 200);
	assert_true(has(&body, "\"items\":[]"));
	char path[120];
	const char *next = strstr(body.p, "\"next\":\"");
	assert_non_null(next);
	snprintf(path, sizeof path, "contacts?queue=empty&cursor=%.36s", next + 8);
	assert_int_equal(rest(w, NULL, "GET", path, NULL, &body), 200);
	assert_true(has(&body, "\"items\":[],\"next\":null"));
	buf_done(&body);
}

static void test_pages_of_contacts_are_complete(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	char path[120] = "contacts?limit=3";
	int found = 0, pages = 0;
	for (int i = 0; i < 7; i++) {
		char key[16];
		snprintf(key, sizeof key, "v%d", i);
		hear(w, key, key, "Hello", INBOUND_MESSAGE);
	}
	for (bool is_last = false; !is_last && pages < 5; pages++) {
		assert_int_equal(rest(w, NULL, "GET", path, NULL, &body), 200);
		for (const char *at = body.p; (at = strstr(at, "\"number\":\"C-")) != NULL; at++)
			found++;
		const char *next = strstr(body.p, "\"next\":\"");
		is_last = next == NULL;
		if (!is_last)
			snprintf(path, sizeof path, "contacts?limit=3&cursor=%.36s", next + 8);
	}
	assert_int_equal(found, 7);
	assert_int_equal(pages, 3);
	buf_done(&body);
}

static void test_last_admin_stays(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	assert_int_equal(rest(w, NULL, "POST", "users",
			      "{\"login\":\"boss\",\"name\":\"Boss\",\"roles\":[\"admin\"]}", NULL), 201);
	assert_int_equal(rest(w, NULL, "PUT", "users/boss", "{\"roles\":[\"agent\"]}", &body), 409);
	assert_int_equal(rest(w, NULL, "DELETE", "users/boss", NULL, &body), 409);
	assert_int_equal(rest(w, NULL, "GET", "users/boss", NULL, &body), 200);
	assert_true(has(&body, "\"roles\":[\"admin\"]"));
	buf_done(&body);
}

/* Offers of different events, each told from its own state. */
static void test_each_offer_is_explained(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	char path[60];
	assert_int_equal(wants(w, AGENT_READY), 0);
	struct heard h = hear(w, "v1", "v1:1", "Hello", INBOUND_MESSAGE);
	for (int i = 0; i < 3; i++) {
		struct contact *c = book_contact(w->g.book, h.result.contact);
		assert_int_equal(c->row.state, CONTACT_OFFERED);
		assert_int_equal(wants(w, AGENT_NOT_READY), 0);
		hear(w, "v2", "", "more", INBOUND_MESSAGE);
		assert_int_equal(wants(w, AGENT_READY), 0);
	}
	snprintf(path, sizeof path, "contacts/C-%lld/explain", (long long)h.result.contact_number);
	assert_int_equal(rest(w, NULL, "GET", path, NULL, &body), 200);
	int found = 0;
	for (const char *at = body.p; (at = strstr(at, "was the only one who could take it")) != NULL; at++)
		found++;
	assert_int_equal(found, 4);
	assert_false(has(&body, "\"verified\":false"));
	buf_done(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_changed_user_keeps_the_rest),
		WITH_WORLD(test_list_looks_at_so_many_rows),
		WITH_WORLD(test_last_admin_stays),
		WITH_WORLD(test_each_offer_is_explained),
		WITH_WORLD(test_pages_of_contacts_are_complete),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
