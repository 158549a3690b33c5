/* SPDX-License-Identifier: Apache-2.0 */
/* The whole gateway in one process on the memory store: a queue, an agent, a chat channel. */
#ifndef TESTS_GATEWAY_WORLD_H
#define TESTS_GATEWAY_WORLD_H

#include "tests/tap.h"

#include "gateway/book.h"
#include "gateway/config.h"
#include "gateway/directory.h"
#include "gateway/engine.h"
#include "gateway/engine_restore.h"
#include "gateway/figures.h"
#include "gateway/intake.h"
#include "gateway/log.h"

#define WAIT_MS 5000

struct world {
	uv_loop_t loop;
	struct gateway g;
	struct config *config;
	char folder[64];
	usher_id queue, agent;
	bool is_closed;
};

void world_begin(struct world *w);
void world_end(struct world *w);
/* A restart on the same store is world_close, then world_open. */
void world_open(struct world *w, struct store *store);
void world_close(struct world *w);
/* Runs the loop until the flag is set. */
void run_until(struct world *w, const bool *flag);
void run_for(struct world *w, int ms);

struct job {
	struct world *w;
	int (*run)(struct turn *t, struct job *job);
	struct routing_event ev;
	void *arg;
	int found, code;
	bool is_done;
};

/* Runs it in a turn of its own; what it returned, or the code of the commit. */
int do_turn(struct world *w, int (*run)(struct turn *t, struct job *job), struct job *job);

/* Its parts, to submit a job without waiting for it. */
void apply_job(struct turn *t, void *arg);
void on_job(int code, void *arg);
int run_route(struct turn *t, struct job *job); /* job->ev */

struct heard {
	bool is_done;
	int code;
	struct inbound_result result;
};

void on_heard(int code, const struct inbound_result *result, void *arg);
struct heard hear(struct world *w, const char *key, const char *remote_id, const char *body,
		  enum inbound_kind kind);
int command(struct world *w, enum routing_event_kind kind, usher_id contact, uint64_t epoch);
int wants(struct world *w, enum agent_state state);
/* Takes back every fault and waits until the store takes writes again. */
void store_mend(struct world *w);

/* A call of the API with a token of the command line's, or, when given, of somebody. Gives the
 * status; the body goes to *ret, which may be NULL. */
int rest(struct world *w, const char *token, const char *method, const char *path, const char *body,
	 struct usher_buf *ret);

int world_set_up(void **state);
int world_tear_down(void **state);
#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

#endif
