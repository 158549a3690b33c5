/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the load generators share: one epoll loop of TCP connections that speak HTTP/1.1 or
 * WebSocket as clients, and latencies. They run on a core of their own and end with an exit code
 * other than 0 when anything is not as expected: a figure is never made from refusals.
 */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct load_connection {
	int fd;
	bool is_open; /* the WebSocket handshake is done */
	char *in;     /* owned */
	size_t n, space;
	int role, number; /* the generator's own */
};

/* One payload: a WebSocket text message, or the head and body of an HTTP answer; ends with a 0. */
typedef void (*load_on_payload)(struct load_connection *c, char *payload, size_t n);

void load_begin(const char *host, int port, load_on_payload on_payload);
/* From 127.x.y.z, so that the server sees many addresses. Dies where it cannot connect. */
void load_connect(struct load_connection *c, unsigned address);
void load_upgrade(struct load_connection *c, const char *path, const char *protocol,
		  const char *headers);
void load_say(struct load_connection *c, const char *text); /* a WebSocket message */
void load_send(struct load_connection *c, const char *bytes, size_t n);
void load_poll(int ms);
void load_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

uint64_t load_now(void); /* ns */
/* Of all threads of the process, ns: what an operation costs, whatever else runs. */
uint64_t load_cpu(int pid);

struct load_times {
	uint32_t *us; /* owned */
	size_t n, space;
};
void load_time(struct load_times *t, uint64_t ns);
double load_percentile(struct load_times *t, double p); /* us; sorts */

#endif
