/* SPDX-License-Identifier: Apache-2.0 */
/* One open channel: the adapter's object and what it is lent. Shared by lines.c and host_*.c. */
#ifndef GATEWAY_LINE_H
#define GATEWAY_LINE_H

#include "gateway/lines.h"

#define LINE_ROUTES_MAX 16

struct line_route {
	const char *method, *path; /* borrowed from the adapter; of a WebSocket: its subprotocol */
	bool is_websocket;
};

struct line {
	struct channel_host host; /* first: the adapter's pointer is the line's */
	struct gateway *g;        /* borrowed: it owns this */
	struct list link;         /* in list: lines */
	char *id;                 /* owned */
	char *data_dir;           /* owned */
	unsigned char secret[32];
	const struct channel_driver *driver;
	struct channel *channel;       /* owned; NULL: it could not be opened */
	struct channel_values *values; /* owned */
	struct channel_row *row;       /* owned copy of what it was opened with */
	struct list timers, watches;
	struct list waiters;      /* answers that the adapter waits for */
	int jobs;                 /* at work or waiting to be done */
	struct line_route routes[LINE_ROUTES_MAX];
	int route_count;
	bool is_closing, is_reopening;
	struct channel_status fault; /* when it could not be opened */
};

/* Begins what the adapter hands over with a callback. A closed adapter hears of nothing more: the
 * waiter outlives it and its callback is never called. */
struct line_waiter {
	struct list link; /* in list: line.waiters, or itself when the line has closed */
	bool is_dropped;
};
void line_wait(struct line *line, struct line_waiter *waiter);
/* Leaves the list; whether the adapter still is there to be told. */
bool line_waited(struct line_waiter *waiter);

static inline struct line *line_of(struct channel_host *h)
{
	return (struct line *)(void *)h;
}

/* Fills in every function of the host. */
void host_init(struct line *line);
/* Takes back timers, watches and routes. */
void host_done(struct line *line);
/* A job ended; the line goes when it was the last of a closed channel. */
void lines_job_ended(struct line *line);

#endif
