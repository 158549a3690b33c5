/* SPDX-License-Identifier: Apache-2.0 */
/* The opening handshake of a WebSocket (RFC 6455 §4.2). */
#include "gateway/http/peer.h"

#include <stdlib.h>

static bool offers(const struct request_head *head, const char *subprotocol)
{
	for (size_t i = 0; i < head->field_count; i++) {
		if (!text_equal_nocase(head->fields[i].name, TEXT("sec-websocket-protocol")))
			continue;
		struct usher_text list = head->fields[i].value;
		while (list.n > 0)
			if (text_equal(text_trim(text_cut(&list, ',')), text_of(subprotocol)))
				return true;
	}
	return false;
}

static const struct ws_route *find_route(const struct route_node *node,
					 const struct request_head *head)
{
	for (int i = 0; i < node->socket_count; i++)
		if (offers(head, node->sockets[i].subprotocol))
			return &node->sockets[i];
	return NULL;
}

/* 0, or the status to refuse with. */
static int judge(const struct http_exchange *x, const struct request_head *head,
		 const struct route_node *node, const char **retwhy)
{
	struct usher_text upgrade = head_field(head, "upgrade");
	*retwhy =
		"The only upgrade offered here is a GET to websocket, by HTTP/1.1, without a body.";
	if (!text_equal_nocase(upgrade, TEXT("websocket")) || head->minor != 1 ||
	    !text_equal(head->method, TEXT("GET")) || head->is_chunked || x->body_wanted > 0)
		return 400;
	*retwhy = "There is no WebSocket here.";
	if (node->socket_count == 0)
		return 404;
	*retwhy = "Sec-WebSocket-Version must be 13.";
	if (!text_equal(head_field(head, "sec-websocket-version"), TEXT("13")))
		return 426;
	*retwhy = "The subprotocol that is spoken here was not offered.";
	const struct ws_route *route = find_route(node, head);
	if (route == NULL)
		return 400;
	*retwhy = "Pages of that origin may not connect here.";
	if (route->needs_origin && !access_origin_is_ours(&x->server->access, x->request.origin,
							  x->request.host, x->is_secure))
		return 403;
	return 0;
}

/* Behind a trusted proxy each visitor counts by the address that the proxy tells. */
static bool has_room(struct http_exchange *x)
{
	struct in6_addr client;
	struct http_conn *c = x->conn;
	if (!access_is_proxy(&x->server->access, &c->address) ||
	    !access_parse_address(x->request.peer, &client))
		return true;
	return conn_count_address(c, &client);
}

static void answer_handshake(struct ws_peer *p, const char *accept)
{
	struct usher_buf out = {0};
	buf_addf(&out,
		 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		 "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: %s\r\n\r\n",
		 accept, p->route.subprotocol);
	peer_queue_raw(p, buf_text(&out));
	buf_done(&out);
}

static void open_peer(struct http_exchange *x, const struct ws_route *route, const char *accept)
{
	struct http_conn *c = x->conn;
	struct ws_peer *p = peer_new(c, route, x->peer);
	answer_handshake(p, accept);
	conn_wait(c, WAIT_PING);
	c->peer = p;
	p->session = route->on_open(p, &x->request, route->arg);
	if (p->session == NULL) {
		c->peer = NULL;
		peer_free(p);
		exchange_problem(x, 403, "The connection was refused.", NULL);
		return;
	}
	metric_add(&c->server->counters.sockets, 1);
	metric_add(&c->server->counters.requests[0], 1);
	c->exchange = NULL;
	exchange_free(x);
}

void peer_upgrade(struct http_exchange *x, const struct request_head *head,
		  const struct route_node *node)
{
	const char *why;
	char accept[29];
	int status = judge(x, head, node, &why);
	if (status == 426) {
		exchange_problem(x, 426, why,
				 (const char *const[]){"Sec-WebSocket-Version: 13", NULL});
		return;
	}
	if (status == 0 && frame_accept_key(head_field(head, "sec-websocket-key"), accept) != 0) {
		why = "Sec-WebSocket-Key is not 16 bytes in base64.";
		status = 400;
	}
	if (status == 0 && x->server->is_draining) {
		why = "Restarting; come again.";
		status = 503;
	}
	if (status == 0 && !has_room(x)) {
		why = "Too many connections from one address.";
		status = 503;
	}
	if (status != 0) {
		x->keeps_alive = false;
		exchange_problem(x, status, why, NULL);
		return;
	}
	open_peer(x, find_route(node, head), accept);
}
