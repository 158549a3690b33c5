/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/figures.h"

#include "gateway/directory.h"
#include "routing/base/table.h"
#include "routing/core/core.h"

#include <stdlib.h>
#include <time.h>

struct queue_counts {
	struct queue_figures today;
};

struct figures {
	struct gateway *g; /* borrowed: it owns this */
	struct table queues; /* id -> struct queue_counts *, owned */
	usher_us day_begins, day_ends;
};

static usher_us midnight(usher_us at, int days_later)
{
	time_t seconds = (time_t)(at / USHER_SECOND);
	struct tm local;
	localtime_r(&seconds, &local);
	local.tm_mday += days_later;
	local.tm_hour = local.tm_min = local.tm_sec = 0;
	local.tm_isdst = -1;
	return (usher_us)mktime(&local) * USHER_SECOND;
}

static void forget(struct figures *f)
{
	TABLE_EACH(slot, &f->queues)
		free((void *)(uintptr_t)slot->value);
	table_done(&f->queues);
}

static void turn_day(struct figures *f, usher_us now)
{
	if (now >= f->day_begins && now < f->day_ends)
		return;
	forget(f);
	f->day_begins = midnight(now, 0);
	f->day_ends = midnight(now, 1);
}

struct figures *figures_new(struct gateway *g)
{
	struct figures *f = NEW(struct figures);
	f->g = g;
	return f;
}

struct figures *figures_free(struct figures *f)
{
	if (f == NULL)
		return NULL;
	forget(f);
	free(f);
	return NULL;
}

static struct queue_counts *of_queue(struct figures *f, usher_id queue)
{
	struct queue_counts *q = table_get_pointer(&f->queues, queue);
	if (q == NULL) {
		q = NEW(struct queue_counts);
		table_set_pointer(&f->queues, queue, q);
	}
	return q;
}

static void count_answer(struct queue_counts *q, const struct fact_row *fact,
			 const struct queue_row *queue)
{
	q->today.answered++;
	q->today.waited_us += fact->number;
	if (queue == NULL || fact->number <= queue->target_us)
		q->today.answered_in_target++;
}

static void count_abandon(struct queue_figures *q, const struct fact_row *fact,
			  const struct queue_row *queue)
{
	q->abandoned++;
	if (queue != NULL && fact->number < queue->short_abandon_us)
		q->short_abandoned++;
}

void figures_count(struct figures *f, const struct fact_row *fact)
{
	turn_day(f, fact->at_us);
	if (fact->queue == 0)
		return;
	struct queue_counts *q = of_queue(f, fact->queue);
	const struct queue_row *queue = directory_queue(f->g->directory, fact->queue);
	if (fact->kind == FX_QUEUED && fact->number == 1)
		q->today.offered++;
	else if (fact->kind == FX_ASSIGNED && fact->cause == CAUSE_ACCEPTED)
		count_answer(q, fact, queue);
	else if (fact->kind == FX_CLOSED && fact->cause == CAUSE_CUSTOMER_LEFT)
		count_abandon(&q->today, fact, queue);
}

static int on_fact(const void *row, void *arg)
{
	figures_count(arg, row);
	return 0;
}

int figures_load(struct figures *f, struct gateway *g, struct usher_error *reterr)
{
	f->day_begins = f->day_ends = 0;
	usher_us now = gateway_now();
	turn_day(f, now);
	usher_id last = 0;
	struct store_range today = {.index = -1, .has_from = true,
				    .from = (int64_t)id_next(&last, f->day_begins)};
	int code = store_scan(g->store, &FACT, &today, on_fact, f);
	return code < 0 ? usher_error_set(reterr, code, "facts: cannot be read from the store") : 0;
}

void figures_queue(struct figures *f, usher_id queue, struct queue_figures *ret)
{
	turn_day(f, gateway_now());
	struct queue_counts *q = table_get_pointer(&f->queues, queue);
	*ret = q != NULL ? q->today : (struct queue_figures){0};
}

double figures_service_level(const struct queue_figures *q)
{
	int64_t counted = q->answered + q->abandoned - q->short_abandoned;
	return counted > 0 ? 100.0 * (double)q->answered_in_target / (double)counted : -1.0;
}
