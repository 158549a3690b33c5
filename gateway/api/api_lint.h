/* SPDX-License-Identifier: Apache-2.0 */
/* The routing linter in front of each change of a queue, user, channel or weight. */
#ifndef GATEWAY_API_API_LINT_H
#define GATEWAY_API_API_LINT_H

#include "gateway/api/api.h"
#include "gateway/lint/change.h"

/* Before the change is made: E_INVALID (422, with each error) where it brings an error that was not
 * there, unless the call says force=true. Else 0, and the answer will have "warnings": errors and
 * warnings that are new or of the object. */
int api_lint(struct turn *t, struct api_call *c, const struct lint_change *change) USHER_CHECKED;

void api_render_lint(struct api_call *c, struct json_writer *w); /* of the whole site */

#endif
