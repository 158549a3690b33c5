/* SPDX-License-Identifier: Apache-2.0 */
/* Each finding: a site in which it is planted, and the same site without it. */
#include "tests/tap.h"

#include "tests/gateway/lint/plants.h"

#include <stdio.h>

static const struct plant *const lists[] = {plants_of_routes, plants_of_numbers};
#define LISTS (sizeof lists / sizeof lists[0])

/* One by one they are told, and all together they fail. */
static unsigned faults;

static void fault(const char *of, const char *why)
{
	print_error("%s: %s\n", of, why);
	faults++;
}

static void expect_clean(const struct bed *b, const char *of)
{
	struct lint_report r;
	struct usher_buf text = {0};
	lint_run(&b->site, &r);
	for (size_t i = 0; i < r.count; i++) {
		buf_adds(&text, i == 0 ? "not clean: " : "; ");
		lint_say(&r.items[i], LINT_WHAT, LINT_EN, &text);
	}
	if (r.count > 0)
		fault(of, text.p);
	lint_report_done(&r);
	buf_done(&text);
}

static void expect_sentences(const struct lint_finding *found)
{
	for (int language = 0; language < LINT_LANGUAGES; language++)
		for (int part = 0; part < LINT_PARTS; part++) {
			struct usher_buf text = {0};
			lint_say(found, (enum lint_part)part, (enum lint_language)language, &text);
			if (text.n < 10 || strchr(text.p, '{') != NULL || strchr(text.p, '?') != NULL)
				fault(lint_code_name(found->code), text.p);
			buf_done(&text);
		}
}

static void expect_found(const struct bed *b, const struct plant *p)
{
	struct lint_report r;
	const struct lint_finding *found = NULL;
	lint_run(&b->site, &r);
	for (size_t i = 0; i < r.count && found == NULL; i++)
		if (r.items[i].code == p->code)
			found = &r.items[i];
	if (found == NULL) {
		fault(lint_code_name(p->code), "is not found");
	} else {
		if (!text_equal(found->args[0], text_of(p->name)))
			fault(lint_code_name(p->code), found->args[0].p);
		if (strcmp(found->pointer, p->pointer) != 0)
			fault(lint_code_name(p->code), found->pointer);
		expect_sentences(found);
	}
	lint_report_done(&r);
}

static void try_plant(const struct plant *p)
{
	struct bed b;
	bed_make(&b);
	if (p->prepare != NULL)
		p->prepare(&b);
	expect_clean(&b, lint_code_name(p->code));
	p->plant(&b);
	expect_found(&b, p);
	bed_done(&b);
}

static void test_each_code(void **state)
{
	(void)state;
	for (size_t list = 0; list < LISTS; list++)
		for (const struct plant *p = lists[list]; p->plant != NULL; p++)
			try_plant(p);
	assert_int_equal(faults, 0);
}

static void test_every_code_is_planted(void **state)
{
	(void)state;
	for (int code = 0; code < LINT_CODE_COUNT; code++) {
		bool is_planted = false;
		for (size_t list = 0; list < LISTS; list++)
			for (const struct plant *p = lists[list]; p->plant != NULL; p++)
				is_planted = is_planted || (int)p->code == code;
		if (!is_planted)
			fail_msg("%s has no test", lint_code_name((enum lint_code)code));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_code),
		cmocka_unit_test(test_every_code_is_planted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
