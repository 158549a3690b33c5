/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/internal.h"

#include "gateway/log.h"

#include <assert.h>

static void count_answer(struct http_server *s, int status)
{
	int class = status / 100 - 1;
	if (class >= 0 && class < 5)
		metric_add(&s->counters.requests[class], 1);
}

static int format(struct http_exchange *x, int status, const char *content_type,
		  struct usher_text body, const char *const *headers)
{
	struct response r = {
		.status = status,
		.content_type = content_type,
		.body = body,
		.headers = headers,
		.date = server_date(x->server),
		.is_secure = x->is_secure,
		.keeps_alive = x->keeps_alive,
		.is_head = x->is_head,
	};
	return response_format(&x->out, &r);
}

static void send_answer(struct http_exchange *x, int status, const char *content_type,
			struct usher_text body, const char *const *headers)
{
	assert(!x->is_answered);
	x->is_answered = true;
	list_remove(&x->in_unanswered);
	if (x->conn == NULL) {
		exchange_free(x);
		return;
	}
	/* What follows an unread body cannot be told from it. */
	x->keeps_alive = x->keeps_alive && x->body_is_whole && !x->server->is_draining;
	if (format(x, status, content_type, body, headers) != 0) {
		log_event(LOG_LEVEL_ERROR, "http.header_refused", "path=%.*s",
			  TEXT_ARG(x->request.path));
		status = 500;
		int r = format(x, status, NULL, TEXT_NONE, NULL);
		assert(r == 0);
	}
	count_answer(x->server, status);
	exchange_release_request(x);
	conn_wait(x->conn, WAIT_WRITE);
	transport_want_write(x->conn->link);
}

static void send_problem(struct http_exchange *x, const struct problem_kind *kind,
			 const char *detail, const char *const *headers)
{
	struct usher_buf body = {0};
	problem_format(&body, kind, detail);
	send_answer(x, kind->status, PROBLEM_TYPE, buf_text(&body), headers);
	buf_done(&body);
}

void exchange_problem(struct http_exchange *x, int status, const char *detail,
		      const char *const *headers)
{
	if (status == 400 || status == 411)
		x->keeps_alive = false; /* where the next request begins is no longer certain */
	send_problem(x, problem_of_status(status), detail, headers);
}

void exchange_refuse(struct http_conn *c, int status, const char *detail)
{
	struct http_exchange *x = exchange_new(c);
	exchange_problem(x, status, detail, NULL);
}

static void problem(struct http_exchange *x, int code, const char *detail)
{
	static const char *const again[] = {"Retry-After: 2", NULL};
	static const char *const bearer[] = {"WWW-Authenticate: Bearer", NULL};
	const struct problem_kind *kind = problem_of_code(code);
	const char *const *headers = kind->status == 503 || kind->status == 429 ? again
				     : kind->status == 401			? bearer
										: NULL;
	send_problem(x, kind, detail, headers);
}

static void reply(struct http_exchange *x, int status, const char *content_type,
		  struct usher_text body, const char *const *headers)
{
	send_answer(x, status, content_type, body, headers);
}

const struct http_ops http_server_operations = {
	.reply = reply,
	.problem = problem,
	.send = peer_send,
	.close = peer_close,
	.peer_address = peer_address,
};
