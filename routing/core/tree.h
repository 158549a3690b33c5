/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ordered set inside an array of nodes: add, remove, next and rank in O(log n), first in O(1).
 *
 * A treap with index links. Its shape comes from a hash of the index, so nobody outside can make
 * it deep by choosing keys, and no memory is needed beyond the array. Index 0 is "none".
 */
#ifndef ROUTING_CORE_TREE_H
#define ROUTING_CORE_TREE_H

#include "routing/policy/policy.h"

struct tree_node {
	struct order_key key; /* must not change while the node is in a tree */
	uint32_t left, right, parent;
	uint32_t size; /* of the subtree; 0 = in no tree */
};

struct tree {
	uint32_t root, first;
};

void tree_add(struct tree *t, struct tree_node *nodes, uint32_t i);
void tree_remove(struct tree *t, struct tree_node *nodes, uint32_t i);
uint32_t tree_next(const struct tree_node *nodes, uint32_t i); /* 0 behind the last */

/* How many keys stand before this one; the nth node, from 0 (0 = there are fewer). */
uint32_t tree_rank(const struct tree *t, const struct tree_node *nodes, const struct order_key *k);
uint32_t tree_nth(const struct tree *t, const struct tree_node *nodes, uint32_t n);

static inline uint32_t tree_count(const struct tree *t, const struct tree_node *nodes)
{
	return nodes[t->root].size;
}

#endif
