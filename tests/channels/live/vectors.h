/* SPDX-License-Identifier: Apache-2.0 */
/* The shared vectors, read with jansson. */
#ifndef TESTS_CHANNELS_LIVE_VECTORS_H
#define TESTS_CHANNELS_LIVE_VECTORS_H

#include <jansson.h>
#include <stdio.h>

#include "tests/tap.h"

/* NULL where the shared material is missing: skip the test then. */
static inline json_t *vectors_load(const char *name)
{
	char path[512];
	if (shared_dir() == NULL)
		return NULL;
	snprintf(path, sizeof path, "%s/vectors/%s", shared_dir(), name);
	return json_load_file(path, 0, NULL);
}

static inline const char *vector_text(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));
	return text != NULL ? text : "";
}

#endif
