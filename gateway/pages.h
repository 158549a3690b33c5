/* SPDX-License-Identifier: Apache-2.0 */
/* The browser's pages, health and metrics. */
#ifndef GATEWAY_PAGES_H
#define GATEWAY_PAGES_H

#include "gateway/gateway.h"

/* /console /board /setup /v/… /w/loader.js /assets/… ; in the demo the sample company at /, else a
 * redirect to the console; /livez /readyz /metrics /api/openapi.json. */
int pages_start(struct gateway *g, bool is_demo, struct usher_error *reterr) USHER_CHECKED;

#endif
