/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outgoing HTTP on the loop (channels/http.h: struct http_fetch).
 *
 * http and https only, no redirect, TLS verified. Where a request may not reach the private
 * network, each address the name resolves to is judged when the socket is about to be opened, so a
 * name that resolves anew cannot lead astray.
 */
#ifndef GATEWAY_HTTP_FETCH_H
#define GATEWAY_HTTP_FETCH_H

#include "channels/http.h"

#include <uv.h>

struct fetcher;

struct fetch_settings {
	int in_all_max;	  /* requests under way; further ones wait. 0: 64 */
	int per_host_max; /* connections to one host. 0: 8 */
	int waiting_max;  /* 0: 1,000; further ones are answered with status 0 */
	const char
		*ca_path; /* a file of certificates to trust instead of the system's; may be NULL */
};

int fetcher_new(struct fetcher **ret, uv_loop_t *loop, const struct fetch_settings *settings,
		struct usher_error *reterr) USHER_CHECKED;

/* on_done comes later, never before this returns, once. */
void fetcher_fetch(struct fetcher *f, const struct http_fetch *fetch, http_on_fetched on_done,
		   void *arg);

/* All that is under way ends with status 0 before this returns; then run the loop until nothing is
 * left. Accepts NULL; always NULL. */
struct fetcher *fetcher_free(struct fetcher *f);

#endif
