/* SPDX-License-Identifier: Apache-2.0 */
/* What an adapter is lent of the loop: timers, jobs, watches, routes, requests. */
#ifndef GATEWAY_HOST_LOOP_H
#define GATEWAY_HOST_LOOP_H

#include "gateway/line.h"

void host_loop_init(struct line *line);

#endif
