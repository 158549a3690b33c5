/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/transport.h"

#include "gateway/http/access.h"
#include "gateway/log.h"
#include "routing/base/memory.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libwebsockets.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <unistd.h>

#define ACCEPTS_PER_TURN 64
/* Loop turns after lws_context_destroy() in which libuv closes the handles of all connections, then
 * those of the context; only then may it be called the second time, which frees the context. */
#define DESTROY_TURNS 5

struct transport_link {
	struct transport *transport;
	struct lws *wsi;
	void *conn;
	bool is_paused;	 /* the owner wants no bytes */
	bool is_blocked; /* lws holds unsent bytes */
	bool has_spoken;
};

struct transport {
	uv_loop_t *loop;
	const struct transport_ops *ops;
	void *arg;
	struct transport_link *adopting; /* while lws takes a new connection */
	struct lws_context *context;
	struct lws_vhost *vhost;
	uv_poll_t listener;
	int listen_fd;	  /* -1: no longer */
	int spare_fd;	  /* given up for a moment when descriptors run out */
	uint64_t shed_ms; /* when it was last complained of */
	uint16_t port;
	bool is_tls;
	uv_idle_t destroyer;
	int destroy_turns;
	int handles; /* of our own still to close */
};

static void apply_flow(struct transport_link *l)
{
	/* Without this, lws spins at full speed while a peer sends but does not read. */
	lws_rx_flow_control(l->wsi, !l->is_paused && !l->is_blocked);
}

static int on_readable(struct transport_link *l, void *bytes, size_t n)
{
	if (!l->has_spoken) {
		l->has_spoken = true;
		lws_set_timeout(l->wsi, NO_PENDING_TIMEOUT, 0); /* that of the TLS handshake */
	}
	return l->transport->ops->on_bytes(l->conn, bytes, n) < 0 ? -1 : 0;
}

static int on_drained(struct transport_link *l)
{
	if (l->is_blocked) {
		l->is_blocked = false;
		apply_flow(l);
	}
	return l->transport->ops->on_writable(l->conn) < 0 ? -1 : 0;
}

static void forget(struct transport_link *l)
{
	if (l->transport->adopting == l)
		l->transport->adopting = NULL;
	l->transport->ops->on_close(l->conn);
	free(l);
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		    size_t n)
{
	struct transport_link *l = lws_get_opaque_user_data(wsi);
	(void)user;
	switch (reason) {
	case LWS_CALLBACK_RAW_ADOPT:
		if (l != NULL)
			l->wsi = wsi;
		return l != NULL ? 0 : -1;
	case LWS_CALLBACK_RAW_RX:
		return l != NULL ? on_readable(l, in, n) : -1;
	case LWS_CALLBACK_RAW_WRITEABLE:
		return l != NULL ? on_drained(l) : -1;
	case LWS_CALLBACK_RAW_CLOSE:
		lws_set_opaque_user_data(wsi, NULL);
		if (l != NULL)
			forget(l);
		return 0;
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{.name = "usher", .callback = on_event},
	{NULL},
};

static void on_lws_log(int level, const char *line)
{
	int n = (int)strcspn(line, "\n");
	log_event(level & LLL_ERR ? LOG_LEVEL_WARN : LOG_LEVEL_DEBUG, "lws.said", "text=%.*s", n,
		  line);
}

static void adopt(struct transport *t, int fd, const struct in6_addr *peer)
{
	int on = 1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	struct transport_link *l = NEW(struct transport_link);
	l->transport = t;
	lws_adopt_desc_t how = {
		.vh = t->vhost,
		.type = LWS_ADOPT_SOCKET | (t->is_tls ? LWS_ADOPT_ALLOW_SSL : 0),
		.fd.sockfd = fd,
		.vh_prot_name = protocols[0].name,
		.opaque = l,
	};
	l->conn = t->ops->on_accept(l, peer, t->arg);
	if (l->conn == NULL) {
		close(fd);
		free(l);
		return;
	}
	t->adopting = l;
	/* On failure lws closes the socket, mostly with RAW_CLOSE, which has freed l then. */
	if (lws_adopt_descriptor_vhost_via_info(&how) == NULL && t->adopting == l)
		forget(l);
	t->adopting = NULL;
}

/* Out of descriptors: take the caller off the queue and hang up, or the loop would spin. */
static void shed_one(struct transport *t)
{
	if (t->spare_fd < 0)
		return;
	close(t->spare_fd);
	int fd = accept4(t->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		close(fd);
	t->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (uv_now(t->loop) - t->shed_ms < 1000)
		return;
	t->shed_ms = uv_now(t->loop);
	log_event(LOG_LEVEL_ERROR, "http.descriptors_exhausted", "port=%u", t->port);
}

static void on_connections(uv_poll_t *handle, int status, int events)
{
	struct transport *t = handle->data;
	(void)status, (void)events;
	for (int i = 0; i < ACCEPTS_PER_TURN && t->listen_fd >= 0; i++) {
		struct sockaddr_storage from;
		socklen_t n = sizeof(from);
		int fd = accept4(t->listen_fd, (struct sockaddr *)&from, &n,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE)
				shed_one(t);
			if (errno == EINTR || errno == ECONNABORTED)
				continue;
			return;
		}
		struct in6_addr peer;
		if (access_from_sockaddr((struct sockaddr *)&from, &peer))
			adopt(t, fd, &peer);
		else
			close(fd);
	}
}

static int fail_listen(const struct transport_settings *s, int fd, struct usher_error *reterr)
{
	int error = errno;
	if (fd >= 0)
		close(fd);
	return usher_error_set(reterr, E_IO, "http: cannot listen on %s port %u: %s",
			       s->address != NULL ? s->address : "any address", s->port,
			       strerror(error));
}

static socklen_t listen_address(const struct transport_settings *s, struct sockaddr_storage *ret)
{
	memset(ret, 0, sizeof(*ret));
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;
	if (s->address != NULL && inet_pton(AF_INET, s->address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(s->port);
		return sizeof(*v4);
	}
	v6->sin6_addr = in6addr_any;
	if (s->address != NULL && inet_pton(AF_INET6, s->address, &v6->sin6_addr) != 1)
		return 0;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(s->port);
	return sizeof(*v6);
}

static int open_listener(struct transport *t, const struct transport_settings *s,
			 struct usher_error *reterr)
{
	struct sockaddr_storage at;
	socklen_t n = listen_address(s, &at);
	if (n == 0)
		return usher_error_set(reterr, E_INVALID,
				       "http: \"%.60s\" is no numeric address to listen on",
				       s->address);
	int fd = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1, off = 0;
	if (fd < 0)
		return fail_listen(s, fd, reterr);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (at.ss_family == AF_INET6 && s->address == NULL)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, (struct sockaddr *)&at, n) != 0 || listen(fd, SOMAXCONN) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		return fail_listen(s, fd, reterr);
	t->port = ntohs(at.ss_family == AF_INET ? ((struct sockaddr_in *)&at)->sin_port
						: ((struct sockaddr_in6 *)&at)->sin6_port);
	t->listen_fd = fd;
	return 0;
}

static int open_context(struct transport *t, const struct transport_settings *s,
			struct usher_error *reterr)
{
	void *loops[1] = {t->loop};
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = protocols,
		.gid = (gid_t)-1,
		.uid = (uid_t)-1,
		.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
		.foreign_loops = loops,
		.pt_serv_buf_size = 32768,
		.vhost_name = "usher",
	};
	if (t->is_tls) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = s->cert_path;
		info.ssl_private_key_filepath = s->key_path;
		info.ssl_options_set =
			SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_RENEGOTIATION;
		info.alpn = "http/1.1";
	}
	t->context = lws_create_context(&info);
	if (t->context == NULL)
		return usher_error_set(reterr, E_IO,
				       "http: libwebsockets could not be started "
				       "(is its libuv plug-in installed?)");
	t->vhost = lws_create_vhost(t->context, &info);
	if (t->vhost == NULL && t->is_tls)
		return usher_error_set(reterr, E_IO,
				       "http: cannot use the certificate %.80s with the key %.80s",
				       s->cert_path, s->key_path);
	if (t->vhost == NULL)
		return usher_error_set(reterr, E_IO, "http: libwebsockets made no virtual host");
	return 0;
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct transport *t = handle->data;
	if (--t->handles > 0)
		return;
	const struct transport_ops *ops = t->ops;
	void *arg = t->arg;
	free(t);
	if (ops != NULL)
		ops->on_gone(arg);
}

static void on_destroy_turn(uv_idle_t *handle)
{
	struct transport *t = handle->data;
	t->destroy_turns++;
	if (t->destroy_turns == 1 && t->context != NULL)
		lws_context_destroy(t->context);
	if (t->destroy_turns < DESTROY_TURNS)
		return;
	if (t->context != NULL)
		lws_context_destroy(t->context);
	uv_close((uv_handle_t *)handle, on_handle_closed);
}

void transport_stop_listening(struct transport *t)
{
	if (t->listen_fd < 0)
		return;
	uv_poll_stop(&t->listener);
	close(t->listen_fd);
	t->listen_fd = -1;
}

void transport_free(struct transport *t)
{
	if (t == NULL || t->destroyer.data != NULL)
		return;
	transport_stop_listening(t);
	if (t->spare_fd >= 0)
		close(t->spare_fd);
	uv_idle_init(t->loop, &t->destroyer);
	t->destroyer.data = t;
	t->handles = 2;
	uv_close((uv_handle_t *)&t->listener, on_handle_closed);
	/* From the loop, since lws must not be destroyed from inside one of its own callbacks. */
	uv_idle_start(&t->destroyer, on_destroy_turn);
}

int transport_new(struct transport **ret, uv_loop_t *loop, const struct transport_settings *s,
		  const struct transport_ops *ops, void *arg, struct usher_error *reterr)
{
	struct transport *t = NEW(struct transport);
	t->loop = loop;
	t->is_tls = s->cert_path != NULL && s->key_path != NULL;
	t->spare_fd = -1;
	t->listen_fd = -1;
	int r = open_listener(t, s, reterr);
	if (r != 0) {
		free(t);
		return r;
	}
	lws_set_log_level(LLL_ERR, on_lws_log);
	uv_poll_init(loop, &t->listener, t->listen_fd);
	t->listener.data = t;
	r = open_context(t, s, reterr);
	if (r != 0) {
		transport_free(t); /* ops not set: nobody hears of its end */
		return r;
	}
	t->ops = ops;
	t->arg = arg;
	t->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	uv_poll_start(&t->listener, UV_READABLE, on_connections);
	*ret = t;
	return 0;
}

uint16_t transport_port(const struct transport *t)
{
	return t->port;
}

bool transport_is_tls(const struct transport *t)
{
	return t->is_tls;
}

void transport_want_write(struct transport_link *l)
{
	if (l->wsi != NULL)
		lws_callback_on_writable(l->wsi);
}

int transport_write(struct transport_link *l, const void *bytes, size_t n)
{
	/* lws_write() takes no const, but a raw connection's bytes are only read. */
	if (lws_write(l->wsi, (unsigned char *)bytes, n, LWS_WRITE_RAW) < (int)n)
		return E_CLOSED;
	if (lws_partial_buffered(l->wsi)) {
		l->is_blocked = true;
		apply_flow(l);
	}
	return 0;
}

void transport_pause(struct transport_link *l, bool is_paused)
{
	if (l->wsi == NULL || l->is_paused == is_paused)
		return;
	l->is_paused = is_paused;
	apply_flow(l);
}

void transport_shutdown(struct transport_link *l)
{
	if (l->wsi == NULL)
		return;
	if (l->transport->is_tls && lws_get_ssl(l->wsi) != NULL)
		(void)SSL_shutdown(lws_get_ssl(l->wsi));
	(void)shutdown(lws_get_socket_fd(l->wsi), SHUT_WR);
}

void transport_kill(struct transport_link *l)
{
	if (l->wsi != NULL)
		lws_set_timeout(l->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
}
