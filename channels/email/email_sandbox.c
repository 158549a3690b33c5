/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_sandbox.h"

#include "channels/email/email_codec.h"
#include "channels/email/email_parse.h"
#include "channels/email/email_text.h"
#include "channels/email/email_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 2
#define MAILS_PER_CHILD 500 /* then a new one: what a mail left behind dies with the child */

struct child {
	pid_t pid; /* 0 = none */
	int fd;
	int served;
	bool is_taken;
};

struct email_sandbox {
	const char *program;  /* borrowed */
	char *const *argv;    /* borrowed */
	pthread_mutex_t lock; /* guards is_taken; a taken child belongs to its taker */
	pthread_cond_t is_free;
	struct child children[CHILDREN];
};

struct email_sandbox *email_sandbox_new(const char *program, char *const argv[])
{
	struct email_sandbox *s = NEW(struct email_sandbox);
	s->program = program;
	s->argv = argv;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->is_free, NULL);
	return s;
}

static void end_child(struct child *c)
{
	if (c->pid == 0)
		return;
	close(c->fd);
	kill(c->pid, SIGKILL);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
}

struct email_sandbox *email_sandbox_free(struct email_sandbox *s)
{
	if (s == NULL)
		return NULL;
	for (int i = 0; i < CHILDREN; i++)
		end_child(&s->children[i]);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->is_free);
	free(s);
	return NULL;
}

static struct child *take_child(struct email_sandbox *s)
{
	struct child *taken = NULL;
	pthread_mutex_lock(&s->lock);
	while (taken == NULL) {
		for (int i = 0; i < CHILDREN && taken == NULL; i++)
			if (!s->children[i].is_taken)
				taken = &s->children[i];
		if (taken == NULL)
			pthread_cond_wait(&s->is_free, &s->lock);
	}
	taken->is_taken = true;
	pthread_mutex_unlock(&s->lock);
	return taken;
}

static void give_back(struct email_sandbox *s, struct child *c)
{
	pthread_mutex_lock(&s->lock);
	c->is_taken = false;
	pthread_cond_signal(&s->is_free);
	pthread_mutex_unlock(&s->lock);
}

/* The child gets the socket and nothing else: no other descriptor, no environment of ours (but what
 * the sanitizers read). */
static int spawn(struct email_sandbox *s, int fd, pid_t *ret)
{
	static char locale[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC0";
	char asan[512];
	char *env[4] = {locale, zone, NULL, NULL};
	const char *options = getenv("ASAN_OPTIONS");
	if (options != NULL && snprintf(asan, sizeof asan, "ASAN_OPTIONS=%s", options) > 0)
		env[2] = asan;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, usual;
	sigemptyset(&none);
	sigfillset(&usual);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&actions, fd, SANDBOX_FD);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&actions, SANDBOX_FD + 1);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &usual);
	int code = posix_spawn(ret, s->program, &actions, &attributes, s->argv, env);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return code;
}

static int start_child(struct email_sandbox *s, struct child *c, struct usher_error *reterr)
{
	int fds[2];
	if (c->served >= MAILS_PER_CHILD)
		end_child(c);
	if (c->pid != 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return usher_error_set(reterr, E_IO, "mail parser: no socket pair: %s",
				       strerror(errno));
	int code = spawn(s, fds[1], &c->pid);
	close(fds[1]);
	if (code != 0) {
		close(fds[0]);
		c->pid = 0;
		return usher_error_set(reterr, E_IO, "mail parser: %s cannot be started: %s",
				       s->program, strerror(code));
	}
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	c->fd = fds[0];
	c->served = 0;
	return 0;
}

/* E_INVALID, E_LIMIT: the child says so. E_IO: it died, hung or lied, and is gone. */
static int ask_child(struct child *c, struct usher_text raw, unsigned flags, struct arena *arena,
		     struct mail *ret, struct usher_error *reterr)
{
	int64_t deadline = wire_now_ms() + SANDBOX_WALL_MS_MAX;
	struct wire_head head = {flags, (uint32_t)raw.n};
	struct usher_buf answer = {0};
	int code = E_IO;
	c->served++;
	if (wire_write(c->fd, &head, sizeof head, deadline) < 0 ||
	    wire_write(c->fd, raw.p, raw.n, deadline) < 0 ||
	    wire_read(c->fd, &head, sizeof head, deadline) < 0) {
		usher_error_set(reterr, E_IO, "the parser ended on it: out of time or memory");
	} else if (head.bytes > EMAIL_CODEC_BYTES_MAX) {
		usher_error_set(reterr, E_IO, "the parser answered too much");
	} else {
		buf_reserve(&answer, head.bytes);
		code = wire_read(c->fd, answer.p, head.bytes, deadline) < 0 ? E_IO
									    : (int)head.value;
		answer.n = code == E_IO ? 0 : head.bytes;
		if (code == 0)
			code = email_decode(buf_text(&answer), arena, ret, reterr) < 0 ? E_IO : 0;
		else if (code == E_INVALID || code == E_LIMIT)
			usher_error_set(reterr, code, "%.*s",
					TEXT_ARG(email_text_line(arena, buf_text(&answer), 200)));
		else
			code = usher_error_set(reterr, E_IO, "the parser broke off its answer");
	}
	buf_done(&answer);
	if (code == E_IO)
		end_child(c);
	return code;
}

int email_sandbox_parse(struct email_sandbox *s, struct usher_text raw, struct arena *arena,
			struct mail *ret, struct usher_error *reterr)
{
	struct usher_error err = {0};
	int code = E_LIMIT;
	if (raw.n > MAIL_BYTES_MAX) {
		usher_error_set(&err, E_LIMIT, "larger than %zu bytes", MAIL_BYTES_MAX);
	} else {
		struct child *c = take_child(s);
		unsigned flags = 0;
		for (int attempt = 0; attempt < 2; attempt++, flags = EMAIL_PARSE_NO_HTML) {
			code = start_child(s, c, &err);
			if (code == 0)
				code = ask_child(c, raw, flags, arena, ret, &err);
			if (code != E_IO)
				break;
		}
		give_back(s, c);
	}
	if (code < 0) {
		email_unreadable(raw, err.text, arena, ret);
		usher_error_set(reterr, code, "%s", err.text);
	}
	return code;
}
