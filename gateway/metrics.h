/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters, gauges and histograms, and their text for Prometheus (exposition format 0.0.4).
 *
 * A metric is a static struct; metrics_register() puts it on the list once. Names and labels are
 * constants of the program (base units, _total for counters, never an id in a label). Values are
 * changed on the loop's thread only.
 */
#ifndef GATEWAY_METRICS_H
#define GATEWAY_METRICS_H

#include "routing/base/list.h"
#include "routing/base/text.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

#define METRIC_BUCKETS_MAX 16

struct metric {
	enum metric_type type;
	const char *name;   /* "usher_http_requests_total" */
	const char *labels; /* "code=\"2xx\"" or NULL */
	const char *help;   /* of the name: the same for all its labels */
	int64_t value;	    /* of counters and gauges */
	/* Histograms of durations: bounds in microseconds, ascending, shown in seconds. */
	const int64_t *bounds_us;
	int bound_count; /* at most METRIC_BUCKETS_MAX */
	uint64_t buckets[METRIC_BUCKETS_MAX + 1];
	uint64_t sum_us;
	struct list in_registry;
};

struct metrics {
	struct list all;
};

void metrics_init(struct metrics *m);
/* Metrics of one name stand together, in the order of registration. Registering twice is harmless.
 */
void metrics_register(struct metrics *m, struct metric *metric);
void metrics_done(struct metrics *m); /* forgets all of them; their values stay */

static inline void metric_add(struct metric *metric, int64_t by)
{
	metric->value += by;
}

static inline void metric_set(struct metric *metric, int64_t value)
{
	metric->value = value;
}

void metric_observe(struct metric *histogram, int64_t us);

void metrics_write(const struct metrics *m, struct usher_buf *ret);

#endif
