/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gateway/calendar/ask.h"

#include "gateway/calendar/hours.h"
#include "routing/base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct state {
	struct zone *zone;   /* owned; NULL before the first Z */
	struct hours *hours; /* owned; NULL before the first H, which is always open */
};

static void set_zone(struct state *s, const char *name)
{
	struct usher_error err = {0};
	struct zone *zone = NULL;
	int code = zone_new(&zone, text_of(name), &err);
	puts(code == 0 ? "ok" : err.text);
	if (code == 0) {
		zone_free(s->zone);
		s->zone = zone;
	}
}

static void set_hours(struct state *s, const char *json)
{
	struct usher_error err = {0};
	struct hours *hours = NULL;
	int code = hours_parse(&hours, text_of(json), NULL, &err);
	puts(code == 0 ? "ok" : err.text);
	if (code == 0) {
		hours_free(s->hours);
		s->hours = hours;
	}
}

static void answer(const struct state *s, char verb, usher_us a, usher_us b)
{
	struct hours_change next;
	int64_t value = 0;
	if (strchr("ODQ", verb) != NULL && s->zone == NULL)
		exit(2);
	switch (verb) {
	case 'O':
		value = zone_span_at(s->zone, a).offset_us;
		break;
	case 'D':
		value = zone_day_start(s->zone, a);
		break;
	case 'Q':
		value = zone_quarter_start(s->zone, a);
		break;
	case 'P':
		value = hours_is_open(s->hours, a);
		break;
	case 'B':
		value = hours_open_between(s->hours, a, b);
		break;
	case 'A':
		value = hours_after(s->hours, a, b);
		break;
	case 'N':
		next = hours_next(s->hours, a);
		printf("%" PRId64 " %d\n", next.at_us, next.is_open);
		return;
	default:
		exit(2);
	}
	printf("%" PRId64 "\n", value);
}

int ask_run(void)
{
	struct state s = {0};
	char *line = NULL;
	size_t space = 0;
	ssize_t n;
	while ((n = getline(&line, &space, stdin)) > 1) {
		int64_t a = 0, b = 0;
		line[n - 1] = '\0';
		if (line[0] == 'Z') {
			set_zone(&s, line + 2);
		} else if (line[0] == 'H') {
			set_hours(&s, line + 2);
		} else {
			sscanf(line + 1, "%" SCNd64 " %" SCNd64, &a, &b);
			answer(&s, line[0], a * USHER_SECOND, b * USHER_SECOND);
		}
	}
	free(line);
	zone_free(s.zone);
	hours_free(s.hours);
	return 0;
}
