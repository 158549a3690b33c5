/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/lint/change.h"

#include "routing/base/table.h"

#include <stdlib.h>

bool lint_is_of(const struct lint_finding *f, const struct lint_change *change)
{
	switch (f->object) {
	case LINT_QUEUE:
		return change->queue != NULL && change->queue->id == f->id;
	case LINT_AGENT:
		return change->user != NULL && change->user->id == f->id;
	case LINT_CHANNEL:
		return change->channel != NULL && text_equal(change->channel->id, f->args[0]);
	case LINT_WEIGHT:
		return change->weight != NULL &&
		       text_equal(text_of(channel_name(change->weight->channel)), f->args[0]);
	case LINT_SKILL:
		return false;
	}
	return false;
}

static void put(struct lint_rows *rows, const struct lint_change *change)
{
	if (change->queue != NULL)
		lint_rows_put_queue(rows, change->queue);
	if (change->user != NULL)
		lint_rows_put_user(rows, change->user);
	if (change->channel != NULL)
		lint_rows_put_channel(rows, change->channel);
	if (change->weight != NULL)
		lint_rows_put_weight(rows, change->weight);
}

/* What there is already, hints apart: nobody is told of a new one. */
static void learn(const struct lint_report *r, struct table *ret)
{
	table_reserve(ret, r->count);
	for (size_t i = 0; i < r->count; i++)
		if (lint_severity_of(r->items[i].code) != LINT_HINT)
			table_set(ret, lint_key(&r->items[i]) | 1, 1);
}

static void sort_out(struct lint_outcome *o, const struct table *known,
		     const struct lint_change *change)
{
	const struct lint_report *r = &o->report;
	o->news = memory_new_array(r->count + 1, sizeof *o->news);
	o->told = memory_new_array(r->count + 1, sizeof *o->told);
	for (int severity = LINT_ERROR; severity < LINT_HINT; severity++)
		for (size_t i = 0; i < r->count; i++) {
			const struct lint_finding *f = &r->items[i];
			uint64_t value;
			bool is_new = !table_get(known, lint_key(f) | 1, &value);
			if ((int)lint_severity_of(f->code) != severity)
				continue;
			if (is_new && severity == LINT_ERROR)
				o->news[o->new_count++] = (uint32_t)i;
			else if (is_new || lint_is_of(f, change))
				o->told[o->told_count++] = (uint32_t)i;
		}
}

void lint_change_try(struct lint_outcome *ret, const struct directory *d,
		     const struct routing *core, const struct lint_change *change, usher_us now)
{
	struct lint_rows rows;
	struct lint_report before;
	struct table known = {0};
	*ret = (struct lint_outcome){0};
	lint_rows_load(&rows, d, core, now);
	lint_run(&rows.site, &before);
	put(&rows, change);
	lint_run(&rows.site, &ret->report);
	learn(&before, &known);
	sort_out(ret, &known, change);
	table_done(&known);
	lint_report_done(&before);
	lint_rows_done(&rows);
}

void lint_outcome_done(struct lint_outcome *o)
{
	free(o->news);
	free(o->told);
	lint_report_done(&o->report);
	*o = (struct lint_outcome){0};
}
