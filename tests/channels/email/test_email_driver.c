/* SPDX-License-Identifier: Apache-2.0 */
/* The driver as the gateway sees it: settings, the Maildir way out, and a mail and its answer. */
#include "tests/tap.h"

#include "channels/email/email_sandbox.h"
#include "channels/email/email_token.h"
#include "tests/channels/email/corpus.h"
#include "tests/channels/email/host.h"

#include <stdio.h>
#include <sys/stat.h>

static void names_the_setting_that_is_wrong(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{"\"address\":\"nobody\"", "address"},
		{"\"address\":\"a b@c.test\"", "address"},
		{"\"address\":\"012345678901234567890123456789012@c.test\"", "address"},
		{"\"address\":\"a@c.test\",\"domain\":\"x y\"", "domain"},
		{"\"address\":\"a@c.test\",\"name\":\"x\\ny\"", "name"},
		{"\"address\":\"a@c.test\",\"lmtp_listen\":\"0.0.0.0:2424\"", "lmtp_listen"},
		{"\"address\":\"a@c.test\",\"lmtp_listen\":\"2424\"", "lmtp_listen"},
		{"\"address\":\"a@c.test\",\"lmtp_listen\":\"unix:\"", "lmtp_listen"},
		{"\"address\":\"a@c.test\",\"imap_url\":\"http://x\"", "imap_url"},
		{"\"address\":\"a@c.test\",\"imap_url\":\"imaps://\"", "imap_url"},
		{"\"address\":\"a@c.test\",\"imap_url\":\"imaps://u:p@x\"", "imap_url"},
		{"\"address\":\"a@c.test\",\"imap_url\":\"imaps://x\",\"imap_after\":\"burn\"",
		 "imap_after"},
		{"\"address\":\"a@c.test\",\"imap_url\":\"imaps://x\",\"imap_tls\":\"maybe\"",
		 "imap_tls"},
		{"\"address\":\"a@c.test\",\"imap_url\":\"imaps://x\",\"imap_mailbox\":\"a\\nb\"",
		 "imap_mailbox"},
		{"\"address\":\"a@c.test\",\"imap_url\":\"imaps://x\",\"start_date\":\"monday\"",
		 "start_date"},
		{"\"address\":\"a@c.test\",\"smtp_server\":\"mail.test\"", "smtp_server"},
		{"\"address\":\"a@c.test\",\"smtp_server\":\"[::1]:587\"", "smtp_server"},
		{"\"address\":\"a@c.test\",\"smtp_server\":\"mail.test:465\"", "465"},
		{"\"address\":\"a@c.test\",\"smtp_server\":\"maildir:\"", "smtp_server"},
		{"\"address\":\"a@c.test\",\"smtp_server\":\"x:25\",\"smtp_tls\":\"no\"",
		 "smtp_tls"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char json[300];
		struct usher_error err = {0};
		snprintf(json, sizeof json, "{%s}", cases[i][0]);
		struct test_host *h = test_host_bare(json);
		if (test_host_open(h, &err) == 0)
			fail_msg("taken: %s", json);
		if (strstr(err.text, cases[i][1]) == NULL)
			fail_msg("%s: \"%s\" does not name it", json, err.text);
		test_host_free(h);
	}
}

static void explains_every_setting(void **state)
{
	(void)state;
	for (const struct channel_setting *row = email_driver.settings; row->name != NULL; row++) {
		assert_non_null(row->help);
		assert_true(strlen(row->help) > 10);
	}
}

static struct outgoing answer_to(struct test_host *h, int64_t seq)
{
	return (struct outgoing){.id = 9,
				 .kind = TEXT("message"),
				 .contact = 77,
				 .contact_number = 1042,
				 .message = 500,
				 .message_seq = seq,
				 .address = TEXT("anna@b.test"),
				 .subject = TEXT("Hello"),
				 .body = TEXT("an answer"),
				 .at_us = h->host.now(&h->host)};
}

static const char settings[] = "{\"address\":\"support@example.test\",\"name\":\"Tuki\","
			       "\"smtp_server\":\"maildir:out\"}";

static void puts_answers_into_a_maildir(void **state)
{
	(void)state;
	struct test_host *h = test_host_new(settings);
	char path[200], gone[200];
	int one = 1, two = 2;
	h->history[h->history_count++] = (struct contact_message){
		.seq = 1,
		.id = 400,
		.contact = 77,
		.kind = MESSAGE_TEXT,
		.author = AUTHOR_CUSTOMER,
		.channel = CHANNEL_EMAIL,
		.fields = TEXT("{\"message_id\":\"m1@b.test\",\"references\":[\"m0@b.test\"]}")};
	h->history[h->history_count++] = (struct contact_message){
		.seq = 9, /* later than the answer: must not change its bytes */
		.kind = MESSAGE_TEXT,
		.author = AUTHOR_CUSTOMER,
		.channel = CHANNEL_EMAIL,
		.fields = TEXT("{\"message_id\":\"later@b.test\"}")};
	struct outgoing out = answer_to(h, 2);
	h->driver->send(h->channel, &out);
	test_host_until(h, host_has_deliveries, &one, 5000);
	assert_int_equal(h->deliveries[0].state, DELIVERY_SENT);
	snprintf(path, sizeof path, "%s/out/new/u1.500.usher", h->dir);
	struct usher_text first = corpus_read(path);
	assert_non_null(strstr(first.p, "In-Reply-To: <m1@b.test>\r\n"));
	assert_non_null(strstr(first.p, "References: <m0@b.test>\r\n <m1@b.test>\r\n"));
	assert_non_null(strstr(first.p, "Subject: Re: Hello [C-1042]\r\n"));
	assert_non_null(strstr(first.p, "Message-ID: <u1."));
	assert_non_null(strstr(first.p, "\r\n\r\nan answer\r\n"));
	/* Unsure whether it left: the same mail once more is still one mail. */
	out.is_unsure = true;
	out.attempts = 1;
	h->driver->send(h->channel, &out);
	test_host_until(h, host_has_deliveries, &two, 5000);
	assert_int_equal(h->deliveries[1].state, DELIVERY_SENT);
	struct usher_text second = corpus_read(path);
	assert_true(text_equal(first, second));
	free((char *)(uintptr_t)first.p);
	free((char *)(uintptr_t)second.p);
	snprintf(gone, sizeof gone, "%s/out/tmp/u1.500.usher", h->dir);
	struct stat st;
	assert_int_equal(stat(gone, &st), -1);
	test_host_free(h);
}

static void tries_later_when_the_disk_refuses(void **state)
{
	(void)state;
	struct test_host *h = test_host_new(settings);
	char path[200];
	int one = 1;
	snprintf(path, sizeof path, "%s/out", h->dir);
	FILE *f = fopen(path, "w"); /* a file where the directory should be */
	fclose(f);
	struct outgoing out = answer_to(h, 2);
	h->driver->send(h->channel, &out);
	test_host_until(h, host_has_deliveries, &one, 5000);
	assert_int_equal(h->deliveries[0].state, DELIVERY_RETRY);
	assert_non_null(strstr(h->deliveries[0].detail, "maildir: cannot make"));
	test_host_free(h);
}

static void bounds_what_waits(void **state)
{
	(void)state;
	struct test_host *h = test_host_new(settings);
	int busy = 0, all = 300;
	for (int i = 0; i < all; i++) {
		struct outgoing out = answer_to(h, 2);
		out.id = (usher_id)i + 1;
		out.message = (usher_id)i + 1000;
		h->driver->send(h->channel, &out);
	}
	test_host_until(h, host_has_deliveries, &all, 60000);
	for (int i = 0; i < all; i++)
		busy += h->deliveries[i].state == DELIVERY_RETRY;
	assert_int_equal(busy, all - 202); /* 2 leaving, 200 waiting */
	test_host_free(h);
}

static void says_what_it_cannot_do(void **state)
{
	(void)state;
	struct test_host *h = test_host_new("{\"address\":\"support@example.test\"}");
	struct outgoing out = answer_to(h, 2);
	h->driver->send(h->channel, &out);
	assert_int_equal(h->delivery_count, 1);
	assert_int_equal(h->deliveries[0].state, DELIVERY_FAILED);
	assert_non_null(strstr(test_host_status(h, NULL).p, "cannot send"));
	out.kind = TEXT("assigned");
	h->driver->send(h->channel, &out);
	assert_int_equal(h->deliveries[1].state, DELIVERY_FAILED);
	test_host_free(h);
}

static void says_when_its_port_is_taken(void **state)
{
	(void)state;
	struct test_host *first = test_host_new("{\"address\":\"a@b.test\","
						"\"lmtp_listen\":\"127.0.0.1:0\"}");
	char json[200];
	enum channel_health health;
	snprintf(json, sizeof json, "{\"address\":\"a@b.test\",\"lmtp_listen\":\"127.0.0.1:%d\"}",
		 first->lmtp_port);
	struct test_host *second = test_host_new(json);
	assert_non_null(strstr(test_host_status(second, &health).p, "cannot be bound"));
	assert_int_equal(health, CHANNEL_DOWN);
	test_host_free(first);
	second->ahead += 6 * USHER_SECOND;
	test_host_run(second, 100);
	test_host_status(second, &health);
	assert_int_equal(health, CHANNEL_OK);
	test_host_free(second);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "mail-parser") == 0)
		return email_parser_main(SANDBOX_FD);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_setting_that_is_wrong),
		cmocka_unit_test(explains_every_setting),
		cmocka_unit_test(puts_answers_into_a_maildir),
		cmocka_unit_test(tries_later_when_the_disk_refuses),
		cmocka_unit_test(bounds_what_waits),
		cmocka_unit_test(says_what_it_cannot_do),
		cmocka_unit_test(says_when_its_port_is_taken),
	};
	return cmocka_run_group_tests_name("email driver", tests, NULL, NULL);
}
