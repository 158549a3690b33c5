/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/tap.h"

#include "channels/email/email_lmtp_parse.h"
#include "channels/email/email_sandbox.h"
#include "channels/email/mail.h"
#include "tests/channels/email/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- the words ---- */

static void takes_lines(void **state)
{
	(void)state;
	struct usher_text line = TEXT_NONE;
	size_t used;
	char longest[LMTP_LINE_MAX + 10];
	memset(longest, 'x', sizeof longest);
	assert_int_equal(lmtp_take_line(TEXT("NOOP\r\nQ"), &line, &used), LMTP_LINE_READY);
	assert_true(text_equal(line, TEXT("NOOP")) && used == 6);
	assert_int_equal(lmtp_take_line(TEXT("NOOP\r"), &line, &used), LMTP_LINE_MORE);
	assert_int_equal(lmtp_take_line(TEXT("NOOP\n"), &line, &used), LMTP_LINE_BARE);
	assert_int_equal(lmtp_take_line(TEXT("NO\rOP\r\n"), &line, &used), LMTP_LINE_BARE);
	assert_int_equal(lmtp_take_line(TEXT("NO\0P\r\n"), &line, &used), LMTP_LINE_BARE);
	assert_int_equal(lmtp_take_line(text_slice(longest, sizeof longest), &line, &used),
			 LMTP_LINE_LONG);
}

static void parses_commands(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		enum lmtp_verb verb;
		const char *address; /* NULL: a fault */
	} cases[] = {
		{"LHLO mx.test", LMTP_LHLO, ""},
		{"lhlo", LMTP_LHLO, NULL},
		{"MAIL FROM:<a@b.test> SIZE=10 BODY=8BITMIME", LMTP_MAIL, "a@b.test"},
		{"mail from:<>", LMTP_MAIL, ""},
		{"MAIL FROM: <a@b.test>", LMTP_MAIL, "a@b.test"},
		{"MAIL FROM:<\xC3\xA4@b.test> SMTPUTF8", LMTP_MAIL, "\xC3\xA4@b.test"},
		{"MAIL FROM:<@x.test:a@b.test>", LMTP_MAIL, "a@b.test"},
		{"MAIL FROM:<a@b.test> SIZE=x", LMTP_MAIL, NULL},
		{"MAIL FROM:<a@b.test> NONSENSE=1", LMTP_MAIL, NULL},
		{"MAIL FROM:a@b.test", LMTP_MAIL, NULL},
		{"MAIL FROM:<a@b.test>x", LMTP_MAIL, NULL},
		{"MAIL FROM:<a b@b.test>", LMTP_MAIL, NULL},
		{"RCPT TO:<>", LMTP_RCPT, NULL},
		{"RCPT TO:<a@b.test>", LMTP_RCPT, "a@b.test"},
		{"RCPT TO:<a@b..test>", LMTP_RCPT, NULL},
		{"DATA x", LMTP_DATA, NULL},
		{"DATA", LMTP_DATA, ""},
		{"EHLO x", LMTP_HELO, ""},
		{"", LMTP_BAD, ""},
		{"BDAT 5", LMTP_BAD, ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct lmtp_command c;
		lmtp_parse(text_of(cases[i].line), &c);
		bool is_right =
			c.verb == cases[i].verb && (c.fault != NULL) == (cases[i].address == NULL);
		if (is_right && c.fault == NULL)
			is_right = text_equal(c.address, text_of(cases[i].address));
		if (!is_right)
			fail_msg("%s: verb %d fault %s", cases[i].line, c.verb,
				 c.fault != NULL ? c.fault : "none");
	}
}

static void feed_data(const char *wire, size_t step, const char *expected, const char *rest)
{
	struct lmtp_data d;
	struct usher_buf out = {0};
	struct usher_text input = text_of(wire);
	bool is_done = false;
	lmtp_data_init(&d, 1000);
	while (!is_done && input.n > 0) {
		size_t used, n = step < input.n ? step : input.n;
		is_done = lmtp_data_feed(&d, text_slice(input.p, n), &used, &out);
		input = text_slice(input.p + used, input.n - used);
	}
	if (is_done != (rest != NULL) || !text_equal(buf_text(&out), text_of(expected)) ||
	    (rest != NULL && !text_equal(input, text_of(rest))))
		fail_msg("step %zu of \"%s\": done %d \"%s\"", step, wire, is_done, out.p);
	buf_done(&out);
}

static void ends_data_only_at_the_one_mark(void **state)
{
	(void)state;
	for (size_t step = 1; step < 20; step++) {
		feed_data("a\r\n.\r\nQUIT\r\n", step, "a\r\n", "QUIT\r\n");
		feed_data(".\r\n", step, "", "");
		feed_data("..a\r\n...\r\n.\r\n", step, ".a\r\n..\r\n", "");
		feed_data("a\n.\nb\r\n.\n.\r\n.\r\n", step, "a\n.\nb\r\n\n.\r\n", "");
		feed_data("a\n.\r\nb\r\n.\r\n", step, "a\n.\r\nb\r\n", "");
		feed_data("a\r.\rb\r\n.\r\n", step, "a\r.\rb\r\n", "");
		feed_data("a\r\n.\rb\r\n.\r\n", step, "a\r\n\rb\r\n", "");
		feed_data("a\r\n.", step, "a\r\n", NULL);
	}
	struct lmtp_data d;
	struct usher_buf out = {0};
	size_t used;
	lmtp_data_init(&d, 4);
	assert_true(lmtp_data_feed(&d, TEXT("abcdefgh\r\n.\r\n"), &used, &out));
	assert_true(d.is_over && d.bytes == 10 && out.n <= 4);
	buf_done(&out);
}

/* ---- over a socket ---- */

struct talk {
	int fd;
	struct usher_buf heard;
};

static const char settings[] = "{\"address\":\"support@example.test\","
			       "\"lmtp_listen\":\"127.0.0.1:0\"}";

static void talk_open(struct test_host *h, struct talk *t)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)h->lmtp_port),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	*t = (struct talk){0};
	t->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(t->fd, (struct sockaddr *)&a, sizeof a), 0);
}

static void talk_close(struct talk *t)
{
	close(t->fd);
	buf_done(&t->heard);
}

struct expectation {
	struct talk *talk;
	const char *what;
};

static bool has_heard(struct test_host *h, void *arg)
{
	struct expectation *e = arg;
	char block[4096];
	ssize_t n;
	(void)h;
	while ((n = recv(e->talk->fd, block, sizeof block, MSG_DONTWAIT)) > 0)
		buf_add(&e->talk->heard, block, (size_t)n);
	if (e->what == NULL)
		return n == 0 || (n < 0 && errno == ECONNRESET);
	return e->talk->heard.n > 0 && strstr(e->talk->heard.p, e->what) != NULL;
}

/* Waits for the words and forgets all that was heard so far. */
static void expect(struct test_host *h, struct talk *t, const char *what)
{
	struct expectation e = {t, what};
	test_host_until(h, has_heard, &e, 20000);
	buf_clear(&t->heard);
}

static void expect_end(struct test_host *h, struct talk *t)
{
	struct expectation e = {t, NULL};
	test_host_until(h, has_heard, &e, 20000);
}

static void say_bytes(struct test_host *h, struct talk *t, struct usher_text bytes, size_t step)
{
	while (bytes.n > 0) {
		size_t want = step < bytes.n ? step : bytes.n;
		ssize_t n = send(t->fd, bytes.p, want, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN) {
			uv_run(&h->loop, UV_RUN_ONCE);
			continue;
		}
		if (n < 0)
			return; /* the other side has ended it, as some tests want */
		bytes = text_slice(bytes.p + n, bytes.n - (size_t)n);
		if (step < 100)
			uv_run(&h->loop, UV_RUN_NOWAIT);
	}
}

static void say(struct test_host *h, struct talk *t, const char *words)
{
	say_bytes(h, t, text_of(words), 65536);
}

#define ENVELOPE "LHLO mx.test\r\nMAIL FROM:<anna@b.test>\r\nRCPT TO:<support@example.test>\r\n"
#define MAIL_TEXT                                                                   \
	"From: Anna <anna@b.test>\r\nSubject: Hello\r\nMessage-ID: <m1@b.test>\r\n" \
	"In-Reply-To: <m0@b.test>\r\n\r\nwords\r\n"

static void takes_a_mail(void **state)
{
	(void)state;
	struct test_host *h = test_host_new(settings);
	struct talk t;
	talk_open(h, &t);
	expect(h, &t, "220 example.test LMTP");
	say(h, &t, "LHLO mx.test\r\n");
	expect(h, &t, "250 SIZE 36700160\r\n");
	say(h, &t,
	    "MAIL FROM:<anna@b.test>\r\nRCPT TO:<support+x@Example.Test>\r\n"
	    "RCPT TO:<other@example.test>\r\nRCPT TO:<support@example.test>\r\nDATA\r\n");
	expect(h, &t,
	       "250 2.1.0 ok\r\n250 2.1.5 ok\r\n550 5.1.1 no such address here\r\n"
	       "250 2.1.5 ok\r\n354 ");
	say(h, &t, MAIL_TEXT ".\r\n");
	expect(h, &t, "\r\n250 2.0.0 "); /* two accepted recipients, two answers */
	assert_int_equal(h->durable_count, 1);
	struct inbound *in = &h->inbounds[0];
	assert_true(text_starts(in->remote_id, TEXT("sha256:")) && in->remote_id.n == 71);
	assert_true(text_equal(in->address, TEXT("anna@b.test")));
	assert_true(text_equal(in->name, TEXT("Anna")));
	assert_true(text_equal(in->subject, TEXT("Hello")));
	assert_true(text_equal(in->body, TEXT("words")));
	assert_int_equal(in->ref_count, 2);
	assert_true(text_equal(in->refs[0], TEXT("m0@b.test")));
	assert_true(text_equal(in->refs[1], TEXT("m1@b.test")));
	assert_non_null(strstr(in->fields.p, "\"message_id\":\"m1@b.test\""));
	assert_false(in->is_automatic);
	assert_true(in->may_open);
	say(h, &t, "QUIT\r\n");
	expect(h, &t, "221 ");
	expect_end(h, &t);
	talk_close(&t);
	test_host_free(h);
}

static void takes_it_in_any_pieces(void **state)
{
	(void)state;
	struct test_host *h = test_host_new(settings);
	static const char all[] = ENVELOPE "DATA\r\n" MAIL_TEXT "..dot\r\n.\r\nQUIT\r\n";
	for (size_t step = 1; step <= 65536; step = step < 8 ? step * 2 : step * 90) {
		struct talk t;
		talk_open(h, &t);
		say_bytes(h, &t, TEXT(all), step);
		expect(h, &t, "221 ");
		expect_end(h, &t);
		talk_close(&t);
	}
	assert_true(h->inbound_count >= 4);
	assert_int_equal(h->durable_count, 1); /* the same bytes are the same item */
	assert_true(text_equal(h->inbounds[0].body, TEXT("words\n.dot")));
	test_host_free(h);
}

static void expect_answer(int code, const char *answer)
{
	struct test_host *h = test_host_new(settings);
	struct talk t;
	h->answer = code;
	h->answers_left = 1;
	talk_open(h, &t);
	say(h, &t, ENVELOPE "DATA\r\n" MAIL_TEXT ".\r\n");
	expect(h, &t, answer);
	/* The session goes on, and the mail comes again as mail servers do. */
	say(h, &t, ENVELOPE "DATA\r\n" MAIL_TEXT ".\r\n");
	expect(h, &t, "250 2.0.0 ");
	assert_int_equal(h->durable_count, 1);
	talk_close(&t);
	test_host_free(h);
}

static void answers_for_the_gateway(void **state)
{
	(void)state;
	expect_answer(E_AGAIN, "451 4.3.0 ");
	expect_answer(E_IO, "451 4.3.0 ");
	expect_answer(E_INVALID, "554 5.6.0 ");
	expect_answer(E_LIMIT, "552 5.3.4 ");
	expect_answer(E_NOT_FOUND, "550 5.7.1 ");
	struct test_host *h = test_host_new(settings);
	struct talk t;
	h->blob_answer = E_IO;
	talk_open(h, &t);
	say(h, &t, ENVELOPE "DATA\r\n" MAIL_TEXT ".\r\n");
	expect(h, &t, "451 4.3.0 ");
	assert_int_equal(h->inbound_count, 0);
	talk_close(&t);
	test_host_free(h);
}

static void refuses_what_breaks_the_rules(void **state)
{
	(void)state;
	struct test_host *h = test_host_new(settings);
	struct talk t;
	talk_open(h, &t);
	expect(h, &t, "220 ");
	static const char *const lines[][2] = {
		{"EHLO x\r\n", "500 5.5.1 "},
		{"MAIL FROM:<a@b.test>\r\n", "503 5.5.1 LHLO first"},
		{"LHLO x\n", "500 5.5.2 lines end"},
		{"LHLO x\r\n", "250 SIZE"},
		{"RCPT TO:<support@example.test>\r\n", "503 5.5.1 MAIL first"},
		{"MAIL FROM:<a@b.test> SIZE=99999999\r\n", "552 5.3.4"},
		{"MAIL FROM:<a@b.test>\r\n", "250 2.1.0"},
		{"MAIL FROM:<a@b.test>\r\n", "503 5.5.1 nested"},
		{"DATA\r\n", "503 5.5.1 no valid"},
		{"RCPT TO:<support@example.test\r\n", "501 5.5.4"},
		{"WHAT\r\n", "500 5.5.2 unknown"},
		{"RSET\r\n", "250 2.0.0"},
		{"VRFY x\r\n", "252 "},
	};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		say(h, &t, lines[i][0]);
		expect(h, &t, lines[i][1]);
	}
	for (int i = 0; i < 20; i++)
		say(h, &t, "WHAT\r\n");
	expect(h, &t, "421 4.7.0 ");
	expect_end(h, &t);
	talk_close(&t);
	talk_open(h, &t);
	struct usher_buf longest = {0};
	for (int i = 0; i < 3000; i++)
		buf_addc(&longest, 'x');
	say(h, &t, longest.p);
	expect(h, &t, "500 5.5.2 line too long");
	expect_end(h, &t);
	buf_done(&longest);
	talk_close(&t);
	test_host_free(h);
}

static void refuses_a_mail_that_is_too_large(void **state)
{
	(void)state;
	struct test_host *h = test_host_new(settings);
	struct talk t;
	struct usher_buf line = {0};
	talk_open(h, &t);
	say(h, &t, ENVELOPE "DATA\r\nFrom: a@b.test\r\n\r\n");
	while (line.n < 1000000)
		buf_adds(&line, "0123456789012345678901234567890123456789012345678901234567\r\n");
	for (int i = 0; i < 38; i++)
		say_bytes(h, &t, buf_text(&line), 65536);
	say(h, &t, ".\r\n");
	expect(h, &t, "552 5.3.4 message too large");
	say(h, &t, "MAIL FROM:<>\r\nRCPT TO:<support@example.test>\r\nDATA\r\n" MAIL_TEXT ".\r\n");
	expect(h, &t, "250 2.0.0 ");
	assert_true(h->inbounds[0].is_automatic); /* the null sender */
	buf_done(&line);
	talk_close(&t);
	test_host_free(h);
}

static void survives_those_who_leave(void **state)
{
	(void)state;
	static const char all[] = ENVELOPE "DATA\r\n" MAIL_TEXT ".\r\n";
	struct test_host *h = test_host_new(settings);
	for (size_t n = 1; n <= sizeof all - 1; n += 7) {
		struct talk t;
		talk_open(h, &t);
		say_bytes(h, &t, text_slice(all, n), 65536);
		uv_run(&h->loop, UV_RUN_NOWAIT);
		talk_close(&t);
	}
	struct talk t;
	talk_open(h, &t);
	say(h, &t, all);
	expect(h, &t, "250 2.0.0 ");
	talk_close(&t);
	/* Closing the channel in the middle of everything. */
	talk_open(h, &t);
	say(h, &t, all);
	test_host_run(h, 3);
	test_host_close(h);
	expect_end(h, &t);
	talk_close(&t);
	test_host_free(h);
}

static void bounds_sessions_and_idleness(void **state)
{
	(void)state;
	struct test_host *h = test_host_new(settings);
	struct talk t[21];
	for (int i = 0; i < 20; i++) {
		talk_open(h, &t[i]);
		expect(h, &t[i], "220 ");
	}
	talk_open(h, &t[20]);
	expect(h, &t[20], "421 4.3.2 ");
	expect_end(h, &t[20]);
	h->ahead += 301 * USHER_SECOND;
	for (int i = 0; i < 20; i++)
		expect_end(h, &t[i]);
	for (int i = 0; i < 21; i++)
		talk_close(&t[i]);
	test_host_free(h);
}

static void listens_on_a_path(void **state)
{
	(void)state;
	struct test_host *h = test_host_new("{\"address\":\"support@example.test\","
					    "\"lmtp_listen\":\"unix:lmtp.sock\"}");
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct talk t = {0};
	struct stat st;
	snprintf(a.sun_path, sizeof a.sun_path, "%s/lmtp.sock", h->dir);
	assert_int_equal(stat(a.sun_path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	t.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(t.fd, (struct sockaddr *)&a, sizeof a), 0);
	say(h, &t, ENVELOPE "DATA\r\n" MAIL_TEXT ".\r\n");
	expect(h, &t, "250 2.0.0 ");
	talk_close(&t);
	test_host_close(h);
	assert_int_equal(stat(a.sun_path, &st), -1);
	test_host_free(h);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "mail-parser") == 0)
		return email_parser_main(SANDBOX_FD);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_lines),
		cmocka_unit_test(parses_commands),
		cmocka_unit_test(ends_data_only_at_the_one_mark),
		cmocka_unit_test(takes_a_mail),
		cmocka_unit_test(takes_it_in_any_pieces),
		cmocka_unit_test(answers_for_the_gateway),
		cmocka_unit_test(refuses_what_breaks_the_rules),
		cmocka_unit_test(refuses_a_mail_that_is_too_large),
		cmocka_unit_test(survives_those_who_leave),
		cmocka_unit_test(bounds_sessions_and_idleness),
		cmocka_unit_test(listens_on_a_path),
	};
	return cmocka_run_group_tests_name("email lmtp", tests, NULL, NULL);
}
