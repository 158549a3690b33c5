/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/storage/fixture.h"

#include "storage/blob.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of "abc": FIPS 180-4, appendix B.1. */
static const char ABC[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static void path_of(struct fixture *f, const char *hex, char *ret, size_t n)
{
	snprintf(ret, n, "%s/blobs/%.2s/%s", f->folder, hex, hex);
}

static void round_trip(void **state)
{
	struct fixture *f = *state;
	static const size_t sizes[] = {0, 1, 3, 4096, 1000000};
	char hex[BLOB_HEX_BYTES];
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct usher_buf got = {0};
		char *bytes = memory_new(sizes[i]);
		memset(bytes, (int)i, sizes[i]);
		struct usher_text t = text_slice(bytes, sizes[i]);
		assert_int_equal(blob_put(f->folder, t, hex, &f->error), 0);
		assert_int_equal(strlen(hex), 64);
		buf_adds(&got, "before");
		assert_int_equal(blob_get(f->folder, text_of(hex), sizes[i], &got, &f->error), 0);
		assert_true(text_equal(text_slice(got.p + 6, got.n - 6), t));
		assert_memory_equal(got.p, "before", 6);
		buf_done(&got);
		free(bytes);
	}
	assert_int_equal(blob_put(f->folder, TEXT("abc"), hex, &f->error), 0);
	assert_string_equal(hex, ABC);
}

static void stored_once(void **state)
{
	struct fixture *f = *state;
	char hex[BLOB_HEX_BYTES], path[256];
	struct stat first, second;
	assert_int_equal(blob_put(f->folder, TEXT("abc"), hex, &f->error), 0);
	path_of(f, hex, path, sizeof path);
	assert_int_equal(stat(path, &first), 0);
	assert_int_equal(first.st_mode & 0777, 0600);
	assert_int_equal(blob_put(f->folder, TEXT("abc"), hex, &f->error), 0);
	assert_int_equal(stat(path, &second), 0);
	assert_true(first.st_ino == second.st_ino);
	assert_int_equal(truncate(path, 1), 0); /* one that was cut is written anew */
	assert_int_equal(blob_put(f->folder, TEXT("abc"), hex, &f->error), 0);
	assert_int_equal(stat(path, &second), 0);
	assert_int_equal(second.st_size, 3);
}

static void names_are_checked(void **state)
{
	struct fixture *f = *state;
	struct usher_buf got = {0};
	char upper[] = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
	const struct usher_text bad[] = {
		TEXT(""),
		TEXT("ba"),
		TEXT("../../../../../../../../../../../../../../../etc/passwd0000000"),
		text_slice(ABC, 63),
		text_of(upper),
		{NULL, 0},
		TEXT("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0"),
		TEXT("ba7816bf8f01cfea414140de5dae2223/00361a396177a9cb410ff61f20015ad"),
		TEXT("ba7816bf8f01cfea414140de5dae2223\0"
		     "00361a396177a9cb410ff61f20015ad"),
		TEXT("../816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
	};
	char hex[BLOB_HEX_BYTES];
	assert_int_equal(blob_put(f->folder, TEXT("abc"), hex, &f->error), 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(blob_get(f->folder, bad[i], 100, &got, &f->error), E_INVALID);
	hex[63] ^= 1;
	assert_int_equal(blob_get(f->folder, text_of(hex), 100, &got, &f->error), E_NOT_FOUND);
	assert_int_equal(got.n, 0);
	buf_done(&got);
}

static void faults(void **state)
{
	struct fixture *f = *state;
	struct usher_buf got = {0};
	char hex[BLOB_HEX_BYTES], path[256];
	assert_int_equal(blob_put(f->folder, TEXT("abc"), hex, &f->error), 0);
	assert_int_equal(blob_get(f->folder, text_of(hex), 2, &got, &f->error), E_LIMIT);
	assert_non_null(strstr(f->error.text, "3 bytes, 2 are allowed"));
	path_of(f, hex, path, sizeof path);
	assert_int_equal(unlink(path), 0);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(fd, "abd", 3), 3); /* one bit turned */
	close(fd);
	assert_int_equal(blob_get(f->folder, text_of(hex), 3, &got, &f->error), E_IO);
	assert_non_null(strstr(f->error.text, "damaged"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(blob_get(f->folder, text_of(hex), 100000, &got, &f->error), E_IO);
	assert_int_equal(got.n, 0);
	assert_int_equal(blob_put("/nowhere", TEXT("abc"), hex, &f->error), E_IO);
	assert_non_null(strstr(f->error.text, "/nowhere"));
	buf_done(&got);
}

static int count_files(struct fixture *f, const char *prefix)
{
	char shard[128];
	int n = 0;
	snprintf(shard, sizeof shard, "%s/blobs/ba", f->folder);
	DIR *d = opendir(shard);
	assert_non_null(d);
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
		n += e->d_name[0] != '.' && text_starts(text_of(e->d_name), text_of(prefix));
	closedir(d);
	return n;
}

static void sweeps_what_a_crash_left(void **state)
{
	struct fixture *f = *state;
	char hex[BLOB_HEX_BYTES], path[256];
	blob_sweep(f->folder); /* nothing there yet */
	assert_int_equal(blob_put(f->folder, TEXT("abc"), hex, &f->error), 0);
	snprintf(path, sizeof path, "%s/blobs/ba/part-aBcDeF", f->folder);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(count_files(f, ""), 2);
	blob_sweep(f->folder);
	assert_int_equal(count_files(f, ""), 1);
	assert_int_equal(count_files(f, hex), 1);
}

static void *put_many(void *arg)
{
	struct fixture *f = arg;
	char hex[BLOB_HEX_BYTES];
	for (int i = 0; i < 20; i++) {
		struct usher_error e;
		char text[16];
		int n = snprintf(text, sizeof text, "%d", i); /* the same ones in each thread */
		if (blob_put(f->folder, text_slice(text, (size_t)n), hex, &e) != 0)
			return arg;
		struct usher_buf got = {0};
		int r = blob_get(f->folder, text_of(hex), 16, &got, &e);
		bool is_same = r == 0 && text_equal(buf_text(&got), text_of(text));
		buf_done(&got);
		if (!is_same)
			return arg;
	}
	return NULL;
}

static void many_threads(void **state)
{
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, put_many, *state), 0);
	for (int i = 0; i < 4; i++) {
		void *failure;
		pthread_join(threads[i], &failure);
		assert_null(failure);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(round_trip),
		TEST(stored_once),
		TEST(names_are_checked),
		TEST(faults),
		TEST(sweeps_what_a_crash_left),
		TEST(many_threads),
	};
	return cmocka_run_group_tests_name("blob", tests, NULL, NULL);
}
