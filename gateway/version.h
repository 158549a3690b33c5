/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GATEWAY_VERSION_H
#define GATEWAY_VERSION_H

#include <stdio.h>

/* "usher 0.1.0 lws 4.1.6 libuv 1.44.2 sqlite 3.40.1 …": what this build runs with. */
void version_print(FILE *out);
const char *version_number(void);

#endif
