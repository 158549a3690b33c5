/* SPDX-License-Identifier: Apache-2.0 */
/* What goes out: tokens, encodings, the whole mail, and the judgement over an SMTP session. */
#include "tests/tap.h"

#include "channels/email/email_address.h"
#include "channels/email/email_encode.h"
#include "channels/email/email_format.h"
#include "channels/email/email_inbound.h"
#include "channels/email/email_parse.h"
#include "channels/email/email_text.h"
#include "channels/email/email_verdict.h"
#include "channels/email/mail.h"

#include <gmime/gmime.h>
#include <stdio.h>

static struct arena arena;

static const struct email_identity identity = {
	.key = {{"0123456789abcdef0123456789abcdef", 32}, {"support-mail", 12}},
	.address = {"support@example.test", 20},
	.name = {"Tuki", 4},
	.domain = {"example.test", 12},
};

#define assert_text(t, expected)                                                             \
	do {                                                                                 \
		struct usher_text got_ = (t);                                                \
		if (!text_equal(got_, text_of(expected)))                                    \
			fail_msg("got \"%.*s\", expected \"%s\"", TEXT_ARG(got_), expected); \
	} while (0)

static void checks_addresses(void **state)
{
	(void)state;
	static const char *const good[] = {"a@b.test", "a.b+c=d@x-y.example", "a@localhost"};
	static const char *const bad[] = {
		"",
		"a",
		"@b.test",
		"a@",
		"a b@c.test",
		"a@b.test\r\nDATA",
		"a@b.test\n",
		"a@b c",
		"<a@b.test>",
		"\"a\"@b.test",
		"a@[127.0.0.1]",
		"a@b@c.test",
		"a@b..c",
		"a@.b",
		"a@b.",
		"a@-b.test",
		"a@b_.test\x01",
		"a,b@c.test",
		"a;b@c.test",
		"a@b.test>",
		"\xC3\xA4@b.test",
		"a\\b@c.test",
		"a(b)@c.test",
		"1234567890123456789012345678901234567890123456789012345678901234x@b.test",
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (!email_address_check(text_of(good[i])))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (email_address_check(text_of(bad[i])))
			fail_msg("taken: %s", bad[i]);
	assert_false(email_address_check(TEXT("a\0b@c.test")));
	assert_true(email_address_check_utf8(TEXT("\xC3\xA4@b.test")));
	assert_false(email_address_check_utf8(TEXT("\xC3@b.test")));
	assert_text(email_address_find(TEXT("Name <x@y.test>, z@q.test")), "x@y.test");
	assert_int_equal(email_address_find(TEXT("nobody @ nowhere")).n, 0);
	struct usher_text tag;
	assert_true(email_address_is_own(TEXT("Support+C1@EXAMPLE.test"), identity.address, &tag));
	assert_text(tag, "C1");
	assert_false(email_address_is_own(TEXT("supporter@example.test"), identity.address, &tag));
	assert_false(email_address_is_own(TEXT("x+support@example.test"), identity.address, &tag));
}

static usher_id contact_in(struct usher_text address)
{
	struct usher_text tag;
	assert_true(email_address_is_own(address, identity.address, &tag));
	return email_token_contact(&identity.key, tag);
}

static void proves_contacts_by_address(void **state)
{
	(void)state;
	const usher_id ids[] = {1, 77, (usher_id)1 << 62, UINT64_MAX / 3};
	for (size_t i = 0; i < 4; i++) {
		struct usher_text a =
			email_token_address(&identity.key, identity.address, ids[i], &arena);
		assert_true(email_address_check(a));
		assert_true(contact_in(a) == ids[i]);
		char *changed = (char *)(uintptr_t)arena_string(&arena, a);
		for (char *p = changed; *p != '\0'; p++)
			if (*p >= 'a' && *p <= 'z')
				*p = (char)(*p - 32);
		assert_true(contact_in(text_of(changed)) == ids[i]);
		/* Any one character of the tag changed proves nothing. */
		for (size_t k = strlen("support+"); k < a.n - strlen("@example.test"); k++) {
			char *forged = (char *)(uintptr_t)arena_string(&arena, a);
			forged[k] = forged[k] == 'q' ? 'r' : 'q';
			assert_true(contact_in(text_of(forged)) == 0);
		}
	}
	struct email_key other = identity.key;
	other.channel = TEXT("other");
	struct usher_text theirs = email_token_address(&other, identity.address, 77, &arena);
	assert_true(contact_in(theirs) == 0);
	assert_true(email_token_contact(&identity.key, TEXT("")) == 0);
	assert_true(email_token_contact(&identity.key, TEXT("cx.y")) == 0);
}

static void proves_contacts_by_message_id(void **state)
{
	(void)state;
	struct usher_text id =
		email_token_message_id(&identity.key, 5, 77, identity.domain, &arena);
	assert_true(text_starts(id, TEXT("u1.")));
	assert_true(email_token_from_message_id(&identity.key, id) == 77);
	for (size_t k = 0; k < id.n - strlen("@example.test"); k++) {
		char *forged = (char *)(uintptr_t)arena_string(&arena, id);
		forged[k] = forged[k] == 'q' ? 'r' : 'q';
		assert_true(email_token_from_message_id(&identity.key, text_of(forged)) == 0);
	}
	assert_true(email_token_from_message_id(&identity.key, TEXT("u1.@x")) == 0);
	assert_true(email_token_from_message_id(&identity.key, TEXT("")) == 0);
}

static void makes_subjects(void **state)
{
	(void)state;
	static const struct {
		const char *given;
		bool is_answer;
		const char *expected;
	} cases[] = {
		{"Hello", true, "Re: Hello [C-1042]"},
		{"Re: RE: Vs: Hello", true, "Re: Hello [C-1042]"},
		{"Re: Hello [C-1042]", true, "Re: Hello [C-1042]"},
		{"Hello", false, "Hello [C-1042]"},
		{"", true, "Re: [C-1042]"},
		{"a\r\nBcc: x@y.test", false, "a Bcc: x@y.test [C-1042]"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_text(email_format_subject(text_of(cases[i].given), 1042, cases[i].is_answer,
						 &arena),
			    cases[i].expected);
}

static struct outgoing sample(const char *subject, const char *body)
{
	return (struct outgoing){.id = 9,
				 .kind = TEXT("message"),
				 .contact = 77,
				 .contact_number = 1042,
				 .message = 5,
				 .message_seq = 3,
				 .address = TEXT("anna@b.test"),
				 .name = TEXT("Anna \"A\" Esimerkki"),
				 .subject = text_of(subject),
				 .body = text_of(body),
				 .at_us = INT64_C(1795248000) * USHER_SECOND};
}

static void check_wire(const struct usher_buf *mail)
{
	size_t line = 0;
	for (size_t i = 0; i < mail->n; i++) {
		unsigned char c = (unsigned char)mail->p[i];
		if (c == '\n')
			assert_true(i > 0 && mail->p[i - 1] == '\r');
		if (c == '\r')
			assert_true(i + 1 < mail->n && mail->p[i + 1] == '\n');
		assert_true(c < 0x7F && (c >= ' ' || c == '\r' || c == '\n'));
		line = c == '\n' ? 0 : line + 1;
		assert_true(line <= 998);
		if (line == 1)
			assert_true(c != '.');
	}
	assert_true(mail->n > 2 && memcmp(mail->p + mail->n - 2, "\r\n", 2) == 0);
}

/* Formats, checks the bytes, and reads it back with the parser of the other direction. */
static struct mail *round_trip(const struct outgoing *out, const struct email_thread *thread)
{
	struct usher_buf one = {0}, two = {0};
	struct usher_error err = {0};
	if (email_format(out, &identity, thread, &one, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(email_format(out, &identity, thread, &two, &err), 0);
	assert_true(text_equal(buf_text(&one), buf_text(&two)));
	check_wire(&one);
	struct mail *m = ARENA_NEW(&arena, struct mail);
	assert_int_equal(email_parse(arena_text(&arena, buf_text(&one)), 0, &arena, m, &err), 0);
	buf_done(&one);
	buf_done(&two);
	return m;
}

static void formats_an_answer(void **state)
{
	(void)state;
	struct email_thread thread = {.in_reply_to = TEXT("m1@b.test")};
	email_thread_add(&thread, TEXT("m0@b.test"));
	email_thread_add(&thread, TEXT("m1@b.test"));
	struct outgoing out =
		sample("Re: P\xC3\xA4iv\xC3\xA4\xC3\xA4 ja hyv\xC3\xA4\xC3\xA4 iltaa "
		       "kaikille jotka t\xC3\xA4t\xC3\xA4 lukevat t\xC3\xA4n\xC3\xA4\xC3\xA4n",
		       "Hei,\n.\n.piste\nFrom here = \xC3\xA4\xC3\xB6 \nend");
	struct mail *m = round_trip(&out, &thread);
	assert_text(m->from.address, "support@example.test");
	assert_text(m->from.name, "Tuki");
	assert_text(m->to.item[0].address, "anna@b.test");
	assert_text(m->to.item[0].name, "Anna \"A\" Esimerkki");
	assert_text(m->subject,
		    "Re: P\xC3\xA4iv\xC3\xA4\xC3\xA4 ja hyv\xC3\xA4\xC3\xA4 iltaa kaikille "
		    "jotka t\xC3\xA4t\xC3\xA4 lukevat t\xC3\xA4n\xC3\xA4\xC3\xA4n [C-1042]");
	assert_text(m->in_reply_to, "m1@b.test");
	assert_int_equal(m->ref_count, 2);
	assert_true(m->date_us == out.at_us);
	assert_text(m->body, "Hei,\n.\n.piste\nFrom here = \xC3\xA4\xC3\xB6 \nend");
	assert_true(contact_in(m->reply_to.address) == 77);
	assert_true(email_token_from_message_id(&identity.key, m->message_id) == 77);
	assert_int_equal(m->automatic.n, 0);
}

static void formats_any_text(void **state)
{
	(void)state;
	static const struct email_thread none;
	struct usher_buf body = {0};
	for (int i = 0; i < 3000; i++)
		buf_addf(&body, "%c\xE2\x82\xAC%s", 'a' + i % 26, i % 97 == 0 ? "\r" : "");
	buf_adds(&body, "\r\nx\n\n");
	struct outgoing out = sample("x\x01y", body.p);
	struct mail *m = round_trip(&out, &none);
	assert_text(m->subject, "xy [C-1042]");
	assert_true(m->body.n > 9000);
	out.body = TEXT("");
	assert_int_equal(round_trip(&out, &none)->body.n, 0);
	struct usher_buf longest = {0};
	for (int i = 0; i < 900; i++)
		buf_addc(&longest, 'w');
	out.subject = out.name = buf_text(&longest);
	assert_true(round_trip(&out, &none)->subject.n >= 900);
	buf_done(&body);
	buf_done(&longest);
}

static void refuses_addresses_that_inject(void **state)
{
	(void)state;
	static const struct email_thread none;
	struct usher_buf mail = {0};
	struct usher_error err = {0};
	struct outgoing out = sample("x", "y");
	out.address = TEXT("anna@b.test>\r\nBcc: x@y.test");
	assert_int_equal(email_format(&out, &identity, &none, &mail, &err), E_INVALID);
	out.address = TEXT("");
	assert_int_equal(email_format(&out, &identity, &none, &mail, &err), E_INVALID);
	assert_int_equal(mail.n, 0);
	out = sample("x", "y");
	out.name = TEXT("Anna\r\nBcc: evil@y.test");
	struct mail *m = round_trip(&out, &none);
	assert_text(m->to.item[0].name, "Anna Bcc: evil@y.test");
	assert_int_equal(m->cc.count, 0);
}

static void keeps_the_ends_of_long_threads(void **state)
{
	(void)state;
	struct email_thread t = {0};
	char ids[50][20];
	for (int i = 0; i < 50; i++) {
		snprintf(ids[i], sizeof ids[i], "m%d@b.test", i);
		email_thread_add(&t, text_of(ids[i]));
		email_thread_add(&t, text_of(ids[i]));
	}
	assert_int_equal(t.ref_count, EMAIL_REFS_OUT_MAX);
	assert_text(t.refs[0], "m0@b.test");
	assert_text(t.refs[1], "m31@b.test");
	assert_text(t.refs[19], "m49@b.test");
	struct email_thread from = {0};
	email_thread_from_fields(TEXT("{\"message_id\":\"b@x\",\"references\":[\"a@x\",5]}"),
				 &arena, &from);
	assert_text(from.in_reply_to, "b@x");
	assert_int_equal(from.ref_count, 2);
	struct email_thread nothing = {0};
	email_thread_from_fields(TEXT("not json"), &arena, &nothing);
	assert_int_equal(nothing.in_reply_to.n, 0);
}

static void judges_sessions(void **state)
{
	(void)state;
	static const struct {
		struct smtp_facts facts;
		enum delivery_state expected;
	} cases[] = {
		{{.is_started = true, .mail = {250}, .rcpt = {250}, .data = {250}}, DELIVERY_SENT},
		{{.is_started = true, .mail = {250}, .rcpt = {550}}, DELIVERY_FAILED},
		{{.is_started = true, .mail = {250}, .rcpt = {451}, .data = {503}}, DELIVERY_RETRY},
		{{.is_started = true, .mail = {250}, .rcpt = {421}}, DELIVERY_RETRY},
		{{.is_started = true, .mail = {450}}, DELIVERY_RETRY},
		{{.is_started = true, .mail = {550, "5.7.1 no"}}, DELIVERY_FAILED},
		{{.is_started = true, .mail = {530, "5.7.0 sign in"}}, DELIVERY_HELD},
		{{.is_started = true, .mail = {550, "5.7.30 basic"}}, DELIVERY_HELD},
		{{.is_started = true, .mail = {250}, .rcpt = {554, "5.7.8 x"}}, DELIVERY_HELD},
		{{.is_started = true, .mail = {250}, .rcpt = {250}, .data = {451}}, DELIVERY_RETRY},
		{{.is_started = true, .mail = {250}, .rcpt = {250}, .data = {554}},
		 DELIVERY_FAILED},
		{{.is_started = true, .mail = {250}, .rcpt = {250}, .is_body_begun = true},
		 DELIVERY_UNSURE},
		{{.is_started = true,
		  .mail = {250},
		  .rcpt = {250},
		  .data = {354},
		  .is_body_begun = true},
		 DELIVERY_UNSURE},
		{{.is_started = true, .mail = {250}, .rcpt = {250}}, DELIVERY_RETRY},
		{{.is_started = true}, DELIVERY_RETRY},
		{{.is_started = false}, DELIVERY_RETRY},
		{{.is_started = false, .last = "554 no service"}, DELIVERY_RETRY},
		{{.is_started = true, .mail = {530}, .is_login_refused = true}, DELIVERY_HELD},
		{{.is_started = true, .is_tls_refused = true}, DELIVERY_HELD},
		{{.is_started = true,
		  .is_injected = true,
		  .mail = {250},
		  .rcpt = {250},
		  .data = {250}},
		 DELIVERY_HELD},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct smtp_verdict v;
		email_verdict(&cases[i].facts, &v);
		if (v.state != cases[i].expected)
			fail_msg("case %zu: %s (%s)", i, delivery_state_name(v.state), v.text);
		assert_true(v.text[0] != '\0');
	}
}

static void tries_again_less_and_less(void **state)
{
	(void)state;
	static const int minutes[] = {1, 5, 15, 30, 60, 120, 120};
	usher_us total = 0;
	for (int i = 0; i < 7; i++)
		assert_true(email_retry_after(DELIVERY_RETRY, i, 0, 0) ==
			    minutes[i] * USHER_MINUTE);
	assert_true(email_retry_after(DELIVERY_UNSURE, 0, 0, 0) == 10 * USHER_MINUTE);
	int attempts = 0;
	while (attempts < 100) {
		usher_us wait = email_retry_after(DELIVERY_RETRY, attempts++, 0, total);
		if (wait == 0)
			break;
		total += wait;
	}
	assert_true(total >= 48 * USHER_HOUR && total <= 54 * USHER_HOUR);
	/* Held for days, tried once: not given up. */
	assert_true(email_retry_after(DELIVERY_RETRY, 1, 0, 90 * USHER_HOUR) > 0);
}

static void hands_mail_in_with_its_contact(void **state)
{
	(void)state;
	struct usher_text reply = email_token_address(&identity.key, identity.address, 77, &arena);
	struct usher_text own =
		email_token_message_id(&identity.key, 5, 78, identity.domain, &arena);
	struct mail *m = ARENA_NEW(&arena, struct mail);
	struct inbound in;
	struct email_envelope e = {.from = TEXT("anna@b.test"), .has_from = true};
	m->from.address = TEXT("anna@b.test");
	m->message_id = TEXT("m9@b.test");
	m->refs[m->ref_count++] = TEXT("m0@b.test");
	m->refs[m->ref_count++] = own;
	email_inbound(&identity, m, &e, "00ff", &arena, &in);
	assert_true(in.contact == 78); /* by our Message-ID in References */
	assert_int_equal(in.ref_count, 3);
	assert_text(in.refs[0], own.p);
	assert_text(in.refs[2], "m9@b.test");
	assert_text(in.remote_id, "sha256:00ff");
	m->to.item[m->to.count++].address = reply;
	email_inbound(&identity, m, &e, "00ff", &arena, &in);
	assert_true(in.contact == 77); /* the address goes first */
	assert_false(in.is_automatic);
	m->to.count = m->ref_count = 0;
	e.rcpts[e.rcpt_count++] = reply;
	email_inbound(&identity, m, &e, "00ff", &arena, &in);
	assert_true(in.contact == 77);
	e.from = TEXT("");
	email_inbound(&identity, m, &e, "00ff", &arena, &in);
	assert_true(in.is_automatic);
	m->from.address = identity.address;
	m->reply_to.address = TEXT("form@b.test");
	email_inbound(&identity, m, &e, "", &arena, &in);
	assert_text(in.address, "form@b.test");
	assert_int_equal(in.remote_id.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks_addresses),
		cmocka_unit_test(proves_contacts_by_address),
		cmocka_unit_test(proves_contacts_by_message_id),
		cmocka_unit_test(makes_subjects),
		cmocka_unit_test(formats_an_answer),
		cmocka_unit_test(formats_any_text),
		cmocka_unit_test(refuses_addresses_that_inject),
		cmocka_unit_test(keeps_the_ends_of_long_threads),
		cmocka_unit_test(judges_sessions),
		cmocka_unit_test(tries_again_less_and_less),
		cmocka_unit_test(hands_mail_in_with_its_contact),
	};
	int failed = cmocka_run_group_tests_name("email format", tests, NULL, NULL);
	arena_done(&arena);
	g_mime_shutdown();
	return failed;
}
