/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that commits. One batch at a time; the loop goes on meanwhile and collects the next,
 * which is the group commit: as much as has come while the disk was busy, with no added wait.
 */
#ifndef GATEWAY_COMMITTER_H
#define GATEWAY_COMMITTER_H

#include "storage/store.h"

#include <uv.h>

struct committer;

/* On the loop's thread. code as store_commit; reason is borrowed until it returns. */
typedef void (*committer_on_done)(int code, const char *reason, void *arg);

int committer_new(struct committer **ret, uv_loop_t *loop, struct store *store,
		  committer_on_done on_done, void *arg, struct usher_error *reterr) USHER_CHECKED;

/* The batch must stay as it is until on_done. Only when committer_is_busy() is false. */
void committer_commit(struct committer *c, const struct store_batch *batch);
bool committer_is_busy(const struct committer *c);

/* Waits for the running commit, ends the thread. The loop must run once more to release the
 * handle. Accepts NULL; always NULL. */
struct committer *committer_free(struct committer *c);

#endif
