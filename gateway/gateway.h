/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a running Usher, and who holds what.
 *
 * One libuv loop owns all of it. A part reaches the others through struct gateway; none of them
 * keeps a pointer into another across a turn of the engine (engine.h), only ids.
 */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include "routing/base/id.h"
#include "routing/base/memory.h"

#include <uv.h>

struct gateway {
	uv_loop_t *loop;             /* borrowed: until the process ends */
	const struct config *config; /* borrowed: until the process ends */
	struct store *store;         /* owned */
	struct hash_key id_key;      /* of this site: ids, dedupe, thread hashes */
	struct usher_text secret;    /* 32 bytes, in this struct's arena; tokens derive from it */
	struct arena arena;          /* for what lives as long as the gateway */
	usher_id last_id;
	int lock_fd;                 /* owned: the lock on data_dir; -1 = none */

	/* In the order they are made; freed the other way round. All owned. */
	struct directory *directory; /* queues, users, skills, channels, codes */
	struct book *book;           /* contacts at hand and their sessions */
	struct figures *figures;     /* today's counts per queue */
	struct engine *engine;       /* turns, the core, the commit */
	struct auth *auth;           /* passwords, sessions, tokens */
	struct live *live;           /* topics and their subscribers */
	struct outbox *outbox;       /* what must leave the house */
	struct lines *lines;         /* the channels that are open */
	struct http_server *http;
	struct fetcher *fetcher;     /* outgoing requests */
	struct http_assets *assets;  /* the built browser code */
};

/* Wall-clock microseconds; only the engine stamps events with it. */
usher_us gateway_now(void);

/* A new id, later than any before it. */
usher_id gateway_id(struct gateway *g, usher_us now);

#endif
