/* SPDX-License-Identifier: Apache-2.0 */
/* Routing settings, memberships, weights and the commands on contacts, through the REST calls. */
#include "tests/gateway/world.h"

#include "gateway/requirements.h"

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

static void add_site(struct world *w)
{
	assert_int_equal(rest(w, NULL, "POST", "skills", "{\"name\":\"billing\"}", NULL), 201);
	assert_int_equal(rest(w, NULL, "POST", "skills", "{\"name\":\"language:fi\"}", NULL), 201);
	assert_int_equal(rest(w, NULL, "POST", "queues", "{\"name\":\"Backup\",\"slug\":\"backup\"}", NULL), 201);
}

/* ---- queues ----------------------------------------------------------------------------------------- */

static const char all_settings[] =
	"{\"order\":\"best-level\",\"ageing\":{\"mode\":\"offset\",\"tier\":1,\"seconds_per_priority\":60},"
	"\"requirements\":[{\"skill\":\"billing\",\"level\":3,\"until_step\":1}],"
	"\"steps\":[{\"seconds\":30,\"ring_max\":0},{\"drop\":[\"billing\"]}],\"parallel\":2,\"automatic\":false,"
	"\"reserve\":1,\"first_reply_seconds\":60,\"reply_seconds\":90,\"silence_seconds\":600,"
	"\"overflow\":{\"to\":\"backup\",\"after_seconds\":120,\"length\":10,\"absent\":{\"after_seconds\":5}},"
	"\"length_max\":100,\"full\":\"overflow\",\"wait_max_seconds\":3600,\"expired\":\"end\",\"closed\":\"overflow\","
	"\"hours\":{\"zone\":\"Europe/Helsinki\",\"week\":{\"mon\":[[\"08:00\",\"16:00\"]]}},\"rejoin_seconds\":180}";

static void check_all_settings(struct usher_buf *body)
{
	EXPECT(*body, "\"order\":\"best-level\"");
	EXPECT(*body, "\"ageing\":{\"mode\":\"offset\",\"tier\":1,\"seconds_per_priority\":60}");
	EXPECT(*body, "\"requirements\":[{\"skill\":\"billing\",\"level\":3,\"preferred\":false,\"until_step\":1}]");
	EXPECT(*body, "\"steps\":[{\"seconds\":30,\"ring_max\":0,\"penalty_max\":null,\"level_drop\":0,"
		      "\"priority_raise\":0,\"drop\":[]},{\"seconds\":null,\"ring_max\":null,"
		      "\"penalty_max\":null,\"level_drop\":0,\"priority_raise\":0,\"drop\":[\"billing\"]}]");
	EXPECT(*body, "\"parallel\":2,\"automatic\":false,\"reserve\":1,\"first_reply_seconds\":60,"
		      "\"reply_seconds\":90,\"silence_seconds\":600");
	EXPECT(*body, "\"overflow\":{\"to\":\"backup\",\"after_seconds\":120,\"length\":10,"
		      "\"absent\":{\"after_seconds\":5,\"present\":[\"ready\",\"busy\",\"wrap-up\"]}}");
	EXPECT(*body, "\"length_max\":100,\"full\":\"overflow\",\"wait_max_seconds\":3600,"
		      "\"expired\":\"end\",\"closed\":\"overflow\"");
	EXPECT(*body, "[\"08:00\",\"16:00\"]");
	EXPECT(*body, "\"rejoin_seconds\":180");
}

static void test_queue_keeps_its_settings(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	add_site(w);
	int status = rest(w, NULL, "PUT", "queues/support", all_settings, &body);
	if (status != 200)
		fail_msg("%d %s", status, body.p);
	check_all_settings(&body);
	assert_int_equal(rest(w, NULL, "PUT", "queues/support", "{\"offer_s\":25}", &body), 200);
	check_all_settings(&body); /* what is not named stays */
	EXPECT(body, "\"offer_s\":25");
	struct store *store = w->g.store;
	world_close(w);
	world_open(w, store);
	assert_int_equal(rest(w, NULL, "GET", "queues/support", NULL, &body), 200);
	check_all_settings(&body);
	assert_int_equal(rest(w, NULL, "PUT", "queues/support",
			      "{\"overflow\":null,\"full\":null,\"closed\":null,\"steps\":[],\"hours\":null}", &body), 200);
	EXPECT(body, "\"overflow\":null");
	EXPECT(body, "\"steps\":[]");
	EXPECT(body, "\"hours\":null");
	EXPECT(body, "\"closed\":\"wait\"");
	EXPECT(body, "\"parallel\":2");
	buf_done(&body);
}

static void test_queue_refuses_and_says_where(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0}, before = {0}, after = {0};
	add_site(w);
	assert_int_equal(rest(w, NULL, "GET", "queues/support", NULL, &before), 200);
	assert_int_equal(rest(w, NULL, "PUT", "queues/support",
			      "{\"parallel\":99,\"steps\":[{\"seconds\":1},{\"ring_max\":-1}]}", &body), 400);
	EXPECT(body, "\"code\":\"invalid\"");
	EXPECT(body, "\"detail\":\"/parallel: must be from 1 to 16, not 99 (and 1 more)\"");
	EXPECT(body, "{\"pointer\":\"/steps/1/ring_max\",\"detail\":\"must be from 0 to 254, not -1\",\"rule\":\"range\"}");
	assert_int_equal(rest(w, NULL, "PUT", "queues/support", "{\"overflow\":{\"to\":\"support\"}}", &body), 400);
	EXPECT(body, "\"rule\":\"conflict\"");
	assert_int_equal(rest(w, NULL, "PUT", "queues/support", "{\"colour\":\"red\"}", &body), 400);
	assert_int_equal(rest(w, NULL, "GET", "queues/support", NULL, &after), 200);
	assert_string_equal(before.p, after.p);
	buf_done(&body);
	buf_done(&before);
	buf_done(&after);
}

/* What the core was told, asked of the core that replays it. */
static int put_queue_with(struct turn *t, struct job *job)
{
	struct queue_row row = *directory_queue(t->g->directory, job->w->queue);
	row.fields = *(struct usher_text *)job->arg;
	return directory_put_queue(t, &row);
}

static void test_old_rows_stay_readable(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	struct usher_text fields = TEXT("{\"requirements\":{\"1\":4}}");
	struct job job = {.arg = &fields};
	add_site(w);
	assert_int_equal(do_turn(w, put_queue_with, &job), 0);
	assert_int_equal(rest(w, NULL, "GET", "queues/support", NULL, &body), 200);
	EXPECT(body, "\"requirements\":[{\"skill\":\"billing\",\"level\":4,\"preferred\":false,\"until_step\":0}]");
	assert_int_equal(rest(w, NULL, "PUT", "queues/support", "{\"requirements\":{\"billing\":2}}", &body), 200);
	EXPECT(body, "{\"skill\":\"billing\",\"level\":2,");
	buf_done(&body);
}

/* ---- members ---------------------------------------------------------------------------------------- */

static void test_memberships(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	add_site(w);
	assert_int_equal(rest(w, NULL, "PUT", "users/anna",
			      "{\"queues\":[\"support\",{\"queue\":\"backup\",\"ring\":1,\"penalty\":2,"
			      "\"weight\":3,\"position\":4}]}", &body), 200);
	EXPECT(body, "{\"queue\":\"support\",\"ring\":0,\"penalty\":0,\"weight\":1,\"position\":0}");
	EXPECT(body, "{\"queue\":\"backup\",\"ring\":1,\"penalty\":2,\"weight\":3,\"position\":4}");
	assert_int_equal(rest(w, NULL, "GET", "queues/backup/members", NULL, &body), 200);
	EXPECT(body, "\"login\":\"anna\",\"ring\":1,\"penalty\":2,\"weight\":3,\"position\":4");
	assert_int_equal(rest(w, NULL, "PUT", "queues/backup/members/anna", "{\"ring\":7}", &body), 200);
	EXPECT(body, "\"ring\":7,\"penalty\":2,\"weight\":3,\"position\":4");
	assert_int_equal(rest(w, NULL, "PUT", "queues/backup/members/anna", "{\"ring\":255}", &body), 400);
	EXPECT(body, "{\"pointer\":\"/ring\",");
	assert_int_equal(rest(w, NULL, "PUT", "queues/backup/members/nobody", "{}", &body), 404);
	assert_int_equal(rest(w, NULL, "PUT", "queues/attic/members/anna", "{}", &body), 404);
	assert_int_equal(rest(w, NULL, "DELETE", "queues/backup/members/anna", NULL, &body), 204);
	assert_int_equal(rest(w, NULL, "DELETE", "queues/backup/members/anna", NULL, &body), 404);
	assert_int_equal(rest(w, NULL, "GET", "queues/backup/members", NULL, &body), 200);
	EXPECT(body, "\"items\":[]");
	assert_int_equal(rest(w, NULL, "GET", "queues/support/members", NULL, &body), 200);
	EXPECT(body, "\"login\":\"anna\"");
	assert_int_equal(rest(w, NULL, "PUT", "users/anna", "{\"queues\":[{\"queue\":\"attic\"},{\"ring\":1}]}", &body), 400);
	EXPECT(body, "\"pointer\":\"/queues/0\"");
	EXPECT(body, "\"pointer\":\"/queues/1/queue\"");
	buf_done(&body);
}

/* ---- contacts --------------------------------------------------------------------------------------- */

static void test_contact_brings_its_own(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	struct routing_contact_new asked = {0};
	add_site(w);
	assert_int_equal(rest(w, NULL, "POST", "contacts",
			      "{\"channel\":\"visit\",\"queue\":\"support\",\"body\":\"Came by.\","
			      "\"requirements\":[{\"skill\":\"billing\",\"level\":5,\"preferred\":true}],"
			      "\"preferred_agent\":\"anna\",\"preferred_seconds\":60}", &body), 201);
	struct contact *c = book_contact_by_number(w->g.book, 1);
	for (int64_t n = 2; c == NULL && n < 2000; n++)
		c = book_contact_by_number(w->g.book, n);
	assert_non_null(c);
	requirements_fill(&w->g, c, &asked);
	assert_int_equal(asked.requirement_count, 1);
	assert_int_equal(asked.requirements[0].skill, 1);
	assert_int_equal(asked.requirements[0].level, 5);
	assert_true(asked.requirements[0].is_preferred);
	assert_int_equal(rest(w, NULL, "POST", "contacts",
			      "{\"channel\":\"visit\",\"queue\":\"support\",\"body\":\"x\",\"requirements\":[{\"skill\":\"x\"}]}",
			      &body), 400);
	EXPECT(body, "\"pointer\":\"/requirements/0/skill\"");
	assert_int_equal(rest(w, NULL, "POST", "contacts",
			      "{\"channel\":\"visit\",\"queue\":\"support\",\"body\":\"x\",\"preferred_agent\":\"x\"}",
			      &body), 404);
	assert_int_equal(rest(w, NULL, "POST", "contacts",
			      "{\"channel\":\"visit\",\"queue\":\"support\",\"body\":\"x\",\"due\":\"2001-01-01T00:00:00Z\"}",
			      &body), 400);
	buf_done(&body);
}

static int set_language(struct turn *t, struct job *job)
{
	(void)t;
	struct contact like = {.row = {.language = *(struct usher_text *)job->arg}};
	struct routing_contact_new asked = {0};
	requirements_fill(&job->w->g, &like, &asked);
	return asked.requirement_count;
}

static void test_language_is_a_skill_where_there_is_one(void **state)
{
	struct world *w = *state;
	const struct {
		struct usher_text language;
		int count;
	} rows[] = {{TEXT("fi"), 1}, {TEXT("fi-FI"), 1}, {TEXT("FI"), 1}, {TEXT("et"), 0}, {TEXT_NONE, 0},
		    {TEXT("billing"), 0}, {TEXT("finnish-and-more"), 0}};
	add_site(w);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct usher_text language = rows[i].language;
		struct job job = {.arg = &language};
		assert_int_equal(do_turn(w, set_language, &job), rows[i].count);
	}
}

/* Who leaves the line and comes again soon stands where he stood. */
static void test_rejoining_gives_the_old_place(void **state)
{
	struct world *w = *state;
	struct routing_contact_view first, second, other, again;
	assert_int_equal(rest(w, NULL, "PUT", "queues/support", "{\"rejoin_seconds\":60}", NULL), 200);
	struct heard a = hear(w, "+358401", "", "Hello", INBOUND_MESSAGE);
	assert_true(routing_contact(engine_routing(w->g.engine), a.result.contact, &first));
	struct heard b = hear(w, "+358402", "", "Hello", INBOUND_MESSAGE);
	assert_true(routing_contact(engine_routing(w->g.engine), b.result.contact, &other));
	hear(w, "+358401", "", "", INBOUND_END);
	assert_int_equal(rest(w, NULL, "POST", "contacts",
			      "{\"channel\":\"visit\",\"queue\":\"support\",\"body\":\"x\",\"customer\":{\"address\":\"+358499\"}}",
			      NULL), 201);
	a = hear(w, "+358401", "", "Again", INBOUND_MESSAGE);
	assert_true(routing_contact(engine_routing(w->g.engine), a.result.contact, &second));
	assert_int_equal(second.first_us, first.first_us);
	assert_int_equal(second.position, 1);
	hear(w, "+358402", "", "", INBOUND_END);
	assert_int_equal(rest(w, NULL, "PUT", "queues/support", "{\"rejoin_seconds\":0}", NULL), 200);
	b = hear(w, "+358402", "", "Again", INBOUND_MESSAGE);
	assert_true(routing_contact(engine_routing(w->g.engine), b.result.contact, &again));
	assert_true(again.first_us > other.first_us);
}

/* ---- commands ---------------------------------------------------------------------------------------- */

static void test_commands_are_checked(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	char path[80];
	add_site(w);
	struct heard h = hear(w, "v1", "", "Hello", INBOUND_MESSAGE);
	const struct {
		const char *call, *body;
		int status;
	} rows[] = {
		{"consult", "{\"epoch\":0}", 400},
		{"consult", "{\"queue\":\"backup\"}", 400},
		{"consult", "{\"epoch\":0,\"queue\":\"attic\"}", 404},
		{"consult", "{\"epoch\":0,\"agent\":\"nobody\"}", 404},
		{"conference", "{\"epoch\":0}", 400},
		{"conference", "{\"epoch\":0,\"consultation\":\"C-999999\"}", 404},
		{"hand-over", "{\"epoch\":0}", 400},
		{"hand-over", "{\"epoch\":0,\"agent\":\"anna\",\"consultation\":\"C-1\"}", 400},
		{"hand-over", "{\"epoch\":0,\"agent\":\"nobody\"}", 404},
		{"leave", "{}", 400},
		{"callback", "{\"at\":\"yesterday\"}", 400},
		{"callback", "{\"at\":\"2001-01-01T00:00:00Z\"}", 400},
		{"callback", "{\"when\":\"now\"}", 400},
		{"require", "{}", 400},
		{"require", "{\"requirements\":[{\"skill\":\"latin\"}]}", 400},
		{"take", "{\"from_holder\":1}", 400},
		{"take", "{\"agent\":\"nobody\"}", 404},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(path, sizeof path, "contacts/C-%lld/%s", (long long)h.result.contact_number, rows[i].call);
		int status = rest(w, NULL, "POST", path, rows[i].body, &body);
		if (status != rows[i].status)
			fail_msg("%s %s: %d %s", rows[i].call, rows[i].body, status, body.p);
	}
	assert_int_equal(rest(w, NULL, "POST", "contacts/C-999999/callback", "{}", &body), 404);
	assert_int_equal(rest(w, NULL, "POST", "agents/nobody/move-all", "{}", &body), 404);
	assert_int_equal(rest(w, NULL, "POST", "agents/anna/move-all", "{\"to_agent\":\"anna\"}", &body), 400);
	assert_int_equal(rest(w, NULL, "POST", "agents/anna/move-all", "{\"to_queue\":\"attic\"}", &body), 404);
	buf_done(&body);
}

static void test_given_to_an_agent(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	char path[80];
	assert_int_equal(wants(w, AGENT_NOT_READY), 0);
	struct heard h = hear(w, "v1", "", "Hello", INBOUND_MESSAGE);
	assert_int_equal(wants(w, AGENT_READY), 0);
	snprintf(path, sizeof path, "contacts/C-%lld/take", (long long)h.result.contact_number);
	assert_int_equal(rest(w, NULL, "POST", path, "{\"agent\":\"anna\"}", &body), 200);
	EXPECT(body, "\"state\":\"active\"");
	EXPECT(body, "\"name\":\"Anna\"");
	EXPECT(body, "\"callback\":false");
	buf_done(&body);
}

/* ---- what reaches the core ----------------------------------------------------------------------------- */

static struct routing_why why(struct world *w, usher_id contact)
{
	return routing_why(engine_routing(w->g.engine), contact, w->agent, gateway_now());
}

static void test_queue_settings_decide(void **state)
{
	struct world *w = *state;
	struct routing_requirement needs[ROUTING_RESOLVED_MAX];
	add_site(w);
	assert_int_equal(wants(w, AGENT_READY), 0);
	assert_int_equal(rest(w, NULL, "PUT", "queues/support", "{\"requirements\":{\"billing\":3}}", NULL), 200);
	struct heard h = hear(w, "v1", "", "Hello", INBOUND_MESSAGE);
	assert_int_equal(why(w, h.result.contact).reason, REASON_SKILL);
	assert_int_equal(routing_requirements(engine_routing(w->g.engine), h.result.contact, needs), 1);
	assert_int_equal(needs[0].level, 3);
	assert_int_equal(rest(w, NULL, "PUT", "queues/support",
			      "{\"requirements\":null,\"steps\":[{\"ring_max\":0}]}", NULL), 200);
	assert_int_equal(rest(w, NULL, "PUT", "queues/support/members/anna", "{\"ring\":2}", NULL), 200);
	h = hear(w, "v2", "", "Hello", INBOUND_MESSAGE);
	struct routing_why reason = why(w, h.result.contact);
	assert_int_equal(reason.reason, REASON_RING);
	assert_int_equal(reason.needed, 0);
	assert_int_equal(reason.has, 2);
}

static void test_every_order_is_taken(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	for (int i = 0; i < ROUTING_ORDERS; i++) {
		char text[60];
		snprintf(text, sizeof text, "{\"order\":\"%s\"}", routing_order_names[i]);
		assert_int_equal(rest(w, NULL, "PUT", "queues/support", text, &body), 200);
		text[strlen(text) - 1] = '\0';
		EXPECT(body, text + 1);
	}
	buf_done(&body);
}

static void test_too_many_growths(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	add_site(w);
	assert_int_equal(rest(w, NULL, "PUT", "queues/support",
			      "{\"ageing\":{\"mode\":\"growth\",\"growth\":[8,7,6,5,4,3,2,1,1,1]}}", &body), 200);
	assert_int_equal(rest(w, NULL, "PUT", "queues/backup",
			      "{\"ageing\":{\"mode\":\"growth\",\"growth\":9}}", &body), 429);
	assert_int_equal(rest(w, NULL, "GET", "queues/backup", NULL, &body), 200);
	EXPECT(body, "\"ageing\":{\"mode\":\"strict\"}");
	buf_done(&body);
}

static void test_waiting_contact_is_steered(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	char path[80];
	add_site(w);
	struct heard h = hear(w, "v1", "", "Hello", INBOUND_MESSAGE);
	long long number = (long long)h.result.contact_number;
	snprintf(path, sizeof path, "contacts/C-%lld/require", number);
	assert_int_equal(rest(w, NULL, "POST", path, "{\"requirements\":[{\"skill\":\"billing\",\"level\":4}]}", &body), 200);
	assert_int_equal(wants(w, AGENT_READY), 0);
	struct routing_why reason = why(w, h.result.contact);
	assert_int_equal(reason.reason, REASON_SKILL);
	assert_int_equal(reason.needed, 4);
	snprintf(path, sizeof path, "contacts/C-%lld/callback", number);
	assert_int_equal(rest(w, NULL, "POST", path, NULL, &body), 200);
	EXPECT(body, "\"callback\":true");
	snprintf(path, sizeof path, "contacts/C-%lld/require", number);
	assert_int_equal(rest(w, NULL, "POST", path, "{\"requirements\":[]}", &body), 200);
	struct contact *c = book_contact(w->g.book, h.result.contact);
	assert_int_equal(c->row.state, CONTACT_OFFERED); /* nothing keeps it from her now */
	buf_done(&body);
}

static void test_all_is_moved(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	char path[80];
	add_site(w);
	assert_int_equal(wants(w, AGENT_NOT_READY), 0);
	struct heard h = hear(w, "v1", "", "Hello", INBOUND_MESSAGE);
	assert_int_equal(wants(w, AGENT_READY), 0);
	snprintf(path, sizeof path, "contacts/C-%lld/take", (long long)h.result.contact_number);
	assert_int_equal(rest(w, NULL, "POST", path, "{\"agent\":\"anna\"}", &body), 200);
	assert_int_equal(rest(w, NULL, "POST", "agents/anna/move-all", "{\"to_queue\":\"backup\"}", &body), 200);
	EXPECT(body, "\"contacts\":[]");
	snprintf(path, sizeof path, "contacts/C-%lld", (long long)h.result.contact_number);
	assert_int_equal(rest(w, NULL, "GET", path, NULL, &body), 200);
	EXPECT(body, "\"state\":\"waiting\"");
	EXPECT(body, "\"name\":\"Backup\"");
	buf_done(&body);
}

/* ---- channels ---------------------------------------------------------------------------------------- */

static void test_weights(void **state)
{
	struct world *w = *state;
	struct usher_buf body = {0};
	assert_int_equal(rest(w, NULL, "PUT", "weights/telephony",
			      "{\"weight\":90,\"exclusive\":false,\"interrupts\":[\"email\",\"letter\"]}", &body), 200);
	EXPECT(body, "\"weight\":90");
	EXPECT(body, "\"exclusive\":false,\"interrupts\":[\"email\",\"letter\"]");
	assert_int_equal(rest(w, NULL, "PUT", "weights/telephony", "{\"exclusive\":true}", &body), 200);
	EXPECT(body, "\"weight\":90");
	EXPECT(body, "\"exclusive\":true,\"interrupts\":[\"email\",\"letter\"]");
	assert_int_equal(rest(w, NULL, "PUT", "weights/chat", "{\"interrupts\":[\"chat\"]}", &body), 400);
	EXPECT(body, "{\"pointer\":\"/interrupts/0\",");
	assert_int_equal(rest(w, NULL, "PUT", "weights/chat", "{\"interrupts\":[\"email\",\"pigeon\"]}", &body), 400);
	EXPECT(body, "{\"pointer\":\"/interrupts/1\",");
	assert_int_equal(rest(w, NULL, "PUT", "weights/chat", "{\"exclusive\":1}", &body), 400);
	buf_done(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_queue_keeps_its_settings),
		WITH_WORLD(test_queue_refuses_and_says_where),
		WITH_WORLD(test_old_rows_stay_readable),
		WITH_WORLD(test_memberships),
		WITH_WORLD(test_contact_brings_its_own),
		WITH_WORLD(test_language_is_a_skill_where_there_is_one),
		WITH_WORLD(test_rejoining_gives_the_old_place),
		WITH_WORLD(test_commands_are_checked),
		WITH_WORLD(test_given_to_an_agent),
		WITH_WORLD(test_queue_settings_decide),
		WITH_WORLD(test_every_order_is_taken),
		WITH_WORLD(test_too_many_growths),
		WITH_WORLD(test_waiting_contact_is_steered),
		WITH_WORLD(test_all_is_moved),
		WITH_WORLD(test_weights),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
