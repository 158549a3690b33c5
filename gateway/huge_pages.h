/* SPDX-License-Identifier: Apache-2.0 */
/* Large pages for large arrays: what is looked up in many places is found with fewer detours. */
#ifndef GATEWAY_HUGE_PAGES_H
#define GATEWAY_HUGE_PAGES_H

#include <stddef.h>

/* For routing_limits.on_memory. Where the system has none it changes nothing. */
void huge_pages_advise(void *p, size_t bytes);

#endif
