/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_store [SECONDS]: what the store commits, beside what the disk and SQLite can do here.
 *
 * One event writes a journal row, a message of 600 bytes, its contact (three indexes) and a fact
 * (one index). The limits, measured in the same run and folder: append 4 KiB + fdatasync; SQLite
 * in WAL FULL with one bare 600-byte row per event. Run it in a folder on the disk in question.
 */
#include "storage/record.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define CONTACTS 2000 /* open at a time; messages are spread over them */

static double seconds_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void check(bool is_good, const char *what)
{
	if (is_good)
		return;
	fprintf(stderr, "bench_store: %s failed\n", what);
	exit(1);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

#define SAMPLES_MAX 200000
static double samples[SAMPLES_MAX]; /* seconds of each commit */

struct figure {
	double per_second; /* events */
	double p50_ms, p99_ms;
};

/* Calls once() until the time is over; each call stands for `group` events. */
static struct figure measure(double seconds, int group, void (*once)(void *arg, int group),
			     void *arg)
{
	int n = 0;
	double begin = seconds_now(), last = begin;
	while (last - begin < seconds && n < SAMPLES_MAX) {
		once(arg, group);
		double now = seconds_now();
		samples[n++] = now - last;
		last = now;
	}
	qsort(samples, (size_t)n, sizeof samples[0], by_value);
	return (struct figure){n * group / (last - begin), samples[n / 2] * 1000,
			       samples[(int)(n * 0.99)] * 1000};
}

static char body[600];

static void sync_once(void *arg, int group)
{
	static char block[4096];
	(void)group;
	check(write(*(int *)arg, block, sizeof block) == sizeof block, "write");
	check(fdatasync(*(int *)arg) == 0, "fdatasync");
}

struct bare {
	sqlite3 *db;
	sqlite3_stmt *begin, *add, *commit;
};

static void step(sqlite3_stmt *st)
{
	check(sqlite3_step(st) == SQLITE_DONE, "SQLite");
	sqlite3_reset(st);
}

static void bare_once(void *arg, int group)
{
	struct bare *b = arg;
	step(b->begin);
	for (int i = 0; i < group; i++) {
		sqlite3_bind_blob(b->add, 1, body, sizeof body, SQLITE_STATIC);
		step(b->add);
	}
	step(b->commit);
}

static void bare_open(struct bare *b, const char *path)
{
	check(sqlite3_open(path, &b->db) == SQLITE_OK, "open");
	check(sqlite3_exec(b->db,
			   "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
			   "PRAGMA wal_autocheckpoint=4000;"
			   "CREATE TABLE contact (id INTEGER PRIMARY KEY, body BLOB)",
			   NULL, NULL, NULL) == SQLITE_OK,
	      "CREATE");
	sqlite3_prepare_v2(b->db, "BEGIN IMMEDIATE", -1, &b->begin, NULL);
	sqlite3_prepare_v2(b->db, "INSERT INTO contact(body) VALUES(?)", -1, &b->add, NULL);
	sqlite3_prepare_v2(b->db, "COMMIT", -1, &b->commit, NULL);
}

static void bare_close(struct bare *b)
{
	sqlite3_finalize(b->begin);
	sqlite3_finalize(b->add);
	sqlite3_finalize(b->commit);
	sqlite3_close(b->db);
}

struct load {
	struct store *store;
	struct store_batch *batch;
	int64_t events;
	usher_id last_id;
	usher_id contacts[CONTACTS];
	int64_t seqs[CONTACTS];
	uint64_t random;
};

static void add_event(struct load *l)
{
	size_t which = random_below(&l->random, CONTACTS);
	usher_us now = 1800000000 * USHER_SECOND + l->events * 1000;
	if (l->contacts[which] == 0 || l->seqs[which] == 10) { /* ten messages a contact */
		l->contacts[which] = id_next(&l->last_id, now);
		l->seqs[which] = 0;
	}
	usher_id contact = l->contacts[which];
	int64_t seq = ++l->seqs[which];
	l->events++;
	store_add(l->batch, &JOURNAL, &(struct journal_row){l->events, now, text_slice(body, 120)});
	store_add(l->batch, &MESSAGE,
		  &(struct message_row){.contact = contact,
					.seq = seq,
					.at_us = now,
					.id = id_next(&l->last_id, now),
					.kind = 1,
					.author = 1,
					.channel = 2,
					.remote_hash = (int64_t)random_next(&l->random),
					.remote_id = text_slice(body, 36),
					.body = text_slice(body, sizeof body),
					.fields = TEXT("{}")});
	store_put(l->batch, &CONTACT,
		  &(struct contact_row){.id = contact,
					.number = (int64_t)(contact >> 20),
					.customer = hash_mix(contact) % 200000 + 1,
					.queue = 7,
					.channel = 2,
					.state = seq == 10 ? 6 : 1 + seq % 3,
					.seq = seq,
					.created_us = now,
					.changed_us = now,
					.subject = text_slice(body, 40),
					.address = text_slice(body, 30),
					.channel_id = TEXT("web"),
					.fields = TEXT("{}")});
	store_add(l->batch, &FACT,
		  &(struct fact_row){.id = id_next(&l->last_id, now),
				     .kind = 3,
				     .at_us = now,
				     .contact = contact,
				     .queue = 7,
				     .journal_seq = l->events});
}

static void store_once(void *arg, int group)
{
	struct load *l = arg;
	struct usher_error e;
	store_batch_clear(l->batch);
	for (int i = 0; i < group; i++)
		add_event(l);
	if (store_commit(l->store, l->batch, &e) < 0)
		check(false, e.text);
}

static void print(const char *what, int group, int rows, struct figure f, double limit)
{
	printf("%-24s group %3d: %8.0f events/s %8.0f rows/s  p50 %6.2f ms  p99 %6.2f ms", what,
	       group, f.per_second, f.per_second * rows, f.p50_ms, f.p99_ms);
	if (limit > 0)
		printf("  %.2f x bare rows, %.2f x bare events", f.per_second * rows / limit,
		       f.per_second / limit);
	printf("\n");
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 2;
	char folder[] = "bench-store-XXXXXX";
	struct usher_error e;
	struct load l = {.batch = store_batch_new(), .random = 7};
	struct bare bare;
	memset(body, 'x', sizeof body);
	check(mkdtemp(folder) != NULL && chdir(folder) == 0, "mkdtemp");
	int fd = open("sync", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	print("append 4 KiB + fdatasync", 1, 1, measure(seconds, 1, sync_once, &fd), 0);
	close(fd);
	bare_open(&bare, "bare.db");
	if (store_open_sqlite(&l.store, "usher.db", &e) < 0)
		check(false, e.text);
	for (int group = 1; group <= 100; group *= 10) {
		struct figure limit = measure(seconds, group, bare_once, &bare);
		print("bare SQLite row", group, 1, limit, 0);
		print("store", group, 4, measure(seconds, group, store_once, &l), limit.per_second);
	}
	bare_close(&bare);
	store_close(l.store);
	store_batch_free(l.batch);
	const char *const files[] = {"sync", "bare.db", "usher.db"};
	for (int i = 0; i < 3; i++)
		check(unlink(files[i]) == 0, "unlink");
	check(chdir("..") == 0 && rmdir(folder) == 0, "rmdir");
	return 0;
}
