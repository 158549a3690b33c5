/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why each offer of a contact went where it went, and why not to each other agent. Recomputed from
 * the journal: the core is restored as it was before each decision and asked.
 */
#ifndef GATEWAY_API_API_EXPLAIN_H
#define GATEWAY_API_API_EXPLAIN_H

#include "gateway/api/api.h"

void explain_render(struct api_call *c, struct json_writer *w);

#endif
