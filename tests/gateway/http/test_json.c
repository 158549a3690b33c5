/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json.h"
#include "tests/tap.h"

#include <stdio.h>

static int parse(const char *text, struct json **ret, struct usher_error *error)
{
	return json_parse(ret, text_of(text), 100000, error);
}

static void test_refuses(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"[1,]",
		"{\"a\":1,}",
		"{\"a\":1,\"a\":2}",
		"{'a':1}",
		"01",
		"1.",
		".5",
		"+1",
		"NaN",
		"Infinity",
		"tru",
		"\"\x01\"",
		"\"\\x41\"",
		"\"\\ud800\"",
		"\"\xff\"",
		"\"\xc0\xaf\"",
		"\"\\u0000\"",
		"1 2",
		"{} x",
		"[1 2]",
		"{\"a\" 1}",
		"/* c */ 1",
		"99999999999999999999",
		"\xef\xbb\xbf{}",
		"{\"a\":{\"b\":1,\"b\":2}}",
	};
	struct json *value = NULL;
	struct usher_error error;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse(bad[i], &value, &error) != E_INVALID)
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(json_parse(&value, TEXT("[1,2,3]"), 6, &error), E_LIMIT);
	assert_int_equal(parse("{\"a\":\n  ?}", &value, &error), E_INVALID);
	assert_non_null(strstr(error.text, "line 2"));
}

static void test_depth(void **state)
{
	char text[300];
	struct json *value = NULL;
	struct usher_error error;
	(void)state;
	for (int depth = 31; depth <= 34; depth++) {
		memset(text, '[', (size_t)depth);
		memset(text + depth, ']', (size_t)depth);
		text[2 * depth] = '\0';
		int r = parse(text, &value, &error);
		assert_int_equal(r, depth <= JSON_DEPTH_MAX ? 0 : E_INVALID);
		if (r == 0)
			value = json_free(value);
	}
	assert_int_equal(
		parse("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[\"", &value, &error), 0);
	json_free(value);
}

static void test_fields(void **state)
{
	struct usher_text name = TEXT_NONE;
	int64_t priority = -1;
	bool is_on = false, has_priority = true;
	const struct json *list = NULL;
	struct json *value = NULL;
	struct usher_error error;
	const struct json_field fields[] = {
		{"name", JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 10, .ret = &name},
		{"priority", JSON_KIND_INTEGER, .min = 0, .max = 9, .ret = &priority,
		 .ret_given = &has_priority},
		{"on", JSON_KIND_BOOLEAN, .may_be_null = true, .ret = &is_on},
		{"list", JSON_KIND_LIST, .max = 2, .ret = &list},
		{NULL},
	};
	static const char *const rows[][2] = {
		{"{}", "\"name\" is missing"},
		{"[]", "object is expected"},
		{"{\"name\":1}", "\"name\" must be a text, not a whole number"},
		{"{\"name\":null}", "\"name\" must be a text, not null"},
		{"{\"name\":\"\"}", "\"name\" must be from 1 to 10 bytes"},
		{"{\"name\":\"12345678901\"}", "\"name\" must be from 1 to 10 bytes"},
		{"{\"name\":\"a\",\"priority\":10}", "\"priority\" must be from 0 to 9, not 10"},
		{"{\"name\":\"a\",\"priority\":1.5}", "a whole number, not a number"},
		{"{\"name\":\"a\",\"priority\":null}", "not null"},
		{"{\"name\":\"a\",\"list\":[1,2,3]}", "0 to 2 items"},
		{"{\"name\":\"a\",\"extra\":1}", "no member \"extra\""},
		{"{\"name\":\"a\",\"Name\":1}", "no member \"Name\""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(parse(rows[i][0], &value, &error), 0);
		assert_int_equal(json_fields(value, fields, &error), E_INVALID);
		if (strstr(error.text, rows[i][1]) == NULL)
			fail_msg("%s: %s", rows[i][0], error.text);
		value = json_free(value);
	}
	assert_int_equal(parse("{\"list\":[true,{\"x\":\"y\"}],\"on\":null,\"name\":\"\xc3\xa4\"}",
			       &value, &error),
			 0);
	assert_int_equal(json_fields(value, fields, &error), 0);
	assert_true(text_equal(name, TEXT("\xc3\xa4")));
	assert_false(has_priority);
	assert_int_equal(priority, -1);
	assert_int_equal(json_count(list), 2);
	assert_true(json_as_boolean(json_item(list, 0)));
	assert_true(text_equal(json_as_text(json_member(json_item(list, 1), "x")), TEXT("y")));
	assert_null(json_item(list, 2));
	json_free(value);
	assert_int_equal(json_fields(NULL, fields, &error), E_INVALID);
}

static void test_writer(void **state)
{
	struct usher_buf out = {0};
	struct json_writer w;
	struct hash_key key = {1, 2};
	(void)state;
	json_writer_init(&w, &out);
	json_write_object(&w);
	json_put_text(&w, "t", TEXT("a\"\\\b\f\n\r\t\v\x01\x7f/\xc3\xa4"));
	json_put_text(&w, "bad", TEXT("a\xff\xc3z\"\n\xe2\x82"));
	json_put_text_or_null(&w, "empty", TEXT_NONE);
	json_put_string(&w, "s", NULL);
	json_put_int(&w, "i", INT64_MIN);
	json_put_tenths(&w, "p", 857);
	json_put_tenths(&w, "n", -5);
	json_put_bool(&w, "b", true);
	json_put_list(&w, "l");
	json_write_integer(&w, 1);
	json_write_object(&w);
	json_write_object_end(&w);
	json_write_list(&w);
	json_write_list_end(&w);
	json_write_null(&w);
	json_write_list_end(&w);
	json_put_time(&w, "at", 1767225600123456);
	json_put_time(&w, "never", USHER_NEVER);
	json_put_id(&w, "none", 0, &key);
	json_put_raw(&w, "raw", TEXT("{\"x\":1}"));
	json_put_raw(&w, "no", TEXT_NONE);
	json_put_object(&w, "o");
	json_write_object_end(&w);
	json_write_object_end(&w);
	assert_string_equal(
		out.p,
		"{\"t\":\"a\\\"\\\\\\b\\f\\n\\r\\t\\u000b\\u0001\\u007f/\xc3\xa4\","
		"\"bad\":\"a\xef\xbf\xbd\xef\xbf\xbdz\\\"\\n\xef\xbf\xbd\xef\xbf\xbd\",\"empty\":"
		"null,\"s\":null,"
		"\"i\":-9223372036854775808,\"p\":85.7,\"n\":-0.5,\"b\":true,\"l\":[1,{},[],null],"
		"\"at\":\"2026-01-01T00:00:00.123Z\",\"never\":null,\"none\":null,\"raw\":{\"x\":1}"
		",\"no\":{},\"o\":{}}");
	struct json *back = NULL;
	assert_int_equal(json_parse(&back, buf_text(&out), 10000, NULL), 0);
	json_free(back);
	buf_done(&out);
}

/* Any bytes become a text that the strict reader takes, and good ones come back the same. */
static void test_round_trip(void **state)
{
	uint64_t seed = 7;
	(void)state;
	for (int i = 0; i < 20000; i++) {
		char bytes[12];
		size_t n = random_below(&seed, sizeof(bytes) + 1);
		struct usher_buf out = {0};
		struct json_writer w;
		struct json *back = NULL;
		for (size_t j = 0; j < n; j++)
			bytes[j] = (char)random_below(&seed, i % 2 == 0 ? 256 : 128);
		json_writer_init(&w, &out);
		json_write_text(&w, text_slice(bytes, n));
		bool has_nul = memchr(bytes, '\0', n) != NULL;
		int r = json_parse(&back, buf_text(&out), 10000, NULL);
		assert_int_equal(r, has_nul ? E_INVALID : 0);
		if (r == 0 && text_is_utf8(text_slice(bytes, n)))
			assert_true(text_equal(json_as_text(back), text_slice(bytes, n)));
		if (r == 0)
			json_free(back);
		buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refuses),	   cmocka_unit_test(test_depth),
		cmocka_unit_test(test_fields),	   cmocka_unit_test(test_writer),
		cmocka_unit_test(test_round_trip),
	};
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
