/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small channel_host on libuv: everything handed in is recorded, answers are chosen by the test,
 * and time can be moved on. One per test; it owns a temporary directory.
 */
#ifndef TESTS_CHANNELS_EMAIL_HOST_H
#define TESTS_CHANNELS_EMAIL_HOST_H

#include "channels/channel.h"
#include "routing/base/list.h"

#include <pthread.h>
#include <uv.h>

#define HOST_RECORDS_MAX 1000

struct host_delivery {
	usher_id out_id;
	enum delivery_state state;
	usher_us retry_us;
	char detail[400];
};

struct test_host {
	struct channel_host host; /* first */
	const struct channel_driver *driver;
	struct channel *channel;
	uv_loop_t loop;
	uv_timer_t tick;
	char dir[64];
	usher_us ahead; /* of the real clock */
	struct arena arena;
	struct list timers, laters;
	int jobs, watches;

	struct inbound inbounds[HOST_RECORDS_MAX]; /* texts in the arena */
	int inbound_count;			   /* all that were handed in */
	int durable_count;			   /* those that were new and answered 0 */
	int answer;				   /* code for every inbound; 0 = by remote_id */
	int answers_left; /* after so many, back to 0; negative: for ever */

	struct host_delivery deliveries[HOST_RECORDS_MAX];
	int delivery_count, release_count;

	struct contact_message history[50];
	int history_count;

	struct usher_buf state;
	int state_saves, state_answer;
	pthread_mutex_t blob_lock;
	int blob_count, blob_answer;

	int status_changes, lmtp_port;
	char last_log[400];
	bool is_loud;
};

/* settings: a JSON object; fails the test when they are refused. */
struct test_host *test_host_new(const char *settings);
/* The same without opening the channel. */
struct test_host *test_host_bare(const char *settings);
int test_host_open(struct test_host *h, struct usher_error *reterr);
void test_host_close(struct test_host *h); /* the channel only */
void test_host_free(struct test_host *h);

/* Runs the loop until the question is true, or fails the test after `ms`. */
void test_host_until(struct test_host *h, bool (*is_done)(struct test_host *h, void *arg),
		     void *arg, int ms);
void test_host_run(struct test_host *h, int ms);

/* Convenient questions. arg: (int *) how many. */
bool host_has_inbounds(struct test_host *h, void *arg);
bool host_has_durable(struct test_host *h, void *arg);
bool host_has_deliveries(struct test_host *h, void *arg);

struct usher_text test_host_status(struct test_host *h, enum channel_health *ret);

/* For tests with servers: a free port of 127.0.0.1. */
int test_free_port(void);

/* Runs a command to its end without a shell; its exit code, or -1. */
int test_run(char *const argv[]);

#endif
