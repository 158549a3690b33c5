/* SPDX-License-Identifier: Apache-2.0 */
/* The linter in front of each change, through the REST calls. */
#include "tests/gateway/world.h"

#include <stdio.h>

static bool has(const struct usher_buf *body, const char *part)
{
	return body->p != NULL && strstr(body->p, part) != NULL;
}

#define EXPECT(body, part)                                                                         \
	do {                                                                                       \
		if (!has(&(body), part))                                                           \
			fail_msg("%s is not in %s", part, (body).p != NULL ? (body).p : "nothing"); \
	} while (0)
#define EXPECT_NOT(body, part)                                                       \
	do {                                                                         \
		if (has(&(body), part))                                              \
			fail_msg("%s is in %s", part, (body).p);                     \
	} while (0)

static void add_backup(struct world *w)
{
	assert_int_equal(rest(w, NULL, "POST", "queues", "{\"name\":\"Backup\",\"slug\":\"backup\"}", NULL), 201);
	assert_int_equal(rest(w, NULL, "PUT", "queues/backup/members/anna", "{}", NULL), 200);
}

static void test_errors_refuse(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0}, before = {0}, after = {0};
	add_backup(w);
	assert_int_equal(rest(w, NULL, "GET", "queues/support", NULL, &before), 200);
	const char *never = "{\"offer_s\":33,\"hours\":{\"zone\":\"Europe/Helsinki\",\"week\":{}}}";
	assert_int_equal(rest(w, NULL, "PUT", "queues/support", never, &body), 422);
	EXPECT(body, "\"type\":\"/help/problems/unsound\"");
	EXPECT(body, "\"status\":422,\"code\":\"unsound\"");
	EXPECT(body, "\"code\":\"hours-never\",\"severity\":\"error\",\"object\":{\"kind\":\"queue\",\"id\":\"");
	EXPECT(body, "\"pointer\":\"/hours\"");
	EXPECT(body, "\"rule\":\"hours-never\"");
	assert_int_equal(rest(w, NULL, "GET", "queues/support", NULL, &after), 200);
	assert_string_equal(before.p, after.p); /* nothing of it was kept */
	assert_int_equal(rest(w, NULL, "PUT", "queues/support?force=true", never, &body), 200);
	EXPECT(body, "\"offer_s\":33");
	EXPECT(body, "\"warnings\":[{\"code\":\"hours-never\",\"severity\":\"error\"");
	/* It is not new any more: told, not refused. */
	assert_int_equal(rest(w, NULL, "PUT", "queues/support", "{\"offer_s\":34}", &body), 200);
	EXPECT(body, "\"warnings\":[{\"code\":\"hours-never\"");
	assert_int_equal(rest(w, NULL, "PUT", "queues/backup", "{\"offer_s\":34}", &body), 200);
	EXPECT_NOT(body, "hours-never"); /* of another object */
	assert_int_equal(rest(w, NULL, "PUT", "queues/support", "{\"hours\":null}", &body), 200);
	EXPECT_NOT(body, "\"warnings\"");
	buf_done(&body);
	buf_done(&before);
	buf_done(&after);
}

static void test_rings_of_waiting_refuse(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	add_backup(w);
	assert_int_equal(rest(w, NULL, "PUT", "queues/support",
			      "{\"overflow\":{\"to\":\"backup\",\"after_seconds\":60}}", &body), 200);
	EXPECT_NOT(body, "\"warnings\"");
	assert_int_equal(rest(w, NULL, "PUT", "queues/backup",
			      "{\"overflow\":{\"to\":\"support\",\"after_seconds\":60}}", &body), 422);
	EXPECT(body, "\"code\":\"overflow-ring-wait\"");
	assert_int_equal(rest(w, NULL, "PUT", "queues/backup",
			      "{\"overflow\":{\"to\":\"support\",\"length\":60}}", &body), 200);
	EXPECT(body, "\"warnings\":[{\"code\":\"overflow-ring\",\"severity\":\"warning\"");
	buf_done(&body);
}

static void test_users_weights_and_channels(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	assert_int_equal(rest(w, NULL, "PUT", "weights/chat", "{\"weight\":101}", &body), 422);
	EXPECT(body, "\"code\":\"weight-too-heavy\"");
	EXPECT(body, "\"object\":{\"kind\":\"weight\",\"id\":null,\"name\":\"chat\"},\"pointer\":\"/weight\"");
	assert_int_equal(rest(w, NULL, "PUT", "users/anna", "{\"capacity\":10}", &body), 422);
	EXPECT(body, "\"code\":\"weight-too-heavy\"");
	assert_int_equal(rest(w, NULL, "PUT", "users/anna?force=true", "{\"capacity\":10}", &body), 200);
	EXPECT(body, "\"capacity\":10");
	EXPECT(body, "\"code\":\"agent-capacity\",\"severity\":\"warning\"");
	assert_int_equal(rest(w, NULL, "PUT", "users/anna", "{\"capacity\":100}", &body), 200);
	EXPECT_NOT(body, "\"warnings\"");
	assert_int_equal(rest(w, NULL, "POST", "queues", "{\"name\":\"Empty\",\"slug\":\"empty\"}", &body), 201);
	EXPECT(body, "\"code\":\"queue-no-members\",\"severity\":\"warning\"");
	/* The hints are not told with a change: this account serves no queue. */
	assert_int_equal(rest(w, NULL, "POST", "users", "{\"login\":\"new\",\"name\":\"New\"}", &body), 201);
	EXPECT_NOT(body, "\"warnings\"");
	assert_int_equal(rest(w, NULL, "PUT", "queues/empty/members/new", "{\"ring\":3}", &body), 200);
	EXPECT_NOT(body, "\"warnings\"");
	assert_int_equal(rest(w, NULL, "PUT", "queues/empty",
			      "{\"steps\":[{\"seconds\":10,\"ring_max\":3},{\"ring_max\":4}]}", &body), 200);
	assert_int_equal(rest(w, NULL, "PUT", "queues/empty/members/new", "{\"ring\":5}", &body), 200);
	EXPECT(body, "\"code\":\"queue-last-step\"");
	buf_done(&body);
}

static void test_languages(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	assert_int_equal(rest(w, NULL, "POST", "queues?lang=fi", "{\"name\":\"A\",\"slug\":\"a\"}", &body), 201);
	EXPECT(body, "jono a: kukaan ei palvele sitä");
	assert_int_equal(rest(w, NULL, "GET", "routing/check?lang=et", NULL, &body), 200);
	EXPECT(body, "järjekord a: keegi ei teeninda seda");
	EXPECT(body, "\"errors\":0,\"warnings\":1,\"hints\":0,\"left_out\":0,\"language\":\"et\"");
	assert_int_equal(rest(w, NULL, "GET", "routing/check", NULL, &body), 200);
	EXPECT(body, "queue a: nobody serves it");
	assert_int_equal(rest(w, NULL, "GET", "routing/check?lang=xx", NULL, &body), 200);
	EXPECT(body, "\"language\":\"en\"");
	buf_done(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_errors_refuse),
		WITH_WORLD(test_rings_of_waiting_refuse),
		WITH_WORLD(test_users_weights_and_channels),
		WITH_WORLD(test_languages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
