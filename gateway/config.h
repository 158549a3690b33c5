/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the process needs to start, from one YAML file; the rest lives in the store.
 *
 * Order: built in < file < environment USHER_<KEY> < --set key=value. A fault is one line that
 * names file, line and key. The rows are in config.c; `usher.yaml(5)` documents each (a test holds
 * the two together).
 */
#ifndef GATEWAY_CONFIG_H
#define GATEWAY_CONFIG_H

#include "routing/base/text.h"

struct config;

/* path NULL: only defaults, environment and sets. sets: count strings "key=value". E_INVALID,
 * E_NOT_FOUND (no such file). */
int config_load(struct config **ret, const char *path, const char *const *sets, int set_count,
		struct usher_error *reterr) USHER_CHECKED;
struct config *config_free(struct config *c); /* accepts NULL; always NULL */

/* Never NULL; "" when not set. */
const char *config_listen_host(const struct config *c);
int config_listen_port(const struct config *c); /* 0 = any free one */
const char *config_public_url(const struct config *c); /* no slash at the end */
const char *config_data_dir(const struct config *c);
const char *config_zone(const struct config *c);
const char *config_web_dir(const struct config *c);
const char *config_tls_certificate(const struct config *c);
const char *config_tls_key(const struct config *c);
const char *config_allowed_hosts(const struct config *c);   /* space-separated, beside public_url's */
const char *config_allowed_origins(const struct config *c); /* pages that may carry the widget */
const char *config_trusted_proxies(const struct config *c);
int config_log_level(const struct config *c);
int config_connections_max(const struct config *c);

/* Once the server knows the port it got, the public address follows it when none was set. */
void config_set_port(struct config *c, int port);

/* Calls for each key with its default and meaning: --help, the manual, the test that holds them
 * together. */
void config_each(void (*on_key)(const char *key, const char *fallback, const char *help, void *arg),
		 void *arg);

#endif
