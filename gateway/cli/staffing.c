/* SPDX-License-Identifier: Apache-2.0 */
/* `usher staffing --calls N --aht S …`: agents needed, and what one or two more or fewer would
 * give. It speaks to nobody. */
#include "gateway/cli/cli.h"

#include "gateway/insight/staffing_json.h"

#define USAGE                                                                               \
	"usher staffing --calls N --aht SECONDS [--per 30min] [--target 80] [--within 20] " \
	"[--occupancy-max 85] [--patience SECONDS] [--shrinkage PERCENT] [--agents N]"

/* "--calls 100" or "--calls=100"; *at moves on to the last word that was taken. */
static int take(const struct cli_options *o, int *at, struct staffing_query *q,
		struct usher_error *reterr)
{
	struct usher_text value = text_of(o->args[*at]);
	if (!text_starts(value, TEXT("--")))
		return usher_error_set(reterr, E_INVALID, "\"%.40s\" is no option", o->args[*at]);
	value = text_slice(value.p + 2, value.n - 2);
	bool has_value = memchr(value.p, '=', value.n) != NULL;
	struct usher_text name = text_cut(&value, '=');
	if (!has_value && *at + 1 < o->arg_count)
		value = text_of(o->args[++*at]);
	return staffing_query_set(q, name, value, reterr);
}

static int print_answer(const struct cli_options *o, const struct staffing_query *q,
			struct usher_text json)
{
	struct cli_column columns[9] = {
		{"AGENTS", "agents", true},
		{"SL%", "service_level", true},
		{"ASA", "asa_s", true},
		{"WAIT%", "p_wait", true},
		{"OCCUPANCY%", "occupancy", true},
	};
	size_t n = 5;
	if (q->has_patience)
		columns[n++] = (struct cli_column){"ABANDONED%", "abandonment", true};
	if (q->has_shrinkage)
		columns[n++] = (struct cli_column){"ROSTERED", "rostered", true};
	columns[n] = (struct cli_column){"ENOUGH", "enough", false};
	return cli_print(o, json, columns);
}

int cli_staffing(const struct cli_options *o)
{
	struct staffing_query q;
	struct usher_error err = {0};
	struct usher_buf json = {0};
	struct json_writer w;
	int code = 0;
	staffing_query_init(&q);
	for (int i = 1; code == 0 && i < o->arg_count; i++)
		code = take(o, &i, &q, &err);
	json_writer_init(&w, &json);
	if (code == 0)
		code = staffing_query_write(&q, &w, &err);
	code = code < 0 ? cli_fail(EXIT_USAGE_ERROR, USAGE, "staffing: %s", err.text)
			: print_answer(o, &q, buf_text(&json));
	buf_done(&json);
	return code;
}
