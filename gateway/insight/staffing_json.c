/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/insight/staffing_json.h"

#include "gateway/insight/erlang_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NUMBER_BYTES_MAX 20

enum kind { KIND_COUNT, KIND_SECONDS, KIND_PERCENT };

static const struct parameter {
	const char *name;
	enum kind kind;
	size_t at;  /* of the double */
	size_t has; /* of the bool; 0 where nobody asks */
} parameters[] = {
#define AT(member) offsetof(struct staffing_query, member)
	{"calls", KIND_COUNT, AT(input.calls), AT(has_calls)},
	{"per", KIND_SECONDS, AT(input.period_s), 0},
	{"aht", KIND_SECONDS, AT(input.handle_s), AT(has_aht)},
	{"target", KIND_PERCENT, AT(input.target), 0},
	{"within", KIND_SECONDS, AT(input.within_s), 0},
	{"occupancy-max", KIND_PERCENT, AT(input.occupancy_max), 0},
	{"patience", KIND_SECONDS, AT(input.patience_s), AT(has_patience)},
	{"shrinkage", KIND_PERCENT, AT(shrinkage), AT(has_shrinkage)},
	{"agents", KIND_COUNT, AT(agents), 0},
#undef AT
};
#define PARAMETERS (sizeof parameters / sizeof parameters[0])

static const struct unit {
	enum kind kind;
	const char *name;
	double size;
} units[] = {
	{KIND_COUNT, "", 1},	   {KIND_SECONDS, "", 1},     {KIND_SECONDS, "s", 1},
	{KIND_SECONDS, "min", 60}, {KIND_SECONDS, "h", 3600}, {KIND_SECONDS, "d", 86400},
	{KIND_PERCENT, "", 0.01},  {KIND_PERCENT, "%", 0.01},
};

static const char *const examples[] = {"100", "180, 180s, 3min or 0.5h", "80 or 99.5"};

void staffing_query_init(struct staffing_query *q)
{
	*q = (struct staffing_query){.input = staffing_defaults()};
}

/* ---- reading ----------------------------------------------------------------------------------
 */

static bool is_name(struct usher_text text, const char *name)
{
	if (text.n != strlen(name))
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != name[i] && !(text.p[i] == '_' && name[i] == '-'))
			return false;
	return true;
}

static const struct parameter *find(struct usher_text name)
{
	for (size_t i = 0; i < PARAMETERS; i++)
		if (is_name(name, parameters[i].name))
			return &parameters[i];
	return NULL;
}

/* Cuts digits with at most one point between or behind them off *text. */
static bool cut_number(struct usher_text *text, double *ret)
{
	char digits[NUMBER_BYTES_MAX + 1];
	size_t n = 0, points = 0;
	while (n < text->n && n < NUMBER_BYTES_MAX &&
	       ((text->p[n] >= '0' && text->p[n] <= '9') || (text->p[n] == '.' && points++ == 0)))
		n++;
	if (n == 0 || text->p[0] == '.')
		return false;
	snprintf(digits, sizeof digits, "%.*s", (int)n, text->p);
	*ret = strtod(digits, NULL);
	*text = text_slice(text->p + n, text->n - n);
	return true;
}

static bool read_value(enum kind kind, struct usher_text text, double *ret)
{
	double number;
	if (!cut_number(&text, &number))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (units[i].kind == kind && text_equal(text, text_of(units[i].name))) {
			/* Whole numbers stay whole: 85 % is 85 / 100, not 85 times 0.01. */
			*ret = units[i].size < 1 ? number / 100 : number * units[i].size;
			return true;
		}
	return false;
}

/* 0 stands for "not given" inside, so it is refused where it is given. */
static int check_given(const struct staffing_query *q, const struct parameter *p, double value,
		       struct usher_error *reterr)
{
	if (p->at == offsetof(struct staffing_query, agents) && floor(value) != value)
		return usher_error_set(reterr, E_INVALID, "agents is %g, but must be whole", value);
	if (p->at == offsetof(struct staffing_query, agents))
		return erlang_check("agents", value, 1, STAFFING_AGENTS_MAX, reterr);
	if (p->has != 0 && (const bool *)((const char *)q + p->has) == &q->has_patience)
		return erlang_check("patience", value, 0.1, STAFFING_SECONDS_MAX, reterr);
	return 0;
}

int staffing_query_set(struct staffing_query *q, struct usher_text name, struct usher_text value,
		       struct usher_error *reterr)
{
	const struct parameter *p = find(name);
	double number;
	if (p == NULL)
		return usher_error_set(reterr, E_INVALID, "there is no parameter \"%.*s\"",
				       (int)text_fit(name, 40), name.n > 0 ? name.p : "");
	if (!read_value(p->kind, value, &number))
		return usher_error_set(reterr, E_INVALID,
				       "%s is \"%.*s\", but must be a number such as %s", p->name,
				       (int)text_fit(value, 40), value.n > 0 ? value.p : "",
				       examples[p->kind]);
	int code = check_given(q, p, number, reterr);
	if (code < 0)
		return code;
	memcpy((char *)q + p->at, &number, sizeof number);
	if (p->has != 0)
		*(bool *)((char *)q + p->has) = true;
	return 0;
}

/* ---- writing ----------------------------------------------------------------------------------
 */

static void put_real(struct json_writer *w, const char *name, double value, int decimals)
{
	if (isfinite(value)) {
		json_write_key(w, name);
		buf_addf(json_write_value(w), "%.*f", decimals, value);
	} else {
		json_put_null(w, name);
	}
}

static void put_percent(struct json_writer *w, const char *name, double share)
{
	put_real(w, name, share * 100, 4);
}

static int rostered(const struct staffing_query *q, int agents)
{
	int n = agents;
	return staffing_rostered(agents, q->shrinkage, &n, NULL) == 0 ? n : agents;
}

static void write_input(const struct staffing_query *q, struct json_writer *w)
{
	json_put_object(w, "input");
	put_real(w, "calls", q->input.calls, 3);
	put_real(w, "per_s", q->input.period_s, 3);
	put_real(w, "aht_s", q->input.handle_s, 3);
	put_percent(w, "target", q->input.target);
	put_real(w, "within_s", q->input.within_s, 3);
	put_percent(w, "occupancy_max", q->input.occupancy_max);
	put_real(w, "patience_s", q->has_patience ? q->input.patience_s : NAN, 3);
	put_percent(w, "shrinkage", q->shrinkage);
	json_write_object_end(w);
}

static void write_row(const struct staffing_query *q, const struct staffing_row *row,
		      struct json_writer *w)
{
	json_write_object(w);
	json_put_int(w, "agents", row->agents);
	json_put_int(w, "rostered", rostered(q, row->agents));
	put_percent(w, "service_level", row->service_level);
	put_real(w, "asa_s", row->asa_s, 3);
	put_percent(w, "p_wait", row->p_wait);
	put_percent(w, "occupancy", row->occupancy);
	put_percent(w, "abandonment", q->has_patience ? row->abandonment : NAN);
	json_put_bool(w, "enough", row->is_enough);
	json_write_object_end(w);
}

int staffing_query_write(const struct staffing_query *q, struct json_writer *w,
			 struct usher_error *reterr)
{
	struct staffing_answer answer;
	int on_roster, code = 0;
	if (!q->has_calls || !q->has_aht)
		return usher_error_set(reterr, E_INVALID, "%s is missing",
				       q->has_calls ? "aht" : "calls");
	code = staffing_answer(&q->input, (int)q->agents, &answer, reterr);
	if (code == 0)
		code = staffing_rostered(answer.needed, q->shrinkage, &on_roster, reterr);
	if (code < 0)
		return code;
	json_write_object(w);
	json_put_int(w, "needed", answer.needed);
	json_put_int(w, "rostered", on_roster);
	write_input(q, w);
	json_put_list(w, "items");
	for (int i = 0; i < answer.count; i++)
		write_row(q, &answer.rows[i], w);
	json_write_list_end(w);
	json_write_object_end(w);
	return 0;
}
