/* SPDX-License-Identifier: Apache-2.0 */
/* Which route answers: exact paths before tails, longer tails before shorter ones. */
#ifndef GATEWAY_HTTP_ROUTER_H
#define GATEWAY_HTTP_ROUTER_H

#include "channels/http.h"
#include "routing/base/hash.h"
#include "routing/base/list.h"
#include "routing/base/table.h"

#define ROUTES_PER_PATH_MAX 8

struct route_node {
	struct list in_router;	/* in list router.exact or router.tails (longest first) */
	struct usher_text path; /* borrowed from the route: without the last '*' of a tail */
	bool is_tail;
	int route_count;
	struct http_route routes[ROUTES_PER_PATH_MAX];
	int socket_count;
	struct ws_route sockets[ROUTES_PER_PATH_MAX];
};

struct router {
	struct hash_key key;  /* random: nobody outside chooses collisions */
	struct table by_path; /* hash of an exact path -> node */
	struct list exact, tails;
};

void router_init(struct router *r, struct hash_key key);
void router_done(struct router *r);

/* E_EXISTS: method and path, or path and subprotocol, are taken. E_LIMIT: 8 at one path.
 * E_INVALID: the path does not begin with a slash. */
int router_add(struct router *r, const struct http_route *route) USHER_CHECKED;
int router_add_socket(struct router *r, const struct ws_route *route) USHER_CHECKED;
/* E_NOT_FOUND. */
int router_remove(struct router *r, const char *method, const char *path);
int router_remove_socket(struct router *r, const char *path, const char *subprotocol);

/* NULL: nothing at that path. *rettail is what stood in the place of the '*'. */
const struct route_node *router_find(const struct router *r, struct usher_text path,
				     struct usher_text *rettail);

/* The route for a method; HEAD falls back to GET. NULL: 405. */
const struct http_route *route_for_method(const struct route_node *node, struct usher_text method);

/* "GET, HEAD, POST" */
void route_allow(const struct route_node *node, struct usher_buf *ret);

#endif
