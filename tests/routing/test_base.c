/* SPDX-License-Identifier: Apache-2.0 */
/* Text, buffers, errors, hashing, memory, lists, tables. */
#include "tests/tap.h"

#include "routing/base/hash.h"
#include "routing/base/list.h"
#include "routing/base/memory.h"
#include "routing/base/table.h"

static bool is(struct usher_text t, const char *expected)
{
	return text_equal(t, text_of(expected));
}

static void text_questions(void **state)
{
	(void)state;
	assert_true(text_equal(TEXT_NONE, TEXT("")));
	assert_true(text_equal(text_of(NULL), TEXT_NONE));
	assert_false(text_equal(TEXT("a"), TEXT("ab")));
	assert_true(text_equal_nocase(TEXT("AbZ[9"), TEXT("aBz[9")));
	assert_false(text_equal_nocase(TEXT("["), TEXT("{"))); /* only letters have a case */
	assert_false(text_equal_nocase(TEXT("\xc4"), TEXT("\xe4")));
	assert_true(text_starts(TEXT("abc"), TEXT("ab")) && text_starts(TEXT("abc"), TEXT_NONE));
	assert_false(text_starts(TEXT("a"), TEXT("ab")));
	assert_true(is(text_trim(TEXT(" \t\r\nx y \n")), "x y"));
	assert_true(is(text_trim(TEXT("  ")), ""));
	assert_true(is(text_trim(TEXT_NONE), ""));
}

static void text_is_cut(void **state)
{
	(void)state;
	struct usher_text rest = TEXT("a,,b");
	assert_true(is(text_cut(&rest, ','), "a"));
	assert_true(is(text_cut(&rest, ','), ""));
	assert_true(is(text_cut(&rest, ','), "b"));
	assert_null(rest.p);
	assert_true(is(text_cut(&rest, ','), ""));
	rest = TEXT("a,");
	assert_true(is(text_cut(&rest, ','), "a"));
	assert_int_equal(rest.n, 0);
}

static void numbers_are_strict(void **state)
{
	(void)state;
	const char *bad[] = {"",
			     "-1",
			     "+1",
			     " 1",
			     "1 ",
			     "0x1",
			     "1e3",
			     "18446744073709551616",
			     "99999999999999999999",
			     "000000000000000000001"};
	uint64_t value = 7;
	assert_int_equal(text_to_u64(TEXT("18446744073709551615"), &value), 0);
	assert_true(value == UINT64_MAX);
	assert_int_equal(text_to_u64(TEXT("007"), &value), 0);
	assert_int_equal(value, 7);
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(text_to_u64(text_of(bad[i]), &value), E_INVALID);
	assert_int_equal(value, 7);
}

static void utf8_is_strict(void **state)
{
	(void)state;
	const char *good[] = {"",
			      "a",
			      "\xc2\x80",
			      "\xdf\xbf",
			      "\xe0\xa0\x80",
			      "\xed\x9f\xbf",
			      "\xee\x80\x80",
			      "\xef\xbf\xbf",
			      "\xf0\x90\x80\x80",
			      "\xf4\x8f\xbf\xbf",
			      "h\xc3\xa4n\xe2\x82\xac"};
	const char *bad[] = {"\x80",
			     "\xc0\x80",
			     "\xc1\xbf",
			     "\xc2",
			     "\xc2 ",
			     "\xe0\x9f\xbf",
			     "\xed\xa0\x80",
			     "\xe2\x82",
			     "\xf0\x8f\xbf\xbf",
			     "\xf4\x90\x80\x80",
			     "\xf5\x80\x80\x80",
			     "\xff",
			     "a\xe2\x82"
			     "b"};
	for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(text_is_utf8(text_of(good[i])));
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_is_utf8(text_of(bad[i])));
	assert_false(text_is_utf8(text_slice("a\0b", 3)));
	struct usher_text t = TEXT("a\xe2\x82\xac"
				   "b");
	size_t fits[] = {0, 1, 1, 1, 4, 5, 5};
	for (size_t max = 0; max < 7; max++)
		assert_int_equal(text_fit(t, max), fits[max]);
}

static void buffers_grow(void **state)
{
	(void)state;
	struct usher_buf b = {0};
	buf_drop_front(&b, 0);
	buf_adds(&b, "ab");
	buf_addc(&b, 'c');
	buf_add_text(&b, TEXT_NONE);
	buf_addf(&b, "%d-%s", 7, "x");
	assert_string_equal(b.p, "abc7-x");
	buf_drop_front(&b, 3);
	assert_string_equal(b.p, "7-x");
	char big[1000];
	memset(big, 'y', sizeof big);
	buf_addf(&b, "%.*s", (int)sizeof big, big); /* longer than any reserve */
	assert_int_equal(b.n, 1003);
	assert_int_equal(strlen(b.p), 1003);
	buf_clear(&b);
	assert_string_equal(b.p, "");
	char *taken = buf_take(&b);
	assert_string_equal(taken, "");
	free(taken);
	taken = buf_take(&b); /* of nothing: still a string */
	assert_string_equal(taken, "");
	free(taken);
	buf_done(&b);
	buf_adds(&b, "again");
	buf_done(&b);
}

static void errors_are_cut_at_characters(void **state)
{
	(void)state;
	struct usher_error err = {0};
	char text[400] = "";
	assert_int_equal(usher_error_set(NULL, E_IO, "x"), E_IO);
	for (unsigned shift = 0; shift < 4; shift++) {
		memset(text, 'a', shift);
		for (unsigned i = 0; i < 100; i++)
			memcpy(text + shift + 3 * i, "\xe2\x82\xac", 4);
		assert_int_equal(usher_error_set(&err, E_LIMIT, "%s", text), E_LIMIT);
		assert_int_equal(err.code, E_LIMIT);
		assert_true(text_is_utf8(text_of(err.text)) && strlen(err.text) > 240);
	}
	for (int code = E_MEMORY; code <= USHER_OK; code++)
		assert_string_not_equal(usher_code_name(code), "unknown");
	assert_string_equal(usher_code_name(E_STALE), "stale");
	assert_string_equal(usher_code_name(1), "unknown");
	assert_string_equal(usher_code_name(-99), "unknown");
}

/* The vectors of the reference implementation: key 00 … 0f, input 00 01 02 … */
static void siphash_vectors(void **state)
{
	(void)state;
	static const struct {
		size_t n;
		uint64_t hash;
	} vectors[] = {{0, 0x726fdb47dd0e0e31}, {1, 0x74f839c593dc67fd}, {2, 0x0d6c8009d9a94f5a},
		       {3, 0x85676696d7fb7e2d}, {7, 0xab0200f58b01d137}, {8, 0x93f5f5799a932462},
		       {15, 0xa129ca6149be45e5}};
	const struct hash_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
	unsigned char input[16];
	for (unsigned i = 0; i < sizeof input; i++)
		input[i] = (unsigned char)i;
	for (unsigned i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
		assert_true(hash_keyed(&key, input, vectors[i].n) == vectors[i].hash);
}

static void random_numbers(void **state)
{
	(void)state;
	uint64_t random = 1234567, counts[7] = {0};
	/* splitmix64 with this seed, from its authors' reference code. */
	assert_true(random_next(&random) == 6457827717110365317u);
	assert_true(random_next(&random) == 3203168211198807973u);
	for (unsigned i = 0; i < 70000; i++) {
		uint64_t x = random_below(&random, 7);
		assert_true(x < 7);
		counts[x]++;
	}
	for (unsigned i = 0; i < 7; i++)
		assert_true(counts[i] > 9500 && counts[i] < 10500);
	assert_true(hash_fold(hash_fold(0, 1), 2) != hash_fold(hash_fold(0, 2), 1));
}

static void arena_dies_at_once(void **state)
{
	(void)state;
	struct arena a = {0};
	char *previous = NULL;
	for (unsigned round = 0; round < 3; round++) {
		for (size_t n = 0; n < 300; n++) {
			unsigned char *p = arena_new(&a, n);
			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0xff, n);
		}
		unsigned char *big = arena_new(&a, 100000);
		memset(big, 0xff, 100000);
		assert_string_equal(arena_string(&a, TEXT("abc")), "abc");
		assert_true(is(arena_textf(&a, "%d %s", 5, "x"), "5 x"));
		assert_int_equal(arena_text(&a, TEXT_NONE).n, 0);
		assert_true(a.used > 100000);
		arena_clear(&a);
		assert_int_equal(a.used, 0);
		char *first = arena_new(&a, 1);
		assert_true(round < 2 || first == previous); /* the block was kept */
		previous = first;
		arena_clear(&a);
	}
	arena_done(&a);
	char *copy = memory_copy(TEXT("xy"));
	assert_string_equal(copy, "xy");
	free(copy);
}

struct item {
	int value;
	struct list link;
};

static void lists_keep_order(void **state)
{
	(void)state;
	struct list head;
	struct item items[5];
	list_init(&head);
	assert_true(list_is_empty(&head));
	for (int i = 0; i < 5; i++) {
		items[i].value = i;
		list_add_last(&head, &items[i].link);
	}
	int sum = 0, previous = -1;
	LIST_EACH(cursor, &head)
	{
		struct item *it = LIST_ITEM(cursor, struct item, link);
		assert_true(it->value > previous);
		previous = it->value;
		sum += it->value;
		if (it->value % 2 == 0)
			list_remove(&it->link);
	}
	assert_int_equal(sum, 10);
	list_remove(&items[0].link); /* twice is harmless */
	sum = 0;
	LIST_EACH(cursor, &head)
	sum += LIST_ITEM(cursor, struct item, link)->value;
	assert_int_equal(sum, 4);
}

/* Against an array that is searched from end to end. */
static void table_against_a_naive_model(void **state)
{
	(void)state;
	struct table t = {0};
	uint64_t keys[256] = {0}, values[256], random = 9, value;
	assert_false(table_get(&t, 5, &value));
	assert_false(table_remove(&t, 5));
	for (unsigned step = 0; step < 200000; step++) {
		unsigned i = (unsigned)random_below(&random, 256);
		/* Few different ones and some far apart: collisions and gaps of all kinds. */
		uint64_t key = 1 + i * (i % 3 == 0 ? 0x9e3779b97f4a7c15u : 1);
		switch (random_below(&random, 3)) {
		case 0:
			values[i] = random_next(&random);
			keys[i] = key;
			table_set(&t, key, values[i]);
			break;
		case 1:
			assert_int_equal(table_remove(&t, key), keys[i] != 0);
			keys[i] = 0;
			break;
		default:
			assert_int_equal(table_get(&t, key, &value), keys[i] != 0);
			assert_true(keys[i] == 0 || value == values[i]);
		}
	}
	size_t count = 0, seen = 0;
	for (unsigned i = 0; i < 256; i++)
		count += keys[i] != 0;
	TABLE_EACH(slot, &t)
	seen++;
	assert_true(t.count == count && seen == count);
	assert_false(table_get(&t, 0, &value));
	table_done(&t);
	table_reserve(&t, 1000);
	size_t size = t.size;
	for (uint64_t key = 1; key <= 1000; key++)
		table_set_pointer(&t, key, &keys[key % 256]);
	assert_int_equal(t.size, size);
	assert_ptr_equal(table_get_pointer(&t, 300), &keys[44]);
	assert_null(table_get_pointer(&t, 1001));
	table_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_questions),
		cmocka_unit_test(text_is_cut),
		cmocka_unit_test(numbers_are_strict),
		cmocka_unit_test(utf8_is_strict),
		cmocka_unit_test(buffers_grow),
		cmocka_unit_test(errors_are_cut_at_characters),
		cmocka_unit_test(siphash_vectors),
		cmocka_unit_test(random_numbers),
		cmocka_unit_test(arena_dies_at_once),
		cmocka_unit_test(lists_keep_order),
		cmocka_unit_test(table_against_a_naive_model),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
