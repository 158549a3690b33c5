/* SPDX-License-Identifier: Apache-2.0 */
/* The IMAP client against a server of our own that has little, lies, or breaks off. */
#include "tests/tap.h"

#include "channels/email/email_sandbox.h"
#include "tests/channels/email/host.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum fault { FAULT_NONE, FAULT_BREAK_AT_2, FAULT_TOO_LARGE_2, FAULT_JUNK, FAULT_BYE, FAULT_SILENT };

struct server {
	int fd, port;
	pthread_t thread;
	atomic_int fault; /* enum fault */
	const char *capabilities;
	atomic_int copies, expunges, stores, connections, searches;
};

static const char mail_text[] = "From: Anna <anna@b.test>\r\nSubject: number %d\r\n\r\nwords\r\n";

static void fetch(struct server *s, FILE *f, int uid, bool is_body)
{
	char mail[200];
	int n = snprintf(mail, sizeof mail, mail_text, uid);
	bool is_large = s->fault == FAULT_TOO_LARGE_2 && uid == 2;
	if (uid > 3)
		return;
	if (!is_body) {
		fprintf(f,
			"* %d FETCH (RFC822.SIZE %d INTERNALDATE \"21-Nov-2026 10:00:00 +0200\" "
			"UID %d)\r\n",
			uid, is_large ? 40000000 : n, uid);
	} else if (s->fault == FAULT_BREAK_AT_2 && uid == 2) {
		fprintf(f, "* 2 FETCH (UID 2 BODY[] {%d}\r\nFrom: ", n);
		fflush(f);
		shutdown(fileno(f), SHUT_RDWR);
	} else {
		fprintf(f,
			"* 9 FETCH (UID 99 FLAGS ())\r\n* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n",
			uid, uid, n, mail);
	}
}

static void obey(struct server *s, FILE *f, const char *tag, const char *line)
{
	int uid = 0;
	if (strncmp(line, "CAPABILITY", 10) == 0)
		fprintf(f, "* CAPABILITY IMAP4rev1 %s\r\n", s->capabilities);
	else if (strncmp(line, "SELECT", 6) == 0)
		fprintf(f, "* 3 EXISTS\r\n* OK [UIDVALIDITY 5] x\r\n* OK [UIDNEXT 4] x\r\n");
	else if (strncmp(line, "UID SEARCH", 10) == 0)
		fprintf(f, ++s->searches == 1 ? "* SEARCH 3 1 2\r\n" : "* SEARCH 3\r\n");
	else if (sscanf(line, "UID FETCH %d", &uid) == 1)
		fetch(s, f, uid, strstr(line, "BODY.PEEK[]") != NULL);
	else if (strncmp(line, "UID COPY", 8) == 0)
		s->copies++;
	else if (strncmp(line, "UID STORE", 9) == 0)
		s->stores++;
	else if (strncmp(line, "UID EXPUNGE", 11) == 0)
		s->expunges++;
	if (strncmp(line, "SELECT", 6) == 0 && s->fault == FAULT_JUNK)
		fprintf(f, "((((\r\n");
	if (strncmp(line, "SELECT", 6) == 0 && s->fault == FAULT_BYE)
		fprintf(f, "* BYE going down\r\n");
	if (strncmp(line, "SELECT", 6) == 0 && s->fault == FAULT_SILENT)
		return;
	fprintf(f, "%s OK done\r\n", tag);
}

static void *serve(void *arg)
{
	struct server *s = arg;
	char line[2000], tag[40];
	for (int i = 0; i < 50; i++) {
		int peer = accept(s->fd, NULL, NULL);
		if (peer < 0)
			break;
		s->connections++;
		FILE *in = fdopen(peer, "r"), *out = fdopen(dup(peer), "w");
		fprintf(out, "* OK [CAPABILITY IMAP4rev1] ready\r\n");
		fflush(out);
		while (fgets(line, sizeof line, in) != NULL) {
			int at = 0;
			if (sscanf(line, "%39s %n", tag, &at) == 1)
				obey(s, out, tag, line + at);
			fflush(out);
		}
		fclose(in);
		fclose(out);
	}
	return NULL;
}

static struct server *server_new(const char *capabilities, enum fault fault)
{
	struct server *s = NEW(struct server);
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	s->capabilities = capabilities;
	s->fault = (int)fault;
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(s->fd, 5), 0);
	getsockname(s->fd, (struct sockaddr *)&a, &n);
	s->port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	return s;
}

static void server_free(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	free(s);
}

static struct test_host *host_on(struct server *s, const char *more)
{
	char json[500];
	snprintf(json, sizeof json,
		 "{\"address\":\"support@example.test\",\"imap_url\":\"imap://127.0.0.1:%d\","
		 "\"imap_user\":\"u\",\"imap_password\":\"p\",\"imap_tls\":\"none\"%s}",
		 s->port, more);
	return test_host_new(json);
}

static bool has_status(struct test_host *h, void *arg)
{
	return strstr(test_host_status(h, NULL).p, arg) != NULL;
}

static void manages_without_idle_and_move(void **state)
{
	(void)state;
	struct server *s = server_new("UIDPLUS", FAULT_NONE);
	struct test_host *h = host_on(s, ",\"imap_after\":\"move\",\"imap_poll_s\":60");
	int three = 3;
	test_host_until(h, host_has_durable, &three, 20000);
	test_host_run(h, 200);
	assert_int_equal(s->copies, 3);
	assert_int_equal(s->stores, 3);
	assert_int_equal(s->expunges, 3);
	assert_int_equal(s->searches, 1);
	/* The order is that of the UIDs, whatever order the server named them in. */
	for (int i = 0; i < 3; i++) {
		char subject[20];
		snprintf(subject, sizeof subject, "number %d", i + 1);
		assert_true(text_equal(h->inbounds[i].subject, text_of(subject)));
	}
	h->ahead += 61 * USHER_SECOND;
	test_host_run(h, 200);
	assert_int_equal(s->searches, 2); /* polled; "n:*" named the last one again */
	assert_int_equal(h->inbound_count, 3);
	assert_int_equal(s->connections, 1);
	test_host_free(h);
	server_free(s);
}

static void passes_a_mail_that_breaks_the_connection(void **state)
{
	(void)state;
	struct server *s = server_new("", FAULT_BREAK_AT_2);
	struct test_host *h = host_on(s, "");
	static char broken[] = "closed the connection; retry in ";
	int three = 3;
	for (int i = 0; i < 3; i++) {
		test_host_until(h, has_status, broken, 20000);
		assert_true(h->durable_count < 3);
		s->searches = 0;
		h->ahead += 20 * USHER_MINUTE;
		test_host_run(h, 150);
	}
	test_host_until(h, host_has_durable, &three, 20000);
	assert_true(text_equal(h->inbounds[1].remote_id, TEXT("imap:5.2")));
	assert_int_equal(h->inbounds[1].blob.n, 0);
	assert_non_null(strstr(h->inbounds[1].body.p, "still in the mailbox"));
	assert_true(text_equal(h->inbounds[2].subject, TEXT("number 3")));
	test_host_free(h);
	server_free(s);
}

static void leaves_what_is_too_large(void **state)
{
	(void)state;
	struct server *s = server_new("MOVE", FAULT_TOO_LARGE_2);
	struct test_host *h = host_on(s, ",\"imap_after\":\"seen\"");
	int three = 3;
	test_host_until(h, host_has_durable, &three, 20000);
	test_host_run(h, 100);
	assert_non_null(strstr(h->inbounds[1].body.p, "larger than 35 MiB"));
	assert_int_equal(s->stores, 2); /* not the one that is still only there */
	test_host_free(h);
	server_free(s);
}

static void says_what_a_bad_server_does(void **state)
{
	(void)state;
	static const struct {
		enum fault fault;
		const char *words;
	} cases[] = {
		{FAULT_JUNK, "cannot be read; retry in 5 s"},
		{FAULT_BYE, "said goodbye (going down); retry in 5 s"},
		{FAULT_SILENT, "does not answer; retry in 5 s"},
	};
	for (size_t i = 0; i < 3; i++) {
		struct server *s = server_new("IDLE", cases[i].fault);
		struct test_host *h = host_on(s, "");
		test_host_run(h, 300);
		if (cases[i].fault == FAULT_SILENT)
			h->ahead += 61 * USHER_SECOND;
		test_host_until(h, has_status, (char *)(uintptr_t)cases[i].words, 10000);
		assert_int_equal(h->inbound_count, 0);
		/* And when it is well again, so is the channel. */
		s->fault = FAULT_NONE;
		h->ahead += 10 * USHER_SECOND;
		int three = 3;
		test_host_until(h, host_has_durable, &three, 20000);
		test_host_free(h);
		server_free(s);
	}
}

static void keeps_the_mail_when_the_checkpoint_fails(void **state)
{
	(void)state;
	struct server *s = server_new("", FAULT_NONE);
	struct test_host *h = host_on(s, ",\"imap_after\":\"seen\"");
	h->state_answer = E_IO;
	static char cannot[] = "cannot store now";
	test_host_until(h, has_status, cannot, 20000);
	assert_int_equal(s->stores, 0); /* nothing is marked before it is safe */
	h->state_answer = 0;
	s->searches = 0;
	h->ahead += 10 * USHER_SECOND;
	int three = 3;
	test_host_until(h, host_has_durable, &three, 20000);
	test_host_run(h, 100);
	assert_int_equal(s->stores, 3);
	assert_int_equal(h->durable_count, 3); /* the first came twice and counts once */
	test_host_free(h);
	server_free(s);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "mail-parser") == 0)
		return email_parser_main(SANDBOX_FD);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manages_without_idle_and_move),
		cmocka_unit_test(passes_a_mail_that_breaks_the_connection),
		cmocka_unit_test(leaves_what_is_too_large),
		cmocka_unit_test(says_what_a_bad_server_does),
		cmocka_unit_test(keeps_the_mail_when_the_checkpoint_fails),
	};
	return cmocka_run_group_tests_name("email imap", tests, NULL, NULL);
}
