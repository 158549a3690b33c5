/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was acknowledged is there after kill -9, whole and once.
 *
 * The program runs itself as `test_crash write PATH COMMITS`, which commits numbered rows, prints
 * each number once it is acknowledged, and is killed at a random moment; `test_crash verify PATH
 * LAST` checks what is left. inject.sh uses both under strace.
 */
#include "tests/storage/fixture.h"
#include "tests/storage/numbered.h"

#include "routing/base/hash.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- the one that is killed ----------------------------------------------------------------- */

static int write_rows(const char *path, int commits)
{
	struct usher_error e;
	struct store *s;
	struct store_batch *b = store_batch_new();
	int r = store_open_sqlite(&s, path, &e);
	if (r < 0) {
		printf("refused %s: %s\n", usher_code_name(r), e.text);
		return 1;
	}
	int64_t seq = numbered_last(s);
	uint64_t random = (uint64_t)seq + 1;
	for (int i = 0; i < commits && seq >= 0; i++) {
		int rows = 1 + (int)random_below(&random, NUMBERED_ROWS_MAX);
		numbered_fill(b, seq + 1, rows);
		r = store_commit(s, b, &e);
		if (r == 0)
			printf("ack %lld\n", (long long)(seq += rows));
		else
			printf("%s: %s\n", usher_code_name(r), e.text);
		fflush(stdout);
		if (r == E_UNKNOWN_OUTCOME)
			_exit(70); /* nothing is folded or closed: as the gateway does it */
		if (i % 8 == 0)
			store_checkpoint(s);
	}
	store_batch_free(b);
	store_close(s);
	return seq < 0;
}

/* ---- what is left --------------------------------------------------------------------------- */

static int verify_path(const char *path, int64_t acknowledged)
{
	struct usher_error e;
	struct store *s;
	int64_t last;
	if (store_open_sqlite(&s, path, &e) < 0) {
		printf("refused: %s\n", e.text);
		return 1;
	}
	const char *fault = numbered_verify(s, acknowledged, &last);
	store_close(s);
	printf("%s, %lld rows, %lld acknowledged\n", fault != NULL ? fault : "sound",
	       (long long)last, (long long)acknowledged);
	return fault != NULL;
}

/* ---- killing it ----------------------------------------------------------------------------- */

static pid_t start_writer(const char *path, int *ret_fd)
{
	int ends[2];
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execl("/proc/self/exe", "test_crash", "write", path, "1000000", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	*ret_fd = ends[0];
	return pid;
}

static void wait_for_ack(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 20000), 1);
}

/* The last number of the lines "ack N"; every line must be one, but for a cut one at the end. */
static int64_t read_acks(int fd)
{
	int64_t last = 0;
	char line[256];
	FILE *in = fdopen(fd, "r");
	assert_non_null(in);
	while (fgets(line, sizeof line, in) != NULL && strchr(line, '\n') != NULL) {
		if (strncmp(line, "ack ", 4) != 0)
			fail_msg("the writer said: %s", line);
		last = strtoll(line + 4, NULL, 10);
	}
	fclose(in);
	return last;
}

static void survives_kill(void **state)
{
	struct fixture *f = *state;
	int rounds = getenv("USHER_SANITIZED") != NULL ? 30 : 200;
	uint64_t random = (uint64_t)time(NULL);
	print_message("# seed %llu\n", (unsigned long long)random);
	int64_t acknowledged = 0, last = 0;
	int rounds_with_acks = 0;
	f->store = store_close(f->store);
	for (int round = 0; round < rounds; round++) {
		int fd, status;
		pid_t pid = start_writer(f->path, &fd);
		if (round % 2 == 0) /* each second one is killed while it opens the store */
			wait_for_ack(fd);
		usleep((useconds_t)random_below(&random, 40000));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		int64_t acks = read_acks(fd);
		rounds_with_acks += acks > 0;
		acknowledged = acks > 0 ? acks : acknowledged;
		if (round % 3 == 2) /* else it is the next writer that recovers */
			continue;
		fixture_open(f);
		const char *fault = numbered_verify(f->store, acknowledged, &last);
		f->store = store_close(f->store);
		if (fault != NULL)
			fail_msg("round %d: %s (%lld acknowledged, %lld found)", round, fault,
				 (long long)acknowledged, (long long)last);
		acknowledged = last;
		if (last > 20000) { /* begin anew: verifying takes longer with each row */
			folder_remove(f->folder);
			acknowledged = 0;
			assert_int_equal(mkdir(f->folder, 0700), 0);
		}
	}
	assert_true(rounds_with_acks >= rounds / 2);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "write") == 0)
		return write_rows(argv[2], atoi(argv[3]));
	if (argc == 4 && strcmp(argv[1], "verify") == 0)
		return verify_path(argv[2], atoll(argv[3]));
	static char driver[] = "sqlite";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate_setup_teardown(survives_kill, fixture_setup,
							 fixture_teardown, driver),
	};
	return cmocka_run_group_tests_name("crash", tests, NULL, NULL);
}
