/* SPDX-License-Identifier: Apache-2.0 */
/* The ordered set of the core against a sorted array. */
#include "tests/tap.h"

#include "routing/base/hash.h"
#include "routing/core/tree.h"

#define NODES 200

struct model {
	struct tree_node nodes[NODES + 1];
	struct tree t;
	uint32_t sorted[NODES]; /* slots, by key */
	uint32_t count;
};

static uint32_t model_rank(const struct model *m, const struct order_key *k)
{
	uint32_t i = 0;
	while (i < m->count && order_before(&m->nodes[m->sorted[i]].key, k))
		i++;
	return i;
}

static void compare(const struct model *m, const struct order_key *k)
{
	uint32_t i = 0, rank = model_rank(m, k);
	for (uint32_t at = m->t.first; at != 0; at = tree_next(m->nodes, at))
		assert_int_equal(at, m->sorted[i++]);
	assert_int_equal(i, m->count);
	assert_int_equal(tree_count(&m->t, m->nodes), m->count);
	assert_int_equal(tree_rank(&m->t, m->nodes, k), rank);
	assert_int_equal(tree_nth(&m->t, m->nodes, rank), rank < m->count ? m->sorted[rank] : 0);
}

static void tree_against_a_sorted_array(void **state)
{
	(void)state;
	static struct model m;
	uint64_t random = 6;
	for (unsigned step = 0; step < 50000; step++) {
		uint32_t i = 1 + (uint32_t)random_below(&random, NODES);
		struct order_key k = {random_below(&random, 3), (usher_us)random_below(&random, 20),
				      i};
		if (m.nodes[i].size == 0) {
			uint32_t at = model_rank(&m, &k);
			memmove(m.sorted + at + 1, m.sorted + at,
				(m.count++ - at) * sizeof m.sorted[0]);
			m.sorted[at] = i;
			m.nodes[i].key = k;
			tree_add(&m.t, m.nodes, i);
		} else {
			uint32_t at = model_rank(&m, &m.nodes[i].key);
			assert_int_equal(m.sorted[at], i);
			tree_remove(&m.t, m.nodes, i);
			memmove(m.sorted + at, m.sorted + at + 1,
				(--m.count - at) * sizeof m.sorted[0]);
		}
		if (step % 16 == 0)
			compare(&m, &k);
	}
}

static uint32_t depth(const struct tree_node *nodes, uint32_t i)
{
	if (i == 0)
		return 0;
	uint32_t left = depth(nodes, nodes[i].left), right = depth(nodes, nodes[i].right);
	return 1 + (left > right ? left : right);
}

/* Keys in ascending order, the worst for a plain tree and the usual case here. */
static void tree_stays_shallow(void **state)
{
	(void)state;
	static struct tree_node nodes[100001];
	struct tree t = {0};
	for (uint32_t i = 1; i <= 100000; i++) {
		nodes[i].key = (struct order_key){0, 0, i, i};
		tree_add(&t, nodes, i);
	}
	assert_true(depth(nodes, t.root) < 60);
	for (uint32_t i = 1; i <= 100000; i++) {
		assert_int_equal(t.first, i);
		tree_remove(&t, nodes, i);
	}
	assert_true(t.root == 0 && t.first == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tree_against_a_sorted_array),
		cmocka_unit_test(tree_stays_shallow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
