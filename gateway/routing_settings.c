/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/routing_settings.h"

#include <inttypes.h>

#define STORED_BYTES_MAX ((size_t)1 << 20)

const char *const routing_order_names[ROUTING_ORDERS] = {
	[ORDER_LONGEST_IDLE] = "longest-idle",
	[ORDER_LEAST_LOADED] = "least-loaded",
	[ORDER_MOST_SPARE] = "most-spare",
	[ORDER_BEST_LEVEL] = "best-level",
	[ORDER_FEWEST_SKILLS] = "fewest-skills",
	[ORDER_ROUND_ROBIN] = "round-robin",
	[ORDER_WEIGHTED_RANDOM] = "weighted-random",
	[ORDER_TOP_DOWN] = "top-down",
};

void routing_settings_init(struct routing_settings *s)
{
	*s = (struct routing_settings){
		.set = {.parallel = 1,
			.present_states = 1 << AGENT_READY | 1 << AGENT_BUSY | 1 << AGENT_WRAPUP,
			.full = TREAT_END}};
}

void routing_settings_done(struct routing_settings *s)
{
	buf_done(&s->hours);
}

/* ---- the store's names ----------------------------------------------------------------------- */

static bool stored_queue(struct usher_text name, usher_id *ret, void *arg)
{
	(void)arg;
	return text_to_u64(name, ret) == 0 && *ret != 0 && *ret <= INT64_MAX;
}

static bool stored_skill(struct usher_text name, uint32_t *ret, void *arg)
{
	uint64_t number;
	bool is_good = stored_queue(name, &number, arg) && number <= UINT32_MAX;
	if (is_good)
		*ret = (uint32_t)number;
	return is_good;
}

static bool stored_queue_name(usher_id queue, struct usher_buf *ret, void *arg)
{
	(void)arg;
	buf_addf(ret, "%" PRIu64, queue);
	return true;
}

static bool stored_skill_name(uint32_t skill, struct usher_buf *ret, void *arg)
{
	return stored_queue_name(skill, ret, arg);
}

const struct routing_names routing_names_stored = {
	.skill = stored_skill,
	.queue = stored_queue,
	.skill_name = stored_skill_name,
	.queue_name = stored_queue_name,
	.is_stored = true,
};

void routing_settings_load(struct routing_settings *ret, struct usher_text fields)
{
	struct json *document = NULL;
	struct json_faults faults = {0};
	routing_settings_init(ret);
	if (fields.n == 0 || json_parse(&document, fields, STORED_BYTES_MAX, NULL) < 0)
		return;
	const struct json *routing = json_member(document, "routing");
	routing_settings_read(ret, routing != NULL ? routing : document, &routing_names_stored,
			      &faults);
	json_free(document);
}
