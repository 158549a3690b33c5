/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/host_loop.h"

#include "gateway/http/fetch.h"
#include "gateway/http/http.h"

#include <stdlib.h>

struct channel_timer {
	uv_timer_t uv;    /* first: freed when the handle is closed */
	struct list link; /* in list: line.timers */
	channel_on_time on_time;
	void *arg;
};

struct channel_watch {
	uv_poll_t uv;     /* first */
	struct list link; /* in list: line.watches */
	int fd;
	void (*on_ready)(int fd, bool can_read, bool can_write, void *arg);
	void *arg;
};

struct job {
	uv_work_t uv; /* first */
	struct line *line;
	channel_work work, done;
	void *arg;
};

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

/* ---- answers that come later -------------------------------------------------------------------- */

void line_wait(struct line *line, struct line_waiter *waiter)
{
	waiter->is_dropped = false;
	list_add_last(&line->waiters, &waiter->link);
}

bool line_waited(struct line_waiter *waiter)
{
	list_remove(&waiter->link);
	return !waiter->is_dropped;
}

static void drop_waiters(struct line *line)
{
	LIST_EACH(link, &line->waiters) {
		LIST_ITEM(link, struct line_waiter, link)->is_dropped = true;
		list_remove(link);
	}
}

/* ---- timers ------------------------------------------------------------------------------------ */

static void timer_end(struct channel_timer *t)
{
	list_remove(&t->link);
	uv_close((uv_handle_t *)&t->uv, on_closed);
}

static void on_timer(uv_timer_t *uv)
{
	struct channel_timer *t = (struct channel_timer *)uv;
	channel_on_time on_time = t->on_time;
	void *arg = t->arg;
	timer_end(t);
	on_time(arg);
}

static struct channel_timer *host_timer(struct channel_host *h, usher_us at, channel_on_time on_time,
					void *arg)
{
	struct line *line = line_of(h);
	struct channel_timer *t = NEW(struct channel_timer);
	t->on_time = on_time;
	t->arg = arg;
	list_add_last(&line->timers, &t->link);
	usher_us left = at - gateway_now();
	uv_timer_init(line->g->loop, &t->uv);
	uv_update_time(line->g->loop);
	uv_timer_start(&t->uv, on_timer, left <= 0 ? 0 : (uint64_t)((left + 999) / 1000), 0);
	return t;
}

static void host_timer_cancel(struct channel_host *h, struct channel_timer *t)
{
	(void)h;
	if (t != NULL)
		timer_end(t);
}

/* ---- jobs -------------------------------------------------------------------------------------- */

static void run_job(uv_work_t *uv)
{
	struct job *job = (struct job *)uv;
	job->work(job->arg);
}

static void on_job_done(uv_work_t *uv, int status)
{
	struct job *job = (struct job *)uv;
	struct line *line = job->line;
	(void)status; /* jobs are never cancelled */
	line->jobs--;
	job->done(job->arg);
	free(job);
	lines_job_ended(line);
}

static void host_job(struct channel_host *h, channel_work work, channel_work done, void *arg)
{
	struct line *line = line_of(h);
	struct job *job = NEW(struct job);
	job->line = line;
	job->work = work;
	job->done = done;
	job->arg = arg;
	line->jobs++;
	if (uv_queue_work(line->g->loop, &job->uv, run_job, on_job_done) != 0)
		abort(); /* only for arguments that are NULL */
}

/* ---- watches ----------------------------------------------------------------------------------- */

static void on_poll(uv_poll_t *uv, int status, int events)
{
	struct channel_watch *w = (struct channel_watch *)uv;
	/* A fault of the socket is found by reading it. */
	bool can_read = status < 0 || (events & UV_READABLE) != 0;
	w->on_ready(w->fd, can_read, status == 0 && (events & UV_WRITABLE) != 0, w->arg);
}

static void host_watch_change(struct channel_watch *w, bool for_read, bool for_write)
{
	int events = (for_read ? UV_READABLE : 0) | (for_write ? UV_WRITABLE : 0);
	if (events == 0)
		uv_poll_stop(&w->uv);
	else
		uv_poll_start(&w->uv, events, on_poll);
}

static struct channel_watch *host_watch(struct channel_host *h, int fd, bool for_read,
					bool for_write,
					void (*on_ready)(int fd, bool can_read, bool can_write,
							 void *arg),
					void *arg)
{
	struct line *line = line_of(h);
	struct channel_watch *w = NEW(struct channel_watch);
	w->fd = fd;
	w->on_ready = on_ready;
	w->arg = arg;
	list_add_last(&line->watches, &w->link);
	if (uv_poll_init(line->g->loop, &w->uv, fd) != 0)
		abort(); /* an fd that cannot be polled is a programming fault */
	host_watch_change(w, for_read, for_write);
	return w;
}

static void host_watch_end(struct channel_watch *w)
{
	if (w == NULL)
		return;
	list_remove(&w->link);
	uv_poll_stop(&w->uv);
	uv_close((uv_handle_t *)&w->uv, on_closed);
}

/* ---- routes and requests -------------------------------------------------------------------------- */

static int keep_route(struct line *line, const char *method, const char *path, bool is_websocket)
{
	if (line->route_count == LINE_ROUTES_MAX)
		return E_LIMIT;
	line->routes[line->route_count++] = (struct line_route){method, path, is_websocket};
	return 0;
}

static int host_http_route(struct channel_host *h, const struct http_route *route)
{
	struct line *line = line_of(h);
	int code = http_server_route(line->g->http, route);
	return code < 0 ? code : keep_route(line, route->method, route->path, false);
}

static int host_ws_route(struct channel_host *h, const struct ws_route *route)
{
	struct line *line = line_of(h);
	int code = http_server_ws_route(line->g->http, route);
	return code < 0 ? code : keep_route(line, route->subprotocol, route->path, true);
}

struct fetching {
	struct line_waiter waiter;
	http_on_fetched on_done;
	void *arg;
};

static void on_fetched(int status, struct usher_text body, const char *reason, void *arg)
{
	struct fetching *f = arg;
	if (line_waited(&f->waiter))
		f->on_done(status, body, reason, f->arg);
	free(f);
}

static void host_fetch(struct channel_host *h, const struct http_fetch *fetch,
		       http_on_fetched on_done, void *arg)
{
	struct line *line = line_of(h);
	struct fetching *f = NEW(struct fetching);
	f->on_done = on_done;
	f->arg = arg;
	line_wait(line, &f->waiter);
	fetcher_fetch(line->g->fetcher, fetch, on_fetched, f);
}

void host_loop_init(struct line *line)
{
	struct channel_host *h = &line->host;
	list_init(&line->timers);
	list_init(&line->watches);
	list_init(&line->waiters);
	h->timer = host_timer;
	h->timer_cancel = host_timer_cancel;
	h->job = host_job;
	h->watch = host_watch;
	h->watch_change = host_watch_change;
	h->watch_end = host_watch_end;
	h->http_route = host_http_route;
	h->ws_route = host_ws_route;
	h->http = http_server_ops();
	h->fetch = host_fetch;
}

void host_done(struct line *line)
{
	drop_waiters(line);
	LIST_EACH(link, &line->timers)
		timer_end(LIST_ITEM(link, struct channel_timer, link));
	LIST_EACH(link, &line->watches)
		host_watch_end(LIST_ITEM(link, struct channel_watch, link));
	for (int i = 0; i < line->route_count; i++) {
		if (line->routes[i].is_websocket)
			http_server_ws_route_remove(line->g->http, line->routes[i].path,
						    line->routes[i].method);
		else
			http_server_route_remove(line->g->http, line->routes[i].method,
						 line->routes[i].path);
	}
	line->route_count = 0;
}
