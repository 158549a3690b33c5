/* SPDX-License-Identifier: Apache-2.0 */
/* What a change of one object does to the findings of a site. */
#ifndef GATEWAY_LINT_CHANGE_H
#define GATEWAY_LINT_CHANGE_H

#include "gateway/lint/site.h"

struct lint_change { /* one of them; the others NULL */
	const struct queue_row *queue;
	const struct user_row *user;
	const struct channel_row *channel;
	const struct routing_channel_set *weight;
};

struct lint_outcome {
	struct lint_report report; /* of the site with the change in it */
	/* Indices into the report, errors first; owned. `news` are the errors that the site does not
	 * have without it; `told` its other errors and warnings that are new or of the object. */
	uint32_t *news, *told;
	size_t new_count, told_count;
};

bool lint_is_of(const struct lint_finding *f, const struct lint_change *change);

/* Reads the site twice, without and with the change. */
void lint_change_try(struct lint_outcome *ret, const struct directory *d,
		     const struct routing *core, const struct lint_change *change, usher_us now);
void lint_outcome_done(struct lint_outcome *o);

#endif
