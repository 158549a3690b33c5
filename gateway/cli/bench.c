/* SPDX-License-Identifier: Apache-2.0 */
/* `usher bench [routing [full]|store]`: what this machine can do, each beside a limit measured in
 * the same run. The store is measured in a folder beside the database: on the disk that will carry
 * it. */
#include "gateway/cli/cli.h"

#include "gateway/cli/bench_routing.h"
#include "gateway/config.h"
#include "routing/base/hash.h"
#include "routing/base/memory.h"
#include "storage/record.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECONDS 2.0
#define SEED 7
#define HEAP_ENTRIES 100000
#define SAMPLES_MAX 100000
#define GROUP_MAX 100
#define BODY_BYTES 600

/* ---- routing -------------------------------------------------------------------------------- */

static const char *const load_names[BENCH_LOADS] = {"light", "backlog", "starved", "clogged"};

/* Nanoseconds of one pop and one push on a binary heap: what any queue by order must pay. */
static double heap_ns(void)
{
	uint64_t *heap = memory_new_array(HEAP_ENTRIES, sizeof *heap), random = 7;
	uint64_t turns = 0;
	for (size_t i = 0; i < HEAP_ENTRIES; i++)
		heap[i] = i;
	double begin = bench_seconds_used(), end = begin;
	while (end - begin < SECONDS / 4) {
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
		end = bench_seconds_used();
	}
	free(heap);
	return (end - begin) / (double)turns * 1e9;
}

/* The plain router may need seconds for one decision: it gets a part of the time. */
static int bench_one(const struct bench_case *is, double heap, struct usher_error *reterr)
{
	struct bench_site site;
	struct bench_result core, plain;
	bench_site_init(&site, is, SEED);
	int code = bench_core(&site, SECONDS / 2, &core, reterr);
	bench_site_done(&site);
	if (code < 0)
		return code;
	bench_site_init(&site, is, SEED);
	bench_linear(&site, SECONDS / 4, &plain);
	bench_site_done(&site);
	printf("%6u %6u %8u  %-8s %6.2f M/s  %5.1f x %6.2f %7.2f %7.2f us %5.0f B  %9.0f/s %7.0f "
	       "x\n",
	       is->agents, is->skills, is->waiting, load_names[is->load], core.decisions / 1e6,
	       1e9 / core.decisions / heap, core.p50, core.p99, core.p999, core.bytes,
	       plain.decisions, core.decisions / plain.decisions);
	fflush(stdout);
	return 0;
}

static bool is_case(const struct bench_case *is, bool is_full)
{
	bool is_light = is->load == LOAD_LIGHT;
	if (is_light != (is->waiting == 0))
		return false;
	if (is_full)
		return true;
	return (is->agents == 10000 && is->skills == 100 && is->waiting <= 100000) ||
	       (is->agents == 10000 && is->skills == 500 && is->waiting == 1000000) ||
	       (is->agents == 1000 && is->skills == 10 && is->waiting <= 1000);
}

static int bench_routing(bool is_full)
{
	static const unsigned agents[] = {1000, 10000}, skills[] = {10, 100, 500};
	static const unsigned waiting[] = {0, 1000, 100000, 1000000};
	struct usher_error err = {0};
	double heap = heap_ns();
	printf("Routing: one thread, CPU time; a decision is one arrival or one release with its "
	       "match.\nFour priorities, three routing steps. Heap: one pop and push of %d entries "
	       "takes %.0f ns.\nRelease: wall clock, with what else the machine does. Bytes: "
	       "resident, "
	       "for each waiting\ncontact, with its record. Plain: the same site, looked through "
	       "from "
	       "the front.\n\nagents skills  waiting  load     decisions   heap    p50     p99   "
	       "p99.9     mem      plain   ratio\n",
	       HEAP_ENTRIES, heap);
	for (unsigned i = 0; i < 2 * 3 * 4 * BENCH_LOADS; i++) {
		struct bench_case is = {
			agents[i / (3 * 4 * BENCH_LOADS)], skills[i / (4 * BENCH_LOADS) % 3],
			waiting[i / BENCH_LOADS % 4], (enum bench_load)(i % BENCH_LOADS)};
		if (is_case(&is, is_full) && bench_one(&is, heap, &err) < 0)
			return cli_fail(EXIT_FAILED, NULL, "%s", err.text);
	}
	return EXIT_DONE;
}

/* ---- store: a message with its contact, journal and fact, in groups ------------------------- */

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
	double begin = bench_seconds_now(), last = begin;
	int n = 0, code = 0;
	while (code == 0 && last - begin < SECONDS && n < SAMPLES_MAX) {
		code = commit_once(b, group, reterr);
		double now = bench_seconds_now();
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
		return cli_fail(EXIT_USAGE_ERROR, "usher bench [routing [full]|store]",
				"there is no measurement \"%s\"", name);
	if (is_all || strcmp(name, "routing") == 0)
		code = bench_routing(o->arg_count > 2 && strcmp(o->args[2], "full") == 0);
	if (code == EXIT_DONE && (is_all || strcmp(name, "store") == 0))
		code = bench_store(o);
	return code;
}
