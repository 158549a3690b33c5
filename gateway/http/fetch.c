/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/fetch.h"

#include "gateway/http/access.h"
#include "routing/base/list.h"
#include "routing/base/memory.h"

#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

struct fetcher {
	uv_loop_t *loop;
	CURLM *multi;
	uv_timer_t timer;
	uv_idle_t refuser; /* answers what failed before it began, from the loop */
	int in_all_max, per_host_max, waiting_max;
	char *ca_path;			       /* owned; may be NULL */
	struct list running, waiting, refused; /* of requests */
	struct list sockets;		       /* of watched sockets */
	int running_count, waiting_count;
	int handles; /* ours that are not closed yet */
	bool is_closing;
};

struct request {
	struct list in_fetcher;
	struct fetcher *fetcher;
	CURL *easy;		    /* owned */
	struct curl_slist *headers; /* owned */
	struct usher_buf body, answer;
	size_t answer_max;
	bool may_reach_private;
	bool is_private; /* its address was refused */
	bool is_too_large;
	http_on_fetched on_done;
	void *arg;
	const char *refusal; /* constant */
};

struct socket_watch {
	struct list in_fetcher;
	uv_poll_t poll;
	struct fetcher *fetcher;
	curl_socket_t fd;
};

/* ---- what curl asks ---- */

static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct request *r = arg;
	struct in6_addr address;
	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	if (!r->may_reach_private &&
	    (!access_from_sockaddr(&to->addr, &address) || access_is_private(&address))) {
		r->is_private = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t on_answer(char *bytes, size_t size, size_t count, void *arg)
{
	struct request *r = arg;
	size_t n = size * count;
	if (n > r->answer_max - r->answer.n) {
		r->is_too_large = true;
		return 0;
	}
	buf_add(&r->answer, bytes, n);
	return n;
}

static void check_finished(struct fetcher *f);

static void on_socket_ready(uv_poll_t *poll, int status, int events)
{
	struct socket_watch *w = poll->data;
	int flags = (events & UV_READABLE ? CURL_CSELECT_IN : 0) |
		    (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0) |
		    (status < 0 ? CURL_CSELECT_ERR : 0);
	struct fetcher *f = w->fetcher;
	int running;
	curl_multi_socket_action(f->multi, w->fd, flags, &running);
	check_finished(f);
}

static void release(struct fetcher *f)
{
	if (--f->handles > 0 || !f->is_closing)
		return;
	free(f->ca_path);
	free(f);
}

static void on_watch_closed(uv_handle_t *handle)
{
	struct socket_watch *w = handle->data;
	struct fetcher *f = w->fetcher;
	free(w);
	release(f);
}

static void end_watch(struct socket_watch *w)
{
	list_remove(&w->in_fetcher);
	uv_close((uv_handle_t *)&w->poll, on_watch_closed);
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct fetcher *f = arg;
	struct socket_watch *w = socket_arg;
	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w != NULL)
			end_watch(w);
		return 0;
	}
	if (w == NULL) {
		w = NEW(struct socket_watch);
		w->fetcher = f;
		w->fd = fd;
		w->poll.data = w;
		if (uv_poll_init(f->loop, &w->poll, fd) != 0) {
			free(w);
			return -1;
		}
		f->handles++;
		list_add_last(&f->sockets, &w->in_fetcher);
		curl_multi_assign(f->multi, fd, w);
	}
	int events =
		(what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
	uv_poll_start(&w->poll, events, on_socket_ready);
	return 0;
}

static void on_timer(uv_timer_t *timer)
{
	struct fetcher *f = timer->data;
	int running;
	curl_multi_socket_action(f->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	check_finished(f);
}

static int on_curl_timer(CURLM *multi, long ms, void *arg)
{
	struct fetcher *f = arg;
	(void)multi;
	if (f->is_closing)
		return 0;
	if (ms < 0)
		uv_timer_stop(&f->timer);
	else /* 0 too waits for the loop: curl may not be called from inside this */
		uv_timer_start(&f->timer, on_timer, (uint64_t)ms, 0);
	return 0;
}

/* ---- requests ---- */

static void free_request(struct request *r)
{
	list_remove(&r->in_fetcher);
	if (r->easy != NULL)
		curl_easy_cleanup(r->easy);
	curl_slist_free_all(r->headers);
	buf_done(&r->body);
	buf_done(&r->answer);
	free(r);
}

static void answer(struct request *r, int status, const char *reason)
{
	struct usher_text body = status != 0 ? buf_text(&r->answer) : TEXT_NONE;
	r->on_done(status, body, reason, r->arg);
	free_request(r);
}

static void start_waiting(struct fetcher *f)
{
	while (!f->is_closing && f->running_count < f->in_all_max && !list_is_empty(&f->waiting)) {
		struct request *r = LIST_ITEM(f->waiting.next, struct request, in_fetcher);
		list_remove(&r->in_fetcher);
		f->waiting_count--;
		f->running_count++;
		list_add_last(&f->running, &r->in_fetcher);
		curl_multi_add_handle(f->multi, r->easy);
	}
}

static const char *reason_of(const struct request *r, CURLcode code)
{
	if (r->is_private)
		return "the address is on a private network";
	if (r->is_too_large)
		return "the answer is larger than allowed";
	if (code == CURLE_OPERATION_TIMEDOUT)
		return "no answer in time";
	return curl_easy_strerror(code);
}

static void finish(struct request *r, CURLcode code)
{
	struct fetcher *f = r->fetcher;
	long status = 0;
	curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_multi_remove_handle(f->multi, r->easy);
	list_remove(&r->in_fetcher);
	f->running_count--;
	if (code == CURLE_OK && status >= 100)
		answer(r, (int)status, NULL);
	else
		answer(r, 0, code == CURLE_OK ? "the answer has no status" : reason_of(r, code));
}

/* on_done may free the fetcher; its memory stays until the loop has closed its handles. */
static void check_finished(struct fetcher *f)
{
	int left;
	CURLMsg *message;
	while (!f->is_closing && (message = curl_multi_info_read(f->multi, &left)) != NULL) {
		struct request *r = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&r);
		finish(r, message->data.result);
	}
	start_waiting(f);
}

static void on_refuse(uv_idle_t *idle)
{
	struct fetcher *f = idle->data;
	while (!f->is_closing && !list_is_empty(&f->refused)) {
		struct request *r = LIST_ITEM(f->refused.next, struct request, in_fetcher);
		list_remove(&r->in_fetcher);
		answer(r, 0, r->refusal);
	}
	if (!f->is_closing)
		uv_idle_stop(idle);
}

static bool is_clean(const char *s)
{
	for (; s != NULL && *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	return true;
}

static const char *add_headers(struct request *r, const struct http_fetch *in)
{
	struct usher_buf line = {0};
	bool is_good = true;
	for (int i = 0; i < HTTP_HEADERS_MAX && in->headers[i] != NULL; i++) {
		is_good &= is_clean(in->headers[i]) && strchr(in->headers[i], ':') != NULL;
		r->headers = curl_slist_append(r->headers, in->headers[i]);
	}
	if (in->content_type != NULL) {
		is_good &= is_clean(in->content_type);
		buf_addf(&line, "Content-Type: %s", in->content_type);
		r->headers = curl_slist_append(r->headers, line.p);
	} else if (in->body.n > 0) {
		r->headers = curl_slist_append(r->headers, "Content-Type:");
	}
	r->headers = curl_slist_append(r->headers, "Expect:");
	buf_done(&line);
	return is_good ? NULL : "a header holds a control character";
}

static void set_method(struct request *r, const struct http_fetch *in)
{
	bool is_get = strcmp(in->method, "GET") == 0;
	if (strcmp(in->method, "HEAD") == 0)
		curl_easy_setopt(r->easy, CURLOPT_NOBODY, 1L);
	else if (!is_get || in->body.n > 0)
		curl_easy_setopt(r->easy, CURLOPT_CUSTOMREQUEST, in->method);
	if (in->body.n == 0 && strcmp(in->method, "POST") != 0 && strcmp(in->method, "PUT") != 0)
		return;
	buf_add_text(&r->body, in->body);
	curl_easy_setopt(r->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
	curl_easy_setopt(r->easy, CURLOPT_POSTFIELDS, r->body.p);
}

static void set_limits(struct request *r, const struct http_fetch *in)
{
	struct fetcher *f = r->fetcher;
	long ms = in->timeout_us > 0 ? (long)(in->timeout_us / 1000) : 30000;
	curl_easy_setopt(r->easy, CURLOPT_TIMEOUT_MS, ms > 0 ? ms : 1L);
	curl_easy_setopt(r->easy, CURLOPT_NOSIGNAL, 1L);
	/* Else the end of a request waits, on the loop, for a name server that does not answer. */
	curl_easy_setopt(r->easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(r->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(r->easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(r->easy, CURLOPT_PROXY, ""); /* a proxy would resolve names unjudged */
	curl_easy_setopt(r->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(r->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(r->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(r->easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	curl_easy_setopt(r->easy, CURLOPT_OPENSOCKETDATA, r);
	/* A kept connection was judged for whoever opened it, perhaps by another rule. */
	curl_easy_setopt(r->easy, CURLOPT_FRESH_CONNECT, in->may_reach_private ? 0L : 1L);
	if (f->ca_path != NULL)
		curl_easy_setopt(r->easy, CURLOPT_CAINFO, f->ca_path);
}

/* NULL, or why it cannot be sent. */
static const char *prepare(struct request *r, const struct http_fetch *in)
{
	if (!is_clean(in->url) || !is_clean(in->user) || !is_clean(in->password))
		return "the request holds a control character";
	if (in->method[0] == '\0' ||
	    in->method[strspn(in->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0')
		return "the method is not one";
	if (strncasecmp(in->url, "http://", 7) != 0 && strncasecmp(in->url, "https://", 8) != 0)
		return "the address begins with neither https:// nor http://";
	r->easy = curl_easy_init();
	if (r->easy == NULL || curl_easy_setopt(r->easy, CURLOPT_URL, in->url) != CURLE_OK)
		return "out of memory";
	curl_easy_setopt(r->easy, CURLOPT_PRIVATE, r);
	curl_easy_setopt(r->easy, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(r->easy, CURLOPT_WRITEDATA, r);
	if (in->user != NULL) {
		curl_easy_setopt(r->easy, CURLOPT_USERNAME, in->user);
		curl_easy_setopt(r->easy, CURLOPT_PASSWORD,
				 in->password != NULL ? in->password : "");
		curl_easy_setopt(r->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	}
	set_method(r, in);
	set_limits(r, in);
	const char *why = add_headers(r, in);
	curl_easy_setopt(r->easy, CURLOPT_HTTPHEADER, r->headers);
	return why;
}

void fetcher_fetch(struct fetcher *f, const struct http_fetch *in, http_on_fetched on_done,
		   void *arg)
{
	struct request *r = NEW(struct request);
	assert(!f->is_closing);
	list_init(&r->in_fetcher);
	r->fetcher = f;
	r->answer_max = in->answer_max;
	r->may_reach_private = in->may_reach_private;
	r->on_done = on_done;
	r->arg = arg;
	r->refusal = prepare(r, in);
	if (r->refusal == NULL && f->running_count >= f->in_all_max &&
	    f->waiting_count >= f->waiting_max)
		r->refusal = "too many requests are waiting";
	if (r->refusal != NULL) {
		list_add_last(&f->refused, &r->in_fetcher);
		uv_idle_start(&f->refuser, on_refuse);
		return;
	}
	list_add_last(&f->waiting, &r->in_fetcher);
	f->waiting_count++;
	start_waiting(f);
}

static void init_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

int fetcher_new(struct fetcher **ret, uv_loop_t *loop, const struct fetch_settings *settings,
		struct usher_error *reterr)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, init_curl);
	CURLM *multi = curl_multi_init();
	if (multi == NULL)
		return usher_error_set(reterr, E_UNSUPPORTED,
				       "fetch: libcurl could not be started");
	struct fetcher *f = NEW(struct fetcher);
	f->loop = loop;
	f->multi = multi;
	f->in_all_max = settings->in_all_max > 0 ? settings->in_all_max : 64;
	f->per_host_max = settings->per_host_max > 0 ? settings->per_host_max : 8;
	f->waiting_max = settings->waiting_max > 0 ? settings->waiting_max : 1000;
	f->ca_path = settings->ca_path != NULL ? memory_copy(text_of(settings->ca_path)) : NULL;
	list_init(&f->running);
	list_init(&f->waiting);
	list_init(&f->refused);
	list_init(&f->sockets);
	uv_timer_init(loop, &f->timer);
	uv_idle_init(loop, &f->refuser);
	f->timer.data = f->refuser.data = f;
	f->handles = 2;
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, f);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, f);
	curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)f->per_host_max);
	curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	*ret = f;
	return 0;
}

static void end_all(struct fetcher *f, struct list *head)
{
	while (!list_is_empty(head)) {
		struct request *r = LIST_ITEM(head->next, struct request, in_fetcher);
		list_remove(&r->in_fetcher);
		if (head == &f->running)
			curl_multi_remove_handle(f->multi, r->easy);
		answer(r, 0, "shutting down");
	}
}

static void on_static_closed(uv_handle_t *handle)
{
	release(handle->data);
}

struct fetcher *fetcher_free(struct fetcher *f)
{
	if (f == NULL)
		return NULL;
	f->is_closing = true;
	end_all(f, &f->running);
	end_all(f, &f->waiting);
	end_all(f, &f->refused);
	curl_multi_cleanup(f->multi);
	while (!list_is_empty(&f->sockets))
		end_watch(LIST_ITEM(f->sockets.next, struct socket_watch, in_fetcher));
	uv_close((uv_handle_t *)&f->timer, on_static_closed);
	uv_close((uv_handle_t *)&f->refuser, on_static_closed);
	return NULL;
}
