/* SPDX-License-Identifier: Apache-2.0 */
/* Changing the site's set-up: what is not changed stays as it was, in memory and in the store. */
#include "tests/gateway/world.h"

static int put_user(struct turn *t, struct job *job)
{
	struct user_row row = *directory_user(t->g->directory, job->w->agent);
	row.password = TEXT("$argon2id$not-a-real-hash-but-long-enough-for-the-heap");
	row.phone = TEXT("+358401234567");
	return directory_put_user(t, &row);
}

/* As the API does it: the texts of the copy are those of the row that is replaced. */
static int rename_user(struct turn *t, struct job *job)
{
	struct user_row row = *directory_user(t->g->directory, job->w->agent);
	row.name = TEXT("Anna Berg");
	return directory_put_user(t, &row);
}

static void test_unchanged_texts_stay(void **state)
{
	struct world *w = *state;
	struct job job = {0};
	struct arena arena = {0};
	struct user_row key = {.id = w->agent}, row;
	assert_int_equal(do_turn(w, put_user, &job), 0);
	assert_int_equal(do_turn(w, rename_user, &job), 0);
	assert_int_equal(store_get(w->g.store, &USER, &key, &arena, &row), 0);
	assert_true(text_equal(row.name, TEXT("Anna Berg")));
	assert_true(text_equal(row.login, TEXT("anna")));
	assert_true(text_equal(row.phone, TEXT("+358401234567")));
	assert_true(text_equal(row.password,
			       TEXT("$argon2id$not-a-real-hash-but-long-enough-for-the-heap")));
	assert_true(directory_is_member(directory_user(w->g.directory, w->agent), w->queue));
	arena_done(&arena);
}

static int save_state(struct turn *t, struct job *job)
{
	struct channel_row row = *directory_channel(t->g->directory, TEXT("web"));
	row.state = TEXT("{\"uid\":7}");
	(void)job;
	directory_put_channel(t, &row);
	return 0;
}

static void test_adapter_state_keeps_the_channel(void **state)
{
	struct world *w = *state;
	struct job job = {0};
	struct arena arena = {0};
	struct channel_row key = {.id = TEXT("web")}, row;
	assert_int_equal(do_turn(w, save_state, &job), 0);
	assert_int_equal(store_get(w->g.store, &CHANNEL, &key, &arena, &row), 0);
	assert_true(text_equal(row.driver, TEXT("chat")));
	assert_true(text_equal(row.settings, TEXT("{}")));
	assert_true(text_equal(row.state, TEXT("{\"uid\":7}")));
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_unchanged_texts_stay),
		WITH_WORLD(test_adapter_state_keeps_the_channel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
