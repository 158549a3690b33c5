/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/insight/staffing.h"

#include "gateway/insight/erlang_check.h"

#include <math.h>

struct staffing_input staffing_defaults(void)
{
	return (struct staffing_input){
		.period_s = 1800, .target = 0.8, .within_s = 20, .occupancy_max = 0.85};
}

/* `unit` turns what the caller typed into what is kept: the sentence tells of the former. */
static int check(const char *name, double value, double min, double max, double unit,
		 struct usher_error *reterr)
{
	return erlang_check(name, value * unit, min * unit, max * unit, reterr);
}

static int check_input(const struct staffing_input *in, struct usher_error *reterr)
{
	int code = check("calls", in->calls, 0, STAFFING_CALLS_MAX, 1, reterr);
	if (code == 0)
		code = check("per", in->period_s, 1, STAFFING_SECONDS_MAX, 1, reterr);
	if (code == 0)
		code = check("aht", in->handle_s, 0.1, STAFFING_SECONDS_MAX, 1, reterr);
	if (code == 0)
		code = check("target", in->target, 0, 0.99999, 100, reterr);
	if (code == 0)
		code = check("within", in->within_s, 0, STAFFING_SECONDS_MAX, 1, reterr);
	if (code == 0)
		code = check("occupancy-max", in->occupancy_max, 0.01, 1, 100, reterr);
	if (code == 0 && in->patience_s != 0)
		code = check("patience", in->patience_s, 0.1, STAFFING_SECONDS_MAX, 1, reterr);
	return code;
}

static int fill_patient(const struct erlang_input *in, struct staffing_row *row,
			struct usher_error *reterr)
{
	struct erlang_c queue;
	int code = erlang_c(in, &queue, reterr);
	if (code < 0)
		return code;
	row->is_stable = queue.is_stable;
	row->service_level = queue.service_level;
	row->occupancy = queue.utilisation;
	row->p_wait = queue.p_wait;
	row->asa_s = queue.mean_wait;
	row->abandonment = 0;
	return 0;
}

static int fill_impatient(const struct erlang_input *in, struct staffing_row *row,
			  struct usher_error *reterr)
{
	struct erlang_a queue;
	int code = erlang_a(in, &queue, reterr);
	if (code < 0)
		return code;
	row->is_stable = true;
	row->service_level = queue.p_served_within;
	row->occupancy = queue.utilisation;
	row->p_wait = queue.p_wait;
	row->asa_s = queue.mean_wait_served;
	row->abandonment = queue.p_abandon;
	return 0;
}

/* Input and number have been checked. */
static int fill_row(const struct staffing_input *in, int agents, struct staffing_row *row,
		    struct usher_error *reterr)
{
	const struct erlang_input queue = {
		.arrival_rate = in->calls / in->period_s,
		.service_rate = 1 / in->handle_s,
		.servers = agents,
		.threshold = in->within_s,
		.abandon_rate = in->patience_s > 0 ? 1 / in->patience_s : 0,
	};
	int code = 0;
	if (agents == 0) /* and no calls: nobody waits */
		*row = (struct staffing_row){.is_stable = true, .service_level = 1};
	else
		code = in->patience_s > 0 ? fill_impatient(&queue, row, reterr)
					  : fill_patient(&queue, row, reterr);
	if (code < 0)
		return code;
	row->agents = agents;
	/* 17 erlang on 20 agents are 85 %, whatever the last bit says. */
	row->is_enough = row->is_stable && row->service_level >= in->target &&
			 row->occupancy <= in->occupancy_max + ERLANG_SPARE_MIN;
	return 0;
}

int staffing_row(const struct staffing_input *in, int agents, struct staffing_row *ret,
		 struct usher_error *reterr)
{
	struct staffing_row row;
	int code = check_input(in, reterr);
	if (code == 0)
		code = erlang_check("agents", agents, in->calls > 0, STAFFING_AGENTS_MAX, reterr);
	if (code == 0)
		code = fill_row(in, agents, &row, reterr);
	if (code == 0)
		*ret = row;
	return code;
}

/* Service level rises and occupancy falls with each agent. */
static int search(const struct staffing_input *in, int *ret, struct usher_error *reterr)
{
	int too_few = 0, enough = STAFFING_AGENTS_MAX;
	while (enough - too_few > 1) {
		int middle = (too_few + enough) / 2;
		struct staffing_row row;
		int code = fill_row(in, middle, &row, reterr);
		if (code < 0)
			return code;
		if (row.is_enough)
			enough = middle;
		else
			too_few = middle;
	}
	*ret = enough;
	return 0;
}

int staffing_needed(const struct staffing_input *in, int *ret, struct usher_error *reterr)
{
	struct staffing_row most;
	int needed = 0, code = check_input(in, reterr);
	if (code == 0 && in->calls > 0) {
		code = fill_row(in, STAFFING_AGENTS_MAX, &most, reterr);
		if (code == 0 && !most.is_enough)
			return usher_error_set(
				reterr, E_INVALID,
				"calls and aht: %g erlang need more than %d agents for "
				"this target",
				in->calls / in->period_s * in->handle_s, STAFFING_AGENTS_MAX);
		if (code == 0)
			code = search(in, &needed, reterr);
	}
	if (code == 0)
		*ret = needed;
	return code;
}

int staffing_answer(const struct staffing_input *in, int agents, struct staffing_answer *ret,
		    struct usher_error *reterr)
{
	struct staffing_answer answer = {.input = *in};
	int code = staffing_needed(in, &answer.needed, reterr);
	if (code == 0 && agents != 0)
		code = erlang_check("agents", agents, 1, STAFFING_AGENTS_MAX, reterr);
	if (code < 0)
		return code;
	int middle = agents != 0 ? agents : answer.needed, least = in->calls > 0;
	for (int n = middle - STAFFING_AROUND; code == 0 && n <= middle + STAFFING_AROUND; n++)
		if (n >= least && n <= STAFFING_AGENTS_MAX)
			code = staffing_row(in, n, &answer.rows[answer.count++], reterr);
	if (code == 0)
		*ret = answer;
	return code;
}

int staffing_rostered(int agents, double shrinkage, int *ret, struct usher_error *reterr)
{
	int code = erlang_check("agents", agents, 0, STAFFING_AGENTS_MAX, reterr);
	if (code == 0)
		code = check("shrinkage", shrinkage, 0, 0.95, 100, reterr);
	if (code < 0)
		return code;
	/* 14 / 0.7 is 20, whatever the last bit says. */
	*ret = (int)ceil(agents / (1 - shrinkage) - 1e-9);
	return 0;
}
