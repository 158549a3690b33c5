/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site's set-up in memory: queues, skills, users, channels, wrap-up codes.
 *
 * Rows are owned by the directory and stay where they are until the next directory_put of the same
 * key. Changing one belongs in a turn: directory_put writes the row with the turn's batch, and
 * tells the core what it must know (EV_QUEUE_SET, EV_AGENT_SET) through the journal.
 */
#ifndef GATEWAY_DIRECTORY_H
#define GATEWAY_DIRECTORY_H

#include "gateway/engine.h"
#include "storage/record.h"

struct directory;

struct directory *directory_new(void);
struct directory *directory_free(struct directory *d); /* accepts NULL; always NULL */

/* Reads everything from the store; what was there before is forgotten. */
int directory_load(struct directory *d, struct store *s, struct usher_error *reterr) USHER_CHECKED;

/* NULL: no such thing, or removed. The list forms give every one that is not removed, in order of
 * their key; *ret_count is set; the array is valid until the next change. */
const struct queue_row *directory_queue(const struct directory *d, usher_id id);
const struct queue_row *directory_queue_by_slug(const struct directory *d, struct usher_text slug);
const struct user_row *directory_user(const struct directory *d, usher_id id);
const struct user_row *directory_user_by_login(const struct directory *d, struct usher_text login);
const struct skill_row *directory_skill(const struct directory *d, int64_t number);
const struct skill_row *directory_skill_by_name(const struct directory *d, struct usher_text name);
const struct channel_row *directory_channel(const struct directory *d, struct usher_text id);
const struct code_row *directory_code(const struct directory *d, struct usher_text code);

const struct queue_row *const *directory_queues(const struct directory *d, size_t *ret_count);
const struct user_row *const *directory_users(const struct directory *d, size_t *ret_count);
const struct skill_row *const *directory_skills(const struct directory *d, size_t *ret_count);
const struct channel_row *const *directory_channels(const struct directory *d, size_t *ret_count);
const struct code_row *const *directory_codes(const struct directory *d, size_t *ret_count);

/* The name of a user or queue that may be removed by now; "" when it never was. */
struct usher_text directory_user_name(const struct directory *d, usher_id id);
struct usher_text directory_queue_name(const struct directory *d, usher_id id);

/* Whether the user is a member of the queue. */
bool directory_is_member(const struct user_row *user, usher_id queue);

/* E_LIMIT or E_INVALID when the core refuses it; nothing is changed then. */
int directory_put_queue(struct turn *t, const struct queue_row *row) USHER_CHECKED;
int directory_put_user(struct turn *t, const struct user_row *row) USHER_CHECKED;
void directory_put_skill(struct turn *t, const struct skill_row *row);
void directory_put_channel(struct turn *t, const struct channel_row *row);
void directory_put_code(struct turn *t, const struct code_row *row);
void directory_remove_channel(struct turn *t, struct usher_text id);

#endif
