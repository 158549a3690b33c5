/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/internal.h"

#include "gateway/log.h"
#include "routing/base/memory.h"

#include <sodium.h>
#include <stdlib.h>
#include <time.h>

static const struct transport_ops transport_ops;

static struct http_conn *conn_of(struct list *link)
{
	return LIST_ITEM(link, struct http_conn, in_wait);
}

static void set_patience(struct http_server *s, const struct http_timeouts *t)
{
	const struct {
		unsigned given, fallback;
	} rows[WAIT_COUNT] = {
		[WAIT_HEAD] = {t->head, 10000},	    [WAIT_BODY] = {t->body, 60000},
		[WAIT_ANSWER] = {t->answer, 60000}, [WAIT_WRITE] = {t->write, 30000},
		[WAIT_IDLE] = {t->idle, 30000},	    [WAIT_LINGER] = {t->close, 5000},
		[WAIT_PING] = {t->ping, 25000},	    [WAIT_PONG] = {t->pong, 35000},
		[WAIT_CLOSE] = {t->close, 5000},
	};
	for (int i = 0; i < WAIT_COUNT; i++)
		s->patience_ms[i] = rows[i].given != 0 ? rows[i].given : rows[i].fallback;
}

static void lose_patience(struct http_conn *c)
{
	switch (c->wait) {
	case WAIT_PING:
		peer_ping(c->peer);
		return;
	case WAIT_HEAD:
		if (c->in.n > 0) {
			exchange_refuse(c, 408, "The head of the request did not arrive in time.");
			return;
		}
		break;
	case WAIT_BODY:
		exchange_problem(c->exchange, 408, "The body did not arrive in time.", NULL);
		return;
	case WAIT_ANSWER:
		/* The handler still owes its answer, which will go nowhere. */
		log_event(LOG_LEVEL_ERROR, "http.answer_missed", "path=%.*s",
			  TEXT_ARG(c->exchange->request.path));
		exchange_detach(c->exchange);
		c->exchange = NULL;
		exchange_refuse(c, 503, "It took too long; try again.");
		return;
	default:
		break;
	}
	transport_kill(c->link);
}

static void on_tick(uv_timer_t *timer)
{
	struct http_server *s = timer->data;
	uint64_t now = uv_now(s->loop);
	for (int wait = 0; wait < WAIT_COUNT; wait++) {
		struct list *head = &s->waits[wait];
		while (!list_is_empty(head)) {
			struct http_conn *c = conn_of(head->next);
			if (now - c->since_ms < s->patience_ms[wait])
				break;
			lose_patience(c); /* takes it out of this list */
		}
	}
}

const char *server_date(struct http_server *s)
{
	uint64_t now_s = uv_now(s->loop) / 1000;
	if (now_s == s->date_s)
		return s->date;
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = time(NULL);
	struct tm tm;
	gmtime_r(&now, &tm);
	strftime(s->date, sizeof(s->date), "xxx, %d xxx %Y %H:%M:%S GMT", &tm);
	memcpy(s->date, days + 3 * (ptrdiff_t)tm.tm_wday, 3); /* no locale may change them */
	memcpy(s->date + 8, months + 3 * (ptrdiff_t)tm.tm_mon, 3);
	s->date_s = now_s;
	return s->date;
}

static void register_metrics(struct http_server *s, struct metrics *metrics)
{
	static const char *const classes[] = {"code=\"1xx\"", "code=\"2xx\"", "code=\"3xx\"",
					      "code=\"4xx\"", "code=\"5xx\""};
	struct http_counters *c = &s->counters;
	*c = (struct http_counters){
		.connections = {METRIC_GAUGE, "usher_http_connections", NULL, "Open connections."},
		.sockets = {METRIC_GAUGE, "usher_websockets", NULL, "Open WebSockets."},
		.refused = {METRIC_COUNTER, "usher_http_connections_refused_total", NULL,
			    "Connections closed at once because a limit was reached."},
		.body_bytes = {METRIC_GAUGE, "usher_http_body_bytes", NULL,
			       "Bytes of request bodies in memory."},
		.slow_peers = {METRIC_COUNTER, "usher_websocket_slow_total", NULL,
			       "WebSockets closed because they did not read fast enough."},
		.messages_in = {METRIC_COUNTER, "usher_websocket_messages_received_total", NULL,
				"Messages received by WebSocket."},
		.messages_out = {METRIC_COUNTER, "usher_websocket_messages_sent_total", NULL,
				 "Messages queued for WebSockets."},
	};
	struct metric *all[] = {&c->connections, &c->sockets,	  &c->refused,	   &c->body_bytes,
				&c->slow_peers,	 &c->messages_in, &c->messages_out};
	for (size_t i = 0; metrics != NULL && i < sizeof(all) / sizeof(all[0]); i++)
		metrics_register(metrics, all[i]);
	for (int i = 0; i < 5; i++) {
		c->requests[i] = (struct metric){METRIC_COUNTER, "usher_http_requests_total",
						 classes[i], "Requests answered."};
		if (metrics != NULL)
			metrics_register(metrics, &c->requests[i]);
	}
}

static void forget_metrics(struct http_server *s)
{
	struct http_counters *c = &s->counters;
	struct metric *all[] = {&c->connections, &c->sockets,	  &c->refused,	   &c->body_bytes,
				&c->slow_peers,	 &c->messages_in, &c->messages_out};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i]->in_registry.next != NULL)
			list_remove(&all[i]->in_registry);
	for (int i = 0; i < 5; i++)
		if (c->requests[i].in_registry.next != NULL)
			list_remove(&c->requests[i].in_registry);
}

static void release(struct http_server *s)
{
	if (--s->handles > 0)
		return;
	router_done(&s->router);
	access_done(&s->access);
	table_done(&s->addresses);
	free(s);
}

static void on_timer_closed(uv_handle_t *handle)
{
	release(handle->data);
}

static void on_transport_gone(void *arg)
{
	release(arg);
}

static const struct transport_ops transport_ops = {
	.on_accept = conn_accept,
	.on_bytes = conn_bytes,
	.on_writable = conn_writable,
	.on_close = conn_close,
	.on_gone = on_transport_gone,
};

static int open_transport(struct http_server *s, const struct http_settings *settings,
			  struct usher_error *reterr)
{
	struct transport_settings how = {
		.address = settings->address,
		.port = settings->port,
		.cert_path = settings->cert_path,
		.key_path = settings->key_path,
	};
	if ((how.cert_path == NULL) != (how.key_path == NULL))
		return usher_error_set(reterr, E_INVALID,
				       "http: TLS needs both a certificate and its key");
	return transport_new(&s->transport, s->loop, &how, &transport_ops, s, reterr);
}

int http_server_new(struct http_server **ret, uv_loop_t *loop, const struct http_settings *settings,
		    struct usher_error *reterr)
{
	struct http_server *s = NEW(struct http_server);
	s->loop = loop;
	s->connections_max = settings->connections_max != 0 ? settings->connections_max : 10000;
	s->per_address_max = settings->connections_per_address_max != 0
				     ? settings->connections_per_address_max
				     : 2000;
	s->bodies_max = settings->bodies_max != 0 ? settings->bodies_max : (size_t)64 << 20;
	set_patience(s, &settings->timeouts);
	for (int i = 0; i < WAIT_COUNT; i++)
		list_init(&s->waits[i]);
	list_init(&s->unanswered);
	randombytes_buf(&s->key, sizeof(s->key));
	router_init(&s->router, s->key);
	int r = access_init(&s->access, settings->public_url, settings->hosts, settings->origins,
			    settings->proxies, reterr);
	if (r == 0)
		r = open_transport(s, settings, reterr);
	if (r != 0) {
		s->handles = 1;
		release(s);
		return r;
	}
	register_metrics(s, settings->metrics);
	uv_timer_init(loop, &s->timer);
	s->timer.data = s;
	s->handles = 2;
	uv_timer_start(&s->timer, on_tick, TICK_MS, TICK_MS);
	*ret = s;
	return 0;
}

uint16_t http_server_port(const struct http_server *s)
{
	return transport_port(s->transport);
}

void http_server_stop_listening(struct http_server *s)
{
	transport_stop_listening(s->transport);
}

size_t http_server_connections(const struct http_server *s)
{
	return s->connections;
}

void http_server_drain(struct http_server *s)
{
	if (s->is_draining)
		return;
	s->is_draining = true;
	transport_stop_listening(s->transport);
	for (int wait = WAIT_PING; wait <= WAIT_PONG; wait++)
		LIST_EACH(link, &s->waits[wait])
	peer_close(conn_of(link)->peer, 1012, "restarting");
	while (!list_is_empty(&s->waits[WAIT_IDLE]))
		transport_kill(conn_of(s->waits[WAIT_IDLE].next)->link);
}

/* on_close may close other peers, which moves them between the lists: first gather, then end. */
static void end_peers(struct http_server *s, const char *path, const char *subprotocol)
{
	struct ws_peer **peers = memory_new_array(s->connections + 1, sizeof(*peers));
	size_t n = 0;
	for (int wait = WAIT_LINGER; wait <= WAIT_CLOSE; wait++) {
		LIST_EACH(link, &s->waits[wait])
		{
			struct ws_peer *peer = conn_of(link)->peer;
			if (peer != NULL && (path == NULL || peer_is_of(peer, path, subprotocol)))
				peers[n++] = peer;
		}
	}
	for (size_t i = 0; i < n; i++)
		peer_end(peers[i], 1012);
	free(peers);
}

struct http_server *http_server_free(struct http_server *s)
{
	if (s == NULL || s->is_closing)
		return NULL;
	s->is_closing = true;
	end_peers(s, NULL, NULL);
	LIST_EACH(link, &s->unanswered)
	{
		struct http_exchange *x = LIST_ITEM(link, struct http_exchange, in_unanswered);
		if (x->conn != NULL)
			x->conn->exchange = NULL;
		exchange_detach(x);
		list_remove(&x->in_unanswered);
		x->server = NULL;
	}
	forget_metrics(s);
	transport_free(s->transport);
	uv_close((uv_handle_t *)&s->timer, on_timer_closed);
	return NULL;
}

int http_server_route(struct http_server *s, const struct http_route *route)
{
	return router_add(&s->router, route);
}

int http_server_ws_route(struct http_server *s, const struct ws_route *route)
{
	return router_add_socket(&s->router, route);
}

void http_server_route_remove(struct http_server *s, const char *method, const char *path)
{
	(void)router_remove(&s->router, method, path);
}

void http_server_ws_route_remove(struct http_server *s, const char *path, const char *subprotocol)
{
	if (router_remove_socket(&s->router, path, subprotocol) == 0)
		end_peers(s, path, subprotocol);
}

const struct http_ops *http_server_ops(void)
{
	return &http_server_operations;
}
