/* SPDX-License-Identifier: Apache-2.0 */
/* A server in a child process, with routes that let a test see each promise kept or broken. */
#ifndef TESTS_GATEWAY_HTTP_FIXTURE_H
#define TESTS_GATEWAY_HTTP_FIXTURE_H

#include "gateway/http/http.h"

#include <sys/types.h>

struct fixture {
	pid_t pid;
	int port;
	int stop_fd; /* closing it ends the child */
};

/* Routes of the child:
 *   GET  /hello         "hello"                  POST /echo (64 KiB)   the body and what was seen
 *   *    /any           the method               POST /big (4 MiB)     its length and sum
 *   GET  /late          after 50 ms              GET  /never           no answer
 *   GET  /large         8 MiB of 'x'             GET  /tail/…          the tail
 *   GET  /problem?CODE  that problem             GET  /badheader       CR LF in a header
 *   GET  /override      its own Cache-Control    GET  /stats           "opened closed sockets"
 *   POST /hook          "ok" at once             GET  /crash-free      "ok"
 * WebSockets: /ws echo.v1 (64 KiB, queue 256 KiB; commands "close CODE", "flood N", "drop-route",
 * "both"), /ws other.v1 echo in upper case, /origin echo.v1 with Origin, /refuse echo.v1,
 * /c/N and /a/N relay.v1, /fan echo.v1: each message goes to all as one shared frame. */
void fixture_start(struct fixture *f, const struct http_settings *settings);

/* Stops the child; its exit status: 0 when nothing leaked and everything was closed in order. */
int fixture_stop(struct fixture *f);

/* The child's body, for use outside of tests: runs until stop_fd reads end of file. */
int fixture_run(const struct http_settings *settings, int port_fd, int stop_fd);

#endif
