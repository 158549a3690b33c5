/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_wire.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

int64_t wire_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The child has no poll: it reads and writes blocking, without a deadline. */
static int wait_for(int fd, short events, int64_t deadline_ms)
{
	if (deadline_ms < 0)
		return 0;
	for (;;) {
		int64_t left = deadline_ms - wire_now_ms();
		if (left <= 0)
			return -1;
		struct pollfd p = {fd, events, 0};
		int n = poll(&p, 1, (int)left);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -1;
	}
}

int wire_read(int fd, void *to, size_t n, int64_t deadline_ms)
{
	char *p = to;
	while (n > 0) {
		if (wait_for(fd, POLLIN, deadline_ms) < 0)
			return -1;
		ssize_t got = read(fd, p, n);
		if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
			return -1;
		if (got > 0) {
			p += got;
			n -= (size_t)got;
		}
	}
	return 0;
}

int wire_write(int fd, const void *from, size_t n, int64_t deadline_ms)
{
	const char *p = from;
	while (n > 0) {
		if (wait_for(fd, POLLOUT, deadline_ms) < 0)
			return -1;
		ssize_t put = write(fd, p, n);
		if (put < 0 && errno != EINTR && errno != EAGAIN)
			return -1;
		if (put > 0) {
			p += put;
			n -= (size_t)put;
		}
	}
	return 0;
}
