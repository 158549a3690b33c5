/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/requirements.h"

#include "gateway/directory.h"

#include <jansson.h>

static int from_object(json_t *object, struct routing_skill *ret, int max)
{
	int n = 0;
	const char *name;
	json_t *level;
	json_object_foreach(object, name, level)
	{
		uint64_t skill;
		json_int_t value = json_integer_value(level);
		if (n < max && text_to_u64(text_of(name), &skill) == 0 && skill > 0 &&
		    skill <= UINT32_MAX && value > 0 && value <= SKILL_LEVEL_MAX)
			ret[n++] = (struct routing_skill){(uint32_t)skill, (uint8_t)value};
	}
	return n;
}

int requirements_parse(struct usher_text json, struct routing_skill *ret, int max)
{
	json_t *object = json.n > 0 ? json_loadb(json.p, json.n, 0, NULL) : NULL;
	int n = from_object(object, ret, max);
	json_decref(object);
	return n;
}

void requirements_fill(struct gateway *g, const struct contact *c, struct routing_contact_new *ev)
{
	const struct queue_row *queue = directory_queue(g->directory, c->row.queue);
	if (queue == NULL || queue->fields.n == 0)
		return;
	json_t *fields = json_loadb(queue->fields.p, queue->fields.n, 0, NULL);
	struct routing_skill needs[ROUTING_REQUIREMENTS_MAX];
	ev->requirement_count = (uint8_t)from_object(json_object_get(fields, "requirements"), needs,
						     ROUTING_REQUIREMENTS_MAX);
	for (unsigned i = 0; i < ev->requirement_count; i++)
		ev->requirements[i] = (struct routing_requirement){.skill = needs[i].skill,
								   .level = needs[i].level};
	json_decref(fields);
}
