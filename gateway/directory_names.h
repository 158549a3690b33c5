/* SPDX-License-Identifier: Apache-2.0 */
/* Skills and queues by the names that people use, for routing_settings.h. */
#ifndef GATEWAY_DIRECTORY_NAMES_H
#define GATEWAY_DIRECTORY_NAMES_H

#include "gateway/gateway.h"
#include "gateway/routing_settings.h"

/* Names of skills; slugs of queues, and their ids when read. Borrows g. */
struct routing_names directory_names(struct gateway *g);

#endif
