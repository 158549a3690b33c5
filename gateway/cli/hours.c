/* SPDX-License-Identifier: Apache-2.0 */
/* `usher hours check FILE|-`: reads opening hours and shows what they mean in the next days. */
#include "gateway/cli/cli.h"

#include "gateway/calendar/hours.h"
#include "gateway/config.h"
#include "routing/base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DAYS 14

static const char *const weekdays[7] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const struct cli_column day_columns[] = {
	{"DATE", "date", false},     {"DAY", "weekday", false},		{"HOURS", "hours", false},
	{"OPEN", "open_time", true}, {"EXCEPTION", "exception", false}, {NULL, NULL, false}};

static usher_us now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * USHER_SECOND + t.tv_nsec / 1000;
}

/* ---- what is shown ------------------------------------------------------------------------------
 */

/* "Mon 2026-11-23 08:00", as the zone's clocks show it. */
static void add_local(struct usher_buf *out, const struct zone *zone, usher_us at)
{
	char date[DATE_TEXT_BYTES];
	int64_t day = zone_day_at(zone, at);
	usher_us local = at + zone_span_at(zone, at).offset_us - day * USHER_DAY;
	date_format(day, date);
	buf_addf(out, "%s %s %02d:%02d", weekdays[zone_weekday(day)], date,
		 (int)(local / USHER_HOUR), (int)(local / USHER_MINUTE % 60));
}

static void put_local(struct json_writer *w, const char *name, const struct zone *zone, usher_us at)
{
	struct usher_buf text = {0};
	add_local(&text, zone, at);
	json_put_text(w, name, buf_text(&text));
	buf_done(&text);
}

static void put_hours(struct json_writer *w, const struct hours_day *day)
{
	struct usher_buf text = {0};
	for (size_t i = 0; i < day->count; i++) {
		int from = day->intervals[i].from_min, to = day->intervals[i].to_min;
		to = to > 1440 ? to - 1440 : to;
		buf_addf(&text, "%s%02d:%02d–%02d:%02d", i > 0 ? ", " : "", from / 60, from % 60,
			 to / 60, to % 60);
	}
	json_put_text(w, "hours", day->count > 0 ? buf_text(&text) : TEXT("closed"));
	buf_done(&text);
}

/* The length is that of the day as it is lived: a night of 25 hours has one more. */
static void write_day(struct json_writer *w, const struct hours *h, int64_t day)
{
	const struct zone *zone = hours_zone(h);
	struct hours_day plan = hours_day(h, day);
	const char *exception = hours_exception(h, day);
	char date[DATE_TEXT_BYTES], length[32];
	usher_us open =
		hours_open_between(h, zone_day_begin(zone, day), zone_day_begin(zone, day + 1));
	date_format(day, date);
	snprintf(length, sizeof length, "%d:%02d", (int)(open / USHER_HOUR),
		 (int)(open / USHER_MINUTE % 60));
	json_write_object(w);
	json_put_string(w, "date", date);
	json_put_string(w, "weekday", weekdays[zone_weekday(day)]);
	put_hours(w, &plan);
	json_put_string(w, "open_time", length);
	json_put_int(w, "open_s", open / USHER_SECOND);
	json_put_string(w, "exception",
			exception != NULL && exception[0] == '\0' ? "without a name" : exception);
	json_write_object_end(w);
}

static void write_answer(struct usher_buf *out, const struct hours *h, usher_us now)
{
	const struct zone *zone = hours_zone(h);
	struct hours_change next = hours_next(h, now);
	struct json_writer w;
	json_writer_init(&w, out);
	json_write_object(&w);
	json_put_string(&w, "zone", zone_name(zone));
	json_put_time(&w, "at", now);
	put_local(&w, "local", zone, now);
	json_put_bool(&w, "is_open", hours_is_open(h, now));
	if (next.at_us == USHER_NEVER) {
		json_put_null(&w, "next");
	} else {
		json_put_object(&w, "next");
		json_put_time(&w, "at", next.at_us);
		put_local(&w, "local", zone, next.at_us);
		json_put_bool(&w, "is_open", next.is_open);
		json_write_object_end(&w);
	}
	json_put_list(&w, "items");
	int64_t today = zone_day_at(zone, now);
	for (int64_t day = today; day < today + DAYS; day++)
		write_day(&w, h, day);
	json_write_list_end(&w);
	json_write_object_end(&w);
}

static void print_state(const struct hours *h, usher_us now)
{
	const struct zone *zone = hours_zone(h);
	struct hours_change next = hours_next(h, now);
	bool is_open = hours_is_open(h, now);
	struct usher_buf line = {0};
	add_local(&line, zone, now);
	buf_addf(&line, " in %s: %s, ", zone_name(zone), is_open ? "open" : "closed");
	if (next.at_us == USHER_NEVER) {
		buf_addf(&line, "and stays %s", is_open ? "open" : "closed");
		buf_adds(&line, hours_is_always(h) ? "" : " for two years at least");
	} else {
		buf_adds(&line, next.is_open ? "opens " : "closes ");
		add_local(&line, zone, next.at_us);
	}
	printf("%s\n\n", line.p);
	buf_done(&line);
}

/* ---- the command --------------------------------------------------------------------------------
 */

/* One byte more than allowed is enough to be refused. */
static int read_text(const char *path, struct usher_buf *ret)
{
	bool is_input = strcmp(path, "-") == 0;
	FILE *file = is_input ? stdin : fopen(path, "re");
	if (file == NULL)
		return cli_fail(EXIT_FAILED, NULL, "%s: %s", path, strerror(errno));
	buf_reserve(ret, HOURS_BYTES_MAX + 1);
	ret->n = fread(ret->p, 1, HOURS_BYTES_MAX + 1, file);
	ret->p[ret->n] = '\0';
	bool has_failed = ferror(file) != 0;
	int fault = errno;
	if (!is_input)
		fclose(file);
	return has_failed ? cli_fail(EXIT_FAILED, NULL, "%s: %s", path, strerror(fault))
			  : EXIT_DONE;
}

static int show(const struct cli_options *o, const char *site_zone, struct usher_text text,
		usher_us now)
{
	struct hours *h = NULL;
	struct usher_error err = {0};
	struct usher_buf answer = {0};
	if (hours_parse(&h, text, site_zone, &err) < 0)
		return cli_fail(EXIT_FAILED, NULL, "%s: %s", o->args[2], err.text);
	write_answer(&answer, h, now);
	if (!o->is_quiet && strcmp(o->output, "table") == 0)
		print_state(h, now);
	int code = cli_print(o, buf_text(&answer), day_columns);
	buf_done(&answer);
	hours_free(h);
	return code;
}

int cli_hours(const struct cli_options *o)
{
	struct config *config = NULL;
	struct usher_error err = {0};
	struct usher_buf text = {0};
	usher_us now = now_us();
	bool is_right =
		(o->arg_count == 3 || o->arg_count == 4) && strcmp(o->args[1], "check") == 0;
	if (is_right && o->arg_count == 4)
		is_right = strncmp(o->args[3], "at=", 3) == 0 &&
			   time_parse(text_of(o->args[3] + 3), &now) == 0;
	if (!is_right)
		return cli_fail(EXIT_USAGE_ERROR,
				"usher hours check FILE|- [at=2026-12-24T06:00:00Z]",
				"opening hours of which file?");
	if (config_load(&config, o->config, o->sets, o->set_count, &err) < 0)
		return cli_fail(EXIT_BAD_CONFIG, NULL, "%s", err.text);
	const char *zone = config_zone(config);
	int code = read_text(o->args[2], &text);
	if (code == EXIT_DONE)
		code = show(o, zone[0] != '\0' ? zone : NULL, buf_text(&text), now);
	buf_done(&text);
	config_free(config);
	return code;
}
