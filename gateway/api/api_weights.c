/* SPDX-License-Identifier: Apache-2.0 */
/* What a contact of each channel takes of an agent. */
#include "gateway/api/api.h"
#include "gateway/api/api_lint.h"

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
	struct routing_channel_set set = {0};
	(void)routing_channel(engine_routing(g->engine), kind, &set); /* each kind has one */
	json_write_object(w);
	json_put_string(w, "channel", channel_name(kind));
	json_put_int(w, "weight", set.weight);
	json_put_int(w, "max", set.count_max);
	json_put_bool(w, "exclusive", set.is_exclusive);
	json_put_list(w, "interrupts");
	for (int other = 1; other < CHANNEL_KINDS; other++)
		if ((set.interrupts >> other & 1) != 0)
			json_write_text(w, text_of(channel_name((enum channel_kind)other)));
	json_write_list_end(w);
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

static int read_interrupts(struct api_call *c, const struct json *list, enum channel_kind kind,
			   uint8_t *ret)
{
	unsigned bits = 0;
	struct json_faults faults = {0};
	struct json_place at;
	json_place_init(&at, &faults);
	json_enter(&at, "interrupts");
	for (size_t i = 0; i < json_count(list); i++) {
		enum channel_kind other = CHANNEL_NONE;
		struct usher_text name = json_as_text(json_item(list, i));
		size_t before = json_enter_item(&at, i);
		if (channel_from_name(name, &other) < 0 || other == CHANNEL_NONE)
			json_fault_here(&at, "word", "must be a kind of channel");
		else if (other == kind)
			json_fault_here(&at, "conflict", "a channel does not interrupt itself");
		bits |= 1u << other;
		json_leave(&at, before);
	}
	*ret = (uint8_t)bits;
	return api_refuse_faults(c, &faults);
}

static int act_set(struct turn *t, struct api_call *c)
{
	struct routing_channel_set set = {0};
	enum channel_kind kind = kind_of(c);
	const struct json *interrupts = NULL;
	if (kind == CHANNEL_NONE)
		return c->code;
	(void)routing_channel(engine_routing(c->g->engine), kind, &set);
	int64_t new_weight = set.weight, new_max = set.count_max;
	const struct json_field fields[] = {
		{.name = "weight", .kind = JSON_KIND_INTEGER, .min = 0, .max = COUNT_MAX, .ret = &new_weight},
		{.name = "max", .kind = JSON_KIND_INTEGER, .min = 0, .max = COUNT_MAX, .ret = &new_max},
		{.name = "exclusive", .kind = JSON_KIND_BOOLEAN, .ret = &set.is_exclusive},
		{.name = "interrupts", .kind = JSON_KIND_LIST, .ret = &interrupts},
		{0}};
	if (api_fields(c, fields) < 0 ||
	    (interrupts != NULL && read_interrupts(c, interrupts, kind, &set.interrupts) < 0))
		return c->code;
	set.channel = kind;
	set.weight = (uint16_t)new_weight;
	set.count_max = (uint16_t)new_max;
	if (api_lint(t, c, &(struct lint_change){.weight = &set}) < 0)
		return c->code;
	struct routing_event ev = {.kind = EV_CHANNEL_SET, .channel = set};
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
