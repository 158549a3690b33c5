/* SPDX-License-Identifier: Apache-2.0 */
/* Sending: the driver against an SMTP server with STARTTLS, sign-in and faults by recipient name.
 */
#include "tests/tap.h"

#include "tests/channels/email/host.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char dir[] = "/tmp/usher-sink-XXXXXX";
static int port;
static pid_t sink;

static bool is_listening(int at)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)at),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_there = connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
	close(fd);
	return is_there;
}

static int start_sink(void **state)
{
	(void)state;
	char script[600], number[12], python[] = "/usr/bin/python3", auth[] = "--require-auth",
				      flag[] = "--port", import[] = "import aiosmtpd", c[] = "-c";
	char *check[] = {python, c, import, NULL};
	if (shared_dir() == NULL)
		return 0;
	/* Only missing material is a reason to skip; a server that does not start is a failure. */
	if (test_run(check) != 0 || mkdtemp(dir) == NULL)
		return -1;
	int free_port = test_free_port();
	snprintf(script, sizeof script, "%s/mailservers/smtp-sink.py", shared_dir());
	snprintf(number, sizeof number, "%d", free_port);
	char *argv[] = {python, script, dir, flag, number, auth, NULL};
	posix_spawn_file_actions_t quiet;
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
	int code = access(script, R_OK) == 0
			   ? posix_spawn(&sink, python, &quiet, NULL, argv, environ)
			   : -1;
	posix_spawn_file_actions_destroy(&quiet);
	for (int i = 0; code == 0 && i < 200 && port == 0; i++) {
		usleep(50000);
		port = is_listening(free_port) ? free_port : 0;
	}
	return port == 0 ? -1 : 0;
}

static int stop_sink(void **state)
{
	(void)state;
	char rm[] = "rm", rf[] = "-rf";
	char *argv[] = {rm, rf, dir, NULL};
	if (sink > 0) {
		kill(sink, SIGTERM);
		waitpid(sink, NULL, 0);
		test_run(argv);
	}
	return 0;
}

static struct test_host *host_with(const char *more)
{
	char json[1000];
	if (port == 0)
		skip();
	snprintf(json, sizeof json,
		 "{\"address\":\"support@example.test\",\"name\":\"Tuki\","
		 "\"smtp_server\":\"localhost:%d\",\"smtp_user\":\"usher\","
		 "\"smtp_password\":\"s3cret\",\"smtp_ca_file\":\"%s/cert.pem\"%s}",
		 port, dir, more);
	return test_host_new(json);
}

static struct outgoing message(struct test_host *h, usher_id id, const char *to)
{
	return (struct outgoing){.id = id,
				 .kind = TEXT("message"),
				 .contact = 77,
				 .contact_number = 1042,
				 .message = id + 100,
				 .message_seq = 5,
				 .address = text_of(to),
				 .name = TEXT("Anna"),
				 .subject = TEXT("Hello"),
				 .body = TEXT("words\n.\nmore"),
				 .at_us = h->host.now(&h->host)};
}

static struct host_delivery *send_to(struct test_host *h, const char *to)
{
	int count = h->delivery_count + 1;
	struct outgoing out = message(h, (usher_id)count, to);
	h->driver->send(h->channel, &out);
	test_host_until(h, host_has_deliveries, &count, 60000);
	struct host_delivery *d = &h->deliveries[count - 1];
	assert_true(d->out_id == (usher_id)count);
	return d;
}

static int files(const char *suffix)
{
	DIR *d = opendir(dir);
	int count = 0;
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		size_t n = strlen(e->d_name);
		count += n > 4 && strcmp(e->d_name + n - 4, suffix) == 0;
	}
	closedir(d);
	return count;
}

static void delivers_over_tls_with_sign_in(void **state)
{
	(void)state;
	struct test_host *h = host_with("");
	struct host_delivery *d = send_to(h, "anna@b.test");
	if (d->state != DELIVERY_SENT)
		fail_msg("%s", d->detail);
	char path[200];
	snprintf(path, sizeof path, "%s/0001.json", dir);
	json_t *o = json_load_file(path, 0, NULL);
	assert_non_null(o);
	assert_true(json_is_true(json_object_get(o, "tls")));
	assert_int_equal(json_integer_value(json_object_get(o, "bare_lf")), 0);
	assert_string_equal(json_string_value(json_object_get(o, "mail_from")),
			    "support@example.test");
	assert_string_equal(json_string_value(json_array_get(json_object_get(o, "rcpt_tos"), 0)),
			    "anna@b.test");
	json_decref(o);
	/* Sessions after the first are where the library used to crash. */
	for (int i = 0; i < 5; i++)
		assert_int_equal(send_to(h, "anna@b.test")->state, DELIVERY_SENT);
	assert_int_equal(files(".eml"), 6);
	test_host_free(h);
}

static void judges_each_fault(void **state)
{
	(void)state;
	static const struct {
		const char *to;
		enum delivery_state expected;
		const char *detail;
	} cases[] = {
		{"temp@b.test", DELIVERY_RETRY, "451"},
		{"perm@b.test", DELIVERY_FAILED, "550"},
		{"grey@b.test", DELIVERY_RETRY, "451"},
		{"grey@b.test", DELIVERY_SENT, ""},
		{"full@b.test", DELIVERY_RETRY, "452"},
		{"policy@b.test", DELIVERY_FAILED, "550"},
		{"badmbx@b.test", DELIVERY_FAILED, "553"},
		{"datatemp@b.test", DELIVERY_RETRY, "451"},
		{"dataperm@b.test", DELIVERY_FAILED, "554"},
		{"dropdata@b.test", DELIVERY_UNSURE, ""},
		{"slow@b.test", DELIVERY_SENT, ""},
		{"closing@b.test", DELIVERY_RETRY, ""},
		{"anna@b.test", DELIVERY_SENT, ""},
	};
	struct test_host *h = host_with("");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct host_delivery *d = send_to(h, cases[i].to);
		printf("# %s: %s: %s\n", cases[i].to, delivery_state_name(d->state), d->detail);
		assert_int_equal(d->state, cases[i].expected);
		assert_non_null(strstr(d->detail, cases[i].detail));
		if (d->state == DELIVERY_RETRY)
			assert_true(d->retry_us == USHER_MINUTE);
		if (d->state == DELIVERY_UNSURE)
			assert_true(d->retry_us == 10 * USHER_MINUTE);
	}
	assert_int_equal(send_to(h, "anna@b.test\r\nRCPT TO:<x@y.test>")->state, DELIVERY_FAILED);
	assert_int_equal(send_to(h, "")->state, DELIVERY_FAILED);
	test_host_free(h);
}

static void judges_a_refused_sender(void **state)
{
	(void)state;
	struct test_host *h = host_with("");
	test_host_free(h);
	char json[600];
	static const char *const senders[] = {"mailtemp", "mailperm"};
	for (int i = 0; i < 2; i++) {
		snprintf(json, sizeof json,
			 "{\"address\":\"%s@example.test\",\"smtp_server\":\"localhost:%d\","
			 "\"smtp_user\":\"usher\",\"smtp_password\":\"s3cret\","
			 "\"smtp_ca_file\":\"%s/cert.pem\"}",
			 senders[i], port, dir);
		h = test_host_new(json);
		assert_int_equal(send_to(h, "anna@b.test")->state,
				 i == 0 ? DELIVERY_RETRY : DELIVERY_FAILED);
		test_host_free(h);
	}
}

static bool was_released(struct test_host *h, void *arg)
{
	return h->release_count > *(int *)arg;
}

static void holds_the_channel_when_not_let_in(void **state)
{
	(void)state;
	char json[600];
	enum channel_health health;
	if (port == 0)
		skip();
	snprintf(json, sizeof json,
		 "{\"address\":\"support@example.test\",\"smtp_server\":\"localhost:%d\","
		 "\"smtp_user\":\"usher\",\"smtp_password\":\"wrong\","
		 "\"smtp_ca_file\":\"%s/cert.pem\"}",
		 port, dir);
	struct test_host *h = test_host_new(json);
	int zero = 0;
	test_host_until(h, was_released, &zero, 5000);
	struct host_delivery *d = send_to(h, "anna@b.test");
	printf("# %s\n", d->detail);
	assert_int_equal(d->state, DELIVERY_HELD);
	printf("# %s\n", test_host_status(h, &health).p);
	assert_int_equal(health, CHANNEL_DEGRADED);
	/* While held nothing is tried: the answer comes at once and no login is spent. */
	struct outgoing out = message(h, 2, "berta@b.test");
	h->driver->send(h->channel, &out);
	assert_int_equal(h->delivery_count, 2);
	assert_int_equal(h->deliveries[1].state, DELIVERY_HELD);
	/* After a quarter of an hour one message may try. */
	int before = h->release_count;
	h->ahead += 16 * USHER_MINUTE;
	test_host_until(h, was_released, &before, 5000);
	out = message(h, 3, "anna@b.test");
	h->driver->send(h->channel, &out);
	assert_int_equal(h->delivery_count, 2);
	out = message(h, 4, "anna@b.test");
	h->driver->send(h->channel, &out);
	assert_int_equal(h->delivery_count, 3);
	int four = 4;
	test_host_until(h, host_has_deliveries, &four, 30000);
	test_host_free(h);
}

static void holds_when_tls_is_not_as_required(void **state)
{
	(void)state;
	char json[600];
	if (port == 0)
		skip();
	/* Nobody vouches for the certificate. */
	snprintf(json, sizeof json,
		 "{\"address\":\"support@example.test\",\"smtp_server\":\"localhost:%d\"}", port);
	struct test_host *h = test_host_new(json);
	struct host_delivery *d = send_to(h, "anna@b.test");
	assert_int_equal(d->state, DELIVERY_HELD);
	assert_non_null(strstr(d->detail, "TLS"));
	test_host_free(h);
	/* Without TLS at all the sink wants a sign-in. */
	h = host_with(",\"smtp_tls\":\"none\"");
	d = send_to(h, "anna@b.test");
	printf("# without TLS: %s: %s\n", delivery_state_name(d->state), d->detail);
	assert_int_equal(d->state, DELIVERY_HELD);
	test_host_free(h);
}

static void tries_later_when_nobody_is_there(void **state)
{
	(void)state;
	char json[300];
	snprintf(json, sizeof json,
		 "{\"address\":\"support@example.test\",\"smtp_server\":\"localhost:%d\"}",
		 test_free_port());
	struct test_host *h = test_host_new(json);
	struct host_delivery *d = send_to(h, "anna@b.test");
	printf("# %s\n", d->detail);
	assert_int_equal(d->state, DELIVERY_RETRY);
	test_host_free(h);
}

/* ---- a server that speaks for the attacker in the middle ---- */

static void *inject(void *arg)
{
	int fd = *(int *)arg;
	char line[512];
	int peer = accept(fd, NULL, NULL);
	static const char greeting[] = "220 evil.test\r\n",
			  hello[] = "250-evil.test\r\n250 STARTTLS\r\n",
			  injected[] = "220 go\r\n250-evil.test\r\n250 AUTH PLAIN\r\n";
	(void)!write(peer, greeting, sizeof greeting - 1);
	(void)!read(peer, line, sizeof line);
	(void)!write(peer, hello, sizeof hello - 1);
	(void)!read(peer, line, sizeof line);
	(void)!write(peer, injected, sizeof injected - 1);
	while (read(peer, line, sizeof line) > 0)
		;
	close(peer);
	return NULL;
}

static void never_sends_after_an_injection(void **state)
{
	(void)state;
	char json[600];
	if (port == 0)
		skip();
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(fd, 1), 0);
	getsockname(fd, (struct sockaddr *)&a, &n);
	pthread_t thread;
	pthread_create(&thread, NULL, inject, &fd);
	snprintf(json, sizeof json,
		 "{\"address\":\"support@example.test\",\"smtp_server\":\"127.0.0.1:%d\","
		 "\"smtp_user\":\"usher\",\"smtp_password\":\"s3cret\","
		 "\"smtp_ca_file\":\"%s/cert.pem\"}",
		 ntohs(a.sin_port), dir);
	struct test_host *h = test_host_new(json);
	struct outgoing out = message(h, 1, "anna@b.test");
	h->driver->send(h->channel, &out);
	test_host_run(h, 300);
	shutdown(fd, SHUT_RDWR);
	int one = 1;
	test_host_until(h, host_has_deliveries, &one, 90000);
	printf("# %s: %s\n", delivery_state_name(h->deliveries[0].state), h->deliveries[0].detail);
	assert_int_equal(h->deliveries[0].state, DELIVERY_HELD);
	test_host_free(h);
	pthread_join(thread, NULL);
	close(fd);
}

static void closes_while_sending(void **state)
{
	(void)state;
	struct test_host *h = host_with("");
	for (int i = 1; i <= 10; i++) {
		struct outgoing out = message(h, (usher_id)i, "anna@b.test");
		h->driver->send(h->channel, &out);
	}
	test_host_run(h, 20);
	test_host_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delivers_over_tls_with_sign_in),
		cmocka_unit_test(judges_each_fault),
		cmocka_unit_test(judges_a_refused_sender),
		cmocka_unit_test(holds_the_channel_when_not_let_in),
		cmocka_unit_test(holds_when_tls_is_not_as_required),
		cmocka_unit_test(tries_later_when_nobody_is_there),
		cmocka_unit_test(never_sends_after_an_injection),
		cmocka_unit_test(closes_while_sending),
	};
	return cmocka_run_group_tests_name("email smtp", tests, start_sink, stop_sink);
}
