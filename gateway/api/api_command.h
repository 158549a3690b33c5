/* SPDX-License-Identifier: Apache-2.0 */
/* What the calls have in common that hand a contact's command to the core. */
#ifndef GATEWAY_API_API_COMMAND_H
#define GATEWAY_API_API_COMMAND_H

#include "gateway/api/api.h"

/* Fills a command for the contact of the path and the agent who calls. NULL with c->err set. */
struct contact *command_begin(struct api_call *c, struct routing_event *ev,
			      enum routing_event_kind kind, int64_t epoch);

/* Hands it to the core; a refusal becomes a sentence in c->err. */
int command_route(struct turn *t, struct api_call *c, const struct routing_event *ev) USHER_CHECKED;

/* Queue (id or slug) and agent (id or login), each of which may be empty: 0. */
int command_target(struct api_call *c, struct usher_text queue, struct usher_text agent,
		   struct routing_transfer *to) USHER_CHECKED;

/* An instant after now and within a year; `member` names it in the fault. */
int command_instant(struct turn *t, struct api_call *c, const char *member, struct usher_text text,
		    usher_us *ret) USHER_CHECKED;

/* The requirements of a body, [{"skill","level",…}]. */
int command_requirements(struct api_call *c, const struct json *list,
			 struct routing_requirement ret[ROUTING_REQUIREMENTS_MAX],
			 unsigned *ret_count) USHER_CHECKED;

void command_render(struct api_call *c, struct json_writer *w); /* the contact c->id */

#endif
