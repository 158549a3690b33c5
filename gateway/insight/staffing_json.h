/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The staffing calculator as `usher staffing` and GET /api/v1/staffing offer it: names and texts
 * in, JSON out.
 */
#ifndef GATEWAY_INSIGHT_STAFFING_JSON_H
#define GATEWAY_INSIGHT_STAFFING_JSON_H

#include "gateway/insight/staffing.h"
#include "gateway/json.h"

struct staffing_query {
	struct staffing_input input;
	double shrinkage;
	double agents; /* a whole number; 0: rows around the number needed */
	bool has_calls, has_aht, has_patience, has_shrinkage;
};

void staffing_query_init(struct staffing_query *q); /* with staffing_defaults */

/* Takes one parameter: calls, per, aht, target, within, occupancy-max, patience, shrinkage, agents.
 * An underscore is as good as a hyphen. Numbers are plain decimals; times are seconds or carry s,
 * min, h or d; shares are percent, with or without the sign. E_INVALID for other names and texts.
 */
int staffing_query_set(struct staffing_query *q, struct usher_text name, struct usher_text value,
		       struct usher_error *reterr) USHER_CHECKED;

/* E_INVALID with nothing written, or the object that docs/api.md describes: shares in percent, null
 * for what has no end or was not asked for. */
int staffing_query_write(const struct staffing_query *q, struct json_writer *w,
			 struct usher_error *reterr) USHER_CHECKED;

#endif
