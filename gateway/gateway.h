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
	struct config *config;       /* borrowed: until the process ends */
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
	struct estimates *estimates; /* how long each queue will wait */
	struct opening *opening;     /* hours of the queues, told to the core */
	struct kept *kept;           /* what must not be refused and was */
	struct engine *engine;       /* turns, the core, the commit */
	struct auth *auth;           /* passwords, sessions, tokens */
	struct presence *presence;   /* whose console is connected */
	struct explainer *explainer; /* explanations under way */
	struct live *live;           /* topics and their subscribers */
	struct outbox *outbox;       /* what must leave the house */
	struct lines *lines;         /* the channels that are open */
	struct http_server *http;
	struct fetcher *fetcher;     /* outgoing requests */
	struct http_assets *assets;  /* the built browser code */
};

/* Makes every part; loop, config, store, id_key and secret are set already. After a failure the
 * process ends: parts are not unwound. Sentences name what to mend. */
int gateway_open(struct gateway *g, bool is_demo, struct usher_error *reterr) USHER_CHECKED;
/* Opens the channels and begins to work. */
int gateway_start(struct gateway *g, struct usher_error *reterr) USHER_CHECKED;
/* Finishes what is at hand and ends the parts; on_closed comes on the loop, which must then run
 * until nothing is left before gateway_done frees the rest. */
void gateway_close(struct gateway *g, void (*on_closed)(void *arg), void *arg);
void gateway_done(struct gateway *g);

/* Wall-clock microseconds that never go back (clock.h); only the engine stamps events with it. */
usher_us gateway_now(void);
/* What was recorded before the start lies behind: the clock may have been set back meanwhile. */
void gateway_not_before(usher_us at);

/* A new id, later than any before it. */
usher_id gateway_id(struct gateway *g, usher_us now);

#endif
