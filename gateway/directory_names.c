/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/directory_names.h"

#include "gateway/config.h"
#include "gateway/directory.h"

static bool find_skill(struct usher_text name, uint32_t *ret, void *arg)
{
	struct gateway *g = arg;
	const struct skill_row *row = directory_skill_by_name(g->directory, name);
	if (row != NULL)
		*ret = (uint32_t)row->number;
	return row != NULL;
}

static bool find_queue(struct usher_text name, usher_id *ret, void *arg)
{
	struct gateway *g = arg;
	usher_id id;
	const struct queue_row *row = directory_queue_by_slug(g->directory, name);
	if (row == NULL && id_parse(name, &g->id_key, &id) == 0)
		row = directory_queue(g->directory, id);
	if (row != NULL)
		*ret = row->id;
	return row != NULL;
}

static bool name_skill(uint32_t skill, struct usher_buf *ret, void *arg)
{
	struct gateway *g = arg;
	const struct skill_row *row = directory_skill(g->directory, skill);
	if (row != NULL)
		buf_add_text(ret, row->name);
	return row != NULL;
}

static bool name_queue(usher_id queue, struct usher_buf *ret, void *arg)
{
	struct gateway *g = arg;
	const struct queue_row *row = directory_queue(g->directory, queue);
	if (row != NULL)
		buf_add_text(ret, row->slug);
	return row != NULL;
}

struct routing_names directory_names(struct gateway *g)
{
	const char *zone = config_zone(g->config);
	return (struct routing_names){
		.skill = find_skill,
		.queue = find_queue,
		.skill_name = name_skill,
		.queue_name = name_queue,
		.arg = g,
		.site_zone = zone != NULL && zone[0] != '\0' ? zone : NULL,
	};
}
