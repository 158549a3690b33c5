/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/metrics.h"

#include <assert.h>
#include <inttypes.h>

static struct metric *metric_of(struct list *link)
{
	return LIST_ITEM(link, struct metric, in_registry);
}

void metrics_init(struct metrics *m)
{
	list_init(&m->all);
}

void metrics_register(struct metrics *m, struct metric *metric)
{
	struct list *behind = m->all.prev;
	assert(metric->bound_count <= METRIC_BUCKETS_MAX);
	LIST_EACH(link, &m->all)
	{
		if (metric_of(link) == metric)
			return;
		if (strcmp(metric_of(link)->name, metric->name) == 0)
			behind = link;
	}
	list_add_last(behind->next, &metric->in_registry);
}

void metrics_done(struct metrics *m)
{
	LIST_EACH(link, &m->all)
	list_remove(link);
}

void metric_observe(struct metric *h, int64_t us)
{
	int i = 0;
	while (i < h->bound_count && us > h->bounds_us[i])
		i++;
	h->buckets[i]++;
	h->sum_us += us > 0 ? (uint64_t)us : 0;
}

static void write_seconds(struct usher_buf *ret, uint64_t us)
{
	buf_addf(ret, "%" PRIu64 ".%06" PRIu64, us / 1000000, us % 1000000);
}

static void write_histogram(const struct metric *h, struct usher_buf *ret)
{
	const char *labels = h->labels != NULL ? h->labels : "";
	const char *comma = h->labels != NULL ? "," : "";
	const char *open = h->labels != NULL ? "{" : "", *close = h->labels != NULL ? "}" : "";
	uint64_t count = 0;
	for (int i = 0; i <= h->bound_count; i++) {
		count += h->buckets[i];
		buf_addf(ret, "%s_bucket{%s%sle=\"", h->name, labels, comma);
		if (i < h->bound_count)
			write_seconds(ret, (uint64_t)h->bounds_us[i]);
		else
			buf_adds(ret, "+Inf");
		buf_addf(ret, "\"} %" PRIu64 "\n", count);
	}
	buf_addf(ret, "%s_sum%s%s%s ", h->name, open, labels, close);
	write_seconds(ret, h->sum_us);
	buf_addf(ret, "\n%s_count%s%s%s %" PRIu64 "\n", h->name, open, labels, close, count);
}

void metrics_write(const struct metrics *m, struct usher_buf *ret)
{
	static const char *const types[] = {"counter", "gauge", "histogram"};
	const char *last = "";
	LIST_EACH(link, (struct list *)&m->all)
	{
		const struct metric *metric = metric_of(link);
		if (strcmp(last, metric->name) != 0)
			buf_addf(ret, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help,
				 metric->name, types[metric->type]);
		last = metric->name;
		if (metric->type == METRIC_HISTOGRAM)
			write_histogram(metric, ret);
		else if (metric->labels != NULL)
			buf_addf(ret, "%s{%s} %" PRId64 "\n", metric->name, metric->labels,
				 metric->value);
		else
			buf_addf(ret, "%s %" PRId64 "\n", metric->name, metric->value);
	}
}
