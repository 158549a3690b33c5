/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A queue's routing settings as JSON, for the API and for the store alike (docs/api.md has the
 * shape, docs/admin.md what each one does). Pure: values in, values out.
 *
 * The two forms differ only in names: the API says "billing" and "fi", the store keeps the numbers
 * of skills and the ids of queues, which outlive a change of the name.
 */
#ifndef GATEWAY_ROUTING_SETTINGS_H
#define GATEWAY_ROUTING_SETTINGS_H

#include "gateway/json_faults.h"
#include "routing/core/event.h"

#define SETTINGS_SECONDS_MAX ((int64_t)400 * 86400)
#define SETTINGS_LENGTH_MAX 1000000
#define SETTINGS_RING_MAX (ROUTING_ANY - 1) /* of rings and penalties that are a number */

/* How waiting and priority go together; each becomes ranks. */
enum routing_ageing {
	AGEING_STRICT = 0,   /* priority first, then age */
	AGEING_OFFSET = 1,   /* a step of priority counts as so much waiting */
	AGEING_DEADLINE = 2, /* each priority is to be answered within its time */
	AGEING_GROWTH = 3,   /* each priority ages at its own speed */
};
#define ROUTING_AGEINGS 4

struct routing_settings {
	/* Without what the row itself holds (queue, priority, offer, wrap-up, missed). */
	struct routing_queue_set set;
	enum routing_ageing ageing;
	usher_us rejoin_us;     /* a caller who comes back so soon has the old place; 0 = not */
	struct usher_buf hours; /* owned: canonical JSON of calendar/hours.h; empty: always */
};

/* How skills and queues are named. */
struct routing_names {
	bool (*skill)(struct usher_text name, uint32_t *ret, void *arg);
	bool (*queue)(struct usher_text name, usher_id *ret, void *arg);
	/* Appends the name; false when it has none any more. */
	bool (*skill_name)(uint32_t skill, struct usher_buf *ret, void *arg);
	bool (*queue_name)(usher_id queue, struct usher_buf *ret, void *arg);
	void *arg;
	const char *site_zone; /* of hours that name none; NULL: they must */
	bool is_stored;        /* the store's own form: hours were checked when they came */
};
extern const struct routing_names routing_names_stored; /* "7", "1234567890" */

void routing_settings_init(struct routing_settings *s); /* the defaults */
void routing_settings_done(struct routing_settings *s);

/* The members that are read and written; ends with NULL. */
extern const char *const routing_settings_members[];

/* Each of these members that the object has replaces its setting as a whole; null gives the
 * default again. Other members are the caller's. s->set.queue, when not 0, may not be its own
 * overflow. After a fault every setting is within its limits, but not as it was meant. */
void routing_settings_read(struct routing_settings *s, const struct json *object,
			   const struct routing_names *names, struct json_faults *faults);

/* Puts every member into the open object. */
void routing_settings_write(const struct routing_settings *s, const struct routing_names *names,
			    struct json_writer *w);

/* From a queue row's fields, {"routing":{…}}; the older {"requirements":{"7":3}} is read too. What
 * is damaged is left out. Initialises *ret. */
void routing_settings_load(struct routing_settings *ret, struct usher_text fields);

extern const char *const routing_order_names[ROUTING_ORDERS]; /* "longest-idle", … */

/* ---- parts that others read too ------------------------------------------------------------- */

/* [{"skill","level","preferred","until_step"}], or {"skill":level}. How many were good. */
unsigned routing_requirements_read(struct json_place *at, const struct json *value,
				   const struct routing_names *names,
				   struct routing_requirement ret[ROUTING_REQUIREMENTS_MAX]);
void routing_requirements_write(const struct routing_requirement *items, unsigned count,
				const struct routing_names *names, struct json_writer *w);

/* ["billing",{"queue":"support","ring":1,"penalty":0,"weight":1,"position":0}]. How many were
 * good. */
unsigned routing_members_read(struct json_place *at, const struct json *list,
			      const struct routing_names *names,
			      struct routing_member ret[ROUTING_MEMBERSHIPS_MAX]);
/* ring, penalty, weight and position of an object onto *ret. */
void routing_member_read(struct json_place *at, const struct json *object,
			 struct routing_member *ret);
void routing_members_write(const struct routing_member *items, unsigned count,
			   const struct routing_names *names, struct json_writer *w);
void routing_member_put(const struct routing_member *m, struct json_writer *w);
/* From a user row's queues; either form. */
unsigned routing_members_load(struct usher_text json,
			      struct routing_member ret[ROUTING_MEMBERSHIPS_MAX]);

#endif
