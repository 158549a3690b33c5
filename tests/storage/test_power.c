/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was acknowledged is there after a power loss: the store works on a disk that writes
 * everything down, and is opened again on hundreds of images of what might be left.
 */
#include "tests/storage/disk.h"
#include "tests/storage/fixture.h"
#include "tests/storage/numbered.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

/* Two lives of one store, with checkpoints between the commits. */
static void live(struct fixture *f, bool is_lying)
{
	int64_t seq = 0;
	uint64_t random = 5;
	disk_start();
	disk_ignore_syncs(is_lying);
	for (int life = 0; life < 2; life++) {
		fixture_open(f);
		disk_note_folder_sync();
		for (int i = 0; i < 40; i++) {
			int rows = 1 + (int)random_below(&random, NUMBERED_ROWS_MAX);
			numbered_fill(f->batch, seq + 1, rows);
			fixture_commit(f);
			disk_note_ack(seq += rows);
			if (i % 7 == 3)
				store_checkpoint(f->store);
		}
		f->store = store_close(f->store);
	}
	disk_stop();
}

/* NULL, or what is wrong with what a power loss behind the first events left. */
static const char *look(struct fixture *f, int events, uint64_t seed, const char *folder)
{
	char path[128];
	struct store *s;
	int64_t last;
	folder_remove(folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	int64_t acknowledged = disk_image(events, seed, folder);
	snprintf(path, sizeof path, "%s/usher.db", folder);
	if (store_open_sqlite(&s, path, &f->error) < 0)
		return f->error.text;
	const char *fault = numbered_verify(s, acknowledged, &last);
	store_close(s);
	return fault;
}

static void survives_power_loss(void **state)
{
	struct fixture *f = *state;
	char folder[96];
	int images = getenv("USHER_SANITIZED") != NULL ? 60 : 400;
	uint64_t seed = (uint64_t)time(NULL);
	print_message("# seed %llu\n", (unsigned long long)seed);
	snprintf(folder, sizeof folder, "%s/image", f->folder);
	f->store = store_close(f->store);
	folder_remove(f->folder);
	assert_int_equal(mkdir(f->folder, 0700), 0);
	live(f, false);
	for (int i = 0; i < images; i++) {
		uint64_t random = seed + (uint64_t)i;
		/* Each third one falls into the making of the database. */
		int range = i % 3 == 0 ? 150 : disk_events() + 1;
		int events = (int)random_below(&random, (uint64_t)range);
		const char *fault = look(f, events, random, folder);
		if (fault != NULL)
			fail_msg("image %d, behind event %d: %s", i, events, fault);
	}
}

/* The same test on a disk that does not sync what it is told to: it has to show. */
static void a_lying_disk_is_found_out(void **state)
{
	struct fixture *f = *state;
	char folder[96];
	snprintf(folder, sizeof folder, "%s/image", f->folder);
	f->store = store_close(f->store);
	folder_remove(f->folder);
	assert_int_equal(mkdir(f->folder, 0700), 0);
	live(f, true);
	int faults = 0;
	for (uint64_t i = 0; i < 40; i++)
		faults += look(f, disk_events() / 2, i, folder) != NULL;
	assert_true(faults > 10);
}

int main(void)
{
	static char driver[] = "sqlite";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate_setup_teardown(survives_power_loss, fixture_setup,
							 fixture_teardown, driver),
		cmocka_unit_test_prestate_setup_teardown(a_lying_disk_is_found_out, fixture_setup,
							 fixture_teardown, driver),
	};
	return cmocka_run_group_tests_name("power", tests, NULL, NULL);
}
