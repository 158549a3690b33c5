/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A site for the linter, read from the rows that the store keeps: the whole of a directory, and
 * rows that are to come in place of those that are there.
 */
#ifndef GATEWAY_LINT_SITE_H
#define GATEWAY_LINT_SITE_H

#include "gateway/directory.h"
#include "gateway/lint/lint.h"

struct lint_rows {
	struct lint_site site;	/* what it names is in the arena or in the rows' own texts */
	struct arena arena;
	struct hours **hours;	/* owned; with queues that were put twice */
	size_t hours_count, hours_space;
	struct lint_queue *queues;
	struct lint_agent *agents;
	struct lint_channel *channels;
};

/* Rows are borrowed until lint_rows_done: they may not change meanwhile. weights are the core's. */
void lint_rows_load(struct lint_rows *ret, const struct directory *d, const struct routing *core,
		    usher_us now);
void lint_rows_done(struct lint_rows *r);

/* The site as it would be: adds the row, or replaces that of the same key; a removed queue or user
 * is taken out. */
void lint_rows_put_queue(struct lint_rows *r, const struct queue_row *row);
void lint_rows_put_user(struct lint_rows *r, const struct user_row *row);
void lint_rows_put_channel(struct lint_rows *r, const struct channel_row *row);
void lint_rows_put_weight(struct lint_rows *r, const struct routing_channel_set *set);

#endif
