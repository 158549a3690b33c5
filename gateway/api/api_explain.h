/* SPDX-License-Identifier: Apache-2.0 */
/* GET /contacts/{id}/explain: gateway/explain does the work on a worker, this asks and answers. */
#ifndef GATEWAY_API_API_EXPLAIN_H
#define GATEWAY_API_API_EXPLAIN_H

#include "gateway/api/api.h"

void explain_start(struct api_call *c);

#endif
