/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/core/tree.h"

#include "routing/base/hash.h"

#include <assert.h>

static uint64_t weight(uint32_t i)
{
	return hash_mix(i);
}

/* Puts `to` where `from` hangs below `parent`. */
static void relink(struct tree *t, struct tree_node *nodes, uint32_t parent, uint32_t from,
		   uint32_t to)
{
	if (parent == 0)
		t->root = to;
	else if (nodes[parent].left == from)
		nodes[parent].left = to;
	else
		nodes[parent].right = to;
	if (to != 0)
		nodes[to].parent = parent;
}

/* The node changes places with its parent. */
static void rotate_up(struct tree *t, struct tree_node *nodes, uint32_t i)
{
	uint32_t p = nodes[i].parent;
	struct tree_node *n = &nodes[i], *parent = &nodes[p];
	relink(t, nodes, parent->parent, p, i);
	if (parent->left == i) {
		parent->left = n->right;
		if (n->right != 0)
			nodes[n->right].parent = p;
		n->right = p;
	} else {
		parent->right = n->left;
		if (n->left != 0)
			nodes[n->left].parent = p;
		n->left = p;
	}
	parent->parent = i;
	n->size = parent->size;
	parent->size = 1 + nodes[parent->left].size + nodes[parent->right].size;
}

void tree_add(struct tree *t, struct tree_node *nodes, uint32_t i)
{
	struct tree_node *n = &nodes[i];
	assert(i != 0 && n->size == 0);
	uint32_t parent = 0;
	bool is_left = false;
	for (uint32_t at = t->root; at != 0; at = is_left ? nodes[at].left : nodes[at].right) {
		parent = at;
		nodes[at].size++;
		is_left = order_before(&n->key, &nodes[at].key);
	}
	n->left = n->right = 0;
	n->parent = parent;
	n->size = 1;
	if (parent == 0)
		t->root = i;
	else if (is_left)
		nodes[parent].left = i;
	else
		nodes[parent].right = i;
	if (t->first == 0 || (is_left && parent == t->first))
		t->first = i;
	uint64_t mine = weight(i);
	while (n->parent != 0 && weight(n->parent) < mine)
		rotate_up(t, nodes, i);
}

void tree_remove(struct tree *t, struct tree_node *nodes, uint32_t i)
{
	struct tree_node *n = &nodes[i];
	assert(i != 0 && n->size > 0);
	if (t->first == i)
		t->first = tree_next(nodes, i);
	while (n->left != 0 && n->right != 0)
		rotate_up(t, nodes, weight(n->left) > weight(n->right) ? n->left : n->right);
	relink(t, nodes, n->parent, i, n->left != 0 ? n->left : n->right);
	for (uint32_t at = n->parent; at != 0; at = nodes[at].parent)
		nodes[at].size--;
	n->left = n->right = n->parent = n->size = 0;
}

uint32_t tree_next(const struct tree_node *nodes, uint32_t i)
{
	if (nodes[i].right != 0) {
		for (i = nodes[i].right; nodes[i].left != 0;)
			i = nodes[i].left;
		return i;
	}
	while (nodes[i].parent != 0 && nodes[nodes[i].parent].right == i)
		i = nodes[i].parent;
	return nodes[i].parent;
}

uint32_t tree_rank(const struct tree *t, const struct tree_node *nodes, const struct order_key *k)
{
	uint32_t rank = 0;
	for (uint32_t at = t->root; at != 0;) {
		if (order_before(&nodes[at].key, k)) {
			rank += 1 + nodes[nodes[at].left].size;
			at = nodes[at].right;
		} else {
			at = nodes[at].left;
		}
	}
	return rank;
}

uint32_t tree_nth(const struct tree *t, const struct tree_node *nodes, uint32_t n)
{
	uint32_t at = t->root;
	while (at != 0 && n != nodes[nodes[at].left].size) {
		bool is_left = n < nodes[nodes[at].left].size;
		n -= is_left ? 0 : nodes[nodes[at].left].size + 1;
		at = is_left ? nodes[at].left : nodes[at].right;
	}
	return at;
}
