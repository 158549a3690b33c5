/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON shapes of docs/api.md. Each writes one value where the writer stands. */
#ifndef GATEWAY_SHAPES_H
#define GATEWAY_SHAPES_H

#include "gateway/auth.h"
#include "gateway/book.h"
#include "gateway/json.h"

void shape_contact(struct json_writer *w, struct gateway *g, struct contact *c);
void shape_message(struct json_writer *w, struct gateway *g, const struct message_row *m);
/* The same for the live feed: of a very large one only the beginning of its text, with "is_cut". */
#define SHAPE_LIVE_BYTES_MAX ((size_t)256 << 10)
void shape_message_live(struct json_writer *w, struct gateway *g, const struct message_row *m);
size_t shape_message_bytes(const struct message_row *m); /* of its texts */
void shape_offer(struct json_writer *w, struct gateway *g, const struct contact_seat *seat);
void shape_presence(struct json_writer *w, struct gateway *g, usher_id agent);
void shape_agent(struct json_writer *w, struct gateway *g, const struct user_row *user);
void shape_user(struct json_writer *w, struct gateway *g, const struct user_row *user);
void shape_account(struct json_writer *w, struct gateway *g, const struct user_row *user); /* for admins */
void shape_queue(struct json_writer *w, struct gateway *g, const struct queue_row *queue);
void shape_figures(struct json_writer *w, struct gateway *g, const struct queue_row *queue);
void shape_channel(struct json_writer *w, struct gateway *g, const struct channel_row *channel);
void shape_customer(struct json_writer *w, struct gateway *g, const struct customer_row *customer);

void shape_number(struct json_writer *w, const char *name, int64_t number); /* "C-1042" */
/* {"id","name"} or null. */
void shape_agent_ref(struct json_writer *w, struct gateway *g, const char *name, usher_id agent);
void shape_queue_ref(struct json_writer *w, struct gateway *g, const char *name, usher_id queue);

/* Reasons of "not ready": a fixed list, numbered from 1. */
const char *shape_reason_name(uint32_t reason); /* NULL: none */
const char *shape_reason_label(uint32_t reason);
uint32_t shape_reason_number(struct usher_text name); /* 0: none such */
#define SHAPE_REASONS 6

#endif
