/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/router.h"

#include "routing/base/memory.h"

#include <stdlib.h>

void router_init(struct router *r, struct hash_key key)
{
	*r = (struct router){.key = key};
	list_init(&r->exact);
	list_init(&r->tails);
}

static void free_all(struct list *head)
{
	LIST_EACH(link, head)
	free(LIST_ITEM(link, struct route_node, in_router));
}

void router_done(struct router *r)
{
	free_all(&r->exact);
	free_all(&r->tails);
	table_done(&r->by_path);
	router_init(r, r->key);
}

static uint64_t path_key(const struct router *r, struct usher_text path)
{
	uint64_t h = hash_keyed(&r->key, path.p, path.n);
	return h != 0 ? h : 1;
}

static struct route_node *find_node(const struct router *r, struct usher_text path, bool is_tail)
{
	if (!is_tail) {
		struct route_node *node = table_get_pointer(&r->by_path, path_key(r, path));
		return node != NULL && text_equal(node->path, path) ? node : NULL;
	}
	LIST_EACH(link, &r->tails)
	{
		struct route_node *node = LIST_ITEM(link, struct route_node, in_router);
		if (text_equal(node->path, path))
			return node;
	}
	return NULL;
}

static void insert_tail(struct router *r, struct route_node *node)
{
	struct list *before = &r->tails;
	LIST_EACH(link, &r->tails)
	{
		if (LIST_ITEM(link, struct route_node, in_router)->path.n < node->path.n) {
			before = link;
			break;
		}
	}
	list_add_last(before, &node->in_router);
}

static int obtain_node(struct router *r, const char *path, struct route_node **ret)
{
	struct usher_text t = text_of(path);
	if (t.n == 0 || t.p[0] != '/')
		return E_INVALID;
	bool is_tail = t.p[t.n - 1] == '*';
	if (is_tail)
		t.n--;
	*ret = find_node(r, t, is_tail);
	if (*ret != NULL)
		return 0;
	if (!is_tail && table_get_pointer(&r->by_path, path_key(r, t)) != NULL)
		return E_EXISTS; /* two paths with one 64-bit hash: refuse the second */
	struct route_node *node = NEW(struct route_node);
	node->path = t;
	node->is_tail = is_tail;
	if (is_tail) {
		insert_tail(r, node);
	} else {
		list_add_last(&r->exact, &node->in_router);
		table_set_pointer(&r->by_path, path_key(r, t), node);
	}
	*ret = node;
	return 0;
}

static void drop_if_empty(struct router *r, struct route_node *node)
{
	if (node->route_count > 0 || node->socket_count > 0)
		return;
	if (!node->is_tail)
		table_remove(&r->by_path, path_key(r, node->path));
	list_remove(&node->in_router);
	free(node);
}

int router_add(struct router *r, const struct http_route *route)
{
	struct route_node *node;
	int code = obtain_node(r, route->path, &node);
	if (code != 0)
		return code;
	for (int i = 0; i < node->route_count; i++)
		if (strcmp(node->routes[i].method, route->method) == 0)
			return E_EXISTS;
	if (node->route_count == ROUTES_PER_PATH_MAX)
		return E_LIMIT;
	node->routes[node->route_count++] = *route;
	return 0;
}

int router_add_socket(struct router *r, const struct ws_route *route)
{
	struct route_node *node;
	int code = obtain_node(r, route->path, &node);
	if (code != 0)
		return code;
	for (int i = 0; i < node->socket_count; i++)
		if (strcmp(node->sockets[i].subprotocol, route->subprotocol) == 0)
			return E_EXISTS;
	if (node->socket_count == ROUTES_PER_PATH_MAX)
		return E_LIMIT;
	node->sockets[node->socket_count++] = *route;
	return 0;
}

static struct route_node *node_of(struct router *r, const char *path)
{
	struct usher_text t = text_of(path);
	bool is_tail = t.n > 0 && t.p[t.n - 1] == '*';
	if (is_tail)
		t.n--;
	return find_node(r, t, is_tail);
}

/* The node's path points into the string of one of its routes; that may be the one that goes. */
static void keep_path(struct route_node *node)
{
	const char *path = node->route_count > 0    ? node->routes[0].path
			   : node->socket_count > 0 ? node->sockets[0].path
						    : NULL;
	if (path != NULL)
		node->path.p = path;
}

int router_remove(struct router *r, const char *method, const char *path)
{
	struct route_node *node = node_of(r, path);
	for (int i = 0; node != NULL && i < node->route_count; i++) {
		if (strcmp(node->routes[i].method, method) != 0)
			continue;
		node->routes[i] = node->routes[--node->route_count];
		keep_path(node);
		drop_if_empty(r, node);
		return 0;
	}
	return E_NOT_FOUND;
}

int router_remove_socket(struct router *r, const char *path, const char *subprotocol)
{
	struct route_node *node = node_of(r, path);
	for (int i = 0; node != NULL && i < node->socket_count; i++) {
		if (strcmp(node->sockets[i].subprotocol, subprotocol) != 0)
			continue;
		node->sockets[i] = node->sockets[--node->socket_count];
		keep_path(node);
		drop_if_empty(r, node);
		return 0;
	}
	return E_NOT_FOUND;
}

const struct route_node *router_find(const struct router *r, struct usher_text path,
				     struct usher_text *rettail)
{
	*rettail = TEXT_NONE;
	const struct route_node *exact = find_node(r, path, false);
	if (exact != NULL)
		return exact;
	LIST_EACH(link, &r->tails)
	{
		const struct route_node *node = LIST_ITEM(link, struct route_node, in_router);
		if (!text_starts(path, node->path))
			continue;
		*rettail = text_slice(path.p + node->path.n, path.n - node->path.n);
		return node;
	}
	return NULL;
}

static const struct http_route *find_method(const struct route_node *node, struct usher_text method)
{
	for (int i = 0; i < node->route_count; i++)
		if (text_equal(text_of(node->routes[i].method), method))
			return &node->routes[i];
	return NULL;
}

const struct http_route *route_for_method(const struct route_node *node, struct usher_text method)
{
	const struct http_route *route = find_method(node, method);
	if (route == NULL && text_equal(method, TEXT("HEAD")))
		route = find_method(node, TEXT("GET"));
	return route != NULL ? route : find_method(node, TEXT("*"));
}

void route_allow(const struct route_node *node, struct usher_buf *ret)
{
	bool has_head = find_method(node, TEXT("HEAD")) != NULL;
	for (int i = 0; i < node->route_count; i++) {
		buf_addf(ret, "%s%s", ret->n > 0 ? ", " : "", node->routes[i].method);
		if (strcmp(node->routes[i].method, "GET") == 0 && !has_head)
			buf_adds(ret, ", HEAD");
	}
	if (node->route_count == 0)
		buf_adds(ret, "GET");
}
