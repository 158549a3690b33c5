/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explanations on worker threads: replay reads and computes for a while, and the loop must not wait.
 * Two at a time, a few more wait their turn; beyond that E_AGAIN.
 */
#ifndef GATEWAY_EXPLAIN_EXPLAINER_H
#define GATEWAY_EXPLAIN_EXPLAINER_H

#include "gateway/explain/history.h"
#include "gateway/gateway.h"

struct explainer;

struct explainer *explainer_new(struct gateway *g);
/* Accepts NULL; always NULL. What is under way is told E_AGAIN on the loop, which must then run until
 * nothing is left before the store is closed. */
struct explainer *explainer_free(struct explainer *e);

/* Called once, on the loop, while no commit is running; at once where it is refused. code: 0, or as explain_history_make; h: until it returns. */
typedef void (*explainer_done)(int code, const char *reason, const struct explain_history *h, void *arg);
void explainer_ask(struct explainer *e, const struct explain_wish *wish, explainer_done on_done, void *arg);

#endif
