/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/tap.h"

#include "channels/email/email_automatic.h"
#include "channels/email/email_guard.h"

#include <stdio.h>

#define HEADERS_MAX 4

struct sample {
	const char *headers, *subject, *reason;
	bool is_away;
};

static const struct sample samples[] = {
	/* robots by their headers (RFC 3834, RFC 2919, and what others use) */
	{"Auto-Submitted: auto-generated\n", "Invoice", "Auto-Submitted", false},
	{"Auto-Submitted: no\n", "Re: bicycle", "", false},
	{"Auto-Submitted: auto-replied; owner-email=x\n", "Re: bicycle", "Auto-Submitted", false},
	{"Auto-Submitted: auto-replied (vacation)\n", "Re: bicycle", "Auto-Submitted", true},
	{"Auto-Submitted: auto-replied\n", "Automatic reply: bicycle", "Auto-Submitted", true},
	{"Precedence: bulk\n", "News", "Precedence", false},
	{"Precedence: auto_reply\n", "Automaattinen vastaus: x", "Precedence", true},
	{"X-Precedence: list\n", "News", "Precedence", false},
	{"List-Id: <x.list.test>\n", "News", "List-Id", false},
	{"List-Unsubscribe: <mailto:x@list.test>\n", "News", "List-Unsubscribe", false},
	{"X-Auto-Response-Suppress: All\n", "Abwesenheitsnotiz: x", "X-Auto-Response-Suppress",
	 true},
	{"X-Auto-Response-Suppress: OOF, AutoReply\n", "x", "X-Auto-Response-Suppress", false},
	{"X-MS-Exchange-Inbox-Rules-Loop: a@b.test\n", "x", "X-MS-Exchange-Inbox-Rules-Loop", true},
	{"X-Autoreply: yes\n", "Autosvar: x", "X-Autoreply", true},
	{"X-Autorespond: x\n", "x", "X-Autorespond", false},
	{"Return-Path: <>\n",
	 "\xD0\x90\xD0\xB2\xD1\x82\xD0\xBE\xD0\xBE\xD1\x82\xD0\xB2\xD0\xB5\xD1"
	 "\x82: x",
	 "Return-Path: <>", true},
	{"Return-Path: <>\n", "Automaatvastus: x", "Return-Path: <>", true},
	{"Content-Type: multipart/report; report-type=delivery-status\n", "Out of office",
	 "multipart/report", false},
	/* a subject alone is a person's; with a weak sign it is not */
	{"X-Mailer: Mutt\n", "Out of office next week?", "", false},
	{"X-Mailer: vacation 1.2\n", "Out of office", "Subject", true},
	{"X-Auto-Response-Suppress: DR, RN\n", "Automatiskt svar: x", "Subject", true},
	{"X-Auto-Response-Suppress: DR, RN\n", "Re: bicycle", "", false},
	{"X-Mailer: x\n", "Olen lomalla ensi viikolla", "", false},
	{"Precedence: normal\n", "I am away: who helps me?", "", false},
	{"Precedence: low\n", "Poissa: x", "Subject", true},
};

static void knows_robots_by_their_signs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		const struct sample *s = &samples[i];
		struct mail_header h[HEADERS_MAX];
		struct usher_text rest = text_of(s->headers);
		int count = 0;
		bool is_away = false;
		while (count < HEADERS_MAX && email_header_next(&rest, &h[count]))
			count++;
		struct usher_text got = email_automatic_subject(h, count, TEXT("anna@b.test"),
								text_of(s->subject), &is_away);
		if (!text_equal(got, text_of(s->reason)) || is_away != s->is_away)
			fail_msg("sample %zu: \"%.*s\", away %d", i, TEXT_ARG(got), is_away);
	}
}

static void knows_robots_by_their_names(void **state)
{
	(void)state;
	static const char *const robots[] = {"no-reply@b.test", "MAILER-DAEMON@b.test",
					     "x-request@b.test", "owner-x@b.test",
					     "bounces+1@b.test"};
	for (size_t i = 0; i < sizeof robots / sizeof robots[0]; i++)
		assert_true(email_automatic(NULL, 0, text_of(robots[i])).n > 0);
	assert_int_equal(email_automatic(NULL, 0, TEXT("anna@b.test")).n, 0);
}

static bool is_over(struct email_guard *g, const char *address, usher_us now)
{
	bool is_first;
	return email_guard_is_over(g, text_of(address), now, &is_first);
}

static void stops_who_writes_too_often(void **state)
{
	(void)state;
	static struct email_guard g;
	usher_us now = USHER_HOUR * 1000;
	bool is_first = false;
	for (int i = 0; i < GUARD_MAILS_MAX; i++)
		assert_false(is_over(&g, i % 2 == 0 ? "anna@b.test" : "ANNA@b.test", now + i));
	assert_true(email_guard_is_over(&g, TEXT("anna@b.test"), now + 50, &is_first));
	assert_true(is_first);
	assert_true(email_guard_is_over(&g, TEXT("anna@b.test"), now + 51, &is_first));
	assert_false(is_first); /* said once */
	assert_false(is_over(&g, "bo@b.test", now + 52));
	assert_true(is_over(&g, "anna@b.test", now + GUARD_SPAN_US - 1));
	assert_false(is_over(&g, "anna@b.test", now + GUARD_SPAN_US));
}

/* Ten times as many addresses as there is room for: nobody is stopped who wrote once, and one who
 * keeps writing is not forgotten for them. */
static void forgets_the_silent_ones(void **state)
{
	(void)state;
	static struct email_guard g;
	usher_us now = USHER_HOUR * 1000;
	int over = 0;
	for (int i = 0; i < 10 * GUARD_ADDRESSES_MAX; i++) {
		char address[40];
		snprintf(address, sizeof address, "a%d@b.test", i);
		assert_false(is_over(&g, address, now + i));
		if (i % 50 == 0)
			over += is_over(&g, "loop@b.test", now + i);
	}
	assert_true(over > 150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_robots_by_their_signs),
		cmocka_unit_test(knows_robots_by_their_names),
		cmocka_unit_test(stops_who_writes_too_often),
		cmocka_unit_test(forgets_the_silent_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
