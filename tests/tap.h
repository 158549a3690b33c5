/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka with the headers it wants before it. Programs print TAP (CMOCKA_MESSAGE_OUTPUT=TAP). */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The shared test material, or NULL: the caller then prints "ok N # SKIP no $USHER_SHARED". */
static inline const char *shared_dir(void)
{
	const char *dir = getenv("USHER_SHARED");
	return dir != NULL && dir[0] != '\0' ? dir : NULL;
}

#endif
