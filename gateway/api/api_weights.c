/* SPDX-License-Identifier: Apache-2.0 */
/* What a contact of each channel takes of an agent. */
#include "gateway/api/api.h"

#include "gateway/engine.h"

#define COUNT_MAX 10000

static enum channel_kind kind_of(struct api_call *c)
{
	enum channel_kind kind;
	if (channel_from_name(c->args[0], &kind) == 0 && kind != CHANNEL_NONE)
		return kind;
	api_refuse(c, E_NOT_FOUND, "there is no kind of channel \"%.*s\"",
		   (int)text_fit(c->args[0], 60), c->args[0].n > 0 ? c->args[0].p : "");
	return CHANNEL_NONE;
}

static void put_weight(struct json_writer *w, struct gateway *g, enum channel_kind kind)
{
	uint16_t weight = 0, count_max = 0;
	bool is_known = routing_channel(engine_routing(g->engine), kind, &weight, &count_max);
	json_write_object(w);
	json_put_string(w, "channel", channel_name(kind));
	json_put_int(w, "weight", is_known ? weight : 0);
	json_put_int(w, "max", is_known ? count_max : 0);
	json_write_object_end(w);
}

static void render_weights(struct api_call *c, struct json_writer *w)
{
	json_write_object(w);
	json_put_list(w, "items");
	for (int kind = 1; kind < CHANNEL_KINDS; kind++)
		put_weight(w, c->g, (enum channel_kind)kind);
	json_write_list_end(w);
	json_put_null(w, "next");
	json_write_object_end(w);
}

static void render_weight(struct api_call *c, struct json_writer *w)
{
	enum channel_kind kind = kind_of(c);
	if (kind != CHANNEL_NONE)
		put_weight(w, c->g, kind);
}

static int act_set(struct turn *t, struct api_call *c)
{
	uint16_t weight = 0, count_max = 0;
	enum channel_kind kind = kind_of(c);
	if (kind == CHANNEL_NONE)
		return c->code;
	routing_channel(engine_routing(c->g->engine), kind, &weight, &count_max);
	int64_t new_weight = weight, new_max = count_max;
	const struct json_field fields[] = {
		{.name = "weight", .kind = JSON_KIND_INTEGER, .min = 0, .max = COUNT_MAX, .ret = &new_weight},
		{.name = "max", .kind = JSON_KIND_INTEGER, .min = 0, .max = COUNT_MAX, .ret = &new_max},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	struct routing_event ev = {.kind = EV_CHANNEL_SET};
	ev.channel = (struct routing_channel_set){kind, (uint16_t)new_weight, (uint16_t)new_max};
	int code = turn_route(t, &ev);
	if (code == 0)
		api_audit(t, c, "weight.set", c->args[0]);
	return code;
}

const struct api_action api_weight_actions[] = {
	{"GET", "weights", 0, NULL, render_weights, 0},
	{"GET", "weights/{}", 0, NULL, render_weight, 0},
	{"PUT", "weights/{}", ROLE_ADMIN, act_set, render_weight, 0},
	{NULL, NULL, 0, NULL, NULL, 0},
};
