/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api_command.h"

#include "gateway/directory.h"
#include "gateway/directory_names.h"
#include "gateway/shapes.h"

#define AHEAD_MAX_US (366 * USHER_DAY)

struct contact *command_begin(struct api_call *c, struct routing_event *ev,
			      enum routing_event_kind kind, int64_t epoch)
{
	struct contact *contact = api_contact(c, c->args[0]);
	if (contact == NULL)
		return NULL;
	*ev = (struct routing_event){.kind = kind};
	ev->command.contact = contact->row.id;
	ev->command.agent = c->who.user;
	ev->command.epoch = (uint64_t)epoch;
	c->id = contact->row.id;
	return contact;
}

int command_route(struct turn *t, struct api_call *c, const struct routing_event *ev)
{
	int code = turn_route(t, ev);
	if (code == E_STALE)
		return api_refuse(c, code, "this is no longer yours to answer: it was offered again, "
					   "withdrawn or taken meanwhile");
	if (code == E_STATE)
		return api_refuse(c, code, "not possible in the state the contact is in");
	const struct contact *contact = code == E_NOT_FOUND ? book_contact(t->g->book, c->id) : NULL;
	if (contact != NULL && contact->row.state != CONTACT_CLOSED)
		return api_refuse(c, E_DENIED, "only an agent who takes contacts may do that, with a token of his own");
	if (code == E_NOT_FOUND)
		return api_refuse(c, code, "the contact is closed");
	if (code < 0)
		return api_refuse(c, code, "the routing core refused it (%s)", usher_code_name(code));
	return 0;
}

int command_target(struct api_call *c, struct usher_text queue, struct usher_text agent,
		   struct routing_transfer *to)
{
	const struct queue_row *to_queue = queue.n > 0 ? api_queue(c, queue) : NULL;
	const struct user_row *to_agent = agent.n > 0 ? api_user(c, agent) : NULL;
	if ((queue.n > 0 && to_queue == NULL) || (agent.n > 0 && to_agent == NULL))
		return c->code;
	to->to_queue = to_queue != NULL ? to_queue->id : 0;
	to->to_agent = to_agent != NULL ? to_agent->id : 0;
	to->to_agent_us = to_agent != NULL ? USHER_MINUTE : 0;
	return 0;
}

int command_instant(struct turn *t, struct api_call *c, const char *member, struct usher_text text,
		    usher_us *ret)
{
	usher_us at;
	if (time_parse(text, &at) < 0 || at <= t->now || at > t->now + AHEAD_MAX_US)
		return api_refuse(c, E_INVALID, "%s: expected an instant within the next year, as "
						"2026-11-22T09:00:00Z", member);
	*ret = at;
	return 0;
}

int command_requirements(struct api_call *c, const struct json *list,
			 struct routing_requirement ret[ROUTING_REQUIREMENTS_MAX],
			 unsigned *ret_count)
{
	struct routing_names names = directory_names(c->g);
	struct json_faults faults = {0};
	struct json_place at;
	json_place_init(&at, &faults);
	json_enter(&at, "requirements");
	*ret_count = routing_requirements_read(&at, list, &names, ret);
	return api_refuse_faults(c, &faults);
}

void command_render(struct api_call *c, struct json_writer *w)
{
	struct contact *contact = c->id != 0 ? book_contact(c->g->book, c->id)
					     : api_contact(c, c->args[0]);
	if (contact != NULL)
		shape_contact(w, c->g, contact);
}
