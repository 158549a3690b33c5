/* SPDX-License-Identifier: Apache-2.0 */
/* Memberships of a user as JSON. */
#include "gateway/routing_settings.h"

#define STORED_BYTES_MAX ((size_t)1 << 20)

void routing_member_read(struct json_place *at, const struct json *object,
			 struct routing_member *ret)
{
	int64_t ring = ret->ring, penalty = ret->penalty, position = ret->position;
	int64_t weight = ret->weight > 0 ? ret->weight : 1;
	json_read_number(at, object, "ring", 0, SETTINGS_RING_MAX, &ring);
	json_read_number(at, object, "penalty", 0, SETTINGS_RING_MAX, &penalty);
	json_read_number(at, object, "weight", 1, UINT8_MAX, &weight);
	json_read_number(at, object, "position", 0, UINT16_MAX, &position);
	ret->ring = (uint8_t)ring;
	ret->penalty = (uint8_t)penalty;
	ret->weight = (uint8_t)weight;
	ret->position = (uint16_t)position;
}

/* A name, or an object with the name in "queue". */
static struct usher_text name_of(struct json_place *at, const struct json *item,
				 struct routing_member *ret)
{
	static const char *const members[] = {"queue",	"ring",	    "penalty",
					      "weight", "position", NULL};
	if (json_kind(item) == JSON_KIND_TEXT)
		return json_as_text(item);
	if (json_kind(item) != JSON_KIND_OBJECT) {
		json_fault_here(at, "type", "must be a queue, or an object with one in \"queue\"");
		return TEXT_NONE;
	}
	json_read_only(at, item, members);
	routing_member_read(at, item, ret);
	const struct json *queue = json_given_as(at, item, "queue", JSON_KIND_TEXT);
	if (json_given(item, "queue") == NULL)
		json_fault_of(at, "queue", "required", "must be given");
	return queue != NULL ? json_as_text(queue) : TEXT_NONE;
}

static bool is_there(const struct routing_member *items, unsigned count, usher_id queue)
{
	for (unsigned i = 0; i < count; i++)
		if (items[i].queue == queue)
			return true;
	return false;
}

static unsigned read_one(struct json_place *at, const struct json *item,
			 const struct routing_names *names, struct routing_member *ret,
			 unsigned count)
{
	unsigned before = at->faults->count;
	struct routing_member one = {.weight = 1};
	struct usher_text name = name_of(at, item, &one);
	if (at->faults->count > before)
		return count;
	if (!names->queue(name, &one.queue, names->arg)) {
		json_fault_here(at, "reference", "there is no queue \"%.*s\"",
				(int)text_fit(name, 60), name.n > 0 ? name.p : "");
		return count;
	}
	if (is_there(ret, count, one.queue)) {
		json_fault_here(at, "repeated", "this queue stands here twice");
		return count;
	}
	ret[count] = one;
	return count + 1;
}

unsigned routing_members_read(struct json_place *at, const struct json *list,
			      const struct routing_names *names,
			      struct routing_member ret[ROUTING_MEMBERSHIPS_MAX])
{
	unsigned count = 0;
	if (json_count(list) > ROUTING_MEMBERSHIPS_MAX) {
		json_fault_here(at, "length", "at most %d queues", ROUTING_MEMBERSHIPS_MAX);
		return 0;
	}
	for (size_t i = 0; i < json_count(list); i++) {
		size_t before = json_enter_item(at, i);
		count = read_one(at, json_item(list, i), names, ret, count);
		json_leave(at, before);
	}
	return count;
}

unsigned routing_members_load(struct usher_text json,
			      struct routing_member ret[ROUTING_MEMBERSHIPS_MAX])
{
	struct json *document = NULL;
	struct json_faults faults = {0};
	struct json_place at;
	json_place_init(&at, &faults);
	if (json.n == 0 || json_parse(&document, json, STORED_BYTES_MAX, NULL) < 0)
		return 0;
	unsigned count = json_kind(document) == JSON_KIND_LIST
				 ? routing_members_read(&at, document, &routing_names_stored, ret)
				 : 0;
	json_free(document);
	return count;
}

void routing_member_put(const struct routing_member *m, struct json_writer *w)
{
	json_put_int(w, "ring", m->ring);
	json_put_int(w, "penalty", m->penalty);
	json_put_int(w, "weight", m->weight > 0 ? m->weight : 1);
	json_put_int(w, "position", m->position);
}

void routing_members_write(const struct routing_member *items, unsigned count,
			   const struct routing_names *names, struct json_writer *w)
{
	json_write_list(w);
	for (unsigned i = 0; i < count; i++) {
		struct usher_buf name = {0};
		if (names->queue_name(items[i].queue, &name, names->arg)) {
			json_write_object(w);
			json_put_text(w, "queue", buf_text(&name));
			routing_member_put(&items[i], w);
			json_write_object_end(w);
		}
		buf_done(&name);
	}
	json_write_list_end(w);
}
