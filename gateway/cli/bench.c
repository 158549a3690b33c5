/* SPDX-License-Identifier: Apache-2.0 */
/* `usher bench [routing|store]`: what this machine can do, each beside a limit measured in the same
 * run. The store is measured in a folder beside the database: on the disk that will carry it. */
#include "gateway/cli/cli.h"

#include "gateway/config.h"
#include "routing/base/hash.h"
#include "routing/base/memory.h"
#include "routing/core/core.h"
#include "storage/record.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SECONDS 2.0
#define AGENTS 1000
#define QUEUES 20
#define HEAP_ENTRIES 100000
#define SAMPLES_MAX 100000
#define GROUP_MAX 100
#define BODY_BYTES 600

static double read_clock(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* Of this process: what else runs on the machine does not count. */
static double seconds_used(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* ---- routing: arrivals, accepts and closes; every second one is a decision --------------------
 */

struct routing_run {
	struct routing *r; /* owned */
	usher_us now;
	uint64_t random, steps;
	usher_id next;
	struct routing_command open[AGENTS + 1]; /* offers, a ring */
	size_t first, count;
};

static void step(struct routing_run *b, const struct routing_event *ev)
{
	struct routing_effects fx;
	b->now += 100;
	b->steps++;
	routing_step(b->r, ev, b->now, &fx);
	for (size_t i = 0; i < fx.count; i++)
		if (fx.items[i].kind == FX_OFFERED && b->count <= AGENTS)
			b->open[(b->first + b->count++) % (AGENTS + 1)] =
				(struct routing_command){fx.items[i].contact,
							 fx.items[i].agent,
							 fx.items[i].epoch,
							 0,
							 0,
							 true};
}

static void add_site(struct routing_run *b)
{
	struct routing_event ev = {.kind = EV_QUEUE_SET};
	for (usher_id q = 1; q <= QUEUES; q++) {
		ev.queue = (struct routing_queue_set){
			.queue = q, .priority = 5, .offer_us = USHER_HOUR};
		step(b, &ev);
	}
	for (unsigned i = 1; i <= AGENTS; i++) {
		ev = (struct routing_event){.kind = EV_AGENT_SET};
		ev.agent.agent = i;
		ev.agent.capacity = AGENT_CAPACITY_DEFAULT;
		for (unsigned k = 0; k < 3; k++)
			ev.agent.queues[ev.agent.queue_count++].queue = 1 + (i + k * 7) % QUEUES;
		for (uint32_t skill = 1; skill <= 4; skill++)
			if ((i + skill) % 4 != 0)
				ev.agent.skills[ev.agent.skill_count++] =
					(struct routing_skill){skill, (uint8_t)(1 + i % 5)};
		step(b, &ev);
		ev = (struct routing_event){.kind = EV_AGENT_WANTS};
		ev.presence.agent = i;
		ev.presence.wants = AGENT_READY;
		step(b, &ev);
	}
}

static void arrive(struct routing_run *b)
{
	struct routing_event ev = {.kind = EV_CONTACT_NEW};
	ev.contact.contact = ++b->next;
	ev.contact.queue = 1 + random_below(&b->random, QUEUES);
	ev.contact.channel = CHANNEL_TELEPHONY;
	ev.contact.priority = (uint8_t)(4 + random_below(&b->random, 3));
	ev.contact.first_us = b->now;
	ev.contact.requirement_count = (uint8_t)random_below(&b->random, 2);
	ev.contact.requirements[0] =
		(struct routing_requirement){1 + (uint32_t)random_below(&b->random, 4), 1};
	step(b, &ev);
}

static void serve(struct routing_run *b)
{
	struct routing_event ev = {.kind = EV_ACCEPT, .command = b->open[b->first]};
	b->first = (b->first + 1) % (AGENTS + 1);
	b->count--;
	step(b, &ev);
	ev.kind = EV_CLOSE;
	step(b, &ev);
}

/* Nanoseconds of one pop and one push on a binary heap: what any queue by order must pay. */
static double heap_ns(void)
{
	uint64_t *heap = memory_new_array(HEAP_ENTRIES, sizeof *heap), random = 7;
	uint64_t turns = 0;
	for (size_t i = 0; i < HEAP_ENTRIES; i++)
		heap[i] = i;
	double begin = seconds_used(), end = begin;
	while (end - begin < SECONDS / 2) {
		for (int k = 0; k < 1000; k++, turns++) {
			uint64_t key = heap[0] + random_below(&random, HEAP_ENTRIES);
			size_t at = 0, child;
			while ((child = 2 * at + 1) < HEAP_ENTRIES) {
				if (child + 1 < HEAP_ENTRIES && heap[child + 1] < heap[child])
					child++;
				if (heap[child] >= key)
					break;
				heap[at] = heap[child];
				at = child;
			}
			heap[at] = key;
		}
		end = seconds_used();
	}
	free(heap);
	return (end - begin) / (double)turns * 1e9;
}

static int bench_routing(const struct cli_options *o)
{
	(void)o;
	const struct routing_limits limits = {AGENTS * 2, AGENTS, QUEUES};
	struct usher_error err = {0};
	struct routing_run *b = NEW(struct routing_run);
	b->random = 7;
	b->now = USHER_DAY;
	b->next = 1000000;
	if (routing_new(&b->r, &limits, 1, &err) < 0) {
		free(b);
		return cli_fail(EXIT_FAILED, NULL, "%s", err.text);
	}
	add_site(b);
	for (int i = 0; i < AGENTS / 2; i++)
		arrive(b);
	b->steps = 0;
	double begin = seconds_used(), end = begin;
	while (end - begin < SECONDS) {
		for (int k = 0; k < 100 && b->count > 0; k++) {
			serve(b);
			arrive(b);
		}
		end = seconds_used();
	}
	double ns = (end - begin) / (double)b->steps * 1e9, heap = heap_ns();
	printf("routing, %d agents: %.2f M steps/s, %.0f ns each; heap of %d, pop and push: %.0f "
	       "ns; "
	       "%.2f x\n",
	       AGENTS, 1e3 / ns, ns, HEAP_ENTRIES, heap, ns / heap);
	routing_free(b->r);
	free(b);
	return EXIT_DONE;
}

/* ---- store: a message with its contact, journal and fact, in groups -----------------------------
 */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

struct store_run {
	struct store *store;	   /* owned */
	struct store_batch *batch; /* owned */
	char body[BODY_BYTES];
	int64_t events;
	int fd; /* of the bare file */
};

static void add_event(struct store_run *b)
{
	struct usher_text body = text_slice(b->body, BODY_BYTES);
	int64_t n = ++b->events;
	usher_id contact = (usher_id)(n / 10 + 1);
	store_add(b->batch, &JOURNAL, &(struct journal_row){n, n, text_slice(b->body, 120)});
	store_add(b->batch, &MESSAGE,
		  &(struct message_row){.contact = contact,
					.seq = n % 10 + 1,
					.id = (usher_id)n,
					.kind = 1,
					.author = 1,
					.body = body,
					.fields = TEXT("{}")});
	store_put(b->batch, &CONTACT,
		  &(struct contact_row){.id = contact,
					.number = n / 10 + 1,
					.customer = contact,
					.state = 1,
					.seq = n % 10 + 1,
					.fields = TEXT("{}")});
	store_add(b->batch, &FACT,
		  &(struct fact_row){
			  .id = (usher_id)n, .kind = 3, .contact = contact, .journal_seq = n});
}

static int commit_once(struct store_run *b, int group, struct usher_error *reterr)
{
	static const char block[4096];
	if (group == 0)
		return write(b->fd, block, sizeof block) == sizeof block && fdatasync(b->fd) == 0
			       ? 0
			       : usher_error_set(reterr, E_IO, "the folder cannot be written");
	store_batch_clear(b->batch);
	for (int i = 0; i < group; i++)
		add_event(b);
	return store_commit(b->store, b->batch, reterr);
}

/* group 0: the limit, 4 KiB and an fdatasync. */
static int measure(struct store_run *b, int group, double *limit, struct usher_error *reterr)
{
	double *samples = memory_new_array(SAMPLES_MAX, sizeof *samples);
	double begin = seconds_now(), last = begin;
	int n = 0, code = 0;
	while (code == 0 && last - begin < SECONDS && n < SAMPLES_MAX) {
		code = commit_once(b, group, reterr);
		double now = seconds_now();
		samples[n++] = now - last;
		last = now;
	}
	qsort(samples, (size_t)n, sizeof *samples, by_value);
	double p50 = samples[n / 2] * 1e3, p99 = samples[(int)(n * 0.99)] * 1e3;
	free(samples);
	if (code < 0)
		return code;
	if (group == 0) {
		*limit = p50;
		printf("4 KiB and fdatasync: p50 %.2f ms, p99 %.2f ms\n", p50, p99);
	} else {
		printf("store, groups of %d: %.0f events/s, p50 %.2f ms (%.2f x), p99 %.2f ms\n",
		       group, n * group / (last - begin), p50, p50 / *limit, p99);
	}
	return 0;
}

static int run_store(struct store_run *b, const char *folder, struct usher_error *reterr)
{
	struct usher_buf path = {0};
	double limit = 0;
	buf_addf(&path, "%s/file", folder);
	b->fd = open(path.p, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	path.n = 0;
	buf_addf(&path, "%s/usher.db", folder);
	int code = b->fd < 0 ? usher_error_set(reterr, E_IO, "%s: cannot be written", folder)
			     : store_open_sqlite(&b->store, path.p, reterr);
	buf_done(&path);
	if (code == 0)
		code = measure(b, 0, &limit, reterr);
	for (int group = 1; code == 0 && group <= GROUP_MAX; group *= 10)
		code = measure(b, group, &limit, reterr);
	store_close(b->store);
	if (b->fd >= 0)
		close(b->fd);
	return code;
}

static void remove_folder(const char *folder)
{
	static const char *const files[] = {"file", "usher.db", "usher.db-wal", "usher.db-shm"};
	struct usher_buf path = {0};
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		path.n = 0;
		buf_addf(&path, "%s/%s", folder, files[i]);
		unlink(path.p);
	}
	buf_done(&path);
	rmdir(folder);
}

static int bench_store(const struct cli_options *o)
{
	struct config *config = NULL;
	struct usher_error err = {0};
	struct usher_buf folder = {0};
	if (config_load(&config, o->config, o->sets, o->set_count, &err) < 0)
		return cli_fail(EXIT_BAD_CONFIG, NULL, "%s", err.text);
	buf_addf(&folder, "%s/bench-XXXXXX", config_data_dir(config));
	int code = EXIT_FAILED;
	if (mkdtemp(folder.p) == NULL) {
		cli_fail(code, "name another folder with --set data_dir=…", "%s: cannot be written",
			 config_data_dir(config));
	} else {
		struct store_run *b = NEW(struct store_run);
		memset(b->body, 'x', sizeof b->body);
		b->batch = store_batch_new();
		code = run_store(b, folder.p, &err) == 0
			       ? EXIT_DONE
			       : cli_fail(EXIT_FAILED, NULL, "%s", err.text);
		remove_folder(folder.p);
		store_batch_free(b->batch);
		free(b);
	}
	buf_done(&folder);
	config_free(config);
	return code;
}

int cli_bench(const struct cli_options *o)
{
	const char *name = o->arg_count > 1 ? o->args[1] : "";
	bool is_all = name[0] == '\0';
	int code = EXIT_DONE;
	if (!is_all && strcmp(name, "routing") != 0 && strcmp(name, "store") != 0)
		return cli_fail(EXIT_USAGE_ERROR, "usher bench [routing|store]",
				"there is no measurement \"%s\"", name);
	if (is_all || strcmp(name, "routing") == 0)
		code = bench_routing(o);
	if (code == EXIT_DONE && (is_all || strcmp(name, "store") == 0))
		code = bench_store(o);
	return code;
}
