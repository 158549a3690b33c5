/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/tap.h"

#include "channels/email/email_imap_parse.h"
#include "routing/base/id.h"

static struct arena arena;

static void finds_the_end(void **state)
{
	(void)state;
	static const struct {
		const char *input;
		int64_t size;
	} cases[] = {
		{"* OK hello\r\n", 12},
		{"* OK ends in {5}\r\n* x", 18},
		{"u1 NO {3}\r\nabc", 11},
		{"+ idling {3}\r\n", 14},
		{"* 1 FETCH (BODY[] {5}\r\nab\r\nc UID 3)\r\n", 37},
		{"* 1 FETCH (BODY[] {5}\r\nab\r\nc UID 3", 0},
		{"* 1 FETCH (BODY[] {5}\r\nab", 0},
		{"* 1 FETCH (A {1}\r\nx B {2}\r\nyz)\r\n", 32},
		{"* 1 FETCH (BODY[] {99999}\r\n", E_LIMIT},
		{"* 1 FETCH (A \"{5}\")\r\n", 21},
		{"", 0},
		{"* ", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct imap_scan scan = {0};
		struct usher_text all = text_of(cases[i].input);
		int64_t size = imap_response_size(&scan, all, 1000);
		if (size != cases[i].size)
			fail_msg("%s: %lld", cases[i].input, (long long)size);
		/* One byte more at a time must come to the same. */
		scan = (struct imap_scan){0};
		size = 0;
		for (size_t n = 1; n <= all.n && size == 0; n++)
			size = imap_response_size(&scan, text_slice(all.p, n), 1000);
		if (size != cases[i].size)
			fail_msg("%s: piecewise %lld", cases[i].input, (long long)size);
	}
	struct usher_buf endless = {0};
	while (endless.n <= IMAP_LINE_MAX)
		buf_adds(&endless, "* SEARCH 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 ");
	struct imap_scan scan = {0};
	assert_int_equal(imap_response_size(&scan, buf_text(&endless), 1000), E_LIMIT);
	buf_done(&endless);
}

static struct imap_response parsed(const char *line)
{
	struct imap_response r;
	if (imap_parse(text_of(line), &arena, &r) < 0)
		fail_msg("not parsed: %s", line);
	return r;
}

static void reads_responses(void **state)
{
	(void)state;
	struct imap_response r = parsed("* OK [UIDVALIDITY 17] fine\r\n");
	assert_int_equal(r.kind, IMAP_UNTAGGED);
	assert_true(text_equal(r.code, TEXT("UIDVALIDITY 17")));
	assert_true(text_equal(r.words, TEXT("fine")));
	r = parsed("u7 NO [AUTHENTICATIONFAILED] no\r\n");
	assert_int_equal(r.kind, IMAP_TAGGED);
	assert_true(text_equal(r.tag, TEXT("u7")) && text_equal(r.name, TEXT("NO")));
	r = parsed("* 12 EXISTS\r\n");
	assert_true(r.has_number && r.number == 12 && text_equal(r.name, TEXT("EXISTS")));
	r = parsed("+ idling\r\n");
	assert_int_equal(r.kind, IMAP_CONTINUE);
	r = parsed("* SEARCH\r\n");
	assert_null(r.first);
	r = parsed("* SEARCH 5 9\r\n");
	uint32_t uid;
	assert_true(imap_number(r.first, &uid) && uid == 5);
	assert_true(imap_number(r.first->next, &uid) && uid == 9);
}

static void reads_a_fetch(void **state)
{
	(void)state;
	struct imap_response r =
		parsed("* 3 FETCH (FLAGS (\\Seen $x) UID 42 INTERNALDATE \"21-Nov-2026 10:00:00 "
		       "+0200\" BODY[HEADER.FIELDS (SUBJECT)] NIL X {3}\r\n)\" BODY[] {8}\r\n"
		       "u1 OK)\r\n Y \"q\\\"\\\\\" Z (() ((a))))\r\n");
	uint32_t uid = 0;
	assert_true(imap_number(imap_pair(r.first, "UID"), &uid) && uid == 42);
	assert_true(text_equal(imap_pair(r.first, "BODY[]")->text, TEXT("u1 OK)\r\n")));
	assert_int_equal(imap_pair(r.first, "BODY[HEADER.FIELDS (SUBJECT)]")->kind, IMAP_NIL);
	assert_true(text_equal(imap_pair(r.first, "X")->text, TEXT(")\" ")));
	assert_true(text_equal(imap_pair(r.first, "Y")->text, TEXT("q\"\\")));
	assert_null(imap_pair(r.first, "NOT"));
	assert_true(imap_date_us(imap_pair(r.first, "INTERNALDATE")->text) ==
		    INT64_C(1795248000) * USHER_SECOND);
	assert_int_equal(imap_date_us(TEXT("99-Foo-2026 10:00:00 +0200")), 0);
	assert_int_equal(imap_date_us(TEXT("")), 0);
	assert_true(imap_date_us(TEXT(" 1-Jan-1999 00:00:00 -0130")) > 0);
}

static void refuses_nonsense(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"\r\n",
		"* \r\n",
		"*\r\n",
		"* 5\r\n",
		"* 1 FETCH (\r\n",
		"* 1 FETCH (a))\r\n",
		"* 1 FETCH (\"a\r\n",
		"* 99999999999 EXISTS\r\n",
		"* 1 FETCH ({5}\r\nab)\r\n",
	};
	struct imap_response r;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (imap_parse(text_of(bad[i]), &arena, &r) == 0)
			fail_msg("taken: %s", bad[i]);
	struct usher_buf deep = {0};
	buf_adds(&deep, "* 1 FETCH ");
	for (int i = 0; i < 1000; i++)
		buf_addc(&deep, '(');
	buf_adds(&deep, "\r\n");
	assert_int_equal(imap_parse(buf_text(&deep), &arena, &r), E_INVALID);
	buf_done(&deep);
	struct usher_buf quoted = {0};
	assert_true(imap_quote(&quoted, TEXT("a\"b\\c")));
	assert_string_equal(quoted.p, "\"a\\\"b\\\\c\"");
	assert_false(imap_quote(&quoted, TEXT("a\r\nu2 DELETE x")));
	buf_done(&quoted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_end),
		cmocka_unit_test(reads_responses),
		cmocka_unit_test(reads_a_fetch),
		cmocka_unit_test(refuses_nonsense),
	};
	int failed = cmocka_run_group_tests_name("email imap parse", tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
