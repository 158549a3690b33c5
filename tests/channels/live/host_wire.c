/* SPDX-License-Identifier: Apache-2.0 */
/* The sockets and requests of the test host. */
#include "tests/channels/live/host.h"

#include "tests/tap.h"

#include <jansson.h>
#include <stdio.h>

/* ---- routes -----------------------------------------------------------------------------------
 */

static int host_http_route(struct channel_host *h, const struct http_route *route)
{
	struct live *l = (struct live *)h;
	if (l->is_path_taken)
		return E_EXISTS;
	assert_true(l->route_count < 32);
	l->routes[l->route_count++] = *route;
	return 0;
}

static int host_ws_route(struct channel_host *h, const struct ws_route *route)
{
	struct live *l = (struct live *)h;
	if (l->is_path_taken)
		return E_EXISTS;
	assert_true(l->ws_route_count < 8);
	l->ws_routes[l->ws_route_count++] = *route;
	return 0;
}

/* ---- sockets ----------------------------------------------------------------------------------
 */

static int ops_send(struct ws_peer *p, struct usher_text message)
{
	assert_false(p->is_closing);
	assert_true(text_is_utf8(message));
	if (p->send_limit > 0 && p->count >= p->send_limit) {
		p->is_closing = true;
		p->close_code = 4013;
		return E_LIMIT;
	}
	if (p->count == p->space) {
		p->space = p->space > 0 ? p->space * 2 : 8;
		p->frames = memory_resize(p->frames, p->space * sizeof *p->frames);
	}
	p->frames[p->count++] = memory_copy(message);
	return 0;
}

static void ops_close(struct ws_peer *p, int code, const char *reason)
{
	assert_non_null(reason);
	if (p->is_closing)
		return;
	p->is_closing = true;
	p->close_code = code;
}

static struct usher_text ops_peer_address(struct ws_peer *p)
{
	return text_of(p->address);
}

struct ws_peer *live_connect(struct live *l, const char *path, const char *address,
			     const char *origin)
{
	const struct ws_route *route = NULL;
	for (size_t i = 0; i < l->ws_route_count; i++)
		if (strcmp(l->ws_routes[i].path, path) == 0)
			route = &l->ws_routes[i];
	if (route == NULL)
		fail_msg("no route %s", path);
	struct ws_peer *p = NEW(struct ws_peer);
	snprintf(p->address, sizeof p->address, "%s", address);
	struct http_request request = {
		.method = TEXT("GET"),
		.path = text_of(path),
		.origin = text_of(origin),
		.host = TEXT("gw.example.org"),
		.peer = text_of(p->address),
	};
	p->l = l;
	p->route = route;
	p->session = route->on_open(p, &request, route->arg);
	if (p->session == NULL) {
		free(p);
		return NULL;
	}
	list_add_last(&l->peers, &p->in_live);
	return p;
}

void live_say(struct ws_peer *p, const char *format, ...)
{
	struct usher_buf text = {0};
	char stack[4096];
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(stack, sizeof stack, format, args);
	va_end(args);
	assert_true(n >= 0);
	buf_reserve(&text, (size_t)n + 1);
	vsnprintf(text.p, (size_t)n + 1, format, again);
	va_end(again);
	if (!p->is_closing)
		p->route->on_message(p, p->session, text_slice(text.p, (size_t)n));
	buf_done(&text);
}

void live_cut(struct ws_peer *p)
{
	list_remove(&p->in_live);
	p->is_closing = true;
	p->route->on_close(p, p->session);
	for (size_t i = 0; i < p->count; i++)
		free(p->frames[i]);
	free(p->frames);
	free(p);
}

const char *live_next(struct ws_peer *p)
{
	return p->next < p->count ? p->frames[p->next++] : NULL;
}

const char *live_expect(struct ws_peer *p, const char *kind)
{
	for (const char *frame = live_next(p); frame != NULL; frame = live_next(p))
		if (strcmp(live_member(frame, "t"), kind) == 0)
			return frame;
	for (size_t i = 0; i < p->count; i++)
		print_error("frame %zu: %s\n", i, p->frames[i]);
	fail_msg("no frame %s (close code %d)", kind, p->close_code);
	return NULL;
}

bool live_has(const struct ws_peer *p, const char *part)
{
	for (size_t i = 0; i < p->count; i++)
		if (strstr(p->frames[i], part) != NULL)
			return true;
	return false;
}

/* ---- requests ---------------------------------------------------------------------------------
 */

static void ops_reply(struct http_exchange *x, int status, const char *content_type,
		      struct usher_text body, const char *const *headers)
{
	x->answers++;
	assert_int_equal(x->answers, 1);
	x->status = status;
	x->content_type = memory_copy(text_of(content_type));
	x->body = memory_copy(body);
	for (size_t i = 0; headers != NULL && headers[i] != NULL; i++)
		if (strncmp(headers[i], "Allow: ", 7) == 0)
			x->allow = memory_copy(text_of(headers[i] + 7));
}

static int status_of(int code)
{
	switch (code) {
	case E_INVALID:
		return 400;
	case E_NOT_FOUND:
		return 404;
	case E_DENIED:
		return 403;
	case E_UNAUTHENTICATED:
		return 401;
	case E_LIMIT:
		return 413;
	case E_AGAIN:
	case E_IO:
		return 503;
	default:
		return 500;
	}
}

static void ops_problem(struct http_exchange *x, int code, const char *detail)
{
	assert_non_null(detail);
	ops_reply(x, status_of(code), "application/problem+json", text_of(detail), NULL);
}

struct http_exchange *live_request(struct live *l, const char *method, const char *path,
				   const char *query, const char *body, const char *const *headers)
{
	struct http_exchange *x = NEW(struct http_exchange);
	const struct http_route *route = NULL;
	for (size_t i = 0; i < l->route_count; i++)
		if (strcmp(l->routes[i].path, path) == 0)
			route = &l->routes[i];
	x->request = (struct http_request){
		.method = arena_text(&x->arena, text_of(method)),
		.path = arena_text(&x->arena, text_of(path)),
		.query = arena_text(&x->arena, text_of(query)),
		.body = arena_text(&x->arena, text_of(body)),
		.content_type = TEXT("application/x-www-form-urlencoded"),
		.peer = TEXT("127.0.0.1"),
	};
	for (size_t i = 0; headers != NULL && headers[i] != NULL && i < HTTP_HEADERS_MAX; i++)
		x->request.headers[i] = arena_text(&x->arena, text_of(headers[i]));
	if (route == NULL) {
		x->status = 404;
		return x;
	}
	if (x->request.body.n > route->body_max) {
		x->status = 413; /* what the server answers by the route's body_max */
		return x;
	}
	route->on_request(x, &x->request, route->arg);
	live_pump(l);
	return x;
}

struct http_exchange *live_exchange_free(struct http_exchange *x)
{
	free(x->content_type);
	free(x->body);
	free(x->allow);
	arena_done(&x->arena);
	free(x);
	return NULL;
}

/* ---- helpers ----------------------------------------------------------------------------------
 */

static void as_text(const json_t *value, char *ret, size_t space)
{
	ret[0] = '\0';
	if (json_is_string(value))
		snprintf(ret, space, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(ret, space, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(ret, space, "%s", json_is_true(value) ? "true" : "false");
}

const char *live_member(const char *json, const char *path)
{
	static char kept[8][4096];
	static int turn;
	char *ret = kept[turn = (turn + 1) % 8];
	json_t *tree = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	if (tree == NULL)
		fail_msg("not JSON: %s", json);
	const json_t *value = tree;
	struct usher_text rest = text_of(path);
	while (rest.n > 0 && value != NULL) {
		char name[64];
		struct usher_text one = text_cut(&rest, '.');
		snprintf(name, sizeof name, "%.*s", TEXT_ARG(one));
		value = json_is_array(value) ? json_array_get(value, (size_t)atoi(name))
					     : json_object_get(value, name);
	}
	as_text(value, ret, sizeof kept[0]);
	json_decref(tree);
	return ret;
}

void live_wire(struct live *l)
{
	l->ops = (struct http_ops){.reply = ops_reply,
				   .problem = ops_problem,
				   .send = ops_send,
				   .close = ops_close,
				   .peer_address = ops_peer_address};
	l->host.http = &l->ops;
	l->host.http_route = host_http_route;
	l->host.ws_route = host_ws_route;
}

void live_wire_done(struct live *l)
{
	LIST_EACH(item, &l->peers)
	live_cut(LIST_ITEM(item, struct ws_peer, in_live));
}
