/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/storage/fixture.h"

#include "routing/base/hash.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void fixture_open(struct fixture *f)
{
	int r = text_equal(text_of(f->driver), TEXT("sqlite"))
			? store_open_sqlite(&f->store, f->path, &f->error)
			: store_open_memory(&f->store, &f->error);
	if (r < 0)
		fail_msg("%s", f->error.text);
}

int fixture_setup(void **state)
{
	struct fixture *f = NEW(struct fixture);
	f->driver = *state;
	snprintf(f->folder, sizeof f->folder, "test-storage-XXXXXX");
	if (mkdtemp(f->folder) == NULL)
		return -1;
	snprintf(f->path, sizeof f->path, "%s/usher.db", f->folder);
	f->batch = store_batch_new();
	*state = f;
	if (f->driver != NULL)
		fixture_open(f);
	return 0;
}

void folder_remove(const char *folder)
{
	DIR *d = opendir(folder);
	if (d == NULL)
		return;
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
		char path[512];
		struct stat st;
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			folder_remove(path);
		else
			(void)unlink(path);
	}
	closedir(d);
	(void)rmdir(folder);
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	store_close(f->store);
	store_batch_free(f->batch);
	arena_done(&f->arena);
	folder_remove(f->folder);
	free(f);
	return 0;
}

int fixture_run(const char *group, const struct CMUnitTest *tests, int count)
{
	static char drivers[][8] = {"sqlite", "memory"};
	static char names[64][64];
	struct CMUnitTest all[64];
	if (count > 32)
		return 1;
	for (int i = 0; i < 2 * count; i++) {
		char *driver = drivers[i / count];
		snprintf(names[i], sizeof names[i], "%s: %s", driver, tests[i % count].name);
		all[i] = (struct CMUnitTest){names[i], tests[i % count].test_func, fixture_setup,
					     fixture_teardown, driver};
	}
	return _cmocka_run_group_tests(group, all, (size_t)count * 2, NULL, NULL);
}

void fixture_commit(struct fixture *f)
{
	int r = store_commit(f->store, f->batch, &f->error);
	if (r < 0)
		fail_msg("%s", f->error.text);
	store_batch_clear(f->batch);
}

static int64_t some_integer(uint64_t random)
{
	switch (random % 8) {
	case 0:
		return 0;
	case 1:
		return INT64_MAX;
	case 2:
		return INT64_MIN;
	case 3:
		return -1;
	case 4:
		return (int64_t)(random >> 1);
	default:
		return (int64_t)(random >> 8) % 5; /* equal ones, so that an index has ties */
	}
}

static struct usher_text some_text(uint64_t random, enum store_type type, struct arena *arena)
{
	static const size_t sizes[] = {0, 0, 1, 20, 300, 5000, 70000};
	size_t n = sizes[random % 7] + (random % 7 > 2 ? random % 17 : 0);
	char *p = arena_new(arena, n + 1);
	for (size_t i = 0; i < n; i++)
		p[i] = type == STORE_BYTES ? (char)(random + i) : (char)('a' + (random + i) % 26);
	if (type == STORE_TEXT && n > 6)
		memcpy(p + 1, "\xC3\xA4\xE2\x82\xAC", 5); /* two and three bytes of UTF-8 */
	return text_slice(p, n);
}

static bool is_key(const struct store_table *t, int column)
{
	return column == t->key[0] || column == t->key[1] || column == t->key[2];
}

void row_fill(const struct store_table *t, int n, int version, struct arena *arena, void *ret)
{
	memset(ret, 0, t->row_bytes);
	for (int i = 0; i < t->column_count; i++) {
		uint64_t seed = hash_fold(hash_fold((uint64_t)n, (uint64_t)i),
					  (uint64_t)version ^ (uint64_t)t->name[0]);
		enum store_type type = t->columns[i].type;
		if (is_key(t, i) && type == STORE_INTEGER)
			/* The last column of the key tells the rows apart, those before repeat. */
			row_set_integer(t, ret, i, i == row_key_count(t) - 1 ? n : n % 7);
		else if (is_key(t, i))
			row_set_text(t, ret, i, arena_textf(arena, "%c%d", 'a' + n % 5, n));
		else if (type == STORE_INTEGER)
			row_set_integer(t, ret, i, some_integer(seed));
		else
			row_set_text(t, ret, i, some_text(seed, type, arena));
	}
}

bool row_is_equal(const struct store_table *t, const void *a, const void *b)
{
	for (int i = 0; i < t->column_count; i++)
		if (row_compare(t, a, b, i) != 0)
			return false;
	return true;
}
