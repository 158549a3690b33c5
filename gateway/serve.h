/* SPDX-License-Identifier: Apache-2.0 */
/* The running process: put together, run, taken apart. */
#ifndef GATEWAY_SERVE_H
#define GATEWAY_SERVE_H

#include "gateway/config.h"
#include "gateway/gateway.h"

struct serve_options {
	/* Called on the loop once everything is open and listening; may submit work. */
	void (*on_ready)(struct gateway *g, void *arg);
	void *arg;
	bool is_demo; /* serves the sample company's page at / */
};

/* Runs until SIGTERM or SIGINT. Returns an exit code: 0, 1 (with the reason on stderr), 78. */
int serve_run(struct config *config, const struct serve_options *options);

/* Makes data_dir, opens the store there (one process at a time: the folder is locked) and reads or
 * makes the site's secret. The store's handle and the lock are the gateway's from then on. */
int serve_open_store(struct gateway *g, const struct config *config, struct usher_error *reterr) USHER_CHECKED;
void serve_close_store(struct gateway *g);

#endif
