/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/route.h"

#include "routing/base/memory.h"

#include <stdio.h>
#include <stdlib.h>

struct kept_path {
	struct kept_path *next;
	char *text;
};

/* Reachable until the process ends: that is what "borrowed for ever" asks for. */
static struct kept_path *kept;

const char *route_path(const char *format, ...)
{
	char text[256];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (n < 0 || n >= (int)sizeof text)
		abort();
	for (struct kept_path *p = kept; p != NULL; p = p->next)
		if (strcmp(p->text, text) == 0)
			return p->text;
	struct kept_path *p = NEW(struct kept_path);
	p->text = memory_copy(text_of(text));
	p->next = kept;
	kept = p;
	return p->text;
}
