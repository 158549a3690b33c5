/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/directory.h"

#include "gateway/opening.h"
#include "gateway/requirements.h"
#include "gateway/routing_settings.h"
#include "gateway/rows.h"
#include "routing/base/table.h"

#include <stdio.h>
#include <stdlib.h>

struct shelf { /* the rows of one table */
	const struct store_table *table;
	void **rows; /* owned, in the order of their keys; kept when removed, for their names */
	size_t count, space;
	const void **shown; /* owned: those not removed */
	size_t shown_count;
};

enum { QUEUES, USERS, SKILLS, CHANNELS, CODES, SHELVES };

struct directory {
	struct shelf shelves[SHELVES];
};

struct directory *directory_new(void)
{
	struct directory *d = NEW(struct directory);
	const struct store_table *tables[SHELVES] = {&QUEUE, &USER, &SKILL, &CHANNEL, &CODE};
	for (int i = 0; i < SHELVES; i++)
		d->shelves[i].table = tables[i];
	return d;
}

static void shelf_clear(struct shelf *s)
{
	for (size_t i = 0; i < s->count; i++)
		kept_row_free(s->table, s->rows[i]);
	s->count = s->shown_count = 0;
}

struct directory *directory_free(struct directory *d)
{
	if (d == NULL)
		return NULL;
	for (int i = 0; i < SHELVES; i++) {
		shelf_clear(&d->shelves[i]);
		free(d->shelves[i].rows);
		free(d->shelves[i].shown);
	}
	free(d);
	return NULL;
}

static bool is_removed(const struct shelf *s, const void *row)
{
	if (s->table == &QUEUE)
		return ((const struct queue_row *)row)->is_removed != 0;
	if (s->table == &USER)
		return ((const struct user_row *)row)->is_removed != 0;
	return s->table == &CODE && ((const struct code_row *)row)->is_removed != 0;
}

static void refresh(struct shelf *s)
{
	s->shown = memory_resize(s->shown, (s->count + 1) * sizeof *s->shown);
	s->shown_count = 0;
	for (size_t i = 0; i < s->count; i++)
		if (!is_removed(s, s->rows[i]))
			s->shown[s->shown_count++] = s->rows[i];
}

static int compare_texts(struct usher_text a, struct usher_text b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n > 0 ? memcmp(a.p, b.p, n) : 0;
	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

/* As the store orders them: lists stand the same before a restart and after it. */
static int compare_keys(const struct store_table *t, const void *a, const void *b)
{
	const struct store_column *key = &t->columns[t->key[0]];
	const void *at_a = (const char *)a + key->offset, *at_b = (const char *)b + key->offset;
	if (key->type != STORE_INTEGER)
		return compare_texts(*(const struct usher_text *)at_a, *(const struct usher_text *)at_b);
	int64_t first = *(const int64_t *)at_a, second = *(const int64_t *)at_b;
	return (first > second) - (first < second);
}

static void shelf_insert(struct shelf *s, size_t i, void *row)
{
	if (s->count == s->space) {
		s->space = s->space == 0 ? 16 : s->space * 2;
		s->rows = memory_resize(s->rows, s->space * sizeof *s->rows);
	}
	memmove(&s->rows[i + 1], &s->rows[i], (s->count - i) * sizeof *s->rows);
	s->rows[i] = row;
	s->count++;
}

static void shelf_set(struct shelf *s, const void *row)
{
	size_t i = s->count; /* a new one mostly comes last */
	while (i > 0 && compare_keys(s->table, s->rows[i - 1], row) > 0)
		i--;
	void *copy = kept_row_copy(s->table, row);
	if (i == 0 || compare_keys(s->table, s->rows[i - 1], row) != 0) {
		shelf_insert(s, i, copy);
		return;
	}
	kept_row_free(s->table, s->rows[i - 1]);
	s->rows[i - 1] = copy;
}

static int on_row(const void *row, void *arg)
{
	shelf_set(arg, row);
	return 0;
}

int directory_load(struct directory *d, struct store *s, struct usher_error *reterr)
{
	for (int i = 0; i < SHELVES; i++) {
		shelf_clear(&d->shelves[i]);
		struct store_range all = {.index = -1};
		int code = store_scan(s, d->shelves[i].table, &all, on_row, &d->shelves[i]);
		if (code < 0)
			return usher_error_set(reterr, code, "table %s: cannot be read",
					       d->shelves[i].table->name);
		refresh(&d->shelves[i]);
	}
	return 0;
}

/* ---- looking up ------------------------------------------------------------------------------ */

#define EACH(type, row, d, shelf)                                                                  \
	size_t row##_count;                                                                        \
	const type *const *row##_rows = list_of(d, shelf, &row##_count);                           \
	for (size_t row##_i = 0; row##_i < row##_count; row##_i++)                                 \
		for (const type *row = row##_rows[row##_i]; row != NULL; row = NULL)

static const void *list_of(const struct directory *d, int shelf, size_t *ret_count)
{
	*ret_count = d->shelves[shelf].shown_count;
	return d->shelves[shelf].shown;
}

const struct queue_row *directory_queue(const struct directory *d, usher_id id)
{
	EACH(struct queue_row, row, d, QUEUES)
		if (row->id == id)
			return row;
	return NULL;
}

const struct queue_row *directory_queue_by_slug(const struct directory *d, struct usher_text slug)
{
	EACH(struct queue_row, row, d, QUEUES)
		if (text_equal(row->slug, slug))
			return row;
	return NULL;
}

const struct user_row *directory_user(const struct directory *d, usher_id id)
{
	EACH(struct user_row, row, d, USERS)
		if (row->id == id)
			return row;
	return NULL;
}

const struct user_row *directory_user_by_login(const struct directory *d, struct usher_text login)
{
	EACH(struct user_row, row, d, USERS)
		if (text_equal_nocase(row->login, login))
			return row;
	return NULL;
}

const struct skill_row *directory_skill(const struct directory *d, int64_t number)
{
	EACH(struct skill_row, row, d, SKILLS)
		if (row->number == number)
			return row;
	return NULL;
}

const struct skill_row *directory_skill_by_name(const struct directory *d, struct usher_text name)
{
	EACH(struct skill_row, row, d, SKILLS)
		if (text_equal(row->name, name))
			return row;
	return NULL;
}

const struct channel_row *directory_channel(const struct directory *d, struct usher_text id)
{
	EACH(struct channel_row, row, d, CHANNELS)
		if (text_equal(row->id, id))
			return row;
	return NULL;
}

const struct code_row *directory_code(const struct directory *d, struct usher_text code)
{
	EACH(struct code_row, row, d, CODES)
		if (text_equal(row->code, code))
			return row;
	return NULL;
}

const struct queue_row *const *directory_queues(const struct directory *d, size_t *ret_count)
{
	return list_of(d, QUEUES, ret_count);
}

const struct user_row *const *directory_users(const struct directory *d, size_t *ret_count)
{
	return list_of(d, USERS, ret_count);
}

const struct skill_row *const *directory_skills(const struct directory *d, size_t *ret_count)
{
	return list_of(d, SKILLS, ret_count);
}

const struct channel_row *const *directory_channels(const struct directory *d, size_t *ret_count)
{
	return list_of(d, CHANNELS, ret_count);
}

const struct code_row *const *directory_codes(const struct directory *d, size_t *ret_count)
{
	return list_of(d, CODES, ret_count);
}

struct usher_text directory_user_name(const struct directory *d, usher_id id)
{
	const struct shelf *s = &d->shelves[USERS];
	for (size_t i = 0; i < s->count; i++)
		if (((const struct user_row *)s->rows[i])->id == id)
			return ((const struct user_row *)s->rows[i])->name;
	return TEXT("");
}

struct usher_text directory_queue_name(const struct directory *d, usher_id id)
{
	const struct shelf *s = &d->shelves[QUEUES];
	for (size_t i = 0; i < s->count; i++)
		if (((const struct queue_row *)s->rows[i])->id == id)
			return ((const struct queue_row *)s->rows[i])->name;
	return TEXT("");
}

bool directory_is_member(const struct user_row *user, usher_id queue)
{
	char item[24]; /* asked for each contact and follower: the texts are ours, so no parsing */
	int n = snprintf(item, sizeof item, "\"%llu\"", (unsigned long long)queue);
	return user->queues.n > 0 &&
	       memmem(user->queues.p, user->queues.n, item, (size_t)n) != NULL;
}

/* ---- changing ---------------------------------------------------------------------------------- */

static void put(struct turn *t, int shelf, const void *row)
{
	struct shelf *s = &t->g->directory->shelves[shelf];
	store_put(t->batch, s->table, row); /* first: row's texts may be those of the old one */
	shelf_set(s, row);
	refresh(s);
}

int directory_put_queue(struct turn *t, const struct queue_row *row)
{
	struct routing_event ev = {.kind = row->is_removed ? EV_QUEUE_REMOVE : EV_QUEUE_SET};
	struct routing_settings settings;
	routing_settings_load(&settings, row->fields);
	ev.queue = settings.set;
	routing_settings_done(&settings);
	ev.queue.queue = row->id;
	ev.queue.order = (enum routing_order)row->agent_order;
	ev.queue.priority = (uint8_t)row->priority;
	ev.queue.offer_us = row->offer_us;
	ev.queue.wrapup_us = row->wrapup_us;
	ev.queue.is_wrapup_exclusive = row->is_wrapup_exclusive != 0;
	ev.queue.missed_max = (uint16_t)row->missed_max;
	int code = turn_route(t, &ev);
	if (code < 0)
		return code;
	put(t, QUEUES, row);
	opening_set(t, row);
	return 0;
}

int directory_put_user(struct turn *t, const struct user_row *row)
{
	bool is_agent = !row->is_removed && (row->roles & (ROLE_AGENT | ROLE_SUPERVISOR)) != 0;
	struct routing_event ev = {.kind = is_agent ? EV_AGENT_SET : EV_AGENT_REMOVE};
	if (is_agent) {
		ev.agent.agent = row->id;
		ev.agent.capacity = (uint16_t)row->capacity;
		ev.agent.skill_count = (uint8_t)requirements_parse(row->skills, ev.agent.skills,
								   ROUTING_SKILLS_MAX);
		ev.agent.queue_count = (uint8_t)routing_members_load(row->queues, ev.agent.queues);
	} else {
		ev.presence.agent = row->id;
	}
	int code = turn_route(t, &ev);
	if (code == E_NOT_FOUND && !is_agent) /* never was an agent */
		code = 0;
	if (code == 0)
		put(t, USERS, row);
	return code;
}

void directory_put_skill(struct turn *t, const struct skill_row *row)
{
	put(t, SKILLS, row);
}

void directory_put_channel(struct turn *t, const struct channel_row *row)
{
	put(t, CHANNELS, row);
}

void directory_put_code(struct turn *t, const struct code_row *row)
{
	put(t, CODES, row);
}

void directory_remove_channel(struct turn *t, struct usher_text id)
{
	struct shelf *s = &t->g->directory->shelves[CHANNELS];
	store_remove(t->batch, &CHANNEL, &(struct channel_row){.id = id});
	for (size_t i = 0; i < s->count; i++) {
		struct channel_row *row = s->rows[i];
		if (!text_equal(row->id, id))
			continue;
		kept_row_free(s->table, row);
		s->count--;
		memmove(&s->rows[i], &s->rows[i + 1], (s->count - i) * sizeof *s->rows);
		break;
	}
	refresh(s);
}
