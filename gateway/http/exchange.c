/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/internal.h"

#include "routing/base/memory.h"

#include <stdlib.h>

struct http_exchange *exchange_new(struct http_conn *c)
{
	struct http_exchange *x = NEW(struct http_exchange);
	list_init(&x->in_unanswered);
	x->server = c->server;
	x->conn = c;
	x->is_secure = c->is_secure;
	c->exchange = x;
	return x;
}

void exchange_release_request(struct http_exchange *x)
{
	if (x->server != NULL) {
		x->server->body_bytes -= x->body_counted;
		metric_set(&x->server->counters.body_bytes, (int64_t)x->server->body_bytes);
	}
	x->body_counted = 0;
	buf_done(&x->bytes);
	buf_done(&x->body);
	x->request = (struct http_request){0};
}

void exchange_free(struct http_exchange *x)
{
	exchange_release_request(x);
	list_remove(&x->in_unanswered);
	buf_done(&x->out);
	free(x);
}

void exchange_detach(struct http_exchange *x)
{
	x->conn = NULL;
}

/* The bytes of a body count against the budget of all bodies as they arrive, not as promised: a
 * promise costs its maker nothing. */
static bool count_body(struct http_exchange *x, size_t n)
{
	struct http_server *s = x->server;
	if (n > s->bodies_max - s->body_bytes)
		return false;
	s->body_bytes += n;
	x->body_counted += n;
	metric_set(&s->counters.body_bytes, (int64_t)s->body_bytes);
	return true;
}

static void read_peer(struct http_exchange *x, const struct request_head *head)
{
	const struct access_list *access = &x->server->access;
	struct in6_addr client = x->conn->address;
	if (access_is_proxy(access, &client)) {
		if (text_equal_nocase(head_field(head, "x-forwarded-proto"), TEXT("https")))
			x->is_secure = true;
		client = access_client(access, &client, x->request.forwarded_for);
	}
	access_format_address(&client, x->peer);
	x->request.peer = text_of(x->peer);
	x->request.is_secure = x->is_secure;
}

/* Several X-Forwarded-For lines are one list (RFC 9110 §5.3); the last line is the nearest. */
static struct usher_text last_field(const struct request_head *head, const char *name)
{
	for (size_t i = head->field_count; i > 0; i--)
		if (text_equal_nocase(head->fields[i - 1].name, text_of(name)))
			return head->fields[i - 1].value;
	return TEXT_NONE;
}

static void fill_request(struct http_exchange *x, const struct request_head *head)
{
	struct http_request *r = &x->request;
	r->method = head->method;
	r->path = head->path;
	r->query = head->query;
	r->content_type = head_field(head, "content-type");
	r->authorization = head_field(head, "authorization");
	r->cookie = head_field(head, "cookie");
	r->origin = head_field(head, "origin");
	r->host = head_field(head, "host");
	r->accept_language = head_field(head, "accept-language");
	r->range = head_field(head, "range");
	r->if_none_match = head_field(head, "if-none-match");
	r->forwarded_for = last_field(head, "x-forwarded-for");
	x->is_head = text_equal(head->method, TEXT("HEAD"));
	read_peer(x, head);
}

static bool host_is_good(struct http_exchange *x, const struct request_head *head)
{
	struct usher_text host = x->request.host;
	if (host.n == 0 && head->minor == 1) {
		exchange_problem(x, 400, "The Host header is missing.", NULL);
		return false;
	}
	bool is_loopback = access_is_loopback(&x->conn->address);
	if (!access_host_is_ours(&x->server->access, host, is_loopback)) {
		exchange_problem(x, 421, "Add the name to the allowed hosts if it is one of yours.",
				 NULL);
		return false;
	}
	return true;
}

static void dispatch(struct http_exchange *x, const struct http_route *route)
{
	x->is_dispatched = true;
	list_add_last(&x->server->unanswered, &x->in_unanswered);
	conn_wait(x->conn, WAIT_ANSWER);
	route->on_request(x, &x->request, route->arg);
}

/* The route may have gone while the body came. */
static void dispatch_again(struct http_exchange *x)
{
	struct usher_text tail;
	const struct route_node *node = router_find(&x->server->router, x->request.path, &tail);
	const struct http_route *route =
		node != NULL ? route_for_method(node, x->request.method) : NULL;
	if (route == NULL)
		exchange_problem(x, 404, NULL, NULL);
	else
		dispatch(x, route);
}

size_t exchange_take_body(struct http_exchange *x, const char *bytes, size_t n)
{
	size_t missing = x->body_wanted - x->body.n;
	if (n > missing)
		n = missing;
	if (!count_body(x, n)) {
		exchange_problem(x, 503, "Too many large requests are on their way; try again.",
				 (const char *const[]){"Retry-After: 2", NULL});
		return n;
	}
	buf_add(&x->body, bytes, n);
	if (x->body.n < x->body_wanted)
		return n;
	x->body_is_whole = true;
	x->request.body = buf_text(&x->body);
	dispatch_again(x);
	return n;
}

static void begin_body(struct http_exchange *x, const struct request_head *head, size_t head_bytes,
		       const struct http_route *route)
{
	size_t have = x->bytes.n - head_bytes;
	if (x->body_is_whole) {
		if (!count_body(x, have)) {
			exchange_problem(x, 503,
					 "Too many large requests are on their way; try again.",
					 (const char *const[]){"Retry-After: 2", NULL});
			return;
		}
		x->request.body = text_slice(x->bytes.p + head_bytes, have);
		dispatch(x, route);
		return;
	}
	conn_wait(x->conn, WAIT_BODY);
	if (head->expects_continue && have == 0) {
		buf_adds(&x->out, "HTTP/1.1 100 Continue\r\n\r\n");
		transport_want_write(x->conn->link);
	}
	(void)exchange_take_body(x, x->bytes.p + head_bytes, have);
}

static bool needs_length(struct usher_text method)
{
	return text_equal(method, TEXT("POST")) || text_equal(method, TEXT("PUT")) ||
	       text_equal(method, TEXT("PATCH"));
}

static bool length_is_good(struct http_exchange *x, const struct request_head *head,
			   const struct http_route *route)
{
	if (head->is_chunked || (!head->has_length && needs_length(head->method))) {
		exchange_problem(x, 411,
				 "Bodies are taken with a Content-Length only, not in chunks.",
				 NULL);
		return false;
	}
	if (head->length > route->body_max) {
		char detail[80];
		snprintf(detail, sizeof(detail), "At most %zu bytes are taken here.",
			 route->body_max);
		exchange_problem(x, 413, detail, NULL);
		return false;
	}
	return true;
}

static void refuse_method(struct http_exchange *x, const struct route_node *node)
{
	struct usher_buf allow = {0}, line = {0};
	route_allow(node, &allow);
	buf_addf(&line, "Allow: %s", allow.p);
	if (node->route_count == 0)
		exchange_problem(x, 426, NULL, (const char *const[]){"Upgrade: websocket", NULL});
	else
		exchange_problem(x, 405, NULL, (const char *const[]){line.p, NULL});
	buf_done(&allow);
	buf_done(&line);
}

static void find_route(struct http_exchange *x, const struct request_head *head, size_t head_bytes)
{
	const struct route_node *node =
		router_find(&x->server->router, x->request.path, &x->request.tail);
	if (node == NULL) {
		exchange_problem(x, 404, NULL, NULL);
		return;
	}
	if (head->wants_upgrade) {
		peer_upgrade(x, head, node);
		return;
	}
	const struct http_route *route = route_for_method(node, head->method);
	if (route == NULL) {
		refuse_method(x, node);
		return;
	}
	if (!length_is_good(x, head, route))
		return;
	for (int i = 0; i < HTTP_HEADERS_MAX && route->headers[i] != NULL; i++)
		x->request.headers[i] = head_field(head, route->headers[i]);
	begin_body(x, head, head_bytes, route);
}

void exchange_begin(struct http_conn *c, size_t head_bytes)
{
	struct http_exchange *x = exchange_new(c);
	struct request_head head;
	const char *why = NULL;
	x->bytes = c->in;
	c->in = (struct usher_buf){0};
	int r = head_parse(x->bytes.p, head_bytes, &head, &why);
	if (r < 0) {
		exchange_problem(x, -r, why, NULL);
		return;
	}
	size_t have = x->bytes.n - head_bytes;
	x->body_wanted = head.length;
	x->body_is_whole = !head.is_chunked && have >= head.length;
	x->keeps_alive = head.keeps_alive;
	if (have > head.length && !head.is_chunked) {
		buf_add(&c->in, x->bytes.p + head_bytes + head.length, have - head.length);
		x->bytes.n = head_bytes + head.length;
	}
	fill_request(x, &head);
	if (host_is_good(x, &head))
		find_route(x, &head, head_bytes);
}
