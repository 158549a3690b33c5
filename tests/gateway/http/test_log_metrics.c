/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/log.h"
#include "gateway/metrics.h"
#include "routing/base/id.h"
#include "tests/tap.h"

#include <inttypes.h>
#include <stdio.h>

static char last[LOG_LINE_MAX + 1];
static int lines;

static void on_line(const char *line, void *arg)
{
	(void)arg;
	snprintf(last, sizeof(last), "%s", line);
	lines++;
}

static const char *fields(void)
{
	usher_us at;
	char *space = strchr(last, ' ');
	assert_non_null(space);
	assert_int_equal(time_parse(text_slice(last, (size_t)(space - last)), &at), 0);
	return space + 1;
}

static void test_lines(void **state)
{
	(void)state;
	log_capture(on_line, NULL);
	log_event(LOG_LEVEL_INFO, "thing.done",
		  "name=%s n=%d big=%" PRIu64 " size=%zu part=%.*s pct=50%%", "plain", -5,
		  UINT64_MAX, (size_t)7, 3, "abcdef");
	assert_string_equal(
		fields(),
		"info thing.done name=plain n=-5 big=18446744073709551615 size=7 part=abc pct=50%");
	log_event(LOG_LEVEL_WARN, "thing.done", "a=%s b=%s c=%s d=%s", "two words", "", "x=y",
		  "q\"\\");
	assert_string_equal(fields(),
			    "warn thing.done a=\"two words\" b=\"\" c=\"x=y\" d=\"q\\\"\\\\\"");
	log_event(LOG_LEVEL_ERROR, "thing.done", "a=%s", "x\r\n2026 error fake\x1b[31m\x7f");
	assert_string_equal(fields(),
			    "error thing.done a=\"x\\x0d\\x0a2026 error fake\\x1b[31m\\x7f\"");
	log_event(LOG_LEVEL_ERROR, "thing.done", "a=%s b=%s c=%s",
		  "\xc2\x9b"
		  "31m",
		  "caf\xc3\xa9 x", "\xff\xfe");
	assert_string_equal(fields(),
			    "error thing.done a=\"\\xc231m\" b=\"caf\xc3\xa9 x\" c=\"\\xff\\xfe\"");
	log_event(LOG_LEVEL_INFO, "thing.done", "f=%.2f x=%08x l=%ld c=%c pad=%5d", 1.5, 255, 3L,
		  'z', 4);
	assert_string_equal(fields(), "info thing.done f=1.50 x=000000ff l=3 c=z pad=\"    4\"");
	int before = lines;
	log_event(LOG_LEVEL_DEBUG, "thing.done", "a=%d", 1);
	assert_int_equal(lines, before);
	log_set_level(LOG_LEVEL_DEBUG);
	log_event(LOG_LEVEL_DEBUG, "thing.done", "a=%d", 1);
	assert_int_equal(lines, before + 1);
	log_set_level(LOG_LEVEL_INFO);
	char *large = malloc(10000);
	memset(large, 'x', 10000);
	for (int i = 0; i < 4999; i++)
		memcpy(large + 2 * i, "\xc3\xa4", 2);
	large[9998] = '\0';
	log_event(LOG_LEVEL_INFO, "thing.done", "a=%s", large);
	assert_true(strlen(last) <= LOG_LINE_MAX && strlen(last) > LOG_LINE_MAX - 4);
	assert_true(text_is_utf8(text_of(last)));
	free(large);
	log_capture(NULL, NULL);
}

static void test_metrics(void **state)
{
	static const int64_t bounds[] = {1000, 50000, 1000000};
	static struct metric a = {METRIC_COUNTER, "usher_a_total", "code=\"2xx\"", "As."},
			     b = {METRIC_GAUGE, "usher_b", NULL, "Bs."},
			     a5 = {METRIC_COUNTER, "usher_a_total", "code=\"5xx\"", "As."},
			     h = {METRIC_HISTOGRAM,    "usher_h_seconds", NULL, "Hs.",
				  .bounds_us = bounds, .bound_count = 3},
			     hl = {METRIC_HISTOGRAM,	"usher_l_seconds", "x=\"y\"", "Ls.",
				   .bounds_us = bounds, .bound_count = 1};
	struct metrics m;
	struct usher_buf out = {0};
	(void)state;
	metrics_init(&m);
	struct metric *all[] = {&a, &b, &a5, &h, &hl, &a};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		metrics_register(&m, all[i]);
	metric_add(&a, 3);
	metric_set(&b, -2);
	metric_observe(&h, 1000);
	metric_observe(&h, 1001);
	metric_observe(&h, 5000000);
	metric_observe(&hl, 1);
	metrics_write(&m, &out);
	assert_string_equal(
		out.p,
		"# HELP usher_a_total As.\n# TYPE usher_a_total counter\n"
		"usher_a_total{code=\"2xx\"} 3\nusher_a_total{code=\"5xx\"} 0\n"
		"# HELP usher_b Bs.\n# TYPE usher_b gauge\nusher_b -2\n"
		"# HELP usher_h_seconds Hs.\n# TYPE usher_h_seconds histogram\n"
		"usher_h_seconds_bucket{le=\"0.001000\"} "
		"1\nusher_h_seconds_bucket{le=\"0.050000\"} 2\n"
		"usher_h_seconds_bucket{le=\"1.000000\"} 2\nusher_h_seconds_bucket{le=\"+Inf\"} 3\n"
		"usher_h_seconds_sum 5.002001\nusher_h_seconds_count 3\n"
		"# HELP usher_l_seconds Ls.\n# TYPE usher_l_seconds histogram\n"
		"usher_l_seconds_bucket{x=\"y\",le=\"0.001000\"} "
		"1\nusher_l_seconds_bucket{x=\"y\",le=\"+Inf\"} 1\n"
		"usher_l_seconds_sum{x=\"y\"} 0.000001\nusher_l_seconds_count{x=\"y\"} 1\n");
	buf_done(&out);
	metrics_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines),
					   cmocka_unit_test(test_metrics)};
	return cmocka_run_group_tests_name("log and metrics", tests, NULL, NULL);
}
