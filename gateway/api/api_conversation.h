/* SPDX-License-Identifier: Apache-2.0 */
/* What agents say in a contact: replies, notes, links. */
#ifndef GATEWAY_API_API_CONVERSATION_H
#define GATEWAY_API_API_CONVERSATION_H

#include "gateway/api/api.h"

void conversation_render(struct api_call *c, struct json_writer *w);
int conversation_post(struct turn *t, struct api_call *c) USHER_CHECKED;
void conversation_render_posted(struct api_call *c, struct json_writer *w);
int conversation_video_link(struct turn *t, struct api_call *c) USHER_CHECKED;
void conversation_video_own(struct api_call *c, struct json_writer *w);

/* An internal note by who calls; text is what the customer said to a person who enters it. */
void conversation_note(struct turn *t, struct api_call *c, struct contact *contact,
		       struct usher_text text);
void conversation_customer_says(struct turn *t, struct contact *contact, struct usher_text text);

#endif
