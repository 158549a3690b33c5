/* SPDX-License-Identifier: Apache-2.0 */
/* The IMAP client against a real Dovecot on loopback. */
#include "tests/tap.h"

#include "channels/email/email_sandbox.h"
#include "tests/channels/email/host.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/usher-dovecot-XXXXXX";
static int imap_port, imaps_port, lmtp_port;

static int run_script(const char *name, bool has_ports)
{
	char script[600], a[12], b[12], c[12];
	snprintf(script, sizeof script, "%s/mailservers/%s", shared_dir(), name);
	snprintf(a, sizeof a, "%d", imap_port);
	snprintf(b, sizeof b, "%d", imaps_port);
	snprintf(c, sizeof c, "%d", lmtp_port);
	char bash[] = "bash";
	char *argv[] = {bash, script, dir, has_ports ? a : NULL, b, c, NULL};
	return test_run(argv);
}

static int start_dovecot(void **state)
{
	(void)state;
	char script[600];
	if (shared_dir() == NULL)
		return 0;
	snprintf(script, sizeof script, "%s/mailservers/dovecot-up.sh", shared_dir());
	if (access(script, R_OK) != 0 || mkdtemp(dir) == NULL)
		return -1;
	chmod(dir, 0755);
	imap_port = test_free_port();
	imaps_port = test_free_port();
	lmtp_port = test_free_port();
	/* Only missing material is a reason to skip; a server that does not start is a failure. */
	return run_script("dovecot-up.sh", true) != 0 ? -1 : 0;
}

static int stop_dovecot(void **state)
{
	(void)state;
	char rm[] = "rm", rf[] = "-rf";
	char *argv[] = {rm, rf, dir, NULL};
	if (imap_port != 0) {
		run_script("dovecot-down.sh", false);
		test_run(argv);
	}
	return 0;
}

/* ---- putting mail in, by Dovecot's own LMTP ---- */

static void expect_reply(FILE *f, const char *code)
{
	char line[1000];
	do {
		if (fgets(line, sizeof line, f) == NULL)
			fail_msg("dovecot hung up");
	} while (line[3] == '-');
	if (strncmp(line, code, 3) != 0)
		fail_msg("dovecot said %s", line);
}

static void put_mail(const char *subject, const char *body)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)lmtp_port),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval patience = {10, 0};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	FILE *f = fdopen(fd, "r+");
	expect_reply(f, "220");
	fprintf(f, "LHLO test\r\n");
	expect_reply(f, "250");
	fprintf(f, "MAIL FROM:<anna@b.test>\r\n");
	expect_reply(f, "250");
	fprintf(f, "RCPT TO:<support@example.test>\r\n");
	expect_reply(f, "250");
	fprintf(f, "DATA\r\n");
	expect_reply(f, "354");
	fprintf(f,
		"From: Anna <anna@b.test>\r\nSubject: %s\r\nMessage-ID: "
		"<%s@b.test>\r\n\r\n%s\r\n.\r\n",
		subject, subject, body);
	expect_reply(f, "250");
	fprintf(f, "QUIT\r\n");
	fflush(f);
	fclose(f);
}

static int files_in(const char *pattern)
{
	char path[300];
	glob_t found;
	snprintf(path, sizeof path, "%s/mail/support@example.test/%s", dir, pattern);
	int count = glob(path, 0, NULL, &found) == 0 ? (int)found.gl_pathc : 0;
	globfree(&found);
	return count;
}

static const char *settings(const char *scheme, int port, const char *more)
{
	static char json[800];
	snprintf(json, sizeof json,
		 "{\"address\":\"support@example.test\",\"imap_url\":\"%s://localhost:%d\","
		 "\"imap_user\":\"support@example.test\",\"imap_password\":\"secret2\","
		 "\"imap_ca_file\":\"%s/tls/cert.pem\",\"imap_poll_s\":300%s}",
		 scheme, port, dir, more);
	return json;
}

static struct test_host *host_on(const char *more)
{
	return test_host_new(settings("imaps", imaps_port, more));
}

/* The mailbox was looked through and the client rests. */
static bool is_resting(struct test_host *h, void *arg)
{
	(void)arg;
	enum channel_health health;
	test_host_status(h, &health);
	return health == CHANNEL_OK && h->state_saves > 0 && h->jobs == 0;
}

static void until_durable(struct test_host *h, int count)
{
	test_host_until(h, host_has_durable, &count, 20000);
}

static bool has_subject(const struct test_host *h, const char *subject)
{
	for (int i = 0; i < h->inbound_count; i++)
		if (text_equal(h->inbounds[i].subject, text_of(subject)))
			return true;
	return false;
}

static void needs_dovecot(void)
{
	if (imap_port == 0)
		skip();
}

/* ---- the tests, in this order over one mailbox ---- */

static struct usher_buf kept_state; /* between "restarts" */

static void restart_with_state(struct test_host *h)
{
	buf_clear(&h->state);
	buf_add_text(&h->state, buf_text(&kept_state));
}

static void keep_state(struct test_host *h)
{
	buf_clear(&kept_state);
	buf_add_text(&kept_state, buf_text(&h->state));
}

static void fetches_what_is_there(void **state)
{
	(void)state;
	needs_dovecot();
	put_mail("one", "first");
	put_mail("two", "* 1 FETCH (BODY[] {5}\r\nu5 OK fetched)\r\n* BYE");
	struct test_host *h = host_on("");
	until_durable(h, 2);
	test_host_until(h, is_resting, NULL, 20000);
	assert_int_equal(h->inbound_count, 2);
	assert_true(has_subject(h, "one") && has_subject(h, "two"));
	assert_true(h->inbounds[0].at_us > 0);
	assert_int_equal(files_in("cur/*:2,*S*"), 0); /* nothing marked read */
	keep_state(h);
	test_host_free(h);
}

static void goes_on_where_it_was(void **state)
{
	(void)state;
	needs_dovecot();
	put_mail("three", "third");
	struct test_host *h = test_host_bare(settings("imap", imap_port, ""));
	restart_with_state(h);
	assert_int_equal(test_host_open(h, NULL), 0);
	until_durable(h, 1);
	test_host_run(h, 300);
	assert_int_equal(h->inbound_count, 1);
	assert_true(has_subject(h, "three"));
	keep_state(h);
	test_host_free(h);
}

static void hears_of_new_mail_at_once(void **state)
{
	(void)state;
	needs_dovecot();
	struct test_host *h = test_host_bare(settings("imaps", imaps_port, ""));
	restart_with_state(h);
	assert_int_equal(test_host_open(h, NULL), 0);
	test_host_run(h, 1500);
	assert_int_equal(h->inbound_count, 0);
	uint64_t before = uv_hrtime();
	put_mail("four", "pushed");
	until_durable(h, 1);
	printf("# pushed in %d ms\n", (int)((uv_hrtime() - before) / 1000000));
	assert_true(has_subject(h, "four"));
	keep_state(h);
	/* A second one on the same connection, and the regular look after the poll time. */
	put_mail("five", "pushed again");
	until_durable(h, 2);
	h->ahead += 301 * USHER_SECOND;
	test_host_run(h, 500);
	assert_int_equal(h->inbound_count, 2);
	keep_state(h);
	test_host_free(h);
}

static void keeps_mail_the_gateway_cannot_take(void **state)
{
	(void)state;
	needs_dovecot();
	struct test_host *h = test_host_bare(settings("imaps", imaps_port, ""));
	enum channel_health health;
	int one = 1;
	restart_with_state(h);
	h->answer = E_AGAIN;
	h->answers_left = 2;
	assert_int_equal(test_host_open(h, NULL), 0);
	put_mail("six", "busy");
	test_host_until(h, host_has_inbounds, &one, 20000);
	test_host_run(h, 100);
	assert_true(strstr(test_host_status(h, &health).p, "cannot store now; retry in 5 s") !=
		    NULL);
	assert_int_equal(health, CHANNEL_DOWN);
	assert_int_equal(h->durable_count, 0);
	h->ahead += 10 * USHER_SECOND;
	one = 2;
	test_host_until(h, host_has_inbounds, &one, 20000);
	test_host_run(h, 100);
	assert_non_null(strstr(test_host_status(h, NULL).p, "retry in 10 s"));
	h->ahead += 20 * USHER_SECOND;
	until_durable(h, 1);
	test_host_run(h, 200);
	test_host_status(h, &health);
	assert_int_equal(health, CHANNEL_OK);
	keep_state(h);
	test_host_free(h);
}

static void looks_again_when_the_server_renumbers(void **state)
{
	(void)state;
	needs_dovecot();
	struct test_host *h = test_host_bare(settings("imaps", imaps_port, ""));
	char *changed = strstr(kept_state.p, "\"uidvalidity\":");
	assert_non_null(changed);
	changed[strlen("\"uidvalidity\":")] ^= 1; /* as if it had another one before */
	restart_with_state(h);
	assert_int_equal(test_host_open(h, NULL), 0);
	int six = 6;
	test_host_until(h, host_has_inbounds, &six, 20000);
	test_host_run(h, 300);
	assert_int_equal(h->inbound_count, 6);
	/* By the hash of the bytes they are the ones of before. */
	h->state_saves = 0;
	test_host_close(h);
	char *again = strstr(h->state.p, "\"uidvalidity\":");
	again[strlen("\"uidvalidity\":")] ^= 1;
	assert_int_equal(test_host_open(h, NULL), 0);
	int twelve = 12;
	test_host_until(h, host_has_inbounds, &twelve, 20000);
	test_host_run(h, 300);
	assert_int_equal(h->inbound_count, 12);
	assert_int_equal(h->durable_count, 6);
	keep_state(h);
	test_host_free(h);
}

static void marks_and_moves_when_told(void **state)
{
	(void)state;
	needs_dovecot();
	struct test_host *h =
		test_host_bare(settings("imaps", imaps_port, ",\"imap_after\":\"seen\""));
	restart_with_state(h);
	assert_int_equal(test_host_open(h, NULL), 0);
	put_mail("seven", "to be marked");
	until_durable(h, 1);
	test_host_run(h, 700);
	assert_int_equal(files_in("cur/*:2,*S*"), 1);
	keep_state(h);
	test_host_free(h);
	h = test_host_bare(settings("imaps", imaps_port, ",\"imap_after\":\"move\""));
	restart_with_state(h);
	assert_int_equal(test_host_open(h, NULL), 0);
	put_mail("eight", "to be moved");
	until_durable(h, 1);
	test_host_run(h, 700);
	assert_int_equal(files_in(".Processed/cur/*") + files_in(".Processed/new/*"), 1);
	keep_state(h);
	test_host_free(h);
}

static void fetches_a_large_mail(void **state)
{
	(void)state;
	needs_dovecot();
	struct usher_buf body = {0};
	struct test_host *h = test_host_bare(settings("imaps", imaps_port, ""));
	while (body.n < 5000000)
		buf_adds(&body,
			 "0123456789012345678901234567890123456789012345678901234567890123\r\n");
	restart_with_state(h);
	put_mail("large", body.p);
	assert_int_equal(test_host_open(h, NULL), 0);
	until_durable(h, 1);
	assert_true(has_subject(h, "large"));
	assert_int_equal(h->inbounds[0].body.n > 1000000, true);
	assert_non_null(strstr(h->inbounds[0].fields.p, "\"cut\":true"));
	buf_done(&body);
	keep_state(h);
	test_host_free(h);
}

static bool has_status(struct test_host *h, void *arg)
{
	return strstr(test_host_status(h, NULL).p, arg) != NULL;
}

static void says_why_it_is_not_let_in(void **state)
{
	(void)state;
	needs_dovecot();
	char json[800], expected[200];
	snprintf(json, sizeof json,
		 "{\"address\":\"support@example.test\",\"imap_url\":\"imaps://localhost:%d\","
		 "\"imap_user\":\"support@example.test\",\"imap_password\":\"wrong\","
		 "\"imap_ca_file\":\"%s/tls/cert.pem\"}",
		 imaps_port, dir);
	struct test_host *h = test_host_new(json);
	enum channel_health health;
	snprintf(expected, sizeof expected,
		 "imap: LOGIN at localhost:%d refused (NO [AUTHENTICATIONFAILED]); retry in 60 s",
		 imaps_port);
	test_host_until(h, has_status, expected, 30000);
	printf("# %s\n", test_host_status(h, &health).p);
	assert_int_equal(health, CHANNEL_DOWN);
	assert_true(h->status_changes > 0);
	test_host_free(h);
	/* A certificate nobody vouches for. */
	snprintf(json, sizeof json,
		 "{\"address\":\"support@example.test\",\"imap_url\":\"imaps://localhost:%d\","
		 "\"imap_user\":\"u\",\"imap_password\":\"p\"}",
		 imaps_port);
	h = test_host_new(json);
	static char certificate[] = "cannot be reached: SSL";
	test_host_until(h, has_status, certificate, 30000);
	test_host_free(h);
	/* Nobody there. */
	snprintf(json, sizeof json,
		 "{\"address\":\"support@example.test\",\"imap_url\":\"imap://127.0.0.1:%d\","
		 "\"imap_user\":\"u\",\"imap_password\":\"p\"}",
		 test_free_port());
	h = test_host_new(json);
	static char nobody[] = "cannot be reached: ";
	test_host_until(h, has_status, nobody, 30000);
	test_host_close(h);
	test_host_free(h);
}

static void closes_at_any_moment(void **state)
{
	(void)state;
	needs_dovecot();
	for (int ms = 0; ms < 120; ms += 8) {
		struct test_host *h = host_on("");
		test_host_run(h, ms);
		test_host_free(h);
	}
}

static void comes_back_when_the_server_does(void **state)
{
	(void)state;
	needs_dovecot();
	struct test_host *h = test_host_bare(settings("imaps", imaps_port, ""));
	restart_with_state(h);
	assert_int_equal(test_host_open(h, NULL), 0);
	test_host_run(h, 1000);
	int before = h->inbound_count;
	run_script("dovecot-down.sh", false);
	static char retry[] = "retry in ";
	test_host_until(h, has_status, retry, 20000);
	assert_int_equal(run_script("dovecot-up.sh", true), 0);
	put_mail("after", "the break");
	h->ahead += 20 * USHER_SECOND;
	int more = before + 1;
	test_host_until(h, host_has_inbounds, &more, 20000);
	assert_true(has_subject(h, "after"));
	test_host_free(h);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "mail-parser") == 0)
		return email_parser_main(SANDBOX_FD);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fetches_what_is_there),
		cmocka_unit_test(goes_on_where_it_was),
		cmocka_unit_test(hears_of_new_mail_at_once),
		cmocka_unit_test(keeps_mail_the_gateway_cannot_take),
		cmocka_unit_test(looks_again_when_the_server_renumbers),
		cmocka_unit_test(marks_and_moves_when_told),
		cmocka_unit_test(fetches_a_large_mail),
		cmocka_unit_test(says_why_it_is_not_let_in),
		cmocka_unit_test(closes_at_any_moment),
		cmocka_unit_test(comes_back_when_the_server_does),
	};
	int failed = cmocka_run_group_tests_name("email against dovecot", tests, start_dovecot,
						 stop_dovecot);
	buf_done(&kept_state);
	return failed;
}
