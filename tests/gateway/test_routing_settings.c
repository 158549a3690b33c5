/* SPDX-License-Identifier: Apache-2.0 */
/* A queue's routing settings: each member, what is refused and where, and the way back. */
#include "tests/tap.h"

#include "gateway/routing_settings.h"

#include <stdio.h>

#define DOCUMENT_MAX ((size_t)1 << 20)

/* ---- a site of three skills and two queues ------------------------------------------------------ */

static const char *const skills[] = {"fi", "billing", "language:et"};
static const char *const queues[] = {"support", "backup"}; /* 100 and 101 */

static bool find_skill(struct usher_text name, uint32_t *ret, void *arg)
{
	(void)arg;
	for (uint32_t i = 0; i < 3; i++)
		if (text_equal(name, text_of(skills[i]))) {
			*ret = i + 1;
			return true;
		}
	return false;
}

static bool find_queue(struct usher_text name, usher_id *ret, void *arg)
{
	(void)arg;
	for (uint32_t i = 0; i < 2; i++)
		if (text_equal(name, text_of(queues[i]))) {
			*ret = 100 + i;
			return true;
		}
	return false;
}

static bool name_skill(uint32_t skill, struct usher_buf *ret, void *arg)
{
	(void)arg;
	if (skill >= 1 && skill <= 3)
		buf_adds(ret, skills[skill - 1]);
	return skill >= 1 && skill <= 3;
}

static bool name_queue(usher_id queue, struct usher_buf *ret, void *arg)
{
	(void)arg;
	if (queue == 100 || queue == 101)
		buf_adds(ret, queues[queue - 100]);
	return queue == 100 || queue == 101;
}

static const struct routing_names names = {.skill = find_skill, .queue = find_queue,
					   .skill_name = name_skill, .queue_name = name_queue,
					   .site_zone = "Europe/Helsinki"};

static void read_onto(struct routing_settings *s, const char *text, struct json_faults *faults)
{
	struct json *document;
	*faults = (struct json_faults){0};
	assert_int_equal(json_parse(&document, text_of(text), DOCUMENT_MAX, NULL), 0);
	routing_settings_read(s, document, &names, faults);
	json_free(document);
}

static struct routing_settings good(const char *text)
{
	struct routing_settings s;
	struct json_faults faults;
	routing_settings_init(&s);
	read_onto(&s, text, &faults);
	if (faults.count > 0)
		fail_msg("%s: %s: %s", text, faults.items[0].pointer, faults.items[0].detail);
	return s;
}

/* Exactly this fault. */
static void bad(const char *text, const char *pointer, const char *rule)
{
	struct routing_settings s;
	struct json_faults faults;
	routing_settings_init(&s);
	s.set.queue = 100;
	read_onto(&s, text, &faults);
	if (faults.count != 1)
		fail_msg("%s: %u faults", text, faults.count);
	assert_string_equal(faults.items[0].pointer, pointer);
	assert_string_equal(faults.items[0].rule, rule);
	assert_true(faults.items[0].detail[0] != '\0');
	routing_settings_done(&s);
}

static void write(const struct routing_settings *s, const struct routing_names *as,
		  struct usher_buf *ret)
{
	struct json_writer w;
	buf_clear(ret);
	json_writer_init(&w, ret);
	json_write_object(&w);
	routing_settings_write(s, as, &w);
	json_write_object_end(&w);
}

/* ---- good input ---------------------------------------------------------------------------------- */

static void test_plain_members(void **state)
{
	(void)state;
	struct routing_settings s = good(
		"{\"order\":\"weighted-random\",\"parallel\":3,\"automatic\":true,\"reserve\":2,"
		"\"first_reply_seconds\":60,\"reply_seconds\":120,\"silence_seconds\":34560000,"
		"\"length_max\":50,\"wait_max_seconds\":900,\"expired\":\"end\",\"closed\":\"end\","
		"\"rejoin_seconds\":180,\"slug\":\"not ours\"}");
	assert_int_equal(s.set.order, ORDER_WEIGHTED_RANDOM);
	assert_int_equal(s.set.parallel, 3);
	assert_true(s.set.is_automatic);
	assert_int_equal(s.set.reserve, 2);
	assert_int_equal(s.set.first_reply_us, 60 * USHER_SECOND);
	assert_int_equal(s.set.reply_us, 120 * USHER_SECOND);
	assert_int_equal(s.set.silence_us, 400 * USHER_DAY);
	assert_int_equal(s.set.length_max, 50);
	assert_int_equal(s.set.full, TREAT_END);
	assert_int_equal(s.set.wait_max_us, 900 * USHER_SECOND);
	assert_int_equal(s.set.expired, TREAT_END);
	assert_int_equal(s.set.closed, TREAT_END);
	assert_int_equal(s.rejoin_us, 180 * USHER_SECOND);
	for (int order = 0; order < ROUTING_ORDERS; order++) {
		char text[60];
		snprintf(text, sizeof text, "{\"order\":\"%s\"}", routing_order_names[order]);
		s = good(text);
		assert_int_equal(s.set.order, order);
	}
}

static void test_defaults_come_back(void **state)
{
	(void)state;
	struct routing_settings s = good("{\"parallel\":4,\"order\":\"top-down\",\"hours\":null}");
	struct json_faults faults;
	struct usher_buf text = {0}, fresh = {0};
	read_onto(&s, "{\"parallel\":null,\"order\":null,\"steps\":null,\"requirements\":null,"
		      "\"ageing\":null,\"overflow\":null,\"full\":null,\"automatic\":null}", &faults);
	assert_int_equal(faults.count, 0);
	write(&s, &names, &text);
	s = good("{}");
	write(&s, &names, &fresh);
	assert_string_equal(text.p, fresh.p);
	buf_done(&text);
	buf_done(&fresh);
}

static void test_ageing_becomes_ranks(void **state)
{
	(void)state;
	struct routing_settings s = good("{\"ageing\":{\"mode\":\"strict\"}}");
	assert_false(s.set.has_ranks);
	s = good("{\"ageing\":{\"mode\":\"offset\",\"tier\":4,\"seconds_per_priority\":60}}");
	assert_true(s.set.has_ranks);
	for (int p = 0; p < CONTACT_PRIORITIES; p++) {
		assert_int_equal(s.set.ranks[p].tier, 4);
		assert_int_equal(s.set.ranks[p].growth, 1);
		assert_int_equal(s.set.ranks[p].ahead_us, (9 - p) * 60 * USHER_SECOND);
	}
	s = good("{\"ageing\":{\"mode\":\"deadline\",\"seconds\":[30,60,60,60,60,300,300,300,300,600]}}");
	assert_int_equal(s.set.ranks[0].ahead_us, -30 * USHER_SECOND);
	assert_int_equal(s.set.ranks[9].ahead_us, -600 * USHER_SECOND);
	assert_int_equal(s.set.ranks[9].tier, 0);
	s = good("{\"ageing\":{\"mode\":\"deadline\",\"seconds\":45}}");
	assert_int_equal(s.set.ranks[7].ahead_us, -45 * USHER_SECOND);
	s = good("{\"ageing\":{\"mode\":\"growth\",\"tier\":1,\"growth\":[10000,8,7,6,5,4,3,1,1,1]}}");
	assert_int_equal(s.set.ranks[0].growth, 10000);
	assert_int_equal(s.set.ranks[9].growth, 1);
	assert_int_equal(s.set.ranks[3].ahead_us, 0);
	assert_int_equal(s.set.ranks[3].tier, 1);
}

static void test_requirements_and_steps(void **state)
{
	(void)state;
	struct routing_settings s = good(
		"{\"requirements\":[{\"skill\":\"fi\",\"level\":3,\"until_step\":1},"
		"{\"skill\":\"language:et\",\"preferred\":true}],"
		"\"steps\":[{\"seconds\":30,\"ring_max\":0},"
		"{\"seconds\":60,\"ring_max\":1,\"penalty_max\":2,\"level_drop\":1,\"priority_raise\":2,"
		"\"drop\":[\"billing\",\"fi\"]},{}]}");
	assert_int_equal(s.set.requirement_count, 2);
	assert_int_equal(s.set.requirements[0].skill, 1);
	assert_int_equal(s.set.requirements[0].level, 3);
	assert_int_equal(s.set.requirements[0].until_step, 1);
	assert_false(s.set.requirements[0].is_preferred);
	assert_int_equal(s.set.requirements[1].skill, 3);
	assert_int_equal(s.set.requirements[1].level, 1);
	assert_true(s.set.requirements[1].is_preferred);
	assert_int_equal(s.set.step_count, 3);
	assert_int_equal(s.set.steps[0].lasts_us, 30 * USHER_SECOND);
	assert_int_equal(s.set.steps[0].ring_max, 0);
	assert_int_equal(s.set.steps[0].penalty_max, ROUTING_ANY);
	assert_int_equal(s.set.steps[1].penalty_max, 2);
	assert_int_equal(s.set.steps[1].level_drop, 1);
	assert_int_equal(s.set.steps[1].priority_raise, 2);
	assert_int_equal(s.set.steps[1].drop_count, 2);
	assert_int_equal(s.set.steps[1].drops[0], 2);
	assert_int_equal(s.set.steps[2].ring_max, ROUTING_ANY);
	assert_int_equal(s.set.steps[2].lasts_us, 0);
	s = good("{\"requirements\":{\"billing\":5}}");
	assert_int_equal(s.set.requirement_count, 1);
	assert_int_equal(s.set.requirements[0].skill, 2);
	assert_int_equal(s.set.requirements[0].level, 5);
}

static void test_overflow(void **state)
{
	(void)state;
	struct routing_settings s = good(
		"{\"overflow\":{\"to\":\"backup\",\"after_seconds\":300,\"length\":20,"
		"\"absent\":{\"after_seconds\":10,\"present\":[\"ready\",\"lost\"]}},"
		"\"full\":\"overflow\",\"expired\":\"overflow\",\"closed\":\"overflow\"}");
	assert_int_equal(s.set.overflow_to, 101);
	assert_int_equal(s.set.overflow_us, 300 * USHER_SECOND);
	assert_int_equal(s.set.overflow_length, 20);
	assert_true(s.set.is_overflow_absent);
	assert_int_equal(s.set.absent_us, 10 * USHER_SECOND);
	assert_int_equal(s.set.present_states, 1 << AGENT_READY | 1 << AGENT_LOST);
	assert_int_equal(s.set.full, TREAT_OVERFLOW);
	assert_int_equal(s.set.expired, TREAT_OVERFLOW);
	assert_int_equal(s.set.closed, TREAT_OVERFLOW);
	s = good("{\"overflow\":{\"to\":\"backup\",\"absent\":{}}}");
	assert_true(s.set.is_overflow_absent);
	assert_int_equal(s.set.present_states, 1 << AGENT_READY | 1 << AGENT_BUSY | 1 << AGENT_WRAPUP);
	s = good("{\"overflow\":{\"to\":\"backup\"}}");
	assert_false(s.set.is_overflow_absent);
}

static void test_hours(void **state)
{
	(void)state;
	struct routing_settings s =
		good("{\"hours\":{\"week\":{\"mon\":[[\"08:00\",\"16:00\"]]}}}");
	assert_non_null(strstr(s.hours.p, "\"zone\":\"Europe/Helsinki\""));
	assert_non_null(strstr(s.hours.p, "[\"08:00\",\"16:00\"]"));
	routing_settings_done(&s);
	s = good("{\"hours\":\"always\"}");
	assert_int_equal(s.hours.n, 0);
	routing_settings_done(&s);
	bad("{\"hours\":{\"zone\":\"Mars/Olympus\",\"week\":\"always\"}}", "/hours/zone", "hours");
	bad("{\"hours\":{\"week\":{\"mon\":[[\"12:00\",\"16:00\"],[\"11:00\",\"18:00\"]]}}}",
	    "/hours/week/mon/1", "hours");
	bad("{\"hours\":7}", "/hours", "hours");
}

/* ---- bad input ----------------------------------------------------------------------------------- */

static void test_bad_values(void **state)
{
	(void)state;
	bad("{\"order\":\"best\"}", "/order", "word");
	bad("{\"order\":7}", "/order", "type");
	bad("{\"parallel\":0}", "/parallel", "range");
	bad("{\"parallel\":17}", "/parallel", "range");
	bad("{\"parallel\":2.5}", "/parallel", "type");
	bad("{\"parallel\":\"2\"}", "/parallel", "type");
	bad("{\"reserve\":256}", "/reserve", "range");
	bad("{\"reserve\":9223372036854775807}", "/reserve", "range");
	bad("{\"automatic\":1}", "/automatic", "type");
	bad("{\"first_reply_seconds\":-1}", "/first_reply_seconds", "range");
	bad("{\"reply_seconds\":34560001}", "/reply_seconds", "range");
	bad("{\"silence_seconds\":[]}", "/silence_seconds", "type");
	bad("{\"length_max\":1000001}", "/length_max", "range");
	bad("{\"wait_max_seconds\":-5}", "/wait_max_seconds", "range");
	bad("{\"rejoin_seconds\":34560001}", "/rejoin_seconds", "range");
	bad("{\"full\":\"wait\"}", "/full", "word");
	bad("{\"expired\":\"never\"}", "/expired", "word");
	bad("{\"closed\":\"open\"}", "/closed", "word");
	bad("{\"full\":\"overflow\"}", "/full", "conflict");
	bad("{\"expired\":\"overflow\"}", "/expired", "conflict");
	bad("{\"closed\":\"overflow\",\"overflow\":null}", "/closed", "conflict");
}

static void test_bad_ageing(void **state)
{
	(void)state;
	bad("{\"ageing\":\"strict\"}", "/ageing", "type");
	bad("{\"ageing\":{}}", "/ageing/mode", "required");
	bad("{\"ageing\":{\"mode\":\"fair\"}}", "/ageing/mode", "word");
	bad("{\"ageing\":{\"mode\":\"strict\",\"tier\":1}}", "/ageing/tier", "unknown");
	bad("{\"ageing\":{\"mode\":\"offset\"}}", "/ageing/seconds_per_priority", "required");
	bad("{\"ageing\":{\"mode\":\"offset\",\"seconds_per_priority\":3840001}}",
	    "/ageing/seconds_per_priority", "range");
	bad("{\"ageing\":{\"mode\":\"offset\",\"seconds_per_priority\":1,\"tier\":256}}",
	    "/ageing/tier", "range");
	bad("{\"ageing\":{\"mode\":\"deadline\",\"seconds\":[1,2]}}", "/ageing/seconds", "length");
	bad("{\"ageing\":{\"mode\":\"deadline\",\"seconds\":\"1\"}}", "/ageing/seconds", "length");
	bad("{\"ageing\":{\"mode\":\"deadline\",\"seconds\":-1}}", "/ageing/seconds", "range");
	bad("{\"ageing\":{\"mode\":\"deadline\",\"seconds\":[1,2,3,4,5,6,7,8,9,null]}}",
	    "/ageing/seconds", "range");
	bad("{\"ageing\":{\"mode\":\"growth\",\"growth\":[0]}}", "/ageing/growth", "range");
	bad("{\"ageing\":{\"mode\":\"growth\",\"growth\":10001}}", "/ageing/growth", "range");
	bad("{\"ageing\":{\"mode\":\"growth\",\"growth\":[1,2,3,4,5,6,7,8,9,9]}}", "/ageing/growth",
	    "length");
}

static void test_bad_requirements(void **state)
{
	(void)state;
	bad("{\"requirements\":7}", "/requirements", "type");
	bad("{\"requirements\":[7]}", "/requirements/0", "type");
	bad("{\"requirements\":[{}]}", "/requirements/0/skill", "required");
	bad("{\"requirements\":[{\"skill\":\"latin\"}]}", "/requirements/0/skill", "reference");
	bad("{\"requirements\":[{\"skill\":\"fi\",\"level\":0}]}", "/requirements/0/level", "range");
	bad("{\"requirements\":[{\"skill\":\"fi\",\"level\":6}]}", "/requirements/0/level", "range");
	bad("{\"requirements\":[{\"skill\":\"fi\",\"until_step\":9}]}", "/requirements/0/until_step",
	    "range");
	bad("{\"requirements\":[{\"skill\":\"fi\",\"preferred\":1}]}", "/requirements/0/preferred",
	    "type");
	bad("{\"requirements\":[{\"skill\":\"fi\",\"a~b/c\":1}]}", "/requirements/0/a~0b~1c",
	    "unknown");
	bad("{\"requirements\":[{\"skill\":\"fi\"},{\"skill\":\"fi\"}]}", "/requirements/1",
	    "repeated");
	bad("{\"requirements\":{\"latin\":3}}", "/requirements", "reference");
	bad("{\"requirements\":{\"fi\":0}}", "/requirements", "reference");
	bad("{\"requirements\":[{},{},{},{},{},{},{},{},{}]}", "/requirements", "length");
}

static void test_bad_steps(void **state)
{
	(void)state;
	bad("{\"steps\":{}}", "/steps", "type");
	bad("{\"steps\":[[]]}", "/steps/0", "type");
	bad("{\"steps\":[{},{}]}", "/steps/0/seconds", "required");
	bad("{\"steps\":[{\"seconds\":0},{}]}", "/steps/0/seconds", "range");
	bad("{\"steps\":[{\"ring_max\":255}]}", "/steps/0/ring_max", "range");
	bad("{\"steps\":[{\"penalty_max\":-1}]}", "/steps/0/penalty_max", "range");
	bad("{\"steps\":[{\"level_drop\":6}]}", "/steps/0/level_drop", "range");
	bad("{\"steps\":[{\"priority_raise\":10}]}", "/steps/0/priority_raise", "range");
	bad("{\"steps\":[{\"drop\":[\"fi\",\"latin\"]}]}", "/steps/0/drop/1", "reference");
	bad("{\"steps\":[{\"drop\":[1]}]}", "/steps/0/drop/0", "reference");
	bad("{\"steps\":[{\"drop\":[\"fi\",\"fi\",\"fi\",\"fi\",\"fi\"]}]}", "/steps/0/drop", "length");
	bad("{\"steps\":[{\"ring\":1}]}", "/steps/0/ring", "unknown");
	bad("{\"steps\":[{},{},{},{},{},{},{},{},{}]}", "/steps", "length");
}

static void test_bad_overflow(void **state)
{
	(void)state;
	bad("{\"overflow\":\"backup\"}", "/overflow", "type");
	bad("{\"overflow\":{}}", "/overflow/to", "required");
	bad("{\"overflow\":{\"to\":\"attic\"}}", "/overflow/to", "reference");
	bad("{\"overflow\":{\"to\":\"support\"}}", "/overflow/to", "conflict"); /* itself */
	bad("{\"overflow\":{\"to\":\"backup\",\"after\":1}}", "/overflow/after", "unknown");
	bad("{\"overflow\":{\"to\":\"backup\",\"after_seconds\":-1}}", "/overflow/after_seconds", "range");
	bad("{\"overflow\":{\"to\":\"backup\",\"length\":1000001}}", "/overflow/length", "range");
	bad("{\"overflow\":{\"to\":\"backup\",\"absent\":[]}}", "/overflow/absent", "type");
	bad("{\"overflow\":{\"to\":\"backup\",\"absent\":{\"after_seconds\":\"x\"}}}",
	    "/overflow/absent/after_seconds", "type");
	bad("{\"overflow\":{\"to\":\"backup\",\"absent\":{\"present\":[]}}}",
	    "/overflow/absent/present", "length");
	bad("{\"overflow\":{\"to\":\"backup\",\"absent\":{\"present\":[\"signed-out\"]}}}",
	    "/overflow/absent/present", "word");
}

static void test_all_faults_are_told(void **state)
{
	(void)state;
	struct routing_settings s;
	struct json_faults faults;
	struct usher_buf out = {0};
	struct json_writer w;
	routing_settings_init(&s);
	read_onto(&s, "{\"order\":1,\"parallel\":0,\"reserve\":\"\",\"steps\":[{\"ring_max\":\"x\"}]}",
		  &faults);
	assert_int_equal(faults.count, 4);
	read_onto(&s, "{\"steps\":[{\"a\":1,\"b\":1,\"c\":1},{\"a\":1,\"b\":1,\"c\":1},"
		      "{\"a\":1,\"b\":1,\"c\":1},{\"a\":1,\"b\":1,\"c\":1},{\"a\":1,\"b\":1,\"c\":1}]}",
		  &faults);
	assert_int_equal(faults.count, 15 + 4); /* four steps have no time either */
	json_writer_init(&w, &out);
	json_write_object(&w);
	json_put_faults(&w, &faults);
	json_write_object_end(&w);
	int told = 0;
	for (const char *at = out.p; (at = strstr(at, "\"pointer\":")) != NULL; at++)
		told++;
	assert_int_equal(told, JSON_FAULTS_MAX);
	buf_done(&out);
}

/* ---- the way back ---------------------------------------------------------------------------------- */

static void check_way_back(const char *text)
{
	struct routing_settings s = good(text), again, stored;
	struct usher_buf first = {0}, second = {0}, kept = {0}, fields = {0};
	write(&s, &names, &first);
	again = good(first.p);
	write(&again, &names, &second);
	assert_string_equal(first.p, second.p);
	assert_memory_equal(&s.set, &again.set, sizeof s.set);
	write(&s, &routing_names_stored, &kept);
	buf_addf(&fields, "{\"routing\":%s}", kept.p);
	routing_settings_load(&stored, buf_text(&fields));
	assert_memory_equal(&s.set, &stored.set, sizeof s.set);
	assert_int_equal(s.ageing, stored.ageing);
	assert_int_equal(s.rejoin_us, stored.rejoin_us);
	write(&stored, &names, &second);
	assert_string_equal(first.p, second.p);
	buf_done(&first);
	buf_done(&second);
	buf_done(&kept);
	buf_done(&fields);
	routing_settings_done(&s);
	routing_settings_done(&again);
	routing_settings_done(&stored);
}

static void test_way_back(void **state)
{
	(void)state;
	check_way_back("{}");
	check_way_back("{\"ageing\":{\"mode\":\"offset\",\"tier\":2,\"seconds_per_priority\":0},"
		       "\"requirements\":{\"fi\":2,\"billing\":1}}");
	check_way_back("{\"ageing\":{\"mode\":\"deadline\",\"tier\":255,\"seconds\":34560000},"
		       "\"hours\":{\"zone\":\"Europe/Tallinn\",\"week\":{\"sat\":[[\"22:00\",\"06:00\"]]}}}");
	check_way_back("{\"ageing\":{\"mode\":\"growth\",\"growth\":[8,7,6,5,4,3,2,1,1,1]},\"order\":\"top-down\","
		       "\"steps\":[{\"seconds\":5,\"drop\":[\"language:et\"]},{\"seconds\":9}],\"parallel\":16,"
		       "\"overflow\":{\"to\":\"backup\",\"absent\":{\"present\":[\"not-ready\"]}},"
		       "\"closed\":\"overflow\",\"rejoin_seconds\":60,\"length_max\":1}");
}

static void test_stored_forms(void **state)
{
	(void)state;
	struct routing_settings s;
	routing_settings_load(&s, TEXT("{\"requirements\":{\"7\":3}}"));
	assert_int_equal(s.set.requirement_count, 1);
	assert_int_equal(s.set.requirements[0].skill, 7);
	assert_int_equal(s.set.requirements[0].level, 3);
	const char *damaged[] = {"", "{", "[]", "7", "{\"routing\":7}", "{\"routing\":{\"steps\":7}}",
				 "{\"routing\":{\"parallel\":99,\"overflow\":{\"to\":\"-1\"}}}"};
	for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
		routing_settings_load(&s, text_of(damaged[i]));
		assert_int_equal(s.set.parallel, 1);
		assert_int_equal(s.set.step_count, 0);
		assert_int_equal(s.set.overflow_to, 0);
		routing_settings_done(&s);
	}
}

/* ---- memberships ----------------------------------------------------------------------------------- */

static unsigned members(const char *text, struct routing_member *ret, struct json_faults *faults)
{
	struct json *document;
	struct json_place at;
	*faults = (struct json_faults){0};
	json_place_init(&at, faults);
	json_enter(&at, "queues");
	assert_int_equal(json_parse(&document, text_of(text), DOCUMENT_MAX, NULL), 0);
	unsigned n = routing_members_read(&at, document, &names, ret);
	json_free(document);
	return n;
}

static void bad_member(const char *text, const char *pointer, const char *rule)
{
	struct routing_member m[ROUTING_MEMBERSHIPS_MAX];
	struct json_faults faults;
	members(text, m, &faults);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.items[0].pointer, pointer);
	assert_string_equal(faults.items[0].rule, rule);
}

static void test_memberships(void **state)
{
	(void)state;
	struct routing_member m[ROUTING_MEMBERSHIPS_MAX], back[ROUTING_MEMBERSHIPS_MAX];
	struct json_faults faults;
	struct usher_buf text = {0};
	struct json_writer w;
	assert_int_equal(members("[\"support\",{\"queue\":\"backup\",\"ring\":1,\"penalty\":254,"
				 "\"weight\":255,\"position\":65535}]", m, &faults), 2);
	assert_int_equal(faults.count, 0);
	assert_int_equal(m[0].queue, 100);
	assert_int_equal(m[0].weight, 1);
	assert_int_equal(m[1].queue, 101);
	assert_int_equal(m[1].ring, 1);
	assert_int_equal(m[1].penalty, 254);
	assert_int_equal(m[1].weight, 255);
	assert_int_equal(m[1].position, 65535);
	json_writer_init(&w, &text);
	routing_members_write(m, 2, &routing_names_stored, &w);
	assert_int_equal(routing_members_load(buf_text(&text), back), 2);
	assert_memory_equal(m, back, 2 * sizeof m[0]);
	assert_int_equal(routing_members_load(TEXT("[\"7\",\"8\"]"), back), 2); /* the older form */
	assert_int_equal(back[1].queue, 8);
	assert_int_equal(routing_members_load(TEXT("{\"7\":1}"), back), 0);
	assert_int_equal(routing_members_load(TEXT("[7,\"x\",\"9\"]"), back), 1);
	assert_int_equal(back[0].queue, 9);
	buf_done(&text);
	bad_member("[7]", "/queues/0", "type");
	bad_member("[\"attic\"]", "/queues/0", "reference");
	bad_member("[\"support\",\"support\"]", "/queues/1", "repeated");
	bad_member("[{\"ring\":1}]", "/queues/0/queue", "required");
	bad_member("[{\"queue\":\"support\",\"ring\":255}]", "/queues/0/ring", "range");
	bad_member("[{\"queue\":\"support\",\"weight\":0}]", "/queues/0/weight", "range");
	bad_member("[{\"queue\":\"support\",\"position\":65536}]", "/queues/0/position", "range");
	bad_member("[{\"queue\":\"support\",\"level\":1}]", "/queues/0/level", "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_members),
		cmocka_unit_test(test_defaults_come_back),
		cmocka_unit_test(test_ageing_becomes_ranks),
		cmocka_unit_test(test_requirements_and_steps),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_hours),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_bad_ageing),
		cmocka_unit_test(test_bad_requirements),
		cmocka_unit_test(test_bad_steps),
		cmocka_unit_test(test_bad_overflow),
		cmocka_unit_test(test_all_faults_are_told),
		cmocka_unit_test(test_way_back),
		cmocka_unit_test(test_stored_forms),
		cmocka_unit_test(test_memberships),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
