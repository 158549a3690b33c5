/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/video/presence.h"

#include "channels/json.h"

#include <stdio.h>

static void make_room(struct presence *p)
{
	int oldest = 0;
	while (oldest < p->count - 1 && p->stays[oldest].left_us == 0)
		oldest++;
	memmove(&p->stays[oldest], &p->stays[oldest + 1],
		(size_t)(p->count - oldest - 1) * sizeof *p->stays);
	p->count--;
}

void presence_enter(struct presence *p, enum rtc_role role, usher_id agent, const char *name,
		    usher_us now)
{
	if (p->count == PRESENCE_MAX)
		make_room(p);
	struct stay *s = &p->stays[p->count++];
	*s = (struct stay){.role = role, .agent = agent, .joined_us = now};
	memcpy(s->name, name, text_fit(text_of(name), sizeof s->name - 1));
}

struct stay *presence_last(struct presence *p, enum rtc_role role)
{
	for (int i = p->count - 1; i >= 0; i--)
		if (p->stays[i].role == role)
			return &p->stays[i];
	return NULL;
}

void presence_encode(const struct presence *p, struct usher_buf *ret)
{
	char agent[24];
	json_out_open(ret, NULL, '{');
	json_out_open(ret, "participants", '[');
	for (int i = 0; i < p->count; i++) {
		const struct stay *s = &p->stays[i];
		json_out_open(ret, NULL, '{');
		json_out_string(ret, "role", rtc_role_name(s->role));
		json_out_string(ret, "name", s->name);
		snprintf(agent, sizeof agent, "%llu", (unsigned long long)s->agent);
		if (s->agent != 0)
			json_out_string(ret, "agent", agent);
		json_out_integer(ret, "joined_at", s->joined_us / 1000);
		if (s->left_us != 0)
			json_out_integer(ret, "left_at", s->left_us / 1000);
		json_out_close(ret, '}');
	}
	json_out_close(ret, ']');
	json_out_close(ret, '}');
}

static void decode_stay(const struct json_t *o, struct presence *p)
{
	struct usher_text role, name, agent;
	int64_t joined, left = 0;
	uint64_t id = 0;
	if (o == NULL || json_in_text(o, "role", 20, &role) < 0 ||
	    json_in_text(o, "name", 100, &name) < 0 || json_in_text(o, "agent", 20, &agent) < 0 ||
	    json_in_integer(o, "joined_at", 0, INT64_MAX / 1000, &joined) < 0 ||
	    json_in_integer(o, "left_at", 0, INT64_MAX / 1000, &left) == E_INVALID ||
	    (agent.n > 0 && text_to_u64(agent, &id) < 0))
		return;
	struct stay *s = &p->stays[p->count++];
	*s = (struct stay){.role = text_equal(role, TEXT("agent")) ? RTC_AGENT : RTC_CUSTOMER,
			   .agent = id,
			   .joined_us = joined * 1000,
			   .left_us = left * 1000};
	if (name.n > 0)
		memcpy(s->name, name.p, name.n);
}

void presence_decode(struct usher_text json, struct presence *ret)
{
	struct json_t *tree;
	ret->count = 0;
	if (json.n == 0 || json_in(&tree, json, NULL) < 0)
		return;
	const struct json_t *list = json_in_array(tree, "participants");
	for (size_t i = 0; i < json_in_count(list) && ret->count < PRESENCE_MAX; i++)
		decode_stay(json_in_item(list, i), ret);
	json_in_free(tree);
}
