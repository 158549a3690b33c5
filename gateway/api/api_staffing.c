/* SPDX-License-Identifier: Apache-2.0 */
/* GET /staffing: the calculator of gateway/insight, from the parameters of the query. */
#include "gateway/api/api.h"

#include "gateway/insight/staffing_json.h"

static int read_query(struct api_call *c, struct staffing_query *q)
{
	struct usher_text rest = c->query;
	staffing_query_init(q);
	while (rest.n > 0) {
		struct usher_text pair = text_cut(&rest, '&');
		struct usher_text name = text_cut(&pair, '=');
		if (name.n == 0)
			continue;
		struct usher_text value = api_query(c, arena_string(&c->arena, name));
		int code = staffing_query_set(q, name, value, &c->err);
		if (code < 0)
			return code;
	}
	return 0;
}

static void render_staffing(struct api_call *c, struct json_writer *w)
{
	struct staffing_query q;
	c->code = read_query(c, &q);
	if (c->code == 0)
		c->code = staffing_query_write(&q, w, &c->err);
}

const struct api_action api_staffing_actions[] = {
	{"GET", "staffing", ROLE_SUPERVISOR | ROLE_ADMIN, NULL, render_staffing, 0},
	{NULL, NULL, 0, NULL, NULL, 0},
};
