/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/tap.h"

#include "channels/email/email_bounce.h"
#include "channels/email/email_inbound.h"
#include "channels/email/email_parse.h"
#include "channels/email/email_token.h"
#include "tests/channels/email/corpus.h"

#include <jansson.h>
#include <stdio.h>

static struct arena arena;

static const struct mail_report *report_of(struct usher_text raw)
{
	struct mail *m = ARENA_NEW(&arena, struct mail);
	struct usher_error err = {0};
	if (email_parse(raw, 0, &arena, m, &err) < 0)
		fail_msg("%s", err.text);
	return &m->report;
}

static const struct mail_report *report_in(const char *raw)
{
	return report_of(text_of(raw));
}

#define assert_text(t, expected)                                                             \
	do {                                                                                 \
		struct usher_text got_ = (t);                                                \
		if (!text_equal(got_, text_of(expected)))                                    \
			fail_msg("got \"%.*s\", expected \"%s\"", TEXT_ARG(got_), expected); \
	} while (0)

/* ---- each kind of report ---- */

#define DSN(fields)                                                                            \
	"From: MAILER-DAEMON@mx.test\nTo: support@example.test\nSubject: Undelivered Mail\n"   \
	"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"          \
	"--b\nContent-Type: text/plain\n\nI'm sorry.\n\n"                                      \
	"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n\n" fields \
	"\n--b\nContent-Type: message/rfc822\n\nFrom: support@example.test\n"                  \
	"Message-ID: <u1.aaa@example.test>\nTo: anna@b.test\nSubject: s\n\nwords\n--b--\n"

static void reads_delivery_status(void **state)
{
	(void)state;
	const struct mail_report *r = report_in(
		DSN("Original-Recipient: rfc822;Anna@B.test\nFinal-Recipient: rfc822; anna@b.test\n"
		    "Action: failed\nStatus: 5.2.2\n"
		    "Diagnostic-Code: smtp; 552 5.2.2 <anna@b.test>: over\n quota\n"));
	assert_int_equal(r->count, 1);
	assert_text(r->item[0].address, "Anna@b.test");
	assert_int_equal(r->item[0].fate, MAIL_FAILED);
	assert_int_equal(r->item[0].fault, MAIL_FAULT_FULL);
	assert_text(r->item[0].status, "5.2.2");
	assert_text(r->item[0].said, "552 5.2.2 <anna@b.test>: over quota");
	assert_text(r->message_id, "u1.aaa@example.test");
	r = report_in(DSN("Final-Recipient: utf-8; anna@b.test\nAction: delayed\nStatus: 4.4.1\n"));
	assert_int_equal(r->item[0].fate, MAIL_DELAYED);
	r = report_in(DSN("Final-Recipient: rfc822;anna@b.test\nAction: relayed\nStatus: 2.0.0\n"));
	assert_int_equal(r->count, 0);
	r = report_in(DSN("Final-Recipient: rfc822;a@b.test\nAction: delivered\nStatus: 2.0.0\n\n"
			  "Final-Recipient: rfc822;c@b.test\nAction: failed\nStatus: 5.1.1\n"));
	assert_int_equal(r->count, 2);
	assert_int_equal(r->item[0].fate, MAIL_DELIVERED);
	assert_int_equal(r->item[1].fault, MAIL_FAULT_UNKNOWN_USER);
}

static void reads_complaints_and_receipts(void **state)
{
	(void)state;
	const struct mail_report *r = report_in(
		"From: fbl@provider.test\nTo: support@example.test\nSubject: complaint\n"
		"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
		"--b\nContent-Type: text/plain\n\nAn abuse report.\n"
		"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
		"User-Agent: x/1\nVersion: 1\n\n"
		"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <m@example.test>\n"
		"To: <anna@b.test>\n\n--b--\n");
	assert_int_equal(r->count, 1);
	assert_int_equal(r->item[0].fate, MAIL_COMPLAINT);
	assert_text(r->item[0].address, "anna@b.test");
	assert_text(r->message_id, "m@example.test");
	r = report_in("From: anna@b.test\nSubject: Read: s\n"
		      "Content-Type: multipart/report; report-type=disposition-notification;"
		      " boundary=b\n\n--b\nContent-Type: text/plain\n\nIt was displayed.\n"
		      "--b\nContent-Type: message/disposition-notification\n\n"
		      "Final-Recipient: rfc822;anna@b.test\nOriginal-Message-ID: <m@example.test>\n"
		      "Disposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n");
	assert_int_equal(r->item[0].fate, MAIL_DISPLAYED);
	assert_text(r->message_id, "m@example.test");
}

struct words_case {
	const char *from, *subject, *body, *address;
	enum mail_fate fate;
	enum mail_fault fault;
};

static const struct words_case words_cases[] = {
	{"MAILER-DAEMON@mx.test", "failure notice",
	 "Hi. This is the qmail-send program at mx.test.\nI'm afraid I wasn't able to deliver your "
	 "message to the following addresses.\nThis is a permanent error; I've given up.\n\n"
	 "<anna@b.test>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 user "
	 "unknown\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <m@e.test>\n",
	 "anna@b.test", MAIL_FAILED, MAIL_FAULT_UNKNOWN_USER},
	{"mailer-daemon@mx.test", "Mail delivery failed: returning message to sender",
	 "This message was created automatically by mail delivery software.\n\nA message that you "
	 "sent could not be delivered to one or more of its\nrecipients. The following "
	 "address(es) failed:\n\n  anna@b.test\n    mailbox is full: retry timeout exceeded\n\n"
	 "------ This is a copy of the message, including all the headers. ------\n\n"
	 "Message-Id: <m@e.test>\n",
	 "anna@b.test", MAIL_FAILED, MAIL_FAULT_FULL},
	{"MAILER-DAEMON@mx.test", "Undelivered Mail Returned to Sender",
	 "This is the mail system at host mx.test.\n\nI'm sorry to have to inform you that your "
	 "message could not\nbe delivered to one or more recipients. For further assistance, "
	 "please send mail to postmaster.\n\n<anna@b.test>: host mx.b.test[192.0.2.2] said: 554 "
	 "5.7.1 Service unavailable; Client host blocked using list.test (in reply to RCPT TO "
	 "command)\n\nMessage-ID: <m@e.test>\n",
	 "anna@b.test", MAIL_FAILED, MAIL_FAULT_BLOCKED},
	{"postmaster@corp.test", "Undeliverable: s",
	 "Delivery has failed to these recipients or groups:\n\nanna@b.test\nThe email address you "
	 "entered couldn't be found. Please check the recipient's email address.\n\n"
	 "Diagnostic information for administrators:\n\nRemote Server returned '550 5.1.10 "
	 "RESOLVER.ADR.RecipientNotFound; Recipient anna@b.test not found by SMTP address lookup'\n"
	 "\nReceived: from a.test\nMessage-ID: <m@e.test>\n",
	 "anna@b.test", MAIL_FAILED, MAIL_FAULT_UNKNOWN_USER},
	{"mailer-daemon@mail.test", "Delivery Status Notification (Failure)",
	 "Delivery to the following recipient failed permanently:\n\n     anna@b.test\n\nTechnical "
	 "details of permanent failure:\nThe message was rejected: 552 5.3.4 message size exceeds "
	 "limit\n\n----- Original message -----\n\nMessage-ID: <m@e.test>\n",
	 "anna@b.test", MAIL_FAILED, MAIL_FAULT_TOO_LARGE},
	{"mailer-daemon@yahoo.test", "Failure Notice",
	 "Sorry, we were unable to deliver your message to the following address.\n\n"
	 "<anna@b.test>:\n554: 5.7.9: Message not accepted for policy reasons (DMARC)\n\n"
	 "--- Below this line is a copy of the message.\n\nMessage-ID: <m@e.test>\n",
	 "anna@b.test", MAIL_FAILED, MAIL_FAULT_POLICY},
	{"postmaster@notes.test", "DELIVERY FAILURE: User anna (anna@b.test) not listed in Domino",
	 "Your message\n\n  Subject: s\n\nwas not delivered to:\n\n  anna@b.test\n\nbecause:\n\n  "
	 "User anna (anna@b.test) not listed in Domino Directory\n\nMessage-ID: <m@e.test>\n",
	 "anna@b.test", MAIL_FAILED, MAIL_FAULT_UNKNOWN_USER},
	{"MAILER-DAEMON@mx.test", "Warning: could not send message for past 4 hours",
	 "    **********************************************\n    **      THIS IS A WARNING "
	 "MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n\n   ----- The "
	 "following addresses had transient non-fatal errors -----\n<anna@b.test>\n\n   ----- "
	 "Transcript of session follows -----\n451 4.4.1 reply: read error from mx.b.test. "
	 "Connection timed out\n\nMessage-ID: <m@e.test>\n",
	 "anna@b.test", MAIL_DELAYED, MAIL_FAULT_DOMAIN},
};

static void reads_bounces_in_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof words_cases / sizeof words_cases[0]; i++) {
		const struct words_case *c = &words_cases[i];
		const struct mail_report *r = report_of(
			arena_textf(&arena, "From: %s\nTo: support@example.test\nSubject: %s\n\n%s",
				    c->from, c->subject, c->body));
		if (r->count != 1 || r->item[0].fate != c->fate || r->item[0].fault != c->fault)
			fail_msg("case %zu: %d recipients, fate %d, fault %d", i, r->count,
				 r->item[0].fate, r->item[0].fault);
		assert_text(r->item[0].address, c->address);
		assert_text(r->message_id, "m@e.test");
	}
}

static void leaves_people_alone(void **state)
{
	(void)state;
	static const char *const raws[] = {
		"From: anna@b.test\nSubject: question\n\nI got 550 5.1.1 <x@b.test> user unknown, "
		"what is that?\n",
		"From: anna@b.test\nSubject: Re: s\nAuto-Submitted: auto-replied\nReturn-Path: "
		"<>\n\n"
		"I am away. anna@b.test is not read; write to bo@b.test instead.\n",
		"From: shop@b.test\nSubject: Your delivery\n\nYour parcel could not be delivered. "
		"Contact help@b.test\n",
	};
	for (size_t i = 0; i < sizeof raws / sizeof raws[0]; i++)
		if (report_in(raws[i])->count != 0)
			fail_msg("case %zu is taken for a report", i);
}

static struct inbound item_of(const struct email_identity *identity, struct usher_text raw)
{
	struct mail *m = ARENA_NEW(&arena, struct mail);
	struct email_envelope *e = ARENA_NEW(&arena, struct email_envelope);
	struct inbound in;
	assert_int_equal(email_parse(raw, 0, &arena, m, NULL), 0);
	email_inbound(identity, m, e, "", &arena, &in);
	return in;
}

/* Our own Message-ID proves which message it is about; anybody else's proves nothing. */
static void finds_the_message(void **state)
{
	(void)state;
	static const char format[] =
		"From: MAILER-DAEMON@mx.test\nTo: %s\nSubject: failure notice\n\nHi. This is the "
		"qmail-send program.\n\n<anna@b.test>:\n552 5.2.2 over quota\n\n--- Below this "
		"line is "
		"a copy of the message.\n\nReturn-Path: <x>\nMessage-ID: <%.*s>\n";
	struct email_identity id = {.key = {TEXT("0123456789abcdef0123456789abcdef"), TEXT("mail")},
				    .address = TEXT("support@example.test"),
				    .domain = TEXT("example.test")};
	struct usher_text ours = email_token_message_id(&id.key, 500, 77, id.domain, &arena);
	struct inbound in =
		item_of(&id, arena_textf(&arena, format, "support@example.test", TEXT_ARG(ours)));
	assert_non_null(in.report);
	assert_true(in.report->contact == 77 && in.report->message == 500);
	assert_int_equal(in.report->count, 1);
	assert_text(in.report->item[0].address, "anna@b.test");
	assert_int_equal(in.report->item[0].state, DELIVERY_FAILED);
	assert_true(text_starts(in.report->item[0].reason, TEXT("mailbox full (")));
	assert_true(in.is_automatic);
	/* A mac of another channel, and an id somebody made up */
	struct email_key other = {id.key.secret, TEXT("other")};
	struct usher_text theirs = email_token_message_id(&other, 500, 77, id.domain, &arena);
	in = item_of(&id, arena_textf(&arena, format, "support@example.test", TEXT_ARG(theirs)));
	assert_null(in.report);
	assert_true(in.is_automatic);
	/* The reply address proves the contact where the id was lost. */
	struct usher_text reply = email_token_address(&id.key, id.address, 77, &arena);
	in = item_of(&id, arena_textf(&arena, format, arena_string(&arena, reply),
				      TEXT_ARG(TEXT("x@y"))));
	assert_non_null(in.report);
	assert_true(in.report->contact == 77 && in.report->message == 0);
}

/* Each of these would take minutes were anything in it quadratic. */
static void is_linear(void **state)
{
	(void)state;
	static const char *const units[] = {
		"a@", "a@b.test ", "<a@b.test>:\n", "550 ",	     "@",
		"x",  "=a@b\n",	   "5.1.1.",	    "Received: x\n", "\n"};
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		struct usher_buf b = {0};
		buf_adds(&b, "From: MAILER-DAEMON@m.test\nSubject: failure notice\n\n");
		while (b.n < 1024 * 1024)
			buf_adds(&b, units[i]);
		const struct mail_report *r = report_of(buf_text(&b));
		assert_true(r->count <= MAIL_REPORTED_MAX);
		buf_done(&b);
	}
}

static void names_the_fault(void **state)
{
	(void)state;
	static const struct {
		const char *status, *said;
		enum mail_fault fault;
	} cases[] = {
		{"5.1.1", "", MAIL_FAULT_UNKNOWN_USER},
		{"5.1.1", "550 5.1.1 mailbox disabled", MAIL_FAULT_INACTIVE},
		{"5.2.1", "over quota", MAIL_FAULT_FULL},
		{"5.7.1", "relay access denied", MAIL_FAULT_RELAY},
		{"5.7.1", "", MAIL_FAULT_POLICY},
		{"5.4.6", "", MAIL_FAULT_LOOP},
		{"5.4.4", "", MAIL_FAULT_DOMAIN},
		{"4.7.1", "greylisted, try again later", MAIL_FAULT_TEMPORARY},
		{"4.4.7", "", MAIL_FAULT_EXPIRED},
		{"", "550 no such user here", MAIL_FAULT_UNKNOWN_USER},
		{"", "strange", MAIL_FAULT_OTHER},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum mail_fault got =
			email_bounce_fault(text_of(cases[i].status), text_of(cases[i].said));
		if (got != cases[i].fault)
			fail_msg("%s \"%s\": %d", cases[i].status, cases[i].said, (int)got);
		assert_true(strlen(email_bounce_reason(got)) > 5);
	}
	assert_text(email_bounce_status(TEXT("at 192.0.2.1: 550-5.1.10 x")), "5.1.10");
	assert_int_equal(email_bounce_status(TEXT("host 5.1.1.9 said 5.1.1111")).n, 0);
}

/* ---- the public set ---- */

struct tally {
	int files, exact, covered, fates;
};

static bool has_address(const struct mail_report *r, const char *address)
{
	for (int i = 0; i < r->count; i++)
		if (text_equal_nocase(r->item[i].address, text_of(address)))
			return true;
	return false;
}

static struct usher_text read_whole(const char *dir, const char *name, struct usher_buf *b)
{
	char path[1200], block[65536];
	size_t n;
	snprintf(path, sizeof path, "%s/mail/flufl-bounce/%s", dir, name);
	FILE *f = fopen(path, "rb");
	buf_clear(b);
	while (f != NULL && (n = fread(block, 1, sizeof block, f)) > 0)
		buf_add(b, block, n);
	if (f != NULL)
		fclose(f);
	return buf_text(b);
}

static void judge(const char *dir, const json_t *row, struct tally *t, struct usher_buf *b)
{
	const char *file = json_string_value(json_object_get(row, "file"));
	const json_t *expected = json_object_get(row, "addresses");
	const struct mail_report *r = report_of(read_whole(dir, file, b));
	size_t found = 0, i;
	json_t *address;
	json_array_foreach(expected, i, address) found +=
		has_address(r, json_string_value(address));
	bool is_covered = found == json_array_size(expected);
	bool is_exact = is_covered && (size_t)r->count == found;
	bool is_temporary = json_is_true(json_object_get(row, "is_temporary"));
	bool has_fate = r->count == 0 ? json_array_size(expected) == 0
				      : (r->item[0].fate == MAIL_DELAYED) == is_temporary;
	t->files++;
	t->covered += is_covered;
	t->exact += is_exact;
	t->fates += has_fate;
	if (is_exact && has_fate)
		return;
	printf("# %s: %zu of %zu expected, %d found, %s", file, found, json_array_size(expected),
	       r->count, has_fate ? "" : "other fate ");
	for (int k = 0; k < r->count; k++)
		printf(" %.*s", TEXT_ARG(r->item[k].address));
	printf("\n");
}

static void reads_the_public_set(void **state)
{
	(void)state;
	char path[1100], line[8192];
	struct tally t = {0};
	struct usher_buf b = {0};
	const char *dir = shared_dir();
	snprintf(path, sizeof path, "%s/mail/flufl-bounce/expected.jsonl", dir != NULL ? dir : "");
	FILE *f = dir != NULL ? fopen(path, "r") : NULL;
	if (f == NULL)
		skip();
	while (fgets(line, sizeof line, f) != NULL) {
		json_t *row = json_loads(line, 0, NULL);
		assert_non_null(row);
		judge(dir, row, &t, &b);
		json_decref(row);
		arena_clear(&arena);
	}
	fclose(f);
	buf_done(&b);
	printf("# %d bounces: all recipients found in %d, exactly those in %d, fate right in %d\n",
	       t.files, t.covered, t.exact, t.fates);
	assert_true(t.covered * 100 >= t.files * 95);
	assert_true(t.exact * 100 >= t.files * 88);
	assert_true(t.fates * 100 >= t.files * 95);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_delivery_status),
		cmocka_unit_test(reads_complaints_and_receipts),
		cmocka_unit_test(reads_bounces_in_words),
		cmocka_unit_test(leaves_people_alone),
		cmocka_unit_test(finds_the_message),
		cmocka_unit_test(is_linear),
		cmocka_unit_test(names_the_fault),
		cmocka_unit_test(reads_the_public_set),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
