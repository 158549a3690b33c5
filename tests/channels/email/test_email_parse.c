/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/tap.h"

#include "channels/email/email_parse.h"
#include "tests/channels/email/corpus.h"

#include <gmime/gmime.h>
#include <jansson.h>
#include <stdio.h>

static struct arena arena;

static struct mail *parsed(const char *raw)
{
	struct mail *m = ARENA_NEW(&arena, struct mail);
	struct usher_error err = {0};
	if (email_parse(text_of(raw), 0, &arena, m, &err) < 0)
		fail_msg("%s", err.text);
	corpus_check_mail("inline", m);
	return m;
}

#define assert_text(t, expected)                                                             \
	do {                                                                                 \
		struct usher_text got_ = (t);                                                \
		if (!text_equal(got_, text_of(expected)))                                    \
			fail_msg("got \"%.*s\", expected \"%s\"", TEXT_ARG(got_), expected); \
	} while (0)

static void takes_the_plain_headers(void **state)
{
	(void)state;
	struct mail *m =
		parsed("From: Anna Esimerkki <anna@Example.TEST>\r\n"
		       "To: Tuki <support@example.test>, b@example.test\r\nCc: c@example.test\r\n"
		       "Subject: =?iso-8859-1?Q?P=E4iv=E4=E4?=\r\nMessage-ID: <m1@example.test>\r\n"
		       "In-Reply-To: <m0@example.test>\r\nReferences: <r1@x.test>\r\n "
		       "<m0@example.test>\r\n"
		       "Date: Sat, 21 Nov 2026 10:00:00 +0200\r\n\r\nHei,\r\nterve.\r\n");
	assert_text(m->from.address, "anna@example.test");
	assert_text(m->from.name, "Anna Esimerkki");
	assert_int_equal(m->to.count, 2);
	assert_int_equal(m->cc.count, 1);
	assert_text(m->subject, "P\xC3\xA4iv\xC3\xA4\xC3\xA4");
	assert_text(m->message_id, "m1@example.test");
	assert_text(m->in_reply_to, "m0@example.test");
	assert_int_equal(m->ref_count, 2);
	assert_text(m->refs[1], "m0@example.test");
	assert_true(m->date_us == INT64_C(1795248000) * USHER_SECOND);
	assert_text(m->body, "Hei,\nterve.");
	assert_int_equal(m->html.n, 0);
	assert_int_equal(m->automatic.n, 0);
	assert_false(m->is_cut);
}

static void chooses_the_bodies(void **state)
{
	(void)state;
	struct mail *m = parsed(
		"From: a@b.test\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=m\n\n"
		"--m\nContent-Type: multipart/alternative; boundary=a\n\n"
		"--a\nContent-Type: text/plain\n\nplain words\n"
		"--a\nContent-Type: text/html\n\n<p>html <b "
		"onclick=x()>words</b><script>x</script></p>\n"
		"--a--\n--m\nContent-Type: image/png; name=\"../../.pic ture.png\"\n"
		"Content-Transfer-Encoding: base64\n\naGVsbG8=\n"
		"--m\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner words\n--m--\n");
	assert_text(m->body, "plain words");
	assert_text(m->html, "<p>html <b>words</b></p>");
	assert_int_equal(m->attachment_count, 2);
	assert_text(m->attachments[0].name, "pic ture.png");
	assert_text(m->attachments[0].type, "image/png");
	assert_int_equal(m->attachments[0].size, 5);
	assert_string_equal(m->attachments[0].sha256,
			    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
	assert_text(m->attachments[1].name, "inner.eml");
}

static void says_what_folds(void **state)
{
	(void)state;
	struct mail *m = parsed("From: a@b.test\n\nYes.\n\nOn 5.5.2025 10:15, Support wrote:\n> Hi\n");
	assert_int_equal(m->body_folds.count, 1);
	assert_int_equal(m->body_folds.item[0].from, 6);
	assert_int_equal(m->body_folds.item[0].to, m->body.n);
	assert_int_equal(m->html_folds.count, 0);
	m = parsed("From: a@b.test\nContent-Type: text/html\n\n<p>Yes</p><blockquote type=cite>Hi"
		   "</blockquote>");
	assert_int_equal(m->html_folds.count, 1);
	assert_int_equal(m->html_folds.item[0].from, strlen("<p>Yes</p>"));
	assert_int_equal(m->body_folds.count, 1); /* of the text that was made of it */
}

static void prefers_html_to_an_empty_text(void **state)
{
	(void)state;
	struct mail *m =
		parsed("From: a@b.test\nContent-Type: multipart/alternative; boundary=a\n\n"
		       "--a\nContent-Type: text/plain\n\n \n"
		       "--a\nContent-Type: text/html\n\n<div>one</div><div>two <a "
		       "href=\"https://x.test/\">here</a></div>\n--a--\n");
	assert_text(m->body, "one\ntwo here <https://x.test/>");
}

static void joins_flowed_lines(void **state)
{
	(void)state;
	struct mail *m = parsed("From: a@b.test\nContent-Type: text/plain; format=flowed\n\n"
				"one \ntwo\n> quoted \n> more\n-- \nAnna\n");
	assert_text(m->body, "one two\n> quoted more\n-- \nAnna");
}

static void repairs_what_is_no_utf8(void **state)
{
	(void)state;
	struct mail *m = parsed("From: \xE4iti <a@b.test>\nSubject: caf\xE9 \xE2\x80\xAE"
				"evil\x07\nContent-Type: text/plain; charset=us-ascii\n\n"
				"gr\xFC\xDF"
				"e\x1B[31m\n");
	assert_text(m->body, "gr\xC3\xBC\xC3\x9F"
			     "e[31m");
	assert_non_null(memmem(m->subject.p, m->subject.n, "caf", 3));
	assert_null(memmem(m->subject.p, m->subject.n, "\xE2\x80\xAE", 3));
	m = parsed(
		"From: a@b.test\nContent-Type: text/plain; charset=windows-1252\n\nna\xC3\xAFve\n");
	assert_text(m->body, "na\xC3\xAFve");
	m = parsed("From: a@b.test\nContent-Type: text/plain; charset=ISO-2022-JP\n\n"
		   "\x1B$B$3$s\x1B(B\n");
	assert_text(m->body, "\xE3\x81\x93\xE3\x82\x93");
	m = parsed(
		"From: a@b.test\nContent-Type: text/plain; charset=no-such//TRANSLIT\n\ngr\xFC\n");
	assert_text(m->body, "gr\xC3\xBC");
}

static void reads_carriage_returns_as_line_ends(void **state)
{
	(void)state;
	struct mail *m = parsed("From: a@b.test\rSubject: old mac\r\rone\rtwo\r");
	assert_text(m->subject, "old mac");
	assert_text(m->body, "one\ntwo");
}

static void knows_robots(void **state)
{
	(void)state;
	static const struct {
		const char *head;
		bool is_automatic;
	} cases[] = {
		{"From: a@b.test\nAuto-Submitted: no\n", false},
		{"From: a@b.test\nAuto-Submitted: auto-replied (vacation)\n", true},
		{"From: a@b.test\nReturn-Path: <>\n", true},
		{"From: a@b.test\nReturn-Path: <a@b.test>\n", false},
		{"From: a@b.test\nPrecedence: bulk\n", true},
		{"From: a@b.test\nPrecedence: first-class\n", false},
		{"From: a@b.test\nX-Auto-Response-Suppress: DR, OOF, AutoReply\n", true},
		{"From: a@b.test\nX-Auto-Response-Suppress: DR\n", false},
		{"From: a@b.test\nList-Id: <x.test>\n", true},
		{"From: MAILER-DAEMON@b.test\n", true},
		{"From: no-reply+x@b.test\n", true},
		{"From: owner-list@b.test\n", true},
		{"From: noreen@b.test\n", false},
		{"From: a@b.test\nContent-Type: multipart/report; boundary=x\n", true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char raw[400];
		snprintf(raw, sizeof raw, "%s\nwords\n", cases[i].head);
		bool is_automatic = parsed(raw)->automatic.n > 0;
		if (is_automatic != cases[i].is_automatic)
			fail_msg("%s", cases[i].head);
	}
}

static void falls_back_for_a_sender(void **state)
{
	(void)state;
	assert_text(parsed("Reply-To: r@b.test\nSubject: x\n\n.\n")->from.address, "r@b.test");
	assert_text(parsed("Sender: s@b.test\nReply-To: r@b.test\n\n.\n")->from.address,
		    "s@b.test");
	struct mail *m = parsed("From: \"x\r\n y\" <\"quoted local\"@b.test>\nDelivered-To: "
				"Support+c1.x@B.test\n\n.\n");
	assert_int_equal(m->from.address.n, 0);
	assert_text(m->delivered_to.item[0].address, "Support+c1.x@b.test");
}

static void stops_at_its_limits(void **state)
{
	(void)state;
	struct usher_buf raw = {0};
	struct mail *m = ARENA_NEW(&arena, struct mail);
	struct usher_error err = {0};
	buf_adds(&raw, "From: a@b.test\nX-Long: ");
	for (size_t i = 0; i < MAIL_HEADER_BYTES_MAX; i++)
		buf_addc(&raw, 'x');
	buf_adds(&raw, "\n\nbody\n");
	assert_int_equal(email_parse(buf_text(&raw), 0, &arena, m, &err), E_LIMIT);
	assert_non_null(strstr(err.text, "header block"));
	assert_int_equal(email_parse(TEXT(""), 0, &arena, m, &err), E_INVALID);
	buf_clear(&raw);
	buf_adds(&raw, "From: a@b.test\nContent-Type: multipart/mixed; boundary=x\n\n");
	for (int i = 0; i < MAIL_PARTS_MAX + 100; i++)
		buf_addf(&raw, "--x\nContent-Type: text/plain\n\n%d\n", i);
	buf_adds(&raw, "--x--\n");
	assert_int_equal(email_parse(buf_text(&raw), 0, &arena, m, &err), 0);
	assert_true(m->is_cut);
	buf_clear(&raw);
	buf_adds(&raw, "From: a@b.test\n");
	for (int i = 0; i < 60; i++)
		buf_addf(&raw, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	buf_adds(&raw, "Content-Type: text/plain\n\ndeep\n");
	assert_int_equal(email_parse(buf_text(&raw), 0, &arena, m, &err), 0);
	assert_true(m->is_cut);
	buf_done(&raw);
}

static void shows_what_it_cannot_read(void **state)
{
	(void)state;
	struct mail *m = ARENA_NEW(&arena, struct mail);
	email_unreadable(TEXT("From: A <a@b.test>\r\nMessage-ID: <x@y>\r\n\r\n\x01gr\xFC\r\n"),
			 "it\nhurts", &arena, m);
	assert_text(m->subject, "(unreadable message)");
	assert_text(m->from.address, "a@b.test");
	assert_text(m->message_id, "x@y");
	assert_non_null(strstr(m->body.p, "it hurts"));
	assert_true(m->is_unreadable);
	corpus_check_mail("unreadable", m);
}

/* ---- the shared sets ---- */

struct tally {
	int files, unreadable, subjects, subjects_equal, froms, froms_equal;
};

static void parse_file(const char *path, struct usher_text bytes, void *arg)
{
	struct tally *t = arg;
	struct mail *m = ARENA_NEW(&arena, struct mail);
	t->files++;
	if (email_parse(bytes, 0, &arena, m, NULL) < 0) {
		email_unreadable(bytes, "test", &arena, m);
		t->unreadable++;
	}
	corpus_check_mail(path, m);
	arena_clear(&arena);
}

static const char *text_value(json_t *header)
{
	return json_string_value(json_object_get(json_object_get(header, "value"), "Text"));
}

static const char *address_value(json_t *header)
{
	json_t *value = json_object_get(json_object_get(header, "value"), "Address");
	json_t *list = json_object_get(value, "List");
	return json_string_value(json_object_get(json_array_get(list, 0), "address"));
}

/* A U+FFFD in what the set expects stands for a raw 8-bit character that its parser gave up on;
 * ours takes it for windows-1252, so any one character is equal to it. */
static bool same_characters(struct usher_text got, struct usher_text expected)
{
	while (expected.n > 0 && got.n > 0) {
		size_t n = 1;
		if (text_starts(expected, TEXT("\xEF\xBF\xBD"))) {
			while (n < got.n && ((unsigned char)got.p[n] & 0xC0) == 0x80)
				n++;
			expected = text_slice(expected.p + 3, expected.n - 3);
		} else {
			if (got.p[0] != expected.p[0])
				return false;
			expected = text_slice(expected.p + 1, expected.n - 1);
		}
		got = text_slice(got.p + n, got.n - n);
	}
	return got.n == 0 && expected.n == 0;
}

/* Equal up to white space runs, which the line form collapses. */
static bool same_line(struct usher_text got, const char *expected)
{
	struct usher_buf b = {0};
	for (const char *p = expected; *p != '\0'; p++) {
		bool is_space = *p == ' ' || *p == '\t' || *p == '\n' || *p == '\r';
		if (is_space && b.n > 0 && b.p[b.n - 1] != ' ')
			buf_addc(&b, ' ');
		else if (!is_space)
			buf_addc(&b, *p);
	}
	bool is_same = same_characters(got, text_trim(buf_text(&b)));
	buf_done(&b);
	return is_same;
}

static void compare_headers(const char *path, json_t *expected, const struct mail *m,
			    struct tally *t)
{
	json_t *part = json_array_get(json_object_get(expected, "parts"), 0);
	json_t *header;
	size_t i;
	const char *subject = NULL, *from = NULL;
	json_array_foreach(json_object_get(part, "headers"), i, header)
	{
		const char *name = json_string_value(json_object_get(header, "name"));
		if (name != NULL && strcmp(name, "subject") == 0 && subject == NULL)
			subject = text_value(header);
		if (name != NULL && strcmp(name, "from") == 0 && from == NULL)
			from = address_value(header);
	}
	if (subject != NULL) {
		bool is_equal = same_line(m->subject, subject);
		t->subjects++;
		t->subjects_equal += is_equal;
		if (!is_equal)
			printf("# %s: subject \"%.*s\", expected \"%s\"\n", path,
			       TEXT_ARG(m->subject), subject);
	}
	if (from != NULL) {
		bool is_equal = text_equal_nocase(m->from.address, text_of(from));
		t->froms++;
		t->froms_equal += is_equal;
		if (!is_equal)
			printf("# %s: from \"%.*s\", expected \"%s\"\n", path,
			       TEXT_ARG(m->from.address), from);
	}
}

static void compare_file(const char *path, struct usher_text bytes, void *arg)
{
	struct tally *t = arg;
	char beside[1024];
	struct mail *m = ARENA_NEW(&arena, struct mail);
	int code = email_parse(bytes, 0, &arena, m, NULL);
	snprintf(beside, sizeof beside, "%.*s.json", (int)(strlen(path) - 4), path);
	json_t *expected = json_load_file(beside, 0, NULL);
	if (code == 0 && expected != NULL)
		compare_headers(path, expected, m, t);
	json_decref(expected);
	arena_clear(&arena);
	parse_file(path, bytes, t);
}

static void equals_the_stalwart_set(void **state)
{
	(void)state;
	struct tally t = {0};
	if (corpus_each("mail/stalwart-mail-parser", ".eml", compare_file, &t) < 0)
		skip();
	printf("# stalwart: %d files, %d unreadable, subjects %d of %d, senders %d of %d\n",
	       t.files, t.unreadable, t.subjects_equal, t.subjects, t.froms_equal, t.froms);
	assert_true(t.files >= 50 && t.subjects >= 30 && t.froms >= 30);
	assert_int_equal(t.subjects_equal, t.subjects);
	assert_int_equal(t.froms_equal, t.froms);
}

static void survives(const char *dir, const char *suffix, int at_least)
{
	struct tally t = {0};
	if (corpus_each(dir, suffix, parse_file, &t) < 0)
		skip();
	printf("# %s: %d files, %d unreadable\n", dir, t.files, t.unreadable);
	assert_true(t.files >= at_least);
}

static void survives_the_other_sets(void **state)
{
	(void)state;
	survives("mail/python-email", ".txt", 40);
	survives("mail/flufl-bounce/data", "", 100);
	survives("mail/gh-reply-parser/emails", ".txt", 20);
	survives("mail/html-sanitize", "", 1); /* no mails at all: only must not fall over */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_plain_headers),
		cmocka_unit_test(chooses_the_bodies),
		cmocka_unit_test(says_what_folds),
		cmocka_unit_test(prefers_html_to_an_empty_text),
		cmocka_unit_test(joins_flowed_lines),
		cmocka_unit_test(repairs_what_is_no_utf8),
		cmocka_unit_test(reads_carriage_returns_as_line_ends),
		cmocka_unit_test(knows_robots),
		cmocka_unit_test(falls_back_for_a_sender),
		cmocka_unit_test(stops_at_its_limits),
		cmocka_unit_test(shows_what_it_cannot_read),
		cmocka_unit_test(equals_the_stalwart_set),
		cmocka_unit_test(survives_the_other_sets),
	};
	int failed = cmocka_run_group_tests_name("email parse", tests, NULL, NULL);
	arena_done(&arena);
	g_mime_shutdown();
	return failed;
}
