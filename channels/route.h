/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of routes: the server borrows them for ever, so they are kept once per text. */
#ifndef CHANNELS_ROUTE_H
#define CHANNELS_ROUTE_H

#include "routing/base/error.h"

/* The formatted path. The same text gives the same pointer; it is never freed, so only texts made
 * from channel ids may come here, never ones from the network. */
const char *route_path(const char *format, ...) USHER_PRINTF(1, 2);

#endif
