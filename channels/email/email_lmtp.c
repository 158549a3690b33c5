/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_lmtp.h"

#include "channels/email/email_lmtp_session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define TICK_US (5 * USHER_SECOND)
#define ACCEPTS_A_TURN 16

union any_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
};

static int bad_place(const char *where, struct usher_error *reterr)
{
	return usher_error_set(reterr, E_INVALID,
			       "lmtp_listen: \"%.60s\" is not 127.0.0.1:PORT, [::1]:PORT or "
			       "unix:PATH; there is no sign-in, so other addresses are refused",
			       where);
}

static int unix_place(struct email_lmtp *l, const char *path, union any_address *ret,
		      socklen_t *ret_n)
{
	int n = path[0] == '/' ? snprintf(l->unix_path, sizeof l->unix_path, "%s", path)
			       : snprintf(l->unix_path, sizeof l->unix_path, "%s/%s",
					  l->ch->host->data_dir, path);
	if (path[0] == '\0' || n < 0 || (size_t)n >= sizeof l->unix_path)
		return E_INVALID;
	ret->local.sun_family = AF_UNIX;
	memcpy(ret->local.sun_path, l->unix_path, (size_t)n + 1);
	*ret_n = sizeof ret->local;
	return 0;
}

static int tcp_place(struct usher_text where, union any_address *ret, socklen_t *ret_n)
{
	const char *colon = memrchr(where.p, ':', where.n);
	uint64_t port;
	char host[64];
	if (colon == NULL)
		return E_INVALID;
	size_t n = (size_t)(colon - where.p);
	if (n >= sizeof host || text_to_u64(text_slice(colon + 1, where.n - n - 1), &port) < 0 ||
	    port > 65535)
		return E_INVALID;
	snprintf(host, sizeof host, "%.*s", (int)n, where.p);
	if (strcmp(host, "[::1]") == 0) {
		ret->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6,
						.sin6_port = htons((uint16_t)port),
						.sin6_addr = IN6ADDR_LOOPBACK_INIT};
		*ret_n = sizeof ret->v6;
		return 0;
	}
	ret->v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	*ret_n = sizeof ret->v4;
	bool is_local = strncmp(host, "127.", 4) == 0;
	return is_local && inet_pton(AF_INET, host, &ret->v4.sin_addr) == 1 ? 0 : E_INVALID;
}

static int place(struct email_lmtp *l, union any_address *ret, socklen_t *ret_n)
{
	memset(ret, 0, sizeof *ret);
	if (strncmp(l->where, "unix:", 5) == 0)
		return unix_place(l, l->where + 5, ret, ret_n);
	return tcp_place(text_of(l->where), ret, ret_n);
}

static void on_connection(int fd, bool can_read, bool can_write, void *arg)
{
	struct email_lmtp *l = arg;
	(void)can_read;
	(void)can_write;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (peer < 0)
			return;
		if (l->session_count >= LMTP_SESSIONS_MAX) {
			static const char busy[] = "421 4.3.2 too many sessions\r\n";
			(void)!send(peer, busy, sizeof busy - 1, MSG_NOSIGNAL);
			close(peer);
		} else {
			lmtp_session_new(l, peer);
		}
	}
}

static int bind_socket(struct email_lmtp *l, int fd)
{
	union any_address address;
	socklen_t n = 0;
	int one = 1;
	if (place(l, &address, &n) < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	struct stat st;
	if (l->unix_path[0] != '\0' && lstat(l->unix_path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(l->unix_path); /* left over from a process that was killed */
	if (bind(fd, &address.any, n) < 0 || listen(fd, 64) < 0)
		return -1;
	if (l->unix_path[0] != '\0')
		return chmod(l->unix_path, 0660);
	n = sizeof address;
	getsockname(fd, &address.any, &n);
	l->ch->host->log(l->ch->host, CHANNEL_LOG_INFO, "lmtp.listening", "port=%d",
			 ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port
								 : address.v4.sin_port));
	return 0;
}

static void listen_now(struct email_lmtp *l)
{
	union any_address address;
	socklen_t n = 0;
	if (place(l, &address, &n) < 0)
		return;
	int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool was_down = l->fault[0] != '\0';
	if (fd >= 0 && bind_socket(l, fd) == 0) {
		l->fd = fd;
		l->fault[0] = '\0';
		l->watch = l->ch->host->watch(l->ch->host, fd, true, false, on_connection, l);
	} else {
		snprintf(l->fault, sizeof l->fault,
			 "lmtp: %s cannot be bound (%.40s); retry in 5 s", l->where,
			 strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	if (was_down != (l->fault[0] != '\0'))
		email_status_changed(l->ch);
}

static void on_tick(void *arg)
{
	struct email_lmtp *l = arg;
	usher_us now = l->ch->host->now(l->ch->host);
	l->timer = l->ch->host->timer(l->ch->host, now + TICK_US, on_tick, l);
	if (l->fd < 0)
		listen_now(l);
	LIST_EACH(link, &l->sessions)
	{
		struct lmtp_session *s = LIST_ITEM(link, struct lmtp_session, link);
		if (s->state != SESSION_STORING && now - s->active_us > LMTP_IDLE_US)
			lmtp_session_free(s);
	}
}

int email_lmtp_new(struct email_lmtp **ret, struct channel *ch, const char *where,
		   struct usher_error *reterr)
{
	union any_address address;
	socklen_t n = 0;
	struct email_lmtp *l = NEW(struct email_lmtp);
	l->ch = ch;
	l->fd = -1;
	list_init(&l->sessions);
	int length = snprintf(l->where, sizeof l->where, "%s", where);
	if (length < 0 || (size_t)length >= sizeof l->where || place(l, &address, &n) < 0) {
		free(l);
		return bad_place(where, reterr);
	}
	listen_now(l);
	l->timer = ch->host->timer(ch->host, ch->host->now(ch->host) + TICK_US, on_tick, l);
	*ret = l;
	return 0;
}

struct email_lmtp *email_lmtp_free(struct email_lmtp *l)
{
	if (l == NULL)
		return NULL;
	LIST_EACH(link, &l->sessions)
	lmtp_session_free(LIST_ITEM(link, struct lmtp_session, link));
	l->ch->host->timer_cancel(l->ch->host, l->timer);
	l->ch->host->watch_end(l->watch);
	if (l->fd >= 0) {
		close(l->fd);
		if (l->unix_path[0] != '\0')
			unlink(l->unix_path);
	}
	free(l);
	return NULL;
}

bool email_lmtp_is_down(const struct email_lmtp *l, char *ret, size_t n)
{
	if (l == NULL || l->fault[0] == '\0')
		return false;
	snprintf(ret, n, "%s", l->fault);
	return true;
}
